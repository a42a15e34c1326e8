"""Tables of objectives from spreadsheets: headings in any order, one row a key result, every problem at its place."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Problem
from webapp.domain.objective_tables import MOST_BYTES, Column, read
from webapp.domain.objectives import Operator
from webapp.domain.pasted import amount_in, day_in, decoded


def troubles(text: str) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.problem.code) for one in read(text).troubles]


def test_a_row_without_an_objective_adds_a_key_result_to_the_one_above() -> None:
    found = read(
        "Objective\tKey result\tFrom\tTo\tUnit\nWin\tShops\t0\t10\tshops\n\tDays\t9\t3\tdays\nSell\tSales\t\t5\t\n"
    )
    assert [line.draft.name for line in found.lines] == ["Win", "Sell"]
    assert [(one.name, one.baseline, one.target, one.unit) for one in found.lines[0].draft.key_results] == [
        ("Shops", Decimal(0), Decimal(10), "shops"),
        ("Days", Decimal(9), Decimal(3), "days"),
    ]
    assert found.lines[0].rows == (2, 3)
    assert found.troubles == ()


def test_a_name_said_again_means_the_same_objective_wherever_it_stands() -> None:
    found = read("Objective,Key result,To\nWin,A,1\nSell,B,2\n  win ,C,3\n")
    assert [[one.name for one in line.draft.key_results] for line in found.lines] == [["A", "C"], ["B"]]


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_columns_stand_in_any_order_and_are_called_many_things(delimiter: str) -> None:
    headings = ["To", "KR", "Goal", "Owner (e-mail)", "Kind", "Due date", "Weight", "Key result owner", "Colour", "Now"]
    cells = ["4", "Errors", "Be good", "mona@example.org", "at most", "2026-03-31", "2", "paul@example.org", "red", "9"]
    found = read(delimiter.join(headings) + "\r\n" + delimiter.join(cells))
    (line,) = found.lines
    (asked,) = line.draft.key_results
    assert (line.draft.name, line.owner) == ("Be good", "mona@example.org")
    assert (asked.name, asked.target, asked.operator, asked.weight) == ("Errors", 4, Operator.AT_MOST, 2)
    assert (asked.owner, asked.due) == ("paul@example.org", date(2026, 3, 31))
    assert found.unknown == ("Colour",), "what can be said and not set is passed over in silence"


def test_parents_are_named_and_found_within_the_table() -> None:
    found = read("Objective,Parent\nTop,\nLow,top\nOther,Elsewhere\n")
    assert found.above() == [None, 0, None]
    assert [line.parent for line in found.lines] == ["", "top", "Elsewhere"]


def test_a_ring_of_parents_is_a_problem_of_each_in_it() -> None:
    assert troubles("Objective,Parent\nA,B\nB,A\nC,A\nD,D\n") == [
        (2, "Parent", "serves_itself"),
        (3, "Parent", "serves_itself"),
        (5, "Parent", "serves_itself"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "", "required")]),
        ("Objective\n", [(1, "", "required")]),
        ("Key result,To\nA,1\n", [(1, "", "no_objective_column")]),
        ("Objective,Key result,To\n,A,1\n", [(2, "Objective", "required")]),
        ("Objective,Key result,To\nWin,A,many\n", [(2, "To", "not_a_number")]),
        ("Objective,Key result,To\nWin,A,\n", [(2, "To", "required")]),
        ("Objective,Key result,To\nWin,,3\n", [(2, "Key result", "required")]),
        ("Objective,Key result,To,Kind\nWin,A,3,roughly\n", [(2, "Kind", "unknown_kind")]),
        ("Objective,Start\nWin,soon\n", [(2, "Start", "not_a_date")]),
        ("Objective,Owner\nWin,a@b.c\nWin,d@e.f\n", [(3, "Owner", "said_otherwise_above")]),
        ("Objective\n" + "\n".join(f"O{number}" for number in range(201)), [(1, "", "too_many")]),
        ("x" * (MOST_BYTES + 1), [(1, "", "table_too_large")]),
        ('Objective\n"' + "x" * 140_000, [(1, "", "table_unreadable")]),
    ],
)
def test_every_problem_stands_at_its_row_and_column(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert troubles(text) == expected


def test_problems_of_the_drafts_find_their_cells() -> None:
    found = read("Objective,Key result,To\nWin,A,1\n,B,2\nSell,C,3\n")
    place = found.trouble(Problem("0.key_results.1.target", "too_large"))
    assert (place.row, place.column) == (3, Column.TO)
    place = found.trouble(Problem("1.ends", "before_start"))
    assert (place.row, place.column) == (4, Column.END)
    place = found.trouble(Problem("", "too_many"))
    assert (place.row, place.column) == (1, "")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("-3", "-3"),
        ("\u22123", "-3"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("1,000", "1000"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234\u00a0567", "1234567"),
        ("50 %", "50"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert amount_in(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "x", "1e9", "--1", "1-2", "٣", "NaN", ".", "1" * 50])
def test_what_is_no_number_is_none(text: str) -> None:
    assert amount_in(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-30", date(2026, 4, 30)),
        ("2026/4/3", date(2026, 4, 3)),
        ("30.4.2026", date(2026, 4, 30)),
        ("3.4.2026", date(2026, 4, 3)),
        ("30/4/2026", date(2026, 4, 30)),
        ("4/30/2026", date(2026, 4, 30)),
        ("4/4/2026", date(2026, 4, 4)),
        ("3/4/2026", None),
        ("2026-13-01", None),
        ("30.4-2026", None),
        ("tomorrow", None),
    ],
)
def test_dates_that_could_be_two_days_are_none(text: str, day: date | None) -> None:
    assert day_in(text) == day


def test_a_percent_sign_is_a_unit_and_quotes_hold_lines_together() -> None:
    (line,) = read('Objective,Description,Key result,To\nWin,"Two\nlines",Share,50%\n').lines
    assert line.draft.description == "Two\nlines"
    assert (line.draft.key_results[0].target, line.draft.key_results[0].unit) == (50, "%")


def test_files_of_windows_and_marks_against_formulas_are_read() -> None:
    assert decoded("\ufeffObjective\nÜben".encode()) == "Objective\nÜben"
    assert decoded("Objective\nÜben".encode("cp1252")) == "Objective\nÜben"
    assert read("Objective\n'=1+1\n").lines[0].draft.name == "=1+1"


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    found = read(text)
    assert found.lines or found.troubles


@given(st.text(alphabet="0123456789.,-+% '", max_size=45))
def test_any_number_is_read_without_failing(text: str) -> None:
    found = amount_in(text)
    assert found is None or found.is_finite()
