"""Can everybody come in who should, nobody who should not, and can every organisation be run by somebody?"""

from collections.abc import Iterator

from sqlalchemy import exists, select

from webapp.domain.people import MembershipStatus, Role
from webapp.models import Membership, MembershipRole, Organisation, Person, ReportingLine, Team, TeamMember
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding
from webapp.queries.organisations import STAYING


def organisation_findings(session: AnySession) -> Iterator[Finding]:
    """Every finding about memberships; nobody is locked out but who is suspended and belongs nowhere else, and of them
    not who left another organisation, or was let in by the operator."""
    mine = Membership.person_id == Person.id
    suspended = exists().where(mine, Membership.status == MembershipStatus.SUSPENDED)
    active = exists().where(mine, Membership.status == MembershipStatus.ACTIVE)
    people = select(Person.id).where(Person.deleted_at.is_(None)).order_by(Person.id)
    for number in session.scalars(people.where(Person.disabled_at.is_not(None), ~(suspended & ~active))):
        yield Finding(f"person {number}", "cannot come in and is suspended nowhere, or belongs elsewhere")
    yield from _left(session)


def unled(session: AnySession) -> Iterator[Finding]:
    """Every organisation that has members and nobody to run it, which is no fault: the operator makes somebody its
    admin."""
    belongs = (Membership.organisation_id == Organisation.id, Membership.status == MembershipStatus.ACTIVE)
    admin = select(Membership.id).join(Person, Person.id == Membership.person_id)
    admin = admin.join(MembershipRole, MembershipRole.membership_id == Membership.id)
    led = admin.where(*belongs, MembershipRole.role == Role.ADMIN, *STAYING).exists()
    statement = select(Organisation.id).where(exists().where(*belongs), ~led).order_by(Organisation.id)
    for number in session.scalars(statement):
        yield Finding(f"organisation {number}", "has no admin who can come in")


def _left(session: AnySession) -> Iterator[Finding]:
    """What somebody still has in an organisation they left."""
    gone = (Membership.status == MembershipStatus.LEFT,)
    roles = select(Membership.id).where(*gone, exists().where(MembershipRole.membership_id == Membership.id))
    for number in session.scalars(roles.order_by(Membership.id)):
        yield Finding(f"membership {number}", "was left and has roles")
    there = (Membership.organisation_id == ReportingLine.organisation_id, *gone)
    lines = select(ReportingLine.id).where(
        exists().where(*there, Membership.person_id.in_((ReportingLine.person_id, ReportingLine.manager_id)))
    )
    for number in session.scalars(lines.order_by(ReportingLine.id)):
        yield Finding(f"reporting_line {number}", "names somebody who left")
    of_team = (Membership.organisation_id == Team.organisation_id, Membership.person_id == TeamMember.person_id, *gone)
    members = select(TeamMember.id).join(Team, Team.id == TeamMember.team_id).where(exists().where(*of_team))
    for number in session.scalars(members.order_by(TeamMember.id)):
        yield Finding(f"team_member {number}", "left the organisation")
