"""What every list of an export is made of: rows with public ids, plain values and opened words."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Executable, Select, select

from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.models import Goal
from webapp.models.engine import AnySession
from webapp.queries.sealing import PLAIN

Row = dict[str, Any]
IS_PLAIN = Goal.organisation_id.is_not(None).label("plain")
"""Marks rows about what is an organisation's; `opened` takes the mark off."""


def of_goals(viewer: Viewer, *columns: Any) -> Select[Any]:
    """These columns of what hangs on the viewer's goals of any kind, beside the goal's public id; the caller joins."""
    return select(Goal.public_id.label("goal"), *columns).select_from(Goal).where(Goal.owner_id == viewer.id)


def of_private_goals(viewer: Viewer, *columns: Any) -> Select[Any]:
    """As `of_goals`, of those that are nobody's but the viewer's."""
    return of_goals(viewer, *columns).where(Goal.kind == Kind.PERSONAL)


def rows_of(session: AnySession, statement: Executable) -> list[Row]:
    """The rows as values that JSON holds, by column name."""
    return [{name: plain(value) for name, value in row._mapping.items()} for row in session.execute(statement)]


def opened(viewer: Viewer, rows: Iterable[Row], table: str, *columns: str) -> list[Row]:
    """The rows with these sealed columns opened; in rows marked IS_PLAIN they stand as they were said."""
    worded = []
    for row in rows:
        words = PLAIN if row.get("plain") else viewer.words
        said = {column: words.open(f"{table}.{column}", row[column]) for column in columns if row.get(column)}
        worded.append({name: value for name, value in {**row, **said}.items() if name != "plain"})
    return worded


def plain(value: Any) -> Any:
    """The value as JSON holds it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return _number(value) if isinstance(value, Decimal) else value


def _number(amount: Decimal) -> int | float | str:
    if amount == amount.to_integral_value():
        return int(amount)
    return float(amount) if Decimal(repr(float(amount))) == amount else str(amount)
