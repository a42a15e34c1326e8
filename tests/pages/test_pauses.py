"""Pauses in the browser: planned, changed, ended, removed, taken back, and never somebody else's."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.benchmarks.statements import counted
from tests.make import TODAY
from tests.page import Browser, Page, signed_in
from webapp.actions import pauses
from webapp.domain.grants import Scope
from webapp.domain.pauses import Pause
from webapp.domain.people import Role, Viewer
from webapp.extensions import db
from webapp.models import Goal, PlannedPause

UNKNOWN = "0" * 24


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk")
    session.commit()
    return made


def kept(session: Session) -> list[tuple[date, date | None, int | None]]:
    session.rollback()
    statement = select(PlannedPause).order_by(PlannedPause.first).execution_options(populate_existing=True)
    return [(pause.first, pause.last, pause.goal_id) for pause in session.scalars(statement)]


def planned(session: Session, viewer: Viewer, first: date, last: date | None, goal: Goal | None = None) -> str:
    pause = pauses.plan(session, viewer, Pause(first, last), goal)
    session.commit()
    return pause.public_id


def due_rows(session: Session, goal: Goal) -> list[bool]:
    session.rollback()
    return [row.paused for row in make.rows(session, goal).values()][:6]


def days(page: Page, part: str) -> list[str]:
    return [page.words(one) for section in page.all("ul", id=part) for one in section.iter("p") if one.text]


def test_a_pause_of_one_goal_is_planned_and_taken_back(session: Session, visit: Browser, walk: Goal) -> None:
    form = visit.get(f"/pauses?goal={walk.public_id}")
    assert form.value("goal") == walk.public_id
    page = form.press("Plan the pause", within="plan", first="2026-03-11", last="2026-03-13")

    assert kept(session) == [(date(2026, 3, 11), date(2026, 3, 13), walk.id)]
    assert days(page, "planned") == ["Nothing is asked of it from 11 to 13 March; its streak stands still."]
    assert due_rows(session, walk) == [False, True, True, True, False, False]
    page.press("Undo", within="toast")
    assert (kept(session), due_rows(session, walk)) == ([], [False] * 6)


def test_a_plan_sent_twice_is_one_pause(session: Session, visit: Browser, walk: Goal) -> None:
    form = visit.get("/pauses")
    once, again = (form.press("Plan the pause", within="plan", first="2026-03-11") for _time in range(2))
    assert (once.address, again.address, len(kept(session))) == ("/pauses", "/pauses", 1)
    once.press("Undo", within="toast")
    assert kept(session) == []
    removed = visit.get("/pauses").press("Plan the pause", within="plan", first="2026-03-11").press("Remove: All goals")
    for _time in range(2):
        removed.press("Undo", within="toast")
    assert len(kept(session)) == 1


def test_a_pause_of_everything_goes_on_until_it_is_ended(session: Session, visit: Browser, walk: Goal) -> None:
    page = visit.get("/pauses").press("Plan the pause", within="plan", first="2026-03-08")
    assert days(page, "now") == ["Nothing is asked of any of your goals from 8 March on; streaks stand still."]

    page = page.press("End now: All goals")
    assert kept(session) == [(date(2026, 3, 8), date(2026, 3, 9), None)]
    assert days(page, "past") == ["Nothing was asked of any of your goals from 8 to 9 March; streaks stood still."]
    page.press("Undo", within="toast")
    assert kept(session) == [(date(2026, 3, 8), None, None)]


def test_a_pause_that_ends_on_its_first_day_is_gone_and_can_come_back(
    session: Session, visit: Browser, her: Viewer, walk: Goal
) -> None:
    planned(session, her, TODAY, TODAY + timedelta(days=3), walk)
    before = kept(session)
    page = visit.get("/pauses").press("End now: Walk")
    assert kept(session) == []
    page.press("Undo", within="toast")
    assert kept(session) == before


def test_days_are_changed_and_changed_back(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    pause = planned(session, her, TODAY, TODAY + timedelta(days=1), walk)
    fields = {f"{pause}-first": "2026-03-12", f"{pause}-last": "2026-03-12"}
    page = visit.get("/pauses").press("Save days: Walk", **fields)
    assert days(page, "planned") == ["Nothing is asked of it on 12 March; its streak stands still."]
    assert due_rows(session, walk) == [False, False, True, False, False, False]
    page.press("Undo", within="toast")
    assert due_rows(session, walk) == [True, True, False, False, False, False]


def test_a_removed_pause_comes_back_with_its_goal(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    planned(session, her, TODAY, None, walk)
    before = kept(session)
    page = visit.get("/pauses").press("Remove: Walk")
    assert kept(session) == []
    page.press("Undo", within="toast")
    assert kept(session) == before


WRONG = {
    "turned round": ({"first": "2026-03-14", "last": "2026-03-12"}, "last", "The end lies before the beginning."),
    "no first day": ({"first": "", "last": "2026-03-12"}, "first", "Please fill this in."),
    "no day": ({"first": "soon", "last": ""}, "first", "Please write a date, like 2026-03-14."),
    "too long": ({"first": "2026-03-12", "last": "2036-12-31"}, "last", "A pause lasts 3660 days at most."),
    "long ago": ({"first": "1066-10-14", "last": ""}, "first", "From 1 Jan 1900 to 31 Dec 2199."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_planned_stands_at_its_field(
    session: Session, visit: Browser, her: Viewer, walk: Goal, case: str
) -> None:
    fields, field, said = WRONG[case]
    pause = planned(session, her, TODAY, None, walk)
    before = make.everything(session)
    page = visit.post("/pauses", goal="", **fields)
    assert (page.status, page.errors().get(field), page.value(field)) == (422, said, fields[field])

    page = visit.post(f"/pauses/{pause}", **{f"{pause}-{name}": value for name, value in fields.items()})
    name = f"{pause}-{field}"
    assert (page.status, page.errors().get(name), page.value(name)) == (422, said, fields[field])
    assert make.everything(session) == before


def test_nobody_elses_pause_or_goal_is_found(app: Flask, session: Session, visit: Browser, her: Viewer) -> None:
    bob = make.viewer(session, make.person(session, "Bob"))
    other = make.goal(session, bob, "Bob's")
    pause = planned(session, bob, TODAY, None)
    mine = planned(session, her, TODAY, None)
    before = make.everything(session)
    for address, fields in (
        ("/pauses/{}", {f"{pause}-first": "2026-03-12", f"{UNKNOWN}-first": "2026-03-12"}),
        ("/pauses/{}/end", {}),
        ("/pauses/{}/remove", {}),
    ):
        assert visit.post(address.format(pause), **fields).status == 404, address
        assert visit.post(address.format(UNKNOWN), **fields).status == 404, address
    assert visit.post("/pauses", goal=other.public_id, first="2026-03-12").status == 404
    assert visit.get(f"/pauses?goal={other.public_id}").status == 404
    assert make.everything(session) == before
    assert visit.post(f"/pauses/{mine}/remove").status == 303


def test_a_therapist_cannot_pause_a_clients_goal(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    home, someone = make.organisation(session), make.person(session, "Therapist")
    make.member(session, someone, home, Role.THERAPIST)
    owner = session.get_one(make.Person, her.id)
    make.grant(session, owner, someone, *Scope)
    caring = signed_in(app, session, someone)
    before = make.everything(session)
    for first in ("2026-03-12", "soon", ""):
        assert caring.post("/pauses", goal=walk.public_id, first=first).status == 403
        assert caring.post(f"/goals/{walk.public_id}/postpone", to="day", day=first).status == 403
        assert caring.post(f"/goals/{walk.public_id}/days/2026-03-09", state="done", value=first).status == 403
    assert caring.get(f"/pauses?goal={walk.public_id}").status == 404
    assert make.everything(session) == before


def test_the_dashboard_says_until_when_what_is_paused(
    session: Session, visit: Browser, her: Viewer, walk: Goal, clock: Traveller
) -> None:
    make.goal(session, her, "Read")
    planned(session, her, TODAY, TODAY + timedelta(days=2), walk)
    planned(session, her, TODAY + timedelta(days=3), TODAY + timedelta(days=5))
    page = visit.get("/")
    assert "Paused until 15 March: Walk." in page.words()
    assert "0 of 1 done" in page.words()
    clock.move_to(make.NOW + timedelta(days=3))
    assert "Paused until 15 March: Walk, Read." in visit.get("/").words()


def test_a_paused_day_looks_paused_in_the_calendar(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    planned(session, her, make.days_ago(2), make.days_ago(1))
    page = visit.get("/calendar")
    states = {
        button.get("value", "").split(":")[1]: button.get("data-state") for button in page.all("button", name="mark")
    }
    assert states.get(TODAY.isoformat()) == "open"
    planned(session, her, TODAY, TODAY)
    page = visit.get("/calendar")
    marks = {button.get("value", "").split(":")[1]: button for button in page.all("button", name="mark")}
    today = marks[TODAY.isoformat()]
    assert (today.get("data-state"), today.get("aria-label")) == ("paused", "Mark Walk done, 10 March, Paused")
    assert "0/1" not in page.words(page.by_id(f"date-{TODAY}"))


def test_the_page_costs_the_same_for_one_pause_and_for_many(
    app: Flask, session: Session, visit: Browser, her: Viewer, walk: Goal
) -> None:
    with app.app_context():
        engine: Engine = db.engine
    planned(session, her, TODAY, TODAY, walk)
    visit.get("/pauses")
    with counted(engine) as few:
        visit.get("/pauses")
    for number in range(10):
        planned(session, her, TODAY + timedelta(days=number * 3), TODAY + timedelta(days=number * 3 + 1))
    with counted(engine) as many:
        visit.get("/pauses")
    assert len(few) == len(many) <= 8
