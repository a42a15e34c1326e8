"""Programs that act for a person: a token is shown once, within what was chosen, and shut out by one press."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from webapp.actions import api_tokens
from webapp.domain.people import Viewer
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import Person, SignIn, Token
from webapp.queries.people import viewer_by_token

READER = TokenDraft("Reader", Contract.TRACKING, ("goals:read",), 30)


@pytest.fixture
def token(session: Session, her: Viewer) -> Token:
    made, _ = api_tokens.create(session, her, READER)
    session.commit()
    return made


def make_one(visit: Browser, **typed: object) -> Page:
    said = {"name": "Watch", "scopes": ["goals:read", "goals:tick"], "days": "90", **typed}
    return visit.get("/account/tokens/new").press("Make the token", **said)


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Token)) or 0


def test_who_has_none_is_told_what_one_is_for(visit: Browser) -> None:
    page = visit.get("/account/tokens")
    assert "With a token, one that you trust can see your goals" in page.words()
    assert "No program acts for you." in visit.get("/account").words()


def test_a_token_is_shown_once_and_may_do_what_was_chosen(visit: Browser, session: Session, ada: Person) -> None:
    page = make_one(visit)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    secret = page.one("input", id="secret").get("value", "")
    found = viewer_by_token(session, secret, make.NOW)
    assert found is not None
    assert (found[0].id, found[1].scopes) == (ada.id, {"goals:read", "goals:tick"})
    assert viewer_by_token(session, secret, make.NOW + timedelta(days=90)) is None
    for path in ("/account/tokens", "/account", "/account/tokens/new"):
        assert secret[20:] not in visit.get(path).text
    assert secret[20:] not in str(page.headers)
    words = visit.get("/account/tokens").words()
    assert "May see goals and their days, tick goals" in words
    assert "until 8 June 2026" in words
    assert "never used" in words
    assert "Let in: Watch." in visit.get("/account").words()


def test_sent_again_the_form_makes_no_other_and_shows_no_secret(visit: Browser, session: Session) -> None:
    form = visit.get("/account/tokens/new")
    first = form.press("Make the token", name="Watch", scopes=["goals:read"])
    again = form.press("Make the token", name="Watch", scopes=["goals:read"])
    assert count(session) == 1
    secret = first.one("input", id="secret").get("value", "")
    assert "made already" in again.text
    assert secret[20:] not in again.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Please fill"),
        ({"name": "x" * 101}, "100"),
        ({"scopes": []}, "Please"),
        ({"scopes": ["everything"]}, "choose one of the list"),
        ({"days": "31"}, "choose one of the list"),
        ({"days": "x"}, "choose one of the list"),
        ({"contract": "other"}, "choose one of the list"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    visit: Browser, session: Session, typed: dict[str, object], words: str
) -> None:
    page = make_one(visit, **typed)
    assert page.status == 422
    error = next(one for one in page.all("p", class_="error"))
    assert words in page.words(error)
    assert count(session) == 0


def test_making_one_asks_for_the_password_once_more(visit: Browser, session: Session) -> None:
    form = visit.get("/account/tokens/new")
    session.execute(update(SignIn).values(fresh_at=make.NOW - timedelta(minutes=16)))
    session.commit()
    sent = visit.send("/account/tokens/new", form.fields(form.form_of(form.button("Make the token"))), follow=False)
    for answer in (visit.get("/account/tokens/new", follow=False), sent):
        assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert count(session) == 0


def test_a_token_is_revoked_after_words_of_warning(visit: Browser, session: Session, token: Token) -> None:
    page = visit.get("/account/tokens")
    link = next(one for one in page.all("a") if one.get("aria-label") == "Revoke Reader")
    warning = visit.get(link.get("href", ""))
    assert "at once and for good" in warning.words()
    session.refresh(token)
    assert token.revoked_at is None, "looking revokes nothing"
    after = warning.press("Revoke the token")
    session.refresh(token)
    assert token.revoked_at == make.NOW
    assert "revoked" in after.words(after.by_id(f"token-{token.public_id}"))
    assert [one for one in after.all("a") if "Revoke" in (one.get("aria-label") or "")] == []
    warning.press("Revoke the token")
    session.refresh(token)
    assert token.revoked_at == make.NOW


def test_nobody_else_meets_a_token(app: Flask, session: Session, visit: Browser, token: Token) -> None:
    bo = signed_in(app, session, make.person(session, "Bo"))
    missing = f"/account/tokens/{'0' * 24}/revoke"
    theirs = f"/account/tokens/{token.public_id}/revoke"
    assert "Reader" not in bo.get("/account/tokens").text
    assert "Reader" not in bo.get("/account").text
    for method in ("GET", "POST"):
        data = {"csrf_token": bo.token()} if method == "POST" else {}
        foreign, unknown = bo.ask(method, theirs, data=data), bo.ask(method, missing, data=data)
        assert foreign.status == unknown.status == 404
        assert without_numbers(foreign.text) == without_numbers(unknown.text)
    session.refresh(token)
    assert token.revoked_at is None


def without_numbers(text: str) -> str:
    """The page without what differs at every request."""
    return re.sub(r'X-CSRFToken": "[^"]+"|value="[^"]+"|request [0-9a-f]+', "", text)


def test_who_is_not_signed_in_is_led_there(app: Flask, token: Token) -> None:
    stranger = Browser(app)
    for path in ("/account/tokens", "/account/tokens/new", f"/account/tokens/{token.public_id}/revoke"):
        assert stranger.get(path, follow=False).headers["Location"].startswith("/login")


def test_many_programs_are_counted_beyond_the_first_three(visit: Browser, session: Session, her: Viewer) -> None:
    for number in range(5):
        api_tokens.create(session, her, TokenDraft(f"P{number}", Contract.TRACKING, ("goals:read",)))
    session.commit()
    assert "P4, P3, P2 and 2 more." in visit.get("/account").words()


def test_ended_and_used_tokens_say_so(
    visit: Browser, session: Session, token: Token, clock: time_machine.Traveller
) -> None:
    api_tokens.keep_used(session, token.id, make.NOW)
    session.execute(update(SignIn).values(seen_at=make.NOW + timedelta(days=29)))
    session.commit()
    assert "last used 10 Mar 2026, 13:00" in visit.get("/account/tokens").words()
    clock.move_to(make.NOW + timedelta(days=29))
    assert "until 9 April 2026" in visit.get("/account/tokens").words()
