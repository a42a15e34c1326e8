"""A filter's tree as SQL, against the fields a caller may read and no others.

A condition whose value is missing is null in SQL, and `Not` is "is not true", so that it holds there. Nothing is bound
that a database could refuse.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import NoReturn

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, true
from sqlalchemy.sql.elements import Grouping

from webapp.domain.filter_text import Scalar, refuse
from webapp.domain.filters import ORDERED, All, Any, Compare, Condition, Not, Operator
from webapp.queries import comparisons
from webapp.queries.comparisons import Column
from webapp.queries.patterns import Pattern, Reader, bytewise, plain


class Kind(Enum):
    TEXT = auto()
    ID = auto()
    """A text without an order; "" is the same as none."""
    NUMBER = auto()
    DATE = auto()
    """A day; against an instant it stands for its midnight UTC."""
    INSTANT = auto()
    """Against a day without a time, it stands for its day in UTC."""
    CHOICE = auto()
    """One of `Field.values`."""
    FLAG = auto()
    MANY = auto()
    """Any number of texts, as tags: what is asked has to hold for one of them."""


@dataclass(frozen=True)
class Field:
    """What a name in a filter means: `expression` is the row's value, for MANY the text of one of its values."""

    expression: Column
    kind: Kind
    values: Mapping[str, object] | None = None
    """For CHOICE: the words of the wire, and what is stored for each."""
    among: Callable[[ColumnElement[bool]], ColumnElement[bool]] | None = None
    """For MANY: that the row has a value of which this holds (an EXISTS)."""
    texts: Select[str] | None = None
    """For MANY: every text in the caller's sight, for patterns that SQL cannot answer; without it those are refused."""


_EQUALITY = frozenset({Operator.EQ, Operator.IN, Operator.EXISTS})
_USABLE = {
    Kind.TEXT: _EQUALITY | ORDERED | {Operator.REGEX},
    Kind.ID: _EQUALITY,
    Kind.NUMBER: _EQUALITY | ORDERED,
    Kind.DATE: _EQUALITY | ORDERED,
    Kind.INSTANT: _EQUALITY | ORDERED,
    Kind.CHOICE: _EQUALITY,
    Kind.FLAG: _EQUALITY,
    Kind.MANY: _EQUALITY | {Operator.REGEX},
}
_OPPOSITES = {Operator.NE: Operator.EQ, Operator.NIN: Operator.IN}
_WORDS = frozenset({Kind.TEXT, Kind.ID, Kind.MANY})


def compiled(condition: Condition, fields: Mapping[str, Field], reader: Reader | None = None) -> ColumnElement[bool]:
    """One group in parentheses, true for the rows meant and false or null for others, to be and-ed with a scope.

    Raises Invalid about "filter" for an unknown field, an operator that its kind does not have, a value of another
    type, or a pattern RE2 refuses. What LIKE cannot say is searched for here and now, in the rows of the reader, but
    nothing is read before the whole filter is found to make sense.
    """
    checking = _Compiling(fields, None)
    clause = checking.clause(condition)
    if checking.searched is not None:
        if reader is None:
            refuse("filter", "not_usable", name=checking.searched, operator=Operator.REGEX.value)
        clause = _Compiling(fields, reader).clause(condition)
    return Grouping(clause)


class _Compiling:
    """Without a reader nothing is searched for, and `searched` is a field that would be."""

    def __init__(self, fields: Mapping[str, Field], reader: Reader | None) -> None:
        self.fields = fields
        self.reader = reader
        self.searched: str | None = None

    def clause(self, condition: Condition) -> ColumnElement[bool]:
        match condition:
            case All(parts):
                return and_(true(), *map(self.clause, parts))
            case Any(parts):
                return or_(false(), *map(self.clause, parts))
            case Not(part):
                return _not_true(self.clause(part))
            case Compare(name, operator, value) if operator in _OPPOSITES:
                return _not_true(self.clause(Compare(name, _OPPOSITES[operator], value)))
            case Compare():
                return self.comparison(condition)

    def comparison(self, said: Compare) -> ColumnElement[bool]:
        field = self.fields.get(said.field)
        if field is None:
            refuse("filter", "unknown_field", name=said.field)
        if said.operator not in _USABLE[field.kind]:
            refuse("filter", "not_usable", name=said.field, operator=said.operator.value)
        if said.operator is Operator.EXISTS:
            return _present(field) if said.value else not_(_present(field))
        if said.operator is Operator.REGEX:
            return self.matching(said.field, field, str(said.value))
        if not isinstance(said.value, tuple):
            return _compared(said, field, said.value)
        if field.kind not in _WORDS:
            return or_(false(), *(_compared(Compare(said.field, Operator.EQ, v), field, v) for v in said.value))
        words = [_word(said, field, value) for value in said.value]
        known = [word for word in words if word is not None]
        found = [_among(field, field.expression.in_(known))] if known else []
        return or_(false(), *found, *([not_(_present(field))] if None in words else []))

    def matching(self, name: str, field: Field, text: str) -> ColumnElement[bool]:
        column = field.expression
        if simple := plain(text):
            return _among(field, simple.holds(column))
        pattern = Pattern(name, text)
        if field.kind is Kind.MANY and field.texts is None:
            refuse("filter", "not_usable", name=name, operator=Operator.REGEX.value)
        if self.reader is None:
            self.searched = name
            return false()
        if field.texts is not None:
            return _among(field, self.reader.one_of(column, field.texts, pattern))
        return self.reader.matching(column, pattern)


def _compared(said: Compare, field: Field, value: Scalar) -> ColumnElement[bool]:
    """The field against one value; `said` is what a problem names."""
    column, operator = field.expression, said.operator
    if value is None:
        return not_(_present(field))
    match field.kind:
        case Kind.TEXT | Kind.ID | Kind.MANY:
            word = _word(said, field, value)
            if word is None:
                return not_(_present(field))
            text = column if operator is Operator.EQ else bytewise(column)
            return _among(field, comparisons.compared(operator, text, word))
        case Kind.NUMBER if isinstance(value, Decimal):
            return comparisons.number(column, operator, value)
        case Kind.DATE:
            return comparisons.day(column, operator, _moment(said, value))
        case Kind.INSTANT:
            return comparisons.instant(column, operator, _moment(said, value))
        case Kind.FLAG if isinstance(value, bool):
            return column.is_(true() if value else false())
        case Kind.CHOICE if isinstance(value, str) and field.values is not None:
            if value not in field.values:
                refuse("filter", "unknown_choice", name=said.field, value=value, choices=tuple(field.values))
            stored = field.values[value]
            return column.is_(None) if stored is None else column == stored
    _wrong(said)


def _word(said: Compare, field: Field, value: Scalar) -> str | None:
    """The text asked for; None when none is."""
    if value is not None and not isinstance(value, str):
        _wrong(said)
    return None if field.kind is Kind.ID and value == "" else value


def _moment(said: Compare, value: Scalar) -> date:
    moment = comparisons.moment_of(value) if isinstance(value, str) else None
    if moment is None:
        _wrong(said)
    return moment


def _wrong(said: Compare) -> NoReturn:
    refuse("filter", "wrong_value", name=said.field, operator=said.operator.value)


def _among(field: Field, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the row's value is as wanted, or one of its values."""
    return wanted if field.among is None else field.among(wanted)


def _present(field: Field) -> ColumnElement[bool]:
    return field.expression.is_not(None) if field.among is None else field.among(true())


def _not_true(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    return Grouping(clause).is_not(true())
