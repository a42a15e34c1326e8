"""Signing in, out and again: what thieves and careless links may try (security, sections 1 and 2)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.visitors import CHROME_PHONE, OTHER_PASSWORD, PASSWORD, Visitor, letters, link_of, make_person
from webapp.actions import passwords, people
from webapp.models import AuditEvent, SignIn
from webapp.queries.people import email_key
from webapp.web import limits

TYPED = [  # the password chosen, another one typed, whether they are the same
    ("w" * 71 + "ö violet umbrella one", "w" * 71 + "ö violet umbrella two", False),
    ("green lantern\x00one", "green lantern\x00two", False),
    ("green lantern\x00one", "green lantern", False),
    ("caf\u00e9 lantern seven", "cafe\u0301 lantern seven", True),
    ("  spaces stay in place  ", "spaces stay in place", False),
    ("Case is kept Always", "case is kept always", False),
]


def test_every_character_of_a_password_counts(app: Flask, session: Session) -> None:
    for number, (chosen, typed, same) in enumerate(TYPED):
        email = f"p{number}@example.org"
        make_person(session, email, chosen)
        assert Visitor(app).sign_in(email, chosen).status_code == 303
        assert Visitor(app).sign_in(email, typed).status_code == (303 if same else 422), f"{chosen!r} {typed!r}"


def test_endless_passwords_and_addresses_are_refused_unread(app: Flask, session: Session) -> None:
    endless = "x" * 200_000
    assert not passwords.matches(passwords.hash_password(endless), endless)
    assert email_key(endless) == "x" * 254
    assert limits.account(endless) == "@" + "x" * 254
    person = make_person(session, "x" * 242 + "@example.org", PASSWORD)
    assert Visitor(app).sign_in(person.email).status_code == 303
    assert Visitor(app).sign_in(person.email, PASSWORD + endless).status_code == 422
    assert Visitor(app).sign_in(endless).status_code == 422
    assert Visitor(app).submit("/recover", email=endless).status_code == 422
    assert letters(session) == []


def test_password_is_stored_as_argon2id_and_renewed_when_the_cost_rises(app: Flask, session: Session) -> None:
    person = make_person(session)
    before = person.password_hash or ""
    assert before.startswith("$argon2id$")
    passwords.configure(memory_kib=128, passes=2)
    try:
        assert Visitor(app).sign_in().status_code == 303
        session.refresh(person)
        assert "m=128,t=2" in (person.password_hash or "")
        assert Visitor(app).sign_in().status_code == 303
    finally:
        passwords.configure(memory_kib=64, passes=1)


def test_sign_in_and_out(app: Flask, session: Session) -> None:
    make_person(session)
    visitor = Visitor(app)
    assert visitor.get("/account").headers["Location"] == "/login?next=/account"
    assert visitor.sign_in("  ADA@Example.org ").status_code == 303
    assert visitor.is_in()
    copied = visitor.cookie
    answer = visitor.submit("/account", "/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert '"cookies"' in answer.headers["Clear-Site-Data"]
    assert not visitor.is_in()
    thief = Visitor(app)
    thief.cookie = copied
    assert not thief.is_in()


def test_cookie_from_before_signing_in_is_worth_nothing_after(app: Flask, session: Session) -> None:
    make_person(session)
    visitor = Visitor(app)
    visitor.get("/login")
    planted = visitor.cookie
    assert planted
    assert visitor.sign_in().status_code == 303
    assert visitor.cookie != planted
    attacker = Visitor(app)
    attacker.cookie = planted
    assert not attacker.is_in()
    assert visitor.is_in()


@pytest.mark.parametrize("https", [False, True])
def test_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(app_factory, database_url: str, https: bool) -> None:
    base = "https://localhost" if https else "http://localhost"
    app = app_factory(database_url, BASE_URL=base)
    visitor = Visitor(app, https=https)
    answer = visitor.get("/login")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=" if https else "sid=")
    flags = {flag.strip() for flag in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags
    assert ("Secure" in flags) is https
    assert not [flag for flag in flags if flag.startswith("Domain")]
    assert len(cookie) < 4096
    assert ("Strict-Transport-Security" in answer.headers) is https


def test_session_ends_after_fourteen_days_unused(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_person(session)
        used, unused = Visitor(app), Visitor(app)
        used.sign_in()
        unused.sign_in()
        clock.move_to(start + timedelta(days=8))
        assert used.is_in()
        clock.move_to(start + timedelta(days=14, minutes=1))
        assert used.is_in()
        assert not unused.is_in()


def test_session_ends_after_thirty_days_however_much_it_is_used(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_person(session)
        visitor = Visitor(app)
        visitor.sign_in()
        for days in (10, 20, 29):
            clock.move_to(start + timedelta(days=days))
            assert visitor.is_in()
        clock.move_to(start + timedelta(days=30, minutes=1))
        assert not visitor.is_in()


def test_last_use_is_kept_every_five_minutes_at_most(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_person(session)
        visitor = Visitor(app)
        visitor.sign_in()
        seen = []
        for seconds in (299, 300, 500, 601):
            clock.move_to(start + timedelta(seconds=seconds))
            assert visitor.is_in()
            session.rollback()
            seen.append((session.scalars(select(SignIn.seen_at)).one() - start).total_seconds())
    assert seen == [0, 300, 300, 601]


def test_refusals_are_written_down_although_the_request_is_rolled_back(app: Flask, session: Session) -> None:
    person = make_person(session)
    Visitor(app).sign_in(password=OTHER_PASSWORD)
    Visitor(app).sign_in("nobody@example.org")
    Visitor(app).sign_in()
    statement = select(AuditEvent).where(AuditEvent.tag.like("person:sign_in%")).order_by(AuditEvent.id)
    events = session.scalars(statement).all()
    assert [(event.tag, event.outcome, event.subject_id) for event in events] == [
        ("person:sign_in_refused", "denied", person.id),
        ("person:sign_in_refused", "denied", None),
        ("person:sign_in", "done", person.id),
    ]
    assert {(event.address, event.route) for event in events} == {("203.0.113.7", "/login")}
    assert all(event.request_id for event in events)


WAYS = [  # what next asks for, where it leads
    ("/account", "/account"),
    ("/goals?order=name", "/goals?order=name"),
    ("//evil.test", "/"),
    ("/\\evil.test", "/"),
    ("\\\\evil.test", "/"),
    ("/%2f%2fevil.test", "/"),
    ("/%252f%252fevil.test", "/"),
    ("/%5cevil.test", "/"),
    ("/\tevil.test", "/"),
    ("/%09/evil.test", "/"),
    ("/\r\nSet-Cookie: a=b", "/"),
    ("https://evil.test/", "/"),
    ("javascript:alert(1)", "/"),
    ("http:evil.test", "/"),
    ("/@evil.test", "/"),
    ("//user@evil.test", "/"),
    ("evil.test", "/"),
    ("", "/"),
]


def test_next_leads_to_a_page_of_this_site_or_home(app: Flask, session: Session) -> None:
    make_person(session)
    for asked, reached in WAYS:
        visitor = Visitor(app)
        answer = visitor.client.get("/login", query_string={"next": asked})
        assert "evil" not in answer.text, repr(asked)
        assert (f'value="{reached}"' in answer.text) is (reached != "/"), repr(asked)
        typed = {**visitor.form("/login").values, "email": "ada@example.org", "password": PASSWORD, "next": asked}
        assert visitor.post("/login", typed).headers["Location"] == reached, repr(asked)


def test_new_kind_of_device_is_told_to_its_owner(app: Flask, session: Session) -> None:
    make_person(session)
    Visitor(app).sign_in()
    Visitor(app).sign_in()
    assert letters(session, "new-device") == []
    Visitor(app, agent=CHROME_PHONE).sign_in()
    Visitor(app, agent=CHROME_PHONE).sign_in()
    (letter,) = letters(session, "new-device")
    assert letter["to"] == "ada@example.org"
    assert letter["values"] == {"device": "Chrome on Android"}


@pytest.mark.parametrize("kept", ["stranger@kiosk.example", "\u017ftranger@\u212aiosk.example"])
def test_recovery_is_mailed_to_the_address_on_file(session: Session, kept: str) -> None:
    """An address is found however it is written; what is typed must not choose where the link goes."""
    make_person(session, kept)
    people.ask_recovery(session, "STRANGER@kiosk.example", "en", datetime.now(UTC))
    session.commit()
    (letter,) = letters(session, "recovery")
    assert letter["to"] == kept


def test_recovery_sets_a_password_and_ends_everything_older(app: Flask, session: Session) -> None:
    make_person(session)
    signed_in = Visitor(app)
    signed_in.sign_in()
    Visitor(app).submit("/recover", email="ada@example.org")
    link = f"/recover/{link_of(session, 'recovery')}"
    visitor = Visitor(app)
    weak = visitor.submit(link, password="password1234")
    assert weak.status_code == 422
    assert signed_in.is_in()

    answer = visitor.submit(link, password=OTHER_PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert not visitor.is_in()
    assert not signed_in.is_in()
    assert visitor.get(link).status_code == 410
    assert Visitor(app).sign_in().status_code == 422
    assert Visitor(app).sign_in(password=OTHER_PASSWORD).status_code == 303
    assert [letter["to"] for letter in letters(session, "password-changed")] == ["ada@example.org"]


@pytest.mark.parametrize(("column", "told"), [("disabled_at", "recovery-closed"), ("deleted_at", "recovery-unknown")])
def test_who_is_shut_out_cannot_come_back_by_mail(app: Flask, session: Session, column: str, told: str) -> None:
    person = make_person(session)
    Visitor(app).submit("/recover", email="ada@example.org")
    link = f"/recover/{link_of(session, 'recovery')}"
    visitor = Visitor(app)
    form = visitor.form(link)
    setattr(person, column, datetime.now(UTC))
    session.commit()
    before = person.password_hash
    assert visitor.post(link, {**form.values, "password": OTHER_PASSWORD}).status_code == 410
    Visitor(app).submit("/recover", email="ada@example.org")
    last = letters(session)[-1]
    assert (last["template"], last["values"]["token"]) == (told, "")
    session.refresh(person)
    assert person.password_hash == before


def test_sensitive_pages_ask_for_a_password_of_the_last_fifteen_minutes(app: Flask, session: Session) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        make_person(session)
        visitor = Visitor(app)
        visitor.sign_in()
        clock.move_to(start + timedelta(minutes=5))
        form = visitor.form("/account/password")
        clock.move_to(start + timedelta(minutes=5, seconds=1))
        assert visitor.get("/account/password").status_code == 303, "there would be no time to fill it in"
        clock.move_to(start + timedelta(minutes=15))
        assert visitor.post("/account/password", {**form.values, "password": "short"}).status_code == 422
        clock.move_to(start + timedelta(minutes=15, seconds=1))
        answer = visitor.get("/account/password")
        assert answer.headers["Location"] == "/password-again?next=/account/password"
        late = visitor.post("/account/password", {**form.values, "password": OTHER_PASSWORD})
        assert late.headers["Location"].startswith("/password-again")

        wrong = visitor.submit("/password-again?next=/account/password", password=OTHER_PASSWORD)
        assert wrong.status_code == 422
        assert visitor.get("/account/password").status_code == 303
        copied = visitor.cookie
        right = visitor.submit("/password-again?next=/account/password", password=PASSWORD)
        assert right.headers["Location"] == "/account/password"
        assert visitor.get("/account/password").status_code == 200
        thief = Visitor(app)
        thief.cookie = copied
        assert not thief.is_in()
    assert Visitor(app).sign_in().status_code == 303


def test_password_again_is_limited_to_ten_wrong_tries_a_day(app: Flask, session: Session) -> None:
    make_person(session)
    visitor = Visitor(app)
    visitor.sign_in()
    form = visitor.form("/password-again")
    for _ in range(10):
        assert visitor.post("/password-again", {**form.values, "password": OTHER_PASSWORD}).status_code == 422
    assert visitor.post("/password-again", {**form.values, "password": PASSWORD}).status_code == 429
