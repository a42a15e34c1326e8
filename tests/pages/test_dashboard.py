"""Today: what is due, what is late, what is coming, and every page turned right to left."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.benchmarks.statements import counted
from tests.make import TODAY
from tests.page import Browser, Page
from webapp.actions import pauses
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction
from webapp.extensions import db
from webapp.models import Goal, Tag
from webapp.queries import moods

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
    assert (listed(visit.get("/"), "due"), listed(visit.get("/"), "free")) == ([], ["Run"])
    assert "Nothing planned for today." in visit.get("/").words()

    visit.get("/").press("Mark Run done")
    page = visit.get("/").press("Undo Run")
    assert listed(page, "free") == ["Run"]
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


def test_the_empty_dashboard_offers_beginnings(visit: Browser) -> None:
    links = [one.get("href") or "" for one in visit.get("/").all("a")]
    assert len([link for link in links if link.startswith("/goals/new?template=")]) >= 8
    assert visit.get("/").by_id("quick-line") is not None


def test_a_line_says_its_target_once_and_how_many_in_a_row(session: Session, visit: Browser, her: Viewer) -> None:
    begun = make.schedule(start=make.days_ago(5))
    aim = {"target": Decimal(20), "unit": "sheets"}
    read = make.goal(session, her, "Read", begun, direction=Direction.AT_LEAST, **aim)
    make.goal(session, her, "Coffee", begun, direction=Direction.AT_MOST, target=Decimal(2), unit="cups")
    for days in (1, 2, 3):
        make.tick(session, her, read, make.days_ago(days), None, value=Decimal(20))
    session.commit()
    words = visit.get("/").words()
    assert "Daily · 3 in a row" in words
    assert [words.count(said) for said in ("20 sheets", "of 20 sheets", "2 cups", "at most 2 cups")] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("quota", "before", "after"),
    [
        ({"times": 1, "period": QuotaPeriod.WEEK}, "0 of 1 this week", "1 of 1 this week"),
        ({"times": 1, "period": QuotaPeriod.MONTH}, "0 of 1 this month", "1 of 1 this month"),
        (
            {"times": 3, "period": QuotaPeriod.ROLLING, "length": 7},
            "0 of 3 in the last 7 days",
            "1 of 3 in the last 7 days",
        ),
    ],
)
def test_a_quota_tells_how_far_it_is_and_looks_met(
    session: Session, visit: Browser, her: Viewer, clock: Traveller, quota: dict[str, Any], before: str, after: str
) -> None:
    (run,) = plan(session, her, ("Run", make.schedule(Frequency.QUOTA, **quota)))
    assert before in visit.get("/").words()
    page = visit.get("/").press("Mark Run done", htmx=True)
    assert after in page.words()
    clock.move_to(make.NOW + timedelta(days=1))
    (row,) = visit.get("/").all("form", class_="row")
    assert row.get("data-state") == ("met" if quota["times"] == 1 else "open")
    assert run.public_id in (row.get("action") or "")


def test_only_goals_of_a_tag_are_shown_and_a_tick_comes_back_there(
    session: Session, visit: Browser, her: Viewer
) -> None:
    assert visit.get("/").all("nav", aria_label="Tags") == []
    make.goal(session, her, "Walk", tags=("outdoors",))
    make.goal(session, her, "Read")
    make.goal(session, make.viewer(session, make.person(session, "Bob")), "Bob's", tags=("foreign",))
    session.commit()
    page = visit.get("/")
    (tags,) = page.all("nav", aria_label="Tags")
    links = {page.words(one): one.get("href") or "" for one in tags.iter("a")}
    assert list(links) == ["All", "outdoors"]
    assert "outdoors" not in links["outdoors"]

    page = visit.get(links["outdoors"])
    assert (listed(page, "due"), "0 of 2 done" in page.words()) == (["Walk"], True)
    assert page.press("Mark Walk done").address == links["outdoors"]
    assert listed(visit.get("/?tag=" + "0" * 24), "due") == ["Walk", "Read"]


def test_a_rich_day_costs_no_more_statements_than_a_page_may(
    app: Flask, session: Session, visit: Browser, her: Viewer
) -> None:
    with app.app_context():
        engine: Engine = db.engine
    quota = make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.WEEK)
    for number in range(6):
        make.goal(session, her, f"Run {number}", quota, tags=("outdoors", f"tag {number}"))
        paused = make.goal(session, her, f"Read {number}")
        pauses.plan(session, her, Pause(TODAY, TODAY + timedelta(days=number)), paused)
        make.goal(session, her, f"Walk {number}")
    session.commit()
    tag = session.scalars(select(Tag)).first()
    assert tag is not None
    visit.get("/")
    with counted(engine) as statements:
        assert "Paused until 15 March: Read 5." in visit.get("/").words()
    assert len(statements) <= 8
    with counted(engine) as statements:
        visit.get(f"/?tag={tag.public_id}")
    assert len(statements) <= 8


def test_one_tap_logs_a_mood_and_the_panel_says_so(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, ("Walk", DAILY))
    page = visit.get("/").press("good", within="mood-panel")
    assert page.address == "/"
    panel = page.by_id("mood-panel")
    assert panel is not None
    assert "good, 13:00" in page.words(panel)
    (mood,) = moods.logged(session, her, TODAY, TODAY)
    addresses = {one.get("href") for one in panel.iter("a")}
    assert f"/moods/{mood.id}/edit" in addresses
    page.press("Undo", within="toast")
    session.rollback()
    assert moods.logged(session, her, TODAY, TODAY) == []


def test_a_tap_in_place_changes_the_panel_only(session: Session, visit: Browser, her: Viewer) -> None:
    form = visit.get("/")
    page = form.press("meh", within="mood-panel", htmx=True)
    assert (page.whole, page.by_id("mood-panel") is None) == (False, False)
    assert "meh, 13:00" in page.words()
    session.rollback()
    assert len(moods.logged(session, her, TODAY, TODAY)) == 1
    gone = page.press("Undo", htmx=True)
    assert "meh, 13:00" not in gone.words()
    twice = [form.press("meh", within="mood-panel", htmx=True).headers.get("HX-Redirect") for _time in range(2)]
    assert twice == ["/", "/"], "the form was sent before: nothing is logged again"
    session.rollback()
    assert moods.logged(session, her, TODAY, TODAY) == []


def test_the_panel_names_few_and_opens_no_note(session: Session, visit: Browser, her: Viewer) -> None:
    for _time in range(6):
        make.mood(session, her, 4, note="Between us.", reasons=["secret reason"])
    session.commit()
    page = visit.get("/")
    assert page.words().count("good, 13:00") == 4
    assert "2 more today" in page.words()
    assert "Between us." not in page.text
    assert "secret reason" not in page.text


def test_a_word_put_away_is_not_offered_and_still_named(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 2)
    session.commit()
    visit.post(f"/moods/palette/labels/{moods.opened(session, her, mood).label.id}/hide")
    page = visit.get("/")
    panel = page.by_id("mood-panel")
    assert panel is not None
    assert [page.words(one) for one in panel.iter("button")] == ["rad", "good", "meh", "awful"]
    assert "bad, 13:00" in page.words(panel)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/",
            "/moods",
            "/moods/year",
            "/moods/statistics",
            "/moods/palette",
            "/moods/help",
            "/days/2026-03-09",
            "/pauses",
            "/goals?choose=all",
            "/goals",
            "/goals/new",
            "/goals/{id}",
            "/goals/{id}/edit",
            "/calendar",
            "/calendar?view=week",
        ),
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
