"""Every revision goes up, down and up again on both engines, with rows in every table, and loses none that it keeps."""

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from tests import servers
from tests.application import AppFactory
from tests.architecture.source import ROOT
from tests.migrations.rows import BOOKKEEPING, Contents, common, contents, fill, schema
from webapp.extensions import db
from webapp.models import Base

SCRIPTS = ScriptDirectory(ROOT / "migrations")
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_app(request: pytest.FixtureRequest, app_factory: AppFactory, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without a single table, within its context."""
    if request.param == "sqlite":
        app = app_factory(f"sqlite:///{tmp_path / 'bare.db'}")
        with app.app_context():
            yield app
        return
    with servers.database(request.getfixturevalue("postgresql_server")) as url:
        app = app_factory(url)
        with app.app_context():
            yield app


def test_there_is_one_chain() -> None:
    assert REVISIONS
    assert len(SCRIPTS.get_heads()) == 1


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.usefixtures("bare_app")
def test_revision_goes_up_down_and_up_with_rows_in_every_table(revision: str) -> None:
    before = SCRIPTS.get_revision(revision).down_revision
    assert before is None or isinstance(before, str)
    if before is not None:
        flask_migrate.upgrade(revision=before)
    old = _filled()
    flask_migrate.upgrade(revision=revision)
    _same(old, _contents(), "on the way up")
    new = _filled()
    flask_migrate.downgrade(revision=before or "base")
    kept = _contents()
    assert kept.keys() == old.keys()
    _same(new, kept, "on the way down")
    flask_migrate.upgrade(revision=revision)
    _same(kept, _contents(), "on the way up again")
    _filled()


@pytest.mark.usefixtures("bare_app")
def test_whole_chain_goes_down_to_nothing_and_up_again() -> None:
    flask_migrate.upgrade()
    filled = _filled()
    assert filled.keys() == {table.name for table in Base.metadata.sorted_tables}
    assert all(len(rows) >= 2 for rows in filled.values())
    for _ in REVISIONS:
        flask_migrate.downgrade()
    assert _contents() == {}
    flask_migrate.upgrade()
    assert _filled().keys() == filled.keys()


@pytest.mark.usefixtures("bare_app")
def test_tables_in_code_and_newest_revision_agree() -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        migrated = _described(connection)
    flask_migrate.downgrade(revision="base")
    Base.metadata.create_all(db.engine)
    with db.engine.connect() as connection:
        written = _described(connection)
    assert migrated.keys() == written.keys()
    differing = [f"{table}: {fact}" for table in written for fact in sorted(written[table] ^ migrated[table])]
    assert not differing


def _filled() -> Contents:
    with db.engine.connect() as connection:
        writing = connection.execution_options(writing=True)
        fill(writing)
        writing.commit()
    return _contents()


def _contents() -> Contents:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        return contents(connection)


def _same(before: Contents, after: Contents, where: str) -> None:
    left, right = common(before, after)
    for table in left:
        assert left[table] == right[table], f"{table} lost or changed rows {where}"


def _described(connection: sa.Connection) -> dict[str, set[str]]:
    """Each table's columns, keys, indexes and checks in words that can be compared."""
    described = {}
    for table in schema(connection).sorted_tables:
        if table.name == BOOKKEEPING:
            continue
        columns = {f"{column.name} {column.type} null={column.nullable} {_default(column)}" for column in table.columns}
        keys = {f"{key.parent.name} -> {key.target_fullname} {key.ondelete}" for key in table.foreign_keys}
        indexes = {
            f"{index.name} {index.unique} {[str(part) for part in index.expressions]}"
            f" {sorted(f'{option}={value}' for option, value in index.dialect_kwargs.items())}"
            for index in table.indexes
        }
        constraints = {
            f"{type(constraint).__name__} {constraint.name}"
            f" {[column.name for column in getattr(constraint, 'columns', ())]}"
            f" {getattr(constraint, 'sqltext', '')}"
            for constraint in table.constraints
        }
        described[table.name] = columns | keys | indexes | constraints
    return described


def _default(column: sa.Column[object]) -> str:
    return "" if column.server_default is None else str(getattr(column.server_default, "arg", ""))
