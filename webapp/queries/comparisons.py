"""One column against one value that somebody typed: exact, and never an error of the database.

A column holds only so much: six decimals, whole days, microseconds. A value between two that it can hold is replaced by
the one below, and the question with it; a value beyond all of them is answered without being bound.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import ROUND_FLOOR, Context, Decimal
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Numeric,
    SmallInteger,
    and_,
    false,
    literal,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator, TypeEngine

from webapp.domain.filters import Operator

Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]

_COMPARE: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.EQ: eq,
    Operator.GT: gt,
    Operator.GTE: ge,
    Operator.LT: lt,
    Operator.LTE: le,
}
_BETWEEN = {Operator.GT: Operator.GT, Operator.GTE: Operator.GT, Operator.LT: Operator.LTE, Operator.LTE: Operator.LTE}
"""With n below v and nothing that can be stored between them: x > v and x ≥ v are x > n, x < v and x ≤ v are x ≤ n."""
_UPWARDS = frozenset({Operator.GT, Operator.GTE})
_EXACT = Context(prec=400)
_WIDTHS = ((SmallInteger, 15), (BigInteger, 63), (Integer, 31))
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+-][0-9]{2}:[0-9]{2}))?"
)


def compared(operator: Operator, column: Any, value: object) -> ColumnElement[bool]:
    """`column operator value`, for $eq, $gt, $gte, $lt and $lte."""
    return _COMPARE[operator](column, value)


def number(column: Column, operator: Operator, value: Decimal) -> ColumnElement[bool]:
    """A number of any size against a column of numbers."""
    kind = column.expression.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    held = _held(kind)
    if held is None:
        return compared(operator, column, value if isinstance(kind, Numeric) else literal(float(value), Float()))
    places, least, most = held
    below = value.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR, _EXACT)
    if not least <= below <= most:
        return _beyond(column, operator, above=below > most)
    bound = int(below) if isinstance(kind, Integer) else below
    return _nearest(column, operator, bound, exact=below == value)


def day(column: Column, operator: Operator, moment: date | datetime) -> ColumnElement[bool]:
    """A day or an instant against a column of days, each of which stands for its midnight UTC."""
    if not isinstance(moment, datetime):
        return compared(operator, column, moment)
    return _nearest(column, operator, moment.date(), exact=moment.time() == time.min)


def instant(column: Column, operator: Operator, moment: date | datetime) -> ColumnElement[bool]:
    """A day or an instant against a column of instants; a day without a time is the whole of it in UTC."""
    if isinstance(moment, datetime):
        return compared(operator, column, moment)
    first = datetime.combine(moment, time.min, UTC)
    last = datetime.combine(moment, time.max, UTC)
    if operator is Operator.EQ:
        return and_(column >= first, column <= last)
    return compared(operator, column, last if operator in (Operator.GT, Operator.LTE) else first)


def moment_of(text: str) -> date | datetime | None:
    """The day of `2026-03-01`, or the instant in UTC of `2026-03-01T08:30:00.5+01:00`; None when it is neither."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    said, clock, zone = found.groups()
    try:
        if clock is None:
            return date.fromisoformat(said)
        return datetime.fromisoformat(f"{said}T{clock}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _held(kind: TypeEngine[Any]) -> tuple[int, Decimal, Decimal] | None:
    """Decimals, least and largest number of a column; None when it has no such grid."""
    for width, bits in _WIDTHS:
        if isinstance(kind, width):
            return 0, Decimal(-(2**bits)), Decimal(2**bits - 1)
    if isinstance(kind, Numeric) and kind.precision is not None and kind.scale is not None:
        most = Decimal(10) ** (kind.precision - kind.scale) - Decimal(1).scaleb(-kind.scale)
        most = min(most, Decimal(2**63 - 1).scaleb(-kind.scale, _EXACT))  # SQLite counts the smallest places
        return kind.scale, -most, most
    return None


def _nearest(column: Column, operator: Operator, below: object, *, exact: bool) -> ColumnElement[bool]:
    if exact:
        return compared(operator, column, below)
    return false() if operator is Operator.EQ else compared(_BETWEEN[operator], column, below)


def _beyond(column: Column, operator: Operator, *, above: bool) -> ColumnElement[bool]:
    """The answer for a value above or below everything the column can hold."""
    if operator is Operator.EQ or (operator in _UPWARDS) is above:
        return false()
    return column.is_not(None)
