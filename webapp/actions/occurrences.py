"""The rows of due dates: made by writes and by the worker, never by a page view (domain rules §2)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, insert, or_, select, update

from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.goals import Lifecycle
from webapp.domain.pauses import Pause, paused_between
from webapp.domain.people import Viewer
from webapp.domain.regeneration import missing, regenerate
from webapp.domain.schedules import Frequency, Schedule, due_dates, horizon, planned_dates
from webapp.domain.tracking import Day, DayState, Direction
from webapp.domain.verdicts import Aim, Terms
from webapp.models import Goal, Occurrence, PlannedPause
from webapp.models.engine import AnySession
from webapp.queries import habits
from webapp.queries.plans import planned_rows


def plan(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """The goal's rows after today follow the schedule; today and the past are as they were (domain rules §2)."""
    change = regenerate(planned_rows(session, goal, today), planned_dates(schedule, today), today)
    _add(session, goal, change.add)
    _mark(session, change.revive, None)
    _mark(session, change.remove, goal.updated_at)
    _note_window(goal, schedule, today)


def plan_all(session: AnySession, made: Sequence[tuple[Goal, Schedule]], today: date) -> None:
    """New goals of one person's have their rows, also those of past due dates that were said one by one."""
    pauses = habits.pauses_of(session, made[0][0]) if made else ()
    rows = []
    for goal, schedule in made:
        past = [day for day in schedule.dates if day < today]
        rows += _rows(goal, [*past, *planned_dates(schedule, today)], pauses)
        _note_window(goal, schedule, today)
        if past:
            goal.rows_from = past[0]
    if rows:
        session.execute(insert(Occurrence), rows)


def lengthen(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """The goal has a row for every due date up to the horizon that never had one; nothing removed comes back.

    A goal that was left alone for longer than its rows reach gets those of the days between as well, since inside of
    its window only rows count.
    """
    since = min(today, shifted(goal.rows_until, 1)) if goal.rows_until else today
    wanted = due_dates(schedule, since, shifted(today, -1)) + planned_dates(schedule, today)
    _add(session, goal, missing(planned_rows(session, goal, since), wanted, since))
    _note_window(goal, schedule, today)


def resume(session: AnySession, goal: Goal, schedule: Schedule, today: date) -> None:
    """A goal that was put away has rows from today on; while it was away nothing was due."""
    _add(session, goal, missing(planned_rows(session, goal, today), planned_dates(schedule, today), today))
    _note_window(goal, schedule, today)


def is_due(session: AnySession, goal: Goal, day: date) -> bool:
    """Whether the goal has a live row for the day."""
    row = select(Occurrence.id).where(Occurrence.goal_id == goal.id, Occurrence.local_date == day)
    return session.execute(row.where(Occurrence.deleted_at.is_(None))).first() is not None


def pause(session: AnySession, owner_id: int, goal_id: int | None, first: date, last: date | None) -> None:
    """Rows of the goal, or of all the owner's, from the first day to the last say whether a pause covers them."""
    covers = exists().where(
        PlannedPause.owner_id == owner_id,
        or_(PlannedPause.goal_id.is_(None), PlannedPause.goal_id == Occurrence.goal_id),
        PlannedPause.first <= Occurrence.local_date,
        or_(PlannedPause.last.is_(None), PlannedPause.last >= Occurrence.local_date),
    )
    mine = select(Goal.id).where(Goal.owner_id == owner_id)
    of_goals = Occurrence.goal_id == goal_id if goal_id is not None else Occurrence.goal_id.in_(mine)
    rows = update(Occurrence).where(of_goals, Occurrence.local_date >= first)
    if last is not None:
        rows = rows.where(Occurrence.local_date <= last)
    session.execute(rows.values(paused=covers), execution_options={"synchronize_session": False})


def judge_limits(session: AnySession, goal_id: int, terms: Terms, first: date, last: date) -> None:
    """Amounts under a limit that still stand open between two dates, all over, have the state they earned then."""
    ordered = sorted(terms.versions, key=lambda version: version.valid_from)
    for position, version in enumerate(ordered):
        aim = terms.aim(version)
        if aim.direction is not Direction.AT_MOST or aim.target is None:
            continue
        begins = max(first, version.valid_from) if position else first
        ends = min(last, shifted(ordered[position + 1].valid_from, -1)) if position + 1 < len(ordered) else last
        rows = update(Occurrence).where(
            Occurrence.goal_id == goal_id,
            Occurrence.local_date.between(begins, ends),
            Occurrence.state == DayState.OPEN,
        )
        kept, passed = rows.where(Occurrence.value <= aim.target), rows.where(Occurrence.value > aim.target)
        session.execute(kept.values(state=DayState.DONE), execution_options={"synchronize_session": False})
        session.execute(passed.values(state=DayState.NOT_DONE), execution_options={"synchronize_session": False})


def judge_from(session: AnySession, goal_id: int, aim: Aim, today: date) -> None:
    """Amounts of today and later that stand open have the state they earn by what is asked now."""
    rows = select(Occurrence).where(
        Occurrence.goal_id == goal_id,
        Occurrence.local_date >= today,
        Occurrence.state == DayState.OPEN,
        Occurrence.value.is_not(None),
    )
    for row in session.scalars(rows):
        row.state = aim.state(Day(row.state, row.value), over=False)


def settle(session: AnySession, goal: Goal, at: datetime, viewer: Viewer | None = None) -> None:
    """The goal is completed exactly when it has an end, something was done and nothing live is open or not done.

    The caller holds the goal's row, so that of two last ticks at once exactly one completes it. Without a viewer the
    passing of time did it.
    """
    current = next(version for version in goal.schedules if version.is_current)
    complete = current.terms().bounded and _all_done(session, goal)
    if complete and goal.lifecycle is Lifecycle.ACTIVE:
        goal.lifecycle, goal.completed_at = Lifecycle.COMPLETED, at
        record(session, Tag.GOAL_COMPLETE, at=at, viewer=viewer, subject_id=goal.owner_id, thing=goal)
    elif not complete and goal.lifecycle is Lifecycle.COMPLETED:
        goal.lifecycle, goal.completed_at = Lifecycle.ACTIVE, None
        record(session, Tag.GOAL_REOPEN, at=at, viewer=viewer, subject_id=goal.owner_id, thing=goal)


def _all_done(session: AnySession, goal: Goal) -> bool:
    """`domain.tracking.completes`, asked of the rows without reading them."""
    live = exists().where(Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None), Occurrence.paused.is_(False))
    unfinished = live.where(Occurrence.state.in_((DayState.OPEN, DayState.NOT_DONE)))
    done = live.where(Occurrence.state == DayState.DONE)
    row = session.execute(select(unfinished.label("unfinished"), done.label("done"))).one()
    return bool(row.done) and not row.unfinished


def _add(session: AnySession, goal: Goal, days: Iterable[date]) -> None:
    wanted = list(days)
    rows = _rows(goal, wanted, habits.pauses_of(session, goal)) if wanted else []
    if rows:
        session.execute(insert(Occurrence), rows)


def _rows(goal: Goal, days: Sequence[date], pauses: Sequence[Pause]) -> list[dict[str, Any]]:
    paused = paused_between(pauses, min(days), max(days)) if pauses and days else frozenset()
    return [
        {"goal_id": goal.id, "local_date": day, "state": DayState.OPEN, "annotated": False, "paused": day in paused}
        for day in days
    ]


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
