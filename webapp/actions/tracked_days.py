"""Due dates as programs say them: done or not, with reminders of their own."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update

from webapp.actions import entries, months, occurrences, reminders
from webapp.actions.audit import Tag, record
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.reviews import refuse_closed
from webapp.domain.tracked import Item
from webapp.domain.tracking import DayState, Direction, EntryDraft, Source
from webapp.models import Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import habits
from webapp.queries.tracked import is_number

Value = TypeVar("Value", date, time)
_ROW = select(Occurrence.local_date, Occurrence.state, Occurrence.value).where(
    Occurrence.id == bindparam("row_id"),
    Occurrence.goal_id == bindparam("goal_id"),
    Occurrence.deleted_at.is_(None),
)


def tick(session: AnySession, viewer: Viewer, goal: Goal, row_id: int, *, done: bool) -> None:
    """The due date is done, or open again if it was; the goal's status is what its due dates come to.

    The caller loaded the goal locked. Raises NotFound for a due date that is not this goal's.
    """
    require(viewer, Permission.GOAL_TICK, goal_queries.facts_of(session, viewer, goal))
    refuse_closed(goal.lifecycle, goal.archived_at)
    row = _row(session, goal, row_id)
    if done:
        draft = EntryDraft(row.local_date, DayState.DONE, _value(goal, row))
        entries.record_day(session, viewer, goal, draft, source=Source.API)
    elif row.state is DayState.DONE:
        entries.record_day(session, viewer, goal, EntryDraft(row.local_date, DayState.OPEN), source=Source.API)
    if goal.status_word is not None:  # nothing changed, but the caller asks how it stands by its due dates
        goal.status_word = None
        goal.version += 1
    session.flush()


def remove(session: AnySession, viewer: Viewer, goal: Goal, days: Sequence[date]) -> None:
    """On these dates the goal is not due, though its rule says so; what was answered or noted stays."""
    idle = (Occurrence.state == DayState.OPEN, Occurrence.value.is_(None), Occurrence.annotated.is_(False))
    live = (Occurrence.goal_id == goal.id, Occurrence.local_date.in_(days), Occurrence.deleted_at.is_(None))
    statement = update(Occurrence).where(*live, *idle).values(deleted_at=viewer.now).returning(Occurrence.id)
    gone = session.scalars(statement, execution_options={"synchronize_session": False}).all() if days else ()
    if not gone:
        return
    goal.version += 1
    goal.updated_at = viewer.now
    record(session, Tag.GOAL_CHANGE, at=viewer.now, viewer=viewer, thing=goal, removed=len(gone), version=goal.version)
    occurrences.settle(session, goal, viewer.now, viewer)
    months.follow(session, goal, viewer.today)
    session.flush()


def say(
    session: AnySession,
    viewer: Viewer,
    goal: Goal,
    items: Sequence[Item],
    wall: time | None,
    before: tuple[date | None, time | None] | None = None,
) -> None:
    """Due dates that are said to be done are done, and those with a reminder other than the goal's have their own.

    `wall` is the time at which the goal reminds now; `before` its date and time as the program knew them, so that what
    it only repeats stays as it is.
    """
    known = before or (goal.reminder_date, wall)
    if not any(item.done or item.reminder_date or item.reminder_time for item in items) and before is None:
        return
    rows = _rows(session, goal, items)
    own = {day: (row.reminder_date, row.reminder_time) for day, row in rows.items()}
    for item in items:
        row = rows.get(item.day)
        if row is None:
            continue
        row.reminder_date = _own(item.reminder_date, row.reminder_date, known[0], goal.reminder_date)
        row.reminder_time = _own(item.reminder_time, row.reminder_time, known[1], wall)
    session.flush()
    if any(own[day] != (row.reminder_date, row.reminder_time) for day, row in rows.items()):
        reminders.follow_own(session, viewer, goal)
    open_ones = [rows[item.day] for item in items if item.done and item.day in rows]
    done = [(row, _value(goal, row)) for row in open_ones if row.state is not DayState.DONE]
    entries.record_done(session, viewer, goal, done, Source.API)


def _value(goal: Goal, row: Any) -> Decimal | None:
    """What a row that is done comes to: the amount where one was to be reached and no more was."""
    aim = habits.aim_on(goal, row.local_date)
    value: Decimal | None = row.value
    if aim.direction is Direction.AT_LEAST and aim.target is not None:
        value = max(value or Decimal(0), aim.target)
    return value


def _own(said: Value | None, own: Value | None, known: Value | None, now: Value | None) -> Value | None:
    """What the due date has of its own, None for what the goal has."""
    if said == (own or known):
        return own
    return None if said in (None, now) else said


def _row(session: AnySession, goal: Goal, row_id: int) -> Any:
    row = None
    if is_number(row_id):
        row = session.connection().execute(_ROW, {"row_id": row_id, "goal_id": goal.id}).one_or_none()
    if row is None:
        raise NotFound
    return row


def _rows(session: AnySession, goal: Goal, items: Sequence[Item]) -> dict[date, Occurrence]:
    if not items:
        return {}
    between = Occurrence.local_date.between(min(item.day for item in items), max(item.day for item in items))
    statement = select(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None), between)
    statement = statement.execution_options(populate_existing=True)
    return {row.local_date: row for row in session.scalars(statement)}
