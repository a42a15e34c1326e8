"""Tables of values as an organisation's programs and spreadsheets write them: one row a value, read with every problem
at its row and column.

The columns stand in any order and are known by their headings. A day alone means noon of that day where the
organisation is, or now while that noon still lies ahead. A row without an id gets one from what it says and, once it is
known who its person is, from its number among rows that say the same of the same person, so that the same table again
adds nothing; its note does not count for that, and may change.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

from webapp.domain.days import instant_of, local_day
from webapp.domain.errors import Invalid, Problem
from webapp.domain.pasted import Trouble, amount_in, day_in, sheet_of
from webapp.domain.profile_drafts import ValueDraft

NOON = time(12)
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000


class Column(StrEnum):
    """A column by the word under which our own tables head it."""

    PERSON = "Person"
    GOAL = "Goal"
    AMOUNT = "Amount"
    WHEN = "When"
    ID = "Id"
    NOTE = "Note"


NEEDED = (Column.PERSON, Column.GOAL, Column.AMOUNT, Column.WHEN)
HEADINGS: Mapping[Column, str] = {
    Column.PERSON: "person person_e_mail person_email e_mail email address user participant seller",
    Column.GOAL: "goal keyword goal_keyword target kpi",
    Column.AMOUNT: "amount value sum quantity",
    Column.WHEN: "when date day time at occurred_at date_time datetime",
    Column.ID: "id uid source_uid source_id reference",
    Column.NOTE: "note notes comment remark",
}
"""What each column may be called, in lower case with anything but letters as one underscore."""
PLACES = {
    "user": Column.PERSON,
    "goal": Column.GOAL,
    "amount": Column.AMOUNT,
    "occurred_at": Column.WHEN,
    "source_uid": Column.ID,
    "note": Column.NOTE,
}
_MOMENT = re.compile(
    r"(?P<day>[\d./-]+)(?:\s*[T,]\s*|\s+)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,6})\d*)?)?"
    r"\s*(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One row: whose value it is as they are written there, and what it says. `day` is the day where no time was
    named; `has_id` that the table names an id, else rows that say the same share theirs until they are `numbered`."""

    row: int
    person: str
    draft: ValueDraft
    day: date | None
    has_id: bool


@dataclass(frozen=True, slots=True)
class ValueTable:
    """What a table says: its values in their order, the headings nobody knows, and everything wrong with it."""

    lines: tuple[ValueLine, ...] = ()
    unknown: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def read(
    text: str, zone: str, now: datetime, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS
) -> ValueTable:
    """What the table says, of an organisation in this zone; one that cannot be read at all has its problem at row 1."""
    try:
        sheet = sheet_of(text, HEADINGS, NEEDED, most_bytes=most_bytes, most_rows=most_rows)
    except Invalid as invalid:
        return ValueTable(troubles=tuple(Trouble(1, "", problem) for problem in invalid.problems))
    table = _Table(zone, now)
    for number, cells in sheet.rows:
        table.add(number, cells)
    return ValueTable(tuple(table.lines), sheet.unknown, tuple(table.troubles))


def moment_in(text: str, zone: str) -> datetime | None:
    """The instant a cell shows: a date and a time, of the zone unless it names its distance from UTC; None for what is
    none."""
    found = _MOMENT.fullmatch(text.strip())
    day = day_in(found["day"]) if found else None
    if found is None or day is None:
        return None
    try:
        part = int((found["part"] or "").ljust(6, "0"))
        wall = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), part)
        if found["zone"] is None:
            return instant_of(day, wall, zone)
        distance = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        there = timezone(-distance if found["sign"] == "-" else distance)
        return datetime.combine(day, wall, there).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def instant_on(day: date, zone: str, now: datetime) -> datetime:
    """The instant that a day alone means: its noon in the zone, or now while that still lies ahead today."""
    noon = instant_of(day, NOON, zone)
    return now if noon > now and day == local_day(now, zone) else noon


def numbered(lines: Iterable[tuple[int, ValueLine]]) -> list[tuple[int, ValueLine]]:
    """These lines with the numbers of their people: of those without an id of their own that say the same of the same
    person, whatever they call them, each has another id."""
    alike: Counter[tuple[int, str]] = Counter()
    found = []
    for person, line in lines:
        told = line
        if not line.has_id:
            uid = line.draft.source_uid
            alike[person, uid] += 1
            told = replace(line, draft=replace(line.draft, source_uid=f"{uid}-{alike[person, uid]}"))
        found.append((person, told))
    return found


def place_of(field: str) -> str:
    """The column at which a problem of this field of a value stands."""
    return PLACES.get(field, "")


class _Table:
    """The values as their rows come in."""

    def __init__(self, zone: str, now: datetime) -> None:
        self.zone, self.now = zone, now
        self.lines: list[ValueLine] = []
        self.troubles: list[Trouble] = []

    def add(self, number: int, cells: Mapping[Column, str]) -> None:
        """One row."""
        problems = {}
        person, goal = cells.get(Column.PERSON, ""), "_".join(cells.get(Column.GOAL, "").casefold().split())
        amount = amount_in(_without_currency(cells.get(Column.AMOUNT, "")))
        if amount is None and Column.AMOUNT in cells:
            problems["amount"] = Problem("amount", "not_a_number")
        said = cells.get(Column.WHEN, "")
        day = day_in(said)
        at = instant_on(day, self.zone, self.now) if day else moment_in(said, self.zone)
        if at is None and said:
            problems["occurred_at"] = Problem("occurred_at", "not_a_date")
        if not person:
            problems["user"] = Problem("user", "required")
        uid = cells.get(Column.ID) or _own_id(goal, amount, day or at)
        draft = ValueDraft(goal, amount, at, uid, cells.get(Column.NOTE, ""))
        for problem in draft.check(self.now):
            problems.setdefault(problem.field, problem)
        self.troubles += [Trouble(number, place_of(field), problem) for field, problem in problems.items()]
        self.lines.append(ValueLine(number, person, draft, day, Column.ID in cells))


def _own_id(goal: str, amount: Decimal | None, when: date | datetime | None) -> str:
    if amount is None or not amount.is_finite() or when is None:
        return ""
    said = f"{goal}|{amount.normalize() + 0:f}|{when.isoformat()}"
    return f"row-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _without_currency(cell: str) -> str:
    """The amount without the sign of its currency; what currency it is says the target."""
    return "".join(character for character in cell if unicodedata.category(character) != "Sc")
