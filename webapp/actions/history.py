"""Putting a whole history into the ledger at once: its facts, and the rows of their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from webapp.actions import feeds, months
from webapp.domain.people import Viewer
from webapp.domain.tracking import Day, DayState, Mode, Source
from webapp.models import Entry, Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries import habits


@dataclass(frozen=True, slots=True)
class PastFact:
    """What is known of one date: when it happened (`at`), and when we learned of it (`recorded_at`)."""

    local_date: date
    at: datetime
    recorded_at: datetime
    state: DayState = DayState.OPEN
    value: Decimal | None = None
    note: str = ""
    source_uid: str | None = None


def add(session: AnySession, viewer: Viewer, goal: Goal, facts: Sequence[PastFact], source: Source) -> None:
    """The facts stand in the ledger, the rows of their days show them, and months and streak follow.

    Each date is given once and has no fact yet; the caller holds the goal's row. A handful of statements, however long
    the history.
    """
    if not facts:
        return
    entries = [_entry(viewer, goal, fact, source) for fact in facts]
    # Rows with a note and rows without one must look alike, or each change between them is a statement of its own.
    alike = {"render_nulls": True}
    written = session.execute(insert(Entry).returning(Entry.local_date, Entry.id), entries, execution_options=alike)
    entry_ids: dict[date, int] = {row.local_date: row.id for row in written}
    planned = select(Occurrence.local_date, Occurrence.id).where(Occurrence.goal_id == goal.id)
    rows: dict[date, int] = {row.local_date: row.id for row in session.execute(planned)}
    shown = [_row(viewer, goal, fact, entry_ids[fact.local_date]) for fact in facts]
    there = [{**row, "id": rows[row["local_date"]]} for row in shown if row["local_date"] in rows]
    new = [row for row in shown if row["local_date"] not in rows]
    if there:
        session.execute(update(Occurrence), there)
    if new:
        session.execute(insert(Occurrence), new, execution_options=alike)
    months.follow(session, goal, viewer.today, min(fact.local_date for fact in facts))
    feeds.follow(session, viewer, goal)


def _entry(viewer: Viewer, goal: Goal, fact: PastFact, source: Source) -> dict[str, Any]:
    return {
        "subject_id": goal.owner_id,
        "goal_id": goal.id,
        "local_date": fact.local_date,
        "at": fact.at,
        "recorded_at": fact.recorded_at,
        "zone": viewer.zone,
        "mode": Mode.SET,
        "state": fact.state,
        "value": fact.value,
        "note": viewer.words.seal("entry.note", fact.note) if fact.note else None,
        "author_id": viewer.id,
        "source": source,
        "source_uid": fact.source_uid,
    }


def _row(viewer: Viewer, goal: Goal, fact: PastFact, entry_id: int) -> dict[str, Any]:
    return {
        "goal_id": goal.id,
        "local_date": fact.local_date,
        "state": _judged(viewer, goal, fact),
        "value": fact.value,
        "annotated": bool(fact.note),
        "entry_id": entry_id,
        "deleted_at": None,
    }


def _judged(viewer: Viewer, goal: Goal, fact: PastFact) -> DayState:
    day = Day(fact.state, fact.value)
    return habits.aim_on(goal, fact.local_date).state(day, over=fact.local_date < viewer.today)
