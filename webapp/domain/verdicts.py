"""What each day of a goal comes to under its schedule, its pauses and its skip budget (domain rules §5).

Strength and streaks stand on the same verdicts, so that they never tell two stories about one day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from webapp.domain.days import shifted
from webapp.domain.pauses import Pause, paused_between
from webapp.domain.schedules import Schedule, due_between
from webapp.domain.tracking import Day, DayState, Direction

Facts = Mapping[date, Day]
SILENT = Day()


class Verdict(StrEnum):
    """What a day counts as; a day nobody asked for is not due, whatever was done on it."""

    NOT_DUE = "not_due"
    PAUSED = "paused"
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    OPEN = "open"


class Aim(NamedTuple):
    """What a version asks beside its dates: an amount at least or at most, and how many skips a month it forgives.

    Without direction and target only ticks count; without a `skip_budget` every skip counts as one.
    """

    direction: Direction | None = None
    target: Decimal | None = None
    skip_budget: int | None = None

    @property
    def is_measured(self) -> bool:
        """True when an amount decides."""
        return self.direction is not None and self.target is not None

    def state(self, fact: Day, *, over: bool) -> DayState:
        """Return the state somebody gave, or the one the amount earns; `over` is whether the day is."""
        if self.direction is None or self.target is None:
            return fact.state
        return fact.judged(self.target, self.direction, over=over)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a goal's days are judged by beside its facts: schedule versions with what each asks, and pauses.

    `pauses` are those of the goal and of the person together. `skip_budget`, `direction` and `target` hold for every
    version that `earlier` does not name by the date it is valid from, so that a higher bar never rewrites history.
    """

    versions: tuple[Schedule, ...]
    pauses: tuple[Pause, ...] = ()
    skip_budget: int | None = None
    direction: Direction | None = None
    target: Decimal | None = None
    earlier: Mapping[date, Aim] = field(default_factory=dict)

    def aim(self, version: Schedule | None) -> Aim:
        """Return what this version asks."""
        if version is not None and version.valid_from in self.earlier:
            return self.earlier[version.valid_from]
        return Aim(self.direction, self.target, self.skip_budget)


class JudgedDay(NamedTuple):
    """One day with its verdict; `asked` when the goal was due or a quota counted the day, and it was not paused.

    `skips` is how many skips its month has seen up to and including it.
    """

    local_date: date
    fact: Day
    state: DayState
    verdict: Verdict
    version: Schedule | None
    aim: Aim
    asked: bool
    skips: int

    @property
    def is_excused(self) -> bool:
        """True when the day changes nothing for better or worse: paused, or skipped and not beyond the budget."""
        if self.verdict in (Verdict.PAUSED, Verdict.SKIPPED):
            return True
        return self.state is DayState.SKIPPED and not self.asked


def counts(each: JudgedDay, today: date) -> bool:
    """True for a day of "done of due": it was due and is decided, or is over without a word.

    What was excused is left out, so are today until it has an answer and days of a quota, none of which is due.
    """
    if not each.asked or by_quota(each.version, each.local_date):
        return False
    if each.verdict is Verdict.OPEN:
        return each.local_date < today
    return each.verdict in (Verdict.DONE, Verdict.MISSED)


def verdicts(facts: Facts, terms: Terms, first: date, today: date) -> list[tuple[date, Verdict]]:
    """Return the verdict of every day from `first` to today, or to the last fact when something was done ahead.

    `facts` reach back to the first of the month of `first`, since skips are counted by the month.
    """
    judged = judge(facts, terms, first.replace(day=1), last_day(facts, today), today)
    return [(each.local_date, each.verdict) for each in judged if each.local_date >= first]


def judge(facts: Facts, terms: Terms, first: date, last: date, today: date, *, skips: int = 0) -> Iterator[JudgedDay]:
    """Yield every day from `first` to `last` in order; `skips` were seen before in the month of `first`.

    Days after today are open, as today is, until something is said about them. An at-most day is judged when it is
    over and its amount known; unknown it stays open. Of a quota no single day is due: its days are done, skipped,
    paused or not due, and its periods are judged as wholes.
    """
    ordered = sorted(terms.versions, key=lambda version: version.valid_from)
    due = set(due_between(ordered, first, last, limit=max(1, (last - first).days + 1)))
    paused = paused_between(terms.pauses, first, last)
    position, version = -1, ordered[0] if ordered else None
    aim = terms.aim(version)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        while position + 1 < len(ordered) and ordered[position + 1].valid_from <= day:
            position += 1
            version = ordered[position]
            aim = terms.aim(version)
        fact = facts.get(day, SILENT)
        state = aim.state(fact, over=day < today)
        counted = by_quota(version, day)
        asked = day not in paused and (counted or day in due)
        skips = (0 if day.day == 1 else skips) + (asked and state is DayState.SKIPPED)
        if asked:
            verdict = _verdict(aim, state, counted=counted, ahead=day >= today, skips=skips)
        else:
            verdict = Verdict.PAUSED if day in paused else Verdict.NOT_DUE
        yield JudgedDay(day, fact, state, verdict, version, aim, asked, skips)


def by_quota(version: Schedule | None, day: date) -> bool:
    """True when a quota counts the day, which lies within its start and end."""
    if version is None or version.quota is None:
        return False
    return version.start <= day and (version.until is None or day <= version.until)


def says_something(fact: Day) -> bool:
    """True when somebody answered or measured; a planned row nobody touched, or a bare note, is no fact."""
    return fact.state is not DayState.OPEN or fact.value is not None


def first_day(facts: Facts) -> date | None:
    """Return the date of the first fact."""
    return min((day for day, fact in facts.items() if says_something(fact)), default=None)


def last_day(facts: Facts, today: date) -> date:
    """Return today, or the date of the last fact when that lies ahead."""
    return max((day for day, fact in facts.items() if day > today and says_something(fact)), default=today)


def begin(facts: Facts, today: date) -> date:
    """Return a date from which whole weeks, months and skip budgets are seen, on or before the first fact and today."""
    first = min(first_day(facts) or today, today)
    return shifted(first, -6).replace(day=1)


def _verdict(aim: Aim, state: DayState, *, counted: bool, ahead: bool, skips: int) -> Verdict:
    """Judge a day that was asked for."""
    if state is DayState.DONE:
        return Verdict.DONE
    if state is DayState.SKIPPED and (aim.skip_budget is None or skips <= aim.skip_budget):
        return Verdict.SKIPPED
    if counted:
        return Verdict.NOT_DUE
    if state is DayState.OPEN and (ahead or aim.direction is Direction.AT_MOST):
        return Verdict.OPEN
    return Verdict.MISSED
