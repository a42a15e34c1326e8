"""Runs migrations on the database the app is configured for; knows the tables by webapp.models alone."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from webapp.models import Base
from webapp.models.types import Amount, Instant, Word


def render(kind: str, item: object, _: object) -> str | bool:
    """Our column types as plain ones, so that an old revision never depends on today's code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Amount):
        return 'sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")'
    if kind == "type" and isinstance(item, Word):
        return "sa.String(length=20)"
    return False


def run() -> None:
    """Each revision in a transaction of its own; on SQLite with foreign keys off, because a table that is rebuilt is
    dropped first, and a drop with foreign keys on would empty the tables that refer to it."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _foreign_keys(connection, "OFF")
        else:
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.commit()
        options = current_app.extensions["migrate"].configure_args
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render,
            transaction_per_migration=True,
            **options,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if connection.dialect.name == "sqlite":
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, value: str) -> None:
    # The pragma is ignored inside a transaction, and every statement of ours begins one.
    connection.connection.cursor().execute(f"PRAGMA foreign_keys = {value}")


run()
