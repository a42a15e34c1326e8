"""Rows for any schema: what the database itself says about its tables is enough to fill them."""

import re
import warnings
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

ROWS = 2
"""Two of everything, so that a row can name two different people."""

MOMENT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
BOOKKEEPING = "alembic_version"
Contents = dict[str, list[dict[str, Any]]]


def schema(connection: sa.Connection) -> sa.MetaData:
    """The tables as they stand in the database now."""
    metadata = sa.MetaData()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # indexes over expressions cannot be read back; no row needs them
        metadata.reflect(connection)
    return metadata


def fill(connection: sa.Connection) -> None:
    """Every table that was empty holds two rows, each column filled as far as the table's checks allow."""
    metadata = schema(connection)
    for table in metadata.sorted_tables:
        if table.name != BOOKKEEPING and not connection.scalar(sa.select(sa.func.count()).select_from(table)):
            for number in range(ROWS):
                _insert(connection, table, number)


def contents(connection: sa.Connection) -> Contents:
    """All rows of all tables, each table in the order of its primary key."""
    tables = schema(connection).sorted_tables
    return {
        table.name: [dict(row._mapping) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
        for table in tables
        if table.name != BOOKKEEPING
    }


def common(left: Contents, right: Contents) -> tuple[Contents, Contents]:
    """Both contents, reduced to the tables and columns that both know."""

    def reduced(rows: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[dict[str, Any]]:
        known = other[0].keys() if other else (rows[0].keys() if rows else ())
        return [{name: value for name, value in row.items() if name in known} for row in rows]

    names = left.keys() & right.keys()
    return (
        {name: reduced(left[name], right[name]) for name in names},
        {name: reduced(right[name], left[name]) for name in names},
    )


def _insert(connection: sa.Connection, table: sa.Table, number: int) -> None:
    """The fullest row that the table takes: beside what it needs, every further column that its checks let in."""
    itself = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    offered = [column for column in table.columns if column.name not in itself]
    taken = {column.name for column in offered if not column.nullable}
    if not _accepts(connection, table, _row(connection, offered, number)):
        for column in offered:
            wider = [other for other in offered if other.name in taken | {column.name}]
            if _accepts(connection, table, _row(connection, wider, number)):
                taken.add(column.name)
        offered = [column for column in offered if column.name in taken]
    connection.execute(table.insert().values(_row(connection, offered, number)))


def _accepts(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Whether the table takes this row; it is not kept."""
    attempt = connection.begin_nested()
    try:
        connection.execute(table.insert().values(row))
    except sa.exc.IntegrityError:
        return False
    finally:
        attempt.rollback()
    return True


def _row(connection: sa.Connection, columns: list[sa.Column[Any]], number: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    references = 0
    for column in columns:
        if column.foreign_keys:
            (key,) = column.foreign_keys
            ids = connection.scalars(sa.select(key.column).order_by(key.column)).all()
            row[column.name] = ids[(number + references) % len(ids)]
            references += 1
        elif not (column.primary_key and isinstance(column.type, sa.Integer)):
            row[column.name] = _value(column, number)
    if "minimum" in row and "maximum" in row:
        row["maximum"] += 100
    if "score" in row and "depth" in row:
        row["depth"] = -row["score"]
    return row


def _value(column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, sa.String):
        allowed = _allowed(column)
        return allowed[0] if allowed else f"{number} {column.name}"[: kind.length or 40]
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer):
        return number + 1
    if isinstance(kind, sa.Numeric):
        return Decimal(f"{number}.25")
    if isinstance(kind, sa.DateTime):
        return MOMENT if kind.timezone else MOMENT.replace(tzinfo=None)
    if isinstance(kind, sa.Date):
        return date(2026, 2, 28 - number)
    if isinstance(kind, sa.Time):
        return time(8, 30 + number)
    if isinstance(kind, sa.LargeBinary):
        return bytes([number]) * 32
    if isinstance(kind, sa.JSON):
        return {"number": number}
    raise AssertionError(f"{column}: no value is known for {kind!r}")


def _allowed(column: sa.Column[Any]) -> list[str]:
    """The words that a check of this column alone lists."""
    others = {other.name for other in column.table.columns} - {column.name}
    for constraint in column.table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            text = str(constraint.sqltext)
            names = set(re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", text)))
            if column.name in names and not names & others:
                return re.findall(r"'([^']*)'", text)
    return []
