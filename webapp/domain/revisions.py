"""What a revision of a goal binds its owner to, and how two revisions differ (domain rules §6).

Material terms are those reviewers decide on. Everything else of a goal (question, colour, criticality, tags, skip
budget, order) is cosmetic and passes without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.domain.goals import GoalDraft
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft
from webapp.domain.tracking import Direction

WORDS = ("title", "description")
"""Terms only while a goal is under review; before that its owner words it as they like."""


@dataclass(frozen=True)
class RevisionTerms:
    """The terms of one revision, words opened."""

    title: str
    description: str
    direction: Direction | None
    target: Decimal | None
    unit: str
    schedule: Schedule
    baseline: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """The terms as they are sealed and kept."""
        schedule, quota = self.schedule, self.schedule.quota
        return {
            "title": self.title,
            "description": self.description,
            "direction": self.direction,
            "target": _text(self.target),
            "baseline": _text(self.baseline),
            "unit": self.unit,
            "frequency": schedule.frequency,
            "start": schedule.start.isoformat(),
            "until": schedule.until.isoformat() if schedule.until else None,
            "days": schedule.days,
            "rule": schedule.rule,
            "week_start": schedule.week_start,
            "dates": [day.isoformat() for day in schedule.dates],
            "quota": [quota.times, quota.period, quota.length] if quota else None,
        }

    def on(self, draft: GoalDraft) -> GoalDraft:
        """The draft with these terms in place of its own; what is cosmetic stays the draft's."""
        return replace(
            draft,
            title=self.title,
            description=self.description,
            direction=self.direction,
            target=self.target,
            unit=self.unit,
            schedule=ScheduleDraft(self.schedule.frequency),
        )


@dataclass(frozen=True)
class Difference:
    """One term that is not as it was: `schedule` is how often, `start` and `until` from when to when."""

    field: str
    before: Any
    after: Any


def read(kept: Mapping[str, Any], *, week_start: int) -> RevisionTerms:
    """The terms as they were kept; those of old times do not say when their week begins."""
    quota = kept.get("quota")
    start = date.fromisoformat(kept["start"])
    schedule = Schedule(
        frequency=Frequency(kept["frequency"]),
        start=start,
        until=date.fromisoformat(kept["until"]) if kept.get("until") else None,
        days=tuple(kept.get("days") or ()),
        rule=kept.get("rule"),
        quota=Quota(quota[0], QuotaPeriod(quota[1]), quota[2]) if quota else None,
        week_start=kept.get("week_start", week_start),
        valid_from=start,
        dates=tuple(map(date.fromisoformat, kept.get("dates") or ())),
    )
    return RevisionTerms(
        title=kept["title"],
        description=kept.get("description") or "",
        direction=Direction(kept["direction"]) if kept.get("direction") else None,
        target=_decimal(kept.get("target")),
        unit=kept.get("unit") or "",
        schedule=schedule,
        baseline=_decimal(kept.get("baseline")),
    )


def terms_of(draft: GoalDraft, schedule: Schedule) -> RevisionTerms:
    """The terms a draft asks for, its schedule being this one."""
    return RevisionTerms(
        title=draft.title.strip(),
        description=draft.description.strip(),
        direction=draft.direction,
        target=draft.target if draft.direction else None,
        unit=draft.unit.strip(),
        schedule=schedule,
    )


def differences(before: RevisionTerms, after: RevisionTerms, *, words: bool = True) -> tuple[Difference, ...]:
    """Every material term that is not as it was, in the order people read a goal; title and description among them
    while the goal is under review (`words`)."""
    pairs: list[tuple[str, Any, Any]] = []
    if words:
        pairs += [(name, _lines(getattr(before, name)), _lines(getattr(after, name))) for name in WORDS]
    pairs.append(("schedule", _how_often(before.schedule), _how_often(after.schedule)))
    pairs += [(name, getattr(before.schedule, name), getattr(after.schedule, name)) for name in ("start", "until")]
    measured = ("direction", "target", "unit", "baseline")
    pairs += [(name, getattr(before, name), getattr(after, name)) for name in measured]
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def _how_often(schedule: Schedule) -> Schedule:
    """The schedule without from when to when. A named one that falls on its start's day follows it, but says the
    same."""
    named = schedule.rule if schedule.frequency is Frequency.RULE else None
    return replace(schedule, start=date.min, until=None, valid_from=date.min, rule=named)


def _lines(text: str) -> str:
    """The text with its lines parted in one way; forms send two characters for each break, programs one."""
    return text.replace("\r\n", "\n")


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
