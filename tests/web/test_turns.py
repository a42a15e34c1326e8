"""Who writes takes turns, and who waits for something slow, or sends slowly, lets others go first."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Semaphore
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import application, make
from tests.conftest import AppFactory
from tests.page import Browser, signed_in
from tests.visitors import OTHER_PASSWORD, PASSWORD
from webapp.actions import passwords
from webapp.extensions import db
from webapp.settings import Settings, UnsafeSettings
from webapp.web import turns

PATIENCE = 20
"""Seconds after which something that never comes is a failure."""
Start = Callable[..., Future[Any]]


@pytest.fixture
def start() -> Iterator[Start]:
    with ThreadPoolExecutor(16) as pool:
        yield pool.submit


@pytest.fixture
def one(app_factory: AppFactory, sqlite_url: str) -> Flask:
    """An application in which one request writes at a time."""
    return app_factory(sqlite_url, WEB_WRITING_AT_ONCE="1")


@pytest.fixture
def session(one: Flask) -> Iterator[Session]:
    with one.app_context():
        engine = db.engine
    with machine.travel(make.NOW, tick=False), Session(engine, expire_on_commit=False) as session:
        yield session


def free(app: Flask) -> int:
    """How many may take a turn now."""
    held: Semaphore = app.extensions[turns.TURNS]
    taken = 0
    while held.acquire(blocking=False):
        taken += 1
    for _ in range(taken):
        held.release()
    return taken


@contextmanager
def slow(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[threading.Event]:
    """This function of passwords waits until the block has ended; the event says that somebody is in it."""
    waits, goes_on, quick = threading.Event(), threading.Event(), getattr(passwords, name)

    def slowly(*given: Any, **named: Any) -> Any:
        waits.set()
        assert goes_on.wait(PATIENCE)
        return quick(*given, **named)

    monkeypatch.setattr(passwords, name, slowly)
    try:
        yield waits
    finally:
        goes_on.set()


def test_while_a_password_is_compared_others_write(
    one: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    ada = make.person(session, "Ada", password_hash=passwords.hash_password(PASSWORD))
    ben, form = signed_in(one, session, make.person(session, "Ben")), Browser(one).get("/login")
    with slow(monkeypatch, "matches") as waits:
        coming = start(form.press, "Sign in", email=ada.email, password=PASSWORD)
        assert waits.wait(PATIENCE)
        assert "Saved." in ben.get("/account").press("Save", name="Benjamin").words()
    assert coming.result(PATIENCE).address == "/"
    assert free(one) == 1, "each gave back the turn it took, and no other"


def test_what_is_computed_is_written_in_a_turn_again(
    one: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    ada = make.person(session, "Ada", password_hash=passwords.hash_password(PASSWORD))
    session.commit()
    form, held = Browser(one).get("/login"), one.extensions[turns.TURNS]
    with slow(monkeypatch, "matches") as waits:
        coming = start(form.press, "Sign in", email=ada.email, password=PASSWORD)
        assert waits.wait(PATIENCE)
        assert held.acquire(timeout=PATIENCE), "meanwhile it has none"
    assert coming.result(PATIENCE).status == 503
    held.release()
    assert free(one) == 1


@pytest.mark.parametrize("password", [OTHER_PASSWORD, "short"])
def test_while_a_new_password_is_hashed_others_write(
    one: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, start: Start, password: str
) -> None:
    ada, ben = (signed_in(one, session, make.person(session, name)) for name in ("Ada", "Ben"))
    form = ada.get("/account/password")
    with slow(monkeypatch, "password_problems") as waits:
        coming = start(form.press, "Set password", password=password)
        assert waits.wait(PATIENCE)
        assert "Saved." in ben.get("/account").press("Save", name="Benjamin").words()
    assert coming.result(PATIENCE).status == (200 if password == OTHER_PASSWORD else 422)
    assert free(one) == 1


def test_so_many_write_at_once_and_everybody_reads(one: Flask, session: Session, start: Start) -> None:
    ben = signed_in(one, session, make.person(session, "Ben"))
    form, held = ben.get("/account"), one.extensions[turns.TURNS]
    assert held.acquire(timeout=PATIENCE)
    waiting = start(form.press, "Save", name="Benjamin")
    assert ben.get("/account", follow=False).status == 200
    assert not waiting.done()
    held.release()
    assert "Saved." in waiting.result(PATIENCE).words()
    assert free(one) == 1


def test_who_waits_in_vain_hears_it_and_nothing_has_happened(
    one: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    person = make.person(session, "Ben")
    form, held = signed_in(one, session, person).get("/account"), one.extensions[turns.TURNS]
    assert held.acquire(timeout=PATIENCE)
    answer = form.press("Save", name="Benjamin")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    held.release()
    session.refresh(person)
    assert person.name == "Ben"
    assert free(one) == 1


def test_a_request_that_fails_gives_its_turn_back(
    one: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = signed_in(one, session, make.person(session, "Ben")).get("/account")
    monkeypatch.setattr("webapp.actions.people.change_profile", lambda *_: 1 / 0)
    for _ in range(2):
        assert form.press("Save", name="Benjamin").status == 500
    assert free(one) == 1


def test_there_are_as_many_turns_as_the_setting_says(app_factory: AppFactory, sqlite_url: str) -> None:
    assert free(app_factory(sqlite_url, WEB_WRITING_AT_ONCE="3")) == 3
    assert free(app_factory(sqlite_url)) == 4
    with pytest.raises(UnsafeSettings, match="WEB_WRITING_AT_ONCE"):
        Settings.load(application.ENVIRONMENT | {"WEB_WRITING_AT_ONCE": "0"})
