"""Nobody learns from the pages who has an account (security, AN-3)."""

import re
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.visitors import OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person
from webapp.extensions import db
from webapp.models import OutboxMessage, Person

NEW = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD, "zone": "Europe/Paris"}
AGREED = {"agrees": "y", "agrees_health": "y"}


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def sign_up(app: Flask, **typed: str) -> TestResponse:
    return Visitor(app).submit("/signup", **{**NEW, **AGREED, **typed})


def shut_out(session: Session) -> None:
    """Somebody with this address is suspended."""
    make_person(session, "sad@example.org").disabled_at = datetime.now(UTC)
    session.commit()


def bare(answer: TestResponse) -> tuple[object, ...]:
    """An answer without what differs by chance or by what was typed."""
    text = re.sub(r'(name="csrf_token" value=|X-CSRFToken&#34;: &#34;|X-CSRFToken": ")[^>}]*', "TOKEN", answer.text)
    text = text.replace("nobody@example.org", "ada@example.org").replace("sad@example.org", "ada@example.org")
    chance = {"X-Request-Id", "Set-Cookie", "Date", "Content-Length"}
    headers = sorted((name, value) for name, value in answer.headers if name not in chance)
    return answer.status_code, headers, text, "Set-Cookie" in answer.headers


def ask(app: Flask, path: str, email: str) -> TestResponse:
    typed = {**NEW, **AGREED} if path == "/signup" else {"password": OTHER_PASSWORD}
    return Visitor(app).submit(path, **{**typed, "email": email})


@pytest.mark.parametrize("path", ["/login", "/recover", "/signup"])
def test_known_and_unknown_addresses_get_one_answer(app: Flask, session: Session, path: str) -> None:
    make_person(session)
    shut_out(session)
    known, unknown = ask(app, path, "ada@example.org"), ask(app, path, "nobody@example.org")
    assert bare(known) == bare(unknown) == bare(ask(app, path, "sad@example.org"))
    assert count(session, OutboxMessage) == (0 if path == "/login" else 3)


@pytest.mark.parametrize("path", ["/login", "/recover", "/signup"])
def test_known_and_unknown_addresses_cost_the_same_work(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Time itself would make a moody test: what takes the time is counted instead, statements and hashes."""
    make_person(session)
    shut_out(session)
    done: list[str] = []
    for name in ("hash", "verify"):
        original = getattr(PasswordHasher, name)

        def spy(self: PasswordHasher, *args: str, _name: str = name, _original=original) -> object:
            done.append(_name)
            return _original(self, *args)

        monkeypatch.setattr(PasswordHasher, name, spy)
    with app.app_context():
        engine = db.engine

    def listen(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        done.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        work = []
        for email in ("ada@example.org", "nobody@example.org", "sad@example.org"):
            done.clear()
            ask(app, path, email)
            work.append(
                [re.sub(r"token\.person_id (IS NULL|= \S+)|token\.address = \S+ AND ", "", one) for one in done]
            )
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert [word for word in work[0] if word in ("hash", "verify")] == {
        "/login": ["verify"], "/recover": [], "/signup": ["hash"],
    }[path]  # fmt: skip
    assert work[0] == work[1] == work[2]


def test_only_the_mailbox_learns_whether_it_has_an_account(app: Flask, session: Session) -> None:
    make_person(session)
    sign_up(app)
    Visitor(app).submit("/recover", email="nobody@example.org")
    known, unknown = letters(session)
    assert (known["to"], known["template"], known["values"]["token"]) == ("ada@example.org", "sign-up-known", "")
    assert (unknown["to"], unknown["template"], unknown["values"]["token"]) == (
        "nobody@example.org", "recovery-unknown", "",
    )  # fmt: skip
    assert count(session, Person) == 1


def test_address_taken_while_a_sign_up_waits_leaves_one_account(app: Flask, session: Session) -> None:
    sign_up(app)
    link = f"/signup/confirm/{link_of(session, 'sign-up')}"
    visitor = Visitor(app)
    form = visitor.form(link)
    make_person(session, "Ada@example.org")
    assert visitor.post(link, {**form.values, "password": PASSWORD}).status_code == 410
    assert count(session, Person) == 1


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_who_is_shut_out_is_out_at_once_and_refused_like_a_wrong_password(
    app: Flask, session: Session, column: str
) -> None:
    person = make_person(session)
    visitor = Visitor(app)
    visitor.sign_in()
    assert visitor.is_in()
    setattr(person, column, datetime.now(UTC))
    session.commit()
    assert not visitor.is_in()
    wrong = Visitor(app).sign_in(password=OTHER_PASSWORD)
    shut_out = Visitor(app).sign_in()
    assert shut_out.status_code == wrong.status_code == 422
    assert bare(shut_out) == bare(wrong)
