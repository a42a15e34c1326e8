"""Programs that act for a person: which there are, what they may do, letting one in and shutting it out."""

from collections.abc import Sequence

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import api_tokens
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.forms.tokens import TokenForm, contract_words, scope_words
from webapp.pages.respond import onward, page
from webapp.queries import reading_clients
from webapp.queries.api_tokens import TokenRow, TokenState, listed, shown
from webapp.web import idempotency
from webapp.web.formats import moment
from webapp.web.policies import fresh, signed_in

bp = Blueprint("tokens", __name__)
Answer = str | Response | tuple[str, int]
NAMED = 3
"""So many programs are named on the account page."""


@bp.get("/account/tokens")
@signed_in
def index() -> str:
    """The viewer's tokens, and what each may do."""
    rows = [(row, words_of(row)) for row in listed(db.session, g.viewer)]
    return page("account/tokens.html", rows=rows)


@bp.route("/account/tokens/new", methods=["GET", "POST"])
@fresh
def new() -> Answer:
    """A new token, whose secret is on this one answer only: sent again, the form makes no other."""
    form = TokenForm(reading_clients.choices(db.session, g.viewer))
    if request.method != "POST":
        return page("account/token_new.html", form=form)
    if (made := idempotency.answered(form.nonce.data)) is not None:
        flash(_("That token is made already. If you missed its secret, revoke it and make another."))
        return onward(made)
    try:
        draft = form.draft()
        token, secret = api_tokens.create(db.session, g.viewer, draft)
    except Invalid as invalid:
        return page("account/token_new.html", form=form.absorb(invalid)), 422
    idempotency.keep(form.nonce.data, url_for(".index"))
    return page("account/token_made.html", name=token.name, secret=secret, client=draft.client)


@bp.route("/account/tokens/<public_id>/revoke", methods=["GET", "POST"])
@signed_in
def revoke(public_id: str) -> Answer:
    """What revoking means; on yes the program is shut out at once."""
    if request.method != "POST":
        row = shown(db.session, g.viewer, public_id)
        return page("account/token_revoke.html", row=row, words=words_of(row))
    api_tokens.revoke(db.session, g.viewer, public_id)
    flash(_("The token is revoked. Its program is shut out."))
    return onward(url_for(".index"))


def words_of(row: TokenRow) -> str:
    """Until when the program may do what, and when it last did."""
    written_for = contract_words(row.contract)
    if row.client:
        written_for = _("%(contract)s, by %(program)s", contract=written_for, program=row.client)
    may = _("May %(things)s", things=", ".join(map(scope_words, row.scopes)))
    return " · ".join((written_for, may, _end_of(row), _use_of(row)))


def program_words(rows: Sequence[TokenRow]) -> str:
    """Who may act for the viewer, by name."""
    names = [row.name for row in rows if row.state is TokenState.LIVE]
    if not names:
        return _("No program acts for you.")
    more = len(names) - NAMED
    said = ", ".join(names[:NAMED])
    if more > 0:
        said = ngettext("%(names)s and one more", "%(names)s and %(num)d more", more, names=said)
    return _("Let in: %(names)s. A new password does not shut them out.", names=said)


def _end_of(row: TokenRow) -> str:
    if row.state is TokenState.REVOKED:
        return _("ended with its program") if row.shut_out else _("revoked")
    end = moment(row.expires_at, "long") if row.expires_at else ""
    return _("ended %(day)s", day=end) if row.state is TokenState.EXPIRED else _("until %(day)s", day=end)


def _use_of(row: TokenRow) -> str:
    return _("last used %(moment)s", moment=moment(row.used_at)) if row.used_at else _("never used")
