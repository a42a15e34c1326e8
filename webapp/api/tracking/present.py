"""Goals and due dates as the tracking contract writes them."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from webapp.api.tracking.fields import day_words, midnight
from webapp.domain.schedules import Frequency
from webapp.domain.tracked import frequency_words
from webapp.queries.tracked import TrackedGoal, TrackedRow

Json = dict[str, Any]
_LATEST = "99"  # after every time of day


def goal_json(goal: TrackedGoal, rows: Iterable[TrackedRow]) -> Json:
    """A goal as it is read."""
    return {
        **_head(goal),
        "goaltracking": [row_json(goal, row) for row in rows],
    }


def echo_json(goal: TrackedGoal, rows: Iterable[TrackedRow]) -> Json:
    """A goal as a write answers it."""
    return {
        **goal_json(goal, rows),
        "reminderdate": goal.remind_on.isoformat() if goal.remind_on else None,
        "remindertime": goal.remind_at.isoformat("seconds") if goal.remind_at else None,
        "startdate": midnight(goal.schedule.start),
    }


def by_user_json(goal: TrackedGoal) -> Json:
    """A goal without its due dates."""
    return {**_head(goal), "remindertime": goal.remind_at.isoformat("seconds") if goal.remind_at else None}


def pending_json(goal: TrackedGoal, earliest: Any) -> Json:
    """A goal that waits to be finished."""
    head = _head(goal)
    names = ("goalid", "userid", "title", "description", "targetdate", "is_onetime", "frequency", "days")
    return {**{name: head[name] for name in names}, "startdate": midnight(earliest) if earliest else None}


def row_json(goal: TrackedGoal, row: TrackedRow) -> Json:
    """One due date; what it has no reminder of its own for is the goal's."""
    remind_on, remind_at = row.remind_on or goal.remind_on, row.remind_at or goal.remind_at
    return {
        "goalTrackId": row.id,
        "goalid": row.goal_id,
        "iscompleted": row.done,
        "duedate": midnight(row.day),
        "reminderdate": remind_on.isoformat() if remind_on else None,
        "remindertime": remind_at.isoformat("seconds") if remind_at else None,
        "is_deleted": row.gone,
        "status": goal.status,
    }


def tracker_json(zone: str, goals: Iterable[TrackedGoal], rows: Sequence[Any]) -> Json:
    """What is due, date by date; within a date by time of day, without one last, then by number."""
    heads = {goal.id: _on_day(goal) for goal in goals}
    days: dict[str, list[Json]] = {}
    for number, goal_id, day, done, remind_at in rows:
        if goal_id not in heads:
            continue  # deleted since its rows were read
        one = {"goalTrackId": number, **heads[goal_id], "iscompleted": bool(done)}
        if remind_at is not None:
            one["remindertime"] = remind_at.isoformat("seconds")
        if day in days:
            days[day].append(one)
        else:
            days[day] = [one]
    by_number, by_time = itemgetter("goalTrackId"), lambda one: one["remindertime"] or _LATEST
    for of_day in days.values():
        of_day.sort(key=by_number)
        of_day.sort(key=by_time)
    return {"time_zone": zone, "goaltracker": [{"duedate": day, "goals": goals} for day, goals in days.items()]}


def tag_of(version: int, rows: Iterable[TrackedRow]) -> str:
    """What changes whenever the goal, or anything said of these due dates, does."""
    return f"{version}.{max((row.entry for row in rows), default=0)}"


def _head(goal: TrackedGoal) -> Json:
    schedule = goal.schedule
    return {
        "goalid": goal.id,
        "userid": goal.owner_id,
        "status": goal.status,
        "title": goal.title,
        "description": goal.description or None,
        "criticality": goal.criticality,
        "is_onetime": schedule.frequency is Frequency.ONE_TIME,
        "frequency": frequency_words(schedule),
        "days": day_words(schedule.days),
        "targetdate": midnight(schedule.until) if schedule.until else None,
        "reminder": goal.reminds,
        "is_therapist_approved": goal.approved,
    }


def _on_day(goal: TrackedGoal) -> Json:
    return {
        "goalid": goal.id,
        "title": goal.title,
        "status": goal.status,
        "reminder": goal.reminds,
        "remindertime": goal.remind_at.isoformat("seconds") if goal.remind_at else None,
        "criticality": goal.criticality,
        "frequency": frequency_words(goal.schedule),
    }
