"""Which rows a schedule wants, and which a change makes, brings back or removes (domain rules §2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.regeneration import Planned, Regeneration, missing, regenerate
from webapp.domain.schedules import ScheduleDraft, horizon, planned_dates, schedule_from
from webapp.domain.tracking import DayState

TODAY = date(2025, 5, 14)
days = st.integers(-10, 10).map(lambda ahead: TODAY + timedelta(days=ahead))
wanted_days = st.lists(days, max_size=15)


def ahead(number):
    return TODAY + timedelta(days=number)


@st.composite
def tables(draw):
    """Rows of one goal, unique by date as the table is."""
    dates = draw(st.lists(days, unique=True, max_size=15))
    return [
        Planned(number, day, draw(st.sampled_from(DayState)), draw(st.booleans()), draw(st.booleans()))
        for number, day in enumerate(dates, start=1)
    ]


def carried_out(rows, change):
    """The table after the change, as an action would leave it."""
    kept = [
        replace(row, deleted=(row.deleted or row.id in change.remove) and row.id not in change.revive) for row in rows
    ]
    new = [Planned(1000 + number, day, DayState.OPEN, False, False) for number, day in enumerate(change.add)]
    return kept + new


@given(tables(), wanted_days)
def test_a_second_time_changes_nothing(rows, wanted):
    after = carried_out(rows, regenerate(rows, wanted, TODAY))
    assert regenerate(after, wanted, TODAY) == Regeneration((), (), ())


@given(tables(), wanted_days)
def test_there_are_never_two_rows_for_a_date(rows, wanted):
    after = carried_out(rows, regenerate(rows, wanted, TODAY))
    dates = [row.local_date for row in after]
    assert len(dates) == len(set(dates))


@given(tables(), wanted_days)
def test_rows_of_today_and_before_are_untouched(rows, wanted):
    change = regenerate(rows, wanted, TODAY)
    after = {row.id: row for row in carried_out(rows, change)}
    assert all(after[row.id] == row for row in rows if row.local_date <= TODAY)
    assert all(day >= TODAY for day in change.add)
    assert (TODAY in change.add) == (TODAY in wanted and TODAY not in {row.local_date for row in rows})


@given(tables(), wanted_days)
def test_rows_keep_their_id_and_what_was_answered_stays(rows, wanted):
    after = {row.id: row for row in carried_out(rows, regenerate(rows, wanted, TODAY))}
    for row in rows:
        live = not row.deleted
        answered = row.state is not DayState.OPEN or row.annotated
        assert replace(after[row.id], deleted=row.deleted) == row
        if row.local_date > TODAY:
            assert after[row.id].deleted == (row.local_date not in wanted and not (live and answered))


@given(tables(), wanted_days)
def test_afterwards_every_wanted_date_to_come_has_a_live_row(rows, wanted):
    live = {row.local_date for row in carried_out(rows, regenerate(rows, wanted, TODAY)) if not row.deleted}
    assert {day for day in wanted if day > TODAY} <= live


@given(tables(), wanted_days, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_dates_does_not_matter(rows, wanted, random):
    change = regenerate(rows, wanted, TODAY)
    other = regenerate(random.sample(rows, len(rows)), random.sample(wanted, len(wanted)), TODAY)
    assert (change.add, set(change.revive), set(change.remove)) == (other.add, set(other.revive), set(other.remove))


@given(tables(), wanted_days)
def test_lengthening_the_horizon_brings_nothing_back(rows, wanted):
    there = {row.local_date for row in rows}
    assert set(missing(rows, wanted, TODAY)) == {day for day in wanted if day >= TODAY} - there


def test_a_change_from_daily_to_mondays_and_back_keeps_every_id():
    daily = schedule_from(ScheduleDraft("Daily", until=ahead(13)), today=TODAY)
    mondays = schedule_from(ScheduleDraft("Custom", days=(0,), until=ahead(13)), today=TODAY, stored=daily)
    rows = carried_out([], regenerate([], planned_dates(daily, TODAY), TODAY))
    assert len(rows) == 14
    change = regenerate(rows, planned_dates(mondays, TODAY), TODAY)
    assert change.add == change.revive == ()
    assert len(change.remove) == 11
    fewer = carried_out(rows, change)
    assert [row.local_date for row in fewer if not row.deleted] == [TODAY, date(2025, 5, 19), date(2025, 5, 26)]
    assert carried_out(fewer, regenerate(fewer, planned_dates(daily, TODAY), TODAY)) == rows


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ({"frequency": "Daily"}, ahead(60)),
        ({"frequency": "Daily", "until": ahead(9)}, ahead(9)),
        ({"frequency": "Daily", "until": ahead(3660)}, ahead(3660)),
        ({"frequency": "One Time", "start": ahead(200)}, ahead(200)),
        ({"frequency": "RRULE:FREQ=DAILY;COUNT=5"}, ahead(4)),
    ],
)
def test_rows_reach_to_the_target_or_sixty_days_ahead(said, last):
    made = schedule_from(ScheduleDraft(**said), today=TODAY)
    assert horizon(made, TODAY) == last
    assert planned_dates(made, TODAY)[-1] == last


def test_a_start_in_the_past_makes_no_rows_in_the_past():
    made = schedule_from(ScheduleDraft("Daily", start=ahead(-400), until=ahead(2)), today=TODAY)
    assert planned_dates(made, TODAY) == [TODAY, ahead(1), ahead(2)]


def test_a_goal_that_starts_later_wants_nothing_before():
    made = schedule_from(ScheduleDraft("Daily", start=ahead(58)), today=TODAY)
    assert planned_dates(made, TODAY) == [ahead(58), ahead(59), ahead(60)]
    assert planned_dates(made, ahead(1))[-1] == ahead(61)
