"""Reading programs of an organisation: named, told their client id, shut out after words of warning, and nobody else's;
who lets one read for them is nobody's to see."""

import re
from datetime import timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.page import Browser, Page, signed_in
from webapp.actions import api_tokens, reading_clients
from webapp.domain.people import Role
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import ReadingClient, SignIn
from webapp.queries.people import viewer_by_token
from webapp.queries.signing import signer

PROGRAMS = "/admin/reading-programs"
UNKNOWN = "0" * 24


@pytest.fixture
def ladder(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, ("Ada", "Ben"))


@pytest.fixture
def ines(app: Flask, session: Session, ladder: Ladder) -> Browser:
    return signed_in(app, session, ladder.admin)


@pytest.fixture
def client(session: Session, ladder: Ladder) -> ReadingClient:
    made = reading_clients.create(session, ladder.ines, ladder.home.id, "Portion")
    session.commit()
    return made


def make_one(browser: Browser, **typed: object) -> Page:
    return browser.get(f"{PROGRAMS}/new").press("Let it in", **{"name": "Portion", **typed})


def let_read(session: Session, ladder: Ladder, name: str, client: ReadingClient) -> str:
    """The secret within a token that somebody made for the program."""
    viewer = make.viewer(session, ladder.people[name])
    draft = TokenDraft("Phone of mine", Contract.READING, ("goal.read",), 30, client.client_id)
    _, text = api_tokens.create(session, viewer, draft)
    session.commit()
    claims = signer.read(text, client.client_id, make.NOW)
    assert claims is not None
    return claims.id


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(ReadingClient)) or 0


def still(text: str) -> str:
    """The page without what differs at every request."""
    return re.sub(r'X-CSRFToken": "[^"]+"|value="[^"]+"|request [0-9a-f]+', "", text)


def test_who_has_none_is_told_what_one_is_for(ines: Browser) -> None:
    page = ines.get(PROGRAMS)
    assert "No reading program of yours is let in." in page.words()
    assert "nobody here sees who lets a program read for them" in page.words()
    chosen = [one for one in page.all("a") if one.get("aria-current") == "page"]
    assert [page.words(one) for one in chosen if one.get("href", "").startswith("/admin")] == ["Reading programs"]
    assert PROGRAMS in [one.get("href") for one in ines.get("/admin/keys").all("a")]


def test_a_program_is_named_and_its_client_id_stays_in_the_list(
    ladder: Ladder, ines: Browser, session: Session
) -> None:
    page = make_one(ines, name=" Daily  portion ")
    assert page.status == 200
    session.rollback()
    client = session.scalars(select(ReadingClient)).one()
    assert (client.name, client.organisation_id) == ("Daily portion", ladder.home.id)
    assert f"Daily portion is let in: its client id is {client.client_id}." in page.words()
    row = page.by_id(f"client-{client.public_id}")
    assert "let in 10 Mar 2026, 13:00" in page.words(row)
    later = ines.get(PROGRAMS)
    assert client.client_id in later.words(later.by_id(f"client-{client.public_id}"))
    assert "Times are those of Europe/Berlin." in later.words()


def test_sent_again_the_form_lets_in_no_other(ines: Browser, session: Session) -> None:
    form = ines.get(f"{PROGRAMS}/new")
    for _ in range(2):
        assert "Portion" in form.press("Let it in", name="Portion").words()
    assert count(session) == 1


@pytest.mark.parametrize(("name", "words"), [("", "Please fill"), ("x" * 101, "100"), ("\u202e", "Please fill")])
def test_what_makes_no_sense_is_said_at_its_field(ines: Browser, session: Session, name: str, words: str) -> None:
    page = make_one(ines, name=name)
    assert page.status == 422
    assert words in page.errors()["name"]
    assert page.value("name") == name.strip()
    assert count(session) == 0


def test_one_too_many_is_said(ines: Browser, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_clients, "CLIENTS_PER_ORGANISATION", 1)
    make_one(ines)
    page = make_one(ines)
    assert (page.status, "At most 1 of them." in page.words()) == (422, True)
    assert count(session) == 1


def test_letting_one_in_asks_for_the_password_once_more(ines: Browser, session: Session) -> None:
    form = ines.get(f"{PROGRAMS}/new")
    session.execute(update(SignIn).values(fresh_at=make.NOW - timedelta(minutes=16)))
    session.commit()
    sent = ines.send(f"{PROGRAMS}/new", form.fields(form.form_of(form.button("Let it in"))), follow=False)
    for answer in (ines.get(f"{PROGRAMS}/new", follow=False), sent):
        assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert count(session) == 0


def test_a_program_is_shut_out_after_words_of_warning(
    ladder: Ladder, ines: Browser, client: ReadingClient, session: Session
) -> None:
    secret = let_read(session, ladder, "Ada", client)
    page = ines.get(PROGRAMS)
    link = next(one for one in page.all("a") if one.get("aria-label") == "Shut out Portion")
    warning = ines.get(link.get("href", ""))
    assert "ends at once and for good" in warning.words()
    session.rollback()
    assert viewer_by_token(session, secret, make.NOW) is not None, "looking ends nothing"
    session.rollback()
    after = warning.press("Shut it out")
    session.rollback()
    assert viewer_by_token(session, secret, make.NOW) is None
    assert "Portion is shut out. Its tokens have ended." in after.words()
    assert "shut out 10 Mar 2026, 13:00" in after.words(after.by_id(f"client-{client.public_id}"))
    assert client.client_id in after.words()
    assert [one for one in after.all("a") if "Shut out" in (one.get("aria-label") or "")] == []
    session.rollback()
    assert warning.press("Shut it out").status == 200, "a second time changes nothing"


def test_nothing_an_admin_sees_tells_that_somebody_reads(
    app: Flask, ladder: Ladder, ines: Browser, client: ReadingClient, session: Session
) -> None:
    paths = (PROGRAMS, f"{PROGRAMS}/{client.public_id}/revoke", "/admin/keys", "/admin/ladder/people")
    before = [still(ines.get(path).text) for path in paths]
    for name in ("Ada", "Ben", "Ada"):
        let_read(session, ladder, name, client)
    assert [still(ines.get(path).text) for path in paths] == before
    assert "Phone of mine" in signed_in(app, session, ladder.people["Ada"]).get("/account/tokens").words()


def test_who_administers_two_organisations_names_the_one(
    app: Flask, ladder: Ladder, ines: Browser, client: ReadingClient, session: Session
) -> None:
    other = make.organisation(session, "Other")
    make.member(session, ladder.admin, other, Role.ADMIN)
    session.commit()
    there = f"?organisation={other.public_id}"
    assert "Portion" not in ines.get(PROGRAMS + there).words()
    form = ines.get(f"{PROGRAMS}/new{there}")
    assert form.press("Let it in", name="Theirs").address == PROGRAMS + there
    session.rollback()
    rows = session.execute(select(ReadingClient.name, ReadingClient.organisation_id)).all()
    assert {row.name: row.organisation_id for row in rows} == {"Portion": ladder.home.id, "Theirs": other.id}


def test_nobody_else_meets_a_program(
    app: Flask, ladder: Ladder, ines: Browser, client: ReadingClient, session: Session
) -> None:
    everybodys = reading_clients.make(session, "Everybody's", make.NOW)
    session.commit()
    ada = signed_in(app, session, ladder.people["Ada"])
    stranger = signed_in(app, session, Ladder(session, ()).admin)
    for path in (PROGRAMS, f"{PROGRAMS}/new"):
        assert ada.get(path).status == 403
        assert ada.post(path, name="Mine").status == (403 if path.endswith("new") else 405)
        assert stranger.get(f"{path}?organisation={ladder.home.public_id}").status == 404
    assert stranger.post(f"{PROGRAMS}/new", name="Mine", organisation=ladder.home.public_id).status == 404
    assert "Portion" not in stranger.get(PROGRAMS).words()
    assert "Everybody's" not in ines.get(PROGRAMS).words()
    for browser, public_id in ((ada, client.public_id), (stranger, client.public_id), (ines, everybodys.public_id)):
        theirs, unknown = f"{PROGRAMS}/{public_id}/revoke", f"{PROGRAMS}/{UNKNOWN}/revoke"
        for ask in (browser.get, browser.post):
            foreign, none = ask(theirs), ask(unknown)
            assert foreign.status == none.status == 404
            assert still(foreign.text) == still(none.text)
    session.rollback()
    assert count(session) == 2
    assert session.scalars(select(ReadingClient.revoked_at)).all() == [None, None]
    session.rollback()
    assert ines.post(f"{PROGRAMS}/{client.public_id}/revoke").status == 303
    assert Browser(app).get(PROGRAMS, follow=False).headers["Location"].startswith("/login")
