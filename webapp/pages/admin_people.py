"""Who belongs to an organisation, for its admins: as what, locked out or in, and help for who cannot come in."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import memberships
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.people import MembershipStatus
from webapp.extensions import db
from webapp.pages.admin_mail import count_mail
from webapp.pages.admin_words import roles_words, status_words
from webapp.pages.forms.admin import PeopleForm, RolesForm
from webapp.pages.forms.ladder import LONGEST_SEARCH
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.respond import onward, page
from webapp.queries import organisations as queries
from webapp.queries.organisations import MemberRow
from webapp.web.policies import fresh, recent
from webapp.web.transaction import only_reads

bp = Blueprint("admin_people", __name__, url_prefix="/admin/people")
Answer = str | Response | tuple[str, int]
LAST_PAGE = 1_000


@bp.get("")
@recent
def index() -> str:
    """Those who belong or did, by name, with the asked state and role."""
    return listing(administered(), PeopleForm(formdata=request.args))


@bp.post("")
@recent
@only_reads
def search() -> Answer:
    """The same with some letters in their names; a name belongs in no address."""
    homes, form = administered(), PeopleForm(formdata=request.form)
    letters = request.form.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    return listing(homes, form, letters) if letters else onward(address_of(".index", homes, **form.said()))


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> str:
    """The person as the organisation knows them: never anything of what they keep for themselves."""
    homes, row = asked(public_id)
    placed = queries.placed(db.session, g.viewer, homes.here.id, row.number)
    last = row.number == g.viewer.id and not queries.other_admins(db.session, homes.here.id, row.number)
    words = {"roles": roles_words(row.roles), "state": status_words(row.status)}
    return page("admin/person.html", homes=homes, row=row, placed=placed, last=last, words=words)


@bp.route("/<public_id>/roles", methods=["GET", "POST"])
@fresh
def roles(public_id: str) -> Answer:
    """As what the member belongs; on a change they come in anew."""
    homes, row = asked(public_id, MembershipStatus.ACTIVE)
    form = RolesForm(row.roles)
    if request.method != "POST":
        return page("admin/roles.html", homes=homes, row=row, form=form)
    try:
        changed = memberships.change_roles(db.session, g.viewer, homes.here.id, row.number, form.wanted())
    except Invalid as invalid:
        return page("admin/roles.html", homes=homes, row=row, form=form.absorb(invalid)), 422
    flash(_("Saved. They sign in anew.") if changed else _("Nothing has changed."))
    return back(homes, row)


@bp.route("/<public_id>/suspend", methods=["GET", "POST"])
@recent
def suspend(public_id: str) -> Answer:
    """What suspending means; on yes the member is locked out."""
    homes, row = asked(public_id, MembershipStatus.ACTIVE)
    if request.method != "POST":
        return page("admin/suspend.html", homes=homes, row=row)
    memberships.suspend(db.session, g.viewer, homes.here.id, row.number)
    flash(_("They are suspended. You can let them in again at any time."))
    return back(homes, row)


@bp.post("/<public_id>/resume")
@recent
def resume(public_id: str) -> Answer:
    """The member belongs as before."""
    homes, row = asked(public_id, MembershipStatus.SUSPENDED)
    memberships.resume(db.session, g.viewer, homes.here.id, row.number)
    flash(_("They can come in again."))
    return back(homes, row)


@bp.post("/<public_id>/sign-out")
@recent
def sign_out(public_id: str) -> Answer:
    """No device of the member is signed in any more."""
    homes, row = asked(public_id, MembershipStatus.ACTIVE)
    done = memberships.sign_out_everywhere(db.session, g.viewer, homes.here.id, row.number)
    flash(_("They are signed out everywhere.") if done else _("They were not signed in on any device."))
    return back(homes, row)


@bp.post("/<public_id>/new-password")
@recent
def new_password(public_id: str) -> Answer:
    """A link to choose a new password is on its way to the member alone."""
    return mailed(public_id, memberships.send_recovery)


@bp.route("/<public_id>/lost-second-step", methods=["GET", "POST"])
@fresh
def lost_second_step(public_id: str) -> Answer:
    """What the link does; on yes it is on its way to the member alone, who needs their password as well."""
    if request.method == "POST":
        return mailed(public_id, memberships.send_lost_factor)
    homes, row = asked(public_id, MembershipStatus.ACTIVE)
    if not row.has_factor:
        raise NotFound
    return page("admin/lost_second_step.html", homes=homes, row=row)


def asked(public_id: str, *statuses: MembershipStatus) -> tuple[Homes, MemberRow]:
    """The member of an organisation the viewer administers, in one of these states where any are named."""
    homes = administered()
    row = queries.find_member(db.session, g.viewer, homes.here.id, public_id)
    if statuses and row.status not in statuses:
        raise NotFound
    return homes, row


def mailed(public_id: str, send: Callable[..., None]) -> Response:
    """The member has been written to, counted before anything else; raises TooMany."""
    homes, row = asked(public_id, MembershipStatus.ACTIVE)
    count_mail(homes.here, row.email)
    send(db.session, g.viewer, homes.here.id, row.number)
    flash(_("A link is on its way to their mailbox."))
    return back(homes, row)


def back(homes: Homes, row: MemberRow) -> Response:
    """To the person's page."""
    return onward(address_of(".show", homes, public_id=row.id))


def listing(homes: Homes, form: PeopleForm, letters: str = "") -> str:
    """The page of people whom the form and the letters ask for."""
    number, wanted = asked_page(), form.wanted()
    rows, more = queries.members(db.session, g.viewer, homes.here.id, letters=letters, page=number, **wanted)
    shown: dict[str, Any] = {"homes": homes, "form": form, "letters": letters, "kept": form.said()}
    shown["lines"] = [(row, roles_words(row.roles), status_words(row.status)) for row in rows]
    shown["before"], shown["after"] = number - 1 if number > 1 else None, number + 1 if more else None
    return page("admin/people.html", **shown)


def asked_page() -> int:
    """The page meant; what cannot be is the first."""
    text = request.values.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return min(max(number, 1), LAST_PAGE)
