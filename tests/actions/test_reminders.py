"""When goals remind: the times that are said and no others, and one whose time stays goes on where it was."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import notices, reminders
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.people import Viewer
from webapp.domain.reminders import Channel, ReminderDraft
from webapp.models import Delivery, Goal, Reminder
from webapp.models.engine import begin_writing
from webapp.queries.reminders import of_goal

EIGHT, NIGHT = ReminderDraft(time(8)), ReminderDraft(time(20))


@pytest.fixture
def her(session: Session) -> Viewer:
    begin_writing(session)
    return make.viewer(session, make.person(session))


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    return make.goal(session, her)


def rows(session: Session) -> dict[time, Reminder]:
    session.expire_all()
    return {row.wall: row for row in session.scalars(select(Reminder))}


def came(session: Session, row: Reminder, **more: object) -> Delivery:
    given = {"local_date": make.TODAY, "due": make.TODAY, "channel": Channel.PAGE, "at": make.NOW, **more}
    made = Delivery(reminder_id=row.id, **given)
    session.add(made)
    session.flush()
    return made


def test_a_goal_reminds_at_the_times_that_are_said_from_the_next_that_is_to_come(
    session: Session, her: Viewer, walk: Goal
) -> None:
    reminders.set_all(session, her, walk, [EIGHT, NIGHT])
    found = rows(session)
    assert (found[time(8)].next_day, found[time(20)].next_day) == (make.TODAY + timedelta(days=1), make.TODAY)
    assert {row.next_at for row in found.values()} == {make.NOW}
    assert (walk.reminds, walk.version) == (True, 2)


def test_a_time_that_stays_goes_on_where_it_was_and_one_that_goes_takes_what_came_of_it(
    session: Session, her: Viewer, walk: Goal
) -> None:
    reminders.set_all(session, her, walk, [EIGHT, NIGHT])
    before = rows(session)
    stays, goes = before[time(8)].id, before[time(20)]
    before[time(8)].next_day = date(2026, 3, 20)
    kept = came(session, before[time(8)])
    came(session, goes)
    reminders.set_all(session, her, walk, [EIGHT])
    after = rows(session)
    assert [(row.id, row.next_day) for row in after.values()] == [(stays, date(2026, 3, 20))]
    assert session.scalars(select(Delivery.id)).all() == [kept.id]


def test_saying_the_same_again_is_no_event_and_no_time_switches_off(session: Session, her: Viewer, walk: Goal) -> None:
    reminders.set_all(session, her, walk, [EIGHT], anyway=True)
    told, version = make.tags(session, walk), walk.version
    reminders.set_all(session, her, walk, [EIGHT], anyway=True)
    assert (make.tags(session, walk), walk.version) == (told, version)
    reminders.set_all(session, her, walk, [])
    assert (walk.reminds, walk.remind_anyway, of_goal(session, walk.id)) == (False, False, [])
    assert make.tags(session, walk) == [*told, "goal:remind"]


@pytest.mark.parametrize(
    ("drafts", "said"),
    [
        ([ReminderDraft(None)], ("reminders.0", "required")),
        ([EIGHT, ReminderDraft(time(8), 31)], ("reminders.1", "out_of_range")),
        ([EIGHT, ReminderDraft(time(8), -31)], ("reminders.1", "out_of_range")),
        ([EIGHT, EIGHT], ("reminders.1", "said_twice")),
        ([ReminderDraft(time(hour)) for hour in range(11)], ("reminders", "too_many")),
    ],
)
def test_what_cannot_be_is_refused_and_what_stood_stays(
    session: Session, her: Viewer, walk: Goal, drafts: list[ReminderDraft], said: tuple[str, str]
) -> None:
    reminders.set_all(session, her, walk, [NIGHT])
    with pytest.raises(Invalid) as refused:
        reminders.set_all(session, her, walk, drafts)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [said]
    assert of_goal(session, walk.id) == [(time(20), 0)]


def test_switched_off_and_on_no_time_is_lost(session: Session, her: Viewer, walk: Goal) -> None:
    reminders.set_all(session, her, walk, [EIGHT, ReminderDraft(time(9), -1)])
    for on in (False, True):
        reminders.remind(session, her, walk, {"reminder": on})
        assert walk.reminds is on
        assert of_goal(session, walk.id) == [(time(9), -1), (time(8), 0)]


def test_putting_away_is_of_one_due_date_and_of_ones_own(session: Session, her: Viewer, walk: Goal) -> None:
    reminders.set_all(session, her, walk, [EIGHT, NIGHT])
    found = rows(session)
    today = [came(session, row) for row in found.values()]
    earlier = came(session, found[time(8)], local_date=make.days_ago(1), due=make.days_ago(1))
    mailed = came(session, found[time(8)], channel=Channel.MAIL)
    other = make.viewer(session, make.person(session, "Bea"))
    with pytest.raises(NotFound):
        notices.put_away(session, other, today[0].id)
    notices.put_all_away(session, other, 10**6)
    assert {one.seen_at for one in (*today, earlier, mailed)} == {None}
    notices.put_away(session, her, today[0].id)
    session.expire_all()
    assert [one.seen_at for one in (*today, earlier, mailed)] == [make.NOW, make.NOW, None, None]
    notices.put_all_away(session, her, earlier.id)
    session.expire_all()
    assert (earlier.seen_at, mailed.seen_at) == (make.NOW, None)
