"""The dates schedules come to, and how often they are (domain rules §2, §5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import schedules
from webapp.domain.errors import Invalid
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from

MONDAY = date(2024, 1, 1)
REPEATING = [each for each in Frequency if each not in (Frequency.ONE_TIME, Frequency.QUOTA, Frequency.RULE)]


def schedule(frequency, start=MONDAY, *, today=None, **said):
    return schedule_from(ScheduleDraft(frequency, start=start, **said), today=today or start)


def dates_of(made, first, last):
    return schedules.due_dates(made, first, last)


def year_of(frequency, start, year=2024, **said):
    return dates_of(schedule(frequency, start, **said), date(year, 1, 1), date(year, 12, 31))


def test_every_day_or_the_days_chosen():
    assert len(year_of("Daily", MONDAY)) == 366
    week = dates_of(schedule("Daily", days=(4, 0, 2)), MONDAY, date(2024, 1, 7))
    assert [day.day for day in week] == [1, 3, 5]
    assert week == dates_of(schedule("Custom", days=(0, 2, 4)), MONDAY, date(2024, 1, 7))


def test_weekly_uses_its_days_else_the_weekday_of_the_start():
    wednesday = date(2024, 1, 3)
    assert [day.day for day in dates_of(schedule("Weekly", wednesday), MONDAY, date(2024, 1, 31))] == [
        3,
        10,
        17,
        24,
        31,
    ]
    both = dates_of(schedule("Weekly", wednesday, days=(0, 6)), MONDAY, date(2024, 1, 15))
    assert [day.day for day in both] == [7, 8, 14, 15]


@pytest.mark.parametrize(("week_start", "expected"), [(0, [5, 10, 19, 24]), (6, [5, 17, 19, 31])])
def test_biweekly_counts_weeks_from_the_one_of_the_start(week_start, expected):
    made = schedule("Biweekly", date(1997, 8, 5), days=(1, 6), week_start=week_start)
    assert [day.day for day in dates_of(made, date(1997, 8, 1), date(1997, 8, 31))] == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (28, [28, 28, 28, 28]),
        (29, [29, 29, 29, 29]),
        (30, [30, 29, 30, 30]),
        (31, [31, 29, 31, 30]),
    ],
)
def test_monthly_falls_on_the_last_day_of_a_shorter_month(day, expected):
    start = date(2023, 10, day)
    assert [due.day for due in year_of("Monthly", start)[:4]] == expected
    in_common_year = dates_of(schedule("Monthly", start), date(2025, 2, 1), date(2025, 2, 28))
    assert in_common_year == [date(2025, 2, 28)]


def test_the_rule_for_a_month_end_is_the_published_one():
    assert schedule("Monthly", date(2024, 1, 29)).rule == "FREQ=MONTHLY;WKST=MO;BYMONTHDAY=28,29;BYSETPOS=-1"
    assert schedule("Monthly", date(2024, 1, 31)).rule == "FREQ=MONTHLY;WKST=MO;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"


@given(st.dates(date(2000, 1, 1), date(2020, 12, 31)), st.integers(31, 2000))
def test_monthly_comes_once_each_month_and_yearly_once_each_year(start, ahead):
    first = (start + timedelta(days=ahead)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    monthly = dates_of(schedule("Monthly", start), first, last)
    assert monthly == [first.replace(day=min(start.day, last.day))]
    assert len(year_of("Yearly", start, first.year + 1)) == 1


def test_yearly_from_the_leap_day_falls_on_the_28th_between():
    made = schedule("Yearly", date(2024, 2, 29))
    assert dates_of(made, date(2024, 1, 1), date(2028, 12, 31)) == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]
    assert dates_of(made, date(2100, 1, 1), date(2100, 12, 31)) == [date(2100, 2, 28)]


@pytest.mark.parametrize("frequency", ["Monthly", "Yearly", "One Time"])
def test_days_are_kept_and_ignored_where_they_mean_nothing(frequency):
    made = schedule(frequency, days=(6, 2))
    assert made.days == (2, 6)
    assert dates_of(made, MONDAY, MONDAY) == [MONDAY]


def test_once_is_on_the_target_else_the_start_else_today():
    today = date(2024, 3, 5)
    whole_year = (date(2024, 1, 1), date(2024, 12, 31))
    assert dates_of(schedule("One Time", until=date(2024, 6, 1)), *whole_year) == [date(2024, 6, 1)]
    assert dates_of(schedule("One Time", date(2024, 4, 1)), *whole_year) == [date(2024, 4, 1)]
    assert dates_of(schedule("One Time", None, today=today), *whole_year) == [today]
    assert dates_of(schedule("One Time", None, today=today, until=date(2024, 1, 9)), *whole_year) == []


@pytest.mark.parametrize("frequency", [each for each in REPEATING if each is not Frequency.CUSTOM])
def test_nothing_is_due_before_the_start_or_after_the_target(frequency):
    target = MONDAY + timedelta(days=800)
    found = dates_of(schedule(frequency, until=target), date(2020, 1, 1), date(2030, 1, 1))
    assert found[0] == MONDAY
    assert found[-1] <= target


def test_a_quota_has_no_dates_and_an_end_does_not_complete_it():
    made = schedule("Quota", times=3, period=QuotaPeriod.WEEK, until=date(2024, 12, 31))
    assert made.quota == Quota(3, QuotaPeriod.WEEK, 7)
    assert made.rule is None
    assert year_of("Quota", MONDAY, times=3, period=QuotaPeriod.MONTH) == []
    assert not made.bounded


def test_expansion_looks_no_further_than_its_limit():
    made = schedule("Daily")
    assert len(dates_of(made, date.min, date.max)) == schedules.MAXIMUM_DAYS_AHEAD
    assert len(schedules.due_dates(made, MONDAY, date.max, limit=10)) == 10
    assert dates_of(made, date.max, date.max) == [date.max]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"frequency": "One Time"}, None),
        ({"frequency": "Daily"}, (1, 1)),
        ({"frequency": "Daily", "days": (0, 2, 4)}, (3, 7)),
        ({"frequency": "Daily", "days": tuple(range(7))}, (1, 1)),
        ({"frequency": "Custom", "days": (0, 2)}, (2, 7)),
        ({"frequency": "Weekly"}, (1, 7)),
        ({"frequency": "Weekly", "days": (1, 3)}, (2, 7)),
        ({"frequency": "Biweekly"}, (1, 14)),
        ({"frequency": "Biweekly", "days": (1, 3)}, (2, 14)),
        ({"frequency": "Monthly", "days": (1, 3)}, (1, 30)),
        ({"frequency": "Yearly"}, (1, 365)),
        ({"frequency": "Quota", "times": 3, "period": QuotaPeriod.WEEK}, (3, 7)),
        ({"frequency": "Quota", "times": 4, "period": QuotaPeriod.MONTH}, (4, 30)),
        ({"frequency": "Quota", "times": 2, "period": QuotaPeriod.ROLLING, "length": 5}, (2, 5)),
        ({"frequency": "RRULE:FREQ=DAILY"}, (1, 1)),
        ({"frequency": "RRULE:FREQ=DAILY;INTERVAL=3"}, (1, 3)),
        ({"frequency": "RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"}, (5, 7)),
        ({"frequency": "RRULE:FREQ=WEEKLY;INTERVAL=3"}, (1, 21)),
        ({"frequency": "RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO"}, (2, 30)),
        ({"frequency": "RRULE:FREQ=YEARLY"}, (1, 365)),
    ],
)
def test_how_often_as_times_in_days(said, expected):
    assert schedules.fraction(schedule_from(ScheduleDraft(**said), today=MONDAY)) == expected


@pytest.mark.parametrize(
    ("times", "period", "length"),
    [(0, QuotaPeriod.WEEK, 7), (8, QuotaPeriod.WEEK, 7), (32, QuotaPeriod.MONTH, 30), (4, QuotaPeriod.ROLLING, 3),
     (1, QuotaPeriod.ROLLING, 0), (1, QuotaPeriod.ROLLING, 367)],
)  # fmt: skip
def test_a_quota_that_cannot_be_met_cannot_be_made(times, period, length):
    with pytest.raises(Invalid):
        Quota(times, period, length)


def test_dates_said_one_by_one_stand_in_place_of_the_rule():
    said = (date(2024, 1, 20), date(2023, 12, 24), date(2024, 1, 3), date(2024, 1, 3))
    made = schedule("Daily", dates=said)
    assert made.dates == (date(2023, 12, 24), date(2024, 1, 3), date(2024, 1, 20))
    assert (made.start, made.bounded, schedules.horizon(made, MONDAY)) == (date(2023, 12, 24), True, date(2024, 1, 20))
    assert dates_of(made, MONDAY, date(2024, 12, 31)) == [date(2024, 1, 3), date(2024, 1, 20)]
    assert schedules.planned_dates(made, MONDAY) == [date(2024, 1, 3), date(2024, 1, 20)]
    assert schedules.fraction(made) == (3, 28)


def test_dates_said_one_by_one_stay_until_something_else_is_said():
    stood = schedule("Daily", dates=(date(2024, 1, 3),))
    again = ScheduleDraft("Daily", start=stood.start)
    assert schedule_from(again, today=MONDAY, stored=stood).dates == stood.dates
    for other in ({"dates": ()}, {"until": date(2024, 2, 1)}, {"days": (0,)}):
        assert schedule_from(ScheduleDraft("Daily", start=stood.start, **other), today=MONDAY, stored=stood).dates == ()


def test_dates_said_one_by_one_lie_within_what_can_be_kept():
    for said, code in (
        ({"dates": (date(1899, 12, 31),)}, "too_early"),
        ({"dates": (date(2024, 1, 9),), "until": date(2024, 1, 8)}, "date_after_target"),
        ({"dates": (MONDAY + timedelta(days=3_661),)}, "too_far"),
    ):
        with pytest.raises(Invalid) as refused:
            schedule("Daily", **said)
        assert [(one.field, one.code) for one in refused.value.problems] == [("dates", code)]
