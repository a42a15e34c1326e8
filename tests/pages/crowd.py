"""People around Ada who may not see what is hers, and what an answer tells them."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.page import Page
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Organisation, Person, ReportingLine

UNKNOWN = "0" * 24
Someone = Callable[[Session, Person, Organisation], Person]


def told(page: Page) -> tuple[int, str, list[tuple[str, str]]]:
    """What an answer tells: status, body and headers, without the number of the request."""
    number = page.headers["X-Request-Id"]
    headers = [(name, value) for name, value in page.headers if name not in ("X-Request-Id", "Set-Cookie")]
    return page.status, page.text.replace(number, "number"), headers


def stranger(session: Session, ada: Person, home: Organisation) -> Person:
    someone = make.person(session, "Stranger")
    make.member(session, someone, make.organisation(session, "Other"), *Role)
    return someone


def peer(session: Session, ada: Person, home: Organisation) -> Person:
    someone = make.person(session, "Peer")
    make.member(session, someone, home)
    return someone


def manager(session: Session, ada: Person, home: Organisation) -> Person:
    someone = make.person(session, "Manager")
    make.member(session, someone, home, Role.MANAGER)
    line = {"organisation_id": home.id, "person_id": ada.id, "manager_id": someone.id, "since": TODAY}
    session.add(ReportingLine(**line))
    return someone


def admin(session: Session, ada: Person, home: Organisation) -> Person:
    someone = make.person(session, "Admin")
    make.member(session, someone, home, Role.ADMIN)
    return someone


def therapist(session: Session, home: Organisation, status: MembershipStatus = MembershipStatus.ACTIVE) -> Person:
    someone = make.person(session, "Therapist")
    make.member(session, someone, home, Role.THERAPIST, status=status)
    return someone


def therapist_without_grant(session: Session, ada: Person, home: Organisation) -> Person:
    return therapist(session, home)


def granted(
    state: GrantState = GrantState.ACTIVE,
    *scopes: Scope,
    until: timedelta | None = None,
    status: MembershipStatus = MembershipStatus.ACTIVE,
) -> Someone:
    """A therapist with a grant that does not let them see goals now."""

    def make_one(session: Session, ada: Person, home: Organisation) -> Person:
        someone = therapist(session, home, status)
        expires_at = None if until is None else NOW + until
        make.grant(session, ada, someone, *scopes or tuple(Scope), state=state, expires_at=expires_at)
        return someone

    return make_one


def granted_to_a_member(session: Session, ada: Person, home: Organisation) -> Person:
    someone = peer(session, ada, home)
    make.grant(session, ada, someone, *Scope)
    return someone


def granted_by_somebody_else(session: Session, ada: Person, home: Organisation) -> Person:
    someone, client = therapist(session, home), make.person(session, "Client")
    make.grant(session, client, someone, *Scope)
    make.grant(session, someone, ada, *Scope)
    return someone


BLIND = {
    "stranger": stranger,
    "peer": peer,
    "manager": manager,
    "admin": admin,
    "therapist without a grant": therapist_without_grant,
    "requested": granted(GrantState.REQUESTED),
    "revoked": granted(GrantState.REVOKED),
    "expired": granted(GrantState.EXPIRED),
    "run out this second": granted(until=timedelta(0)),
    "reduced to tracking": granted(GrantState.ACTIVE, Scope.TRACKING),
    "reduced to moods": granted(GrantState.ACTIVE, Scope.MOOD_LEVELS, Scope.MOOD_NOTES),
    "suspended": granted(status=MembershipStatus.SUSPENDED),
    "left": granted(status=MembershipStatus.LEFT),
    "no therapist": granted_to_a_member,
    "another client's": granted_by_somebody_else,
}
APART = ("reduced to tracking", "no therapist", "another client's")
"""Those whom tests/rights does not know; what the others get at every address is tried there, for all of them."""
