"""What a program says of a goal in the tracking contract, and the goal that it comes to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, TypedDict

from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft, schedule_from

UNTITLED = "Untitled goal"
COMPLETED = "Completed"
STATUS_LENGTH = 50
NO_NAME = "?"
"""A frequency that no schedule has."""


@dataclass(frozen=True, slots=True)
class Item:
    """One due date as a program says it: done, taken away, or with a reminder of its own."""

    day: date
    done: bool = False
    removed: bool = False
    reminder_date: date | None = None
    reminder_time: time | None = None


class Said(TypedDict, total=False):
    """What a program says; a key that is absent says nothing, None that there is none."""

    title: str | None
    description: str | None
    status: str | None
    criticality: str | None
    is_onetime: bool
    frequency: str | None
    days: tuple[int, ...] | None
    startdate: date | None
    targetdate: date | None
    reminder: bool | None
    reminderdate: date | None
    remindertime: time | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class TrackedGoalDraft:
    """A goal as a program wants it: what an editor says, and the due dates it says more about."""

    goal: GoalDraft
    items: tuple[Item, ...] = ()
    removed: tuple[date, ...] = ()
    """Due dates that are taken away while the others go on by the rule."""

    def check(self, viewer: Viewer, stored: Schedule | None = None) -> list[Problem]:
        """Return every problem of the goal and of its schedule, by field."""
        problems = self.goal.check()
        try:
            schedule_from(self.goal.schedule, today=viewer.today, stored=stored)
        except Invalid as invalid:
            problems += [problem for problem in invalid.problems if problem not in problems]
        return problems

    def differs(self, stood: GoalDraft, stored: Schedule, viewer: Viewer) -> bool:
        """Return whether the goal would be something else than what stands; for a draft without problems."""
        schedule = schedule_from(self.goal.schedule, today=viewer.today, stored=stored)
        same = replace(self.goal, schedule=stood.schedule) == stood
        return not same or replace(schedule, valid_from=stored.valid_from) != stored


def new_draft(said: Said, viewer: Viewer) -> TrackedGoalDraft:
    """Return the goal that is to be made; dates said one by one are its schedule."""
    items = one_a_day(said.get("items", ()))
    dates = tuple(item.day for item in items if not item.removed)
    schedule = ScheduleDraft(
        frequency=_frequency(said, None),
        days=said.get("days") or (),
        start=said.get("startdate"),
        until=said.get("targetdate"),
        week_start=viewer.week_start,
        dates=dates or None,
    )
    goal = GoalDraft(title=_title(said.get("title")), schedule=schedule, **_texts(said))
    return TrackedGoalDraft(goal, tuple(item for item in items if not item.removed), _removed(items))


def changed_draft(
    said: Said, stood: GoalDraft, stored: Schedule, live: Collection[date], viewer: Viewer
) -> TrackedGoalDraft:
    """Return the goal after a change: what is not said stays, dates after today that are said replace the future.

    `stood` is what the goal says, `live` the dates of its rows. Dates said exactly as they stand are an echo: then the
    schedule follows what else is said. An empty list asks for the dates of the rule.
    """
    frequency = _frequency(said, stored)
    items = tuple(item for item in one_a_day(said.get("items", ())) if item.day > viewer.today)
    dates = _future(items, stored, live, viewer.today) if said.get("items") else _none_said(said)
    schedule = ScheduleDraft(
        frequency=frequency,
        days=(said["days"] or ()) if "days" in said else stored.days,
        start=said.get("startdate"),
        until=said.get("targetdate", stored.until),
        rule=stored.rule if frequency is Frequency.RULE else None,
        week_start=stored.week_start,
        dates=dates,
        **_quota(frequency, stored),
    )
    texts = _texts({**_as_said(stood), **said})
    title = _title(said["title"]) if "title" in said else stood.title
    goal = GoalDraft(
        title=title,
        schedule=schedule,
        question=stood.question,
        colour=stood.colour,
        direction=stood.direction,
        target=stood.target,
        unit=stood.unit,
        skip_budget=stood.skip_budget,
        tags=stood.tags,
        **texts,
    )
    return TrackedGoalDraft(goal, tuple(item for item in items if not item.removed), _removed(items))


def one_a_day(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items in order of their dates; of several for one date the last counts."""
    return tuple(sorted({item.day: item for item in items}.values(), key=lambda item: item.day))


def status_said(said: Said) -> bool:
    """True when the word for how the goal stands is to be kept: that it is completed is found out by ticking only."""
    return "status" in said and (said["status"] or "").strip().casefold() != COMPLETED.casefold()


def frequency_words(schedule: Schedule) -> str:
    """Return the schedule's name, or the rule itself."""
    return f"RRULE:{schedule.rule}" if schedule.frequency is Frequency.RULE else schedule.frequency.value


def _frequency(said: Said, stored: Schedule | None) -> Frequency | str | None:
    """What the schedule is to be called: "One Time" when so said, what stands while nothing is said.

    What repeats as pages let it (a quota) is known by its name only, so that name is taken for what stands.
    """
    if said.get("is_onetime"):
        return Frequency.ONE_TIME
    if "frequency" not in said:
        repeats = said.get("is_onetime") is False
        return stored.frequency if stored and not (repeats and stored.frequency is Frequency.ONE_TIME) else None
    word = said["frequency"]
    name = (word or "").strip().casefold()
    if stored is not None and name == frequency_words(stored).casefold():
        return stored.frequency
    return NO_NAME if name in (Frequency.QUOTA.casefold(), Frequency.RULE.casefold()) else word


def _quota(frequency: Frequency | str | None, stored: Schedule) -> dict[str, Any]:
    if frequency is not Frequency.QUOTA or stored.quota is None:
        return {}
    return {"times": stored.quota.times, "period": stored.quota.period, "length": stored.quota.length}


def _future(items: Sequence[Item], stored: Schedule, live: Collection[date], today: date) -> tuple[date, ...] | None:
    """The due dates one by one; None while the rule decides, also when only some of its dates are taken away."""
    stand = {day for day in live if day > today}
    left = stand.difference(_removed(items))
    wanted = {item.day for item in items if not item.removed} or left
    if not items or wanted in (stand, left):
        return None
    past = [day for day in stored.dates if day <= today] or [day for day in live if day == today]
    return tuple(sorted({*past, *wanted}))


def _removed(items: Iterable[Item]) -> tuple[date, ...]:
    return tuple(item.day for item in items if item.removed)


def _none_said(said: Said) -> tuple[date, ...] | None:
    return () if "items" in said else None


def _title(title: str | None) -> str:
    return (title or "").strip() or UNTITLED


def _texts(said: Said) -> dict[str, Any]:
    return {
        "description": (said.get("description") or "").strip(),
        "criticality": (said.get("criticality") or "").strip() or None,
    }


def _as_said(stood: GoalDraft) -> Said:
    return {"description": stood.description, "criticality": stood.criticality}
