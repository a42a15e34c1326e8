"""Invitations into an organisation, for its admins and for whom they are addressed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.errors import NotFound
from webapp.domain.organisations import roles_in
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Invitation, Membership, MembershipRole, Organisation, Person, SignIn
from webapp.models.engine import AnySession
from webapp.queries import organisations
from webapp.queries.goals import is_public_id
from webapp.queries.people import email_key, secret_hash

MOST_LISTED = 200
SHOWN_EXPIRED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One that nobody has answered; `id` is its public id, `inviter` a name or "" for the operator. `is_void`: whoever
    asked may not any more, so that nobody can say yes; `has_expired`: its time is over."""

    id: str
    email: str
    roles: frozenset[Role]
    inviter: str
    created_at: datetime
    expires_at: datetime
    organisation: str
    is_void: bool
    has_expired: bool


_inviter = aliased(Person)
_there = (Membership.person_id == Invitation.inviter_id, Membership.organisation_id == Invitation.organisation_id)
_is_admin = (MembershipRole.membership_id == Membership.id, MembershipRole.role == Role.ADMIN)
_STILL_ADMIN = exists().where(*_there, *_is_admin, Membership.status == MembershipStatus.ACTIVE)
_MAY_ASK = or_(Invitation.inviter_id.is_(None), _STILL_ADMIN)
_COLUMNS = (
    Invitation.public_id,
    Invitation.email,
    Invitation.roles,
    _inviter.name.label("inviter"),
    Invitation.created_at,
    Invitation.expires_at,
    Organisation.name.label("organisation"),
    _MAY_ASK.label("may_ask"),
)


def unanswered(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an invitation waits for an answer."""
    return (Invitation.ended_at.is_(None), Invitation.expires_at > now)


def answerable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which yes can be said: it waits, and whoever asked is still an admin, or the operator."""
    return (*unanswered(now), _MAY_ASK)


def to_owner(person_id: int) -> ColumnElement[bool]:
    """Whether the invitation is addressed to this person, whose address is confirmed."""
    confirmed = (Person.id == person_id, Person.confirmed_at.is_not(None))
    return exists().where(*confirmed, Person.email_key == Invitation.email_key)


def waiting(session: AnySession, viewer: Viewer, organisation_id: int) -> list[InvitationRow]:
    """The organisation's invitations to which yes can be said, the newest first, for its admins; of very many the first
    two hundred. Raises as `organisations.permit`."""
    organisations.permit(viewer, organisation_id)
    return _rows(session, viewer.now, Invitation.organisation_id == organisation_id, *answerable(viewer.now))


def sent(session: AnySession, viewer: Viewer, organisation_id: int) -> list[InvitationRow]:
    """As `waiting`, with those that became void and those that have expired within the last seven days."""
    organisations.permit(viewer, organisation_id)
    open_ones = (Invitation.ended_at.is_(None), Invitation.expires_at > viewer.now - SHOWN_EXPIRED)
    return _rows(session, viewer.now, Invitation.organisation_id == organisation_id, *open_ones)


def addressed_to(session: AnySession, viewer: Viewer) -> list[InvitationRow]:
    """The invitations that wait for the viewer's answer, the newest first."""
    return _rows(session, viewer.now, to_owner(viewer.id), *answerable(viewer.now))


def find(session: AnySession, viewer: Viewer, public_id: str) -> InvitationRow:
    """One that waits for the viewer's answer; raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    mine = (to_owner(viewer.id), Invitation.public_id == public_id)
    found = _rows(session, viewer.now, *mine, *answerable(viewer.now))
    if not found:
        raise NotFound
    return found[0]


def home_of(session: AnySession, viewer: Viewer, public_id: str) -> int:
    """The number of the organisation that asks, of an invitation that waits for the viewer's answer; raises
    NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    mine = (to_owner(viewer.id), Invitation.public_id == public_id)
    home = session.scalar(select(Invitation.organisation_id).where(*mine, *answerable(viewer.now)))
    if home is None:
        raise NotFound
    return home


def waiting_at_sign_in(session: AnySession, secret: str, now: datetime) -> str | None:
    """The public id of the newest invitation that waits for whoever this secret has just signed in."""
    statement = select(Invitation.public_id).join(Person, Person.email_key == Invitation.email_key)
    statement = statement.join(SignIn, SignIn.person_id == Person.id).where(SignIn.secret_hash == secret_hash(secret))
    waits = (Person.confirmed_at.is_not(None), *answerable(now))
    return session.scalar(statement.where(*waits).order_by(Invitation.id.desc()).limit(1))


def is_member(session: AnySession, organisation_id: int, email: str) -> bool:
    """Whether who owns the address belongs to the organisation, suspended or not."""
    statement = select(Membership.id).join(Person, Person.id == Membership.person_id)
    theirs = (Person.email_key == email_key(email), Membership.organisation_id == organisation_id)
    return session.scalar(statement.where(*theirs, Membership.status != MembershipStatus.LEFT)) is not None


def _rows(session: AnySession, now: datetime, *which: ColumnElement[bool]) -> list[InvitationRow]:
    statement = select(*_COLUMNS).join(Organisation, Organisation.id == Invitation.organisation_id)
    statement = statement.outerjoin(_inviter, _inviter.id == Invitation.inviter_id).where(*which)
    rows: Sequence[Any] = session.execute(statement.order_by(Invitation.id.desc()).limit(MOST_LISTED)).all()
    return [
        InvitationRow(
            row.public_id,
            row.email,
            roles_in(row.roles),
            row.inviter or "",
            row.created_at,
            row.expires_at,
            row.organisation,
            not row.may_ask,
            row.expires_at <= now,
        )
        for row in rows
    ]
