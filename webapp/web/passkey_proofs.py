"""Proving who one is with a passkey: the first proof of somebody, the second step of who waits for it, or once more.

Challenges and answers are counted before anything is compared, and those that prove somebody do not count: of who is
nobody yet for the network, of everybody else for their account there. No password is refused for a passkey.
"""

from urllib.parse import urlsplit

from flask import current_app, session

from webapp.actions import passkeys, sign_ins
from webapp.actions.passkeys import Site
from webapp.domain.errors import NotFound, Refused
from webapp.domain.people import Viewer
from webapp.domain.second_factors import Factor
from webapp.extensions import db
from webapp.settings import Settings
from webapp.web import limits, proofs, transaction
from webapp.web.viewer import now


def site() -> Site:
    """Where browsers meet us, whatever a request says of its host."""
    settings: Settings = current_app.config["SETTINGS"]
    address = urlsplit(settings.base_url)
    return Site(address.hostname or "", f"{address.scheme}://{address.netloc}")


def offer(viewer: Viewer) -> str:
    """What the viewer's browser needs to make a passkey; raises TooMany, and Invalid as `passkeys.offer`."""
    limits.take("passkey_hour", limits.caller_as(viewer.id), limits.HOUR)
    return passkeys.offer(db.session, viewer, site())


def ask(person_id: int | None) -> str:
    """What the browser needs to prove this person, or with None whomever its device knows; raises TooMany."""
    limits.take("passkey_hour", _who(person_id), limits.HOUR)
    return passkeys.ask(db.session, person_id, site(), now())


def sign_in(answer: str, *, second_step: bool) -> str:
    """The secret of a new sign-in on this device, or of the one that waited here; raises Refused or TooMany."""
    waits = proofs.waiting() if second_step else None
    who = _who(waits.person_id if waits else None)
    limits.take("passkey_tries_hour", who, limits.HOUR)
    try:
        secret = _finished(answer) if second_step else _let_in(answer)
    except (NotFound, Refused) as error:
        _refuse()
        raise Refused("passkey") from error
    for name in ("passkey_tries_hour", "passkey_hour"):
        limits.give_back(name, who, limits.HOUR)
    return secret


def again(viewer: Viewer, answer: str) -> str:
    """The new secret of this device, which counts as fresh; raises Refused or TooMany."""
    limits.take("password_again_day", viewer.public_id, limits.DAY)
    try:
        passkeys.prove(db.session, viewer.id, answer, site(), now())
    except Refused:
        _refuse(viewer)
        raise
    limits.give_back("password_again_day", viewer.public_id, limits.DAY)
    limits.give_back("passkey_hour", _who(viewer.id), limits.HOUR)
    return sign_ins.prove_again(db.session, viewer, now())


def _who(person_id: int | None) -> str:
    return limits.caller() if person_id is None else proofs.second_step_here(person_id)


def _let_in(answer: str) -> str:
    person = passkeys.prove(db.session, None, answer, site(), now())
    return sign_ins.let_in(db.session, person, proofs.device(), now(), by=Factor.PASSKEY.value)


def _finished(answer: str) -> str:
    waits = proofs.waiting()
    if waits is None or waits.person_id is None:
        raise NotFound
    passkeys.prove(db.session, waits.person_id, answer, site(), now())
    return sign_ins.finish(db.session, session[proofs.WAITING], Factor.PASSKEY.value, proofs.device(), now())


def _refuse(viewer: Viewer | None = None) -> None:
    """It is written down that somebody did not get in, whatever becomes of the rest."""
    with transaction.apart():
        sign_ins.refuse(db.session, None, now(), viewer=viewer)
