"""Only our own pages change anything: every unsafe route wants a token, and refuses what another site sends."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser
from webapp.domain.people import Viewer
from webapp.models import Goal
from webapp.web.faces import belongs_to_programs

SAFE = {"GET", "HEAD", "OPTIONS"}
BY_SIGNATURE = {"/unsubscribe/<signed>"}
"""Mail programs post these, and prove by the address itself that they may."""


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk")
    session.commit()
    return made


def unsafe(app: Flask, goal_id: str) -> list[tuple[str, str]]:
    """Every method and address that may change something, filled with what exists."""
    values = {"public_id": goal_id, "day": TODAY.isoformat(), "delivery_id": "1"}
    return [
        (method, re.sub(r"<(?:[^>:]+:)?(\w+)>", lambda found: values.get(found[1], "x" * 24), rule.rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - SAFE)
        if not belongs_to_programs(app, rule.rule)  # there cookies mean nothing
        and rule.rule not in BY_SIGNATURE
    ]


def test_nothing_is_changed_without_a_token(app: Flask, session: Session, visit: Browser, walk: Goal) -> None:
    walked = unsafe(app, walk.public_id)
    assert len(walked) > 15
    before = make.everything(session)

    for method, address in walked:
        for fields in ({}, {"csrf_token": ""}, {"csrf_token": "made up"}):
            page = visit.ask(method, address, data={"state": "done", "title": "Mine", **fields})
            assert page.status == 400, (method, address)
    assert make.everything(session) == before


def test_the_token_of_somebody_else_is_refused(app: Flask, session: Session, visit: Browser, walk: Goal) -> None:
    foreign = Browser(app).token()
    before = make.everything(session)
    page = visit.ask("POST", f"/goals/{walk.public_id}/delete", data={"csrf_token": foreign})

    assert page.status == 400
    assert make.everything(session) == before


def test_htmx_sends_the_token_as_a_header(session: Session, visit: Browser, walk: Goal) -> None:
    address, token = f"/goals/{walk.public_id}/days/{TODAY}", visit.token()
    page = visit.ask("POST", address, htmx=True, headers={"X-CSRFToken": token}, data={"state": "done", "view": "row"})
    assert page.status == 200


def test_an_htmx_request_is_no_proof(visit: Browser, walk: Goal) -> None:
    assert visit.ask("POST", f"/goals/{walk.public_id}/delete", htmx=True).status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost:8000"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_what_another_site_sends_is_refused_even_with_a_token(
    session: Session, visit: Browser, walk: Goal, headers: dict[str, str], status: int
) -> None:
    before = make.everything(session)
    data = {"csrf_token": visit.token(), "state": "done"}
    page = visit.ask("POST", f"/goals/{walk.public_id}/days/{TODAY}", headers=headers, data=data)

    assert page.status == status
    assert (make.everything(session) == before) is (status == 403)


def test_links_from_other_sites_may_be_followed(visit: Browser) -> None:
    assert visit.get("/goals", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}).status == 200


def test_no_answer_invites_other_origins(visit: Browser) -> None:
    page = visit.ask("OPTIONS", "/goals", headers={"Origin": "https://evil.example"})
    assert [name for name, _ in page.headers if name.startswith("Access-Control")] == []
