"""A closed goal as programs meet it: held, with the reason, since when, and what can be done; nothing is changed."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Program, program
from tests.api.walks import made
from webapp.actions import closings
from webapp.api import documents
from webapp.domain.goals import Outcome
from webapp.domain.grants import Scope
from webapp.domain.people import Viewer
from webapp.domain.reviews import ClosingDraft
from webapp.domain.tokens import Contract
from webapp.models import Goal, Person
from webapp.queries import goals

HELD = {
    "detail": "It is held as it is: see why, by whom, since when, and what can be done.",
    "reason": "closed",
    "by": [],
    "since": "2026-03-10T12:00:00Z",
    "actions": ["reopen"],
}


@pytest.fixture
def closed(hers: Program, session: Session, her: Viewer) -> dict[str, Any]:
    """A goal of Ada's, as her program made it, which she closed since."""
    said = made(hers)
    session.rollback()
    goal = session.get_one(Goal, said["goalid"])
    held = goals.find(session, her, goal.public_id, lock=True)
    closings.close(session, her, held, ClosingDraft(Outcome.ACHIEVED, Decimal(1)))
    session.commit()
    return said


def test_a_closed_goal_is_neither_ticked_nor_changed(hers: Program, session: Session, closed: dict[str, Any]) -> None:
    number, row = closed["goalid"], closed["goaltracking"][0]["goalTrackId"]
    before = make.everything(session, but=frozenset({"api_token"}))
    for answer in (
        hers.put(f"/goals/{number}/tracking", {"goalTrackId": row, "iscompleted": True}),
        hers.put(f"/goals/{number}", {**closed, "title": "Swim"}),
        hers.patch(f"/goals/bulk/{number}", {"title": "Swim"}),
        hers.put(f"/goals/bulk/{number}", {**closed, "title": "Swim"}),
    ):
        assert (answer.status_code, answer.json) == (423, HELD)
        assert answer.headers["Content-Type"] == "application/json"
    assert make.everything(session, but=frozenset({"api_token"})) == before


def test_a_therapist_does_not_judge_a_closed_goal(
    app: Flask, session: Session, ada: Person, thea: Person, closed: dict[str, Any]
) -> None:
    make.grant(session, ada, thea, Scope.GOALS)
    answer = program(app, session, thea).patch(f"/goals/bulk/{closed['goalid']}", {"is_therapist_approved": True})
    assert (answer.status_code, answer.json) == (423, HELD)


def test_for_whom_there_is_no_goal_there_is_nothing_held(his: Program, closed: dict[str, Any]) -> None:
    unknown, foreign = (his.patch(f"/goals/bulk/{one}", {"title": "Swim"}) for one in (999_999, closed["goalid"]))
    assert (foreign.status_code, foreign.data) == (unknown.status_code, unknown.data)


def test_the_document_says_that_a_goal_can_be_held(app: Flask) -> None:
    document = documents.document(app, Contract.TRACKING)
    held = {
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if "423" in said["responses"]
    }
    goal = "/api/v1/tracking/goals/{goalid}"
    bulk = "/api/v1/tracking/goals/bulk"
    made = {"post /api/v1/tracking/goals", f"post {bulk}", f"patch {bulk}/{{goalid}}", f"put {bulk}/{{goalid}}"}
    assert held == made | {f"put {goal}", f"put {goal}/tracking"}
    assert document["components"]["schemas"]["Held"]["required"] == ["detail", "reason", "by", "since", "actions"]
