"""Reading goals: what is read, what a goal asks of it, today's portion and how far somebody is (domain rules §11).

A *work* is what somebody reads: the Quran, a course, a programme, or any book. A *reading goal* asks something of one
work. An *activity day* is what was read of a work on one local day. A day's portion is worked out each morning from
what is left: ceil(left / days left), today included.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from fractions import Fraction

from webapp.domain import quran
from webapp.domain.days import shifted
from webapp.domain.ranges import Range, Ranges, shared, united, without

WEEK = 7
SECONDS_A_DAY = 86_400


class Category(StrEnum):
    """What kind of work it is; of books somebody may have many, of each other one."""

    QURAN = "quran"
    COURSE = "course"
    PROGRAMME = "programme"
    CHALLENGE = "challenge"
    BOOK = "book"


class Unit(StrEnum):
    """What a work is counted in."""

    PAGES = "pages"
    CHAPTERS = "chapters"
    PARTS = "parts"


class Asks(StrEnum):
    """What a goal asks for: time in seconds, so much of the work in its unit, or a range of verses."""

    TIME = "time"
    AMOUNT = "amount"
    RANGE = "range"


UNITS = {Category.QURAN: Unit.PAGES, Category.BOOK: Unit.PAGES}
"""What a work is counted in unless it says otherwise; anything else in parts."""


@dataclass(frozen=True, slots=True)
class Read:
    """So much was read: seconds, an amount in the unit of the work, verses. `amount` is beside what the verses fill."""

    seconds: int = 0
    amount: Decimal = Decimal(0)
    verses: Ranges = ()

    def and_(self, other: "Read") -> "Read":
        """Return both together; a verse in both counts once."""
        return Read(self.seconds + other.seconds, self.amount + other.amount, united(self.verses, other.verses))

    def filled(self, mushaf: int | None) -> Decimal:
        """Return the amount with what the verses fill of the mushaf."""
        if not self.verses:
            return self.amount
        return self.amount + quran.kept_pages(quran.pages_of(self.verses, mushaf or quran.USUAL_MUSHAF))


NOTHING = Read()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a goal asks: `amount` in seconds or the work's unit, or the verses `span`; in all within `duration` days
    from `starts`, without duration of each day."""

    asks: Asks
    amount: int | None
    span: Range | None
    duration: int | None
    mushaf: int | None
    starts: date

    def days_left(self, today: date) -> int:
        """Return how many days are left, today included; at least one, also when the time is over."""
        assert self.duration is not None
        return max(1, min(self.duration, (self.starts - today).days + self.duration))

    @property
    def ends(self) -> date | None:
        """The last day; None of a daily goal."""
        return shifted(self.starts, self.duration - 1) if self.duration else None


@dataclass(frozen=True, slots=True)
class Done:
    """What of a goal was done before a day: an amount in what it asks for, and the verses of its span."""

    amount: Decimal = Decimal(0)
    verses: Ranges = ()

    def after(self, terms: Terms, days: Iterable[Read]) -> "Done":
        """Return it with what these days add."""
        amount, verses = self.amount, [self.verses]
        for day in days:
            amount += counted(terms, day)
            verses.append(day.verses)
        span = (terms.span,) if terms.span else ()
        return Done(amount, shared(united(*verses), span) if terms.asks is Asks.RANGE else ())


@dataclass(frozen=True, slots=True)
class Portion:
    """What a day asks: an amount in what the goal asks for, or verses."""

    amount: int = 0
    verses: Ranges = ()


@dataclass(frozen=True, slots=True)
class Today:
    """A day's portion, what of it is left, and how far the day is, 0 to 1."""

    portion: Portion
    left: Portion
    progress: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a goal is as a whole: `share` 0 to 1 of it, `left` in what it asks for (pages of a range), days left."""

    share: Decimal
    left: Decimal
    days_left: int
    reached: bool


def counted(terms: Terms, day: Read) -> Decimal:
    """Return what a day counts for a goal that is measured by an amount; what was read again on a later day counts."""
    if terms.asks is Asks.RANGE:
        return Decimal(0)
    return Decimal(day.seconds) if terms.asks is Asks.TIME else day.filled(terms.mushaf)


def portion(terms: Terms, before: Done, today: date) -> Portion:
    """Return what today asks, given what was done before today: ceil(left / days left), ranges at the end of a verse.

    604 pages in 30 days of which the first three are missed: 21, 21, 22, then 23.
    """
    if terms.asks is Asks.RANGE:
        assert terms.span is not None
        left = without((terms.span,), before.verses) if terms.duration else (terms.span,)
        if terms.duration is None or (days := terms.days_left(today)) == 1:
            return Portion(verses=left)
        return Portion(verses=quran.first_part(left, quran.pages_of(left) / days))
    assert terms.amount is not None
    if terms.duration is None:
        return Portion(terms.amount)
    rest = max(terms.amount - before.amount, Decimal(0))
    return Portion(int((rest / terms.days_left(today)).to_integral_value(ROUND_CEILING)))


def day_of(terms: Terms, asked: Portion, read: Read) -> Today:
    """Return how far a day is with its portion; a portion of nothing is done."""
    if terms.asks is Asks.RANGE:
        left = without(asked.verses, read.verses)
        whole = quran.pages_of(asked.verses)
        done = 1 - quran.pages_of(left) / whole if whole else Fraction(1)
        return Today(asked, Portion(verses=left), quran.shown_pages(done))
    has = counted(terms, read)
    rest = max(Decimal(asked.amount) - has, Decimal(0)).to_integral_value(ROUND_CEILING)
    progress = min(has / asked.amount, Decimal(1)) if asked.amount else Decimal(1)
    return Today(asked, Portion(int(rest)), round(progress, 6).normalize() + 0)


def standing(terms: Terms, done: Done, today: date) -> Standing | None:
    """Return how far the whole goal is with what was done, today included; None of a daily goal, which has no whole."""
    if terms.duration is None:
        return None
    if terms.asks is Asks.RANGE:
        assert terms.span is not None
        whole, rest = (quran.pages_of(verses, terms.mushaf or quran.USUAL_MUSHAF) for verses in _parts(terms, done))
        share, left = quran.shown_pages(1 - rest / whole), quran.shown_pages(rest)
    else:
        assert terms.amount is not None
        left = max(terms.amount - done.amount, Decimal(0))
        share = round(1 - left / terms.amount, 6).normalize() + 0
    return Standing(share, left, terms.days_left(today), not left)


def week(terms: Terms, before: Done, today: date, read: Read = NOTHING) -> list[tuple[date, Portion]]:
    """Return the portions of the next seven days, today first, if each is read: fewer where the goal is over earlier.

    `read` is what was read today already, of which more than the portion shortens the days to come.
    """
    days: list[tuple[date, Portion]] = []
    ends = max(terms.ends, today) if terms.ends else None
    for day in (shifted(today, ahead) for ahead in range(WEEK)):
        asked = portion(terms, before, day)
        if (ends and day > ends) or not (asked.amount or asked.verses):
            break
        days.append((day, asked))
        has = counted(terms, read) if day == today else Decimal(0)
        verses = united(asked.verses, read.verses if day == today else ())
        before = Done(before.amount + max(has, Decimal(asked.amount)), united(before.verses, verses))
    return days


def _parts(terms: Terms, done: Done) -> tuple[Ranges, Ranges]:
    """The span, and what is left of it."""
    assert terms.span is not None
    return (terms.span,), without((terms.span,), done.verses)
