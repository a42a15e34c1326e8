"""Months of a goal, judged for good once they are over, and the days since (domain rules §3 and §5).

A closed month keeps a sign and the strength of each day, and the states from which the next month goes on, so that a
page reads a year as twelve rows and a corrected day only judges anew what came after it.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from webapp.domain.days import shifted
from webapp.domain.streaks import StreakState, StreakWalk
from webapp.domain.strength import Strength, StrengthWalk, is_measured
from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import Facts, JudgedDay, Terms, Verdict, begin, counts, first_day, judge

LATE_DAYS = 2
"""A month is closed when it is over in every zone, with a day to spare for who travels west."""

SCALE = 10_000


class Mark(StrEnum):
    """What one day looks like; parts of an amount are quarters."""

    BEFORE = " "
    NOT_DUE = "."
    DONE = "d"
    EXTRA = "e"
    """Done on a day that asked for nothing, or in a pause."""
    QUARTER = "1"
    HALF = "2"
    MOST = "3"
    SKIPPED = "s"
    MISSED = "m"
    PAUSED = "p"
    OPEN = "o"


MARKS = {
    Verdict.DONE: Mark.DONE,
    Verdict.NOT_DUE: Mark.NOT_DUE,
    Verdict.PAUSED: Mark.PAUSED,
    Verdict.SKIPPED: Mark.SKIPPED,
    Verdict.MISSED: Mark.MISSED,
    Verdict.OPEN: Mark.OPEN,
}
PARTS = (Mark.QUARTER, Mark.HALF, Mark.MOST)


@dataclass(frozen=True, slots=True)
class States:
    """From where the walk over the days goes on; None before the first fact."""

    streak: StreakState | None = None
    strength: Strength | None = None


class Month(NamedTuple):
    """One month, or as much of it as has been: for each day a mark, the strength after it in ten-thousandths (None
    before the first fact) and what it came to; `due` leaves out what was excused, and today until it has an answer."""

    first: date
    marks: str
    scores: tuple[int | None, ...]
    amounts: tuple[Decimal | None, ...]
    done: int
    due: int
    amount: Decimal | None


def fits(terms: Terms, states: States) -> bool:
    """True while the states remember enough to go on; a schedule with a longer window begins anew."""
    try:
        StrengthWalk(terms, states.strength)
    except ValueError:
        return False
    return True


def last_closable(today: date) -> date:
    """Return the last day of the latest month that is over for everybody."""
    return shifted(shifted(today, -LATE_DAYS).replace(day=1), -1)


def close(
    facts: Facts, terms: Terms, began: date, first: date, last: date, states: States
) -> Iterator[tuple[Month, States]]:
    """Yield each month from that of `first` to that of `last` with the states after it; all of its days are over.

    `facts` hold everything from `first` on; `states` are those after the month before. Days before `began`, the day
    the goal was made or its first fact, count nothing.
    """
    for month, end in _months(first, _end_of(last)):
        walk = _Walk(facts, terms, month, shifted(end, 1), states)
        made = walk.month(began, month, end)
        states = walk.states(end)
        yield made, states


def running(facts: Facts, terms: Terms, began: date, first: date, today: date, states: States) -> list[Month]:
    """Return the months from that of `first` to today, the last one as far as it has come; else as for `close`."""
    walk = _Walk(facts, terms, first.replace(day=1), today, states)
    return [walk.month(began, month, end) for month, end in _months(first, today)]


class _Walk:
    """One pass over judged days from the first of a month on, feeding streak and strength alike."""

    def __init__(self, facts: Facts, terms: Terms, first: date, today: date, states: States) -> None:
        self.facts, self.terms, self.today = facts, terms, today
        self.measures = is_measured(terms)
        self.streak = StreakWalk(today, states.streak)
        self.strength = StrengthWalk(terms, states.strength)
        self.has_begun = states.streak is not None
        self.next = first

    @cached_property
    def first_fact(self) -> date | None:
        """Looked for only until it is met: later months would look through all facts again."""
        return first_day(self.facts)

    def month(self, began: date, first: date, last: date) -> Month:
        """Take the days from the first to the last, which follow those taken before."""
        if not self.has_begun and self.first_fact is not None and self.first_fact <= last:
            self.has_begun = True
            early = min(begin(self.facts, self.first_fact), first)
            for each in self._judged(early, shifted(first, -1)):
                self.streak.take(each)
        marks, scores, amounts, done, due = "", [], [], 0, 0
        for each in self._judged(first, last):
            if self.has_begun:
                self.streak.take(each)
            if self.measures and (self.strength.has_begun or each.local_date == self.first_fact):
                self.strength.take(each)
            mark = _mark(each) if each.local_date >= began else Mark.BEFORE
            marks += mark
            scores.append(round(self.strength.score * SCALE) if self.strength.has_begun else None)
            amounts.append(each.fact.value)
            done += each.verdict is Verdict.DONE
            due += mark is not Mark.BEFORE and counts(each, self.today)
        logged = [amount for amount in amounts if amount is not None]
        total = sum(logged, Decimal(0)) if logged else None
        return Month(first, marks, tuple(scores), tuple(amounts) if logged else (), done, due, total)

    def states(self, as_of: date) -> States:
        """From where the day after goes on."""
        return States(
            self.streak.state(as_of) if self.has_begun else None,
            self.strength.state(as_of) if self.measures and self.strength.has_begun else None,
        )

    def _judged(self, first: date, last: date) -> Iterator[JudgedDay]:
        return judge(self.facts, self.terms, first, last, self.today)


def _mark(each: JudgedDay) -> Mark:
    if each.state is DayState.DONE:
        return Mark.DONE if each.verdict is Verdict.DONE else Mark.EXTRA
    if each.aim.direction is Direction.AT_LEAST and each.state is DayState.OPEN and each.fact.value:
        share = each.fact.value / each.aim.target if each.aim.target else Decimal(0)
        return PARTS[min(2, max(0, int(4 * share) - 1))]
    return MARKS[each.verdict]


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """First and last day of every month from that of `first` on; the last one ends with `last`."""
    month = first.replace(day=1)
    while month <= last:
        end = min(_end_of(month), last)
        yield month, end
        month = shifted(end, 1)


def _end_of(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
