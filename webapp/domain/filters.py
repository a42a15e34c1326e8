"""The filter language of the objectives contract: a text becomes a small tree of conditions, or is refused.

What a condition means is settled here as far as it needs no fields: several keys are "and", a plain value is equality,
`$not` stands around a condition or after a field. A condition on a missing value holds for $ne, $nin and $not, as it
does in MongoDB, whose words these are.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import TypeAlias

from webapp.domain.filter_text import Raw, Scalar, read, refuse

MOST_CLAUSES = 30
MOST_PATTERNS = 3
LONGEST_PATTERN = 128


class Operator(StrEnum):
    EQ = "$eq"
    NE = "$ne"
    IN = "$in"
    NIN = "$nin"
    GT = "$gt"
    GTE = "$gte"
    LT = "$lt"
    LTE = "$lte"
    REGEX = "$regex"
    EXISTS = "$exists"


LISTS = frozenset({Operator.IN, Operator.NIN})
ORDERED = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_TAKES: dict[Operator, tuple[type, ...]] = {
    Operator.EQ: (str, Decimal, bool, NoneType),
    Operator.NE: (str, Decimal, bool, NoneType),
    Operator.REGEX: (str,),
    Operator.EXISTS: (bool,),
    **dict.fromkeys(ORDERED, (str, Decimal)),
}
_OPERATORS = {operator.value: operator for operator in Operator}


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value; against a tuple of them for $in and $nin."""

    field: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts it holds for everything."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold, or nobody can say because a value is missing."""

    part: "Condition"


Condition: TypeAlias = All | Any | Not | Compare


def parse(text: str) -> Condition:
    """The condition a text states, everything for `{}`; raises Invalid about "filter", naming the field or operator.

    Limits: 4 KB, five objects deep, 30 comparisons, 100 items in a list, three patterns of 128 characters.
    """
    stated = read(text)
    if not isinstance(stated, dict):
        refuse("filter", "not_readable", name=text.strip(), at=1)
    return _Reading().condition(stated)


class _Reading:
    """Counts what is limited in one filter as a whole."""

    def __init__(self) -> None:
        self.clauses = self.patterns = 0

    def condition(self, stated: dict[str, Raw]) -> Condition:
        return _together([self.member(key, value) for key, value in stated.items()])

    def member(self, key: str, value: Raw) -> Condition:
        match key:
            case "$and":
                return _together(self.several(key, value))
            case "$or":
                parts = self.several(key, value)
                return parts[0] if len(parts) == 1 else Any(tuple(parts))
            case "$not":
                if not isinstance(value, dict):
                    refuse("filter", "wrong_value", name=key, operator=key)
                return Not(self.condition(value))
        if key.startswith("$"):
            refuse("filter", "unknown_operator", name=key)
        return self.about(key, value) if isinstance(value, dict) else self.compare(key, Operator.EQ, value)

    def several(self, key: str, value: Raw) -> list[Condition]:
        if not isinstance(value, list) or not value:
            refuse("filter", "wrong_value", name=key, operator=key)
        parts = []
        for part in value:
            if not isinstance(part, dict):
                refuse("filter", "wrong_value", name=key, operator=key)
            parts.append(self.condition(part))
        return parts

    def about(self, field: str, stated: dict[str, Raw]) -> Condition:
        """What is said of one field by operators."""
        if not stated:
            refuse("filter", "wrong_value", name=field, operator=Operator.EQ.value)
        parts: list[Condition] = []
        for key, value in stated.items():
            if key == "$not":
                if not isinstance(value, dict):
                    refuse("filter", "wrong_value", name=field, operator=key)
                parts.append(Not(self.about(field, value)))
            elif key in _OPERATORS:
                parts.append(self.compare(field, _OPERATORS[key], value))
            else:
                refuse("filter", "unknown_operator", name=key, of=field)
        return _together(parts)

    def compare(self, field: str, operator: Operator, value: Raw) -> Compare:
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            refuse("filter", "too_many_clauses", name=field, most=MOST_CLAUSES)
        return Compare(field, operator, self.value(field, operator, value))

    def value(self, field: str, operator: Operator, value: Raw) -> Scalar | tuple[Scalar, ...]:
        if operator in LISTS and isinstance(value, list):
            items = [item for item in value if not isinstance(item, list | dict)]
            if len(items) == len(value):
                return tuple(items)
        elif not isinstance(value, list | dict) and isinstance(value, _TAKES.get(operator, ())):
            if operator is Operator.REGEX:
                self.count_pattern(field, str(value))
            return value
        refuse("filter", "wrong_value", name=field, operator=operator.value)

    def count_pattern(self, field: str, pattern: str) -> None:
        self.patterns += 1
        if self.patterns > MOST_PATTERNS:
            refuse("filter", "too_many_patterns", name=field, most=MOST_PATTERNS)
        if len(pattern) > LONGEST_PATTERN:
            refuse("filter", "pattern_too_long", name=field, longest=LONGEST_PATTERN)


def _together(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))
