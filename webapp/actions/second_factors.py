"""Codes of an app and recovery codes: set up, used once each, and taken away (security AN-7).

Whoever changes what proves them stays signed in on the device they do it from and nowhere else, and is told by mail.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, or_, update

from webapp.actions import sign_ins, tokens
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound, Problem, Refused
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.domain.second_factors import (
    RECOVERY_BYTES,
    RECOVERY_CODE,
    RECOVERY_CODES,
    Factor,
    is_recovery_code,
    recovery_code,
    steps_taken,
    typed_code,
)
from webapp.models import Authenticator, Passkey, Person, Token
from webapp.models.engine import AnySession
from webapp.queries import second_factors as queries
from webapp.queries.people import secret_hash
from webapp.queries.sealing import words_of


def begin_app(session: AnySession, viewer: Viewer) -> None:
    """A new secret waits for the first code of the viewer's app; one that counts goes on counting until then."""
    person = _held(session, viewer.id)
    app = queries.app_of(session, person.id) or Authenticator(person_id=person.id)
    secret = pyotp.random_base32()
    if app.confirmed_at is not None:
        app.next_secret, app.next_at = viewer.words.seal(queries.NEXT_SECRET, secret), viewer.now
    else:
        app.secret = viewer.words.seal(queries.SECRET, secret)
        app.last_step, app.created_at = None, viewer.now
    session.add(app)
    session.flush()


def confirm_app(session: AnySession, viewer: Viewer, code: str) -> list[str]:
    """The viewer's app counts from now on, its first code being this, and one that counted before counts no more.
    Returns their recovery codes where they had none, else nothing. Raises NotFound when none waits, Invalid for a wrong
    code.

    The caller gives this device a new secret (`sign_ins.renew`); every other one is signed out.
    """
    person = _held(session, viewer.id)
    app, secret = queries.app_of(session, person.id), queries.waiting_secret(session, viewer)
    if app is None or secret is None:
        raise NotFound
    steps = _steps_of(secret, typed_code(code), viewer.now)
    if not steps:
        raise Invalid([Problem("code", "wrong_code")])
    if app.next_secret is not None and app.next_at is not None:
        app.secret, app.created_at = viewer.words.seal(queries.SECRET, secret), app.next_at
        app.next_secret = app.next_at = None
    app.last_step, app.confirmed_at = steps[-1], viewer.now
    return added(session, viewer, person, Factor.APP)


def added(session: AnySession, viewer: Viewer, person: Person, factor: Factor) -> list[str]:
    """What follows when the viewer, whom the caller holds, has one thing more that proves them; returns new recovery
    codes where there were none."""
    codes = [] if queries.codes_left(session, person.id) else _new_codes(session, person.id, viewer.now)
    _shut_others_out(session, viewer, person)
    sign_ins.tell_change(session, person, f"{factor}_added", viewer.now)
    record(session, Tag.PERSON_FACTOR_ADD, at=viewer.now, viewer=viewer, factor=factor.value)
    session.flush()
    return codes


def remove_app(session: AnySession, viewer: Viewer, *, required: bool) -> None:
    """No code of the viewer's app counts any more; raises NotFound when none did, Refused where it is `required` that
    they have something beside their password and this was all."""
    person = _held(session, viewer.id)
    app = queries.app_of(session, person.id)
    if app is None:
        raise NotFound
    counted = app.confirmed_at is not None
    session.delete(app)
    session.flush()
    if counted:
        removed(session, viewer, person, Factor.APP, required=required)


def removed(session: AnySession, viewer: Viewer, person: Person, factor: Factor, *, required: bool) -> None:
    """What follows when the viewer, whom the caller holds, has one thing less that proves them."""
    if not queries.has_any(session, person.id):
        if required:
            raise Refused("factor_required")
        _forget_codes(session, person.id)
    _shut_others_out(session, viewer, person)
    sign_ins.tell_change(session, person, f"{factor}_removed", viewer.now)
    record(session, Tag.PERSON_FACTOR_REMOVE, at=viewer.now, viewer=viewer, factor=factor.value)
    session.flush()


def renew_codes(session: AnySession, viewer: Viewer) -> list[str]:
    """The viewer has ten new recovery codes, returned once and kept nowhere, and the old ones open nothing; other
    devices are signed out. Raises Refused for who has nothing that they could stand in for."""
    person = _held(session, viewer.id)
    if not queries.has_any(session, person.id):
        raise Refused("no_factor_yet")
    codes = _new_codes(session, person.id, viewer.now)
    _shut_others_out(session, viewer, person)
    sign_ins.tell_change(session, person, "recovery_codes_new", viewer.now)
    record(session, Tag.PERSON_RECOVERY_CODES, at=viewer.now, viewer=viewer)
    session.flush()
    return codes


def use_code(session: AnySession, person_id: int, text: str, now: datetime) -> Factor:
    """The code, of the person's app or a recovery code, is used up; of two who use one at once, one is refused.

    Raises Refused for every other text. A recovery code that was used is told to the person.
    """
    person = sign_ins.hold_live(session, Person.id == person_id)
    typed = typed_code(text)
    if person is None or not typed:
        raise Refused("code")
    if not is_recovery_code(typed):
        app = queries.app_of(session, person_id)
        if app is None or app.confirmed_at is None or not _use_app(session, app, typed, now):
            raise Refused("code")
        return Factor.APP
    mine = (Token.person_id == person_id, Token.purpose == RECOVERY_CODE, Token.secret_hash == secret_hash(typed))
    used = update(Token).where(*mine, *queries.UNUSED).values(used_at=now).returning(Token.id)
    if session.execute(used).first() is None:
        raise Refused("code")
    sign_ins.tell_change(session, person, "recovery_code_used", now)
    return Factor.RECOVERY_CODE


def ask_to_forget(session: AnySession, person: Person, now: datetime, viewer: Viewer | None = None) -> None:
    """A link waits in the person's mailbox by which they, with their password, can be rid of what they lost.

    `viewer` is the admin who started it, None for the operator.
    """
    token, secret = tokens.issue(session, Purpose.LOST_FACTOR, address=person.email, now=now, person_id=person.id)
    key = f"lost-factor:{token.public_id}"
    sign_ins.tell(session, person, "lost-factor", key, now, expires_at=token.expires_at, token=secret)
    record(session, Tag.PERSON_FACTOR_ASK, at=now, viewer=viewer, subject_id=person.id, thing=token)
    session.flush()


def forget_all(session: AnySession, secret: str, now: datetime) -> Person:
    """Nothing but the password proves the owner of the link any more, and every device is signed out; the caller has
    seen the password. Raises NotFound for a dead link."""
    person = sign_ins.redeem(session, Purpose.LOST_FACTOR, secret, now)[1]
    for table in (Authenticator, Passkey):
        session.execute(delete(table).where(table.person_id == person.id))
    _forget_codes(session, person.id)
    tokens.revoke_links(session, person_id=person.id, address=person.email, now=now)
    sign_ins.end_of_person(session, person.id, now)
    sign_ins.tell_change(session, person, "factors_forgotten", now)
    record(session, Tag.PERSON_FACTOR_FORGET, at=now, subject_id=person.id, thing=person)
    session.flush()
    return person


def _use_app(session: AnySession, app: Authenticator, code: str, now: datetime) -> bool:
    """Whether the code is one of the app's about now, of a later step than any that was accepted; it then counts as
    accepted, by one atomic statement (RFC 6238 §5.2: a code is accepted once)."""
    steps = _steps_of(words_of(session, app.person_id).open(queries.SECRET, app.secret), code, now)
    if not steps:
        return False
    later = or_(Authenticator.last_step.is_(None), Authenticator.last_step < steps[-1])
    accepted = update(Authenticator).where(Authenticator.id == app.id, later).values(last_step=steps[-1])
    return session.execute(accepted.returning(Authenticator.id)).first() is not None


def _steps_of(secret: str, code: str, now: datetime) -> list[int]:
    """The steps about now in which an app with this secret shows the code."""
    clock = pyotp.TOTP(secret)
    return [step for step in steps_taken(now) if hmac.compare_digest(clock.generate_otp(step), code)]


def _new_codes(session: AnySession, person_id: int, now: datetime) -> list[str]:
    _forget_codes(session, person_id)
    codes = [recovery_code(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        hashed = secret_hash(typed_code(code))
        session.add(Token(person_id=person_id, purpose=RECOVERY_CODE, secret_hash=hashed, created_at=now))
    session.flush()
    return codes


def _forget_codes(session: AnySession, person_id: int) -> None:
    session.execute(delete(Token).where(Token.person_id == person_id, Token.purpose == RECOVERY_CODE))


def _shut_others_out(session: AnySession, viewer: Viewer, person: Person) -> None:
    """Links on their way, and every other device, open nothing any more."""
    tokens.revoke_links(session, person_id=person.id, address=person.email, now=viewer.now)
    sign_ins.end_of_person(session, person.id, viewer.now, keep=viewer.session_id)


def _held(session: AnySession, person_id: int) -> Person:
    person = sign_ins.hold_live(session, Person.id == person_id)
    if person is None:
        raise NotFound
    return person
