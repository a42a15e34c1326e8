"""Tokens of programs: shown once, kept as a hash, ended by time, by hand and by a recovered password."""

import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import api_tokens, erasure, people, reading_clients, retention, tokens
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.domain.tokens import SCOPES, TOKENS_PER_PERSON, Contract, TokenDraft
from webapp.extensions import db
from webapp.models import AuditEvent, Person, ReadingClient, ReadingToken, Token
from webapp.models.engine import begin_writing
from webapp.queries import api_tokens as queries
from webapp.queries.api_tokens import TokenState
from webapp.queries.people import secret_hash, viewer_by_secret, viewer_by_token
from webapp.queries.signing import signer

DAY = timedelta(days=1)
READER = TokenDraft("Reader", Contract.TRACKING, ("moods:read", "goals:read"), 30)


@pytest.fixture
def ada(session: Session) -> Person:
    begin_writing(session)
    return make.person(session, email="ada@example.org")


@pytest.fixture
def her(session: Session, ada: Person) -> Viewer:
    return make.viewer(session, ada)


def opens(session: Session, secret: str, now: datetime = make.NOW) -> bool:
    session.expire_all()
    return viewer_by_token(session, secret, now) is not None


def test_secret_is_known_by_its_start_and_checksum_and_kept_as_a_hash(session: Session, her: Viewer) -> None:
    token, secret = api_tokens.create(session, her, READER)
    body, checksum = secret[:-6], secret[-6:]
    assert re.fullmatch(r"aimline_tracking_[\w-]{43}", body)
    assert int(checksum, 16) == crc32(body.encode()) & 0xFFFFFF
    assert (token.secret_hash, token.prefix) == (secret_hash(secret), secret[:20])
    session.commit()
    kept = repr(session.execute(select(*Token.__table__.c)).one())
    assert secret[20:] not in kept
    assert api_tokens.create(session, her, READER)[1] != secret


def test_token_speaks_for_its_person_within_its_scopes_until_its_end(session: Session, her: Viewer) -> None:
    _, secret = api_tokens.create(session, her, READER)
    found = viewer_by_token(session, secret, make.NOW)
    assert found is not None
    assert (found[0].id, found[1].contract, found[1].scopes) == (her.id, Contract.TRACKING, set(READER.scopes))
    assert opens(session, secret, make.NOW + 30 * DAY - timedelta(seconds=1))
    assert not opens(session, secret, make.NOW + 30 * DAY)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (TokenDraft(" \u202e ", Contract.TRACKING, ("goals:read",)), "name"),
        (TokenDraft("x" * 101, Contract.TRACKING, ("goals:read",)), "name"),
        (TokenDraft("Reader", Contract.TRACKING, ()), "scopes"),
        (TokenDraft("Reader", Contract.TRACKING, ("goals:read", "tokens:write")), "scopes"),
        (TokenDraft("Reader", Contract.TRACKING, ("goals:read",), 0), "days"),
        (TokenDraft("Reader", Contract.TRACKING, ("goals:read",), 367), "days"),
    ],
)
def test_draft_that_makes_no_sense_makes_no_token(session: Session, her: Viewer, draft: TokenDraft, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        api_tokens.create(session, her, draft)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert session.scalar(select(func.count()).select_from(Token)) == 0


def test_no_scope_lets_a_token_touch_tokens_or_passwords() -> None:
    """What the contract of objectives calls sessions are cycles, not sign-ins."""
    nouns = {re.split("[:.]", scope)[0] for scopes in SCOPES.values() for scope in scopes}
    reading = {"goal", "streak", "activity_day"}
    assert nouns == {"goals", "moods", "objectives", "sessions", "profiles", "values", *reading}


def test_a_person_has_at_most_fifty_that_live(session: Session, her: Viewer) -> None:
    made = [api_tokens.create(session, her, READER)[0] for _ in range(TOKENS_PER_PERSON)]
    with pytest.raises(Invalid) as caught:
        api_tokens.create(session, her, READER)
    assert caught.value.problems[0].code == "too_many_tokens"
    api_tokens.revoke(session, her, made[0].public_id)
    api_tokens.create(session, her, READER)
    bo = make.viewer(session, make.person(session, "Bo"))
    api_tokens.create(session, bo, READER)
    later = make.viewer(session, session.get_one(Person, her.id), make.NOW + 30 * DAY)
    api_tokens.create(session, later, READER)


def test_two_at_once_cannot_pass_the_limit(app: Flask, session: Session, her: Viewer) -> None:
    for _ in range(TOKENS_PER_PERSON - 1):
        api_tokens.create(session, her, READER)
    session.commit()
    with app.app_context():
        engine: Engine = db.engine
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def one_more() -> None:
        with Session(engine) as racing:
            barrier.wait(10)
            begin_writing(racing)
            try:
                api_tokens.create(racing, her, READER)
                racing.commit()
                outcomes.append("made")
            except Invalid:
                outcomes.append("refused")

    racers = [threading.Thread(target=one_more) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(20)
    assert sorted(outcomes) == ["made", "refused"]


def test_revoked_token_opens_nothing_and_a_second_time_changes_nothing(session: Session, her: Viewer) -> None:
    token, secret = api_tokens.create(session, her, READER)
    other, still = api_tokens.create(session, her, READER)
    api_tokens.revoke(session, her, token.public_id)
    assert not opens(session, secret)
    assert opens(session, still)
    later = make.viewer(session, session.get_one(Person, her.id), make.NOW + DAY)
    api_tokens.revoke(session, later, token.public_id)
    assert session.get_one(Token, token.id).revoked_at == make.NOW
    events = session.execute(select(AuditEvent.tag, AuditEvent.object_id).order_by(AuditEvent.id)).all()
    events = [event for event in events if event[0].startswith("token:")]
    assert events == [("token:create", token.id), ("token:create", other.id), ("token:revoke", token.id)]


def test_only_its_person_can_revoke_a_token(session: Session, her: Viewer) -> None:
    token, secret = api_tokens.create(session, her, READER)
    bo = make.viewer(session, make.person(session, "Bo"))
    link, _ = tokens.issue(session, Purpose.EMAIL, address="new@example.org", now=make.NOW, person_id=her.id)
    for viewer, public_id in ((bo, token.public_id), (her, "0" * 24), (her, link.public_id)):
        with pytest.raises(NotFound):
            api_tokens.revoke(session, viewer, public_id)
    assert opens(session, secret)
    assert link.revoked_at is None


def test_list_shows_own_tokens_those_that_live_first(session: Session, her: Viewer, ada: Person) -> None:
    bo = make.viewer(session, make.person(session, "Bo"))
    api_tokens.create(session, bo, READER)
    tokens.issue(session, Purpose.EMAIL, address="new@example.org", now=make.NOW, person_id=her.id)
    api_tokens.create(session, her, TokenDraft("Short", Contract.TRACKING, ("goals:read",), 1))
    api_tokens.create(session, her, READER)
    ended, _ = api_tokens.create(session, her, TokenDraft("Ended", Contract.TRACKING, ("goals:tick",), 90))
    api_tokens.revoke(session, her, ended.public_id)
    rows = queries.listed(session, make.viewer(session, ada, make.NOW + DAY))
    assert [(row.name, row.state) for row in rows] == [
        ("Reader", TokenState.LIVE),
        ("Ended", TokenState.REVOKED),
        ("Short", TokenState.EXPIRED),
    ]
    assert rows[0].scopes == ("goals:read", "moods:read")


def test_a_recovered_password_ends_every_token_and_a_changed_one_none(session: Session, her: Viewer) -> None:
    _, secret = api_tokens.create(session, her, READER)
    bo = make.viewer(session, make.person(session, "Bo"))
    _, his = api_tokens.create(session, bo, READER)
    device = signed_in(session, her)
    people.change_password(session, device, "a new hash")
    assert opens(session, secret)
    _, link = tokens.issue(session, Purpose.RECOVERY, address=her.email, now=make.NOW, person_id=her.id)
    people.reset_password(session, link, "another hash", make.NOW + timedelta(minutes=1))
    assert not opens(session, secret)
    assert opens(session, his)
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "person:recover")).one()
    assert event.details == {"tokens": 1}


def signed_in(session: Session, viewer: Viewer) -> Viewer:
    """The same person in a browser that is signed in."""
    secret = make.sign_in(session, session.get_one(Person, viewer.id))
    found = viewer_by_secret(session, secret, viewer.now)
    assert found is not None
    return found


def test_who_asks_to_be_erased_ends_used_tokens_too_and_erasing_deletes_them(session: Session, her: Viewer) -> None:
    token, secret = api_tokens.create(session, her, READER)
    api_tokens.keep_used(session, token.id, make.NOW)
    session.commit()
    begin_writing(session)
    erasure.ask(session, her)
    assert not opens(session, secret)
    again = make.viewer(session, session.get_one(Person, her.id), make.NOW + timedelta(hours=1))
    erasure.keep(session, again)
    assert not opens(session, secret)
    erasure.ask(session, again)
    session.commit()
    begin_writing(session)
    assert erasure.erase_next(session, make.NOW + erasure.GRACE + DAY) == 1
    assert session.scalars(select(Token)).all() == []


def test_an_expired_token_is_forgotten_after_thirty_days(session: Session, her: Viewer) -> None:
    api_tokens.create(session, her, TokenDraft("Short", Contract.TRACKING, ("goals:read",), 1))
    api_tokens.create(session, her, TokenDraft("Long", Contract.TRACKING, ("goals:read",), 2))
    session.commit()
    retention.forget(session, make.NOW + 31 * DAY + timedelta(minutes=1))
    assert session.scalars(select(Token.name)).all() == ["Long"]


@pytest.mark.parametrize("change", [{"disabled_at": make.NOW}, {"deleted_at": make.NOW}, {"erase_at": make.NOW + DAY}])
def test_token_of_somebody_who_may_not_come_in_opens_nothing(
    session: Session, ada: Person, her: Viewer, change: dict[str, datetime]
) -> None:
    _, secret = api_tokens.create(session, her, READER)
    assert opens(session, secret)
    for name, value in change.items():
        setattr(ada, name, value)
    session.flush()
    assert not opens(session, secret)


@pytest.fixture
def client(session: Session, ada: Person) -> ReadingClient:
    """A program of the reading contract, for everybody."""
    return reading_clients.make(session, "Portion", make.NOW)


def reading(client_id: str, *scopes: str, days: int = 30) -> TokenDraft:
    return TokenDraft("Phone", Contract.READING, scopes or SCOPES[Contract.READING], days, client_id)


def test_a_reading_token_is_a_signed_text_for_one_program(session: Session, her: Viewer, client: ReadingClient) -> None:
    token, text = api_tokens.create(session, her, reading(client.client_id))
    claims = signer.read(text, client.client_id, her.now)
    assert claims is not None
    assert (claims.person, claims.client) == (her.public_id, client.client_id)
    assert set(claims.scopes) == set(SCOPES[Contract.READING]) == set((token.scopes or "").split())
    assert (claims.issued_at, claims.expires_at) == (her.now, token.expires_at)
    assert re.fullmatch(r"aimline_reading_[\w-]{43}[0-9a-f]{6}", claims.id)
    assert (token.secret_hash, token.prefix) == (secret_hash(claims.id), claims.id[:20])
    found = viewer_by_token(session, claims.id, her.now)
    assert found is not None
    assert (found[0].id, found[1].contract, found[1].scopes) == (her.id, Contract.READING, set(claims.scopes))
    assert viewer_by_token(session, text, her.now) is None, "the text itself opens nothing"
    kept = session.execute(select(ReadingToken.client_id).where(ReadingToken.token_id == token.id)).scalar_one()
    assert kept == client.id
    session.commit()
    everything = repr(make.everything(session))
    assert claims.id[20:] not in everything
    assert text.rpartition(".")[2] not in everything


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (reading(""), "client", "required"),
        (reading("reading-" + "0" * 24), "client", "unknown_choice"),
        (reading("x"), "client", "unknown_choice"),
        (reading("\x00"), "client", "unknown_choice"),
        (reading("{client}", "goals:read"), "scopes", "unknown_choice"),
        (TokenDraft("Phone", Contract.TRACKING, ("goals:read",), 30, "{client}"), "client", "unknown_choice"),
        (TokenDraft("Phone", Contract.TRACKING, ("goal.read",)), "scopes", "unknown_choice"),
    ],
)
def test_a_reading_token_needs_a_program_and_no_other_has_one(
    session: Session, her: Viewer, client: ReadingClient, draft: TokenDraft, field: str, code: str
) -> None:
    draft = replace(draft, client=draft.client.replace("{client}", client.client_id))
    with pytest.raises(Invalid) as caught:
        api_tokens.create(session, her, draft)
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [(field, code)]
    assert session.scalar(select(func.count()).select_from(Token)) == 0


def test_a_program_of_another_organisation_is_as_unknown_as_none(session: Session, her: Viewer) -> None:
    home = make.organisation(session)
    theirs = reading_clients.make(session, "Theirs", make.NOW, organisation_id=home.id)
    with pytest.raises(Invalid) as caught:
        api_tokens.create(session, her, reading(theirs.client_id))
    with pytest.raises(Invalid) as unknown:
        api_tokens.create(session, her, reading("reading-" + "0" * 24))
    assert caught.value.problems == unknown.value.problems
    make.member(session, session.get_one(Person, her.id), home)
    api_tokens.create(session, make.viewer(session, session.get_one(Person, her.id)), reading(theirs.client_id))


def test_the_list_names_the_program_and_says_what_ended_with_it(
    session: Session, her: Viewer, client: ReadingClient
) -> None:
    other = reading_clients.make(session, "Other", make.NOW)
    revoked, _ = api_tokens.create(session, her, reading(client.client_id))
    api_tokens.revoke(session, her, revoked.public_id)
    ended, _ = api_tokens.create(session, her, reading(client.client_id))
    stands, _ = api_tokens.create(session, her, reading(other.client_id))
    plain, _ = api_tokens.create(session, her, READER)
    reading_clients.end(session, client, make.NOW + DAY)
    shown = {row.id: row for row in queries.listed(session, her)}
    assert {row.id: queries.shown(session, her, row.id) for row in shown.values()} == shown
    told = {public_id: (row.client, row.client_id, row.state, row.shut_out) for public_id, row in shown.items()}
    assert told == {
        revoked.public_id: ("Portion", client.client_id, TokenState.REVOKED, False),
        ended.public_id: ("Portion", client.client_id, TokenState.REVOKED, True),
        stands.public_id: ("Other", other.client_id, TokenState.LIVE, False),
        plain.public_id: ("", "", TokenState.LIVE, False),
    }


def test_reading_tokens_are_forgotten_and_ended_like_all_others(
    session: Session, her: Viewer, client: ReadingClient
) -> None:
    api_tokens.create(session, her, reading(client.client_id, days=1))
    long, text = api_tokens.create(session, her, reading(client.client_id, days=2))
    claims = signer.read(text, client.client_id, her.now)
    assert claims is not None
    session.commit()
    retention.forget(session, make.NOW + 31 * DAY + timedelta(minutes=1))
    assert session.scalars(select(Token.id)).all() == [long.id]
    assert session.scalars(select(ReadingToken.token_id)).all() == [long.id]
    assert api_tokens.revoke_all(session, her.id, her.now) == 1
    assert not opens(session, claims.id)
