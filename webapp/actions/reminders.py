"""When goals remind: switched on or off, and at what times of day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update

from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.reminders import About, Clock, ReminderDraft, check_all
from webapp.domain.reviews import refuse_closed
from webapp.domain.tracked import Said
from webapp.models import Delivery, Goal, Occurrence, Person, Reminder, ReminderSetting
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession, upserting
from webapp.queries import goals as goal_queries

_ADD = insert(table_of(Reminder))
NUDGE_AT = time(9)


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
            rows.append(row_of(viewer, goal, wall))
    add(session, rows)
    session.flush()


def set_all(
    session: AnySession, viewer: Viewer, goal: Goal, drafts: Sequence[ReminderDraft], *, anyway: bool = False
) -> Goal:
    """The goal reminds at these times and no others, never when there are none; raises Invalid. One whose time stays
    goes on where it was. The caller loaded the goal locked, and has seen to rights."""
    if problems := check_all(tuple(drafts)):
        raise Invalid(problems)
    wanted = {(draft.wall, draft.days): draft for draft in drafts if draft.wall is not None}
    own = (Reminder.goal_id == goal.id, Reminder.once.is_(None))
    stands = {(row.wall, row.days): row.id for row in session.execute(select(Reminder).where(*own)).scalars()}
    before = (frozenset(stands), goal.reminds, goal.remind_anyway)
    forget(session, Reminder.id.in_([number for key, number in stands.items() if key not in wanted]))
    add(session, [row_of(viewer, goal, wall, days) for wall, days in wanted if (wall, days) not in stands and wall])
    goal.reminds, goal.remind_anyway = bool(wanted), anyway
    if (frozenset(wanted), goal.reminds, anyway) != before:
        record(session, Tag.GOAL_REMIND, at=viewer.now, viewer=viewer, thing=goal, on=goal.reminds, times=len(wanted))
        goal.version += 1
        goal.updated_at = viewer.now
    session.flush()
    return goal


def row_of(viewer: Viewer, goal: Goal, wall: time, days: int = 0) -> dict[str, Any]:
    """A new reminder of a goal as it is inserted: it begins with the next such time that is still to come."""
    return row_about(viewer, About.GOAL, wall) | {"person_id": goal.owner_id, "goal_id": goal.id, "days": days}


def row_about(viewer: Viewer, about: About, wall: time) -> dict[str, Any]:
    """A new reminder of what is the viewer's as a whole, as it is inserted."""
    return {
        "public_id": new_public_id(),
        "person_id": viewer.id,
        "about": about,
        "goal_id": None,
        "wall": wall,
        "days": 0,
        "once": None,
        "next_day": Clock(viewer.zone, viewer.day_start).first_day(wall, viewer.now),
        "next_at": viewer.now,
        "created_at": viewer.now,
    }


def add(session: AnySession, rows: Sequence[dict[str, Any]]) -> None:
    """These reminders stand as well; part of an act that is recorded."""
    if rows:
        session.execute(_ADD, rows)


def forget(session: AnySession, *which: ColumnElement[bool]) -> int:
    """Reminders of which this holds are gone with everything they came to; returns how many. Held first, so that no
    planner adds to them meanwhile."""
    numbers = session.scalars(select(Reminder.id).where(*which).order_by(Reminder.id).with_for_update()).all()
    if numbers:
        unsynchronized = {"synchronize_session": False}
        session.execute(delete(Delivery).where(Delivery.reminder_id.in_(numbers)), execution_options=unsynchronized)
        session.execute(delete(Reminder).where(Reminder.id.in_(numbers)), execution_options=unsynchronized)
    return len(numbers)


def expect_reviews(session: AnySession, reviewer_ids: Sequence[int], now: datetime) -> None:
    """Who is asked to review for the first time is reminded of what waits, at nine in their morning, unless they have
    said how they want to be reminded of that."""
    of_reviews = ReminderSetting.channels[About.REVIEWS.value].as_string()
    said = exists().where(ReminderSetting.person_id == Person.id, of_reviews.is_not(None))
    known = exists().where(Reminder.person_id == Person.id, Reminder.about == About.REVIEWS)
    new = session.scalars(select(Person.id).where(Person.id.in_(reviewer_ids), ~said, ~known).order_by(Person.id)).all()
    usual = {"about": About.REVIEWS, "wall": NUDGE_AT, "days": 0, "next_at": now, "created_at": now}
    rows = [{**usual, "person_id": one, "public_id": new_public_id()} for one in new]
    if rows:
        session.execute(upserting(session, table_of(Reminder)).on_conflict_do_nothing(), rows)


def begin_anew(session: AnySession, person_id: int, now: datetime) -> None:
    """The person is back: what came while they were away is left out, and what is still to come comes."""
    waiting = (Reminder.person_id == person_id, Reminder.next_at.is_not(None), Reminder.once.is_(None))
    session.execute(
        update(Reminder).where(*waiting).values(next_day=None, next_at=now),
        execution_options={"synchronize_session": False},
    )


def look_again(session: AnySession, person_id: int, now: datetime) -> None:
    """The person's days run otherwise from now on: what is still to come is worked out anew, what came stays."""
    waiting = (Reminder.person_id == person_id, Reminder.next_at.is_not(None))
    session.execute(
        update(Reminder).where(*waiting).values(next_at=now), execution_options={"synchronize_session": False}
    )


def follow_own(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """Due dates with a reminder of their own have one that comes once, if its time is still to come; no other has."""
    rows = select(Occurrence.local_date, Occurrence.reminder_date, Occurrence.reminder_time).where(
        Occurrence.goal_id == goal.id,
        Occurrence.deleted_at.is_(None),
        or_(Occurrence.reminder_time.is_not(None), Occurrence.reminder_date.is_not(None)),
        or_(Occurrence.local_date >= shifted(viewer.today, -1), Occurrence.reminder_date >= shifted(viewer.today, -1)),
    )
    said = session.execute(rows).all()
    usual = stands(session, goal).wall if said else None
    clock, wanted = Clock(viewer.zone, viewer.day_start), {}
    for due, on, at in said:
        day, wall = on or due, at or usual
        if wall is not None and clock.moment(day, wall) > viewer.now:
            wanted[due] = (day, wall)
    known = select(Reminder.id, Reminder.once, Reminder.next_day, Reminder.wall, Reminder.next_at)
    there = session.execute(known.where(Reminder.goal_id == goal.id, Reminder.once.is_not(None))).all()
    kept = {row.once for row in there if wanted.get(row.once) == (row.next_day, row.wall)}  # also one that came
    gone = [row.id for row in there if row.once not in kept and (row.next_at or row.once in wanted)]
    if gone:
        forget(session, Reminder.id.in_(gone))
    new = [(due, *when) for due, when in wanted.items() if due not in kept]
    add(session, [row_of(viewer, goal, wall) | {"once": due, "next_day": day} for due, day, wall in new])


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
    statement = select(Reminder.wall).where(Reminder.goal_id == goal.id, Reminder.once.is_(None))
    statement = statement.order_by(Reminder.wall).limit(1)
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
        forget(session, Reminder.goal_id == goal.id, Reminder.once.is_(None))
        add(session, [row_of(viewer, goal, wall)] if wall is not None else [])
    if after != before:
        record(session, Tag.GOAL_REMIND, at=viewer.now, viewer=viewer, thing=goal, on=goal.reminds)
    session.flush()
    return after


def _forget_others(session: AnySession, goal: Goal, wall: time) -> bool:
    """The goal reminds at no other time, and no due date has one of its own; returns whether there were any."""
    another = or_(Reminder.wall != wall, Reminder.days != 0, Reminder.once.is_not(None))
    several = forget(session, Reminder.goal_id == goal.id, another)
    own = (Occurrence.goal_id == goal.id, Occurrence.reminder_time.is_not(None), Occurrence.deleted_at.is_(None))
    ids = session.scalars(select(Occurrence.id).where(*own)).all()
    if ids:
        changes = update(Occurrence).where(*own).values(reminder_time=None)
        session.execute(changes, execution_options={"synchronize_session": False})
    return bool(ids or several)
