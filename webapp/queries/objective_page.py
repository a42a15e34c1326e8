"""One objective with the names around it, as its page shows it."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.models import Cycle, Goal, Objective, Person, Team
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.objectives import Found
from webapp.queries.visibility import goals_visible_to

ParentGoal, ParentObjective = aliased(Goal, name="parent_goal"), aliased(Objective, name="parent_objective")


@dataclass(frozen=True, slots=True)
class Shown:
    """An objective, its owner's and team's names, and the id and name of what it serves."""

    found: Found
    owner: str
    team: str
    parent: tuple[str, str] | None


def shown(session: AnySession, viewer: Viewer, public_id: str) -> Shown:
    """The objective, if the viewer may know of it, else NotFound; one statement."""
    if not is_public_id(public_id):
        raise NotFound
    alive = and_(ParentGoal.id == Objective.parent_id, ParentGoal.deleted_at.is_(None))
    statement = (
        select(Goal, Objective, Cycle)
        .add_columns(Person.name.label("owner"), Team.name.label("team"))
        .add_columns(ParentGoal.public_id.label("parent_id"), ParentObjective.name.label("parent"))
        .join(Objective, Objective.goal_id == Goal.id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Person, Person.id == Goal.owner_id)
        .outerjoin(Team, Team.id == Objective.team_id)
        .outerjoin(ParentGoal, alive)
        .outerjoin(ParentObjective, ParentObjective.goal_id == ParentGoal.id)
        .where(Goal.public_id == public_id, Goal.kind == Kind.OBJECTIVE, goals_visible_to(viewer))
    )
    row = session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    parent = (row.parent_id, row.parent) if row.parent_id else None
    return Shown(Found(row.Goal, row.Objective, row.Cycle), row.owner, row.team or "", parent)
