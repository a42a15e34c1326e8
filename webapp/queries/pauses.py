"""A person's pauses, with the goals they are of."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select

from webapp.domain.errors import NotFound
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.models import Goal, PlannedPause
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id

SHOWN = 100

# Statements are built once, here: building one costs more than running it.

_PAUSES = (
    select(PlannedPause.public_id, PlannedPause.first, PlannedPause.last)
    .add_columns(Goal.public_id.label("goal"), Goal.title, Goal.colour)
    .outerjoin(Goal, Goal.id == PlannedPause.goal_id)
    .where(PlannedPause.owner_id == bindparam("owner_id"), Goal.deleted_at.is_(None))
    .order_by(PlannedPause.first.desc(), PlannedPause.id.desc())
    .limit(SHOWN)
)
_PAUSES_OF_GOAL = _PAUSES.where(or_(PlannedPause.goal_id.is_(None), PlannedPause.goal_id == bindparam("goal_id")))


@dataclass(frozen=True, slots=True)
class PauseRow:
    """One pause: of the goal named, or of all."""

    id: str
    first: date
    last: date | None
    goal_id: str | None
    title: str
    colour: int | None

    def days(self) -> Pause:
        """Its days as the rules know them."""
        return Pause(self.first, self.last)


def pauses_of(session: AnySession, viewer: Viewer, goal: Goal | None = None) -> list[PauseRow]:
    """The viewer's latest 100 pauses, or those that concern one goal, the latest first; none of deleted goals."""
    values = {"owner_id": viewer.id}
    if goal is None:
        rows = session.connection().execute(_PAUSES, values)
    else:
        rows = session.connection().execute(_PAUSES_OF_GOAL, {**values, "goal_id": goal.id})
    return [
        PauseRow(
            id=row.public_id,
            first=row.first,
            last=row.last,
            goal_id=row.goal,
            title=viewer.words.open("goal.title", row.title) if row.title else "",
            colour=row.colour,
        )
        for row in rows
    ]


def find(session: AnySession, viewer: Viewer, public_id: str) -> PlannedPause:
    """The viewer's own pause, held; else NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    statement = select(PlannedPause).where(PlannedPause.public_id == public_id, PlannedPause.owner_id == viewer.id)
    pause = session.scalars(statement.with_for_update()).one_or_none()
    if pause is None:
        raise NotFound
    return pause
