"""Keys of an organisation: shown once, told what they may, revoked after words of warning, and nobody else's."""

from datetime import timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.page import Browser, Page, signed_in
from webapp.models import ApiKey, SignIn
from webapp.queries.api_keys import by_key

KEYS = "/admin/keys"
UNKNOWN = "0" * 24


@pytest.fixture
def ladder(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, ("Ada",))


@pytest.fixture
def ines(app: Flask, session: Session, ladder: Ladder) -> Browser:
    return signed_in(app, session, ladder.admin)


def make_one(browser: Browser, **typed: object) -> Page:
    given = {"name": "Till", "scopes": ["values:write"], **typed}
    return browser.get(f"{KEYS}/new").press("Make the key", **given)


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(ApiKey)) or 0


def test_a_key_and_its_secret_are_shown_once(ladder: Ladder, ines: Browser, session: Session) -> None:
    assert "A key alone opens nothing" in ines.get(KEYS).words()
    page = make_one(ines, signs="y")
    key, secret = (page.one("input", id=name).get("value", "") for name in ("key", "secret"))
    session.rollback()
    facts = by_key(session, key)
    assert facts is not None
    assert (facts.organisation_id, facts.scopes, facts.signs) == (ladder.home.id, {"values:write"}, True)
    assert facts.secret() == secret
    after = ines.get(KEYS)
    words = after.words()
    assert "May enter values · every request signed · live · never used" in words
    assert key[:20] in words
    for told in (key[20:], secret[20:]):
        assert told not in after.text
        assert told not in str(page.headers)


def test_its_times_are_those_of_the_organisation(ladder: Ladder, ines: Browser, session: Session) -> None:
    make_one(ines)
    ladder.admin.zone = "America/New_York"
    session.execute(update(ApiKey).values(used_at=make.NOW))
    session.commit()
    words = ines.get(KEYS).words()
    assert "last used 10 Mar 2026, 13:00" in words
    assert "Times are those of Europe/Berlin." in words


def test_sent_again_the_form_makes_no_other_and_shows_nothing(ines: Browser, session: Session) -> None:
    form = ines.get(f"{KEYS}/new")
    first = form.press("Make the key", name="Till", scopes=["profiles:read"])
    again = form.press("Make the key", name="Till", scopes=["profiles:read"])
    assert count(session) == 1
    assert "made already" in again.words()
    assert first.one("input", id="key").get("value", "")[20:] not in again.text
    assert "signing is up to the program" in again.words()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Please fill"),
        ({"name": "x" * 101}, "100"),
        ({"scopes": []}, "Please"),
        ({"scopes": ["goals:read"]}, "choose one of the list"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    ines: Browser, session: Session, typed: dict[str, object], words: str
) -> None:
    page = make_one(ines, **typed)
    assert page.status == 422
    assert words in page.words(next(one for one in page.all("p", class_="error")))
    assert count(session) == 0


def test_making_one_asks_for_the_password_once_more(ines: Browser, session: Session) -> None:
    form = ines.get(f"{KEYS}/new")
    session.execute(update(SignIn).values(fresh_at=make.NOW - timedelta(minutes=16)))
    session.commit()
    sent = ines.send(f"{KEYS}/new", form.fields(form.form_of(form.button("Make the key"))), follow=False)
    for answer in (ines.get(f"{KEYS}/new", follow=False), sent):
        assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert count(session) == 0


def test_a_key_is_revoked_after_words_of_warning(ines: Browser, session: Session) -> None:
    key = make_one(ines).one("input", id="key").get("value", "")
    page = ines.get(KEYS)
    link = next(one for one in page.all("a") if one.get("aria-label") == "Revoke Till")
    warning = ines.get(link.get("href", ""))
    assert "at once and for good" in warning.words()
    session.rollback()
    assert by_key(session, key) is not None, "looking revokes nothing"
    after = warning.press("Revoke the key")
    session.rollback()
    assert by_key(session, key) is None
    assert "revoked 10 Mar 2026" in after.words()
    assert [one for one in after.all("a") if "Revoke" in (one.get("aria-label") or "")] == []


def test_nobody_else_meets_a_key(app: Flask, ladder: Ladder, ines: Browser, session: Session) -> None:
    make_one(ines)
    session.rollback()
    row = session.scalars(select(ApiKey)).one()
    theirs = f"{KEYS}/{row.public_id}/revoke"
    ada = signed_in(app, session, ladder.people["Ada"])
    stranger = signed_in(app, session, Ladder(session, ()).admin)
    for path in (KEYS, f"{KEYS}/new"):
        assert ada.get(path).status == 403
    assert "Till" not in stranger.get(KEYS).words()
    assert stranger.get(f"{KEYS}?organisation={ladder.home.public_id}").status == 404
    for browser in (ada, stranger):
        for path in (theirs, f"{KEYS}/{UNKNOWN}/revoke"):
            assert browser.get(path).status == 404
            assert browser.post(path).status == 404
    session.refresh(row)
    assert row.revoked_at is None
    assert Browser(app).get(KEYS, follow=False).headers["Location"].startswith("/login")
