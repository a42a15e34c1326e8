"""Tokens of programs: which contract they speak, and what they may do there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.domain.errors import Problem
from webapp.domain.text import text_problems

LONGEST_TOKEN_NAME = 100
TOKENS_PER_PERSON = 50
USUAL_DAYS = 90
MOST_DAYS = 366


class Contract(StrEnum):
    """The published contracts a program can be written for."""

    TRACKING = "tracking"
    OBJECTIVES = "objectives"
    PROFILES = "profiles"
    READING = "reading"


SCOPES: dict[Contract, tuple[str, ...]] = {
    Contract.TRACKING: ("goals:read", "goals:write", "goals:tick", "moods:read", "moods:write"),
    Contract.OBJECTIVES: (
        "objectives:read",
        "objectives:write",
        "objectives:check_in",
        "objectives:review",
        "sessions:write",
    ),
    Contract.PROFILES: ("profiles:read", "values:write"),
    Contract.READING: (
        "goal.read",
        "goal.create",
        "goal.update",
        "goal.delete",
        "goal.estimate",
        "streak.read",
        "activity_day.read",
        "activity_day.create",
    ),
}
"""What a token of each contract can be let do; nothing unless it is named."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A live token as a request carries it."""

    id: int
    contract: Contract
    scopes: frozenset[str]
    used_at: datetime | None


@dataclass(frozen=True)
class TokenDraft:
    """What somebody says a token should be; `days` is how long it lives, `client` the client id of its program, which
    the reading contract alone asks for."""

    name: str
    contract: Contract
    scopes: tuple[str, ...]
    days: int = USUAL_DAYS
    client: str = ""

    def check(self) -> list[Problem]:
        """Return every problem, by field."""
        name = self.name.strip()
        problems = text_problems("name", name, LONGEST_TOKEN_NAME) if name else [Problem("name", "required")]
        if not self.scopes:
            problems.append(Problem("scopes", "required"))
        elif not_of_it(self.contract, self.scopes):
            problems.append(Problem("scopes", "unknown_choice"))
        if (self.contract is Contract.READING) is not bool(self.client):
            problems.append(Problem("client", "unknown_choice" if self.client else "required"))
        if not 1 <= self.days <= MOST_DAYS:
            problems.append(Problem("days", "out_of_range", {"minimum": 1, "maximum": MOST_DAYS}))
        return problems


def not_of_it(contract: Contract, scopes: Collection[str]) -> set[str]:
    """Return the scopes that the contract does not have."""
    return set(scopes) - set(SCOPES[contract])
