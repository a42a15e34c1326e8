"""Facts of the ledger, what a day comes to by them, and when a goal is complete."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY
from webapp.domain.errors import Problem
from webapp.domain.text import text_problems

LONGEST_NOTE = 2_000
LARGEST_VALUE = Decimal(10) ** 12
DECIMAL_PLACES = 6


class DayState(StrEnum):
    """What is known of a goal on one date."""

    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not_done"
    SKIPPED = "skipped"


class Mode(StrEnum):
    """Whether a fact says what the day comes to, or adds to it."""

    SET = "set"
    ADD = "add"


class Source(StrEnum):
    """Where a fact came from."""

    PAGE = "page"
    API = "api"
    IMPORT = "import"
    OFFLINE = "offline"
    FEED = "feed"
    """Follows from a personal goal whose owner lets a key result show it."""


class Direction(StrEnum):
    """What counts as reaching an amount: that much or more, that much or less."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What a form, a program or an import says about one goal on one date."""

    local_date: date | None
    state: DayState | None = None
    value: Decimal | None = None
    mode: Mode = Mode.SET
    note: str | None = None

    def check(self) -> list[Problem]:
        """Return every problem, by field; one that only adds must bring an amount, one that sets none below zero."""
        problems = []
        if self.local_date is None:
            problems.append(Problem("local_date", "date_required"))
        elif not EARLIEST_DAY <= self.local_date <= LATEST_DAY:
            problems.append(Problem("local_date", "out_of_range", {"minimum": EARLIEST_DAY, "maximum": LATEST_DAY}))
        if self.value is None and (self.state is None or self.mode is Mode.ADD):
            problems.append(Problem("value", "required"))
        if self.value is not None:
            problems += amount_problems("value", self.value) or self._sign_problems(self.value)
        return problems + text_problems("note", self.note or "", LONGEST_NOTE)

    def _sign_problems(self, value: Decimal) -> list[Problem]:
        return [Problem("value", "negative")] if self.mode is Mode.SET and value < 0 else []


def amount_problems(field: str, amount: Decimal) -> list[Problem]:
    """Return the problems of one amount: not a number, 10^12 or more in size, over six decimals."""
    if not amount.is_finite():
        return [Problem(field, "not_a_number")]
    if amount and amount.adjusted() >= LARGEST_VALUE.adjusted():
        return [Problem(field, "too_large", {"below": LARGEST_VALUE})]
    _, digits, exponent = amount.as_tuple()
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    if amount and isinstance(exponent, int) and exponent + trailing < -DECIMAL_PLACES:
        return [Problem(field, "too_precise", {"places": DECIMAL_PLACES})]
    return []


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the ledger; `id` is the order in which it was written."""

    id: int
    local_date: date
    mode: Mode
    state: DayState | None
    value: Decimal | None
    supersedes: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a date comes to: the state somebody gave (open when none) and the amount (None when never measured)."""

    state: DayState = DayState.OPEN
    value: Decimal | None = None

    def judged(self, target: Decimal, direction: Direction, *, over: bool) -> DayState:
        """Return the given state, or the one the amount earns; at-most stays open until the day is over."""
        if self.state is not DayState.OPEN or (direction is Direction.AT_MOST and not over):
            return self.state
        return state_of(self.value, target, direction)


def state_of(value: Decimal | None, target: Decimal, direction: Direction) -> DayState:
    """Return the state an amount earns on a day that is over.

    Never measured is open. At least: done when reached, else open, so that a part shows as "3 of 8" and not as a
    failure. At most: done or not done.
    """
    if value is None:
        return DayState.OPEN
    if direction is Direction.AT_LEAST:
        return DayState.DONE if value >= target else DayState.OPEN
    return DayState.DONE if value <= target else DayState.NOT_DONE


def day_value(facts: Iterable[Fact]) -> Day:
    """Return what the facts of one date come to, in whatever order they are given: the last set and the adds after it.

    A set says everything anew: state and amount. An add keeps the amount and, unless it names a state, a "done"; it
    reopens a day that was skipped or not done, since something was done after all.
    A fact moved to another date is only known here if its successor is given too; `day_values` sees to that.
    """
    return _sum_up(standing(facts))


def day_values(facts: Iterable[Fact]) -> dict[date, Day]:
    """Return what every date of one goal comes to; a date whose facts were all withdrawn or moved away is absent."""
    by_date: dict[date, list[Fact]] = {}
    for fact in standing(facts):
        by_date.setdefault(fact.local_date, []).append(fact)
    return {local_date: _sum_up(of_day) for local_date, of_day in sorted(by_date.items())}


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that count, in the order in which they apply.

    A correction takes the place of what it corrects, through any chain of corrections: a corrected add in the middle
    stays before a later set, and so under it. Of two corrections of one fact the later written counts. A correction
    with neither state nor amount withdraws the fact.
    """
    known = {fact.id: fact for fact in facts}
    latest: dict[int, Fact] = {}
    for fact in sorted(known.values(), key=lambda fact: fact.id):
        latest[_place(fact, known)] = fact
    return [fact for _, fact in sorted(latest.items()) if fact.state is not None or fact.value is not None]


def completes(*, bounded: bool, states: Iterable[DayState]) -> bool:
    """True when the goal is finished: it has an end and every live occurrence is done, at least one of them.

    `states` leaves out deleted and paused occurrences. Skipped ones do not count either way, so a goal that was skipped
    throughout is not completed.
    """
    counted = [state for state in states if state is not DayState.SKIPPED]
    return bounded and bool(counted) and all(state is DayState.DONE for state in counted)


def _place(fact: Fact, known: dict[int, Fact]) -> int:
    """Return the id of the first of a chain; only earlier facts can be superseded, so every chain ends."""
    place = fact.id
    while (earlier := fact.supersedes) is not None and earlier < fact.id:
        place = earlier
        if earlier not in known:
            break
        fact = known[earlier]
    return place


def _sum_up(facts: Iterable[Fact]) -> Day:
    """Apply facts that count, in their order."""
    state: DayState = DayState.OPEN
    value: Decimal | None = None
    for fact in facts:
        if fact.mode is Mode.SET:
            state, value = fact.state or DayState.OPEN, fact.value
        else:
            value = value if fact.value is None else (value or Decimal(0)) + fact.value
            state = fact.state or (DayState.DONE if state is DayState.DONE else DayState.OPEN)
    return Day(state, value)
