"""Whole exports of Loop Habit Tracker: folders, encodings, and what is broken or hostile in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.loop_files import NEW_HEADINGS, Habit, csv_text, new_export, zip_of
from tests.domain.imports.loop_reading import BUILT, TODAY, codes, read_or_refuse, refused
from webapp.domain.imports.loop import read_loop


def test_folders_are_found_by_their_number():
    checkmarks = [("2026-07-04", "YES_MANUAL", "")]
    nameless = Habit("日本語", checkmarks=checkmarks)
    shortened = Habit("w" * 150, checkmarks=checkmarks, folder="002 " + "w" * 100)
    read = read_loop(new_export(nameless, shortened), TODAY)
    assert ([len(goal.entries) for goal in read.goals], read.problems) == ([1, 1], ())


def test_folders_and_habits_that_do_not_meet_are_named():
    lost = Habit("lost", folder="009 lost", checkmarks=[("2026-07-04", "YES_MANUAL", "")])
    read = read_loop(new_export(lost, Habit("b")), TODAY)
    assert [goal.entries for goal in read.goals] == [(), ()]
    assert [(problem.file, problem.row, problem.code) for problem in read.problems] == [
        ("Habits.csv", 2, "no_checkmarks"),
        ("009 lost/Checkmarks.csv", 0, "no_habit"),
    ]
    two = zip_of({
        "Habits.csv": csv_text([("Position", "Name", "NumRepetitions", "Interval"), ("1", "a", 1, 1)]).encode(),
        "001 a/Checkmarks.csv": b"",
        "001 b/Checkmarks.csv": b"",
    })  # fmt: skip
    assert codes(read_loop(two, TODAY).problems) == [(2, "several_folders")]


def test_a_habit_without_a_position_comes_without_history():
    habits = b"Position,Name,NumRepetitions,Interval\n?,a,1,1\n"
    read = read_loop(zip_of({"Habits.csv": habits, "001 a/Checkmarks.csv": b"2026-07-04,2\n"}), TODAY)
    assert [(goal.name, goal.position, goal.entries) for goal in read.goals] == [("a", 1, ())]
    assert codes(read.problems) == [(2, "bad_position"), (0, "no_habit")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(encoding):
    (goal,) = read_loop(new_export(Habit("Café – früh"), encoding=encoding), TODAY).goals
    assert goal.name == "Café – früh"


def test_an_export_may_lie_in_one_folder_beside_what_macos_adds():
    inside = zip_of({
        "Loop/Habits.csv": b"Position,Name,NumRepetitions,Interval\n001,a,1,1\n",
        "Loop/001 a/Checkmarks.csv": b"2026-07-04,2\n",
        "__MACOSX/Loop/._Habits.csv": b"\x00\x05\x16\x07",
    })  # fmt: skip
    read = read_loop(inside, TODAY)
    assert ([len(goal.entries) for goal in read.goals], read.problems) == ([1], ())


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"readme.txt": b""}, "not_loop"),
        ({"Habits.csv": b""}, "not_loop"),
        ({"Habits.csv": b"HabitName,CalendarDate\n"}, "not_loop"),
        ({"a/b/Habits.csv": b"Position,Name,NumRepetitions,Interval\n"}, "not_loop"),
        ({"a/Habits.csv": b"", "b/Habits.csv": b""}, "several_exports"),
        ({"Habits.csv": "Position,Name".encode("utf-16")}, "nul_characters"),
        ({"Habits.csv": b'Position,Name,NumRepetitions,Interval\n001,"a'}, "bad_csv"),
    ],
)
def test_another_programs_file_is_refused(files, code):
    assert refused(zip_of(files)).code == code


def test_a_zip_that_is_none_is_refused():
    assert refused(b"hello").code == "not_a_zip"
    assert refused(BUILT[:-30]).code == "truncated"


HABITS = b"Position,Name,NumRepetitions,Interval\n001,a,1,1\n"


def test_twenty_thousand_rows_are_read_and_one_more_is_refused_with_its_figures():
    rows = b"2026-07-04,2\nx,y\n" * 9_999 + b"z,z\n"
    read = read_loop(zip_of({"Habits.csv": HABITS, "001 a/Checkmarks.csv": rows}), TODAY)
    assert (read.totals.entries, read.totals.problems) == (1, 19_998)

    problem = refused(zip_of({"Habits.csv": HABITS, "001 a/Checkmarks.csv": rows + b"z,z\n"}))
    assert (problem.code, problem.params) == ("too_many_rows", {"rows": 20_001, "most": 20_000, "or_more": False})


def test_a_million_rows_are_refused_without_being_read_to_the_end():
    rows = "".join(f"2026-07-04,{number * 7919 % 10_007}\n" for number in range(20_000)).encode() * 50
    problem = refused(zip_of({"Habits.csv": HABITS, "001 a/Checkmarks.csv": rows}, level=1))
    assert (problem.code, problem.params["rows"], problem.params["or_more"]) == ("too_many_rows", 200_000, True)


def test_empty_lines_bring_nothing_and_end_too():
    few = read_loop(
        zip_of({"Habits.csv": HABITS, "001 a/Checkmarks.csv": b"\n\r\n" * 10_000 + b"2026-07-04,2\n"}), TODAY
    )
    assert [entry.row for entry in few.goals[0].entries] == [20_001]
    many = zip_of({"Habits.csv": HABITS, "001 a/Checkmarks.csv": b"\n" * 300_000})
    assert refused(many).code == "too_many_rows"


@given(st.binary(max_size=300), st.binary(max_size=300), st.booleans())
def test_random_files_raise_nothing_but_invalid(habits, checkmarks, headed):
    start = b"Position,Name,Type,FrequencyNumerator,FrequencyDenominator\n001,a,YES_NO,1,1\n" if headed else b""
    read_or_refuse(zip_of({"Habits.csv": start + habits, "001 a/Checkmarks.csv": checkmarks}))


# No surrogates: they cannot be encoded, so no file can hold one.
CELL = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["YES_MANUAL", "NUMERICAL", "YES_NO", "AT_LEAST", "12.0", "7", "-1", "2026-07-04", "true", "#00FF00"]
)


@settings(max_examples=40)
@given(st.lists(st.tuples(*[CELL] * 11), max_size=2), st.lists(st.tuples(CELL, CELL, CELL), max_size=5))
def test_random_cells_bring_only_what_can_be_stored(habits, checkmarks):
    rows = [NEW_HEADINGS, *(["001", *cells] for cells in habits)]
    files = {"Habits.csv": csv_text(rows).encode(), "001 a/Checkmarks.csv": csv_text(checkmarks).encode()}
    for goal in read_or_refuse(zip_of(files)).goals:
        assert "\n" not in goal.name
        assert 1 <= goal.times <= goal.days
        assert (goal.direction is None) == (goal.target is None)
        assert len({entry.local_date for entry in goal.entries}) == len(goal.entries)
