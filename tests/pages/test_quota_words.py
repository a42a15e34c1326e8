"""How far a quota is, in the same words and numbers on every page that says it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.histories import tell
from tests.make import NOW, TODAY
from tests.page import Browser, Page
from webapp.actions import goals, pauses
from webapp.domain.days import shifted
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.models import Goal, Person

SATURDAY = date(2026, 3, 14)
Lived = Callable[[Session, Viewer], Goal]


def three_days_paused(session: Session, her: Viewer) -> Goal:
    quota = make.schedule(Frequency.QUOTA, start=make.days_ago(30), times=3, period=QuotaPeriod.WEEK)
    goal = make.goal(session, her, "Swim", quota)
    pauses.plan(session, her, Pause(shifted(TODAY, 1), shifted(TODAY, 3)), goal)
    tell(session, her, goal, "xx")
    return goal


def changed_at_the_end_of_the_week(session: Session, her: Viewer) -> Goal:
    goal = make.goal(session, her, "Swim", make.schedule(start=make.days_ago(1)))
    tell(session, her, goal, "xxxx", shifted(her.today, -2))
    quota = make.schedule(Frequency.QUOTA, start=make.days_ago(1), times=3, period=QuotaPeriod.WEEK)
    return goals.change(session, her, goal, make.draft("Swim", quota), seen=goal.version)


def a_month_with_an_end(session: Session, her: Viewer) -> Goal:
    quota = make.schedule(Frequency.QUOTA, start=TODAY, until=shifted(TODAY, 5), times=5, period=QuotaPeriod.MONTH)
    goal = make.goal(session, her, "Swim", quota)
    make.tick(session, her, goal, TODAY)
    return goal


@pytest.mark.parametrize(
    ("today", "lived", "words", "count"),
    [
        (TODAY, three_days_paused, "week", "2 of 2"),
        (SATURDAY, changed_at_the_end_of_the_week, "week", "0 of 1"),
        (TODAY, a_month_with_an_end, "month", "1 of 1"),
    ],
)
def test_today_the_list_and_the_goal_tell_one_story(
    session: Session,
    visit: Browser,
    ada: Person,
    clock: Traveller,
    today: date,
    lived: Lived,
    words: str,
    count: str,
) -> None:
    now = NOW + (today - TODAY)
    clock.move_to(now)
    goal = lived(session, make.viewer(session, ada, now))
    session.commit()
    assert f"{count} this {words}" in visit.get("/").words()
    assert f"{count} this {words}" in visit.get("/goals").words()
    page = visit.get(f"/goals/{goal.public_id}")
    assert numbers(page)[f"This {words}"] == count
    assert aim_of(visit.get(f"/goals/{goal.public_id}/figures"), f"{words}s") == count.split()[-1]


def test_nothing_is_counted_of_a_week_that_is_paused(session: Session, visit: Browser, her: Viewer) -> None:
    quota = make.schedule(Frequency.QUOTA, start=make.days_ago(30), times=3, period=QuotaPeriod.WEEK)
    goal = make.goal(session, her, "Swim", quota)
    tell(session, her, goal, "xxxxxx", make.days_ago(3))
    pauses.plan(session, her, Pause(make.days_ago(1), shifted(TODAY, 5)), goal)
    session.commit()
    assert "this week" not in visit.get("/goals").words()
    assert "This week" not in numbers(visit.get(f"/goals/{goal.public_id}"))


@pytest.mark.parametrize("period", QuotaPeriod)
def test_a_quota_that_has_ended_counts_nothing(
    session: Session, visit: Browser, ada: Person, clock: Traveller, period: QuotaPeriod
) -> None:
    until = shifted(TODAY, 1)
    quota = make.schedule(Frequency.QUOTA, until=until, times=1, period=period, length=7)
    her = make.viewer(session, ada)
    goal = make.goal(session, her, "Swim", quota)
    make.tick(session, her, goal, TODAY)
    session.commit()
    clock.move_to(NOW + (until - TODAY))
    assert "1 of 1" in visit.get("/goals").words()
    clock.move_to(NOW + (shifted(until, 1) - TODAY))
    assert "1 of 1" not in visit.get("/goals").words()
    page = visit.get(f"/goals/{goal.public_id}")
    assert not {"This week", "This month", "In the last 7 days"} & set(numbers(page))
    assert "1 of 1" not in visit.get(f"/goals/{goal.public_id}/streak").words() or period is not QuotaPeriod.ROLLING


def numbers(page: Page) -> dict[str, str]:
    """The figures at the head of a goal's page, by their words."""
    return {
        page.words(one.find("dt")): page.words(one.find("dd")) for one in page.all("div") if one.find("dt") is not None
    }


def aim_of(page: Page, section: str) -> str:
    """What the latest week or month was to come to, in the figures."""
    place = page.by_id(section)
    assert place is not None
    row = next(row for body in place.iter("tbody") for row in body.iter("tr"))
    return page.words(list(row)[-1])
