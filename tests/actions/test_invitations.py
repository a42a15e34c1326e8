"""Asking somebody into an organisation: by admins of that moment, without a secret, and never who belongs already."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.visitors import letters
from webapp.actions import invitations, memberships
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.organisations import InvitationDraft
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import AuditEvent, Invitation, Organisation, OutboxMessage, Person
from webapp.queries import invitations as queries

ADDRESS = "new@example.org"
DRAFT = InvitationDraft(ADDRESS, frozenset({Role.MANAGER}))


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def admin(session: Session, home: Organisation) -> Person:
    return belonging(session, "Ines", home, Role.ADMIN)


@pytest.fixture
def ines(session: Session, admin: Person) -> Viewer:
    return make.viewer(session, admin)


def belonging(session: Session, name: str, home: Organisation, *roles: Role, **more: object) -> Person:
    person = make.person(session, name)
    make.member(session, person, home, *roles, **more)  # type: ignore[arg-type]
    return person


def test_who_is_asked_is_mailed_and_nothing_in_it_opens_anything(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    made = invitations.invite(session, ines, home.id, DRAFT)
    session.commit()
    (letter,) = letters(session)
    assert (letter["to"], letter["template"]) == (ADDRESS, "organisation-invitation")
    assert set(letter["values"]) == {"invitation", "address"}
    (row,) = queries.waiting(session, ines, home.id)
    assert (row.id, row.email, row.inviter) == (made.public_id, ADDRESS, "Ines")
    assert row.roles == {Role.MEMBER, Role.MANAGER}
    assert row.expires_at - row.created_at == timedelta(days=7)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.tag, event.organisation_id, event.details) == ("invitation:send", home.id, {"roles": "manager"})


def test_it_is_the_same_whether_or_not_the_address_has_an_account(
    session: Session, home: Organisation, ines: Viewer
) -> None:
    known = make.person(session, "Kim")
    for address in (known.email, ADDRESS):
        invitations.invite(session, ines, home.id, InvitationDraft(address))
    session.commit()
    one, other = letters(session)
    for letter in (one, other):
        letter["to"] = letter["values"]["address"] = letter["values"]["invitation"] = ""
    assert one == other
    assert session.scalars(select(OutboxMessage.person_id)).all() == [None, None]


def test_asked_again_the_older_invitation_is_over(session: Session, home: Organisation, ines: Viewer) -> None:
    first = invitations.invite(session, ines, home.id, DRAFT)
    second = invitations.invite(session, ines, home.id, InvitationDraft(ADDRESS.upper()))
    assert [row.id for row in queries.waiting(session, ines, home.id)] == [second.public_id]
    session.refresh(first)
    assert (first.ended_at, second.ended_at) == (NOW, None)


def test_who_belongs_is_not_asked_and_who_left_may_be(session: Session, home: Organisation, ines: Viewer) -> None:
    states = {state: belonging(session, state.value, home, status=state) for state in MembershipStatus}
    for state in (MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED):
        with pytest.raises(Invalid) as wrong:
            invitations.invite(session, ines, home.id, InvitationDraft(states[state].email))
        assert [problem.code for problem in wrong.value.problems] == ["member_already"]
    invitations.invite(session, ines, home.id, InvitationDraft(states[MembershipStatus.LEFT].email))
    assert [row.email for row in queries.waiting(session, ines, home.id)] == [states[MembershipStatus.LEFT].email]


def test_only_admins_of_that_moment_ask_and_withdraw(session: Session, home: Organisation, admin: Person) -> None:
    ines = make.viewer(session, admin)
    otto = belonging(session, "Otto", home, Role.ADMIN)
    manager = make.viewer(session, belonging(session, "Mia", home, Role.MANAGER))
    olga = make.viewer(session, belonging(session, "Olga", make.organisation(session, "Elsewhere"), Role.ADMIN))
    made, stale = invitations.invite(session, ines, home.id, DRAFT), make.viewer(session, otto)
    memberships.change_roles(session, ines, home.id, otto.id, {Role.MANAGER})
    session.commit()
    before = make.everything(session)
    other = InvitationDraft("other@example.org")
    for viewer, refusal in ((manager, Refused), (olga, NotFound), (stale, Refused)):
        with pytest.raises(refusal):
            invitations.invite(session, viewer, home.id, other)
        session.rollback()
    for viewer, refusal in ((manager, Refused), (olga, NotFound)):
        with pytest.raises(refusal):
            invitations.withdraw(session, viewer, home.id, made.public_id)
        session.rollback()
        with pytest.raises(refusal):
            queries.waiting(session, viewer, home.id)
    with pytest.raises(NotFound):  # by way of an organisation that she does run
        invitations.withdraw(session, olga, next(iter(olga.roles))[0], made.public_id)
    assert make.everything(session) == before
    invitations.invite(session, ines, home.id, other)
    assert len(queries.waiting(session, ines, home.id)) == 2


def test_a_withdrawn_invitation_is_answered_by_nobody(session: Session, home: Organisation, ines: Viewer) -> None:
    made = invitations.invite(session, ines, home.id, DRAFT)
    session.commit()
    assert session.scalars(select(OutboxMessage.id)).all()
    invitations.withdraw(session, ines, home.id, made.public_id)
    session.commit()
    assert queries.waiting(session, ines, home.id) == []
    assert letters(session) == [], "the mail is not sent any more"
    with pytest.raises(NotFound):
        invitations.withdraw(session, ines, home.id, made.public_id)
    session.rollback()
    kim = make.viewer(session, make.person(session, "Kim", email=ADDRESS))
    with pytest.raises(NotFound):
        invitations.accept(session, kim, made.public_id)
    assert make.tags(session, made) == ["invitation:send", "invitation:withdraw"]


def test_one_that_ran_out_waits_no_more(session: Session, home: Organisation, admin: Person, ines: Viewer) -> None:
    made = invitations.invite(session, ines, home.id, DRAFT)
    for passed, count in ((timedelta(days=7, seconds=-1), 1), (timedelta(days=7), 0)):
        later = make.viewer(session, admin, NOW + passed)
        assert len(queries.waiting(session, later, home.id)) == count
        assert [row.has_expired for row in queries.sent(session, later, home.id)] == [count == 0]
    for passed, count in ((timedelta(days=14, seconds=-1), 1), (timedelta(days=14), 0)):
        assert len(queries.sent(session, make.viewer(session, admin, NOW + passed), home.id)) == count
    with pytest.raises(NotFound):
        invitations.withdraw(session, later, home.id, made.public_id)


def test_one_of_who_is_no_admin_any_more_is_void_until_it_is_sent_again(
    session: Session, home: Organisation, admin: Person, ines: Viewer
) -> None:
    otto = belonging(session, "Otto", home, Role.ADMIN)
    kim = make.viewer(session, make.person(session, "Kim", email=ADDRESS))
    made = invitations.invite(session, make.viewer(session, otto), home.id, DRAFT)
    assert [row.is_void for row in queries.sent(session, ines, home.id)] == [False]
    memberships.change_roles(session, ines, home.id, otto.id, {Role.MANAGER})
    with pytest.raises(NotFound):
        invitations.accept(session, kim, made.public_id)
    assert [row.is_void for row in queries.sent(session, ines, home.id)] == [True]
    assert queries.waiting(session, ines, home.id) == []
    again = invitations.invite(session, ines, home.id, DRAFT)
    (row,) = queries.sent(session, ines, home.id)
    assert (row.id, row.is_void, row.has_expired) == (again.public_id, False, False)
    assert invitations.accept(session, kim, again.public_id).organisation_id == home.id
    assert queries.sent(session, ines, home.id) == []


@pytest.mark.parametrize(
    ("draft", "field"),
    [(InvitationDraft("nobody"), "email"), (InvitationDraft(ADDRESS, frozenset({Role.MEMBER})), "roles")],
)
def test_what_makes_no_sense_is_said(
    session: Session, home: Organisation, ines: Viewer, draft: InvitationDraft, field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        invitations.invite(session, ines, home.id, draft)
    assert [problem.field for problem in wrong.value.problems] == [field]
    assert session.scalars(select(Invitation.id)).all() == []
