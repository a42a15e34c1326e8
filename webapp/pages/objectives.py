"""Objectives of a cycle: the tree, the table, and whose they are; one objective has modules of its own."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import check_ins
from webapp.domain.errors import Invalid
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.models import KeyResult
from webapp.pages.forms.check_ins import CheckInForm
from webapp.pages.forms.objective_filters import Asked, asked_of
from webapp.pages.objective_listing import after, chosen, listing, named_cycles, numbers_of, selects
from webapp.pages.respond import onward, page, reply, wants_fragment
from webapp.queries import cycles as cycle_queries
from webapp.queries import objective_export, objectives
from webapp.queries import objective_tree as queries
from webapp.queries.objectives import Found
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("objectives", __name__, url_prefix="/objectives")


@bp.get("")
@signed_in
def index() -> Any:
    """The objectives of a cycle that the address asks for."""
    asked = asked_of(request.args)
    cycles = cycle_queries.listed(db.session, g.viewer)
    cycle = chosen(cycles, asked)
    if cycle is None:
        return page("objectives/none.html", admin=g.viewer.has(Role.ADMIN), member=bool(g.viewer.roles))
    filters = selects(asked, queries.choices(db.session, g.viewer, cycle))
    given = {"selects": filters, "cycles": named_cycles(cycles), **listing(cycle, asked)}
    return reply("objectives/_objectives.html", page="objectives/index.html", **given)


@bp.get("/export.csv")
@signed_in
def export() -> Response:
    """What the filters of the address show, as a table for spreadsheet programs that `/objectives/paste` reads."""
    asked = asked_of(request.args)
    cycle = chosen(cycle_queries.listed(db.session, g.viewer), asked)
    wanted = numbers_of(cycle, asked) if cycle else []
    content = objective_export.table(db.session, g.viewer, cycle, wanted)
    headers = {"Content-Disposition": f'attachment; filename="objectives-{g.viewer.today.isoformat()}.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8; header=present", headers=headers)


@bp.get("/key-results/<public_id>/line")
@signed_in
def line(public_id: str) -> Any:
    """The little form in which a key result of a list is checked in."""
    key_result, found = objectives.find_key_result(db.session, g.viewer, public_id)
    check_ins.require_part(db.session, g.viewer, key_result, found)
    shown = about(key_result, CheckInForm(key_result, formdata=None), found)
    return reply("objectives/_check_in_line.html", page="objectives/line.html", **shown)


@bp.post("/key-results/<public_id>/line")
@signed_in
def check_in(public_id: str) -> Any:
    """A key result stands as the little form says; the list shows what that comes to."""
    key_result, found = objectives.find_key_result(db.session, g.viewer, public_id, lock=True)
    form = CheckInForm(key_result)
    try:
        if not answered(form.nonce.data):
            check_ins.check_in(db.session, g.viewer, key_result, found, form.draft())
            keep(form.nonce.data, request.path)
    except Invalid as invalid:
        form.absorb(invalid)
        shown = about(key_result, form, found)
        return reply("objectives/_check_in_line.html", page="objectives/line.html", **shown), 422
    said = _("Checked in: %(name)s.", name=key_result.name)
    if wants_fragment():
        return page("objectives/checked.hx.html", said=said, **after(found.cycle, asked_before(), found.goal.id))
    flash(said)
    return onward(f"/objectives/{found.goal.public_id}")


def about(key_result: KeyResult, form: CheckInForm, found: Found) -> dict[str, Any]:
    """What the little form shows beside its fields."""
    return {"key_result": key_result, "form": form, "objective": found}


def asked_before() -> Asked:
    """What the list asks for in which the form stands."""
    return asked_of(dict(parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query)))
