"""Ways to begin a goal: a template, another goal, one line."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser
from webapp.domain.grants import Scope
from webapp.domain.people import Role, Viewer
from webapp.domain.schedules import Frequency, Schedule
from webapp.models import Goal, Person, ScheduleVersion

LINE = "read 20 pages every weekday from Monday"


def goals_of(session: Session) -> list[Goal]:
    session.rollback()
    statement = select(Goal).where(Goal.deleted_at.is_(None)).order_by(Goal.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def schedule_of(session: Session, goal: Goal) -> Schedule:
    statement = select(ScheduleVersion).where(ScheduleVersion.goal_id == goal.id, ScheduleVersion.is_current)
    return session.scalars(statement.execution_options(populate_existing=True)).one().terms()


def test_every_template_opens_the_editor_and_can_be_saved_as_it_is(session: Session, visit: Browser) -> None:
    offered = [link.get("href", "") for link in visit.get("/goals/new").all("a") if "template=" in link.get("href", "")]
    assert len(offered) >= 10
    for address in offered:
        assert visit.get(address).press("Save goal").words().count("Your goal is planned.") == 1
    goals = goals_of(session)
    assert len(goals) == len(offered)
    assert len({goal.colour for goal in goals}) == len(goals)
    assert visit.get("/goals/new?template=nonsense").value("title") == ""


def test_a_goal_like_another_begins_anew(session: Session, visit: Browser, her: Viewer) -> None:
    when = make.schedule(Frequency.MONTHLY, date(2026, 1, 31), until=date(2026, 12, 31))
    like = make.goal(session, her, "Pay rent", when, question="Paid?", colour=4, tags=("home",), skip_budget=1)
    session.commit()
    page = visit.get(f"/goals/new?like={like.public_id}").press("Save goal")

    assert page.words(page.one("h1")) == "Pay rent"
    copy = goals_of(session)[-1]
    made = schedule_of(session, copy)
    assert (made.start, made.until) == (date(2026, 3, 31), date(2026, 12, 31))
    assert [day.day for day in make.rows(session, copy)][:3] == [31, 30, 31]
    editor = visit.get(f"/goals/{copy.public_id}/edit")
    kept = {name: editor.value(name) for name in ("question", "tags", "skip_budget")}
    assert kept == {"question": "Paid?", "tags": "home", "skip_budget": "1"}
    assert (copy.colour, copy.public_id == like.public_id) == (4, False)


def test_a_goal_of_somebody_else_is_nothing_to_begin_with(session: Session, visit: Browser, ada: Person) -> None:
    eve, client = make.person(session, "Eve"), make.person(session, "Client")
    make.member(session, ada, make.organisation(session), Role.THERAPIST)
    make.grant(session, client, ada, Scope.GOALS)
    hidden, shared = (make.goal(session, make.viewer(session, one), "Secret plan") for one in (eve, client))
    session.commit()
    assert "Secret plan" in visit.get(f"/goals/{shared.public_id}").text
    for like in (hidden.public_id, shared.public_id, "nonsense"):
        page = visit.get(f"/goals/new?like={like}")
        assert page.status == 404
        assert "Secret plan" not in page.text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_line_is_looked_at_before_anything_is_saved(session: Session, visit: Browser, htmx: bool) -> None:
    before = make.everything(session)
    page = visit.post("/goals/quick", htmx=htmx, line=LINE)

    assert (page.status, page.whole) == (200, not htmx)
    assert "Understood: Weekdays · from Monday 16 March · at least 20 pages" in page.words()
    assert page.address == "/goals/quick"
    assert (page.value("title"), page.value("target"), page.value("start")) == ("read", "20", "2026-03-16")
    assert make.everything(session) == before


def test_what_was_understood_is_saved_by_one_press(session: Session, visit: Browser) -> None:
    page = visit.get("/goals/new").press("Look first", line=LINE).press("Save goal")
    assert page.words(page.one("h1")) == "read"
    (goal,) = goals_of(session)
    assert schedule_of(session, goal).days == (0, 1, 2, 3, 4)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_line_is_planned_at_once(session: Session, visit: Browser, htmx: bool) -> None:
    answer = visit.post("/goals/quick", htmx=htmx, line="water plants every 3 days", save="1")
    assert answer.headers["HX-Redirect" if htmx else "Location"] == "/"
    (goal,) = goals_of(session)
    assert schedule_of(session, goal).rule == "FREQ=DAILY;INTERVAL=3;WKST=MO"


def test_what_was_planned_at_once_can_be_taken_back(session: Session, visit: Browser) -> None:
    page = visit.get("/goals/new").press("Add", line="meditate daily")
    assert page.address == "/"
    assert "Your goal is planned." in page.words()
    assert len(goals_of(session)) == 1

    page.press("Undo", within="toast")
    assert goals_of(session) == []


def test_a_line_sent_twice_plans_one_goal(session: Session, visit: Browser) -> None:
    form = visit.get("/goals/new")
    for _again in range(2):
        assert form.press("Add", line="meditate daily").address == "/"
    assert len(goals_of(session)) == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("more", [{}, {"save": "1"}])
@pytest.mark.parametrize("line", ["  ", "x" * 501])
def test_a_line_that_says_nothing_or_too_much_stays_with_its_problem(
    session: Session, visit: Browser, htmx: bool, more: dict[str, str], line: str
) -> None:
    page = visit.post("/goals/quick", htmx=htmx, line=line, **more)
    assert (page.status, page.whole, page.errors().keys()) == (422, not htmx, {"line"})
    assert page.value("line") == line
    assert goals_of(session) == []


def test_a_title_that_is_too_long_is_a_problem_of_the_line(session: Session, visit: Browser) -> None:
    page = visit.post("/goals/quick", line="x" * 300, save="1")
    assert (page.status, page.errors()) == (422, {"line": "At most 255 characters."})
    assert goals_of(session) == []
