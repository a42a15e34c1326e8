"""Where somebody belongs, as they may know it themselves: as what, under whom, with whom, and who looks after it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, exists, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Membership, MembershipRole, Organisation, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.members import is_active_member


@dataclass
class OwnMembership:
    """An organisation that the viewer has not left; `id` is its public id, each list holds names in their order.

    Of one that has them suspended they learn who looks after it, and nothing else.
    """

    number: int
    id: str
    name: str
    status: MembershipStatus
    roles: frozenset[Role] = frozenset()
    teams: list[str] = field(default_factory=list)
    managers: list[str] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)
    """Those of them who can come in, without the viewer."""

    @property
    def is_active(self) -> bool:
        return self.status is MembershipStatus.ACTIVE

    @property
    def is_led_alone(self) -> bool:
        """Whether nobody else would look after it if the viewer went."""
        return Role.ADMIN in self.roles and not self.admins


def own_memberships(session: AnySession, viewer: Viewer) -> list[OwnMembership]:
    """All of the viewer's, by name, in two statements however many there are."""
    columns = (Organisation.id, Organisation.public_id, Organisation.name, Membership.status)
    mine = (Membership.person_id == viewer.id, Membership.status != MembershipStatus.LEFT)
    statement = select(*columns).join(Membership, Membership.organisation_id == Organisation.id).where(*mine)
    rows = session.execute(statement.order_by(Organisation.name, Organisation.id)).all()
    found = {row.id: OwnMembership(*row) for row in rows}
    for one in found.values():
        one.roles = frozenset(role for home, role in viewer.roles if home == one.number)
    if found:
        parts = union_all(*_names(viewer, sorted(found))).subquery()
        for kind, home, name in session.execute(select(parts).order_by(parts.c.name)):
            if found[home].is_active or kind == "admins":
                getattr(found[home], kind).append(name)
    return list(found.values())


def own_membership(session: AnySession, viewer: Viewer, public_id: str) -> OwnMembership:
    """The viewer's in the organisation of this public id; raises NotFound."""
    for one in own_memberships(session, viewer):
        if one.id == public_id:
            return one
    raise NotFound


def _names(viewer: Viewer, homes: list[int]) -> list[Select[*tuple[Any, ...]]]:
    """By kind the organisations and names of teams, of managers and of the other admins."""
    inside = exists().where(TeamMember.team_id == Team.id, TeamMember.person_id == viewer.id)
    teams = select(literal("teams").label("kind"), Team.organisation_id, Team.name)
    line = ReportingLine
    managers = select(literal("managers"), line.organisation_id, Person.name).join(line, line.manager_id == Person.id)
    there = is_active_member(Person.id, line.organisation_id)
    theirs = aliased(Membership)
    admins = select(literal("admins"), theirs.organisation_id, Person.name)
    admins = admins.join(theirs, theirs.person_id == Person.id)
    admins = admins.join(MembershipRole, MembershipRole.membership_id == theirs.id)
    here = (MembershipRole.role == Role.ADMIN, is_active_member(Person.id, theirs.organisation_id))
    return [
        teams.where(or_(Team.lead_id == viewer.id, inside), Team.organisation_id.in_(homes)),
        managers.where(line.person_id == viewer.id, line.organisation_id.in_(homes), there),
        admins.where(theirs.organisation_id.in_(homes), Person.id != viewer.id, *here),
    ]
