"""How a therapist comes to clients: their code, who asks to be taken on, and whom they invite."""

from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import grant_invitations, grants
from webapp.domain.errors import Invalid
from webapp.domain.grants import in_groups
from webapp.domain.identity import email_problems
from webapp.extensions import db
from webapp.pages.clients import for_therapists
from webapp.pages.forms.sharing import InvitationForm
from webapp.pages.respond import onward, page, reply, say
from webapp.pages.sharing_words import invitation_words, shared_words
from webapp.queries import grant_invitations as invitations
from webapp.queries import grants as queries
from webapp.queries.people import email_key
from webapp.web import limits
from webapp.web.policies import recent
from webapp.web.transaction import will_write

bp = Blueprint("relations", __name__, url_prefix="/clients")
bp.before_request(for_therapists)


@bp.get("/requests")
@recent
def requests() -> Any:
    """Who asks to be taken on; that it was read is written down for each of them."""
    asked = queries.requests_to(db.session, g.viewer)
    if asked:
        will_write()
        asked = grants.read_requests(db.session, g.viewer)
    rows = [(one, shared_words(one.scopes, one.from_date, one.expires_at)) for one in asked]
    return page("clients/requests.html", rows=rows)


@bp.post("/requests/<public_id>/accept")
@recent
def accept(public_id: str) -> Any:
    """The client is taken on."""
    grants.accept(db.session, g.viewer, public_id)
    return done(_("You have taken this client on."), ".requests")


@bp.post("/requests/<public_id>/refuse")
@recent
def refuse(public_id: str) -> Any:
    """The client is not taken on."""
    grants.refuse(db.session, g.viewer, public_id)
    return done(_("You have not taken this client on. They do not learn your name."), ".requests")


@bp.get("/code")
@recent
def code() -> Any:
    """The code that clients type."""
    found = queries.code_for(db.session, g.viewer)
    return page("clients/code.html", code=in_groups(found.code) if found else "", since=found and found.created_at)


@bp.post("/code")
@recent
def renew_code() -> Any:
    """There is a new code, and the old one is dead."""
    grant_invitations.renew_code(db.session, g.viewer)
    return done(_("This is your new code."), ".code")


@bp.route("/invitations", methods=["GET", "POST"])
@recent
def invite() -> Any:
    """Whom the viewer has invited, and a form for one more; the answer is the same for every address."""
    form = InvitationForm()
    if request.method != "POST":
        return listing(form)
    try:
        address = form.email.data or ""
        count_invitation(address)
        grant_invitations.invite(db.session, g.viewer, address)
    except Invalid as invalid:
        db.session.rollback()
        form.absorb(invalid)
        return listing(form), 422
    return done(_("The invitation is on its way."), ".invite")


@bp.post("/invitations/<public_id>/withdraw")
@recent
def withdraw(public_id: str) -> Any:
    """The invitation opens nothing any more."""
    grant_invitations.withdraw(db.session, g.viewer, public_id)
    return done(_("The invitation is withdrawn."), ".invite")


def listing(form: InvitationForm) -> Any:
    """The form and the latest invitations; for htmx the form alone."""
    rows = [(one, invitation_words(one.state)) for one in invitations.sent_by(db.session, g.viewer)]
    return reply("clients/_invite.html", page="clients/invitations.html", form=form, rows=rows)


def count_invitation(address: str) -> None:
    """One more mail to somebody who has not asked for it: by this therapist today, and to this mailbox within the
    hour; nobody learns how many others wrote to it. Raises TooMany."""
    if email_problems(address):
        return
    limits.take("invitation_day", g.viewer.public_id, limits.DAY)
    to = limits.account(email_key(address))
    limits.take("mail_target_hour", f"invitation|{g.viewer.public_id}|{to}", limits.HOUR)


def done(said: str, where: str) -> Any:
    """Back where it was done, with a message."""
    say(said)
    return onward(url_for(where))
