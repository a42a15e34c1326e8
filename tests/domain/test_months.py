"""Closed months: the same numbers as from nothing, wherever the walk is broken off and taken up again."""

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.habits import MONDAY, amounts, day, terms, ticks, version
from webapp.domain.checkpoints import plain_streak, plain_strength, streak_of, strength_of
from webapp.domain.months import Mark, States, close, last_closable, running
from webapp.domain.pauses import Pause
from webapp.domain.schedules import Frequency, QuotaPeriod
from webapp.domain.streaks import settle, streaks
from webapp.domain.strength import strength
from webapp.domain.tracking import Direction
from webapp.domain.verdicts import Aim, Terms

AT_LEAST, AT_MOST = Direction.AT_LEAST, Direction.AT_MOST
SCHEDULES = (
    terms(),
    terms(skip_budget=1),
    terms(Frequency.CUSTOM, days=(0, 2, 4)),
    terms(Frequency.MONTHLY),
    terms(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK),
    terms(Frequency.QUOTA, times=4, period=QuotaPeriod.MONTH),
    terms(Frequency.QUOTA, times=2, period=QuotaPeriod.ROLLING, length=9),
    terms(aim=(AT_LEAST, 2)),
    terms(pauses=(Pause(day(20), day(44)),)),
)
LONG = st.text("xsn.", min_size=1, max_size=150)


def closed(facts, by, began, last):
    """Every month to the last with what JSON keeps of the states in between."""
    made, states, month = [], States(), began.replace(day=1)
    while month <= last:
        ((one, after),) = close({d: f for d, f in facts.items() if d >= month}, by, began, month, month, states)
        made.append(one)
        kept = json.loads(json.dumps([plain_streak(after.streak), plain_strength(after.strength)]))
        states = States(streak_of(kept[0]), strength_of(kept[1]))
        assert states == after
        month = (month + timedelta(days=32)).replace(day=1)
    return made, states


@settings(max_examples=60)
@given(LONG, st.sampled_from(SCHEDULES), st.integers(0, 60))
def test_month_by_month_is_the_same_as_from_nothing(marks, by, lead):
    facts = ticks(marks, day(1 + lead))
    last = last_closable(day(len(marks) + lead + 1))
    made, states = closed({d: f for d, f in facts.items() if d <= last}, by, MONDAY, last)
    known = {d: f for d, f in facts.items() if d <= last}
    after = last + timedelta(days=1)
    if states.streak is not None:
        assert states.streak == settle(known, by, after)
    if states.strength is not None:
        assert states.strength == strength(known, by, last)
    today = day(len(marks) + lead + 1)
    rest = {d: f for d, f in facts.items() if d > last}
    assert streaks(rest, by, today, states.streak) == streaks(facts, by, today)
    open_months = running(rest, by, MONDAY, max(after, MONDAY), today, states)
    shown = strength(facts, by, today)
    if shown and shown.has_begun and shown.score:
        assert open_months[-1].scores[-1] == round(shown.score * 10_000)
    assert sum(month.marks.count("d") for month in made + open_months) <= sum(mark == "x" for mark in marks)


def test_each_day_has_its_mark():
    by = terms(Frequency.CUSTOM, days=(0, 1, 2, 3, 4), skip_budget=1, pauses=(Pause(day(15), day(16)),))
    facts = ticks("xsxsnxx.....x.x.x", MONDAY)
    (month,) = running(facts, by, MONDAY, MONDAY, day(19), States())
    assert month.marks == "dsdmmee" + "mmmmm" + "e." + "ep" + "dmo"
    assert (month.done, month.due) == (3, 11)
    assert month.first == date(2024, 1, 1)


def test_days_before_the_goal_began_count_nothing():
    (month,) = running({}, terms(start=date(2024, 1, 1)), day(4), MONDAY, day(6), States())
    assert month.marks == Mark.BEFORE * 3 + "mmo"
    assert (month.done, month.due, set(month.scores)) == (0, 2, {None})


def test_parts_of_an_amount_are_quarters_and_amounts_are_summed():
    (month,) = running(amounts(1, 5, 9, 12, None, 20), terms(aim=(AT_LEAST, 12)), MONDAY, MONDAY, day(7), States())
    assert month.marks == "113dm" + "do"
    assert month.amount == 47
    assert month.amounts[:2] == (Decimal(1), Decimal(5))


def test_a_month_is_closed_when_it_is_over_everywhere():
    assert [last_closable(date(2026, 3, d)) for d in (1, 2, 3, 31)] == [
        date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 2, 28),
    ]  # fmt: skip


def test_another_target_leaves_the_past_as_it_was_judged():
    low = version(Frequency.DAILY, today=MONDAY)
    high = version(Frequency.DAILY, today=day(11), stored=low)
    by = Terms((low, high), direction=AT_LEAST, target=Decimal(30), earlier={MONDAY: Aim(AT_LEAST, Decimal(20))})
    facts = amounts(*[20] * 10, *[30] * 5)
    assert streaks(facts, by, day(15)).current.length == 15
    assert round(strength(facts, by, day(15)).score, 6) == round(strength(ticks("x" * 15), terms(), day(15)).score, 6)
    lower_now = Terms((low, high), direction=AT_LEAST, target=Decimal(30))
    assert streaks(facts, lower_now, day(15)).current.length == 5


def test_a_window_is_carried_over_to_another_target_in_proportion():
    weekly = {"frequency": Frequency.WEEKLY, "days": (0,)}
    low, high = version(today=MONDAY, **weekly), version(today=day(9), **weekly)
    by = Terms((low, high), direction=AT_LEAST, target=Decimal(40), earlier={MONDAY: Aim(AT_LEAST, Decimal(20))})
    after = strength(amounts(20, *[None] * 6, 20), by, day(12)).score
    same = strength(amounts(20, *[None] * 6, 20), Terms((low,), direction=AT_LEAST, target=Decimal(20)), day(12)).score
    assert after == same


def test_the_runs_of_marks_tell_the_streaks():
    facts = ticks("xxx.xxxxx.xx")
    (month,) = running(facts, terms(), MONDAY, MONDAY, day(12), States())
    lengths = [len(list(run)) for mark, run in groupby(month.marks) if mark == "d"]
    assert sorted(lengths, reverse=True) == [streak.length for streak in streaks(facts, terms(), day(12)).longest]
