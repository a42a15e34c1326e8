"""Goals in the browser: planning, changing, finding, ordering and putting away, with and without htmx."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser, Page
from webapp.domain.goals import GOALS_PER_PERSON
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.models import Goal, GoalRevision, ScheduleVersion

WRONG = {
    "title": " ",
    "frequency": "Custom",
    "start": "2026-03-20",
    "until": "2026-03-12",
    "measured": "y",
    "target": "many",
    "question": "q" * 256,
    "description": "d" * 10_001,
}


def editor(visit: Browser, **typed: object) -> Page:
    return visit.get("/goals/new").press("Save goal", **typed)


def goals_of(session: Session) -> list[Goal]:
    session.rollback()
    return list(session.scalars(select(Goal).order_by(Goal.id).execution_options(populate_existing=True)))


def test_a_goal_is_planned_and_shown(session: Session, visit: Browser, her: Viewer) -> None:
    page = editor(visit, title="Morning walk", frequency="Custom", days=[0, 2], question="Did you walk?")

    (goal,) = goals_of(session)
    assert (page.status, page.address) == (200, f"/goals/{goal.public_id}")
    assert "Your goal is planned." in page.words()
    assert page.words(page.one("h1")) == "Morning walk"
    assert "Did you walk?" in page.words()
    assert "Mon, Wed" in page.words()


def test_a_browser_without_scripts_is_redirected_to_the_new_goal(visit: Browser) -> None:
    answer = visit.post("/goals", title="Read", frequency="Daily")
    assert answer.status == 303
    assert re.fullmatch(r"/goals/[0-9a-f]{24}", answer.headers["Location"])


def test_htmx_is_sent_to_the_new_goal(visit: Browser) -> None:
    answer = visit.post("/goals", htmx=True, title="Read", frequency="Daily")
    assert (answer.status, answer.text) == (204, "")
    assert re.fullmatch(r"/goals/[0-9a-f]{24}", answer.headers["HX-Redirect"])


@pytest.mark.parametrize("htmx", [False, True])
def test_all_problems_stand_at_their_fields_at_once_and_what_was_typed_stays(
    session: Session, visit: Browser, htmx: bool
) -> None:
    page = visit.post("/goals", htmx=htmx, **WRONG)

    assert (page.status, page.whole) == (422, not htmx)
    assert page.errors().keys() == {"title", "days", "start", "target", "question", "description"}
    assert "cannot be used as it is" not in " ".join(page.errors().values())
    kept = {name: page.value(name) for name in ("title", "start", "until", "target", "question", "description")}
    assert kept == {name: WRONG[name] for name in kept}
    assert goals_of(session) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "t" * 256),
        ("title", "two\nlines"),
        ("start", "2026-02-30"),
        ("start", "1899-12-31"),
        ("start", "2036-03-20"),
        ("until", "2036-03-20"),
        ("until", "yesterday"),
        ("frequency", "Hourly"),
        ("colour", "13"),
        ("colour", "teal"),
        ("days", "7"),
        ("days", "Monday"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(session: Session, visit: Browser, field: str, value: str) -> None:
    page = visit.post("/goals", **{"title": "Walk", "frequency": "Custom", "days": "1", field: value})

    assert page.status == 422
    assert page.errors().keys() == {field}
    assert "cannot be used as it is" not in page.errors()[field]
    assert goals_of(session) == []


@pytest.mark.parametrize("amount", ["", "a lot", "NaN", "1,5,5", "1000000000000", "0.0000001", "1 2 x"])
def test_an_amount_that_is_none_is_refused(session: Session, visit: Browser, amount: str) -> None:
    page = visit.post("/goals", title="Read", frequency="Daily", measured="y", target=amount)

    assert (page.status, page.errors().keys()) == (422, {"target"})
    assert page.value("target") == amount
    assert goals_of(session) == []


def test_an_amount_left_over_in_a_goal_that_counts_none_is_left_out(session: Session, visit: Browser) -> None:
    editor(visit, title="Walk", target="20", unit="pages")
    (goal,) = goals_of(session)
    assert (goal.target, goal.direction, goal.unit) == (None, None, None)


@pytest.mark.parametrize("htmx", [False, True])
def test_the_editor_shows_the_next_dates_and_saves_nothing(session: Session, visit: Browser, htmx: bool) -> None:
    before = make.everything(session)
    page = visit.post("/goals/preview", htmx=htmx, title="Pay", frequency="Monthly", start="2026-03-30")

    assert (page.status, page.whole) == (200, not htmx)
    preview = page.by_id("preview")
    assert preview is not None
    assert "30 March 2026" in page.words(preview)
    assert "30 April 2026" in page.words(preview)
    assert make.everything(session) == before


def test_the_preview_without_scripts_keeps_what_was_typed(visit: Browser) -> None:
    page = visit.get("/goals/new").press("Show the dates", title="Walk", frequency="Custom", days=[])
    assert page.value("title") == "Walk"
    assert "Choose the days to see the dates." in page.words()


def test_a_form_sent_twice_plans_one_goal(session: Session, visit: Browser) -> None:
    form = visit.get("/goals/new")
    first = form.press("Save goal", title="Walk")
    again = form.press("Save goal", title="Walk")

    assert first.address == again.address
    assert len(goals_of(session)) == 1


def test_going_back_and_typing_something_else_plans_another_goal(session: Session, visit: Browser) -> None:
    form = visit.get("/goals/new")
    form.press("Save goal", title="Walk")
    page = form.press("Save goal", title="Run")

    assert page.words(page.one("h1")) == "Run"
    assert len(goals_of(session)) == 2


def test_a_change_is_saved_and_counted(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    session.commit()
    visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", title="Walk far", colour=5)

    (changed,) = goals_of(session)
    assert her.words.open("goal.title", changed.title) == "Walk far"
    assert (changed.version, changed.revision, changed.colour) == (2, 1, 5)


def test_opening_the_editor_and_saving_changes_no_terms(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk", make.schedule(Frequency.CUSTOM, days=(0, 2), until=TODAY + timedelta(9)))
    session.commit()
    before = {day: row.id for day, row in make.rows(session, goal).items()}
    visit.get(f"/goals/{goal.public_id}/edit").press("Save goal")

    (changed,) = goals_of(session)
    assert changed.revision == 1
    assert {day: row.id for day, row in make.rows(session, goal).items()} == before
    assert session.scalar(select(func.count()).select_from(ScheduleVersion)) == 1


def test_another_amount_is_a_new_revision(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Read")
    session.commit()
    visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", measured="y", target="20", unit="pages")

    (changed,) = goals_of(session)
    assert (changed.version, changed.revision, changed.target) == (2, 2, 20)
    assert session.scalar(select(func.count()).select_from(GoalRevision)) == 2


def test_a_change_that_makes_no_sense_is_refused_with_the_editor(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk")
    session.commit()
    before = make.everything(session)
    page = visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", title="", until="2026-01-01")

    assert page.status == 422
    assert page.errors().keys() == {"title", "start"}
    assert page.value("until") == "2026-01-01"
    assert make.everything(session) == before


def test_an_edit_that_came_too_late_shows_both_texts_and_saves_nothing(
    session: Session, visit: Browser, her: Viewer
) -> None:
    goal = make.goal(session, her, "Walk")
    session.commit()
    late = visit.get(f"/goals/{goal.public_id}/edit")
    visit.get(f"/goals/{goal.public_id}/edit").press("Save goal", title="Walk in the wood", description="Early")
    before = make.everything(session)
    page = late.press("Save goal", title="Walk by the sea")

    assert page.status == 409
    assert "Walk in the wood" in page.words()
    assert page.value("title") == "Walk by the sea"
    assert make.everything(session) == before


def test_the_501st_goal_is_refused(session: Session, visit: Browser, her: Viewer) -> None:
    session.execute(insert(Goal), [_copy(her, number) for number in range(GOALS_PER_PERSON)])
    session.commit()
    page = editor(visit, title="One too many")

    assert page.status == 422
    assert "at most 500 goals" in page.words()
    assert session.scalar(select(func.count()).select_from(Goal)) == GOALS_PER_PERSON


def _copy(owner: Viewer, number: int) -> dict[str, object]:
    title = owner.words.seal("goal.title", f"Goal {number}")
    moments = {"created_at": make.NOW, "updated_at": make.NOW}
    return {"kind": "personal", "owner_id": owner.id, "title": title, "position": number, **moments}


@pytest.fixture
def three(session: Session, her: Viewer) -> list[Goal]:
    """Three goals in her order: Swim, apples, Zen."""
    goals = [
        make.goal(session, her, "Swim", question="Were you in the water?"),
        make.goal(session, her, "apples", make.schedule(Frequency.WEEKLY, until=TODAY + timedelta(90))),
        make.goal(session, her, "Zen", make.schedule(until=TODAY + timedelta(30))),
    ]
    session.commit()
    return goals


def titles(page: Page) -> list[str]:
    found = page.by_id("goals")
    return [page.words(one) for one in (found.iter("h3") if found is not None else [])]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, ["Swim", "apples", "Zen"]),
        ({"order": "title"}, ["apples", "Swim", "Zen"]),
        ({"order": "newest"}, ["Zen", "apples", "Swim"]),
        ({"order": "target"}, ["Zen", "apples", "Swim"]),
        ({"order": "nonsense"}, ["Swim", "apples", "Zen"]),
        ({"q": "APPLE"}, ["apples"]),
        ({"q": "water"}, ["Swim"]),
        ({"q": "%"}, []),
        ({"frequency": "Weekly"}, ["apples"]),
        ({"frequency": "Weekly' OR 1=1"}, ["Swim", "apples", "Zen"]),
        ({"archived": "1"}, []),
    ],
)
def test_the_list_is_searched_filtered_and_ordered(visit: Browser, asked: dict[str, str], shown: list[str]) -> None:
    assert titles(visit.post("/goals/search", follow=True, **asked)) == shown


@pytest.mark.usefixtures("three")
def test_a_word_searched_for_never_stands_in_an_address(visit: Browser) -> None:
    page = visit.get("/goals").press("Show", q="apple")
    assert (titles(page), page.address) == (["apples"], "/goals/search")
    assert titles(visit.get("/goals?q=apple")) == ["Swim", "apples", "Zen"]
    assert visit.get("/goals").press("Show", order="title").address == "/goals?order=title"


def test_goals_change_places(session: Session, visit: Browser, three: list[Goal]) -> None:
    within = f"goal-{three[0].public_id}"
    page = visit.get("/goals").press("Move down", within=within)
    assert titles(page) == ["apples", "Swim", "Zen"]

    page = page.press("Move down", within=within)
    assert titles(page.press("Move down", within=within)) == ["apples", "Zen", "Swim"]


def test_an_archived_goal_leaves_the_list_and_comes_back(visit: Browser, three: list[Goal]) -> None:
    page = visit.get("/goals").press("Archive", within=f"goal-{three[0].public_id}")
    assert titles(page) == ["apples", "Zen"]
    assert titles(visit.get("/goals?archived=1")) == ["Swim"]

    page.press("Undo", within="toast")
    assert titles(visit.get("/goals")) == ["Swim", "apples", "Zen"]


def test_a_deleted_goal_is_gone_from_every_page_until_the_undo(visit: Browser, three: list[Goal]) -> None:
    address = f"/goals/{three[0].public_id}"
    page = visit.get("/goals").press("Delete", within=f"goal-{three[0].public_id}")

    for place in ("/", "/goals", "/goals?archived=1", "/calendar", "/calendar?view=agenda"):
        assert "Swim" not in visit.get(place).words(), place
    assert not titles(visit.post("/goals/search", q="swim"))
    for gone in (address, f"{address}/edit"):
        assert visit.get(gone).status == 404
    assert visit.post(f"{address}/days/2026-03-10", state="done").status == 404

    assert page.press("Undo", within="toast").address == address
    assert titles(visit.get("/goals")) == ["Swim", "apples", "Zen"]


def test_the_empty_list_teaches(visit: Browser) -> None:
    assert "Plan a goal" in visit.get("/goals").words()
