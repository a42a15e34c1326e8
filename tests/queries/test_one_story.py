"""Every place that says how a goal went says the same: lists, the goal's page, and what explains its numbers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.histories import tell
from tests.make import TODAY, days_ago
from webapp.actions import goals, pauses
from webapp.domain.pauses import Pause
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import Verdict, counts
from webapp.queries import days, habits, history, judgements
from webapp.queries.goals import Filter, listed

DAY = timedelta(days=1)


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


def in_the_list(session, ada, goal):
    (row,) = [row for row in listed(session, ada, Filter()) if row.id == goal.public_id]
    return row.done, row.due


def by_verdicts(session, goal):
    """What the strength page counts."""
    terms, first = habits.terms_of(session, goal), max(days_ago(29), habits.began(session, goal))
    judged = judgements.judged(session, goal, terms, first, TODAY, TODAY)
    counted = [day for day in judged if counts(day, TODAY)]
    return sum(day.verdict is Verdict.DONE for day in counted), len(counted)


def skips_beyond_the_budget(session, ada):
    goal = make.goal(session, ada, when=make.schedule(start=days_ago(12)), skip_budget=1)
    tell(session, ada, goal, "xxxsxsxxxsxx")
    return goal, (9, 11)


def a_start_in_the_past_without_answers(session, ada):
    goal = make.goal(session, ada, when=make.schedule(start=days_ago(6)))
    make.tick(session, ada, goal, days_ago(4))
    make.tick(session, ada, goal, days_ago(1))
    make.tick(session, ada, goal, TODAY)
    return goal, (3, 5)


def done_on_other_days_too(session, ada):
    goal = make.goal(session, ada, when=make.schedule(Frequency.WEEKLY, start=days_ago(28), days=(1,)))
    for back in (28, 21, 20, 14, 13, 7, 6):
        make.tick(session, ada, goal, days_ago(back))
    return goal, (4, 4)


def a_schedule_changed_today(session, ada):
    goal = make.goal(session, ada, when=make.schedule(start=days_ago(3)))
    for back in (3, 2, 1):
        make.tick(session, ada, goal, days_ago(back))
    other = make.draft(when=make.schedule(Frequency.CUSTOM, days=(3,)))
    goals.change(session, ada, goal, other, seen=goal.version)
    make.tick(session, ada, goal, TODAY, DayState.NOT_DONE)
    return goal, (3, 4)


def turned_round(session, ada):
    goal = make.goal(
        session, ada, when=make.schedule(start=days_ago(4)), direction=Direction.AT_LEAST, target=Decimal(20)
    )
    for back, value in ((4, 25), (3, 5), (2, 5), (1, 5)):
        make.tick(session, ada, goal, days_ago(back), None, value=Decimal(value))
    limit = make.draft(direction=Direction.AT_MOST, target=Decimal(10))
    goals.change(session, ada, goal, limit, seen=goal.version)
    return goal, (1, 4)


def paused_for_a_while(session, ada):
    goal = make.goal(session, ada, when=make.schedule(start=days_ago(20)))
    tell(session, ada, goal, "xxxxx.....xxxxxxxxx.")
    pauses.plan(session, ada, Pause(days_ago(14), days_ago(11)))
    return goal, (14, 15)


SITUATIONS = (
    skips_beyond_the_budget,
    a_start_in_the_past_without_answers,
    done_on_other_days_too,
    a_schedule_changed_today,
    turned_round,
    paused_for_a_while,
)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_done_of_due_is_one_number(session, ada, situation):
    goal, expected = situation(session, ada)
    assert by_verdicts(session, goal) == expected
    assert in_the_list(session, ada, goal) == expected


def test_days_keep_the_judgement_of_their_time_in_every_list(session, ada):
    goal, _ = turned_round(session, ada)
    latest = history.latest_days(session, goal, None, TODAY)[0]
    shown = {day.local_date: day.state for day in latest}
    assert [shown[days_ago(back)] for back in (4, 3, 2, 1)] == [DayState.DONE] + [DayState.OPEN] * 3
    month = days.due_between(session, ada, days_ago(4), TODAY)
    assert [month[days_ago(back)][0].state for back in (4, 3, 2, 1)] == [DayState.DONE] + [DayState.OPEN] * 3
    assert days.tallies(session, ada, days_ago(4), days_ago(1))[days_ago(3)].done == 0
    then, now = (days.one_on(session, ada, goal.public_id, day) for day in (days_ago(3), TODAY))
    assert (then.direction, then.target) == (Direction.AT_LEAST, 20)
    assert (now.direction, now.target) == (Direction.AT_MOST, 10)
    assert [(row.direction, row.target) for row in days.due_on(session, ada, days_ago(3))] == [(Direction.AT_LEAST, 20)]
