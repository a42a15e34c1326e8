"""Mailed links under two who come at once, and what ends them."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.racing import at_once
from tests.visitors import PASSWORD, letters, make_person
from webapp.actions import invitations, people, tokens
from webapp.domain.identity import Purpose, SignUp
from webapp.models import Token
from webapp.models.engine import begin_writing
from webapp.queries.people import link_is_open

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_of_two_who_come_at_once_one_gets_in(app: Flask, session: Session) -> None:
    for number in range(20):
        begin_writing(session)
        _, secret = tokens.issue(session, Purpose.RECOVERY, address=f"p{number}@example.org", now=NOW)
        session.commit()
        outcomes = at_once(app, *[partial(tokens.redeem, purpose=Purpose.RECOVERY, secret=secret, now=NOW)] * 2)
        assert sorted(outcomes) == ["NotFound", "done"]


def test_of_two_sign_ups_with_one_address_confirmed_at_once_one_is_the_person(app: Flask, session: Session) -> None:
    for number in range(20):
        address = f"p{number}@example.org"
        draft = SignUp("Pat", address, PASSWORD, "Etc/UTC", "en", True, True)
        begin_writing(session)
        for _ in range(2):
            people.ask_sign_up(session, draft, "no hash", NOW)
        session.commit()
        both = [letter["values"]["token"] for letter in letters(session, "sign-up") if letter["to"] == address]
        outcomes = at_once(app, *(partial(people.confirm_sign_up, secret=link, now=NOW) for link in both))
        assert sorted(outcomes) == ["NotFound", "done"]


def test_of_a_sign_up_and_the_operators_link_at_once_one_makes_the_person(app: Flask, session: Session) -> None:
    for number in range(12):
        address = f"a{number}@example.org"
        draft = SignUp("Pat", address, PASSWORD, "Etc/UTC", "en", True, True)
        begin_writing(session)
        people.ask_sign_up(session, draft, "no hash", NOW)
        home = make.organisation(session, f"Home {number}")
        first = invitations.ask_first_admin(session, home, address, NOW)
        session.commit()
        (mailed,) = (letter["values"]["token"] for letter in letters(session, "sign-up") if letter["to"] == address)
        confirm = partial(people.confirm_sign_up, secret=mailed, now=NOW)
        begin = partial(invitations.become_first_admin, secret=first, now=NOW, draft=draft, password_hash="no hash")
        assert at_once(app, confirm, begin).count("done") == 1


def test_use_that_is_rolled_back_is_no_use(session: Session) -> None:
    begin_writing(session)
    _, secret = tokens.issue(session, Purpose.EMAIL, address="a@example.org", now=NOW)
    session.commit()
    begin_writing(session)
    tokens.redeem(session, Purpose.EMAIL, secret, NOW)
    session.rollback()
    assert tokens.redeem(session, Purpose.EMAIL, secret, NOW + timedelta(minutes=29)).used_at is not None


@pytest.mark.parametrize(("purpose", "stays"), [(Purpose.SIGN_UP, True), (Purpose.RECOVERY, False)])
def test_newer_link_for_nobody_yet_ends_the_older_unless_it_is_a_sign_up(
    session: Session, purpose: Purpose, stays: bool
) -> None:
    """Anybody may sign up with any address, and must not kill the link its owner waits for."""
    _, older = tokens.issue(session, purpose, address="a@example.org", now=NOW)
    tokens.issue(session, purpose, address="a@example.org", now=NOW)
    assert link_is_open(session, purpose, older, NOW) is stays


def test_confirming_one_sign_up_ends_its_siblings(session: Session) -> None:
    _, older = tokens.issue(session, Purpose.SIGN_UP, address="a@example.org", now=NOW)
    tokens.issue(session, Purpose.SIGN_UP, address="a@example.org", now=NOW)
    tokens.revoke_links(session, person_id=1, address="A@example.org", now=NOW)
    assert not link_is_open(session, Purpose.SIGN_UP, older, NOW)


def test_what_waits_in_a_link_is_sealed(session: Session) -> None:
    token, _ = tokens.issue(session, Purpose.SIGN_UP, address="a@example.org", now=NOW, payload="canary")
    session.commit()
    assert tokens.payload_of(token) == "canary"
    assert b"canary" not in (session.scalar(select(Token.payload)) or b"")


def test_link_to_the_same_address_for_somebody_else_stays_open(session: Session) -> None:
    """Two people may try to move to one address; neither must be able to kill the other's link."""
    ada, bo = make_person(session, "ada@example.org"), make_person(session, "bo@example.org")
    _, hers = tokens.issue(session, Purpose.EMAIL, address="new@example.org", now=NOW, person_id=ada.id)
    _, his = tokens.issue(session, Purpose.EMAIL, address="new@example.org", now=NOW, person_id=bo.id)
    assert tokens.redeem(session, Purpose.EMAIL, hers, NOW).person_id == ada.id
    assert tokens.redeem(session, Purpose.EMAIL, his, NOW).person_id == bo.id
