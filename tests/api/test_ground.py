"""What holds for every operation of every contract: who may come in, what is a body, how errors look, how often."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.api import probe
from tests.api.probe import ADDRESS, ELSEWHERE, ask
from tests.conftest import AppFactory
from tests.page import signed_in
from webapp.models import Goal, Person, Token

MEGABYTES = 1024 * 1024


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with probe.application(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def ada(session: Session, clock: time_machine.Traveller) -> Person:
    made = make.person(session, "Ada")
    session.commit()
    return made


@pytest.fixture
def secret(session: Session, ada: Person) -> str:
    return probe.token(session, ada)


def goals(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Goal)) or 0


def test_a_token_speaks_for_its_person(client: FlaskClient, secret: str, ada: Person) -> None:
    for kind in ("Bearer", "bearer", "BEARER"):
        answer = client.get(f"{ADDRESS}/things", headers={"Authorization": f"{kind} {secret}"})
        assert (answer.status_code, answer.json) == (200, {"person": ada.id})


def test_whoever_has_no_live_token_of_the_contract_hears_the_same(
    app: Flask, client: FlaskClient, session: Session, ada: Person, secret: str
) -> None:
    revoked, expired = probe.token(session, ada), probe.token(session, ada, days=1)
    gone = {name: make.person(session, name) for name in ("Disabled", "Erased", "Erasing")}
    theirs = {name: probe.token(session, person) for name, person in gone.items()}
    session.execute(update(Token).where(Token.prefix == revoked[:20]).values(revoked_at=make.NOW))
    session.execute(update(Token).where(Token.prefix == expired[:20]).values(expires_at=make.NOW))
    gone["Disabled"].disabled_at = gone["Erased"].deleted_at = make.NOW
    gone["Erasing"].erase_at = make.NOW + timedelta(days=14)
    session.commit()
    browser = signed_in(app, session, ada)
    asked = {
        "nothing": {},
        "empty": {"Authorization": "Bearer "},
        "only a secret": {"Authorization": secret},
        "another scheme": {"Authorization": f"Basic {secret}"},
        "two secrets": {"Authorization": f"Bearer {secret} {secret}"},
        "unknown": {"Authorization": f"Bearer {secret[:-1]}x"},
        "a comma": {"Authorization": f"Bearer {secret}, Bearer {secret}"},
        "no ASCII": {"Authorization": "Bearer \u00e9\u00ff"},
        "endless": {"Authorization": f"Bearer {'x' * 4000}"},
        "another header": {"X-Auth-Token": secret},
        "revoked": {"Authorization": f"Bearer {revoked}"},
        "expired": {"Authorization": f"Bearer {expired}"},
        **{name: {"Authorization": f"Bearer {one}"} for name, one in theirs.items()},
    }
    answers = {name: client.get(f"{ADDRESS}/things", headers=headers) for name, headers in asked.items()}
    answers["a query"] = client.get(f"{ADDRESS}/things?access_token={secret}")
    answers["another contract"] = ask(client, "GET", f"{ELSEWHERE}/things", secret)
    answers["a cookie"] = browser.client.get(f"{ADDRESS}/things")
    answers["a cookie, writing"] = browser.client.post(f"{ADDRESS}/things", json={"title": "Walk"})
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert len({answer.data for answer in answers.values()}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {"Bearer"}
    assert not any("Set-Cookie" in answer.headers for answer in answers.values())
    assert ask(client, "GET", "/things", secret).status_code == 200
    assert goals(session) == 0


def test_a_scope_that_is_missing_is_named(client: FlaskClient, session: Session, ada: Person) -> None:
    reader = probe.token(session, ada, "goals:read")
    answer = ask(client, "POST", "/things", reader, {"title": "Walk"})
    assert answer.status_code == 403
    assert answer.json["detail"] == "This token does not have the scope goals:write."
    assert ask(client, "GET", "/things", reader).status_code == 200
    assert goals(session) == 0


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_that_is_not_json_by_its_type_is_refused(
    client: FlaskClient, session: Session, secret: str, kind: str
) -> None:
    answer = ask(client, "POST", "/things", secret, data=b'{"title": "Walk"}', content_type=kind)
    assert (answer.status_code, answer.mimetype) == (415, "application/json")
    assert goals(session) == 0


def test_json_with_a_charset_is_json(client: FlaskClient, secret: str) -> None:
    kind = "application/json; charset=utf-8"
    answer = ask(client, "POST", "/things", secret, data=b'{"title": "Walk"}', content_type=kind)
    assert answer.status_code == 201


@pytest.mark.parametrize(("size", "status"), [(2 * MEGABYTES, 400), (2 * MEGABYTES + 1, 413), (9 * MEGABYTES, 413)])
def test_a_body_has_two_mebibytes_at_most(client: FlaskClient, secret: str, size: int, status: int) -> None:
    content = b'{"title": "' + b"x" * (size - 13) + b'"}'
    assert len(content) == size
    answer = ask(client, "POST", "/things", secret, data=content, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "application/json")


UNREADABLE = {
    "nothing": b"",
    "half": b'{"title": ',
    "two values": b"{} {}",
    "a key twice": b'{"title": "a", "title": "b"}',
    "a key twice within": b'{"title": "a", "x": {"y": 1, "y": 2}}',
    "NaN": b'{"title": "a", "size": NaN}',
    "infinity": b'{"title": "a", "size": -Infinity}',
    "too large": b'{"title": "a", "size": 1e400}',
    "too many digits": b'{"title": "a", "size": ' + b"9" * 5000 + b"}",
    "half a character": b'{"title": "\\ud800"}',
    "half a character as a key": b'{"title": "a", "\\udfff": 1}',
    "NUL": b'{"title": "a\\u0000b"}',
    "not UTF-8": b'{"title": "\xff"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "a mark before it": b'\xef\xbb\xbf{"title": "a"}',
    "deep lists": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"title":' * 10_000 + b"1" + b"}" * 10_000,
    "deep and open": b"[" * 1_000_000,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_two_programs_could_read_differently_is_refused(
    client: FlaskClient, session: Session, secret: str, name: str
) -> None:
    answer = ask(client, "POST", "/things", secret, data=UNREADABLE[name], content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert answer.json.keys() == {"detail", "status"}
    assert goals(session) == 0


def test_every_problem_of_a_body_is_said_at_once(client: FlaskClient, secret: str) -> None:
    answer = ask(client, "POST", "/things", secret, {"title": 7, "size": "large"})
    assert answer.status_code == 400
    assert answer.json.keys() == {"title", "size"}
    whole = ask(client, "POST", "/things", secret, [1])
    assert (whole.status_code, whole.json.keys()) == (400, {"non_field_errors"})
    by_the_rules = ask(client, "POST", "/things", secret, {"title": "x" * 256})
    assert (by_the_rules.status_code, by_the_rules.json) == (400, {"title": ["At most 255 characters."]})


@pytest.mark.parametrize("with_token", [True, False])
def test_unknown_addresses_and_methods_are_answered_in_json(client: FlaskClient, secret: str, with_token: bool) -> None:
    who = secret if with_token else None
    nowhere = ask(client, "GET", "/nowhere", who)
    assert (nowhere.status_code, nowhere.json) == (404, {"detail": "Not found.", "status": 404})
    assert ask(client, "POST", "/nowhere", who, {}).status_code == 404
    answer = ask(client, "DELETE", "/things", who)
    assert (answer.status_code, answer.mimetype) == (405, "application/json")
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_address_answers_with_and_without_its_slash(client: FlaskClient, secret: str, slash: str) -> None:
    assert ask(client, "GET", f"/things{slash}", secret).status_code == 200
    assert ask(client, "POST", f"/things{slash}", secret, {"title": "Walk"}).status_code == 201


def test_every_answer_has_a_number_and_is_kept_by_nobody(client: FlaskClient, secret: str) -> None:
    answers = [
        ask(client, "GET", "/things", secret),
        ask(client, "POST", "/things", secret, {"title": "Walk"}),
        ask(client, "POST", "/things", secret, {}),
        ask(client, "GET", "/things"),
        ask(client, "GET", "/nowhere"),
        ask(client, "DELETE", "/things"),
    ]
    numbers = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(numbers)) == len(answers)
    assert {len(number) for number in numbers} == {16}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_another_sites_headers_and_no_form_token_do_not_matter(client: FlaskClient, secret: str) -> None:
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = ask(client, "POST", "/things", secret, {"title": "Walk"}, headers=headers)
    assert answer.status_code == 201
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_fault_says_nothing_internal_and_keeps_nothing(client: FlaskClient, session: Session, secret: str) -> None:
    answer = ask(client, "POST", "/fault", secret, {}, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 500
    assert answer.json == {"detail": "Something went wrong on our side. Nothing was saved.", "status": 500}
    assert goals(session) == 0


def test_a_token_asks_so_often_a_minute(
    app_factory: AppFactory, database_url: str, session: Session, ada: Person, clock: time_machine.Traveller
) -> None:
    app = app_factory(database_url, LIMIT_API_MINUTE="5")
    probe.add(app)
    client = app.test_client()
    first, second = probe.token(session, ada), probe.token(session, ada)
    statuses = [ask(client, "GET", "/things", first).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    refused = ask(client, "POST", "/things", first, {"title": "Walk"})
    assert (refused.status_code, refused.json["status"]) == (429, 429)
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 61  # a moment later than the oldest of them was, on a clock that stands
    assert goals(session) == 0
    assert ask(client, "GET", "/things", second).status_code == 200
    clock.shift(timedelta(seconds=wait))
    assert ask(client, "GET", "/things", first).status_code == 200


def test_the_last_use_is_kept_every_five_minutes(
    client: FlaskClient, session: Session, secret: str, clock: time_machine.Traveller
) -> None:
    def used() -> object:
        session.rollback()
        return session.scalars(select(Token.used_at)).one()

    assert used() is None
    ask(client, "GET", "/things", secret)
    assert used() == make.NOW
    clock.shift(timedelta(minutes=4, seconds=59))
    ask(client, "GET", "/things", secret)
    assert used() == make.NOW
    clock.shift(timedelta(seconds=1))
    assert ask(client, "POST", "/things", secret, {"title": 1}).status_code == 400
    assert used() == make.NOW + timedelta(minutes=5), "a refused request uses a token as well"


def test_a_write_right_after_the_last_use_was_kept_is_whole(client: FlaskClient, session: Session, secret: str) -> None:
    answer = ask(client, "POST", "/things", secret, {"title": "Walk"}, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201
    assert goals(session) == 1
    assert json.loads(answer.data) == answer.json
