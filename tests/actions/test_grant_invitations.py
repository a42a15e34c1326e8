"""Invitations to share, the record that every step leaves, and steps that are taken at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.consent import GOALS, acts, asked, invited, letters, opens, shared, therapist
from tests.make import NOW
from webapp.actions import grant_invitations, grants
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.grants import GrantAct, GrantState
from webapp.domain.people import MembershipStatus, Viewer
from webapp.extensions import db
from webapp.models import AuditEvent, Grant, GrantEvent, Membership, Person
from webapp.models.engine import begin_writing
from webapp.queries import grant_invitations as invitations

DAYS = timedelta(days=14)


@pytest.fixture
def ada(session: Session) -> Person:
    made = make.person(session)
    session.commit()
    return made


@pytest.fixture
def thea(session: Session) -> Person:
    """A therapist in good standing."""
    return therapist(session, "Thea")


def test_the_owner_of_the_address_consents_and_it_holds_at_once(session: Session, ada: Person, thea: Person) -> None:
    invitation, secret = invited(session, thea, ada.email.upper())
    her = make.viewer(session, ada)
    assert [offer.therapist for offer in invitations.offers_to(session, her)] == ["Thea"]
    grant = grant_invitations.answer(session, her, secret, GOALS)
    session.commit()
    session.refresh(invitation)
    assert (grant.state, grant.decided_at, grant.therapist_id) == (GrantState.ACTIVE, NOW, thea.id)
    assert (invitation.answered_at, invitation.grant_id) == (NOW, grant.id)
    assert opens(session, thea) == [grant.id]
    assert acts(session, grant) == [GrantAct.GIVEN]
    assert letters(session)[1:] == [(ada.email, "sharing-changed")]
    assert invitations.offers_to(session, her) == []
    with pytest.raises(NotFound):
        grant_invitations.answer(session, her, secret, GOALS)


@pytest.mark.parametrize("why", ["other", "withdrawn", "newer", "late", "suspended", "moved", "unverified", "wrong"])
def test_an_invitation_opens_nothing_otherwise(session: Session, ada: Person, thea: Person, why: str) -> None:
    invitation, secret = invited(session, thea, ada.email)
    hers, now = make.viewer(session, thea), NOW
    if why == "withdrawn":
        grant_invitations.withdraw(session, hers, invitation.public_id)
    if why == "newer":
        invited(session, thea, ada.email)
    if why == "late":
        now += DAYS
    if why == "suspended":
        session.query(Membership).update({"status": MembershipStatus.SUSPENDED})
    if why == "moved":
        ada.email = ada.email_key = "ada@elsewhere.example"
    if why == "unverified":
        ada.confirmed_at = None
    session.commit()
    viewer = make.viewer(session, make.person(session, "Bo") if why == "other" else ada, now)
    for key in (secret + "x",) if why == "wrong" else (secret, invitation.public_id):
        with pytest.raises(NotFound):
            grant_invitations.answer(session, viewer, key, GOALS)
    assert session.scalar(select(func.count()).select_from(Grant)) == 0


def test_a_therapist_cannot_invite_themselves(session: Session, thea: Person) -> None:
    _, secret = invited(session, thea, thea.email)
    with pytest.raises(NotFound):
        grant_invitations.answer(session, make.viewer(session, thea), secret, GOALS)


def test_the_secret_is_kept_nowhere_and_the_address_sealed(session: Session, thea: Person) -> None:
    invitation, secret = invited(session, thea, "nobody@example.org")
    assert len(secret) == 43
    kept = make.everything(session)["grant_invitation"]
    assert "nobody@example.org" not in str(kept)
    assert secret not in str(kept)
    hers = make.viewer(session, thea)
    (row,) = invitations.sent_by(session, hers)
    assert (row.address, row.state) == ("nobody@example.org", "waiting")
    assert invitations.sent_by(session, make.viewer(session, thea, NOW + DAYS))[0].state == "lapsed"
    grant_invitations.withdraw(session, hers, invitation.public_id)
    assert invitations.sent_by(session, hers)[0].state == "withdrawn"


def test_only_therapists_invite_and_have_a_code(session: Session, ada: Person, thea: Person) -> None:
    her, (invitation, _) = make.viewer(session, ada), invited(session, thea, "nobody@example.org")
    another = make.viewer(session, therapist(session, "Tom"))
    for step in (
        lambda: grant_invitations.invite(session, her, "nobody@example.org"),
        lambda: grant_invitations.renew_code(session, her),
        lambda: grant_invitations.withdraw(session, her, invitation.public_id),
        lambda: grant_invitations.withdraw(session, another, invitation.public_id),
    ):
        with pytest.raises(NotFound):
            step()


# The record.


def test_every_step_is_recorded_without_an_organisation(session: Session, ada: Person, thea: Person) -> None:
    her, hers = make.viewer(session, ada), make.viewer(session, thea)
    grant = shared(session, ada, thea)
    grants.change(session, her, grant.public_id, GOALS)
    grants.revoke(session, her, grant.public_id)
    invitation, secret = invited(session, thea, ada.email)
    given = grant_invitations.answer(session, her, secret, GOALS)
    grants.leave(session, hers, given.public_id)
    grants.refuse(session, hers, asked(session, ada, thea).public_id)
    grant_invitations.withdraw(session, hers, invited(session, thea, ada.email)[0].public_id)
    session.commit()
    assert make.tags(session, grant) == ["grant:request", "grant:accept", "grant:change", "grant:revoke"]
    assert make.tags(session, given) == ["grant:give", "grant:leave"]
    assert make.tags(session, invitation) == ["grant:invite"]
    assert {"grant:refuse", "grant:withdraw_invitation", "therapist_code:renew"} < set(make.tags(session))
    events = session.scalars(select(AuditEvent)).all()
    assert {event.organisation_id for event in events} == {None}
    assert "weekly talks" not in str([event.details for event in events])


# At once.


def at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> list[object]:
    """Each act in a transaction of its own, all in the same moment; what it raised stands for its answer."""

    def run(act: Callable[[], object]) -> object:
        with app.app_context():
            begin_writing(db.session)
            try:
                answer = act()
                db.session.commit()
                return answer
            except (NotFound, Invalid) as error:
                db.session.rollback()
                return type(error)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def test_two_requests_taken_on_at_once_are_one_grant(app: Flask, session: Session, ada: Person, thea: Person) -> None:
    both, hers = [asked(session, ada, thea).public_id for _ in range(2)], make.viewer(session, thea)
    session.commit()
    at_once(app, [lambda key=key: grants.accept(db.session, hers, key).id for key in (*both, *both)])  # type: ignore[misc]
    session.rollback()
    assert len(opens(session, thea)) == 1
    done = session.scalars(select(GrantEvent.act).where(GrantEvent.act != GrantAct.REQUESTED)).all()
    assert sorted(done) == [GrantAct.ACCEPTED, GrantAct.ACCEPTED, GrantAct.REPLACED]


def test_an_invitation_is_answered_once_under_ten_tries(
    app: Flask, session: Session, ada: Person, thea: Person
) -> None:
    _, secret = invited(session, thea, ada.email)
    her, bo = make.viewer(session, ada), make.viewer(session, make.person(session, "Bo"))
    session.commit()

    def answer(viewer: Viewer) -> Callable[[], object]:
        return lambda: grant_invitations.answer(db.session, viewer, secret, GOALS).id

    answers = at_once(app, [answer(viewer) for viewer in [her] * 10 + [bo] * 2])
    session.rollback()
    assert answers.count(NotFound) == 11
    assert answers[10:] == [NotFound, NotFound]
    assert session.scalar(select(func.count()).select_from(Grant)) == 1
    assert session.scalars(select(Grant.client_id)).all() == [ada.id]


def test_taken_back_and_taken_on_at_once_ends_shared_with_nobody(
    app: Flask, session: Session, ada: Person, thea: Person
) -> None:
    key = asked(session, ada, thea).public_id
    her, hers = make.viewer(session, ada), make.viewer(session, thea)
    session.commit()
    at_once(app, [lambda: grants.accept(db.session, hers, key).id, lambda: grants.revoke(db.session, her, key).id])
    session.rollback()
    assert opens(session, thea) == []
