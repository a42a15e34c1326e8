"""One act on many goals: all of them or none, each by its own rights, and taken back as it was."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.make import TODAY
from tests.page import Browser, Page
from webapp.domain.goals import TAGS_PER_GOAL
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.models import Goal, GoalTag, PlannedPause, Tag

UNKNOWN = "0" * 24
REMEMBERED = frozenset({"audit_event", "sign_in"})


@pytest.fixture
def three(session: Session, her: Viewer) -> list[Goal]:
    """Swim (green, tagged health), Read (violet) and Zen (teal)."""
    made = [
        make.goal(session, her, "Swim", colour=2, tags=("Health",)),
        make.goal(session, her, "Read", colour=9),
        make.goal(session, her, "Zen"),
    ]
    session.commit()
    return made


def ids(goals: list[Goal]) -> list[str]:
    return [goal.public_id for goal in goals]


def state_of(session: Session) -> dict[str, tuple[bool, bool, int, list[str]]]:
    """Of each goal by its address: archived, deleted, colour, fingerprints of its tags."""
    session.rollback()
    statement = select(GoalTag.goal_id, Tag.fingerprint).join(Tag, Tag.id == GoalTag.tag_id).order_by(Tag.fingerprint)
    tags = session.execute(statement).all()
    goals = session.scalars(select(Goal).order_by(Goal.id).execution_options(populate_existing=True))
    return {
        goal.public_id: (
            goal.archived_at is not None,
            goal.deleted_at is not None,
            goal.colour,
            [tag.fingerprint for tag in tags if tag.goal_id == goal.id],
        )
        for goal in goals
    }


ACTS = {
    "archive": ({"do": "archive"}, "2 goals archived."),
    "delete": ({"do": "delete"}, "2 goals deleted, with their history."),
    "tag": ({"do": "tag", "tags": "health"}, "1 goal tagged health."),
    "untag": ({"do": "untag", "tags": "HEALTH"}, "1 goal no longer tagged HEALTH."),
    "recolour": ({"do": "recolour", "colour": "9"}, "1 goal has another colour."),
    "pause": ({"do": "pause", "first": "2026-03-12", "last": "2026-03-14"}, "2 pauses planned."),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_many_goals_is_told_once_and_taken_back_whole(
    session: Session, visit: Browser, three: list[Goal], act: str
) -> None:
    fields, said = ACTS[act]
    before = state_of(session)
    page = visit.post("/goals/bulk", goal=ids(three[:2]), **fields)
    assert page.status == 200
    assert said in page.words(page.by_id("toast"))
    during, pauses = state_of(session), session.scalars(select(PlannedPause)).all()
    assert (during != before) != bool(pauses)
    assert during[three[2].public_id] == before[three[2].public_id]

    page.press("Undo", within="toast")
    undone = state_of(session)
    if act == "untag":  # a tag no goal carries is gone; the new one is the same word
        assert [len(tags) for *_, tags in undone.values()] == [len(tags) for *_, tags in before.values()]
    else:
        assert undone == before
    assert session.scalars(select(PlannedPause)).all() == []


def test_the_same_pause_is_not_planned_twice(session: Session, visit: Browser, three: list[Goal]) -> None:
    for last, chosen, pauses in (("2026-03-14", 2, 2), ("2026-03-14", 3, 3), ("", 3, 6), ("", 3, 6)):
        visit.post("/goals/bulk", do="pause", first="2026-03-12", last=last, goal=ids(three[:chosen]))
        session.rollback()
        assert len(session.scalars(select(PlannedPause)).all()) == pauses


def test_goals_come_back_from_the_archive_together(session: Session, visit: Browser, three: list[Goal]) -> None:
    visit.post("/goals/bulk", do="archive", goal=ids(three))
    page = visit.post("/goals/bulk", do="unarchive", archived="1", goal=ids(three[1:]))
    assert "2 goals are back." in page.words()
    assert page.words(page.one("h1")) == "Archived goals"
    assert [archived for archived, *_ in state_of(session).values()] == [True, False, False]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("whose", ["unknown", "another's", "no address"])
def test_a_goal_that_is_not_hers_stops_the_whole_act(
    app: Flask, session: Session, visit: Browser, three: list[Goal], act: str, whose: str
) -> None:
    other = make.goal(session, make.viewer(session, make.person(session, "Bob")), "Bob's")
    session.commit()
    foreign = {"unknown": UNKNOWN, "another's": other.public_id, "no address": "a' OR 1=1"}[whose]
    before = make.everything(session)

    page = visit.post("/goals/bulk", goal=[*ids(three), foreign], **ACTS[act][0])
    assert page.status == 404
    assert make.everything(session) == before
    assert visit.post("/goals/bulk", goal=ids(three), **ACTS[act][0]).status == 200
    assert make.everything(session) != before


def test_undo_of_another_persons_deletion_or_pause_is_not_found(
    session: Session, visit: Browser, three: list[Goal]
) -> None:
    bob = make.viewer(session, make.person(session, "Bob"))
    other = make.goal(session, bob, "Bob's")
    other.deleted_at = make.NOW
    pause = PlannedPause(owner_id=bob.id, first=TODAY, created_at=make.NOW)
    session.add(pause)
    session.commit()
    before = make.everything(session)
    assert visit.post("/goals/bulk", do="undelete", goal=other.public_id).status == 404
    assert visit.post("/goals/bulk", do="unpause", goal=pause.public_id).status == 404
    assert make.everything(session) == before


WRONG = {
    "no goal": ({"do": "archive", "goal": []}, "Tick at least one goal first."),
    "no tag": ({"do": "tag", "tags": " "}, "Please fill this in."),
    "two tags": ({"do": "tag", "tags": "home, garden"}, "One tag holds no comma; give one after the other."),
    "long tag": ({"do": "tag", "tags": "x" * 41}, "At most 40 characters."),
    "no first day": ({"do": "pause", "last": "2026-03-14"}, "Please fill this in."),
    "turned round": (
        {"do": "pause", "first": "2026-03-14", "last": "2026-03-12"},
        "The end lies before the beginning.",
    ),
    "no day": ({"do": "pause", "first": "soon"}, "Please write a date, like 2026-03-14."),
    "no colour": ({"do": "recolour", "colour": "13"}, "Please choose one of the list."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_done_changes_nothing_and_keeps_what_was_said(
    session: Session, visit: Browser, three: list[Goal], case: str
) -> None:
    fields, said = WRONG[case]
    before = make.everything(session)
    page = visit.post("/goals/bulk", **{"goal": ids(three[:2]), **fields})
    assert (page.status, said in page.words(page.by_id("bulk"))) == (422, True)
    chosen = [box.get("value") for box in page.all("input", name="goal") if "checked" in box.attrib]
    assert chosen == ([] if case == "no goal" else ids(three[:2]))
    assert not fields.get("tags", "").strip() or page.value("tags") == fields["tags"]
    assert make.everything(session) == before


def test_one_tag_too_many_leaves_the_other_goals_alone(session: Session, visit: Browser, her: Viewer) -> None:
    full = make.goal(session, her, "Full", tags=tuple(f"tag {number}" for number in range(TAGS_PER_GOAL)))
    bare = make.goal(session, her, "Bare")
    session.commit()
    before = make.everything(session)
    page = visit.post("/goals/bulk", do="tag", tags="one more", goal=ids([bare, full]))
    assert (page.status, "one more" in page.words(page.by_id("goals"))) == (422, False)
    assert make.everything(session) == before


def test_an_unknown_act_is_refused(visit: Browser, three: list[Goal]) -> None:
    assert visit.post("/goals/bulk", do="explode", goal=ids(three)).status == 400


def test_the_list_stays_as_it_was_asked_for(visit: Browser, three: list[Goal]) -> None:
    page = visit.post("/goals/bulk", do="recolour", colour="3", goal=ids(three[:1]), q="swim")
    assert (page.value("q"), [page.words(one) for one in page.all("h3")]) == ("swim", ["Swim"])
    assert visit.get("/goals/bulk").address == "/goals"


@pytest.mark.usefixtures("three")
def test_all_are_chosen_without_a_script_also_those_searched_for(visit: Browser) -> None:
    def chosen(page: Page) -> int:
        return len([box for box in page.all("input", name="goal") if "checked" in box.attrib])

    page = visit.get("/goals").press("Choose all")
    assert (chosen(page), page.address) == (3, "/goals?choose=all")
    assert chosen(page.press("Choose none")) == 0
    assert chosen(visit.post("/goals/search", q="swim", choose="all")) == 1


def test_the_list_is_filtered_by_tag_and_the_address_holds_no_word(
    session: Session, visit: Browser, her: Viewer, three: list[Goal]
) -> None:
    tag = session.scalars(select(Tag)).one()
    page = visit.get("/goals").press("Show", tag=tag.public_id)
    assert page.address == f"/goals?tag={tag.public_id}"
    assert [page.words(one) for one in page.all("h3")] == ["Swim"]
    assert len(visit.get(f"/goals?tag={UNKNOWN}").all("h3")) == 3


def test_a_line_tells_streak_tags_and_the_last_thirty_days(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Swim", make.schedule(start=make.days_ago(5)), tags=("Health",))
    for days in (1, 2, 3):
        make.tick(session, her, goal, make.days_ago(days))
    session.commit()
    page = visit.get("/goals")
    words = page.words(page.by_id(f"goal-{goal.public_id}"))
    assert "3 in a row" in words
    assert "Health" in words
    assert "3 of 3 in 30 days" in words


def test_an_act_is_written_down_for_each_goal(session: Session, visit: Browser, three: list[Goal]) -> None:
    visit.post("/goals/bulk", do="archive", goal=ids(three))
    session.rollback()
    assert [make.tags(session, goal)[-1] for goal in three] == ["goal:archive"] * 3


def test_the_list_costs_the_same_for_one_goal_and_for_many(
    app: Flask, session: Session, visit: Browser, her: Viewer
) -> None:
    with app.app_context():
        engine: Engine = db.engine
    make.goal(session, her, "First", tags=("one",))
    session.commit()
    visit.get("/goals")
    with counted(engine) as few:
        visit.get("/goals")
    for number in range(20):
        until = TODAY + timedelta(days=number)
        make.goal(session, her, f"Goal {number}", make.schedule(until=until), tags=(f"tag {number % 3}",))
    session.commit()
    with counted(engine) as many:
        visit.get("/goals")
    assert len(few) == len(many) <= 8
