"""Recording what happened: ticks, amounts, skips, corrections. Facts are only ever added."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from webapp.actions import occurrences
from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD, due_between
from webapp.domain.tracking import Day, DayState, EntryDraft, Fact, Mode, Source, day_value
from webapp.models import Entry, Goal, Occurrence
from webapp.queries import goals as goal_queries

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one day is now, and what it was before, so that it can be undone."""

    goal: Goal
    local_date: date
    state: DayState
    value: Decimal | None
    before: Day
    changed: bool


def record_day(
    session: AnySession, viewer: Viewer, goal: Goal, draft: EntryDraft, *, source: Source = Source.PAGE
) -> Recorded:
    """The goal's day is what the draft says; the fact stands in the ledger, the row of the day and the goal follow.

    The caller loaded the goal locked. Saying what already stands changes nothing. Raises Invalid for a draft that
    makes no sense and for a day ahead on which the goal is not due.
    """
    require(viewer, Permission.GOAL_TICK, goal_queries.facts_of(session, viewer, goal))
    problems = draft.check()
    if problems or draft.local_date is None:
        raise Invalid(problems)
    row = _row(session, goal, draft.local_date)
    _refuse_undue(viewer, goal, draft.local_date, row)
    before = Day(row.state, row.value) if row is not None else Day()
    after = _day_after(session, goal, draft, before)
    shown = _judged(viewer, goal, draft.local_date, after)
    if (
        draft.mode is Mode.SET
        and draft.note is None
        and row is not None
        and (shown, after.value) == (row.state, row.value)
    ):
        return Recorded(goal, draft.local_date, row.state, row.value, before, changed=False)
    entry = _append(session, viewer, goal, draft, after, row, source)
    row = _project(session, goal, draft.local_date, row, entry, shown, after.value)
    occurrences.settle(session, viewer, goal)
    record(
        session,
        Tag.ENTRY_RECORD,
        at=viewer.now,
        viewer=viewer,
        thing=goal,
        date=draft.local_date.isoformat(),
        state=shown.value,
        before=before.state.value,
    )
    session.flush()
    return Recorded(goal, draft.local_date, row.state, row.value, before, changed=True)


def _refuse_undue(viewer: Viewer, goal: Goal, day: date, row: Occurrence | None) -> None:
    """Any past day may be recorded, a day ahead only when the goal is due then."""
    if day <= viewer.today or (row is not None and row.deleted_at is None):
        return
    versions = [version.terms() for version in goal.schedules]
    if day > shifted(viewer.today, MAXIMUM_DAYS_AHEAD) or row is not None or not due_between(versions, day, day):
        raise Invalid([Problem("local_date", "not_due")])


def _day_after(session: AnySession, goal: Goal, draft: EntryDraft, before: Day) -> Day:
    """What the day comes to with the new fact (domain rules §3): a set says it anew, an add builds on what stands."""
    if draft.mode is Mode.SET:
        return Day(draft.state or DayState.OPEN, draft.value)
    statement = select(Entry).where(Entry.goal_id == goal.id, Entry.local_date == draft.local_date)
    facts = [
        Fact(entry.id, entry.local_date, entry.mode, entry.state, entry.value, entry.supersedes_id)
        for entry in session.scalars(statement)
    ]
    assert draft.local_date is not None
    newest = max((fact.id for fact in facts), default=0) + 1
    return day_value([*facts, Fact(newest, draft.local_date, Mode.ADD, draft.state, draft.value, None)])


def _judged(viewer: Viewer, goal: Goal, day: date, after: Day) -> DayState:
    if goal.direction is None or goal.target is None:
        return after.state
    return after.judged(goal.target, goal.direction, over=day < viewer.today)


def _append(
    session: AnySession,
    viewer: Viewer,
    goal: Goal,
    draft: EntryDraft,
    after: Day,
    row: Occurrence | None,
    source: Source,
) -> Entry:
    """The fact is in the ledger. A set corrects what stood: it supersedes the day's last fact and keeps its note."""
    corrected = row.entry_id if row is not None and draft.mode is Mode.SET else None
    note = viewer.words.seal("entry.note", draft.note.strip()) if draft.note and draft.note.strip() else None
    if draft.note is None and corrected is not None:
        note = session.scalar(select(Entry.note).where(Entry.id == corrected)) if row and row.annotated else None
    entry = Entry(
        subject_id=goal.owner_id,
        goal_id=goal.id,
        local_date=draft.local_date,
        at=viewer.now,
        recorded_at=viewer.now,
        zone=viewer.zone,
        mode=draft.mode,
        state=after.state if draft.mode is Mode.SET else draft.state,
        value=draft.value,
        note=note,
        author_id=viewer.id,
        source=source,
        supersedes_id=corrected,
    )
    session.add(entry)
    session.flush()
    return entry


def _project(
    session: AnySession,
    goal: Goal,
    day: date,
    row: Occurrence | None,
    entry: Entry,
    state: DayState,
    value: Decimal | None,
) -> Occurrence:
    """The row of the day shows what its facts come to."""
    if row is None:
        row = Occurrence(goal_id=goal.id, local_date=day)
        session.add(row)
    row.state, row.value, row.entry_id, row.deleted_at = state, value, entry.id, None
    row.annotated = entry.note is not None or ((row.annotated or False) and entry.mode is Mode.ADD)
    session.flush()
    return row


def _row(session: AnySession, goal: Goal, day: date) -> Occurrence | None:
    statement = select(Occurrence).where(Occurrence.goal_id == goal.id, Occurrence.local_date == day)
    return session.scalars(statement).one_or_none()
