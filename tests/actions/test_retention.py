"""What has served its purpose is gone, what is needed stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.visitors import make_person
from webapp.actions import heartbeats, outbox, retention
from webapp.domain.second_factors import RECOVERY_CODE
from webapp.models import (
    Authenticator,
    Heartbeat,
    IdempotentAnswer,
    Invitation,
    LimitCount,
    Organisation,
    OutboxMessage,
    Person,
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


def test_an_invitation_goes_thirty_days_after_it_is_over(session: Session) -> None:
    home = Organisation(name="Home", created_at=NOW)
    session.add(home)
    session.flush()
    ages = {
        "ended now": (NOW - 30 * DAY + JUST, NOW + DAY),
        "ended long": (NOW - 30 * DAY - JUST, NOW + DAY),
        "lapsed now": (None, NOW - 30 * DAY + JUST),
        "lapsed long": (None, NOW - 30 * DAY - JUST),
    }
    for name, (ended, expires) in ages.items():
        given = {"created_at": expires - 7 * DAY, "expires_at": expires, "ended_at": ended}
        session.add(Invitation(organisation_id=home.id, email=name, email_key=name, roles="", **given))
    session.commit()
    retention.forget(session, NOW)
    assert set(session.scalars(select(Invitation.email))) == {"ended now", "lapsed now"}


def test_a_used_recovery_code_goes_and_the_others_stay(session: Session) -> None:
    person = make_person(session)
    used = {b"a": None, b"b": NOW - 30 * DAY + JUST, b"c": NOW - 30 * DAY - JUST}
    for key, at in used.items():
        given = {"person_id": person.id, "purpose": RECOVERY_CODE, "created_at": NOW - 90 * DAY}
        session.add(Token(secret_hash=key * 32, used_at=at, **given))
    session.commit()
    retention.forget(session, NOW)
    assert set(session.scalars(select(Token.secret_hash))) == {b"a" * 32, b"b" * 32}


def test_an_app_that_was_begun_goes_after_a_day_and_one_that_counts_stays(session: Session) -> None:
    begun = {"ada": (DAY - JUST, None), "bo": (DAY + JUST, None), "cyd": (90 * DAY, NOW - 89 * DAY)}
    for name, (age, confirmed) in begun.items():
        person = make_person(session, f"{name}@example.org")
        session.add(Authenticator(person_id=person.id, secret=b"sealed", created_at=NOW - age, confirmed_at=confirmed))
    session.commit()
    assert retention.forget(session, NOW) == 1
    session.commit()
    kept = select(Person.email).join(Authenticator, Authenticator.person_id == Person.id).order_by(Person.id)
    assert session.scalars(kept).all() == ["ada@example.org", "cyd@example.org"]


@pytest.mark.parametrize(("age", "kept"), [(DAY - JUST, True), (DAY + JUST, False)])
def test_another_phone_that_was_begun_is_forgotten_after_a_day_and_the_one_that_counts_stays(
    session: Session, age: timedelta, kept: bool
) -> None:
    person, old = make_person(session), NOW - 90 * DAY
    app = Authenticator(person_id=person.id, secret=b"sealed", created_at=old, confirmed_at=old)
    app.next_secret, app.next_at = b"sealed too", NOW - age
    session.add(app)
    session.commit()
    assert retention.forget(session, NOW) == (0 if kept else 1)
    session.commit()
    session.refresh(app)
    assert (app.secret, app.next_secret is not None, app.next_at is not None) == (b"sealed", kept, kept)


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
