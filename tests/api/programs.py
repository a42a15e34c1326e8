"""Programs of people, as they ask with a token of theirs."""

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from webapp.actions import api_tokens
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.models import Person

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
