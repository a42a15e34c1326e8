"""Lifelike people to measure with: goals, and years of answers to them, in bulk and the same at every run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, literal, select, text, update
from sqlalchemy.orm import Session

from webapp.actions import goals, months, people
from webapp.domain.days import days_between, shifted
from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.schedules import OPEN_HORIZON_DAYS, Frequency, ScheduleDraft, due_dates
from webapp.domain.tracking import DayState, Direction, Mode, Source
from webapp.models import AuditEvent, Entry, Goal, Occurrence
from webapp.queries.people import viewer_of

YEAR = 365
BATCH = 5_000
PATTERN = "dwdadddwdddwdaddwddd"
"""Of twenty goals fourteen are daily, four due on weekdays, two measured by an amount."""

TITLES = ("Walk", "Read a little", "Stretch", "Water the plants", "Learn ten words", "Write", "Breathe", "No sugar")
EVENT = ("at", "tag", "outcome", "actor_id", "subject_id", "object_kind", "object_id", "details")
ANSWERS = (DayState.DONE,) * 16 + (DayState.SKIPPED,) + (DayState.OPEN,) * 3


@dataclass(frozen=True)
class Made:
    """A person who is there now: `today` is their own date, `goals` the public ids in their order."""

    id: int
    public_id: str
    today: date
    goals: tuple[str, ...]


def person(
    session: Session, name: str, *, days: int = YEAR, count: int = 20, pattern: str = PATTERN, seed: int = 1
) -> Made:
    """Somebody with so many goals, all due today, and so many days of answers; committed.

    `pattern` says what the goals are, in turn: d daily, w on some weekdays, a measured by an amount. It is about noon
    where they live, so that no midnight falls into a measurement.
    """
    now = datetime.now(UTC)
    who = people.create(
        session, name=name, email=f"{name}@bench.example", password_hash=None, now=now, zone=noon_zone(now)
    )
    viewer = viewer_of(session, who, now)
    back_then = viewer_of(session, who, now - timedelta(days=days))
    kinds = [pattern[number % len(pattern)] for number in range(count)]
    made = [_goal(session, back_then, number, kind, viewer.today) for number, kind in enumerate(kinds)]
    _fill(session, viewer, made, shifted(viewer.today, -days), random.Random(seed))
    for goal in made:
        months.follow(session, goal, viewer.today, shifted(viewer.today, -days))
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))  # as autovacuum would by and by; SQLite is never told to
        session.commit()
    return Made(who.id, who.public_id, viewer.today, tuple(goal.public_id for goal in made))


def noon_zone(now: datetime) -> str:
    """A zone without clock changes in which it is between noon and one o'clock; its sign is the wrong way round."""
    return f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "Etc/UTC"


def _goal(session: Session, viewer: Viewer, number: int, kind: str, today: date) -> Goal:
    chosen = tuple(sorted((today.weekday() - back) % 7 for back in range(5)))
    schedule = ScheduleDraft(Frequency.CUSTOM, days=chosen) if kind == "w" else ScheduleDraft(Frequency.DAILY)
    draft = GoalDraft(
        title=f"{TITLES[number % len(TITLES)]} {number + 1}",
        schedule=schedule,
        question="Did I do it today?",
        colour=number % 12 + 1,
        direction=Direction.AT_LEAST if kind == "a" else None,
        target=Decimal(20) if kind == "a" else None,
        unit="pages" if kind == "a" else "",
    )
    goal = goals.create(session, viewer, draft)
    goal.rows_until = shifted(today, OPEN_HORIZON_DAYS)
    session.execute(delete(Occurrence).where(Occurrence.goal_id == goal.id))
    return goal


def _fill(session: Session, viewer: Viewer, made: list[Goal], first: date, chance: random.Random) -> None:
    """Rows of every due date up to the horizon, and the facts behind those up to today, day by day as life goes."""
    if session.get_bind().dialect.name == "postgresql":
        for haste in ("statement_timeout = 0", "session_replication_role = replica"):  # no row here can be wrong
            session.execute(text(f"SET LOCAL {haste}"))
    last = shifted(viewer.today, OPEN_HORIZON_DAYS)
    due = {goal.id: set(due_dates(goal.schedules[0].terms(), first, last)) for goal in made}
    rows = [
        _row(goal, day, viewer, chance) for day in days_between(first, last) for goal in made if day in due[goal.id]
    ]
    answered = [row for row in rows if row["state"] is not DayState.OPEN or row["value"] is not None]
    for few in _batches([_entry(row, viewer) for row in answered]):
        session.execute(insert(Entry.__table__).returning(Entry.id), few)  # type: ignore[arg-type]
    session.execute(insert(AuditEvent).from_select(EVENT, _events(viewer)))
    for few in _batches(rows):
        session.execute(insert(Occurrence.__table__).returning(Occurrence.id), few)  # type: ignore[arg-type]
    there = (Entry.goal_id == Occurrence.goal_id, Entry.local_date == Occurrence.local_date)
    fact = select(Entry.id).where(*there).scalar_subquery()
    mine = [goal.id for goal in made]
    session.execute(
        update(Occurrence)
        .where(Occurrence.goal_id.in_(mine), Occurrence.local_date <= viewer.today)
        .values(entry_id=fact)
        .execution_options(synchronize_session=False)
    )


def _row(goal: Goal, day: date, viewer: Viewer, chance: random.Random) -> dict[str, Any]:
    state = chance.choice(ANSWERS) if day <= viewer.today else DayState.OPEN
    value = None
    if goal.target is not None and state is not DayState.SKIPPED and day <= viewer.today:
        value = Decimal(chance.randint(20, 40) if state is DayState.DONE else chance.randint(1, 19))
    return {"goal_id": goal.id, "local_date": day, "state": state, "value": value, "annotated": False}


def _entry(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """What was said: an amount says no state, the number decides."""
    at = viewer.now - timedelta(days=(viewer.today - row["local_date"]).days)
    return {
        "subject_id": viewer.id,
        "goal_id": row["goal_id"],
        "local_date": row["local_date"],
        "at": at,
        "recorded_at": at,
        "zone": viewer.zone,
        "mode": Mode.SET,
        "state": DayState.OPEN if row["value"] is not None else row["state"],
        "value": row["value"],
        "author_id": viewer.id,
        "source": Source.PAGE,
    }


def _events(viewer: Viewer) -> Any:
    """What the audit log says of each fact."""
    said = (literal("entry:record"), literal("done"), Entry.author_id, Entry.subject_id, literal("goal"))
    details = literal({"date": "2026-01-01", "state": "done", "before": "open"}, AuditEvent.details.type)
    return select(Entry.at, *said, Entry.goal_id, details).where(Entry.subject_id == viewer.id).order_by(Entry.id)


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for begin in range(0, len(rows), BATCH):
        yield rows[begin : begin + BATCH]
