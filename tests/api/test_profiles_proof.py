"""Who may ask by the profiles contract: a key and a token together, and a signature where it is demanded."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.api.programs import EVERYTHING, Program, Till, program, till
from tests.ladders import Ladder
from tests.page import signed_in
from webapp.domain.people import MembershipStatus
from webapp.models import ApiKey, Entry, Membership, Person, Token, UsedNonce

KEY, TOKEN = {"apikey"}, {"authorization"}
OVERVIEW = "/overview/"


@pytest.fixture
def ladder(session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def adas(app: Flask, session: Session, ladder: Ladder) -> Till:
    """A program with a key that demands no signature, for Ada."""
    return till(app, session, ladder.home, ladder.people["Ada"])


@pytest.fixture
def signing(app: Flask, session: Session, ladder: Ladder) -> Till:
    """As `adas`, with a key that demands signatures."""
    return till(app, session, ladder.home, ladder.people["Ada"], signs=True)


def refused(answer: TestResponse, status: int = 401) -> set[str]:
    """The fields of a refusal, which looks as all of them do."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert answer.json.keys() == {"status_code", "errors", "data"}
    assert (answer.json["status_code"], answer.json["data"]) == (status, {})
    assert all(isinstance(words, str) and words for words in answer.json["errors"].values())
    assert "Set-Cookie" not in answer.headers
    return set(answer.json["errors"])


def test_a_key_and_a_token_open_it(adas: Till) -> None:
    for kind in ("Bearer", "bearer"):
        assert adas.get(OVERVIEW, Authorization=f"{kind} {adas.token}").status_code == 200


def test_what_is_wrong_with_each_is_said(app: Flask, session: Session, ladder: Ladder, adas: Till) -> None:
    ada = ladder.people["Ada"]
    elsewhere = make.organisation(session, "Elsewhere")
    zoe = make.person(session, "Zoe")
    make.member(session, zoe, elsewhere)
    foreign = till(app, session, elsewhere, zoe)
    revoked, expired = (till(app, session, ladder.home, ada) for _ in range(2))
    session.execute(update(ApiKey).where(ApiKey.prefix == revoked.key[:20]).values(revoked_at=make.NOW))
    session.execute(update(Token).where(Token.prefix == expired.token[:20]).values(expires_at=make.NOW))
    session.commit()
    tracking: Program = program(app, session, ada)
    browser = signed_in(app, session, ada).client
    asked: dict[str, tuple[dict[str, str], set[str]]] = {
        "nothing": ({}, KEY | TOKEN),
        "no key": ({"Authorization": f"Bearer {adas.token}"}, KEY),
        "no token": ({"apikey": adas.key}, TOKEN),
        "another's key": ({**adas.headers, "apikey": foreign.key}, TOKEN),
        "another's token": ({**adas.headers, "Authorization": f"Bearer {foreign.token}"}, TOKEN),
        "unknown key": ({**adas.headers, "apikey": adas.key[:-1] + "x"}, KEY),
        "both unknown": ({"apikey": "x", "Authorization": "Bearer x"}, KEY | TOKEN),
        "two keys": ({**adas.headers, "apikey": f"{adas.key},{adas.key}"}, KEY),
        "endless key": ({**adas.headers, "apikey": adas.key + "x" * 4000}, KEY),
        "no ASCII": ({**adas.headers, "apikey": "\u00e9\u00ff"}, KEY),
        "revoked key": (revoked.headers, KEY),
        "expired token": (expired.headers, TOKEN),
        "another contract": ({**adas.headers, "Authorization": f"Bearer {tracking.token}"}, TOKEN),
        "the secret as a key": ({**adas.headers, "apikey": adas.secret}, KEY),
    }
    same: dict[frozenset[str], set[bytes]] = {}
    for name, (headers, fields) in asked.items():
        answer = app.test_client().get("/api/v1/profiles/overview/", headers=headers)
        assert refused(answer) == fields, name
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        same.setdefault(frozenset(fields), set()).add(answer.data)
    assert {len(said) for said in same.values()} == {1}, "nothing tells one reason from another"
    assert refused(browser.get("/api/v1/profiles/overview/")) == KEY | TOKEN, "a cookie means nothing"
    assert [one.get(OVERVIEW).status_code for one in (adas, foreign)] == [200, 200]


def test_who_left_the_organisation_is_nobody_there(session: Session, ladder: Ladder, adas: Till) -> None:
    assert adas.get(OVERVIEW).status_code == 200
    left = update(Membership).where(Membership.person_id == ladder.people["Ada"].id)
    session.execute(left.values(status=MembershipStatus.LEFT))
    session.commit()
    assert refused(adas.get(OVERVIEW)) == TOKEN


def test_a_key_shows_its_own_organisation_alone(app: Flask, session: Session, ladder: Ladder, adas: Till) -> None:
    other = Ladder(session, ())
    make.member(session, ladder.people["Ada"], other.home)
    there = till(app, session, other.home, ladder.people["Ada"])
    here, beside = (one.get(OVERVIEW).json["data"]["profiles"] for one in (adas, there))
    assert [one["id"] for one in here] == [ladder.bronze.id, ladder.silver.id, ladder.gold.id]
    assert [one["id"] for one in beside] == [other.bronze.id, other.silver.id, other.gold.id]
    for asking, profile in ((adas, other.bronze), (there, ladder.bronze)):
        assert refused(asking.get(f"{OVERVIEW}?profile_id={profile.id}"), 400) == {"profile_id"}


@pytest.mark.parametrize(
    ("token", "key", "fields"),
    [
        (("values:write",), EVERYTHING, TOKEN),
        (EVERYTHING, ("values:write",), KEY),
        (("values:write",), ("values:write",), TOKEN),
    ],
)
def test_key_and_token_both_need_the_scope(
    app: Flask, session: Session, ladder: Ladder, token: tuple[str, ...], key: tuple[str, ...], fields: set[str]
) -> None:
    answer = till(app, session, ladder.home, ladder.people["Ada"], token, key).get(OVERVIEW)
    assert refused(answer, 403) == fields
    assert "profiles:read" in answer.text
    assert till(app, session, ladder.home, ladder.people["Ada"]).get(OVERVIEW).status_code == 200


# Signatures.


def test_the_published_samples_run(adas: Till) -> None:
    """They carry a signature without a timestamp: a key that demands none does not look at it."""
    for signature in ("sample", "a" * 64, ""):
        assert adas.get(OVERVIEW, api_signature=signature).status_code == 200
        assert adas.get(OVERVIEW, api_signature=signature, x_nonce="n").status_code == 200


def test_a_signed_request_is_let_in_once(signing: Till, session: Session) -> None:
    headers = signing.signature("GET", OVERVIEW)
    assert signing.get(OVERVIEW, **headers).status_code == 200
    again = signing.get(OVERVIEW, **headers)
    assert refused(again) == KEY
    assert "x-nonce" in again.json["errors"]["apikey"]
    assert signing.get(OVERVIEW, **signing.signature("GET", OVERVIEW)).status_code == 200
    assert len(session.scalars(select(UsedNonce.nonce)).all()) == 2


def test_a_signature_that_nobody_demanded_is_checked_with_its_timestamp(adas: Till, session: Session) -> None:
    headers = adas.signature("GET", OVERVIEW)
    for _ in range(2):
        assert adas.get(OVERVIEW, **headers).status_code == 200, "nonces are kept for keys that demand signatures"
    for name in headers:
        assert refused(adas.get(OVERVIEW, **{**headers, name: "x"})) == KEY
    assert refused(adas.get(OVERVIEW, x_timestamp=headers["x_timestamp"])) == KEY
    assert session.scalars(select(UsedNonce.nonce)).all() == []


@pytest.mark.parametrize("name", ["api_signature", "x_timestamp", "x_nonce"])
def test_a_key_that_demands_signatures_wants_all_of_it(signing: Till, name: str) -> None:
    headers = signing.signature("GET", OVERVIEW)
    whole = dict(headers)
    said = headers[name]
    changed = ("1" if said[0] == "0" else "0") + said[1:]
    for wrong in ("", "é", said + said, f"{said},{said}", changed):
        assert refused(signing.get(OVERVIEW, **{**headers, name: wrong})) == KEY
    del headers[name]
    assert refused(signing.get(OVERVIEW, **headers)) == KEY
    assert signing.get(OVERVIEW, **whole).status_code == 200, "what was refused used nothing up"


def test_headers_said_twice_are_none(signing: Till, adas: Till) -> None:
    for asking in (signing, adas):
        headers = {name.replace("_", "-"): value for name, value in asking.signature("GET", OVERVIEW).items()}
        whole = [*asking.headers.items(), *headers.items()]
        for name, value in headers.items():
            twice = asking.client.get(f"/api/v1/profiles{OVERVIEW}", headers=[*whole, (name, value)])
            assert refused(twice) == KEY, name
        assert asking.client.get(f"/api/v1/profiles{OVERVIEW}", headers=whole).status_code == 200


@pytest.mark.parametrize("seconds", [-301, 301])
def test_clocks_are_five_minutes_apart_at_most(signing: Till, seconds: int) -> None:
    late = signing.signature("GET", OVERVIEW, at=make.NOW + timedelta(seconds=seconds))
    answer = signing.get(OVERVIEW, **late)
    assert refused(answer) == KEY
    assert "x-timestamp" in answer.json["errors"]["apikey"]
    near = signing.signature("GET", OVERVIEW, at=make.NOW + timedelta(seconds=seconds - seconds // 301))
    assert signing.get(OVERVIEW, **near).status_code == 200


def test_a_nonce_is_used_up_for_as_long_as_it_could_be_said_again(signing: Till, clock: machine.Traveller) -> None:
    headers = signing.signature("GET", OVERVIEW, at=make.NOW + timedelta(seconds=300), nonce="n")
    assert signing.get(OVERVIEW, **headers).status_code == 200
    clock.shift(timedelta(minutes=10))
    assert "x-nonce" in signing.get(OVERVIEW, **headers).json["errors"]["apikey"]
    clock.shift(timedelta(seconds=1))
    later = make.NOW + timedelta(seconds=601)
    assert signing.get(OVERVIEW, **signing.signature("GET", OVERVIEW, at=later, nonce="n")).status_code == 200


def value(ladder: Ladder, uid: str = "one") -> bytes:
    person = ladder.people["Ben"].id
    return (
        f'{{"user": {person}, "goal": "personal_sales", "amount": 10, "occurred_at": "2026-03-10T08:00:00Z", '
        f'"source_uid": "{uid}"}}'
    ).encode()


def test_nothing_of_a_signed_request_can_be_altered(signing: Till, session: Session, ladder: Ladder) -> None:
    body, other = value(ladder), value(ladder, "two")
    headers = signing.signature("POST", "/values/?a=1&b=2", body)
    altered: dict[str, tuple[str, bytes, dict[str, str]]] = {
        "body": ("/values/?a=1&b=2", other, headers),
        "a space": ("/values/?a=1&b=2", body + b" ", headers),
        "path": ("/values?a=1&b=2", body, headers),
        "encoding": ("/v%61lues/?a=1&b=2", body, headers),
        "query": ("/values/?a=1&b=3", body, headers),
        "more query": ("/values/?a=1&b=2&c=3", body, headers),
        "less query": ("/values/?a=1", body, headers),
        "timestamp": ("/values/?a=1&b=2", body, {**headers, "x_timestamp": str(int(headers["x_timestamp"]) + 1)}),
        "nonce": ("/values/?a=1&b=2", body, {**headers, "x_nonce": f"{headers['x_nonce']}0"}),
    }
    for name, (path, content, sent) in altered.items():
        assert refused(signing.post(path, content, **sent)) == KEY, name
    session.rollback()
    assert session.scalars(select(Entry.id)).all() == []
    assert signing.post("/values/?b=2&a=1", body, **headers).status_code == 200, "the order of pairs is no matter"
    session.rollback()
    assert len(session.scalars(select(Entry.id)).all()) == 1


def test_the_method_is_signed_as_well(signing: Till) -> None:
    headers = signing.signature("GET", OVERVIEW)
    assert signing.ask("HEAD", OVERVIEW, **headers).status_code == 401
    assert signing.get(OVERVIEW, **headers).status_code == 200


def test_a_path_is_signed_as_it_was_sent(signing: Till) -> None:
    encoded = "/overvi%65w/"
    assert signing.get(encoded, **signing.signature("GET", encoded)).status_code == 200
    assert refused(signing.get(encoded, **signing.signature("GET", OVERVIEW))) == KEY
    without = "/overview"
    assert signing.get(without, **signing.signature("GET", without)).status_code == 200


@pytest.mark.parametrize("raw", ["", "https://other.example/api/v1/profiles/overview/?profile_id="])
def test_a_server_that_tells_the_address_otherwise(signing: Till, raw: str) -> None:
    path = f"{OVERVIEW}?profile_id="
    headers = {name.replace("_", "-"): text for name, text in signing.signature("GET", path).items()}
    answer = signing.client.get(
        f"/api/v1/profiles{path}",
        headers={**signing.headers, **headers},
        environ_overrides={"RAW_URI": raw, "REQUEST_URI": ""},
    )
    assert answer.status_code == 200


def test_of_two_at_once_with_one_nonce_one_is_let_in(app: Flask, signing: Till) -> None:
    headers = {name.replace("_", "-"): text for name, text in signing.signature("GET", OVERVIEW).items()}
    barrier = threading.Barrier(4)
    statuses: list[int] = []

    def send() -> None:
        client = app.test_client()
        barrier.wait(10)
        answer = client.get(f"/api/v1/profiles{OVERVIEW}", headers={**signing.headers, **headers})
        statuses.append(answer.status_code)

    racers = [threading.Thread(target=send) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    assert sorted(statuses) == [200, 401, 401, 401]


def test_the_last_use_of_a_key_is_kept_every_five_minutes(
    adas: Till, session: Session, clock: machine.Traveller
) -> None:
    def used() -> Any:
        session.rollback()
        return session.scalars(select(ApiKey.used_at)).one()

    assert used() is None
    adas.get(OVERVIEW)
    assert used() == make.NOW
    clock.shift(timedelta(minutes=4, seconds=59))
    adas.get(OVERVIEW)
    assert used() == make.NOW
    clock.shift(1)
    adas.get(OVERVIEW)
    assert used() == make.NOW + timedelta(minutes=5)


def test_somebody_erased_is_nobody(session: Session, ladder: Ladder, adas: Till) -> None:
    assert adas.get(OVERVIEW).status_code == 200
    session.execute(update(Person).where(Person.id == ladder.people["Ada"].id).values(disabled_at=make.NOW))
    session.commit()
    assert refused(adas.get(OVERVIEW)) == TOKEN
