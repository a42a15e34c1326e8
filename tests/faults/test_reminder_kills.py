"""Every reminder arrives, however often workers are killed; twice only when one died between taken and marked (R5)."""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.faults.house import Line, MailServer, Workers, let_leases_end, mail_server, remind, wait_until, workers
from webapp.models import Delivery, OutboxMessage, Reminder
from webapp.queries.doctor import examine

PEOPLE = 500
TOGETHER = 3
KILL_EVERY_SECONDS = 0.3
LEASES_END_EVERY_SECONDS = 10.0
SECONDS = 60.0
TAKEN_TO_MARKED_SECONDS = 2.0
"""The longest that a worker may live with a mail that was taken and does not count yet, on a machine that is busy."""


def test_a_minute_of_kills_loses_no_reminder(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    survives(engine, session, environment, tmp_path, minutes=1)


@pytest.mark.nightly
def test_ten_minutes_of_kills_lose_no_reminder(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    survives(engine, session, environment, tmp_path, minutes=10)


def survives(engine: Engine, session: Session, environment: dict[str, str], folder: Path, *, minutes: int) -> None:
    """So many are to be reminded in each minute, which they are."""
    seconds, people = SECONDS * minutes, PEOPLE * minutes
    names = [f"person-{number}" for number in range(people)]
    with mail_server(folder, seconds=0.01) as server, workers(environment, server, folder) as staff:
        begin = datetime.now(UTC) + timedelta(seconds=2 + people / 50)
        remind(session, names, begin, timedelta(seconds=0.9 * seconds / people))
        wait_until(lambda: datetime.now(UTC) > begin, seconds=people / 25)
        killed = kill_at_random(engine, staff, seconds)
        let_leases_end(engine)
        staff.once()
    assert set(server.names()) == set(names)
    assert len(killed) > 0.8 * seconds / KILL_EVERY_SECONDS
    assert len({line.message_id for line in server.lines()}) == people
    assert inexplicable(server, killed) == []
    assert_settled(engine, people)


def kill_at_random(engine: Engine, staff: Workers, seconds: float) -> dict[int, float]:
    """One of three workers dies again and again and another takes its place; returns when each died. From time to time
    all of them do, so that the leases the dead have left behind can end and no other."""
    chance, killed = random.Random(1), {}
    for _ in range(TOGETHER):
        staff.start()
    begun = time.monotonic()
    leases_end = next_kill = begun
    while time.monotonic() < begun + seconds:
        next_kill += KILL_EVERY_SECONDS
        time.sleep(max(0.0, next_kill - time.monotonic()))
        all_of_them = time.monotonic() > leases_end + LEASES_END_EVERY_SECONDS
        for number in list(staff.alive) if all_of_them else [chance.choice(staff.alive)]:
            killed[number] = time.monotonic()
            staff.end(number)
        if all_of_them:
            leases_end = time.monotonic()
            let_leases_end(engine)
        while len(staff.alive) < TOGETHER:
            staff.start()
    for number in list(staff.alive):
        killed[number] = time.monotonic()
        staff.end(number)
    return killed


def inexplicable(server: MailServer, killed: dict[int, float]) -> list[Line]:
    """Mails that were taken once more although whoever had handed them over lived on: had handed over another since, or
    was not killed just then."""
    taken = server.lines()
    last = {line.worker: line for line in taken}
    left = Counter(line.message_id for line in taken)
    found = []
    for line in taken:
        left[line.message_id] -= 1
        is_repeated = left[line.message_id] > 0
        died = killed.get(line.worker)
        if is_repeated and (last[line.worker] != line or died is None or died - line.at > TAKEN_TO_MARKED_SECONDS):
            found.append(line)
    return found


def assert_settled(engine: Engine, people: int) -> None:
    """Each person's reminder is one delivery with one message, which is sent; nothing else is wrong either."""
    with Session(engine) as look:
        sent = (OutboxMessage.sent_at.is_not(None), OutboxMessage.failed_at.is_(None))
        delivered = select(func.count(), func.count(Delivery.reminder_id.distinct()), func.count(OutboxMessage.id))
        delivered = delivered.select_from(Delivery).join(OutboxMessage).where(*sent, Delivery.stale.is_(False))
        assert tuple(look.execute(delivered).one()) == (people, people, people)
        waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None))
        assert look.execute(waiting).scalar_one() == 0
        due = select(func.count()).select_from(Reminder).where(Reminder.next_at <= datetime.now(UTC))
        assert look.execute(due).scalar_one() == 0
        now = datetime.now(UTC)
        assert list(examine(look, (now + timedelta(hours=14)).date(), now)) == []
