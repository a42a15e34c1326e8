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
from webapp.queries.outbox import OPEN, Gate, any_ready

NOW = datetime.now(UTC)


def put(session: Session, key: str, now: datetime = NOW) -> OutboxMessage:
    message = outbox.enqueue(session, None, "ada@example.org", "recovery", key, now, token="canary")
    session.commit()
    return message


def claim_all(session: Session, now: datetime = NOW, gate: Gate = OPEN, most: int = outbox.BATCH) -> list[Claim]:
    session.rollback()
    begin_writing(session)
    claimed = outbox.claim(session, now, gate, most)
    session.commit()
    return claimed


def claim(session: Session, now: datetime = NOW) -> Claim | None:
    return next(iter(claim_all(session, now, most=1)), None)


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


def test_a_batch_is_ten_and_what_was_not_tried_waits_again(session: Session) -> None:
    for number in range(12):
        put(session, str(number), NOW - timedelta(minutes=20 - number))
    batch = claim_all(session)
    assert [one.attempts for one in batch] == [1] * 10
    assert {one.domain for one in batch} == {"example.org"}
    assert len(claim_all(session)) == 2
    outbox.release(session, batch[4:])
    session.commit()
    again = claim_all(session)
    assert [one.id for one in again] == [one.id for one in batch[4:]]
    assert {one.attempts for one in again} == {1}
    assert not outbox.mark_sent(session, batch[5], NOW)
    assert outbox.mark_sent(session, batch[0], NOW)
    session.commit()


def test_what_the_gate_holds_back_waits_and_what_it_lets_through_goes(session: Session) -> None:
    put(session, "here")
    other = outbox.enqueue(session, None, "bo@Elsewhere.test", "recovery", "there", NOW, token="x")
    push = put(session, "push")
    push.channel, push.domain = "push", None
    session.commit()
    assert not any_ready(session, NOW - timedelta(seconds=1))
    (claimed,) = claim_all(session, gate=Gate(mail=False))
    assert (claimed.id, claimed.channel) == (push.id, "push")
    assert not any_ready(session, NOW, Gate(closed=frozenset({"example.org", "elsewhere.test"})))
    (claimed,) = claim_all(session, gate=Gate(closed=frozenset({"example.org"})))
    assert claimed.id == other.id
    assert len(claim_all(session)) == 1


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
            while claimed := claim_all(own, most=3):
                with lock:
                    got.extend(one.id for one in claimed)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(got) == sorted(session.scalars(select(OutboxMessage.id)).all())
    assert len(set(got)) == 40
