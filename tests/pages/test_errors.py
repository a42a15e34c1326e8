"""Whatever is sent, the answer is calm: the right status, nothing internal, nothing changed, never a fault of ours."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser, judge_headers
from webapp.actions import entries
from webapp.domain.people import Viewer
from webapp.models import Goal
from webapp.queries import days

ODD = [
    "\x00",
    "a\x00b",
    "%ED%A0%80",
    "%FF%FE",
    "'; DROP TABLE goal; --",
    "../../etc/passwd",
    "x.css",
    "\u202e",
    "1" * 24,
]
SAFE = ["/", "/goals", "/goals/new", "/calendar", "/healthz", "/robots.txt", "/login"]


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk")
    session.commit()
    return made


@pytest.mark.parametrize("odd", [*ODD, "g" * 10_000])
def test_an_id_that_cannot_be_one_is_not_found(visit: Browser, odd: str) -> None:
    for method, path in (("GET", "/goals/{}"), ("GET", "/goals/{}/edit"), ("POST", "/goals/{}/days/2026-03-10")):
        address = path.format(odd.replace("\x00", "%00"))
        page = visit.get(address) if method == "GET" else visit.post(address, state="done")
        assert page.status == 404, address


@pytest.mark.parametrize("odd", ["\x00", "\u202e", "1" * 10_000, "𝟞", "-1", "1e400", "NaN"])
def test_no_field_of_a_form_breaks_the_page(session: Session, visit: Browser, walk: Goal, odd: str) -> None:
    fields = ["title", "frequency", "days", "start", "until", "measured", "direction", "target", "unit", "question"]
    fields += ["description", "criticality", "colour", "version", "nonce"]
    usual = {"title": "Walk", "frequency": "Custom", "days": "1", "measured": "y", "target": "1", "version": "1"}
    for field in fields:
        for address in ("/goals", f"/goals/{walk.public_id}", f"/goals/preview?goal={walk.public_id}"):
            assert visit.post(address, **{**usual, field: odd}).status in (200, 303, 409, 422), (field, address)
    for field in ("state", "value", "note", "view", "back", "restore", "day"):
        answer = visit.post(f"/goals/{walk.public_id}/days", **{"state": "done", "day": TODAY, field: odd})
        assert answer.status in (303, 404, 422), field


def test_half_a_surrogate_pair_breaks_no_page(visit: Browser, walk: Goal) -> None:
    raw = b"csrf_token=" + visit.token().encode() + b"&title=%ED%A0%80&frequency=Daily"
    kind = "application/x-www-form-urlencoded"
    page = visit.ask("POST", "/goals", data=raw, content_type=kind)
    assert page.status in (303, 422)


@pytest.mark.parametrize("query", ["q=%00", "q=%ED%A0%80", "order=%00", "frequency=%00", "archived=%00", "before=%00"])
def test_no_question_breaks_a_list(visit: Browser, walk: Goal, query: str) -> None:
    for address in ("/goals", f"/goals/{walk.public_id}", "/calendar", "/"):
        assert visit.get(f"{address}?{query}").status == 200


def test_a_page_named_like_a_file_is_not_found(visit: Browser) -> None:
    for address in ("/goals/x.css", "/account/x.css", "/.git/config", "/.env", "/aimline.db", "/static/../wsgi.py"):
        assert visit.get(address).status == 404, address


@pytest.mark.parametrize(("htmx", "whole"), [(False, True), (True, False)])
def test_a_page_that_is_not_there_says_so_in_both_worlds(visit: Browser, htmx: bool, whole: bool) -> None:
    page = visit.get("/nowhere", htmx=htmx)
    assert (page.status, page.whole) == (404, whole)
    assert "Nothing here" in page.text


def test_an_error_page_names_its_number_and_nothing_raw(visit: Browser) -> None:
    page = visit.get("/nowhere/<script>alert(1)</script>")
    assert page.headers["X-Request-Id"] in page.text
    assert "alert(1)" not in page.text


@pytest.mark.parametrize("address", SAFE)
def test_head_and_options_change_nothing(session: Session, visit: Browser, walk: Goal, address: str) -> None:
    before = make.everything(session)
    for method in ("HEAD", "OPTIONS"):
        answer = visit.client.open(address, method=method)
        assert answer.status_code in (200, 303)
        judge_headers(answer)
    assert make.everything(session) == before


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "BREW"])
def test_other_methods_are_not_allowed(session: Session, visit: Browser, walk: Goal, method: str) -> None:
    before = make.everything(session)
    for address in (f"/goals/{walk.public_id}", "/calendar"):
        answer = visit.client.open(address, method=method, headers={"X-CSRFToken": visit.token()})
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) & {"GET", "POST"}
        judge_headers(answer)
    assert make.everything(session) == before


def test_a_body_that_is_too_large_is_refused(session: Session, visit: Browser) -> None:
    before = make.everything(session)
    page = visit.post("/goals", title="Walk", description="d" * (2 * 1024 * 1024 + 1))

    assert page.status == 413
    assert make.everything(session) == before


def test_a_body_of_very_many_parts_is_refused(session: Session, visit: Browser) -> None:
    before = make.everything(session)
    parts = {"csrf_token": visit.token(), **{f"part{number}": "x" for number in range(101)}}
    page = visit.ask("POST", "/goals", data=parts, content_type="multipart/form-data")

    assert page.status == 413
    assert make.everything(session) == before


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "localhost:8000@evil.example"])
def test_an_unknown_host_is_refused(app: Flask, host: str) -> None:
    answer = app.test_client().get("/login", headers={"Host": host})
    assert answer.status_code == 400
    judge_headers(answer)


def test_a_forwarded_host_is_not_believed(app: Flask) -> None:
    answer = app.test_client().get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil" not in answer.headers["Location"] + answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_fault_of_ours_says_nothing_internal_and_keeps_nothing(
    session: Session, visit: Browser, walk: Goal, monkeypatch: pytest.MonkeyPatch, htmx: bool
) -> None:
    before = make.everything(session)
    record = entries.record_day

    def half(*given: object, **more: object) -> object:
        record(*given, **more)  # type: ignore[arg-type]
        raise RuntimeError("the secret of line 42")

    monkeypatch.setattr(entries, "record_day", half)
    page = visit.post(f"/goals/{walk.public_id}/days/{TODAY}", htmx=htmx, state="done")

    assert (page.status, page.whole) == (500, not htmx)
    assert "line 42" not in page.text
    assert make.everything(session) == before


def test_a_busy_database_asks_to_try_again(visit: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise OperationalError("SELECT goal", {}, Exception("database is locked"))

    monkeypatch.setattr(days, "due_or_resting", busy)
    page = visit.get("/")

    assert page.status == 503
    assert page.headers["Retry-After"] == "5"
    assert "SELECT" not in page.text
