"""Moving a one-time goal to another day."""

from datetime import date

from sqlalchemy import select

from webapp.actions import goals, months, occurrences
from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import GoalDraft
from webapp.domain.pauses import is_paused
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft
from webapp.domain.tracking import DayState
from webapp.models import Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import habits


def reschedule_once(session: AnySession, viewer: Viewer, goal: Goal, day: date) -> date:
    """The one-time goal is due on that day and on no other; returns the day it was due until now, for an undo.

    Its days are today and later, and those it was due on before. What was answered stays where it is. Raises Invalid
    for any other day or goal, and for one that is done already.
    """
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    terms = goal_queries.opened(session, viewer, goal)
    if terms.schedule.frequency is not Frequency.ONE_TIME:
        raise Invalid([Problem("day", "unknown_choice")])
    rows = {row.local_date: row for row in session.scalars(select(Occurrence).where(Occurrence.goal_id == goal.id))}
    due = rows.get(_due_day(terms.schedule))
    if due is not None and due.state is DayState.DONE:
        raise Invalid([Problem("day", "already_done")])
    if day < viewer.today and day not in rows:
        raise Invalid([Problem("day", "too_early")])
    goals.change(session, viewer, goal, _on(terms, day), seen=goal.version)
    left = _leave(session, goal, rows, day, viewer)
    occurrences.settle(session, goal, viewer.now, viewer)
    months.follow(session, goal, viewer.today, min([day, viewer.today, *left]))
    session.flush()
    return _due_day(terms.schedule)


def _leave(session: AnySession, goal: Goal, rows: dict[date, Occurrence], day: date, viewer: Viewer) -> list[date]:
    """Of the days nobody answered only this one has a row, also of those that are over; returns the others."""
    open_rows = {local_date: row for local_date, row in rows.items() if row.state is DayState.OPEN}
    left = [local_date for local_date, row in open_rows.items() if local_date != day and row.deleted_at is None]
    for local_date in left:
        rows[local_date].deleted_at = viewer.now
    there = session.scalar(select(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.local_date == day))
    if there is None:
        there = Occurrence(goal_id=goal.id, local_date=day, paused=is_paused(day, habits.pauses_of(session, goal)))
        session.add(there)
    there.deleted_at = None
    session.flush()
    return left


def _on(terms: goal_queries.Terms, day: date) -> GoalDraft:
    """What the goal says already, on another day."""
    before = terms.schedule
    schedule = ScheduleDraft(Frequency.ONE_TIME, before.days, min(before.start, day), day, week_start=before.week_start)
    return terms.draft(schedule)


def _due_day(schedule: Schedule) -> date:
    return schedule.until or schedule.start
