"""Which domains give trouble at present, and what may leave to them."""

from datetime import datetime, timedelta

from sqlalchemy import String, and_, bindparam, func, or_, select

from webapp.models import LimitCount, MailPace
from webapp.models.engine import AnySession
from webapp.queries.outbox import OPEN, Gate

RELAY = "*"
"""Stands for every domain: the relay that carries all mails."""

WINDOW = timedelta(seconds=6)
MOST_IN_WINDOW = 10
"""A hundred a minute, spread over it."""

_KEY, _LONGEST = "pace:", 59  # what a counter's key has room for; very long names that begin alike share one

_counted = and_(
    LimitCount.key == bindparam("key", type_=String) + func.substr(MailPace.domain, 1, _LONGEST),
    LimitCount.window > bindparam("begun_after"),
)
_TROUBLED = (
    select(MailPace.domain, MailPace.hold_until, LimitCount.count.label("taken"))
    .outerjoin(LimitCount, _counted)
    .where(or_(MailPace.failures > 0, MailPace.slow_until > bindparam("now")))
)


def key_of(domain: str) -> str:
    """The key of the counter of a domain."""
    return _KEY + domain[:_LONGEST]


def gate(session: AnySession, now: datetime) -> Gate:
    """What may leave now: nothing to a domain that is held, nor to a slow one that has had its share for the moment."""
    asked = {"key": _KEY, "begun_after": now - WINDOW, "now": now}
    rows = session.connection().execute(_TROUBLED, asked).all()
    if not rows:
        return OPEN
    closed = {
        row.domain
        for row in rows
        if (row.hold_until is not None and row.hold_until > now) or (row.taken or 0) >= MOST_IN_WINDOW
    }
    slow = frozenset(row.domain for row in rows)
    return Gate(mail=RELAY not in closed, closed=frozenset(closed - {RELAY}), slow=slow)
