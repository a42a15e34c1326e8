"""A tick a day is a streak of as many days in all forty zones, through both clock changes and a flight (R7)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.habits import terms
from tests.domain.test_days import SKIPPED_DAYS, ZONES
from webapp.domain.days import instant_of, local_day
from webapp.domain.schedules import due_dates
from webapp.domain.streaks import streaks
from webapp.domain.tracking import Day, DayState

DAY = timedelta(days=1)
DONE = Day(DayState.DONE)


def clock_changes(zone, year):
    """The dates of a year on which the wall clock jumps."""
    days = [date(year, 1, 1) + number * DAY for number in range(365)]
    return [day for day in days if instant_of(day + DAY, time(12), zone) - instant_of(day, time(12), zone) != DAY]


@pytest.mark.parametrize("zone", ZONES)
def test_neither_clock_change_breaks_or_feeds(zone):
    for change in [*clock_changes(zone, 2025), date(2025, 12, 31)]:
        first = change - 5 * DAY
        for wall in (time(0, 5), time(2, 30), time(22, 50)):  # no clock is set at these
            days = [local_day(instant_of(first + number * DAY, wall, zone), zone) for number in range(11)]
            assert days == [first + number * DAY for number in range(11)]
            by = terms(start=first)
            assert due_dates(by.versions[0], first, days[-1]) == days
            assert streaks(dict.fromkeys(days, DONE), by, days[-1]).current.length == 11


@settings(max_examples=500)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.dates(date(1990, 1, 10), date(2037, 12, 1)),
    st.lists(st.times(), min_size=4, max_size=8),
    st.integers(0, 8),
)
def test_a_flight_changes_no_day_that_was_lived(here, there, first, walls, departure):
    """Whoever ticks once on every date they live, wherever they are, keeps their streak; the kept dates never move."""
    lived, day = [], first
    for number, wall in enumerate(walls):
        zone = here if number < departure else there
        if (zone, day) in SKIPPED_DAYS:
            return
        instant = instant_of(day, wall, zone)
        lived.append(local_day(instant, zone))
        day += DAY
    facts = dict.fromkeys(lived, DONE)
    assert lived == sorted(set(lived))
    by = terms(start=first)
    for zone in (here, there):
        today = local_day(datetime.combine(lived[-1], time(12), UTC), zone)
        assert streaks(facts, by, max(today, lived[-1])).current.length == len(lived)
