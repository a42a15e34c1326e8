"""Sets of whole numbers as ranges, both ends included: in order, apart from each other, never touching."""

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def united(*sets: Iterable[Range]) -> Ranges:
    """Return every number of any of the sets."""
    whole: list[Range] = []
    for first, last in sorted(part for one in sets for part in one):
        if whole and first <= whole[-1][1] + 1:
            whole[-1] = (whole[-1][0], max(whole[-1][1], last))
        else:
            whole.append((first, last))
    return tuple(whole)


def without(numbers: Ranges, taken: Ranges) -> Ranges:
    """Return the numbers that are not taken."""
    left: list[Range] = []
    at = 0
    for first, last in numbers:
        while at < len(taken) and taken[at][1] < first:
            at += 1
        here = at
        while here < len(taken) and taken[here][0] <= last:
            if first < taken[here][0]:
                left.append((first, taken[here][0] - 1))
            first = max(first, taken[here][1] + 1)
            here += 1
        if first <= last:
            left.append((first, last))
    return tuple(left)


def shared(one: Ranges, other: Ranges) -> Ranges:
    """Return the numbers in both."""
    return without(one, without(one, other))


def size(numbers: Ranges) -> int:
    """Return how many numbers there are."""
    return sum(last - first + 1 for first, last in numbers)
