"""Role, resource and verb over the whole application: what matrix.toml says is so, and nothing beside it happens."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.conftest import AppFactory
from tests.make import NOW
from tests.pages.crowd import UNKNOWN
from tests.rights.asking import (
    ACCOUNT,
    NEVER,
    OBJECTIVES,
    READING,
    TRACKING,
    Case,
    Matrix,
    Visitor,
    asked_by,
    asks_for_the_password,
    leads_to_sign_in,
    marks_in,
    told,
)
from tests.rights.cast import EVERYBODY
from tests.rights.conftest import Stage
from tests.rights.marks import MARKS
from tests.rights.world import Between, build
from webapp.extensions import db
from webapp.models import AuditEvent, SignIn

IGNORED = frozenset({"HEAD", "OPTIONS"})
BY_ITSELF = ("GET /notices",)
LET_IN = tuple(who for who in ("ada", *EVERYBODY) if who != "disabled")
"""Everybody who can come in."""
HOME = ("ada", "peer", "manager", "other manager", "admin", "in house")
"""The members of Ada's organisation."""
THOROUGH = ("second", "revoked", "manager")
"""Those who come closest to what is between Ada and Thea."""
BETWEEN = (*(("thea", who) for who in THOROUGH), *(("in house", who) for who in ("thea", "manager", "admin")))
"""Therapists of Ada's, and who looks; the one in house is a colleague of theirs."""


def rules(app: Flask) -> dict[str, str]:
    """Every method and rule of the application with the policy it declares."""
    return {
        f"{method} {rule.rule}": app.view_functions[rule.endpoint].policy.name.lower()  # type: ignore[attr-defined]
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - IGNORED
    }


def test_the_matrix_names_every_route_with_its_policy_and_no_other(stage: Stage, matrix: Matrix) -> None:
    assert matrix.policies == rules(stage.app)


def test_every_route_that_names_something_names_something_of_adas(stage: Stage, matrix: Matrix) -> None:
    """So that nobody's right to it goes untried; what stands in a mailed link is a secret and no name."""
    named = {case.route for case in matrix.cases if case.is_about(stage.world)}
    without = ("<token>", "<secret>", "<signed>", "<name>", "<digest>", " /days/<day>")
    asked = {route for route in matrix.policies if "<" in route and not any(one in route for one in without)}
    assert asked <= named


def test_every_route_is_carried_out_for_somebody(matrix: Matrix) -> None:
    assert {case.route for case in matrix.cases if case.ok} == matrix.policies.keys()


# What may be done is done.


def test_who_may_do_it_does_it(stage: Stage, matrix: Matrix) -> None:
    """Each in a world where nothing has happened yet; every change leaves its row in the audit log. Who may look is
    tried below, with what they come across."""
    failed = []
    for case in matrix.cases:
        for who in sorted(case.ok & {"anonymous"} if case.looks else case.ok):
            failed += carried_out(stage, case, who)
    stage.put_back()
    assert not failed, "\n".join(map(str, failed))


def carried_out(stage: Stage, case: Case, who: str) -> Iterator[Any]:
    stage.put_back()
    visitor = stage.newcomer(who)
    unknown = told(visitor.ask(case, exists=False)) if case.is_about(stage.world) else None
    before = audited(stage)
    answer = visitor.ask(case)
    yield from unless_answered(case, who, answer)
    if not case.looks and not case.said.get("quiet") and audited(stage) == before:
        yield str(case), who, "leaves no trace"
    if told(answer) == unknown:
        yield str(case), who, "answers as if it had never been"


def unless_answered(case: Case, who: str, answer: TestResponse) -> Iterator[Any]:
    """What is wrong, where the answer is none to somebody who may."""
    astray = leads_to_sign_in(answer) or asks_for_the_password(answer)
    led_there = case.policy in ("anyone", "signed_out") or "signs_out" in case.said
    if not 200 <= answer.status_code < 400 or (astray and not led_there):
        yield str(case), who, answer.status_code, answer.headers.get("Location", "")


def audited(stage: Stage) -> int:
    stage.session.rollback()
    return stage.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


# What may not be done is not there.


@pytest.mark.parametrize("who", LET_IN)
def test_what_is_not_theirs_is_not_there(stage: Stage, matrix: Matrix, who: str) -> None:
    """Who sees a thing and may not do this is refused; for everybody else it never was, byte for byte; and every row of
    every table is what it was."""
    before = make.everything(stage.session)
    failed = list(wrongly_answered(stage.visitor(who), matrix, thorough=who in THOROUGH))
    assert not failed, "\n".join(map(str, failed))
    assert make.everything(stage.session) == before


def test_on_the_other_engine_it_is_not_there_either(
    app_factory: AppFactory, postgresql_url: str, matrix: Matrix, clock: object
) -> None:
    """For those who come closest; that the walls in SQL stand on both is proven where they are."""
    app = app_factory(postgresql_url)
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        world = build(session)
        for who in ("second", "revoked"):
            visitor = Visitor(app, world, who)
            visitor.begin()
            before = make.everything(session)
            failed = list(wrongly_answered(visitor, matrix, thorough=False))
            assert not failed, "\n".join(map(str, failed))
            assert make.everything(session) == before


def wrongly_answered(visitor: Visitor, matrix: Matrix, *, thorough: bool) -> Iterator[Any]:
    """Everything that is answered otherwise than the matrix says to who may not have it. Thoroughly, each request is
    sent with htmx, too, and beside it the same for what never was; else the answer is held against a page and an answer
    about what never was, because what lies before the walls is the same for all."""
    who, nothing = visitor.who, answers_to_nothing(visitor)
    hidden = {name: mark for name, mark in MARKS.items() if who not in matrix.knows[name]}
    for case in matrix.cases:
        if who in case.ok | case.apart or (case.unknown is None and not case.is_about(visitor.world)):
            continue
        for htmx in ways(case, thorough):
            answer = visitor.ask(case, htmx=htmx)
            expected = case.refuses(who)
            if answer.status_code != expected:
                yield str(case), htmx, answer.status_code, expected
            yield from ((str(case), htmx, mark) for mark in marks_in(answer, hidden))
            if who in case.refused or not case.is_about(visitor.world):
                continue
            if not thorough and told(answer) in nothing:
                continue
            if told(answer) != told(visitor.ask(case, exists=False, htmx=htmx)):
                yield str(case), htmx, "tells that it is there"


def answers_to_nothing(visitor: Visitor) -> list[tuple[Any, ...]]:
    """What somebody is told of a goal, by page and by program, that never was."""
    pages = [visitor.browser.client.get(f"/goals/{UNKNOWN}", headers=asked_by(htmx)) for htmx in (False, True)]
    goal = f"{TRACKING}goals/{NEVER}"
    programs = [visitor.program("GET", goal), visitor.program("DELETE", goal)]
    programs.append(visitor.program("GET", f"{TRACKING}goals/by-user/{NEVER}"))
    said = {ACCOUNT: visitor.world.own[visitor.who]["account"]}
    programs += [visitor.program(method, f"{OBJECTIVES}/{UNKNOWN}", said=said) for method in ("GET", "DELETE")]
    programs.append(visitor.program("DELETE", f"{READING}goals/{UNKNOWN}?category=QURAN"))
    return [told(answer) for answer in (*pages, *programs)]


def ways(case: Case, thorough: bool) -> tuple[bool, ...]:
    """Without htmx and with it, where a page is asked for."""
    return (False, True) if thorough and not case.by_program else (False,)


# Walls, by the words behind them.


@pytest.mark.parametrize("who", LET_IN)
def test_everybody_comes_across_what_they_may_know_and_nothing_else(stage: Stage, matrix: Matrix, who: str) -> None:
    stage.put_back()
    visitor = stage.visitor(who)
    failed: list[Any] = []
    where: dict[str, set[str]] = {name: set() for name in MARKS}
    for case in reading(matrix, who):
        for htmx in ways(case, who in THOROUGH):
            answer = visitor.ask(case, htmx=htmx)
            failed += unless_answered(case, who, answer) if who in case.ok else []
            for name in marks_in(answer, MARKS):
                where[name].add(str(case))
    leaks = {name: places for name, places in where.items() if places and who not in matrix.knows[name]}
    assert leaks == {}
    assert not failed, "\n".join(map(str, failed))
    assert {name for name in where if where[name]} == {name for name in MARKS if who in matrix.knows[name]}


@pytest.mark.parametrize(("therapist", "who"), BETWEEN)
def test_what_passes_between_two_changes_nothing_for_a_third(
    stage: Stage, matrix: Matrix, therapist: str, who: str
) -> None:
    """Ada asks a therapist about a goal, they speak of it, the therapist proposes another one and approves the first,
    Ada parts from them: whoever else looks, finds every page and every answer as it was."""
    stage.put_back()
    before = seen_by(stage, matrix, who)
    between = Between(stage.world, therapist)
    for steps in ((between.ask, between.speak, between.propose), (between.approve,), (between.part,)):
        for step in steps:
            step()
        stage.session.commit()
        after = seen_by(stage, matrix, who)
        assert [at for at in before if before[at] != after[at]] == [], steps[-1].__name__
    stage.put_back()


def seen_by(stage: Stage, matrix: Matrix, who: str) -> dict[str, Any]:
    """Everything somebody comes across, but for the version of a goal, and what they took out before."""
    found = {}
    for case in (one for one in reading(matrix, who) if not one.route.startswith("POST /export")):
        status, text, headers = told(stage.visitor(who).ask(case))
        found[str(case)] = status, text, [pair for pair in headers if pair[0] != "ETag"]
    return found


def reading(matrix: Matrix, who: str) -> list[Case]:
    """What somebody gets by looking: every list and search, every page that names nothing, and all they may open."""
    plain = [case for case in matrix.cases if case.method == "GET" and not case.holders]
    return [*plain, *(case for case in matrix.cases if who in case.ok and case.looks and case not in plain)]


# Programs that speak for an organisation.


@pytest.mark.parametrize("who", [who for who in LET_IN if who not in HOME])
def test_no_program_speaks_for_an_organisation_that_is_not_its_persons(stage: Stage, matrix: Matrix, who: str) -> None:
    """It is told so whatever it asks for, as if the organisation had never been; and every row is what it was."""
    before = make.everything(stage.session)
    visitor, failed = stage.visitor(who), []
    for case in (one for one in matrix.cases if one.speaks_for_an_account):
        answer = visitor.ask(case, account="{home}")
        if answer.status_code != 403 or any(marks_in(answer, MARKS)):
            failed.append((str(case), answer.status_code, *marks_in(answer, MARKS)))
        if told(answer) != told(visitor.ask(case, account="{home}", exists=False)):
            failed.append((str(case), "tells that it is there"))
    assert not failed, "\n".join(map(str, failed))
    assert make.everything(stage.session) == before


# Who is not signed in, or not lately.


@pytest.mark.parametrize("who", ["anonymous", "disabled"])
def test_who_cannot_come_in_is_asked_to_sign_in(stage: Stage, matrix: Matrix, who: str) -> None:
    """By cookie and by token; also by those of somebody who was shut out. What a page asks by itself is answered with
    nothing, so that the page stays where it is."""
    stage.put_back()
    before = make.everything(stage.session)
    failed: list[Any] = []
    for case in (one for one in first_of_each(matrix) if one.policy not in ("anyone", "signed_out")):
        for htmx in (False,) if case.by_program else (False, True):
            answer = stage.visitor(who).ask(case, htmx=htmx)
            shut = answer.status_code == case.shuts_out(who) if case.by_program else leads_to_sign_in(answer)
            shut = shut or (htmx and str(case) in BY_ITSELF and (answer.status_code, answer.data) == (204, b""))
            failed += [] if shut else [(str(case), htmx, answer.status_code)]
            failed += [(str(case), mark) for mark in marks_in(answer, MARKS)]
    assert not failed, "\n".join(map(str, failed))
    assert make.everything(stage.session) == before


@pytest.mark.parametrize("minutes", [16, 31, 61])
def test_an_old_sign_in_is_asked_for_the_password(stage: Stage, matrix: Matrix, minutes: int) -> None:
    """By every route for which the password must be proven lately, and by no page that does not need it; what was begun
    on a page that could still be opened can be sent for as long again."""
    stage.put_back()
    stage.session.execute(update(SignIn).values(fresh_at=NOW - timedelta(minutes=minutes)))
    stage.session.commit()
    failed = []
    for case in (one for one in first_of_each(matrix) if not one.by_program):
        age = {"fresh": 15, "recent": 30 if case.method == "GET" else 60}.get(case.policy)
        needed = age is not None and minutes > age
        if case.method == "GET" or needed:
            asked = asks_for_the_password(stage.visitor("thea").ask(case))
            failed += [(str(case), asked)] if asked is not needed else []
    stage.put_back()
    assert not failed, "\n".join(map(str, failed))


def first_of_each(matrix: Matrix) -> list[Case]:
    """One case of each route."""
    return list({case.route: case for case in reversed(matrix.cases)}.values())
