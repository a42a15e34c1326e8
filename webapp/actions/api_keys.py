"""Keys of organisations: made by an admin or the operator, shown once, kept as a SHA-256, ended by hand; their secrets
are kept sealed, since signatures are computed with them."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.actions import sign_ins
from webapp.actions.audit import Tag, record
from webapp.domain.api_keys import KEYS_PER_ORGANISATION, NONCES_KEPT, ApiKeyDraft
from webapp.domain.errors import Invalid, Problem
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.models import ApiKey, Organisation, UsedNonce
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries import api_keys as queries
from webapp.queries.ladders import facts_of
from webapp.queries.people import secret_hash
from webapp.queries.sealing import keyring

SHOWN = 20
"""So much of a key is kept to know it again by eye."""
_keys = table_of(ApiKey)


def create(session: AnySession, viewer: Viewer, organisation_id: int, draft: ApiKeyDraft) -> tuple[ApiKey, str, str]:
    """As `make`, by an admin of the organisation, who is told by mail; raises Refused for its other members, NotFound
    for everybody else."""
    require(viewer, Permission.LADDER_CHANGE, facts_of(organisation_id))
    made, key, secret = make(session, organisation_id, draft, viewer.now, viewer)
    sign_ins.tell_own(session, viewer, "key_made", made.public_id)
    return made, key, secret


def make(
    session: AnySession, organisation_id: int, draft: ApiKeyDraft, now: datetime, viewer: Viewer | None = None
) -> tuple[ApiKey, str, str]:
    """Programs of the organisation's can come in within the draft's scopes; the key and the secret it signs with are
    returned once. Without a viewer it is the operator who says so.

    Raises Invalid, also when the organisation has as many live keys as any may have.
    """
    draft = replace(draft, name=plain_name(draft.name))
    problems = draft.check()
    if not problems and _live(session, organisation_id) >= KEYS_PER_ORGANISATION:
        problems = [Problem("keys", "too_many", {"most": KEYS_PER_ORGANISATION})]
    if problems:
        raise Invalid(problems)
    key, secret = _random("key"), _random("secret")
    made = ApiKey(
        organisation_id=organisation_id,
        name=draft.name,
        key_hash=secret_hash(key),
        prefix=key[:SHOWN],
        secret=keyring.seal_for_system(queries.SECRET, secret),
        scopes=" ".join(sorted(set(draft.scopes))),
        signs=draft.signs,
        created_at=now,
        created_by_id=viewer.id if viewer else None,
    )
    session.add(made)
    session.flush()
    _log(session, Tag.API_KEY_CREATE, made, now, viewer)
    return made, key, secret


def revoke(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The key opens nothing any more, as an admin of its organisation says; a second time changes nothing.

    Raises NotFound for anything else.
    """
    end(session, queries.find(session, viewer, public_id), viewer.now, viewer)


def end(session: AnySession, key: ApiKey, now: datetime, viewer: Viewer | None = None) -> None:
    """The key opens nothing any more; a second time changes nothing. Without a viewer the operator says so."""
    if key.revoked_at is not None:
        return
    key.revoked_at = now
    _log(session, Tag.API_KEY_REVOKE, key, now, viewer)
    session.flush()


def keep_used(session: AnySession, key_id: int, now: datetime) -> None:
    """The key was last used now."""
    session.execute(update(_keys).where(_keys.c.id == key_id).values(used_at=now))


def use_up(session: AnySession, key_id: int, nonce: str, now: datetime) -> bool:
    """The nonce is used up for this key; returns False where it was within the last ten minutes.

    One atomic statement: of two requests at once that say the same one, the first alone is admitted.
    """
    table: Any = UsedNonce.__table__
    dialect = session.get_bind().dialect.name
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    statement = insert.values(key_id=key_id, nonce=nonce, at=now).on_conflict_do_update(
        index_elements=["key_id", "nonce"], set_={"at": now}, where=table.c.at < now - NONCES_KEPT
    )
    return session.execute(statement.returning(table.c.id)).scalar() is not None


def _random(kind: str) -> str:
    """256 random bits that say what they are; scanners of leaked files know them by start and checksum.

    The last six characters are the lower 24 bits of the CRC-32 of all before them, in hexadecimal.
    """
    body = f"aimline_{kind}_{secrets.token_urlsafe(32)}"
    return f"{body}{crc32(body.encode()) & 0xFFFFFF:06x}"


def _live(session: AnySession, organisation_id: int) -> int:
    """How many live keys there are; nobody makes another before this transaction ends."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True))
    live = (ApiKey.organisation_id == organisation_id, ApiKey.revoked_at.is_(None))
    return session.scalar(select(func.count()).select_from(ApiKey).where(*live)) or 0


def _log(session: AnySession, tag: Tag, key: ApiKey, now: datetime, viewer: Viewer | None) -> None:
    about: dict[str, Any] = {"scopes": key.scopes.split(), "signs": key.signs}
    record(session, tag, at=now, viewer=viewer, organisation_id=key.organisation_id, thing=key, **about)
