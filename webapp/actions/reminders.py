"""When goals remind: switched on or off, and at what time of day."""

from collections.abc import Iterable
from datetime import date, time
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from webapp.actions.audit import Tag, record
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.reviews import refuse_closed
from webapp.domain.tracked import Said
from webapp.models import Goal, Occurrence, Reminder
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries

_ADD = insert(table_of(Reminder))


class Reminding(NamedTuple):
    """Whether a goal reminds, of which date, and at what time of day."""

    on: bool | None
    day: date | None
    wall: time | None


def begin(session: AnySession, viewer: Viewer, made: Iterable[tuple[Goal, Said]]) -> None:
    """New goals remind as is said of them."""
    rows = []
    for goal, said in made:
        goal.reminds, goal.reminder_date = said.get("reminder"), said.get("reminderdate")
        if (wall := said.get("remindertime")) is not None:
            rows.append({"goal_id": goal.id, "wall": wall, "created_at": viewer.now})
    if rows:
        session.execute(_ADD, rows)
    session.flush()


def remind(session: AnySession, viewer: Viewer, goal: Goal, said: Said) -> Goal:
    """The goal reminds as is said, and a time that is said holds for every due date. The caller loaded it locked."""
    require(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    refuse_closed(goal.lifecycle, goal.archived_at)
    before = stands(session, goal)
    changed = follow(session, viewer, goal, said, before) != before
    if (wall := said.get("remindertime")) is not None:
        changed = _forget_others(session, goal, wall) or changed
    if changed:
        goal.version += 1
        goal.updated_at = viewer.now
        session.flush()
    return goal


def stands(session: AnySession, goal: Goal) -> Reminding:
    """How the goal reminds; of several times of day the earliest."""
    statement = select(Reminder.wall).where(Reminder.goal_id == goal.id).order_by(Reminder.wall).limit(1)
    return Reminding(goal.reminds, goal.reminder_date, session.scalars(statement).first())


def follow(session: AnySession, viewer: Viewer, goal: Goal, said: Said, before: Reminding) -> Reminding:
    """The goal reminds as is said, which is returned, and it is written down when that is something else than before.

    A time takes the place of all others unless the earliest is said again. Switched off, no time is lost.
    """
    wall = said.get("remindertime", before.wall)
    if wall is None and said.get("reminder") is False:
        wall = before.wall
    goal.reminds = said.get("reminder", before.on)
    goal.reminder_date = said.get("reminderdate", before.day)
    after = Reminding(goal.reminds, goal.reminder_date, wall)
    if wall != before.wall:
        session.execute(delete(Reminder).where(Reminder.goal_id == goal.id))
        begun = {"goal_id": goal.id, "wall": wall, "created_at": viewer.now}
        if wall is not None:
            session.execute(_ADD, [begun])
    if after != before:
        record(session, Tag.GOAL_REMIND, at=viewer.now, viewer=viewer, thing=goal, on=goal.reminds)
    session.flush()
    return after


def _forget_others(session: AnySession, goal: Goal, wall: time) -> bool:
    """The goal reminds at no other time, and no due date has one of its own; returns whether there were any."""
    others = delete(Reminder).where(Reminder.goal_id == goal.id, Reminder.wall != wall).returning(Reminder.id)
    several = session.scalars(others, execution_options={"synchronize_session": False}).all()
    own = (Occurrence.goal_id == goal.id, Occurrence.reminder_time.is_not(None), Occurrence.deleted_at.is_(None))
    ids = session.scalars(select(Occurrence.id).where(*own)).all()
    if ids:
        changes = update(Occurrence).where(*own).values(reminder_time=None)
        session.execute(changes, execution_options={"synchronize_session": False})
    return bool(ids or several)
