"""History is judged by the version of a schedule in force that day (domain rules §2)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import schedules
from webapp.domain.schedules import ScheduleDraft, schedule_from

MONDAY = date(2024, 1, 1)


def versions():
    daily = schedule_from(ScheduleDraft("Daily", start=date(2024, 1, 1)), today=date(2024, 1, 10))
    mondays = schedule_from(ScheduleDraft("Custom", days=(0,)), today=date(2024, 2, 1), stored=daily)
    return daily, mondays


def test_history_is_judged_by_the_version_in_force_that_day():
    daily, mondays = versions()
    assert schedules.in_force([mondays, daily], date(2024, 1, 31)) == daily
    assert schedules.in_force([mondays, daily], date(2024, 2, 1)) == mondays
    assert schedules.in_force([mondays, daily], date(2024, 1, 1)) == daily
    assert schedules.in_force([mondays, daily], date(2023, 12, 31)) is None
    assert schedules.in_force([], date(2024, 1, 1)) is None
    found = schedules.due_between([mondays, daily], date(2023, 12, 1), date(2024, 2, 12))
    assert found == [date(2024, 1, 1) + timedelta(days=number) for number in range(31)] + [
        date(2024, 2, 5),
        date(2024, 2, 12),
    ]


@given(st.lists(st.tuples(st.sampled_from(["Daily", "Weekly", "Monthly"]), st.integers(0, 90)), min_size=1, max_size=4))
def test_due_dates_across_versions_are_those_of_each_day_alone(changes):
    made = {
        ahead: schedule_from(ScheduleDraft(name, start=MONDAY), today=MONDAY + timedelta(days=ahead))
        for name, ahead in changes
    }.values()
    span = [MONDAY + timedelta(days=number) for number in range(-5, 120)]
    by_day = [
        day for day in span if (one := schedules.in_force(list(made), day)) and schedules.due_dates(one, day, day)
    ]
    assert schedules.due_between(list(made), span[0], span[-1]) == by_day


def test_long_histories_are_whole():
    daily = schedule_from(ScheduleDraft("Daily", start=date(2005, 1, 1)), today=MONDAY)
    assert len(schedules.due_between([daily], date(2005, 1, 1), date(2024, 12, 31))) == 7305
