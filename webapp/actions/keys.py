"""Making and rotating the keys that seal people's words."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from webapp.actions.audit import Tag, record
from webapp.models import ApiKey, DataKey, OutboxMessage, Token
from webapp.models.engine import AnySession
from webapp.queries.sealing import PersonalWords, keyring

BATCH = 500


def create(session: AnySession, person_id: int, now: datetime) -> PersonalWords:
    """The person has a key of their own; raises IntegrityError when they had one."""
    wrapped_by, wrapped = keyring.new_key(person_id)
    key = DataKey(person_id=person_id, wrapped_by=wrapped_by, wrapped=wrapped, created_at=now)
    session.add(key)
    session.flush()
    return keyring.words(person_id, key.id, wrapped_by, wrapped)


def rotate(session: AnySession, now: datetime) -> int:
    """At most 500 keys and messages more are wrapped by the current FIELD_KEYS entry; returns how many changed.

    Called, and committed, until it returns 0; people go on reading and writing meanwhile.
    """
    keys = session.scalars(select(DataKey).where(DataKey.wrapped_by != keyring.current).limit(BATCH).with_for_update())
    changed = 0
    for key in keys:
        key.wrapped_by, key.wrapped = keyring.rewrap(key.person_id, key.wrapped_by, key.wrapped)
        changed += 1
    changed += sum(_reseal(session, column) for column in (OutboxMessage.payload, Token.payload, ApiKey.secret))
    if changed:
        record(session, Tag.KEY_ROTATE, at=now, count=changed)
    session.flush()
    return changed


def _reseal(session: AnySession, column: InstrumentedAttribute[Any]) -> int:
    """What is sealed for nobody in particular in this column moves under the current key as well."""
    table, current = column.class_, keyring.current.encode().ljust(16, b"\x00")
    place = f"{table.__tablename__}.{column.key}"
    rows = session.execute(select(table.id, column).where(column.is_not(None)).with_for_update()).all()
    stale = [(number, sealed) for number, sealed in rows if sealed[:16] != current][:BATCH]
    for number, sealed in stale:
        anew = keyring.seal_for_system(place, keyring.open_for_system(place, sealed))
        session.execute(update(table).where(table.id == number).values({column: anew}))
    return len(stale)
