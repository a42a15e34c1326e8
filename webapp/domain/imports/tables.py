"""Reading a comma-separated file a stranger made: one row at a time, its columns found by their headings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import islice

from webapp.domain.imports.archive import csv_rows, encoding_of, refusal
from webapp.domain.imports.brought import one_line
from webapp.domain.imports.cells import shown
from webapp.domain.imports.report import COUNTED_ROWS, Report

HEADED_WITHIN = 1_000  # rows


@dataclass(frozen=True)
class Row:
    """One row, numbered as a spreadsheet does; a column the file does not have is empty."""

    number: int
    cells: Mapping[str, str]

    def cell(self, *headings: str) -> str:
        """The cell under the first of these headings that the file has, as it is."""
        return next((self.cells[heading] for heading in headings if heading in self.cells), "")


class Table:
    """A file whose first row that is not empty holds the headings; they are known in any case and spacing."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._encoding = encoding_of([data], "")
        rows = ((number, cells) for number, cells in islice(self._lines(), HEADED_WITHIN) if _says_something(cells))
        self._headed, headings = next(rows, (0, []))
        self.headings = tuple(one_line(cell).casefold() for cell in headings)

    def has(self, *headings: str) -> bool:
        """Whether all these columns are there."""
        return set(headings).issubset(self.headings)

    def rows(self, file: str, report: Report, most_rows: int) -> Iterator[Row]:
        """The rows below the headings, empty ones left out.

        `file` names the table in problems. Raises Invalid when there are more rows than `most_rows`, after the last,
        or when two columns have one heading.
        """
        named = [heading for heading in self.headings if heading]
        twice = next((heading for heading in named if named.count(heading) > 1), None)
        if twice is not None:
            raise refusal("duplicate_heading", file=file, row=self._headed, value=shown(twice))
        width = len(self.headings)
        counted = 0
        for number, cells in self._lines():
            if number >= COUNTED_ROWS:
                raise refusal("too_many_rows", rows=number, most=most_rows, or_more=True)
            if number <= self._headed or not _says_something(cells):
                continue
            counted += 1
            if counted > most_rows:
                continue
            if len(cells) < width or _says_something(cells[width:]):
                report.say(file, number, "bad_row", cells=len(cells))
                continue
            yield Row(number, dict(zip(self.headings, cells, strict=False)))
        if counted > most_rows:
            raise refusal("too_many_rows", rows=counted, most=most_rows, or_more=False)

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        with TextIOWrapper(BytesIO(self._data), self._encoding, newline="") as text:
            yield from enumerate(csv_rows(text, ""), start=1)


def _says_something(cells: list[str]) -> bool:
    return any(map(str.strip, cells))
