"""Clocks that are wrong, and workers that stood still: each reminder comes once, and no flood follows (R6, R8)."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import make
from tests.application import AppFactory
from tests.faults.house import mail_server, remind, wait_until, workers
from webapp.actions import reminders
from webapp.domain.reminders import Channel, ReminderDraft
from webapp.models import Delivery, OutboxMessage
from webapp.worker import loop

SKEW_SECONDS = 300.0
HOUR_SECONDS = 3600.0
START = datetime(2026, 5, 1, 6, tzinfo=UTC)
DAYS_AWAY = 3
WALLS = (time(8), time(12), time(19, 30))
PEOPLE, GOALS = 3, 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_workers_whose_clocks_disagree_by_ten_minutes_send_each_reminder_once(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    names = [f"person-{number}" for number in range(50)]
    with mail_server(tmp_path, seconds=0.05) as server, workers(environment, server, tmp_path) as staff:
        remind(session, names, datetime.now(UTC) - timedelta(minutes=10))
        slow = staff.start(clock=-SKEW_SECONDS)
        wait_until(lambda: server.names())
        fast = staff.start(clock=SKEW_SECONDS)
        wait_until(lambda: len(set(server.names())) == len(names))
        assert staff.end(slow, signal.SIGTERM) == staff.end(fast, signal.SIGTERM) == 0
        assert server.names() == sorted(names)
        assert {line.worker for line in server.lines()} == {slow, fast}
    assert unsent(engine) == 0


def test_a_clock_set_back_by_an_hour_repeats_nothing_and_loses_nothing(
    engine: Engine, session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    with mail_server(tmp_path) as server, workers(environment, server, tmp_path) as staff:
        remind(session, ["before-1", "before-2"], datetime.now(UTC))
        staff.once()
        assert server.names() == ["before-1", "before-2"]
        remind(session, ["during-1", "during-2"], datetime.now(UTC))
        staff.once(clock=-HOUR_SECONDS)
        assert server.names() == ["before-1", "before-2"]
        staff.once()
        staff.once(clock=-HOUR_SECONDS)
        staff.once()
        assert server.names() == ["before-1", "before-2", "during-1", "during-2"]
    assert unsent(engine) == 0


def test_after_three_days_without_a_worker_everybody_hears_once(
    session: Session, app_factory: AppFactory, database_url: str, tmp_path: Path
) -> None:
    work = worker_of(app_factory, database_url)
    with time_machine.travel(START, tick=False) as clock:
        for number in range(PEOPLE):
            person = make.person(session, f"person {number}", at=START, zone="Etc/UTC")
            for _ in range(GOALS):
                viewer = make.viewer(session, person, START)
                goal = make.goal(session, viewer)
                reminders.set_all(session, viewer, goal, [ReminderDraft(wall) for wall in WALLS])
        session.commit()
        work()
        clock.move_to(START + timedelta(days=DAYS_AWAY, hours=2, minutes=30))
        work()
        work()
    assert len(list((tmp_path / "mail").iterdir())) == PEOPLE
    statement = select(Delivery.stale, func.count(), func.count(Delivery.message_id.distinct()))
    mailed = session.execute(statement.where(Delivery.channel == Channel.MAIL).group_by(Delivery.stale))
    assert {row[0]: tuple(row[1:]) for row in mailed} == {
        True: (PEOPLE * GOALS * len(WALLS) * DAYS_AWAY, 0),
        False: (PEOPLE * GOALS, PEOPLE),
    }


def test_who_watches_is_told_two_minutes_after_the_last_worker_died(app_factory: AppFactory, database_url: str) -> None:
    app = app_factory(database_url)
    client, work = app.test_client(), worker_of(app_factory, database_url)
    with time_machine.travel(START, tick=False) as clock:
        assert client.get("/readyz").status_code == 503
        work()
        assert client.get("/readyz").status_code == 200
        clock.shift(timedelta(seconds=119))
        assert client.get("/readyz").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get("/readyz").status_code == 503
        work()
        assert client.get("/readyz").status_code == 200


def worker_of(app_factory: AppFactory, url: str) -> Callable[[], None]:
    """Let a worker that has only just begun do what is due."""
    app = app_factory(url)
    return lambda: loop.run(app, once=True)


def unsent(engine: Engine) -> int:
    """How many messages have not left."""
    with Session(engine) as look:
        waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None))
        return look.execute(waiting).scalar_one()
