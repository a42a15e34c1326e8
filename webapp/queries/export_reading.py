"""What a person's export holds of reading: works, what they mean to read of them, and what they read.

Verses are written "chapter:verse-chapter:verse". Days and streaks are what the readings that stand come to.
"""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from webapp.domain import quran
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.models import ActivityDay, Entry, Goal, ReadingBatch, ReadingGoal, ReadingStreak, Work
from webapp.models.engine import AnySession
from webapp.queries.export_rows import Row, opened, rows_of


def works(session: AnySession, viewer: Viewer) -> list[Row]:
    """Everything the viewer reads or read, put away or not; only books have a title."""
    names = ("category", "unit", "size", "place", "mushaf")
    moments = ("colour", "source_uid", "created_at", "updated_at", "archived_at", "deleted_at")
    statement = (
        select(Goal.public_id.label("id"), Goal.title, *(getattr(Work, name) for name in names))
        .add_columns(*(getattr(Goal, name) for name in moments))
        .join(Work, Work.goal_id == Goal.id)
        .where(Goal.owner_id == viewer.id, Goal.kind == Kind.READING)
        .order_by(Goal.id)
    )
    return opened(viewer, rows_of(session, statement), "goal", "title")


def goals(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer means and meant to read: an amount in seconds or the work's unit, or verses."""
    names = ("asks", "amount", "first_verse", "last_verse", "duration", "mushaf", "starts", "version", "outcome")
    moments = ("reached_at", "created_at", "updated_at", "ended_at")
    columns = [getattr(ReadingGoal, name) for name in (*names, *moments)]
    statement = _of_works(viewer, ReadingGoal.public_id.label("id"), *columns)
    statement = statement.join(ReadingGoal, ReadingGoal.goal_id == Work.goal_id).order_by(ReadingGoal.id)
    rows = []
    for row in rows_of(session, statement):
        first, last = row.pop("first_verse"), row.pop("last_verse")
        rows.append({**row, "verses": quran.range_text((first, last)) if first else None})
    return rows


def readings(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer said they read, what they took back too: that is superseded by a reading of nothing."""
    earlier = aliased(Entry)
    names = ("local_date", "at", "recorded_at", "zone", "source", "source_uid")
    said = ("seconds", "amount", "verses", "mushaf")
    columns = [getattr(Entry, name) for name in names] + [getattr(ReadingBatch, name) for name in said]
    statement = (
        _of_works(viewer, Entry.public_id.label("id"), *columns, earlier.public_id.label("supersedes"))
        .join(Entry, Entry.goal_id == Work.goal_id)
        .join(ReadingBatch, ReadingBatch.entry_id == Entry.id)
        .outerjoin(earlier, earlier.id == Entry.supersedes_id)
        .where(Entry.subject_id == viewer.id)
        .order_by(Entry.id)
    )
    return [_in_words(row, "verses") for row in rows_of(session, statement)]


def days(session: AnySession, viewer: Viewer) -> list[Row]:
    """What the viewer read on each day, what a goal asked of it, and how far the day came."""
    names = ("local_date", "seconds", "by_hand", "amount", "filled", "verses", "mushaf")
    asked = ("asks", "asked", "asked_verses", "progress")
    columns = [getattr(ActivityDay, name) for name in (*names, *asked)]
    statement = (
        _of_works(viewer, ActivityDay.public_id.label("id"), *columns, ReadingGoal.public_id.label("reading_goal"))
        .join(ActivityDay, ActivityDay.goal_id == Work.goal_id)
        .outerjoin(ReadingGoal, ReadingGoal.id == ActivityDay.reading_goal_id)
        .order_by(Work.goal_id, ActivityDay.local_date)
    )
    return [_in_words(row, "verses", "asked_verses") for row in rows_of(session, statement)]


def streaks(session: AnySession, viewer: Viewer) -> list[Row]:
    """Days in a row on which the viewer read, of each category and of any."""
    names = ("category", "first", "last", "days")
    columns = [ReadingStreak.public_id.label("id"), *(getattr(ReadingStreak, name) for name in names)]
    mine = select(*columns).where(ReadingStreak.owner_id == viewer.id)
    return rows_of(session, mine.order_by(ReadingStreak.category, ReadingStreak.first))


def _of_works(viewer: Viewer, *columns: Any) -> Select[Any]:
    """These columns of what hangs on the viewer's works, beside the work's public id; the caller joins."""
    mine = (Work.owner_id == viewer.id, Goal.owner_id == viewer.id)
    statement = select(Goal.public_id.label("work"), *columns).select_from(Work)
    return statement.join(Goal, Goal.id == Work.goal_id).where(*mine)


def _in_words(row: Row, *columns: str) -> Row:
    said = {name: [quran.range_text(part) for part in row[name]] for name in columns if row[name] is not None}
    return {**row, **said}
