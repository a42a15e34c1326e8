"""What holds a goal of the objectives contract, who may not touch it, and for whom there is none."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import NOBODY, UNKNOWN, Asker, Quarter
from webapp.actions import closings
from webapp.api import documents
from webapp.domain.goals import Outcome
from webapp.domain.people import Role
from webapp.domain.reviews import ClosingDraft
from webapp.domain.tokens import Contract

Asked = tuple[str, str, Any]
SINCE = "2026-03-10T12:00:00Z"
WORDS = "It is held as it is: see why, by whom, since when, and what can be done."
BELIEF = 0.5
ROW = {"name": "Shops", "target": 1}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


def edits(quarter: Quarter, goal: str, metric: str) -> list[Asked]:
    """Every way to change what a goal asks."""
    return [
        ("PATCH", f"/goals/{goal}", {"name": "Another"}),
        ("PATCH", f"/goals/{goal}", {"dateTo": "2026-03-30"}),
        ("PUT", f"/goals/{goal}", {"name": "Another"}),
        ("PUT", f"/goals/{goal}", quarter.read(goal)),
        ("POST", f"/goals/{goal}/metrics", ROW),
        ("PATCH", f"/metrics/{metric}", {"target": 3}),
        ("PATCH", f"/metrics/{metric}", {"name": "Another"}),
        ("DELETE", f"/metrics/{metric}", None),
    ]


def progress(goal: str, metric: str) -> list[Asked]:
    """Every way to say how it goes."""
    return [("POST", f"/metrics/{metric}/checkin", {"actual": 1}), ("PUT", f"/goals/{goal}/confidence", BELIEF)]


def removals(goal: str) -> list[Asked]:
    return [("DELETE", f"/goals/{goal}", None), ("DELETE", "/goals/bulk", [goal])]


def workflow(quarter: Quarter, goal: str) -> list[Asked]:
    return [
        ("POST", f"/goals/{goal}/review", [quarter.mona.id]),
        ("POST", f"/goals/{goal}/approve", {"comment": "x"}),
        ("POST", f"/goals/{goal}/decline", {"comment": "x"}),
        ("POST", f"/goals/{goal}/withdraw", None),
    ]


def held(quarter: Quarter, asked: list[Asked], status: int, reason: str, by: list[str], actions: list[str]) -> None:
    """Each is refused with what holds it, and nothing is changed."""
    before = quarter.everything()
    for method, path, body in asked:
        answer = quarter.paul.ask(method, path, body)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json"), (method, path)
        assert answer.json == {
            "code": status,
            "message": WORDS,
            "details": {},
            "reason": reason,
            "by": by,
            "since": SINCE if reason not in ("draft", "approved") else None,
            "allowedActions": actions,
        }
    assert quarter.everything() == before


def test_in_review_nothing_changes(quarter: Quarter) -> None:
    quarter.send(quarter.goal, quarter.mona)
    asked = edits(quarter, quarter.goal, quarter.metric) + progress(quarter.goal, quarter.metric)
    actions = ["change_reviewers", "nudge", "withdraw"]
    held(quarter, asked, 423, "in_review", ["Mona"], actions)
    held(quarter, removals(quarter.goal), 403, "in_review", ["Mona"], actions)
    quarter.paul.post(f"/goals/{quarter.goal}/withdraw")
    assert {ask(quarter.paul, one) for one in edits(quarter, quarter.goal, quarter.metric)} == {200, 201}


def test_a_draft_that_wants_a_review_has_no_progress_yet(quarter: Quarter) -> None:
    check_in, believe = progress(quarter.goal, quarter.metric)
    held(quarter, [check_in], 423, "draft", [], ["edit", "send", "close"])
    assert ask(quarter.paul, believe) == 200
    quarter.approve(quarter.goal)
    assert [ask(quarter.paul, one) for one in (check_in, believe)] == [201, 200]


def test_approved_it_is_not_deleted(quarter: Quarter) -> None:
    quarter.approve(quarter.goal)
    held(quarter, removals(quarter.goal), 403, "approved", [], ["propose", "withdraw", "check_in", "close"])
    quarter.paul.post(f"/goals/{quarter.goal}/withdraw")
    assert ask(quarter.paul, removals(quarter.goal)[0]) == 200


def test_a_locked_session_leaves_progress_only(quarter: Quarter) -> None:
    quarter.turn(quarter.year, "locked")
    actions = ["check_in", "close"]
    held(quarter, edits(quarter, quarter.free, quarter.free_metric), 423, "cycle_locked", ["Ines"], actions)
    held(quarter, removals(quarter.free), 403, "cycle_locked", ["Ines"], actions)
    assert [ask(quarter.paul, one) for one in progress(quarter.free, quarter.free_metric)] == [201, 200]


def test_a_closed_session_leaves_nothing(quarter: Quarter) -> None:
    quarter.turn(quarter.year, "closed")
    asked = edits(quarter, quarter.free, quarter.free_metric) + progress(quarter.free, quarter.free_metric)
    held(quarter, asked, 423, "cycle_closed", ["Ines"], [])
    held(quarter, removals(quarter.free), 403, "cycle_closed", ["Ines"], [])
    quarter.turn(quarter.year, "open")
    assert [ask(quarter.paul, one) for one in progress(quarter.free, quarter.free_metric)] == [201, 200]


def test_nothing_is_moved_into_a_session_that_is_not_open(quarter: Quarter) -> None:
    quarter.turn(quarter.cycle, "locked")
    before = quarter.everything()
    answer = quarter.paul.patch(f"/goals/{quarter.free}", {"sessionId": quarter.cycle.public_id})
    assert (answer.status_code, answer.json["reason"], answer.json["by"]) == (423, "cycle_locked", ["Ines"])
    assert quarter.everything() == before


def test_a_closed_goal_stays_as_it_is(quarter: Quarter) -> None:
    goal = quarter.found(quarter.free)
    closings.close(quarter.session, quarter.work.paul, goal, ClosingDraft(Outcome.ACHIEVED, Decimal(1)))
    quarter.session.commit()
    before = quarter.everything()
    for method, path, body in (
        *edits(quarter, quarter.free, quarter.free_metric),
        *progress(quarter.free, quarter.free_metric),
    ):
        answer = quarter.paul.ask(method, path, body)
        assert (answer.status_code, answer.json["reason"]) == (423, "closed"), (method, path)
        assert answer.json["allowedActions"] == ["reopen"]
    for method, path, body in removals(quarter.free):
        answer = quarter.paul.ask(method, path, body)
        assert (answer.status_code, answer.json["reason"]) == (403, "closed")
    assert quarter.read(quarter.free)["closedStatus"] == {"status": "achieved"}
    assert quarter.everything() == before


def test_who_sees_it_but_may_not(quarter: Quarter) -> None:
    """403 for what is written, whatever holds it; 400 for what is decided."""
    for bring in (lambda: None, lambda: quarter.turn(quarter.year, "closed")):
        bring()
        before = quarter.everything()
        asked = edits(quarter, quarter.free, quarter.free_metric) + removals(quarter.free)
        for one in (*asked, *progress(quarter.free, quarter.free_metric)):
            answer = quarter.nora.ask(*one)
            assert (answer.status_code, answer.json["code"], answer.json["details"]) == (403, 403, {}), one
        for one in workflow(quarter, quarter.free):
            assert ask(quarter.nora, one) == 400
        assert quarter.everything() == before


def test_who_may_change_what_is_anothers(quarter: Quarter) -> None:
    """Manager and admin change an objective; how it goes is said by who owns it."""
    for other in (quarter.mona, quarter.ines):
        assert ask(other, ("PATCH", f"/goals/{quarter.free}", {"name": "Another"})) == 200
        assert ask(other, ("POST", f"/goals/{quarter.free}/metrics", ROW)) == 201
        assert ask(other, ("PATCH", f"/metrics/{quarter.free_metric}", {"target": 3})) == 200
        assert {ask(other, one) for one in progress(quarter.free, quarter.free_metric)} == {403}
    assert ask(quarter.mona, ("DELETE", f"/goals/{quarter.free}", None)) == 200


def test_what_is_elsewhere_is_not_there(quarter: Quarter) -> None:
    """Byte for byte what an id gets that never was, with the same effect: none."""
    theirs = quarter.zoe.get(f"/goals/{quarter.theirs}").json["metrics"][0]["id"]
    private = make.goal(quarter.session, quarter.work.paul).public_id
    quarter.session.commit()
    gone = quarter.made()["id"]
    quarter.paul.delete(f"/goals/{gone}")
    before = quarter.everything()
    every = [*edits(quarter, quarter.free, quarter.free_metric), *progress(quarter.free, quarter.free_metric)]
    every += [*removals(quarter.free), *workflow(quarter, quarter.free)]
    for method, path, body in every:
        for goal, metric in ((quarter.theirs, theirs), (private, private), (gone, gone), ("x", "x")):
            answers = []
            for one, its in ((UNKNOWN, UNKNOWN), (goal, metric)):
                there = path.replace(quarter.free_metric, its).replace(quarter.free, one)
                answers.append(quarter.paul.ask(method, there, [one] if body == [quarter.free] else body))
            unknown, hidden = answers
            assert (unknown.status_code, unknown.json) == (404, NOBODY), (method, path)
            assert hidden.data == unknown.data, (method, path)
            assert dict(hidden.headers, **{"X-Request-Id": ""}) == dict(unknown.headers, **{"X-Request-Id": ""})
    assert quarter.everything() == before


def test_who_belongs_to_two_houses_asks_for_one(quarter: Quarter) -> None:
    make.member(quarter.session, quarter.people["paul"], quarter.elsewhere, Role.ADMIN)
    quarter.session.commit()
    there = Asker(quarter.app, quarter.session, quarter.people["paul"], quarter.elsewhere.public_id)
    for asker, other in ((quarter.paul, quarter.theirs), (there, quarter.free)):
        before = quarter.everything()
        body = {"name": "Another"}
        unknown, hidden = (asker.patch(f"/goals/{one}", body) for one in (UNKNOWN, other))
        assert (hidden.status_code, hidden.data) == (404, unknown.data)
        assert asker.put(f"/goals/{other}/confidence", BELIEF).status_code == 404
        for one in workflow(quarter, other):
            assert ask(asker, one) == 404
        cycle = quarter.foreign if asker is quarter.paul else quarter.year
        assert asker.patch(f"/sessions/{cycle.public_id}", {"title": "x"}).status_code == 404
        assert asker.post("/goals", quarter.new(sessionId=cycle.public_id)).status_code == 400
        assert quarter.everything() == before
    assert there.patch(f"/goals/{quarter.theirs}", {"name": "Another"}).status_code == 200


def test_the_header_names_an_account_of_the_caller(quarter: Quarter) -> None:
    before = quarter.everything()
    every = [*edits(quarter, quarter.free, quarter.free_metric), *removals(quarter.free)]
    every += [*workflow(quarter, quarter.free), ("POST", "/goals", quarter.new()), ("POST", "/sessions", {})]
    every += [progress(quarter.free, quarter.free_metric)[0], ("POST", "/goals/bulk", [quarter.new()])]
    for method, path, body in every:
        for account in (quarter.elsewhere.public_id, UNKNOWN, "x"):
            answer = quarter.paul.ask(method, path, body, gtmhub_accountId=account)
            assert (answer.status_code, answer.json["code"]) == (403, 403), (method, path)
        answer = quarter.paul.ask(method, path, body, gtmhub_accountId="")
        assert (answer.status_code, list(answer.json["details"])) == (400, ["gtmhub-accountId"]), (method, path)
    answer = quarter.paul.put(f"/goals/{quarter.free}/confidence", BELIEF, gtmhub_accountId=quarter.elsewhere.public_id)
    assert answer.status_code == 403
    assert quarter.everything() == before


def test_scopes(quarter: Quarter) -> None:
    """Each operation asks for its own."""
    scopes = {
        "objectives:write": edits(quarter, quarter.free, quarter.free_metric) + removals(quarter.free),
        "objectives:check_in": progress(quarter.free, quarter.free_metric),
        "objectives:review": workflow(quarter, quarter.free),
    }
    everything = {"objectives:read", *scopes, "sessions:write"}
    paul = quarter.people["paul"]
    askers = {scope: quarter.asker(paul, *(everything - {scope})) for scope in scopes}  # who gets a token is told
    before = quarter.everything()
    for scope, asked in scopes.items():
        for one in asked:
            answer = askers[scope].ask(*one)
            assert answer.status_code == 403
            assert scope in answer.json["message"]
    assert quarter.everything() == before


def test_verbs_that_mean_nothing_here(quarter: Quarter) -> None:
    for method, path, allowed in (
        ("PUT", "/goals", "POST"),
        ("DELETE", "/goals", "POST"),
        ("POST", f"/goals/{quarter.free}", "PATCH"),
        ("GET", f"/goals/{quarter.free}/approve", "POST"),
        ("PUT", f"/goals/{quarter.free}/decline", "POST"),
        ("DELETE", f"/goals/{quarter.free}/review", "POST"),
        ("GET", f"/goals/{quarter.free}/withdraw", "POST"),
        ("POST", f"/goals/{quarter.free}/confidence", "PUT"),
        ("PUT", f"/goals/{quarter.free}/metrics", "POST"),
        ("PUT", f"/metrics/{quarter.free_metric}", "PATCH"),
        ("PATCH", f"/metrics/{quarter.free_metric}/checkin", "POST"),
        ("DELETE", f"/sessions/{quarter.year.public_id}", "PATCH"),
        ("PUT", "/sessions", "POST"),
    ):
        answer = quarter.paul.ask(method, path, {})
        assert (answer.status_code, answer.json["code"]) == (405, 405), (method, path)
        assert allowed in answer.headers["Allow"].split(", ")


def test_the_document_says_what_can_be_held(app: Flask) -> None:
    document = documents.document(app, Contract.OBJECTIVES)
    said = {
        f"{method} {path.removeprefix('/api/v1')}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/v1") and "423" in operation["responses"]
    }
    goal, metric = "/goals/{goal_id}", "/metrics/{metric_id}"
    assert said == {
        *(f"{method} {goal}" for method in ("patch", "put")),
        *(f"put {goal}/confidence", f"post {goal}/metrics"),
        *(f"patch {metric}", f"delete {metric}", f"post {metric}/checkin"),
    }
    assert {"reason", "by", "since", "allowedActions"} <= set(document["components"]["schemas"]["Held"]["required"])


def ask(asker: Asker, asked: Asked) -> int:
    return asker.ask(*asked).status_code
