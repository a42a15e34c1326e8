"""What the editor of objectives offers to choose from: whose they may be, teams, cycles, what they can serve."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from webapp.domain.goals import Kind
from webapp.domain.objectives import CycleState
from webapp.domain.people import Role, Viewer
from webapp.models import Cycle, Goal, Objective, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries import cycles, members, objectives
from webapp.queries.members import Member, TeamRow, is_member
from webapp.queries.objectives import Found

MOST_PARENTS = 1_000


@dataclass(frozen=True, slots=True)
class Serves:
    """An objective that others may serve."""

    id: str
    name: str
    cycle: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in one organisation: `cycle` first, `owners` whose objectives the viewer may change."""

    organisation_id: int
    cycle: Cycle
    cycles: Sequence[Cycle]
    owners: Sequence[Member]
    members: Sequence[Member]
    teams: Sequence[TeamRow]
    parents: Sequence[Serves]


def choices(session: AnySession, viewer: Viewer, cycle: Cycle, known: Sequence[Cycle] = ()) -> Choices:
    """What can be chosen for an objective of this cycle; five statements, one less where the cycles are known."""
    here = cycle.organisation_id
    listed = [one for one in known if one.organisation_id == here] or cycles.listed(session, viewer, here)
    return Choices(
        organisation_id=here,
        cycle=cycle,
        cycles=[one for one in listed if one.state is CycleState.OPEN or one.id == cycle.id],
        owners=owners(session, viewer, here),
        members=members.members_of(session, here),
        teams=members.teams_of(session, here),
        parents=parents(session, here),
    )


def choices_for(session: AnySession, viewer: Viewer, found: Found) -> Choices:
    """What can be chosen for an objective that is there: its owner and what it serves may stay, itself it cannot
    serve."""
    offered = choices(session, viewer, found.cycle)
    kept = [one for one in offered.parents if one.id != found.goal.public_id]
    parent = objectives.parent_of(session, viewer, found.objective)
    if parent is not None and all(one.id != parent.goal.public_id for one in kept):
        kept.insert(0, Serves(parent.goal.public_id, parent.objective.name, parent.cycle.title))
    able = list(offered.owners)
    if all(one.number != found.goal.owner_id for one in able):
        statement = select(Person.id, Person.public_id, Person.name, Person.email)
        able += [Member(*row) for row in session.execute(statement.where(Person.id == found.goal.owner_id))]
    return replace(offered, parents=kept, owners=able)


def owners(session: AnySession, viewer: Viewer, organisation_id: int) -> list[Member]:
    """Whose objectives the viewer may change, by name: their own, of those they manage or whose team they lead, and as
    an admin everybody's."""
    if viewer.has(Role.ADMIN, organisation_id):
        return members.members_of(session, organisation_id)
    reports = select(ReportingLine.person_id).where(
        ReportingLine.organisation_id == organisation_id, ReportingLine.manager_id == viewer.id
    )
    led = select(TeamMember.person_id).join(Team, Team.id == TeamMember.team_id)
    led = led.where(Team.organisation_id == organisation_id, Team.lead_id == viewer.id)
    theirs = or_(Person.id == viewer.id, Person.id.in_(reports), Person.id.in_(led))
    statement = select(Person.id, Person.public_id, Person.name, Person.email)
    statement = statement.where(is_member(organisation_id), theirs)
    return [Member(*row) for row in session.execute(statement.order_by(Person.name, Person.id))]


def parents(session: AnySession, organisation_id: int) -> list[Serves]:
    """The objectives that others may serve, those of the latest cycles first: all that are live where the cycle is not
    closed."""
    statement = (
        select(Goal.public_id, Objective.name, Cycle.title)
        .join(Objective, Objective.goal_id == Goal.id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(Goal.organisation_id == organisation_id, Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None))
        .where(Cycle.state != CycleState.CLOSED)
        .order_by(Cycle.starts.desc(), Cycle.id.desc(), Objective.name, Goal.id)
        .limit(MOST_PARENTS)
    )
    return [Serves(*row) for row in session.execute(statement)]
