"""Moods: five levels under a person's own words, and what can honestly be said of many of them (domain rules §8).

A level is ordinal: how often each was logged and the median come first, a mean is a convenience. A mood whose label has
no level counts as logged and is left out of everything that is computed from levels.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, clamp_month, instant_of, local_day, shifted, week_containing
from webapp.domain.errors import Problem
from webapp.domain.text import text_problems

LEVELS = (5, 4, 3, 2, 1)
"""From the best to the worst, as a palette shows them."""
USUAL_WORDS = {"rad": 5, "good": 4, "meh": 3, "bad": 2, "awful": 1}
"""The usual words as other programs write them; pages have them in the viewer's language."""
ENERGIES = (1, 2, 3, 4, 5)
NAME_LENGTH = 60
NOTE_LENGTH = 10_000
LABELS_PER_PERSON = 300
LABELS_OFFERED = 60
"""Of those that programs bring, no more are offered on pages."""
REASONS_PER_PERSON = 300
REASONS_ON_ONE = 50
WORD_LENGTH = 255
"""A word for a mood that a program says may be longer than those of a palette; pages then do not offer it."""
REASONS_SAID_LENGTH = 10_000
SHORT, DEEP = 120, 3
NOON = time(12)
LONGEST_BY_DAY = 92
LONGEST_BY_WEEK = 3 * 366


@dataclass(frozen=True)
class MoodDraft:
    """How somebody says they felt: a label and reasons by their ids, new reasons by name, a note, an energy of 1 to 5.

    `day` and `wall` are what the clock on the wall showed. Without a day it is today's, without a time this moment when
    the day is today's and noon on any other. A program says `at`, an instant, instead of both, and may say as
    `reasons_said` JSON that is no list of names: without it what stands is kept unless reasons are named, "" is none.
    """

    label: str
    day: date | None = None
    wall: time | None = None
    reasons: tuple[str, ...] = ()
    new_reasons: tuple[str, ...] = ()
    note: str = ""
    energy: int | None = None
    problems: tuple[Problem, ...] = ()
    at: datetime | None = None
    reasons_said: str | None = None

    def check(self, now: datetime, zone: str) -> list[Problem]:
        """Return every problem, by field; nobody has felt anything yet at a moment that lies ahead."""
        found = list(self.problems)
        if not self.label:
            found.append(Problem("label", "required"))
        found += self._moment_problems(now, zone)
        new = names_meant(self.new_reasons)
        if len(self.reasons) + len(new) > REASONS_ON_ONE:
            found.append(Problem("reasons", "too_many_reasons", {"most": REASONS_ON_ONE}))
        for name in new:
            found += [problem for problem in name_problems("new_reasons", name) if problem not in found]
        if self.energy is not None and self.energy not in ENERGIES:
            found.append(Problem("energy", "out_of_range", {"minimum": ENERGIES[0], "maximum": ENERGIES[-1]}))
        found += text_problems("reasons", self.reasons_said or "", REASONS_SAID_LENGTH)
        return found + text_problems("note", self.note, NOTE_LENGTH)

    def moment(self, now: datetime, zone: str) -> datetime:
        """Return the instant that is meant, in UTC."""
        if self.at is not None:
            return self.at
        today = local_day(now, zone)
        day = self.day or today
        if self.wall is None and day == today:
            return now
        return instant_of(day, self.wall or NOON, zone)

    def on(self, stood: datetime) -> "MoodDraft":
        """Return the draft of an edit: a day or time it leaves out is that of the wall clock where the mood stood."""
        if self.at is not None:
            return self
        return replace(self, day=self.day or stood.date(), wall=self.wall or stood.time())

    def says(self, stood: datetime) -> bool:
        """True when day and time are, to the minute, those of this wall clock; an instant is always said anew."""
        if self.day is None or self.wall is None:
            return False
        return datetime.combine(self.day, self.wall.replace(second=0, microsecond=0)) == stood.replace(
            second=0, microsecond=0
        )

    def _moment_problems(self, now: datetime, zone: str) -> list[Problem]:
        earliest = shifted(EARLIEST_DAY, 1)  # so that the day lived, which may be the one before, can be looked at too
        day = self.day if self.at is None else local_day(self.at, zone)
        if day is not None and not earliest <= day <= LATEST_DAY:
            return [Problem("day", "out_of_range", {"minimum": earliest, "maximum": LATEST_DAY})]
        today = local_day(now, zone)
        if self.moment(now, zone) <= now:
            return []
        return [Problem("day" if (day or today) > today else "wall", "in_future")]


class Point(NamedTuple):
    """The days from `first` to `last` of a trend, and the mean of their values; None where nothing was logged."""

    first: date
    last: date
    mean: Decimal | None


def tidy(name: str) -> str:
    """Return a name as it is kept: single spaces, none around it, letters composed."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def names_meant(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as they are kept, without empty ones, each once whatever its case, in the order they were said."""
    meant: dict[str, str] = {}
    for name in map(tidy, names):
        if name:
            meant.setdefault(name.casefold(), name)
    return tuple(meant.values())


def reasons_meant(said: Any) -> tuple[tuple[str, ...], str]:
    """Return the reasons that JSON names, one or a list of them, and else the JSON text that is to be kept."""
    if said is None or (isinstance(said, str) and not said.strip()):
        return (), ""
    listed = [said] if isinstance(said, str) else said
    if isinstance(listed, list) and len(listed) <= REASONS_ON_ONE and all(map(_is_name, listed)):
        return names_meant(listed), ""
    return (), json.dumps(listed, ensure_ascii=False)


def reasons_in_short(said: str) -> str:
    """Return JSON that a program kept as reasons in a few words, at most 120 characters: "" for none."""
    text = ", ".join(_words_in(json.loads(said))) if said else ""
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def name_problems(field: str, name: str) -> list[Problem]:
    """Return the problems of the name of a label or reason: none at all, over 60 characters, not to be stored."""
    return text_problems(field, name, NAME_LENGTH) if name else [Problem(field, "required")]


def level_problems(field: str, level: int | None) -> list[Problem]:
    """Return the problem of the level of a label, if it is none of the five; a label may have no level at all."""
    if level is None or level in LEVELS:
        return []
    return [Problem(field, "out_of_range", {"minimum": min(LEVELS), "maximum": max(LEVELS)})]


def day_value(levels: Iterable[int | None]) -> Decimal | None:
    """Return the mean of a day's levels; None when none of its moods has one."""
    return mean(distribution((level, 1) for level in levels))


def distribution(counted: Iterable[tuple[int | None, int]]) -> dict[int, int]:
    """Return how often each of the five levels was logged, the best first, from (level, so many) in any order."""
    counts = dict.fromkeys(LEVELS, 0)
    for level, count in counted:
        if level is not None:
            counts[level] += count
    return counts


def median(counts: Mapping[int, int]) -> int | None:
    """Return the level in the middle of a distribution, the lower one when the middle lies between two."""
    middle = (sum(counts.values()) + 1) // 2
    for level in sorted(counts):
        middle -= counts[level]
        if middle <= 0 and counts[level]:
            return level
    return None


def mean(counts: Mapping[int, int]) -> Decimal | None:
    """Return the mean level of a distribution, None of an empty one."""
    total = sum(counts.values())
    return Decimal(sum(level * count for level, count in counts.items())) / total if total else None


def mean_of(values: Iterable[Decimal]) -> Decimal | None:
    """Return the mean of day values, None without any."""
    known = list(values)
    return sum(known, Decimal(0)) / len(known) if known else None


def stability(days: Mapping[date, Decimal]) -> Decimal | None:
    """Return by how many levels the day value changes from one day to the next, on average: mean |Δ|.

    Only pairs of adjacent calendar days count (domain rules §8), so that a gap says nothing; None without any pair.
    """
    return mean_of(_changes(days))


def adjacent_days(days: Mapping[date, Decimal]) -> int:
    """Return how many pairs of adjacent calendar days there are: what the stability is the mean of."""
    return len(_changes(days))


def by_weekday(days: Mapping[date, Decimal]) -> tuple[Decimal | None, ...]:
    """Return the mean day value of each weekday, Monday first; None for those without any."""
    values: dict[int, list[Decimal]] = defaultdict(list)
    for day, value in sorted(days.items()):
        values[day.weekday()].append(value)
    return tuple(mean_of(values[weekday]) for weekday in range(7))


def trend(days: Mapping[date, Decimal], first: date, last: date, week_start: int = 0) -> list[Point]:
    """Return the means from the first to the last date in order: by day up to 92 days, by week up to three years, by
    calendar month beyond.

    Weeks begin on `week_start` (0 = Monday); the outermost ones are cut to the range. Gaps stay gaps.
    """
    values: dict[date, list[Decimal]] = defaultdict(list)
    length = (last - first).days + 1
    for day, value in sorted(days.items()):
        if first <= day <= last:
            values[_begin(day, length, week_start)].append(value)
    points, begin = [], first
    while begin <= last:
        end = _end(begin, length, week_start)
        points.append(Point(begin, min(end, last), mean_of(values[_begin(begin, length, week_start)])))
        if end >= last:
            break
        begin = shifted(end, 1)
    return points


def _is_name(said: Any) -> bool:
    return isinstance(said, str) and not name_problems("reasons", tidy(said))


def _words_in(said: Any, inside: int = 0) -> Iterator[str]:
    if isinstance(said, dict) and inside < DEEP:
        for name, inner in said.items():
            yield f"{name}: {', '.join(_words_in(inner, inside + 1))}"
    elif isinstance(said, list) and inside < DEEP:
        for inner in said:
            yield from _words_in(inner, inside + 1)
    elif said is not None:
        yield said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _changes(days: Mapping[date, Decimal]) -> list[Decimal]:
    return [
        abs(value - before)
        for (day, before), (after, value) in pairwise(sorted(days.items()))
        if after.toordinal() - day.toordinal() == 1
    ]


def _begin(day: date, length: int, week_start: int) -> date:
    """Return the first day of the stretch the day is in, of a range of so many days."""
    if length <= LONGEST_BY_DAY:
        return day
    return week_containing(day, week_start)[0] if length <= LONGEST_BY_WEEK else day.replace(day=1)


def _end(day: date, length: int, week_start: int) -> date:
    if length <= LONGEST_BY_DAY:
        return day
    if length <= LONGEST_BY_WEEK:
        return week_containing(day, week_start)[1]
    after = date(*clamp_month(day.year, day.month + 1), 1)
    return shifted(after, -1) if after > day else date.max
