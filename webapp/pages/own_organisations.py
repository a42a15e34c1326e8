"""Where the viewer belongs, and going from there by themselves."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import leaving, sign_ins
from webapp.actions.leaving import Gone
from webapp.extensions import db
from webapp.pages.admin_words import roles_words
from webapp.pages.respond import onward, page
from webapp.queries import hand_overs
from webapp.queries.hand_overs import Belongings
from webapp.queries.own_memberships import OwnMembership, own_membership, own_memberships
from webapp.web.policies import fresh, signed_in, while_enrolling
from webapp.web.viewer import remember

bp = Blueprint("own_organisations", __name__, url_prefix="/account/organisations")
Answer = str | Response


@bp.get("")
@signed_in
@while_enrolling
def index() -> str:
    """Every organisation of the viewer's, and how they stand in it."""
    rows = [(one, facts_of(one)) for one in own_memberships(db.session, g.viewer)]
    return page("account/organisations.html", rows=rows)


@bp.route("/<public_id>/leave", methods=["GET", "POST"])
@fresh
@while_enrolling
def leave(public_id: str) -> Answer:
    """What becomes of what they answer for there; sent, they belong no more, and other devices are signed out."""
    row = own_membership(db.session, g.viewer, public_id)
    if request.method != "POST":
        return page("account/leave.html", row=row, **becoming(row))
    gone = leaving.go(db.session, g.viewer, row.number, request.form.get("heir") if row.is_active else None)
    remember(sign_ins.renew(db.session, g.viewer, g.viewer.now))
    flash(gone_words(row.name, gone))
    return onward(url_for(".index"))


def facts_of(row: OwnMembership) -> list[tuple[str, str]]:
    """What the viewer may know of it, each with what it is called."""
    alone = _("You alone") if row.is_led_alone else _("Nobody at the moment")
    led = [(_("Looked after by"), ", ".join(row.admins) or alone)]
    if not row.is_active:
        return led
    names = [(_("You report to"), row.managers), (_("Teams"), row.teams)]
    return [(_("As"), roles_words(row.roles)), *((term, ", ".join(some)) for term, some in names if some), *led]


def becoming(row: OwnMembership) -> dict[str, Any]:
    """What becomes of what the viewer answers for there, and who has it; who is suspended is not told."""
    if not row.is_active:
        return {"left": Belongings(), "heir": None}
    left = hand_overs.belongings(db.session, g.viewer, row.number, g.viewer.id)
    return {"left": left, "heir": hand_overs.heir_of(db.session, g.viewer, row.number)}


def gone_words(name: str, gone: Gone) -> str:
    """That they belong no more, and what others have now."""
    words = _("You do not belong to %(name)s any more.", name=name)
    handed = gone.objectives
    more = ngettext("%(num)d objective was handed over.", "%(num)d objectives were handed over.", handed)
    return f"{words} {more}" if handed else words
