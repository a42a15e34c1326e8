"""A goal from one line: "read 20 pages every weekday from Monday".

Phrases are taken out of the line in the order of the language's table; what nobody understood stays in the title. The
page shows what was understood before anything is saved, so that a wrong guess costs one look.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from webapp.domain.days import shifted
from webapp.domain.goals import UNIT_LENGTH
from webapp.domain.quick_add_dates import Reader, next_weekday, next_with, patterns
from webapp.domain.quick_add_words import ENGLISH, Language, Meaning
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.recurrence import LARGEST_COUNT, WEEKDAY_CODES
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD, Frequency, ScheduleDraft
from webapp.domain.tracking import Direction, amount_problems

LONGEST_LINE = 500
TAKEN = "\x00"
YEARS = range(1900, 2200)
FREQ_OF = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
PLAIN = {
    "day": Frequency.DAILY,
    "week": Frequency.WEEKLY,
    "month": Frequency.MONTHLY,
    "year": Frequency.YEARLY,
}
WORKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


class Part(StrEnum):
    """What of a goal a piece of the line speaks about; each part is said once."""

    SCHEDULE = "schedule"
    START = "start"
    UNTIL = "until"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the line that was understood: the characters from `first` to before `end`, as they were typed."""

    part: Part
    first: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class QuickAdd:
    """What a line comes to: a title, a schedule without problems, perhaps an aim, and the pieces that said so."""

    title: str
    schedule: ScheduleDraft
    direction: Direction | None = None
    target: Decimal | None = None
    unit: str = ""
    understood: tuple[Piece, ...] = ()


def parse(line: str, today: date, week_start: int = 0, language: Language = ENGLISH) -> QuickAdd:
    """Return what the line says; whatever it holds there is an answer, if need be a one-time goal with that title.

    A line of over 500 characters is a title. Dates without a year are the next from today, ends the next from the
    start. Without any word about when, the goal is due once.
    """
    said = _Said(line, Reader(language, today, week_start))
    if len(line) <= LONGEST_LINE:
        for meaning, pattern in patterns(language).phrases:
            said.look_for(meaning, pattern)
    return said.goal()


@dataclass(frozen=True, slots=True)
class _When:
    """A schedule as a phrase says it; `anchored` finds the start from the first day it may be."""

    draft: ScheduleDraft
    anchored: Callable[[date], date | None] | None = None


class _Said:
    """A line being understood: what is left of it, and what it said so far."""

    def __init__(self, line: str, reader: Reader) -> None:
        self.line = line
        self.reader = reader
        # Lower case, letter for letter, so that places in it are places in the line.
        self.left = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in line)
        self.left = self.left.replace(TAKEN, " ")
        self.pieces: dict[Part, Piece] = {}
        self.when: _When | None = None
        self.start: date | None = None
        self.until: date | None = None
        self.amount: tuple[Direction, Decimal, str] | None = None

    def look_for(self, meaning: Meaning, pattern: re.Pattern[str]) -> None:
        """The first match that makes sense is understood and taken out of the line."""
        part = PART_OF.get(meaning, Part.SCHEDULE)
        if part in self.pieces or (meaning is Meaning.ON and self.when):
            return
        for match in pattern.finditer(self.left):
            end = self._understand(meaning, match)
            if end is not None:
                first = match.start()
                self.pieces[part] = Piece(part, first, end, self.line[first:end])
                self.left = self.left[:first] + TAKEN * (end - first) + self.left[end:]
                return

    def goal(self) -> QuickAdd:
        direction, target, unit = self.amount or (None, None, "")
        return QuickAdd(
            title=self._title(),
            schedule=self._schedule(),
            direction=direction,
            target=target,
            unit=unit,
            understood=tuple(sorted(self.pieces.values(), key=lambda piece: piece.first)),
        )

    def _title(self) -> str:
        """Return what is left; a line that was understood whole keeps its amount, else all of it, as the title."""
        amount = self.pieces.get(Part.AMOUNT)
        letters = [letter if left != TAKEN else " " for letter, left in zip(self.line, self.left, strict=True)]
        title = _tidy("".join(letters))
        if not title and amount:
            title = _tidy(amount.text)
        return title or " ".join(self.line.split())

    def _schedule(self) -> ScheduleDraft:
        base = self.start or self.reader.today
        if self.when is None:
            draft = ScheduleDraft(Frequency.ONE_TIME)
            start = self.start
        else:
            draft = self.when.draft
            start = (self.when.anchored(base) if self.when.anchored else None) or self.start
        # A first date behind the end, or too far ahead to be entered, leaves the start as it was said.
        if start and start > (self.until or shifted(self.reader.today, MAXIMUM_DAYS_AHEAD)):
            start = self.start
        return replace(draft, start=start, until=self.until, week_start=self.reader.week_start)

    def _understand(self, meaning: Meaning, match: re.Match[str]) -> int | None:
        """Keep what a match says and return where it ends, or None when it makes no sense."""
        said = match.groupdict()
        match meaning:
            case Meaning.FROM:
                self.start = self.reader.day(said["date"], self.reader.today)
                return match.end() if self.start else None
            case Meaning.UNTIL | Meaning.ON:
                base = self.start or self.reader.today
                until = self.reader.day(said["date"], base)
                if until is None or until < base:
                    return None
                self.until = until
                return match.end()
            case Meaning.AT_MOST | Meaning.AT_LEAST | Meaning.AMOUNT:
                return self._measure(meaning, match)
            case Meaning.PER if Part.AMOUNT not in self.pieces or self.left[match.end() :].strip(f" .,!{TAKEN}"):
                return None
        when = _when(meaning, said, self.reader)
        if when is None or when.draft.check():
            return None
        if meaning is Meaning.TIMES_A_DAY and not self._count_times(said["times"]):
            return None
        self.when = when
        return match.end()

    def _measure(self, meaning: Meaning, match: re.Match[str]) -> int | None:
        """Keep an amount and return where it ends. A bare number wants a known unit or a plural, and is no year."""
        words = self.reader.language
        unit, number = match["unit"] or "", self.reader.number(match["number"])
        if number is None or amount_problems("target", number):
            return None
        end = match.end()
        if unit in words.no_units:
            unit, end = "", match.end("number")
        if len(unit) > UNIT_LENGTH or unit in words.spans:
            return None
        if meaning is Meaning.AMOUNT and unit not in words.units:
            is_plural = unit.endswith(words.plural_ending) and len(unit) > len(words.plural_ending) + 1
            if not is_plural or number == 1 or number in YEARS:
                return None
        direction = Direction.AT_MOST if meaning is Meaning.AT_MOST else Direction.AT_LEAST
        typed = self.line[match.start("unit") : match.end("unit")] if unit else ""
        self.amount = direction, number, typed
        return end

    def _count_times(self, text: str) -> bool:
        """Several times a day are an amount to reach; once a day is a tick."""
        times = _times(text, self.reader)
        if times and times > 1:
            self.amount = Direction.AT_LEAST, Decimal(times), self.reader.language.times_unit
        return bool(times)


PART_OF = {
    Meaning.FROM: Part.START,
    Meaning.UNTIL: Part.UNTIL,
    Meaning.ON: Part.UNTIL,
    Meaning.AT_MOST: Part.AMOUNT,
    Meaning.AT_LEAST: Part.AMOUNT,
    Meaning.AMOUNT: Part.AMOUNT,
}


def _when(meaning: Meaning, said: dict[str, str | None], reader: Reader) -> _When | None:
    """Return the schedule a phrase names, or None when its numbers make no sense."""
    days = reader.weekdays(said.get("days"))
    span = reader.span(said.get("span"))
    match meaning:
        case Meaning.DAILY | Meaning.TIMES_A_DAY:
            return _When(ScheduleDraft(Frequency.DAILY))
        case Meaning.WORKDAYS:
            return _When(ScheduleDraft(Frequency.CUSTOM, WORKDAYS))
        case Meaning.WEEKEND:
            return _When(ScheduleDraft(Frequency.CUSTOM, WEEKEND))
        case Meaning.DAY_LIST:
            return _When(ScheduleDraft(Frequency.WEEKLY if len(days) == 1 else Frequency.CUSTOM, days))
        case Meaning.WEEKLY:
            return _When(ScheduleDraft(Frequency.WEEKLY))
        case Meaning.MONTHLY:
            return _When(ScheduleDraft(Frequency.MONTHLY))
        case Meaning.QUARTERLY:
            return _every(3, "month", ())
        case Meaning.YEARLY:
            text = said.get("date")
            if text and reader.day(text, reader.today) is None:
                return None
            return _When(ScheduleDraft(Frequency.YEARLY), (lambda base: reader.day(text, base)) if text else None)
        case Meaning.EVERY_OTHER:
            return _every(2, span or "week", days)
        case Meaning.EVERY_SO_MANY:
            return _every(reader.count(said["number"]), span, days)
        case Meaning.NTH_WEEKDAY:
            nth = reader.language.ordinals[said["nth"] or ""]
            return _by_rule(f"FREQ=MONTHLY;BYDAY={nth}{WEEKDAY_CODES[days[0]]}")
        case Meaning.LAST_DAY:
            return _by_rule("FREQ=MONTHLY;BYMONTHDAY=-1")
        case Meaning.MONTH_DAYS:
            return _on_month_days(sorted({int(number) for number in re.findall("[0-9]+", said["numbers"] or "")}))
        case Meaning.QUOTA:
            return _quota(_times(said["times"], reader), span, None)
        case Meaning.ROLLING:
            number = reader.count(said["number"])
            return _quota(_times(said["times"], reader), "", number and number * (7 if span == "week" else 1))
        case Meaning.PER:
            return _When(ScheduleDraft(Frequency.DAILY)) if span == "day" else _quota(1, span, None)
    return None


def _every(number: int | None, span: str, days: tuple[int, ...]) -> _When | None:
    """Return every so many days, weeks …; with weekdays the weeks are counted from the first of them."""
    if number is None or number > LARGEST_COUNT or (days and span != "week"):
        return None
    anchored = (lambda base: next_weekday(base, days)) if days else None
    if number == 1:
        return _When(ScheduleDraft(PLAIN[span], days), anchored)
    if (number, span) == (2, "week"):
        return _When(ScheduleDraft(Frequency.BIWEEKLY, days), anchored)
    codes = ",".join(WEEKDAY_CODES[day] for day in days)
    return _by_rule(f"FREQ={FREQ_OF[span]};INTERVAL={number}" + (f";BYDAY={codes}" if codes else ""), anchored)


def _on_month_days(numbers: list[int]) -> _When | None:
    """Return these days of each month; the 29th and later fall on the last day of a shorter month."""
    if not numbers or numbers[0] < 1 or numbers[-1] > 31:
        return None
    if len(numbers) > 1:
        return _by_rule("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, numbers)))
    (number,) = numbers
    if number > 28:
        each = ",".join(map(str, range(28, number + 1)))
        return _by_rule(f"FREQ=MONTHLY;BYMONTHDAY={each};BYSETPOS=-1")
    return _When(ScheduleDraft(Frequency.MONTHLY), lambda base: next_with(base, number))


def _quota(times: int | None, span: str, length: int | None) -> _When:
    period = {"week": QuotaPeriod.WEEK, "month": QuotaPeriod.MONTH}.get(span, QuotaPeriod.ROLLING)
    length = 365 if span == "year" else length
    return _When(ScheduleDraft(Frequency.QUOTA, times=times, period=period, length=length))


def _by_rule(rule: str, anchored: Callable[[date], date | None] | None = None) -> _When:
    return _When(ScheduleDraft(Frequency.RULE, rule=rule), anchored)


def _times(text: str | None, reader: Reader) -> int | None:
    """Return how often "once", "3 times", "3x" or "three times" says."""
    text = text or ""
    return reader.language.times.get(text) or reader.count(re.sub(r"[^\W\d_]+$", "", text).strip())


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;:–—-").strip()
