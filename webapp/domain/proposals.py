"""A goal a therapist proposes to a client: what it says, and how it is kept until they answer (domain rules §6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import GoalDraft
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reviews import comment_problems
from webapp.domain.schedules import ScheduleDraft, schedule_from
from webapp.domain.tracking import Direction

WAITING_AT_ONCE = 20
"""So many proposals of one therapist may wait for one client."""


@dataclass(frozen=True)
class ProposalDraft:
    """The goal as it would be the client's, and what is said with it."""

    goal: GoalDraft
    message: str = ""

    def check(self, today: date) -> list[Problem]:
        """Every problem by field; `today` is the client's own date."""
        problems = self.goal.check() + comment_problems(self.message, required=False, field="message")
        try:
            schedule_from(self.goal.schedule, today=today)
        except Invalid as invalid:
            problems += [problem for problem in invalid.problems if problem not in problems]
        return problems


def as_json(draft: GoalDraft) -> dict[str, Any]:
    """The draft as it is sealed and kept; tags and colour are the client's own business."""
    schedule = draft.schedule
    return {
        "title": draft.title.strip(),
        "question": draft.question.strip(),
        "description": draft.description.strip(),
        "criticality": draft.criticality,
        "direction": draft.direction,
        "target": None if draft.target is None else str(draft.target),
        "unit": draft.unit.strip(),
        "skip_budget": draft.skip_budget,
        "frequency": schedule.frequency,
        "days": schedule.days,
        "start": _iso(schedule.start),
        "until": _iso(schedule.until),
        "times": schedule.times,
        "period": schedule.period,
        "length": schedule.length,
        "rule": schedule.rule,
        "week_start": schedule.week_start,
    }


def read(kept: Mapping[str, Any]) -> GoalDraft:
    """The draft as it was kept."""
    schedule = ScheduleDraft(
        frequency=kept["frequency"],
        days=tuple(kept["days"]),
        start=_date(kept["start"]),
        until=_date(kept["until"]),
        times=kept["times"],
        period=QuotaPeriod(kept["period"]) if kept["period"] else None,
        length=kept["length"],
        rule=kept["rule"],
        week_start=kept["week_start"],
    )
    return GoalDraft(
        title=kept["title"],
        schedule=schedule,
        question=kept["question"],
        description=kept["description"],
        criticality=kept["criticality"],
        direction=Direction(kept["direction"]) if kept["direction"] else None,
        target=None if kept["target"] is None else Decimal(kept["target"]),
        unit=kept["unit"],
        skip_budget=kept["skip_budget"],
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
