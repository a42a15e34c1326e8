"""Where somebody goes who has just signed in."""

from flask import session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.domain.identity import Purpose
from webapp.extensions import db
from webapp.pages.respond import onward
from webapp.queries import invitations
from webapp.queries.people import link_is_open
from webapp.web import proofs
from webapp.web.viewer import now, remember


def come_in(secret: str, asked: str | None, otherwise: str | None = None) -> Response:
    """This browser carries the sign-in with this secret, and goes to the address that was asked for, which is safe
    already; else to the operator's link that was opened in it; else where it goes `otherwise`, or begins."""
    offered = _offered()
    remember(secret)
    return onward(asked or offered or otherwise or _beginning())


def _offered() -> str | None:
    secret = session.get(proofs.OFFERED)
    is_open = secret and link_is_open(db.session, Purpose.FIRST_ADMIN, secret, now())
    return url_for("first_admin.show", token=secret) if is_open else None


def _beginning() -> str:
    """The invitation that waits for whoever this browser has just remembered, else Today."""
    waiting = invitations.waiting_at_sign_in(db.session, current_user.get_id(), now())
    return url_for("invitations.show", public_id=waiting) if waiting else url_for("dashboard.index")
