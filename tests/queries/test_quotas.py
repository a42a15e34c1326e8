"""Every page tells the same of the running week, month or last days of a quota: what its streak is judged by."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.histories import tell
from webapp.actions import goals, pauses
from webapp.domain.days import shifted
from webapp.domain.pauses import Pause, is_paused
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.running import QuotaCount
from webapp.domain.schedules import Frequency, ScheduleDraft, in_force
from webapp.domain.streaks import Period, Rolling, periods
from webapp.domain.tracking import DayState
from webapp.domain.verdicts import Facts, Terms, by_quota
from webapp.models import Goal
from webapp.pages import goal_spans
from webapp.queries import days, habits, judgements, progress
from webapp.queries.goals import Filter, listed
from webapp.queries.quotas import quota_counts

PERIODS = (
    {"period": QuotaPeriod.WEEK},
    {"period": QuotaPeriod.WEEK},
    {"period": QuotaPeriod.MONTH},
    {"period": QuotaPeriod.ROLLING, "length": 10},
)
TODAYS = (date(2026, 3, 1), date(2026, 3, 4), date(2026, 3, 28), date(2026, 4, 2))
"""The end of a week in a month just begun, its middle, the end of a month, and its beginning."""
GOALS = 12


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session))


def on(viewer: Viewer, day: date) -> Viewer:
    """The viewer on another day, at the same time."""
    return replace(viewer, now=viewer.now + (day - viewer.today), today=day)


def schedule(chance: Random, since: date) -> ScheduleDraft:
    """Mostly a quota; begun then, before or soon, for good or for some days."""
    start = shifted(since, chance.choice((-9, 0, 0, 0, 2)))
    until = chance.choice((None, None, shifted(since, chance.randrange(2, 40))))
    if not chance.randrange(5):
        return make.schedule(start=start, until=until)
    return make.schedule(Frequency.QUOTA, start, until, times=chance.randrange(1, 7), **chance.choice(PERIODS))


def lived(session: Session, ada: Viewer, chance: Random) -> Goal:
    """A goal with up to three versions, also begun on a day already done, skips and a pause."""
    made = shifted(ada.today, -chance.randrange(50))
    budget = chance.choice((None, 0, 1))
    goal = make.goal(session, on(ada, made), "Swim", schedule(chance, made), skip_budget=budget)
    for day in sorted(shifted(ada.today, -chance.randrange((ada.today - made).days + 1)) for _ in range(2)):
        if chance.randrange(2):
            if chance.randrange(2):
                make.tick(session, on(ada, day), goal, day)
            draft = make.draft("Swim", schedule(chance, day), skip_budget=budget)
            goals.change(session, on(ada, day), goal, draft, seen=goal.version)
    tell(session, ada, goal, "".join(chance.choices("x.sn", (5, 4, 2, 1), k=chance.randrange(1, 60))), ada.today)
    if chance.randrange(3):
        first = shifted(ada.today, chance.randrange(-20, 4))
        pauses.plan(session, ada, Pause(first, shifted(first, chance.randrange(5))), goal)
    return goal


def judged(facts: Facts, terms: Terms, today: date) -> Period | Rolling | None:
    """The running one of all the periods there ever were, or the days of the window one by one."""
    version = in_force(terms.versions, today)
    if version is None or version.quota is None or not by_quota(version, today):
        return None
    if version.quota.period is not QuotaPeriod.ROLLING:
        return periods(facts, terms, today)[-1]
    window = [shifted(today, -ago) for ago in range(version.quota.length)]
    done = [day for day in window if day in facts and facts[day].state is DayState.DONE]
    counted = sum(not is_paused(day, terms.pauses) for day in done)
    return Rolling(counted, version.quota.times, version.quota.length)


def as_count(found: Period | Rolling | None) -> tuple[int, int] | None:
    if isinstance(found, Rolling):
        return found.done, found.times
    return (found.done, found.required) if found and found.required else None


def told(count: QuotaCount | None) -> tuple[int, int] | None:
    return (count.done, count.required) if count else None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_lists_page_and_why_tell_what_is_judged(session: Session, ada: Viewer, today: date, seed: int) -> None:
    chance, ada = Random(seed), on(ada, today)
    made = {goal.public_id: goal for goal in (lived(session, ada, chance) for _ in range(GOALS))}
    pauses.plan(session, ada, Pause(shifted(today, -1), shifted(today, -1)))
    session.flush()
    in_list = {row.id: row.quota for row in listed(session, ada, Filter())}
    on_dashboard = {row.goal_id: row.quota for row in days.due_or_resting(session, ada)}
    running = 0
    for public_id, goal in made.items():
        terms, facts = habits.terms_of(session, goal), habits.facts_between(session, goal.id, date.min)
        expected = judged(facts, terms, today)
        running += expected is not None
        assert told(in_list[public_id]) == as_count(expected)
        assert told(on_dashboard.get(public_id)) == as_count(expected)
        shown = goal_spans.chosen(ada, {})
        found = progress.progress(session, goal, terms, shown.first, shown.last, today)
        assert found.period == expected
        if isinstance(expected, Period) and found.streaks and found.streaks.current:
            current = found.streaks.current
            why = judgements.reasons(session, goal, terms, current, current=True, before=None, today=today)
            assert expected in why.periods
        if every := periods(facts, terms, today):
            assert_aims(found.span.begun_on(shown.begins), terms, ada, every)
    assert running >= GOALS // 3, "enough of them have a quota today"


def assert_aims(span: progress.Span, terms: Terms, viewer: Viewer, every: list[Period]) -> None:
    """Bars and tables aim at what was required of the last period that lies in each week or month."""
    for kind, totals in ((QuotaPeriod.WEEK, goal_spans.weeks), (QuotaPeriod.MONTH, goal_spans.months)):
        for total in totals(span, terms, viewer):
            if total.first <= every[0].first or period_on(terms, total.last) is not kind:
                continue
            within = [one for one in every if one.first <= total.last and total.first <= one.last]
            required = [one.required for one in within if period_on(terms, one.last) is kind]
            assert total.aim == (required[-1] if required else 0), (kind, total, within)


def period_on(terms: Terms, day: date) -> QuotaPeriod | None:
    version = in_force(terms.versions, day)
    return version.quota.period if version and version.quota else None


def test_without_a_quota_nothing_is_asked(session: Session, ada: Viewer) -> None:
    make.goal(session, ada)
    (row,) = listed(session, ada, Filter())
    assert row.quota is None
    assert quota_counts(None, [], ada.today) == {}  # type: ignore[arg-type]


def test_a_past_day_is_counted_by_the_schedule_of_its_time(session: Session, ada: Viewer) -> None:
    thrice = make.schedule(Frequency.QUOTA, start=make.days_ago(30), times=3, period=QuotaPeriod.WEEK)
    goal = make.goal(session, on(ada, make.days_ago(30)), "Swim", thrice)
    tell(session, ada, goal, "x.x....x.")
    twice = make.schedule(Frequency.QUOTA, start=make.days_ago(30), times=2, period=QuotaPeriod.MONTH)
    goals.change(session, ada, goal, make.draft("Swim", twice), seen=goal.version)
    found = days.one_on(session, ada, goal.public_id, make.TODAY - timedelta(3))
    assert found is not None
    assert found.quota == QuotaCount(2, 3, QuotaPeriod.WEEK, 7)
