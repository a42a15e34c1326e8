"""Every mail there is: its words, its links, its headers, as text and as HTML."""

import email
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.application import AppFactory
from tests.architecture.source import ROOT
from tests.worker.conftest import text_of
from webapp.actions.outbox import Claim, Letter
from webapp.domain.reminders import About
from webapp.web import mail_links
from webapp.worker.mail import POLICY, Block, blocks_of, compose

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CLAIM = Claim(1, "0123456789abcdef01234567", None, "mail", "example.org", "a", 1, None, None)
HOME = "https://aimline.example"
KINDS = sorted(path.stem for path in (ROOT / "templates" / "mail").glob("*.txt") if path.stem != "letter")
SAID = {"token": "SECRET", "device": "Firefox", "count": 1, "path": "/", "lines": []}


def letter(kind: str, **values: object) -> Letter:
    return Letter("ada@example.org", kind, "en", "Europe/Paris", {**SAID, **values})


def arrived(mail: EmailMessage) -> EmailMessage:
    """The mail as a mail program reads it."""
    return email.message_from_bytes(mail.as_bytes(), policy=default)


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture
def app(app_factory: AppFactory, sqlite_url: str) -> Flask:
    return app_factory(sqlite_url, BASE_URL=HOME, MAIL_FROM="Aimline <hello@aimline.example>")


@pytest.mark.parametrize("kind", KINDS)
def test_mail_is_whole_and_links_home_only(app: Flask, kind: str) -> None:
    with app.test_request_context(base_url="http://evil.test/"):
        mail = arrived(compose(app, CLAIM, letter(kind), NOW))
    text = text_of(mail)
    assert mail["From"] == "Aimline <hello@aimline.example>"
    assert mail["To"] == "ada@example.org"
    assert mail["Message-ID"] == "<0123456789abcdef01234567@aimline.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert 5 < len(mail["Subject"]) < 60
    assert "evil.test" not in mail.as_string()
    addresses = [word for word in text.split() if "://" in word]
    assert addresses
    assert all(word.startswith(HOME) for word in addresses)
    assert "{" not in text
    assert "\n\n-- \nAimline\n" in text
    assert all(f"\n\n{word}\n" in text for word in addresses[:-1]), "a link stands on a line of its own"
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    assert "SECRET" not in mail["Subject"]
    assert len([line for line in text.splitlines() if "SECRET" in line]) <= 1
    assert all(len(line) < 998 for line in mail.as_bytes().splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_html_says_what_the_text_says_and_brings_nothing_from_elsewhere(app: Flask, kind: str) -> None:
    with app.app_context():
        mail = arrived(compose(app, CLAIM, letter(kind), NOW))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    page = html_of(mail)
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    body = root.find("body")
    assert "".join("".join(body.itertext()).split()) == "".join(text_of(mail).replace("\n-- \n", "\n").split())
    assert {one.tag for one in body.iter()} <= {"body", "main", "footer", "p", "br", "a", "ul", "li"}
    links = [one.get("href") for one in body.iter("a")]
    assert links == [word for word in text_of(mail).split() if "://" in word]
    assert [one.text for one in body.iter("a")] == links
    assert re.findall(r"url\(|@import|<script|<img|<link", page) == []


def test_what_people_wrote_is_no_markup_and_no_link(app: Flask) -> None:
    named = '<b>Zürich</b> & <a href="https://evil.test">https://evil.test https://aimline.example.evil.test/x</a>'
    line = {"words": named, "path": "/goals/1"}
    with app.app_context():
        mail = arrived(compose(app, CLAIM, letter("reminders", detail=True, lines=[line], first=named), NOW))
    page = html_of(mail)
    assert named in text_of(mail)
    assert "<li>&lt;b&gt;Zürich&lt;/b&gt; &amp; &lt;a href=" in page
    assert set(re.findall(r'href="([^"]*)"', page)) == {HOME, f"{HOME}/", f"{HOME}/goals/1"}


def test_text_is_taken_apart_by_empty_lines_and_dashes() -> None:
    assert list(blocks_of("One\ntwo\n\n- a\n- b\nafter\n\n\n")) == [
        Block(False, ("One", "two")),
        Block(True, ("a", "b")),
        Block(False, ("after",)),
    ]


def test_every_kind_that_is_written_has_words() -> None:
    folders = (Path(ROOT, "webapp", "actions"), Path(ROOT, "webapp", "worker"))
    written = "".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    assert KINDS
    assert [kind for kind in KINDS if f'"{kind}"' not in written] == []


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n"])
def test_line_break_cannot_make_a_header(app: Flask, break_: str) -> None:
    bad = Letter(f"a@example.org{break_}Bcc: b@example.org", "recovery", "en", "Etc/UTC", {"token": "x"})
    with app.app_context(), pytest.raises(ValueError, match="linefeed"):
        compose(app, CLAIM, bad, NOW)


def test_words_that_are_not_english_arrive_whole(app: Flask) -> None:
    with app.app_context():
        made = compose(app, CLAIM, letter("new-device", device="Zürich — 東京 <b>"), NOW)
    made.as_bytes().decode("ascii")
    mail = arrived(made)
    assert "Zürich — 東京 <b>" in text_of(mail)
    assert "Zürich — 東京 &lt;b&gt;" in html_of(mail)


@pytest.mark.parametrize("words", ["Наступні кроки " * 12 + "end", "Next steps " * 12 + "end", "short"])
def test_a_subject_in_any_language_and_length_arrives_whole(words: str) -> None:
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = words
    made = mail.as_bytes()
    made.decode("ascii")
    assert arrived(mail)["Subject"] == words
    assert all(len(line) < 998 for line in made.splitlines())


def test_reminder_can_be_stopped_with_one_click_and_says_how(app: Flask, session: Session) -> None:
    person = make.person(session)
    session.commit()
    reminder = letter("reminders", abouts=["goal", "mood"], person=person.public_id)
    with app.app_context():
        mail = arrived(compose(app, CLAIM, reminder, NOW))
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = str(mail["List-Unsubscribe"]).strip("<>")
        assert address.startswith(f"{HOME}/unsubscribe/")
        said = mail_links.said_by(app, address.rpartition("/")[2])
    assert said == (person.public_id, (About.GOAL, About.MOOD))
    assert f"\n{HOME}/account/reminders\n" in text_of(mail)
    assert f"\n{address}\n" in text_of(mail)
    assert f'href="{address}"' in html_of(mail)
