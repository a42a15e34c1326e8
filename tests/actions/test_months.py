"""Closed months and the streak that stands: what pages read is what the facts say, whatever was changed and when."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests import make
from tests.make import NOW, TODAY, days_ago
from webapp.actions import goals, months, pauses
from webapp.domain.goals import Lifecycle
from webapp.domain.pauses import Pause
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.streaks import length_on, streaks
from webapp.domain.tracking import DayState, Direction
from webapp.models import GoalMonth
from webapp.queries import habits
from webapp.queries.doctor import examine

DAY = timedelta(days=1)


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


def since(ada, days):
    """A goal's first day, so long ago that months can be closed."""
    return make.schedule(start=ada.today - days * DAY)


def kept(session, goal):
    statement = select(GoalMonth).where(GoalMonth.goal_id == goal.id).order_by(GoalMonth.first)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def shown(session, goal):
    """First day, marks and last score of every closed month."""
    return [(row.first, row.marks, row.scores[-1]) for row in kept(session, goal)]


def current(goal, on=TODAY):
    return length_on(goal.streak_ahead, on)


def test_a_tick_of_today_moves_the_streak_and_closes_nothing(session, ada):
    goal = make.goal(session, ada)
    make.tick(session, ada, goal, TODAY)
    assert (current(goal), goal.best_streak, kept(session, goal)) == (1, 1, [])
    assert goal.streak_ahead == [[str(TODAY + DAY), 1]]
    make.tick(session, ada, goal, TODAY, DayState.OPEN)
    assert (goal.streak_ahead, goal.best_streak) == (None, 0)


def test_a_past_day_closes_its_month_and_every_later_one(session, ada):
    goal = make.goal(session, ada, when=since(ada, 70))
    make.tick(session, ada, goal, date(2026, 1, 30))
    assert [row.first for row in kept(session, goal)] == [date(2026, 1, 1), date(2026, 2, 1)]
    assert kept(session, goal)[0].marks == " " * 29 + "dm"
    assert goal.months_until == date(2026, 2, 28)


def test_a_correction_judges_anew_what_came_after_it(session, ada):
    goal = make.goal(session, ada, when=since(ada, 70))
    for back in range(60, -1, -1):
        make.tick(session, ada, goal, days_ago(back))
    assert (current(goal), goal.best_streak) == (61, 61)
    make.tick(session, ada, goal, date(2026, 2, 3), DayState.NOT_DONE)
    assert current(goal) == (TODAY - date(2026, 2, 3)).days
    assert goal.best_streak == 61 - 1 - current(goal) or goal.best_streak == current(goal)
    february = kept(session, goal)[-1]
    assert (february.marks[2], february.done, february.due) == ("m", 27, 28)
    make.tick(session, ada, goal, date(2026, 2, 3), DayState.DONE)
    assert (current(goal), goal.best_streak) == (61, 61)


def test_months_are_the_same_in_whatever_order_they_came(session, ada):
    one, other = (make.goal(session, ada, when=since(ada, 90)) for _ in range(2))
    days = [days_ago(back) for back in range(80, 0, -1) if back % 7]
    for day in days:
        make.tick(session, ada, one, day)
    for day in reversed(days):
        make.tick(session, ada, other, day)
    assert shown(session, one) == shown(session, other)
    assert one.streak_ahead == other.streak_ahead


def test_the_worker_closes_what_is_over_for_everybody(session, ada):
    goal = make.goal(session, ada, when=since(ada, 5))
    make.tick(session, ada, goal, days_ago(1))
    assert goal.months_until is None
    assert months.close_over(session, NOW + 21 * DAY) == 1  # the last of March is not over everywhere
    assert kept(session, goal) == []
    assert months.close_over(session, NOW + 24 * DAY) == 1
    assert [row.marks for row in kept(session, goal)] == [" " * 8 + "d" + "m" * 22]
    assert months.close_over(session, NOW + 25 * DAY) == 0


def test_the_worker_brings_streaks_to_what_was_there_before_it_kept_them(session, ada):
    goal = make.goal(session, ada, when=since(ada, 60), direction=Direction.AT_MOST, target=Decimal(2))
    for back in range(50, -1, -1):
        make.tick(session, ada, goal, days_ago(back), None, value=Decimal(1))
    assert (current(goal), current(goal, TODAY + DAY)) == (50, 51)  # today may still pass its limit
    foreseen = list(goal.streak_ahead)
    session.query(GoalMonth).delete()
    goal.months_until, goal.streak_ahead, goal.best_streak = None, None, 0
    session.commit()
    assert months.close_over(session, NOW) == 1
    assert (current(goal), current(goal, TODAY + DAY)) == (50, 51)
    assert goal.streak_ahead[-1] == foreseen[-1]


def test_changing_a_schedule_keeps_history_judged_by_the_old_version(session, ada):
    goal = make.goal(session, ada, when=since(ada, 60))
    for back in range(59, 0, -1):
        make.tick(session, ada, goal, days_ago(back))
    before = shown(session, goal)
    draft = make.draft(when=make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK))
    goals.change(session, ada, goal, draft, seen=goal.version)
    assert shown(session, goal) == before
    assert current(goal) == 59
    terms = habits.terms_of(session, goal)
    facts = habits.facts_between(session, goal.id, date.min)
    assert streaks(facts, terms, TODAY).current.length == 59


def test_a_higher_target_asks_from_today_on(session, ada):
    goal = make.goal(session, ada, when=since(ada, 40), direction=Direction.AT_LEAST, target=Decimal(20))
    for back in range(39, 0, -1):
        make.tick(session, ada, goal, days_ago(back), None, value=Decimal(25))
    before = shown(session, goal)
    make.tick(session, ada, goal, TODAY, None, value=Decimal(25))
    goals.change(session, ada, goal, make.draft(direction=Direction.AT_LEAST, target=Decimal(30)), seen=goal.version)
    assert shown(session, goal) == before
    assert current(goal) == 40  # what was reached today stays reached
    make.tick(session, ada, goal, TODAY, None, value=Decimal(26))
    assert (current(goal), current(goal, TODAY + DAY)) == (39, 0)
    make.tick(session, ada, goal, days_ago(2), None, value=Decimal(21))
    assert current(goal) == 39, "a day of then asks what was asked then"


def test_a_lower_target_reaches_what_stands_today(session, ada):
    goal = make.goal(session, ada, direction=Direction.AT_LEAST, target=Decimal(20))
    make.tick(session, ada, goal, TODAY, None, value=Decimal(12))
    goals.change(session, ada, goal, make.draft(direction=Direction.AT_LEAST, target=Decimal(10)), seen=goal.version)
    assert (make.rows(session, goal)[TODAY].state, current(goal)) == (DayState.DONE, 1)


def test_a_limit_of_then_judges_the_days_of_then(session, ada):
    goal = make.goal(session, ada, when=since(ada, 9), direction=Direction.AT_MOST, target=Decimal(2))
    yesterday = make.viewer(session, session.get_one(type(make.person(session)), ada.id), NOW - DAY)
    make.tick(session, yesterday, goal, days_ago(1), None, value=Decimal(2))
    assert make.rows(session, goal)[days_ago(1)].state is DayState.OPEN
    goals.change(session, ada, goal, make.draft(direction=Direction.AT_MOST, target=Decimal(1)), seen=goal.version)
    assert make.rows(session, goal)[days_ago(1)].state is DayState.DONE
    assert current(goal) == 1


def test_a_skip_beyond_the_budget_counts_as_missed(session, ada):
    goal = make.goal(session, ada, when=since(ada, 9), skip_budget=1)
    for back, state in ((5, DayState.DONE), (4, DayState.SKIPPED), (3, DayState.DONE)):
        make.tick(session, ada, goal, days_ago(back), state)
    assert goal.best_streak == 2
    make.tick(session, ada, goal, days_ago(2), DayState.SKIPPED)
    make.tick(session, ada, goal, days_ago(1), DayState.DONE)
    assert (current(goal), goal.best_streak) == (1, 2)
    goals.change(session, ada, goal, make.draft(skip_budget=None), seen=goal.version)
    assert current(goal) == 1, "the days of then keep the budget of then"


def test_a_schedule_with_a_longer_window_begins_anew(session, ada):
    goal = make.goal(session, ada, when=since(ada, 100))
    for back in range(95, 40, -1):
        make.tick(session, ada, goal, days_ago(back))
    before = shown(session, goal)
    draft = make.draft(when=make.schedule(Frequency.YEARLY, start=goal.schedules[0].start))
    goals.change(session, ada, goal, draft, seen=goal.version)
    assert shown(session, goal) == before
    assert len(kept(session, goal)[-1].strength["recent"]) > len(before)


def test_time_away_neither_breaks_nor_feeds(session, ada):
    goal = make.goal(session, ada, when=since(ada, 30))
    for back in (22, 21, 20):
        make.tick(session, ada, goal, days_ago(back))
    person = session.get_one(type(make.person(session)), ada.id)
    goals.archive(session, make.viewer(session, person, NOW - 19 * DAY), goal)
    goals.unarchive(session, make.viewer(session, person, NOW - 5 * DAY), goal)
    for back in (5, 4, 3, 2, 1, 0):
        make.tick(session, ada, goal, days_ago(back))
    assert current(goal) == 9
    assert habits.pauses_of(session, goal) == (Pause(days_ago(19), days_ago(6)),)


def test_deleting_for_a_moment_leaves_no_trace(session, ada):
    goal = make.goal(session, ada, when=since(ada, 30))
    make.tick(session, ada, goal, days_ago(1))
    goals.delete(session, ada, goal)
    goals.undelete(session, ada, goal.public_id)
    assert (habits.pauses_of(session, goal), current(goal)) == ((), 1)


@pytest.mark.parametrize(("worst", "lifecycle"), [(2, Lifecycle.COMPLETED), (3, Lifecycle.ACTIVE)])
def test_a_limit_that_was_kept_to_its_end_completes_by_itself(session, ada, worst, lifecycle):
    when = make.schedule(start=TODAY, until=TODAY + DAY)
    goal = make.goal(session, ada, when=when, direction=Direction.AT_MOST, target=Decimal(2))
    make.tick(session, ada, goal, TODAY, None, value=Decimal(1))
    make.tick(session, ada, goal, TODAY + DAY, None, value=Decimal(worst))
    assert months.finish_limits(session, NOW + 2 * DAY) == 0
    assert goal.lifecycle is Lifecycle.ACTIVE
    assert months.finish_limits(session, NOW + 3 * DAY) == 1
    assert goal.lifecycle is lifecycle
    assert make.tags(session, goal).count("goal:complete") == (lifecycle is Lifecycle.COMPLETED)


@pytest.mark.parametrize("back", [1, 40, 100, 300])
def test_what_was_recorded_and_taken_back_leaves_nothing(session, ada, back):
    goal = make.goal(session, ada)
    make.tick(session, ada, goal, days_ago(back))
    make.tick(session, ada, goal, days_ago(back), DayState.OPEN)
    assert (shown(session, goal), goal.streak_ahead, goal.best_streak) == ([], None, 0)
    session.commit()
    assert [str(finding) for finding in examine(session, TODAY)] == []


def test_taking_back_the_first_answer_leaves_what_came_after(session, ada):
    goal, other = make.goal(session, ada), make.goal(session, ada)
    for back in (100, 50, 2):
        make.tick(session, ada, goal, days_ago(back))
    make.tick(session, ada, goal, days_ago(100), DayState.OPEN)
    for back in (50, 2):
        make.tick(session, ada, other, days_ago(back))
    assert shown(session, goal) == shown(session, other)


def test_days_answered_while_a_goal_was_away_count(session, ada):
    goal = make.goal(session, ada, when=since(ada, 30))
    person = session.get_one(type(make.person(session)), ada.id)
    make.tick(session, ada, goal, days_ago(20))
    goals.archive(session, make.viewer(session, person, NOW - 19 * DAY), goal)
    make.tick(session, ada, goal, days_ago(10))
    goals.unarchive(session, make.viewer(session, person, NOW - 5 * DAY), goal)
    assert habits.pauses_of(session, goal) == (Pause(days_ago(19), days_ago(11)), Pause(days_ago(9), days_ago(6)))
    assert goal.best_streak == 2


def test_a_goal_begins_on_the_day_its_owner_made_it(session):
    evening = datetime(2026, 11, 22, 3, 21, tzinfo=UTC)
    viewer = make.viewer(session, make.person(session, zone="America/New_York"), evening)
    assert habits.made_on(make.goal(session, viewer)) == viewer.today == date(2026, 11, 21)


def test_one_time_goals_have_no_months(session, ada):
    goal = make.goal(session, ada, when=make.schedule(Frequency.ONE_TIME, until=days_ago(40), start=days_ago(50)))
    make.tick(session, ada, goal, days_ago(40))
    assert (kept(session, goal), goal.streak_ahead) == ([], None)
    assert months.close_over(session, NOW) == 0


def test_a_pause_of_the_past_mends_the_streak_it_would_have_saved(session, ada):
    goal = make.goal(session, ada, when=since(ada, 80))
    for back in (70, 69, 68, *range(60, -1, -1)):
        make.tick(session, ada, goal, days_ago(back))
    assert current(goal) == 61
    pause = pauses.plan(session, ada, Pause(days_ago(67), days_ago(61)))
    assert current(goal) == 64
    assert "ppp" in "".join(row.marks for row in kept(session, goal))
    pauses.remove(session, ada, pause)
    assert current(goal) == 61
