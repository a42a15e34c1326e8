"""Organisations as their admins see them: who belongs, in which roles, in which teams, and who reports to whom. Never
anything of what a person keeps for themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, exists, func, or_, select
from sqlalchemy import String as Text

from webapp.domain.errors import NotFound
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.policy import OrganisationFacts, Permission, require
from webapp.models import Membership, MembershipRole, Organisation, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.people import HAS_FACTOR

PAGE = 50
HERE = (Person.disabled_at.is_(None), Person.deleted_at.is_(None))
STAYING = (*HERE, Person.erase_at.is_(None))
"""Can come in, and has not asked to be erased: who does is gone in two weeks and runs nothing then."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who belongs, or did; `id` is the public id. `has_factor`: something beside the password proves them.

    Of who left, their address and what proves them is their own matter: `email` is "", `has_factor` False.
    """

    number: int
    id: str
    name: str
    email: str
    status: MembershipStatus
    roles: frozenset[Role]
    has_factor: bool
    since: datetime

    def has(self, role: Role) -> bool:
        return role in self.roles


@dataclass(frozen=True, slots=True)
class Placed:
    """Where somebody stands in an organisation: their teams, to whom they report and who reports to them, by name."""

    teams: list[str]
    managers: list[str]
    reports: list[str]


_held = (
    select(func.aggregate_strings(cast(MembershipRole.role, Text), " "))
    .where(MembershipRole.membership_id == Membership.id)
    .scalar_subquery()
)
_MEMBER = (
    Person.id,
    Person.public_id,
    Person.name,
    Person.email,
    Membership.status,
    _held.label("roles"),
    HAS_FACTOR.label("has_factor"),
    Membership.created_at,
)


def permit(viewer: Viewer, organisation_id: int) -> None:
    """Nothing for an admin of the organisation; raises Refused for a member, NotFound for everybody else."""
    require(viewer, Permission.ORGANISATION_CHANGE, OrganisationFacts(organisation_id))


def find_member(session: AnySession, viewer: Viewer, organisation_id: int, public_id: str) -> MemberRow:
    """The person as a member, active or not, for an admin; raises NotFound, and Refused for who is no admin."""
    permit(viewer, organisation_id)
    if not is_public_id(public_id):
        raise NotFound
    row = session.execute(_members(organisation_id).where(Person.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return _row(row)


def members(
    session: AnySession,
    viewer: Viewer,
    organisation_id: int,
    *,
    letters: str = "",
    status: MembershipStatus | None = None,
    role: Role | None = None,
    unproven: bool = False,
    page: int = 1,
) -> tuple[list[MemberRow], bool]:
    """Those who belong or did, by name, fifty a page from page 1, with these letters in their name or address, of who
    left in their name; and whether there are more. `unproven`: only who belongs and has nothing beside a password.
    Raises as `permit`."""
    permit(viewer, organisation_id)
    belongs = Membership.status != MembershipStatus.LEFT
    statement = _members(organisation_id).where(or_(_called(letters), and_(belongs, named(letters))))
    if status is not None:
        statement = statement.where(Membership.status == status)
    if role is not None:
        held = (MembershipRole.membership_id == Membership.id, MembershipRole.role == role)
        statement = statement.where(exists().where(*held))
    if unproven:
        statement = statement.where(belongs, ~HAS_FACTOR)
    ordered = statement.order_by(Person.name, Person.id).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = [_row(row) for row in session.execute(ordered)]
    return rows[:PAGE], len(rows) > PAGE


def counts(session: AnySession, viewer: Viewer, organisation_id: int) -> dict[MembershipStatus, int]:
    """How many belong in each state; raises as `permit`."""
    permit(viewer, organisation_id)
    statement = select(Membership.status, func.count().label("people")).join(Person, Person.id == Membership.person_id)
    statement = statement.where(Membership.organisation_id == organisation_id, Person.deleted_at.is_(None))
    return {row.status: row.people for row in session.execute(statement.group_by(Membership.status))}


def unproven(session: AnySession, viewer: Viewer, organisation_id: int, roles: Collection[Role]) -> int:
    """How many active members in one of these roles have nothing beside a password; raises as `permit`."""
    permit(viewer, organisation_id)
    active = (Membership.organisation_id == organisation_id, Membership.status == MembershipStatus.ACTIVE, *HERE)
    holds = exists().where(MembershipRole.membership_id == Membership.id, MembershipRole.role.in_(sorted(roles)))
    statement = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    return session.scalar(statement.where(*active, holds, ~HAS_FACTOR)) or 0


def placed(session: AnySession, viewer: Viewer, organisation_id: int, person_id: int) -> Placed:
    """Where the member stands, for an admin; raises as `permit`."""
    permit(viewer, organisation_id)
    teams = select(Team.name).where(Team.organisation_id == organisation_id)
    inside = exists().where(TeamMember.team_id == Team.id, TeamMember.person_id == person_id)
    theirs = teams.where(or_(Team.lead_id == person_id, inside)).order_by(Team.name)
    line, there = ReportingLine, ReportingLine.organisation_id == organisation_id
    names = select(Person.name).where(Person.deleted_at.is_(None)).order_by(Person.name, Person.id)
    managers = names.join(line, line.manager_id == Person.id).where(there, line.person_id == person_id)
    reports = names.join(line, line.person_id == Person.id).where(there, line.manager_id == person_id)
    return Placed(*(list(session.scalars(one)) for one in (theirs, managers, reports)))


def managers_by_person(session: AnySession, organisation_id: int) -> dict[int, set[int]]:
    """To whom each person of the organisation reports, by numbers."""
    found: dict[int, set[int]] = {}
    columns = (ReportingLine.person_id, ReportingLine.manager_id)
    for person, manager in session.execute(select(*columns).where(ReportingLine.organisation_id == organisation_id)):
        found.setdefault(person, set()).add(manager)
    return found


def other_admins(session: AnySession, organisation_id: int, person_id: int) -> int:
    """How many admins who can come in, and go on doing so, the organisation has beside this person."""
    statement = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    statement = statement.join(MembershipRole, MembershipRole.membership_id == Membership.id)
    here = (Membership.organisation_id == organisation_id, Membership.status == MembershipStatus.ACTIVE, *STAYING)
    return session.scalar(statement.where(*here, MembershipRole.role == Role.ADMIN, Person.id != person_id)) or 0


def others_who_lead(session: AnySession, organisation_id: int, person_id: int) -> list[Person]:
    """The admins beside this person, as `other_admins` counts them, those first who have belonged for longest."""
    held = exists().where(MembershipRole.membership_id == Membership.id, MembershipRole.role == Role.ADMIN)
    here = (Membership.organisation_id == organisation_id, Membership.status == MembershipStatus.ACTIVE, *STAYING)
    statement = select(Person).join(Membership, Membership.person_id == Person.id)
    meant = statement.where(*here, held, Person.id != person_id)
    return list(session.scalars(meant.order_by(Membership.created_at, Membership.id).limit(PAGE)))


def led_alone(session: AnySession, person_id: int) -> list[str]:
    """What the organisations are called that have no admin but this person, as `other_admins` counts them."""
    statement = select(Organisation.id, Organisation.name).join(Membership).join(MembershipRole)
    mine = (Membership.person_id == person_id, Membership.status == MembershipStatus.ACTIVE)
    led = session.execute(statement.where(*mine, MembershipRole.role == Role.ADMIN).order_by(Organisation.name)).all()
    return [row.name for row in led if not other_admins(session, row.id, person_id)]


def practises(session: AnySession, person_id: int) -> bool:
    """Whether the person is a therapist of any organisation they have not left, suspended there or not."""
    statement = select(MembershipRole.id).join(Membership, Membership.id == MembershipRole.membership_id)
    theirs = (Membership.person_id == person_id, Membership.status != MembershipStatus.LEFT)
    held = statement.where(*theirs, MembershipRole.role == Role.THERAPIST)
    return session.scalars(held.limit(1)).first() is not None


def roles_of(session: AnySession, organisation_id: int, person_id: int) -> frozenset[Role]:
    """The roles that an active member holds now; none for everybody else."""
    statement = select(MembershipRole.role).join(Membership, Membership.id == MembershipRole.membership_id)
    active = (Membership.organisation_id == organisation_id, Membership.status == MembershipStatus.ACTIVE)
    return frozenset(session.scalars(statement.where(*active, Membership.person_id == person_id)))


def numbers_of(session: AnySession, organisation_id: int, public_ids: Collection[str]) -> dict[str, int]:
    """The numbers of those of them who are active members and can come in, by public id."""
    known = sorted(one for one in public_ids if is_public_id(one))
    statement = select(Person.public_id, Person.id).join(Membership, Membership.person_id == Person.id)
    active = (Membership.organisation_id == organisation_id, Membership.status == MembershipStatus.ACTIVE)
    rows = session.execute(statement.where(*active, *HERE, Person.public_id.in_(known)))
    return {row.public_id: row.id for row in rows}


def named(letters: str) -> ColumnElement[bool]:
    """Whether the person has these letters in their name or address; everybody has none."""
    return or_(_called(letters), Person.email_key.contains(letters.casefold(), autoescape=True))


def names_of(session: AnySession, person_id: int) -> tuple[str, ...]:
    """What the organisations are called to which the person belongs."""
    statement = select(Organisation.name).join(Membership, Membership.organisation_id == Organisation.id)
    mine = (Membership.person_id == person_id, Membership.status == MembershipStatus.ACTIVE)
    return tuple(session.scalars(statement.where(*mine).order_by(Organisation.id)))


def by_name(session: AnySession, name: str) -> Organisation | None:
    """The organisation of exactly this name, for the operator; the oldest of several."""
    statement = select(Organisation).where(Organisation.name == name).order_by(Organisation.id).limit(1)
    return session.scalars(statement).one_or_none()


def _called(letters: str) -> ColumnElement[bool]:
    return func.lower(Person.name).contains(letters.lower(), autoescape=True)


def _members(organisation_id: int) -> Select[Any]:
    belongs = and_(Membership.person_id == Person.id, Membership.organisation_id == organisation_id)
    return select(*_MEMBER).join(Membership, belongs).where(Person.deleted_at.is_(None))


def _row(row: Any) -> MemberRow:
    roles = frozenset(Role(word) for word in (row.roles or "").split())
    left = row.status is MembershipStatus.LEFT
    proof = bool(row.has_factor) and not left
    return MemberRow(
        row.id, row.public_id, row.name, "" if left else row.email, row.status, roles, proof, row.created_at
    )
