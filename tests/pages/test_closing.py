"""The end of a goal on the pages: four ways it can stand, taking note of it, opening it again, and what is locked."""

from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, told
from tests.relations import Relation
from webapp.domain.goals import Lifecycle, Outcome
from webapp.domain.reviews import Verdict
from webapp.models import Goal, GoalClosing
from webapp.queries import goals as goal_queries


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Relation:
    return Relation(session)


@pytest.fixture
def thea(app: Flask, session: Session, they: Relation) -> Browser:
    return signed_in(app, session, they.therapist)


@pytest.fixture
def ada(app: Flask, session: Session, they: Relation) -> Browser:
    return signed_in(app, session, they.client)


def place(they: Relation, more: str = "") -> str:
    return f"/goals/{they.walk.public_id}{more}"


def goal_of(they: Relation) -> Goal:
    they.session.rollback()
    they.session.expire_all()
    return goal_queries.find(they.session, they.ada, they.walk.public_id)


CLOSED = {"outcome": "achieved", "score": "80", "words": "It was good."}


@pytest.mark.parametrize(
    ("outcome", "score", "words"),
    [("achieved", 100, "Reached"), ("missed", 40, "Not reached"), ("abandoned", 0, "Let go")],
)
def test_a_goal_is_closed_with_what_came_of_it(
    they: Relation, ada: Browser, outcome: str, score: int, words: str
) -> None:
    form = ada.get(place(they, "/close"))
    done = form.press("Close the goal", outcome=outcome, score=score, words="It was\ngood.")
    assert done.address == place(they)
    assert f"{words}, to {score} percent; closed 10 Mar 2026, 13:00." in done.words()
    assert "This goal is closed: nothing of it is due." in done.words()
    assert goal_of(they).lifecycle is Lifecycle.CLOSED
    closing = they.session.scalars(select(GoalClosing)).one()
    assert (closing.outcome, closing.score) == (Outcome(outcome), Decimal(score) / 100)
    assert they.ada.words.open("goal_closing.words", closing.words or b"") == "It was\ngood."


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"score": ""}, {"outcome": "Please fill this in.", "score": "Please fill this in."}),
        ({"outcome": "achieved", "score": "101"}, {"score": "From 0 to 100."}),
        ({"outcome": "won", "score": "-1"}, {"outcome": "Please fill this in.", "score": "From 0 to 100."}),
        ({"outcome": "missed", "score": "half"}, {"score": "Please write a whole number."}),
        ({"outcome": "missed", "score": "1", "words": "x" * 4001}, {"words": "At most 4000 characters."}),
    ],
)
def test_every_mistake_stands_at_its_field(
    they: Relation, ada: Browser, typed: dict[str, str], errors: dict[str, str]
) -> None:
    form = ada.get(place(they, "/close"))
    wrong = form.press("Close the goal", **{"words": "Kept.", **typed})
    assert (wrong.status, wrong.errors()) == (422, errors)
    assert wrong.value("words") == typed.get("words", "Kept.")
    assert goal_of(they).lifecycle is Lifecycle.ACTIVE


def test_what_is_in_review_is_not_closed_and_the_words_stay(they: Relation, ada: Browser) -> None:
    form = ada.get(place(they, "/close"))
    they.send()
    they.session.commit()
    held = form.press("Close the goal", **CLOSED)
    assert held.status == 423
    assert "This goal is in review. It waits for Thea" in held.words()
    assert held.value("words") == "It was good."
    assert ada.get(place(they, "/close")).status == 423
    assert goal_of(they).lifecycle is Lifecycle.ACTIVE


def test_a_closed_goal_is_locked_until_it_is_reopened(they: Relation, ada: Browser) -> None:
    editor = ada.get(place(they, "/edit"))
    ada.post(place(they, "/close"), **CLOSED)
    tick = ada.post(place(they, f"/days/{TODAY}"), state="done")
    assert tick.status == 423
    assert "This goal is closed" in tick.words()
    assert "What you can do: reopen it." in tick.words()
    fragment = ada.post(place(they, f"/days/{TODAY}"), htmx=True, state="done")
    assert (fragment.status, "This goal is closed" in fragment.text) == (423, True)

    assert "This goal is closed. Reopen it" in ada.get(place(they, "/edit")).words()
    assert ada.post(place(they, "/unarchive")).status == 423
    held = editor.press("Save goal", title="Swim")
    assert held.status == 409, "it has changed since"
    held = held.press("Save goal")
    assert (held.status, held.value("title")) == (423, "Swim")
    done = held.press("Reopen it, and save this")
    assert done.status == 200
    goal = goal_of(they)
    assert (goal.lifecycle, goal.archived_at) == (Lifecycle.ACTIVE, None)
    assert they.ada.words.open("goal.title", goal.title) == "Swim"


def test_a_goal_is_reopened_by_a_button(they: Relation, ada: Browser) -> None:
    ada.post(place(they, "/close"), **CLOSED)
    done = ada.get(place(they)).press("Reopen the goal")
    assert "The goal is open again" in done.words()
    assert goal_of(they).lifecycle is Lifecycle.ACTIVE
    assert ada.post(place(they, f"/days/{TODAY}"), state="done").status == 303
    assert ada.post(place(they, "/reopen")).status == 303, "the same again is the same answer"


def test_who_approved_it_takes_note_once(they: Relation, ada: Browser, thea: Browser) -> None:
    they.decide(they.send(), Verdict.APPROVE)
    they.session.commit()
    assert thea.post(place(they, "/close/acknowledge")).status == 403, "it is open, and she is no past reviewer yet"
    ada.post(place(they, "/close"), **CLOSED)
    page = thea.get(place(they))
    assert "Reached, to 80 percent" in page.words()
    assert "It was good." in page.words()
    done = page.press("Take note")
    assert "You took note of it, 10 Mar 2026, 13:00." in done.words()
    assert [button for button in done.all("button") if done.words(button) == "Take note"] == []
    assert thea.post(place(they, "/close/acknowledge")).status == 303
    assert "Thea took note of it" in ada.get(place(they)).words()


def test_a_therapist_who_never_approved_it_does_not_read_how_it_ended(
    they: Relation, ada: Browser, thea: Browser
) -> None:
    ada.post(place(they, "/close"), **CLOSED)
    page = thea.get(place(they))
    assert "It was good." not in page.text
    assert thea.post(place(they, "/close/acknowledge")).status == 403


REQUESTS = [
    ("GET", "/close"),
    ("POST", "/close"),
    ("POST", "/close/acknowledge"),
    ("POST", "/reopen"),
]


def test_a_therapist_neither_closes_nor_reopens(they: Relation, thea: Browser) -> None:
    before = make.everything(they.session)
    for method, more in REQUESTS:
        page = thea.get(place(they, more)) if method == "GET" else thea.post(place(they, more))
        assert (page.status, "Walk" in page.text) == (403, False), more
    assert make.everything(they.session) == before


@pytest.mark.parametrize("who", APART)
def test_for_everybody_else_there_is_no_goal_to_close(app: Flask, session: Session, they: Relation, who: str) -> None:
    browser = signed_in(app, session, BLIND[who](session, they.client, they.home))
    before = make.everything(session)
    for method, more in REQUESTS:
        denied, unknown = (
            browser.get(f"/goals/{one}{more}") if method == "GET" else browser.post(f"/goals/{one}{more}")
            for one in (they.walk.public_id, UNKNOWN)
        )
        assert told(denied) == told(unknown), more
    assert make.everything(session) == before
