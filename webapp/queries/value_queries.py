"""What people say is wrong with values behind their numbers, and what became of it: for themselves, and for admins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import Role, Viewer
from webapp.domain.policy import Permission, ValuesFacts, require
from webapp.models import Entry, GoalKeyword, Person, TargetGoal, ValueQuery
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.ladders import facts_of
from webapp.queries.sealing import PLAIN

DECIDED = 50
"""So many decided ones are listed."""
CHAIN = 1_000
"""No value was corrected so often; a ring of corrections, which nothing should ever make, ends here."""


class QueryState(StrEnum):
    """What became of it."""

    OPEN = "open"
    CORRECTED = "corrected"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of one value of theirs, and the admin's answer; `id` is the public id."""

    id: str
    state: QueryState
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueryRow:
    """One line of the inbox: what was said of which value, by whom, and what became of it.

    `amount`, `at` and `note` are the value's as it was asked about, `value_id` its public id; `now` is what stands in
    its place by now, None while it stands itself. Who is erased has no name.
    """

    said: Said
    value_id: str
    person: str
    keyword: str
    amount: Decimal
    at: datetime
    note: str
    now: Decimal | None
    answered_by: str


def waiting(session: AnySession, viewer: Viewer, organisation_id: int) -> list[QueryRow]:
    """What nobody has answered yet, the oldest first; raises Refused for who is no admin of the organisation."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    here = (ValueQuery.organisation_id == organisation_id, ValueQuery.answered_at.is_(None))
    return _rows(session, _LISTED.where(*here).order_by(ValueQuery.created_at, ValueQuery.id))


def decided(session: AnySession, viewer: Viewer, organisation_id: int) -> list[QueryRow]:
    """The latest that were answered, at most fifty; raises Refused as `waiting` does."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    here = (ValueQuery.organisation_id == organisation_id, ValueQuery.answered_at.is_not(None))
    latest = _LISTED.where(*here).order_by(ValueQuery.answered_at.desc(), ValueQuery.id.desc())
    return _rows(session, latest.limit(DECIDED))


def row_of(session: AnySession, query: ValueQuery) -> QueryRow:
    """One line of the inbox, of what was said; whether the viewer may see it was made sure of by the caller."""
    return _rows(session, _LISTED.where(ValueQuery.id == query.id))[0]


def mine(session: AnySession, viewer: Viewer, entry_ids: Collection[int]) -> dict[int, Said]:
    """What the viewer said last of each of these values of theirs, by the number of the value."""
    if not entry_ids:
        return {}
    theirs = (ValueQuery.person_id == viewer.id, ValueQuery.entry_id.in_(sorted(entry_ids)))
    rows = session.scalars(select(ValueQuery).where(*theirs).order_by(ValueQuery.id))
    return {row.entry_id: said_of(row) for row in rows}


def find(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> ValueQuery:
    """What was said under this public id, if it is the viewer's own or of an organisation they administer; raises
    NotFound. `lock` holds its row on PostgreSQL."""
    if not is_public_id(public_id):
        raise NotFound
    near = or_(ValueQuery.person_id == viewer.id, ValueQuery.organisation_id.in_(viewer.homes))
    statement = select(ValueQuery).where(ValueQuery.public_id == public_id, near)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    require(viewer, Permission.VALUES_READ, ValuesFacts(found.organisation_id, found.person_id))
    return found


def is_open(session: AnySession, entry_id: int) -> bool:
    """Whether somebody said that the value is wrong and nobody has answered."""
    statement = select(ValueQuery.id).where(ValueQuery.entry_id == entry_id, ValueQuery.answered_at.is_(None))
    return session.scalar(statement.limit(1)) is not None


def count_waiting(session: AnySession, organisation_id: int) -> int:
    """How many of the organisation's nobody has answered."""
    here = (ValueQuery.organisation_id == organisation_id, ValueQuery.answered_at.is_(None))
    return session.scalar(select(func.count()).select_from(ValueQuery).where(*here)) or 0


def count_for(session: AnySession, viewer: Viewer) -> int:
    """How many nobody has answered in the organisations the viewer administers; without any it asks nothing."""
    theirs = {organisation for organisation, role in viewer.roles if role == Role.ADMIN}
    if not theirs:
        return 0
    here = (ValueQuery.organisation_id.in_(sorted(theirs)), ValueQuery.answered_at.is_(None))
    return session.scalar(select(func.count()).select_from(ValueQuery).where(*here)) or 0


def standing(session: AnySession, entry_id: int) -> Entry:
    """What stands in the place of the value by now: the last of its corrections, or the value itself."""
    here = entry_id
    for _ in range(CHAIN):
        later = session.scalar(select(Entry.id).where(Entry.supersedes_id == here).order_by(Entry.id.desc()).limit(1))
        if later is None:
            break
        here = later
    return session.get_one(Entry, here)


def said_of(row: ValueQuery) -> Said:
    """What a row of the table says."""
    state = QueryState.OPEN
    if row.answered_at is not None:
        state = QueryState.CORRECTED if row.corrected else QueryState.KEPT
    return Said(row.public_id, state, row.text, row.created_at, row.answer, row.answered_at)


_person, _admin = aliased(Person), aliased(Person)
_LISTED: Any = (
    select(
        ValueQuery,
        Entry.public_id.label("value_id"),
        Entry.value.label("amount"),
        Entry.at.label("at"),
        Entry.note.label("note"),
        GoalKeyword.keyword,
        _person.name.label("person"),
        _admin.name.label("answered_by"),
    )
    .join(Entry, Entry.id == ValueQuery.entry_id)
    .join(TargetGoal, TargetGoal.goal_id == Entry.goal_id)
    .join(GoalKeyword, GoalKeyword.id == TargetGoal.keyword_id)
    .join(_person, _person.id == ValueQuery.person_id)
    .outerjoin(_admin, _admin.id == ValueQuery.answered_by_id)
)


def _rows(session: AnySession, statement: Any) -> list[QueryRow]:
    rows = session.execute(statement).all()
    by_now = _standing_of(session, {row[0].entry_id for row in rows})
    return [
        QueryRow(
            said=said_of(row[0]),
            value_id=row.value_id,
            person=row.person,
            keyword=row.keyword,
            amount=row.amount,
            at=row.at,
            note=PLAIN.open("entry.note", row.note) if row.note else "",
            now=by_now.get(row[0].entry_id),
            answered_by=row.answered_by or "",
        )
        for row in rows
    ]


def _standing_of(session: AnySession, entry_ids: Collection[int]) -> dict[int, Decimal]:
    """What stands in the place of each of these values that was corrected, however often."""
    found: dict[int, Decimal] = {}
    heads = {number: number for number in entry_ids}
    for _ in range(CHAIN):
        if not heads:
            break
        corrections = select(Entry.supersedes_id, Entry.id, Entry.value).where(Entry.supersedes_id.in_(sorted(heads)))
        later = {row.supersedes_id: row for row in session.execute(corrections.order_by(Entry.id))}
        found |= {first: later[here].value for here, first in heads.items() if here in later}
        heads = {later[here].id: first for here, first in heads.items() if here in later}
    return found
