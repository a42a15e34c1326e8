"""Tokens by command: the secret alone on standard output, everything else beside it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import tokens
from webapp.domain.identity import Purpose
from webapp.models import AuditEvent, Person, Token
from webapp.queries.people import viewer_by_token

Run = Callable[..., Result]
ADA = ("--person", "Ada@Example.org", "--contract", "tracking")


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=("token", *words), catch_exceptions=False)


@pytest.fixture
def ada(session: Session) -> Person:
    made = make.person(session, email="ada@example.org")
    session.commit()
    return made


def test_create_prints_the_secret_alone(run: Run, session: Session, ada: Person) -> None:
    answer = run("create", *ADA, "--scope", "goals:read", "--scope", "goals:tick", "--days", "7", "--name", "Watch")
    assert answer.exit_code == 0
    secret = answer.stdout.removesuffix("\n")
    now = datetime.now(UTC)
    found = viewer_by_token(session, secret, now)
    assert found is not None
    assert (found[0].id, found[1].scopes) == (ada.id, {"goals:read", "goals:tick"})
    assert viewer_by_token(session, secret, now + timedelta(days=7)) is None
    assert secret not in answer.stderr
    assert session.scalar(select(Token.public_id)) in answer.stderr
    listed = run("list", "--person", "ada@example.org").stdout
    assert "live  tracking" in listed
    assert "goals:read,goals:tick" in listed
    assert "never" in listed
    assert secret[20:] not in listed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--scope", "goals:erase"), 1, "goals:read, goals:write"),
        ((), 2, "--scope"),
        (("--scope", "goals:read", "--days", "0"), 1, "days: "),
        (("--scope", "goals:read", "--name", " "), 1, "name: "),
        (("--scope", "goals:read", "--contract", "other"), 2, "tracking"),
        (("--scope", "goals:read", "--person", "eve@example.org"), 1, "nobody"),
    ],
)
def test_create_refuses_what_makes_no_sense(
    run: Run, session: Session, ada: Person, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = run("create", *ADA, *words)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert session.scalars(select(Token)).all() == []


def test_revoke_ends_a_token_once(run: Run, session: Session, ada: Person) -> None:
    secret = run("create", *ADA, "--scope", "goals:read").stdout.strip()
    link, _ = tokens.issue(session, Purpose.EMAIL, address="new@example.org", now=make.NOW, person_id=ada.id)
    session.commit()
    public_id = session.scalars(select(Token.public_id).where(Token.purpose == "api")).one()
    session.rollback()
    assert run("revoke", "0" * 24).exit_code == 1
    assert run("revoke", link.public_id).exit_code == 1
    assert viewer_by_token(session, secret, datetime.now(UTC)) is not None
    session.rollback()
    assert [run("revoke", public_id).exit_code for _ in range(2)] == [0, 0]
    assert viewer_by_token(session, secret, datetime.now(UTC)) is None
    tags = session.scalars(select(AuditEvent.tag).order_by(AuditEvent.id)).all()
    assert [tag for tag in tags if tag.startswith("token:")] == ["token:create", "token:revoke"]
    session.rollback()
    assert "revoked  tracking" in run("list", "--person", ada.email).stdout
