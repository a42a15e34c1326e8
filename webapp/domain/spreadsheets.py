"""Tables as comma-separated text (RFC 4180) that no spreadsheet program takes for formulas.

A text cell that such a program could run gets a mark before it, an apostrophe, which `without_mark` takes away again,
so that every text comes back as it was. Numbers stay numbers.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

Cell = str | int | Decimal | date | datetime | None
MARK = "'"
_RISKY = re.compile(r"'*[=+\-@\t\r\0]")
_MARKED = re.compile(r"'+[=+\-@\t\r\0]")
BYTE_ORDER_MARK = "\ufeff"


def with_mark(text: str) -> str:
    """Return the text as a cell that is only text; one that looks marked already gets a mark of its own."""
    return MARK + text if _RISKY.match(text) else text


def without_mark(cell: str) -> str:
    """Return the text that `with_mark` was given."""
    return cell[1:] if _MARKED.match(cell) else cell


def table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows under their headings as UTF-8 with a byte order mark, by which spreadsheets know it."""
    return b"".join(lines(headings, rows))


def lines(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield what `table` returns line by line, so that a long one can be sent as it is written."""
    text = StringIO(BYTE_ORDER_MARK)
    text.seek(len(BYTE_ORDER_MARK))
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(with_mark, headings))
    yield text.getvalue().encode()
    for row in rows:
        text.seek(0)
        text.truncate()
        writer.writerow(map(_written, row))
        yield text.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return with_mark(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)
