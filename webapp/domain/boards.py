"""Leaderboards that are fair: who shares a rank, and under which name somebody stands there (domain rules §10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

FEWEST = 5
"""With fewer participants there is no board: it would tell what each of them did."""


class Display(StrEnum):
    """What of their name somebody lets the others on a board read."""

    FULL = "full"
    FIRST_NAME = "first_name"
    INITIALS = "initials"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class BoardName:
    """A name as a board shows it; whoever is not in two parts has no surname."""

    first: str
    last: str = ""

    def __str__(self) -> str:
        return f"{self.first} {self.last}".strip()


def board_name(name: str, display: Display, alias: str = "") -> BoardName:
    """Return what the others read; an erased person, who has no name any more, stays without one."""
    if display is Display.ALIAS and alias:
        return BoardName(alias)
    first, _, last = name.partition(" ")
    if display is Display.FIRST_NAME:
        return BoardName(first, f"{last[:1]}." if last else "")
    if display is Display.INITIALS:
        return BoardName("".join(f"{part[:1]}." for part in name.split()))
    return BoardName(first, last)


@dataclass(frozen=True, slots=True)
class Scored:
    """What one participant came to, and when they got there."""

    participant: int
    score: Decimal
    reached_at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place on a board; `tied` says that others have the same."""

    participant: int
    score: Decimal
    rank: int
    tied: bool


def ranked(rows: Iterable[Scored]) -> list[Ranked]:
    """Return everybody by rank: equal scores share the best of their places, the next comes after all of them (1, 2, 2,
    4). Who got there first, then the name, only orders those who share one."""
    ordered = in_order(rows)
    found: list[Ranked] = []
    for score, group in groupby(ordered, key=lambda row: row.score):
        sharing = list(group)
        rank = len(found) + 1
        found += [Ranked(row.participant, score, rank, len(sharing) > 1) for row in sharing]
    return found


def in_order(rows: Iterable[Scored]) -> Sequence[Scored]:
    """Return the rows as a board lists them."""
    return sorted(rows, key=lambda row: (-row.score, row.reached_at, row.name.casefold(), row.participant))
