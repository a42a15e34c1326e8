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
from webapp.actions import api_tokens, reading_clients
from webapp.domain.people import Viewer
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import Person, ReadingClient, ReadingToken, SignIn, Token
from webapp.queries.people import viewer_by_token
from webapp.queries.signing import signer

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


@pytest.fixture
def client(session: Session, ada: Person) -> ReadingClient:
    """A program of the reading contract, for everybody."""
    made = reading_clients.make(session, "Portion", make.NOW)
    session.commit()
    return made


def make_reading(visit: Browser, client: ReadingClient | None, **typed: object) -> Page:
    said = {"name": "Phone", "contract": "reading", "scopes": ["goal.read", "activity_day.create"], **typed}
    return make_one(visit, **{"client": client.client_id if client else "", **said})


def test_a_reading_token_is_made_for_a_program_and_shown_with_its_id(
    visit: Browser, session: Session, ada: Person, client: ReadingClient
) -> None:
    page = make_reading(visit, client)
    assert page.status == 200
    text, client_id = page.words(page.one("textarea", id="secret")), page.one("input", id="client").get("value", "")
    assert client_id == client.client_id
    for words in ("as x-auth-token", "as x-client-id"):
        assert words in page.words()
    claims = signer.read(text, client_id, make.NOW)
    assert claims is not None
    found = viewer_by_token(session, claims.id, make.NOW)
    assert found is not None
    assert (found[0].id, found[1].scopes) == (ada.id, {"goal.read", "activity_day.create"})
    signature = text.rpartition(".")[2]
    for path in ("/account/tokens", "/account"):
        later = visit.get(path)
        for told in (signature, claims.id[20:]):
            assert told not in later.text
    listed = visit.get("/account/tokens")
    words = listed.words()
    assert "Reading goals, days and streaks, by Portion · May log what was read, see reading goals" in words
    assert client.client_id in words
    assert claims.id[:20] not in words, "it stands nowhere in what the program was given"
    public_id = session.scalars(select(Token.public_id)).one()
    assert "by Portion" in visit.get(f"/account/tokens/{public_id}/revoke").words()


def test_programs_are_chosen_by_name_and_whose_they_are(
    app: Flask, session: Session, ada: Person, visit: Browser, client: ReadingClient
) -> None:
    home, elsewhere = make.organisation(session, "Home"), make.organisation(session, "Elsewhere")
    make.member(session, ada, home)
    ours = reading_clients.make(session, "Ours", make.NOW, organisation_id=home.id)
    theirs = reading_clients.make(session, "Theirs", make.NOW, organisation_id=elsewhere.id)
    over = reading_clients.make(session, "Over", make.NOW)
    reading_clients.end(session, over, make.NOW)
    session.commit()
    page = visit.get("/account/tokens/new")
    choices = {one.get("value"): page.words(one) for one in page.one("select", name="client").iter("option")}
    assert choices == {"": "none", ours.client_id: "Ours, of Home", client.client_id: "Portion"}
    assert page.value("client") == ""
    for foreign in (theirs, over):
        session.refresh(foreign)
        sent = make_reading(visit, foreign)
        assert (sent.status, "choose one of the list" in sent.errors()["client"]) == (422, True)
    assert count(session) == 0
    session.refresh(ours)
    assert make_reading(visit, ours).status == 200
    assert "by Ours" in visit.get("/account/tokens").words()


def test_a_reading_token_without_a_program_is_asked_for_one(
    visit: Browser, session: Session, client: ReadingClient
) -> None:
    page = make_reading(visit, None)
    assert (page.status, "Please fill" in page.errors()["client"]) == (422, True)
    assert (page.value("name"), count(session)) == ("Phone", 0)
    assert "of use to no other program" in page.words()
    again = make_reading(visit, client, scopes=["goals:read"])
    assert (again.status, "choose one of the list" in again.errors()["scopes"]) == (422, True)
    assert again.value("client") == client.client_id
    assert count(session) == 0


def test_without_a_program_to_choose_the_page_says_whom_to_ask(visit: Browser, session: Session) -> None:
    ask = "an admin of your organisation, or whoever runs Aimline here, can let one in"
    assert ask in visit.get("/account/tokens/new").words()
    assert ask in make_reading(visit, None).words()
    assert count(session) == 0
    assert make_one(visit).status == 200, "every other program needs none"


def test_a_program_chosen_for_another_contract_counts_for_nothing(
    visit: Browser, session: Session, client: ReadingClient
) -> None:
    page = make_one(visit, client=client.client_id)
    assert page.status == 200
    assert page.by_id("client") is None
    assert viewer_by_token(session, page.one("input", id="secret").get("value", ""), make.NOW) is not None
    assert session.scalars(select(ReadingToken.token_id)).all() == []


def test_a_token_that_ended_with_its_program_says_so(
    visit: Browser, session: Session, her: Viewer, client: ReadingClient
) -> None:
    draft = TokenDraft("Phone", Contract.READING, ("goal.read",), 30, client.client_id)
    made, _ = api_tokens.create(session, her, draft)
    reading_clients.end(session, client, make.NOW)
    session.commit()
    page = visit.get("/account/tokens")
    row = page.by_id(f"token-{made.public_id}")
    assert "by Portion · May see reading goals and what today asks · ended with its program" in page.words(row)
    assert [one for one in page.all("a") if "Revoke" in (one.get("aria-label") or "")] == []
    assert "No program acts for you." in visit.get("/account").words()
