"""Goals: their kinds, their life, and what an editor may say about one (domain rules §2)."""

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
    """What an editor, an import or another program says a goal should be; `check` finds every problem at once."""

    title: str
    schedule: ScheduleDraft
    question: str = ""
    description: str = ""
    criticality: str | None = None
    colour: int = 1
    direction: Direction | None = None
    target: Decimal | None = None
    unit: str = ""
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
        return found + self.schedule.check()

    def _amount_problems(self) -> list[Problem]:
        if self.direction is None:
            return []
        if self.target is None:
            return [Problem("target", "required")]
        return amount_problems("target", self.target)
