"""What the viewer wrote about a day, goal by goal."""

from datetime import date

from sqlalchemy import bindparam, select

from webapp.domain.people import Viewer
from webapp.models import Entry, Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries.visibility import goals_of

_OF_DAY = (
    select(Goal.public_id, Entry.note)
    .join(Occurrence, Occurrence.goal_id == Goal.id)
    .join(Entry, Entry.id == Occurrence.entry_id)
    .where(goals_of(bindparam("viewer_id")), Occurrence.local_date == bindparam("day"), Occurrence.annotated)
)


def notes_on(session: AnySession, viewer: Viewer, day: date) -> dict[str, str]:
    """The note of each of the viewer's goals that has one on the day, by the goal's address."""
    rows = session.connection().execute(_OF_DAY, {"viewer_id": viewer.id, "day": day})
    return {row.public_id: viewer.words.open("entry.note", row.note) for row in rows if row.note}
