"""Making and rotating the keys that seal people's words."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from webapp.actions.audit import Tag, record
from webapp.models import DataKey, OutboxMessage, Token
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
    changed += _reseal(session, OutboxMessage, "outbox_message.payload")
    changed += _reseal(session, Token, "token.payload")
    if changed:
        record(session, Tag.KEY_ROTATE, at=now, count=changed)
    session.flush()
    return changed


def _reseal(session: AnySession, table: type[OutboxMessage] | type[Token], column: str) -> int:
    """Payloads that belong to nobody yet move under the current key as well."""
    current = keyring.current.encode().ljust(16, b"\x00")
    rows: Iterable[OutboxMessage | Token] = session.scalars(
        select(table).where(table.payload.is_not(None)).with_for_update()
    )
    stale = [row for row in rows if row.payload is not None and row.payload[:16] != current][:BATCH]
    for row in stale:
        assert row.payload is not None
        row.payload = keyring.seal_for_system(column, keyring.open_for_system(column, row.payload))
    return len(stale)
