"""Schedules in the words of an editor, both ways."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.patterns import (
    NTHS,
    ChosenDays,
    EveryDays,
    EveryWeeks,
    EveryYears,
    MonthDays,
    MonthWeekday,
    Once,
    OwnRule,
    draft_of,
    nth_in_month,
    pattern_of,
)
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft, due_dates, schedule_from

TUESDAY = date(2026, 3, 10)

intervals = st.integers(1, 60)
weekdays = st.integers(0, 6)
week = st.sets(weekdays, min_size=1).map(lambda days: tuple(sorted(days)))
month_days = (
    st.integers(1, 31).map(lambda day: (day,))
    | st.just((-1,))
    | st.sets(st.integers(1, 31), min_size=2).map(lambda days: tuple(sorted(days)))
)
days_of_years = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
quotas = (
    st.builds(Quota, st.integers(1, 7), st.just(QuotaPeriod.WEEK), st.just(7))
    | st.builds(Quota, st.integers(1, 31), st.just(QuotaPeriod.MONTH), st.just(30))
    | st.builds(Quota, st.just(2), st.just(QuotaPeriod.ROLLING), st.integers(2, 366))
)
patterns = (
    st.just(Once())
    | st.builds(EveryDays, intervals)
    | st.builds(ChosenDays, week)
    | st.builds(EveryWeeks, intervals, st.just(()) | week)
    | st.builds(MonthDays, intervals, st.just(()) | month_days)
    | st.builds(MonthWeekday, intervals, st.sampled_from(NTHS), weekdays)
    | st.builds(EveryYears, st.integers(1, 9), st.none() | days_of_years)
    | quotas
)
starts = st.dates(date(2026, 3, 10), date(2026, 3, 28))


@given(patterns, starts, weekdays)
def test_what_is_said_of_a_pattern_is_that_pattern(pattern, start, week_start):
    if isinstance(pattern, EveryYears) and pattern.on == (start.month, start.day):
        pattern = replace(pattern, on=None)
    stored = schedule_from(draft_of(pattern, start, week_start=week_start), today=TUESDAY)

    assert pattern_of(stored) == pattern
    assert stored.week_start == week_start
    again = draft_of(pattern, start, week_start=(week_start + 1) % 7, stored=stored)
    assert schedule_from(again, today=TUESDAY, stored=stored) == stored


@given(st.builds(MonthDays, intervals, st.just(()) | st.integers(29, 31).map(lambda day: (day,))), st.integers(29, 31))
def test_no_month_is_left_out_because_it_is_short(pattern, day):
    start, until = date(2026, 3, day), date(2036, 3, 1)
    dates = due_dates(schedule_from(draft_of(pattern, start, until), today=start), start, until)
    months = [day.year * 12 + day.month for day in dates]
    assert dates
    assert {later - earlier for earlier, later in pairwise(months)} <= {pattern.every}


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("FREQ=DAILY", EveryDays()),
        ("FREQ=DAILY;INTERVAL=2", EveryDays(2)),
        ("FREQ=DAILY;BYDAY=MO,TU", ChosenDays((0, 1))),
        ("FREQ=WEEKLY", EveryWeeks()),
        ("FREQ=WEEKLY;BYDAY=MO", ChosenDays((0,))),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", EveryWeeks(2)),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", EveryWeeks(3, (0, 3))),
        ("FREQ=MONTHLY", MonthDays()),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", MonthDays(1, (1, 15))),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", MonthDays(3, (-1,))),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", MonthDays(1, (30,))),
        ("FREQ=MONTHLY;BYDAY=2TU", MonthWeekday(1, 2, 1)),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", MonthWeekday(1, 2, 1)),
        ("FREQ=MONTHLY;BYDAY=-1FR", MonthWeekday(1, -1, 4)),
        ("FREQ=YEARLY", EveryYears()),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=12;BYMONTHDAY=25", EveryYears(4, (12, 25))),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=10", EveryYears()),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", EveryYears(1, (2, 29))),
    ],
)
def test_a_rule_of_a_known_shape_is_known(rule, pattern):
    assert pattern_of(schedule_from(ScheduleDraft("Rule", start=TUESDAY, rule=rule), today=TUESDAY)) == pattern


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
        "FREQ=DAILY;BYMONTH=6",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYMONTHDAY=-1,1",
        "FREQ=MONTHLY;BYDAY=5TU",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
        "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYMONTHDAY=5",
        "FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=5",
        "FREQ=YEARLY;BYDAY=20MO",
    ],
)
def test_any_other_rule_is_its_own_text(rule):
    stored = schedule_from(ScheduleDraft("Rule", start=TUESDAY, rule=rule), today=TUESDAY)
    assert pattern_of(stored) == OwnRule(stored.rule)
    said = draft_of(OwnRule(rule), TUESDAY)
    assert schedule_from(said, today=TUESDAY) == stored


def test_a_bare_rule_from_the_31st_leaves_months_out_and_so_is_none_of_ours():
    for start, rule in ((date(2026, 3, 31), "FREQ=MONTHLY"), (date(2028, 2, 29), "FREQ=YEARLY")):
        stored = schedule_from(ScheduleDraft("Rule", start=start, rule=rule), today=TUESDAY)
        assert isinstance(pattern_of(stored), OwnRule)


def test_days_said_of_a_daily_goal_are_its_weekdays_and_stay_as_they_were_said():
    stored = schedule_from(ScheduleDraft("Daily", (0, 2), start=TUESDAY), today=TUESDAY)
    assert pattern_of(stored) == ChosenDays((0, 2))
    assert draft_of(ChosenDays((0, 2)), TUESDAY, stored=stored).frequency is Frequency.DAILY


def test_another_start_does_not_move_a_day_that_was_named():
    bare = schedule_from(ScheduleDraft("Rule", start=TUESDAY, rule="FREQ=MONTHLY"), today=TUESDAY)
    said = draft_of(MonthDays(1, (10,)), date(2026, 3, 20), stored=bare)
    assert due_dates(schedule_from(said, today=TUESDAY), TUESDAY, date(2026, 4, 30)) == [date(2026, 4, 10)]


@pytest.mark.parametrize(("day", "nth"), [(1, 1), (7, 1), (8, 2), (28, 4), (29, -1), (31, -1)])
def test_which_of_its_weekday_a_day_is(day, nth):
    assert nth_in_month(date(2026, 3, day)) == nth
