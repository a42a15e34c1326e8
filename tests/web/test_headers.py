"""Every kind of answer carries the headers that keep it private, and only static files may be kept."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.page import Browser, judge_headers
from webapp.web.headers import ALWAYS, POLICY

KINDS = {
    "a page": ("GET", "/login", 200),
    "a redirect": ("GET", "/", 303),
    "not found": ("GET", "/nowhere", 404),
    "not allowed": ("TRACE", "/", 405),
    "no token": ("POST", "/login", 400),
    "json": ("GET", "/healthz", 200),
    "not ready": ("GET", "/readyz", 503),
    "text": ("GET", "/robots.txt", 200),
    "options": ("OPTIONS", "/login", 200),
    "head": ("HEAD", "/login", 200),
    "no such file": ("GET", "/static/000000000000/css/app.css", 404),
}


@pytest.fixture
def client(sqlite_app: Flask) -> FlaskClient:
    return sqlite_app.test_client()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("htmx", [False, True])
def test_every_kind_of_answer_is_dressed(client: FlaskClient, kind: str, htmx: bool) -> None:
    method, address, status = KINDS[kind]
    answer = client.open(address, method=method, headers={"HX-Request": "true"} if htmx else {})

    assert answer.status_code == (204 if htmx and status == 303 else status)
    judge_headers(answer)


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline() -> None:
    assert POLICY.startswith("default-src 'none'; ")
    assert "unsafe" not in POLICY
    assert not re.search(r"https?:|\*", POLICY)
    for rule in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "object-src 'none'"):
        assert rule in POLICY


def test_a_static_file_may_be_kept_and_is_dressed_all_the_same(sqlite_app: Flask, client: FlaskClient) -> None:
    page = client.get("/login").text
    found = re.search(r"/static/[0-9a-f]{12}/css/app\.css", page)
    assert found
    answer = client.get(found[0])

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert "Set-Cookie" not in answer.headers


def test_a_fault_is_dressed(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault() -> None:
        raise RuntimeError

    fault.policy = sqlite_app.view_functions["health.robots"].policy  # type: ignore[attr-defined]
    monkeypatch.setitem(sqlite_app.view_functions, "health.robots", fault)
    answer = sqlite_app.test_client().get("/robots.txt")

    assert answer.status_code == 500
    judge_headers(answer)


def test_numbers_of_requests_are_never_the_callers(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"X-Request-Id": "chosen"})
    assert answer.headers["X-Request-Id"] != "chosen"


def test_no_answer_says_which_software_it_is(client: FlaskClient) -> None:
    names = {name.casefold() for name, _ in client.get("/login").headers}
    assert not names & {"server", "x-powered-by", "via"}


def test_pages_are_compressed_for_who_takes_it(client: FlaskClient) -> None:
    packed = client.get("/login", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(client.get("/login").data)


def test_a_browser_judges_pages_of_strangers_too(sqlite_app: Flask) -> None:
    stranger = Browser(sqlite_app)
    assert stranger.get("/login").status == 200
    assert stranger.get("/goals", follow=False).status == 303
