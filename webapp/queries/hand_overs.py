"""What somebody answers for in an organisation, and leaves behind when they go: for its admins and for themselves."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.domain import objective_terms
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import RoundState
from webapp.models import (
    Cycle,
    Goal,
    GoalRevision,
    KeyResult,
    KeyResultFeed,
    Membership,
    MembershipRole,
    Objective,
    Person,
    ReportingLine,
    ReviewRound,
    ReviewSeat,
    Team,
)
from webapp.models.engine import AnySession
from webapp.queries.members import Member, is_member
from webapp.queries.organisations import permit
from webapp.queries.sealing import PLAIN

OPEN = (Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None), Goal.lifecycle != Lifecycle.CLOSED)
"""The conditions under which somebody has to answer for an objective, where its cycle is not closed either."""

ASKED = (ReviewRound.state == RoundState.OPEN, ReviewSeat.decided_at.is_(None), ReviewSeat.removed_at.is_(None))
"""The conditions under which a place in a review waits for a verdict."""


@dataclass(frozen=True, slots=True)
class Left:
    """One thing somebody leaves behind: `id` is its public id, `beside` the name of what it belongs to."""

    number: int
    id: str
    name: str
    beside: str


@dataclass(frozen=True)
class Belongings:
    """What somebody answers for: each list by what it belongs to, then by name."""

    objectives: list[Left] = field(default_factory=list)
    """Open ones; `beside` is their cycle."""
    key_results: list[Left] = field(default_factory=list)
    """Those of others' open objectives; `beside` is the objective."""
    teams: list[Left] = field(default_factory=list)
    reports: list[Left] = field(default_factory=list)
    reviews: list[Left] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return any((self.objectives, self.key_results, self.teams, self.reports, self.reviews))


def belongings(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> Belongings:
    """Everything that the person answers for in the organisation, in one statement; raises as
    `organisations.permit`, unless it is about the viewer."""
    if person_id != viewer.id:
        permit(viewer, organisation_id)
    found = Belongings()
    parts = _parts(organisation_id, person_id)
    rows = session.execute(union_all(*(part.add_columns(literal(kind)) for kind, part in parts.items()))).all()
    for number, public_id, name, beside, kind in sorted(rows, key=lambda row: (row[3] or "", row[2], row[0])):
        getattr(found, kind).append(Left(number, public_id, name, beside or ""))
    return found


def heir_of(session: AnySession, viewer: Viewer, organisation_id: int) -> Member | None:
    """Who has what the viewer answers for there if they go by themselves: of those they report to the one they have
    reported to for longest, or else the admin who has belonged for longest; None where there is nobody."""
    columns = (Person.id, Person.public_id, Person.name, Person.email)
    others = select(*columns).where(is_member(organisation_id), Person.id != viewer.id).limit(1)
    line = (ReportingLine.organisation_id == organisation_id, ReportingLine.person_id == viewer.id)
    managers = others.join(ReportingLine, ReportingLine.manager_id == Person.id).where(*line)
    theirs = aliased(Membership)
    admins = others.join(theirs, theirs.person_id == Person.id)
    admins = admins.join(MembershipRole, MembershipRole.membership_id == theirs.id)
    admins = admins.where(theirs.organisation_id == organisation_id, MembershipRole.role == Role.ADMIN)
    longest = managers.order_by(ReportingLine.since, ReportingLine.id), admins.order_by(theirs.created_at, theirs.id)
    for meant in longest:
        if (row := session.execute(meant).one_or_none()) is not None:
            return Member(*row)
    return None


def hold_goals(session: AnySession, organisation_id: int, person_id: int) -> set[int]:
    """Nobody else changes before this transaction ends what the person answers for, is asked about or feeds there, or
    what is private and waits for their verdict; the numbers of these goals."""
    parts = _parts(organisation_id, person_id)
    private = select(ReviewRound.goal_id).join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
    private = private.where(*ASKED, ReviewSeat.reviewer_id == person_id)
    reviews = select(ReviewRound.goal_id).where(ReviewRound.public_id.in_(_column(parts["reviews"], 1)))
    shared = select(KeyResult.goal_id).where(KeyResult.id.in_(_column(parts["key_results"], 0)))
    fed = _fed(organisation_id, person_id)
    meant = or_(
        Goal.id.in_(_column(parts["objectives"], 0)),
        Goal.id.in_(reviews),
        and_(Goal.organisation_id.is_(None), Goal.id.in_(private)),
        Goal.id.in_(shared),
        Goal.id.in_(fed.with_only_columns(KeyResultFeed.goal_id)),
        Goal.id.in_(fed.with_only_columns(KeyResult.goal_id)),
        Goal.id.in_(select(ReviewRound.goal_id).where(ReviewRound.id.in_(_changes(organisation_id)))),
    )
    held = select(Goal.id).where(meant).order_by(Goal.id).with_for_update(key_share=True)
    return set(session.scalars(held))


def objectives_in(session: AnySession, numbers: Collection[int]) -> list[Goal]:
    """These objectives as they stand, the oldest first."""
    statement = select(Goal).where(Goal.id.in_(numbers)).order_by(Goal.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def key_results_in(session: AnySession, numbers: Iterable[int]) -> list[KeyResult]:
    """These key results as they stand."""
    statement = select(KeyResult).where(KeyResult.id.in_(list(numbers))).order_by(KeyResult.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def changes_naming(session: AnySession, organisation_id: int, person_id: int) -> list[Goal]:
    """The objectives of which a change waits that would make the person answer for something of them."""
    asked = select(Goal, GoalRevision.terms).join(ReviewRound, ReviewRound.goal_id == Goal.id)
    revision = (GoalRevision.goal_id == ReviewRound.goal_id) & (GoalRevision.number == ReviewRound.revision)
    asked = asked.join(GoalRevision, revision).where(ReviewRound.id.in_(_changes(organisation_id)))
    return [goal for goal, terms in session.execute(asked.order_by(Goal.id)) if person_id in _named(terms)]


def _named(terms: bytes) -> set[int | None]:
    said = objective_terms.read(json.loads(PLAIN.open("goal_revision.terms", terms)))
    return {said.owner, *(one.owner for one in said.key_results)}


def _parts(here: int, person_id: int) -> dict[str, Select[*tuple[Any, ...]]]:
    """By kind the number, public id, name of each thing and the name of what it belongs to."""
    owner, waiting = aliased(Person), aliased(Objective)
    objectives = select(Goal.id, Goal.public_id, Objective.name, Cycle.title)
    objectives = objectives.join(Objective, Objective.goal_id == Goal.id).join(Cycle, Cycle.id == Objective.cycle_id)
    objectives = objectives.where(*OPEN, Goal.organisation_id == here, Cycle.state != CycleState.CLOSED)
    key_results = objectives.join(KeyResult, KeyResult.goal_id == Goal.id).where(KeyResult.deleted_at.is_(None))
    key_results = key_results.with_only_columns(KeyResult.id, KeyResult.public_id, KeyResult.name, Objective.name)
    teams = select(Team.id, Team.public_id, Team.name, null()).where(Team.organisation_id == here)
    reports = select(owner.id, owner.public_id, owner.name, null())
    reports = reports.join(ReportingLine, ReportingLine.person_id == owner.id)
    reports = reports.where(ReportingLine.organisation_id == here, owner.deleted_at.is_(None))
    reviews = select(ReviewRound.id, ReviewRound.public_id, waiting.name, null())
    reviews = reviews.join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
    reviews = reviews.join(Goal, Goal.id == ReviewRound.goal_id).join(waiting, waiting.goal_id == Goal.id)
    return {
        "objectives": objectives.where(Goal.owner_id == person_id),
        "key_results": key_results.where(KeyResult.owner_id == person_id, Goal.owner_id != person_id),
        "teams": teams.where(Team.lead_id == person_id),
        "reports": reports.where(ReportingLine.manager_id == person_id),
        "reviews": reviews.where(*ASKED, Goal.organisation_id == here, ReviewSeat.reviewer_id == person_id),
    }


def _column(part: Select[*tuple[Any, ...]], place: int) -> Select[*tuple[Any, ...]]:
    return part.with_only_columns(part.selected_columns[place])


def _changes(here: int) -> Select[*tuple[Any, ...]]:
    """The open rounds of the organisation that are about a change of what is in force."""
    changed = (ReviewRound.state == RoundState.OPEN, ReviewRound.revision != Goal.revision)
    rounds = select(ReviewRound.id).join(Goal, Goal.id == ReviewRound.goal_id)
    return rounds.where(*changed, Goal.kind == Kind.OBJECTIVE, Goal.organisation_id == here)


def _fed(here: int, person_id: int) -> Select[*tuple[Any, ...]]:
    """The feeds from the person's own goals to key results of the organisation."""
    of, own = aliased(Goal), aliased(Goal)
    fed = select(KeyResultFeed.id).join(KeyResult, KeyResult.id == KeyResultFeed.key_result_id)
    fed = fed.join(of, of.id == KeyResult.goal_id).join(own, own.id == KeyResultFeed.goal_id)
    alive = (KeyResultFeed.ended_at.is_(None), own.owner_id == person_id, own.organisation_id.is_(None))
    return fed.where(*alive, of.organisation_id == here)
