"""What is due on which day, and how each day went: from rows where there are rows, from the schedule elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CursorResult,
    Executable,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from webapp.domain.goals import Lifecycle
from webapp.domain.pauses import Pause, paused_between
from webapp.domain.people import Viewer, Words
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.schedules import due_between as due_by_versions
from webapp.domain.streaks import length_on
from webapp.domain.tracking import DayState, Direction, state_of
from webapp.models import Goal, Occurrence, PlannedPause, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries.goals import open_or_empty, went_well
from webapp.queries.quotas import QuotaCount, quota_counts
from webapp.queries.visibility import goals_of

COMING_DAYS = 7

_Opened = tuple[str, str, int, Direction | None, Decimal | None, str, Schedule, bool]
"""What a due row says of its goal, the same on every date."""


class DueRow(NamedTuple):
    """One goal on one date: what a person ticks. `value` and `target` are in the goal's unit.

    A named tuple, because a month makes nearly a thousand of them and this is the quickest frozen row there is.
    """

    goal_id: str
    title: str
    colour: int
    direction: Direction | None
    target: Decimal | None
    unit: str
    schedule: Schedule
    planned: bool
    """False for a goal without fixed days (a quota), which may be ticked on any."""
    local_date: date
    state: DayState = DayState.OPEN
    value: Decimal | None = None
    annotated: bool = False
    paused: bool = False
    streak: int = 0
    """So many kept in a row, as of today; only for goals due today."""
    quota: QuotaCount | None = None
    """Only for goals with a quota that may be done today."""


@dataclass(frozen=True, slots=True)
class DayTally:
    """How one date went over all goals; skipped ones are left out."""

    local_date: date
    done: int
    due: int

    @property
    def level(self) -> int:
        """How full the day's square is: 0 nothing done, 4 everything that was due."""
        if not self.done:
            return 0
        return 4 if self.done >= self.due else 1 + 3 * self.done // (self.due + 1)


_about_goal = (
    Goal.id,
    Goal.public_id,
    Goal.title,
    Goal.colour,
    Goal.direction,
    Goal.target,
    Goal.unit,
    Goal.lifecycle,
    Goal.rows_from,
    Goal.rows_until,
    Goal.streak_ahead,
    *SCHEDULE_COLUMNS,
)
_of_day = (
    Occurrence.local_date,
    Occurrence.state,
    Occurrence.value,
    Occurrence.annotated,
    Occurrence.deleted_at.label("removed"),
    Occurrence.paused,
)
_due = (*_about_goal, *_of_day)


# Statements are built once, here: building one costs more than running it.

_current = and_(ScheduleVersion.goal_id == Goal.id, ScheduleVersion.is_current)
_own: ColumnElement[bool] = goals_of(bindparam("viewer_id"))
_live = and_(_own, Goal.archived_at.is_(None))
_first: BindParameter[date] = bindparam("first")
_last: BindParameter[date] = bindparam("last")

_rests = exists().where(
    PlannedPause.owner_id == bindparam("viewer_id"),
    or_(PlannedPause.goal_id.is_(None), PlannedPause.goal_id == Goal.id),
    PlannedPause.first <= bindparam("day"),
    or_(PlannedPause.last.is_(None), PlannedPause.last >= bindparam("day")),
)
_EVERY_ON_DAY = (
    select(*_due, _rests.label("rests"))
    .join(ScheduleVersion, _current)
    .outerjoin(Occurrence, and_(Occurrence.goal_id == Goal.id, Occurrence.local_date == bindparam("day")))
    .where(_own)
    .order_by(Goal.position, Goal.id)
)
_ON_DAY = _EVERY_ON_DAY.where(Goal.archived_at.is_(None))
_ONE_ON_DAY = _EVERY_ON_DAY.where(Goal.public_id == bindparam("public_id"))

# The few one-time goals are found first: asked in one go, SQLite walks the whole past of every goal.
_once = (
    select(*_about_goal)
    .join(ScheduleVersion, _current)
    .where(_live, Goal.lifecycle == Lifecycle.ACTIVE, ScheduleVersion.frequency == Frequency.ONE_TIME)
    .add_columns(Goal.position)
    .cte("once")
    .prefix_with("MATERIALIZED")
)
_OVERDUE = (
    select(*_once.c, *_of_day)
    .join(Occurrence, Occurrence.goal_id == _once.c.id)
    .where(
        Occurrence.deleted_at.is_(None),
        Occurrence.paused.is_(False),
        Occurrence.state == DayState.OPEN,
        Occurrence.local_date < bindparam("day"),
    )
    .order_by(Occurrence.local_date, _once.c.position)
)

_planned = and_(Occurrence.goal_id == Goal.id, Occurrence.deleted_at.is_(None), Occurrence.paused.is_(False))
_next_day = (
    select(func.min(Occurrence.local_date))
    .where(_planned, Occurrence.local_date.between(_first, _last))
    .correlate(Goal)
    .scalar_subquery()
)
_COMING = (
    select(*_due)
    .join(ScheduleVersion, _current)
    .join(Occurrence, and_(_planned, Occurrence.local_date == _next_day))
    .where(_live, Occurrence.local_date > _first, Occurrence.state == DayState.OPEN)
    .order_by(Occurrence.local_date, Goal.position)
)

_TALLIES = (
    select(
        Occurrence.local_date,
        func.sum(case((went_well(bindparam("today")), 1), else_=0)).label("done"),
        func.count().label("due"),
    )
    .join(Goal, Goal.id == Occurrence.goal_id)
    .join(ScheduleVersion, _current)
    .where(
        _live,
        Goal.rows_from.is_not(None),
        Occurrence.deleted_at.is_(None),
        Occurrence.paused.is_(False),
        Occurrence.state != DayState.SKIPPED,
        Occurrence.local_date.between(_first, _last),
    )
    .group_by(Occurrence.local_date)
)

_GOALS = select(*_about_goal).join(ScheduleVersion, _current).where(_live).order_by(Goal.position, Goal.id)
_ROWS = (
    select(Occurrence.goal_id, *_of_day)
    .join(Goal, Goal.id == Occurrence.goal_id)
    .where(_live, Occurrence.local_date.between(_first, _last))
)
_PAUSES = select(PlannedPause.goal_id, PlannedPause.first, PlannedPause.last).where(
    PlannedPause.owner_id == bindparam("viewer_id"),
    PlannedPause.first <= _last,
    or_(PlannedPause.last.is_(None), PlannedPause.last >= _first),
)


def due_today(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """Every live goal of the viewer's that is due today, or may be done on any day, in their own order; none paused."""
    return [due for due in due_or_resting(session, viewer) if not due.paused]


def due_or_resting(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """As `due_today`, with the goals that would be due were they not paused."""
    return due_on(session, viewer, viewer.today)


def due_on(session: AnySession, viewer: Viewer, day: date) -> list[DueRow]:
    """Every live goal of the viewer's that is or was due on a day, or may be done on any, paused ones too."""
    rows = [row for row in _run(session, viewer, _ON_DAY, day=day) if _belongs_to(row, day)]
    counts, then = quota_counts(session, rows, day), _in_force_then(session, rows, day)
    return [_on_its_day(viewer, row, day, counts, then) for row in rows]


def tally_of(rows: Iterable[DueRow]) -> tuple[int, int]:
    """(done, due) of these rows; skipped ones and goals without fixed days are left out."""
    counted = [row.state for row in rows if row.planned and row.state is not DayState.SKIPPED]
    return counted.count(DayState.DONE), len(counted)


def one_today(session: AnySession, viewer: Viewer, public_id: str) -> tuple[DueRow | None, tuple[int, int]]:
    """One goal of the viewer's today, due or not, and `tally_of(due_today(…))`, opening no other words."""
    today = viewer.today
    every = _run(session, viewer, _ON_DAY, day=today).all()
    states = [
        row.state or DayState.OPEN
        for row in every
        if row.frequency is not Frequency.QUOTA and not row.rests and _belongs_to(row, today)
    ]
    counted = [state for state in states if state is not DayState.SKIPPED]
    tally = counted.count(DayState.DONE), len(counted)
    row = next((row for row in every if row.public_id == public_id), None)
    if row is None:  # put away, yet ticked
        return one_on(session, viewer, public_id, today), tally
    then = _in_force_then(session, [row], today)
    return _on_its_day(viewer, row, today, quota_counts(session, [row], today), then), tally


def one_on(session: AnySession, viewer: Viewer, public_id: str, day: date) -> DueRow | None:
    """One goal of the viewer's on one date, due or not; None when it is not theirs."""
    row = _run(session, viewer, _ONE_ON_DAY, day=day, public_id=public_id).one_or_none()
    if row is None:
        return None
    return _on_its_day(viewer, row, day, quota_counts(session, [row], day), _in_force_then(session, [row], day))


def due_between(session: AnySession, viewer: Viewer, first: date, last: date) -> dict[date, list[DueRow]]:
    """Per date from `first` to `last` what is or was due, in the viewer's own order; a goal without fixed days appears
    where it was ticked."""
    goals = _run(session, viewer, _GOALS).all()
    resting = _resting(_run(session, viewer, _PAUSES, first=first, last=last), first, last)
    earlier = _versions_before_rows(session, goals, first)
    ticked: dict[int, list[Any]] = defaultdict(list)
    for row in _run(session, viewer, _ROWS, first=first, last=last).all():
        ticked[row.goal_id].append(row)
    days: dict[date, list[DueRow]] = defaultdict(list)
    for goal in goals:
        opened = _opened(viewer.words, goal)
        rests = resting[None] | resting[goal.id] if resting else frozenset()
        there = set()
        for row in ticked[goal.id]:
            day = row.local_date
            there.add(day)
            if row.removed is None:
                state = shown_state(goal, row, viewer.today)
                days[day].append(DueRow(*opened, day, state, row.value, row.annotated, row.paused))
        for day in _computed(goal, earlier.get(goal.id) or [schedule_of(goal)], first, last):
            if day not in there:
                days[day].append(DueRow(*opened, day, paused=day in rests))
    return days


def overdue(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """One-time goals whose day has passed without an answer, the oldest first."""
    rows = _run(session, viewer, _OVERDUE, day=viewer.today)
    return [_as_due(viewer, row, row.local_date) for row in rows]


def coming(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """The next date of each goal that is not due today but is within seven days, the soonest first."""
    last = viewer.today + timedelta(days=COMING_DAYS)
    rows = _run(session, viewer, _COMING, first=viewer.today, last=last)
    return [_as_due(viewer, row, row.local_date) for row in rows]


def tallies(session: AnySession, viewer: Viewer, first: date, last: date) -> dict[date, DayTally]:
    """Per date with rows: how many were due and how many of them done; goals without fixed days are left out."""
    rows = _run(session, viewer, _TALLIES, first=first, last=last, today=viewer.today)
    return {row.local_date: DayTally(row.local_date, int(row.done), row.due) for row in rows}


def _run(session: AnySession, viewer: Viewer, statement: Executable, **values: Any) -> CursorResult[Any]:
    """Plain rows for the viewer, without the work the session does for objects."""
    return session.connection().execute(statement, {"viewer_id": viewer.id, **values})


def _resting(rows: Iterable[Any], first: date, last: date) -> dict[int | None, frozenset[date]]:
    """Paused dates by goal, under None those of every goal; empty when there is no pause."""
    pauses: dict[int | None, list[Pause]] = defaultdict(list)
    for row in rows:
        pauses[row.goal_id].append(Pause(row.first, row.last))
    found = {goal: paused_between(several, first, last) for goal, several in pauses.items()}
    return defaultdict(frozenset, found) if found else {}


def _belongs_to(row: Any, day: date) -> bool:
    """Whether a goal is due on the day: its row says so, or outside of the rows its schedule."""
    if row.local_date is not None and row.removed is None:
        return True
    if row.frequency is Frequency.QUOTA:
        return row.lifecycle is Lifecycle.ACTIVE and row.start <= day <= (row.until or day)
    return row.local_date is None and bool(_computed(row, [schedule_of(row)], day, day))


def _computed(goal: Any, versions: list[Schedule], first: date, last: date) -> list[date]:
    """Due dates outside of the rows: before the first that was made and after the last."""
    if goal.rows_from is None or goal.rows_until is None:
        return []
    dates: list[date] = []
    if first < goal.rows_from:
        dates += due_by_versions(versions, first, min(last, goal.rows_from - timedelta(days=1)))
    if last > goal.rows_until:
        dates += due_by_versions(versions, max(first, goal.rows_until + timedelta(days=1)), last)
    return dates


def _versions_before_rows(session: AnySession, goals: Sequence[Any], first: date) -> dict[int, list[Schedule]]:
    """All schedule versions of the goals that were due before they had rows: an old version may have ruled then."""
    asked = [goal.id for goal in goals if goal.rows_from is not None and first < goal.rows_from]
    versions: dict[int, list[Schedule]] = defaultdict(list)
    if asked:
        statement = select(ScheduleVersion.goal_id, *SCHEDULE_COLUMNS).where(ScheduleVersion.goal_id.in_(asked))
        for row in session.execute(statement):
            versions[row.goal_id].append(schedule_of(row))
    return versions


def _opened(words: Words, goal: Any) -> _Opened:
    return (
        goal.public_id,
        words.open("goal.title", goal.title),
        goal.colour,
        goal.direction,
        goal.target,
        open_or_empty(words, "goal.unit", goal.unit),
        schedule_of(goal),
        goal.frequency is not Frequency.QUOTA,
    )


def _in_force_then(session: AnySession, rows: Iterable[Any], day: date) -> dict[int, Any]:
    """By goal the version that judges a day before the one in force now; asks nothing about later days."""
    asked = [row.id for row in rows if day < row.valid_from]
    if not asked:
        return {}
    columns = (ScheduleVersion.goal_id, ScheduleVersion.direction, ScheduleVersion.target, *SCHEDULE_COLUMNS)
    versions = select(*columns).where(ScheduleVersion.goal_id.in_(asked)).order_by(ScheduleVersion.valid_from)
    then: dict[int, Any] = {}
    for version in session.connection().execute(versions):
        if version.valid_from <= day or version.goal_id not in then:
            then[version.goal_id] = version
    return then


def _on_its_day(viewer: Viewer, row: Any, day: date, counts: dict[int, QuotaCount], then: dict[int, Any]) -> DueRow:
    state, value, annotated = DayState.OPEN, None, False
    if row.local_date is not None and row.removed is None:
        state, value, annotated = shown_state(row, row, viewer.today), row.value, row.annotated
    streak = length_on(row.streak_ahead, viewer.today) if row.streak_ahead else 0
    opened = _opened(viewer.words, row)
    due = DueRow(*opened, day, state, value, annotated, bool(row.rests), streak, counts.get(row.id))
    if version := then.get(row.id):
        return due._replace(direction=version.direction, target=version.target, schedule=schedule_of(version))
    return due


def _as_due(viewer: Viewer, row: Any, day: date) -> DueRow:
    opened = _opened(viewer.words, row)
    if row.local_date is None or row.removed is not None:
        return DueRow(*opened, day)
    return DueRow(*opened, row.local_date, shown_state(row, row, viewer.today), row.value, row.annotated)


def shown_state(goal: Any, row: Any, today: date) -> DayState:
    """The row's state; an at-most amount of a day that is over is judged by its value.

    `goal` carries the version in force now. Days before it were judged by the one of their time when it ended.
    """
    state: DayState = row.state
    over = goal.valid_from <= row.local_date < today
    if state is DayState.OPEN and goal.direction is Direction.AT_MOST and over:
        return state_of(row.value, goal.target, Direction.AT_MOST)
    return state
