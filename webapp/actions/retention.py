"""Forgetting: what has served its purpose is deleted after the time named here (privacy, PR-5)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from webapp.actions import heartbeats, limits, pacing
from webapp.actions.answers import KEPT_FOR
from webapp.domain.api_keys import NONCES_KEPT
from webapp.domain.second_factors import RECOVERY_CODE
from webapp.models import (
    Authenticator,
    Delivery,
    IdempotentAnswer,
    Invitation,
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
INVITATIONS = timedelta(days=30)
COUNTERS = timedelta(days=2)
UPLOADS = timedelta(hours=1)
BEGUN_APPS = timedelta(days=1)
HEARTBEATS = timedelta(days=1)


def forget(session: AnySession, now: datetime) -> int:
    """Nothing is kept longer than its time; returns how many rows went. No event: it is nobody's act."""
    over = or_(SignIn.ended_at < now - SIGN_INS, SignIn.created_at < now - ABSOLUTE - SIGN_INS)
    over = or_(over, SignIn.seen_at < now - IDLE - SIGN_INS)
    let_in = PushSubscription.sign_in_id.in_(select(SignIn.id).where(over))
    count = _delete(session, PushSubscription, let_in) + _delete(session, SignIn, over)
    count += _delete(session, IdempotentAnswer, IdempotentAnswer.created_at < now - KEPT_FOR)
    over_codes = or_(Token.used_at < now - LINKS, Token.revoked_at < now - LINKS)
    over_tokens = or_(Token.expires_at < now - LINKS, and_(Token.purpose == RECOVERY_CODE, over_codes))
    session.execute(delete(ReadingToken).where(ReadingToken.token_id.in_(select(Token.id).where(over_tokens))))
    count += _delete(session, Token, over_tokens)
    over = or_(Invitation.ended_at < now - INVITATIONS, Invitation.expires_at < now - INVITATIONS)
    count += _delete(session, Invitation, over)
    begun = and_(Authenticator.confirmed_at.is_(None), Authenticator.created_at < now - BEGUN_APPS)
    count += _delete(session, Authenticator, begun)
    stale = update(Authenticator).where(Authenticator.next_at < now - BEGUN_APPS)
    count += len(session.execute(stale.values(next_secret=None, next_at=None).returning(Authenticator.id)).all())
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
