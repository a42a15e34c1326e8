"""People and their browsers, as tests of pages need them: real forms with their hidden fields, real cookies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import html5lib
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from webapp.actions import passwords, people
from webapp.models import OutboxMessage, Person
from webapp.queries.sealing import keyring

PASSWORD = "seven quiet green lanterns"
OTHER_PASSWORD = "nine loud violet umbrellas"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME_PHONE = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)


def make_person(session: Session, email: str = "ada@example.org", password: str = PASSWORD, **columns: Any) -> Person:
    """A committed person who can sign in."""
    hashed = passwords.hash_password(password)
    person = people.create(session, name="Ada", email=email, password_hash=hashed, now=datetime.now(UTC))
    for name, value in columns.items():
        setattr(person, name, value)
    session.commit()
    return person


@dataclass
class Form:
    """One form of a page: where it goes and what it sends when nothing is typed."""

    action: str
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)


@dataclass
class Visitor:
    """A browser without scripts."""

    app: Flask
    agent: str = FIREFOX
    address: str = "203.0.113.7"
    https: bool = False

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **self._surroundings(options))

    def post(self, path: str, values: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send exactly these values, hidden fields not added."""
        return self.client.post(path, data=dict(values or {}), **self._surroundings(options))

    def submit(self, path: str, action: str | None = None, **typed: str) -> TestResponse:
        """Open the page, fill in its form (the one that goes to `action`, else its first) and send it."""
        form = self.form(path, action)
        return self.post(form.action, {**form.values, **typed})

    def form(self, path: str, action: str | None = None) -> Form:
        answer = self.get(path)
        assert answer.status_code == 200, f"{path} answers {answer.status_code} {answer.headers.get('Location', '')}"
        found = [form for form in forms_of(answer) if action is None or form.action == action]
        assert found, f"no form on {path} goes to {action}"
        return found[0] if found[0].action else Form(path, found[0].values)

    def sign_in(self, email: str = "ada@example.org", password: str = PASSWORD) -> TestResponse:
        return self.submit("/login", email=email, password=password)

    def is_in(self) -> bool:
        """Whether the account page opens, instead of asking to sign in."""
        answer = self.get("/account")
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith("/login")
        return answer.status_code == 200

    @property
    def cookie(self) -> str:
        """The session cookie's value."""
        cookie = self.client.get_cookie("__Host-sid" if self.https else "sid")
        return cookie.value if cookie else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie("__Host-sid" if self.https else "sid", value, secure=self.https)

    def _surroundings(self, options: dict[str, Any]) -> dict[str, Any]:
        options.setdefault("environ_overrides", {"REMOTE_ADDR": self.address})
        options["headers"] = {"User-Agent": self.agent, **options.get("headers", {})}
        if self.https:
            options.setdefault("base_url", "https://localhost")
            options["headers"].setdefault("Referer", "https://localhost/")
        return options


def forms_of(answer: TestResponse) -> list[Form]:
    """The forms of a page, with the values a browser would send."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    return [Form(form.get("action") or "", _values(form)) for form in tree.iter("form")]


def _values(form: Any) -> dict[str, str]:
    values = {}
    for control in form.iter("input"):
        kind = control.get("type", "text")
        if kind in ("checkbox", "radio") and control.get("checked") is None:
            continue
        if control.get("name"):
            values[control.get("name")] = control.get("value", "")
    for control in form.iter("select"):
        options = list(control.iter("option"))
        chosen = next((option for option in options if option.get("selected") is not None), options[0])
        values[control.get("name")] = chosen.get("value", "")
    return values


def letters(session: Session, template: str | None = None) -> list[dict[str, Any]]:
    """What waits in the outbox, opened, oldest first."""
    session.expire_all()
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.payload.is_not(None)).order_by(OutboxMessage.id))
    found = [json.loads(keyring.open_for_system("outbox_message.payload", row.payload or b"")) for row in rows]
    session.rollback()
    return [letter for letter in found if template in (None, letter["template"])]


def link_of(session: Session, template: str) -> str:
    """The secret of the latest mail of this kind."""
    secret: str = letters(session, template)[-1]["values"]["token"]
    return secret
