"""Mailed links under two who come at once, and what ends them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.visitors import make_person
from webapp.actions import tokens
from webapp.domain.errors import NotFound
from webapp.domain.identity import Purpose
from webapp.extensions import db
from webapp.models import Token
from webapp.models.engine import begin_writing
from webapp.queries.people import link_is_open

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def test_of_two_who_come_at_once_one_gets_in(engine: Engine) -> None:
    for number in range(20):
        with Session(engine) as session:
            begin_writing(session)
            _, secret = tokens.issue(session, Purpose.RECOVERY, address=f"p{number}@example.org", now=NOW)
            session.commit()
        barrier = threading.Barrier(2)
        outcomes: list[str] = []

        def redeem(secret: str = secret, barrier: threading.Barrier = barrier, outcomes: list[str] = outcomes) -> None:
            with Session(engine) as session:
                barrier.wait(10)
                begin_writing(session)
                try:
                    tokens.redeem(session, Purpose.RECOVERY, secret, NOW)
                    session.commit()
                    outcomes.append("in")
                except NotFound:
                    outcomes.append("refused")

        racers = [threading.Thread(target=redeem) for _ in range(2)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(20)
        assert sorted(outcomes) == ["in", "refused"]


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
