"""Signed-in devices: a row each, whose secret only the browser has; ending the row ends the device at once."""

import re
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from webapp.actions import outbox, passwords, push
from webapp.actions.audit import Tag, record
from webapp.domain.errors import NotFound, Refused
from webapp.domain.people import Viewer
from webapp.models import Person, SignIn
from webapp.models.engine import AnySession
from webapp.queries.people import Credentials, devices_of, secret_hash

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


def begin(session: AnySession, proven: Credentials, password: str, device: str, now: datetime) -> str:
    """A device is signed in; returns the secret for its cookie. Raises Refused when the password was changed, or the
    person shut out, since it was proven. A device of a new kind is told to the person, if they had one before."""
    person = session.execute(
        select(Person)
        .where(Person.id == proven.person_id, Person.password_hash == proven.password_hash)
        .where(Person.disabled_at.is_(None), Person.deleted_at.is_(None))
        .with_for_update()
    ).scalar_one_or_none()
    if person is None or person.password_hash is None:
        raise Refused("credentials")
    if passwords.needs_rehash(person.password_hash):
        person.password_hash = passwords.hash_password(password)
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
    record(session, Tag.PERSON_SIGN_IN, at=now, subject_id=person.id, thing=row)
    session.flush()
    return secret


def refuse(session: AnySession, tried: Credentials | None, now: datetime, *, viewer: Viewer | None = None) -> None:
    """It is written down that somebody did not get in."""
    subject = tried.person_id if tried else None
    record(session, Tag.PERSON_SIGN_IN_REFUSED, at=now, viewer=viewer, subject_id=subject, outcome="denied")
    session.flush()


def prove_again(session: AnySession, viewer: Viewer, now: datetime) -> str:
    """The viewer has just proven their password: this device counts as fresh and has the returned new secret."""
    secret = renew(session, viewer, now)
    record(session, Tag.PERSON_PASSWORD_AGAIN, at=now, viewer=viewer)
    session.flush()
    return secret


def renew(session: AnySession, viewer: Viewer, now: datetime) -> str:
    """This device has a new secret, and copies of its old cookie are worth nothing; part of an act that is recorded."""
    secret = secrets.token_urlsafe(32)
    changed = {"secret_hash": secret_hash(secret), "fresh_at": now, "seen_at": now}
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
