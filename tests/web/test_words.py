"""Schedules in plain words."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from webapp.domain.errors import Problem
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from
from webapp.web.formats import problem_text
from webapp.web.words import schedule_words

TUESDAY = date(2026, 3, 10)
WEEK, MONTH, ROLLING = QuotaPeriod


@pytest.fixture(scope="module", autouse=True)
def english() -> Iterator[None]:
    app = Flask(__name__, static_folder=None)
    Babel(app)
    with app.test_request_context():
        yield


def words(frequency: str, **said: Any) -> str:
    return schedule_words(schedule_from(ScheduleDraft(frequency, start=TUESDAY, **said), today=TUESDAY))


@pytest.mark.parametrize(
    ("frequency", "said", "expected"),
    [
        ("One Time", {}, "Once, on 10 Mar 2026"),
        ("One Time", {"until": date(2026, 5, 3)}, "Once, on 3 May 2026"),
        ("Daily", {}, "Daily"),
        ("Daily", {"dates": (date(2026, 3, 12),)}, "On 12 Mar 2026"),
        ("Daily", {"dates": (date(2026, 3, 12), date(2026, 4, 2))}, "On 2 chosen days up to 2 Apr 2026"),
        ("Daily", {"days": (0, 2)}, "Mon, Wed"),
        ("Custom", {"days": (0, 1, 2, 3, 4)}, "Weekdays"),
        ("Custom", {"days": (5, 6)}, "Weekends"),
        ("Custom", {"days": tuple(range(7))}, "Daily"),
        ("Weekly", {}, "Weekly on Tue"),
        ("Weekly", {"days": (0, 3)}, "Weekly on Mon, Thu"),
        ("Biweekly", {}, "Every two weeks on Tue"),
        ("Monthly", {}, "Monthly on day 10"),
        ("Yearly", {}, "Yearly on 10 March"),
        ("Quota", {"times": 1, "period": WEEK}, "Once a week"),
        ("Quota", {"times": 3, "period": WEEK}, "3 times a week"),
        ("Quota", {"times": 4, "period": MONTH}, "4 times a month"),
        ("Quota", {"times": 2, "period": ROLLING, "length": 7}, "2 of any 7 days"),
    ],
)
def test_a_named_schedule(frequency: str, said: dict[str, Any], expected: str) -> None:
    assert words(frequency, **said) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=2", "Every 2 days"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", "Every 3 weeks on Mon, Thu"),
        ("FREQ=MONTHLY;BYDAY=2TU", "Monthly on the second Tuesday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "Monthly on the last Friday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1SA", "Every 3 months on the first Saturday"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "Monthly on day 15"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "Monthly on days 1, 15"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "Monthly on the last day"),
        ("FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=-1", "Every 6 months on the last day"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1,15", "Every 2 months on days 1, 15"),
        ("FREQ=MONTHLY;INTERVAL=3", "Every 3 months on day 10"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", "Yearly on 25 December"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "Every 4 years on 29 February"),
        ("FREQ=MONTHLY;BYDAY=5TU", "By the rule FREQ=MONTHLY;WKST=MO;BYDAY=5TU"),
    ],
)
def test_a_rule_shows_its_text_only_when_its_shape_is_unknown(rule: str, expected: str) -> None:
    assert words(Frequency.RULE, rule=rule) == expected


@pytest.mark.parametrize(
    "problem",
    [
        Problem("tags", "too_many_tags", {"most": 10}),
        Problem("last", "before_start", {"start": TUESDAY}),
        Problem("last", "pause_too_long", {"days": 366}),
        Problem("rule", "rule_too_often", {"part": "FREQ"}),
        Problem("rule", "rule_part_unknown", {"part": "BYHOUR"}),
        Problem("rule", "rule_out_of_range", {"part": "BYDAY", "maximum": 5}),
    ],
    ids=lambda problem: problem.code,
)
def test_a_problem_is_said_without_its_code(problem: Problem) -> None:
    said = problem_text(problem.code, problem.params)
    assert problem.code not in said
    for number in ("most", "days", "part"):
        if number in problem.params and problem.code != "rule_too_often":
            assert str(problem.params[number]) in said
