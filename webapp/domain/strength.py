"""Habit strength, published by Loop Habit Tracker and reproduced to four decimals (domain rules §5).

With f = times/days and m = 0.5^(√f/13), each day s = s·m + v·(1 − m), from the first fact to the day asked for; s
begins at 0, for at-most goals at 1. v says how full the window is, the last `days` days:
- yes/no: done / times, at most 1, with times and days doubled first when f < 1;
- at least: amount / target, at most 1, and 1 for a target of 0;
- at most: 1 − (amount − target)/target within 0…1; for a target of 0 it is 1 while the amount is 0.
A skipped or paused day carries s. A paused day is also taken out of the window, as if it were not in the calendar: a
pause neither breaks nor feeds. Where a schedule asks for several times in its days, the window's target is that many
targets, since a target is what one day has to reach; the publication only knows amounts asked for once. When another
target comes into force the window is carried over in proportion, so that what was full stays full; when amounts are
turned round (at least, at most) it begins empty.

Floating point is enough for s; amounts are summed as decimals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from webapp.domain.days import shifted
from webapp.domain.schedules import Schedule, fraction, in_force
from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import Aim, Facts, JudgedDay, Terms, Verdict, first_day, judge

FORMULA = "s = s·m + v·(1 − m)"
MULTIPLIER = "m = 0.5^(√(times/days)/13)"
NOTHING, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Strength:
    """The score (0–1) as of a day, and all that must be known to go on with the next.

    `recent` is what each of the last unpaused days brought (1 for a tick, else the amount), oldest first: one day
    fewer than the longest window of any schedule version. `is_whole` while that is still all there ever were. `skips`
    are those of the month of `as_of`. Before the first fact nothing `has_begun`.
    """

    as_of: date
    score: float
    recent: tuple[Decimal, ...] = ()
    is_whole: bool = True
    skips: int = 0
    has_begun: bool = True


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often by the schedule in force, and by it the multiplier, the window in days and what fills the window."""

    times: int
    days: int
    multiplier: float
    window: int
    full: Decimal


class Input(NamedTuple):
    """One day: what it brought, whether the score moved, how full the window was, and the score after it."""

    local_date: date
    brought: Decimal
    verdict: Verdict
    is_carried: bool
    within: Decimal
    fullness: float
    score: float
    rhythm: Rhythm | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the strength is what it is: the formulas, their figures on that day, and the days of the window."""

    as_of: date
    score: float
    before: float
    rhythm: Rhythm | None
    within: Decimal
    fullness: float
    is_carried: bool
    inputs: tuple[Input, ...]
    formula: str = FORMULA
    multiplier: str = MULTIPLIER


def strength(facts: Facts, terms: Terms, as_of: date, state: Strength | None = None) -> Strength | None:
    """Return the strength as of a day, or None for a goal that is due only once; facts after that day count nothing.

    With a state only facts after its `as_of` are read. A change of a day, pause or schedule version spoils states as of
    its first date and later. A state that lacks days of a window that has become longer, or is of a later day, raises
    ValueError: begin anew without it.
    """
    if not is_measured(terms):
        return None
    walk = StrengthWalk(terms, state)
    for _ in walk.over(facts, as_of):
        pass
    return walk.state(as_of)


def curve(facts: Facts, terms: Terms, as_of: date, state: Strength | None = None) -> list[tuple[date, float]]:
    """Return the score of every day from the first fact, or the day after the state, to `as_of`."""
    return [(each.local_date, each.score) for each in inputs(facts, terms, as_of, state)]


def explain(facts: Facts, terms: Terms, as_of: date, state: Strength | None = None) -> Explanation | None:
    """Return how the strength as of a day comes about, or None when there is none; `state` as for `strength`.

    The inputs are the days of the window, paused ones between them included. With a state they begin after it: give
    one at least a window before `as_of`, or none.
    """
    if not is_measured(terms):
        return None
    found = inputs(facts, terms, as_of, state)
    if not found:
        score = state.score if state else _beginning(terms)
        return Explanation(as_of, score, score, None, NOTHING, 0.0, True, ())
    last = found[-1]
    before = found[-2].score if len(found) > 1 else state.score if state else _beginning(terms)
    return Explanation(
        as_of, last.score, before, last.rhythm, last.within, last.fullness, last.is_carried, _window_of(found)
    )


def inputs(facts: Facts, terms: Terms, as_of: date, state: Strength | None = None) -> list[Input]:
    """Return every day with its part in the strength, from the first fact, or the day after the state, to `as_of`."""
    return list(StrengthWalk(terms, state).over(facts, as_of)) if is_measured(terms) else []


def is_measured(terms: Terms) -> bool:
    """True when any version repeats; a goal that is due only once has no strength."""
    return any(_how_often(version) for version in terms.versions)


class StrengthWalk:
    """One pass over the days, oldest first. `sums` are running totals over unpaused days, so any window costs two."""

    def __init__(self, terms: Terms, state: Strength | None) -> None:
        self.terms = terms
        self.state_before = state
        self.has_begun = state is not None and state.has_begun
        self.rhythms = {version.valid_from: _rhythm(terms.aim(version), version) for version in terms.versions}
        self.reach = max((rhythm.window for rhythm in self.rhythms.values() if rhythm), default=1) - 1
        self.score = state.score if state else _beginning(terms)
        self.skips = state.skips if state else 0
        self.aim = terms.aim(in_force(terms.versions, state.as_of)) if state else None
        self.is_whole = state.is_whole if state else True
        self.sums = [NOTHING]
        for brought in state.recent if state else ():
            self.sums.append(self.sums[-1] + brought)
        if not self.is_whole and len(self.sums) - 1 < self.reach:
            raise ValueError("a window became longer than the state remembers")

    def over(self, facts: Facts, as_of: date) -> Iterator[Input]:
        """Yield each day to `as_of` with its part in the score."""
        before = self.state_before
        if before and before.as_of > as_of:
            raise ValueError("the state is of a later day")
        first = shifted(before.as_of, 1) if before and before.has_begun else first_day(facts)
        if first is None or first > as_of:
            return
        for each in judge(facts, self.terms, first, as_of, as_of, skips=self.skips):
            yield self.take(each)

    def state(self, as_of: date) -> Strength:
        kept = len(self.sums) - 1
        recent = self.sums[-1 - min(kept, self.reach) :]
        return Strength(
            as_of=as_of,
            score=self.score,
            recent=tuple(after - before for before, after in pairwise(recent)),
            is_whole=self.is_whole and kept <= self.reach,
            skips=self.skips,
            has_begun=self.has_begun,
        )

    def take(self, each: JudgedDay) -> Input:
        """The day has its part in the score."""
        self.has_begun = True
        self.skips = each.skips
        if each.aim is not self.aim:
            self._turn_to(each.aim)
        brought = NOTHING if each.is_excused else _brought(each)
        if each.verdict is not Verdict.PAUSED:
            self.sums.append(self.sums[-1] + brought)
        rhythm = self.rhythms[each.version.valid_from] if each.version else None
        within, fullness = NOTHING, 0.0
        if rhythm:
            within = self.sums[-1] - self.sums[max(0, len(self.sums) - 1 - rhythm.window)]
            fullness = _fullness(each.aim, within, rhythm.full)
        is_carried = each.is_excused or rhythm is None
        if rhythm and not is_carried:
            self.score = self.score * rhythm.multiplier + fullness * (1 - rhythm.multiplier)
        return Input(each.local_date, brought, each.verdict, is_carried, within, fullness, self.score, rhythm)

    def _turn_to(self, aim: Aim) -> None:
        """What the window holds is said in the measure of the aim now in force."""
        before, self.aim = self.aim, aim
        if before is None:
            return
        old, new = _measure(before), _measure(aim)
        if before.direction is not aim.direction and Direction.AT_MOST in (before.direction, aim.direction):
            self.sums = [NOTHING] * len(self.sums)
        elif old != new and old > 0 and new > 0:
            self.sums = [so_far * new / old for so_far in self.sums]


def _rhythm(aim: Aim, version: Schedule) -> Rhythm | None:
    """Say how often; as many times as days, or more ("31 times a month"), is every day."""
    often = _how_often(version)
    if often is None:
        return None
    times, days = often if often[0] < often[1] else (1, 1)
    multiplier = 0.5 ** (sqrt(times / days) / 13)
    if aim.is_measured:
        return Rhythm(times, days, multiplier, days, _measure(aim) * times)
    doubled = 2 if times < days else 1
    return Rhythm(times, days, multiplier, days * doubled, Decimal(times * doubled))


def _measure(aim: Aim) -> Decimal:
    """What one day has to bring: the target, or one tick."""
    return aim.target if aim.is_measured and aim.target is not None else ONE


def _fullness(aim: Aim, within: Decimal, full: Decimal) -> float:
    if aim.direction is not Direction.AT_MOST or aim.target is None:
        return float(min(ONE, max(NOTHING, within / full))) if full > 0 else 1.0
    if full <= 0:
        return 1.0 if within <= 0 else 0.0
    return float(min(ONE, max(NOTHING, ONE - (within - full) / full)))


def _brought(each: JudgedDay) -> Decimal:
    """Return 1 for a tick, or the amount; a day called done without an amount brought what it had to reach."""
    is_done, aim = each.state is DayState.DONE, each.aim
    if aim.direction is None or aim.target is None:
        return ONE if is_done else NOTHING
    if each.fact.value is not None:
        return each.fact.value
    return aim.target if is_done and aim.direction is Direction.AT_LEAST else NOTHING


def _beginning(terms: Terms) -> float:
    first = min(terms.versions, key=lambda version: version.valid_from, default=None)
    aim = terms.aim(first)
    return 1.0 if aim.is_measured and aim.direction is Direction.AT_MOST else 0.0


def _window_of(found: list[Input]) -> tuple[Input, ...]:
    """Return the days of the last day's window: so many unpaused ones, and the paused ones between them."""
    left = found[-1].rhythm.window if found[-1].rhythm else 1
    for position in range(len(found) - 1, -1, -1):
        left -= found[position].verdict is not Verdict.PAUSED
        if left == 0:
            return tuple(found[position:])
    return tuple(found)


@lru_cache(maxsize=1024)
def _how_often(version: Schedule) -> tuple[int, int] | None:
    return fraction(version)
