"""Streaks of reading: days in a row on which anything was read. Pure functions of the days and of today.

A streak is active while today can still carry it on: it reaches today or yesterday. A day lived stays the day it was,
so that neither travel nor a clock change moves a streak.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from webapp.domain.days import shifted

ANY = "any"
"""Streaks of whatever was read; any other is called by its category."""


class StreakStatus(StrEnum):
    ACTIVE = "ACTIVE"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def status(self, today: date) -> StreakStatus:
        """Return whether it goes on; also where somebody's clock is behind the day they read on."""
        return StreakStatus.ACTIVE if self.last >= shifted(today, -1) else StreakStatus.BROKEN


def runs(days: Iterable[date]) -> list[Run]:
    """Return the days in a row, oldest first; a day said twice counts once."""
    found: list[Run] = []
    for day in sorted(set(days)):
        if found and day == shifted(found[-1].last, 1):
            found[-1] = Run(found[-1].first, day)
        else:
            found.append(Run(day, day))
    return found


def with_day(before: Run | None, after: Run | None, day: date) -> Run:
    """Return the run that holds a new day, between the one that ends the day before and the one that begins the day
    after, where there are such."""
    return Run(before.first if before else day, after.last if after else day)


def without_day(run: Run, day: date) -> list[Run]:
    """Return what is left of a run when one of its days is taken out of it."""
    left = []
    if run.first < day:
        left.append(Run(run.first, shifted(day, -1)))
    if day < run.last:
        left.append(Run(shifted(day, 1), run.last))
    return left


def current(runs_: Iterable[Run], today: date) -> Run | None:
    """Return the latest streak if it is active."""
    latest = max(runs_, key=lambda run: run.last, default=None)
    return latest if latest and latest.status(today) is StreakStatus.ACTIVE else None
