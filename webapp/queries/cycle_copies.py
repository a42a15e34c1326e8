"""What of a cycle can be copied forward, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select, union, union_all

from webapp.domain.people import Role, Viewer
from webapp.models import Cycle, Objective, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries import objectives
from webapp.queries.members import is_member
from webapp.queries.objective_lists import KeyResultRow, ObjectiveRow, key_results, rows, visible_in


@dataclass(frozen=True, slots=True)
class Copied:
    """An objective with all that a copy of it takes along; `parent_in_cycle` is whether it serves another of them."""

    row: ObjectiveRow
    key_results: Sequence[KeyResultRow]
    tags: tuple[str, ...]
    parent_in_cycle: bool


def copied_of(session: AnySession, viewer: Viewer, cycle: Cycle) -> list[Copied]:
    """The objectives of the cycle with their key results and tags, the oldest first; three statements."""
    found = rows(session, visible_in(viewer, cycle.organisation_id), Objective.cycle_id == cycle.id)
    numbers = [one.number for one in found]
    parts, tags, here = key_results(session, numbers), objectives.tags_of(session, numbers), set(numbers)
    return [
        Copied(one, parts.get(one.number, ()), tags.get(one.number, ()), one.parent_number in here) for one in found
    ]


def people_here(session: AnySession, organisation_id: int) -> frozenset[str]:
    """Public ids of the active members of the organisation."""
    return frozenset(session.scalars(select(Person.public_id).where(is_member(organisation_id))))


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose objectives a viewer may make: everybody's, or those of people and teams of these public ids."""

    everybody: bool
    people: frozenset[str]
    teams: frozenset[str]

    def covers(self, row: ObjectiveRow) -> bool:
        """Whether the viewer may make an objective like this one."""
        return self.everybody or row.owner_id in self.people or row.team_id in self.teams


def reach_of(session: AnySession, viewer: Viewer, organisation_id: int) -> Reach:
    """Whose objectives the viewer may make in the organisation; one statement, none for its admins."""
    if viewer.has(Role.ADMIN, organisation_id):
        return Reach(True, frozenset(), frozenset())
    managed = select(ReportingLine.person_id).where(
        ReportingLine.organisation_id == organisation_id, ReportingLine.manager_id == viewer.id
    )
    own_teams = select(TeamMember.team_id).where(TeamMember.person_id == viewer.id)
    led = (
        select(TeamMember.person_id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(Team.organisation_id == organisation_id, Team.lead_id == viewer.id)
    )
    mine = (Team.organisation_id == organisation_id, (Team.lead_id == viewer.id) | Team.id.in_(own_teams))
    found: dict[str, set[str]] = {"person": {viewer.public_id}, "team": set()}
    people = select(literal("person"), Person.public_id).where(Person.id.in_(union(managed, led)))
    for kind, public_id in session.execute(union_all(people, select(literal("team"), Team.public_id).where(*mine))):
        found[kind].add(public_id)
    return Reach(False, frozenset(found["person"]), frozenset(found["team"]))
