"""How each database is opened: what SQLite needs to be safe, and how a writing transaction begins."""

import contextlib
import random
import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]
"""A session of our own, or the one that belongs to the request."""

OLDEST_SQLITE = (3, 51, 3)
"""Older libraries can corrupt a database in WAL mode (sqlite.org/wal.html#walresetbug)."""

try:
    import pysqlite3 as sqlite_module
except ImportError:
    sqlite_module = sqlite3

PATIENCE = 5
"""Seconds that a writer waits for the others."""

PRAGMAS = (
    f"PRAGMA busy_timeout = {PATIENCE * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA mmap_size = 0",
)


TABLES_ABOUT_PEOPLE = ("person", "goal", "sign_in", "token", "audit_event", "outbox_message", "membership")


class OldLibrary(Exception):
    """The SQLite library on this machine is too old to be trusted with data."""


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` is told for this database."""
    if url.startswith("sqlite"):
        if sqlite_module.sqlite_version_info < OLDEST_SQLITE:
            raise OldLibrary(f"SQLite {sqlite_module.sqlite_version} is older than 3.51.3")
        return {"module": sqlite_module, "connect_args": {"timeout": PATIENCE}}
    return {
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 15,
        "pool_timeout": 5,
        "connect_args": {"connect_timeout": 5, "options": "-c statement_timeout=10000 -c lock_timeout=8000"},
    }


def normal_url(url: str) -> str:
    """The address as SQLAlchemy wants it: psycopg 3 for every way to write PostgreSQL."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def prepare(engine: Engine) -> None:
    """Every connection of a SQLite engine has our settings and begins transactions when told, not when it guesses."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        if connection.get_execution_options().get("writing"):
            _begin_immediate(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def begin_writing(session: AnySession) -> None:
    """The session's transaction may write: on SQLite it holds the write lock from its first statement, because a
    reading transaction that turns into a writing one fails at once when another has written (SQLITE_BUSY_SNAPSHOT)."""
    session.connection(execution_options={"writing": True})


def upserting(session: AnySession, table: Table) -> Any:
    """An insert into the table that can say what becomes of a conflict; both databases spell it alike."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def compact(engine: Engine) -> bool:
    """What was deleted is in no page of the database file any more, nor in its log; False when somebody who reads,
    a backup perhaps, still needs the old pages: then try again later.

    SQLite rewrites the whole file; PostgreSQL only the tables that hold plain words about people, since what is sealed
    is gone with its key. Both wait for whoever writes, and make others wait while they run.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.closing(engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
            ((busy, *_),) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return not busy
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        for table in TABLES_ABOUT_PEOPLE:
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")
        connection.exec_driver_sql("RESET statement_timeout")
    return True


def _begin_immediate(connection: Any) -> None:
    """The transaction holds the write lock; raises OperationalError when others held it for five seconds.

    SQLite keeps no queue and sleeps ever longer between its own tries, so that of many busy writers one could wait in
    vain. Asked for every few milliseconds, everybody's turn comes.
    """
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout = 0")
    until = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(0.001, 0.010))  # noqa: S311 - chance, not a secret
    finally:
        raw.execute(PRAGMAS[0])
