"""Who cannot come in at all because they are suspended, until they belong somewhere or the operator lets them in."""

from datetime import datetime

from sqlalchemy import exists, select

from webapp.actions import sign_ins, tokens
from webapp.actions.audit import Tag, record
from webapp.domain.errors import NotFound
from webapp.domain.people import MembershipStatus
from webapp.models import Membership, Person
from webapp.models.engine import AnySession
from webapp.queries.people import email_key


def lock(session: AnySession, person: Person, now: datetime) -> None:
    """The person, who was just suspended, cannot come in if they belong nowhere else, and no link of theirs opens."""
    if _is_only_suspended(session, person):
        person.disabled_at = person.disabled_at or now
        tokens.revoke_links(session, person_id=person.id, address=person.email, now=now)
    session.flush()


def unlock(session: AnySession, person: Person) -> None:
    """The person can come in if they belong somewhere, or are suspended nowhere; else it stays as it was."""
    if not _is_only_suspended(session, person):
        person.disabled_at = None
    session.flush()


def let_in(session: AnySession, email: str, now: datetime) -> None:
    """Who was locked out can come in again, to what is theirs alone, and is told: where they are suspended, they stay
    so. It is the operator's to do; raises NotFound where nobody of this address is locked out."""
    locked = (Person.email_key == email_key(email), Person.disabled_at.is_not(None), Person.deleted_at.is_(None))
    held = select(Person).where(*locked).with_for_update(key_share=True)
    person = session.execute(held.execution_options(populate_existing=True)).scalar_one_or_none()
    if person is None:
        raise NotFound
    person.disabled_at = None
    record(session, Tag.PERSON_LET_IN, at=now, subject_id=person.id, thing=person)
    sign_ins.tell_change(session, person, "let_in", now)
    session.flush()


def _is_only_suspended(session: AnySession, person: Person) -> bool:
    session.flush()
    mine = Membership.person_id == person.id
    suspended = exists().where(mine, Membership.status == MembershipStatus.SUSPENDED)
    active = exists().where(mine, Membership.status == MembershipStatus.ACTIVE)
    return bool(session.scalar(select(suspended & ~active)))
