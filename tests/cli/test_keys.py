"""Keys of organisations by command: key and secret alone on standard output, everything else beside them."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from webapp.models import ApiKey, AuditEvent, Organisation
from webapp.queries import api_keys

Run = Callable[..., Result]
READS = ("--name", "Till", "--scope", "profiles:read")


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=("key", *words), catch_exceptions=False)


@pytest.fixture
def home(session: Session) -> Organisation:
    made = make.organisation(session)
    session.commit()
    return made


def of(home: Organisation) -> tuple[str, str]:
    return ("--organisation", home.public_id)


def test_create_prints_the_key_and_its_secret_alone(run: Run, session: Session, home: Organisation) -> None:
    answer = run("create", *of(home), *READS, "--scope", "values:write", "--signs")
    assert answer.exit_code == 0
    key, secret = answer.stdout.splitlines()
    facts = api_keys.by_key(session, key)
    assert facts is not None
    assert (facts.organisation_id, facts.scopes) == (home.id, {"profiles:read", "values:write"})
    assert (facts.signs, facts.secret()) == (True, secret)
    row = session.scalars(select(ApiKey)).one()
    assert row.created_by_id is None
    assert row.public_id in answer.stderr
    for hidden in (key, secret):
        assert hidden not in answer.stderr
        assert hidden.encode() not in row.secret + row.key_hash
    listed = run("list", *of(home)).stdout
    assert "live  signs  never  profiles:read,values:write" in listed
    assert key[:20] in listed
    assert key[20:] not in listed
    assert secret not in listed


def test_another_organisations_keys_are_not_listed(run: Run, session: Session, home: Organisation) -> None:
    elsewhere = make.organisation(session, "Elsewhere")
    session.commit()
    assert run("create", *of(home), *READS).exit_code == 0
    assert "Till" in run("list", *of(home)).stdout
    assert run("list", *of(elsewhere)).stdout == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--name", "Till", "--scope", "goals:read"), 1, "profiles:read, values:write"),
        (("--name", "Till"), 2, "--scope"),
        (("--name", " ", "--scope", "profiles:read"), 1, "name: "),
        (("--scope", "profiles:read"), 2, "--name"),
        ((*READS, "--organisation", "0" * 24), 1, "no such organisation"),
        ((*READS, "--organisation", "x"), 1, "no such organisation"),
    ],
)
def test_create_refuses_what_makes_no_sense(
    run: Run, session: Session, home: Organisation, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = run("create", *of(home), *words)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert session.scalars(select(ApiKey)).all() == []


def test_revoke_ends_a_key_once(run: Run, session: Session, home: Organisation) -> None:
    key, _ = run("create", *of(home), *READS).stdout.splitlines()
    public_id = session.scalars(select(ApiKey.public_id)).one()
    session.rollback()
    assert run("revoke", "0" * 24).exit_code == 1
    assert api_keys.by_key(session, key) is not None
    session.rollback()
    assert [run("revoke", public_id).exit_code for _ in range(2)] == [0, 0]
    assert api_keys.by_key(session, key) is None
    events = session.execute(select(AuditEvent.tag, AuditEvent.organisation_id).order_by(AuditEvent.id)).all()
    assert [tuple(event) for event in events] == [("api_key:create", home.id), ("api_key:revoke", home.id)]
    session.rollback()
    assert "revoked  plain" in run("list", *of(home)).stdout
