"""Numbers and dates as a language says them, and its patterns made ready to search with."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from webapp.domain.days import EARLIEST_DAY, clamp_month, shifted, week_containing
from webapp.domain.quick_add_words import Date, Language, Meaning
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD

DAYS_IN = {"day": 1, "week": 7}
FIGURES = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,6})?|[0-9]{1,12}(?:\.[0-9]{1,6})?"
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
_GROUP = re.compile(r"\(\?P<[a-z]+>")


@dataclass(frozen=True)
class Patterns:
    """A language's phrases and dates as compiled expressions, in its order."""

    phrases: tuple[tuple[Meaning, re.Pattern[str]], ...]
    dates: tuple[tuple[Date, re.Pattern[str]], ...]


@dataclass(frozen=True)
class Reader:
    """What words mean to somebody whose today and first weekday are known."""

    language: Language
    today: date
    week_start: int

    def number(self, text: str | None) -> Decimal | None:
        """Return the number written in figures, also "10,000" and "3rd", or as a word."""
        if text is None:
            return None
        if text in self.language.numbers:
            return Decimal(self.language.numbers[text])
        figures = re.match(r"[0-9]+(?:\.[0-9]+)?", text.replace(",", ""))
        return Decimal(figures[0]) if figures else None

    def count(self, text: str | None) -> int | None:
        """Return a whole number of at least 1."""
        number = self.number(text)
        return int(number) if number is not None and number >= 1 and number == int(number) else None

    def weekdays(self, text: str | None) -> tuple[int, ...]:
        """Return the weekdays of a list, each once, in the order of the week."""
        words = re.findall(r"[^\W\d_]+", text or "")
        return tuple(sorted({self.language.weekdays[word] for word in words if word in self.language.weekdays}))

    def span(self, text: str | None) -> str:
        return self.language.spans.get(text or "", "")

    def day(self, text: str, base: date) -> date | None:
        """Return the date meant, the first of its kind from `base` on where the year is not said.

        None for a date that does not exist, that nobody may enter, or over 3,660 days ahead.
        """
        for kind, pattern in patterns(self.language).dates:
            if match := pattern.fullmatch(text):
                found = self._date(kind, match, base)
                latest = shifted(self.today, MAXIMUM_DAYS_AHEAD)
                return found if found and EARLIEST_DAY <= found <= latest else None
        return None

    def _date(self, kind: Date, match: re.Match[str], base: date) -> date | None:
        said = match.groupdict()
        match kind:
            case Date.ISO:
                return _existing(*map(int, match[0].split("-")))
            case Date.CALENDAR:
                month, day = self.language.months[said["month"]], int(said["day"])
                if said["year"]:
                    return _existing(int(said["year"]), month, day)
                return next_with(base, day, month)
            case Date.TODAY:
                return self.today
            case Date.TOMORROW:
                return shifted(self.today, 1)
            case Date.WEEKDAY:
                (weekday,) = self.weekdays(said["days"])
                return next_weekday(shifted(self.today, 1) if said["next"] else base, (weekday,))
            case Date.AHEAD:
                return _ahead(self.today, self.count(said["number"]), self.span(said["span"]))
            case Date.END_OF:
                return self._ends(self.span(said["span"]))
            case Date.NEXT:
                return shifted(self._ends(self.span(said["span"])), 1)
            case Date.DAY_OF_MONTH:
                return next_with(base, int(said["day"]))

    def _ends(self, span: str) -> date:
        """Return the last day of this day, week, month or year."""
        if span == "day":
            return self.today
        if span == "week":
            return week_containing(self.today, self.week_start)[1]
        month = self.today.month if span == "month" else 12
        return shifted(date(*clamp_month(self.today.year, month + 1), 1), -1)


@lru_cache(maxsize=8)
def patterns(language: Language) -> Patterns:
    """Return the language's patterns, compiled once."""
    tables = {
        "weekday": language.weekdays,
        "month": language.months,
        "ordinal": language.ordinals,
        "span": language.spans,
        "times_word": language.times,
    }
    fragments = dict(language.fragments) | {name: _any_of(words) for name, words in tables.items()}
    fragments["number"] = f"(?<![.,:/-])(?:{FIGURES}|{_any_of(language.numbers)})"
    fragments["word"] = r"[^\W\d_]+(?:-[^\W\d_]+)*"
    dates = [(kind, _filled(pattern, fragments)) for kind, pattern in language.dates]
    fragments["date"] = "(?:" + "|".join(_GROUP.sub("(?:", pattern) for _, pattern in dates) + ")"
    phrases = [(meaning, _filled(pattern, fragments)) for meaning, pattern in language.phrases]
    return Patterns(
        phrases=tuple((meaning, _compiled(rf"(?<!\w)(?:{pattern})(?!\w)")) for meaning, pattern in phrases),
        dates=tuple((kind, _compiled(pattern)) for kind, pattern in dates),
    )


def next_weekday(base: date, weekdays: tuple[int, ...]) -> date:
    """Return the first of these weekdays from `base` on."""
    return min(shifted(base, (weekday - base.weekday()) % 7) for weekday in weekdays)


def next_with(base: date, day: int, month: int | None = None) -> date | None:
    """Return the first date from `base` on with this day of the month, and month; None when there is none."""
    first = base.year * 12 + base.month - 1
    # 29 February may be eight years away.
    for index in range(first, first + 8 * 12 + 1):
        found = _existing(index // 12, index % 12 + 1, day)
        if found and found >= base and month in (None, found.month):
            return found
    return None


def _ahead(today: date, number: int | None, span: str) -> date | None:
    if number is None or number > MAXIMUM_DAYS_AHEAD:
        return None
    if span in DAYS_IN:
        return shifted(today, number * DAYS_IN[span])
    months = number * (12 if span == "year" else 1)
    year, month = clamp_month(today.year, today.month + months)
    found = (_existing(year, month, day) for day in range(today.day, 0, -1))
    return next(each for each in found if each)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _any_of(words: Iterable[str]) -> str:
    """Match any of the words, longer ones first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _filled(pattern: str, fragments: Mapping[str, str]) -> str:
    """Put fragments in place of their names, down to fragments within fragments."""
    while _FRAGMENT.search(pattern):
        pattern = _FRAGMENT.sub(lambda match: fragments[match[1]], pattern)
    return pattern


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"(?:[ \t]+)"))
