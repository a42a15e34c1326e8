"""What mail servers answer, and what is done to workers meanwhile: nothing is lost, nothing comes twice (R5)."""

import os
import signal
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.faults.house import age, let_leases_end, mail_server, remind, wait_until, workers
from webapp.actions import outbox
from webapp.models import OutboxMessage

LEASE_SECONDS = 3.0
TOTAL_SECONDS = 1.0
DRAIN_SECONDS = 5.0


def test_whatever_servers_answer_every_reminder_arrives_once_and_holds_up_no_other(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    fine = [f"fine-{number}" for number in range(6)]
    in_the_end = ["later-first", "trouble-first", "hang-first", "drop-first"]
    with mail_server(tmp_path, busy=1) as server, workers(environment, server, tmp_path) as staff:
        now = datetime.now(UTC)
        outbox.enqueue(session, None, "poison@poison.example", "no-such-words", "poison", now)
        remind(session, ["never-first", *in_the_end, *fine], now)
        staff.once(total=TOTAL_SECONDS)
        assert server.names() == []
        age(engine)
        staff.once(total=TOTAL_SECONDS)
        assert server.names() == sorted(["drop-first", *fine])
        assert server.names("hung") == ["hang-first"]
        for _ in range(2):
            age(engine)
            staff.once(total=TOTAL_SECONDS)
        assert server.names() == sorted([*in_the_end, *fine])
        assert len({line.message_id for line in server.lines()}) == len(server.lines())
    given_up = {message.failure for message in messages(engine) if message.failed_at}
    assert given_up == {"recipient 550", "unusable: TemplateNotFound"}
    assert len([message for message in messages(engine) if message.sent_at]) == len(server.lines())
    assert all(message.sent_at or message.failed_at for message in messages(engine))


def test_a_worker_that_slept_past_its_lease_neither_sends_nor_marks(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    with mail_server(tmp_path) as server, workers(environment, server, tmp_path) as staff:
        remind(session, ["slow-first"], datetime.now(UTC))
        begun = time.monotonic()
        sleeper = staff.start(lease=LEASE_SECONDS, total=TOTAL_SECONDS)
        wait_until(lambda: server.names("asked"))
        os.kill(sleeper, signal.SIGSTOP)
        let_leases_end(engine)
        staff.once()
        assert server.names() == ["slow-first"]
        (before,) = messages(engine)
        time.sleep(max(0.0, begun + LEASE_SECONDS - time.monotonic()))
        os.kill(sleeper, signal.SIGCONT)
        wait_until(lambda: "lease lost" in staff.log.read_text(encoding="utf-8"))
        assert staff.end(sleeper, signal.SIGTERM) == 0
        assert server.names() == ["slow-first"]
    (after,) = messages(engine)
    assert before.sent_at
    assert (after.sent_at, after.failure, after.attempts) == (before.sent_at, None, 2)


def test_a_worker_told_to_stop_finishes_the_mail_in_hand_and_gives_the_others_back(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    others = [f"other-{number}" for number in range(outbox.BATCH - 1)]
    with mail_server(tmp_path) as server, workers(environment, server, tmp_path) as staff:
        remind(session, ["slow-first", *others], datetime.now(UTC))
        worker = staff.start()
        wait_until(lambda: server.names("asked"))
        told = time.monotonic()
        assert staff.end(worker, signal.SIGTERM) == 0
        assert time.monotonic() - told < DRAIN_SECONDS
        assert server.names() == ["slow-first"]
        waiting = [message for message in messages(engine) if not message.sent_at]
        assert {(message.leased_until, message.attempt, message.attempts) for message in waiting} == {(None, None, 0)}
        assert len(waiting) == len(others)
        staff.once()
        assert server.names() == sorted(["slow-first", *others])


def messages(engine: Engine) -> Iterable[OutboxMessage]:
    """Everything in the outbox, as it is now."""
    with Session(engine) as look:
        return look.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
