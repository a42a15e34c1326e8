"""What Habitica's accounts bring: dailies, habits, to-dos and their days."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.habitica_files import daily, habit, ms, row, todo, userdata
from tests.domain.imports.loop_reading import days
from tests.domain.imports.reading import TODAY, bring, one_goal, refused, said
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import BroughtGoal, GoalKind
from webapp.domain.imports.reading import read
from webapp.domain.schedules import Frequency, schedule_from
from webapp.domain.tracking import DayState


def done(goal: BroughtGoal) -> list[str]:
    assert {entry.state for entry in goal.entries} <= {DayState.DONE}
    return [entry.local_date.isoformat() for entry in goal.entries]


def test_a_daily_brings_the_days_it_was_ticked():
    history = [
        row("2026-06-30T20:00:00", 1.0, completed=True, isDue=True),
        row("2026-07-02T06:00:00", 0.0, completed=False, isDue=True),
        row("2026-07-03T06:00:00", 0.0, completed=False, isDue=False),
        row("2026-07-03T21:00:00", 1.0, completed=True, isDue=False),
        row("2026-07-03T22:00:00", 1.0, completed=True, isDue=False),
    ]
    tags = [{"id": "t1", "name": "Health"}, {"id": "t2", "name": "Out"}]
    task = daily("Walk", *history, notes="far\r\nand wide", tags=["t2", "gone", "t1"])
    read = bring(userdata([task], tags=tags))
    goal = one_goal(read)
    assert (read.source, read.problems) == ("habitica", ())
    assert (goal.name, goal.description, goal.tags, goal.kind) == (
        "Walk",
        "far\nand wide",
        ("Out", "Health"),
        GoalKind.YES_NO,
    )
    assert (done(goal), goal.dropped) == (["2026-06-30", "2026-07-03"], 2)
    assert [entry.row for entry in goal.entries] == [1, 4]
    assert goal.schedule.frequency is Frequency.DAILY
    assert goal.schedule.start == date(2026, 6, 1)


def test_older_rows_say_done_by_a_value_that_rose():
    values = [1.0, 1.0, 1.9747, 0.9, 0.9, -0.2, 0.8, 0.8]
    history = [row(f"2026-06-{20 + day}T12:00:00", value) for day, value in enumerate(values)]
    goal = one_goal(bring(userdata([daily("a", *history)])))
    assert (done(goal), goal.dropped) == (["2026-06-20", "2026-06-22", "2026-06-26"], 5)


def test_averages_of_old_months_are_no_days():
    history = [
        row("2025-11-01T12:00:00", 1.0), row("2026-02-11T12:00:00", 4.0), row("2026-03-01T12:00:00", 6.0),
        row("2026-06-20T12:00:00", 7.0, completed=True, isDue=True), row("2026-06-21T12:00:00", 8.0),
    ]  # fmt: skip
    read = bring(userdata([daily("a", *history)]))
    assert done(one_goal(read)) == ["2026-06-20", "2026-06-21"]
    assert [(problem.code, problem.params) for problem in read.problems] == [("unclear_history", {"count": 3})]


def test_an_old_month_with_two_rows_and_a_new_one_with_one_are_days():
    history = [row("2026-02-03T12:00:00", 1.0), row("2026-02-04T12:00:00", 2.0), row("2026-05-05T12:00:00", 3.0)]
    read = bring(userdata([daily("a", *history)]))
    assert (done(one_goal(read)), read.problems) == (["2026-02-03", "2026-02-04", "2026-05-05"], ())


@pytest.mark.parametrize(
    ("preferences", "day"),
    [
        ({}, "2026-07-03"),
        ({"timezoneOffset": 420}, "2026-07-02"),
        ({"timezoneOffset": 180, "dayStart": 0}, "2026-07-02"),
        ({"timezoneOffset": -120}, "2026-07-03"),
        ({"timezoneOffset": -120, "dayStart": 4}, "2026-07-03"),
        ({"timezoneOffset": -120, "dayStart": 5}, "2026-07-02"),
        ({"timezoneOffset": 10_000, "dayStart": 99}, "2026-07-03"),
        ({"timezoneOffset": "x", "dayStart": None}, "2026-07-03"),
    ],
)
def test_the_account_says_where_a_day_begins(preferences, day):
    history = row("2026-07-03T02:30:00", 1.0, completed=True)
    assert done(one_goal(bring(userdata([daily("a", history)], **preferences)))) == [day]


@pytest.mark.parametrize(
    "written",
    [ms("2026-07-03T12:00:00"), float(ms("2026-07-03T12:00:00")) + 0.25, "2026-07-03T12:00:00.000Z", "2026-07-03",
     "2026-07-03T23:30:00+02:00", "2026-07-03T12:00:00"],
)  # fmt: skip
def test_moments_in_every_writing(written):
    assert done(one_goal(bring(userdata([daily("a", {"date": written, "completed": True})])))) == ["2026-07-03"]


def test_rows_without_a_usable_moment_are_problems_and_the_rest_goes_on():
    wrong = [None, "soon", "", 10**40, -(10**14), 1e308, True, [], "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"]
    history = [{"date": at, "completed": True} for at in wrong]
    read = bring(userdata([daily("a", *history, row("2026-07-03T12:00:00", completed=True))]))
    assert {code for _, _, code in said(read)} == {"bad_date", "date_out_of_range"}
    assert [at for _, at, _ in said(read)] == list(range(1, 11))
    assert done(one_goal(read)) == ["2026-07-03"]


def test_a_habit_is_an_amount_without_a_target():
    history = [
        row("2026-07-01T08:00:00", 1.0, scoredUp=2, scoredDown=0),
        row("2026-07-01T20:00:00", 2.0, scoredUp=1, scoredDown=0),
        row("2026-07-02T08:00:00", 2.9), row("2026-07-03T08:00:00", 2.0),
    ]  # fmt: skip
    up, down = bring(userdata(habits=[habit("Water", *history)])).goals
    assert (up.name, up.kind, up.target, up.schedule) == ("Water (+)", GoalKind.AMOUNT, None, None)
    assert days(up) == [("2026-07-01", None, Decimal(3), ""), ("2026-07-02", None, Decimal(1), "")]
    assert (down.name, days(down)) == ("Water (−)", [("2026-07-03", None, Decimal(1), "")])
    assert up.source_uid != down.source_uid


def test_a_habit_counted_one_way_stays_one_goal():
    only_up = habit("a", row("2026-07-01T08:00:00", scoredUp=1, scoredDown=0))
    only_down = habit("b", row("2026-07-01T08:00:00", scoredUp=0, scoredDown=2), up=False)
    never = habit("c", up=False)
    goals = bring(userdata(habits=[only_up, only_down, never])).goals
    assert [(goal.name, [entry.value for entry in goal.entries]) for goal in goals] == [
        ("a", [1]),
        ("b", [2]),
        ("c", []),
    ]
    both = habit("a", row("2026-07-01T08:00:00", scoredUp=1, scoredDown=1))
    assert bring(userdata(habits=[both])).goals[0].source_uid == goals[0].source_uid


def test_to_dos_are_due_once():
    read = bring(
        userdata(
            todos=[
                todo("open", date="2026-07-10T22:00:00.000Z", createdAt="2026-07-01T08:00:00.000Z"),
                todo("plain", createdAt="2026-07-01T08:00:00.000Z"),
                todo("done", completed=True, dateCompleted="2026-07-02T23:30:00.000Z", date="2026-08-01"),
                todo("done once", completed=True),
                todo("odd", date="3/13"),
            ],
            timezoneOffset=-120,
        )
    )
    schedules = [goal.schedule for goal in read.goals]
    assert {schedule.frequency for schedule in schedules} == {Frequency.ONE_TIME}
    assert [(schedule.start, schedule.until) for schedule in schedules] == [
        (date(2026, 7, 1), date(2026, 7, 11)), (None, None), (None, None),
        (date(2026, 7, 3), date(2026, 7, 3)), (None, None),
    ]  # fmt: skip
    assert [done(goal) for goal in read.goals] == [[], [], [], ["2026-07-03"], []]
    assert said(read) == [("tasks.todos", 5, "bad_date"), ("tasks.todos", 4, "unknown_day_done")]


def test_only_the_newest_done_to_dos_come():
    done_ones = [
        todo(str(number), completed=True, dateCompleted=f"2026-05-{number % 20 + 10}T12:00:00.000Z")
        for number in range(120)
    ]
    read = bring(userdata(todos=[todo("open"), *done_ones]))
    assert read.goals[0].name == "open"
    assert (read.totals.goals, read.problems[0].params) == (101, {"value": "todos 20", "count": 20})
    assert min(goal.schedule.until for goal in read.goals[1:]) == date(2026, 5, 13)


def test_what_has_no_place_here_is_named_once_with_its_numbers():
    read = bring(userdata([daily("a", checklist=[{}, {}])], rewards=[{"type": "reward"}], todos=[todo(checklist=[{}])]))
    assert said(read) == [("tasks", 0, "left_out")]
    assert read.problems[0].params == {"value": "rewards 1, checklist 3", "count": 4}


def test_identities_follow_the_id_and_tell_twins_apart():
    first = bring(userdata([daily("a"), daily("b", _id="id of a"), daily("c", _id=None), daily("c", _id="\ud800")]))
    second = bring(userdata([daily("other", _id="id of a")], [habit("x")]))
    assert second.goals[0].source_uid == first.goals[0].source_uid
    assert len({goal.source_uid for goal in first.goals}) == 4


def test_a_task_without_a_name_or_a_frequency_is_kept_and_named():
    read = bring(userdata([{}, daily("a", frequency="hourly"), daily("b", everyX=0), daily("c", repeat={})]))
    assert [goal.schedule.frequency for goal in read.goals] == [Frequency.DAILY] * 4
    assert [(at, code) for _, at, code in said(read)] == [
        (1, "bad_frequency"), (1, "untitled"), (2, "bad_frequency"), (3, "bad_frequency"), (4, "bad_frequency"),
    ]  # fmt: skip


def test_more_history_than_may_come_is_refused():
    history = [row("2026-07-03T12:00:00", completed=False)] * 10
    assert bring(userdata([daily("a", *history)]), most_rows=11).totals.dropped == 10
    assert refused(userdata([daily("a", *history)]), most_rows=10).code == "too_many_rows"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["weekly", "2026-07-03", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["date", "value", "completed", "scoredUp", "scoredDown", "m", "su"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from([*daily(), "date", "dateCompleted", "createdAt", "up"]), JSON), JSON)
def test_random_members_bring_only_what_can_be_stored(members, preferences):
    data = userdata(
        [{**daily(), **members}], [{**habit(), **members}], [{**todo(), **members}], timezoneOffset=preferences
    )
    try:
        brought = read(data, TODAY, most_rows=100)
    except Invalid:
        return
    for goal in brought.goals:
        f"{goal.name}{goal.description}{goal.tags}{goal.source_uid}".encode()
        assert goal.schedule is None or schedule_from(goal.schedule, today=TODAY)
        assert len({entry.local_date for entry in goal.entries}) == len(goal.entries)
