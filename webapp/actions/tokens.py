"""Mailed links, and secrets of one use that wait in a browser: 256 random bits kept as their SHA-256, which end after
30 minutes or sooner, one use, or a newer one.

Those of sign-ups stay open beside each other until one is confirmed: anybody may sign up with somebody else's address,
and must not end that person's own link by it. So do the challenges of passkeys, and sign-ins that wait for a second
step: one browser does not end what another has begun.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update

from webapp.domain.errors import NotFound
from webapp.domain.identity import Purpose
from webapp.domain.second_factors import CHALLENGE_LIVES, SECOND_STEP_LIVES
from webapp.models import Person, Token
from webapp.models.engine import AnySession
from webapp.queries.people import email_key, opens, secret_hash
from webapp.queries.sealing import keyring

LIFETIME = timedelta(minutes=30)
LIVES = {
    Purpose.SECOND_STEP: SECOND_STEP_LIVES,
    Purpose.PASSKEY: CHALLENGE_LIVES,
    Purpose.PASSKEY_NEW: CHALLENGE_LIVES,
}
"""How long those live that do not travel by mail."""
BESIDE = (Purpose.SIGN_UP, *LIVES)
"""Purposes of which a newer secret ends no older one."""


def issue(
    session: AnySession,
    purpose: Purpose,
    *,
    address: str,
    now: datetime,
    person_id: int | None = None,
    payload: str | None = None,
) -> tuple[Token, str]:
    """A new link and its secret, which is kept nowhere; older ones to the same end, where
    they do not stay beside each other, are dead."""
    key = email_key(address)
    if purpose not in BESIDE:
        nobodys = (Token.address == key) & Token.person_id.is_(None)
        same = nobodys if person_id is None else Token.person_id == person_id
        session.execute(update(Token).where(Token.purpose == purpose.value, same, *_unused()).values(revoked_at=now))
    secret = secrets.token_urlsafe(32)
    token = Token(
        purpose=purpose.value,
        person_id=person_id,
        address=key,
        secret_hash=secret_hash(secret),
        payload=keyring.seal_for_system("token.payload", payload) if payload is not None else None,
        created_at=now,
        expires_at=now + LIVES.get(purpose, LIFETIME),
    )
    session.add(token)
    session.flush()
    return token, secret


def redeem(session: AnySession, purpose: Purpose, secret: str, now: datetime) -> Token:
    """The link is used up by one atomic statement, so that of two who come at once one gets NotFound.

    Of a link that has a person, or is used by one, they are held first: `sign_ins.redeem`.
    """
    statement = update(Token).where(*opens(purpose, secret, now)).values(used_at=now).returning(Token)
    token = session.execute(statement).scalar_one_or_none()
    if token is None:
        raise NotFound
    return token


def hold_sign_ups(session: AnySession, purpose: Purpose, secret: str, now: datetime) -> None:
    """Of all who become, or cease to be, the person of an address, one goes on before this transaction ends: each ends
    the sign-ups with it that another confirms, and would wait for the other's person. The address is that of this link,
    or of its person; called before anything else is held."""
    address = select(func.coalesce(Person.email_key, Token.address)).select_from(Token)
    address = address.outerjoin(Person, Person.id == Token.person_id).where(*opens(purpose, secret, now))
    beside = select(Token.id).where(
        Token.purpose == Purpose.SIGN_UP.value, Token.address == address.scalar_subquery(), *_unused()
    )
    session.execute(beside.order_by(Token.id).with_for_update())


def payload_of(token: Token) -> str:
    """What waited in the link to be confirmed."""
    assert token.payload is not None
    return keyring.open_for_system("token.payload", token.payload)


def revoke_links(session: AnySession, *, person_id: int, address: str, now: datetime) -> None:
    """No link of this person, and none sent to this address for nobody yet, opens anything any more."""
    nobodys = (Token.address == email_key(address)) & Token.person_id.is_(None)
    theirs = or_(Token.person_id == person_id, nobodys)
    session.execute(update(Token).where(Token.purpose.in_(list(Purpose)), theirs, *_unused()).values(revoked_at=now))


def _unused() -> list[ColumnElement[bool]]:
    return [Token.used_at.is_(None), Token.revoked_at.is_(None)]
