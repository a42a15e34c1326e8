"""What can be said about a schedule and what is kept of it (domain rules §2)."""

import time
from datetime import date, timedelta

import pytest

from webapp.domain import schedules
from webapp.domain.errors import Invalid
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from

TODAY = date(2025, 5, 14)


def codes(problems):
    return [(problem.field, problem.code) for problem in problems]


@pytest.mark.parametrize("name", ["one time", "ONE TIME", " One Time ", Frequency.ONE_TIME])
def test_a_frequency_is_known_in_any_case(name):
    assert ScheduleDraft(name).named() is Frequency.ONE_TIME


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"frequency": None}, [("frequency", "required")]),
        ({"frequency": ""}, [("frequency", "required")]),
        ({"frequency": "Hourly"}, [("frequency", "unknown_choice")]),
        ({"frequency": "Custom"}, [("days", "required")]),
        ({"frequency": "Daily", "days": (0, 7)}, [("days", "out_of_range")]),
        ({"frequency": "Daily", "week_start": 7}, [("week_start", "out_of_range")]),
        ({"frequency": "Daily", "start": date(1, 1, 1)}, [("start", "too_early")]),
        ({"frequency": "Daily", "start": TODAY, "until": date(2025, 5, 13)}, [("start", "after_target")]),
        ({"frequency": "One Time", "start": TODAY, "until": date(2025, 5, 13)}, [("start", "after_target")]),
        ({"frequency": "Rule"}, [("rule", "required")]),
        ({"frequency": "RRULE:FREQ=HOURLY"}, [("rule", "rule_too_often")]),
        ({"frequency": "Rule", "rule": "FREQ=DAILY;UNTIL=20250513", "start": TODAY}, [("start", "after_target")]),
        ({"frequency": "Quota"}, [("period", "required"), ("times", "required")]),
        ({"frequency": "Quota", "times": 0, "period": QuotaPeriod.WEEK}, [("times", "out_of_range")]),
        ({"frequency": "Quota", "times": 8, "period": QuotaPeriod.WEEK}, [("times", "out_of_range")]),
        ({"frequency": "Quota", "times": 1, "period": QuotaPeriod.ROLLING}, [("length", "required")]),
        ({"frequency": "Quota", "times": 4, "period": QuotaPeriod.ROLLING, "length": 3}, [("times", "out_of_range")]),
        ({"frequency": "Weekly"}, []),
        ({"frequency": "rrule:freq=daily;count=3"}, []),
    ],
)
def test_every_problem_is_told_by_field(said, expected):
    draft = ScheduleDraft(**said)
    assert codes(draft.check()) == expected
    if expected:
        with pytest.raises(Invalid) as refused:
            schedule_from(draft, today=TODAY)
        assert codes(refused.value.problems) == expected


def test_several_problems_come_together():
    draft = ScheduleDraft("Custom", start=date(2050, 1, 1), until=date(2045, 1, 1), week_start=9)
    with pytest.raises(Invalid) as refused:
        schedule_from(draft, today=TODAY)
    assert set(codes(refused.value.problems)) == {
        ("days", "required"),
        ("week_start", "out_of_range"),
        ("start", "after_target"),
        ("start", "too_far"),
        ("until", "too_far"),
    }


def test_a_target_may_lie_3660_days_ahead_and_not_a_day_more():
    latest = TODAY + timedelta(days=3660)
    assert schedule_from(ScheduleDraft("Daily", until=latest), today=TODAY).until == latest
    with pytest.raises(Invalid, match="until:too_far"):
        schedule_from(ScheduleDraft("Daily", until=latest + timedelta(days=1)), today=TODAY)
    with pytest.raises(Invalid, match="rule:too_far"):
        schedule_from(ScheduleDraft("RRULE:FREQ=DAILY;UNTIL=99991231"), today=TODAY)


def test_an_absent_start_is_today_and_later_the_stored_one():
    first = schedule_from(ScheduleDraft("Monthly"), today=date(2025, 1, 31))
    assert first.start == first.valid_from == date(2025, 1, 31)
    second = schedule_from(ScheduleDraft("Monthly", until=date(2026, 1, 1)), today=TODAY, stored=first)
    assert (second.start, second.valid_from, second.until) == (date(2025, 1, 31), TODAY, date(2026, 1, 1))
    third = schedule_from(ScheduleDraft("Monthly", start=TODAY), today=TODAY, stored=second)
    assert third.start == TODAY


def test_an_implied_start_after_the_target_gives_no_dates():
    past = date(2024, 3, 1)
    for stored in (None, schedule_from(ScheduleDraft("Daily", start=date(2025, 1, 1)), today=TODAY)):
        made = schedule_from(ScheduleDraft("Daily", days=(0, 2, 4), until=past), today=TODAY, stored=stored)
        assert schedules.due_dates(made, date(2020, 1, 1), date(2026, 1, 1)) == []
        assert schedules.planned_dates(made, TODAY) == []


def test_a_rule_keeps_its_end_once_as_the_target():
    counted = schedule_from(ScheduleDraft("RRULE:FREQ=WEEKLY;COUNT=3"), today=TODAY)
    assert (counted.frequency, counted.rule) == (Frequency.RULE, "FREQ=WEEKLY;WKST=MO")
    assert counted.until == date(2025, 5, 28)
    assert len(schedules.due_dates(counted, TODAY, date(2026, 1, 1))) == 3
    dated = schedule_from(ScheduleDraft("Rule", rule="FREQ=DAILY;UNTIL=20250701", until=date(2025, 6, 1)), today=TODAY)
    assert dated.until == date(2025, 6, 1)
    assert counted.bounded
    assert not schedule_from(ScheduleDraft("RRULE:FREQ=DAILY"), today=TODAY).bounded


def test_the_week_start_of_a_rule_is_kept():
    assert schedule_from(ScheduleDraft("RRULE:FREQ=WEEKLY;WKST=SU"), today=TODAY).week_start == 6
    assert schedule_from(ScheduleDraft("RRULE:FREQ=WEEKLY", week_start=5), today=TODAY).rule == "FREQ=WEEKLY;WKST=SA"


def test_what_was_kept_can_be_said_again():
    for said in ("Daily", "Weekly", "Biweekly", "Monthly", "Yearly", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=7"):
        kept = schedule_from(ScheduleDraft(said, start=date(2025, 1, 31)), today=TODAY)
        again = ScheduleDraft(kept.frequency, kept.days, kept.start, kept.until, rule=kept.rule)
        assert schedule_from(again, today=TODAY, stored=kept) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=SECONDLY", "rule_too_often"),
        ("FREQ=DAILY;COUNT=1000000000", "rule_out_of_range"),
        ("FREQ=YEARLY;UNTIL=99991231", "too_far"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "rule_without_dates"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "rule_without_dates"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "too_far"),
        ("FREQ=MONTHLY;COUNT=3660", "too_far"),
        ("FREQ=YEARLY;INTERVAL=3660;BYMONTH=1", "rule_without_dates"),
    ],
)
def test_hostile_rules_are_refused_at_once(text, code):
    for start in (date(1900, 1, 1), TODAY):
        begun = time.perf_counter()
        with pytest.raises(Invalid) as refused:
            schedule_from(ScheduleDraft("Rule", rule=text, start=start), today=TODAY)
        assert time.perf_counter() - begun < 0.5  # a few ms; the bound is wide because machines are busy
        assert code in [problem.code for problem in refused.value.problems]
