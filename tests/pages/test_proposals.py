"""Proposing a goal, and answering one, as pages."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN, therapist, told
from webapp.domain.goals import ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.domain.reviews import ProposalState
from webapp.models import Goal, GoalProposal, Grant, Person

ANSWERS = [
    ("GET", "/goals/proposals/{id}", {}),
    ("GET", "/goals/proposals/{id}/edit", {}),
    ("POST", "/goals/proposals/{id}/accept", {}),
    ("POST", "/goals/proposals/{id}", {"title": "Mine", "frequency": "Daily"}),
    ("POST", "/goals/proposals/{id}/decline", {"comment": "No."}),
]


@pytest.fixture
def ada(session: Session, clock: object) -> Person:
    """Ada, where it is the next day already."""
    made = make.person(session, zone="Pacific/Kiritimati", week_start=6)
    session.commit()
    return made


@pytest.fixture
def caring(app: Flask, session: Session, ada: Person) -> Browser:
    """A therapist whom Ada lets see goals."""
    someone = therapist(session, make.organisation(session))
    make.grant(session, ada, someone, Scope.GOALS)
    session.commit()
    return signed_in(app, session, someone)


@pytest.fixture
def proposed(session: Session, caring: Browser, ada: Person) -> str:
    """The address of a goal that is proposed to Ada."""
    fill_in(caring, ada)
    return f"/goals/proposals/{the_one(session).public_id}"


def fill_in(caring: Browser, ada: Person, *, htmx: bool = False, **typed: str) -> Page:
    page = caring.get(f"/clients/{ada.public_id}/goals/new")
    return page.press("Propose this goal", **{"title": "Breathe out", "message": "Try it.\nSlowly.", **typed})


def the_one(session: Session) -> GoalProposal:
    session.rollback()
    return session.scalars(select(GoalProposal)).one()


def goals(session: Session) -> list[Goal]:
    session.rollback()
    return list(session.scalars(select(Goal)))


def send(visit: Browser, request: tuple[str, str, dict[str, str]], proposal: str) -> Page:
    method, path, fields = request
    address = path.format(id=proposal)
    return visit.get(address) if method == "GET" else visit.post(address, **fields)


def test_the_editor_is_in_the_client_s_calendar(caring: Browser, ada: Person) -> None:
    page = caring.get(f"/clients/{ada.public_id}/goals/new")
    assert "where it is 11 Mar 2026" in page.words()
    assert "Wed 11 March 2026 today" in page.words()
    assert [page.words(label) for label in page.all("label") if page.words(label) in ("Sun", "Mon")] == ["Sun", "Mon"]
    assert page.all("input", name="tags") == page.all("input", name="colour") == []
    shown = page.press("Show the dates", title="Breathe", until="2026-03-12")
    assert shown.status == 200
    assert shown.value("title") == "Breathe"
    assert "Thu 12 March 2026 tomorrow" in shown.words()
    assert "Fri 13 March" not in shown.words()


def test_a_proposal_waits_with_its_client(session: Session, caring: Browser, ada: Person) -> None:
    page = fill_in(caring, ada)
    assert (page.status, page.address) == (200, f"/clients/{ada.public_id}")
    assert "Breathe outwaits since 10 Mar 2026" in page.words()
    assert goals(session) == []


def test_sent_twice_it_is_proposed_once(session: Session, caring: Browser, ada: Person) -> None:
    page = caring.get(f"/clients/{ada.public_id}/goals/new")
    for _ in range(2):
        page.press("Propose this goal", title="Breathe")
    assert the_one(session).state is ProposalState.WAITING


def test_what_is_amiss_stands_at_its_field_and_nothing_is_lost(session: Session, caring: Browser, ada: Person) -> None:
    page = fill_in(caring, ada, title=" ", message="x" * 4_001)
    assert page.status == 422
    assert page.errors() == {"title": "Please fill this in.", "message": "At most 4000 characters."}
    assert len(page.value("message")) == 4_001
    session.rollback()
    assert session.scalars(select(GoalProposal)).all() == []


def test_the_client_sees_what_is_proposed_and_by_whom(visit: Browser, proposed: str) -> None:
    page = visit.get(proposed)
    assert page.status == 200
    assert "Breathe out" in page.words(page.all("h1")[0])
    for words in ("Proposed by Therapist", "Try it. Slowly.", "Daily", "Wed 11 March 2026 today"):
        assert words in page.words()


def test_accepted_it_is_among_the_goals_and_approved(session: Session, visit: Browser, proposed: str) -> None:
    page = visit.get(proposed)
    for _ in range(2):
        done = page.press("Accept this goal")
        assert done.status == 200
        assert "Breathe out" in done.words()
    (goal,) = goals(session)
    assert goal.review_state is ReviewState.APPROVED
    assert done.address == f"/goals/{goal.public_id}"
    again = visit.get(proposed)
    assert "This is one of your goals." in again.words()
    assert again.all("button", class_="primary") == []
    assert visit.get(f"{proposed}/edit", follow=False).status == 303


def test_changed_first_it_is_a_goal_of_one_s_own(session: Session, visit: Browser, proposed: str) -> None:
    page = visit.get(f"{proposed}/edit")
    assert page.value("title") == "Breathe out"
    wrong = page.press("Save goal", title="")
    assert wrong.status == 422
    assert wrong.errors() == {"title": "Please fill this in."}
    wrong.press("Save goal", title="Breathe in")
    page.press("Save goal", title="Breathe in")
    (goal,) = goals(session)
    assert goal.review_state is None
    assert the_one(session).goal_id == goal.id


def test_declined_the_therapist_reads_why(
    session: Session, visit: Browser, caring: Browser, ada: Person, proposed: str
) -> None:
    wrong = visit.get(proposed).press("Say no to this goal", comment="x" * 4_001)
    assert wrong.status == 422
    assert wrong.errors() == {"comment": "At most 4000 characters."}
    done = visit.get(proposed).press("Say no to this goal", comment="Not now.")
    assert done.address == "/"
    assert goals(session) == []
    assert "You have said no to this." in visit.get(proposed).words()
    page = caring.get(f"/clients/{ada.public_id}")
    assert "Breathe outnot taken 10 Mar 2026Not now." in page.words()
    assert visit.post(f"{proposed}/accept").status == 409


def test_taken_back_it_is_gone_for_the_client(
    session: Session, visit: Browser, caring: Browser, ada: Person, proposed: str
) -> None:
    page = caring.get(f"/clients/{ada.public_id}").press("Take back: Breathe out")
    assert "Breathe outtaken back 10 Mar 2026" in page.words()
    before = make.everything(session)
    for request in ANSWERS:
        denied = told(send(visit, request, proposed.rpartition("/")[2]))
        assert denied == told(send(visit, request, UNKNOWN)), request
        assert denied[0] == 404
    assert make.everything(session) == before


def test_once_the_grant_is_over_nothing_can_be_accepted(session: Session, visit: Browser, proposed: str) -> None:
    assert visit.get(proposed).status == 200
    session.execute(Grant.__table__.update().values(state=GrantState.REVOKED))
    session.commit()
    before = make.everything(session)
    for request in ANSWERS:
        assert told(send(visit, request, proposed.rpartition("/")[2])) == told(send(visit, request, UNKNOWN)), request
    assert make.everything(session) == before


def test_nobody_else_can_answer(app: Flask, session: Session, caring: Browser, ada: Person, proposed: str) -> None:
    other = therapist(session, make.organisation(session, "Other"))
    make.grant(session, ada, other, *Scope)
    somebody = make.person(session, "Peer")
    session.commit()
    number = proposed.rpartition("/")[2]
    visitors = [caring, signed_in(app, session, other), signed_in(app, session, somebody)]
    before = make.everything(session)
    for visitor in visitors:
        for request in ANSWERS:
            denied = told(send(visitor, request, number))
            assert denied[0] == 404
            assert denied == told(send(visitor, request, UNKNOWN)), request
    assert make.everything(session) == before


def test_only_who_proposed_it_takes_it_back(app: Flask, session: Session, ada: Person, proposed: str) -> None:
    other = therapist(session, make.organisation(session, "Other"))
    make.grant(session, ada, other, *Scope)
    session.commit()
    visitor = signed_in(app, session, other)
    before = make.everything(session)
    for client, number in ((ada.public_id, proposed.rpartition("/")[2]), (ada.public_id, UNKNOWN), (UNKNOWN, UNKNOWN)):
        assert visitor.post(f"/clients/{client}/proposals/{number}/withdraw").status == 404
    assert make.everything(session) == before


def test_a_proposed_start_is_kept(session: Session, caring: Browser, ada: Person, visit: Browser) -> None:
    fill_in(caring, ada, start="2026-03-20")
    page = visit.get(f"/goals/proposals/{the_one(session).public_id}")
    assert "Starts20 Mar 2026" in page.words()
    page.press("Accept this goal")
    (goal,) = goals(session)
    assert min(make.rows(session, goal)) == TODAY.replace(day=20)
