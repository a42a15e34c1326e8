"""Recurrence rules of RFC 5545 at the grain of a day, expanded between two dates and never further.

Not by dateutil.rrule: it looks for the next match up to the year 9999, so a rule without any (30 February) would hold a
worker for seconds. Here work is bounded by the dates asked for. Tests compare every answer with dateutil's.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from webapp.domain.days import LAST_ORDINAL
from webapp.domain.errors import Invalid, Problem

LONGEST_RULE = 480
LARGEST_COUNT = 3_660
WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?")


class Freq(StrEnum):
    """The periods a rule repeats by; nothing repeats within a day."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """What repeats, without its ends; a weekday is (n-th of the month or year, or 0 for each; 0 = Monday … 6)."""

    freq: Freq
    interval: int = 1
    week_start: int = 0
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return the canonical RRULE text; reading it gives the same rule."""
        parts = {
            "FREQ": self.freq.value,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "WKST": WEEKDAY_CODES[self.week_start],
            "BYMONTH": _joined(self.months),
            "BYMONTHDAY": _joined(self.month_days),
            "BYDAY": ",".join(f"{nth or ''}{WEEKDAY_CODES[weekday]}" for nth, weekday in self.weekdays),
            "BYSETPOS": _joined(self.positions),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as somebody wrote it, with the end it may carry."""

    rule: Rule
    count: int | None = None
    until: date | None = None


def dates(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """Yield the rule's dates from `first` to `last` in order, none before `start`, at the cost of the days between.

    As in dateutil and unlike RFC 5545, `start` itself is a date only when the rule says so.
    """
    first = max(first, start)
    anchored = _anchored(rule, start)
    for ordinals in _periods(rule, start, first, last):
        days = [day for day in map(date.fromordinal, ordinals) if _matches(anchored, day)]
        for day in _at_positions(days, rule.positions) if rule.positions else days:
            if first <= day <= last:
                yield day


@lru_cache(maxsize=1024)
def read(text: str, week_start: int = 0) -> Written:
    """Return the rule written in RFC 5545 text, with or without "RRULE:"; `week_start` counts where WKST is silent.

    Raises Invalid with every problem of field "rule": unreadable, too often, an unknown part, a number out of range.
    BYYEARDAY, BYWEEKNO and times of day are not known here.
    """
    parts = _parts(text)
    problems: list[Problem] = []
    freq = parts.pop("FREQ", "")
    if freq not in Freq.__members__:
        code = "rule_too_often" if freq in {"HOURLY", "MINUTELY", "SECONDLY"} else "rule_unreadable"
        problems.append(Problem("rule", code, {"part": "FREQ"}))

    def numbers(name: str, largest: int, *, smallest: int = 1, signed: bool = False) -> tuple[int, ...]:
        written = parts.pop(name).split(",") if name in parts else []
        values = sorted({int(item) for item in written if _NUMBER.fullmatch(item)})
        sizes = [abs(value) if signed else value for value in values]
        if not all(map(_NUMBER.fullmatch, written)) or any(not smallest <= size <= largest for size in sizes):
            problems.append(Problem("rule", "rule_out_of_range", {"part": name, "maximum": largest}))
        return tuple(values)

    def number(name: str, largest: int) -> int | None:
        values = numbers(name, largest)
        if len(values) > 1:
            problems.append(Problem("rule", "rule_unreadable", {"part": name}))
        return values[0] if values else None

    interval = number("INTERVAL", LARGEST_COUNT) or 1
    count = number("COUNT", LARGEST_COUNT)
    months = numbers("BYMONTH", 12)
    month_days = numbers("BYMONTHDAY", 31, signed=True)
    positions = numbers("BYSETPOS", 366, signed=True)
    weekdays = _weekdays(parts.pop("BYDAY", None), freq, problems)
    until = _until(parts.pop("UNTIL", None), problems)
    wkst = parts.pop("WKST", WEEKDAY_CODES[week_start])
    if wkst not in WEEKDAY_CODES:
        problems.append(Problem("rule", "rule_unreadable", {"part": "WKST"}))
    if count and until:
        problems.append(Problem("rule", "rule_two_ends"))
    if freq == Freq.WEEKLY and month_days:
        problems.append(Problem("rule", "rule_part_unknown", {"part": "BYMONTHDAY"}))
    problems += [Problem("rule", "rule_part_unknown", {"part": name[:20]}) for name in parts]
    if problems:
        raise Invalid(problems)
    rule = Rule(Freq(freq), interval, WEEKDAY_CODES.index(wkst), months, month_days, weekdays, positions)
    return Written(rule, count, until)


def _anchored(rule: Rule, start: date) -> Rule:
    """Fill in from the start what the rule leaves out (RFC 5545 §3.3.10)."""
    if rule.month_days or rule.weekdays or rule.freq is Freq.DAILY:
        return rule
    if rule.freq is Freq.WEEKLY:
        return replace(rule, weekdays=((0, start.weekday()),))
    if rule.freq is Freq.MONTHLY:
        return replace(rule, month_days=(start.day,))
    return replace(rule, months=rule.months or (start.month,), month_days=(start.day,))


def _periods(rule: Rule, start: date, first: date, last: date) -> Iterator[range]:
    """Yield the ordinals of each period of the rule that touches first…last, where first is not before start."""
    step = rule.interval
    if rule.freq is Freq.DAILY:
        ahead = (start.toordinal() - first.toordinal()) % step
        for ordinal in range(first.toordinal() + ahead, last.toordinal() + 1, step):
            yield range(ordinal, ordinal + 1)
    elif rule.freq is Freq.WEEKLY:
        origin = start.toordinal() - (start.weekday() - rule.week_start) % 7
        passed = (first.toordinal() - origin) // (7 * step) * 7 * step
        for ordinal in range(origin + passed, last.toordinal() + 1, 7 * step):
            yield range(max(ordinal, 1), min(ordinal + 7, LAST_ORDINAL + 1))
    elif rule.freq is Freq.MONTHLY:
        origin, reached, end = (day.year * 12 + day.month - 1 for day in (start, first, last))
        for index in range(origin + (reached - origin) // step * step, end + 1, step):
            year, month = index // 12, index % 12 + 1
            ordinal = date(year, month, 1).toordinal()
            yield range(ordinal, ordinal + monthrange(year, month)[1])
    else:
        for year in range(start.year + (first.year - start.year) // step * step, last.year + 1, step):
            ordinal = date(year, 1, 1).toordinal()
            yield range(ordinal, ordinal + 365 + isleap(year))


def _matches(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and day.day not in rule.month_days and _from_month_end(day) not in rule.month_days:
        return False
    if not rule.weekdays or (0, day.weekday()) in rule.weekdays:
        return True
    return any(weekday == day.weekday() and nth and _is_nth(rule, day, nth) for nth, weekday in rule.weekdays)


def _from_month_end(day: date) -> int:
    return day.day - monthrange(day.year, day.month)[1] - 1


def _is_nth(rule: Rule, day: date, nth: int) -> bool:
    """Count the weekday within the month, or within the year when a yearly rule names no months."""
    if rule.freq is Freq.YEARLY and not rule.months:
        index, length = day.timetuple().tm_yday - 1, 365 + isleap(day.year)
    else:
        index, length = day.day - 1, monthrange(day.year, day.month)[1]
    return index // 7 + 1 == nth if nth > 0 else (length - 1 - index) // 7 + 1 == -nth


def _at_positions(days: list[date], positions: tuple[int, ...]) -> list[date]:
    return sorted({days[at - 1 if at > 0 else at] for at in positions if abs(at) <= len(days)})


def _parts(text: str) -> dict[str, str]:
    written = text[: LONGEST_RULE + 1].strip().upper().removeprefix("RRULE:").removesuffix(";")
    pairs = [part.partition("=") for part in written.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(text) > LONGEST_RULE or len(parts) < len(pairs) or not all(name and value for name, _, value in pairs):
        raise Invalid([Problem("rule", "rule_unreadable")])
    return parts


def _weekdays(text: str | None, freq: str, problems: list[Problem]) -> tuple[tuple[int, int], ...]:
    found = [_WEEKDAY.fullmatch(item) for item in text.split(",")] if text else []
    pairs = {(int(match[1] or 0), WEEKDAY_CODES.index(match[2])) for match in found if match}
    largest = {Freq.MONTHLY: 5, Freq.YEARLY: 53}.get(Freq(freq), 0) if freq in Freq.__members__ else 53
    if None in found:
        problems.append(Problem("rule", "rule_unreadable", {"part": "BYDAY"}))
    if any(abs(nth) > largest for nth, _ in pairs):
        problems.append(Problem("rule", "rule_out_of_range", {"part": "BYDAY", "maximum": largest}))
    return tuple(sorted(pairs))


def _until(text: str | None, problems: list[Problem]) -> date | None:
    """Read a date or date-time by its written date, since a schedule knows no hours."""
    if text is None:
        return None
    match = _UNTIL.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    problems.append(Problem("rule", "rule_unreadable", {"part": "UNTIL"}))
    return None


def _joined(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
