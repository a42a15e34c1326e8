"""What an objective adds to where a goal stands: who may change or measure it, and what its cycle leaves to do."""

from typing import Any

from sqlalchemy import exists, select

from webapp.domain.errors import Locked
from webapp.domain.goals import Kind
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import CYCLES, Act, Part
from webapp.models import Cycle, Goal, KeyResult, Objective, Person
from webapp.models.engine import AnySession
from webapp.queries import reviewers


def parts_in(session: AnySession, viewer: Viewer, goal: Goal) -> set[Part]:
    """What the viewer is to an objective, beside its owner."""
    parts = set()
    if goal.owner_id != viewer.id:
        if viewer.id in reviewers.updaters_of(session, goal):
            parts.add(Part.UPDATER)
        if viewer.has(Role.ADMIN, goal.organisation_id):
            parts.add(Part.ADMIN)
    theirs = (KeyResult.goal_id == goal.id, KeyResult.owner_id == viewer.id, KeyResult.deleted_at.is_(None))
    if session.scalar(select(exists().where(*theirs))):
        parts.add(Part.KEY_RESULT_OWNER)
    return parts


def held_by_cycle(session: AnySession, goal: Goal) -> dict[str, Any]:
    """What the state of its cycle says of an objective."""
    if goal.kind is not Kind.OBJECTIVE:
        return {}
    statement = select(Cycle.state, Cycle.state_at, Person.name).join(Objective, Objective.cycle_id == Cycle.id)
    statement = statement.outerjoin(Person, Person.id == Cycle.state_by_id).where(Objective.goal_id == goal.id)
    row = session.execute(statement).one_or_none()
    if row is None or row.state is CycleState.OPEN:
        return {}
    return {"cycle": row.state, "cycle_held": ([row.name] if row.name else [], row.state_at)}


def refuse_by_cycle(session: AnySession, goal: Goal, act: Act) -> None:
    """Raises Locked when the cycle of the objective does not leave this to be done."""
    held = held_by_cycle(session, goal)
    if held and act not in CYCLES[held["cycle"]]:
        by, since = held["cycle_held"]
        raise Locked(f"cycle_{held['cycle'].value}", by=by, since=since)
