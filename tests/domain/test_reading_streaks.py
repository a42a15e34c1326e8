"""Streaks of reading: runs of days as anybody would count them, kept row by row, through clock changes and flights."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_days import ZONES
from webapp.domain.days import instant_of, local_day
from webapp.domain.reading_streaks import Run, StreakStatus, current, runs, with_day, without_day

DAY = timedelta(days=1)
FIRST = date(2026, 3, 1)
numbers = st.integers(0, 30)
days_lived = st.frozensets(numbers.map(lambda number: FIRST + number * DAY))


@given(days_lived)
def test_runs_are_what_counting_day_by_day_finds(days: frozenset[date]) -> None:
    found = runs(days)
    assert [day for run in found for day in (run.first + n * DAY for n in range(run.days))] == sorted(days)
    assert all(run.first - DAY not in days and run.last + DAY not in days for run in found)


def test_a_day_said_twice_counts_once_in_any_order() -> None:
    days = [FIRST + DAY, FIRST, FIRST + 3 * DAY, FIRST]
    assert runs(days) == [Run(FIRST, FIRST + DAY), Run(FIRST + 3 * DAY, FIRST + 3 * DAY)]
    assert runs([]) == []
    assert runs([date.max, date.min]) == [Run(date.min, date.min), Run(date.max, date.max)]


@given(st.lists(st.tuples(st.booleans(), numbers), max_size=60))
def test_a_day_more_or_less_touches_one_run(steps: list[tuple[bool, int]]) -> None:
    days: set[date] = set()
    kept: list[Run] = []
    for more, number in steps:
        day = FIRST + number * DAY
        if more and day not in days:
            before = next((run for run in kept if run.last == day - DAY), None)
            after = next((run for run in kept if run.first == day + DAY), None)
            kept = [run for run in kept if run not in (before, after)] + [with_day(before, after, day)]
            days.add(day)
        elif not more and day in days:
            (holding,) = [run for run in kept if run.first <= day <= run.last]
            kept = [run for run in kept if run != holding] + without_day(holding, day)
            days.remove(day)
        assert sorted(kept, key=lambda run: run.first) == runs(days)


@pytest.mark.parametrize(
    ("behind", "status"),
    [(0, StreakStatus.ACTIVE), (1, StreakStatus.ACTIVE), (2, StreakStatus.BROKEN), (-1, StreakStatus.ACTIVE)],
)
def test_a_streak_goes_on_while_today_can_carry_it_on(behind: int, status: StreakStatus) -> None:
    run = Run(FIRST, FIRST + 4 * DAY)
    today = run.last + behind * DAY
    assert run.status(today) is status
    assert current([Run(FIRST - 9 * DAY, FIRST - 5 * DAY), run], today) == (
        run if status is StreakStatus.ACTIVE else None
    )
    assert run.days == 5


def test_nobody_has_a_streak_before_they_read() -> None:
    assert current([], FIRST) is None


# Time: a day lived stays the day it was.


def read_daily(zone: str, first: date, days: int, wall: time, *, day_start: int = 0) -> list[date]:
    """The local days of somebody who reads at the same hour every day that exists there."""
    last = first + days * DAY
    found = []
    for number in range(days):
        instant = instant_of(first + number * DAY, wall, zone)
        found.append(local_day(instant, zone, day_start))
    assert max(found) < last
    return found


@pytest.mark.parametrize("wall", [time(0, 0), time(0, 30), time(2, 30), time(12), time(23, 59)])
@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("America/Santiago", date(2026, 9, 6)),
    ],
)
def test_no_clock_change_breaks_a_streak(zone: str, change: date, wall: time) -> None:
    first = change - 5 * DAY
    assert runs(read_daily(zone, first, 11, wall)) == [Run(first, first + 10 * DAY)]


def test_where_a_day_was_left_out_it_was_lived_by_nobody() -> None:
    """Samoa went from 29 to 31 December 2011: a streak of days of the calendar ends there."""
    zone, eve = "Pacific/Apia", datetime(2011, 12, 30, 9, 30, tzinfo=UTC)
    assert [local_day(eve + number * DAY, zone) for number in (0, 1)] == [date(2011, 12, 29), date(2011, 12, 31)]
    days = [local_day(eve + number * DAY, zone) for number in range(-3, 4)]
    assert [run.days for run in runs(days)] == [4, 3]
    assert runs([*days, date(2011, 12, 30)]) == [Run(date(2011, 12, 26), date(2012, 1, 2))]


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(1, 8), st.integers(0, 23))
def test_a_flight_moves_no_day(here: str, there: str, departure: int, day_start: int) -> None:
    """What was read is kept by its local day; another zone says only what today is."""
    first = date(2026, 5, 4)
    zones = [here if number < departure else there for number in range(10)]
    lived = [local_day(instant_of(first + n * DAY, time(23), zone), zone, day_start) for n, zone in enumerate(zones)]
    (streak,) = runs(lived)
    assert streak.days == 10
    landed = instant_of(first + 9 * DAY, time(23), there)
    for zone in (here, there):
        assert current([streak], local_day(landed, zone, day_start)) == streak


@pytest.mark.parametrize(("wall", "day"), [(time(3, 59), FIRST - DAY), (time(4), FIRST), (time(23, 59), FIRST)])
def test_a_late_night_belongs_to_the_day_before(wall: time, day: date) -> None:
    assert local_day(instant_of(FIRST, wall, "Europe/Berlin"), "Europe/Berlin", 4) == day
