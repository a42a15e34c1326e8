"""A contract of two operations, for tests of the ground that all contracts stand on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from flask import Flask, g, jsonify
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from tests.application import create_app, disconnect, settings_for
from webapp.actions import api_tokens, goals
from webapp.api import errors, guard
from webapp.api.body import read
from webapp.api.operation import operation
from webapp.api.tracking.blueprint import EitherSlash
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.extensions import db
from webapp.models import Person

ADDRESS, ELSEWHERE = "/api/v1/probe", "/api/v1/elsewhere"
OTHER = cast(Contract, "other")


class Thing(BaseModel):
    model_config = ConfigDict(strict=True)

    title: str
    size: float = 0


def shape(status: int, words: str, by_field: Mapping[str, list[str]]) -> Any:
    return dict(by_field) or {"detail": words, "status": status}


_standing: dict[str, Flask] = {}


@contextmanager
def application(url: str, folder: Path) -> Iterator[Flask]:
    """The application on a database, with the probe; made once for each."""
    if url not in _standing:
        _standing[url] = create_app(settings_for(url, folder))
        add(_standing[url])
    yield _standing[url]
    disconnect(_standing[url])


def add(app: Flask) -> None:
    """The app answers at ADDRESS for tokens of the tracking contract, at ELSEWHERE for those of another."""
    for name, prefix, contract in (("api_probe", ADDRESS, Contract.TRACKING), ("api_elsewhere", ELSEWHERE, OTHER)):
        bp = EitherSlash(name, __name__, url_prefix=prefix)
        bp.get("/things")(look)
        bp.post("/things")(create)
        bp.post("/fault")(fault)
        errors.init_app(app, bp, prefix, shape, {"goals": "limit"})
        guard.watch(bp, contract)
        app.register_blueprint(bp)


@operation("goals:read")
def look() -> Any:
    """Whom the token speaks for."""
    return jsonify(person=g.viewer.id)


@operation("goals:write", body=Thing)
def create() -> Any:
    """A goal with the thing's title."""
    thing = read(Thing)
    goal = goals.create(db.session, g.viewer, make.draft(thing.title))
    return jsonify(id=goal.id, title=thing.title), 201


@operation("goals:write")
def fault() -> Any:
    """Something breaks after something was written."""
    goals.create(db.session, g.viewer, make.draft("Lost"))
    raise RuntimeError("canary words of the inside")


def token(
    session: Session, person: Person, *scopes: str, days: int = 30, contract: Contract = Contract.TRACKING
) -> str:
    """The secret of a new token of the person's with these scopes, or with all of the contract's; commits."""
    draft = TokenDraft("A test", contract, scopes or SCOPES[contract], days)
    _, secret = api_tokens.create(session, make.viewer(session, person), draft)
    session.commit()
    return secret


def ask(
    client: FlaskClient, method: str, path: str, secret: str | None = None, json: Any = None, **options: Any
) -> TestResponse:
    """One request of a program's, with its token."""
    headers = dict(options.pop("headers", {}))
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    if json is not None:
        options["json"] = json
    return client.open(path if path.startswith("/api") else ADDRESS + path, method=method, headers=headers, **options)
