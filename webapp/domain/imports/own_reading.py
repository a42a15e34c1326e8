"""Works, reading goals and what was read, of our own export."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from webapp.domain import quran
from webapp.domain.goals import COLOURS, TITLE_LENGTH, Outcome
from webapp.domain.imports.own_fields import Fields, Findings
from webapp.domain.ranges import Range, united
from webapp.domain.reading import SECONDS_A_DAY, UNITS, Asks, Category, Read, Unit
from webapp.domain.reading_drafts import LARGEST_AMOUNT, MOST_RANGES, PlanDraft
from webapp.domain.tracking import Source

RANGE_LENGTH = 20


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Something the person reads; only a book has a title, and is one of several."""

    id: str
    category: Category
    title: str
    unit: Unit
    size: int | None
    mushaf: int | None
    colour: int
    created_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnReadingGoal:
    """What the person means or meant to read of a work."""

    id: str
    work: str
    asks: Asks
    amount: int | None
    span: Range | None
    duration: int | None
    mushaf: int | None
    starts: date
    created_at: datetime
    reached_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class OwnReading:
    """What the person said they read, or with `supersedes` that it does not count."""

    id: str
    work: str
    local_date: date
    at: datetime
    zone: str
    source: Source
    read: Read
    mushaf: int | None
    supersedes: str | None


def work_of(row: Fields) -> OwnWork:
    category = row.choice("category", Category)
    is_book, unit = category is Category.BOOK, row.choice("unit", Unit)
    if unit not in ((Unit.PAGES, Unit.CHAPTERS) if is_book else (UNITS.get(category, Unit.PARTS),)):
        row.wrong("unit")
    return OwnWork(
        id=row.identity(),
        category=category,
        title=row.words("title", TITLE_LENGTH) if is_book else "",
        unit=unit,
        size=row.number_or_none("size", 1, LARGEST_AMOUNT) if is_book else None,
        mushaf=_mushaf(row),
        colour=row.number("colour", 1, COLOURS),
        created_at=row.instant("created_at"),
        archived_at=row.instant_or_none("archived_at") if is_book else None,
    )


def reading_goal_of(row: Fields) -> OwnReadingGoal:
    ended_at = row.instant_or_none("ended_at")
    outcome = row.choice_or_none("outcome", Outcome)
    if (ended_at is None) is not (outcome is None):
        row.wrong("outcome")
    return OwnReadingGoal(
        id=row.identity(),
        work=row.identity("work"),
        asks=row.choice("asks", Asks),
        amount=row.number_or_none("amount", 1, 2**31 - 1),
        span=_range(row, row.text("verses", RANGE_LENGTH)) if row.has("verses") else None,
        duration=row.number_or_none("duration", 1, 2**31 - 1),
        mushaf=_mushaf(row),
        starts=row.day("starts"),
        created_at=row.instant("created_at"),
        reached_at=row.instant_or_none("reached_at"),
        ended_at=ended_at,
        outcome=outcome,
    )


def reading_of(row: Fields) -> OwnReading:
    amount = row.amount("amount") or Decimal(0)
    if not 0 <= amount <= LARGEST_AMOUNT:
        row.wrong("amount")
    verses = united([_range(row, said) for said in row.texts("verses", RANGE_LENGTH, MOST_RANGES)])
    return OwnReading(
        id=row.identity(),
        work=row.identity("work"),
        local_date=row.day("local_date"),
        at=row.instant("at"),
        zone=row.zone(),
        source=row.choice("source", Source),
        read=Read(row.number("seconds", 0, SECONDS_A_DAY), amount, verses),
        mushaf=_mushaf(row),
        supersedes=row.reference("supersedes"),
    )


def check_reading(
    works: Sequence[OwnWork], goals: Sequence[OwnReadingGoal], said: Sequence[OwnReading], found: Findings
) -> None:
    """Of each category but books there is one work, of each work one live goal, which makes sense; what does not count
    is said once of an earlier reading of the same work and day, and says nothing else; no day is longer than a day."""
    there = {work.id: work for work in works}
    once = [work.category for work in works if work.category is not Category.BOOK]
    _twice("works", "category", once, found)
    _twice("reading_goals", "work", [goal.work for goal in goals if goal.ended_at is None], found)
    for row, goal in enumerate(goals, start=1):
        work = there.get(goal.work)
        if work is None or _draft(work, goal).check():
            found.add("reading_goals", row, "work" if work is None else "amount")
        if goal.starts > found.last_moment.date():
            found.add("reading_goals", row, "starts")
    earlier: dict[str, OwnReading] = {}
    seconds: dict[tuple[str, date], int] = defaultdict(int)
    for row, reading in enumerate(said, start=1):
        work, before = there.get(reading.work), earlier.get(reading.supersedes or "")
        if work is None or (reading.read.verses and work.category is Category.BOOK):
            found.add("readings", row, "work" if work is None else "verses")
        if reading.local_date > found.last_moment.date():
            found.add("readings", row, "local_date")
        if reading.supersedes is not None:
            same = before is not None and (before.work, before.local_date) == (reading.work, reading.local_date)
            if not same or before is None or before.supersedes is not None or reading.read != Read():
                found.add("readings", row, "supersedes")
            earlier.pop(reading.supersedes, None)
            seconds[reading.work, reading.local_date] -= before.read.seconds if before else 0
        earlier[reading.id] = reading
        seconds[reading.work, reading.local_date] += reading.read.seconds
    if any(day > SECONDS_A_DAY for day in seconds.values()):
        found.add("readings", 0, "seconds")


def _draft(work: OwnWork, goal: OwnReadingGoal) -> PlanDraft:
    """The goal as it would be asked for now; a book may have had other pages then."""
    return PlanDraft(work.category, goal.asks, goal.amount, goal.span, goal.duration, goal.mushaf)


def _twice(rows: str, field: str, values: Iterable[object], found: Findings) -> None:
    values = list(values)
    if len(set(values)) < len(values):
        found.add(rows, 0, field, "own_duplicate")


def _mushaf(row: Fields) -> int | None:
    mushaf = row.number_or_none("mushaf", 1, max(quran.MUSHAFS))
    if mushaf is not None and mushaf not in quran.MUSHAFS:
        row.wrong("mushaf")
    return mushaf


def _range(row: Fields, text: str) -> Range:
    found = quran.read_range(text)
    if found is None:
        row.wrong("verses")
    return found or quran.WHOLE
