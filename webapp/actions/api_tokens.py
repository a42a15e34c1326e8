"""Tokens of programs: made by their person, shown once, kept as a SHA-256, ended by time or by hand."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import func, select, update

from webapp.actions import sign_ins
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, Problem
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.domain.tokens import TOKENS_PER_PERSON, TokenDraft
from webapp.models import Person, ReadingToken, Token
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries import api_tokens as queries
from webapp.queries import reading_clients
from webapp.queries.people import secret_hash
from webapp.queries.signing import Claims, signer

SHOWN = 20
"""So much of a secret is kept to know it again by eye."""
_tokens = table_of(Token)


def create(session: AnySession, viewer: Viewer, draft: TokenDraft) -> tuple[Token, str]:
    """A program can act for the viewer within the draft's scopes, and they hear of it by mail; its secret is returned
    once and kept nowhere.

    By the reading contract it is a signed text that holds the secret, of use to one client alone. Raises Invalid, also
    when the viewer has as many live tokens as anybody may have.
    """
    draft = replace(draft, name=plain_name(draft.name))
    problems = draft.check()
    if not problems and _live(session, viewer) >= TOKENS_PER_PERSON:
        problems = [Problem("tokens", "too_many_tokens", {"most": TOKENS_PER_PERSON})]
    client = reading_clients.usable(session, viewer, draft.client) if draft.client and not problems else None
    if draft.client and client is None and not problems:
        problems = [Problem("client", "unknown_choice")]
    if problems:
        raise Invalid(problems)
    secret = new_secret(draft.contract)
    expires_at = viewer.now + timedelta(days=draft.days)
    token = Token(
        person_id=viewer.id,
        purpose=queries.PURPOSE,
        secret_hash=secret_hash(secret),
        name=draft.name,
        prefix=secret[:SHOWN],
        contract=draft.contract.value,
        scopes=" ".join(sorted(set(draft.scopes))),
        created_at=viewer.now,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    if client is not None:
        session.add(ReadingToken(token_id=token.id, client_id=client.id))
        person = viewer.public_id
        lives, home = (viewer.now, expires_at), client.organisation_id
        secret = signer.sign(Claims(secret, person, client.client_id, draft.scopes, *lives, home))
    record(session, Tag.TOKEN_CREATE, at=viewer.now, viewer=viewer, thing=token, contract=token.contract)
    sign_ins.tell_own(session, viewer, "token_made", token.public_id)
    return token, secret


def revoke(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The viewer's token opens nothing any more; NotFound for anything else, and a second time changes nothing."""
    token = queries.find(session, viewer, public_id)
    if token.revoked_at is not None:
        return
    token.revoked_at = viewer.now
    record(session, Tag.TOKEN_REVOKE, at=viewer.now, viewer=viewer, thing=token)
    session.flush()


def revoke_all(session: AnySession, person_id: int, now: datetime) -> int:
    """No program acts for the person any more; returns how many could."""
    theirs = (Token.person_id == person_id, queries.OF_PROGRAMS, *queries.live(now))
    return len(session.execute(update(Token).where(*theirs).values(revoked_at=now).returning(Token.id)).all())


def keep_used(session: AnySession, token_id: int, now: datetime) -> None:
    """The token was last used now."""
    session.execute(update(_tokens).where(_tokens.c.id == token_id).values(used_at=now))


def new_secret(kind: str) -> str:
    """A secret of 256 random bits that says what it is; scanners of leaked files know it by its start and checksum.

    The last six characters are the lower 24 bits of the CRC-32 of all before them, in hexadecimal.
    """
    body = f"aimline_{kind}_{secrets.token_urlsafe(32)}"
    return f"{body}{crc32(body.encode()) & 0xFFFFFF:06x}"


def _live(session: AnySession, viewer: Viewer) -> int:
    """How many tokens the viewer has; nobody makes another of theirs before this transaction ends."""
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
    mine = (Token.person_id == viewer.id, queries.OF_PROGRAMS, *queries.live(viewer.now))
    return session.scalar(select(func.count()).select_from(Token).where(*mine)) or 0
