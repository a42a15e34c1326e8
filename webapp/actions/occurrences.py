"""The rows of due dates: made by writes and by the worker, never by a page view (domain rules §2)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import exists, insert, select, update

from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.goals import Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.schedules import (
    Frequency,
    Planned,
    Schedule,
    due_dates,
    horizon,
    missing,
    planned_dates,
    regenerate,
)
from webapp.domain.tracking import DayState
from webapp.models import Goal, Occurrence
from webapp.models.engine import AnySession


def plan(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """The goal's rows after today follow the schedule; today and the past are as they were (domain rules §2)."""
    change = regenerate(_planned(session, goal, today), planned_dates(schedule, today), today)
    _add(session, goal, change.add)
    _mark(session, change.revive, None)
    _mark(session, change.remove, goal.updated_at)
    _note_window(goal, schedule, today)


def lengthen(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """The goal has a row for every due date up to the horizon that never had one; nothing removed comes back.

    A goal that was left alone for longer than its rows reach gets those of the days between as well, since inside of
    its window only rows count.
    """
    since = min(today, shifted(goal.rows_until, 1)) if goal.rows_until else today
    wanted = due_dates(schedule, since, shifted(today, -1)) + planned_dates(schedule, today)
    _add(session, goal, missing(_planned(session, goal, since), wanted, since))
    _note_window(goal, schedule, today)


def resume(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """A goal that was put away has rows from today on; while it was away nothing was due."""
    _add(session, goal, missing(_planned(session, goal, today), planned_dates(schedule, today), today))
    _note_window(goal, schedule, today)


def settle(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """The goal is completed exactly when it has an end, something was done and nothing live is open or not done.

    The caller holds the goal's row, so that of two last ticks at once exactly one completes it.
    """
    current = next(version for version in goal.schedules if version.is_current)
    complete = current.terms().bounded and _all_done(session, goal)
    if complete and goal.lifecycle is Lifecycle.ACTIVE:
        goal.lifecycle, goal.completed_at = Lifecycle.COMPLETED, viewer.now
        record(session, Tag.GOAL_COMPLETE, at=viewer.now, viewer=viewer, thing=goal)
    elif not complete and goal.lifecycle is Lifecycle.COMPLETED:
        goal.lifecycle, goal.completed_at = Lifecycle.ACTIVE, None
        record(session, Tag.GOAL_REOPEN, at=viewer.now, viewer=viewer, thing=goal)


def _all_done(session: AnySession, goal: Goal) -> bool:
    """`domain.tracking.completes`, asked of the rows without reading them."""
    live = exists().where(Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None))
    unfinished = live.where(Occurrence.state.in_((DayState.OPEN, DayState.NOT_DONE)))
    done = live.where(Occurrence.state == DayState.DONE)
    row = session.execute(select(unfinished.label("unfinished"), done.label("done"))).one()
    return bool(row.done) and not row.unfinished


def _planned(session: AnySession, goal: Goal, since: date) -> list[Planned]:
    columns = (Occurrence.id, Occurrence.local_date, Occurrence.state, Occurrence.annotated, Occurrence.deleted_at)
    statement = select(*columns).where(Occurrence.goal_id == goal.id, Occurrence.local_date >= since)
    rows = session.execute(statement)
    return [Planned(row.id, row.local_date, row.state, row.annotated, row.deleted_at is not None) for row in rows]


def _add(session: AnySession, goal: Goal, days: Iterable[date]) -> None:
    rows = [{"goal_id": goal.id, "local_date": day, "state": DayState.OPEN, "annotated": False} for day in days]
    if rows:
        session.execute(insert(Occurrence), rows)


def _mark(session: AnySession, ids: tuple[int, ...], deleted_at: Any) -> None:
    for begin in range(0, len(ids), 500):
        few = ids[begin : begin + 500]
        session.execute(update(Occurrence).where(Occurrence.id.in_(few)).values(deleted_at=deleted_at))


def _note_window(goal: Goal, schedule: Schedule, today: date) -> None:
    """Between these two dates the rows are the whole truth; a quota plans nothing and has no window."""
    if schedule.frequency is Frequency.QUOTA:
        goal.rows_from = goal.rows_until = None
        return
    goal.rows_from = goal.rows_from or today
    goal.rows_until = max(horizon(schedule, today), today)
