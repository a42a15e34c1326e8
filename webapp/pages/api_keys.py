"""Keys by which programs of an organisation come in: which there are, making one and shutting one out."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from webapp.actions import api_keys as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.forms.api_keys import KeyForm, key_scope_words
from webapp.pages.ladder_homes import address_of, administered, home_of
from webapp.pages.respond import onward, page
from webapp.pages.value_lines import moment_there
from webapp.queries import api_keys as queries
from webapp.queries.api_keys import KeyRow
from webapp.queries.ladders import Home
from webapp.web import idempotency
from webapp.web.policies import fresh, recent

bp = Blueprint("api_keys", __name__, url_prefix="/admin/keys")


@bp.get("")
@recent
def index() -> str:
    """The keys of an organisation the viewer administers."""
    homes = administered()
    rows = [(row, words_of(row, homes.here)) for row in queries.listed(db.session, g.viewer, homes.here.id)]
    return page("keys/index.html", homes=homes, rows=rows, new=address_of(".new", homes))


@bp.route("/new", methods=["GET", "POST"])
@fresh
def new() -> Any:
    """A new key; it and its secret are on this one answer only: sent again, the form makes no other."""
    homes, form = administered(), KeyForm()
    back = address_of(".index", homes)
    if request.method != "POST":
        return page("keys/new.html", homes=homes, form=form, back=back)
    if (made := idempotency.answered(form.nonce.data)) is not None:
        flash(_("That key is made already. If you missed it, revoke it and make another."))
        return onward(made)
    try:
        row, key, secret = actions.create(db.session, g.viewer, homes.here.id, form.draft())
    except Invalid as invalid:
        return page("keys/new.html", homes=homes, form=form.absorb(invalid), back=back), 422
    idempotency.keep(form.nonce.data, back)
    return page("keys/made.html", name=row.name, signs=row.signs, key=key, secret=secret, back=back)


@bp.route("/<public_id>/revoke", methods=["GET", "POST"])
@recent
def revoke(public_id: str) -> Any:
    """What revoking means; on yes every program with this key is shut out at once."""
    key = queries.find(db.session, g.viewer, public_id)
    homes = home_of(key.organisation_id)
    back = address_of(".index", homes)
    if request.method != "POST":
        row = queries.shown(db.session, g.viewer, public_id)
        return page("keys/revoke.html", row=row, words=words_of(row, homes.here), back=back)
    actions.revoke(db.session, g.viewer, public_id)
    flash(_("The key is revoked. Its programs are shut out."))
    return onward(back)


def words_of(row: KeyRow, home: Home) -> str:
    """What a key may do, whether it signs, and when it was used last, as the clocks of the organisation showed it."""
    may = _("May %(things)s", things=", ".join(map(key_scope_words, row.scopes)))
    signs = _("every request signed") if row.signs else _("signing is up to the program")
    end = _("revoked %(moment)s", moment=moment_there(row.revoked_at, home.zone)) if row.revoked_at else _("live")
    used = _("last used %(moment)s", moment=moment_there(row.used_at, home.zone)) if row.used_at else _("never used")
    return " · ".join((may, signs, end, used))
