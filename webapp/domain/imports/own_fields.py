"""Reading rows of our own export: every field has its type and range, or a problem names its list, row and field."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from webapp.domain.days import EARLIEST_DAY, is_zone, shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD
from webapp.domain.text import text_problems
from webapp.domain.tracking import amount_problems

MOST_PROBLEMS = 100
LARGEST_NUMBER = 1_000_000
DAYS_OF_GRACE = 2
"""Clocks differ, and the reader may live west of who wrote."""
LONGEST_TERM, MOST_TERMS = 10_000, 4_000
Terms = dict[str, Any]
Choice = TypeVar("Choice", bound=StrEnum)
_ID = re.compile(r"[0-9a-f]{24}")


class Findings:
    """What is wrong with a file so far; `today` is the reader's, and nothing can have been written down after it."""

    def __init__(self, today: date) -> None:
        self.problems: list[Problem] = []
        self.last_day = shifted(today, MAXIMUM_DAYS_AHEAD + DAYS_OF_GRACE)
        self.last_moment = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=DAYS_OF_GRACE)

    def add(self, rows: str, row: int, field: str, code: str = "own_bad_field") -> None:
        """One more problem; raises Invalid when there are a hundred."""
        self.problems.append(Problem("file", code, {"list": rows, "row": row, "field": field}))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Invalid(self.problems)

    def finish(self) -> None:
        """Raises Invalid when anything was found."""
        if self.problems:
            raise Invalid(self.problems)


class Fields:
    """One row of one list. A field that is not what it should be is a problem, and something harmless is returned."""

    __slots__ = ("_found", "_row", "_values", "rows")

    def __init__(self, found: Findings, rows: str, row: int, values: Mapping[str, Any]) -> None:
        self._found, self.rows, self._row, self._values = found, rows, row, values

    def wrong(self, name: str, code: str = "own_bad_field") -> None:
        """Whatever stands in the field, it cannot be used."""
        self._found.add(self.rows, self._row, name, code)

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def identity(self, name: str = "id") -> str:
        """A public id."""
        value = self._values.get(name)
        if isinstance(value, str) and _ID.fullmatch(value):
            return value
        self.wrong(name)
        return ""

    def reference(self, name: str) -> str | None:
        """The public id of something else, or None."""
        return self.identity(name) if self.has(name) else None

    def text(self, name: str, longest: int) -> str:
        """Nothing is "" too."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, str) and not text_problems(name, value, longest):
            return value
        self.wrong(name)
        return ""

    def words(self, name: str, longest: int) -> str:
        """A text that says something."""
        value = self.text(name, longest)
        if not value.strip():
            self.wrong(name)
        return value

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if not isinstance(value, bool):
            self.wrong(name)
        return value is True

    def number(self, name: str, least: int = 0, most: int = LARGEST_NUMBER) -> int:
        """A whole number between two, both included."""
        value = self._values.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(name)
        return least

    def number_or_none(self, name: str, least: int, most: int) -> int | None:
        return self.number(name, least, most) if self.has(name) else None

    def amount(self, name: str) -> Decimal | None:
        """A decimal within what can be stored; a text where a number would have lost digits."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, int | Decimal | str) and not isinstance(value, bool) and len(str(value)) <= 40:
                amount = Decimal(value)
                if not amount_problems(name, amount):
                    return amount
        except (InvalidOperation, ValueError):
            pass
        self.wrong(name)
        return None

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """One of the words of an enum."""
        found = self.choice_or_none(name, choices)
        if found is None:
            if not self.has(name):
                self.wrong(name)
            return next(iter(choices))
        return found

    def choice_or_none(self, name: str, choices: type[Choice]) -> Choice | None:
        value = self._values.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, str):
                return choices(value)
        except ValueError:
            pass
        self.wrong(name)
        return None

    def day(self, name: str, last: date | None = None) -> date:
        """A date that can be entered, at most as far ahead as rows are made unless there is another last one."""
        value = self._values.get(name)
        try:
            if isinstance(value, str):
                day = date.fromisoformat(value)
                if EARLIEST_DAY <= day <= (last or self._found.last_day):
                    return day
        except ValueError:
            pass
        self.wrong(name)
        return EARLIEST_DAY

    def day_or_none(self, name: str, last: date | None = None) -> date | None:
        return self.day(name, last) if self.has(name) else None

    def days(self, name: str, most: int) -> tuple[date, ...]:
        """Up to so many dates that can be entered, each once, in order; nothing is none."""
        value = self._values.get(name)
        if value is None:
            return ()
        try:
            if isinstance(value, list) and len(value) <= most:
                days = tuple(sorted({date.fromisoformat(each) for each in value}))
                if not days or EARLIEST_DAY <= days[0] <= days[-1] <= self._found.last_day:
                    return days
        except (TypeError, ValueError):
            pass
        self.wrong(name)
        return ()

    def clock(self, name: str) -> time | None:
        """A time of day on the wall, or None."""
        text = self.text(name, 15)
        try:
            wall = time.fromisoformat(text) if text else None
        except ValueError:
            wall = None
        if text and (wall is None or wall.tzinfo is not None):
            self.wrong(name)
            return None
        return wall

    def instant(self, name: str, *, ahead: bool = False) -> datetime:
        """A moment in UTC: one that has been, or with `ahead` one within the days that can be entered."""
        value = self._values.get(name)
        try:
            if isinstance(value, str):
                moment = datetime.fromisoformat(value)
                if moment.tzinfo is not None and EARLIEST_DAY.year <= moment.year <= self._found.last_day.year:
                    moment = moment.astimezone(UTC)
                    if ahead or moment <= self._found.last_moment:
                        return moment
        except (ValueError, OverflowError):
            pass
        self.wrong(name)
        return self._found.last_moment

    def instant_or_none(self, name: str) -> datetime | None:
        return self.instant(name) if self.has(name) else None

    def zone(self, name: str = "zone") -> str:
        value = self._values.get(name)
        if isinstance(value, str) and is_zone(value):
            return value
        self.wrong(name)
        return "Etc/UTC"

    def numbers(self, name: str, least: int, most: int) -> tuple[int, ...]:
        """Whole numbers between two, each once, in order."""
        value = self._values.get(name)
        if isinstance(value, list) and all(type(each) is int and least <= each <= most for each in value):
            return tuple(sorted(set(value)))
        self.wrong(name)
        return ()

    def texts(self, name: str, longest: int, most: int) -> tuple[str, ...]:
        """Up to so many texts."""
        value = self._values.get(name)
        if value is None:
            return ()
        if isinstance(value, list) and len(value) <= most and all(_is_text(each, longest) for each in value):
            return tuple(value)
        self.wrong(name)
        return ()

    def inner(self, name: str) -> Iterator["Fields"]:
        """The rows of a list within this row; their problems are this row's."""
        value = self._values.get(name)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(name)
            return
        for each in value:
            yield Fields(self._found, f"{self.rows}.{name}", self._row, each)

    def object(self, name: str) -> "Fields":
        """The fields within a field; their problems are this row's."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            self.wrong(name)
            value = {}
        return Fields(self._found, f"{self.rows}.{name}", self._row, value)

    def terms(self, name: str = "terms") -> Terms:
        """What an earlier version said: plain values by name, and lists of plain values."""
        value = self._values.get(name)
        if isinstance(value, dict) and len(value) <= MOST_TERMS and all(map(_is_term, value.values())):
            return value
        self.wrong(name)
        return {}


def _is_term(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_TERMS and all(_is_plain(each) for each in value)
    return _is_plain(value)


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, int) or _is_text(value, LONGEST_TERM)


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and not text_problems("", value, longest)
