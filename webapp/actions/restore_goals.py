"""Writing goals of an export: with their versions, their words of earlier times, their ledger and the rows of days."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from webapp.actions import reminders
from webapp.actions.restore_plan import address, identity
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import TAGS_PER_PERSON, Kind, tag_names
from webapp.domain.imports.own_goals import OwnDay, OwnEntry, OwnGoal, OwnPause
from webapp.domain.pauses import Pause, paused_between
from webapp.domain.people import Viewer
from webapp.domain.schedules import due_dates
from webapp.domain.tracking import Day, DayState, Direction, day_values
from webapp.domain.verdicts import Aim
from webapp.models import (
    Entry,
    Goal,
    GoalClosing,
    GoalRevision,
    GoalTag,
    Occurrence,
    PlannedPause,
    ScheduleVersion,
    Tag,
)
from webapp.models.base import table_of
from webapp.models.engine import AnySession

_entries, _rows = table_of(Entry), table_of(Occurrence)
_CORRECTS = update(_entries).where(_entries.c.id == bindparam("entry")).values(supersedes_id=bindparam("earlier"))


def write_goals(session: AnySession, viewer: Viewer, goals: Sequence[OwnGoal]) -> dict[str, Goal]:
    """The viewer has these goals, after their others in order; by their ids in the file."""
    last = session.scalar(select(func.max(Goal.position)).where(Goal.owner_id == viewer.id)) or 0
    made = {own.id: _goal(viewer, own, last) for own in goals}
    session.add_all(made.values())
    session.flush()
    revisions = [
        {
            "goal_id": made[own.id].id,
            "number": revision.number,
            "author_id": viewer.id,
            "terms": viewer.words.seal("goal_revision.terms", json.dumps(revision.terms)),
            "created_at": revision.created_at,
        }
        for own in goals
        for revision in own.revisions
    ]
    if revisions:
        session.execute(insert(table_of(GoalRevision)), revisions)
    closings = [
        {
            "goal_id": made[own.id].id,
            "closed_by_id": viewer.id,
            "closed_at": closing.closed_at,
            "outcome": closing.outcome,
            "score": closing.score,
            "words": viewer.words.seal("goal_closing.words", closing.words) if closing.words else None,
            "reopened_at": closing.reopened_at,
        }
        for own in goals
        for closing in own.closings
    ]
    if closings:
        session.execute(insert(table_of(GoalClosing)), closings)
    walls = [reminders.row_of(viewer, made[own.id], wall, days) for own in goals for wall, days in own.reminders]
    reminders.add(session, walls)
    _tag(session, viewer, {made[own.id].id: own.tags for own in goals if own.tags})
    return made


def write_pauses(session: AnySession, viewer: Viewer, pauses: Sequence[OwnPause], made: Mapping[str, Goal]) -> None:
    """The pauses stand; the rows of days are left to the caller."""
    rows = [
        {
            "public_id": address(viewer, pause.id),
            "owner_id": viewer.id,
            "goal_id": made[pause.goal].id if pause.goal else None,
            "first": pause.days.first,
            "last": pause.days.last,
            "created_at": pause.created_at,
        }
        for pause in pauses
    ]
    if rows:
        session.execute(insert(table_of(PlannedPause)), rows)


def write_entries(
    session: AnySession, viewer: Viewer, entries: Sequence[OwnEntry], goal_ids: Mapping[str, int]
) -> dict[str, int]:
    """The facts stand at the end of the ledger, in their old order, each correcting what it corrected; their numbers
    by their ids in the file."""
    if not entries:
        return {}
    rows = [_entry(viewer, entry, goal_ids[entry.goal]) for entry in entries]
    # Their numbers are asked for afterwards: returning so many in order takes longer than all the rest.
    session.connection().execute(insert(_entries), rows)
    marks = select(_entries.c.source_uid, _entries.c.id).where(_entries.c.subject_id == viewer.id)
    by_mark = {row[0]: row[1] for row in session.execute(marks.where(_entries.c.source_uid.is_not(None)))}
    numbers = {entry.id: by_mark[row["source_uid"]] for entry, row in zip(entries, rows, strict=True)}
    corrections = [
        {"entry": numbers[entry.id], "earlier": numbers[entry.supersedes]}
        for entry in entries
        if entry.supersedes in numbers
    ]
    if corrections:
        session.connection().execute(_CORRECTS, corrections)
    return numbers


def write_days(
    session: AnySession,
    viewer: Viewer,
    own: OwnGoal,
    goal: Goal,
    entries: Sequence[OwnEntry],
    numbers: Mapping[str, int],
    *,
    new: bool,
) -> None:
    """The rows of the goal's days show what the facts come to; those of a goal that was here already get what is new.

    Where the facts allow more than one state, the row keeps the one it had: it was judged by what was asked then.
    """
    said = {day.local_date: day for day in own.days} if new else {}
    last = {entry.local_date: entry for entry in entries}
    orders = {entry.id: order for order, entry in enumerate(entries)}
    facts = (entry.fact(orders[entry.id], orders.get(entry.supersedes or "")) for entry in entries)
    values = day_values(facts)
    dates = sorted({*said, *last, *(_missing(own, said.keys(), viewer.today) if new else ())})
    if not dates:
        return
    paused = paused_between(_pauses(session, viewer, goal), dates[0], dates[-1])
    rows = []
    for day in dates:
        row, entry, value = said.get(day), last.get(day), values.get(day, Day())
        rows.append(
            {
                "goal_id": goal.id,
                "local_date": day,
                "state": _state(own, goal, value, row, day, viewer.today),
                "value": value.value,
                "annotated": entry is not None and bool(entry.note),
                "paused": day in paused,
                "entry_id": numbers[entry.id] if entry else None,
                "deleted_at": row.deleted_at if row else None,
                "reminder_date": row.reminder_date if row else None,
                "reminder_time": row.reminder_time if row else None,
            }
        )
    _put(session, goal, rows, new=new)


def _goal(viewer: Viewer, own: OwnGoal, after: int) -> Goal:
    seal = viewer.words.seal
    goal = Goal(
        kind=Kind.PERSONAL,
        owner_id=viewer.id,
        lifecycle=own.lifecycle,
        outcome=own.outcome,
        status_word=own.status_word or None,
        title=seal("goal.title", own.title),
        question=seal("goal.question", own.question) if own.question else None,
        description=seal("goal.description", own.description) if own.description else None,
        unit=seal("goal.unit", own.unit) if own.unit else None,
        criticality=own.criticality or None,
        colour=own.colour,
        position=after + own.position,
        direction=own.direction,
        baseline=own.baseline,
        target=own.target,
        revision=own.revision,
        version=own.version,
        rows_from=own.rows_from,
        rows_until=own.rows_until,
        source_uid=identity(viewer, own.id),
        created_at=own.created_at,
        updated_at=own.updated_at,
        completed_at=own.completed_at,
        archived_at=own.archived_at,
        deleted_at=own.deleted_at,
        reminds=own.reminds,
        reminder_date=own.reminder_date,
        remind_anyway=own.remind_anyway,
    )
    for own_version in own.versions:
        version = ScheduleVersion(is_current=own_version is own.versions[-1])
        version.set_terms(own_version.schedule, own_version.aim)
        goal.schedules.append(version)
    return goal


def _entry(viewer: Viewer, entry: OwnEntry, goal_id: int) -> dict[str, Any]:
    return {
        "subject_id": viewer.id,
        "goal_id": goal_id,
        "local_date": entry.local_date,
        "at": entry.at,
        "recorded_at": entry.recorded_at,
        "zone": entry.zone,
        "mode": entry.mode,
        "state": entry.state,
        "value": entry.value,
        "note": viewer.words.seal("entry.note", entry.note) if entry.note else None,
        "confidence": entry.confidence,
        "author_id": viewer.id,
        "source": entry.source,
        "source_uid": identity(viewer, entry.id),
        "supersedes_id": None,
    }


def _tag(session: AnySession, viewer: Viewer, wanted: Mapping[int, Iterable[str]]) -> None:
    """Each goal carries its tags; raises Invalid when the viewer would have over a hundred."""
    known = select(Tag.fingerprint, Tag.id).where(Tag.owner_id == viewer.id)
    ids = {row.fingerprint: row.id for row in session.execute(known)}
    carried = []
    for goal_id, names in wanted.items():
        for name in tag_names(names):
            fingerprint = viewer.words.fingerprint(name.casefold())
            if fingerprint not in ids:
                tag = Tag(owner_id=viewer.id, fingerprint=fingerprint, created_at=viewer.now)
                tag.name = viewer.words.seal("tag.name", name)
                session.add(tag)
                session.flush()
                ids[fingerprint] = tag.id
            carried.append({"goal_id": goal_id, "tag_id": ids[fingerprint]})
    if len(ids) > TAGS_PER_PERSON and carried:
        raise Invalid([Problem("file", "too_many_tags", {"most": TAGS_PER_PERSON})])
    if carried:
        session.execute(insert(table_of(GoalTag)), carried)


def _missing(own: OwnGoal, there: Iterable[date], today: date) -> set[date]:
    """Days to come on which the goal is due and has no row, though the window says that rows are the whole truth."""
    if own.rows_from is None or own.rows_until is None:
        return set()
    begins = max(own.rows_from, shifted(own.schedule.valid_from, 1), shifted(today, 1))
    return set(due_dates(own.schedule, begins, own.rows_until)).difference(there)


def _pauses(session: AnySession, viewer: Viewer, goal: Goal) -> list[Pause]:
    """Those of the goal and of everything."""
    mine = (PlannedPause.owner_id == viewer.id, PlannedPause.goal_id.is_(None) | (PlannedPause.goal_id == goal.id))
    return [Pause(*row) for row in session.execute(select(PlannedPause.first, PlannedPause.last).where(*mine))]


def _state(own: OwnGoal, goal: Goal, value: Day, row: OwnDay | None, day: date, today: date) -> DayState:
    aim = _aim_on(goal, day)
    judged = aim.state(value, over=day < today)
    possible = {judged, aim.state(value, over=True)}
    if aim.direction is Direction.AT_MOST or own.revision > 1:
        possible.add(value.state)
    if own.revision > 1 and value.state is DayState.OPEN and value.value is not None:
        possible |= {DayState.OPEN, DayState.DONE, DayState.NOT_DONE}
    return row.state if row is not None and row.state in possible else judged


def _aim_on(goal: Goal, day: date) -> Aim:
    """As `queries.habits.aim_on`, of versions that are in order."""
    valid = [version for version in goal.schedules if version.valid_from <= day]
    return (valid or goal.schedules[:1])[-1].aim()


def _put(session: AnySession, goal: Goal, rows: list[dict[str, Any]], *, new: bool) -> None:
    there: dict[date, int] = {}
    if not new:
        planned = select(Occurrence.local_date, Occurrence.id).where(Occurrence.goal_id == goal.id)
        there = {row.local_date: row.id for row in session.execute(planned)}
    groups: dict[bool, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["local_date"] in there].append(row)
    if groups[False]:
        session.connection().execute(insert(_rows), groups[False])
    if groups[True]:
        session.execute(update(Occurrence), [{**row, "id": there[row["local_date"]]} for row in groups[True]])
