"""Who reports to whom in an organisation, and everything of it that a table can say."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from sqlalchemy import exists, select, union
from sqlalchemy.orm import aliased

from webapp.domain.member_tables import Column, Present, key_of
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.spreadsheets import Cell, lines
from webapp.models import Membership, MembershipRole, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.members import TeamRow, in_parts, members_of, teams_of
from webapp.queries.organisations import managers_by_person, permit
from webapp.queries.teams import members_by_team


@dataclass(frozen=True, slots=True)
class ManagerLine:
    """To whom somebody reports, and since when; `id` is the manager's public id. A line to who is no active member any
    more has no effect while that is so."""

    number: int
    id: str
    name: str
    email: str
    since: date
    is_active: bool


def managers(session: AnySession, organisation_id: int, people: Collection[int]) -> dict[int, list[ManagerLine]]:
    """To whom each of these people reports, by name. Whether the viewer may see it was made sure of by the caller."""
    active = exists().where(
        Membership.person_id == Person.id,
        Membership.organisation_id == organisation_id,
        Membership.status == MembershipStatus.ACTIVE,
    )
    about = (Person.id, Person.public_id, Person.name, Person.email, ReportingLine.since, active)
    statement = select(ReportingLine.person_id, *about).join(Person, Person.id == ReportingLine.manager_id)
    here = (ReportingLine.organisation_id == organisation_id, ReportingLine.person_id.in_(sorted(people)))
    found: dict[int, list[ManagerLine]] = defaultdict(list)
    for row in session.execute(statement.where(*here).order_by(Person.name, Person.id)):
        found[row[0]].append(ManagerLine(*row[1:]))
    return found


def present(session: AnySession, organisation_id: int) -> tuple[Present, dict[str, int]]:
    """How it is now, as tables are compared with it, and the numbers of the teams by their keys."""
    active = frozenset(member.number for member in members_of(session, organisation_id))
    teams = teams_by_key(session, organisation_id)
    in_teams = members_by_team(session, organisation_id)
    managed = managers_by_person(session, organisation_id)
    now = Present(
        active=active,
        managers={person: frozenset(theirs) for person, theirs in managed.items()},
        members={key: frozenset(in_teams.get(team.number, ())) & active for key, team in teams.items()},
        leads={key: team.lead_id for key, team in teams.items()},
    )
    return now, {key: team.number for key, team in teams.items()}


def teams_by_key(session: AnySession, organisation_id: int) -> dict[str, TeamRow]:
    """The teams by what a table calls them."""
    return {key_of(team.name): team for team in reversed(teams_of(session, organisation_id))}


def table(session: AnySession, viewer: Viewer, organisation_id: int) -> Iterator[bytes]:
    """To whom every active member reports, and the teams they are in and lead, in the columns in which tables are read;
    everything is read before the first piece. Raises Refused for who is no admin."""
    permit(viewer, organisation_id)
    everybody = members_of(session, organisation_id)
    emails = {member.number: member.email for member in everybody}
    managed = managers_by_person(session, organisation_id)
    teams = teams_of(session, organisation_id)
    in_teams = members_by_team(session, organisation_id)
    of_person: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for team in teams:
        for person in in_teams.get(team.number, ()):
            of_person[person].append((team.name, "no"))
        if team.lead_id is not None:
            of_person[team.lead_id].append((team.name, "yes"))
    rows: list[tuple[Cell, ...]] = []
    for member in everybody:
        theirs = sorted(emails[one] for one in managed.get(member.number, ()) if one in emails)
        both = list(zip_longest(theirs, of_person[member.number])) or [(None, None)]
        rows += [(member.email, manager or "", *(team or ("", ""))) for manager, team in both]
    return lines([column.value for column in Column], rows)


def deciders(session: AnySession, organisation_id: int, people: Collection[int]) -> set[int]:
    """Those of these people who may decide on somebody's objectives: admins, managers, and leads of others."""
    active = aliased(Membership)
    admins = (
        select(Membership.person_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(Membership.organisation_id == organisation_id, MembershipRole.role == Role.ADMIN)
    )
    managing = select(ReportingLine.manager_id).where(ReportingLine.organisation_id == organisation_id)
    leading = select(Team.lead_id).join(TeamMember, TeamMember.team_id == Team.id)
    leading = leading.where(Team.organisation_id == organisation_id, TeamMember.person_id != Team.lead_id)
    said = union(admins, managing, leading).subquery()
    statement = select(active.person_id).where(
        active.organisation_id == organisation_id,
        active.status == MembershipStatus.ACTIVE,
        active.person_id.in_(select(said.c[0])),
    )
    return {one for some in in_parts(people) for one in session.scalars(statement.where(active.person_id.in_(some)))}
