"""Recording what happened: ticks, amounts, skips, corrections. Facts are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from webapp.actions import feeds, months, occurrences
from webapp.actions.audit import Tag, record
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.pauses import is_paused
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.reviews import refuse_closed
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD, due_between
from webapp.domain.tracking import Day, DayState, EntryDraft, Fact, Mode, Source, day_value
from webapp.models import Entry, Goal, Occurrence
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import habits

# The way of every tick: statements built once and plain rows, since objects cost more than the writing itself.
_ROW_OF_DAY = select(
    Occurrence.id,
    Occurrence.state,
    Occurrence.value,
    Occurrence.annotated,
    Occurrence.entry_id,
    Occurrence.deleted_at,
).where(Occurrence.goal_id == bindparam("goal_id"), Occurrence.local_date == bindparam("day"))
_NOTE = select(Entry.note).where(Entry.id == bindparam("entry_id"))
_entries, _rows = table_of(Entry), table_of(Occurrence)
_APPEND = insert(_entries).returning(_entries.c.id)
_NEW_ROW = insert(_rows)
_SAME_ROW = update(_rows).where(_rows.c.id == bindparam("row_id"))
_DONE_ROWS = _SAME_ROW.values(state=DayState.DONE, value=bindparam("to_value"), entry_id=bindparam("to_entry"))


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
    refuse_closed(goal.lifecycle, goal.archived_at)
    problems = draft.check()
    if problems or draft.local_date is None:
        raise Invalid(problems)
    row = _row(session, goal, draft.local_date)
    _refuse_undue(viewer, goal, draft.local_date, row)
    before = Day(row.state, row.value) if row is not None else Day()
    after = _day_after(session, goal, draft, before)
    shown = _judged(viewer, goal, draft.local_date, after)
    stood = _note(session, row)
    if draft.mode is Mode.SET and Day(shown, after.value) == before and _same_note(viewer, draft, stood):
        return Recorded(goal, draft.local_date, before.state, before.value, before, changed=False)
    note = _note_after(viewer, draft, stood)
    entry_id = _append(session, viewer, goal, draft, after, row, note, source)
    _project(session, viewer, goal, draft.local_date, row, entry_id, Day(shown, after.value), noted=note is not None)
    goal.status_word = None  # a program's word for how the goal stands holds until something is done
    occurrences.settle(session, goal, viewer.now, viewer)
    months.follow(session, goal, viewer.today, draft.local_date)
    feeds.follow(session, viewer, goal)
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
    return Recorded(goal, draft.local_date, shown, after.value, before, changed=True)


def record_done(
    session: AnySession, viewer: Viewer, goal: Goal, done: Sequence[tuple[Occurrence, Decimal | None]], source: Source
) -> None:
    """All these rows of the goal's days are done, with these amounts; what follows from it follows once.

    As `record_day` for each, in statements that do not grow with their number. The caller loaded the goal locked.
    """
    require(viewer, Permission.GOAL_TICK, goal_queries.facts_of(session, viewer, goal))
    refuse_closed(goal.lifecycle, goal.archived_at)
    if not done:
        return
    noted = [row.entry_id for row, _ in done if row.annotated]
    statement = select(Entry.id, Entry.note).where(Entry.id.in_(noted))
    notes = {row.id: row.note for row in session.execute(statement)} if noted else {}
    facts = [
        {
            "public_id": new_public_id(),
            **_fact(viewer, goal, row.local_date, source),
            "mode": Mode.SET,
            "state": DayState.DONE,
            "value": value,
            "note": notes.get(row.entry_id),
            "supersedes_id": row.entry_id,
        }
        for row, value in done
    ]
    # Their numbers are asked for afterwards: SQLite would return them in order only one by one.
    session.connection().execute(insert(_entries), facts)
    first, last = min(row.local_date for row, _ in done), max(row.local_date for row, _ in done)
    named = select(Entry.public_id, Entry.id).where(Entry.goal_id == goal.id, Entry.local_date.between(first, last))
    numbers = {row.public_id: row.id for row in session.execute(named)}
    changes = [
        {"row_id": row.id, "to_value": value, "to_entry": numbers[fact["public_id"]]}
        for (row, value), fact in zip(done, facts, strict=True)
    ]
    session.connection().execute(_DONE_ROWS, changes)
    goal.status_word = None
    occurrences.settle(session, goal, viewer.now, viewer)
    months.follow(session, goal, viewer.today, first)
    feeds.follow(session, viewer, goal)
    record(
        session,
        Tag.ENTRY_RECORD,
        at=viewer.now,
        viewer=viewer,
        thing=goal,
        date=first.isoformat(),
        state=DayState.DONE.value,
        dates=len(done),
    )
    session.flush()
    for row, _ in done:
        session.expire(row)


def _refuse_undue(viewer: Viewer, goal: Goal, day: date, row: Any) -> None:
    """Any past day may be recorded, a day ahead only when the goal is due then."""
    if day <= viewer.today or (row is not None and row.deleted_at is None):
        return
    if day > shifted(viewer.today, MAXIMUM_DAYS_AHEAD) or row is not None or not _is_due(goal, day):
        raise Invalid([Problem("local_date", "not_due")])


def _note(session: AnySession, row: Any) -> bytes | None:
    """The sealed note of the day as it stands."""
    if row is None or not row.annotated:
        return None
    note: bytes | None = session.connection().execute(_NOTE, {"entry_id": row.entry_id}).scalar()
    return note


def _same_note(viewer: Viewer, draft: EntryDraft, stood: bytes | None) -> bool:
    return draft.note is None or draft.note.strip() == (viewer.words.open("entry.note", stood) if stood else "")


def _is_due(goal: Goal, day: date) -> bool:
    return bool(due_between([version.terms() for version in goal.schedules], day, day))


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
    return habits.aim_on(goal, day).state(after, over=day < viewer.today)


def _note_after(viewer: Viewer, draft: EntryDraft, stood: bytes | None) -> bytes | None:
    """The sealed note of the day's last fact: what stood unless another is given."""
    if draft.note is None:
        return stood
    typed = draft.note.strip()
    return viewer.words.seal("entry.note", typed) if typed else None


def _append(
    session: AnySession,
    viewer: Viewer,
    goal: Goal,
    draft: EntryDraft,
    after: Day,
    row: Any,
    note: bytes | None,
    source: Source,
) -> int:
    """The fact is in the ledger. A set corrects what stood: it supersedes the day's last fact."""
    assert draft.local_date is not None
    fact = {
        **_fact(viewer, goal, draft.local_date, source),
        "mode": draft.mode,
        "state": after.state if draft.mode is Mode.SET else draft.state,
        "value": draft.value,
        "note": note,
        "supersedes_id": row.entry_id if row is not None and draft.mode is Mode.SET else None,
    }
    entry_id: int = session.connection().execute(_APPEND, fact).scalar_one()
    return entry_id


def _fact(viewer: Viewer, goal: Goal, day: date, source: Source) -> dict[str, Any]:
    """What every fact of the goal's day holds that the viewer states now."""
    return {
        "subject_id": goal.owner_id,
        "goal_id": goal.id,
        "local_date": day,
        "at": viewer.now,
        "recorded_at": viewer.now,
        "zone": viewer.zone,
        "author_id": viewer.id,
        "source": source,
    }


def _project(
    session: AnySession, viewer: Viewer, goal: Goal, day: date, row: Any, entry_id: int, shown: Day, *, noted: bool
) -> None:
    """The row of the day shows what its facts come to; a day on which nothing was due, and about which nothing is said
    any more, needs none."""
    says_nothing = shown == Day() and not noted
    values = {
        "state": shown.state,
        "value": shown.value,
        "annotated": noted,
        "entry_id": entry_id,
        "deleted_at": viewer.now if says_nothing and not _is_due(goal, day) else None,
    }
    if row is not None:
        session.connection().execute(_SAME_ROW, {**values, "row_id": row.id})
        return
    paused = is_paused(day, habits.pauses_of(session, goal))
    session.connection().execute(_NEW_ROW, {**values, "goal_id": goal.id, "local_date": day, "paused": paused})


def _row(session: AnySession, goal: Goal, day: date) -> Any:
    return session.connection().execute(_ROW_OF_DAY, {"goal_id": goal.id, "day": day}).one_or_none()
