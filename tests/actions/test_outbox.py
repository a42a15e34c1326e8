"""The outbox: one worker at a time, nobody waits for the broken, nothing is lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.actions import outbox
from webapp.actions.outbox import Claim
from webapp.extensions import db
from webapp.models import OutboxMessage
from webapp.models.engine import begin_writing
from webapp.queries.outbox import any_ready

NOW = datetime.now(UTC)


def put(session: Session, key: str, now: datetime = NOW) -> OutboxMessage:
    message = outbox.enqueue(session, None, "ada@example.org", "recovery", key, now, token="canary")
    session.commit()
    return message


def claim(session: Session, now: datetime = NOW) -> Claim | None:
    session.rollback()
    begin_writing(session)
    claimed = outbox.claim(session, now)
    session.commit()
    return claimed


def end_leases(session: Session) -> None:
    session.execute(update(OutboxMessage).values(leased_until=NOW - timedelta(seconds=1)))
    session.commit()


def test_the_longest_waiting_goes_first_and_a_claimed_one_is_left_alone(session: Session) -> None:
    put(session, "second", NOW - timedelta(minutes=1))
    first = put(session, "first", NOW - timedelta(minutes=2))
    put(session, "later", NOW + timedelta(minutes=1))
    claimed = claim(session)
    assert claimed is not None
    assert claimed.id == first.id
    assert outbox.letter_of(claimed).values == {"token": "canary"}
    assert claim(session) is not None
    assert not any_ready(session, NOW)
    assert claim(session) is None
    assert any_ready(session, NOW + timedelta(minutes=1))


def test_words_are_sealed_while_they_wait_and_gone_when_sent(session: Session) -> None:
    message = put(session, "one")
    assert b"canary" not in (message.payload or b"")
    claimed = claim(session)
    assert claimed is not None
    assert outbox.mark_sent(session, claimed, NOW)
    session.commit()
    session.refresh(message)
    assert (message.sent_at, message.payload, message.leased_until) == (NOW, None, None)
    assert claim(session, NOW + timedelta(days=1)) is None


def test_who_lost_the_lease_cannot_settle_the_message(session: Session) -> None:
    message = put(session, "one")
    slow = claim(session)
    end_leases(session)
    quick = claim(session)
    assert slow is not None
    assert quick is not None
    assert not outbox.mark_sent(session, slow, NOW)
    assert not outbox.postpone(session, slow, NOW, "slow")
    assert outbox.mark_sent(session, quick, NOW)
    session.commit()
    session.refresh(message)
    assert message.failure is None
    assert message.attempts == 2


def test_pauses_grow_to_an_hour_and_end_after_twelve_tries(session: Session) -> None:
    message = put(session, "one")
    moment, pauses = NOW, []
    for _ in range(12):
        claimed = claim(session, moment)
        assert claimed is not None
        assert outbox.postpone(session, claimed, moment, "data 451")
        session.commit()
        session.refresh(message)
        if message.failed_at is None:
            pauses.append((message.due_at - moment).total_seconds())
            moment = message.due_at
    expected = [min(3600, 30 * 2**number) for number in range(11)]
    assert all(0.75 * whole <= pause <= whole for pause, whole in zip(pauses, expected, strict=True))
    assert message.failed_at is not None
    assert (message.payload, message.failure) == (None, "data 451")
    assert claim(session, moment + timedelta(days=2)) is None


def test_a_key_is_planned_once(session: Session) -> None:
    put(session, "one")
    with pytest.raises(IntegrityError):
        put(session, "one")


def test_many_workers_never_share_a_message(app: Flask, session: Session) -> None:
    for number in range(40):
        put(session, str(number))
    session.rollback()
    with app.app_context():
        engine: Engine = db.engine
    got: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        with Session(engine) as own:
            while (claimed := claim(own)) is not None:
                with lock:
                    got.append(claimed.id)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(got) == sorted(session.scalars(select(OutboxMessage.id)).all())
    assert len(set(got)) == 40
