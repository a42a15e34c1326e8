"""What people say about a goal, to whom, and who of them is told (domain rules §6 and §7)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.domain.errors import Problem
from webapp.domain.reviews import comment_problems

COMMENTS_ON_ONE = 2_000
"""So many comments one goal takes."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who reads a comment and may be told of it; `id` is the public id."""

    number: int
    id: str
    name: str


@dataclass(frozen=True)
class CommentDraft:
    """A comment as its author wants it. `between` is the public id of the one therapist to whom the owner of a private
    goal says it, "" for a note to oneself; `tell` are public ids of people to be told."""

    text: str
    between: str = ""
    tell: tuple[str, ...] = ()

    def check(self) -> list[Problem]:
        """Every problem of the text; who may be told is the readers' matter."""
        return comment_problems(self.text, required=True, field="text")

    def told(self, listeners: Iterable[Listener]) -> list[Listener]:
        """Those of the listeners who were chosen, or are called by "@" and their full name in the text."""
        people = [one for one in listeners if one.name.strip()]
        called = _called(self.text, {_plain(one.name) for one in people})
        return [one for one in people if one.id in self.tell or _plain(one.name) in called]


def _called(text: str, names: set[str]) -> set[str]:
    """The names that stand behind an "@"; of names that begin alike the longest that fits is meant."""
    if not names:
        return set()
    longest_first = sorted(names, key=len, reverse=True)
    return set(re.findall(rf"(?<!\w)@({'|'.join(map(re.escape, longest_first))})(?!\w)", _plain(text)))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
