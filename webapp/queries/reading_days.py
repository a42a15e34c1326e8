"""Activity days: what was read on which day, and the entries a day is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import aliased

from webapp.domain.people import Viewer
from webapp.domain.reading import Category, Read
from webapp.domain.tracking import Source
from webapp.models import ActivityDay, Entry, Goal, ReadingBatch, Work
from webapp.models.engine import AnySession
from webapp.queries.reading import read_of, works_of


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Something somebody said they read; `id` is the public id of its entry."""

    id: str
    local_date: date
    at: datetime
    read: Read
    filled: Decimal
    mushaf: int | None
    source: Source


class Place(NamedTuple):
    """How far somebody is with a work, as the work keeps it; `on` is the day of the verse."""

    place: int | None
    on: date | None
    through: Decimal


def find_day(session: AnySession, work_id: int, day: date) -> ActivityDay | None:
    """What was read of a work on a day."""
    statement = select(ActivityDay).where(ActivityDay.goal_id == work_id, ActivityDay.local_date == day)
    return session.scalars(statement).one_or_none()


def batches_on(session: AnySession, work_id: int, day: date) -> list[BatchRow]:
    """What stands of what was said of a work on a day, in the order it was said."""
    rows = session.execute(_standing().where(Entry.goal_id == work_id, Entry.local_date == day).order_by(Entry.id))
    return [_batch(row) for row in rows]


def place_of(session: AnySession, work: Work) -> Place:
    """How far somebody is by what stands: the last verse said of the latest day of the Quran, of anything else all
    pages, chapters or parts together."""
    if work.category is not Category.QURAN:
        total = session.scalar(select(func.sum(ActivityDay.amount)).where(ActivityDay.goal_id == work.goal_id))
        return Place(int(total) if total else None, None, total or Decimal(0))
    days = select(ActivityDay.local_date).where(ActivityDay.goal_id == work.goal_id)
    with_verses = days.where(cast(ActivityDay.verses, String) != "[]")
    latest = session.scalar(with_verses.order_by(ActivityDay.local_date.desc()).limit(1))
    said = batches_on(session, work.goal_id, latest) if latest else []
    return Place(next((one.read.verses[-1][1] for one in reversed(said) if one.read.verses), None), latest, Decimal(0))


def said(session: AnySession, viewer: Viewer, work_id: str, day: date) -> list[BatchRow]:
    """What the viewer said they read of a work on a day, the last first; nothing of somebody else's."""
    statement = _standing().join(Goal, Goal.id == Entry.goal_id).join(Work, Work.goal_id == Goal.id)
    here = (works_of(viewer), Goal.public_id == work_id, Entry.local_date == day)
    return [_batch(row) for row in session.execute(statement.where(*here).order_by(Entry.id.desc()))]


def _standing() -> Any:
    """Batches whose place nothing took."""
    later = aliased(Entry)
    return (
        select(Entry.public_id, Entry.local_date, Entry.at, Entry.value, Entry.source)
        .add_columns(ReadingBatch.seconds, ReadingBatch.amount, ReadingBatch.verses, ReadingBatch.mushaf)
        .join(ReadingBatch, ReadingBatch.entry_id == Entry.id)
        .outerjoin(later, later.supersedes_id == Entry.id)
        .where(Entry.supersedes_id.is_(None), later.id.is_(None))
    )


def _batch(row: Any) -> BatchRow:
    return BatchRow(row.public_id, row.local_date, row.at, read_of(row), row.value, row.mushaf, row.source)
