"""Weeks, months and spans of days, up to both ends of the calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import days
from webapp.domain.errors import Invalid


def test_a_week_begins_on_the_weekday_asked_for():
    wednesday = date(2025, 5, 14)
    assert days.week_containing(wednesday, 0) == (date(2025, 5, 12), date(2025, 5, 18))
    assert days.week_containing(wednesday, 6) == (date(2025, 5, 11), date(2025, 5, 17))
    assert days.week_containing(wednesday, 3) == (date(2025, 5, 8), date(2025, 5, 14))


@given(st.dates(date(1, 1, 8), date(9999, 12, 24)), st.integers(0, 6))
def test_a_week_holds_its_day_and_has_seven(day, first_weekday):
    first, last = days.week_containing(day, first_weekday)
    assert first <= day <= last
    assert (last - first).days == 6
    assert first.weekday() == first_weekday


def test_february_2021_on_mondays_is_four_weeks_exactly():
    assert len(days.month_grid(2021, 2, 0)) == 4
    assert len(days.month_grid(2021, 2, 6)) == 5


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(0, 6))
def test_a_month_grid_is_unbroken_and_holds_the_month(year, month, first_weekday):
    weeks = days.month_grid(year, month, first_weekday)
    flat = [day for week in weeks for day in week]
    assert flat == days.days_between(flat[0], flat[-1])
    assert {day for day in flat if (day.year, day.month) == (year, month)} >= {date(year, month, 1)}
    assert len([day for day in flat if (day.year, day.month) == (year, month)]) >= 28
    if 1 < year < 9999:
        assert {len(week) for week in weeks} == {7}
        assert all(week[0].weekday() == first_weekday for week in weeks)


def test_the_ends_of_the_calendar_are_clamped():
    assert days.month_grid(9999, 12, 0)[-1][-1] == date.max
    assert days.month_grid(1, 1, 6)[0][0] == date.min
    assert days.week_containing(date.max, 0) == (date(9999, 12, 27), date.max)
    assert days.clamp_month(1, 0) == (1, 1)
    assert days.clamp_month(9999, 13) == (9999, 12)
    assert days.shifted(date.max, 5) == date.max
    assert days.shifted(date.min, -5) == date.min
    assert days.local_day(datetime.min.replace(tzinfo=UTC), "America/New_York") == date.min
    assert days.local_day(datetime.min.replace(tzinfo=UTC), "Etc/UTC", 5) == date.min
    assert days.local_day(datetime.max.replace(tzinfo=UTC), "Asia/Tokyo") == date.max
    assert days.instant_of(date.max, time(23), "America/New_York") == datetime.max.replace(tzinfo=UTC)
    assert days.instant_of(date.min, time(1), "Asia/Tokyo") == datetime.min.replace(tzinfo=UTC)


def test_months_run_on_into_the_years():
    assert days.clamp_month(2024, 0) == (2023, 12)
    assert days.clamp_month(2024, 13) == (2025, 1)
    assert days.clamp_month(2024, 7) == (2024, 7)


@pytest.mark.parametrize(("year", "month"), [(0, 1), (10000, 1), (2024, 0), (2024, 13)])
def test_a_month_that_does_not_exist_is_a_problem(year, month):
    with pytest.raises(Invalid, match="month:out_of_range"):
        days.month_grid(year, month, 0)


def test_a_span_counts_both_ends_and_has_a_limit():
    first = date(2024, 2, 28)
    assert days.days_between(first, date(2024, 3, 1)) == [first, date(2024, 2, 29), date(2024, 3, 1)]
    assert days.days_between(first, first) == [first]
    assert days.days_between(first, first - timedelta(days=1)) == []
    with pytest.raises(Invalid, match="span_too_long"):
        days.days_between(date.min, date.max)
