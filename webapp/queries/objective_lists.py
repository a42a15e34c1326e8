"""Lists of objectives as rows, always through the viewer: a handful of statements, however many rows there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind, Lifecycle, Outcome, ReviewState
from webapp.domain.objectives import Cadence, Course, Curve, Milestone, Operator, Position, RollUp, position
from webapp.domain.people import Viewer
from webapp.domain.reviews import takes_check_ins
from webapp.models import Cycle, Goal, KeyResult, Objective, Person, Team
from webapp.models.engine import AnySession

Owner, Believer = aliased(Person, name="owner"), aliased(Person, name="believer")
ParentGoal = aliased(Goal, name="parent_goal")


@dataclass(frozen=True, slots=True)
class KeyResultRow:
    """A key result as lists show it; `owner_id` and `owner` are the objective owner's where it has none of its own."""

    number: int
    id: str
    goal_id: int
    name: str
    description: str
    operator: Operator
    baseline: Decimal
    target: Decimal
    unit: str
    weight: Decimal
    due: date | None
    actual: Decimal | None
    attainment: Decimal | None
    last_check_in: date | None
    confidence: Decimal | None
    confidence_reason: str
    confidence_at: datetime | None
    confidence_by: str | None
    owner_number: int | None
    owner_id: str | None
    owner: str | None
    owner_email: str | None


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """An objective as lists show it; ids are public ones, `number` and `parent_number` the keys."""

    number: int
    id: str
    name: str
    description: str
    owner_number: int
    owner_id: str
    owner: str
    owner_email: str
    team_number: int | None
    team_id: str | None
    team: str | None
    parent_number: int | None
    parent_id: str | None
    cycle_number: int
    cycle_id: str
    cadence: Cadence
    starts: date
    ends: date
    curve: Curve
    milestones: Sequence[Sequence[Any]]
    roll_up: RollUp
    weight: Decimal
    attainment: Decimal
    last_check_in: date | None
    confidence: Decimal | None
    confidence_reason: str
    confidence_at: datetime | None
    confidence_by: str | None
    lifecycle: Lifecycle
    outcome: Outcome | None
    review_state: ReviewState | None
    revision: int
    version: int
    created_at: datetime

    def course(self) -> Course:
        """When it runs, how it should go, and how often somebody says how it goes."""
        milestones = tuple(Milestone(date.fromisoformat(day), Decimal(reached)) for day, reached in self.milestones)
        return Course(self.starts, self.ends, self.curve, milestones, self.cadence)

    def position(self, today: date) -> Position:
        """Where it stands beside where it should be."""
        quiet = not takes_check_ins(self.review_state, self.lifecycle)
        return position(self.course(), self.attainment, self.last_check_in, today, quiet=quiet)


COLUMNS = (
    Goal.id,
    Goal.public_id,
    Objective.name,
    Objective.description,
    Goal.owner_id,
    Owner.public_id.label("owner_public_id"),
    Owner.name.label("owner_name"),
    Owner.email.label("owner_email"),
    Team.id.label("team_number"),
    Team.public_id.label("team_id"),
    Team.name.label("team"),
    ParentGoal.id.label("parent_number"),
    ParentGoal.public_id.label("parent_id"),
    Cycle.id.label("cycle_number"),
    Cycle.public_id.label("cycle_id"),
    Cycle.cadence,
    Objective.starts,
    Objective.ends,
    Objective.curve,
    Objective.milestones,
    Objective.roll_up,
    Objective.weight,
    Objective.attainment,
    Objective.last_check_in,
    Objective.confidence,
    Objective.confidence_reason,
    Objective.confidence_at,
    Believer.public_id.label("confidence_by"),
    Goal.lifecycle,
    Goal.outcome,
    Goal.review_state,
    Goal.revision,
    Goal.version,
    Goal.created_at,
)
"""In the order of ObjectiveRow."""


def visible_in(viewer: Viewer, organisation_id: int) -> ColumnElement[bool]:
    """The objectives of one organisation that the viewer may read: all of them for its active members, else none. The
    twin of `visibility.goals_visible_to` for one organisation, cheap enough for a hundred thousand rows."""
    here = organisation_id if viewer.is_in(organisation_id) else -1
    return and_(Goal.organisation_id == here, Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None))


def joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A statement over everything a condition on objectives may speak of."""
    return (
        select(*columns)
        .select_from(Goal)
        .join(Objective, Objective.goal_id == Goal.id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Owner, Owner.id == Goal.owner_id)
        .outerjoin(Team, Team.id == Objective.team_id)
        .outerjoin(Believer, Believer.id == Objective.confidence_by_id)
        .outerjoin(ParentGoal, and_(ParentGoal.id == Objective.parent_id, ParentGoal.deleted_at.is_(None)))
    )


def rows(
    session: AnySession,
    scope: ColumnElement[bool],
    *conditions: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
    skip: int = 0,
    limit: int | None = None,
) -> list[ObjectiveRow]:
    """The objectives in the scope that meet every condition, in this order and then by age; one statement."""
    statement = joined(*COLUMNS).where(scope, *conditions).order_by(*order, Goal.id).offset(skip or None)
    if limit is not None:
        statement = statement.limit(limit)
    return [ObjectiveRow(*row) for row in session.execute(statement)]


def count(session: AnySession, scope: ColumnElement[bool], *conditions: ColumnElement[bool]) -> int:
    """How many there are; one statement."""
    found = session.scalar(joined(func.count()).where(scope, *conditions))
    return int(found or 0)


def key_results(session: AnySession, goal_ids: Collection[int]) -> dict[int, list[KeyResultRow]]:
    """The key results of these objectives in their order; one statement. Objectives without any are left out."""
    if not goal_ids:
        return {}
    found: dict[int, list[KeyResultRow]] = {}
    alive = (KeyResult.goal_id.in_(goal_ids), KeyResult.deleted_at.is_(None))
    statement = (
        select(*KEY_RESULT_COLUMNS)
        .join(Goal, Goal.id == KeyResult.goal_id)
        .join(Owner, Owner.id == func.coalesce(KeyResult.owner_id, Goal.owner_id))
        .outerjoin(Believer, Believer.id == KeyResult.confidence_by_id)
        .where(*alive)
    )
    for row in session.execute(statement.order_by(KeyResult.goal_id, KeyResult.position, KeyResult.id)):
        found.setdefault(row.goal_id, []).append(KeyResultRow(*tuple(row)))
    return found


KEY_RESULT_COLUMNS = (
    KeyResult.id,
    KeyResult.public_id,
    KeyResult.goal_id,
    KeyResult.name,
    KeyResult.description,
    KeyResult.operator,
    KeyResult.baseline,
    KeyResult.target,
    KeyResult.unit,
    KeyResult.weight,
    KeyResult.due,
    KeyResult.actual,
    KeyResult.attainment,
    KeyResult.last_check_in,
    KeyResult.confidence,
    KeyResult.confidence_reason,
    KeyResult.confidence_at,
    Believer.public_id.label("confidence_by"),
    Owner.id.label("owner_number"),
    Owner.public_id.label("owner_id"),
    Owner.name.label("owner"),
    Owner.email.label("owner_email"),
)
"""In the order of KeyResultRow."""
