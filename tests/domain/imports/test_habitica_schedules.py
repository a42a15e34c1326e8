"""A daily is due on the days Habitica says, counted straight from its own rules."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.habitica_files import daily
from tests.domain.imports.reading import TODAY
from webapp.domain.imports.cells import Unusable
from webapp.domain.imports.habitica_schedules import REPEAT_DAYS, schedule_of
from webapp.domain.schedules import Frequency, due_dates, schedule_from

START = date(2026, 6, 3)


def should_do(day: date, task: Mapping[str, Any], start: date) -> bool:
    """Habitica's own answer: turns of days, weeks or months since the start date, weeks from the start itself."""
    if day < start:
        return False
    every, weekday = task["everyX"], task["repeat"].get(REPEAT_DAYS[day.weekday()], False)
    passed = (day - start).days
    months = (day.year - start.year) * 12 + day.month - start.month
    if task["frequency"] == "daily":
        return passed % every == 0
    if task["frequency"] == "weekly":
        return weekday and passed // 7 % every == 0
    if task["weeksOfMonth"]:
        return weekday and (day.day - 1) // 7 in task["weeksOfMonth"] and months % every == 0
    return day.day in task["daysOfMonth"] and months % every == 0


TASKS = st.builds(
    daily,
    frequency=st.sampled_from(["daily", "weekly", "monthly"]),
    everyX=st.integers(1, 5),
    repeat=st.dictionaries(st.sampled_from(REPEAT_DAYS), st.booleans(), min_size=1),
    weeksOfMonth=st.lists(st.integers(0, 4), max_size=2),
    daysOfMonth=st.lists(st.integers(1, 31), min_size=1, max_size=2),
)


@settings(max_examples=80)
@given(TASKS, st.dates(date(2026, 1, 1), date(2026, 7, 31)))
def test_a_daily_is_due_when_habitica_says_so(task, start):
    needs_weekday = task["frequency"] == "weekly" or (task["frequency"] == "monthly" and task["weeksOfMonth"])
    if needs_weekday and not any(task["repeat"].values()):
        with pytest.raises(Unusable):
            schedule_of(task, start, None, TODAY)
        return
    schedule = schedule_from(schedule_of(task, start, None, TODAY), today=TODAY)
    every_day = [start + timedelta(days=number) for number in range(400)]
    assert due_dates(schedule, start, every_day[-1]) == [day for day in every_day if should_do(day, task, start)]


@settings(max_examples=60)
@given(TASKS.filter(lambda task: task["frequency"] != "monthly"), st.dates(date(2025, 1, 1), START))
def test_an_earlier_first_day_moves_the_start_back_by_whole_turns(task, first):
    task = {**task, "repeat": {**task["repeat"], "w": True}}
    moved = schedule_from(schedule_of(task, START, first, TODAY), today=TODAY)
    plain = schedule_from(schedule_of(task, START, None, TODAY), today=TODAY)
    assert moved.start <= first
    assert due_dates(moved, START, date(2026, 12, 31)) == due_dates(plain, START, date(2026, 12, 31))


def test_usual_dailies_have_usual_names():
    weekdays = {"m": True, "w": True}
    named = [
        schedule_of(task, START, None, TODAY)
        for task in (
            daily(), daily(frequency="daily"), daily(repeat=weekdays), daily(frequency="monthly", daysOfMonth=[3]),
            daily(frequency="yearly"),
        )
    ]  # fmt: skip
    assert [draft.frequency for draft in named] == [
        Frequency.DAILY, Frequency.DAILY, Frequency.CUSTOM, Frequency.MONTHLY, Frequency.YEARLY,
    ]  # fmt: skip
    assert named[2].days == (0, 2)


@pytest.mark.parametrize(
    ("start", "first", "begun"),
    [
        (START, date(2024, 8, 1), date(2024, 6, 3)),
        (START, date(2024, 6, 2), date(2023, 6, 3)),
        (START, START, START),
        (date(2024, 2, 29), date(2023, 1, 1), date(2024, 2, 29)),
    ],
)
def test_a_yearly_daily_begins_in_the_year_something_was_done(start, first, begun):
    assert schedule_of(daily(frequency="yearly"), start, first, TODAY).start == begun


@pytest.mark.parametrize(
    "task",
    [
        daily(everyX=-1), daily(everyX=9_999, frequency="daily"), daily(frequency="monthly"),
        daily(everyX="2x", frequency=None),
        daily(frequency="monthly", daysOfMonth=[32]), daily(frequency="monthly", daysOfMonth=["1"]),
        daily(frequency="monthly", weeksOfMonth=[9]), daily(frequency="monthly", weeksOfMonth=[0], repeat=None),
        daily(frequency="monthly", daysOfMonth=[31], everyX=12),
    ],
)  # fmt: skip
def test_a_daily_that_is_never_due_says_so(task):
    with pytest.raises(Unusable) as caught:
        schedule_of(task, START, None, TODAY)
    assert caught.value.code == "bad_frequency"
