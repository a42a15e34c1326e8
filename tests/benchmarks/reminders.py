"""People whose reminders are due: how many a second one worker plans and hands over, and how late they come.

`python -m tests.benchmarks.reminders [--postgresql] [--count N] [--minutes M] [--workers W]` lets N reminders come due
within M minutes while W workers run; `make bench` asks for what one worker manages when all are due at once.
"""

import argparse
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests import application
from tests.benchmarks.report import Line, at_least, at_most
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.people import Theme
from webapp.domain.reminders import About
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.models import Delivery, Goal, Occurrence, OutboxMessage, Person, Reminder, ReminderSetting, ScheduleVersion
from webapp.models.base import new_public_id, table_of
from webapp.worker.loop import run

AT_ONCE = 3_000
BATCH = 5_000
WAIT_SECONDS = 600


def remembered(session: Session, count: int, now: datetime, *, within: timedelta = timedelta(0)) -> None:
    """So many people with one goal each that is due today, whose reminder by mail comes evenly within that time from
    now on; committed."""
    day, step = now.date(), within / count
    for first in range(0, count, BATCH):
        numbers = range(first + 1, min(first + BATCH, count) + 1)
        people = [_person(number, now) for number in numbers]
        ids = _inserted(session, Person, people)
        owners = [{"kind": Kind.PERSONAL, "owner_id": owner, **_goal(now)} for owner in ids]
        goals = _inserted(session, Goal, owners)
        session.execute(insert(ScheduleVersion), [_schedule(goal, day) for goal in goals])
        session.execute(
            insert(Occurrence), [{"goal_id": goal, "local_date": day, "state": DayState.OPEN} for goal in goals]
        )
        by_mail = {about.value: ["mail"] for about in About}
        session.execute(insert(ReminderSetting), [{"person_id": owner, "channels": by_mail} for owner in ids])
        pairs = zip(numbers, ids, goals, strict=True)
        session.execute(insert(Reminder), [_reminder(owner, goal, now + step * at) for at, owner, goal in pairs])
    session.commit()


@contextmanager
def sink() -> Iterator[str]:
    """The SMTP_URL of a server of its own process that takes everything and keeps nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = ["-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *handler])
    try:
        _wait_for(port)
        yield f"smtp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def throughput(app: Flask, count: int = AT_ONCE) -> Iterator[Line]:
    """How many one worker plans and hands over in a second when all of them are due at once."""
    with app.app_context(), Session(db.engine) as session:
        remembered(session, count, datetime.now(UTC) - timedelta(seconds=1))
    began, spent = time.perf_counter(), time.process_time()
    run(app, once=True)
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    with app.app_context(), Session(db.engine) as session:
        late = _lateness(session)
    detail = f"{len(late):,} in {seconds:.1f} s, {1000 * spent / count:.2f} ms of CPU each"
    yield at_least("reminders planned and sent by one worker, a second", len(late) / seconds, 300, detail)


def lateness(app: Flask, count: int, minutes: float, workers: int) -> Iterator[Line]:
    """How late reminders come that are due evenly over some minutes, by the hundredth that waits longest."""
    within = timedelta(minutes=minutes)
    with app.app_context(), Session(db.engine) as session:
        remembered(session, count, datetime.now(UTC) + timedelta(seconds=count / 5_000 + 5), within=within)
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(_working(app))
        deadline = time.monotonic() + within.total_seconds() + WAIT_SECONDS
        late: list[float] = []
        while len(late) < count and time.monotonic() < deadline:
            time.sleep(5)
            with app.app_context(), Session(db.engine) as session:
                late = _lateness(session)
    late += [math.inf] * (count - len(late))
    detail = f"{len(late):,} due; median {late[count // 2]:.1f} s, longest {late[-1]:.1f} s"
    what = f"{count:,} due within {minutes:g} minutes, {workers} workers, lateness p99"
    yield at_most(what, late[count * 99 // 100], 60, "s", detail)


@contextmanager
def _working(app: Flask) -> Iterator[None]:
    """A worker of its own process runs meanwhile."""
    environment = app.config["BENCH_ENVIRONMENT"]
    process = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _lateness(session: Session) -> list[float]:
    rows = session.execute(
        select(Delivery.at, OutboxMessage.sent_at)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(OutboxMessage.sent_at.is_not(None))
    )
    return sorted((sent - at).total_seconds() for at, sent in rows)


def _inserted(session: Session, model: type, rows: list[dict[str, object]]) -> list[int]:
    table = table_of(model)
    returned = session.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows)
    return list(returned.scalars())


def _person(number: int, now: datetime) -> dict[str, object]:
    email = f"remembered-{number}-{new_public_id()}@bench.example"
    return {
        "public_id": new_public_id(),
        "email": email,
        "email_key": email,
        "name": f"Person {number}",
        "locale": "en",
        "zone": "Etc/UTC",
        "day_start": 0,
        "week_start": 0,
        "theme": Theme.AUTO,
        "origin": "bench",
        "created_at": now,
    }


def _goal(now: datetime) -> dict[str, object]:
    return {
        "public_id": new_public_id(),
        "lifecycle": Lifecycle.ACTIVE,
        "title": b"",
        "colour": 1,
        "position": 0,
        "revision": 1,
        "version": 1,
        "best_streak": 0,
        "reminds": True,
        "remind_anyway": False,
        "feeds": False,
        "rows_from": now.date(),
        "rows_until": now.date() + timedelta(days=90),
        "months_until": now.date(),
        "created_at": now,
        "updated_at": now,
    }


def _schedule(goal: int, day: object) -> dict[str, object]:
    version = {"valid_from": day, "is_current": True, "frequency": Frequency.DAILY, "start": day}
    return {"goal_id": goal, **version, "days": [], "rule": "FREQ=DAILY", "week_start": 0}


def _reminder(owner: int, goal: int, at: datetime) -> dict[str, object]:
    return {
        "person_id": owner,
        "about": About.GOAL,
        "goal_id": goal,
        "wall": at.time(),
        "days": 0,
        "next_day": at.date(),
        "next_at": at,
        "created_at": at,
    }


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the sink did not start")


def main() -> None:
    from tests.benchmarks.__main__ import databases  # which imports this file

    reader = argparse.ArgumentParser(prog="python -m tests.benchmarks.reminders", description=__doc__)
    reader.add_argument("--postgresql", action="store_true")
    reader.add_argument("--count", type=int, default=0, help="so many within --minutes; all at once without")
    reader.add_argument("--minutes", type=float, default=60)
    reader.add_argument("--workers", type=int, default=2)
    asked = reader.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="aimline-bench-") as name,
        databases(asked.postgresql, Path(name)) as (url, _),
        sink() as smtp,
    ):
        app = working_app(url, Path(name), smtp)
        lines = lateness(app, asked.count, asked.minutes, asked.workers) if asked.count else throughput(app)
        found = list(lines)
    for line in found:
        print(line.what, line.figure, line.wanted, line.detail, sep=" · ")
    sys.exit(any(line.reached is False for line in found))


def working_app(url: str, folder: Path, smtp: str) -> Flask:
    """The application on a migrated database, its mails going to the sink, as for workers of other processes."""
    application.migrate(url, folder)
    given = {"APP_ENV": "development", "SMTP_URL": smtp, "DATABASE_URL": url}
    app: Flask = application.create_app(application.settings_for(url, folder, **given))
    app.logger.disabled = True
    app.config["BENCH_ENVIRONMENT"] = os.environ | application.ENVIRONMENT | given
    return app


if __name__ == "__main__":
    main()
