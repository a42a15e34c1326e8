"""What has served its purpose is gone, what is needed stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.visitors import make_person
from webapp.actions import heartbeats, outbox, retention
from webapp.models import (
    Heartbeat,
    IdempotentAnswer,
    LimitCount,
    OutboxMessage,
    ReadingClient,
    ReadingToken,
    SignIn,
    Token,
    Upload,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
JUST = timedelta(minutes=1)


def sign_in(person_id: int, key: bytes, began: datetime, seen: datetime, ended: datetime | None) -> SignIn:
    instants = {"created_at": began, "fresh_at": began, "seen_at": seen, "ended_at": ended}
    return SignIn(person_id=person_id, secret_hash=key * 32, **instants)


def test_sign_ins_go_thirty_days_after_their_end(session: Session) -> None:
    person = make_person(session)
    kept = [
        sign_in(person.id, b"a", NOW - 29 * DAY, NOW, None),
        sign_in(person.id, b"b", NOW - 50 * DAY, NOW - 31 * DAY, NOW - 30 * DAY + JUST),
    ]
    gone = [
        sign_in(person.id, b"c", NOW - 50 * DAY, NOW - 31 * DAY, NOW - 30 * DAY - JUST),
        sign_in(person.id, b"d", NOW - 60 * DAY - JUST, NOW, None),
        sign_in(person.id, b"e", NOW - 59 * DAY, NOW - 44 * DAY - JUST, None),
    ]
    session.add_all([*kept, *gone])
    session.commit()
    assert retention.forget(session, NOW) == 3
    assert set(session.scalars(select(SignIn.secret_hash))) == {b"a" * 32, b"b" * 32}


def test_each_kind_is_kept_as_long_as_said(session: Session) -> None:
    person = make_person(session)
    for number, moment in enumerate((timedelta(0), JUST * 2)):
        answer = {"person_id": person.id, "route": "r", "body_hash": b"", "status": 303}
        session.add(IdempotentAnswer(key=str(number), created_at=NOW - timedelta(hours=72) + JUST - moment, **answer))
        expiry = NOW - 30 * DAY + JUST - moment
        session.add(Token(purpose="x", secret_hash=bytes([number]) * 32, created_at=expiry, expires_at=expiry))
        upload = {"person_id": person.id, "kind": "loop", "content": b""}
        session.add(Upload(created_at=NOW - timedelta(hours=1) + JUST - moment, **upload))
        session.add(LimitCount(key=str(number), window=NOW - 2 * DAY + JUST - moment, count=1))
        heartbeats.beat(session, str(number), NOW - DAY + JUST - moment)
    session.commit()
    retention.forget(session, NOW)
    for column in (IdempotentAnswer.key, LimitCount.key, Heartbeat.worker):
        assert session.scalars(select(column)).all() == ["0"]
    assert session.scalars(select(Token.secret_hash)).all() == [b"\x00" * 32]
    assert len(session.scalars(select(Upload)).all()) == 1


def test_a_token_for_reading_goes_with_what_says_of_which_program_it_was(session: Session) -> None:
    client = ReadingClient(name="Reader", client_id="reading-1", created_at=NOW)
    session.add(client)
    session.flush()
    for number, moment in enumerate((timedelta(0), JUST * 2)):
        expiry = NOW - 30 * DAY + JUST - moment
        token = Token(purpose="x", secret_hash=bytes([number]) * 32, created_at=expiry, expires_at=expiry)
        session.add(token)
        session.flush()
        session.add(ReadingToken(token_id=token.id, client_id=client.id))
    session.commit()
    retention.forget(session, NOW)
    session.commit()
    (left,) = session.scalars(select(ReadingToken)).all()
    assert session.get_one(Token, left.token_id).secret_hash == b"\x00" * 32
    assert session.get(ReadingClient, client.id) is not None


@pytest.mark.parametrize(("age", "kept"), [(7 * DAY - JUST, True), (7 * DAY + JUST, False)])
def test_words_of_a_mail_that_never_left_go_after_a_week(session: Session, age: timedelta, kept: bool) -> None:
    message = outbox.enqueue(session, None, "ada@example.org", "recovery", "one", NOW - age, token="x")
    session.commit()
    retention.forget(session, NOW)
    session.refresh(message)
    assert (message.payload is not None, message.failed_at is None) == (kept, kept)


def test_settled_mails_go_after_a_month(session: Session) -> None:
    for number, age in enumerate((30 * DAY - JUST, 30 * DAY + JUST)):
        message = outbox.enqueue(session, None, "ada@example.org", "recovery", str(number), NOW - age, token="x")
        message.sent_at, message.payload = NOW - age, None
    session.commit()
    retention.forget(session, NOW)
    assert session.scalars(select(OutboxMessage.dedupe_key)).all() == ["0"]


def test_forgetting_twice_finds_nothing(session: Session) -> None:
    make_person(session)
    heartbeats.beat(session, "w", NOW - 2 * DAY)
    heartbeats.beat(session, "w", NOW - 3 * DAY)
    session.commit()
    assert retention.forget(session, NOW) == 1
    assert retention.forget(session, NOW) == 0
