"""Which parts of an answer a program asks for, how it wants them sorted, and thresholds: `fields`, `sort`, ">0.5"."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NoReturn, TypeAlias

from webapp.domain.filter_text import DEEPEST, check_length, number, refuse
from webapp.domain.filters import Operator

MOST_NAMES = 100
ALWAYS = ("id", "accountId")
"""Names that an answer carries whether asked for or not, where it has them at all."""

Names: TypeAlias = Mapping[str, "Names | None"]
"""Names within names. As a whitelist, None has nothing within; as a choice, None is the whole of it."""

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[{},])\s*", re.ASCII)
_COMPARISON = re.compile(r"\s*([<>])\s*(-?[0-9]+(?:\.[0-9]+)?)\s*", re.ASCII)


def fields(text: str, allowed: Names) -> Names:
    """The names chosen by `name,metrics{name,attainment}`, always with id and accountId; raises Invalid about
    "fields", naming what is unknown. A name without braces chooses the whole of it."""
    check_length("fields", text)
    return _Choosing(text).names(allowed, "", depth=0)


def sort(text: str, allowed: Collection[str]) -> tuple[tuple[str, bool], ...]:
    """Each name of `-name,dateCreated` with whether it descends; raises Invalid about "sort", naming what is unknown
    or said twice."""
    check_length("sort", text)
    keys: dict[str, bool] = {}
    for word in text.split(","):
        word = word.strip()
        name = word.removeprefix("-")
        if name not in allowed:
            refuse("sort", "unknown_name", name=name)
        if name in keys:
            refuse("sort", "twice", name=name)
        keys[name] = word != name
    return tuple(keys.items())


def comparison(text: str, field: str) -> tuple[Operator, Decimal]:
    """What ">0.5" or "<1" compares with, both strict; raises Invalid about the field."""
    check_length(field, text)
    found = _COMPARISON.fullmatch(text)
    if found is None:
        refuse(field, "not_a_comparison", name=text)
    return (Operator.GT if found[1] == ">" else Operator.LT), number(field, found[2])


class _Choosing:
    """One text of names, token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = self.after = 0
        self.here = ""
        self.count = 0
        self.step()

    def step(self) -> None:
        """Goes to the next token; to "" at the end."""
        self.place = self.after
        if self.place == len(self.text):
            self.here = ""
            return
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            self.here = self.text[self.place :].strip()
            self.lost()
        self.here, self.after = found[1], found.end()

    def lost(self) -> NoReturn:
        refuse("fields", "not_readable", name=self.here, at=self.place + 1)

    def names(self, allowed: Names, within: str, depth: int) -> Names:
        if depth > DEEPEST:
            refuse("fields", "too_deep", name=within, most=DEEPEST)
        chosen: dict[str, Names | None] = {name: None for name in ALWAYS if name in allowed}
        while True:
            self.name(chosen, allowed, within, depth)
            if self.here == ",":
                self.step()
            elif self.here == ("}" if depth else ""):
                self.step()
                return chosen
            else:
                self.lost()

    def name(self, chosen: dict[str, Names | None], allowed: Names, within: str, depth: int) -> None:
        name = self.here
        if name in ("", "{", "}", ","):
            self.lost()
        path = f"{within}.{name}" if within else name
        self.count += 1
        if self.count > MOST_NAMES:
            refuse("fields", "too_many_names", name=path, most=MOST_NAMES)
        if name not in allowed:
            refuse("fields", "unknown_name", name=path)
        self.step()
        inner: Names | None = None
        if self.here == "{":
            self.step()
            below = allowed[name]
            inner = self.names(below if below is not None else {}, path, depth + 1)
        before = chosen.get(name, {})
        chosen[name] = None if before is None or inner is None else _merged(before, inner)


def _merged(one: Names, other: Names) -> Names:
    """What either of two choices chooses."""
    both: dict[str, Names | None] = dict(one)
    for name, inner in other.items():
        before = both.get(name, {})
        both[name] = None if before is None or inner is None else _merged(before, inner)
    return both
