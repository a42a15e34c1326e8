"""What Loop Habit Tracker's exports bring, in both formats."""

from datetime import date
from decimal import Decimal

import pytest

from tests.domain.imports.loop_files import SAMPLE_HABITS, Habit, new_export, old_export, zip_of
from tests.domain.imports.loop_reading import (
    BUILT,
    TODAY,
    amounts,
    codes,
    days,
    only_goal,
    samples,
)
from webapp.domain import days as day_rules
from webapp.domain import goals as goal_rules
from webapp.domain import quotas, tracking
from webapp.domain.imports import brought, cells, loop
from webapp.domain.imports.brought import Brought, GoalKind, Totals
from webapp.domain.imports.loop import read_loop, read_scores
from webapp.domain.tracking import DayState


@pytest.mark.parametrize("data", samples(), ids=lambda data: f"{len(data)} bytes")
def test_the_sample_brings_three_habits(data):
    read = read_loop(data, TODAY)
    archived, amount, yes_no = read.goals
    assert read.problems == ()
    assert read.totals == Totals(goals=3, archived=1, entries=6, notes=3, dropped=0, problems=0)

    assert (archived.name, archived.description, archived.archived, archived.entries) == ("someone", "77", True, ())
    assert (archived.times, archived.days, archived.position, archived.colour) == (3, 7, 1, "#1976D2")

    assert (amount.kind, amount.direction, amount.target) == (GoalKind.AMOUNT, "at_most", Decimal(12))
    assert (amount.times, amount.days, amount.unit, amount.question) == (1, 30, "unit", "quest")
    assert days(amount) == [
        ("2026-07-02", None, Decimal(30), "hi"),
        ("2026-07-03", None, Decimal(3), ""),
        ("2026-07-04", None, Decimal(12), ""),
    ]

    assert (yes_no.kind, yes_no.direction, yes_no.target) == (GoalKind.YES_NO, None, None)
    assert days(yes_no) == [
        ("2026-07-01", DayState.NOT_DONE, None, "no"),
        ("2026-07-02", DayState.DONE, None, "yes"),
        ("2026-07-04", DayState.DONE, None, ""),
    ]
    assert [entry.row for entry in yes_no.entries] == [5, 4, 2]


@pytest.mark.parametrize("data", samples(), ids=lambda data: f"{len(data)} bytes")
def test_the_samples_scores_belong_to_its_habits(data):
    archived, amount, yes_no = read_loop(data, TODAY).goals
    scores = read_scores(data, TODAY)
    assert scores[amount.source_uid] == {
        date(2026, 7, 2): Decimal("0.9903"),
        date(2026, 7, 3): Decimal("0.9807"),
        date(2026, 7, 4): Decimal("0.9712"),
    }
    assert scores[archived.source_uid] == {date(2026, 7, 4): Decimal(0)}
    assert len(scores[yes_no.source_uid]) == 4


def test_unreadable_scores_are_left_out():
    scores = [("2026-07-04", "0.5000"), ("2026-07-03", "NaN"), ("2026-02-30", "0.1000"), ("2026-07-01", "-1.0")]
    assert list(read_scores(new_export(Habit("a", scores=scores)), TODAY).values()) == [
        {date(2026, 7, 4): Decimal("0.5")}
    ]
    assert read_scores(old_export(Habit("a")), TODAY) == {}


def test_only_what_was_ticked_by_hand_is_done():
    goal, problems = only_goal(
        ("2026-07-04", "YES_MANUAL", ""),
        ("2026-07-03", "YES_AUTO", ""),
        ("2026-07-02", "YES_AUTO", "rested"),
        ("2026-07-01", "NO", ""),
        ("2026-06-30", "NO", "ill"),
        ("2026-06-29", "SKIP", ""),
        ("2026-06-28", "UNKNOWN", ""),
        ("2026-06-27", "UNKNOWN", "forgot"),
    )
    assert problems == ()
    assert goal.dropped == 2
    assert days(goal) == [
        ("2026-06-27", None, None, "forgot"),
        ("2026-06-29", DayState.SKIPPED, None, ""),
        ("2026-06-30", DayState.NOT_DONE, None, "ill"),
        ("2026-07-02", None, None, "rested"),
        ("2026-07-04", DayState.DONE, None, ""),
    ]


def test_the_names_loop_prints_for_small_amounts_are_amounts():
    goal, problems = amounts("NO", "YES_AUTO", "YES_MANUAL", "SKIP", "UNKNOWN", "1500", "0", "3")
    assert problems == ()
    assert goal.dropped == 0
    assert [(entry.state, entry.value) for entry in goal.entries] == [
        (None, Decimal(0)),
        (None, Decimal("0.001")),
        (None, Decimal("0.002")),
        (DayState.SKIPPED, None),
        (None, Decimal("1.5")),
        (None, Decimal(0)),
        (DayState.SKIPPED, None),
    ]
    assert goal.target == Decimal("2.5")


def test_absurd_values_are_problems_of_their_row_and_the_rest_goes_on():
    goal, problems = amounts("-2", "2147483648", "1e3", "", "=1+1", "１２", "9" * 5_000, "4000")
    assert codes(problems) == [
        (2, "negative_amount"), (3, "amount_too_large"), (4, "bad_value"), (5, "bad_value"), (6, "bad_value"),
        (7, "bad_value"), (8, "bad_value"),
    ]  # fmt: skip
    assert {problem.file for problem in problems} == {"001 Walk/Checkmarks.csv"}
    assert [entry.value for entry in goal.entries] == [Decimal(4)]


def test_an_amount_is_no_value_of_a_yes_no_habit():
    goal, problems = only_goal(("2026-07-04", "4", ""), ("2026-07-03", "-2", ""), ("2026-07-02", "2", ""))
    assert codes(problems) == [(2, "bad_value"), (3, "bad_value")]
    assert [entry.state for entry in goal.entries] == [DayState.DONE]


def test_the_old_format_has_numbers_and_no_headings():
    values = ["2", "1", "0", "-1", "3"]
    checkmarks = [(f"2021-03-{9 - at:02d}", value, "") for at, value in enumerate(values)]
    read = read_loop(old_export(Habit("Walk, early", "", "Did you?", "why", 2, 7, checkmarks=checkmarks)), TODAY)
    (goal,) = read.goals
    assert read.problems == ()
    assert (goal.name, goal.question, goal.description) == ("Walk, early", "Did you?", "why")
    assert (goal.times, goal.days, goal.colour, goal.archived) == (2, 7, "#1976D2", False)
    assert (goal.kind, goal.dropped) == (GoalKind.YES_NO, 1)
    assert days(goal) == [("2021-03-05", DayState.SKIPPED, None, ""), ("2021-03-09", DayState.DONE, None, "")]
    assert [entry.row for entry in goal.entries] == [5, 1]


def test_an_old_habit_with_larger_values_is_an_amount_without_a_target():
    checkmarks = [("2021-03-09", "0", ""), ("2021-03-08", "2500", "")]
    read = read_loop(old_export(Habit("Water", checkmarks=checkmarks)), TODAY)
    (goal,) = read.goals
    assert (goal.kind, goal.direction, goal.target) == (GoalKind.AMOUNT, None, None)
    assert [entry.value for entry in goal.entries] == [Decimal("2.5"), Decimal(0)]
    assert codes(read.problems) == [(2, "no_target")]


def test_a_second_export_of_the_same_data_has_the_same_identities():
    first = read_loop(BUILT, TODAY)
    tidied = (SAMPLE_HABITS[2], SAMPLE_HABITS[0], SAMPLE_HABITS[1])
    second = read_loop(new_export(*tidied, top="Loop Habits CSV 2026-08-01/"), date(2026, 8, 1))
    assert identities(first) == identities(second)
    assert len(identities(first)) == 9


def test_updating_loop_changes_no_identity():
    walk = Habit("Walk", checkmarks=[("2021-03-09", "2", "")])
    assert identities(read_loop(old_export(walk), TODAY)) == identities(read_loop(new_export(walk), TODAY))


def test_identities_tell_twins_and_kinds_apart_and_hide_the_name():
    twin = Habit("Walk", checkmarks=[("2026-07-04", "YES_MANUAL", "")])
    other = Habit("Walk", type="NUMERICAL", direction="AT_LEAST", target="1.0")
    found = identities(read_loop(new_export(twin, twin, other), TODAY))
    assert len(found) == 5
    assert all("walk" not in uid.lower() and len(uid) <= 64 for uid in found)


def identities(read: Brought) -> set[str]:
    goals = {goal.source_uid for goal in read.goals}
    return goals | {entry.source_uid for goal in read.goals for entry in goal.entries}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Walk, then run", "Walk, then run"),
        ('The "long" walk', 'The "long" walk'),
        ("Walk\nfar", "Walk far"),
        ("\u202eklaW\u2066 \x07now", "klaW now"),
        ("  日本語 🚶‍♀️ ", "日本語 🚶‍♀️"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_names_become_one_clean_line(written, read):
    goal, problems = only_goal(("2026-07-04", "YES_MANUAL", ""), name=written)
    assert (goal.name, problems) == (read, ())
    assert len(goal.entries) == 1


def test_a_hostile_name_costs_no_time():
    name = "a" + "\u0301\u0316" * 49_000
    goal, problems = only_goal(name=name)
    assert (len(goal.name), codes(problems)) == (255, [(2, "shortened")])


def test_a_note_keeps_its_lines_and_its_formula():
    goal, _ = only_goal(("2026-07-04", "YES_MANUAL", "=1+1\r\n\x07two, lines\r"))
    assert goal.entries[0].note == "=1+1\ntwo, lines"


def test_long_texts_are_cut_and_say_so():
    goal, problems = only_goal(
        ("2026-07-04", "YES_MANUAL", "n" * 2_001), name="x" * 300, question="q" * 256, unit="u" * 41
    )
    assert (goal.name, len(goal.question), len(goal.unit)) == ("x" * 255, 255, 40)
    assert len(goal.entries[0].note) == 2_000
    assert {problem.code for problem in problems} == {"shortened"}
    assert sorted(str(problem.params["field"]) for problem in problems) == ["name", "note", "question", "unit"]


def test_limits_are_those_of_what_is_made_of_it():
    assert brought.NAME_LENGTH == goal_rules.TITLE_LENGTH
    assert brought.TEXT_LENGTH == goal_rules.TEXT_LENGTH
    assert brought.UNIT_LENGTH == goal_rules.UNIT_LENGTH
    assert brought.NOTE_LENGTH == tracking.LONGEST_NOTE
    assert loop.LONGEST_INTERVAL == quotas.LONGEST_ROLLING_DAYS
    assert day_rules.EARLIEST_DAY <= cells.EARLIEST


def test_a_habit_without_a_name_is_kept_and_named():
    goal, problems = only_goal(("2026-07-04", "YES_MANUAL", ""), name=" \u200f ")
    assert (goal.name, len(goal.entries)) == ("", 1)
    assert codes(problems) == [(2, "untitled")]


def test_bad_days_are_problems_of_their_row():
    goal, problems = only_goal(
        ("2026-07-04", "YES_MANUAL", ""),
        ("2026-02-29", "YES_MANUAL", ""),
        ("04.07.2026", "YES_MANUAL", ""),
        ("20260703", "YES_MANUAL", ""),
        ("2026-07-04", "SKIP", "again"),
        ("1969-12-31", "YES_MANUAL", ""),
        ("1970-01-01", "YES_MANUAL", ""),
        ("2036-07-05", "YES_MANUAL", ""),
        ("2036-07-04", "YES_MANUAL", ""),
        ("", "YES_MANUAL", ""),
    )
    assert codes(problems) == [
        (3, "bad_date"), (4, "bad_date"), (5, "bad_date"), (6, "duplicate_date"), (7, "date_out_of_range"),
        (9, "date_out_of_range"), (11, "bad_date"),
    ]  # fmt: skip
    assert [day for day, *_ in days(goal)] == ["1970-01-01", "2026-07-04", "2036-07-04"]


@pytest.mark.parametrize(
    ("times", "interval", "read", "found"),
    [
        (3, 7, (3, 7), []),
        (7, 7, (1, 1), []),
        (0, 7, (1, 1), [(2, "bad_frequency")]),
        (8, 7, (1, 1), [(2, "bad_frequency")]),
        ("-1", 7, (1, 1), [(2, "bad_frequency")]),
        ("", "", (1, 1), [(2, "bad_frequency")]),
        (2, 366, (2, 366), []),
        (2, 400, (2, 366), [(2, "bad_frequency")]),
        (1, 9_999_999, (1, 1), [(2, "bad_frequency")]),
    ],
)
def test_frequencies(times, interval, read, found):
    goal, problems = only_goal(times=times, days=interval)
    assert ((goal.times, goal.days), codes(problems)) == (read, found)


@pytest.mark.parametrize(
    ("direction", "target", "code"),
    [
        ("AT_LEAST", "NaN", "bad_target"),
        ("AT_LEAST", "Infinity", "bad_target"),
        ("AT_MOST", "-1.0", "bad_target"),
        ("AT_MOST", "1.0E99", "bad_target"),
        ("AT_MOST", "", "bad_target"),
        ("EXACTLY", "1.0", "bad_direction"),
    ],
)
def test_an_amount_without_a_usable_aim_is_kept_and_named(direction, target, code):
    goal, problems = only_goal(type="NUMERICAL", direction=direction, target=target)
    assert (goal.direction, goal.target, codes(problems)) == (None, None, [(2, code)])


@pytest.mark.parametrize(
    ("written", "read"), [("1.0E7", "10000000"), ("0.1", "0.1"), ("0.30000000000000004", "0.3"), ("0.0", "0")]
)
def test_targets_are_read_as_java_prints_them(written, read):
    goal, problems = only_goal(type="NUMERICAL", direction="AT_LEAST", target=written)
    assert (str(goal.target), problems) == (read, ())


def test_a_bad_colour_is_no_colour():
    goal, problems = only_goal(colour="red;}</style>")
    assert (goal.colour, codes(problems)) == ("", [(2, "bad_colour")])


def test_a_habit_of_an_unknown_type_or_a_broken_row_is_left_out_and_the_rest_goes_on():
    read = read_loop(new_export(Habit("a", type="TIMER"), Habit("b")), TODAY)
    assert ([goal.name for goal in read.goals], codes(read.problems)) == (["b"], [(2, "unknown_type")])

    habits = (
        "Position,Name,Question,Description,NumRepetitions,Interval,Color\n001,a, with comma,,,1,1,\n002,b,,,1,1,\n"
    )
    read = read_loop(zip_of({"Habits.csv": habits.encode(), "002 b/Checkmarks.csv": b"2026-07-04,2\n"}), TODAY)
    assert ([goal.name for goal in read.goals], codes(read.problems)) == (["b"], [(2, "bad_row")])
