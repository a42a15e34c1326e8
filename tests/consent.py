"""Therapists, requests and grants as tests of consent need them, each through the door it comes by."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from webapp.actions import grant_invitations, grants, outbox
from webapp.domain.grants import GrantAct, GrantDraft, Scope
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Grant, GrantEvent, GrantInvitation, OutboxMessage, Person
from webapp.queries.visibility import grants_open_to

NOBODYS = "0000-0000-0000"
GOALS = GrantDraft(frozenset({Scope.GOALS}), "weekly talks", TODAY)


def therapist(session: Session, name: str, status: MembershipStatus = MembershipStatus.ACTIVE) -> Person:
    made = make.person(session, name)
    make.member(session, made, make.organisation(session), Role.THERAPIST, status=status)
    session.commit()
    return made


def code_of(session: Session, person: Person) -> str:
    code = grant_invitations.renew_code(session, make.viewer(session, person)).code
    session.commit()
    return code


def asked(session: Session, client: Person, other: Person, draft: GrantDraft = GOALS) -> Grant:
    """The client's request, which waits for the therapist."""
    grant = grants.request(session, make.viewer(session, client), code_of(session, other), draft)
    session.commit()
    return grant


def shared(session: Session, client: Person, other: Person, draft: GrantDraft = GOALS) -> Grant:
    grant = grants.accept(session, make.viewer(session, other), asked(session, client, other, draft).public_id)
    session.commit()
    return grant


def acts(session: Session, grant: Grant) -> list[GrantAct]:
    found = select(GrantEvent.act).where(GrantEvent.grant_id == grant.id).order_by(GrantEvent.id)
    return list(session.scalars(found))


def opens(session: Session, person: Person, now: datetime = NOW) -> list[int]:
    """Grants by which this therapist sees goals now."""
    viewer = make.viewer(session, person, now)
    return list(session.scalars(select(Grant.id).where(grants_open_to(viewer)).order_by(Grant.id)))


def letter_in(message: OutboxMessage) -> outbox.Letter:
    """What the waiting message says, and to whom."""
    return outbox.letter_of(outbox.Claim(0, "", None, "mail", None, "", 0, None, message.payload))


def letters(session: Session) -> list[tuple[str, str]]:
    """Every message that waits: to whom, of which template; none has any words of its own."""
    found = []
    for message in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)):
        letter = letter_in(message)
        assert set(letter.values) <= {"token", "day"}
        found.append((letter.to, letter.template))
    return found


def invited(session: Session, other: Person, address: str) -> tuple[GrantInvitation, str]:
    """The invitation, and the secret that was mailed."""
    invitation = grant_invitations.invite(session, make.viewer(session, other), address)
    session.commit()
    message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert message is not None
    letter = letter_in(message)
    assert (letter.to, letter.template) == (address, "invitation")
    return invitation, letter.values["token"]
