"""Who is asking by the reading contract: what proves it, what does not, and where their day is."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.api import probe
from tests.api.programs import Reader, reader
from tests.api.refusals import GOAL, refused
from webapp.actions import api_tokens, reading_clients
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import Person, ReadingClient, Token
from webapp.queries import people
from webapp.queries.signing import Claims, signer

STREAKS = "/streaks?type=QURAN"
OLD, NEW, FOREIGN = "o" * 40, "n" * 40, "f" * 40


@pytest.fixture
def keys(app: Flask) -> Iterator[None]:
    """Whatever the test makes of the signer's keys, it has the application's own afterwards."""
    settings = app.config["SETTINGS"]
    yield
    signer.configure((settings.secret_key, *settings.secret_key_fallbacks))


def told(token: str) -> dict[str, Any]:
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


def part(said: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def signed(said: dict[str, Any], secret: str, algorithm: str = "HS256", **header: Any) -> str:
    """A text as the signer makes it of this secret."""
    key = hmac.new(secret.encode(), b"aimline reading token", hashlib.sha256).digest()
    name = hashlib.sha256(key).hexdigest()[:16]
    return jwt.encode(said, key, algorithm, headers={"kid": name, **header})


def test_a_token_with_its_client_is_let_in(adas: Reader) -> None:
    assert adas.get(STREAKS).status_code == 200
    assert adas.get(STREAKS, Authorization="Bearer x").status_code == 200


@pytest.mark.usefixtures("keys")
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_what_proves_nothing_is_401(app: Flask, session: Session, ada: Person, adas: Reader, bob: Person) -> None:
    settings = app.config["SETTINGS"]
    said, secret = told(adas.token), settings.secret_key
    header, payload, signature = adas.token.split(".")
    other = reader(app, session, ada)
    his = told(reader(app, session, bob).token)
    tracking = probe.token(session, ada)
    as_reading = Claims(tracking, ada.public_id, adas.client_id, ("streak.read",), make.NOW, make.NOW + timedelta(1))
    mailed = Token(person_id=ada.id, purpose="recovery", secret_hash=people.secret_hash("m" * 43))
    mailed.created_at, mailed.expires_at = make.NOW, make.NOW + timedelta(days=1)
    session.add(mailed)
    session.commit()
    link = Claims("m" * 43, ada.public_id, adas.client_id, ("streak.read",), make.NOW, make.NOW + timedelta(1))
    tokens = {
        "no text": "x",
        "the secret alone": said["jti"],
        "a token of another contract": tracking,
        "a signed token of another contract": signer.sign(as_reading),
        "a signed mailed link": signer.sign(link),
        "an endless one": "x" * 9_000,
        "no ASCII": "\u00e9.\u00ff.x",
        "a deep header": f"{base64.b64encode(b'[' * 1_400).decode()}.e30.AAAA",
        "no algorithm": f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "no algorithm, signed": f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}.{signature}",
        "another algorithm": signed(said, secret, "HS512"),
        "a foreign key": signed(said, FOREIGN),
        "a foreign key by our name": signed(said, FOREIGN, kid=jwt.get_unverified_header(adas.token)["kid"]),
        "the bare secret key": jwt.encode(said, secret, "HS256", headers=jwt.get_unverified_header(adas.token)),
        "an altered text": f"{header}.{part({**said, 'scope': 'goal.read streak.read'})}.{signature}",
        "half a signature": adas.token[:-9],
        "a token of another person": signed({**said, "sub": his["sub"]}, secret),
        "an id that never was": signed({**said, "jti": "x" * 43}, secret),
        "over": signed({**said, "exp": int(make.NOW.timestamp())}, secret),
        "not begun": signed({**said, "iat": int(make.NOW.timestamp()) + 60}, secret),
        "another issuer": signed({**said, "iss": "else"}, secret),
        "without an end": signed({name: one for name, one in said.items() if name != "exp"}, secret),
        "twice": f"{adas.token},{adas.token}",
    }
    assert adas.get(STREAKS, x_auth_token=signed(said, secret)).status_code == 200, "so they are made"
    answers = {name: adas.get(STREAKS, x_auth_token=token) for name, token in tokens.items()}
    answers["another client"] = adas.get(STREAKS, x_client_id=other.client_id)
    answers["a client of nobody"] = adas.get(STREAKS, x_client_id="reading-x")
    answers["a client twice"] = adas.get(STREAKS, x_client_id=f"{adas.client_id},{adas.client_id}")
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert len({answer.data for answer in answers.values()}) == 1
    refused(answers["over"], 401)


def test_nothing_but_the_two_headers_is_asked(app: Flask, adas: Reader) -> None:
    """A bearer, a query and a cookie say nothing."""
    bearer = {"Authorization": f"Bearer {adas.token}", "x-client-id": adas.client_id}
    client = app.test_client()
    client.set_cookie("x-auth-token", adas.token)
    for path in (f"/auth/v1{STREAKS}", f"/auth/v1{STREAKS}&x-auth-token={adas.token}"):
        refused(client.get(path, headers=bearer), 400)


def test_revoked_expired_and_gone(
    app: Flask, session: Session, ada: Person, adas: Reader, clock: machine.Traveller
) -> None:
    client = session.scalars(select(ReadingClient)).one()
    viewer = make.viewer(session, ada)
    draft = TokenDraft("x", Contract.READING, ("streak.read",), 9, client.client_id)
    token, revoked = api_tokens.create(session, viewer, draft)
    session.commit()
    assert adas.get(STREAKS, x_auth_token=revoked).status_code == 200
    session.execute(update(Token).where(Token.id == token.id).values(revoked_at=make.NOW))
    session.commit()
    refused(adas.get(STREAKS, x_auth_token=revoked), 401)
    assert adas.get(STREAKS).status_code == 200
    clock.move_to(make.NOW + timedelta(days=30) - timedelta(seconds=1))
    assert adas.get(STREAKS).status_code == 200
    clock.move_to(make.NOW + timedelta(days=30))
    refused(adas.get(STREAKS), 401)
    clock.move_to(make.NOW)
    reading_clients.end(session, client, make.NOW)
    session.commit()
    refused(adas.get(STREAKS), 401)
    ends = reader(app, session, ada)
    ada.disabled_at = datetime(2026, 3, 10, tzinfo=UTC)
    session.commit()
    refused(ends.get(STREAKS), 401)


@pytest.mark.usefixtures("keys")
def test_the_operator_may_change_the_secret_key(app: Flask, session: Session, ada: Person) -> None:
    signer.configure((OLD,))
    old = reader(app, session, ada)
    signer.configure((NEW, OLD))
    new = reader(app, session, ada)
    assert [one.get(STREAKS).status_code for one in (old, new)] == [200, 200]
    signer.configure((NEW,))
    refused(old.get(STREAKS), 401)
    assert new.get(STREAKS).status_code == 200


def test_scopes_are_those_of_the_row_and_of_the_text(app: Flask, session: Session, ada: Person) -> None:
    program = reader(app, session, ada, "streak.read", "goal.read")
    plan = "/goals/get-todays-plan?type=QURAN_TIME&mushafId=4"
    assert [program.get(path).status_code for path in (STREAKS, plan)] == [200, 200]
    session.execute(update(Token).values(scopes="streak.read goal.create"))
    session.commit()
    assert program.get(STREAKS).status_code == 200
    refused(program.get(plan), 403)
    refused(program.post("/goals?mushafId=4", GOAL), 403)


@pytest.mark.parametrize("scope", SCOPES[Contract.READING])
def test_one_scope_opens_its_operations_alone(app: Flask, session: Session, ada: Person, scope: str) -> None:
    program = reader(app, session, ada, scope)
    asked = {
        ("GET", "/goals/get-todays-plan?type=QURAN_TIME&mushafId=4"): "goal.read",
        ("POST", "/goals?mushafId=4"): "goal.create",
        ("PUT", "/goals/x?mushafId=4"): "goal.update",
        ("DELETE", "/goals/x?category=QURAN"): "goal.delete",
        ("GET", "/goals/estimate?type=QURAN_TIME&amount=60&mushafId=4"): "goal.estimate",
        ("GET", STREAKS): "streak.read",
        ("GET", "/streaks/current-streak-days?type=QURAN"): "streak.read",
        ("GET", "/activity-days?type=QURAN"): "activity_day.read",
        ("GET", "/activity-days/estimate-reading-time?ranges=1:1-1:1"): "activity_day.read",
        ("POST", "/activity-days"): "activity_day.create",
    }
    for (method, path), needed in asked.items():
        answer = program.ask(method, path, {} if method in ("POST", "PUT") else None)
        assert (answer.status_code != 403) is (needed == scope), (method, path, answer.status_code)


def test_the_day_is_where_the_program_says_else_where_the_person_lives(adas: Reader, clock: machine.Traveller) -> None:
    clock.move_to(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))  # half past midnight in Berlin
    plan = "/goals/get-todays-plan?type=QURAN_TIME&mushafId=4"
    days = {
        None: "2026-03-11",
        "": "2026-03-11",
        "Etc/UTC": "2026-03-10",
        "America/New_York": "2026-03-10",
        "Asia/Tokyo": "2026-03-11",
        "Asia/Calcutta": "2026-03-11",
    }
    assert {zone: adas.get(plan, x_timezone=zone).json["data"]["date"] for zone in days} == days
    tomorrow = {"type": "QURAN", "seconds": 60, "date": "2026-03-11", "mushafId": 4}
    assert adas.post("/activity-days", tomorrow, x_timezone="Etc/UTC").json["errors"].keys() == {"date"}
    assert adas.post("/activity-days", tomorrow).status_code == 200


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "berlin", "europe/berlin", "+01:00", "../etc/passwd", "Factory", "Etc/UTC,Etc/UTC"]
)
def test_a_zone_that_nobody_knows_is_422(adas: Reader, zone: str) -> None:
    for answer in (adas.get(STREAKS, x_timezone=zone), adas.post("/goals?mushafId=4", GOAL, x_timezone=zone)):
        refused(answer, 422)
        assert answer.json["errors"].keys() == {"x-timezone"}
