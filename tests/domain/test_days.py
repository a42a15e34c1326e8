"""Local days, wall times, zones, weeks and months (domain rules §1, reliability R7)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import TZPATH, reset_tzpath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.domain import days
from webapp.domain.errors import Invalid

# Forty zones of every temper: half-hour and quarter-hour offsets, skipped days, Ramadan clocks, two-hour summer time.
# fmt: off
ZONES = [
    "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Johannesburg", "Africa/Lagos", "America/Asuncion",
    "America/Bogota", "America/Caracas", "America/Chicago", "America/Havana", "America/Los_Angeles",
    "America/New_York", "America/Nuuk", "America/Santiago", "America/Sao_Paulo", "America/St_Johns",
    "Antarctica/Troll", "Asia/Amman", "Asia/Beirut", "Asia/Dhaka", "Asia/Gaza", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Pyongyang", "Asia/Riyadh", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo", "Australia/Lord_Howe",
    "Australia/Sydney", "Etc/UTC", "Europe/Berlin", "Europe/Dublin", "Europe/Istanbul", "Europe/London",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Marquesas",
]
# fmt: on
SKIPPED_DAYS = {("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kiritimati", date(1994, 12, 31))}
zones = st.sampled_from(ZONES)
some_days = st.dates(date(1990, 1, 1), date(2037, 12, 31))


def test_there_are_forty_zones():
    assert len(set(ZONES)) == 40
    assert all(days.is_zone(zone) for zone in ZONES)


@pytest.mark.parametrize(
    ("zone", "day", "utc_of_first_instant"),
    [
        ("Asia/Beirut", date(2024, 3, 31), datetime(2024, 3, 30, 22, 0, tzinfo=UTC)),
        ("Africa/Cairo", date(2024, 4, 26), datetime(2024, 4, 25, 22, 0, tzinfo=UTC)),
        ("America/Asuncion", date(2024, 10, 6), datetime(2024, 10, 6, 4, 0, tzinfo=UTC)),
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, 0, tzinfo=UTC)),
    ],
)
def test_a_day_without_midnight_begins_where_the_clock_jumps(zone, day, utc_of_first_instant):
    assert days.local_day(utc_of_first_instant, zone) == day
    assert days.local_day(utc_of_first_instant - timedelta(seconds=1), zone) == day - timedelta(days=1)
    assert days.instant_of(day, time(0, 0), zone) == utc_of_first_instant


def test_before_the_day_start_it_is_still_yesterday():
    at_half_past_two = datetime(2025, 5, 10, 0, 30, tzinfo=UTC)
    assert days.local_day(at_half_past_two, "Europe/Berlin") == date(2025, 5, 10)
    assert days.local_day(at_half_past_two, "Europe/Berlin", 3) == date(2025, 5, 9)
    assert days.local_day(at_half_past_two, "Europe/Berlin", 2) == date(2025, 5, 10)


def test_the_day_start_is_read_from_the_wall_clock_on_the_night_of_a_change():
    first_instant_at_three = datetime(2025, 3, 30, 1, 0, tzinfo=UTC)
    assert days.local_day(first_instant_at_three, "Europe/Berlin", 3) == date(2025, 3, 30)
    assert days.local_day(first_instant_at_three - timedelta(seconds=1), "Europe/Berlin", 3) == date(2025, 3, 29)


def test_the_kept_date_is_that_of_the_zone_at_the_time():
    instant = datetime(2025, 6, 1, 22, 30, tzinfo=UTC)
    assert days.local_day(instant, "Europe/Berlin") == date(2025, 6, 2)
    assert days.local_day(instant, "America/New_York") == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        (date(2025, 3, 30), time(2, 30), "Europe/Berlin", datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),
        (date(2025, 10, 26), time(2, 30), "Europe/Berlin", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        (date(2025, 10, 26), time(2, 30, fold=1), "Europe/Berlin", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        (date(2025, 10, 5), time(2, 15), "Australia/Lord_Howe", datetime(2025, 10, 4, 15, 45, tzinfo=UTC)),
        (date(2025, 3, 30), time(1, 30), "Antarctica/Troll", datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),
        (date(2011, 12, 30), time(8, 0), "Pacific/Apia", datetime(2011, 12, 30, 18, 0, tzinfo=UTC)),
        (date(2025, 1, 1), time(8, 0), "Pacific/Kiritimati", datetime(2024, 12, 31, 18, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_in_a_gap_moves_on_and_a_repeated_one_is_the_first(day, wall, zone, expected):
    assert days.instant_of(day, wall, zone) == expected


@given(zones, some_days, st.times())
@example("Pacific/Apia", date(2011, 12, 30), time(8))
@example("Pacific/Kiritimati", date(1994, 12, 31), time(8))
def test_a_wall_time_lies_on_its_own_date_unless_the_clocks_skip_it(zone, day, wall):
    lived = days.local_day(days.instant_of(day, wall, zone), zone)
    at_noon = days.local_day(days.instant_of(day, time(12), zone), zone)
    assert lived - day in (timedelta(0), timedelta(days=1))
    assert at_noon - day == timedelta(days=1 if (zone, day) in SKIPPED_DAYS else 0)


@given(zones, some_days, st.times(), st.integers(2, 40))
@example("Pacific/Apia", date(2011, 12, 20), time(8), 20)
@example("Pacific/Kiritimati", date(1994, 12, 20), time(8), 20)
@example("Antarctica/Troll", date(2025, 3, 20), time(1, 30), 20)
def test_the_instants_of_a_daily_time_are_in_order_one_for_each_date(zone, first, wall, count):
    dates = [first + timedelta(days=number) for number in range(count)]
    instants = [days.instant_of(day, wall, zone) for day in dates]
    for day, (before, after) in zip(dates, pairwise(instants), strict=False):
        if (zone, day) in SKIPPED_DAYS:
            assert before == after
        else:
            assert timedelta(hours=21) <= after - before <= timedelta(hours=27)


@given(zones, st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)), st.integers(0, 23))  # noqa: DTZ001
@example("Pacific/Apia", datetime(2011, 12, 30, 9, 30), 0)  # noqa: DTZ001
def test_as_time_passes_the_date_lived_steps_on_by_one_save_where_a_day_was_skipped(zone, naive, day_start):
    instant = naive.replace(tzinfo=UTC)
    before, after = (days.local_day(moment, zone, day_start) for moment in (instant, instant + timedelta(hours=1)))
    skipped = {name for name, _ in SKIPPED_DAYS}
    assert after - before in [timedelta(days=step) for step in ((0, 1, 2) if zone in skipped else (-1, 0, 1))]
    assert 0 <= (days.local_day(instant, zone) - before).days <= (2 if zone in skipped else 1)


def test_zone_data_is_the_pinned_packages_own():
    days._zone.cache_clear()
    reset_tzpath(to=[])
    try:
        assert days.local_day(datetime(2025, 6, 1, 23, tzinfo=UTC), "Asia/Tokyo") == date(2025, 6, 2)
    finally:
        reset_tzpath(to=TZPATH)


def test_zones_offered_are_known_sorted_and_few_enough_to_choose_from():
    names = days.zone_names()
    assert list(names) == sorted(names)
    assert {"Etc/UTC", "Europe/Oslo", "Asia/Kolkata", "Antarctica/Troll"} <= set(names)
    assert 300 < len(names) < 500
    assert "Asia/Calcutta" not in names
    assert all(days.is_zone(name) for name in names)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../zones", "Europe", "europe/berlin", "Factory", "/etc/passwd"])
def test_an_unknown_zone_is_a_problem_with_a_name(name):
    assert not days.is_zone(name)
    with pytest.raises(Invalid, match="zone:unknown_zone"):
        days.local_day(datetime(2025, 1, 1, tzinfo=UTC), name)


def test_aliases_people_still_send_are_understood():
    assert days.is_zone("Asia/Calcutta")
    assert days.is_zone("US/Eastern")


def test_what_is_no_instant_or_no_wall_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        days.local_day(datetime(2025, 1, 1), "Etc/UTC")  # noqa: DTZ001
    with pytest.raises(ValueError, match="wall time"):
        days.instant_of(date(2025, 1, 1), time(8, tzinfo=UTC), "Etc/UTC")
    with pytest.raises(Invalid, match="day_start:out_of_range"):
        days.local_day(datetime(2025, 1, 1, tzinfo=UTC), "Etc/UTC", 24)
