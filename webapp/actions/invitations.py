"""Asking somebody into an organisation. Nothing secret is mailed: only who is signed in with the invited address, which
they have confirmed, can answer (security AN-12)."""

from datetime import datetime

from sqlalchemy import update

from webapp.actions import memberships, outbox, roll_ups, sign_ins, tokens
from webapp.actions import people as accounts
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from webapp.domain.identity import CONSENT_VERSION, Purpose, SignUp, plain_name
from webapp.domain.organisations import INVITATION_LIVES, InvitationDraft, OrganisationDraft, may_make, roles_in
from webapp.domain.people import Role, Viewer
from webapp.models import Invitation, Membership, Organisation, Person, Token
from webapp.models.engine import AnySession
from webapp.queries import invitations as queries
from webapp.queries import organisations
from webapp.queries.people import email_key


def invite(session: AnySession, viewer: Viewer, organisation_id: int, draft: InvitationDraft) -> Invitation:
    """A mail is on its way to the address, whoever owns it; an older invitation to it is over.

    Raises Invalid, Refused for roles that the viewer may not give at this very moment, and as `organisations.permit`.
    """
    organisations.permit(viewer, organisation_id)
    if problems := draft.check():
        raise Invalid(problems)
    roll_ups.hold(session, organisation_id)
    _permit(session, organisation_id, viewer.id, draft.roles)
    if queries.is_member(session, organisation_id, draft.email):
        raise Invalid([Problem("email", "member_already")])
    open_one = (Invitation.organisation_id == organisation_id, Invitation.email_key == email_key(draft.email))
    session.execute(update(Invitation).where(*open_one, Invitation.ended_at.is_(None)).values(ended_at=viewer.now))
    invitation = Invitation(
        organisation_id=organisation_id,
        inviter_id=viewer.id,
        email=draft.email,
        email_key=email_key(draft.email),
        roles=" ".join(sorted(draft.roles)),
        created_at=viewer.now,
        expires_at=viewer.now + INVITATION_LIVES,
    )
    session.add(invitation)
    session.flush()
    key, until = f"organisation-invitation:{invitation.public_id}", invitation.expires_at
    values = {"invitation": invitation.public_id, "address": draft.email}
    name = "organisation-invitation"
    outbox.enqueue(session, None, draft.email, name, key, viewer.now, until, locale=viewer.locale, **values)
    _log(session, viewer, invitation, Tag.INVITATION_SEND)
    return invitation


def withdraw(session: AnySession, viewer: Viewer, organisation_id: int, public_id: str) -> None:
    """Nobody can answer the invitation any more; raises NotFound for one that does not wait, and as `permit`."""
    organisations.permit(viewer, organisation_id)
    roll_ups.hold(session, organisation_id)
    memberships.permit_now(session, viewer, organisation_id)
    invitation = _end(session, viewer.now, Invitation.public_id == public_id, organisation_id=organisation_id)
    outbox.cancel(session, f"organisation-invitation:{public_id}", viewer.now)
    _log(session, viewer, invitation, Tag.INVITATION_WITHDRAW)


def accept(session: AnySession, viewer: Viewer, public_id: str) -> Membership:
    """The viewer, whose address was invited, belongs to the organisation; of ten answers at once one counts and the
    others get NotFound. Other devices are signed out; the caller gives this one a new secret.

    Raises NotFound also when whoever invited may not give these roles any more, Conflict for who belongs already and
    Refused for who is suspended.
    """
    person = sign_ins.hold_live(session, Person.id == viewer.id)
    if person is None:
        raise NotFound
    home = queries.home_of(session, viewer, public_id)
    roll_ups.hold(session, home)  # as who invites does: whether whoever asked is still an admin is settled from here on
    mine = (Invitation.public_id == public_id, Invitation.email_key == person.email_key)
    invitation = _end(session, viewer.now, *mine, *queries.answerable(viewer.now), accepted_by_id=viewer.id)
    roles = roles_in(invitation.roles)
    membership = memberships.join(session, viewer.id, home, roles, viewer.now, viewer=viewer)
    sign_ins.end_of_person(session, viewer.id, viewer.now, keep=viewer.session_id)
    _log(session, viewer, invitation, Tag.INVITATION_ACCEPT)
    return membership


def decline(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The invitation is over, and nothing has changed; raises NotFound for one that is none of the viewer's."""
    queries.home_of(session, viewer, public_id)
    invitation = _end(session, viewer.now, Invitation.public_id == public_id, queries.to_owner(viewer.id))
    _log(session, viewer, invitation, Tag.INVITATION_DECLINE)


def organisation_named(session: AnySession, name: str, zone: str | None, now: datetime) -> Organisation:
    """The organisation of this name, made when there is none of it, in UTC unless a zone is named.

    Raises Invalid, and Conflict where there is one in another zone than the named one.
    """
    draft = OrganisationDraft(name.strip(), zone or "Etc/UTC")
    if problems := draft.check():
        raise Invalid(problems)
    there = organisations.by_name(session, draft.name)
    if there is not None and zone not in (None, there.zone):
        raise Conflict("another_zone")
    if there is not None:
        return there
    organisation = Organisation(name=draft.name, zone=draft.zone, created_at=now)
    session.add(organisation)
    session.flush()
    record(session, Tag.ORGANISATION_CREATE, at=now, organisation_id=organisation.id, thing=organisation)
    session.flush()
    return organisation


def ask_first_admin(session: AnySession, organisation: Organisation, email: str, now: datetime) -> str:
    """The secret of a link, returned once, by which whoever gets it from the operator becomes an admin of the
    organisation under this address. Raises Invalid."""
    draft = InvitationDraft(email, frozenset({Role.ADMIN}))
    if problems := draft.check():
        raise Invalid(problems)
    if queries.is_member(session, organisation.id, email):
        raise Invalid([Problem("email", "member_already")])
    payload = f"{organisation.id} {email}"
    token, secret = tokens.issue(session, Purpose.FIRST_ADMIN, address=email, now=now, payload=payload)
    record(session, Tag.INVITATION_SEND, at=now, organisation_id=organisation.id, thing=token)
    session.flush()
    return secret


def offered(session: AnySession, link: Token) -> tuple[Organisation, str]:
    """The organisation that the operator's link makes somebody an admin of, and under which address."""
    number, _, email = tokens.payload_of(link).partition(" ")
    return session.get_one(Organisation, int(number)), email


def become_first_admin(session: AnySession, secret: str, now: datetime, *, draft: SignUp, password_hash: str) -> Person:
    """Who holds the operator's link has an account under its address, which the operator vouches for, and is an admin
    there; sign-ups with the address are void. Raises NotFound for a dead link, Conflict when the address has an owner:
    they sign in and say yes (`accept_first_admin`)."""
    tokens.hold_sign_ups(session, Purpose.FIRST_ADMIN, secret, now)
    token = tokens.redeem(session, Purpose.FIRST_ADMIN, secret, now)
    organisation, email = offered(session, token)
    token.payload = None
    person = accounts.create(
        session,
        name=plain_name(draft.name),
        email=email,
        password_hash=password_hash,
        now=now,
        zone=draft.zone,
        locale=draft.locale,
        consent_version=CONSENT_VERSION,
    )
    tokens.revoke_links(session, person_id=person.id, address=person.email, now=now)
    record(session, Tag.PERSON_CONFIRM, at=now, subject_id=person.id, thing=person, consent=person.consent_version)
    memberships.join(session, person.id, organisation.id, {Role.ADMIN, Role.MEMBER}, now, viewer=None)
    return person


def accept_first_admin(session: AnySession, viewer: Viewer, secret: str) -> Membership:
    """The viewer, whose address the operator named, is an admin of the organisation; other devices are signed out, and
    the caller gives this one a new secret. Raises NotFound, Conflict and Refused as `accept`."""
    token, person = sign_ins.redeem(session, Purpose.FIRST_ADMIN, secret, viewer.now, by=viewer.id)
    organisation, email = offered(session, token)
    if email_key(email) != email_key(person.email):
        raise NotFound
    token.payload = None
    joined = memberships.join(session, viewer.id, organisation.id, {Role.ADMIN, Role.MEMBER}, viewer.now, viewer=viewer)
    sign_ins.end_of_person(session, viewer.id, viewer.now, keep=viewer.session_id)
    return joined


def _permit(session: AnySession, organisation_id: int, inviter_id: int, roles: frozenset[Role]) -> None:
    if not may_make(organisations.roles_of(session, organisation_id, inviter_id), (), roles):
        raise Refused("not_yours")


def _end(session: AnySession, now: datetime, *which: object, **values: object) -> Invitation:
    """The open invitation is over, by one atomic statement; raises NotFound when there is none."""
    organisation = values.pop("organisation_id", None)
    here = () if organisation is None else (Invitation.organisation_id == organisation,)
    statement = update(Invitation).where(*which, *here, *queries.unanswered(now))  # type: ignore[arg-type]
    ended = session.execute(statement.values(ended_at=now, **values).returning(Invitation)).scalar_one_or_none()
    if ended is None:
        raise NotFound
    return ended


def _log(session: AnySession, viewer: Viewer, invitation: Invitation, tag: Tag) -> None:
    home = invitation.organisation_id
    record(session, tag, at=viewer.now, viewer=viewer, organisation_id=home, thing=invitation, roles=invitation.roles)
    session.flush()
