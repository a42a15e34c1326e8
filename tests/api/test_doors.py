"""Every operation there is stands behind the same door, and the door leads nowhere else."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import make
from tests.api import probe
from tests.api.programs import reader
from tests.page import signed_in
from webapp.actions import api_keys
from webapp.api.documents import Route, routes
from webapp.domain.api_keys import ApiKeyDraft
from webapp.domain.tokens import SCOPES, Contract
from webapp.models import Person

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = only_sqlite
NO_AUDIT = frozenset({"audit_event", "token", "api_key", "reading_client", "reading_token"})
FEWEST = {Contract.TRACKING: 11, Contract.OBJECTIVES: 11, Contract.PROFILES: 4, Contract.READING: 10}
"""So many operations there are at least."""
READING_SCOPES = (":read", ".read", ".estimate")


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


def proof(app: Flask, session: Session, person: Person, contract: Contract, *scopes: str) -> dict[str, str]:
    """The headers of a program of the person's with these scopes, or with all of the contract's."""
    if contract is Contract.READING:
        return reader(app, session, person, *scopes).headers
    return {"Authorization": f"Bearer {probe.token(session, person, *scopes, contract=contract)}"}


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
        lacking = 400 if contract is Contract.READING else 401  # it publishes 400 for a header that is missing
        assert [status for status, _ in said] == [lacking], contract


def test_every_operation_asks_for_its_scope(
    app: Flask, client: FlaskClient, session: Session, ada: Person, beside: dict[str, str]
) -> None:
    headers: dict[str, dict[str, str]] = {}
    for contract, route, _ in everything(app):
        scope = route.operation.scope
        others = [one for one in SCOPES[contract] if one != scope]
        assert len(others) == len(SCOPES[contract]) - 1, f"{route.path} asks for a scope of another contract"
        if scope not in headers:
            headers[scope] = proof(app, session, ada, contract, *others)
    before = make.everything(session, but=NO_AUDIT)
    for contract, route, address in everything(app):
        scope = route.operation.scope
        answer = client.open(address, method=route.method, json={}, headers={**headers[scope], **beside})
        assert answer.status_code == 403, f"{route.method} {route.path}"
        assert scope in answer.text or contract is Contract.READING  # whose words for 403 are published
    session.rollback()
    assert make.everything(session, but=NO_AUDIT) == before


def test_reading_scopes_never_write(app: Flask) -> None:
    for _, route, _ in everything(app):
        reads = route.method == "GET" or route.operation.reads
        assert route.operation.scope.endswith(READING_SCOPES) is reads, f"{route.method} {route.path}"


def test_every_operation_with_a_body_wants_json(
    app: Flask, client: FlaskClient, session: Session, ada: Person, beside: dict[str, str]
) -> None:
    proofs = {contract: {**proof(app, session, ada, contract), **beside} for contract in Contract}
    for contract, route, address in everything(app):
        if route.operation.body is not None:
            asked = {"method": route.method, "headers": proofs[contract], "query_string": {"mushafId": "4"}}
            answer = client.open(address, data=b"{}", content_type="text/plain", **asked)
            assert answer.status_code == 415, f"{route.method} {route.path}"
            half = client.open(address, data=b"{", content_type="application/json", **asked)
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
