"""At what times a calendar feed puts a due date, and when its alarms ring."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from webapp.domain.calendar_feeds import FeedDraft, Option, Times, joined, options_of, rings, start_of
from webapp.domain.days import shifted, wall_clock
from webapp.domain.reminders import Clock

BERLIN = Clock("Europe/Berlin")
DUE = date(2026, 3, 10)
NINE, TEN = time(9), time(10, 30)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_feed_needs_a_name_that_can_be_stored() -> None:
    found = [FeedDraft(name).check() for name in ("", "x" * 101, "x" * 100)]
    assert [[(one.field, one.code) for one in each] for each in found] == [
        [("name", "required")],
        [("name", "too_long")],
        [],
    ]


def test_options_are_stored_as_words_and_unknown_words_mean_nothing() -> None:
    assert options_of(joined(Option)) == set(Option)
    assert options_of(None) == options_of("") == options_of("everything") == frozenset()


def test_a_due_date_starts_at_its_first_reminder_on_that_date_and_rings_at_each() -> None:
    times = Times(usual=((TEN, 0), (NINE, 0), (NINE, -1), (NINE, 2)))
    start = start_of(DUE, times, BERLIN)
    assert start == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert rings(DUE, times, BERLIN, start) == [hours(-24), hours(0), hours(1.5), hours(48)]


def test_a_whole_day_rings_from_midnight_on() -> None:
    times = Times(usual=((NINE, 0), (TEN, -1), (NINE, 2)))
    assert rings(DUE, times, BERLIN, None) == [hours(10.5 - 24), hours(9), hours(57)]


def test_without_reminders_on_the_date_it_takes_the_whole_day() -> None:
    assert start_of(DUE, Times(), BERLIN) is None
    assert rings(DUE, Times(), BERLIN, None) == []
    assert start_of(DUE, Times(usual=((NINE, -1),)), BERLIN) is None


def test_an_early_hour_belongs_to_the_night_after_the_date() -> None:
    late, times = Clock("Europe/Berlin", day_start=4), Times(usual=((time(2), 0),))
    start = start_of(DUE, times, late)
    assert start == datetime(2026, 3, 11, 1, tzinfo=UTC)
    assert rings(DUE, times, late, start) == [hours(0)]
    assert rings(DUE, times, late, None) == [hours(26)]


@pytest.mark.parametrize(
    ("times", "moments"),
    [
        (Times(True, date(2026, 3, 7), ((NINE, 0), (TEN, -1))), [(date(2026, 3, 7), NINE), (date(2026, 3, 9), TEN)]),
        (Times(False, date(2026, 3, 10), ((NINE, 0),)), [(DUE, NINE)]),
        (Times(False, date(2026, 3, 11), ((NINE, 0), (TEN, -1))), [(date(2026, 3, 9), TEN)]),
        (Times(usual=((NINE, 0), (TEN, 1)), own={DUE: (DUE, TEN)}), [(DUE, TEN), (date(2026, 3, 11), TEN)]),
        (Times(usual=((NINE, 0),), own={date(2026, 3, 11): (DUE, TEN)}), [(DUE, NINE)]),
    ],
    ids=["one time, another date", "from a date on", "before that date", "its own", "another's own"],
)
def test_dates_of_their_own_are_kept_to(times: Times, moments: list[tuple[date, time]]) -> None:
    assert times.of(DUE) == moments


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize("first", [date(2026, 2, 20), date(2026, 3, 20), date(2026, 10, 10)])
def test_forty_dates_over_a_clock_change_stand_at_the_wall_time(zone: str, first: date) -> None:
    clock, times = Clock(zone), Times(usual=((NINE, 0), (NINE, -1)))
    for ahead in range(40):
        due = shifted(first, ahead)
        start = start_of(due, times, clock)
        assert start is not None
        assert wall_clock(start, zone) == datetime.combine(due, NINE)
        early, there = rings(due, times, clock, start)
        assert wall_clock(start + early, zone) == datetime.combine(shifted(due, -1), NINE)
        assert there == hours(0)
