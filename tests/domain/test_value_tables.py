"""Tables of values: columns in any order, days and instants, ids of their own, and every problem at its place."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.spreadsheets import table
from webapp.domain.value_tables import ValueTable, instant_on, moment_in, numbered, read

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
HEADINGS = ("Person", "Goal", "Amount", "When", "Id", "Note")


def reading(text: str, **limits: int) -> ValueTable:
    return read(text, BERLIN, NOW, **limits)


def wrong(text: str) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.problem.code) for one in reading(text).troubles]


def test_columns_stand_in_any_order_and_others_are_named_and_left_out() -> None:
    found = reading(
        "When;Owner;Sum;Keyword;E-mail;Reference;Role;Comment\n"
        "2026-03-09;Zoe;1.250,50 €;Personal Sales;ada@example.org;A-1;admin;two shops\n"
    )
    assert found.unknown == ("Owner", "Role")
    assert found.troubles == ()
    (line,) = found.lines
    assert (line.row, line.person, line.day) == (2, "ada@example.org", date(2026, 3, 9))
    draft = line.draft
    assert (draft.keyword, draft.amount, draft.source_uid, draft.note) == (
        "personal_sales",
        Decimal("1250.50"),
        "A-1",
        "two shops",
    )
    assert draft.occurred_at == datetime(2026, 3, 9, 11, tzinfo=UTC)


def test_a_day_alone_is_its_noon_and_today_never_lies_ahead() -> None:
    assert instant_on(date(2026, 3, 9), BERLIN, NOW) == datetime(2026, 3, 9, 11, tzinfo=UTC)
    assert instant_on(date(2026, 3, 10), BERLIN, NOW) == NOW
    assert instant_on(date(2026, 3, 11), BERLIN, NOW) == datetime(2026, 3, 11, 11, tzinfo=UTC)
    header = "Person,Goal,Amount,When\n"
    assert wrong(f"{header}a@example.org,sales,1,2026-03-10") == []
    assert wrong(f"{header}a@example.org,sales,1,2026-03-11") == [(2, "When", "in_future")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-09 14:30", datetime(2026, 3, 9, 13, 30, tzinfo=UTC)),
        ("09.03.2026, 14:30:15", datetime(2026, 3, 9, 13, 30, 15, tzinfo=UTC)),
        ("2026-03-09T14:30Z", datetime(2026, 3, 9, 14, 30, tzinfo=UTC)),
        ("2026-03-09T14:30:00.25-05:00", datetime(2026, 3, 9, 19, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-03-09 24:30", None),
        ("2026-03-09T14:30+30:00", None),
        ("0001-01-01T00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_instant_is_read_in_the_zone_unless_it_names_its_own(text: str, meant: datetime | None) -> None:
    assert moment_in(text, BERLIN) == meant


def test_every_problem_stands_at_its_row_and_column() -> None:
    text = (
        "Person\tGoal\tAmount\tWhen\tId\tNote\n"
        "\tsales\tmany\tsoon\n"
        "a@example.org\t\t0\t\n"
        "\n"
        f"a@example.org\tsales\t1\t2026-03-01\tan id\t{'x' * 1001}\n"
        "a@example.org\tsales\t\t1899-12-31\n"
    )
    assert wrong(text) == [
        (2, "Amount", "not_a_number"),
        (2, "When", "not_a_date"),
        (2, "Person", "required"),
        (3, "Goal", "required"),
        (3, "Amount", "nothing"),
        (3, "When", "required"),
        (5, "Id", "not_an_id"),
        (5, "Note", "too_long"),
        (6, "Amount", "required"),
        (6, "When", "out_of_range"),
    ]


def test_a_table_that_is_none_says_so_at_once() -> None:
    row = "a@example.org,sales,1,2026-03-01\n"
    assert wrong("") == [(1, "", "required")]
    assert wrong("Person,Goal,Amount,When\n") == [(1, "", "required")]
    (missing,) = reading(f"Person,Amount\n{row}").troubles
    assert (missing.problem.code, missing.problem.params) == ("columns_missing", {"names": "Goal, When"})
    many = "Person,Goal,Amount,When\n" + row * 3
    assert [one.problem.code for one in reading(many, most_rows=2).troubles] == ["too_many"]
    assert len(reading(many, most_rows=3).lines) == 3
    assert [one.problem.code for one in reading(many, most_bytes=20).troubles] == ["table_too_large"]
    assert wrong('Person,Goal,Amount,When\n"' + "x" * 200_000) == [(1, "", "table_unreadable")]


def told(text: str) -> list[tuple[int, str]]:
    """The ids of a table's rows, when whoever begins with an A is person 1 and everybody else person 2."""
    lines = reading(text).lines
    found = numbered((1 if line.person.casefold().startswith("a") else 2, line) for line in lines)
    return [(person, line.draft.source_uid) for person, line in found]


def test_rows_without_an_id_get_one_that_the_same_table_gives_again() -> None:
    header = "Person,Goal,Amount,When,Note\n"
    one, other = "a@example.org,sales,1.50,2026-03-01,first\n", "b@example.org,sales,1.5,2026-03-01,\n"
    ids = [uid for _, uid in told(header + one + other + one)]
    assert ids[0] == ids[1], "the id holds for one person, and the two are not the same"
    assert ids[2] != ids[0], "two alike are two values"
    again = [uid for _, uid in told(header + other + one.replace("first", "") + one)]
    assert sorted(again) == sorted(ids), "their order and notes do not count"
    ((_, changed),) = told(header + one.replace("1.50", "2"))
    assert changed not in ids


def test_rows_alike_are_told_apart_by_whom_they_mean_and_not_by_what_they_call_them() -> None:
    header = "Person,Goal,Amount,When,Id\n"
    rows = ["a@example.org,sales,1,2026-03-01,\n", "A@Example.org,sales,1,2026-03-01,\n"]
    rows += ["a@example.org,sales,1,2026-03-01,own\n", "a@example.org,sales,1,2026-03-01,\n"]
    found = told(header + "".join(rows))
    stem = found[0][1].removesuffix("-1")
    assert [uid for _, uid in found] == [f"{stem}-1", f"{stem}-2", "own", f"{stem}-3"]


def test_marks_of_spreadsheets_are_taken_away() -> None:
    (line,) = reading("Person,Goal,Amount,When,Note\na@example.org,sales,'-5,2026-03-01,'=SUM(A1)\n").lines
    assert (line.draft.amount, line.draft.note) == (Decimal(-5), "=SUM(A1)")


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6).filter(bool)
instants = st.datetimes(datetime(1970, 1, 2), datetime(2026, 3, 9)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001
notes = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40).map(str.strip)


@given(amounts, instants, notes)
def test_what_was_written_for_a_spreadsheet_comes_back_equal(amount: Decimal, at: datetime, note: str) -> None:
    written = table(HEADINGS, [("a@example.org", "sales", amount, at, "A-1", note)])
    (line,) = reading(written.decode("utf-8-sig")).lines
    draft = line.draft
    assert (line.person, draft.keyword, draft.source_uid) == ("a@example.org", "sales", "A-1")
    assert (draft.amount, draft.occurred_at, draft.note) == (amount, at, note)
