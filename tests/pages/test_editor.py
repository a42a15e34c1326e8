"""The goal editor: every schedule in its fields, and what saving will do."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser, Page, signed_in
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft
from webapp.domain.tracking import DayState, Direction
from webapp.models import Goal, ScheduleVersion


def words_of_preview(page: Page) -> str:
    preview = page.by_id("preview")
    assert preview is not None
    return page.words(preview)


def goals_of(session: Session) -> list[Goal]:
    session.rollback()
    statement = select(Goal).where(Goal.deleted_at.is_(None)).order_by(Goal.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def schedule_of(session: Session, goal: Goal) -> Schedule:
    statement = select(ScheduleVersion).where(ScheduleVersion.goal_id == goal.id, ScheduleVersion.is_current)
    return session.scalars(statement.execution_options(populate_existing=True)).one().terms()


@dataclass(frozen=True)
class Said:
    """What is chosen in the editor, and what the preview makes of it: its words and its first date."""

    typed: dict[str, Any]
    words: str
    first: str

    def __str__(self) -> str:
        return self.words


CHOICES = [
    Said({"frequency": "One Time"}, "Once, on 10 Mar 2026", "Tue 10 March"),
    Said({"frequency": "Custom", "days": [5, 6]}, "Weekends", "Sat 14 March"),
    Said({"frequency": "Weekly"}, "Weekly on Tue", "Tue 10 March"),
    Said({"frequency": "Weeks", "every_weeks": 2, "days": [0, 4]}, "Every two weeks on Mon, Fri", "Fri 13 March"),
    Said({"frequency": "Weeks", "every_weeks": 3}, "Every 3 weeks on Tue", "Tue 10 March"),
    Said({"frequency": "Days", "every_days": 3, "start": "2026-03-09"}, "Every 3 days", "Thu 12 March"),
    Said({"frequency": "Monthly"}, "Monthly on day 10", "Tue 10 March"),
    Said({"frequency": "Monthly", "month_day": "31"}, "Monthly on day 31", "Tue 31 March"),
    Said({"frequency": "Monthly", "month_day": "-1"}, "Monthly on the last day", "Tue 31 March"),
    Said({"frequency": "Monthly", "monthly": "weekday"}, "Monthly on the second Tuesday", "Tue 10 March"),
    Said(
        {"frequency": "Monthly", "monthly": "weekday", "nth": -1, "weekday": 4, "every_months": 2},
        "Every 2 months on the last Friday",
        "Fri 27 March",
    ),
    Said({"frequency": "Yearly"}, "Yearly on 10 March", "Tue 10 March"),
    Said({"frequency": "Quota", "times": 3}, "3 times a week", "On any day you like."),
    Said({"frequency": "Quota", "times": 9, "period": "month"}, "9 times a month", "On any day you like."),
    Said({"frequency": "Quota", "times": 2, "period": "rolling"}, "2 of any 7 days", "On any day you like."),
    Said({"frequency": "Rule", "rule": "RRULE:FREQ=MONTHLY;BYDAY=2TU"}, "Monthly on the second Tuesday", "Tue 10"),
]


def test_every_schedule_can_be_chosen_and_is_shown_in_words(visit: Browser) -> None:
    editor = visit.get("/goals/new")
    for said in CHOICES:
        shown = words_of_preview(editor.press("Show the dates", title="Walk", **said.typed))
        assert shown.startswith(f"Next dates {said.words}")
        assert said.first in shown


STORED = [
    make.schedule(Frequency.DAILY, days=(0, 2)),
    make.schedule(Frequency.WEEKLY, days=(3,)),
    make.schedule(Frequency.BIWEEKLY, week_start=6),
    make.schedule(Frequency.MONTHLY, date(2026, 1, 31), days=(4,)),
    make.schedule(Frequency.YEARLY),
    make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK, week_start=6),
    make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.ROLLING, length=9),
    *(
        make.schedule(Frequency.RULE, rule=rule)
        for rule in (
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;WKST=SU",
            "FREQ=DAILY;INTERVAL=2",
            "FREQ=DAILY;BYDAY=MO,TU",
            "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
            "FREQ=DAILY;INTERVAL=900",
            "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
        )
    ),
]


def test_opening_and_saving_changes_nothing_whatever_the_schedule(
    session: Session, visit: Browser, her: Viewer
) -> None:
    goals = [make.goal(session, her, when=when) for when in STORED]
    session.commit()
    before = [schedule_of(session, goal) for goal in goals]
    for goal in goals:
        editor = visit.get(f"/goals/{goal.public_id}/edit")
        assert "Saving changes no dates." in words_of_preview(editor)
        assert editor.press("Save goal", title="Another name").status == 200

    saved = goals_of(session)
    assert [(goal.version, goal.revision) for goal in saved] == [(2, 1)] * len(goals)
    assert [schedule_of(session, goal) for goal in saved] == before


@pytest.mark.parametrize(
    ("when", "chosen"),
    [
        (make.schedule(Frequency.BIWEEKLY, days=(0, 3)), {"frequency": "Weeks", "every_weeks": "2", "days": "0"}),
        (make.schedule(Frequency.RULE, rule="FREQ=DAILY;INTERVAL=4"), {"frequency": "Days", "every_days": "4"}),
        (
            make.schedule(Frequency.RULE, rule="FREQ=MONTHLY;BYDAY=-1FR"),
            {"frequency": "Monthly", "monthly": "weekday", "nth": "-1", "weekday": "4"},
        ),
        (make.schedule(Frequency.RULE, rule="FREQ=MONTHLY;BYMONTHDAY=15"), {"monthly": "day", "month_day": "15"}),
        (
            make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.ROLLING, length=9),
            {"frequency": "Quota", "times": "2", "period": "rolling", "length": "9"},
        ),
        (
            make.schedule(Frequency.RULE, rule="FREQ=MONTHLY;BYDAY=5TU"),
            {"frequency": "Rule", "rule": "FREQ=MONTHLY;WKST=MO;BYDAY=5TU"},
        ),
    ],
)
def test_a_stored_schedule_opens_in_its_fields(
    session: Session, visit: Browser, her: Viewer, when: ScheduleDraft, chosen: dict[str, str]
) -> None:
    goal = make.goal(session, her, when=when)
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}/edit")
    sent: dict[str, str] = {}
    for name, value in page.fields(page.one("form", id="goal-form")):
        sent.setdefault(name, value)
    assert chosen.items() <= sent.items()


WRONG = [
    ({"frequency": "Weeks", "every_weeks": "1"}, "every_weeks"),
    ({"frequency": "Weeks", "every_weeks": "53"}, "every_weeks"),
    ({"frequency": "Weeks", "every_weeks": ""}, "every_weeks"),
    ({"frequency": "Days", "every_days": "many"}, "every_days"),
    ({"frequency": "Days", "every_days": "9" * 30}, "every_days"),
    ({"frequency": "Monthly", "every_months": "-1"}, "every_months"),
    ({"frequency": "Monthly", "month_day": "32"}, "month_day"),
    ({"frequency": "Monthly", "monthly": "weekday", "nth": "5"}, "nth"),
    ({"frequency": "Monthly", "monthly": "weekday", "weekday": "Tuesday"}, "weekday"),
    ({"frequency": "Yearly", "every_years": "0"}, "every_years"),
    ({"frequency": "Quota", "times": "8", "period": "week"}, "times"),
    ({"frequency": "Quota", "times": "2", "period": "fortnight"}, "period"),
    ({"frequency": "Quota", "times": "2", "period": "rolling", "length": ""}, "length"),
    ({"frequency": "Weeks", "every_weeks": "3", "days": ["0", "9"]}, "days"),
    ({"frequency": "Rule", "rule": ""}, "rule"),
    ({"frequency": "Rule", "rule": "every full moon"}, "rule"),
    ({"frequency": "Rule", "rule": "FREQ=HOURLY"}, "rule"),
    ({"measured": "y", "target": "8", "direction": "exactly"}, "direction"),
    ({"measured": "y", "target": "8", "direction": ""}, "direction"),
    ({"measured": "y", "target": "-5", "direction": "at_least"}, "target"),
    ({"start": "soon"}, "start"),
    ({"colour": "0"}, "colour"),
    ({"colour": "teal"}, "colour"),
    ({"skip_budget": "32"}, "skip_budget"),
    ({"skip_budget": "a few"}, "skip_budget"),
    ({"tags": ", ".join(f"tag {number}" for number in range(11))}, "tags"),
    ({"tags": "t" * 41}, "tags"),
]


def test_what_makes_no_sense_stands_at_its_field(session: Session, visit: Browser) -> None:
    for typed, field in WRONG:
        page = visit.post("/goals", **{"title": "Walk", "frequency": "Daily", **typed})
        assert (page.status, page.errors().keys()) == (422, {field}), typed
        assert not any(words in page.errors()[field] for words in ("cannot be used as it is", "alid", "coerce")), typed
    assert goals_of(session) == []


def test_what_stands_in_fields_of_another_choice_is_nobodys_problem(session: Session, visit: Browser) -> None:
    left = {"every_weeks": "x", "every_days": "0", "nth": "9", "times": "99", "length": "", "rule": "?", "days": "7"}
    assert visit.post("/goals", title="Walk", frequency="Daily", **left).status == 303
    (goal,) = goals_of(session)
    assert schedule_of(session, goal).frequency is Frequency.DAILY


def test_tags_and_skips_are_kept_and_come_back(session: Session, visit: Browser) -> None:
    visit.get("/goals/new").press("Save goal", title="Walk", tags=" Health, home,health ,", skip_budget="2")
    (goal,) = goals_of(session)
    editor = visit.get(f"/goals/{goal.public_id}/edit")

    assert (editor.value("tags"), editor.value("skip_budget")) == ("Health, home", "2")
    assert "Yours so far: Health, home" in visit.get("/goals/new").words()


def test_saving_is_said_in_words_before_it_happens(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, when=make.schedule(until=TODAY + timedelta(10)))
    make.tick(session, her, goal, TODAY + timedelta(1), DayState.SKIPPED)
    session.commit()
    editor = visit.get(f"/goals/{goal.public_id}/edit")
    before = make.everything(session)
    shown = words_of_preview(editor.press("Show the dates", frequency="Custom", days=[1]))
    longer = words_of_preview(editor.press("Show the dates", until=(TODAY + timedelta(11)).isoformat()))
    moved = words_of_preview(
        editor.press("Show the dates", frequency="Custom", days=[1], until=(TODAY + timedelta(21)).isoformat())
    )

    assert shown.endswith(
        "Saving removes 8 future dates.1 date with an answer or a note stays.Past days keep the schedule they had."
    )
    assert "Saving adds 1 future date." in longer
    assert "Saving removes 8 future dates and adds 2." in moved
    assert make.everything(session) == before

    editor.press("Save goal", frequency="Custom", days=[1])
    assert [day.day for day in make.rows(session, goal)] == [10, 11, 17]


def test_another_amount_counts_from_today(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, direction=Direction.AT_LEAST, target=Decimal(20), unit="pages")
    session.commit()
    editor = visit.get(f"/goals/{goal.public_id}/edit")
    said = "Days from today on are judged by the new amount"

    assert said not in words_of_preview(editor.press("Show the dates", target="20.0"))
    for typed in ({"target": "25"}, {"direction": "at_most"}, {"unit": "minutes"}, {"measured": None}):
        assert said in words_of_preview(editor.press("Show the dates", **typed))


def test_another_skip_budget_is_said_too(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, skip_budget=2)
    session.commit()
    editor = visit.get(f"/goals/{goal.public_id}/edit")
    said = "Skips from today on are forgiven as you say now; past days keep what held then."

    assert said not in words_of_preview(editor.press("Show the dates"))
    for typed in ("", "0", "3"):
        assert said in words_of_preview(editor.press("Show the dates", skip_budget=typed))


def test_a_form_that_lost_its_version_says_so(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her)
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", title="Run", version="x")
    assert (page.status, "please reload the page" in page.words()) == (422, True)
    assert [one.version for one in goals_of(session)] == [1]


def test_a_day_that_is_no_weekday_has_no_dates(visit: Browser) -> None:
    shown = visit.post("/goals/preview", title="Walk", frequency="Weeks", every_weeks="3", days="9")
    assert (shown.status, "On these days: Please choose one of the list." in words_of_preview(shown)) == (200, True)


def test_the_week_begins_where_hers_does(session: Session, visit: Browser, her: Viewer) -> None:
    sunday = signed_in(visit.client.application, session, make.person(session, "Sun", week_start=6))
    shown = words_of_preview(
        sunday.post("/goals/preview", title="Run", frequency="Weeks", every_weeks="2", days=["6"], start="2026-03-10")
    )
    hers = words_of_preview(
        visit.post("/goals/preview", title="Run", frequency="Weeks", every_weeks="2", days=["6"], start="2026-03-10")
    )
    assert "Sun 22 March" in shown
    assert "Sun 15 March" in hers
