"""Cells that no spreadsheet runs, and that come back exactly as they were."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.domain.spreadsheets import table, with_mark, without_mark

RISKY = "=+-@\t\r\0"
texts = st.text(st.sampled_from(RISKY + "'\n\",; aß🏃1")) | st.text()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


@given(texts)
@example("'=1")
@example("''-1")
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert without_mark(with_mark(text)) == text


@given(texts)
def test_no_cell_of_text_begins_a_formula(text: str) -> None:
    assert not with_mark(text).startswith(tuple(RISKY))


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_table_comes_back_as_it_was(cells: list[str]) -> None:
    headings, row = read(table([f"column {number}" for number in range(len(cells))], [cells]))
    assert headings[0] == "column 0"
    assert [without_mark(cell) for cell in row] == cells


@pytest.mark.parametrize("text", ["", "plain", "'tis", "it's = fine", "１"])
def test_harmless_texts_are_left_alone(text: str) -> None:
    assert with_mark(text) == text == without_mark(text)


def test_numbers_stay_numbers_and_lines_end_as_the_standard_says() -> None:
    moment = datetime(2026, 3, 10, 12, tzinfo=UTC)
    content = table(["a"], [(Decimal("-1.50"), -3, Decimal("1E+3"), None, date(2026, 3, 10), moment, "-1", 'say "no"')])
    assert content.startswith(b"\xef\xbb\xbfa\r\n"), "a mark tells spreadsheets that this is UTF-8"
    row = content.decode("utf-8-sig").split("\r\n")[1]
    assert row == """-1.50,-3,1000,,2026-03-10,2026-03-10T12:00:00+00:00,'-1,"say ""no\"\"\""""
