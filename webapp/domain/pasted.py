"""Tables as people paste them from a spreadsheet: rows that hold something, columns known by their headings, and how
amounts and days are written there."""

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Generic, TypeVar

from webapp.domain.errors import Invalid, Problem
from webapp.domain.spreadsheets import BYTE_ORDER_MARK, without_mark

Column = TypeVar("Column")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\5(\d{4})")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem at a row (the headings are the first) and column; the column is "" where the whole row is meant."""

    row: int
    column: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Column]):
    """A table whose columns are known: the cells of each row that hold something, by its number, and the headings
    nobody knows."""

    columns: frozenset[Column]
    rows: tuple[tuple[int, Mapping[Column, str]], ...]
    unknown: tuple[str, ...]


def sheet_of(
    text: str, known: Mapping[Column, str], needed: Sequence[Column], *, most_bytes: int, most_rows: int
) -> Sheet[Column]:
    """What a table with headings says; raises Invalid where it cannot be read at all, or lacks a column."""
    if len(text.encode("utf-8", "replace")) > most_bytes:
        raise Invalid([Problem("", "table_too_large", {"most": most_bytes // 1_000_000})])
    try:
        rows = list(rows_of(text.replace("\x00", "\ufffd").removeprefix(BYTE_ORDER_MARK)))
    except csv.Error:  # one cell that is longer than any of ours could be
        raise Invalid([Problem("", "table_unreadable")]) from None
    if len(rows) < 2:
        raise Invalid([Problem("", "required")])
    columns, unknown = columns_of(rows[0][1], known)
    if missing := [str(column) for column in needed if column not in columns.values()]:
        raise Invalid([Problem("", "columns_missing", {"names": ", ".join(missing)})])
    if len(rows) - 1 > most_rows:
        raise Invalid([Problem("", "too_many", {"most": most_rows})])
    named = (
        (number, {columns[place]: cell for place, cell in enumerate(cells) if place in columns and cell})
        for number, cells in rows[1:]
    )
    return Sheet(frozenset(columns.values()), tuple(named), tuple(unknown))


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, by their number in the table, every cell without blanks around it. Cells are
    apart by tabs, or by whichever of comma and semicolon the first row has more of; raises csv.Error."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = "\t" if "\t" in first else max(",;", key=first.count)
    for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), start=1):
        cleaned = [without_mark(cell.strip()).strip() for cell in cells]
        if any(cleaned):
            yield number, cleaned


def columns_of(
    headings: Sequence[str], known: Mapping[Column, str], ignored: Collection[str] = ()
) -> tuple[dict[int, Column], list[str]]:
    """Return the column at each place, the first of several that are called alike, and the headings nobody knows.

    `known` says what each column may be called, in lower case with anything but letters as one underscore.
    """
    found: dict[int, Column] = {}
    unknown = []
    for place, heading in enumerate(headings):
        word = "_".join(re.findall(r"[^\W\d_]+", heading.casefold()))
        column = next((column for column, words in known.items() if word in words.split()), None)
        if column is not None and column not in found.values():
            found[place] = column
        elif heading and word not in ignored:
            unknown.append(heading)
    return found, unknown


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or what spreadsheets of Windows write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def amount_in(text: str) -> Decimal | None:
    """The number a cell shows, whatever parts its thousands; None for what is none.

    A comma or dot followed by three digits parts thousands where it stands alone with no other, unless a zero stands
    before it; of both kinds the last one begins the decimals.
    """
    plain = re.sub(r"[\s\u00a0\u202f'’_]", "", text).rstrip("%").replace("\u2212", "-")
    if not re.fullmatch(r"[+-]?[0-9.,]{1,40}", plain):
        return None
    last = max(plain.rfind(","), plain.rfind("."))
    if last >= 0:
        sign, other = plain[last], ",."[plain[last] == ","]
        once, alone = plain.count(sign) == 1, other not in plain
        thousands = len(plain) - last == 4 and not re.match(r"[+-]?0", plain) and sign == "," and alone
        if once and not thousands:
            plain = plain[:last].replace(other, "") + "." + plain[last + 1 :]
        else:
            plain = plain.replace(sign, "")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def day_in(text: str) -> date | None:
    """The date a cell shows: year first, or day and month where one of them cannot be the other; else None."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    if found[1]:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        first, second, year = int(found[4]), int(found[6]), int(found[7])
        if found[5] == "." or first > 12 or first == second:
            day, month = first, second
        elif second > 12:
            day, month = second, first
        else:
            return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
