"""Whom reviews exist for, and whom they do not: clients, their therapists, managers, admins, strangers."""

from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, told
from tests.relations import Relation, Work
from webapp.domain.goals import ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import Role
from webapp.domain.reviews import Verdict
from webapp.models import Access, Grant, Person, ReviewRound, ReviewSeat
from webapp.queries import goals as goal_queries


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Relation:
    return Relation(session)


@pytest.fixture
def thea(app: Flask, session: Session, they: Relation) -> Browser:
    """The browser of Ada's therapist."""
    return signed_in(app, session, they.therapist)


@pytest.fixture
def ada(app: Flask, session: Session, they: Relation) -> Browser:
    """The browser of the client."""
    return signed_in(app, session, they.client)


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


def sent(they: Relation, comment: str = "Too much?", **more: Any) -> ReviewRound:
    made = they.send(comment, **more)
    they.session.commit()
    return made


def address(round_: ReviewRound) -> str:
    return f"/reviews/{round_.public_id}"


def place(they: Relation, more: str = "") -> str:
    return f"/goals/{they.walk.public_id}{more}"


def state_of(they: Relation) -> ReviewState | None:
    they.session.rollback()
    they.session.expire_all()
    return goal_queries.find(they.session, they.ada, they.walk.public_id).review_state


def terms_of(page: Page) -> list[tuple[str, str]]:
    """The first list of terms on the page."""
    rows = page.all("dl", class_="facts")[0]
    return [(page.words(row[0]), page.words(row[1])) for row in rows]


def other_therapist(they: Relation) -> Person:
    """Another therapist of Ada's, of whom Thea knows nothing."""
    someone = make.person(they.session, "Tom")
    make.member(they.session, someone, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, someone, Scope.GOALS)
    they.session.commit()
    return someone


# Walls.


def requests_of(round_: ReviewRound | str) -> list[tuple[str, str, dict[str, Any]]]:
    there = f"/reviews/{round_ if isinstance(round_, str) else round_.public_id}"
    verdict = {"verdict": "approve", "revision": "1", "override-verdict": "approve", "override-revision": "1"}
    return [
        ("GET", there, {}),
        ("GET", f"{there}/reviewers", {}),
        ("POST", f"{there}/reviewers", {"reviewers": "x"}),
        ("POST", f"{there}/decide", verdict),
        ("POST", f"{there}/override", {**verdict, "override-comment": "Because."}),
    ]


def ask(browser: Browser, request: tuple[str, str, dict[str, Any]]) -> Page:
    method, path, fields = request
    return browser.get(path) if method == "GET" else browser.post(path, **fields)


@pytest.mark.parametrize("who", APART)
def test_for_everybody_else_there_is_no_review(app: Flask, session: Session, they: Relation, who: str) -> None:
    round_ = sent(they)
    browser = signed_in(app, session, BLIND[who](session, they.client, they.home))
    before = make.everything(session)
    for denied, unknown in zip(requests_of(round_), requests_of(UNKNOWN), strict=True):
        assert told(ask(browser, denied)) == told(ask(browser, unknown)), denied
    for view in ("waiting", "sent", "decided"):
        assert "Walk" not in browser.get(f"/reviews?view={view}").text
    assert make.everything(session) == before


def test_another_therapist_of_the_same_client_learns_nothing(app: Flask, they: Relation) -> None:
    round_ = sent(they)
    browser = signed_in(app, they.session, other_therapist(they))
    for denied, unknown in zip(requests_of(round_), requests_of(UNKNOWN), strict=True):
        assert told(ask(browser, denied)) == told(ask(browser, unknown)), denied
    page = browser.get(f"/goals/{they.walk.public_id}")
    assert page.status == 200
    assert page.by_id("review") is None
    assert "Thea" not in page.text
    assert "Walk" not in browser.get("/reviews").text
    assert state_of(they) is ReviewState.IN_REVIEW


def test_who_is_asked_next_reads_nothing_that_was_said_to_the_one_before(
    app: Flask, session: Session, they: Relation, ada: Browser, clock: machine.Traveller
) -> None:
    otto = other_therapist(they)
    round_ = sent(they, "Dear Thea, please keep this from Otto.")
    clock.shift(300)
    assert ada.post(f"{address(round_)}/reviewers", reviewers=otto.public_id).status == 303
    theirs = signed_in(app, session, otto)
    places = (address(round_), place(they), place(they, "/revisions"), f"/clients/{they.client.public_id}/report")
    for where in (*places, f"/clients/{they.client.public_id}", "/reviews", "/waiting"):
        page = theirs.get(where)
        assert (page.status, "Thea" in page.text, "keep this" in page.text) == (200, False, False), where
        assert "changed the review" not in page.text
    assert "keep this from Otto" in ada.get(address(round_)).text


def test_the_editor_tells_a_therapist_nothing_whatever_they_send(app: Flask, session: Session, they: Relation) -> None:
    theirs = signed_in(app, session, other_therapist(they))
    answers = []
    for begin in (lambda: None, lambda: sent(they), lambda: they.decide_last()):
        begin()
        version_now = str(they.held().version)
        session.commit()
        for first in ("", "withdraw", "reopen"):
            for version in ("0", version_now):
                fields = {"title": "x", "frequency": "Daily", "version": version, "first": first}
                answers.append(told(theirs.post(place(they), **fields))[:2])
    assert {status for status, _ in answers} == {403}
    assert len(set(answers)) == 1
    assert session.scalars(select(Access)).all() == []


def test_a_revoked_grant_ends_what_could_be_seen_of_reviews(they: Relation, thea: Browser) -> None:
    round_ = sent(they)
    seen = thea.get(address(round_))
    they.session.execute(Grant.__table__.update().values(state=GrantState.REVOKED))
    they.session.commit()
    assert told(thea.get(address(round_))) == told(thea.get(f"/reviews/{UNKNOWN}"))
    assert seen.press("Approve").status == 404
    assert "Walk" not in thea.get("/reviews").text
    assert state_of(they) is ReviewState.IN_REVIEW


def test_the_owner_cannot_decide_and_the_reviewer_cannot_choose(they: Relation, thea: Browser, ada: Browser) -> None:
    round_ = sent(they)
    before = make.everything(they.session)
    for browser, request in ((ada, requests_of(round_)[3]), (ada, requests_of(round_)[4])):
        assert ask(browser, request).status == 403
    for request in [*requests_of(round_)[1:3], requests_of(round_)[4]]:
        assert ask(thea, request).status == 403
    assert make.everything(they.session) == before


# At work.


def test_a_manager_approves_an_objective_and_leaves_no_look(app: Flask, session: Session, work: Work) -> None:
    round_ = work.send(work.manager)
    session.commit()
    mona = signed_in(app, session, work.manager)
    assert "Paul · A new goal" in mona.get("/reviews").words()
    page = mona.get(address(round_))
    assert ("Key result: Shops won", "at least 10 shops, from 0 shops") in terms_of(page)
    assert "Approved." in page.press("Approve").words()
    session.rollback()
    assert session.scalars(select(Access)).all() == []
    session.expire_all()
    assert goal_queries.find(session, work.paul, work.goal.public_id).review_state is ReviewState.APPROVED


def test_an_admin_decides_in_the_reviewers_place_with_a_reason(app: Flask, session: Session, work: Work) -> None:
    round_ = work.send(work.manager)
    session.commit()
    ines = signed_in(app, session, work.admin)
    page = ines.get(address(round_))
    assert "Approve" not in [page.words(button) for button in page.all("button")]
    wrong = page.press("Approve as an admin")
    assert wrong.status == 422
    assert wrong.errors() == {"override-comment": "Please fill this in."}
    done = wrong.press("Approve as an admin", **{"override-comment": "Mona is away."})
    assert done.status == 200
    story = signed_in(app, session, work.person).get(address(round_)).words()
    assert "Ines approved it in the reviewers' place" in story
    assert "Mona is away." in story


def test_of_two_reviewers_the_second_to_decide_sees_what_the_first_did(
    app: Flask, session: Session, work: Work
) -> None:
    round_ = work.send(work.manager, work.admin)
    session.commit()
    pages = [signed_in(app, session, one).get(address(round_)) for one in (work.manager, work.admin)]
    assert pages[0].press("Send back", comment="Too many.").status == 200
    late = pages[1].press("Approve", comment="Well done")
    assert late.status == 409
    assert "Mona sent it back" in late.words()
    assert "Too many." in late.words()
    assert late.value("comment") == "Well done"
    session.rollback()
    assert set(session.scalars(select(ReviewSeat.verdict))) == {Verdict.DECLINE, None}


def test_a_colleague_and_a_stranger_know_nothing_of_an_objectives_review(
    app: Flask, session: Session, work: Work
) -> None:
    round_ = work.send(work.manager)
    colleague, stranger = make.person(session, "Carl"), make.person(session, "Sam")
    make.member(session, colleague, work.home)
    session.commit()
    for someone in (colleague, stranger):
        browser = signed_in(app, session, someone)
        for denied, unknown in zip(requests_of(round_), requests_of(UNKNOWN), strict=True):
            assert told(ask(browser, denied)) == told(ask(browser, unknown)), denied
