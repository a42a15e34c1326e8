"""Becoming a person here, and changing how one signs in.

Every ask that mails somebody does the same work and writes the same rows whether or not the address is known, so that
neither the answer nor its time tells strangers who has an account (only the owner of the mailbox reads the difference).
"""

import json
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.actions import api_tokens, calendar_feeds, keys, outbox, palette, passwords, reminders, sign_ins, tokens
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem
from webapp.domain.identity import CONSENT_VERSION, Profile, Purpose, SignUp, email_problems, plain_name
from webapp.domain.people import Viewer
from webapp.models import Person, Token
from webapp.models.engine import AnySession
from webapp.queries import organisations
from webapp.queries.people import email_is_taken, email_key


def hash_for(draft: SignUp) -> str:
    """The hash of the password somebody signs up with; raises Invalid with everything wrong with the draft.

    Slow on purpose: call it while nothing is locked.
    """
    problems = draft.check() + passwords.password_problems(draft.password, about=_about(draft.name, draft.email))
    if problems:
        raise Invalid(problems)
    return passwords.hash_password(draft.password)


def words_about(session: AnySession, person_id: int) -> tuple[str, ...]:
    """What an attacker would try first as this person's password; nothing for nobody."""
    columns = select(Person.name, Person.email).where(Person.id == person_id, Person.deleted_at.is_(None))
    row = session.execute(columns).one_or_none()
    return (*_about(*row), *organisations.names_of(session, person_id)) if row else ()


def hash_of_new(password: str, about: tuple[str, ...]) -> str:
    """The hash of a password that somebody chooses anew, of whom these are the words; raises Invalid.

    Slow on purpose: call it while nothing is locked.
    """
    problems = passwords.password_problems(password, about=about)
    if problems:
        raise Invalid(problems)
    return passwords.hash_password(password)


def ask_sign_up(session: AnySession, draft: SignUp, password_hash: str, now: datetime) -> str:
    """A link waits in the mailbox of the address; there is no person before it is confirmed.

    Returns the public number of the link, which opens nothing.
    """
    words = asdict(replace(draft, password="", name=plain_name(draft.name)))
    payload = json.dumps(words | {"password_hash": password_hash, "consent_version": CONSENT_VERSION})
    taken = email_is_taken(session, draft.email)
    token, secret = tokens.issue(session, Purpose.SIGN_UP, address=draft.email, now=now, payload=payload)
    outbox.enqueue(
        session,
        None,
        draft.email,
        "sign-up-known" if taken else "sign-up",
        f"sign-up:{token.public_id}",
        now,
        token.expires_at,
        locale=draft.locale,
        zone=draft.zone,
        token="" if taken else secret,
    )
    record(session, Tag.PERSON_SIGN_UP, at=now, thing=token)
    session.flush()
    return token.public_id


def chosen_password(link: Token) -> str:
    """The hash of the password that was chosen at the sign-up which this open link confirms."""
    chosen: str = json.loads(tokens.payload_of(link))["password_hash"]
    return chosen


def confirm_sign_up(session: AnySession, secret: str, now: datetime) -> Person:
    """The person exists and can sign in, and other sign-ups with the address are void.

    NotFound for a dead link; Conflict when the address has an owner by now.
    """
    tokens.hold_sign_ups(session, Purpose.SIGN_UP, secret, now)
    token = tokens.redeem(session, Purpose.SIGN_UP, secret, now)
    words = json.loads(tokens.payload_of(token))
    token.payload = None
    person = create(
        session,
        name=words["name"],
        email=words["email"],
        password_hash=words["password_hash"],
        now=now,
        zone=words["zone"],
        locale=words["locale"],
        consent_version=words["consent_version"],
    )
    tokens.revoke_links(session, person_id=person.id, address=person.email, now=now)
    record(session, Tag.PERSON_CONFIRM, at=now, subject_id=person.id, thing=person, consent=person.consent_version)
    session.flush()
    return person


def create(
    session: AnySession,
    *,
    name: str,
    email: str,
    password_hash: str | None,
    now: datetime,
    zone: str = "Etc/UTC",
    locale: str = "en",
    consent_version: str | None = None,
    origin: str = "sign-up",
) -> Person:
    """A person with a key of their own; raises Conflict when the address has an owner."""
    person = Person(
        name=name,
        email=email,
        email_key=email_key(email),
        password_hash=password_hash,
        zone=zone,
        locale=locale,
        origin=origin,
        created_at=now,
        confirmed_at=now,
        consented_at=now if consent_version else None,
        consent_version=consent_version,
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:
        raise Conflict("email_taken") from error
    keys.create(session, person.id, now)
    palette.begin(session, person.id, now)
    return person


def ask_recovery(session: AnySession, email: str, locale: str, now: datetime) -> None:
    """A mail is on its way: with a link to choose a new password, or the news that nobody is known by this address, or
    that who is may not come in.

    It goes to the address on file: the one typed may be another that only looks the same.
    """
    problems = email_problems(email)
    if problems:
        raise Invalid(problems)
    theirs = (Person.email_key == email_key(email), Person.deleted_at.is_(None))
    person = session.execute(select(Person).where(*theirs)).scalar_one_or_none()
    person_id = person.id if person else None
    opens = person is not None and person.disabled_at is None
    token, secret = tokens.issue(session, Purpose.RECOVERY, address=email, now=now, person_id=person_id)
    outbox.enqueue(
        session,
        person_id,
        person.email if person else email,
        "recovery" if opens else "recovery-closed" if person else "recovery-unknown",
        f"recovery:{token.public_id}",
        now,
        token.expires_at,
        locale=person.locale if person else locale,
        zone=person.zone if person else "Etc/UTC",
        token=secret if opens else "",
    )
    record(session, Tag.PERSON_RECOVERY_ASK, at=now, subject_id=person_id, thing=token)
    session.flush()


def reset_password(session: AnySession, secret: str, password_hash: str, now: datetime) -> Person:
    """The owner of the link has the new password, and every device and program is shut out; NotFound for a dead
    link."""
    token, person = sign_ins.redeem(session, Purpose.RECOVERY, secret, now)
    if person.email_key != token.address:
        raise NotFound
    _set_password(session, person, password_hash, now, keep=None)
    ended = api_tokens.revoke_all(session, person.id, now) + calendar_feeds.revoke_all(session, person.id, now)
    record(session, Tag.PERSON_RECOVER, at=now, subject_id=person.id, thing=person, tokens=ended)
    session.flush()
    return person


def change_password(session: AnySession, viewer: Viewer, password_hash: str) -> str:
    """The viewer has the new password, other devices are signed out, open links are dead; returns the new secret of
    the viewer's own device."""
    person = sign_ins.hold_live(session, Person.id == viewer.id)
    if person is None:
        raise NotFound
    _set_password(session, person, password_hash, viewer.now, keep=viewer.session_id)
    secret = sign_ins.renew(session, viewer, viewer.now)
    record(session, Tag.PERSON_PASSWORD_CHANGE, at=viewer.now, viewer=viewer)
    session.flush()
    return secret


def ask_email_change(session: AnySession, viewer: Viewer, email: str) -> None:
    """A link waits at the new address; nothing changes before it is confirmed there. Raises Invalid."""
    problems = email_problems(email)
    if not problems and email == viewer.email:
        problems = [Problem("email", "same_email")]
    if problems:
        raise Invalid(problems)
    taken = email_is_taken(session, email) and email_key(email) != email_key(viewer.email)
    token, secret = tokens.issue(
        session, Purpose.EMAIL, address=email, now=viewer.now, person_id=viewer.id, payload=json.dumps({"email": email})
    )
    outbox.enqueue(
        session,
        viewer.id,
        email,
        "email-taken" if taken else "email-confirm",
        f"email:{token.public_id}",
        viewer.now,
        token.expires_at,
        locale=viewer.locale,
        zone=viewer.zone,
        token="" if taken else secret,
    )
    record(session, Tag.PERSON_EMAIL_ASK, at=viewer.now, viewer=viewer, thing=token)
    session.flush()


def confirm_email_change(session: AnySession, secret: str, now: datetime, *, keep: int | None = None) -> Person:
    """The person signs in with the new address, and the old one is told; other devices and links are ended.

    NotFound for a dead link; Conflict when somebody else has the address by now.
    """
    tokens.hold_sign_ups(session, Purpose.EMAIL, secret, now)
    token, person = sign_ins.redeem(session, Purpose.EMAIL, secret, now)
    email: str = json.loads(tokens.payload_of(token))["email"]
    token.payload = None
    old = person.email
    try:
        with session.begin_nested():
            person.email, person.email_key = email, email_key(email)
    except IntegrityError as error:
        raise Conflict("email_taken") from error
    _forget_proofs(session, person, old, now, keep=keep)
    sign_ins.tell(session, person, "email-changed", f"email-changed:{token.public_id}", now, to=old)
    record(session, Tag.PERSON_EMAIL_CHANGE, at=now, subject_id=person.id, thing=person)
    session.flush()
    return person


def change_profile(session: AnySession, viewer: Viewer, profile: Profile) -> None:
    """The viewer is called, and their days and pages run, as the profile says; raises Invalid."""
    profile = replace(profile, name=plain_name(profile.name))
    problems = profile.check()
    if problems:
        raise Invalid(problems)
    wanted = asdict(profile)
    changed = sorted(name for name, value in wanted.items() if value != getattr(viewer, name))
    session.execute(update(Person).where(Person.id == viewer.id).values(**wanted))
    if {"zone", "day_start"} & set(changed):
        reminders.look_again(session, viewer.id, viewer.now)
    record(session, Tag.PERSON_PROFILE_CHANGE, at=viewer.now, viewer=viewer, changed=changed)
    session.flush()


def _set_password(session: AnySession, person: Person, password_hash: str, now: datetime, *, keep: int | None) -> None:
    person.password_hash = password_hash
    _forget_proofs(session, person, person.email, now, keep=keep)
    key = f"password-changed:{person.public_id}:{now.timestamp()}"
    sign_ins.tell(session, person, "password-changed", key, now)


def _forget_proofs(session: AnySession, person: Person, email: str, now: datetime, *, keep: int | None) -> None:
    """Whoever held another device or a mailed link has nothing in hand any more."""
    tokens.revoke_links(session, person_id=person.id, address=email, now=now)
    ended = sign_ins.end_of_person(session, person.id, now, keep=keep)
    record(session, Tag.SIGN_IN_END_ALL, at=now, subject_id=person.id, count=ended, but_this=keep is not None)


def _about(name: str, email: str) -> tuple[str, ...]:
    """What an attacker would try first."""
    return (name, email, email.partition("@")[0])
