"""What waits to be sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from webapp.models import OutboxMessage
from webapp.models.engine import AnySession
from webapp.models.types import Instant


@dataclass(frozen=True, slots=True)
class Gate:
    """Which messages may leave at present: no mail at all when `mail` is False, and none to the closed domains. Mails
    to the slow ones are counted ("*" stands for all mail)."""

    mail: bool = True
    closed: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()

    def lets_through(self) -> list[ColumnElement[bool]]:
        """The same as conditions."""
        conditions = [] if self.mail else [OutboxMessage.channel != "mail"]
        if self.closed:
            conditions.append(or_(OutboxMessage.domain.is_(None), OutboxMessage.domain.not_in(sorted(self.closed))))
        return conditions


OPEN = Gate()


def ready(now: datetime, clock: datetime) -> list[ColumnElement[bool]]:
    """The conditions under which a message may be claimed: due by `now`, and its lease, if any, over by `clock`."""
    return [
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.failed_at.is_(None),
        OutboxMessage.due_at <= now,
        or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= clock),
    ]


def lease_clock(session: AnySession, now: datetime) -> datetime:
    """The clock by which leases run: the database server's, so that workers on different machines agree on it."""
    if session.get_bind().dialect.name == "postgresql":
        return session.execute(select(func.clock_timestamp(type_=Instant()))).scalar_one()
    return now


def any_ready(session: AnySession, now: datetime, gate: Gate = OPEN) -> bool:
    """Whether a message could be claimed; asks without locking anything."""
    statement = select(OutboxMessage.id).where(*ready(now, lease_clock(session, now)), *gate.lets_through()).limit(1)
    return session.execute(statement).first() is not None
