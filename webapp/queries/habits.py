"""What a goal's days are judged by, and what is known of them; closed months spare the rest (`domain.months`)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from webapp.domain.checkpoints import streak_of, strength_of
from webapp.domain.days import shifted
from webapp.domain.months import Month, States
from webapp.domain.pauses import Pause
from webapp.domain.tracking import Day, DayState
from webapp.domain.verdicts import Aim, Terms
from webapp.models import Goal, GoalMonth, Occurrence, PlannedPause, ScheduleVersion
from webapp.models.engine import AnySession

# Statements are built once, here: building one costs more than running it.

_PAUSES = select(PlannedPause.first, PlannedPause.last).where(
    PlannedPause.owner_id == bindparam("owner_id"),
    or_(PlannedPause.goal_id.is_(None), PlannedPause.goal_id == bindparam("goal_id")),
)
answered: ColumnElement[bool] = and_(
    Occurrence.deleted_at.is_(None), or_(Occurrence.state != DayState.OPEN, Occurrence.value.is_not(None))
)
"""Rows that say something; planned days nobody touched are no facts."""
_FACTS = select(Occurrence.local_date, Occurrence.state, Occurrence.value).where(
    Occurrence.goal_id == bindparam("goal_id"), answered, Occurrence.local_date >= bindparam("first")
)
_FACTS_UNTIL = _FACTS.where(Occurrence.local_date <= bindparam("last"))
_LAST_CLOSED = (
    select(GoalMonth.first, GoalMonth.streak, GoalMonth.strength)
    .where(GoalMonth.goal_id == bindparam("goal_id"), GoalMonth.first < bindparam("before"))
    .order_by(GoalMonth.first.desc())
    .limit(1)
)
_CLOSED = (
    select(
        GoalMonth.first,
        GoalMonth.marks,
        GoalMonth.scores,
        GoalMonth.amounts,
        GoalMonth.done,
        GoalMonth.due,
        GoalMonth.amount,
    )
    .where(GoalMonth.goal_id == bindparam("goal_id"), GoalMonth.first.between(bindparam("first"), bindparam("last")))
    .order_by(GoalMonth.first)
)


def terms_of(session: AnySession, goal: Goal) -> Terms:
    """Every version of the goal with what it asks, and all pauses that concern it."""
    return terms_from(goal.schedules, pauses_of(session, goal))


def terms_from(versions: Iterable[ScheduleVersion], pauses: tuple[Pause, ...]) -> Terms:
    """The terms in rows already read; the current version's aim holds where no earlier one says otherwise."""
    ordered = sorted(versions, key=lambda version: version.valid_from)
    now = ordered[-1].aim()
    earlier = {version.valid_from: version.aim() for version in ordered if version.aim() != now}
    return Terms(tuple(version.terms() for version in ordered), pauses, now.skip_budget, *now[:2], earlier)


def aim_on(goal: Goal, day: date) -> Aim:
    """What the goal asks of a day: by the version in force then, the first one also before it was written."""
    ordered = sorted(goal.schedules, key=lambda version: version.valid_from)
    return next((version for version in reversed(ordered) if version.valid_from <= day), ordered[0]).aim()


def pauses_of(session: AnySession, goal: Goal) -> tuple[Pause, ...]:
    """The goal's own pauses and those of its owner for everything."""
    rows = session.connection().execute(_PAUSES, {"owner_id": goal.owner_id, "goal_id": goal.id})
    return tuple(Pause(row.first, row.last) for row in rows)


def facts_between(session: AnySession, goal_id: int, first: date, last: date | None = None) -> dict[date, Day]:
    """What is known of each date from the first on, ticks ahead included unless there is a last."""
    values: dict[str, Any] = {"goal_id": goal_id, "first": first}
    if last is not None:
        values["last"] = last
    rows = session.connection().execute(_FACTS if last is None else _FACTS_UNTIL, values)
    return {row.local_date: Day(row.state, row.value) for row in rows}


def states_before(session: AnySession, goal_id: int, before: date) -> tuple[date | None, States]:
    """The last day of the latest closed month that begins before a date, and the states after it."""
    row = session.connection().execute(_LAST_CLOSED, {"goal_id": goal_id, "before": before}).one_or_none()
    if row is None:
        return None, States()
    last = shifted(shifted(row.first, 31).replace(day=1), -1)
    return last, States(streak_of(row.streak), strength_of(row.strength))


def closed_months(session: AnySession, goal_id: int, first: date, last: date) -> list[Month]:
    """The closed months that begin between two dates, in order."""
    rows = session.connection().execute(_CLOSED, {"goal_id": goal_id, "first": first, "last": last})
    return [Month(row[0], row[1], tuple(row[2]), _decimals(row[3]), row[4], row[5], row[6]) for row in rows]


def began(session: AnySession, goal: Goal) -> date:
    """The day from which a goal's days count: it was made, or has its first fact."""
    statement = select(func.min(Occurrence.local_date)).where(Occurrence.goal_id == goal.id, answered)
    first: date | None = session.execute(statement).scalar()
    made = made_on(goal)
    return min(first, made) if first else made


def made_on(goal: Goal) -> date:
    """The date the goal was made; a start it was given in the past asks nothing of the days before that."""
    return made_of(goal.schedules, goal.created_at)


def made_of(versions: Sequence[ScheduleVersion], created_at: datetime) -> date:
    """As `made_on`, of a goal's versions and the instant it was made at."""
    first, made = min(version.valid_from for version in versions), created_at.date()
    return first if first >= shifted(made, -1) else made  # west of Greenwich it was a day earlier


def _decimals(texts: Sequence[str | None] | None) -> tuple[Decimal | None, ...]:
    return tuple(Decimal(text) if text is not None else None for text in texts or ())
