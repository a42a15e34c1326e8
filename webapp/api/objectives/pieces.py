"""What objects of the objectives contract are put together from: only the members that were asked for are made.

Dates are instants at midnight UTC, as this contract's clients know them; numbers are JSON numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from webapp.domain.projections import Names
from webapp.queries.objective_json import Account, AnyRow

Json = dict[str, Any]
Wanted = Names | None
"""The names of one thing that were asked for; None for all of it."""


def same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Parts:
    """What stands beside the rows of objectives: by their numbers, as far as it was asked for."""

    account: Account
    site: str
    mark: Callable[[str], str] = same
    """What a text becomes: with its mentions marked up, or plain."""
    tags: Mapping[int, Sequence[str]] = field(default_factory=dict)
    metrics: Mapping[int, Sequence[AnyRow]] = field(default_factory=dict)
    reviewers: Mapping[int, Sequence[AnyRow]] = field(default_factory=dict)
    children: Mapping[int, Sequence[AnyRow]] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One member of an object: the columns it is made of, and how, from the names within that were asked for."""

    columns: tuple[str, ...]
    value: Callable[[Any, Parts, Wanted], Any]
    parts: str = ""
    """Which of the Parts it needs."""


def instant(moment: datetime | None) -> str | None:
    """An instant in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else None


def midnight(day: date | None) -> str | None:
    """A date as an instant."""
    return f"{day}T00:00:00Z" if day is not None else None


def number(value: Decimal | None) -> float | int | None:
    """A number of JSON, whole where it is whole."""
    if value is None:
        return None
    said = float(value)
    return int(said) if said.is_integer() else said


def only(made: Json, wanted: Wanted) -> Json:
    """The names that were asked for."""
    return made if wanted is None else {name: made[name] for name in wanted}


def build(members: Sequence[tuple[str, Member, Wanted]], row: Any, parts: Parts) -> Json:
    """The object with these members."""
    return {name: member.value(row, parts, within) for name, member, within in members}


def members_of(known: Mapping[str, Member], wanted: Names) -> list[tuple[str, Member, Wanted]]:
    """Those that were asked for, in the order of the contract."""
    return [(name, member, wanted[name]) for name, member in known.items() if name in wanted]
