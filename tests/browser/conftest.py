"""A real server on a database of its own, people who are signed in by cookie, and browsers that are listened to.

Whatever a page asks of another address, and whatever it says in the console, fails the test that opened it.
"""

import contextlib
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make, visitors
from tests.application import ENVIRONMENT, create_app, disconnect, settings_for
from webapp import demo
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.models import Goal, Person
from webapp.settings import ROOT
from webapp.worker import loop

PATIENCE_SECONDS = 60
ROOMY = {f"LIMIT_{name}": "10000" for name in ("SIGN_IN_ADDRESS_HOUR", "SIGN_UP_ADDRESS_HOUR", "MAIL_ADDRESS_HOUR")}
"""Every test comes from one address."""

_numbers = count(1)


@dataclass
class House:
    """The server, and the same database and keys from within."""

    address: str
    app: Flask
    mails: Path
    demo: dict[str, Viewer] = field(default_factory=dict)

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A session whose writes the server sees once the block ends."""
        with self.app.app_context():
            yield db.session  # type: ignore[misc]
            db.session.commit()

    def person(self, **columns: Any) -> Viewer:
        """Somebody new who can sign in with visitors.PASSWORD, and has no goals yet."""
        with self.session() as session:
            made = visitors.make_person(session, f"ada.{next(_numbers)}@example.org", **columns)
            return self._viewer(session, made)

    def goal(self, viewer: Viewer, title: str = "Walk", **more: Any) -> str:
        """The address of a new goal of the viewer's."""
        with self.session() as session:
            return f"/goals/{make.goal(session, viewer, title, **more).public_id}"

    def of_demo(self, title: str, role: str = "client") -> str:
        """The public id of a goal of the demo."""
        with self.session() as session:
            personal = (Goal.owner_id == self.demo[role].id, Goal.kind == Kind.PERSONAL)
            owned = session.scalars(select(Goal).where(*personal))
            words = self.demo[role].words
            return next(goal.public_id for goal in owned if words.open("goal.title", goal.title) == title)

    def cookie(self, viewer: Viewer) -> dict[str, Any]:
        """What a browser of the viewer's carries that signed in just now."""
        with self.session() as session:
            person = session.get(Person, viewer.id)
            assert person is not None
            secret = make.sign_in(session, person, datetime.now(UTC))
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = signer.dumps({"_user_id": secret, "_fresh": True, "_permanent": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.address}

    def link_for(self, address: str) -> str:
        """The link in the newest mail to this address, once the worker has been round."""
        loop.run(self.app, once=True)
        letters = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                   for file in sorted(self.mails.glob("*.eml"))]  # fmt: skip
        texts = [letter.get_body(("plain",)).get_content() for letter in letters if address in str(letter["To"])]
        assert texts, f"no mail to {address}"
        found = re.search(rf"{re.escape(self.address)}/\S+", texts[-1])
        assert found, texts[-1]
        return found[0]

    def _viewer(self, session: Session, person: Person) -> Viewer:
        return make.viewer(session, person, datetime.now(UTC))


@pytest.fixture(scope="session")
def house(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The server runs, and the people of the demo live in it."""
    folder = tmp_path_factory.mktemp("browser")
    file = folder / "aimline.db"
    shutil.copyfile(_sqlite_template, file)
    file.chmod(0o600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here = f"127.0.0.1:{free.getsockname()[1]}"
    address = here.replace("127.0.0.1", "localhost")  # passkeys are bound to a name
    asked = {"BASE_URL": f"http://{address}", **ROOMY}
    app = create_app(settings_for(f"sqlite:///{file}", folder, **asked))
    made = House(f"http://{address}", app, folder / "mail")
    with made.session() as session:
        made.demo = demo.fill(session, datetime.now(UTC), production=False).viewers
    own = {**ENVIRONMENT, **asked, "APP_ENV": "development", "DATABASE_URL": f"sqlite:///{file}", "BIND": here}
    with _serving({**own, "SMTP_URL": f"folder:{folder / 'mail'}", "WEB_CONCURRENCY": "1"}, folder / "log"):
        _wait_for(f"http://{address}/healthz", folder / "log")
        yield made
    disconnect(app)


@contextlib.contextmanager
def _serving(settings: dict[str, str], log: Path) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "deploy/gunicorn.py",
        "--graceful-timeout",
        "1",
        "wsgi:app",
    ]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=out, stderr=out)
        try:
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=PATIENCE_SECONDS)


def _wait_for(address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=10) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the server does not answer: {log.read_text(encoding='utf-8')[-2000:]}")


@dataclass
class Watch:
    """What pages did that no page may do, and the last document as it came."""

    home: str
    complaints: list[str] = field(default_factory=list)
    documents: list[Response] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        refused = "Failed to load resource: the server responded with a status of"  # one that a test asked for
        if message.type in ("error", "warning") and refused not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", "data:", "blob:", "about:")):
            self.complaints.append(f"asks {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.documents.append(response)


Visit = Callable[..., Page]


@contextlib.contextmanager
def visits(house: House, browser: Browser, watch: Watch) -> Iterator[Visit]:
    """`visit("/goals", who=viewer, javascript=False, width=360)` is a page in a browser of its own, until the end."""
    with contextlib.ExitStack() as opened:

        def visit(
            path: str, who: Viewer | None = None, *, javascript: bool = True, width: int = 1280, **more: Any
        ) -> Page:
            context = browser.new_context(
                base_url=house.address,
                java_script_enabled=javascript,
                viewport={"width": width, "height": 800},
                reduced_motion="reduce",
                **more,
            )
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE_SECONDS * 1000)
            watch.over(context)
            if who is not None:
                context.add_cookies([house.cookie(who)])  # type: ignore[list-item]
            page = context.new_page()
            page.goto(path)
            return page

        expect.set_options(timeout=PATIENCE_SECONDS * 1000)
        yield visit


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Visit]:
    """Opens pages, and fails the test for what no page may do."""
    watch = Watch(house.address)
    with visits(house, browser, watch) as opened:
        yield opened
    assert not watch.complaints


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """The journey is made twice."""
    return bool(request.param)


@pytest.fixture
def ada(house: House) -> Viewer:
    """Somebody new, who lives in Berlin and has no goals yet."""
    return house.person(zone="Europe/Berlin")
