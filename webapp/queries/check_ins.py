"""What was said of key results, and what it comes to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.tracking import Mode, Source
from webapp.models import Entry, KeyResult, Person
from webapp.models.engine import AnySession
from webapp.queries.sealing import PLAIN


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One check-in; `value` is what it said, `author` empty for who is no longer here."""

    id: str
    number: int
    key_result_id: int
    day: date
    at: datetime
    value: Decimal
    confidence: Decimal | None
    comment: str
    author_id: int
    author: str
    source: Source
    corrected: bool
    """Whether it took the place of an earlier one."""


class Measured(NamedTuple):
    """What a key result came to: its value and the date of the last check-in, both None when there was none."""

    actual: Decimal | None
    day: date | None


def measured(session: AnySession, key_result: KeyResult, *, as_of: date | None = None) -> Measured:
    """What the entries of a key result come to, until a date: the last set by date, and every add after it (§3)."""
    counts = [*_standing(), Entry.key_result_id == key_result.id, Entry.value.is_not(None)]
    if as_of is not None:
        counts.append(Entry.local_date <= as_of)
    latest = select(Entry.id, Entry.local_date, Entry.value).where(*counts, Entry.mode == Mode.SET)
    said: Any = session.execute(latest.order_by(Entry.local_date.desc(), Entry.id.desc()).limit(1)).one_or_none()
    added = select(func.sum(Entry.value), func.max(Entry.local_date)).where(*counts, Entry.mode == Mode.ADD)
    if said is not None:
        after = or_(Entry.local_date > said.local_date, and_(Entry.local_date == said.local_date, Entry.id > said.id))
        added = added.where(after)
    more: Any = session.execute(added.add_columns(func.count())).one()
    if said is None:
        return Measured(key_result.baseline + more[0], more[1]) if more[2] else Measured(None, None)
    return Measured(said.value + (more[0] or 0), more[1] or said.local_date)


def history(
    session: AnySession, key_result_ids: Collection[int], *, as_of: date | None = None, most: int = 200
) -> list[CheckIn]:
    """What was said of these key results and stands, the latest date first."""
    if not key_result_ids:
        return []
    statement = _check_ins().where(*_standing(), Entry.key_result_id.in_(key_result_ids))
    if as_of is not None:
        statement = statement.where(Entry.local_date <= as_of)
    rows = session.execute(statement.order_by(Entry.local_date.desc(), Entry.id.desc()).limit(most))
    return [_check_in(row) for row in rows]


def everything_said(session: AnySession, key_result_id: int, *, most: int = 200) -> list[tuple[CheckIn, bool]]:
    """What was ever said of the key result, the latest first; and whether a correction took its place.

    Of what a personal goal comes to only the last of a day is told: when its owner did what is theirs.
    """
    later = aliased(Entry)
    struck = exists().where(later.supersedes_id == Entry.id).label("struck")
    told = or_(Entry.source != Source.FEED, *_standing())
    said = (Entry.key_result_id == key_result_id, Entry.value.is_not(None), told)
    rows = session.execute(_check_ins().add_columns(struck).where(*said).order_by(Entry.id.desc()).limit(most))
    return [(_check_in(row), bool(row.struck)) for row in rows]


def belief(session: AnySession, key_result_id: int) -> Entry | None:
    """The entry of the latest date that says how sure somebody is of the key result, and stands."""
    statement = select(Entry).where(*_standing(), Entry.key_result_id == key_result_id, Entry.confidence.is_not(None))
    return session.scalars(statement.order_by(Entry.local_date.desc(), Entry.id.desc()).limit(1)).first()


def latest(session: AnySession, key_result_id: int) -> Entry | None:
    """The entry said last that stands, whatever its date."""
    statement = select(Entry).where(*_standing(), Entry.key_result_id == key_result_id)
    return session.scalars(statement.order_by(Entry.id.desc()).limit(1)).first()


def _standing() -> tuple[ColumnElement[bool], ...]:
    """The conditions of an entry that nothing took the place of."""
    later = aliased(Entry)
    return (~exists().where(later.supersedes_id == Entry.id),)


def _check_ins() -> Select[*tuple[Any, ...]]:
    return select(
        Entry.public_id,
        Entry.id,
        Entry.key_result_id,
        Entry.local_date,
        Entry.recorded_at,
        Entry.value,
        Entry.confidence,
        Entry.note,
        Entry.author_id,
        Entry.source,
        Entry.supersedes_id,
        Person.name,
    ).join(Person, Person.id == Entry.author_id)


def _check_in(row: Any) -> CheckIn:
    return CheckIn(
        id=row.public_id,
        number=row.id,
        key_result_id=row.key_result_id,
        day=row.local_date,
        at=row.recorded_at,
        value=row.value,
        confidence=row.confidence,
        comment=PLAIN.open("entry.note", row.note) if row.note else "",
        author_id=row.author_id,
        author=row.name,
        source=row.source,
        corrected=row.supersedes_id is not None,
    )
