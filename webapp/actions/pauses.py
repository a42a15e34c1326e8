"""Planning times in which nothing is asked, of one goal or of all; a pause neither breaks nor feeds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from webapp.actions import feeds, months, occurrences
from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.models import Goal, Person, PlannedPause
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries.visibility import goals_of

PAUSES_PER_PERSON = 500


def plan(session: AnySession, viewer: Viewer, draft: Pause, goal: Goal | None = None) -> PlannedPause:
    """Nothing is asked of the goal, or of any of the viewer's, on the days of the draft; raises Invalid.

    Past days too: who was ill says so afterwards, and the streak is as if those days had not been in the calendar.
    """
    if goal is not None:
        require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    problems = draft.check()
    count = select(func.count()).select_from(PlannedPause).outerjoin(Goal, Goal.id == PlannedPause.goal_id)
    there = session.scalar(count.where(PlannedPause.owner_id == viewer.id, Goal.deleted_at.is_(None)))
    if (there or 0) >= PAUSES_PER_PERSON:
        problems.append(Problem("", "too_many_pauses", {"most": PAUSES_PER_PERSON}))
    if problems:
        raise Invalid(problems)
    held = _hold(session, viewer, goal.id if goal else None)
    pause = insert(session, viewer.id, goal.id if goal else None, draft, viewer.now)
    _follow(session, viewer, held, draft.first)
    _record(session, viewer, Tag.PAUSE_PLAN, pause)
    return pause


def change(session: AnySession, viewer: Viewer, pause: PlannedPause, draft: Pause) -> PlannedPause:
    """The pause has the days of the draft; what it no longer covers is asked again. Raises Invalid."""
    if problems := draft.check():
        raise Invalid(problems)
    held, before = _hold(session, viewer, pause.goal_id), pause.terms()
    pause.first, pause.last = draft.first, draft.last
    session.flush()
    first = min(before.first, draft.first)
    last = max(before.last, draft.last) if before.last and draft.last else None
    occurrences.pause(session, pause.owner_id, pause.goal_id, first, last)
    _follow(session, viewer, held, first)
    _record(session, viewer, Tag.PAUSE_CHANGE, pause)
    return pause


def end(session: AnySession, viewer: Viewer, pause: PlannedPause) -> Pause:
    """The pause ended yesterday, and is gone if it had not begun by then; returns what it was, for an undo."""
    before, yesterday = pause.terms(), shifted(viewer.today, -1)
    if pause.first > yesterday:
        remove(session, viewer, pause)
    elif pause.last is None or pause.last > yesterday:
        change(session, viewer, pause, Pause(pause.first, yesterday))
    return before


def remove(session: AnySession, viewer: Viewer, pause: PlannedPause) -> Pause:
    """The pause has never been: its days are asked again, past ones too; returns what it was, for an undo."""
    was, owner_id, goal_id = pause.terms(), pause.owner_id, pause.goal_id
    held = _hold(session, viewer, goal_id)
    _record(session, viewer, Tag.PAUSE_REMOVE, pause)
    session.delete(pause)
    session.flush()
    occurrences.pause(session, owner_id, goal_id, was.first, was.last)
    _follow(session, viewer, held, was.first)
    return was


def insert(session: AnySession, owner_id: int, goal_id: int | None, days: Pause, at: datetime) -> PlannedPause:
    """The pause stands, and the rows of its days know it; streaks and months are left to the caller."""
    pause = PlannedPause(owner_id=owner_id, goal_id=goal_id, first=days.first, last=days.last, created_at=at)
    session.add(pause)
    session.flush()
    occurrences.pause(session, owner_id, goal_id, days.first, days.last)
    return pause


def _hold(session: AnySession, viewer: Viewer, goal_id: int | None) -> Sequence[Goal]:
    """The goal, or every one of the viewer's, those put away too, held before anything is changed: a tick that is on
    its way has its row by then, and a goal that is being made waits for the person."""
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    statement = select(Goal).where(goals_of(viewer)).order_by(Goal.id)
    if goal_id is not None:
        statement = statement.where(Goal.id == goal_id)
    statement = statement.options(selectinload(Goal.schedules)).execution_options(populate_existing=True)
    return session.scalars(statement.with_for_update()).all()


def _follow(session: AnySession, viewer: Viewer, held: Iterable[Goal], changed: date) -> None:
    for goal in held:
        occurrences.settle(session, goal, viewer.now, viewer)
        months.follow(session, goal, viewer.today, changed)
        feeds.follow(session, viewer, goal)
    session.flush()


def _record(session: AnySession, viewer: Viewer, tag: Tag, pause: PlannedPause) -> None:
    days: dict[str, Any] = {"first": pause.first.isoformat(), "last": pause.last.isoformat() if pause.last else None}
    record(session, tag, at=viewer.now, viewer=viewer, thing=pause, goal=pause.goal_id, **days)
    session.flush()
