"""Forgetting: what has served its purpose is deleted after the time named here (privacy, PR-5)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from webapp.actions import heartbeats, limits, pacing
from webapp.actions.answers import KEPT_FOR
from webapp.domain.api_keys import NONCES_KEPT
from webapp.models import (
    Delivery,
    IdempotentAnswer,
    OutboxMessage,
    PushSubscription,
    ReadingToken,
    SignIn,
    Token,
    Upload,
    UsedNonce,
)
from webapp.models.base import Numbered
from webapp.models.engine import AnySession
from webapp.queries.people import ABSOLUTE, IDLE

SIGN_INS = timedelta(days=30)
MAIL_BODIES = timedelta(days=7)
MAILS = timedelta(days=30)
DELIVERIES = timedelta(days=30)
LINKS = timedelta(days=30)
COUNTERS = timedelta(days=2)
UPLOADS = timedelta(hours=1)
HEARTBEATS = timedelta(days=1)


def forget(session: AnySession, now: datetime) -> int:
    """Nothing is kept longer than its time; returns how many rows went. No event: it is nobody's act."""
    over = or_(SignIn.ended_at < now - SIGN_INS, SignIn.created_at < now - ABSOLUTE - SIGN_INS)
    over = or_(over, SignIn.seen_at < now - IDLE - SIGN_INS)
    let_in = PushSubscription.sign_in_id.in_(select(SignIn.id).where(over))
    count = _delete(session, PushSubscription, let_in) + _delete(session, SignIn, over)
    count += _delete(session, IdempotentAnswer, IdempotentAnswer.created_at < now - KEPT_FOR)
    over_tokens = Token.expires_at < now - LINKS
    session.execute(delete(ReadingToken).where(ReadingToken.token_id.in_(select(Token.id).where(over_tokens))))
    count += _delete(session, Token, over_tokens)
    count += _delete(session, Upload, Upload.created_at < now - UPLOADS)
    count += _delete(session, UsedNonce, UsedNonce.at < now - NONCES_KEPT)
    settled = or_(OutboxMessage.sent_at < now - MAILS, OutboxMessage.failed_at < now - MAILS)
    with_them = Delivery.message_id.in_(select(OutboxMessage.id).where(settled))
    count += _delete(session, Delivery, or_(Delivery.at < now - DELIVERIES, with_them))
    count += _delete(session, OutboxMessage, settled)
    count += _empty_mails(session, now)
    count += heartbeats.forget_before(session, now - HEARTBEATS)
    limits.forget_before(session, now - COUNTERS)
    pacing.forget_before(session, now - COUNTERS)
    session.flush()
    return count


def _empty_mails(session: AnySession, now: datetime) -> int:
    """The words of a mail that never left are gone, and with them the last try to send it."""
    stale = (OutboxMessage.payload.is_not(None), OutboxMessage.created_at < now - MAIL_BODIES)
    given_up = {"payload": None, "failed_at": now, "failure": "too old", "leased_until": None, "attempt": None}
    waiting = update(OutboxMessage).where(*stale, OutboxMessage.sent_at.is_(None)).values(**given_up)
    return len(session.execute(waiting.returning(OutboxMessage.id)).all())


def _delete(session: AnySession, table: type[Numbered], where: ColumnElement[bool]) -> int:
    return len(session.execute(delete(table).where(where).returning(table.id)).all())
