"""A write that is sent again under its key gets its first answer and changes nothing more."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.api import probe
from tests.api.probe import ELSEWHERE, ask
from webapp.models import Goal, IdempotentAnswer, Person

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
WALK = {"title": "Walk in the canary woods"}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with probe.application(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def ada(session: Session) -> Person:
    return make.person(session, "Ada")


@pytest.fixture
def secret(session: Session, ada: Person) -> str:
    session.commit()
    return probe.token(session, ada, days=366)


def goals(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Goal)) or 0


def test_a_repeat_gets_the_same_bytes_and_changes_nothing(client: FlaskClient, session: Session, secret: str) -> None:
    first = ask(client, "POST", "/things", secret, WALK, headers=KEY)
    rows = make.everything(session)
    again = [ask(client, "POST", path, secret, WALK, headers=KEY) for path in ("/things", "/things/")]
    assert {(one.status_code, one.data, one.mimetype) for one in (first, *again)} == {
        (201, first.data, "application/json")
    }
    assert [one.headers.get("Idempotent-Replayed") for one in (first, *again)] == [None, "true", "true"]
    assert make.everything(session) == rows
    assert ask(client, "POST", "/things", secret, WALK).json != first.json, "without a key it is another wish"
    assert goals(session) == 2


def test_another_body_under_the_key_is_refused(client: FlaskClient, session: Session, secret: str) -> None:
    ask(client, "POST", "/things", secret, WALK, headers=KEY)
    other = ask(client, "POST", "/things", secret, {"title": "Run"}, headers=KEY)
    assert (other.status_code, other.json) == (400, {"Idempotency-Key": ["This key was used for another request."]})
    assert goals(session) == 1


def test_errors_are_not_kept(client: FlaskClient, session: Session, secret: str) -> None:
    assert ask(client, "POST", "/things", secret, {"title": 7}, headers=KEY).status_code == 400
    assert ask(client, "POST", "/things", secret, WALK, headers=KEY).status_code == 201
    assert goals(session) == 1


def test_everybody_has_keys_of_their_own(client: FlaskClient, session: Session, secret: str) -> None:
    mine = ask(client, "POST", "/things", secret, WALK, headers=KEY)
    bo = probe.token(session, make.person(session, "Bo"), days=366)
    his = ask(client, "POST", "/things", bo, {"title": "Run"}, headers=KEY)
    assert (his.status_code, his.json["title"]) == (201, "Run")
    assert his.json["id"] != mine.json["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "\u00e9"])
def test_a_key_is_visible_ascii(client: FlaskClient, session: Session, secret: str, key: str) -> None:
    answer = ask(client, "POST", "/things", secret, WALK, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json.keys()) == (400, {"Idempotency-Key"})
    assert goals(session) == 0


def test_a_read_is_not_kept(client: FlaskClient, session: Session, secret: str) -> None:
    for _ in range(2):
        assert "Idempotent-Replayed" not in ask(client, "GET", "/things", secret, headers=KEY).headers
    assert session.scalars(select(IdempotentAnswer.id)).all() == []


def test_a_repeat_needs_a_token_and_its_scope_too(
    client: FlaskClient, session: Session, ada: Person, secret: str
) -> None:
    ask(client, "POST", "/things", secret, WALK, headers=KEY)
    reader = probe.token(session, ada, "goals:read", days=366)
    assert ask(client, "POST", "/things", None, WALK, headers=KEY).status_code == 401
    assert ask(client, "POST", "/things", reader, WALK, headers=KEY).status_code == 403
    assert ask(client, "POST", f"{ELSEWHERE}/things", secret, WALK, headers=KEY).status_code == 401


def test_what_is_kept_is_sealed(client: FlaskClient, session: Session, secret: str) -> None:
    ask(client, "POST", "/things", secret, WALK, headers=KEY)
    kept = session.execute(select(*IdempotentAnswer.__table__.c)).one()
    assert kept.body is not None
    assert "canary" not in repr(kept)


def test_two_at_once_make_one(app: Flask, session: Session, secret: str) -> None:
    barrier = threading.Barrier(2)
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        client = app.test_client()
        barrier.wait(10)
        answer = ask(client, "POST", "/things", secret, WALK, headers=KEY)
        answers.append((answer.status_code, answer.data))

    racers = [threading.Thread(target=send) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert goals(session) == 1


def test_after_three_days_it_is_another_wish(
    client: FlaskClient, session: Session, secret: str, clock: time_machine.Traveller
) -> None:
    first = ask(client, "POST", "/things", secret, WALK, headers=KEY)
    clock.shift(timedelta(hours=72) - timedelta(seconds=1))
    assert ask(client, "POST", "/things", secret, WALK, headers=KEY).json == first.json
    clock.shift(1)
    assert ask(client, "POST", "/things", secret, WALK, headers=KEY).json != first.json
    assert goals(session) == 2
