"""Programs of the reading contract that an organisation lets in: which there are, letting one in, shutting one out.

None of it says who uses one, nor how many do: of a small organisation a number would name people.
"""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from webapp.actions import reading_clients as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.forms.reading_clients import ClientForm
from webapp.pages.ladder_homes import address_of, administered, home_of
from webapp.pages.respond import onward, page
from webapp.pages.value_lines import moment_there
from webapp.queries import reading_clients as queries
from webapp.queries.ladders import Home
from webapp.queries.reading_clients import ClientRow
from webapp.web import idempotency
from webapp.web.policies import fresh, recent

bp = Blueprint("reading_clients", __name__, url_prefix="/admin/reading-programs")


@bp.get("")
@recent
def index() -> str:
    """The programs of an organisation the viewer administers."""
    homes = administered()
    rows = [(row, words_of(row, homes.here)) for row in queries.listed(db.session, g.viewer, homes.here.id)]
    return page("reading_clients/index.html", homes=homes, rows=rows, new=address_of(".new", homes))


@bp.route("/new", methods=["GET", "POST"])
@fresh
def new() -> Any:
    """A new program; its client id stands in the list from now on, since it is no secret."""
    homes, form = administered(), ClientForm()
    back = address_of(".index", homes)
    if request.method != "POST":
        return page("reading_clients/new.html", homes=homes, form=form, back=back)
    if (made := idempotency.answered(form.nonce.data)) is not None:
        return onward(made)
    try:
        client = actions.create(db.session, g.viewer, homes.here.id, form.named())
    except Invalid as invalid:
        return page("reading_clients/new.html", homes=homes, form=form.absorb(invalid), back=back), 422
    idempotency.keep(form.nonce.data, back)
    flash(_("%(name)s is let in: its client id is %(client)s.", name=client.name, client=client.client_id))
    return onward(back)


@bp.route("/<public_id>/revoke", methods=["GET", "POST"])
@recent
def revoke(public_id: str) -> Any:
    """What shutting out means; on yes every token of the program ends at once."""
    client = queries.find(db.session, g.viewer, public_id)
    back = address_of(".index", home_of(client.organisation_id or 0))
    if request.method != "POST":
        return page("reading_clients/revoke.html", client=client, back=back)
    actions.revoke(db.session, g.viewer, public_id)
    flash(_("%(name)s is shut out. Its tokens have ended.", name=client.name))
    return onward(back)


def words_of(row: ClientRow, home: Home) -> str:
    """Since when the program is let in, and since when no more, as the clocks of the organisation showed it."""
    since = _("let in %(moment)s", moment=moment_there(row.created_at, home.zone))
    if row.revoked_at is None:
        return since
    return " · ".join((since, _("shut out %(moment)s", moment=moment_there(row.revoked_at, home.zone))))
