"""Teams of an organisation as its admins see them: who leads each, who is in it, and what refers to it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.models import Objective, Person, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.members import Member, is_active_member, is_member
from webapp.queries.organisations import permit

_lead = aliased(Person)


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team; `id` is the public id, `lead` what its lead is called, "" for none, `members` how many active members are
    in it."""

    number: int
    id: str
    name: str
    lead: str
    lead_email: str
    members: int


def teams(session: AnySession, viewer: Viewer, organisation_id: int) -> list[TeamLine]:
    """Every team by name; raises Refused for who is no admin, NotFound for a stranger."""
    permit(viewer, organisation_id)
    statement = _teams(organisation_id).order_by(func.lower(Team.name), Team.id)
    return [TeamLine(*row) for row in session.execute(statement)]


def find(session: AnySession, viewer: Viewer, public_id: str) -> Team:
    """The team with this public id, for an admin; raises NotFound, and Refused for who is no admin."""
    if not is_public_id(public_id):
        raise NotFound
    here = (Team.public_id == public_id, Team.organisation_id.in_(viewer.homes))
    team = session.scalars(select(Team).where(*here)).one_or_none()
    if team is None:
        raise NotFound
    permit(viewer, team.organisation_id)
    return team


def line_of(session: AnySession, team: Team) -> TeamLine:
    """The team as it is listed; whether the viewer may see it was made sure of by the caller."""
    return TeamLine(*session.execute(_teams(team.organisation_id).where(Team.id == team.id)).one())


def members(session: AnySession, team: Team) -> list[Member]:
    """The active members who are in the team, by name."""
    columns = (Person.id, Person.public_id, Person.name, Person.email)
    statement = select(*columns).join(TeamMember, TeamMember.person_id == Person.id)
    here = (TeamMember.team_id == team.id, is_member(team.organisation_id))
    return [Member(*row) for row in session.execute(statement.where(*here).order_by(Person.name, Person.id))]


def objectives_of(session: AnySession, team_id: int) -> int:
    """How many objectives are the team's, closed and deleted ones as well."""
    return session.scalar(select(func.count()).where(Objective.team_id == team_id)) or 0


def members_by_team(session: AnySession, organisation_id: int) -> dict[int, set[int]]:
    """The numbers of everybody in each team, by its number."""
    statement = select(TeamMember.team_id, TeamMember.person_id).join(Team, Team.id == TeamMember.team_id)
    found: dict[int, set[int]] = defaultdict(set)
    for team, person in session.execute(statement.where(Team.organisation_id == organisation_id)):
        found[team].add(person)
    return found


def _teams(organisation_id: int) -> Select[Any]:
    in_it = select(func.count()).where(
        TeamMember.team_id == Team.id, is_active_member(TeamMember.person_id, Team.organisation_id)
    )
    name, email = func.coalesce(_lead.name, ""), func.coalesce(_lead.email, "")
    columns = (Team.id, Team.public_id, Team.name, name, email, in_it.scalar_subquery())
    statement = select(*columns).outerjoin(_lead, _lead.id == Team.lead_id)
    return statement.where(Team.organisation_id == organisation_id)
