"""What tables of habits bring: HabitBull's, those like it, and our own entries.csv."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.loop_files import csv_text
from tests.domain.imports.loop_reading import days
from tests.domain.imports.reading import TODAY, bring, one_goal, refused, said
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import Brought, GoalKind
from webapp.domain.imports.reading import read
from webapp.domain.spreadsheets import table as spreadsheet
from webapp.domain.tracking import DayState

HABITBULL = "HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText"
OWN = ("goal", "date", "state", "value", "unit", "note")


def table(*rows: str, headings: str = HABITBULL) -> Brought:
    return bring("\n".join([headings, *rows]).encode())


def own(*rows: tuple[object, ...]) -> Brought:
    return bring(spreadsheet(OWN, rows))


def test_habitbulls_rows_bring_habits():
    read = table(
        "Breed dragons,with love and fire,Uncategorized,2026-07-04,1,far",
        "Breed dragons,with love and fire,Uncategorized,2026-07-03,0,",
        "Breed dragons,with love and fire,Uncategorized,2026-07-02,0,ill",
        "Reduce sleep,,Health,2026-07-02,7,",
        "Reduce sleep,,Health,2026-07-01,0,none",
    )
    dragons, sleep = read.goals
    assert read.source == "habit_csv"
    assert (dragons.name, dragons.description, dragons.tags) == (
        "Breed dragons",
        "with love and fire",
        (),
    )
    assert dragons.kind is GoalKind.YES_NO
    assert days(dragons) == [
        ("2026-07-02", DayState.NOT_DONE, None, "ill"),
        ("2026-07-04", DayState.DONE, None, "far"),
    ]
    assert (sleep.kind, sleep.direction, sleep.target, sleep.tags) == (GoalKind.AMOUNT, None, None, ("Health",))
    assert days(sleep) == [("2026-07-01", None, Decimal(0), "none"), ("2026-07-02", None, Decimal(7), "")]
    assert said(read) == [("habits.csv", 5, "no_target")]


@pytest.mark.parametrize(
    "headings",
    [
        "HABIT,Date,Value,Comment",
        "Goal, date ,VALUE,note",
        "name,CalendarDate,value,CommentText",
        "note,value,date,habit",
    ],
)
def test_near_headings_are_known_in_any_case_and_order(headings):
    cells = {
        "habit": "Walk",
        "goal": "Walk",
        "name": "Walk",
        "date": "2026-07-03",
        "calendardate": "2026-07-03",
        "value": "1",
    }
    row = ",".join(cells.get(heading.strip().casefold(), "hi") for heading in headings.split(","))
    assert days(one_goal(table(row, headings=headings))) == [("2026-07-03", DayState.DONE, None, "hi")]


def test_our_own_entries_come_back():
    read = own(
        ("Walk", "2026-07-01", "done", None, "", ""),
        ("Walk", "2026-07-02", "skipped", None, "", "=1+1"),
        ("Walk", "2026-07-03", "missed", None, "", ""),
        ("Walk", "2026-07-04", "open", None, "", "note"),
        ("=cmd()", "2026-07-01", "partial", Decimal("2.5"), "@km", "'=x"),
        ("=cmd()", "2026-07-02", "done", Decimal(8), "@km", ""),
    )
    walk, amount = read.goals
    assert days(walk) == [
        ("2026-07-01", DayState.DONE, None, ""),
        ("2026-07-02", DayState.SKIPPED, None, "=1+1"),
        ("2026-07-03", DayState.NOT_DONE, None, ""),
        ("2026-07-04", None, None, "note"),
    ]
    assert (amount.name, amount.unit, amount.kind) == ("=cmd()", "@km", GoalKind.AMOUNT)
    assert days(amount) == [
        ("2026-07-01", None, Decimal("2.5"), "'=x"),
        ("2026-07-02", DayState.DONE, Decimal(8), ""),
    ]


def test_a_foreign_tables_apostrophes_stay():
    read = table("'=x,,,2026-07-03,1,'-y")
    assert (one_goal(read).name, one_goal(read).entries[0].note) == ("'=x", "'-y")


def test_rows_that_say_nothing_are_problems_and_the_rest_goes_on():
    read = own(
        ("a", "2026-07-01", "perhaps", None, "", ""), ("a", "01.07.2026", "done", None, "", ""),
        ("a", "2026-07-01", "done", "NaN", "", ""), ("a", "2026-07-01", "done", "1e9", "", ""),
        ("a", "2026-07-01", "done", "9" * 13, "", ""), ("a", "2026-07-01", "done", "9" * 5_000, "", ""),
        ("a", "2026-07-01", "done", "1,5", "", ""), ("a", "2026-07-01", "", Decimal(-1), "", ""),
        ("a", "2026-07-02", "done", None, "", ""), ("a", "2026-07-02", "skipped", None, "", ""),
        ("", "2026-07-02", "done", None, "", ""), ("a", "2026-07-03", "done", "１", "", ""),
    )  # fmt: skip
    assert [(row, code) for _, row, code in said(read)] == [
        (2, "bad_state"), (3, "bad_date"), (4, "bad_value"), (5, "bad_value"), (6, "amount_too_large"),
        (7, "bad_value"), (8, "bad_value"), (9, "negative_amount"),
        (12, "untitled"), (13, "bad_value"), (11, "duplicate_date"),
    ]  # fmt: skip
    assert [goal.name for goal in read.goals] == ["a", ""]
    assert days(read.goals[0]) == [("2026-07-02", DayState.DONE, None, "")]


def test_identities_hold_whatever_the_order_and_whatever_comes_later():
    first = table("Walk,,,2026-07-03,1,", "Run,,,2026-07-03,1,")
    second = table("Run,,,2026-07-03,1,", "Walk,about,Tag,2026-07-04,5,", "Walk,,,2026-07-03,1,hi")
    uids = {goal.name: goal.source_uid for goal in first.goals}
    assert uids == {goal.name: goal.source_uid for goal in second.goals}
    assert {entry.source_uid for goal in first.goals for entry in goal.entries} < {
        entry.source_uid for goal in second.goals for entry in goal.entries
    }
    assert all(len(entry.source_uid) <= 64 for goal in second.goals for entry in goal.entries)


def test_two_columns_of_one_heading_are_refused():
    problem = refused(b"habit,date,value,Date\nWalk,2026-07-03,1,2026-07-04\n")
    assert (problem.code, problem.params["value"]) == ("duplicate_heading", "date")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8) | st.sampled_from(
    ["2026-07-03", "1", "0", "2.5", "done", "Walk", "=1+1", "-1"]
)


@settings(max_examples=30)
@given(st.sampled_from([HABITBULL.split(","), list(OWN)]), st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=5))
def test_random_cells_bring_only_what_can_be_stored(headings, rows):
    try:
        brought = read(csv_text([headings, *rows]).encode(), TODAY, most_rows=100)
    except Invalid:
        return
    for goal in brought.goals:
        assert "\n" not in goal.name
        assert all(entry.value is None or entry.value >= 0 for entry in goal.entries)
        assert goal.kind is GoalKind.AMOUNT or all(entry.value is None for entry in goal.entries)
        assert len({entry.local_date for entry in goal.entries}) == len(goal.entries)
