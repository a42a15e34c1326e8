"""The people and teams of an organisation, as its members know each other."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.people import MembershipStatus, Viewer
from webapp.models import Membership, Person, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.reviewers import IS_HERE

PART = 5_000
"""So many people a statement can name."""


@dataclass(frozen=True, slots=True)
class Member:
    """An active member of an organisation; `id` is the public id."""

    number: int
    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, and the number of the person who leads it."""

    number: int
    id: str
    name: str
    lead_id: int | None


def is_member(organisation_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Whether the person of the statement is an active member who is here."""
    active = (Membership.person_id == Person.id, Membership.status == MembershipStatus.ACTIVE)
    return exists().where(*active, Membership.organisation_id == organisation_id) & IS_HERE[0] & IS_HERE[1] & IS_HERE[2]


def is_active_member(
    person_id: InstrumentedAttribute[int], organisation_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Whether somebody of another table is an active member who is here."""
    mine = (Membership.person_id == person_id, Membership.organisation_id == organisation_id)
    active = (*mine, Membership.status == MembershipStatus.ACTIVE)
    return exists().where(Person.id == person_id, *IS_HERE) & exists().where(*active)


def members_of(session: AnySession, organisation_id: int) -> list[Member]:
    """The active members by name."""
    statement = select(Person.id, Person.public_id, Person.name, Person.email).where(is_member(organisation_id))
    return [Member(*row) for row in session.execute(statement.order_by(Person.name, Person.id))]


def members_named(session: AnySession, organisation_id: int, wanted: Collection[str]) -> dict[str, Member]:
    """Those active members whose public ids or addresses these are, by what they were called."""
    if not wanted:
        return {}
    columns = (Person.id, Person.public_id, Person.name, Person.email, Person.email_key)
    keys = {text.casefold() for text in wanted}
    meant = or_(Person.public_id.in_(set(wanted)), Person.email_key.in_(keys))
    by_id: dict[str, Member] = {}
    by_address: dict[str, Member] = {}
    for row in session.execute(select(*columns).where(meant, is_member(organisation_id))):
        by_id[row.public_id] = by_address[row.email_key] = Member(row.id, row.public_id, row.name, row.email)
    found = {text: by_id.get(text) or by_address.get(text.casefold()) for text in wanted}
    return {text: member for text, member in found.items() if member is not None}


def numbers_meant(session: AnySession, organisation_id: int, wanted: Collection[str]) -> dict[str, int]:
    """The numbers of those active members whose public ids or addresses these are, by what they were called; one
    statement, however many there are."""
    by_id: dict[str, int] = {}
    by_address: dict[str, int] = {}
    statement = select(Person.id, Person.public_id, Person.email_key).where(is_member(organisation_id))
    for number, public_id, address in session.execute(statement):
        by_id[public_id] = by_address[address] = number
    found = {text: by_id.get(text) or by_address.get(text.casefold()) for text in wanted}
    return {text: number for text, number in found.items() if number is not None}


def in_parts(people: Collection[int]) -> Iterator[list[int]]:
    """Everybody of these once, the lowest number first, in lists that a statement can name."""
    numbers = sorted(set(people))
    for start in range(0, len(numbers), PART):
        yield numbers[start : start + PART]


def teams_of(session: AnySession, organisation_id: int) -> list[TeamRow]:
    """The teams by name."""
    statement = select(Team.id, Team.public_id, Team.name, Team.lead_id).where(Team.organisation_id == organisation_id)
    return [TeamRow(*row) for row in session.execute(statement.order_by(Team.name, Team.id))]


def teams_named(session: AnySession, organisation_id: int, wanted: Collection[str]) -> dict[str, TeamRow]:
    """Those teams whose public ids these are."""
    if not wanted:
        return {}
    here = (Team.organisation_id == organisation_id, Team.public_id.in_(set(wanted)))
    rows = session.execute(select(Team.id, Team.public_id, Team.name, Team.lead_id).where(*here))
    return {row.public_id: TeamRow(*row) for row in rows}


def is_in_team(session: AnySession, viewer: Viewer, team: TeamRow) -> bool:
    """Whether the viewer leads the team or belongs to it."""
    of_team = (TeamMember.team_id == team.number, TeamMember.person_id == viewer.id)
    return team.lead_id == viewer.id or session.scalar(select(exists().where(*of_team))) is True


def names_of(session: AnySession, numbers: Collection[int]) -> dict[int, str]:
    """What these people are called, by number; who was erased has no name any more."""
    if not numbers:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(numbers))))
    return {row.id: row.name for row in rows}
