"""Who may write takes turns, and who waits for something slow lets others go first."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import time_machine as machine
from sqlalchemy.orm import Session

from tests import application, make
from tests.conftest import AppFactory
from tests.page import Browser, signed_in
from tests.visitors import PASSWORD
from webapp.actions import passwords
from webapp.extensions import db
from webapp.settings import Settings, UnsafeSettings
from webapp.web.turns import Turns

PATIENCE = 20
"""Seconds after which something that never comes is a failure."""


class Gate:
    """An application whose requests stay inside until they are let out."""

    def __init__(self) -> None:
        self.inside, self.most, self.open = 0, 0, threading.Event()
        self._changing = threading.Condition()

    def __call__(self, environ: dict[str, Any], _: object) -> list[bytes]:
        with self._changing:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self._changing.notify_all()
        if environ.get("fails"):
            raise RuntimeError("it went wrong")
        assert self.open.wait(PATIENCE)
        with self._changing:
            self.inside -= 1
        return [b"done"]

    def wait_for(self, number: int) -> None:
        with self._changing:
            assert self._changing.wait_for(lambda: self.inside >= number, PATIENCE)


@pytest.fixture
def start() -> Iterator[Callable[..., Future[Any]]]:
    with ThreadPoolExecutor(16) as pool:
        yield pool.submit


def test_so_many_may_write_at_once_and_all_may_read(start: Callable[..., Future[Any]]) -> None:
    gate = Gate()
    turns = Turns(gate, 2)  # type: ignore[arg-type]
    writing = [start(turns, {"REQUEST_METHOD": method}, None) for method in ("POST", "PUT", "PATCH", "DELETE", "ODD")]
    gate.wait_for(2)
    reading = [start(turns, {"REQUEST_METHOD": method}, None) for method in ("GET", "HEAD", "OPTIONS")]
    gate.wait_for(5)
    assert gate.most == 5, "two that may write, and all three that read"
    gate.open.set()
    assert [one.result(PATIENCE) for one in (*writing, *reading)] == [[b"done"]] * 8


def test_a_request_that_fails_gives_its_turn_back() -> None:
    gate = Gate()
    gate.open.set()
    turns = Turns(gate, 1)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(RuntimeError):
            turns({"REQUEST_METHOD": "POST", "fails": "yes"}, None)  # type: ignore[arg-type]
    assert turns({"REQUEST_METHOD": "POST"}, None) == [b"done"]  # type: ignore[arg-type]


def test_while_a_password_waits_to_be_hashed_others_write(
    app_factory: AppFactory,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    start: Callable[..., Future[Any]],
) -> None:
    app = app_factory(sqlite_url, WEB_WRITING_AT_ONCE="1")
    waits, goes_on, matches = threading.Event(), threading.Event(), passwords.matches

    def slow(stored: str | None, password: str) -> bool:
        waits.set()
        assert goes_on.wait(PATIENCE)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", slow)
    with app.app_context():
        engine = db.engine
    with machine.travel(make.NOW, tick=False), Session(engine, expire_on_commit=False) as session:
        ada = make.person(session, "Ada", password_hash=passwords.hash_password(PASSWORD))
        ben = signed_in(app, session, make.person(session, "Ben"))
        coming = start(Browser(app).get("/login").press, "Sign in", email=ada.email, password=PASSWORD)
        assert waits.wait(PATIENCE)
        assert "Saved." in ben.get("/account").press("Save", name="Benjamin").words(), "while she waits"
        goes_on.set()
        assert coming.result(PATIENCE).address == "/"


def test_there_is_at_least_one_turn() -> None:
    assert Settings.load(application.ENVIRONMENT | {"WEB_WRITING_AT_ONCE": "1"}).writing_at_once == 1
    with pytest.raises(UnsafeSettings, match="WEB_WRITING_AT_ONCE"):
        Settings.load(application.ENVIRONMENT | {"WEB_WRITING_AT_ONCE": "0"})
