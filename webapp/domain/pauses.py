"""Pauses: ranges of dates on which nothing is asked of a person, for one goal or for all (domain rules §2, §5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, shifted
from webapp.domain.errors import Problem

LONGEST_PAUSE_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Pause:
    """The dates from `first` to `last`, both included; without `last` it goes on until somebody ends it."""

    first: date
    last: date | None = None

    def check(self) -> list[Problem]:
        """Return every problem, by field: a date nobody may enter, an end before the start, over 3,660 days."""
        problems = [
            Problem(field, "out_of_range", {"minimum": EARLIEST_DAY, "maximum": LATEST_DAY})
            for field, day in (("first", self.first), ("last", self.last))
            if day and not EARLIEST_DAY <= day <= LATEST_DAY
        ]
        if self.last and self.last < self.first:
            problems.append(Problem("last", "before_start", {"start": self.first}))
        elif self.last and (self.last - self.first).days >= LONGEST_PAUSE_DAYS:
            problems.append(Problem("last", "pause_too_long", {"days": LONGEST_PAUSE_DAYS}))
        return problems

    def covers(self, day: date) -> bool:
        """True on the first and the last day and on every day between them."""
        return self.first <= day and (self.last is None or day <= self.last)


def is_paused(day: date, pauses: Iterable[Pause]) -> bool:
    """True when any of the pauses, of the goal or of the person, covers the day."""
    return any(pause.covers(day) for pause in pauses)


def pause_on(day: date, pauses: Iterable[Pause]) -> Pause | None:
    """Return the whole stretch of pause around the day, so that a page can say until when; None when it is not paused.

    Pauses that overlap or touch are one stretch.
    """
    return next((pause for pause in merged(pauses) if pause.covers(day)), None)


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return pauses that cover exactly the same days, in order, with at least one day between any two.

    A pause that ends before it starts covers nothing and is left out.
    """
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.first):
        if pause.last is not None and pause.last < pause.first:
            continue
        before = joined[-1] if joined else None
        if before and before.last is None:
            break
        if before and before.last and pause.first <= shifted(before.last, 1):
            joined[-1] = Pause(before.first, max(before.last, pause.last) if pause.last else None)
        else:
            joined.append(pause)
    return tuple(joined)


def paused_between(pauses: Iterable[Pause], first: date, last: date) -> frozenset[date]:
    """Return the paused dates from `first` to `last`, both included."""
    return frozenset(
        date.fromordinal(ordinal)
        for pause in merged(pauses)
        for ordinal in range(max(pause.first, first).toordinal(), min(pause.last or last, last).toordinal() + 1)
    )
