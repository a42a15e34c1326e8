"""What a program says of a goal, and the goal it comes to (contract of tracking, decisions 4, 5, 7, 9, 13 and 16)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Problem
from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft, schedule_from
from webapp.domain.tracked import Item, Said, changed_draft, frequency_words, new_draft, one_a_day, status_said
from webapp.domain.tracking import Direction

TODAY = date(2026, 3, 10)
VIEWER = Viewer(
    id=1,
    public_id="a" * 24,
    name="Ada",
    email="ada@example.org",
    zone="Europe/Berlin",
    now=datetime(2026, 3, 10, 12, tzinfo=UTC),
    today=TODAY,
    words=None,  # type: ignore[arg-type]
    week_start=6,
)
STORED = Schedule(
    frequency=Frequency.DAILY,
    start=date(2026, 3, 1),
    until=date(2026, 3, 14),
    days=(0, 4),
    rule="FREQ=WEEKLY;WKST=MO;BYDAY=MO,FR",
    valid_from=date(2026, 3, 1),
)
LIVE = [date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 13)]
STOOD = GoalDraft("Walk", ScheduleDraft(Frequency.DAILY), question="Did you?", description="far", colour=4, unit="km")


def ahead(days: int) -> date:
    return TODAY + timedelta(days)


def changed(said: dict[str, Any], stored: Schedule = STORED, live: Any = LIVE) -> ScheduleDraft:
    return changed_draft(Said(**said), STOOD, stored, live, VIEWER).goal.schedule  # type: ignore[typeddict-item]


def test_nothing_said_is_the_goal_that_stands() -> None:
    stood = replace(STOOD, direction=Direction.AT_MOST, target=Decimal(2), tags=("a",), skip_budget=3)
    draft = changed_draft(Said(), stood, STORED, LIVE, VIEWER)
    assert replace(draft.goal, schedule=stood.schedule) == stood
    after = schedule_from(draft.goal.schedule, today=TODAY, stored=STORED)
    assert replace(after, valid_from=STORED.valid_from) == STORED
    assert draft.check(VIEWER, STORED) == []


def test_a_new_goal_has_the_week_of_its_owner() -> None:
    draft = new_draft(Said(frequency="Biweekly"), VIEWER)
    assert (draft.goal.schedule.week_start, draft.goal.title) == (6, "Untitled goal")


@pytest.mark.parametrize("stored", [STORED, replace(STORED, frequency=Frequency.ONE_TIME, rule=None)])
def test_one_time_is_what_is_said_or_what_stands(stored: Schedule) -> None:
    assert changed({"is_onetime": True, "frequency": "Daily"}, stored).frequency is Frequency.ONE_TIME
    once = stored.frequency is Frequency.ONE_TIME
    assert changed({"is_onetime": False}, stored).frequency == (None if once else Frequency.DAILY)
    assert changed({"is_onetime": False, "frequency": None}, stored).frequency is None
    assert changed({}, stored).frequency is stored.frequency


def test_a_quota_is_known_by_its_name_only_where_one_stands() -> None:
    quota = replace(STORED, frequency=Frequency.QUOTA, rule=None, quota=Quota(3, QuotaPeriod.WEEK, 7))
    draft = changed({"frequency": "quota"}, quota)
    assert (draft.times, draft.period, draft.length) == (3, QuotaPeriod.WEEK, 7)
    for word in ("Quota", "RULE"):
        (problem, *_) = changed_draft(Said(frequency=word), STOOD, STORED, LIVE, VIEWER).check(VIEWER, STORED)
        assert problem == Problem("frequency", "unknown_choice")
    assert changed({"frequency": "Daily"}, quota).times is None


def test_a_rule_is_written_whole_and_known_again() -> None:
    rule = replace(STORED, frequency=Frequency.RULE, rule="FREQ=DAILY;INTERVAL=3;WKST=MO", days=())
    assert frequency_words(rule) == "RRULE:FREQ=DAILY;INTERVAL=3;WKST=MO"
    draft = changed({"frequency": frequency_words(rule)}, rule)
    assert replace(schedule_from(draft, today=TODAY, stored=rule), valid_from=rule.valid_from) == rule


def test_dates_ahead_replace_the_future_and_an_echo_leaves_it() -> None:
    echo = [Item(day) for day in LIVE]
    assert changed({"items": tuple(echo)}).dates is None
    assert changed({"items": (Item(date(2026, 3, 6)),)}).dates is None, "what is past is left alone"
    assert changed({"items": ()}).dates == (), "the rule says the dates"
    assert changed({}).dates is None
    assert changed({"items": (Item(ahead(2)), Item(TODAY))}).dates == (ahead(2),)
    assert changed({"items": (Item(ahead(2)),)}, live=[*LIVE, TODAY]).dates == (TODAY, ahead(2))
    fixed = replace(STORED, dates=(date(2026, 3, 2), ahead(3)))
    assert changed({"items": (Item(ahead(1)),)}, fixed).dates == (date(2026, 3, 2), ahead(1))


def test_dates_taken_away_leave_the_rule_to_the_others() -> None:
    live = [*LIVE, ahead(1), ahead(2)]
    gone = tuple(Item(day, removed=True) for day in (ahead(1), ahead(2), ahead(3)))
    for items in (gone, gone[:1], (gone[0], Item(ahead(2)), Item(ahead(3)))):
        draft = changed_draft(Said(items=items), STOOD, STORED, live, VIEWER)
        assert draft.goal.schedule.dates is None
        assert draft.removed == tuple(item.day for item in items if item.removed)
        assert draft.check(VIEWER, STORED) == []
    assert changed({"items": (gone[0], Item(ahead(2)))}, live=live).dates == (ahead(2),), "a third is not said any more"


def test_of_several_things_said_of_a_date_the_last_counts() -> None:
    items = (Item(ahead(2)), Item(ahead(1), done=True), Item(ahead(2), removed=True))
    assert one_a_day(items) == (Item(ahead(1), done=True), Item(ahead(2), removed=True))


@given(st.permutations([Item(ahead(1)), Item(ahead(2), done=True), Item(ahead(3), reminder_time=time(8))]))
def test_the_order_of_dates_never_matters(items: list[Item]) -> None:
    assert one_a_day(items) == tuple(sorted(items, key=lambda item: item.day))
    assert new_draft(Said(frequency="Daily", items=tuple(items)), VIEWER).goal.schedule.dates == tuple(
        map(ahead, (1, 2, 3))
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [({}, False), ({"status": "Completed"}, False), ({"status": " cOMPLETED "}, False), ({"status": "fine"}, True)],
)
def test_completed_is_no_word_to_be_kept(said: Any, kept: bool) -> None:
    assert status_said(said) is kept
    assert status_said(Said(status=None)) is True
