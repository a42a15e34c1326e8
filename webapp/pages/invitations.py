"""Being asked into an organisation: what it would see and what it never sees, and yes or no."""

from collections.abc import Collection

from flask import Blueprint, flash, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import invitations, sign_ins
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.pages.respond import onward, page
from webapp.queries import invitations as queries
from webapp.web.policies import fresh, signed_in
from webapp.web.viewer import remember

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.get("")
@signed_in
def index() -> str:
    """Those that wait for the viewer's answer."""
    rows = [(row, role_words(row.roles)) for row in queries.addressed_to(db.session, g.viewer)]
    return page("invitations/index.html", rows=rows)


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> str:
    """Who asks, as what, and what follows from yes; nothing changes."""
    row = queries.find(db.session, g.viewer, public_id)
    return page("invitations/show.html", row=row, words=role_words(row.roles), also=given_words(row.roles))


@bp.post("/<public_id>/accept")
@fresh
def accept(public_id: str) -> Response:
    """The viewer belongs to the organisation; every other device is signed out."""
    name = queries.find(db.session, g.viewer, public_id).organisation
    invitations.accept(db.session, g.viewer, public_id)
    remember(sign_ins.renew(db.session, g.viewer, g.viewer.now))
    flash(_("You belong to %(name)s now. Other devices have to sign in again.", name=name))
    return onward(url_for("dashboard.index"))


@bp.post("/<public_id>/decline")
@signed_in
def decline(public_id: str) -> Response:
    """The invitation is over, and nothing else has changed."""
    invitations.decline(db.session, g.viewer, public_id)
    flash(_("Declined. Nothing of yours has changed."))
    return onward(url_for(".index"))


def role_words(roles: Collection[Role]) -> str:
    """As what the organisation asks somebody in."""
    names = {Role.THERAPIST: _("Therapist"), Role.MANAGER: _("Manager"), Role.ADMIN: _("Admin")}
    said = [words for role, words in names.items() if role in roles]
    return ", ".join(said) or _("Member")


def given_words(roles: Collection[Role]) -> list[str]:
    """What each role that is given beside being a member lets somebody do."""
    words = {
        Role.THERAPIST: _("As a therapist you see what clients choose to share with you, and nothing else of theirs."),
        Role.MANAGER: _("As a manager you see and review the objectives of those who report to you."),
        Role.ADMIN: _("As an admin you look after its members, their roles, teams and ladder."),
    }
    return [sentence for role, sentence in words.items() if role in roles]
