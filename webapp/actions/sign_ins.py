"""Signed-in devices: a row each, whose secret only the browser has; ending the row ends the device at once."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from webapp.actions import outbox, push, tokens
from webapp.actions.audit import Tag, record
from webapp.domain.errors import NotFound, Refused
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.models import Person, SignIn, Token
from webapp.models.engine import AnySession
from webapp.queries.people import HAS_FACTOR, Credentials, devices_of, open_link, secret_hash

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPad", r"iPad"),
    ("iPhone", r"iPhone"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True)
class Begun:
    """What a right password came to: the secret of a sign-in, or where `waits`, of one that waits for a second step."""

    secret: str = field(repr=False)
    waits: bool = False


def begin(
    session: AnySession, proven: Credentials, device: str, now: datetime, *, password_hash: str | None = None
) -> Begun:
    """A device is signed in, or waits for the second step of whoever has more than a password; their password is kept
    by the new hash, if there is one. Raises Refused when it was changed, or the person shut out, since it was
    proven."""
    person = hold_live(session, Person.id == proven.person_id, Person.password_hash == proven.password_hash)
    if person is None or person.password_hash is None:
        raise Refused("credentials")
    person.password_hash = password_hash or person.password_hash
    if session.scalar(select(HAS_FACTOR).where(Person.id == person.id)):
        issued = tokens.issue(session, Purpose.SECOND_STEP, address=person.email, now=now, person_id=person.id)
        return Begun(issued[1], waits=True)
    return Begun(let_in(session, person, device, now))


def finish(session: AnySession, secret: str, by: str, device: str, now: datetime) -> str:
    """The device that waited for a second step, which the caller has seen, is signed in; returns the secret for its
    cookie. Raises NotFound when it waited too long, is signed in already, or its person may not come in."""
    person = redeem(session, Purpose.SECOND_STEP, secret, now)[1]
    return let_in(session, person, device, now, by=by)


def let_in(session: AnySession, person: Person, device: str, now: datetime, *, by: str = "password") -> str:
    """The person, whom the caller holds and who has proven themselves, is signed in on this device; returns the secret
    for its cookie. A device of a new kind is told to the person, if they had one before."""
    known = devices_of(session, person.id)
    secret = secrets.token_urlsafe(32)
    row = SignIn(
        person_id=person.id,
        secret_hash=secret_hash(secret),
        device=device,
        created_at=now,
        fresh_at=now,
        seen_at=now,
    )
    session.add(row)
    session.flush()
    if known and device not in known:
        tell(session, person, "new-device", f"new-device:{row.public_id}", now, device=device)
    record(session, Tag.PERSON_SIGN_IN, at=now, subject_id=person.id, thing=row, by=by)
    session.flush()
    return secret


def hold_live(session: AnySession, *whose: ColumnElement[bool]) -> Person | None:
    """The person, who may come in, held until this transaction ends; None for everybody else."""
    here = (Person.disabled_at.is_(None), Person.deleted_at.is_(None))
    held = select(Person).where(*whose, *here).with_for_update(key_share=True)  # who only writes goes on beside this
    return session.execute(held.execution_options(populate_existing=True)).scalar_one_or_none()


def redeem(
    session: AnySession, purpose: Purpose, secret: str, now: datetime, *, by: int | None = None
) -> tuple[Token, Person]:
    """The link is used up, and its person held, who may come in; where it is nobody's, they are whom it is used `by`.

    The person is held first: whoever changes what proves somebody holds them, too, before they end their links. Raises
    NotFound for a dead link, somebody else's, and who may not come in.
    """
    link = open_link(session, purpose, secret, now)
    if link is None or (None not in (by, link.person_id) and by != link.person_id):
        raise NotFound
    person = hold_live(session, Person.id == (by if link.person_id is None else link.person_id))
    if person is None:
        raise NotFound
    return tokens.redeem(session, purpose, secret, now), person


def refuse(session: AnySession, tried: Credentials | None, now: datetime, *, viewer: Viewer | None = None) -> None:
    """It is written down that somebody did not get in."""
    subject = tried.person_id if tried else None
    record(session, Tag.PERSON_SIGN_IN_REFUSED, at=now, viewer=viewer, subject_id=subject, outcome="denied")
    session.flush()


def prove_again(session: AnySession, viewer: Viewer, now: datetime) -> str:
    """The viewer has just proven themselves: this device counts as fresh and has the returned new secret."""
    secret = renew(session, viewer, now)
    session.execute(update(SignIn).where(SignIn.id == viewer.session_id).values(fresh_at=now))
    record(session, Tag.PERSON_PASSWORD_AGAIN, at=now, viewer=viewer)
    session.flush()
    return secret


def renew(session: AnySession, viewer: Viewer, now: datetime) -> str:
    """This device has a new secret, and copies of its old cookie are worth nothing; part of an act that is recorded.
    The viewer's last proof stays as old as it is."""
    secret = secrets.token_urlsafe(32)
    changed = {"secret_hash": secret_hash(secret), "seen_at": now}
    session.execute(update(SignIn).where(SignIn.id == viewer.session_id).values(**changed))
    return secret


def keep_seen(session: AnySession, viewer: Viewer) -> None:
    """It is known that this device was used now; no event, because nothing was done."""
    session.execute(update(SignIn).where(SignIn.id == viewer.session_id).values(seen_at=viewer.now))


def sign_out(session: AnySession, viewer: Viewer) -> None:
    """This device is signed out, and so is every copy of its cookie."""
    where = (SignIn.id == viewer.session_id, SignIn.ended_at.is_(None))
    session.execute(update(SignIn).where(*where).values(ended_at=viewer.now))
    if viewer.session_id is not None:
        push.forget_with(session, [viewer.session_id])
    record(session, Tag.PERSON_SIGN_OUT, at=viewer.now, viewer=viewer)
    session.flush()


def end(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """One of the viewer's devices is signed out; NotFound when it is none of theirs, or already is."""
    where = (SignIn.public_id == public_id, SignIn.person_id == viewer.id, SignIn.ended_at.is_(None))
    statement = update(SignIn).where(*where).values(ended_at=viewer.now).returning(SignIn)
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    push.forget_with(session, [row.id])
    record(session, Tag.SIGN_IN_END, at=viewer.now, viewer=viewer, thing=row)
    session.flush()


def end_all(session: AnySession, viewer: Viewer, *, but_this: bool) -> int:
    """The viewer is signed out everywhere, or everywhere else; returns on how many devices."""
    count = end_of_person(session, viewer.id, viewer.now, keep=viewer.session_id if but_this else None)
    record(session, Tag.SIGN_IN_END_ALL, at=viewer.now, viewer=viewer, count=count, but_this=but_this)
    session.flush()
    return count


def end_of_person(session: AnySession, person_id: int, now: datetime, *, keep: int | None = None) -> int:
    """No device of the person is signed in any more, except the one to keep; returns how many were."""
    where = [SignIn.person_id == person_id, SignIn.ended_at.is_(None)]
    if keep is not None:
        where.append(SignIn.id != keep)
    ended = session.execute(update(SignIn).where(*where).values(ended_at=now).returning(SignIn.id)).scalars().all()
    push.forget_with(session, ended)
    return len(ended)


def tell_change(session: AnySession, person: Person, what: str, now: datetime) -> None:
    """A notice is on its way to the person that this of their account has changed."""
    key = f"account-changed:{what}:{person.public_id}:{secrets.token_hex(8)}"  # every change is told, however soon
    tell(session, person, "account-changed", key, now, what=what)


def tell_own(session: AnySession, viewer: Viewer, what: str, made: str) -> None:
    """A notice is on its way to the viewer that they have let something in, which `made` names."""
    person = session.get_one(Person, viewer.id)
    tell(session, person, "account-changed", f"account-changed:{what}:{made}", viewer.now, what=what)


def tell(
    session: AnySession, person: Person, template: str, key: str, now: datetime, to: str | None = None, **values: Any
) -> None:
    """A notice without content is on its way to the person, or to the address they had."""
    outbox.enqueue(
        session, person.id, to or person.email, template, key, now, locale=person.locale, zone=person.zone, **values
    )


def device_name(user_agent: str) -> str:
    """What a person would call the device: "Firefox on Linux"; "" when the browser does not say."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, user_agent)), "")
    system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent)), "")
    return f"{browser} on {system}" if browser and system else browser or system
