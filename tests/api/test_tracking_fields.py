"""Dates, times and weekdays of the tracking contract, as they are read."""

import contextlib
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.api.dates import Unclear, day_of, read_day
from webapp.api.tracking.fields import WEEKDAYS, day_words, midnight, read_days, read_wall

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS, st.sampled_from(["Pacific/Kiritimati", "Pacific/Honolulu", "Etc/UTC", "Africa/Cairo"]))
def test_what_is_written_is_read_back_in_every_zone(day: date, zone: str) -> None:
    assert day_of(read_day(midnight(day)), zone) == day_of(read_day(str(day)), zone) == day
    assert day_of(read_day(f"{day}t23:59:59.999999999"), zone) == day


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.lists(st.integers()) | st.just({}))
def test_anything_else_is_refused_and_never_a_fault(value: Any) -> None:
    for read in (read_day, read_wall, read_days):
        with contextlib.suppress(Unclear):
            read(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-3-1",
        "2026-03-01T24:00:00",
        "20260301",
        "2026-W10-1",
        "2026-03-01T00:00:00+24:00",
        "٢٠٢٦-٠٣-٠١",
        "2026-02-29",
        "",
    ],
)
def test_near_misses_are_no_dates(value: str) -> None:
    with pytest.raises(Unclear):
        read_day(value)


def test_times_are_of_the_wall() -> None:
    assert read_wall("14:15:22Z") == read_wall("14:15:22.9") == time(14, 15, 22)
    assert (read_wall("08:00"), read_wall(None)) == (time(8), None)
    for wrong in ("8:00", "24:00:00", "08:60:00", "08:00:60", "08:00:00+00:00", "08:00:00-05:00", 8):
        with pytest.raises(Unclear):
            read_wall(wrong)


@given(st.sets(st.integers(0, 6)))
def test_weekdays_in_every_form_are_the_same(days: set[int]) -> None:
    expected = tuple(sorted(days))
    names = [WEEKDAYS[day] for day in days]
    forms: list[Any] = [names, [name[:3].upper() for name in names], [day + 1 for day in days], ", ".join(names)]
    forms += [str([day + 1 for day in days]), ",".join(str(day + 1) for day in days)]
    assert {read_days(form) for form in forms} == {expected}
    assert day_words(expected) == ([WEEKDAYS[day] for day in expected] or None)
