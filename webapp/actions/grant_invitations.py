"""A therapist asks the owner of an address to share: by a mail that says neither who asks nor for what."""

import secrets
from datetime import timedelta

from sqlalchemy import update

from webapp.actions import grants, outbox
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.grants import CODE_BITS, INVITATION_DAYS, GrantDraft, code_of
from webapp.domain.identity import email_problems
from webapp.domain.people import Role, Viewer
from webapp.models import Grant, GrantInvitation, TherapistCode
from webapp.models.engine import AnySession
from webapp.queries import grant_invitations as queries
from webapp.queries.goals import is_public_id
from webapp.queries.grants import code_for
from webapp.queries.people import secret_hash


def invite(session: AnySession, viewer: Viewer, address: str) -> GrantInvitation:
    """A mail is on its way to the address, whoever owns it; an older open invitation to it is withdrawn.

    Raises Invalid for what is no address.
    """
    _require_therapist(viewer)
    if problems := email_problems(address):
        raise Invalid(problems)
    same = (GrantInvitation.therapist_id == viewer.id, GrantInvitation.address_hash == queries.address_hash(address))
    older = update(GrantInvitation).where(*same, *queries.unanswered(viewer.now)).values(withdrawn_at=viewer.now)
    session.execute(older)
    secret = secrets.token_urlsafe(32)
    invitation = GrantInvitation(
        therapist_id=viewer.id,
        address=viewer.words.seal(queries.ADDRESS, address),
        address_hash=queries.address_hash(address),
        secret_hash=secret_hash(secret),
        created_at=viewer.now,
        expires_at=viewer.now + timedelta(days=INVITATION_DAYS),
    )
    session.add(invitation)
    session.flush()
    key, locale = f"invitation:{invitation.public_id}", viewer.locale
    outbox.enqueue(
        session, None, address, "invitation", key, viewer.now, invitation.expires_at, locale=locale, token=secret
    )
    record(session, Tag.GRANT_INVITE, at=viewer.now, viewer=viewer, thing=invitation)
    session.flush()
    return invitation


def withdraw(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The viewer's invitation opens nothing any more; raises NotFound for one that does not wait."""
    _require_therapist(viewer)
    if not is_public_id(public_id):
        raise NotFound
    mine = (GrantInvitation.public_id == public_id, GrantInvitation.therapist_id == viewer.id)
    statement = update(GrantInvitation).where(*mine, *queries.unanswered(viewer.now)).values(withdrawn_at=viewer.now)
    invitation = session.execute(statement.returning(GrantInvitation)).scalar_one_or_none()
    if invitation is None:
        raise NotFound
    outbox.cancel(session, f"invitation:{public_id}", viewer.now)
    record(session, Tag.GRANT_WITHDRAW_INVITATION, at=viewer.now, viewer=viewer, thing=invitation)
    session.flush()


def answer(session: AnySession, viewer: Viewer, key: str, draft: GrantDraft) -> Grant:
    """The therapist who invited the viewer sees what the draft says; the invitation is used up by one atomic
    statement, so that of two answers at once one gets NotFound. Raises Invalid."""
    offer, _ = queries.find_offer(session, viewer, key)
    used = update(GrantInvitation).where(GrantInvitation.id == offer.id, *queries.unanswered(viewer.now))
    if session.execute(used.values(answered_at=viewer.now).returning(GrantInvitation.id)).first() is None:
        raise NotFound
    grant = grants.give(session, viewer, offer.therapist_id, draft)
    session.execute(update(GrantInvitation).where(GrantInvitation.id == offer.id).values(grant_id=grant.id))
    return grant


def renew_code(session: AnySession, viewer: Viewer) -> TherapistCode:
    """The viewer, a therapist, has a new code, and the one before it is nobody's."""
    _require_therapist(viewer)
    grants.hold(session, viewer.id)
    code = code_for(session, viewer) or TherapistCode(person_id=viewer.id)
    code.code, code.created_at = code_of(secrets.randbits(CODE_BITS)), viewer.now
    session.add(code)
    session.flush()
    record(session, Tag.THERAPIST_CODE_RENEW, at=viewer.now, viewer=viewer, thing=code)
    session.flush()
    return code


def _require_therapist(viewer: Viewer) -> None:
    if not viewer.has(Role.THERAPIST):
        raise NotFound
