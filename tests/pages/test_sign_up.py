"""Signing up, and what a mailed link can and cannot do (security, section 1)."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.visitors import PASSWORD, Visitor, link_of, make_person
from webapp.models import DataKey, OutboxMessage, Person, Token
from webapp.queries.people import person_by_email

NEW = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD, "zone": "Europe/Paris"}
AGREED = {"agrees": "y", "agrees_health": "y"}


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def sign_up(app: Flask, **typed: str) -> TestResponse:
    return Visitor(app).submit("/signup", **{**NEW, **AGREED, **typed})


def test_sign_up_makes_nobody_before_the_mailed_link_is_confirmed(app: Flask, session: Session) -> None:
    answer = sign_up(app)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signup/sent")
    assert Visitor(app).get("/signup/sent").status_code == 200
    assert count(session, Person) == 0
    link = f"/signup/confirm/{link_of(session, 'sign-up')}"

    answer = Visitor(app).submit(link)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    person = person_by_email(session, "ADA@example.org ")
    assert person is not None
    assert (person.name, person.email, person.zone) == ("Ada", "ada@example.org", "Europe/Paris")
    assert person.confirmed_at is not None
    assert (person.consented_at is not None, person.consent_version) == (True, "1")
    assert count(session, DataKey) == 1
    visitor = Visitor(app)
    assert visitor.sign_in().headers["Location"] == "/"
    assert visitor.is_in()


def test_opening_a_mailed_link_changes_nothing(app: Flask, session: Session) -> None:
    sign_up(app)
    make_person(session, "bo@example.org")
    Visitor(app).submit("/recover", email="bo@example.org")
    for path in (f"/signup/confirm/{link_of(session, 'sign-up')}", f"/recover/{link_of(session, 'recovery')}"):
        for _ in range(3):
            assert Visitor(app).get(path).status_code == 200
            assert Visitor(app).client.head(path).status_code == 200
    assert session.scalars(select(Token.used_at)).all() == [None, None]
    assert count(session, Person) == 1


def test_link_works_once(app: Flask, session: Session) -> None:
    sign_up(app)
    link = f"/signup/confirm/{link_of(session, 'sign-up')}"
    visitor = Visitor(app)
    form = visitor.form(link)
    assert visitor.post(link, form.values).status_code == 303
    assert visitor.get(link).status_code == 410
    assert visitor.post(link, form.values).status_code == 410
    assert count(session, Person) == 1


def test_link_ends_after_thirty_minutes(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign_up(app)
        link = f"/signup/confirm/{link_of(session, 'sign-up')}"
        visitor = Visitor(app)
        clock.move_to(start + timedelta(minutes=29, seconds=59))
        form = visitor.form(link)
        clock.move_to(start + timedelta(minutes=30))
        assert visitor.get(link).status_code == 410
        assert visitor.post(link, form.values).status_code == 410
    assert count(session, Person) == 0


def test_newer_link_ends_the_older_one(app: Flask, session: Session) -> None:
    sign_up(app)
    first = link_of(session, "sign-up")
    sign_up(app)
    second = link_of(session, "sign-up")
    assert Visitor(app).get(f"/signup/confirm/{first}").status_code == 410
    assert Visitor(app).get(f"/signup/confirm/{second}").status_code == 200


def test_link_of_one_purpose_is_refused_for_another(app: Flask, session: Session) -> None:
    make_person(session)
    Visitor(app).submit("/recover", email="ada@example.org")
    secret = link_of(session, "recovery")
    assert Visitor(app).get(f"/signup/confirm/{secret}").status_code == 410
    assert Visitor(app).get(f"/account/email/{secret}").status_code == 410
    assert Visitor(app).get(f"/recover/{secret}").status_code == 200


def test_links_are_kept_as_their_hash_only(app: Flask, session: Session) -> None:
    sign_up(app)
    secret = link_of(session, "sign-up")
    assert len(secret) >= 43
    for row in [*session.execute(select(Token)).scalars(), *session.execute(select(OutboxMessage)).scalars()]:
        for value in vars(row).values():
            assert secret not in str(value)
            assert secret.encode() not in (value if isinstance(value, bytes) else b"")


WRONG = [
    ("name", " \u202e "),
    ("name", "x" * 101),
    ("email", ""),
    ("email", "nobody"),
    ("email", "a@b"),
    ("email", "a b@example.org"),
    ("email", "a@example.org\r\nBcc: b@example.org"),
    ("email", "Ada <a@example.org>"),
    ("password", "short words"),
    ("password", "x" * 129),
    ("password", "password1234"),
    ("password", "ada@example.org1"),
    ("password", "aimlineaimline"),
    ("zone", "Mars/Olympus"),
    ("agrees", ""),
    ("agrees_health", ""),
]


def test_sign_up_says_at_its_field_what_is_wrong(app: Flask, session: Session) -> None:
    visitor = Visitor(app)
    form = visitor.form("/signup")
    for field, value in WRONG:
        typed = {**form.values, **NEW, **AGREED, field: value}
        if field.startswith("agrees"):
            del typed[field]
        answer = visitor.post("/signup", typed)
        assert answer.status_code == 422, f"{field} may be {value!r}"
        control = "timezone" if field == "zone" else field
        assert f'id="{control}-error"' in answer.text, f"{field} {value!r}"
        assert "cannot be used as it is" not in answer.text
        assert PASSWORD not in answer.text
    assert count(session, Token) == 0
