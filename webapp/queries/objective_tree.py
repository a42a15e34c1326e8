"""The objectives of one cycle as trees and lists show them: narrow rows, a handful of statements however many."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind, Lifecycle, ReviewState
from webapp.domain.objectives import Cadence, Course, Curve, Milestone, Operator, Position, position
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState, Verdict, takes_check_ins
from webapp.models import (
    Cycle,
    Goal,
    KeyResult,
    Objective,
    ObjectiveTag,
    Organisation,
    Person,
    ReviewRound,
    ReviewSeat,
    Team,
)
from webapp.models.engine import AnySession

Owner, Parent, ParentGoal = aliased(Person), aliased(Objective), aliased(Goal)
FEW = 60
"""Key results of so many objectives are asked for by number, of more by their cycle."""


class Status(StrEnum):
    """Where an objective stands with its reviewers, as lists are filtered by it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    UNREVIEWED = "unreviewed"
    """Nobody was asked."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objectives of a cycle are meant: what is empty leaves all of them. Owner and team are public ids; `mine`
    are those of which the viewer answers for some part."""

    text: str = ""
    owner: str = ""
    team: str = ""
    tag: str = ""
    status: Status | None = None
    mine: bool = False


class Branch(NamedTuple):
    """One objective in a list; `parent` is the name of what it serves, wherever that stands, `milestones` are kept as
    JSON."""

    number: int
    id: str
    name: str
    owner_number: int
    owner: str
    team: str | None
    parent_number: int | None
    parent_id: str | None
    parent: str | None
    starts: date
    ends: date
    curve: Curve
    milestones: str
    attainment: Decimal
    last_check_in: date | None
    confidence: Decimal | None
    lifecycle: Lifecycle
    review_state: ReviewState | None

    @property
    def status(self) -> Status:
        """Where it stands with its reviewers."""
        if self.lifecycle is Lifecycle.CLOSED:
            return Status.CLOSED
        return Status(self.review_state.value) if self.review_state else Status.UNREVIEWED

    def position(self, cadence: Cadence, today: date) -> Position:
        """Where it stands beside where it should be."""
        course = _course(self.starts, self.ends, self.curve, self.milestones, cadence)
        quiet = not takes_check_ins(self.review_state, self.lifecycle)
        return position(course, self.attainment, self.last_check_in, today, quiet=quiet)


class Leaf(NamedTuple):
    """One key result below its objective; `owner_number` is None where it is the objective owner's."""

    goal_number: int
    id: str
    name: str
    unit: str
    operator: Operator
    baseline: Decimal
    target: Decimal
    actual: Decimal | None
    attainment: Decimal | None
    owner_number: int | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the objectives of a cycle can be filtered by: owners and teams as (public id, name), and tags."""

    owners: Sequence[tuple[str, str]]
    teams: Sequence[tuple[str, str]]
    tags: Sequence[str]


_BRANCH = (
    Goal.id,
    Goal.public_id,
    Objective.name,
    Goal.owner_id,
    Owner.name.label("owner"),
    Team.name.label("team"),
    ParentGoal.id.label("parent_number"),
    ParentGoal.public_id.label("parent_id"),
    Parent.name.label("parent"),
    Objective.starts,
    Objective.ends,
    Objective.curve,
    cast(Objective.milestones, String),
    Objective.attainment,
    Objective.last_check_in,
    Objective.confidence,
    Goal.lifecycle,
    Goal.review_state,
)
assert len(_BRANCH) == len(Branch._fields)


def branches(session: AnySession, viewer: Viewer, cycle: Cycle, wanted: Wanted) -> list[Branch]:
    """The objectives of the cycle that are meant, the oldest first; one statement."""
    statement = (
        select(*_BRANCH)
        .select_from(Objective)
        .join(Goal, Goal.id == Objective.goal_id)
        .join(Owner, Owner.id == Goal.owner_id)
        .outerjoin(Team, Team.id == Objective.team_id)
        .outerjoin(ParentGoal, and_(ParentGoal.id == Objective.parent_id, ParentGoal.deleted_at.is_(None)))
        .outerjoin(Parent, Parent.goal_id == ParentGoal.id)
        .where(*_in_cycle(viewer, cycle), *_conditions(viewer, wanted))
        .order_by(Goal.id)
    )
    return [Branch._make(row) for row in session.connection().execute(statement).all()]


def leaves(session: AnySession, viewer: Viewer, cycle: Cycle, numbers: Collection[int]) -> dict[int, list[Leaf]]:
    """The key results of these objectives of the cycle in their order; one statement."""
    if not numbers:
        return {}
    statement = (
        select(
            KeyResult.goal_id,
            KeyResult.public_id,
            KeyResult.name,
            KeyResult.unit,
            KeyResult.operator,
            KeyResult.baseline,
            KeyResult.target,
            KeyResult.actual,
            KeyResult.attainment,
            KeyResult.owner_id,
            Owner.name.label("owner"),
        )
        .join(Goal, Goal.id == KeyResult.goal_id)
        .join(Objective, Objective.goal_id == Goal.id)
        .outerjoin(Owner, Owner.id == KeyResult.owner_id)
        .where(*_in_cycle(viewer, cycle), KeyResult.deleted_at.is_(None))
        .order_by(KeyResult.goal_id, KeyResult.position, KeyResult.id)
    )
    if len(numbers) <= FEW:
        statement = statement.where(KeyResult.goal_id.in_(numbers))
    found: dict[int, list[Leaf]] = {number: [] for number in numbers}
    for row in session.connection().execute(statement).all():
        if row[0] in found:
            found[row[0]].append(Leaf._make(row))
    return found


def choices(session: AnySession, viewer: Viewer, cycle: Cycle) -> Choices:
    """What the objectives of the cycle can be filtered by, by name; one statement."""
    here = _in_cycle(viewer, cycle)
    base = select(Goal.id).join(Objective, Objective.goal_id == Goal.id).where(*here)
    kind, name = literal("owner").label("kind"), cast(Person.name, String).label("name")
    owners = select(kind, Person.public_id.label("id"), name).where(
        Person.id.in_(base.with_only_columns(Goal.owner_id))
    )
    teams = select(literal("team"), Team.public_id, cast(Team.name, String)).where(
        Team.id.in_(base.with_only_columns(Objective.team_id))
    )
    tags = select(literal("tag"), literal(""), cast(ObjectiveTag.title, String)).where(ObjectiveTag.goal_id.in_(base))
    found: dict[str, list[tuple[str, str]]] = {"owner": [], "team": [], "tag": []}
    for row in session.execute(union_all(owners, teams, tags.distinct())):
        found[row[0]].append((row[1], row[2]))
    ordered = {kind: sorted(some, key=lambda one: one[1].casefold()) for kind, some in found.items()}
    return Choices(ordered["owner"], ordered["team"], [title for _, title in ordered["tag"]])


def reviewers(session: AnySession, viewer: Viewer, cycle: Cycle) -> dict[int, list[tuple[str, str]]]:
    """Who is named in the open round of each objective of the cycle, or approved the revision in force, as (public id,
    name) by the objective's number; one statement."""
    named = and_(ReviewRound.state == RoundState.OPEN, ReviewSeat.removed_at.is_(None))
    approved = and_(
        ReviewRound.state == RoundState.APPROVED,
        ReviewRound.revision == Goal.revision,
        Goal.review_state == ReviewState.APPROVED,
        ReviewSeat.verdict == Verdict.APPROVE,
    )
    statement = (
        select(Goal.id, Person.public_id, Person.name)
        .select_from(ReviewSeat)
        .join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
        .join(Goal, Goal.id == ReviewRound.goal_id)
        .join(Objective, Objective.goal_id == Goal.id)
        .join(Person, Person.id == ReviewSeat.reviewer_id)
        .where(*_in_cycle(viewer, cycle), ReviewRound.beside.is_(False), or_(named, approved))
        .distinct()
        .order_by(Person.name, Person.public_id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for number, public_id, name in session.execute(statement):
        found.setdefault(number, []).append((public_id, name))
    return found


def organisations_of(session: AnySession, viewer: Viewer) -> dict[int, str]:
    """What the organisations are called that the viewer is an active member of, by name; one statement."""
    here = viewer.homes
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(here)).order_by(Organisation.name)
    return {row.id: row.name for row in session.execute(statement)}


def sizes(session: AnySession, viewer: Viewer, cycles: Collection[Cycle]) -> dict[int, int]:
    """How many objectives each of these cycles has, by its number; one statement. Those without any are left out."""
    here = viewer.homes
    statement = (
        select(Objective.cycle_id, func.count())
        .join(Goal, Goal.id == Objective.goal_id)
        .where(Goal.organisation_id.in_(here), Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None))
        .where(Objective.cycle_id.in_([one.id for one in cycles]))
    )
    return {row[0]: row[1] for row in session.execute(statement.group_by(Objective.cycle_id))}


def _in_cycle(viewer: Viewer, cycle: Cycle) -> tuple[ColumnElement[bool], ...]:
    """The objectives of a cycle that the viewer may read: all of them for active members of its organisation. As
    `visible_in`, by the cycle alone, whose objectives are its organisation's."""
    number = cycle.id if viewer.is_in(cycle.organisation_id) else -1
    return Objective.cycle_id == number, Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None)


@lru_cache(maxsize=500)
def _course(starts: date, ends: date, curve: Curve, milestones: str, cadence: Cadence) -> Course:
    """Most objectives of a cycle run as long as it, and alike."""
    stepped = tuple(Milestone(date.fromisoformat(day), Decimal(reached)) for day, reached in json.loads(milestones))
    return Course(starts, ends, curve, stepped, cadence)


def _conditions(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = []
    if wanted.text:
        within = (KeyResult.goal_id == Goal.id, KeyResult.deleted_at.is_(None))
        asked.append(
            or_(_holds(Objective.name, wanted.text), exists().where(*within, _holds(KeyResult.name, wanted.text)))
        )
    if wanted.owner:
        asked.append(Owner.public_id == wanted.owner)
    if wanted.team:
        asked.append(Team.public_id == wanted.team)
    if wanted.tag:
        asked.append(exists().where(ObjectiveTag.goal_id == Goal.id, ObjectiveTag.title == wanted.tag))
    if wanted.status is not None:
        asked.append(_status(wanted.status))
    if wanted.mine:
        theirs = (KeyResult.goal_id == Goal.id, KeyResult.owner_id == viewer.id, KeyResult.deleted_at.is_(None))
        asked.append(or_(Goal.owner_id == viewer.id, exists().where(*theirs)))
    return asked


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the text stands in the column, as typed or in other cases; SQLite knows those of English letters only."""
    in_any_case: ColumnElement[bool] = func.lower(column).contains(text.lower(), autoescape=True)
    return or_(in_any_case, column.contains(text, autoescape=True))


def _status(status: Status) -> ColumnElement[bool]:
    closed = Goal.lifecycle == Lifecycle.CLOSED
    if status is Status.CLOSED:
        return closed
    if status is Status.UNREVIEWED:
        return and_(~closed, Goal.review_state.is_(None))
    return and_(~closed, Goal.review_state == ReviewState(status.value))
