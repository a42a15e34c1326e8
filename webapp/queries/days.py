"""What is due on which day, and how each day went: from rows where there are rows, from the schedule elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session, scoped_session

from webapp.domain.goals import Lifecycle
from webapp.domain.people import Viewer, Words
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.schedules import due_between as due_by_versions
from webapp.domain.tracking import DayState, Direction, state_of
from webapp.models import Goal, Occurrence, ScheduleVersion
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries.goals import open_or_empty
from webapp.queries.visibility import goals_of

AnySession = Session | scoped_session[Any]
COMING_DAYS = 7


@dataclass(frozen=True, slots=True)
class DueRow:
    """One goal on one date: what a person ticks. `value` and `target` are in the goal's unit."""

    goal_id: str
    local_date: date
    title: str
    colour: int
    state: DayState
    value: Decimal | None
    direction: Direction | None
    target: Decimal | None
    unit: str
    annotated: bool
    schedule: Schedule
    planned: bool = True
    """False for a goal without fixed days (a quota), which may be ticked on any."""


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
    *SCHEDULE_COLUMNS,
)
_due = (
    *_about_goal,
    Occurrence.local_date,
    Occurrence.state,
    Occurrence.value,
    Occurrence.annotated,
    Occurrence.deleted_at.label("removed"),
)


def due_today(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """Every live goal of the viewer's that is due today, or may be done on any day, in their own order."""
    today = viewer.today
    return [_as_due(viewer, row, today) for row in session.execute(_on_day(viewer, today)) if _belongs_to(row, today)]


def tally_of(rows: Iterable[DueRow]) -> tuple[int, int]:
    """(done, due) of these rows; skipped ones and goals without fixed days are left out."""
    counted = [row.state for row in rows if row.planned and row.state is not DayState.SKIPPED]
    return counted.count(DayState.DONE), len(counted)


def tally_today(session: AnySession, viewer: Viewer) -> tuple[int, int]:
    """`tally_of(due_today(…))` without opening a word."""
    states = [
        row.state or DayState.OPEN
        for row in session.execute(_on_day(viewer, viewer.today))
        if row.frequency is not Frequency.QUOTA and _belongs_to(row, viewer.today)
    ]
    counted = [state for state in states if state is not DayState.SKIPPED]
    return counted.count(DayState.DONE), len(counted)


def one_on(session: AnySession, viewer: Viewer, public_id: str, day: date) -> DueRow | None:
    """One goal of the viewer's on one date, due or not; None when it is not theirs."""
    row = session.execute(_on_day(viewer, day, archived=True).where(Goal.public_id == public_id)).one_or_none()
    return _as_due(viewer, row, day) if row is not None else None


def due_between(session: AnySession, viewer: Viewer, first: date, last: date) -> dict[date, list[DueRow]]:
    """Per date from `first` to `last` what is or was due, in the viewer's own order; a goal without fixed days appears
    where it was ticked."""
    goals = session.execute(_goals(viewer)).all()
    earlier = _versions_before_rows(session, goals, first)
    ticked: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_rows_between(viewer, first, last)):
        ticked[row.goal_id].append(row)
    days: dict[date, list[DueRow]] = defaultdict(list)
    for goal in goals:
        about = _opened(viewer.words, goal)
        there = set()
        for row in ticked[goal.id]:
            there.add(row.local_date)
            if row.deleted_at is None:
                days[row.local_date].append(_day_row(about, row, viewer.today))
        for day in _computed(goal, earlier.get(goal.id) or [about["schedule"]], first, last):
            if day not in there:
                days[day].append(DueRow(local_date=day, state=DayState.OPEN, value=None, annotated=False, **about))
    return days


def overdue(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """One-time goals whose day has passed without an answer, the oldest first."""
    statement = (
        select(*_due)
        .join(ScheduleVersion, and_(ScheduleVersion.goal_id == Goal.id, ScheduleVersion.is_current))
        .join(Occurrence, Occurrence.goal_id == Goal.id)
        .where(
            goals_of(viewer),
            Goal.archived_at.is_(None),
            Goal.lifecycle == Lifecycle.ACTIVE,
            ScheduleVersion.frequency == Frequency.ONE_TIME,
            Occurrence.deleted_at.is_(None),
            Occurrence.state == DayState.OPEN,
            Occurrence.local_date < viewer.today,
        )
        .order_by(Occurrence.local_date, Goal.position)
    )
    return [_as_due(viewer, row, row.local_date) for row in session.execute(statement)]


def coming(session: AnySession, viewer: Viewer) -> list[DueRow]:
    """The next date of each goal that is not due today but is within seven days, the soonest first."""
    last = viewer.today + timedelta(days=COMING_DAYS)
    planned = and_(Occurrence.goal_id == Goal.id, Occurrence.deleted_at.is_(None))
    next_day = (
        select(func.min(Occurrence.local_date))
        .where(planned, Occurrence.local_date.between(viewer.today, last))
        .correlate(Goal)
        .scalar_subquery()
    )
    statement = (
        select(*_due)
        .join(ScheduleVersion, and_(ScheduleVersion.goal_id == Goal.id, ScheduleVersion.is_current))
        .join(Occurrence, and_(planned, Occurrence.local_date == next_day))
        .where(goals_of(viewer), Goal.archived_at.is_(None), Occurrence.local_date > viewer.today)
        .where(Occurrence.state == DayState.OPEN)
        .order_by(Occurrence.local_date, Goal.position)
    )
    return [_as_due(viewer, row, row.local_date) for row in session.execute(statement)]


def tallies(session: AnySession, viewer: Viewer, first: date, last: date) -> dict[date, DayTally]:
    """Per date with rows: how many were due and how many of them done; goals without fixed days are left out."""
    done = func.sum(case((Occurrence.state == DayState.DONE, 1), else_=0))
    statement = (
        select(Occurrence.local_date, done.label("done"), func.count().label("due"))
        .join(Goal, Goal.id == Occurrence.goal_id)
        .where(
            goals_of(viewer),
            Goal.archived_at.is_(None),
            Goal.rows_from.is_not(None),
            Occurrence.deleted_at.is_(None),
            Occurrence.state != DayState.SKIPPED,
            Occurrence.local_date.between(first, last),
        )
        .group_by(Occurrence.local_date)
    )
    rows = session.execute(statement)
    return {row.local_date: DayTally(row.local_date, int(row.done), row.due) for row in rows}


def _on_day(viewer: Viewer, day: date, *, archived: bool = False) -> Select[*tuple[Any, ...]]:
    statement = (
        select(*_due)
        .join(ScheduleVersion, and_(ScheduleVersion.goal_id == Goal.id, ScheduleVersion.is_current))
        .outerjoin(Occurrence, and_(Occurrence.goal_id == Goal.id, Occurrence.local_date == day))
        .where(goals_of(viewer))
        .order_by(Goal.position, Goal.id)
    )
    return statement if archived else statement.where(Goal.archived_at.is_(None))


def _goals(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(*_about_goal)
        .join(ScheduleVersion, and_(ScheduleVersion.goal_id == Goal.id, ScheduleVersion.is_current))
        .where(goals_of(viewer), Goal.archived_at.is_(None))
        .order_by(Goal.position, Goal.id)
    )


def _rows_between(viewer: Viewer, first: date, last: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Occurrence.goal_id,
            Occurrence.local_date,
            Occurrence.state,
            Occurrence.value,
            Occurrence.annotated,
            Occurrence.deleted_at,
        )
        .join(Goal, Goal.id == Occurrence.goal_id)
        .where(goals_of(viewer), Goal.archived_at.is_(None), Occurrence.local_date.between(first, last))
        .order_by(Occurrence.local_date)
    )


def _belongs_to(row: Any, day: date) -> bool:
    """Whether a goal is due on the day: its row says so, or outside of the rows its schedule."""
    if row.local_date is not None:
        return row.removed is None
    if row.frequency is Frequency.QUOTA:
        return row.lifecycle is Lifecycle.ACTIVE and row.start <= day <= (row.until or day)
    return bool(_computed(row, [schedule_of(row)], day, day))


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


def _opened(words: Words, goal: Any) -> dict[str, Any]:
    return {
        "goal_id": goal.public_id,
        "title": words.open("goal.title", goal.title),
        "colour": goal.colour,
        "direction": goal.direction,
        "target": goal.target,
        "unit": open_or_empty(words, "goal.unit", goal.unit),
        "schedule": schedule_of(goal),
        "planned": goal.frequency is not Frequency.QUOTA,
    }


def _as_due(viewer: Viewer, row: Any, day: date) -> DueRow:
    about = _opened(viewer.words, row)
    if row.local_date is None or row.removed is not None:
        return DueRow(local_date=day, state=DayState.OPEN, value=None, annotated=False, **about)
    return _day_row(about, row, viewer.today)


def _day_row(about: dict[str, Any], row: Any, today: date) -> DueRow:
    state = row.state
    if state is DayState.OPEN and about["direction"] is Direction.AT_MOST and row.local_date < today:
        state = state_of(row.value, about["target"], Direction.AT_MOST)
    return DueRow(local_date=row.local_date, state=state, value=row.value, annotated=row.annotated, **about)
