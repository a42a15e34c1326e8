"""What the mails about an account ask of their reader: only what they can do."""

import pytest
from flask import Flask

from tests.application import AppFactory
from tests.worker.conftest import text_of
from tests.worker.test_mail import CLAIM, HOME, NOW, letter
from webapp.worker.mail import compose


@pytest.fixture
def app(app_factory: AppFactory, sqlite_url: str) -> Flask:
    return app_factory(sqlite_url, BASE_URL=HOME)


@pytest.mark.parametrize(
    ("what", "ways"),
    [
        ("app_added", ["/account"]),
        ("token_made", ["/account"]),
        ("left", ["/account"]),
        ("member_left", ["/admin"]),
        ("roles", ["/login"]),
        ("resumed", ["/login"]),
        ("let_in", ["/login"]),
        ("signed_out", ["/login"]),
        ("suspended", []),
    ],
)
def test_notice_names_the_way_that_is_open_to_its_reader(app: Flask, what: str, ways: list[str]) -> None:
    with app.app_context():
        text = text_of(compose(app, CLAIM, letter("account-changed", what=what), NOW))
    links = [word.removeprefix(HOME) for word in text.split() if word.startswith(HOME)]
    assert links == [*ways, ""]
    assert all(f":\n\n{HOME}{way}\n" in text for way in ways), "words lead to the link"
    assert ("change your password" in text) == (what in {"app_added", "token_made"})
    assert "\n\n\n" not in text


def test_who_is_suspended_is_told_whom_to_ask_and_no_way_in(app: Flask) -> None:
    with app.app_context():
        text = text_of(compose(app, CLAIM, letter("recovery-closed"), NOW))
    assert [word for word in text.split() if "://" in word] == [HOME]
    assert "an admin of your organisation" in text
    assert "create an account" not in text
    assert "SECRET" not in text
