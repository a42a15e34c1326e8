"""Who reports to whom: the members of an organisation by name, and the managers of one of them."""

from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import reporting as actions
from webapp.domain.errors import Invalid
from webapp.domain.people import MembershipStatus
from webapp.extensions import db
from webapp.pages.admin_teams import meant
from webapp.pages.forms.ladder import LONGEST_SEARCH
from webapp.pages.forms.teams import ManagerForm
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.respond import onward, page, say
from webapp.queries import organisations
from webapp.queries import reporting as queries
from webapp.queries.organisations import MemberRow
from webapp.queries.value_people import members_offered
from webapp.web.policies import recent
from webapp.web.transaction import only_reads

bp = Blueprint("admin_reporting", __name__, url_prefix="/admin/reporting")
Answer = str | Response | tuple[str, int]
Line = tuple[MemberRow, list[str]]
LAST_PAGE = 1_000


@bp.get("")
@recent
def index() -> str:
    """The members of an organisation the viewer administers with their managers, fifty a page."""
    homes, number = administered(), asked_page()
    lines, more = lines_of(homes, page=number)
    before = page_address(homes, number - 1) if number > 1 else None
    after = page_address(homes, number + 1) if more else None
    return listing(homes, lines, before=before, after=after)


@bp.post("")
@recent
@only_reads
def search() -> str:
    """The first fifty members with some letters in their names; a name belongs in no address."""
    homes = administered()
    letters = request.form.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    lines, more = lines_of(homes, letters=letters)
    return listing(homes, lines, letters=letters, too_many=more)


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> str:
    """The managers of one member."""
    return about(administered(), public_id, ManagerForm(formdata=None))


@bp.post("/<public_id>")
@recent
def add(public_id: str) -> Answer:
    """The member reports to one more manager."""
    homes, form = administered(), ManagerForm()
    member = organisations.find_member(db.session, g.viewer, homes.here.id, public_id)
    manager = meant(homes.here.id, form.manager.data or "")
    try:
        actions.add(db.session, g.viewer, homes.here.id, member.id, manager)
    except Invalid as invalid:
        form.absorb(invalid)
        return about(homes, public_id, form), 422
    say(_("Saved."))
    return onward(address_of(".show", homes, public_id=public_id))


@bp.post("/<public_id>/<manager>/delete")
@recent
def remove(public_id: str, manager: str) -> Response:
    """The member does not report to this manager any more."""
    homes = administered()
    member = organisations.find_member(db.session, g.viewer, homes.here.id, public_id)
    above = organisations.find_member(db.session, g.viewer, homes.here.id, manager)
    actions.remove(db.session, g.viewer, homes.here.id, member.number, above.number)
    say(_("They do not report to this manager any more."))
    return onward(address_of(".show", homes, public_id=public_id))


def about(homes: Homes, public_id: str, form: ManagerForm) -> str:
    """The page of one member."""
    member = organisations.find_member(db.session, g.viewer, homes.here.id, public_id)
    managers = queries.managers(db.session, homes.here.id, [member.number]).get(member.number, [])
    shown = {"homes": homes, "member": member, "managers": managers, "form": form}
    offered = members_offered(db.session, homes.here.id)
    return page("admin/managers.html", **shown, offered=offered, back=address_of(".index", homes))


def listing(homes: Homes, lines: list[Line], **more: Any) -> str:
    """The page of these members."""
    shown: dict[str, Any] = {"letters": "", "too_many": False, "before": None, "after": None}
    return page("admin/reporting.html", homes=homes, lines=lines, first=address_of(".index", homes), **shown | more)


def lines_of(homes: Homes, **narrowed: Any) -> tuple[list[Line], bool]:
    """Fifty active members, each with the names of their managers; and whether there are more."""
    here = homes.here.id
    rows, more = organisations.members(db.session, g.viewer, here, status=MembershipStatus.ACTIVE, **narrowed)
    managers = queries.managers(db.session, here, [row.number for row in rows])
    return [(row, [one.name for one in managers.get(row.number, ()) if one.is_active]) for row in rows], more


def asked_page() -> int:
    """The page meant; what cannot be is the first."""
    text = request.args.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return min(max(number, 1), LAST_PAGE)


def page_address(homes: Homes, number: int) -> str:
    """The address of a page of the list."""
    return address_of(".index", homes, **({"page": str(number)} if number > 1 else {}))
