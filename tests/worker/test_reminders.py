"""From a reminder that is due to the mail that says so: once for each local date, and only while there is need."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.worker.conftest import Mailbox
from tests.worker.reminded import Reminded, plan
from webapp.actions import goals, pauses, reminders, tracked_days
from webapp.domain.pauses import Pause
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reminders import Channel, ReminderDraft
from webapp.domain.schedules import Frequency
from webapp.domain.tracked import Item
from webapp.domain.tracking import DayState
from webapp.models import Goal
from webapp.worker.loop import run

Work = Callable[[], None]
TODAY = date(2026, 5, 4)
START = datetime(2026, 5, 4, 6, tzinfo=UTC)
"""A Monday, eight in the morning in Berlin: half an hour before goals remind."""
DUE = START + timedelta(minutes=30, seconds=3)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TWICE = make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(app: Flask, session: Session, clock: Any) -> Reminded:
    return Reminded(session)


@pytest.fixture
def bob(app: Flask, session: Session, clock: Any) -> Reminded:
    """Who has the same as Ada, and to whom nothing happens."""
    return Reminded(session, "Bob")


def once(day: date) -> object:
    return make.schedule(Frequency.ONE_TIME, start=TODAY, until=day)


def test_due_goal_is_mailed_once_on_each_of_its_days(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    ada.goal()
    work()
    assert mailbox.mails == []
    for days in range(3):
        clock.move_to(DUE + days * DAY)
        work()
        work()
        assert len(mailbox.mails) == days + 1
    assert [one.local_date for one in ada.deliveries()] == [TODAY, TODAY + DAY, TODAY + 2 * DAY]


def test_nothing_tells_what_it_is_about_unless_wanted(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    goal = ada.goal("Take the tablets")
    clock.move_to(DUE)
    work()
    (said,) = ada.mails(mailbox)
    assert said.startswith("You have a reminder\n")
    for word in ("tablets", goal.public_id, "/goals", "today"):
        assert word not in said
    ada.wish(detail=True)
    clock.shift(DAY)
    work()
    _, said = ada.mails(mailbox)
    assert said.startswith("You have a reminder\n")
    assert f"- Take the tablets, due today: http://localhost:8000/goals/{goal.public_id}\n" in said


def test_several_at_once_are_one_mail(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    for title in ("Walk", "Read", "Sing"):
        ada.goal(title)
    clock.move_to(DUE)
    work()
    (said,) = ada.mails(mailbox)
    assert "You have 3 reminders in Aimline:" in said


def test_of_very_many_twenty_are_named(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    ada.wish(detail=True)
    for number in range(25):
        ada.goal(f"Goal {number}")
    clock.move_to(DUE)
    work()
    (said,) = ada.mails(mailbox)
    assert "You have 25 reminders" in said
    assert said.count("- Goal") == 20
    assert "and 5 more" in said


@pytest.mark.parametrize(
    ("days", "comes", "words"),
    [
        (-3, 0, "due in 3 days"),
        (-1, 2, "due tomorrow"),
        (0, 3, "due today"),
        (1, 4, "was due yesterday"),
        (2, 5, "was due 2 days ago"),
        (20, 23, "was due on 7 May 2026"),
    ],
)
def test_reminder_comes_so_many_days_before_or_after(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, days: int, comes: int, words: str
) -> None:
    ada.wish(detail=True)
    ada.goal("Passport", when=once(TODAY + 3 * DAY), days=days)
    for day in range(26):
        clock.move_to(DUE + day * DAY)
        work()
        assert len(mailbox.mails) == (day >= comes)
    assert f"Passport, {words}:" in ada.mails(mailbox)[0]


def done(ada: Reminded, goal: Goal) -> None:
    make.tick(ada.session, ada.viewer, goal, TODAY)


def skipped(ada: Reminded, goal: Goal) -> None:
    make.tick(ada.session, ada.viewer, goal, TODAY, DayState.SKIPPED)


def paused(ada: Reminded, goal: Goal) -> None:
    pauses.plan(ada.session, ada.viewer, Pause(TODAY, TODAY), ada.held(goal))


def everything_paused(ada: Reminded, goal: Goal) -> None:
    pauses.plan(ada.session, ada.viewer, Pause(TODAY))


def put_away(ada: Reminded, goal: Goal) -> None:
    goals.archive(ada.session, ada.viewer, ada.held(goal))


def deleted(ada: Reminded, goal: Goal) -> None:
    goals.delete(ada.session, ada.viewer, ada.held(goal))


def switched_off(ada: Reminded, goal: Goal) -> None:
    reminders.remind(ada.session, ada.viewer, ada.held(goal), {"reminder": False})


def forgotten(ada: Reminded, goal: Goal) -> None:
    reminders.set_all(ada.session, ada.viewer, ada.held(goal), [])


def off_the_day(ada: Reminded, goal: Goal) -> None:
    tracked_days.remove(ada.session, ada.viewer, ada.held(goal), [TODAY])


def mail_unwanted(ada: Reminded, goal: Goal) -> None:
    ada.wish(channels=[Channel.PAGE])


def shut_out(ada: Reminded, goal: Goal) -> None:
    ada.person.disabled_at = START


def to_be_erased(ada: Reminded, goal: Goal) -> None:
    ada.person.erase_at = START + 14 * DAY


def gone(ada: Reminded, goal: Goal) -> None:
    ada.person.deleted_at = START


OF_THE_DAY = (done, skipped, paused, everything_paused)
FOR_GOOD = (put_away, deleted, switched_off, forgotten, off_the_day, mail_unwanted, shut_out, to_be_erased, gone)


@pytest.mark.parametrize("change", OF_THE_DAY + FOR_GOOD, ids=lambda change: change.__name__)
@pytest.mark.parametrize("planned", [True, False], ids=["planned", "not planned"])
def test_nothing_leaves_once_there_is_no_need(
    ada: Reminded, bob: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session, change: Any, planned: bool
) -> None:
    goal = ada.goal()
    bob.goal()
    clock.move_to(DUE)
    if planned:
        plan(session)
        assert len(ada.messages()) == len(bob.messages()) == 1
    change(ada, goal)
    session.commit()
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["bob@example.org"]
    if planned:
        (message,) = ada.messages()
        assert (message.sent_at, message.failure) == (None, "nothing to say")


@pytest.mark.parametrize("change", OF_THE_DAY, ids=lambda change: change.__name__)
def test_goal_that_reminds_anyway_does(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session, change: Any
) -> None:
    goal = ada.goal(anyway=True)
    clock.move_to(DUE)
    plan(session)
    change(ada, goal)
    session.commit()
    work()
    assert len(mailbox.mails) == 1


def test_goal_that_is_completed_reminds_no_more(
    ada: Reminded, bob: Reminded, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    goal = ada.goal("Passport", when=once(TODAY), days=1, anyway=True)
    bob.goal("Passport", when=once(TODAY), days=1, anyway=True)
    done(ada, goal)
    ada.session.commit()
    clock.move_to(DUE + DAY)
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["bob@example.org"]


def test_goal_without_fixed_days_reminds_until_it_is_kept(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    ada.wish(detail=True)
    goal = ada.goal("Swim", when=TWICE)
    for days in range(3):
        clock.move_to(DUE + days * DAY)
        work()
        make.tick(ada.session, ada.viewer, goal, TODAY + days * DAY)
        ada.session.commit()
    assert [one.local_date for one in ada.deliveries()] == [TODAY, TODAY + DAY]
    assert all("\n- Swim: http" in said for said in ada.mails(mailbox))
    clock.move_to(DUE + 7 * DAY)
    work()
    assert len(mailbox.mails) == 3


def test_quota_that_is_kept_meanwhile_says_nothing(
    ada: Reminded, bob: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session
) -> None:
    goal = ada.goal("Swim", when=TWICE)
    bob.goal("Swim", when=TWICE)
    clock.move_to(DUE + DAY)
    plan(session)
    for day in (TODAY, TODAY + DAY):
        make.tick(session, ada.viewer, goal, day)
    session.commit()
    work()
    assert [mail["To"] for mail in mailbox.mails] == ["bob@example.org"]


def test_due_date_with_a_reminder_of_its_own_has_no_other(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    goal = ada.goal()
    own = Item(TODAY + DAY, reminder_date=TODAY + DAY, reminder_time=time(20))
    tracked_days.say(ada.session, ada.viewer, ada.held(goal), [own], time(8, 30))
    reminders.follow_own(ada.session, ada.viewer, goal)
    ada.session.commit()
    at = []
    for hours in range(72):
        clock.move_to(START + timedelta(hours=hours, minutes=31))
        work()
        at += [START + timedelta(hours=hours)] * (len(mailbox.mails) - len(at))
    assert at == [START, START + 36 * HOUR, START + 2 * DAY]


def test_one_time_goal_may_remind_on_another_date(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    ada.wish(detail=True)
    goal = ada.goal("Passport", when=once(TODAY + 5 * DAY))
    reminders.remind(ada.session, ada.viewer, ada.held(goal), {"reminderdate": TODAY + 2 * DAY})
    ada.session.commit()
    for day in range(8):
        clock.move_to(DUE + day * DAY)
        work()
        assert len(mailbox.mails) == (day >= 2)
    assert "Passport, due in 3 days:" in ada.mails(mailbox)[0]


def test_after_a_stop_of_three_days_comes_one_mail(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    for title, wall in (("Walk", time(8, 30)), ("Read", time(7, 45)), ("Sing", time(5))):
        ada.goal(title, wall)
    clock.move_to(DUE + 3 * DAY)
    work()
    work()
    (said,) = ada.mails(mailbox)
    assert "You have 2 reminders" in said
    kept = ada.deliveries()
    assert sum(one.message_id is not None for one in kept) == 2
    late = [(one.local_date, one.message_id) for one in kept if one.stale]
    assert sorted({day for day, _ in late}) == [TODAY + days * DAY for days in range(4)]
    assert not any(message for _, message in late)
    assert len(kept) == len({(one.reminder_id, one.local_date) for one in kept})


def test_quiet_hours_hold_all_and_then_it_is_one_mail(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    ada.wish(quiet=(time(8, 15), time(10)))
    ada.goal("Walk", time(8, 30))
    ada.goal("Read", time(9))
    for minutes in range(0, 119, 7):
        clock.move_to(START + timedelta(minutes=minutes))
        work()
        assert mailbox.mails == []
    clock.move_to(START + 2 * HOUR + timedelta(seconds=3))
    work()
    (said,) = ada.mails(mailbox)
    assert "You have 2 reminders" in said


def test_mail_that_was_planned_before_the_quiet_hours_keeps_its_words_short(
    ada: Reminded, mailbox: Mailbox, work: Work, clock: Any, session: Session
) -> None:
    goal = ada.goal("Walk")
    ada.goal("Read")
    clock.move_to(DUE)
    plan(session)
    done(ada, goal)
    session.commit()
    work()
    (said,) = ada.mails(mailbox)
    assert "You have a reminder in Aimline:" in said


def test_several_workers_send_each_mail_once(
    app: Flask, ada: Reminded, mailbox: Mailbox, clock: Any, session: Session
) -> None:
    people = [ada, *(Reminded(session, f"P{number}") for number in range(7))]
    for one in people:
        one.goal()
    session.close()
    clock.move_to(DUE)
    workers = [threading.Thread(target=run, args=(app, True)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run(app, once=True)
    assert sorted(mail["To"] for mail in mailbox.mails) == sorted(one.person.email for one in people)


def test_several_times_a_day_each_come(ada: Reminded, mailbox: Mailbox, work: Work, clock: Any) -> None:
    goal = ada.goal()
    drafts = [ReminderDraft(time(8, 30)), ReminderDraft(time(12)), ReminderDraft(time(23, 30))]
    reminders.set_all(ada.session, ada.viewer, ada.held(goal), drafts)
    ada.session.commit()
    for hours in range(20):
        clock.move_to(START + timedelta(hours=hours, minutes=31))
        work()
    assert len(mailbox.mails) == 3
