"""What every list of an export is made of: rows with public ids, plain values and opened words."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Executable, Select, select

from webapp.domain.people import Viewer
from webapp.models import Goal
from webapp.models.engine import AnySession

Row = dict[str, Any]


def of_goals(viewer: Viewer, *columns: Any) -> Select[Any]:
    """These columns of what hangs on the viewer's goals, beside the goal's public id; the caller joins."""
    return select(Goal.public_id.label("goal"), *columns).select_from(Goal).where(Goal.owner_id == viewer.id)


def rows_of(session: AnySession, statement: Executable) -> list[Row]:
    """The rows as plain values by column name."""
    return [{name: plain(value) for name, value in row._mapping.items()} for row in session.execute(statement)]


def opened(viewer: Viewer, rows: Iterable[Row], table: str, *columns: str) -> list[Row]:
    """The rows with these sealed columns opened."""
    worded = []
    for row in rows:
        words = {column: viewer.words.open(f"{table}.{column}", row[column]) for column in columns if row.get(column)}
        worded.append({**row, **words})
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
