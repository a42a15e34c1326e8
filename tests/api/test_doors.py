"""Every operation there is stands behind the same door, and the door leads nowhere else."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import make
from tests.api import probe
from tests.page import signed_in
from webapp.actions import api_keys
from webapp.api.documents import Route, routes
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.tokens import SCOPES, Contract
from webapp.models import Person

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = only_sqlite
NO_AUDIT = frozenset({"audit_event", "token", "api_key"})
FEWEST = {Contract.TRACKING: 11, Contract.OBJECTIVES: 11, Contract.PROFILES: 4}
"""So many operations there are at least."""


@pytest.fixture
def secret(session: Session, ada: Person) -> str:
    return probe.token(session, ada)


@pytest.fixture
def beside(session: Session, ada: Person) -> dict[str, str]:
    """What contracts ask for beside a token: the organisation, or a key of it."""
    home = make.organisation(session)
    make.member(session, ada, home)
    draft = ApiKeyDraft("a test", SCOPES[Contract.PROFILES])
    _, key, _ = api_keys.make(session, home.id, draft, make.NOW)
    session.commit()
    return {"gtmhub-accountId": home.public_id, "apikey": key}


def everything(app: Flask) -> Iterator[tuple[Contract, Route, str]]:
    """Each operation with an address that fits it."""
    for contract in Contract:
        found = routes(app, contract)
        assert len(found) >= FEWEST[contract], contract
        for route in found:
            yield contract, route, re.sub(r"\{[^}]+\}", "4711", route.path)


def test_without_a_token_every_operation_says_the_same(
    app: Flask, client: FlaskClient, session: Session, ada: Person
) -> None:
    browser = signed_in(app, session, ada).client
    answers: dict[Contract, set[tuple[int, bytes]]] = {contract: set() for contract in Contract}
    for contract, route, address in everything(app):
        for asking in (client, browser):
            answer = asking.open(address, method=route.method, json={})
            answers[contract].add((answer.status_code, answer.data))
    for contract, said in answers.items():
        assert [status for status, _ in said] == [401], contract


def test_every_operation_asks_for_its_scope(
    app: Flask, client: FlaskClient, session: Session, ada: Person, beside: dict[str, str]
) -> None:
    before = make.everything(session, but=NO_AUDIT)
    secrets: dict[str, str] = {}
    for contract, route, address in everything(app):
        others = [scope for scope in SCOPES[contract] if scope != route.operation.scope]
        assert len(others) == len(SCOPES[contract]) - 1, f"{route.path} asks for a scope of another contract"
        scope = route.operation.scope
        if scope not in secrets:
            secrets[scope] = probe.token(session, ada, *others, contract=contract)
        answer = probe.ask(client, route.method, address, secrets[scope], {}, headers=beside)
        assert answer.status_code == 403, f"{route.method} {route.path}"
        assert scope in answer.text
    session.rollback()
    assert make.everything(session, but=NO_AUDIT) == before


def test_reading_scopes_never_write(app: Flask) -> None:
    for _, route, _ in everything(app):
        reads = route.method == "GET" or route.operation.reads
        assert route.operation.scope.endswith(":read") is reads, f"{route.method} {route.path}"


def test_every_operation_with_a_body_wants_json(
    app: Flask, client: FlaskClient, session: Session, ada: Person, beside: dict[str, str]
) -> None:
    more = {"headers": beside}
    secrets = {contract: probe.token(session, ada, contract=contract) for contract in Contract}
    for contract, route, address in everything(app):
        if route.operation.body is not None:
            secret = secrets[contract]
            answer = probe.ask(client, route.method, address, secret, data=b"{}", content_type="text/plain", **more)
            assert answer.status_code == 415, f"{route.method} {route.path}"
            half = probe.ask(client, route.method, address, secret, data=b"{", content_type="application/json", **more)
            assert half.status_code == 400, f"{route.method} {route.path}"


def test_a_token_opens_no_page_and_makes_no_token(app: Flask, client: FlaskClient, secret: str) -> None:
    bearer = {"Authorization": f"Bearer {secret}"}
    for path in ("/", "/account", "/account/tokens", "/account/tokens/new", "/account/password", "/export"):
        answer = client.get(path, headers=bearer)
        assert (answer.status_code, answer.headers["Location"].startswith("/login")) == (303, True), path
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token is not None
    form = {"csrf_token": token[1], "name": "More", "contract": "tracking", "scopes": "goals:read", "days": "90"}
    answer = client.post("/account/tokens/new", data=form, headers=bearer)
    assert (answer.status_code, answer.headers["Location"].startswith("/login")) == (303, True)
