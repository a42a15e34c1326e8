"""The aimline and what was reached, as path data."""

from datetime import date
from decimal import Decimal

import pytest

from webapp.domain.objectives import Course, Curve, Milestone
from webapp.pages.objective_charts import across, aimline, drawn

STARTS, ENDS = date(2026, 1, 1), date(2026, 4, 10)
"""A hundred days."""
STEPS = (Milestone(date(2026, 2, 20), Decimal("0.5")), Milestone(date(2026, 1, 21), Decimal("0.1")))


@pytest.mark.parametrize(
    ("curve", "path"),
    [
        (Curve.LINEAR, "M0 100L1000 0"),
        (Curve.BACK_LOADED, "M0 100Q500 100 1000 0"),
        (Curve.STEPPED, "M0 100H200V90H500V50H1000"),
    ],
)
def test_each_curve_has_its_own_aimline(curve: Curve, path: str) -> None:
    assert aimline(Course(STARTS, ENDS, curve, STEPS), 1000, 100) == path


def test_days_outside_stand_at_the_ends() -> None:
    course = Course(STARTS, ENDS)
    places = [across(course, day, 1000) for day in (date(2025, 1, 1), STARTS, date(2026, 2, 20), date(2027, 1, 1))]
    assert places == [0, 0, 500, 1000]


def test_what_was_reached_holds_until_today_and_stays_in_the_room() -> None:
    course = Course(STARTS, ENDS)
    points = [(STARTS, Decimal(0)), (date(2026, 1, 11), Decimal("1.5")), (date(2026, 1, 21), Decimal("-1"))]
    found = drawn(course, points, date(2026, 2, 20), 1000, 100)
    assert found.line == "M0 100L100 0L200 100H500"
    assert found.dots == ("M0 100h0", "M100 0h0", "M200 100h0")
    assert (found.end, found.today) == ((500, 100), 500)


def test_nothing_said_draws_nothing_and_after_the_end_no_day_is_today() -> None:
    course = Course(STARTS, ENDS)
    assert drawn(course, [], date(2025, 12, 31)).line == ""
    assert drawn(course, [], date(2025, 12, 31)).today is None
    after = drawn(course, [(STARTS, Decimal(1))], date(2026, 5, 1))
    assert (after.today, after.line) == (None, "M0 0H990")
