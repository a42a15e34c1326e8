"""The rows a goal has, and what another schedule would do to them."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from webapp.domain.people import Viewer
from webapp.domain.regeneration import Planned, regenerate
from webapp.domain.schedules import Schedule, planned_dates
from webapp.domain.tracking import DayState
from webapp.models import Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries import goals


@dataclass(frozen=True, slots=True)
class Consequences:
    """What saving would do to the dates after today: so many go, so many come, so many stay for what they hold."""

    rescheduled: bool
    removes: int = 0
    adds: int = 0
    keeps: int = 0


def consequences(session: AnySession, viewer: Viewer, public_id: str, schedule: Schedule) -> Consequences:
    """What putting the schedule in force today would do to the viewer's goal; raises NotFound, writes nothing."""
    goal = goals.find(session, viewer, public_id)
    before = next(version for version in goal.schedules if version.is_current).terms()
    if replace(schedule, valid_from=before.valid_from) == before:
        return Consequences(rescheduled=False)
    rows, wanted = planned_rows(session, goal, viewer.today), set(planned_dates(schedule, viewer.today))
    change = regenerate(rows, wanted, viewer.today)
    held = [
        row
        for row in rows
        if row.local_date > viewer.today and not row.deleted and row.local_date not in wanted and _holds_something(row)
    ]
    return Consequences(True, len(change.remove), len(change.add) + len(change.revive), len(held))


def planned_rows(session: AnySession, goal: Goal, since: date) -> list[Planned]:
    """Every row of the goal from a date on, removed ones included."""
    columns = (Occurrence.id, Occurrence.local_date, Occurrence.state, Occurrence.annotated, Occurrence.deleted_at)
    statement = select(*columns).where(Occurrence.goal_id == goal.id, Occurrence.local_date >= since)
    rows = session.execute(statement)
    return [Planned(row.id, row.local_date, row.state, row.annotated, row.deleted_at is not None) for row in rows]


def _holds_something(row: Planned) -> bool:
    return row.state is not DayState.OPEN or row.annotated
