"""What holds for every address of the app, whoever asks (security, sections 1, 2, 7 and 14)."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.visitors import PASSWORD, Visitor, letters, make_person
from webapp.models import Base
from webapp.web.faces import belongs_to_programs
from webapp.web.policies import Policy

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
BY_SIGNATURE = {"/unsubscribe/<signed>"}
"""Mail programs post these, and prove by the address itself that they may."""


def rules(app: Flask, methods: set[str]) -> Iterator[tuple[str, Rule, str]]:
    """Every address of the pages with one of these methods, its variable parts filled in."""
    for rule in app.url_map.iter_rules():
        if belongs_to_programs(app, rule.rule):
            continue
        values = dict.fromkeys(rule.arguments, 1 if "int:" in rule.rule else "1")
        for method in sorted((rule.methods or set()) & methods):
            yield method, rule, app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table."""
    session.rollback()
    return {table.name: sorted(map(str, session.execute(select(table)).all())) for table in Base.metadata.sorted_tables}


def test_no_form_is_taken_without_its_token(app: Flask, session: Session) -> None:
    make_person(session)
    signed_in, stranger = Visitor(app), Visitor(app)
    signed_in.sign_in()
    token = signed_in.form("/account").values["csrf_token"]
    before = everything(session)
    tried = 0
    for method, rule, path in rules(app, UNSAFE):
        if rule.rule in BY_SIGNATURE:
            continue
        for visitor in (signed_in, stranger):
            for typed in (
                {},
                {"csrf_token": "forged"},
                {"csrf_token": Visitor(app).form("/login").values["csrf_token"]},
            ):
                answer = visitor.client.open(path, method=method, data=typed)
                assert answer.status_code == 400, f"{method} {rule.rule} took a form without its token"
                tried += 1
    assert tried > 60
    assert everything(session) == before
    assert signed_in.is_in()
    assert signed_in.post("/logout", {"csrf_token": token}).status_code == 303
    assert everything(session) != before


def test_token_in_a_header_is_as_good(app: Flask, session: Session) -> None:
    make_person(session)
    visitor = Visitor(app)
    visitor.sign_in()
    token = visitor.form("/account").values["csrf_token"]
    assert visitor.post("/logout", headers={"X-CSRFToken": "no"}).status_code == 400
    assert visitor.post("/logout", headers={"X-CSRFToken": token}).status_code == 303


def test_under_tls_a_form_from_another_site_is_refused(app_factory: Any, database_url: str) -> None:
    app = app_factory(database_url, BASE_URL="https://localhost")
    visitor = Visitor(app, https=True)
    form = visitor.form("/login")
    typed = {**form.values, "email": "ada@example.org", "password": PASSWORD}
    assert visitor.post("/login", typed, headers={"Referer": "https://evil.test/"}).status_code == 400
    assert visitor.post("/login", typed).status_code == 422


def test_no_page_of_a_person_opens_for_a_stranger(app: Flask) -> None:
    asked = 0
    for method, rule, path in rules(app, {"GET"}):
        policy = getattr(app.view_functions[rule.endpoint], "policy", None)
        if policy in (Policy.SIGNED_IN, Policy.RECENT, Policy.FRESH):
            answer = Visitor(app).client.open(path, method=method)
            assert answer.status_code == 303, f"{rule.rule} answers {answer.status_code}"
            assert answer.headers["Location"].startswith("/login")
            fragment = Visitor(app).client.open(path, method=method, headers={"HX-Request": "true"})
            assert (fragment.status_code, fragment.data) == (204, b"")
            asked += 1
    assert asked > 90


def test_answers_are_kept_by_nobody(app: Flask, session: Session) -> None:
    make_person(session)
    visitor = Visitor(app)
    visitor.sign_in()
    for answer in (
        visitor.get("/account"),
        visitor.get("/nothing"),
        visitor.get("/login"),
        Visitor(app).get("/account"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "HX-Request"} <= {word.strip() for word in answer.headers["Vary"].split(",")}
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/login", "/recover", "/account", "/healthz", "/nothing"])
def test_unknown_host_is_refused(app: Flask, path: str) -> None:
    visitor = Visitor(app)
    assert visitor.get(path, headers={"Host": "evil.test"}).status_code == 400
    assert visitor.get(path, headers={"X-Forwarded-Host": "evil.test"}).status_code != 400


def test_mails_never_name_the_host_of_a_request(app: Flask, session: Session) -> None:
    visitor = Visitor(app)
    form = visitor.form("/recover")
    headers = {"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    assert visitor.post("/recover", {**form.values, "email": "ada@example.org"}, headers=headers).status_code == 303
    assert "evil" not in str(letters(session))
