"""What a goal's page reads of closed months is what the facts say, from the first of them on."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.histories import tell
from tests.make import TODAY, days_ago
from webapp.actions import goals, pauses
from webapp.domain.days import days_between
from webapp.domain.months import States, running
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.streaks import Streak, all_streaks, rolling, streaks
from webapp.domain.strength import explain
from webapp.domain.tracking import DayState, Direction
from webapp.domain.verdicts import JudgedDay, Verdict
from webapp.models import Goal
from webapp.queries import habits, history, judgements, progress


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session))


@pytest.fixture
def lived(session: Session, ada: Viewer) -> Goal:
    """Five months with everything in them: gaps, skips beyond the budget, a pause, a change from daily to weekdays."""
    goal = make.goal(session, ada, "Walk", make.schedule(start=days_ago(150)), skip_budget=1)
    tell(session, ada, goal, "xxs xs. xxxxxx s. xsxxx nx" * 5, days_ago(31))
    pauses.plan(session, ada, Pause(days_ago(90), days_ago(70)), goal)
    back_then = replace(ada, now=ada.now - timedelta(31), today=days_ago(31))
    goals.change(session, back_then, goal, make.draft("Walk", make.schedule(Frequency.CUSTOM, days=(0, 2, 4))), seen=1)
    tell(session, ada, goal, "xxxxxxxxx.xxxxs..x.x.x.x.xxsxxx")
    return goal


def test_closed_months_and_the_days_since_are_one_history(session: Session, ada: Viewer, lived: Goal) -> None:
    terms = habits.terms_of(session, lived)
    facts = habits.facts_between(session, lived.id, date.min)
    first = min(facts)
    found = progress.progress(session, lived, terms, first, TODAY, TODAY)
    whole = progress.span_of(running(facts, terms, first, first, TODAY, States()), first, TODAY)

    assert lived.months_until is not None
    assert found.span == whole
    assert set(found.span.marks) == set("dmspe."), "the history has something of everything"
    assert found.streaks == streaks(facts, terms, TODAY)
    assert found.score == whole.scores[-1]
    assert found.earliest == first.replace(day=1)


def test_a_year_is_read_alone(session: Session, ada: Viewer, lived: Goal) -> None:
    terms = habits.terms_of(session, lived)
    whole = progress.progress(session, lived, terms, days_ago(150), TODAY, TODAY)
    year = progress.progress(session, lived, terms, date(2025, 1, 1), date(2025, 12, 31), TODAY)

    assert year.span.cut(days_ago(150), date(2025, 12, 31)) == whole.span.cut(days_ago(150), date(2025, 12, 31))
    assert year.span.marks[: (days_ago(150) - date(2025, 1, 1)).days].strip() == ""
    assert (year.streaks, year.score) == (whole.streaks, whole.score), "what stands today stands in every year"


def test_who_may_not_look_back_learns_nothing_of_earlier_days(session: Session, ada: Viewer, lived: Goal) -> None:
    terms = habits.terms_of(session, lived)
    since = days_ago(20)
    before = progress.progress_since(session, lived, terms, since, days_ago(370), TODAY, TODAY)
    for ago in (21, 22, 40, 60):
        make.tick(session, ada, lived, days_ago(ago), DayState.SKIPPED)
    after = progress.progress_since(session, lived, terms, since, days_ago(370), TODAY, TODAY)

    assert before == after
    assert before.span.cut(since, TODAY).marks.strip()
    assert before.span.cut(days_ago(370), days_ago(21)).marks.strip() == ""
    assert (before.streaks, before.score, set(before.span.scores)) == (None, None, {None})


@pytest.mark.parametrize("told", [0, 1, 5, 40])
def test_a_rolling_quota_counts_across_closed_months(session: Session, ada: Viewer, told: int) -> None:
    quota = make.schedule(Frequency.QUOTA, start=days_ago(80), times=20, period=QuotaPeriod.ROLLING, length=60)
    goal = make.goal(session, ada, "Swim", quota)
    tell(session, ada, goal, ".x" * told)
    terms = habits.terms_of(session, goal)
    found = progress.progress(session, goal, terms, days_ago(30), TODAY, TODAY)
    assert found.period == rolling(habits.facts_between(session, goal.id, date.min), terms, TODAY)
    assert getattr(found.period, "done", None) == min(told, 30)


def test_the_running_week_is_whole_though_its_month_is_closed(session: Session, ada: Viewer) -> None:
    quota = make.schedule(Frequency.QUOTA, start=date(2026, 1, 1), times=3, period=QuotaPeriod.WEEK)
    goal = make.goal(session, ada, "Swim", quota)
    sunday = date(2026, 3, 1)
    for day in (date(2026, 2, 24), date(2026, 2, 27)):
        make.tick(session, ada, goal, day)
    terms = habits.terms_of(session, goal)
    tail = progress.tail_of(session, goal, terms, sunday + timedelta(9))
    found = progress.running_period(tail, terms, sunday)
    assert goal.months_until == date(2026, 2, 28)
    assert found is not None
    assert (found.first, found.done, found.required) == (date(2026, 2, 23), 2, 3)


@pytest.mark.parametrize("ago", [0, 1, 33, 75, 80, 95, 149])
def test_strength_is_explained_as_if_from_the_beginning(session: Session, ada: Viewer, lived: Goal, ago: int) -> None:
    terms = habits.terms_of(session, lived)
    facts = habits.facts_between(session, lived.id, date.min)
    assert judgements.explained(session, lived, terms, days_ago(ago)) == explain(facts, terms, days_ago(ago))


def test_every_streak_is_the_sum_of_its_days(session: Session, ada: Viewer, lived: Goal) -> None:
    terms = habits.terms_of(session, lived)
    facts = habits.facts_between(session, lived.id, date.min)
    known = all_streaks(facts, terms, TODAY)
    assert max(one.length for one in known) > 3
    for one in known:
        because = _reasons(session, lived, one, current=one == known[-1])
        days = [each for each in because if each.verdict is Verdict.DONE]
        assert len(days) == one.length, one
        assert because[0].local_date == (one.after or one.first)
        misses = [each.local_date for each in because if each.verdict is Verdict.MISSED]
        assert (misses[0] == one.after) if one.after else (misses[:1] in ([], [because[-1].local_date]))
        assert len(misses) == (one.after is not None) + (one != known[-1])


def test_a_long_streak_is_told_in_parts_that_join(
    session: Session, ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = make.goal(session, ada, "Read", make.schedule(start=days_ago(60)))
    tell(session, ada, goal, "x" * 61)
    (streak,) = all_streaks(habits.facts_between(session, goal.id, date.min), habits.terms_of(session, goal), TODAY)
    monkeypatch.setattr(judgements, "LONGEST", 25)
    before, told = None, []
    while True:
        because = judgements.reasons(
            session, goal, habits.terms_of(session, goal), streak, current=True, before=before, today=TODAY
        )
        told = [each.local_date for each in because.days] + told
        assert len(because.days) <= 25
        if because.earlier is None:
            break
        before = because.earlier
    assert told == days_between(days_ago(60), TODAY)


def test_entries_of_a_day_say_which_was_replaced(session: Session, ada: Viewer) -> None:
    goal = make.goal(session, ada, "Read", direction=Direction.AT_LEAST, target=Decimal(20), unit="pages")
    make.tick(session, ada, goal, TODAY, None, value=Decimal(5), note="slow")
    make.tick(session, ada, goal, TODAY, None, value=Decimal(21))
    said = history.entries_of(session, goal, ada.words, TODAY)
    assert [(one.value, one.note, one.replaced) for one in said] == [(21, "slow", False), (5, "slow", True)]
    assert [one.note for one in history.entries_of(session, goal, None, TODAY)] == ["", ""]


def _reasons(session: Session, goal: Goal, streak: Streak, *, current: bool) -> tuple[JudgedDay, ...]:
    terms = habits.terms_of(session, goal)
    return judgements.reasons(session, goal, terms, streak, current=current, before=None, today=TODAY).days
