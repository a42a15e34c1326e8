"""The first admin and lost proofs by command: the link alone on standard output, and kept nowhere."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import AppFactory
from tests.visitors import letters
from webapp.domain.identity import Purpose
from webapp.domain.people import MembershipStatus
from webapp.models import AuditEvent, Authenticator, Membership, Organisation, Person, Token
from webapp.queries.doctor import examine
from webapp.queries.people import open_link

Run = Callable[..., Result]
NOOR = ("--email", "Noor@Example.org", "--organisation", "Bakery")


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=words, catch_exceptions=False)


@pytest.fixture
def ada(session: Session) -> Person:
    made = make.person(session, email="ada@example.org")
    session.commit()
    return made


def opens(session: Session, printed: str) -> bool:
    secret = printed.strip().rpartition("/")[2]
    found = open_link(session, Purpose.FIRST_ADMIN, secret, datetime.now(UTC)) is not None
    session.rollback()
    return found


def test_create_admin_prints_the_link_alone_and_keeps_it_nowhere(run: Run, session: Session) -> None:
    first = run("create-admin", *NOOR, "--zone", "Europe/Berlin")
    assert first.exit_code == 0
    assert first.stdout.startswith("http://localhost:8000/first-admin/")
    assert first.stdout.count("\n") == 1
    assert opens(session, first.stdout)
    home = session.scalars(select(Organisation)).one()
    assert (home.name, home.zone) == ("Bakery", "Europe/Berlin")
    assert make.tags(session) == ["organisation:create", "invitation:send"]
    secret = first.stdout.strip().rpartition("/")[2]
    assert secret not in first.stderr
    assert secret not in repr(make.everything(session))
    second = run("create-admin", *NOOR)
    assert (opens(session, first.stdout), opens(session, second.stdout)) == (False, True)
    assert len(session.scalars(select(Organisation)).all()) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--email", "nobody"), 1, "email: "),
        (("--organisation", " "), 1, "organisation: "),
        (("--organisation", "x" * 201), 1, "organisation: "),
        (("--zone", "Mars"), 1, "zone: "),
        (("--email", "ADA@example.org", "--organisation", "Home"), 1, "belongs there already"),
        (("--organisation", "Home", "--zone", "Europe/Berlin"), 1, "another zone"),
        (("--people",), 2, "--people"),
    ],
)
@pytest.mark.parametrize("status", [MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED])
def test_create_admin_refuses_what_is_doubtful(
    run: Run, session: Session, ada: Person, words: tuple[str, ...], code: int, said: str, status: MembershipStatus
) -> None:
    make.member(session, ada, make.organisation(session), status=status)
    session.commit()
    before = make.everything(session)
    answer = run("create-admin", *NOOR, *words)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert make.everything(session) == before


def test_create_admin_works_where_a_second_factor_is_asked_of_admins(app_factory: AppFactory, sqlite_url: str) -> None:
    app = app_factory(sqlite_url, BASE_URL="https://aim.example", TOTP_REQUIRED_FOR="admin")
    answer = app.test_cli_runner().invoke(args=("create-admin", *NOOR), catch_exceptions=False)
    assert answer.stdout.startswith("https://aim.example/first-admin/")


def test_lost_factor_mails_a_link_and_prints_none(run: Run, session: Session, ada: Person) -> None:
    session.add(Authenticator(person_id=ada.id, secret=b"sealed", created_at=make.NOW, confirmed_at=make.NOW))
    session.commit()
    answer = run("lost-factor", "--person", "Ada@Example.org")
    assert answer.exit_code == 0
    (letter,) = letters(session, "lost-factor")
    secret = letter["values"]["token"]
    assert open_link(session, Purpose.LOST_FACTOR, secret, datetime.now(UTC)) is not None
    assert secret not in answer.output
    assert make.tags(session)[-1] == "person:factor_ask"


def test_let_in_opens_the_account_and_no_organisation(run: Run, session: Session, ada: Person) -> None:
    make.member(session, ada, make.organisation(session), status=MembershipStatus.SUSPENDED)
    session.execute(update(Person).values(disabled_at=make.NOW))
    session.commit()
    assert run("let-in", "--person", " Ada@Example.org").exit_code == 0
    session.rollback()
    session.expire_all()
    assert ada.disabled_at is None
    assert session.scalars(select(Membership.status)).one() is MembershipStatus.SUSPENDED
    assert make.tags(session) == ["person:let_in"]
    assert [(one["to"], one["values"]) for one in letters(session)] == [(ada.email, {"what": "let_in"})]
    assert not list(examine(session, make.TODAY))
    again = run("let-in", "--person", "ada@example.org")
    assert (again.exit_code, "nobody with this address who is locked out" in again.stderr) == (1, True)
    assert len(letters(session)) == 1


@pytest.mark.parametrize("why", ["unknown", "nothing", "disabled"])
def test_lost_factor_refuses_who_has_nothing_to_forget(run: Run, session: Session, ada: Person, why: str) -> None:
    if why == "disabled":
        session.execute(update(Person).values(disabled_at=make.NOW))
        session.commit()
    answer = run("lost-factor", "--person", "eve@example.org" if why == "unknown" else "ada@example.org")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert session.scalars(select(Token)).all() == []
    assert session.scalars(select(AuditEvent)).all() == []
