"""The planner on real rows: each local date once, one message for each person, nobody in another's way (R5–R7, R16)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import erasure, people, reminder_settings, reminders
from webapp.actions.planning import plan_due
from webapp.domain.identity import Profile
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reminder_settings import OF_THE_PERSON, WishesDraft
from webapp.domain.reminders import STALE, About, Channel, Clock, ReminderDraft
from webapp.domain.schedules import Frequency
from webapp.extensions import db
from webapp.models import Delivery, OutboxMessage, Person, Reminder
from webapp.queries import reminders as queries
from webapp.queries.doctor_reminders import reminder_findings

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
TODAY = date(2026, 5, 4)
DUE = NOW + timedelta(hours=2)
"""Eight in the morning in the zone Etc/UTC, when everybody here is reminded."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite lets one write at a time anyway."""


def reminded(
    session: Session, name: str = "Ada", *, now: datetime = NOW, wall: time = time(8), **columns: Any
) -> Viewer:
    """A person with one reminder by mail, which is about no goal and so always has something to say."""
    person = make.person(session, name, at=now, **{"zone": "Etc/UTC", **columns})
    viewer = make.viewer(session, person, now)
    walls = dict.fromkeys(OF_THE_PERSON) | {About.DIGEST: wall}
    wishes = WishesDraft({about: [Channel.MAIL] for about in About}, False, None, None, walls)
    reminder_settings.change(session, viewer, wishes)
    session.commit()
    return viewer


def plan(session: Session, now: datetime, **more: Any) -> int:
    done = plan_due(session, now, **more)
    session.commit()
    return done


def plan_until(session: Session, last: datetime) -> None:
    """The planner looks exactly when something is to be looked at."""
    while (at := session.scalar(select(func.min(Reminder.next_at)))) is not None and at <= last:
        assert plan(session, at)


def dates(session: Session, viewer: Viewer) -> list[date]:
    mine = select(Delivery.local_date).join(Reminder).where(Reminder.person_id == viewer.id)
    return list(session.scalars(mine.order_by(Delivery.at, Delivery.local_date)))


def messages(session: Session) -> dict[int | None, int]:
    """How many there are for each person."""
    counts = select(OutboxMessage.person_id, func.count()).group_by(OutboxMessage.person_id)
    return {row[0]: row[1] for row in session.execute(counts)}


def healthy(session: Session) -> bool:
    return not list(reminder_findings(session))


@contextmanager
def another(app: Flask) -> Iterator[Session]:
    """A session beside the test's own, rolled back."""
    with app.app_context(), Session(db.engine, expire_on_commit=False) as other:
        yield other
        other.rollback()


@pytest.mark.parametrize(
    ("begin", "last"),
    [(date(2025, 3, 26), date(2025, 4, 9)), (date(2025, 10, 2), date(2025, 10, 29))],
    ids=["spring", "autumn"],
)
def test_both_clock_changes_leave_every_date_once(session: Session, begin: date, last: date) -> None:
    now = datetime.combine(begin, time(12), UTC)
    zones = ("Europe/Berlin", "Australia/Lord_Howe", "Antarctica/Troll")
    everybody = [reminded(session, zone, now=now, wall=time(2, 30), zone=zone) for zone in zones]
    until = datetime.combine(last, time(12), UTC)
    plan_until(session, until)
    for viewer in everybody:
        clock = Clock(viewer.zone)
        first = clock.first_day(time(2, 30), now)
        lived = dates(session, viewer)
        assert lived == [first + number * DAY for number in range(len(lived))]
        assert clock.moment(lived[-1] + DAY, time(2, 30)) > until
        came = select(Delivery).join(Reminder).where(Reminder.person_id == viewer.id)
        for one in session.scalars(came):
            assert (one.at, one.stale) == (clock.moment(one.local_date, time(2, 30)), False)
    assert healthy(session)


def test_flights_leave_every_date_once(session: Session) -> None:
    ada = reminded(session)
    bob = reminded(session, "Bob")
    now = NOW
    for zone in ("Pacific/Kiritimati", "Pacific/Marquesas", "Asia/Tokyo", "America/Los_Angeles", "Etc/UTC"):
        there = replace(make.viewer(session, session.get_one(Person, ada.id), now), now=now)
        profile = Profile(ada.name, zone, 0, 0, there.locale, there.theme)
        people.change_profile(session, there, profile)
        session.commit()
        for _ in range(19):
            now += HOUR
            plan(session, now)
    for viewer in (ada, bob):
        lived = dates(session, viewer)
        assert len(lived) in (4, 5)
        assert lived == [TODAY + number * DAY for number in range(len(lived))]
    assert not session.scalar(select(func.count()).where(Delivery.stale))
    assert healthy(session)


def test_cursor_that_was_set_back_gives_no_date_again(session: Session) -> None:
    ada = reminded(session)
    plan(session, DUE)
    before = make.everything(session, but=frozenset({"outbox_message"}))
    session.execute(update(Reminder).values(next_day=TODAY, next_at=DUE))
    session.commit()
    assert not healthy(session)
    plan(session, DUE)
    assert make.everything(session, but=frozenset({"outbox_message"})) == before
    assert dates(session, ada) == [TODAY]
    first, *again = session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)).all()
    assert queries.to_say(session, first) is not None
    assert [queries.to_say(session, number) for number in again] == [None] * len(again)


def test_after_a_stop_one_message_is_left_and_the_rest_is_written_down(session: Session) -> None:
    """So it is with a backup that is brought back: what was to come meanwhile is not sent."""
    ada = reminded(session)
    plan(session, DUE + 3 * DAY + HOUR)
    rows = session.execute(select(Delivery.local_date, Delivery.stale).order_by(Delivery.local_date)).all()
    assert [tuple(row) for row in rows] == [(TODAY + number * DAY, number < 3) for number in range(4)]
    assert messages(session) == {ada.id: 1}
    plan(session, DUE + 6 * DAY + STALE + HOUR)
    assert messages(session) == {ada.id: 1}, "two hours are over on this day too"
    assert healthy(session)


def test_months_later_only_the_last_days_are_written_down(session: Session) -> None:
    ada = reminded(session)
    plan(session, DUE + 90 * DAY)
    lived = dates(session, ada)
    assert lived == [TODAY + number * DAY for number in range(83, 91)]
    assert messages(session) == {ada.id: 1}


def test_zone_that_nobody_knows_stops_nobody(session: Session) -> None:
    lost, bob = reminded(session), reminded(session, "Bob")
    session.execute(update(Person).where(Person.id == lost.id).values(zone="Mars/Olympus"))
    session.commit()
    plan(session, DUE)
    assert (dates(session, lost), dates(session, bob)) == ([], [TODAY])
    assert session.scalar(select(Reminder.next_at).where(Reminder.person_id == lost.id)) > DUE
    session.execute(update(Person).where(Person.id == lost.id).values(zone="Etc/UTC"))
    reminders.look_again(session, lost.id, DUE + HOUR)
    session.commit()
    plan(session, DUE + HOUR)
    assert dates(session, lost) == [TODAY]


def test_so_many_people_at_a_time_the_longest_waiting_first(session: Session) -> None:
    everybody = [reminded(session, name, wall=time(8, number)) for number, name in enumerate(("A", "B", "C", "D", "E"))]
    plan(session, NOW)
    later = DUE + HOUR
    assert plan(session, later, most=2) == 2
    assert set(messages(session)) == {one.id for one in everybody[:2]}
    assert [plan(session, later, most=2) for _ in range(3)] == [2, 1, 0]
    assert messages(session) == {one.id: 1 for one in everybody}


def test_as_many_statements_for_many_as_for_few(app: Flask, session: Session) -> None:
    def statements(now: datetime) -> int:
        counted: list[str] = []

        def count(*arguments: Any) -> None:
            counted.append(arguments[2])

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", count)
        try:
            plan(session, now)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    walking(session, "First")
    statements(NOW)
    few = statements(DUE)
    for number in range(12):
        walking(session, f"Person {number}", now=NOW + 2 * HOUR + DAY / 2)
    statements(NOW + 2 * HOUR + DAY / 2)
    many = statements(DUE + DAY)
    assert (len(messages(session)), few) == (13, many)


def walking(session: Session, name: str, *, now: datetime = NOW) -> Viewer:
    """Somebody with a goal of every kind that reminds at eight."""
    viewer = reminded(session, name, now=now)
    often = make.schedule(Frequency.QUOTA, start=viewer.today, times=2, period=QuotaPeriod.WEEK)
    for when in (make.schedule(start=viewer.today), often):
        goal = make.goal(session, viewer, "Walk", when)
        reminders.set_all(session, viewer, goal, [ReminderDraft(time(8))])
    session.commit()
    return viewer


def test_goal_without_fixed_days_is_quiet_once_it_is_kept(session: Session) -> None:
    ada, bob = walking(session, "Ada"), walking(session, "Bob")
    often = make.schedule(Frequency.QUOTA, start=TODAY, times=1, period=QuotaPeriod.WEEK)
    kept = make.goal(session, ada, "Sing", often)
    reminders.set_all(session, ada, kept, [ReminderDraft(time(8))])
    make.tick(session, ada, kept, TODAY)
    session.commit()
    plan(session, DUE)
    assert (len(dates(session, ada)), len(dates(session, bob))) == (3, 3)
    kept_rows = select(func.count()).select_from(Delivery).join(Reminder).where(Reminder.goal_id == kept.id)
    assert session.scalar(kept_rows) == 0
    assert messages(session) == {ada.id: 1, bob.id: 1}, "all that is due at once is one message"


@only_postgresql
def test_what_one_planner_holds_another_leaves_alone(app: Flask, session: Session) -> None:
    ada = reminded(session)
    plan(session, NOW)
    with another(app) as other:
        assert plan_due(session, DUE) == 1
        assert plan_due(other, DUE) == 0
        session.commit()
        assert plan_due(other, DUE) == 0
    assert messages(session) == {ada.id: 1}


@only_postgresql
def test_planners_side_by_side_make_one_message_for_each(app: Flask, session: Session) -> None:
    everybody = [reminded(session, f"Person {number}") for number in range(24)]
    plan(session, NOW)
    ready, failures = threading.Barrier(3), []

    def work() -> None:
        try:
            with another(app) as mine:
                ready.wait(timeout=30)
                for _ in range(30):
                    plan(mine, DUE, most=4)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    session.rollback()
    assert not failures
    assert messages(session) == {one.id: 1 for one in everybody}
    assert [dates(session, one) for one in everybody] == [[TODAY]] * len(everybody)


@only_postgresql
def test_nobody_is_erased_while_planned_nor_planned_while_erased(app: Flask, session: Session) -> None:
    ada, bob = reminded(session), reminded(session, "Bob")
    with another(app) as other:
        plan_due(session, DUE)
        other.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            erasure.erase(other, ada.id, DUE)
        other.rollback()
        session.commit()
        erasure.erase(other, ada.id, DUE)
        assert plan_due(session, DUE + DAY) == 1, "Bob's alone"
        session.commit()
        other.commit()
    plan(session, DUE + 2 * DAY)
    assert (dates(session, ada), len(dates(session, bob))) == ([], 3)
    assert set(messages(session)) == {bob.id}
    assert healthy(session)
