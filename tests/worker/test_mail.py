"""Every mail there is: its words, its links, its headers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.application import AppFactory
from tests.architecture.source import ROOT
from webapp.actions.outbox import Claim, Letter
from webapp.worker.mail import compose

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CLAIM = Claim(1, "0123456789abcdef01234567", None, "a", 1, None, None)
KINDS = sorted(path.stem for path in (ROOT / "templates" / "mail").glob("*.txt") if path.stem != "letter")


def letter(kind: str, **values: str) -> Letter:
    return Letter("ada@example.org", kind, "en", "Europe/Paris", {"token": "SECRET", "device": "Firefox", **values})


@pytest.fixture
def app(app_factory: AppFactory, sqlite_url: str) -> Flask:
    return app_factory(sqlite_url, BASE_URL="https://aimline.example", MAIL_FROM="Aimline <hello@aimline.example>")


@pytest.mark.parametrize("kind", KINDS)
def test_mail_is_whole_and_links_home_only(app: Flask, kind: str) -> None:
    with app.test_request_context(base_url="http://evil.test/"):
        mail = compose(app, CLAIM, letter(kind), NOW)
    text = mail.get_content()
    assert mail["From"] == "Aimline <hello@aimline.example>"
    assert mail["To"] == "ada@example.org"
    assert mail["Message-ID"] == "<0123456789abcdef01234567@aimline.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert 5 < len(mail["Subject"]) < 60
    assert "evil.test" not in mail.as_string()
    addresses = [word for word in text.split() if "://" in word]
    assert addresses
    assert all(word.startswith("https://aimline.example") for word in addresses)
    assert "{" not in text
    assert "\n\n-- \nAimline\n" in text
    assert all(f"\n\n{word}\n" in text for word in addresses[:-1]), "a link stands on a line of its own"
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    assert "SECRET" not in mail["Subject"]
    assert len([line for line in text.splitlines() if "SECRET" in line]) <= 1
    assert all(len(line) < 998 for line in text.splitlines())
    assert mail["Content-Transfer-Encoding"] == "7bit"


def test_every_kind_that_is_written_has_words() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "webapp", "actions").glob("*.py"))
    assert KINDS
    assert [kind for kind in KINDS if f'"{kind}"' not in written] == []


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n"])
def test_line_break_cannot_make_a_header(app: Flask, break_: str) -> None:
    bad = Letter(f"a@example.org{break_}Bcc: b@example.org", "recovery", "en", "Etc/UTC", {"token": "x"})
    with app.app_context(), pytest.raises(ValueError, match="linefeed"):
        compose(app, CLAIM, bad, NOW)


def test_words_that_are_not_english_arrive_whole(app: Flask) -> None:
    with app.app_context():
        mail = compose(app, CLAIM, letter("new-device", device="Zürich — 東京 <b>"), NOW)
    assert "Zürich — 東京 <b>" in mail.get_content()
    mail.as_bytes().decode("ascii")
