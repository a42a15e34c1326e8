"""Pauses cover days; however they are said, the days are the same (domain rules §2, §5)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.pauses import Pause, is_paused, merged, pause_on, paused_between

FIRST = date(2024, 2, 20)
SPAN = [FIRST + timedelta(days=number) for number in range(40)]


def day(number):
    return FIRST + timedelta(days=number)


@st.composite
def pauses(draw):
    first = draw(st.integers(0, 30))
    length = draw(st.none() | st.integers(-3, 12))
    return Pause(day(first), None if length is None else day(first + length))


def codes(pause):
    return [(problem.field, problem.code) for problem in pause.check()]


def test_a_pause_covers_its_ends_and_29_february():
    pause = Pause(date(2024, 2, 28), date(2024, 3, 1))
    assert [is_paused(date(2024, 2, 27) + timedelta(days=number), [pause]) for number in range(5)] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_a_pause_without_an_end_goes_on():
    assert is_paused(date(2199, 12, 31), [Pause(FIRST)])
    assert not is_paused(day(-1), [Pause(FIRST)])


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (FIRST, None, []),
        (FIRST, FIRST, []),
        (FIRST, day(-1), [("last", "before_start")]),
        (FIRST, day(3_659), []),
        (FIRST, day(3_660), [("last", "pause_too_long")]),
        (date(1899, 12, 31), None, [("first", "out_of_range")]),
        (date(2199, 12, 1), date(2200, 1, 1), [("last", "out_of_range")]),
        (date(1899, 12, 31), date(2200, 1, 1), [("first", "out_of_range"), ("last", "out_of_range"),
                                               ("last", "pause_too_long")]),
    ],
)  # fmt: skip
def test_every_problem_is_found(first, last, expected):
    assert codes(Pause(first, last)) == expected


def test_pauses_that_overlap_or_touch_are_one():
    said = [Pause(day(10), day(12)), Pause(day(0), day(2)), Pause(day(3), day(4)), Pause(day(11), day(11))]
    assert merged(said) == (Pause(day(0), day(4)), Pause(day(10), day(12)))
    assert pause_on(day(2), said) == Pause(day(0), day(4))
    assert pause_on(day(5), said) is None


def test_a_pause_without_an_end_swallows_all_that_follow():
    assert merged([Pause(day(9), day(10)), Pause(day(5)), Pause(day(3), day(4))]) == (Pause(day(3)),)


@given(st.lists(pauses(), max_size=6), st.randoms())
def test_merged_pauses_cover_the_same_days_in_whatever_order_they_were_said(said, random):
    shuffled = random.sample(said, len(said))
    one = merged(said)
    assert merged(shuffled) == one == merged(one)
    covered = {each for each in SPAN if is_paused(each, said)}
    assert {each for each in SPAN if is_paused(each, one)} == covered == paused_between(said, SPAN[0], SPAN[-1])
    assert all(before.last and after.first > before.last + timedelta(days=1) for before, after in pairwise(one))
