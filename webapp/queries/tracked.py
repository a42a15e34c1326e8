"""Goals and due dates as the tracking contract lists them: plain rows of one person's, as far as the viewer may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import Integer, String, and_, bindparam, cast, func, or_, select, type_coerce
from sqlalchemy.orm import selectinload

from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.reviews import Word, stands_approved
from webapp.domain.schedules import Schedule
from webapp.domain.tracked import COMPLETED
from webapp.models import Goal, Grant, Occurrence, Reminder, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries.goals import open_or_empty, went_well
from webapp.queries.reviews import words_on
from webapp.queries.sealing import words_of
from webapp.queries.visibility import goals_of, goals_visible_to, grants_open_to

LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Sight:
    """What the viewer may see of one person's goals: due dates from `since` on, none when it is None; by a grant, or
    because they are the viewer's own."""

    owner_id: int
    since: date | None
    grant_id: int | None = None


@dataclass(frozen=True, slots=True)
class TrackedGoal:
    """One goal, opened; `status` is a program's word or "Completed"."""

    id: int
    owner_id: int
    version: int
    title: str
    description: str
    status: str | None
    criticality: str | None
    reminds: bool | None
    remind_on: date | None
    remind_at: time | None
    approved: bool
    """Also when nobody was asked, as far as the viewer may know."""
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """One live due date, as ISO 8601; a reminder of its own where it has one."""

    id: int
    goal_id: int
    day: str
    done: bool
    remind_on: date | None
    remind_at: time | None
    entry: int
    """The number of the last thing said of the date; 0 when nothing was."""
    gone: bool = False


earliest_reminder = (
    select(func.min(Reminder.wall))
    .where(Reminder.goal_id == Goal.id, Reminder.once.is_(None))
    .correlate(Goal)
    .scalar_subquery()
)
_CURRENT = (ScheduleVersion.goal_id == Goal.id) & ScheduleVersion.is_current
_OF_OWNER = goals_of(bindparam("owner_id"))
# One's own goal is asked for first, by a statement built once: building the whole clause takes longer than a tick.
_OWN = select(Goal).where(Goal.id == bindparam("number"), _OF_OWNER).options(selectinload(Goal.schedules))
_IS_OWN = select(Goal.id).where(Goal.id == bindparam("number"), _OF_OWNER)
_OWN_HELD = _OWN.with_for_update().execution_options(populate_existing=True)
_GOALS = (
    select(
        Goal.id,
        Goal.owner_id,
        Goal.version,
        Goal.title,
        Goal.description,
        Goal.status_word,
        Goal.lifecycle,
        Goal.criticality,
        Goal.reminds,
        Goal.reminder_date,
        earliest_reminder.label("remind_at"),
        Goal.review_state,
        *SCHEDULE_COLUMNS,
    )
    .join(ScheduleVersion, _CURRENT)
    .where(_OF_OWNER)
    .order_by(Goal.position, Goal.id)
)
_GOAL = _GOALS.where(Goal.id == bindparam("goal_id"))
_DAY = cast(Occurrence.local_date, String)
_DONE = went_well(bindparam("today"))
_EVERY_ROW = (
    select(
        Occurrence.id,
        Occurrence.goal_id,
        _DAY.label("day"),
        _DONE.label("done"),
        Occurrence.reminder_date,
        Occurrence.reminder_time,
        Occurrence.entry_id,
        Occurrence.deleted_at.is_not(None).label("gone"),
    )
    .join(Goal, Goal.id == Occurrence.goal_id)
    .join(ScheduleVersion, _CURRENT)
    .where(_OF_OWNER, Occurrence.local_date >= bindparam("first"))
)
_ROW = _EVERY_ROW.where(Occurrence.goal_id == bindparam("goal_id"), Occurrence.id == bindparam("row_id"))
_ROWS = _EVERY_ROW.where(Occurrence.deleted_at.is_(None))
_ROWS_OF_ALL = _ROWS.order_by(Occurrence.goal_id, Occurrence.local_date)
_ROWS_OF_ONE = _ROWS.where(Occurrence.goal_id == bindparam("goal_id")).order_by(Occurrence.local_date)
_TRACKER = (
    _ROWS.with_only_columns(
        Occurrence.id, Occurrence.goal_id, _DAY, type_coerce(_DONE, Integer), Occurrence.reminder_time
    )
    .where(Goal.archived_at.is_(None), Occurrence.local_date <= bindparam("last"))
    .order_by(Occurrence.local_date)
)
_EARLIEST = (
    select(Occurrence.goal_id, func.min(Occurrence.local_date).label("first"))
    .join(Goal, Goal.id == Occurrence.goal_id)
    .where(_OF_OWNER, Occurrence.deleted_at.is_(None), Occurrence.local_date >= bindparam("first"))
    .group_by(Occurrence.goal_id)
)


def is_number(number: int | None) -> bool:
    """Whether this can be the key of a row at all; the databases disagree about larger ones."""
    return number is not None and 0 < number <= LARGEST_NUMBER


def find(session: AnySession, viewer: Viewer, number: int, *, lock: bool = False) -> Goal:
    """The private goal of this number, if the viewer may know of it, else NotFound; with its schedules, and held."""
    if not is_number(number):
        raise NotFound
    own = session.scalars(_OWN_HELD if lock else _OWN, {"number": number, "owner_id": viewer.id}).one_or_none()
    if own is not None:
        return own
    found = several(session, viewer, [number], lock=lock)
    if number not in found:
        raise NotFound
    return found[number]


def owner_of(session: AnySession, viewer: Viewer, number: int) -> int:
    """Whose private goal this is, if the viewer may know of it, else NotFound."""
    if is_number(number):
        asked = {"number": number, "owner_id": viewer.id}
        if session.connection().execute(_IS_OWN, asked).first() is not None:
            return viewer.id
    return find(session, viewer, number).owner_id


def several(session: AnySession, viewer: Viewer, numbers: Iterable[int], *, lock: bool = False) -> dict[int, Goal]:
    """Those private goals of these numbers that the viewer may know of, by number; held in one order."""
    wanted = sorted({number for number in numbers if is_number(number)})
    if not wanted:
        return {}
    visible = or_(goals_of(viewer), and_(goals_visible_to(viewer), Goal.kind == Kind.PERSONAL))
    statement = select(Goal).where(Goal.id.in_(wanted), visible).order_by(Goal.id)
    statement = statement.options(selectinload(Goal.schedules)).execution_options(populate_existing=lock)
    goals = session.scalars(statement.with_for_update() if lock else statement)
    return {goal.id: goal for goal in goals}


def sight_of(session: AnySession, viewer: Viewer, owner_id: int | None) -> Sight | None:
    """What the viewer may see of this person's goals, None when there is nobody or nothing; None is the viewer."""
    if owner_id is None or owner_id == viewer.id:
        return Sight(viewer.id, date.min)
    if not is_number(owner_id):
        return None
    statement = select(Grant).where(Grant.client_id == owner_id, grants_open_to(viewer)).order_by(Grant.id)
    grants = session.scalars(statement).all()
    if not grants:
        return None
    since = [grant.from_date or date.min for grant in grants if grant.sees_tracking]
    return Sight(owner_id, min(since, default=None), grants[0].id)


def goals(session: AnySession, viewer: Viewer, owner_id: int, goal_id: int | None = None) -> list[TrackedGoal]:
    """This person's goals in their own order, archived ones too, or the one of that number; words are opened."""
    asked = {"owner_id": owner_id}
    statement = _GOALS
    if goal_id is not None:
        if not is_number(goal_id):
            return []
        statement, asked = _GOAL, {**asked, "goal_id": goal_id}
    rows = session.connection().execute(statement, asked).all()
    own = owner_id == viewer.id
    words = viewer.words if own or not rows else words_of(session, owner_id)
    said = {} if own or not rows else words_on(session, viewer, owner_id)
    return [
        TrackedGoal(
            id=row.id,
            owner_id=row.owner_id,
            version=row.version,
            title=words.open("goal.title", row.title),
            description=open_or_empty(words, "goal.description", row.description),
            status=status_of(row),
            criticality=row.criticality,
            reminds=row.reminds,
            remind_on=row.reminder_date,
            remind_at=row.remind_at,
            approved=stands_approved(row.review_state, None if own else said.get(row.id, Word())),
            schedule=schedule_of(row),
        )
        for row in rows
    ]


def rows(session: AnySession, viewer: Viewer, sight: Sight, since: date = date.min) -> dict[int, list[TrackedRow]]:
    """The live due dates of all this person's goals from a date on, by goal and in order."""
    found: dict[int, list[TrackedRow]] = {}
    for row in _asked(session, viewer, _ROWS_OF_ALL, sight, since):
        found.setdefault(row.goal_id, []).append(row)
    return found


def rows_of(session: AnySession, viewer: Viewer, sight: Sight, goal_id: int) -> list[TrackedRow]:
    """All live due dates of one goal that the viewer may see, in order."""
    return _asked(session, viewer, _ROWS_OF_ONE, sight, goal_id=goal_id)


def row_of(session: AnySession, viewer: Viewer, goal_id: int, row_id: int) -> TrackedRow:
    """One due date of one of the viewer's own goals, also one that was just taken away; raises NotFound."""
    own = Sight(viewer.id, date.min)
    found = _asked(session, viewer, _ROW, own, goal_id=goal_id, row_id=row_id) if is_number(row_id) else []
    if not found:
        raise NotFound
    return found[0]


def between(session: AnySession, viewer: Viewer, sight: Sight, first: date, last: date) -> Sequence[Any]:
    """The live due dates between two dates, of goals that are not put away, in order of their dates: rows of
    (id, goal_id, day, done, reminder_time)."""
    if sight.since is None:
        return []
    asked = {"owner_id": sight.owner_id, "today": viewer.today, "first": max(first, sight.since), "last": last}
    return session.connection().execute(_TRACKER, asked).all()


def earliest(session: AnySession, sight: Sight) -> dict[int, date]:
    """The earliest live due date of each of this person's goals that the viewer may see."""
    if sight.since is None:
        return {}
    asked = {"owner_id": sight.owner_id, "first": sight.since}
    return {row.goal_id: row.first for row in session.connection().execute(_EARLIEST, asked)}


def status_of(goal: Any) -> str | None:
    """How a goal, or a row with its columns, stands: a program's own word until something is done, or "Completed"."""
    return goal.status_word or (COMPLETED if goal.lifecycle is Lifecycle.COMPLETED else None)


def _asked(
    session: AnySession, viewer: Viewer, statement: Any, sight: Sight, since: date = date.min, **more: int
) -> list[TrackedRow]:
    if sight.since is None:
        return []
    asked = {"owner_id": sight.owner_id, "today": viewer.today, "first": max(since, sight.since), **more}
    return [
        TrackedRow(number, goal_id, day, bool(done), remind_on, remind_at, entry or 0, bool(gone))
        for number, goal_id, day, done, remind_on, remind_at, entry, gone in session.connection().execute(
            statement, asked
        )
    ]
