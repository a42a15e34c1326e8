"""What Beaver Habits' exports bring."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.imports.beaver_files import beaver, habit, period
from tests.domain.imports.loop_reading import days
from tests.domain.imports.reading import TODAY, bring, one_goal, refused, said
from webapp.domain.errors import Invalid
from webapp.domain.imports.brought import GoalKind
from webapp.domain.imports.reading import read
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, schedule_from
from webapp.domain.tracking import DayState


def test_a_habit_brings_its_records():
    records = [
        ("2026-07-04", True), ("2026-07-03", False), ("2026-07-02", True, "far"), ("2026-07-01", False, "ill #skip"),
        ("2026-06-30", True, "#SKIP"), ("2026-06-29", False, "rain\r\nall day"),
    ]  # fmt: skip
    read = bring(beaver(habit("Walk", *records, tags=["Outside", " ", "outside"], star=True)))
    goal = one_goal(read)
    assert (read.source, read.problems) == ("beaver", ())
    assert (goal.name, goal.kind, goal.tags, goal.archived) == ("Walk", GoalKind.YES_NO, ("Outside",), False)
    assert (goal.schedule.frequency, goal.times, goal.days) == (Frequency.DAILY, 1, 1)
    assert days(goal) == [
        ("2026-06-29", DayState.NOT_DONE, None, "rain\nall day"),
        ("2026-06-30", DayState.SKIPPED, None, ""),
        ("2026-07-01", DayState.SKIPPED, None, "ill #skip"),
        ("2026-07-02", DayState.DONE, None, "far"),
        ("2026-07-03", DayState.NOT_DONE, None, ""),
        ("2026-07-04", DayState.DONE, None, ""),
    ]
    assert [entry.row for entry in goal.entries] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("said_there", "times", "unit", "length"),
    [
        (("W", 1, 3), 3, QuotaPeriod.WEEK, None),
        (("W", 1, 7), 7, QuotaPeriod.WEEK, None),
        (("M", 1, 10), 10, QuotaPeriod.MONTH, None),
        (("D", 2, 1), 1, QuotaPeriod.ROLLING, 2),
        (("D", 1, 1), None, None, None),
        (("W", 2, 1), 1, QuotaPeriod.ROLLING, 14),
        (("M", 3, 1), 1, QuotaPeriod.ROLLING, 90),
        (("Y", 1, 12), 12, QuotaPeriod.ROLLING, 365),
    ],
)
def test_periods_become_schedules(said_there, times, unit, length):
    read = bring(beaver(habit(period=period(*said_there))))
    schedule = one_goal(read).schedule
    assert read.problems == ()
    assert (schedule.times, schedule.period, schedule.length) == (times, unit, length)
    assert schedule_from(schedule, today=TODAY).start == TODAY


@pytest.mark.parametrize(
    "wrong",
    [("D", 1, 2), ("W", 1, 8), ("Y", 2, 1), ("M", 0, 1), ("X", 1, 1), ("W", None, 1), ("W", "1", 1), ("D", 10**30, 1),
     ("W", 1, True), (["W"], 1, 1), ("W", -1, 1), ("W", 1, 0)],
)  # fmt: skip
def test_a_period_nobody_could_meet_is_every_day_and_named(wrong):
    read = bring(beaver(habit(period=period(*wrong))))
    assert one_goal(read).schedule.frequency is Frequency.DAILY
    assert said(read) == [("habits", 1, "bad_frequency")]


def test_archived_and_deleted_habits():
    read = bring(
        beaver(
            habit("a", status="archive"),
            habit("b", status="soft_delete"),
            habit("c", status="?"),
            habit("d", status=None),
        )
    )
    assert [(goal.name, goal.archived) for goal in read.goals] == [("a", True), ("c", False), ("d", False)]
    assert said(read) == [("habits", 2, "deleted_there"), ("habits", 3, "unknown_status")]


def test_records_that_make_no_sense_are_problems_of_their_row_and_the_rest_goes_on():
    wrong = [{"day": "04.07.2026"}, {"day": 20260704}, {}, [], None, {"day": "2026-07-04", "done": "yes"}]
    good = [{"day": "2026-07-03", "done": True}, {"day": "2026-07-03", "done": False}]
    read = bring(beaver({**habit(), "records": [*wrong, *good]}))
    assert said(read) == [
        ("habits/1/records", 1, "bad_date"), ("habits/1/records", 2, "bad_date"), ("habits/1/records", 3, "bad_date"),
        ("habits/1/records", 4, "bad_date"), ("habits/1/records", 5, "bad_date"), ("habits/1/records", 6, "bad_value"),
        ("habits/1/records", 8, "duplicate_date"),
    ]  # fmt: skip
    assert [(day, state) for day, state, _, _ in days(one_goal(read))] == [("2026-07-03", DayState.DONE)]


def test_identities_follow_the_id_and_tell_twins_apart():
    first = bring(beaver(habit("Walk", ("2026-07-03", True)), habit("Walk", ("2026-07-03", True), id="z")))
    second = bring(beaver(habit("Run", ("2026-07-03", True)), habit("Run", ("2026-07-03", True))))
    uids = [goal.source_uid for goal in first.goals]
    assert second.goals[0].source_uid == uids[0]
    assert len({*uids, second.goals[1].source_uid}) == 3
    assert all(goal.entries[0].source_uid == f"{goal.source_uid}:2026-07-03" for goal in first.goals)


def test_a_habit_without_anything_is_kept_and_named():
    read = bring(beaver({}))
    assert (one_goal(read).name, said(read)) == ("", [("habits", 1, "untitled")])


def test_halves_of_characters_are_left_out():
    data = rb'{"habits":[{"id":"\ud800","name":"\ud800x","tags":["\udfff","a\ud800"],"records":' \
           rb'[{"day":"2026-07-03","done":true,"text":"\udc00!"}]}]}'  # fmt: skip
    goal = one_goal(bring(data))
    assert (goal.name, goal.tags, goal.entries[0].note) == ("x", ("a",), "!")


def test_too_many_or_too_long_tags_say_so():
    read = bring(beaver(habit(tags=[f"tag {number}" for number in range(11)] + ["x" * 41])))
    assert len(one_goal(read).tags) == 10
    assert [code for _, _, code in said(read)] == ["shortened", "too_many_tags"]


def test_more_records_than_may_come_are_refused():
    records = [(date.fromordinal(730_000 + day).isoformat(), True) for day in range(10)]
    assert bring(beaver(habit("a", *records)), most_rows=11).totals.entries == 10
    assert refused(beaver(habit("a", *records)), most_rows=10).code == "too_many_rows"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["W", "2026-07-03", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["day", "done", "text", "period_type", "period_count", "target_count"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(["id", "name", "tags", "status", "period", "records"]), JSON))
def test_random_members_bring_only_what_can_be_stored(members):
    try:
        brought = read(beaver(members), TODAY, most_rows=100)
    except Invalid:
        return
    for goal in brought.goals:
        f"{goal.name}{goal.tags}{goal.source_uid}".encode()
        assert schedule_from(goal.schedule, today=TODAY)
        assert len({entry.local_date for entry in goal.entries}) == len(goal.entries)
