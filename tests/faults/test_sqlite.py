"""What makes SQLite safe is really in force, read back through the application's own connections."""

import time
from functools import partial

from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from tests.benchmarks import data
from tests.benchmarks.browser import Browser, signed_in
from tests.benchmarks.data import Made
from tests.faults.visitors import together
from webapp.extensions import db
from webapp.models import Entry

IN_FORCE = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
}
WRITERS, TICKS = 8, 25


def test_every_connection_has_our_settings(sqlite_app: Flask) -> None:
    with sqlite_app.app_context(), db.engine.connect() as one, db.engine.connect() as other:
        for connection in (one, other):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in IN_FORCE}
            assert found == IN_FORCE
        version = one.execute(text("SELECT sqlite_version()")).scalar_one()
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_only_writing_requests_take_the_write_lock(sqlite_app: Flask) -> None:
    person, browser = somebody(sqlite_app)
    begun: list[str] = []
    with sqlite_app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert tick(sqlite_app, browser, person.goals[0], person, "done") == 200
    assert begun[0] == "BEGIN IMMEDIATE"
    begun.clear()
    assert visit(sqlite_app, browser, "/").status_code == 200
    assert set(begun) == {"BEGIN"}
    event.remove(engine, "before_cursor_execute", note)


def test_writers_wait_for_each_other_and_none_is_refused(sqlite_app: Flask) -> None:
    person, browser = somebody(sqlite_app)

    def write(goal: str) -> set[int]:
        return {tick(sqlite_app, browser, goal, person, ("skipped", "done")[turn % 2]) for turn in range(TICKS)}

    before = entries(sqlite_app)
    results = together(*(partial(write, goal) for goal in person.goals[:WRITERS]))
    assert results == [{200}] * WRITERS
    assert entries(sqlite_app) - before >= WRITERS * (TICKS - 1)  # a first answer may have stood already


def test_a_database_locked_for_too_long_is_a_calm_503_and_nothing_is_written(sqlite_app: Flask) -> None:
    person, browser = somebody(sqlite_app)
    before = entries(sqlite_app)
    with sqlite_app.app_context(), db.engine.connect() as holder:
        holder.rollback()
        with holder.execution_options(writing=True).begin():
            begun = time.monotonic()
            refused = answer(sqlite_app, browser, person.goals[0], person, "skipped")
            waited = time.monotonic() - begun
            assert visit(sqlite_app, browser, "/").status_code == 200, "reading goes on"
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert 4 < waited < 15
    assert entries(sqlite_app) == before
    assert tick(sqlite_app, browser, person.goals[0], person, "skipped") == 200


def somebody(app: Flask) -> tuple[Made, Browser]:
    """A person with a few days behind them, and their browser."""
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        person = data.person(session, "somebody", days=3)
    return person, signed_in(app, person.id)


def tick(app: Flask, browser: Browser, goal: str, person: Made, state: str) -> int:
    status: int = answer(app, browser, goal, person, state).status_code
    return status


def answer(app: Flask, browser: Browser, goal: str, person: Made, state: str) -> object:
    fields = {"csrf_token": browser.csrf_token, "state": state, "view": "row"}
    headers = {"HX-Request": "true", "Cookie": browser.cookie}
    return app.test_client(use_cookies=False).post(f"/goals/{goal}/days/{person.today}", data=fields, headers=headers)


def visit(app: Flask, browser: Browser, path: str) -> object:
    return app.test_client(use_cookies=False).get(path, headers={"Cookie": browser.cookie})


def entries(app: Flask) -> int:
    with app.app_context(), db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Entry)).scalar_one()
