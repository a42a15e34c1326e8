"""Amounts are never wiped out by a tap, and never hidden."""

from decimal import Decimal

from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser
from webapp.domain.people import Viewer
from webapp.domain.tracking import DayState, Direction


def test_a_goal_with_an_amount_is_opened_from_the_calendar_and_not_ticked(
    session: Session, visit: Browser, her: Viewer
) -> None:
    read = make.goal(session, her, "Read", direction=Direction.AT_LEAST, target=Decimal(20), unit="pages")
    make.tick(session, her, read, make.TODAY, None, value=Decimal(12))
    walk = make.goal(session, her, "Walk")
    session.commit()

    for view in ("month", "week"):
        page = visit.get(f"/calendar?view={view}")
        marks = [button.get("value") or "" for button in page.all("button") if button.get("name") == "mark"]
        assert any(mark.startswith(walk.public_id) for mark in marks)
        assert not any(mark.startswith(read.public_id) for mark in marks)

    assert visit.post("/calendar/mark", mark=f"{read.public_id}:{make.TODAY}:done").status == 400
    session.rollback()
    assert make.rows(session, read)[make.TODAY].value == 12


def test_an_amount_without_a_target_is_shown_and_survives_a_corrected_note(
    session: Session, visit: Browser, her: Viewer
) -> None:
    goal = make.goal(session, her, "Swim")
    make.tick(session, her, goal, make.days_ago(1), DayState.DONE, value=Decimal(750))
    session.commit()

    visit.post(f"/goals/{goal.public_id}/days/{make.days_ago(1)}", state="done", value="750", note="Cold.")

    session.rollback()
    row = make.rows(session, goal)[make.days_ago(1)]
    assert (row.state, row.value) == (DayState.DONE, 750)
    assert "750" in visit.get(f"/goals/{goal.public_id}").words()


def test_less_than_nothing_is_refused(session: Session, visit: Browser, her: Viewer) -> None:
    read = make.goal(session, her, "Read", direction=Direction.AT_LEAST, target=Decimal(20))
    session.commit()
    page = visit.post(f"/goals/{read.public_id}/days/{make.TODAY}", state="done", value="-3")
    assert (page.status, "Less than nothing" in page.text) == (422, True)


def test_another_unit_is_another_revision(session: Session, visit: Browser, her: Viewer) -> None:
    read = make.goal(session, her, "Read", direction=Direction.AT_LEAST, target=Decimal(20), unit="pages")
    session.commit()
    visit.get(f"/goals/{read.public_id}/edit").press("Save goal", unit="minutes")
    session.refresh(read)
    assert (read.revision, read.version) == (2, 2)


def test_forms_take_forms_and_nothing_else(visit: Browser) -> None:
    for body in ("[1]", "5", '{"title": 5}', "[" * 50_000):
        page = visit.ask("POST", "/goals", data=body, content_type="application/json")
        assert page.status == 415, body[:20]
