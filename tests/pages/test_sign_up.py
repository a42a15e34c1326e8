"""Signing up, and what a mailed link can and cannot do (security, section 1)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.visitors import OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person
from webapp.domain.identity import CONSENT_VERSION
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

    answer = Visitor(app).submit(link, password=PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    person = person_by_email(session, "ADA@example.org ")
    assert person is not None
    assert (person.name, person.email, person.zone) == ("Ada", "ada@example.org", "Europe/Paris")
    assert person.confirmed_at is not None
    assert (person.consented_at is not None, person.consent_version) == (True, CONSENT_VERSION)
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
    typed = {**visitor.form(link).values, "password": PASSWORD}
    assert visitor.post(link, typed).status_code == 303
    assert visitor.get(link).status_code == 410
    assert visitor.post(link, typed).status_code == 410
    assert count(session, Person) == 1


def test_link_ends_after_thirty_minutes(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign_up(app)
        link = f"/signup/confirm/{link_of(session, 'sign-up')}"
        visitor = Visitor(app)
        clock.move_to(start + timedelta(minutes=29, seconds=59))
        typed = {**visitor.form(link).values, "password": PASSWORD}
        clock.move_to(start + timedelta(minutes=30))
        assert visitor.get(link).status_code == 410
        assert visitor.post(link, typed).status_code == 410
    assert count(session, Person) == 0


def test_sign_ups_wait_beside_each_other_until_one_is_confirmed(app: Flask, session: Session) -> None:
    sign_up(app)
    first = f"/signup/confirm/{link_of(session, 'sign-up')}"
    sign_up(app, password=OTHER_PASSWORD)
    second = f"/signup/confirm/{link_of(session, 'sign-up')}"
    assert Visitor(app).get(second).status_code == 200
    assert Visitor(app).submit(first, password=PASSWORD).status_code == 303
    assert Visitor(app).get(second).status_code == 410
    assert Visitor(app).sign_in().status_code == 303


def test_stranger_who_signs_up_with_the_same_address_gets_nothing(app: Flask, session: Session) -> None:
    owner = Visitor(app)
    owner.submit("/signup", **NEW, **AGREED)
    own = f"/signup/confirm/{link_of(session, 'sign-up')}"
    sign_up(app, password=OTHER_PASSWORD)
    planted = f"/signup/confirm/{link_of(session, 'sign-up')}"
    for typed in ({}, {"password": PASSWORD}):
        refused = owner.submit(planted, **typed)
        assert refused.status_code == 422
        assert 'id="password-error"' in refused.text
        assert "try the other mail" in refused.text
        assert PASSWORD not in refused.text
    assert count(session, Person) == 0
    assert owner.submit(own).status_code == 303
    assert Visitor(app).sign_in(password=OTHER_PASSWORD).status_code == 422
    assert Visitor(app).sign_in().status_code == 303


def test_browser_that_signed_up_needs_only_the_button(app: Flask, session: Session) -> None:
    visitor = Visitor(app)
    visitor.submit("/signup", **NEW, **AGREED)
    link = f"/signup/confirm/{link_of(session, 'sign-up')}"
    assert "password" not in visitor.form(link).values
    assert visitor.submit(link).headers["Location"] == "/login"
    assert count(session, Person) == 1


def test_another_browser_asks_for_the_password_and_a_wrong_one_leaves_the_link(app: Flask, session: Session) -> None:
    sign_up(app)
    link = f"/signup/confirm/{link_of(session, 'sign-up')}"
    phone = Visitor(app)
    assert "Type the password you chose when you signed up." in phone.get(link).text
    for wrong in (OTHER_PASSWORD, "", "x" * 200_000):
        assert phone.submit(link, password=wrong).status_code == 422, wrong[:20]
    assert count(session, Person) == 0
    assert phone.submit(link, password=PASSWORD).status_code == 303
    assert count(session, Person) == 1


def test_known_address_leaves_the_same_mark_in_the_browser(app: Flask, session: Session) -> None:
    """The mark is the link's random number: it says neither who signed up nor whether they are known."""
    make_person(session)
    for email in ("ada@example.org", "new@example.org"):
        visitor = Visitor(app)
        visitor.submit("/signup", **{**NEW, **AGREED, "email": email})
        newest = session.scalars(select(Token.public_id).order_by(Token.id.desc())).first()
        session.rollback()
        with visitor.client.session_transaction() as kept:
            assert kept["pending"] == newest
            assert email not in str(dict(kept))


def test_twenty_passwords_may_be_tried_at_one_link_from_anywhere(app: Flask, session: Session) -> None:
    sign_up(app)
    link = f"/signup/confirm/{link_of(session, 'sign-up')}"
    answers = [
        Visitor(app, address=f"198.51.100.{number}").submit(link, password=OTHER_PASSWORD).status_code
        for number in range(21)
    ]
    assert answers == [422] * 20 + [429]
    assert Visitor(app).submit(link, password=PASSWORD).status_code == 429
    assert count(session, Person) == 0


@pytest.mark.parametrize("typed", ["\u017ftranger@kiosk.example", "stranger@\u212aiosk.example"])
@pytest.mark.parametrize("path", ["/signup", "/recover"])
def test_letters_that_only_look_alike_reach_nobodys_account(
    app: Flask, session: Session, path: str, typed: str
) -> None:
    make_person(session, "stranger@kiosk.example")
    more = {**NEW, **AGREED} if path == "/signup" else {}
    assert Visitor(app).submit(path, **{**more, "email": typed}).status_code == 422
    assert letters(session) == []


def test_sign_up_promises_only_what_is_there(app: Flask) -> None:
    text = Visitor(app).get("/signup").text
    assert "holds the master key" in text
    for promise in ("therapist", "consent back", "Nobody sees any of it"):
        assert promise not in text


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
    ("email", "x" * 200_000 + "@example.org"),
    ("email", "a b@example.org"),
    ("email", "a@example.org\r\nBcc: b@example.org"),
    ("email", "Ada <a@example.org>"),
    ("password", "short words"),
    ("password", "x" * 129),
    ("password", "green lantern " * 14_286),
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
        assert answer.status_code == 422, f"{field} may be {value[:40]!r}"
        control = "timezone" if field == "zone" else field
        assert f'id="{control}-error"' in answer.text, f"{field} {value[:40]!r}"
        assert "cannot be used as it is" not in answer.text
        assert PASSWORD not in answer.text
    assert count(session, Token) == 0
