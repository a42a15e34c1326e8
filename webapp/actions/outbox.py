"""The outbox: messages are written with the act that causes them, and leave after it is durable (at least once)."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from webapp.models import OutboxMessage
from webapp.models.base import new_public_id
from webapp.models.engine import AnySession
from webapp.queries.outbox import lease_clock, ready
from webapp.queries.sealing import keyring

COLUMN = "outbox_message.payload"
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Letter:
    """What is to be said, to whom, in which language and zone; the words come from the template of that name."""

    to: str = field(repr=False)
    template: str
    locale: str
    zone: str
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Claim:
    """One worker's right to send one message, until its lease ends; `attempt` proves it."""

    id: int
    public_id: str
    person_id: int | None
    attempt: str
    attempts: int
    expires_at: datetime | None
    payload: bytes | None = field(repr=False)


def enqueue(
    session: AnySession,
    person_id: int | None,
    to: str,
    template: str,
    dedupe_key: str,
    now: datetime,
    expires_at: datetime | None = None,
    *,
    locale: str = "en",
    zone: str = "Etc/UTC",
    **values: Any,
) -> OutboxMessage:
    """A message waits, sealed; raises IntegrityError when one with this key was planned before."""
    letter = {"to": to, "template": template, "locale": locale, "zone": zone, "values": values}
    message = OutboxMessage(
        person_id=person_id,
        channel="mail",
        dedupe_key=dedupe_key,
        payload=keyring.seal_for_system(COLUMN, json.dumps(letter)),
        created_at=now,
        due_at=now,
        expires_at=expires_at,
    )
    session.add(message)
    session.flush()
    return message


def letter_of(claim: Claim) -> Letter:
    """The message as it was written; raises SealBroken, ValueError or TypeError when it cannot be read."""
    if claim.payload is None:
        raise ValueError("empty")
    return Letter(**json.loads(keyring.open_for_system(COLUMN, claim.payload)))


def claim(session: AnySession, now: datetime) -> Claim | None:
    """The longest waiting message belongs to the caller for five minutes, or None when nothing is due.

    Two workers never get the same one: PostgreSQL skips rows others hold, SQLite has one writer at a time.
    """
    clock = lease_clock(session, now)
    waiting = ready(now, clock)
    first = select(OutboxMessage.id).where(*waiting).order_by(OutboxMessage.due_at, OutboxMessage.id).limit(1)
    chosen = first.with_for_update(skip_locked=True).scalar_subquery()
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id == chosen, *waiting)
        .values(leased_until=clock + LEASE, attempt=new_public_id(), attempts=OutboxMessage.attempts + 1)
        .returning(
            OutboxMessage.id,
            OutboxMessage.public_id,
            OutboxMessage.person_id,
            OutboxMessage.attempt,
            OutboxMessage.attempts,
            OutboxMessage.expires_at,
            OutboxMessage.payload,
        )
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).one_or_none()
    return Claim(**row._asdict()) if row else None


def mark_sent(session: AnySession, claim: Claim, now: datetime) -> bool:
    """The message is sent and its words are gone; False when the lease had passed to another worker."""
    return _settle(session, claim, sent_at=now, payload=None)


def postpone(session: AnySession, claim: Claim, now: datetime, failure: str) -> bool:
    """The message waits longer after each failure, 30 seconds up to an hour, and is set aside after the twelfth."""
    if claim.attempts >= MOST_ATTEMPTS:
        return set_aside(session, claim, now, failure)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (claim.attempts - 1))
    jitter = 1 - random.random() / 4  # noqa: S311 - spreads retries, guards nothing
    return _settle(session, claim, due_at=now + pause * jitter, failure=failure[:60])


def set_aside(session: AnySession, claim: Claim, now: datetime, failure: str) -> bool:
    """The message is given up for the reason named; its words are gone, and it stands in nobody's way."""
    return _settle(session, claim, failed_at=now, failure=failure[:60], payload=None)


def cancel(session: AnySession, begins: str, now: datetime) -> None:
    """Messages whose keys begin so, and that have not left yet, never do; their words are gone."""
    waiting = (OutboxMessage.dedupe_key.startswith(begins, autoescape=True), OutboxMessage.sent_at.is_(None))
    dropped = update(OutboxMessage).where(*waiting, OutboxMessage.failed_at.is_(None))
    session.execute(dropped.values(failed_at=now, failure="cancelled", payload=None))


def _settle(session: AnySession, claim: Claim, **values: Any) -> bool:
    """The lease is given back together with its outcome, but only by the one who still holds it."""
    mine: list[ColumnElement[bool]] = [OutboxMessage.id == claim.id, OutboxMessage.attempt == claim.attempt]
    statement = update(OutboxMessage).where(*mine).values(leased_until=None, attempt=None, **values)
    statement = statement.returning(OutboxMessage.id).execution_options(synchronize_session=False)
    return session.execute(statement).first() is not None
