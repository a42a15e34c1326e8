"""What somebody says an objective, a key result, a cycle or a check-in should be; `check` finds every problem."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from webapp.domain.days import is_zone
from webapp.domain.errors import Problem
from webapp.domain.goals import TEXT_LENGTH, TITLE_LENGTH, UNIT_LENGTH, tag_problems
from webapp.domain.objectives import Cadence, Curve, FeedKind, Milestone, Operator, RollUp
from webapp.domain.reviews import COMMENT_LENGTH
from webapp.domain.text import text_problems
from webapp.domain.tracking import amount_problems

CYCLE_LENGTH = 200
MOST_KEY_RESULTS = 50
MOST_MILESTONES = 24
MOST_AT_ONCE = 200
LARGEST_WEIGHT = Decimal(1_000)
LONGEST_CYCLE_DAYS = 3_660


@dataclass(frozen=True)
class KeyResultDraft:
    """One key result; `id` is its public id, None for a new one. Without an owner it is the objective owner's."""

    name: str
    target: Decimal | None
    baseline: Decimal | None = Decimal(0)
    operator: Operator | None = Operator.AT_LEAST
    unit: str = ""
    weight: Decimal | None = Decimal(1)
    description: str = ""
    owner: str | None = None
    due: date | None = None
    id: str | None = None
    problems: tuple[Problem, ...] = field(default=())

    def check(self) -> list[Problem]:
        """Every problem by field."""
        found = [*self.problems, *_named(self.name), *text_problems("description", self.description, TEXT_LENGTH)]
        found += text_problems("unit", self.unit, UNIT_LENGTH)
        if self.operator is None:
            found.append(Problem("operator", "required"))
        for name, amount in (("target", self.target), ("baseline", self.baseline)):
            found += [Problem(name, "required")] if amount is None else amount_problems(name, amount)
        return found + _weight_problems(self.weight)


@dataclass(frozen=True)
class ObjectiveDraft:
    """An objective with its key results; `owner`, `team`, `parent` and `cycle` are public ids.

    With a team it is the team's, and `owner` (its lead, unless another is named) answers for it. Without dates it runs
    as long as its cycle.
    """

    name: str
    cycle: str
    owner: str
    team: str | None = None
    parent: str | None = None
    description: str = ""
    starts: date | None = None
    ends: date | None = None
    curve: Curve = Curve.LINEAR
    milestones: tuple[Milestone, ...] = ()
    roll_up: RollUp = RollUp.BOTH
    weight: Decimal | None = Decimal(1)
    tags: tuple[str, ...] = ()
    key_results: tuple[KeyResultDraft, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    def check(self) -> list[Problem]:
        """Every problem by field; those of the third key result stand at "key_results.2.target"."""
        found = [*self.problems, *_named(self.name), *text_problems("description", self.description, TEXT_LENGTH)]
        found += [Problem(name, "required") for name in ("cycle", "owner") if not getattr(self, name)]
        if self.starts and self.ends and self.ends < self.starts:
            found.append(Problem("ends", "before_start"))
        found += _weight_problems(self.weight) + tag_problems(self.tags) + self._milestone_problems()
        if len(self.key_results) > MOST_KEY_RESULTS:
            found.append(Problem("key_results", "too_many", {"most": MOST_KEY_RESULTS}))
        for number, key_result in enumerate(self.key_results[:MOST_KEY_RESULTS]):
            found += placed(f"key_results.{number}", key_result.check())
        return found

    def _milestone_problems(self) -> list[Problem]:
        if self.curve is not Curve.STEPPED:
            return []
        if not self.milestones:
            return [Problem("milestones", "required")]
        if len(self.milestones) > MOST_MILESTONES:
            return [Problem("milestones", "too_many", {"most": MOST_MILESTONES})]
        if len({one.day for one in self.milestones}) < len(self.milestones):
            return [Problem("milestones", "said_twice")]
        if any(not 0 <= one.reached <= 1 for one in self.milestones):
            return [Problem("milestones", "out_of_range", {"minimum": 0, "maximum": 1})]
        return []


@dataclass(frozen=True)
class CycleDraft:
    """A period of objectives: `reviewers` approvals are asked of each, none, one or two."""

    title: str
    starts: date | None
    ends: date | None
    zone: str
    cadence: Cadence = Cadence.WEEKLY
    reviewers: int = 0
    parent: str | None = None
    problems: tuple[Problem, ...] = field(default=())

    def check(self) -> list[Problem]:
        """Every problem by field."""
        found = [*self.problems, *_named(self.title, "title", CYCLE_LENGTH)]
        found += [Problem(name, "required") for name in ("starts", "ends") if getattr(self, name) is None]
        if self.starts and self.ends:
            if self.ends < self.starts:
                found.append(Problem("ends", "before_start"))
            elif (self.ends - self.starts).days > LONGEST_CYCLE_DAYS:
                found.append(Problem("ends", "too_far", {"days": LONGEST_CYCLE_DAYS}))
        if not is_zone(self.zone):
            found.append(Problem("zone", "unknown_choice"))
        if self.reviewers not in (0, 1, 2):
            found.append(Problem("reviewers", "out_of_range", {"minimum": 0, "maximum": 2}))
        return found


@dataclass(frozen=True)
class CheckInDraft:
    """What a key result came to on a date (the viewer's today when none is said), how sure one is, and why."""

    actual: Decimal | None
    comment: str = ""
    confidence: Decimal | None = None
    day: date | None = None
    problems: tuple[Problem, ...] = field(default=())

    def check(self) -> list[Problem]:
        """Every problem by field."""
        found = list(self.problems)
        found += [Problem("actual", "required")] if self.actual is None else amount_problems("actual", self.actual)
        return found + confidence_problems(self.confidence) + text_problems("comment", self.comment, COMMENT_LENGTH)


@dataclass(frozen=True)
class FeedDraft:
    """What of one of the viewer's own goals a key result shows; `goal` is its public id."""

    goal: str
    kind: FeedKind | None

    def check(self) -> list[Problem]:
        """Every problem by field."""
        found = [] if self.goal else [Problem("goal", "required")]
        return found + ([] if self.kind else [Problem("kind", "required")])


def confidence_problems(confidence: Decimal | None, name: str = "confidence") -> list[Problem]:
    """Every problem of a belief: a fraction between 0 and 1, or nothing."""
    if confidence is None:
        return []
    if not confidence.is_finite() or not 0 <= confidence <= 1:
        return [Problem(name, "out_of_range", {"minimum": 0, "maximum": 1})]
    return amount_problems(name, confidence)


def placed(place: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems as those of a part that stands at this place."""
    return [Problem(f"{place}.{one.field}" if one.field else place, one.code, one.params) for one in problems]


def _named(text: str, name: str = "name", most: int = TITLE_LENGTH) -> list[Problem]:
    if not text.strip():
        return [Problem(name, "required")]
    if any(mark in text.strip() for mark in "\r\n\t"):
        return [Problem(name, "one_line")]
    return text_problems(name, text, most)


def _weight_problems(weight: Decimal | None) -> list[Problem]:
    if weight is None:
        return [Problem("weight", "required")]
    if not weight.is_finite() or not 0 < weight <= LARGEST_WEIGHT:
        return [Problem("weight", "weight", {"most": LARGEST_WEIGHT})]
    return amount_problems("weight", weight)
