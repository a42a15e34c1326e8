"""Ticking in the browser: from the dashboard, from a goal's own page, with and without htmx."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from tests.page import Browser, Page
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction
from webapp.models import Goal

PAGES = {"direction": Direction.AT_LEAST, "target": Decimal(20), "unit": "pages"}


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk")
    session.commit()
    return made


@pytest.fixture
def read(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Read", **PAGES)
    session.commit()
    return made


def state(session: Session, goal: Goal, day: object = TODAY) -> tuple[DayState, Decimal | None]:
    session.rollback()
    row = make.rows(session, goal)[day]  # type: ignore[index]
    return row.state, row.value


def line(page: Page, goal: Goal, day: object = TODAY) -> str:
    """The id of the goal's line."""
    found = f"due-{goal.public_id}-{day}"
    assert page.by_id(found) is not None, found
    return found


def test_a_tick_without_scripts_leads_back_to_today(session: Session, visit: Browser, walk: Goal) -> None:
    page = visit.get("/").press("Mark Walk done")

    assert (page.status, page.address) == (200, "/")
    assert state(session, walk) == (DayState.DONE, None)
    assert "1 of 1 done" in page.words()
    page.press("Undo Walk")
    assert state(session, walk) == (DayState.OPEN, None)


def test_a_tick_by_htmx_answers_the_line_a_message_and_how_far_today_is(
    session: Session, visit: Browser, walk: Goal
) -> None:
    answer = visit.get("/").press("Mark Walk done", htmx=True)

    assert (answer.status, answer.whole) == (200, False)
    assert answer.by_id(f"due-{walk.public_id}-{TODAY}") is not None
    assert {part.get("hx-target") for part in answer.all("hx-partial")} == {"#toast", "#tally"}
    assert "Walk: Done" in answer.text
    assert "1 of 1 done" in answer.text
    assert state(session, walk) == (DayState.DONE, None)


def test_a_tick_by_htmx_is_undone_by_its_message(session: Session, visit: Browser, walk: Goal) -> None:
    answer = visit.get("/").press("Mark Walk done", htmx=True)
    answer.press("Undo", htmx=True)

    assert state(session, walk) == (DayState.OPEN, None)


def test_a_line_sent_twice_is_recorded_once(session: Session, visit: Browser, walk: Goal) -> None:
    page = visit.get("/")
    page.press("Mark Walk done")
    page.press("Mark Walk done")

    session.rollback()
    assert len(make.ledger(session, walk)) == 1


def test_a_day_is_skipped_from_its_line(session: Session, visit: Browser, walk: Goal) -> None:
    page = visit.get("/").press("Skip this day", htmx=True)
    assert state(session, walk) == (DayState.SKIPPED, None)
    assert "Skipped" in page.words()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("20", (DayState.DONE, Decimal(20))), ("7.5", (DayState.OPEN, Decimal("7.5"))), ("", (DayState.DONE, None))],
)
def test_an_amount_is_logged_from_its_line(
    session: Session, visit: Browser, read: Goal, typed: str, shown: tuple[DayState, Decimal | None]
) -> None:
    visit.get("/").press("Log Read", value=typed)
    assert state(session, read) == shown


def test_undoing_another_amount_brings_the_first_one_back(session: Session, visit: Browser, read: Goal) -> None:
    page = visit.get("/").press("Log Read", htmx=True, value="7.5")
    answer = visit.post(page.all("form")[0].get("action", ""), htmx=True, state="done", value="12", view="row")
    answer.press("Undo", htmx=True)

    assert state(session, read) == (DayState.OPEN, Decimal("7.5"))


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("typed", ["lots", "1000000000000", "0.0000001", "NaN"])
def test_an_amount_that_is_none_is_refused_where_it_was_typed(
    session: Session, visit: Browser, read: Goal, typed: str, htmx: bool
) -> None:
    before = make.everything(session)
    page = visit.get("/").press("Log Read", htmx=htmx, value=typed)

    assert (page.status, page.whole) == (422, not htmx)
    assert page.errors().keys() == {"value"}
    assert page.value("value") == typed
    assert make.everything(session) == before


def test_any_past_day_is_corrected_on_the_page_of_its_goal(session: Session, visit: Browser, read: Goal) -> None:
    form = {"day": days_ago(400), "value": "21", "note": "a rainy day", "state": "done"}
    page = visit.post(f"/goals/{read.public_id}/days", follow=True, back=f"/goals/{read.public_id}", **form)
    assert page.address == f"/goals/{read.public_id}"
    assert "a rainy day" in page.words()
    assert state(session, read, days_ago(400)) == (DayState.DONE, Decimal(21))


def test_a_day_of_the_history_is_corrected_with_its_note(session: Session, visit: Browser, walk: Goal) -> None:
    visit.post(f"/goals/{walk.public_id}/days/{days_ago(1)}", state="done", note="first")
    page = visit.get(f"/goals/{walk.public_id}/days/{days_ago(1)}")
    page.press("Not done", note="second thoughts")

    assert state(session, walk, days_ago(1)) == (DayState.NOT_DONE, None)
    assert "second thoughts" in visit.get(f"/goals/{walk.public_id}").words()


def test_correcting_a_day_leads_back_to_it(visit: Browser, walk: Goal) -> None:
    answer = visit.post(
        f"/goals/{walk.public_id}/days/{TODAY}", state="done", back=f"/goals/{walk.public_id}#on-{TODAY}"
    )
    assert answer.headers["Location"] == f"/goals/{walk.public_id}#on-{TODAY}"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_no_tick_leads_to_another_site(visit: Browser, walk: Goal, back: str) -> None:
    answer = visit.post(f"/goals/{walk.public_id}/days/{TODAY}", state="done", back=back)
    assert answer.headers["Location"] == "/"


def test_a_day_ahead_on_which_it_is_not_due_is_refused(session: Session, visit: Browser, her: Viewer) -> None:
    swim = make.goal(session, her, "Swim", make.schedule(Frequency.WEEKLY))
    session.commit()
    before = make.everything(session)
    page = visit.post(f"/goals/{swim.public_id}/days/{TODAY + timedelta(1)}", state="done")

    assert page.status == 422
    assert make.everything(session) == before


@pytest.mark.parametrize("said", ["maybe", "DONE", "done\x00"])
def test_a_state_that_is_none_is_refused(session: Session, visit: Browser, walk: Goal, said: str) -> None:
    before = make.everything(session)
    page = visit.post(f"/goals/{walk.public_id}/days/{TODAY}", state=said)

    assert page.status == 422
    assert make.everything(session) == before


@pytest.mark.parametrize("note", ["n" * 2_001, "before\x00after"])
def test_a_note_that_cannot_be_kept_is_refused(session: Session, visit: Browser, walk: Goal, note: str) -> None:
    before = make.everything(session)
    page = visit.post(f"/goals/{walk.public_id}/days/{TODAY}", state="done", note=note)

    assert page.status == 422
    assert make.everything(session) == before


@pytest.mark.parametrize("day", ["2026-02-30", "today", "0000-01-01", "2026-13-01", "%00", "9" * 10_000])
def test_a_day_that_does_not_exist_is_not_found(visit: Browser, walk: Goal, day: str) -> None:
    assert visit.post(f"/goals/{walk.public_id}/days/{day}", state="done").status == 404


@pytest.mark.parametrize("day", ["1899-12-31", "0001-01-01", "9999-12-31"])
def test_a_day_outside_of_the_calendar_is_not_found(session: Session, visit: Browser, walk: Goal, day: str) -> None:
    before = make.everything(session)
    assert visit.post(f"/goals/{walk.public_id}/days/{day}", state="done").status == 404
    assert make.everything(session) == before


def test_what_is_said_of_one_goal_is_said_of_no_other(session: Session, visit: Browser, walk: Goal, read: Goal) -> None:
    visit.get("/").press("Mark Walk done")
    assert state(session, read) == (DayState.OPEN, None)
