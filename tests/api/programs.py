"""Programs as they ask: of people with a token of theirs, of organisations with a key beside it."""

import itertools
import json
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from webapp.actions import api_keys, api_tokens, reading_clients
from webapp.domain.api_keys import ApiKeyDraft, Signed
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import Organisation, Person

PREFIX = "/api/v1/tracking"


class Program:
    """Asks for a person, below the addresses of the tracking contract."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client = app.test_client()
        self.token = token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """The answer; names of headers with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given["Authorization"] = f"Bearer {self.token}"
        return self._client.open(PREFIX + path, method=method, json=body, headers=given)

    def get(self, path: str) -> TestResponse:
        return self.ask("GET", path)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.ask("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.ask("DELETE", path, **headers)


def program(app: Flask, session: Session, person: Person, *scopes: str) -> Program:
    """A program of the person's with these scopes, or all of the contract's."""
    draft = TokenDraft("a test", Contract.TRACKING, scopes or SCOPES[Contract.TRACKING])
    _, secret = api_tokens.create(session, make.viewer(session, person), draft)
    session.commit()
    return Program(app, secret)


PROFILES = "/api/v1/profiles"
EVERYTHING = SCOPES[Contract.PROFILES]
_nonces = itertools.count(1)


class Till:
    """Asks below the addresses of the profiles contract, by a key of an organisation, for one of its members."""

    def __init__(self, app: Flask, key: str, secret: str, token: str) -> None:
        self.client = app.test_client()
        self.key, self.secret, self.token = key, secret, token

    @property
    def headers(self) -> dict[str, str]:
        return {"apikey": self.key, "Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **headers: str) -> TestResponse:
        """The answer; names of headers with underscores."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, content, Content_Type="application/json", **headers)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> TestResponse:
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.open(PROFILES + path, method=method, data=body, headers=given)

    def signature(
        self, method: str, path: str, body: bytes = b"", at: datetime = make.NOW, nonce: str = ""
    ) -> dict[str, str]:
        """The headers that sign a request for this path and query."""
        timestamp, nonce = str(int(at.timestamp())), nonce or f"n-{next(_nonces)}"
        place, _, query = (PROFILES + path).partition("?")
        signed = Signed(method, place, query, body, timestamp, nonce)
        return {"api_signature": signed.signature(self.secret), "x_timestamp": timestamp, "x_nonce": nonce}


def till(
    app: Flask,
    session: Session,
    home: Organisation,
    person: Person,
    scopes: tuple[str, ...] = EVERYTHING,
    key_scopes: tuple[str, ...] = EVERYTHING,
    signs: bool = False,
) -> Till:
    """A program of the organisation's that asks for this person."""
    draft = ApiKeyDraft("a test", key_scopes, signs)
    _, key, secret = api_keys.make(session, home.id, draft, make.NOW)
    _, token = api_tokens.create(session, make.viewer(session, person), TokenDraft("a test", Contract.PROFILES, scopes))
    session.commit()
    return Till(app, key, secret, token)


READING = "/auth/v1"


class Reader:
    """Asks below the addresses of the reading contract, by its client id and the signed text of a person's token."""

    def __init__(self, app: Flask, token: str, client_id: str) -> None:
        self.client = app.test_client()
        self.token, self.client_id = token, client_id

    @property
    def headers(self) -> dict[str, str]:
        return {"x-auth-token": self.token, "x-client-id": self.client_id}

    def ask(self, method: str, path: str, body: Any = None, **headers: str | None) -> TestResponse:
        """The answer; names of headers with underscores, those that are None are not sent."""
        given: dict[str, str | None] = {**self.headers}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        sent = {name: value for name, value in given.items() if value is not None}
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.client.open(READING + path, method=method, headers=sent, **content)

    def get(self, path: str, **headers: str | None) -> TestResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str | None) -> TestResponse:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str | None) -> TestResponse:
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str | None) -> TestResponse:
        return self.ask("DELETE", path, **headers)


def reader(app: Flask, session: Session, person: Person, *scopes: str, days: int = 30) -> Reader:
    """A program that reads for this person, with these scopes or all of the contract's."""
    client = reading_clients.make(session, "A test", make.NOW)
    wanted = scopes or SCOPES[Contract.READING]
    draft = TokenDraft("a test", Contract.READING, wanted, days, client.client_id)
    _, token = api_tokens.create(session, make.viewer(session, person), draft)
    session.commit()
    return Reader(app, token, client.client_id)
