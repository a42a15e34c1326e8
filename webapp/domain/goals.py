"""Goals: their kinds, their life, and what an editor may say about one (domain rules §2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from webapp.domain.errors import Problem
from webapp.domain.schedules import ScheduleDraft
from webapp.domain.text import text_problems
from webapp.domain.tracking import Direction, amount_problems

TITLE_LENGTH = 255
TEXT_LENGTH = 10_000
UNIT_LENGTH = 40
COLOURS = 12
CRITICALITIES = ("Low", "Medium", "High")
GOALS_PER_PERSON = 500
MOST_SKIPS = 31
TAG_LENGTH = 40
TAGS_PER_GOAL = 10
TAGS_PER_PERSON = 100


class Kind(StrEnum):
    PERSONAL = "personal"
    OBJECTIVE = "objective"
    READING = "reading"
    TARGET = "target"

    @property
    def is_private(self) -> bool:
        """Private kinds have a person and no organisation; the others have an organisation."""
        return self in (Kind.PERSONAL, Kind.READING)


class Lifecycle(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    CLOSED = "closed"


class Outcome(StrEnum):
    ACHIEVED = "achieved"
    MISSED = "missed"
    ABANDONED = "abandoned"


class ReviewState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


@dataclass(frozen=True)
class GoalDraft:
    """What an editor, an import or another program says a goal should be; `check` finds every problem at once.

    `skip_budget` is how many skips a calendar month forgives; None forgives all.
    """

    title: str
    schedule: ScheduleDraft
    question: str = ""
    description: str = ""
    criticality: str | None = None
    colour: int = 1
    direction: Direction | None = None
    target: Decimal | None = None
    unit: str = ""
    skip_budget: int | None = None
    tags: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    def check(self) -> list[Problem]:
        """Every problem of the draft by field; an empty list means it makes sense."""
        found = list(self.problems)
        if not self.title.strip():
            found.append(Problem("title", "required"))
        found += text_problems("title", self.title, TITLE_LENGTH)
        found += text_problems("question", self.question, TITLE_LENGTH)
        found += text_problems("description", self.description, TEXT_LENGTH)
        found += text_problems("unit", self.unit, UNIT_LENGTH)
        found += text_problems("criticality", self.criticality or "", TITLE_LENGTH)
        if not 1 <= self.colour <= COLOURS:
            found.append(Problem("colour", "unknown_choice"))
        found += self._amount_problems()
        if self.skip_budget is not None and not 0 <= self.skip_budget <= MOST_SKIPS:
            found.append(Problem("skip_budget", "out_of_range", {"minimum": 0, "maximum": MOST_SKIPS}))
        found += tag_problems(self.tags)
        return found + self.schedule.check()

    def _amount_problems(self) -> list[Problem]:
        if self.direction is None:
            return []
        if self.target is None:
            return [Problem("target", "required")]
        if self.target < 0:
            return [Problem("target", "negative")]
        return amount_problems("target", self.target)


def tag_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tags meant: trimmed, without empty ones, each once whatever its case, in the order they were said."""
    meant: dict[str, str] = {}
    for name in names:
        if said := " ".join(name.split()):
            meant.setdefault(said.casefold(), said)
    return tuple(meant.values())


def tag_problems(names: Iterable[str]) -> list[Problem]:
    """Return every problem of the tags of one goal: over ten, one over 40 characters, with a comma (which
    stands between tags), or that cannot be stored."""
    meant = tag_names(names)
    problems = [Problem("tags", "too_many_tags", {"most": TAGS_PER_GOAL})] if len(meant) > TAGS_PER_GOAL else []
    if any("," in name for name in meant):
        problems.append(Problem("tags", "comma_in_tag"))
    for name in meant:
        problems += [problem for problem in text_problems("tags", name, TAG_LENGTH) if problem not in problems]
    return problems
