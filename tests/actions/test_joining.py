"""Joining an organisation: by an invitation that only the owner of its address answers, or as its first admin."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.racing import at_once
from webapp.actions import invitations, memberships, people
from webapp.domain.errors import Conflict, DomainError, Invalid, NotFound, Refused
from webapp.domain.identity import Purpose, SignUp
from webapp.domain.organisations import INVITATION_LIVES, InvitationDraft
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Invitation, Membership, MembershipRole, Organisation, Person, SignIn, Token
from webapp.queries import invitations as queries
from webapp.queries.organisations import roles_of
from webapp.queries.people import open_link, person_by_email, viewer_by_secret

BASE = frozenset({Role.MEMBER})


@pytest.fixture
def ada(session: Session) -> Person:
    """Whom the organisation asks in."""
    made = make.person(session)
    session.commit()
    return made


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def amir(session: Session, home: Organisation) -> Person:
    """Who looks after the organisation."""
    made = make.person(session, "Amir")
    make.member(session, made, home, Role.ADMIN, Role.MEMBER)
    session.commit()
    return made


def asked(session: Session, by: Person, home: Organisation, email: str, *roles: Role) -> str:
    """The public id of an invitation that waits."""
    draft = InvitationDraft(email, frozenset(roles))
    made = invitations.invite(session, make.viewer(session, by), home.id, draft)
    session.commit()
    return made.public_id


def offers(session: Session, viewer: Viewer) -> list[str]:
    return [row.id for row in queries.addressed_to(session, viewer)]


def test_the_owner_of_the_address_belongs_in_the_roles_asked(
    session: Session, ada: Person, amir: Person, home: Organisation
) -> None:
    other = make.sign_in(session, ada)
    waiting = asked(session, amir, home, ada.email.upper(), Role.MANAGER)
    her = make.viewer(session, ada)
    (row,) = queries.addressed_to(session, her)
    assert (row.id, row.organisation, row.inviter, row.roles) == (waiting, "Home", "Amir", BASE | {Role.MANAGER})
    invitations.accept(session, her, waiting)
    session.commit()
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.MANAGER}
    assert viewer_by_secret(session, other, NOW) is None
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.ended_at, invitation.accepted_by_id) == (NOW, ada.id)
    assert make.tags(session, invitation) == ["invitation:send", "invitation:accept"]
    assert offers(session, her) == []
    with pytest.raises(NotFound):
        invitations.accept(session, her, waiting)


@pytest.mark.parametrize(
    "why",
    ["other", "withdrawn", "newer", "late", "declined", "demoted", "suspended", "gone", "moved", "unconfirmed", "none"],
)
def test_an_invitation_opens_nothing_otherwise(
    session: Session, ada: Person, amir: Person, home: Organisation, why: str
) -> None:
    waiting = asked(session, amir, home, ada.email)
    assert offers(session, make.viewer(session, ada)) == [waiting]
    inviters = select(Membership.id).where(Membership.person_id == amir.id)
    if why == "withdrawn":
        invitations.withdraw(session, make.viewer(session, amir), home.id, waiting)
    if why == "newer":
        asked(session, amir, home, ada.email)
    if why == "declined":
        invitations.decline(session, make.viewer(session, ada), waiting)
    if why == "demoted":
        roles = (MembershipRole.membership_id.in_(inviters), MembershipRole.role == Role.ADMIN)
        session.execute(delete(MembershipRole).where(*roles))
    if why in ("suspended", "gone"):
        status = MembershipStatus.SUSPENDED if why == "suspended" else MembershipStatus.LEFT
        session.execute(update(Membership).where(Membership.person_id == amir.id).values(status=status))
    if why == "moved":
        ada.email = ada.email_key = "ada@elsewhere.example"
    if why == "unconfirmed":
        ada.confirmed_at = None
    session.commit()
    now = NOW + INVITATION_LIVES if why == "late" else NOW
    viewer = make.viewer(session, make.person(session, "Bo") if why == "other" else ada, now)
    session.commit()
    before = make.everything(session)
    addresses = ["0" * 24, "\x00", "x" * 500] if why == "none" else [waiting]
    for address in addresses:
        for answer in (invitations.accept, invitations.decline, queries.find):
            with pytest.raises(NotFound):
                answer(session, viewer, address)
            session.rollback()
    assert waiting not in offers(session, viewer) or why == "none"
    assert make.everything(session) == before


def test_an_address_that_changed_meanwhile_does_not_answer(
    session: Session, ada: Person, amir: Person, home: Organisation
) -> None:
    """What the viewer was called when the request began does not count, what the row says does."""
    waiting = asked(session, amir, home, ada.email)
    stale = make.viewer(session, ada)
    ada.email = ada.email_key = "ada@elsewhere.example"
    session.commit()
    with pytest.raises(NotFound):
        invitations.accept(session, stale, waiting)
    assert roles_of(session, home.id, ada.id) == frozenset()


def test_who_left_is_back_with_the_new_roles_alone(
    session: Session, ada: Person, amir: Person, home: Organisation
) -> None:
    make.member(session, ada, home, Role.ADMIN, Role.THERAPIST, Role.MEMBER, status=MembershipStatus.LEFT)
    waiting = asked(session, amir, home, ada.email, Role.MANAGER)
    invitations.accept(session, make.viewer(session, ada), waiting)
    session.commit()
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.MANAGER}
    assert session.scalar(select(func.count()).where(Membership.person_id == ada.id)) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(MembershipStatus.SUSPENDED, Refused), (MembershipStatus.ACTIVE, Conflict)]
)
def test_who_belongs_or_is_suspended_changes_nothing_by_yes(
    session: Session,
    ada: Person,
    amir: Person,
    home: Organisation,
    status: MembershipStatus,
    error: type[DomainError],
) -> None:
    waiting = asked(session, amir, home, ada.email, Role.ADMIN)
    make.member(session, ada, home, status=status)
    session.commit()
    before = make.everything(session)
    with pytest.raises(error):
        invitations.accept(session, make.viewer(session, ada), waiting)
    assert make.everything(session) == before


def test_of_ten_answers_at_once_one_counts(
    app: Flask, session: Session, ada: Person, amir: Person, home: Organisation
) -> None:
    waiting = asked(session, amir, home, ada.email, Role.THERAPIST)
    outcomes = at_once(app, *[lambda racing: invitations.accept(racing, make.viewer(racing, ada), waiting)] * 10)
    assert sorted(outcomes) == ["NotFound"] * 9 + ["done"]
    assert session.scalar(select(func.count()).where(Membership.person_id == ada.id)) == 1
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.THERAPIST}
    assert make.tags(session).count("invitation:accept") == 1


def test_of_an_answer_and_the_inviters_fall_at_once_neither_slips_past_the_other(
    app: Flask, session: Session, ada: Person, amir: Person, home: Organisation
) -> None:
    """Either the answer came first and stands, or the inviter was no admin any more and it counts for nothing."""
    eve = make.person(session, "Eve")
    make.member(session, eve, home, Role.ADMIN, Role.MEMBER)
    waiting = asked(session, amir, home, ada.email, Role.ADMIN)

    outcomes = at_once(
        app,
        lambda racing: invitations.accept(racing, make.viewer(racing, ada), waiting),
        lambda racing: memberships.change_roles(racing, make.viewer(racing, eve), home.id, amir.id, set()),
    )
    joined = Role.ADMIN in roles_of(session, home.id, ada.id)
    assert outcomes in (["done", "done"], ["NotFound", "done"])
    assert joined is (outcomes[0] == "done")


SIGN_UP = SignUp("Ada", "ada@example.org", "seven quiet green lanterns", "Europe/Berlin", "en", True, True)


def linked(session: Session, home: Organisation, email: str = "Ada@Example.org") -> str:
    secret = invitations.ask_first_admin(session, home, email, NOW)
    session.commit()
    return secret


def test_whoever_has_the_operators_link_begins_as_an_admin(session: Session, home: Organisation) -> None:
    rivals = people.ask_sign_up(session, SIGN_UP, "a hash", NOW)
    secret = linked(session, home)
    person = invitations.become_first_admin(session, secret, NOW, draft=SIGN_UP, password_hash="another")
    session.commit()
    assert (person.email, person.confirmed_at, person.consented_at) == ("Ada@Example.org", NOW, NOW)
    assert roles_of(session, home.id, person.id) == {Role.MEMBER, Role.ADMIN}
    assert session.scalars(select(Token.revoked_at).where(Token.public_id == rivals)).one() == NOW
    with pytest.raises(NotFound):
        invitations.become_first_admin(session, secret, NOW, draft=SIGN_UP, password_hash="another")


def test_a_link_of_the_operators_is_ended_by_time_and_by_a_newer_one(session: Session, home: Organisation) -> None:
    older = linked(session, home)
    newer = linked(session, home)
    assert open_link(session, Purpose.FIRST_ADMIN, older, NOW) is None
    assert open_link(session, Purpose.FIRST_ADMIN, newer, NOW + timedelta(minutes=29)) is not None
    before = make.everything(session)
    for secret, now in ((older, NOW), (newer, NOW + timedelta(minutes=30)), ("wrong", NOW)):
        with pytest.raises(NotFound):
            invitations.become_first_admin(session, secret, now, draft=SIGN_UP, password_hash="a hash")
        session.rollback()
    assert make.everything(session) == before


def test_a_known_address_says_yes_itself_and_nobody_else_does(
    session: Session, ada: Person, home: Organisation
) -> None:
    secret = linked(session, home, ada.email)
    other = make.sign_in(session, ada)
    bo = make.viewer(session, make.person(session, "Bo"))
    session.commit()
    before = make.everything(session)
    with pytest.raises(NotFound):
        invitations.accept_first_admin(session, bo, secret)
    session.rollback()
    with pytest.raises(Conflict):
        invitations.become_first_admin(session, secret, NOW, draft=SIGN_UP, password_hash="a hash")
    assert make.everything(session) == before
    invitations.accept_first_admin(session, make.viewer(session, ada), secret)
    session.commit()
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.ADMIN}
    assert viewer_by_secret(session, other, NOW) is None
    assert session.scalar(select(func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))) == 0


@pytest.mark.parametrize("status", [MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED])
def test_no_link_is_made_for_who_belongs(
    session: Session, ada: Person, home: Organisation, status: MembershipStatus
) -> None:
    make.member(session, ada, home, status=status)
    with pytest.raises(Invalid):
        invitations.ask_first_admin(session, home, ada.email.upper(), NOW)
    assert session.scalars(select(Token)).all() == []


def test_of_two_who_use_the_operators_link_at_once_one_begins(app: Flask, session: Session, home: Organisation) -> None:
    secret = linked(session, home)
    begin = partial(invitations.become_first_admin, secret=secret, now=NOW, draft=SIGN_UP, password_hash="a hash")
    outcomes = at_once(app, *[begin] * 4)
    assert sorted(outcomes) == ["NotFound"] * 3 + ["done"]
    person = person_by_email(session, "ada@example.org")
    assert person is not None
    assert session.scalar(select(func.count()).select_from(Membership)) == 1
    assert roles_of(session, home.id, person.id) == {Role.MEMBER, Role.ADMIN}
