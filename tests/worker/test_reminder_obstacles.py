"""What stands in the way of one reminder stands in no other's: quiet hours that began meanwhile, people who cannot be
planned for, messages over which workers die, and dates that came already."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.worker.conftest import Mailbox
from tests.worker.reminded import Reminded, plan
from webapp.actions import outbox, planning, reminders
from webapp.domain.reminders import Clock, Quiet, step
from webapp.models import Occurrence, OutboxMessage, Reminder, ReminderSetting
from webapp.queries import reminders as queries

START = datetime(2026, 5, 4, 6, tzinfo=UTC)
"""Eight in the morning in Berlin."""
NIGHT = Quiet(time(22), time(7))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Work = Callable[[], None]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def test_quiet_hours_that_began_while_it_waited_are_kept(
    session: Session, mailbox: Mailbox, work: Work, clock: Any
) -> None:
    ada = Reminded(session)
    ada.wish(quiet=(NIGHT.since, NIGHT.until))
    ada.goal(wall=time(21, 59))
    clock.move_to(START + timedelta(hours=13, minutes=59, seconds=5))  # 21:59:05
    plan(session)
    clock.move_to(START + timedelta(hours=14, minutes=40))
    work()
    assert mailbox.mails == []
    (held,) = ada.messages()
    assert (held.due_at, held.attempts, held.failed_at) == (START + 23 * HOUR, 0, None)
    clock.move_to(START + timedelta(hours=23, minutes=1))
    work()
    assert len(ada.mails(mailbox)) == 1


def test_who_cannot_be_planned_for_stops_nobody(session: Session, mailbox: Mailbox, work: Work, clock: Any) -> None:
    ada, bob = Reminded(session), Reminded(session, "Bob")
    for one in (ada, bob):
        one.goal(wall=time(8, 30))
    broken = update(ReminderSetting).where(ReminderSetting.person_id == ada.person.id)
    session.execute(broken.values(channels={"goal": ["carrier pigeon"]}))
    session.commit()
    outbox.enqueue(session, None, "eve@example.org", "recovery", "beside", START, token="canary")
    session.commit()
    clock.move_to(START + HOUR)
    work()
    assert sorted(mail["To"] for mail in mailbox.mails) == ["bob@example.org", "eve@example.org"]
    waits = select(Reminder.next_at).where(Reminder.person_id == ada.person.id)
    assert session.scalars(waits).all() == [START + HOUR + planning.PUT_OFF]


def test_more_days_than_a_statement_can_name_are_asked_for_in_turn(
    session: Session, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_PAIRS", 2)
    ada = Reminded(session)
    for minute in range(5):
        ada.goal(f"Walk {minute}", wall=time(8, 30 + minute))
    clock.move_to(START + HOUR)
    plan(session)
    assert len(ada.deliveries()) == 5


def test_a_message_over_which_workers_die_takes_no_other_with_it(session: Session, clock: Any) -> None:
    for number in range(4):
        outbox.enqueue(session, None, "ada@example.org", "recovery", f"mail {number}", START, token="canary")
    session.commit()
    deadly = session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id)).first()
    session.execute(update(OutboxMessage).where(OutboxMessage.id == deadly).values(attempts=outbox.SUSPECT))
    session.commit()
    first = outbox.claim(session, START)
    assert len(first) == 3
    assert deadly not in {claim.id for claim in first}
    assert [claim.id for claim in outbox.claim(session, START)] == [deadly]


def test_a_date_with_a_time_of_its_own_comes_once_also_after_a_flight_west(session: Session, clock: Any) -> None:
    ada = Reminded(session, zone="Asia/Tokyo")
    goal = ada.goal(wall=time(23))
    day = START.date() + DAY
    own = update(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.local_date == day)
    session.execute(own.values(reminder_time=time(9)))
    reminders.follow_own(session, ada.viewer, goal)
    session.commit()
    clock.move_to(datetime(2026, 5, 5, 0, 1, tzinfo=UTC))
    plan(session)
    assert [one.local_date for one in ada.deliveries() if one.at.hour == 0] == [day]
    ada.person.zone = "America/Los_Angeles"
    session.commit()
    reminders.look_again(session, ada.person.id, datetime.now(UTC))
    reminders.follow_own(session, ada.viewer, goal)
    session.commit()
    clock.move_to(datetime(2026, 5, 5, 17, tzinfo=UTC))
    plan(session)
    nine = select(Reminder.id).where(Reminder.goal_id == goal.id, Reminder.once == day)
    number = session.scalars(nine).one()
    assert [one.reminder_id for one in ada.deliveries()].count(number) == 1


def test_who_has_nothing_to_review_gets_no_empty_messages(session: Session, clock: Any) -> None:
    thea = Reminded(session, "Thea")
    reminders.expect_reviews(session, [thea.person.id], START)
    session.commit()
    for number in range(4):
        clock.move_to(START + number * DAY + 6 * HOUR)
        plan(session)
    assert (thea.deliveries(), thea.messages()) == ([], [])


MAY = date(2026, 5, 4)
AT_EIGHT = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "next_at", "now", "came", "following"),
    [
        (time(8), AT_EIGHT, AT_EIGHT + 3 * DAY + 15 * HOUR, [True, True, True, True], AT_EIGHT + 4 * DAY),
        (time(23), AT_EIGHT + 23 * HOUR, AT_EIGHT + 24 * HOUR, [False], AT_EIGHT + 47 * HOUR),
        (time(23), AT_EIGHT + 23 * HOUR, AT_EIGHT + 26 * HOUR, [True], AT_EIGHT + 47 * HOUR),
        (time(21, 59), AT_EIGHT, AT_EIGHT + timedelta(hours=14, minutes=1), [], AT_EIGHT + 23 * HOUR),
        (time(8), AT_EIGHT + 4 * DAY + HOUR, AT_EIGHT + 4 * DAY + 2 * HOUR, [True] * 4 + [False], AT_EIGHT + 5 * DAY),
    ],
    ids=[
        "a stop that ends in quiet hours leaves nothing for the morning",
        "what quiet hours held back is fresh at their end",
        "but not for ever",
        "nothing rings when quiet hours have begun",
        "a new zone makes only the latest date fresh",
    ],
)
def test_what_is_stale(wall: time, next_at: datetime, now: datetime, came: list[bool], following: datetime) -> None:
    found = step(wall, MAY, next_at, Clock("Etc/UTC", quiet=NIGHT), now)
    assert [one.stale for one in found.came] == came
    assert found.next_at == following
