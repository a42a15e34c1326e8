"""Invitations to share: a therapist's own, and those to the viewer's own verified address."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.models import GrantInvitation, Person
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.grants import MOST_LISTED, practising
from webapp.queries.people import email_key, secret_hash

ADDRESS = "grant_invitation.address"


class InvitationState(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a therapist sent; `address` is as they typed it."""

    id: str
    address: str
    state: InvitationState
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as the person it was sent to sees it."""

    id: str
    therapist: str
    expires_at: datetime


def sent_by(session: AnySession, viewer: Viewer) -> list[Invitation]:
    """The viewer's latest hundred invitations, the newest first; never a secret."""
    statement = select(GrantInvitation).where(GrantInvitation.therapist_id == viewer.id)
    statement = statement.order_by(GrantInvitation.id.desc()).limit(MOST_LISTED)
    return [
        Invitation(
            id=one.public_id,
            address=viewer.words.open(ADDRESS, one.address),
            state=_state(one, viewer.now),
            created_at=one.created_at,
            expires_at=one.expires_at,
        )
        for one in session.scalars(statement)
    ]


def offers_to(session: AnySession, viewer: Viewer) -> list[Offer]:
    """Open invitations to the viewer's own address, the newest first."""
    statement = select(GrantInvitation.public_id, Person.name, GrantInvitation.expires_at)
    statement = statement.join(Person, Person.id == GrantInvitation.therapist_id).where(*open_to(viewer))
    rows = session.execute(statement.order_by(GrantInvitation.id.desc()).limit(MOST_LISTED))
    return [Offer(row.public_id, row.name, row.expires_at) for row in rows]


def find_offer(session: AnySession, viewer: Viewer, key: str) -> tuple[GrantInvitation, str]:
    """The open invitation to the viewer's own address that a mailed secret or a public id names, and who sent it.

    Raises NotFound, the same for a dead link and for everybody else's.
    """
    named = GrantInvitation.secret_hash == secret_hash(key)
    if is_public_id(key):
        named = GrantInvitation.public_id == key
    statement = select(GrantInvitation, Person.name).join(Person, Person.id == GrantInvitation.therapist_id)
    row = session.execute(statement.where(named, *open_to(viewer))).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def open_to(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The conditions of an invitation, joined with its therapist as Person, that the viewer can answer now."""
    owner = aliased(Person)
    verified = exists().where(owner.id == viewer.id, owner.confirmed_at.is_not(None))
    to_them = (GrantInvitation.address_hash == address_hash(viewer.email), GrantInvitation.therapist_id != viewer.id)
    return (*to_them, verified, *unanswered(viewer.now), *practising())


def unanswered(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions of an invitation that still waits."""
    neither = (GrantInvitation.answered_at.is_(None), GrantInvitation.withdrawn_at.is_(None))
    return (*neither, GrantInvitation.expires_at > now)


def address_hash(email: str) -> bytes:
    """The SHA-256 by which an address is known again, however it is written."""
    return hashlib.sha256(email_key(email).encode()).digest()


def _state(one: GrantInvitation, now: datetime) -> InvitationState:
    if one.answered_at is not None:
        return InvitationState.ANSWERED
    if one.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.LAPSED if one.expires_at <= now else InvitationState.WAITING
