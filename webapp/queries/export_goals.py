"""A person's private goals with everything of theirs, for the export."""

import json

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.models import (
    Entry,
    Goal,
    GoalRevision,
    GoalTag,
    Occurrence,
    Person,
    PlannedPause,
    Reminder,
    ScheduleVersion,
    Tag,
)
from webapp.models.engine import AnySession
from webapp.queries.export_rows import Row, of_private_goals, opened, rows_of


def _mine(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (Goal.owner_id == viewer.id, Goal.kind == Kind.PERSONAL)


def goals(session: AnySession, viewer: Viewer) -> list[Row]:
    names = (
        *("kind", "title", "question", "description", "lifecycle", "outcome", "review_state", "status_word"),
        *("criticality", "colour", "position", "direction", "baseline", "target", "unit", "revision", "version"),
        *("rows_from", "rows_until", "source_uid", "reminds", "reminder_date", "remind_anyway"),
        *("created_at", "updated_at", "completed_at", "archived_at", "deleted_at"),
    )
    columns = [Goal.public_id.label("id"), *(getattr(Goal, name) for name in names)]
    rows = rows_of(session, select(*columns).where(*_mine(viewer)).order_by(Goal.position, Goal.id))
    on = _tags(session, viewer)
    worded = opened(viewer, rows, "goal", "title", "question", "description", "unit")
    walls = _reminders(session, viewer)
    return [{**row, "tags": on.get(row["id"], []), "reminders": walls.get(row["id"], [])} for row in worded]


def _tags(session: AnySession, viewer: Viewer) -> dict[str, list[str]]:
    """Names of the tags on each goal, by name."""
    statement = of_private_goals(viewer, Tag.name).join(GoalTag, GoalTag.goal_id == Goal.id)
    rows = opened(viewer, rows_of(session, statement.join(Tag, Tag.id == GoalTag.tag_id)), "tag", "name")
    on: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row["name"].casefold()):
        on.setdefault(row["goal"], []).append(row["name"])
    return on


def _reminders(session: AnySession, viewer: Viewer) -> dict[str, list[Row]]:
    """The times of day at which each goal reminds; those of single due dates stand with the dates."""
    columns = (Reminder.wall, Reminder.days, Reminder.created_at)
    statement = of_private_goals(viewer, *columns).join(Reminder, Reminder.goal_id == Goal.id)
    statement = statement.where(Reminder.once.is_(None))
    on: dict[str, list[Row]] = {}
    for row in rows_of(session, statement.order_by(Goal.id, Reminder.days, Reminder.wall)):
        on.setdefault(row.pop("goal"), []).append(row)
    return on


def revisions(session: AnySession, viewer: Viewer) -> list[Row]:
    columns = (GoalRevision.number, GoalRevision.created_at, GoalRevision.terms)
    statement = of_private_goals(viewer, *columns).join(GoalRevision, GoalRevision.goal_id == Goal.id)
    rows = rows_of(session, statement.order_by(Goal.id, GoalRevision.number))
    return [{**row, "terms": json.loads(row["terms"])} for row in opened(viewer, rows, "goal_revision", "terms")]


def schedules(session: AnySession, viewer: Viewer) -> list[Row]:
    names = (
        *("valid_from", "is_current", "frequency", "start", "until", "days", "rule", "week_start"),
        *("quota_times", "quota_period", "quota_length", "direction", "target", "skip_budget", "dates"),
    )
    columns = [getattr(ScheduleVersion, name) for name in names]
    statement = of_private_goals(viewer, *columns).join(ScheduleVersion, ScheduleVersion.goal_id == Goal.id)
    return rows_of(session, statement.order_by(Goal.id, ScheduleVersion.valid_from))


def pauses(session: AnySession, viewer: Viewer) -> list[Row]:
    """Pauses of one goal, and those of everything, where `goal` is none."""
    columns = (PlannedPause.first, PlannedPause.last, PlannedPause.created_at, Goal.public_id.label("goal"))
    statement = select(PlannedPause.public_id.label("id"), *columns).outerjoin(Goal, Goal.id == PlannedPause.goal_id)
    mine = statement.where(PlannedPause.owner_id == viewer.id)
    return rows_of(session, mine.order_by(PlannedPause.first, PlannedPause.id))


def occurrences(session: AnySession, viewer: Viewer) -> list[Row]:
    columns = (Occurrence.local_date, Occurrence.state, Occurrence.value, Entry.public_id.label("entry"))
    statement = (
        of_private_goals(viewer, *columns, Occurrence.deleted_at, Occurrence.reminder_date, Occurrence.reminder_time)
        .join(Occurrence, Occurrence.goal_id == Goal.id)
        .outerjoin(Entry, Entry.id == Occurrence.entry_id)
        .order_by(Goal.id, Occurrence.local_date)
    )
    return rows_of(session, statement)


def entries(session: AnySession, viewer: Viewer) -> list[Row]:
    earlier, author = aliased(Entry), aliased(Person)
    names = ("local_date", "at", "recorded_at", "zone", "mode", "state", "value", "note", "confidence", "source")
    statement = (
        select(
            Entry.public_id.label("id"),
            Goal.public_id.label("goal"),
            *(getattr(Entry, name) for name in names),
            Entry.source_uid,
            author.public_id.label("author"),
            earlier.public_id.label("supersedes"),
        )
        .join(Goal, Goal.id == Entry.goal_id)
        .join(author, author.id == Entry.author_id)
        .outerjoin(earlier, earlier.id == Entry.supersedes_id)
        .where(Entry.subject_id == viewer.id, *_mine(viewer))
        .order_by(Entry.id)
    )
    return opened(viewer, rows_of(session, statement), "entry", "note")
