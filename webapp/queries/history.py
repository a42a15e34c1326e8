"""How one goal went: its year at a glance and its latest days, with notes. A page costs what it shows."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import and_, or_, select

from webapp.domain.people import Words
from webapp.domain.schedules import due_between
from webapp.domain.tracking import DayState
from webapp.models import Entry, Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries.days import shown_state

PAGE = 30


@dataclass(frozen=True, slots=True)
class PastDay:
    """One day of a goal's history."""

    local_date: date
    state: DayState
    value: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class YearDay:
    """One day of the heat map; `due` is whether anything was expected."""

    local_date: date
    state: DayState
    value: Decimal | None
    due: bool


def year_of(session: AnySession, goal: Goal, first: date, last: date, today: date) -> dict[date, YearDay]:
    """Every day between the two that was due or has an answer."""
    versions = [version.terms() for version in goal.schedules]
    before = min(last, goal.rows_from - timedelta(days=1)) if goal.rows_from else None
    days = {}
    if before is not None and first <= before:
        days = {day: YearDay(day, DayState.OPEN, None, True) for day in due_between(versions, first, before)}
    statement = (
        select(Occurrence.local_date, Occurrence.state, Occurrence.value)
        .where(Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None))
        .where(Occurrence.local_date.between(first, last))
    )
    for row in session.execute(statement):
        days[row.local_date] = YearDay(row.local_date, shown_state(goal, row, today), row.value, True)
    return days


def latest_days(
    session: AnySession,
    goal: Goal,
    words: Words | None,
    today: date,
    *,
    before: date | None = None,
    since: date | None = None,
) -> tuple[list[PastDay], bool]:
    """The newest 30 days up to today (or before a date, and from one on) that were due or answered, and whether there
    are more; without `words` no note is opened."""
    answered = or_(Occurrence.state != DayState.OPEN, Occurrence.value.is_not(None), Occurrence.annotated)
    statement = (
        select(Occurrence.local_date, Occurrence.state, Occurrence.value, Entry.note)
        .outerjoin(Entry, Entry.id == Occurrence.entry_id)
        .where(Occurrence.goal_id == goal.id, Occurrence.deleted_at.is_(None))
        .where(or_(and_(Occurrence.local_date <= today), answered))
        .order_by(Occurrence.local_date.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(Occurrence.local_date < before)
    if since is not None:
        statement = statement.where(Occurrence.local_date >= since)
    rows = session.execute(statement).all()
    days = [
        PastDay(
            row.local_date,
            shown_state(goal, row, today),
            row.value,
            words.open("entry.note", row.note) if words and row.note else "",
        )
        for row in rows[:PAGE]
    ]
    return days, len(rows) > PAGE
