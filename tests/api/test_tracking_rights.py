"""Whose goals a program reaches (decisions 1 and 10): what cannot be seen is exactly what never was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.api.programs import Program, program
from tests.api.walks import DUE, dues, items, made, walk
from tests.make import TODAY
from tests.pages.crowd import BLIND
from webapp.api.tracking import whose
from webapp.domain.goals import Kind, ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.models import Access, Goal, Grant, IdempotentAnswer, Person

KEPT = frozenset({"token", "access"})
MARCH = {"fromdate": "2026-03-01", "todate": "2026-03-31"}
UNKNOWN = (2**31, 2**63 - 1, 2**63, 2**80, 0, -1)
Ask = Callable[[Program, int, int], TestResponse]
"""One operation on the goal and of the person with these numbers."""

OPERATIONS: dict[str, tuple[Ask, int, int]] = {
    "POST with goalid": (lambda one, goal, _: one.post("/goals", walk(goalid=goal)), 204, 403),
    "PUT": (lambda one, goal, _: one.put(f"/goals/{goal}", walk()), 204, 403),
    "DELETE": (lambda one, goal, _: one.delete(f"/goals/{goal}"), 204, 403),
    "GET": (lambda one, goal, _: one.get(f"/goals/{goal}"), 404, 200),
    "GET bulk": (lambda one, goal, _: one.get(f"/goals/bulk/{goal}"), 404, 200),
    "PUT bulk": (lambda one, goal, _: one.put(f"/goals/bulk/{goal}", walk()), 204, 403),
    "PATCH bulk": (lambda one, goal, _: one.patch(f"/goals/bulk/{goal}", {"title": "Mine"}), 204, 403),
    "reminder": (lambda one, goal, _: one.put("/goals/reminder", {"goalid": goal, "reminder": False}), 404, 403),
    "tick": (
        lambda one, goal, _: one.put(f"/goals/{goal}/tracking", {"goalTrackId": 1, "iscompleted": True}),
        404,
        403,
    ),
    "by user": (lambda one, _, person: one.get(f"/goals/by-user/{person}"), 200, 200),
    "one by user": (lambda one, goal, person: one.get(f"/goals/by-user/{person}/{goal}"), 200, 200),
    "pending": (lambda one, _, person: one.get(f"/goals/pending/{person}"), 200, 200),
    "one pending": (lambda one, goal, person: one.get(f"/goals/pending/{person}/{goal}"), 200, 200),
    "tracker": (lambda one, _, person: one.post("/goals/tracker", {"userid": person, **MARCH}), 200, 200),
    "POST for": (lambda one, _, person: one.post("/goals", walk(userid=person)), 403, 403),
    "PUT for": (lambda one, goal, person: one.put(f"/goals/{goal}", walk(userid=person)), 403, 403),
    "bulk for": (lambda one, _, person: one.post("/goals/bulk", [walk(), walk(userid=person)]), 403, 403),
}
"""Each with its status for who may see nothing, and for a therapist who may look."""


def told(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """What an answer tells: status, body and headers, without the number of the request."""
    return answer.status_code, answer.data, [pair for pair in answer.headers if pair[0] != "X-Request-Id"]


@pytest.fixture
def goal(hers: Program) -> dict[str, Any]:
    """A goal of Ada's."""
    return made(hers, title="Secret", description="Hidden")


def test_who_may_not_see_it_gets_what_never_was(
    app: Flask, session: Session, ada: Person, hers: Program, his: Program, goal: dict[str, Any]
) -> None:
    """That its owner reaches it by each of these is shown in tests/rights."""
    session.rollback()
    home = make.organisation(session)
    blind = {who: program(app, session, someone(session, ada, home)) for who, someone in BLIND.items()}
    before = make.everything(session, but=KEPT)
    for name, (ask, status, _) in OPERATIONS.items():
        nobody = told(ask(his, 2**40, 2**40))
        assert nobody[0] == status, name
        for who, theirs in blind.items():
            assert told(ask(theirs, goal["goalid"], ada.id)) == nobody, (name, who)
    assert make.everything(session, but=KEPT) == before
    assert [one["goalid"] for one in hers.get(f"/goals/by-user/{ada.id}").json] == [goal["goalid"]]


def test_numbers_that_nobody_has_are_unknown_everywhere(hers: Program, session: Session, goal: dict[str, Any]) -> None:
    before = make.everything(session, but=KEPT)
    for number in UNKNOWN:
        for name, (ask, status, _) in OPERATIONS.items():
            assert ask(hers, number, number).status_code == status, (name, number)
    assert make.everything(session, but=KEPT) == before
    made_anew = hers.post("/goals/bulk", [walk(id=number) for number in UNKNOWN])
    assert (made_anew.status_code, len(set(made_anew.json))) == (200, len(UNKNOWN))


def test_a_bulk_with_a_goal_that_is_somebody_elses_makes_a_new_one(
    hers: Program, his: Program, session: Session, goal: dict[str, Any]
) -> None:
    (number,) = his.post("/goals/bulk", [walk(id=goal["goalid"], title="Bob's")]).json
    assert number != goal["goalid"]
    assert hers.get(f"/goals/{goal['goalid']}").json["title"] == "Secret"


def test_goals_of_an_organisation_are_no_goals_of_this_contract(app: Flask, session: Session, ada: Person) -> None:
    home = make.organisation(session)
    make.member(session, ada, home)
    theirs = make.any_goal(session, ada, Kind.OBJECTIVE, home)
    hers = program(app, session, ada)
    assert hers.get(f"/goals/{theirs.id}").status_code == 404
    assert hers.delete(f"/goals/{theirs.id}").status_code == 204
    assert [hers.get(address).json for address in ("/goals", f"/goals/by-user/{ada.id}")] == [[], []]


# A therapist.


@pytest.fixture
def grant(session: Session, ada: Person, thea: Person, goal: dict[str, Any]) -> Grant:
    session.rollback()
    given = make.grant(session, ada, thea, Scope.GOALS, Scope.TRACKING)
    session.commit()
    return given


def looks(session: Session) -> list[tuple[str, int | None]]:
    session.rollback()
    return [(look.what, look.object_id) for look in session.scalars(select(Access).order_by(Access.id))]


def test_a_therapist_reads_and_writes_nothing(
    theas: Program, session: Session, ada: Person, goal: dict[str, Any], grant: Grant
) -> None:
    before = make.everything(session, but=KEPT)
    for name, (ask, _, status) in OPERATIONS.items():
        assert ask(theas, goal["goalid"], ada.id).status_code == status, name
    batch = theas.post("/goals/bulk", [walk(), walk(id=goal["goalid"])])
    assert (batch.status_code, batch.json) == (403, {"detail": "You do not have permission to perform this action."})
    assert make.everything(session, but=KEPT) == before


def test_every_look_of_a_therapists_is_written_down(
    theas: Program, session: Session, ada: Person, goal: dict[str, Any], grant: Grant
) -> None:
    number = goal["goalid"]
    read = theas.get(f"/goals/{number}").json
    assert (read["title"], read["description"], dues(read)) == ("Secret", "Hidden", DUE)
    assert [one["goalid"] for one in theas.get(f"/goals/by-user/{ada.id}").json] == [number]
    (pending,) = theas.get(f"/goals/pending/{ada.id}/{number}").json
    assert pending["startdate"] == "2026-03-11T00:00:00Z"
    (day, *_) = theas.post("/goals/tracker", {"userid": ada.id, **MARCH}).json["goaltracker"]
    assert day["goals"][0]["title"] == "Secret"
    assert looks(session) == [("goal:read", one) for one in (number, None, number, None)]
    assert theas.get("/goals").json == [], "the list is of her own goals"


def test_a_look_that_cannot_be_written_down_is_no_look(
    theas: Program, ada: Person, goal: dict[str, Any], grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(whose, "record_goals_look", full)
    for name, (ask, _, status) in OPERATIONS.items():
        if status == 200:
            answer = ask(theas, goal["goalid"], ada.id)
            assert (answer.status_code, b"Secret" in answer.data) == (503, False), name


def test_a_therapist_sees_due_dates_only_as_far_as_the_grant_goes(
    theas: Program, session: Session, ada: Person, goal: dict[str, Any], grant: Grant, clock: Any
) -> None:
    clock.shift(timedelta(days=8))
    grant.from_date = TODAY + timedelta(5)
    session.commit()
    number = goal["goalid"]
    ahead = [day for day in DUE if day >= grant.from_date]
    assert dues(theas.get(f"/goals/{number}").json) == ahead
    assert theas.get(f"/goals/pending/{ada.id}").json[0]["startdate"] == f"{ahead[0]}T00:00:00Z"
    tracker = theas.post("/goals/tracker", {"userid": ada.id, **MARCH}).json["goaltracker"]
    assert [day["duedate"] for day in tracker] == [str(day) for day in ahead]
    grant.sees_tracking = False
    session.commit()
    assert theas.get(f"/goals/{number}").json["goaltracking"] == []
    assert theas.get(f"/goals/pending/{ada.id}").json[0]["startdate"] is None
    assert theas.post("/goals/tracker", {"userid": ada.id, **MARCH}).json["goaltracker"] == []
    grant.state = GrantState.REVOKED
    session.commit()
    assert theas.get(f"/goals/{number}").status_code == 404


def test_a_repeat_shows_a_therapist_nothing_once_the_grant_is_over(
    theas: Program, session: Session, goal: dict[str, Any], grant: Grant
) -> None:
    address, flag = f"/goals/{goal['goalid']}", {"is_therapist_approved": False}
    first = theas.put(address, flag, Idempotency_Key="once")
    assert first.json["title"] == "Secret"
    assert theas.put(address, flag, Idempotency_Key="once").json == first.json
    assert len(looks(session)) == 2, "each look is written down"
    assert session.scalars(select(IdempotentAnswer.id)).all() == [], (
        "the client's words are not kept as the therapist's"
    )
    grant.state = GrantState.REVOKED
    session.commit()
    assert theas.put(address, flag, Idempotency_Key="once").status_code == 204


def test_a_therapist_approves_and_returns_and_changes_nothing_else(
    theas: Program, hers: Program, session: Session, goal: dict[str, Any], grant: Grant
) -> None:
    number = goal["goalid"]
    stored = session.get(Goal, number)
    assert stored is not None
    address = f"/goals/{number}"
    for body in (walk(is_therapist_approved=False), {**goal, "title": "Mine", "is_therapist_approved": False}):
        assert theas.put(address, body).status_code == 403
    other_dates = {**goal, "goaltracking": items(DUE[0]), "is_therapist_approved": False}
    assert theas.put(address, other_dates).status_code == 403
    assert theas.put(address, {**goal, "userid": goal["userid"] + 99}).status_code == 403

    returned = theas.put(address, {"is_therapist_approved": False})
    assert (returned.status_code, returned.json["is_therapist_approved"]) == (200, False)
    assert {**returned.json, "is_therapist_approved": True} == goal
    assert hers.get(f"/goals/pending/{goal['userid']}").json == []
    approved = theas.put(address, {**returned.json, "is_therapist_approved": True})
    assert (approved.status_code, approved.json["is_therapist_approved"]) == (200, True)
    assert hers.get(address).json["is_therapist_approved"] is True
    session.rollback()
    session.expire_all()
    assert stored.review_state is ReviewState.APPROVED
    assert make.tags(session, stored)[-2:] == ["goal:return", "goal:approve"]

    own = hers.put(address, {**approved.json, "is_therapist_approved": False}).json
    assert own["is_therapist_approved"] is True, "the owner's flag is ignored"
    assert hers.put(address, {**own, "criticality": "Low"}).json["is_therapist_approved"] is True
    assert hers.put(address, {**own, "frequency": "Weekly"}).json["is_therapist_approved"] is False


def test_the_flag_alone_is_no_update_of_the_owners(hers: Program, goal: dict[str, Any]) -> None:
    answer = hers.put(f"/goals/{goal['goalid']}", {"is_therapist_approved": True})
    assert (answer.status_code, len(answer.json)) == (400, 4)


# Scopes.


def test_a_token_does_what_its_scopes_say(app: Flask, session: Session, ada: Person, goal: dict[str, Any]) -> None:
    session.rollback()
    programs = {scope: program(app, session, ada, scope) for scope in ("goals:read", "goals:write", "goals:tick")}
    needed = {"GET": "goals:read", "tick": "goals:tick", "tracker": "goals:read", "PATCH bulk": "goals:write"}
    needed |= {"by user": "goals:read", "pending": "goals:read", "reminder": "goals:write", "DELETE": "goals:write"}
    for name, scope in needed.items():
        for held, one in programs.items():
            answer = OPERATIONS[name][0](one, goal["goalid"], ada.id)
            assert (answer.status_code == 403) is (held != scope), (name, held)
