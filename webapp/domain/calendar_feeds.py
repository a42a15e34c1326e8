"""A calendar that other programs read by a secret address: what its person lets it tell, and at what times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from webapp.domain.errors import Problem
from webapp.domain.reminders import Clock, is_day_to_remind
from webapp.domain.text import text_problems

PURPOSE = "feed"
"""What the row of a feed is for; it is neither a mailed link nor a program's token, and opens nothing else."""

KIND = "calendar"
LONGEST_FEED_NAME = 100
MOST_FEEDS = 10
"""Live ones, of one person."""

DAYS_BACK = 30
DAYS_AHEAD = 60
LASTS = timedelta(minutes=15)
"""How long an entry with a time of day is."""


class Option(StrEnum):
    """What a feed tells beyond the dates on which something is due."""

    TITLES = "titles"
    TIMED = "timed"
    ALARMS = "alarms"


@dataclass(frozen=True)
class FeedDraft:
    """A feed as its person wants it; it tells as little as may be unless more is named."""

    name: str
    options: frozenset[Option] = frozenset()

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        return text_problems("name", self.name, LONGEST_FEED_NAME) if self.name else [Problem("name", "required")]


class FeedFacts(NamedTuple):
    """A live feed as a request meets it."""

    id: int
    options: frozenset[Option]
    used_at: datetime | None


class Times(NamedTuple):
    """When a goal reminds: `usual` are wall times with days after the due date, `on` is its reminder date, and `own`
    has the date and time of those due dates that have their own."""

    one_time: bool = False
    on: date | None = None
    usual: tuple[tuple[time, int], ...] = ()
    own: Mapping[date, tuple[date, time]] = {}

    def of(self, due: date) -> list[tuple[date, time]]:
        """Return every date and wall time at which this due date is brought to mind."""
        found = {self.own[due]} if due in self.own else set()
        for wall, days in self.usual:
            if days:
                found.add((due + timedelta(days=days), wall))
            elif due not in self.own:
                day = self.on if self.one_time and self.on else due
                if is_day_to_remind(self.one_time, self.on, day, due):
                    found.add((day, wall))
        return sorted(found)


def options_of(words: str | None) -> frozenset[Option]:
    """Return the options a stored row names; a word of another time means nothing."""
    return frozenset(Option(word) for word in (words or "").split() if word in set(Option))


def start_of(due: date, times: Times, clock: Clock) -> datetime | None:
    """Return the UTC instant of the first reminder on the due date itself; None when there is none on it."""
    return min((clock.moment(day, wall) for day, wall in times.of(due) if day == due), default=None)


def rings(due: date, times: Times, clock: Clock, start: datetime | None) -> list[timedelta]:
    """Return how long after the entry's start its reminders come, before it when negative, the earliest first.

    An entry of a whole day starts at midnight wherever its reader is, so that the wall time counts from there, however
    long that night is.
    """
    if start is not None:
        return sorted({clock.moment(day, wall) - start for day, wall in times.of(due)})
    return sorted({_after_midnight(due, moment, clock.day_start) for moment in times.of(due)})


def _after_midnight(due: date, moment: tuple[date, time], day_start: int) -> timedelta:
    day, wall = moment
    next_night = wall.hour < day_start
    return timedelta(days=(day - due).days + next_night, hours=wall.hour, minutes=wall.minute)


def joined(options: Iterable[Option]) -> str:
    """Return the options as a row stores them."""
    return " ".join(sorted(options))
