"""Seeing a member off: what they answer for goes to others, and then they do not belong any more."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import leaving
from webapp.actions.leaving import Gone
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.people import MembershipStatus
from webapp.extensions import db
from webapp.pages.forms.leaving import LeaveForm
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.respond import onward, page
from webapp.queries import hand_overs, members, organisations
from webapp.web.policies import fresh

bp = Blueprint("admin_leaving", __name__)
Answer = str | Response | tuple[str, int]


@bp.route("/admin/people/<public_id>/leave", methods=["GET", "POST"])
@fresh
def show(public_id: str) -> Answer:
    """What the member answers for, and who has it from now on; sent, they belong no more."""
    homes = administered()
    about = _about(homes, public_id)
    if request.method != "POST":
        return page("admin/leave.html", **about)
    form, member, left = about["form"], about["member"], about["left"]
    try:
        heirs = form.heirs(left.objectives)
        gone = leaving.leave(db.session, g.viewer, homes.here.id, member.number, heirs, manager_id=form.new_manager())
    except Invalid as invalid:
        form.absorb(invalid)
        return page("admin/leave.html", **about), 422
    flash(gone_words(gone))
    return onward(address_of("admin_people.index", homes))


def gone_words(gone: Gone) -> str:
    """That they belong no more, and how much became of what they left."""
    said = {
        ngettext("%(num)d objective handed over", "%(num)d objectives handed over", gone.objectives): gone.objectives,
        ngettext("%(num)d key result given back", "%(num)d key results given back", gone.key_results): gone.key_results,
        ngettext("%(num)d review freed", "%(num)d reviews freed", gone.reviews): gone.reviews,
        ngettext("%(num)d team without a lead", "%(num)d teams without a lead", gone.teams): gone.teams,
        ngettext("%(num)d report moved", "%(num)d reports moved", gone.reports): gone.reports,
    }
    counts = ", ".join(words for words, number in said.items() if number)
    words = _("They do not belong any more.")
    return f"{words} {counts}." if counts else words


def _about(homes: Homes, public_id: str) -> dict[str, Any]:
    member = organisations.find_member(db.session, g.viewer, homes.here.id, public_id)
    if member.status is MembershipStatus.LEFT:
        raise NotFound
    left = hand_overs.belongings(db.session, g.viewer, homes.here.id, member.number)
    others = [one for one in members.members_of(db.session, homes.here.id) if one.number != member.number]
    back = address_of("admin_people.show", homes, public_id=public_id)
    return {"homes": homes, "member": member, "left": left, "form": LeaveForm(others), "back": back}
