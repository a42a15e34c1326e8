"""Passkeys: key pairs on people's own devices that prove them without a password (WebAuthn Level 3).

A challenge is a secret of one use like a mailed link: kept as its SHA-256, ended by five minutes or its first good
answer. The device itself makes sure of its person (user verification), so a passkey alone is worth password and second
step.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from webapp.actions import second_factors, sign_ins, tokens
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound, Problem, Refused
from webapp.domain.identity import Purpose, plain_name
from webapp.domain.people import Viewer
from webapp.domain.second_factors import PASSKEYS_PER_PERSON, Factor, passkey_name_problems
from webapp.models import Passkey, Person
from webapp.models.engine import AnySession
from webapp.queries import second_factors as queries

RP_NAME = "Aimline"
LONGEST_ANSWER = 20_000
LONGEST_ID, LONGEST_KEY = 1023, 2000
"""Bytes of a credential's id (WebAuthn §4) and of its public key."""
UNUSABLE = Problem("passkey", "passkey_unusable")
Judged = TypeVar("Judged")


class Site(NamedTuple):
    """Where browsers meet us: the host that passkeys are bound to, and the origin they are used at."""

    host: str
    origin: str


def offer(session: AnySession, viewer: Viewer, site: Site) -> str:
    """What the viewer's browser needs to make a passkey, as JSON (PublicKeyCredentialCreationOptionsJSON).

    Raises Invalid for who has as many as one may have: no device is to keep one that we then refuse."""
    import webauthn  # heavy, and needed by few requests
    from webauthn.helpers import structs

    _has_room(session, viewer.id)
    secret = tokens.issue(session, Purpose.PASSKEY_NEW, address="", now=viewer.now, person_id=viewer.id)[1]
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=RP_NAME,
        user_id=viewer.public_id.encode(),
        user_name=viewer.email,
        user_display_name=viewer.name,
        challenge=webauthn.base64url_to_bytes(secret),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=one.credential_id)
            for one in queries.passkeys_of(session, viewer.id)
        ],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def add(session: AnySession, viewer: Viewer, answer: str, name: str, site: Site) -> list[str]:
    """The passkey that the browser made proves the viewer from now on; returns recovery codes as `confirm_app` does.

    The caller gives this device a new secret. Raises Invalid, with every problem at `name` or `passkey`."""
    import webauthn

    name = plain_name(name)
    if problems := passkey_name_problems(name):
        raise Invalid(problems)
    try:
        challenge, person = _redeemed(session, Purpose.PASSKEY_NEW, answer, viewer.id, viewer.now, by=viewer.id)
        _has_room(session, viewer.id)
        made = _judged(webauthn.verify_registration_response, answer, challenge, site)
        if len(made.credential_id) > LONGEST_ID or len(made.credential_public_key) > LONGEST_KEY:
            raise ValueError("too long")
    except ValueError as error:
        raise Invalid([UNUSABLE]) from error
    row = Passkey(
        person_id=viewer.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        transports=" ".join(_transports(answer)),
        synced=made.credential_backed_up,
        created_at=viewer.now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # it is somebody's already
        raise Invalid([UNUSABLE]) from error
    return second_factors.added(session, viewer, person, Factor.PASSKEY)


def ask(session: AnySession, person_id: int | None, site: Site, now: datetime) -> str:
    """What a browser needs to prove somebody by a passkey, as JSON (PublicKeyCredentialRequestOptionsJSON): the person
    who waits for a second step, or with None whomever the device knows."""
    import webauthn
    from webauthn.helpers import structs

    secret = tokens.issue(session, Purpose.PASSKEY, address="", now=now, person_id=person_id)[1]
    known = queries.passkeys_of(session, person_id) if person_id is not None else []
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=webauthn.base64url_to_bytes(secret),
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def prove(session: AnySession, person_id: int | None, answer: str, site: Site, now: datetime) -> Person:
    """The person, held, whom the browser's answer proves; raises Refused, the same for every reason.

    With `person_id` it must be them. The challenge is used up by the first good answer to it.
    """
    import webauthn

    try:
        said = json.loads(answer) if len(answer) <= LONGEST_ANSWER else {}
        raw_id = webauthn.base64url_to_bytes(str(said["rawId"]))
        passkey = session.scalars(select(Passkey).where(Passkey.credential_id == raw_id)).one_or_none()
        if passkey is None or person_id not in (None, passkey.person_id):
            raise ValueError("not theirs")
        challenge, person = _redeemed(session, Purpose.PASSKEY, answer, person_id, now, by=passkey.person_id)
        keys = {"credential_public_key": passkey.public_key, "credential_current_sign_count": passkey.sign_count}
        proven = _judged(webauthn.verify_authentication_response, answer, challenge, site, **keys)
        handle = said["response"].get("userHandle")
        if (handle or person_id is None) and webauthn.base64url_to_bytes(handle) != person.public_id.encode():
            raise ValueError("made for somebody else")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("passkey") from error
    counted = proven.new_sign_count
    grows = Passkey.sign_count < counted if counted else Passkey.sign_count == 0  # some devices never count
    found = {"sign_count": counted, "synced": proven.credential_backed_up, "used_at": now}
    used = update(Passkey).where(Passkey.id == passkey.id, grows).values(**found).returning(Passkey.id)
    if session.execute(used).first() is None:
        raise Refused("passkey")
    return person


def rename(session: AnySession, viewer: Viewer, public_id: str, name: str) -> None:
    """The viewer's passkey is called so; raises NotFound and Invalid."""
    passkey = queries.find_passkey(session, viewer, public_id)
    name = plain_name(name)
    if problems := passkey_name_problems(name):
        raise Invalid(problems)
    passkey.name = name
    record(session, Tag.PASSKEY_RENAME, at=viewer.now, viewer=viewer, thing=passkey)
    session.flush()


def remove(session: AnySession, viewer: Viewer, public_id: str, *, required: bool) -> None:
    """The passkey proves nobody any more; raises NotFound, and Refused as `remove_app`."""
    person = sign_ins.hold_live(session, Person.id == viewer.id)
    if person is None:
        raise NotFound
    session.delete(queries.find_passkey(session, viewer, public_id))
    session.flush()
    second_factors.removed(session, viewer, person, Factor.PASSKEY, required=required)


def _has_room(session: AnySession, person_id: int) -> None:
    mine = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    if (session.scalar(mine) or 0) >= PASSKEYS_PER_PERSON:
        raise Invalid([Problem("passkey", "too_many_passkeys", {"most": PASSKEYS_PER_PERSON})])


def _redeemed(
    session: AnySession, purpose: Purpose, answer: str, person_id: int | None, now: datetime, *, by: int
) -> tuple[str, Person]:
    """The challenge that the answer is to, asked of this person or of anybody, used up by one whom it holds; raises
    ValueError when it is not ours, somebody else's, or over, and for who may not come in."""
    from webauthn import base64url_to_bytes

    try:
        if len(answer) > LONGEST_ANSWER:
            raise ValueError("too long")
        said = json.loads(base64url_to_bytes(str(json.loads(answer)["response"]["clientDataJSON"])))
        challenge = str(said["challenge"])
        token, person = sign_ins.redeem(session, purpose, challenge, now, by=by)
    except (NotFound, KeyError, TypeError, RecursionError) as error:
        raise ValueError("no challenge of ours") from error
    if token.person_id != person_id:
        raise ValueError("somebody else's challenge")
    return challenge, person


def _judged(judge: Callable[..., Judged], answer: str, challenge: str, site: Site, **more: Any) -> Judged:
    """What the library makes of an answer to this challenge; raises ValueError for one that proves nothing."""
    from webauthn import base64url_to_bytes

    try:
        return judge(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            **more,
        )
    except Exception as error:  # its readers of keys and certificates raise whatever they stumble over
        raise ValueError("no proof") from error


def _transports(answer: str) -> list[str]:
    """How the device says it can be reached, as far as these are words of the standard."""
    said: Any = json.loads(answer).get("response", {}).get("transports")
    words = said if isinstance(said, list) else []
    return [word for word in ("usb", "nfc", "ble", "hybrid", "internal", "smart-card") if word in words]
