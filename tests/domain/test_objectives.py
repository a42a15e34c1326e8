"""Progress, roll-up and pace (domain rules §4), with the figures given there and the defects known from other tools."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.objectives import (
    Cadence,
    Course,
    Curve,
    Milestone,
    Operator,
    Pace,
    Said,
    Share,
    check_in_due,
    elapsed,
    expected,
    is_outdated,
    position,
    progress,
    roll_up,
    value_at,
)

START, END = date(2026, 1, 1), date(2026, 3, 31)
QUARTER = Course(START, END)
AMOUNTS = st.decimals(-1_000_000, 1_000_000, places=3)


@pytest.mark.parametrize(
    ("operator", "baseline", "target", "value", "reached"),
    [
        ("at_least", "0", "10", "5", "0.5"),
        ("at_least", "20", "120", "45", "0.25"),  # the start counts
        ("at_least", "100", "20", "60", "0.5"),  # falling is progress where the target lies below
        ("at_least", "100", "20", "120", "-0.25"),
        ("at_least", "0", "10", "15", "1.5"),  # unclamped
        ("at_least", "10", "10", "10", "1"),
        ("at_least", "10", "10", "9", "0"),
        ("at_most", "14", "5", "9.5", "0.5"),  # has to come down to it
        ("at_most", "14", "5", "5", "1"),
        ("at_most", "14", "5", "20", "-0.666667"),
        ("at_most", "0", "5", "5", "1"),  # has to stay below it
        ("at_most", "0", "5", "6", "0.8"),
        ("at_most", "0", "5", "50", "0"),
        ("at_most", "5", "5", "6", "0.8"),
        ("at_most", "0", "0", "0", "1"),
        ("at_most", "0", "0", "1", "0"),
        ("at_most", "-10", "-4", "-3", "0.75"),
        ("exactly", "0", "7", "7", "1"),
        ("exactly", "0", "7", "6.9", "0"),
    ],
)
def test_progress(operator: str, baseline: str, target: str, value: str, reached: str) -> None:
    found = progress(Operator(operator), Decimal(baseline), Decimal(target), Decimal(value))
    assert found is not None
    assert round(found, 6) == Decimal(reached)


def test_never_measured_is_not_nothing() -> None:
    assert progress(Operator.AT_LEAST, Decimal(0), Decimal(10), None) is None
    assert progress(Operator.AT_MOST, Decimal(0), Decimal(10), None) is None


@given(st.sampled_from(Operator), AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_target_is_all_of_it(operator: Operator, baseline: Decimal, target: Decimal, value: Decimal) -> None:
    assert progress(operator, baseline, target, target) == 1
    found = progress(operator, baseline, target, value)
    assert found is not None
    assert found.is_finite()


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_nearer_is_never_less(baseline: Decimal, target: Decimal, one: Decimal, other: Decimal) -> None:
    """Of two values on the same side the nearer to the target counts at least as much."""
    near, far = sorted((one, other), key=lambda value: abs(target - value))
    if (near - target) * (far - target) >= 0 and (baseline - target) * (far - target) >= 0:
        for operator in (Operator.AT_LEAST, Operator.AT_MOST):
            close, away = (progress(operator, baseline, target, value) for value in (near, far))
            assert close is not None
            assert away is not None
            assert close >= min(away, Decimal(1))


class TestRollUp:
    def test_key_results_and_a_child_in_one_weighted_mean(self) -> None:
        """Key results at 27 and 18 percent, a child at 73: 39.33 percent (§4)."""
        shares = [Share(Decimal(1), Decimal(text)) for text in ("0.27", "0.18", "0.73")]
        assert round(roll_up(shares) or 0, 4) == Decimal("0.3933")

    def test_unmeasured_counts_nothing_and_counts(self) -> None:
        assert roll_up([Share(Decimal(1), Decimal(1)), Share(Decimal(1), None)]) == Decimal("0.5")

    def test_a_runaway_does_not_carry_the_others(self) -> None:
        assert roll_up([Share(Decimal(1), Decimal(40)), Share(Decimal(1), Decimal(0))]) == Decimal("0.5")
        assert roll_up([Share(Decimal(1), Decimal(-40)), Share(Decimal(1), Decimal(1))]) == Decimal("0.5")

    def test_weights(self) -> None:
        assert roll_up([Share(Decimal(3), Decimal(1)), Share(Decimal(1), Decimal(0))]) == Decimal("0.75")

    def test_nothing_to_add_up(self) -> None:
        assert roll_up([]) is None

    @given(st.lists(st.tuples(st.decimals("0.01", 1000, places=2), st.none() | AMOUNTS), min_size=1))
    def test_stays_between_nothing_and_all(self, parts: list[tuple[Decimal, Decimal | None]]) -> None:
        found = roll_up(Share(weight, part) for weight, part in parts)
        assert found is not None
        assert 0 <= round(found, 9) <= 1


class TestPace:
    def test_time_counts_the_last_day_whole(self) -> None:
        assert elapsed(QUARTER, START) == 0
        assert elapsed(QUARTER, END) == Decimal(89) / 90
        assert elapsed(QUARTER, END + timedelta(days=1)) == 1
        assert elapsed(QUARTER, START - timedelta(days=9)) == 0

    def test_back_loaded_is_the_square(self) -> None:
        half = START + timedelta(days=45)
        assert expected(Course(START, END, Curve.BACK_LOADED), half) == Decimal("0.25")
        assert expected(QUARTER, half) == Decimal("0.5")

    def test_stepped_goes_by_dated_milestones(self) -> None:
        steps = (Milestone(date(2026, 3, 1), Decimal("0.8")), Milestone(date(2026, 2, 1), Decimal("0.3")))
        course = Course(START, END, Curve.STEPPED, steps)
        shown = [expected(course, date(2026, month, day)) for month, day in ((1, 31), (2, 1), (2, 28), (3, 1))]
        assert shown == [0, Decimal("0.3"), Decimal("0.3"), Decimal("0.8")]

    @pytest.mark.parametrize(
        ("reached", "pace"),
        [
            ("0.5", Pace.ON_TRACK),
            ("0.4", Pace.ON_TRACK),
            ("0.399999", Pace.AT_RISK),
            ("0.25", Pace.AT_RISK),
            ("0.249999", Pace.OFF_TRACK),
            ("9", Pace.ON_TRACK),
        ],
    )
    def test_gaps(self, reached: str, pace: Pace) -> None:
        half = START + timedelta(days=45)
        assert position(QUARTER, Decimal(reached), half, half).pace is pace

    def test_before_the_start_nothing_has_started(self) -> None:
        assert position(QUARTER, None, None, START - timedelta(days=1)).pace is Pace.NOT_STARTED

    def test_a_check_in_is_due_a_week_later_and_outdated_three_days_after_that(self) -> None:
        said = date(2026, 2, 1)
        assert check_in_due(QUARTER, said) == date(2026, 2, 8)
        assert check_in_due(QUARTER, None) == date(2026, 1, 8)
        assert [is_outdated(QUARTER, said, date(2026, 2, day)) for day in (8, 10, 11)] == [False, False, True]
        monthly = Course(START, END, cadence=Cadence.MONTHLY)
        assert not is_outdated(monthly, said, date(2026, 3, 5))
        assert is_outdated(monthly, said, date(2026, 3, 6))

    def test_outdated_takes_the_place_of_green_only(self) -> None:
        day, old = date(2026, 2, 15), date(2026, 1, 20)
        assert position(QUARTER, Decimal(1), old, day).pace is Pace.OUTDATED
        worse = position(QUARTER, Decimal(0), old, day)
        assert (worse.pace, worse.outdated) == (Pace.OFF_TRACK, True)
        assert position(QUARTER, Decimal(1), old, day, quiet=True).pace is Pace.ON_TRACK

    def test_after_the_end_nobody_is_asked_any_more(self) -> None:
        assert not is_outdated(QUARTER, date(2026, 3, 28), date(2026, 6, 1))

    @given(st.dates(date(2025, 6, 1), date(2027, 6, 1)), st.sampled_from((Curve.LINEAR, Curve.BACK_LOADED)))
    def test_what_is_expected_never_falls(self, day: date, curve: Curve) -> None:
        course = Course(START, END, curve)
        assert 0 <= expected(course, day) <= expected(course, day + timedelta(days=1)) <= 1


class TestValues:
    def test_the_last_set_by_date_and_what_is_added_after_it(self) -> None:
        said = [
            Said(date(2026, 1, 9), 3, True, Decimal(2)),
            Said(date(2026, 1, 5), 1, False, Decimal(10)),
            Said(date(2026, 1, 5), 2, True, Decimal(1)),
            Said(date(2026, 1, 7), 9, False, Decimal(20)),
        ]
        shown = [value_at(said, Decimal(0), date(2026, 1, day)) for day in (4, 5, 7, 9)]
        assert shown == [None, Decimal(11), Decimal(20), Decimal(22)]

    def test_adds_alone_build_on_the_start(self) -> None:
        said = [Said(START, 1, True, Decimal(5))]
        assert value_at(said, Decimal(100), START) == Decimal(105)

    @given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), AMOUNTS), max_size=20), st.randoms())
    def test_the_order_of_reading_does_not_matter(self, parts: list[tuple[int, bool, Decimal]], random: Random) -> None:
        said = [Said(START + timedelta(days=day), order, adds, value) for order, (day, adds, value) in enumerate(parts)]
        mixed = list(said)
        random.shuffle(mixed)
        assert value_at(said, Decimal(0), END) == value_at(mixed, Decimal(0), END)
