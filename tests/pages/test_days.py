"""A day logged afterwards, and one-time goals moved to another day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction
from webapp.extensions import db
from webapp.models import Goal
from webapp.queries import doctor

YESTERDAY = make.days_ago(1)
SINCE = make.schedule(start=make.days_ago(10))
THERE = f"/days/{YESTERDAY}"


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk", SINCE)
    session.commit()
    return made


@pytest.fixture
def read(session: Session, her: Viewer) -> Goal:
    """At least 20 pages a day; 5 of them yesterday, with a note."""
    made = make.goal(session, her, "Read", SINCE, direction=Direction.AT_LEAST, target=Decimal(20), unit="pages")
    make.tick(session, her, made, YESTERDAY, None, value=Decimal(5), note="Tired.")
    session.commit()
    return made


def on(session: Session, goal: Goal) -> tuple[DayState, Decimal | None]:
    session.rollback()
    row = make.rows(session, goal).get(YESTERDAY)
    return (row.state, row.value) if row else (DayState.OPEN, None)


def test_the_dashboard_leads_to_yesterday(visit: Browser, walk: Goal) -> None:
    (link,) = [one for one in visit.get("/").all("a") if one.get("href") == THERE]
    page = visit.get(str(link.get("href")))
    assert page.words(page.one("h1")) == "Monday, 9 March"
    assert "0 of 1 done" in page.words()


def test_a_tick_without_a_script_comes_back_to_the_day(session: Session, visit: Browser, walk: Goal) -> None:
    page = visit.get(THERE).press("Mark Walk done", note="In the rain.")
    assert (page.address, on(session, walk)[0]) == (THERE, DayState.DONE)
    assert page.value("note") == "In the rain."


def test_a_tick_in_place_keeps_the_note_and_the_undo_brings_back_both(
    session: Session, visit: Browser, read: Goal
) -> None:
    page = visit.get(THERE).press("Log Read", htmx=True, value="20", note="Slept first.")
    assert (on(session, read), page.value("note")) == ((DayState.DONE, Decimal(20)), "Slept first.")
    assert "1 of 1 done" in page.words()
    page.press("Undo", htmx=True)
    assert on(session, read) == (DayState.OPEN, Decimal(5))
    assert visit.get(THERE).value("note") == "Tired."


def test_an_amount_corrected_with_enter_is_not_taken_back(session: Session, visit: Browser, read: Goal) -> None:
    visit.get(THERE).press("Log Read", value="20")
    page = visit.get(THERE)
    row = page.by_id(f"due-{read.public_id}-{YESTERDAY}")
    assert row is not None
    first = next(row.iter("button"))  # the one that Enter presses
    assert first.get("aria-label") == "Log Read"
    page = page.press("Log Read", value="25")
    assert on(session, read) == (DayState.DONE, Decimal(25))
    page.press("Log Read", value="")
    assert on(session, read) == (DayState.OPEN, None)


@pytest.mark.parametrize("htmx", [False, True])
def test_one_more_is_added_and_taken_back(session: Session, visit: Browser, read: Goal, htmx: bool) -> None:
    page = visit.get(THERE).press("Add one", htmx=htmx, value="many", note="One more.")
    assert (on(session, read), page.value("note")) == ((DayState.OPEN, Decimal(6)), "One more.")
    for _time in range(14):
        page = visit.get(THERE).press("Add one", htmx=htmx)
    assert on(session, read) == (DayState.DONE, Decimal(20))
    assert [entry.value for entry in make.ledger(session, read)] == [5, *[1] * 15]
    if htmx:
        page.press("Undo", htmx=True)
        assert on(session, read) == (DayState.OPEN, Decimal(19))
    session.rollback()
    assert list(doctor.examine(session, make.TODAY)) == []
    assert visit.post(f"/goals/{read.public_id}/days/{YESTERDAY}", add="much").status == 422


def test_a_note_alone_changes_nothing_else(session: Session, visit: Browser, walk: Goal, read: Goal) -> None:
    page = visit.get(THERE).press("Save note", within=f"note-{walk.public_id}-{YESTERDAY}", note="Rain.")
    assert on(session, walk) == (DayState.OPEN, None)
    page = page.press("Save note", within=f"note-{read.public_id}-{YESTERDAY}", note="Wide awake.")
    assert on(session, read) == (DayState.OPEN, Decimal(5))
    assert [one.text for one in page.all("textarea", name="note")] == ["Rain.", "Wide awake."]


def test_what_cannot_be_read_stays_typed(session: Session, visit: Browser, read: Goal) -> None:
    for htmx in (False, True):
        page = visit.get(THERE).press("Log Read", htmx=htmx, value="many", note="Later.")
        assert (page.status, page.value("value"), page.value("note")) == (422, "many", "Later.")
        assert "Please write a number" in page.errors()["value"]
    assert on(session, read) == (DayState.OPEN, Decimal(5))


def test_everything_as_due_is_done_at_once_and_taken_back_whole(
    session: Session, visit: Browser, her: Viewer, walk: Goal, read: Goal
) -> None:
    skipped = make.goal(session, her, "Swim", SINCE)
    make.tick(session, her, skipped, YESTERDAY, DayState.SKIPPED)
    run = make.goal(session, her, "Run", make.schedule("Quota", make.days_ago(10), times=2, period=QuotaPeriod.WEEK))
    session.commit()
    page = visit.get(THERE).press("All done as due")
    assert "2 goals marked done." in page.words()
    assert (on(session, walk)[0], on(session, read)) == (DayState.DONE, (DayState.DONE, Decimal(20)))
    assert (on(session, skipped)[0], on(session, run)[0]) == (DayState.SKIPPED, DayState.OPEN)

    page = page.press("Undo", within="toast")
    assert (page.address, on(session, walk)) == (THERE, (DayState.OPEN, None))
    assert on(session, read) == (DayState.OPEN, Decimal(5))
    session.rollback()
    assert list(doctor.examine(session, make.TODAY)) == []


def test_an_undo_that_names_anothers_goal_changes_nothing(session: Session, visit: Browser, walk: Goal) -> None:
    other = make.goal(session, make.viewer(session, make.person(session, "Bob")), "Bob's", SINCE)
    session.commit()
    before = make.everything(session)
    was = f"{walk.public_id}:done: {other.public_id}:done:"
    assert visit.post(f"{THERE}/done", was=was).status == 404
    assert visit.post(f"{THERE}/done", was="nonsense").status == 400
    assert visit.post(f"{THERE}/done", was=f"{walk.public_id}:done:-5").status == 422
    assert make.everything(session) == before
    assert visit.post(f"{THERE}/done", was=f"{walk.public_id}:done:").status == 303
    assert on(session, walk)[0] is DayState.DONE


def test_a_quota_may_be_logged_on_any_past_day_and_is_not_missed(session: Session, visit: Browser, her: Viewer) -> None:
    make.goal(session, her, "Run", make.schedule("Quota", make.days_ago(10), times=2, period=QuotaPeriod.WEEK))
    session.commit()
    page = visit.get(THERE)
    assert [form.get("data-state") for form in page.all("form", class_="row")] == ["open"]
    assert "Run" in page.press("Mark Run done").words()


@pytest.mark.parametrize(
    ("day", "leads"),
    [("2026-03-10", "/"), ("2026-03-11", "/calendar?day=2026-03-11"), ("2026-02-30", 404), ("1899-12-31", 404)]
    + [(written, 404) for written in ("20260309", "2026-W11-1", "2026-3-9", "2200-01-01")],
)
def test_other_days_lead_elsewhere(visit: Browser, day: str, leads: str | int) -> None:
    page = visit.get(f"/days/{day}")
    assert leads in (page.status, page.address)


def test_the_day_costs_the_same_for_one_goal_and_for_many(
    app: Flask, session: Session, visit: Browser, her: Viewer, read: Goal
) -> None:
    with app.app_context():
        engine: Engine = db.engine
    visit.get(THERE)
    with counted(engine) as few:
        visit.get(THERE)
    for number in range(20):
        goal = make.goal(session, her, f"Goal {number}", SINCE)
        make.tick(session, her, goal, YESTERDAY, note="A note.")
    session.commit()
    with counted(engine) as many:
        visit.get(THERE)
    assert len(few) == len(many) <= 8


# One-time goals whose day has passed.


@pytest.fixture
def bank(session: Session, her: Viewer, clock: Traveller) -> Goal:
    """Due on 10 March; it is the 13th."""
    made = make.goal(session, her, "Call the bank", make.schedule(Frequency.ONE_TIME), tags=("Chores",))
    session.commit()
    clock.move_to(make.NOW + timedelta(days=3))
    return made


def live(session: Session, goal: Goal) -> list[str]:
    session.rollback()
    return [day.isoformat() for day in make.rows(session, goal)]


@pytest.mark.parametrize(
    ("button", "typed", "due"),
    [
        ("To today", {}, "2026-03-13"),
        ("To tomorrow", {}, "2026-03-14"),
        ("Move", {"day": "2026-04-01"}, "2026-04-01"),
    ],
)
def test_a_late_goal_is_moved_and_moved_back(
    session: Session, visit: Browser, bank: Goal, button: str, typed: dict[str, str], due: str
) -> None:
    page = visit.get("/").press(button, within="overdue", **typed)
    assert (page.address, live(session, bank)) == ("/", [due])
    assert page.all("section", aria_labelledby="overdue-title") == []
    assert list(doctor.examine(session, make.TODAY + timedelta(days=3))) == []

    page = page.press("Undo", within="toast")
    assert live(session, bank) == ["2026-03-10"]
    assert "since 10 Mar" in page.words()
    assert "Chores" in visit.get("/goals").words()


def test_a_goal_moved_away_and_back_again_the_same_day_is_due_once(
    session: Session, visit: Browser, bank: Goal
) -> None:
    address = f"/goals/{bank.public_id}/postpone"
    for to in ("today", "tomorrow", "today"):
        assert visit.post(address, to=to).status == 303
    assert live(session, bank) == ["2026-03-13"]
    visit.get("/").press("Mark Call the bank done")
    assert "completed" in visit.get("/goals").words()


@pytest.mark.parametrize("day", ["", "someday", "2026-03-11", "2099-01-01"])
def test_a_late_goal_is_not_moved_to_a_day_that_cannot_be(
    session: Session, visit: Browser, bank: Goal, day: str
) -> None:
    before = make.everything(session, but=frozenset({"sign_in"}))
    page = visit.post(f"/goals/{bank.public_id}/postpone", to="day", day=day)
    assert (page.status, bool([one for one in page.all("p") if one.get("class") == "error"])) == (422, True)
    assert make.everything(session, but=frozenset({"sign_in"})) == before


def test_what_is_done_already_is_not_moved(session: Session, visit: Browser, bank: Goal) -> None:
    visit.get("/").press("Mark Call the bank done")
    before = make.everything(session, but=frozenset({"sign_in"}))
    page = visit.post(f"/goals/{bank.public_id}/postpone", to="tomorrow")
    assert (page.status, "This is done already." in page.words()) == (422, True)
    assert make.everything(session, but=frozenset({"sign_in"})) == before


def test_only_one_time_goals_are_moved(session: Session, visit: Browser, walk: Goal) -> None:
    before = make.everything(session)
    assert visit.post(f"/goals/{walk.public_id}/postpone", to="tomorrow").status == 422
    assert make.everything(session) == before


@pytest.mark.usefixtures("bank")
def test_a_dropped_goal_leaves_the_dashboard_and_comes_back(visit: Browser) -> None:
    page = visit.get("/").press("Drop it")
    assert (page.address, "Call the bank" in page.words(page.by_id("main"))) == ("/", False)
    page.press("Undo", within="toast")
    assert "Call the bank" in visit.get("/").words()
