"""Is everything that is kept for speed what the facts say? Recomputed and compared; nothing is mended here.

Rows are read in chunks by key, so that memory stays the same however much there is. Findings name rows by their
numbers and dates and never hold a person's words.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.orm import selectinload

from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.schedules import Frequency, Schedule, due_dates
from webapp.domain.tracking import Day, DayState, Direction, Fact, completes, day_values
from webapp.models import (
    Authenticator,
    DataKey,
    Entry,
    Goal,
    Mood,
    MoodLabel,
    Occurrence,
    Passkey,
    Person,
    PushSubscription,
    Reminder,
    ReminderSetting,
    ScheduleVersion,
    SignIn,
)
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding
from webapp.queries.doctor_habits import habit_findings
from webapp.queries.doctor_ladders import ladder_findings
from webapp.queries.doctor_moods import mood_findings
from webapp.queries.doctor_objectives import objective_findings
from webapp.queries.doctor_organisations import organisation_findings
from webapp.queries.doctor_reading import reading_findings
from webapp.queries.doctor_reminders import reminder_findings
from webapp.queries.doctor_reviews import review_findings
from webapp.queries.habits import aim_on
from webapp.queries.sealed_cells import broken_cells

GOALS_AT_ONCE = 20
NOON = time(12)


def examine(session: AnySession, today: date, now: datetime | None = None) -> Iterator[Finding]:
    """Every finding, one after the other; `today` is the latest date anybody lives now, and `now` by which periods of
    organisations run, noon of that date unless it is said."""
    yield from _database(session)
    yield from _orphans(session)
    for goals in _goals(session):
        rows, facts = _rows_of(session, goals), _facts_of(session, goals)
        for goal in goals:
            yield from habit_findings(session, goal, rows[goal.id], today)
            yield from _projections(goal, rows[goal.id], facts[goal.id])
            yield from _completion(goal, rows[goal.id])
            yield from _window(goal, rows[goal.id], today)
        session.expunge_all()
    yield from mood_findings(session)
    yield from review_findings(session)
    yield from objective_findings(session)
    yield from organisation_findings(session)
    yield from reading_findings(session)
    yield from reminder_findings(session)
    yield from ladder_findings(session, now or datetime.combine(today, NOON, UTC))
    for cell in broken_cells(session):
        yield Finding(cell, "does not open with its owner's key")


def _database(session: AnySession) -> Iterator[Finding]:
    """What SQLite itself finds; PostgreSQL checks its constraints by itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (message,) in session.execute(text("PRAGMA integrity_check")):
        if message != "ok":
            yield Finding("database", message)
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield Finding(f"{row[0]} {row[1]}", f"refers to a {row[2]} that does not exist")


def _orphans(session: AnySession) -> Iterator[Finding]:
    without_key = select(Person.id).where(Person.deleted_at.is_(None), ~exists().where(DataKey.person_id == Person.id))
    for person_id in session.scalars(without_key):
        yield Finding(f"person {person_id}", "has no key")
    theirs = (
        *(DataKey.person_id, SignIn.person_id, Mood.person_id, MoodLabel.owner_id),
        *(Reminder.person_id, ReminderSetting.person_id, PushSubscription.person_id),
        *(Authenticator.person_id, Passkey.person_id),
    )
    left = or_(*(exists().where(column == Person.id) for column in theirs))
    for person_id in session.scalars(select(Person.id).where(Person.deleted_at.is_not(None), left)):
        yield Finding(f"person {person_id}", "was erased and has rows")
    others = (
        select(Entry.id)
        .join(Goal, Goal.id == Entry.goal_id)
        .where(
            Entry.subject_id != Goal.owner_id,
            Goal.kind == Kind.PERSONAL,  # an objective can become another's
        )
    )
    for entry_id in session.scalars(others):
        yield Finding(f"entry {entry_id}", "is about somebody else than the goal's owner")
    current = func.count().filter(ScheduleVersion.is_current)
    counts = select(Goal.id).outerjoin(ScheduleVersion, ScheduleVersion.goal_id == Goal.id).group_by(Goal.id)
    counts = counts.where(Goal.kind == Kind.PERSONAL)
    for goal_id in session.scalars(counts.having(current != 1)):
        yield Finding(f"goal {goal_id}", "has not exactly one current schedule")


def _goals(session: AnySession) -> Iterator[Sequence[Goal]]:
    last = 0
    statement = (
        select(Goal)
        .where(Goal.kind == Kind.PERSONAL)
        .options(selectinload(Goal.schedules))
        .order_by(Goal.id)
        .limit(GOALS_AT_ONCE)
    )
    while goals := session.scalars(statement.where(Goal.id > last)).all():
        last = goals[-1].id
        yield goals


def _rows_of(session: AnySession, goals: Sequence[Goal]) -> dict[int, list[Occurrence]]:
    rows: dict[int, list[Occurrence]] = defaultdict(list)
    for row in session.scalars(select(Occurrence).where(Occurrence.goal_id.in_([goal.id for goal in goals]))):
        rows[row.goal_id].append(row)
    return rows


def _facts_of(session: AnySession, goals: Sequence[Goal]) -> dict[int, list[Any]]:
    columns = (Entry.id, Entry.goal_id, Entry.local_date, Entry.recorded_at, Entry.mode, Entry.state, Entry.value)
    statement = select(*columns, Entry.supersedes_id, Entry.note.is_not(None).label("noted")).order_by(Entry.id)
    facts: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(statement.where(Entry.goal_id.in_([goal.id for goal in goals]))):
        facts[row.goal_id].append(row)
    return facts


def _projections(goal: Goal, rows: list[Occurrence], facts: list[Any]) -> Iterator[Finding]:
    """The rows show what the facts of their days come to (domain rules §3)."""
    days = day_values(Fact(f.id, f.local_date, f.mode, f.state, f.value, f.supersedes_id) for f in facts)
    latest = {fact.local_date: fact for fact in facts}
    shown = {row.local_date: row for row in rows}
    for local_date in sorted(latest.keys() - shown.keys()):
        yield Finding(f"goal {goal.id}", f"{local_date} has facts and no row")
    for local_date, row in sorted(shown.items()):
        where, day, fact = f"occurrence {row.id}", days.get(local_date, Day()), latest.get(local_date)
        if row.entry_id != (fact.id if fact else None):
            yield Finding(where, f"points at entry {row.entry_id}, the day's last is {fact.id if fact else None}")
        if row.value != day.value:
            yield Finding(where, f"shows the amount {row.value}, the ledger says {day.value}")
        if row.state not in _possible(goal, day, local_date):
            yield Finding(where, f"shows {row.state}, the ledger says {day.state} {day.value}")
        if fact is not None and fact.noted and not row.annotated:
            yield Finding(where, "hides that there is a note")


def _possible(goal: Goal, day: Day, local_date: date) -> set[DayState]:
    """States the row may show: an at-most day is judged only once it is over, and by what was asked at that time.

    The row keeps the judgement it got when it was written; a goal whose terms were edited since may therefore show
    any that an amount can earn.
    """
    aim = aim_on(goal, local_date)
    judged = {aim.state(day, over=True)}
    if aim.direction is Direction.AT_MOST:
        judged.add(day.state)
    return judged if goal.revision == 1 else {*judged, day.state, *_earned(day)}


def _earned(day: Day) -> set[DayState]:
    measured = day.state is DayState.OPEN and day.value is not None
    return {DayState.OPEN, DayState.DONE, DayState.NOT_DONE} if measured else set()


def _completion(goal: Goal, rows: list[Occurrence]) -> Iterator[Finding]:
    if goal.lifecycle not in (Lifecycle.ACTIVE, Lifecycle.COMPLETED) or not (schedule := _current(goal)):
        return
    live = [row.state for row in rows if row.deleted_at is None and not row.paused]
    complete = completes(bounded=schedule.bounded, states=live)
    if complete != (goal.lifecycle is Lifecycle.COMPLETED):
        yield Finding(f"goal {goal.id}", f"is {goal.lifecycle}, its rows say {'completed' if complete else 'active'}")


def _window(goal: Goal, rows: list[Occurrence], today: date) -> Iterator[Finding]:
    """Between `rows_from` and `rows_until` the rows are the whole truth about what is to come; of an objective nothing
    is due."""
    where, schedule = f"goal {goal.id}", _current(goal)
    if schedule is None or not goal.kind.is_private:
        return
    if (goal.rows_from is None) != (goal.rows_until is None):
        yield Finding(where, "has half a window of rows")
    if (schedule.frequency is Frequency.QUOTA) != (goal.rows_from is None):
        yield Finding(where, "has a window of rows and no fixed days" if goal.rows_from else "has no window of rows")
    if goal.rows_from is None or goal.rows_until is None:
        return
    if goal.rows_until < goal.rows_from:
        yield Finding(where, f"has rows until {goal.rows_until}, before they begin")
    there = {row.local_date for row in rows}
    begins = max(goal.rows_from, schedule.valid_from + timedelta(days=1), today + timedelta(days=1))
    for due in due_dates(schedule, begins, goal.rows_until):
        if due not in there:
            yield Finding(where, f"is due on {due} and has no row for it")
    yield from _versions(goal)


def _versions(goal: Goal) -> Iterator[Finding]:
    """Exactly the latest version is the current one."""
    ordered = sorted(goal.schedules, key=lambda version: version.valid_from)
    for earlier, _later in pairwise(ordered):
        if earlier.is_current:
            yield Finding(f"goal {goal.id}", f"is judged by the schedule of {earlier.valid_from}, not by its latest")


def _current(goal: Goal) -> Schedule | None:
    return next((version.terms() for version in goal.schedules if version.is_current), None)
