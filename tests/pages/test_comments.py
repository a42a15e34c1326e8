"""Saying something about a goal, and who hears of it, as their browsers show it."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, peer, therapist, told
from webapp.actions import access, comments
from webapp.domain.comments import CommentDraft
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import Role, Viewer
from webapp.models import Access, Comment, Goal, Grant, Organisation, Person


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    made = make.organisation(session)
    make.member(session, ada, made)
    return made


@pytest.fixture
def walk(session: Session, her: Viewer, home: Organisation) -> Goal:
    made = make.goal(session, her, "Walk")
    session.commit()
    return made


def helper(session: Session, ada: Person, home: Organisation, name: str) -> Person:
    someone = make.person(session, name)
    make.member(session, someone, home, Role.THERAPIST)
    make.grant(session, ada, someone, Scope.GOALS)
    session.commit()
    return someone


@pytest.fixture
def thea(session: Session, ada: Person, home: Organisation) -> Person:
    return helper(session, ada, home, "Thea")


@pytest.fixture
def fred(session: Session, ada: Person, home: Organisation) -> Person:
    return helper(session, ada, home, "Fred")


@pytest.fixture
def caring(app: Flask, session: Session, thea: Person) -> Browser:
    return signed_in(app, session, thea)


def talk(visit: Browser, goal: Goal) -> Page:
    return visit.get(f"/goals/{goal.public_id}/comments")


def say(session: Session, person: Person, goal: Goal, text: str, to: Person | None = None) -> Comment:
    made = comments.write(
        session, make.viewer(session, person), goal, CommentDraft(text, to.public_id if to else "", ())
    )
    session.commit()
    return made


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Comment)) or 0


def test_who_has_no_therapist_writes_notes_to_themselves(visit: Browser, session: Session, walk: Goal) -> None:
    page = talk(visit, walk)
    assert "Only you read it." in page.words()
    assert [one.get("name") for one in page.all("input") if one.get("type") in ("radio", "checkbox")] == []
    page = page.press("Say it", text="First line\r\nsecond <b>line</b>")
    assert page.status == 200
    assert "only you read this" in talk(visit, walk).words()
    (said,) = talk(visit, walk).all("p", class_="said")
    assert said.text == "First line\nsecond <b>line</b>"
    assert count(session) == 1


def test_the_goals_page_shows_the_newest_and_leads_to_the_rest(
    visit: Browser, session: Session, ada: Person, walk: Goal
) -> None:
    assert "Nothing was said yet." in visit.get(f"/goals/{walk.public_id}").words()
    for number in range(12):
        say(session, ada, walk, f"note {number}")
    page = visit.get(f"/goals/{walk.public_id}")
    assert [one.text for one in page.all("p", class_="said")] == [f"note {number}" for number in range(2, 12)]
    places = [one.get("href") for one in page.all("a") if "/comments" in one.get("href", "")]
    assert places == [f"/goals/{walk.public_id}/comments", f"/goals/{walk.public_id}/comments#comment-text"]
    assert len(talk(visit, walk).all("p", class_="said")) == 12


def test_a_form_sent_twice_says_it_once(visit: Browser, session: Session, walk: Goal) -> None:
    page = talk(visit, walk)
    for _ in range(2):
        page.press("Say it", text="once")
    assert count(session) == 1


@pytest.mark.parametrize("htmx", [False, True])
def test_what_cannot_be_said_stands_with_what_was_typed(
    visit: Browser, session: Session, walk: Goal, thea: Person, htmx: bool
) -> None:
    page = talk(visit, walk).press("Say it", text="x" * 4001, between=thea.public_id, htmx=htmx)
    assert page.status == 422
    assert page.errors().keys() == {"text"}
    assert page.value("text") == "x" * 4001
    chosen = page.one("input", name="between", value=thea.public_id)
    assert "checked" in chosen.attrib
    page = visit.post(f"/goals/{walk.public_id}/comments", text="To whom?", between=UNKNOWN)
    assert page.status == 422
    assert "between" in page.errors()
    assert count(session) == 0


def test_a_client_says_it_to_one_of_their_therapists_who_answers(
    visit: Browser, caring: Browser, app: Flask, session: Session, walk: Goal, thea: Person, fred: Person
) -> None:
    talk(visit, walk).press("Say it", text="Between us", between=thea.public_id)
    talk(visit, walk).press("Say it", text="For me")
    mine = talk(visit, walk)
    assert "to Thea" in mine.words()
    assert [one.get("value") for one in mine.all("input", name="between")] == ["", fred.public_id, thea.public_id]

    theirs = talk(caring, walk)
    assert [one.text for one in theirs.all("p", class_="said")] == ["Between us"]
    assert "names you" in theirs.words()
    assert "Only the two of you read it." in theirs.words()
    assert theirs.all("input", name="between") == []
    theirs.press("Say it", text="I hear you")
    assert "names you" not in talk(caring, walk).words()
    assert "Fred" not in talk(caring, walk).text
    assert "names you" in talk(visit, walk).words()
    talk(visit, walk).press("I have read it")
    assert "names you" not in talk(visit, walk).words()
    assert talk(signed_in(app, session, fred), walk).all("p", class_="said") == []


def test_two_therapists_pages_are_the_same_as_if_the_other_were_not(
    caring: Browser, session: Session, ada: Person, walk: Goal, thea: Person, home: Organisation
) -> None:
    say(session, ada, walk, "Between us", thea)
    before = _without_numbers(talk(caring, walk))
    fred = helper(session, ada, home, "Fred")
    say(session, ada, walk, "Between Fred and me", fred)
    say(session, fred, walk, "I agree")
    say(session, ada, walk, "For me alone")
    assert _without_numbers(talk(caring, walk)) == before


def _without_numbers(page: Page) -> list[str]:
    """What the page holds, without the secrets of its forms."""
    secret = {one.get("value") or "" for one in page.all("input") if one.get("name") in ("csrf_token", "nonce")}
    text = page.text.replace(page.headers["X-Request-Id"], "")
    for one in secret:
        text = text.replace(one, "")
    return [line for line in text.splitlines() if "X-CSRFToken" not in line]


@pytest.mark.parametrize("who", APART)
def test_for_who_may_not_know_of_the_goal_there_is_nothing(
    app: Flask, session: Session, ada: Person, home: Organisation, walk: Goal, who: str
) -> None:
    made = say(session, ada, walk, "For me")
    other = signed_in(app, session, BLIND[who](session, ada, home))
    before = make.everything(session)
    paths = [("goals/{}/comments", walk.public_id), ("goals/{}/comments/read", walk.public_id)]
    paths += [("comments/{}/delete", made.public_id), ("comments/{}/undelete", made.public_id)]
    for path, public_id in paths:
        for htmx in (False, True):
            answers = [told(other.post(f"/{path.format(one)}", text="x", htmx=htmx)) for one in (public_id, UNKNOWN)]
            assert answers[0] == answers[1], path
            assert answers[0][0] == 404
    assert told(talk(other, walk)) == told(other.get(f"/goals/{UNKNOWN}/comments"))
    assert make.everything(session) == before


def test_a_comment_is_taken_back_and_brought_back(visit: Browser, session: Session, ada: Person, walk: Goal) -> None:
    made = say(session, ada, walk, "Too much")
    page = visit.post(f"/comments/{made.public_id}/delete", follow=True)
    assert "The comment is deleted." in page.words()
    assert talk(visit, walk).all("p", class_="said") == []
    page.press("Undo")
    assert [one.text for one in talk(visit, walk).all("p", class_="said")] == ["Too much"]


def test_what_somebody_else_said_cannot_be_taken_back(
    visit: Browser, session: Session, walk: Goal, thea: Person
) -> None:
    made = say(session, thea, walk, "From Thea")
    before = make.everything(session)
    assert [one for one in talk(visit, walk).all("button") if "Delete" in (one.get("aria-label") or "")] == []
    assert visit.post(f"/comments/{made.public_id}/delete").status == 403
    assert make.everything(session) == before


def looks(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Access)) or 0


def test_each_look_of_a_therapist_is_written_down_beside_a_refusal_too(
    visit: Browser, caring: Browser, session: Session, walk: Goal
) -> None:
    page = talk(caring, walk)
    assert looks(session) == 1
    assert page.press("Say it", text="").status == 422
    assert looks(session) == 2
    assert count(session) == 0
    talk(visit, walk).press("Say it", text="")
    assert looks(session) == 2


def test_a_refusal_whose_look_cannot_be_written_down_shows_nothing(
    caring: Browser, walk: Goal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT INTO access", {}, Exception("disk full"))

    monkeypatch.setattr(access, "record_look", full)
    page = caring.post(f"/goals/{walk.public_id}/comments", text="")
    assert page.status == 503
    assert "Walk" not in page.text


def test_a_revoked_grant_closes_the_talk_from_the_next_request_on(
    caring: Browser, session: Session, ada: Person, walk: Goal, thea: Person
) -> None:
    made = say(session, thea, walk, "From Thea")
    assert talk(caring, walk).status == 200
    session.execute(Grant.__table__.update().values(state=GrantState.REVOKED))
    session.commit()
    before = make.everything(session)
    assert talk(caring, walk).status == 404
    assert caring.post(f"/goals/{walk.public_id}/comments", text="Still here").status == 404
    assert caring.post(f"/comments/{made.public_id}/delete").status == 404
    assert make.everything(session) == before


def test_everybody_in_the_house_talks_about_an_objective(
    app: Flask, session: Session, ada: Person, home: Organisation
) -> None:
    goal = make.objective(session, make.viewer(session, ada), make.cycle(session, home)).goal
    bob = peer(session, ada, home)
    visit, other = signed_in(app, session, ada), signed_in(app, session, bob)
    page = visit.get(f"/goals/{goal.public_id}/comments")
    assert "Everybody in the organisation reads it." in page.words()
    page.press("Say it", text="Shall we?", tell=[bob.public_id])
    page = other.get(f"/goals/{goal.public_id}/comments")
    assert "names you" in page.words()
    assert "Told: Peer" in page.words()
    assert other.post(f"/goals/{goal.public_id}/comments", text="x", tell=[UNKNOWN]).status == 422
    stranger = signed_in(app, session, therapist(session, make.organisation(session, "Other")))
    assert stranger.get(f"/goals/{goal.public_id}/comments").status == 404
    assert looks(session) == 0
