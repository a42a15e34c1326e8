"""Programs of the reading contract by command: let in for everybody or one organisation, listed, shut out."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from webapp.domain.people import Role
from webapp.models import AuditEvent, Organisation, ReadingClient, Token
from webapp.queries.people import viewer_by_token
from webapp.queries.signing import signer

Run = Callable[..., Result]
ADA = ("--person", "ada@example.org", "--contract", "reading", "--scope", "goal.read")


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=words, catch_exceptions=False)


@pytest.fixture
def home(session: Session) -> Organisation:
    made = make.organisation(session)
    make.member(session, make.person(session, email="ada@example.org"), made, Role.MEMBER)
    session.commit()
    return made


def let_in(run: Run, session: Session, *words: str) -> ReadingClient:
    answer = run("client", "create", *words)
    assert answer.exit_code == 0
    session.rollback()
    client = session.scalars(select(ReadingClient).where(ReadingClient.client_id == answer.stdout.strip())).one()
    session.rollback()
    return client


def test_create_prints_the_client_id_alone(run: Run, session: Session, home: Organisation) -> None:
    answer = run("client", "create", "--name", "Portion")
    assert answer.exit_code == 0
    (line,) = answer.stdout.splitlines()
    client = session.scalars(select(ReadingClient)).one()
    assert (client.client_id, client.name) == (line, "Portion")
    assert (client.organisation_id, client.created_by_id) == (None, None)
    assert client.public_id in answer.stderr
    assert "for everybody" in answer.stderr
    event = session.scalars(select(AuditEvent)).one()
    assert (event.tag, event.organisation_id, event.actor_id) == ("reading_client:create", None, None)
    session.rollback()
    ours = let_in(run, session, "--name", "Ours", "--organisation", home.public_id)
    assert ours.organisation_id == home.id


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--name"),
        (("--name", " "), 1, "name: "),
        (("--name", "x" * 101), 1, "name: "),
        (("--name", "Portion", "--organisation", "0" * 24), 1, "no such organisation"),
        (("--name", "Portion", "--organisation", ""), 1, "no such organisation"),
    ],
)
def test_create_refuses_what_makes_no_sense(
    run: Run, session: Session, home: Organisation, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = run("client", "create", *words)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert session.scalars(select(ReadingClient)).all() == []


def test_a_token_is_made_for_a_program_and_ends_with_it(run: Run, session: Session, home: Organisation) -> None:
    client = let_in(run, session, "--name", "Portion", "--organisation", home.public_id)
    answer = run("token", "create", *ADA, "--client", client.client_id)
    assert answer.exit_code == 0
    (text,) = answer.stdout.splitlines()
    session.rollback()
    claims = signer.read(text, client.client_id, datetime.now(UTC))
    assert claims is not None
    assert viewer_by_token(session, claims.id, datetime.now(UTC)) is not None
    session.rollback()
    listed = run("client", "list").stdout
    assert listed.startswith(f"{client.public_id}  live  {client.client_id}  ")
    assert listed.endswith("  1  Home  Portion\n")
    assert "reading" in run("token", "list", "--person", "ada@example.org").stdout
    assert run("client", "revoke", "0" * 24).exit_code == 1
    assert [run("client", "revoke", client.public_id).exit_code for _ in range(2)] == [0, 0]
    session.rollback()
    assert viewer_by_token(session, claims.id, datetime.now(UTC)) is None
    events = session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.startswith("reading_client"))).all()
    assert sorted(events) == ["reading_client:create", "reading_client:revoke"]
    session.rollback()
    assert "  revoked  " in run("client", "list").stdout
    assert "  0  Home  Portion" in run("client", "list").stdout


def test_a_token_needs_a_program_its_person_may_use(run: Run, session: Session, home: Organisation) -> None:
    theirs = let_in(run, session, "--name", "Theirs")
    elsewhere = make.organisation(session, "Elsewhere")
    session.commit()
    foreign = let_in(run, session, "--name", "Foreign", "--organisation", elsewhere.public_id)
    for words in ((), ("--client", foreign.client_id), ("--client", theirs.public_id)):
        answer = run("token", "create", *ADA, *words)
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert "client: " in answer.stderr
    wrong = run("token", "create", *ADA[:-1], "goals:read", "--client", theirs.client_id)
    assert "Scopes of reading: goal.read, " in wrong.stderr
    assert session.scalars(select(Token)).all() == []
    session.rollback()
    assert run("token", "create", *ADA, "--client", theirs.client_id).exit_code == 0


@pytest.mark.parametrize("public_id", ["x", "", "0" * 24, "\u00e9" * 24])
def test_nobody_is_shut_out_by_an_id_that_is_none(
    run: Run, session: Session, home: Organisation, public_id: str
) -> None:
    client = let_in(run, session, "--name", "Portion")
    answer = run("client", "revoke", public_id)
    assert (answer.exit_code, "no such program" in answer.stderr) == (1, True)
    session.refresh(client)
    assert client.revoked_at is None
