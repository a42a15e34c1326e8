"""Today: what is due, what is late, what is coming, and every page turned right to left."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.make import TODAY
from tests.page import Browser, Page
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.models import Goal

DAILY = make.schedule()
ONCE = Frequency.ONE_TIME


def listed(page: Page, part: str) -> list[str]:
    """The titles of one list of the page."""
    found = page.all("section", aria_labelledby=f"{part}-title")
    return [page.words(one) for section in found for one in section.iter("h3")]


def plan(session: Session, her: Viewer, *goals: tuple[str, object]) -> list[Goal]:
    made = [make.goal(session, her, title, when) for title, when in goals]  # type: ignore[arg-type]
    session.commit()
    return made


def test_what_is_due_today_is_listed_in_her_order(session: Session, visit: Browser, her: Viewer) -> None:
    weekly = make.schedule(Frequency.CUSTOM, days=(2,))
    plan(session, her, ("Walk", DAILY), ("Only Wednesdays", weekly), ("Call", make.schedule(ONCE)))
    page = visit.get("/")

    assert listed(page, "due") == ["Walk", "Call"]
    assert listed(page, "coming") == ["Only Wednesdays"]
    assert "0 of 2 done" in page.words()


def test_a_quota_may_be_done_today_but_is_not_counted(session: Session, visit: Browser, her: Viewer) -> None:
    (run,) = plan(session, her, ("Run", make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK)))
    assert listed(visit.get("/"), "due") == ["Run"]
    assert "Nothing planned for today." in visit.get("/").words()

    visit.get("/").press("Mark Run done")
    page = visit.get("/").press("Undo Run")
    assert listed(page, "due") == ["Run"]
    assert run.public_id in page.text


def test_a_missed_one_time_goal_is_still_open(session: Session, visit: Browser, her: Viewer, clock: Traveller) -> None:
    plan(session, her, ("Call the bank", make.schedule(ONCE)), ("Walk", DAILY))
    clock.move_to(make.NOW + timedelta(days=3))
    page = visit.get("/")

    assert listed(page, "overdue") == ["Call the bank"]
    assert "since 10 Mar" in page.words()


def test_a_completed_one_time_goal_is_not_overdue(
    session: Session, visit: Browser, her: Viewer, clock: Traveller
) -> None:
    (call,) = plan(session, her, ("Call the bank", make.schedule(ONCE)))
    make.tick(session, her, call, TODAY)
    session.commit()
    clock.move_to(make.NOW + timedelta(days=3))
    assert listed(visit.get("/"), "overdue") == []


def test_skipped_days_are_left_out_of_the_tally(session: Session, visit: Browser, her: Viewer) -> None:
    walk, _ = plan(session, her, ("Walk", DAILY), ("Read", DAILY))
    make.tick(session, her, walk, TODAY, DayState.SKIPPED)
    session.commit()
    assert "0 of 1 done" in visit.get("/").words()


def test_a_goal_that_begins_tomorrow_is_coming(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, ("Walk", make.schedule(start=TODAY + timedelta(days=1))))
    page = visit.get("/")
    assert (listed(page, "due"), listed(page, "coming")) == ([], ["Walk"])


def test_what_comes_after_the_next_seven_days_is_not_shown(session: Session, visit: Browser, her: Viewer) -> None:
    near, far = TODAY + timedelta(days=7), TODAY + timedelta(days=8)
    plan(session, her, ("Near", make.schedule(ONCE, until=near)), ("Far", make.schedule(ONCE, until=far)))
    assert listed(visit.get("/"), "coming") == ["Near"]


def test_the_empty_dashboard_teaches(visit: Browser) -> None:
    page = visit.get("/")
    assert "Plan a goal" in page.words()
    assert [one for one in page.all("a") if one.get("href") == "/import"]


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/goals", "/goals/new", "/goals/{id}", "/goals/{id}/edit", "/calendar", "/calendar?view=week"),
        *("/calendar?view=agenda", "/account", "/import", "/nowhere"),
    ],
)
def test_every_page_can_be_turned_right_to_left(session: Session, visit: Browser, her: Viewer, address: str) -> None:
    (walk,) = plan(session, her, ("Walk", DAILY))
    address = address.format(id=walk.public_id)
    page = visit.get(f"{address}{'&' if '?' in address else '?'}dir=rtl")

    assert page.root.get("dir") == "rtl"
    assert visit.get(address).root.get("dir") == "ltr"


def test_titles_of_pages_hold_no_words_of_hers(session: Session, visit: Browser, her: Viewer) -> None:
    (goal,) = plan(session, her, ("Kantharidis", DAILY))
    for address in ("/", "/goals", f"/goals/{goal.public_id}", f"/goals/{goal.public_id}/edit"):
        title = next(iter(visit.get(address).all("title")))
        assert "Kantharidis" not in (title.text or ""), address
