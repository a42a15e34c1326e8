"""Ranges do what sets of numbers do, and stay in order and apart."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.ranges import Range, Ranges, shared, size, united, without

ends = st.integers(1, 40)
pieces = st.lists(st.tuples(ends, ends).map(lambda two: (min(two), max(two))), max_size=6)
tidy = pieces.map(united)


def numbers(ranges: Ranges | list[Range]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


def is_tidy(ranges: Ranges) -> bool:
    return all(first <= last for first, last in ranges) and all(a[1] + 1 < b[0] for a, b in pairwise(ranges))


@given(pieces, pieces)
def test_united_has_every_number_once(one: list[Range], other: list[Range]) -> None:
    both = united(one, other)
    assert is_tidy(both)
    assert numbers(both) == numbers(one) | numbers(other)
    assert both == united(other, one) == united(both)
    assert size(both) == len(numbers(both))


@given(tidy, tidy)
def test_without_and_shared_are_the_differences_and_intersections_of_sets(one: Ranges, other: Ranges) -> None:
    left, common = without(one, other), shared(one, other)
    assert is_tidy(left)
    assert is_tidy(common)
    assert numbers(left) == numbers(one) - numbers(other)
    assert numbers(common) == numbers(one) & numbers(other)
    assert united(left, common) == one


def test_ranges_that_touch_are_one() -> None:
    assert united(((1, 3), (4, 6)), ((8, 8),)) == ((1, 6), (8, 8))
    assert united(((1, 9),), ((2, 3),)) == ((1, 9),)
    assert united() == united(()) == ()


def test_one_range_is_cut_by_many() -> None:
    assert without(((1, 10), (12, 20)), ((3, 4), (6, 6), (10, 13), (20, 30))) == ((1, 2), (5, 5), (7, 9), (14, 19))
    assert shared(((1, 10), (12, 20)), ((9, 12),)) == ((9, 10), (12, 12))
    assert size(((1, 10), (12, 12))) == 11
    assert size(()) == 0
