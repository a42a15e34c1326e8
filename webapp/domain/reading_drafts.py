"""What somebody says of a reading goal, of a work, and of what they read; `check` finds every problem at once."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.domain import quran
from webapp.domain.days import EARLIEST_DAY
from webapp.domain.errors import Problem
from webapp.domain.goals import COLOURS, TITLE_LENGTH
from webapp.domain.ranges import Range, Ranges
from webapp.domain.reading import SECONDS_A_DAY, Asks, Category, Terms, Unit
from webapp.domain.text import text_problems

LEAST_SECONDS, MOST_SECONDS = 60, 14_400
"""The bounds of a day's share of a goal by time."""
MOST_DAYS = 3_660
LARGEST_AMOUNT = 100_000
"""The most pages, chapters or parts that a work has, or that are read in a day."""
MOST_RANGES = 300
WORKS_PER_PERSON = 200
WITHOUT_VERSES = frozenset({Category.BOOK, Category.COURSE})
"""Works that have none; a programme or challenge may be one of the Quran."""


@dataclass(frozen=True)
class PlanDraft:
    """What a reading goal should ask; `size` is how much of the work there is, None when nobody knows."""

    category: Category | None
    asks: Asks | None
    amount: int | None = None
    span: Range | None = None
    duration: int | None = None
    mushaf: int | None = None
    size: int | None = None

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        problems = []
        if self.category is None:
            problems.append(Problem("category", "required"))
        if self.asks is None:
            problems.append(Problem("asks", "required"))
        if self.mushaf is not None and self.mushaf not in quran.MUSHAFS:
            problems.append(Problem("mushaf", "unknown_choice"))
        if self.duration is not None and not 1 <= self.duration <= MOST_DAYS:
            problems.append(Problem("duration", "out_of_range", {"minimum": 1, "maximum": MOST_DAYS}))
        if problems:
            return problems
        return self._range_problems() if self.asks is Asks.RANGE else self._amount_problems()

    def terms(self, starts: date) -> Terms:
        """Return what it asks from this day on, once it was checked."""
        assert self.asks is not None
        return Terms(self.asks, self.amount, self.span, self.duration, self.mushaf, starts)

    def _range_problems(self) -> list[Problem]:
        if self.category in WITHOUT_VERSES:
            return [Problem("asks", "no_verses")]
        if self.span is None or self.amount is not None:
            return [Problem("amount", "not_a_range")]
        first, last = self.span
        return [] if 1 <= first <= last <= quran.VERSES else [Problem("amount", "not_a_range")]

    def _amount_problems(self) -> list[Problem]:
        if self.amount is None or self.span is not None:
            return [Problem("amount", "not_a_number")]
        if self.asks is Asks.TIME:
            days = self.duration or 1
            fits = LEAST_SECONDS * days <= self.amount <= MOST_SECONDS * days
            return [] if fits else [Problem("amount", "daily_time")]
        most = self._most()
        return [] if 1 <= self.amount <= most else [Problem("amount", "out_of_range", {"minimum": 1, "maximum": most})]

    def _most(self) -> int:
        if self.category is Category.QURAN:
            return quran.pages_in(self.mushaf or quran.USUAL_MUSHAF)
        return self.size or LARGEST_AMOUNT


@dataclass(frozen=True)
class WorkDraft:
    """What a book should be: its title, what it is counted in, and how much of that there is."""

    title: str
    unit: Unit | None = Unit.PAGES
    size: int | None = None
    colour: int = 1

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        title = self.title.strip()
        problems = text_problems("title", title, TITLE_LENGTH) if title else [Problem("title", "required")]
        if self.unit not in (Unit.PAGES, Unit.CHAPTERS):
            problems.append(Problem("unit", "unknown_choice"))
        if self.size is not None and not 1 <= self.size <= LARGEST_AMOUNT:
            problems.append(Problem("size", "out_of_range", {"minimum": 1, "maximum": LARGEST_AMOUNT}))
        if not 1 <= self.colour <= COLOURS:
            problems.append(Problem("colour", "out_of_range", {"minimum": 1, "maximum": COLOURS}))
        return problems


@dataclass(frozen=True)
class ReadingDraft:
    """What was read: seconds, an amount in the unit of the work, verses; `day` is the local date, None for today."""

    seconds: int | None = None
    amount: Decimal | None = None
    verses: Ranges = ()
    day: date | None = None
    mushaf: int | None = None
    source_uid: str = ""

    def check(self, category: Category, today: date) -> list[Problem]:
        """Return every problem, by field."""
        problems = []
        if self.seconds is None and self.amount is None and not self.verses:
            problems.append(Problem("", "nothing_read"))
        if self.seconds is not None and not 1 <= self.seconds <= SECONDS_A_DAY:
            problems.append(Problem("seconds", "out_of_range", {"minimum": 1, "maximum": SECONDS_A_DAY}))
        if self.amount is not None and not (self.amount.is_finite() and 0 < self.amount <= LARGEST_AMOUNT):
            problems.append(Problem("amount", "out_of_range", {"minimum": 1, "maximum": LARGEST_AMOUNT}))
        elif self.amount is not None and round(self.amount, 6) != self.amount:
            problems.append(Problem("amount", "too_fine", {"places": 6}))
        if self.verses and category in WITHOUT_VERSES:
            problems.append(Problem("verses", "no_verses"))
        elif not all(1 <= first <= last <= quran.VERSES for first, last in self.verses):
            problems.append(Problem("verses", "not_a_range"))
        if len(self.verses) > MOST_RANGES:
            problems.append(Problem("verses", "too_many", {"most": MOST_RANGES}))
        if self.mushaf is not None and self.mushaf not in quran.MUSHAFS:
            problems.append(Problem("mushaf", "unknown_choice"))
        if self.day is not None and self.day > today:
            problems.append(Problem("day", "in_the_future"))
        elif self.day is not None and self.day < EARLIEST_DAY:
            problems.append(Problem("day", "too_early"))
        return problems


UNSET: Any = object()


@dataclass(frozen=True)
class PlanChanges:
    """What of a reading goal should be otherwise; UNSET stays as it is."""

    category: Category = UNSET
    asks: Asks = UNSET
    amount: int | None = UNSET
    span: Range | None = UNSET
    duration: int | None = UNSET
    mushaf: int | None = UNSET

    def applied(self, said: PlanDraft) -> PlanDraft:
        """Return what is asked with the changes; what was asked of another measure says nothing of the new one."""
        changed = {name: value for name, value in vars(self).items() if value is not UNSET}
        if changed.get("asks", said.asks) is not said.asks:
            changed = {"amount": None, "span": None} | changed
        return replace(said, **changed)
