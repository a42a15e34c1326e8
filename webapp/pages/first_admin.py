"""The operator's one-time link: whoever has it and its address becomes an admin of the organisation it names."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import invitations, people, sign_ins
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.models import Person
from webapp.pages.forms.identity import AccountForm
from webapp.pages.respond import onward, page
from webapp.queries.people import email_key, open_link, person_by_email
from webapp.web import proofs, transaction
from webapp.web.policies import anyone, fresh, secret_address
from webapp.web.viewer import now, remember

bp = Blueprint("first_admin", __name__, url_prefix="/first-admin")
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Link:
    """What the link offers, and whose address it is for whoever opens it: "theirs", "another" than theirs, "known",
    "shut_out" or "unknown"."""

    organisation: str
    organisation_id: str
    email: str
    state: str


@bp.get("/<token>")
@anyone
def show(token: str) -> Answer:
    """What the link offers, and how to say yes; nothing changes. Whoever has to prove themselves first comes back here
    by what their browser keeps, not by an address."""
    try:
        link = read(token)
    except NotFound:
        return dead()
    if link.state in ("known", "theirs"):
        session[proofs.OFFERED] = token
    form = AccountForm() if link.state == "unknown" else None
    return page("identity/first_admin.html", link=link, token=token, form=form)


@bp.post("/<token>")
@anyone
def begin(token: str) -> Answer:
    """There is an account with the address, and its owner is an admin; they sign in next."""
    proofs.count_link()
    form = AccountForm()
    try:
        proofs.link_was_good(_made(form, token))
    except Invalid as invalid:
        return page("identity/first_admin.html", link=read(token), token=token, form=form.absorb(invalid)), 422
    except Conflict:  # the address has an owner by now: the link stays open, and they sign in with what they have
        db.session.rollback()
        return onward(url_for(".show", token=token))
    except NotFound:
        return dead()
    flash(_("Your account is ready. Sign in to begin."))
    return onward(url_for("identity.sign_in"))


@bp.post("/<token>/accept")
@fresh
@secret_address
def accept(token: str) -> Answer:
    """The viewer, whose address the operator named, is an admin; every other device is signed out."""
    try:
        link = read(token)
        invitations.accept_first_admin(db.session, g.viewer, token)
    except NotFound:
        return dead()
    remember(sign_ins.renew(db.session, g.viewer, g.viewer.now))
    flash(_("You look after %(name)s now. Other devices have to sign in again.", name=link.organisation))
    return onward(url_for("admin.index", organisation=link.organisation_id))


def read(token: str) -> Link:
    """The open link; raises NotFound."""
    found = open_link(db.session, Purpose.FIRST_ADMIN, token, now())
    if found is None:
        raise NotFound
    organisation, email = invitations.offered(db.session, found)
    return Link(organisation.name, organisation.public_id, email, _state(email, g.viewer))


def dead() -> Answer:
    """The link opens nothing, and here is who can make another."""
    return page("identity/first_admin_dead.html"), 410


def _made(form: AccountForm, token: str) -> Person:
    draft = form.draft(read(token).email)
    with transaction.unlocked():
        password_hash = people.hash_for(draft)
    return invitations.become_first_admin(db.session, token, now(), draft=draft, password_hash=password_hash)


def _state(email: str, viewer: Viewer | None) -> str:
    if viewer is not None:
        return "theirs" if email_key(viewer.email) == email_key(email) else "another"
    owner = person_by_email(db.session, email)
    if owner is None:
        return "unknown"
    return "known" if owner.disabled_at is None else "shut_out"
