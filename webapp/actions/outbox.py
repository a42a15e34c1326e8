"""The outbox: messages are written with the act that causes them, and leave after it is durable (at least once)."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, case, or_, select, tuple_, update

from webapp.domain.reminders import STALE
from webapp.models import OutboxMessage
from webapp.models.base import new_public_id, table_of
from webapp.models.engine import AnySession
from webapp.queries.outbox import OPEN, Gate, lease_clock, ready
from webapp.queries.sealing import keyring

COLUMN = "outbox_message.payload"
LEASE = timedelta(minutes=5)
BATCH = 10
"""So many a worker takes at once: what a crash leaves behind waits for its lease to end."""

MOST_ATTEMPTS = 12
SUSPECT = 2
"""So many tries of which nothing was heard: whoever tried is dead."""

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
SPARED = timedelta(days=3)


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
    channel: str
    domain: str | None
    attempt: str
    attempts: int
    expires_at: datetime | None
    payload: bytes | None = field(repr=False)


_CLAIMED = (
    OutboxMessage.id,
    OutboxMessage.public_id,
    OutboxMessage.person_id,
    OutboxMessage.channel,
    OutboxMessage.domain,
    OutboxMessage.attempt,
    OutboxMessage.attempts,
    OutboxMessage.expires_at,
    OutboxMessage.payload,
)


def enqueue(
    session: AnySession,
    person_id: int | None,
    to: str,
    template: str,
    dedupe_key: str,
    now: datetime,
    expires_at: datetime | None = None,
    *,
    channel: str = "mail",
    locale: str = "en",
    zone: str = "Etc/UTC",
    **values: Any,
) -> OutboxMessage:
    """A message waits, sealed; raises IntegrityError when one with this key was planned before. What is not mailed is
    paced by no domain."""
    letter = {"to": to, "template": template, "locale": locale, "zone": zone, "values": values}
    message = OutboxMessage(
        person_id=person_id,
        channel=channel,
        domain=domain_of(to) if channel == "mail" else None,
        dedupe_key=dedupe_key,
        payload=keyring.seal_for_system(COLUMN, json.dumps(letter)),
        created_at=now,
        due_at=now,
        expires_at=expires_at,
    )
    session.add(message)
    session.flush()
    return message


def domain_of(address: str) -> str:
    """The domain of a mail address, by which mails are paced."""
    return address.rpartition("@")[2].strip().lower()[:255]


def letter_of(claim: Claim) -> Letter:
    """The message as it was written; raises SealBroken, ValueError or TypeError when it cannot be read."""
    if claim.payload is None:
        raise ValueError("empty")
    return Letter(**json.loads(keyring.open_for_system(COLUMN, claim.payload)))


def claim(session: AnySession, now: datetime, gate: Gate = OPEN, most: int = BATCH) -> list[Claim]:
    """The messages that have waited longest, of those the gate lets through, belong to the caller for five minutes; one
    over which workers have died goes alone, after all others, so that it takes none with it.

    Two workers never get the same one: PostgreSQL skips rows others hold, SQLite has one writer at a time.
    """
    clock = lease_clock(session, now)
    waiting = (*ready(now, clock), *gate.lets_through())
    harmless = or_(OutboxMessage.attempts < SUSPECT, OutboxMessage.failure.is_not(None))
    return _claim(session, clock, (*waiting, harmless), most) or _claim(session, clock, waiting, 1)


def _claim(session: AnySession, clock: datetime, waiting: Sequence[ColumnElement[bool]], most: int) -> list[Claim]:
    first = select(OutboxMessage.id).where(*waiting)
    first = first.order_by(OutboxMessage.due_at, OutboxMessage.id).limit(most)
    chosen = first.with_for_update(skip_locked=True).cte("chosen").prefix_with("MATERIALIZED")
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(chosen.c.id)))
        .values(leased_until=clock + LEASE, attempt=new_public_id(), attempts=OutboxMessage.attempts + 1)
        .returning(*_CLAIMED)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claim(**row._asdict()) for row in session.execute(statement)), key=lambda one: one.id)


def release(session: AnySession, claims: Sequence[Claim]) -> None:
    """Messages that were claimed and not tried wait again, as if nobody had claimed them."""
    mine = [(claim.id, claim.attempt) for claim in claims]
    held = update(OutboxMessage).where(tuple_(OutboxMessage.id, OutboxMessage.attempt).in_(mine))
    given_back = {"leased_until": None, "attempt": None, "attempts": OutboxMessage.attempts - 1}
    session.execute(held.values(**given_back), execution_options={"synchronize_session": False})


def mark_sent(session: AnySession, claim: Claim, now: datetime) -> bool:
    """The message is sent and its words are gone; False when the lease had passed to another worker."""
    return _settle(session, claim, sent_at=now, payload=None)


def postpone(session: AnySession, claim: Claim, now: datetime, failure: str) -> bool:
    """The message waits longer after each failure, 30 seconds up to an hour, and is set aside after the twelfth."""
    if claim.attempts >= MOST_ATTEMPTS:
        return set_aside(session, claim, now, failure)
    return _settle(session, claim, due_at=now + _pause(claim.attempts), failure=failure[:60])


def wait_for_relay(session: AnySession, claim: Claim, now: datetime, failure: str) -> bool:
    """The message waits for whoever carries all of them; in its first three days that is no try of its own, so that
    nothing is lost because the relay was away."""
    young = OutboxMessage.created_at > now - SPARED
    spared = case((young, OutboxMessage.attempts - 1), else_=OutboxMessage.attempts)
    held = update(OutboxMessage).where(OutboxMessage.id == claim.id, OutboxMessage.attempt == claim.attempt)
    waits = {"leased_until": None, "attempt": None, "due_at": now + _pause(1), "failure": failure[:60]}
    result = session.connection().execute(held.values(**waits, attempts=spared))
    return result.rowcount == 1


def hold(session: AnySession, claim: Claim, until: datetime) -> bool:
    """The message waits until then, for its person wants quiet, and is of use for as long as ever after that."""
    return _settle(session, claim, due_at=until, expires_at=until + STALE, attempts=claim.attempts - 1)


def set_aside(session: AnySession, claim: Claim, now: datetime, failure: str) -> bool:
    """The message is given up for the reason named; its words are gone, and it stands in nobody's way."""
    return _settle(session, claim, failed_at=now, failure=failure[:60], payload=None)


def cancel(session: AnySession, begins: str, now: datetime) -> None:
    """Messages whose keys begin so, and that have not left yet, never do; their words are gone."""
    waiting = (OutboxMessage.dedupe_key.startswith(begins, autoescape=True), OutboxMessage.sent_at.is_(None))
    dropped = update(OutboxMessage).where(*waiting, OutboxMessage.failed_at.is_(None))
    session.execute(dropped.values(failed_at=now, failure="cancelled", payload=None))


def _pause(attempts: int) -> timedelta:
    pause: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
    return pause * (1 - random.random() / 4)  # noqa: S311 - spreads retries, guards nothing


def _settle(session: AnySession, claim: Claim, **values: Any) -> bool:
    """The lease is given back together with its outcome, but only by the one who still holds it."""
    mine = {"mine": claim.id, "held": claim.attempt}
    return session.connection().execute(_settlement(tuple(sorted(values))), {**values, **mine}).rowcount == 1


@cache
def _settlement(names: tuple[str, ...]) -> Update:
    """The statement that settles with values for these columns; built once, for building costs more than running it."""
    table = table_of(OutboxMessage)
    held = (table.c.id == bindparam("mine"), table.c.attempt == bindparam("held"))
    outcome: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(table).where(*held).values(leased_until=None, attempt=None, **outcome)
