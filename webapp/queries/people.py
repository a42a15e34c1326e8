"""People as others and they themselves may know them."""

import hashlib
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, cast, exists, func, or_, select
from sqlalchemy import String as Text

from webapp.domain.calendar_feeds import PURPOSE as FEED
from webapp.domain.calendar_feeds import FeedFacts, options_of
from webapp.domain.days import local_day
from webapp.domain.identity import LONGEST_EMAIL, Purpose
from webapp.domain.people import MembershipStatus, Role, Viewer, Words
from webapp.domain.tokens import Contract, TokenFacts
from webapp.models import Authenticator, DataKey, Membership, MembershipRole, Passkey, Person, SignIn, Token
from webapp.models.engine import AnySession
from webapp.queries.sealing import keyring, words_of

ABSOLUTE = timedelta(days=30)
IDLE = timedelta(days=14)

_roles = (
    select(func.aggregate_strings(cast(Membership.organisation_id, Text) + ":" + cast(MembershipRole.role, Text), " "))
    .join(MembershipRole, MembershipRole.membership_id == Membership.id)
    .where(Membership.person_id == Person.id, Membership.status == MembershipStatus.ACTIVE)
    .scalar_subquery()
)
HAS_FACTOR = or_(
    exists().where(Authenticator.person_id == Person.id, Authenticator.confirmed_at.is_not(None)),
    exists().where(Passkey.person_id == Person.id),
)
"""Whether the person has something beside their password to prove themselves by."""
_PERSON = (
    Person.id,
    Person.public_id,
    Person.name,
    Person.email,
    Person.zone,
    Person.day_start,
    Person.week_start,
    Person.locale,
    Person.theme,
    Person.erase_at,
    DataKey.id.label("key_id"),
    DataKey.wrapped_by,
    DataKey.wrapped,
    _roles.label("roles"),
    HAS_FACTOR.label("has_factor"),
)
_IS_HERE = (Person.disabled_at.is_(None), Person.deleted_at.is_(None))
_viewer = (
    select(*_PERSON, SignIn.id.label("session_id"), SignIn.fresh_at, SignIn.created_at, SignIn.seen_at)
    .join(SignIn, SignIn.person_id == Person.id)
    .join(DataKey, DataKey.person_id == Person.id)
    .where(SignIn.secret_hash == bindparam("secret_hash"), SignIn.ended_at.is_(None), *_IS_HERE)
)
_bearer = (
    select(*_PERSON, Token.id.label("token_id"), Token.contract, Token.scopes, Token.expires_at, Token.used_at)
    .join(Token, Token.person_id == Person.id)
    .join(DataKey, DataKey.person_id == Person.id)
    .where(
        Token.secret_hash == bindparam("secret_hash"),
        Token.contract.in_(list(Contract)),
        Token.revoked_at.is_(None),
        Person.erase_at.is_(None),
        *_IS_HERE,
    )
)

_by_feed = (
    select(*_PERSON, Token.id.label("token_id"), Token.scopes, Token.used_at)
    .join(Token, Token.person_id == Person.id)
    .join(DataKey, DataKey.person_id == Person.id)
    .where(
        Token.secret_hash == bindparam("secret_hash"),
        Token.purpose == FEED,
        Token.revoked_at.is_(None),
        Person.erase_at.is_(None),
        *_IS_HERE,
    )
)


_held_viewer = _viewer.with_for_update(key_share=True, read=True, of=Person)
_held_bearer = _bearer.with_for_update(key_share=True, read=True, of=Person)
_still_here = (
    select(Person.id).where(Person.id == bindparam("person_id"), *_IS_HERE).with_for_update(key_share=True, read=True)
)
_all_here = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)), *_IS_HERE)
    .order_by(Person.id)
    .with_for_update(key_share=True, read=True)
)


def is_still_here(session: AnySession, person_id: int) -> bool:
    """Whether the person may still write, and cannot be erased before this transaction ends."""
    return session.connection().execute(_still_here, {"person_id": person_id}).first() is not None


def hold_all(session: AnySession, people: Collection[int]) -> set[int]:
    """Who of these people is still here, none of whom can be erased before this transaction ends.

    They are held before their organisation is: so it is done wherever both are needed.
    """
    if not people:
        return set()
    return set(session.connection().execute(_all_here, {"people": sorted(people)}).scalars())


def secret_hash(secret: str) -> bytes:
    """The SHA-256 under which a secret is kept."""
    return hashlib.sha256(secret.encode()).digest()


def viewer_by_secret(session: AnySession, secret: str, now: datetime, *, hold: bool = False) -> Viewer | None:
    """The person whose live sign-in this secret opens: at most 30 days old and used within the last 14.

    Held, they cannot be erased before what is about to be written of theirs is there to be erased as well.
    """
    statement = _held_viewer if hold else _viewer
    row = session.connection().execute(statement, {"secret_hash": secret_hash(secret)}).one_or_none()
    if row is None or now - row.created_at > ABSOLUTE or now - row.seen_at > IDLE:
        return None
    seen = {"session_id": row.session_id, "fresh_at": row.fresh_at, "seen_at": row.seen_at}
    return _as_viewer(row, keyring.words(row.id, row.key_id, row.wrapped_by, row.wrapped), row, now, **seen)


def viewer_by_token(
    session: AnySession, secret: str, now: datetime, *, hold: bool = False
) -> tuple[Viewer, TokenFacts] | None:
    """The person a program's live token speaks for, and what the token may do; held as in `viewer_by_secret`."""
    statement = _held_bearer if hold else _bearer
    row = session.connection().execute(statement, {"secret_hash": secret_hash(secret)}).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    viewer = _as_viewer(row, keyring.words(row.id, row.key_id, row.wrapped_by, row.wrapped), row, now)
    scopes = frozenset((row.scopes or "").split())
    return viewer, TokenFacts(row.token_id, Contract(row.contract), scopes, row.used_at)


def viewer_by_feed(session: AnySession, secret: str, now: datetime) -> tuple[Viewer, FeedFacts] | None:
    """Whose due dates the calendar with this secret tells, and what of them; None when it opens nothing any more."""
    row = session.connection().execute(_by_feed, {"secret_hash": secret_hash(secret)}).one_or_none()
    if row is None:
        return None
    viewer = _as_viewer(row, keyring.words(row.id, row.key_id, row.wrapped_by, row.wrapped), row, now)
    return viewer, FeedFacts(row.token_id, options_of(row.scopes), row.used_at)


def viewer_of(session: AnySession, person: Person, now: datetime) -> Viewer:
    """A person acting without a browser: a command of the operator's, or the worker on their behalf."""
    held = session.execute(select(_roles.label("roles"), HAS_FACTOR.label("has_factor")).where(Person.id == person.id))
    return _as_viewer(person, words_of(session, person.id), held.one(), now)


def _as_viewer(person: Any, words: Words, held: Any, now: datetime, **sign_in: Any) -> Viewer:
    """The person, or a row with their columns, as the rules meet them at this instant; `held` has `roles` and
    `has_factor`."""
    return Viewer(
        id=person.id,
        public_id=person.public_id,
        name=person.name,
        email=person.email,
        zone=person.zone,
        now=now,
        today=local_day(now, person.zone, person.day_start),
        words=words,
        day_start=person.day_start,
        week_start=person.week_start,
        locale=person.locale,
        theme=person.theme,
        erase_at=person.erase_at,
        roles=_as_roles(held.roles),
        has_factor=bool(held.has_factor),
        **sign_in,
    )


def person_by_email(session: AnySession, email: str) -> Person | None:
    """The live person with this address, however it is written."""
    statement = select(Person).where(Person.email_key == email_key(email), Person.deleted_at.is_(None))
    return session.execute(statement).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a try to sign in is held against; who may not enter is refused like a wrong password."""

    person_id: int
    public_id: str
    password_hash: str | None = field(repr=False)
    may_enter: bool


def credentials(session: AnySession, email: str) -> Credentials | None:
    """The credentials under this address, or None when nobody has it."""
    return _credentials(session, Person.email_key == email_key(email))


def credentials_of(session: AnySession, viewer: Viewer) -> Credentials | None:
    """The viewer's own credentials."""
    return _credentials(session, Person.id == viewer.id)


def credentials_by_number(session: AnySession, person_id: int) -> Credentials | None:
    """The credentials of the person with this number."""
    return _credentials(session, Person.id == person_id)


def _credentials(session: AnySession, whose: ColumnElement[bool]) -> Credentials | None:
    live = Person.disabled_at.is_(None) & Person.deleted_at.is_(None)
    columns = (Person.id, Person.public_id, Person.password_hash, live.label("live"))
    row = session.execute(select(*columns).where(whose)).one_or_none()
    return Credentials(row.id, row.public_id, row.password_hash, bool(row.live)) if row else None


def email_is_taken(session: AnySession, email: str) -> bool:
    """Whether anybody has this address, those who may not come in included."""
    return session.execute(select(Person.id).where(Person.email_key == email_key(email))).first() is not None


def may_receive(session: AnySession, person_id: int) -> bool:
    """Whether the person is still somebody to write to: neither disabled nor deleted."""
    live = Person.disabled_at.is_(None) & Person.deleted_at.is_(None)
    return session.execute(select(Person.id).where(Person.id == person_id, live)).first() is not None


def opens(purpose: Purpose, secret: str, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions under which a mailed link with this secret still opens something."""
    return [
        Token.secret_hash == secret_hash(secret),
        Token.purpose == purpose.value,
        Token.used_at.is_(None),
        Token.revoked_at.is_(None),
        Token.expires_at > now,
    ]


def open_link(session: AnySession, purpose: Purpose, secret: str, now: datetime) -> Token | None:
    """The mailed link while it can still be used; asking does not use it."""
    return session.execute(select(Token).where(*opens(purpose, secret, now))).scalar_one_or_none()


def link_is_open(session: AnySession, purpose: Purpose, secret: str, now: datetime) -> bool:
    """Whether the mailed link can still be used."""
    return open_link(session, purpose, secret, now) is not None


def email_key(email: str) -> str:
    """The form of an address that must be unique: trimmed, composed, without case.

    What is longer than any address is cut: it is nobody's, and composing it would take long.
    """
    return unicodedata.normalize("NFKC", email.strip()[:LONGEST_EMAIL]).casefold()


def sign_ins_of(session: AnySession, viewer: Viewer) -> Sequence[SignIn]:
    """The viewer's live sign-ins, the latest used first."""
    statement = (
        select(SignIn)
        .where(SignIn.person_id == viewer.id, SignIn.ended_at.is_(None), SignIn.seen_at > viewer.now - IDLE)
        .where(SignIn.created_at > viewer.now - ABSOLUTE)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return session.execute(statement).scalars().all()


def devices_of(session: AnySession, person_id: int) -> frozenset[str]:
    """The kinds of device the person has signed in from, as far back as sign-ins are kept."""
    return frozenset(session.execute(select(SignIn.device).where(SignIn.person_id == person_id)).scalars())


def _as_roles(joined: str | None) -> frozenset[tuple[int, Role]]:
    pairs = (pair.split(":") for pair in (joined or "").split())
    return frozenset((int(organisation), Role(role)) for organisation, role in pairs)
