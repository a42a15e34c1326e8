"""Asking people into an organisation: who is asked and has not answered, asking one more, and taking it back."""

from typing import Any

from flask import Blueprint, flash, g, request
from flask_babel import gettext as _

from webapp.actions import invitations as actions
from webapp.domain.errors import Invalid, TooMany
from webapp.extensions import db
from webapp.pages.admin_mail import count_mail
from webapp.pages.admin_words import roles_words
from webapp.pages.forms.admin import InvitationForm
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.respond import onward, page
from webapp.queries import invitations as queries
from webapp.web import idempotency
from webapp.web.policies import fresh, recent

bp = Blueprint("admin_invitations", __name__, url_prefix="/admin/invitations")


@bp.get("")
@recent
def index() -> str:
    """Who is asked in and has not answered, and whom it is time to ask again."""
    homes = administered()
    rows = [(row, roles_words(row.roles)) for row in queries.sent(db.session, g.viewer, homes.here.id)]
    return page("admin/invitations.html", homes=homes, rows=rows, new=address_of(".new", homes))


@bp.route("/new", methods=["GET", "POST"])
@fresh
def new() -> Any:
    """A mail asks somebody in; whether they have an account is said to nobody."""
    homes = administered()
    if request.method != "POST":
        return asking(homes, before(homes))
    form, back = InvitationForm(), address_of(".index", homes)
    try:
        if idempotency.answered(form.nonce.data) is None:
            invite(homes, form)
            idempotency.keep(form.nonce.data, back)
    except (Invalid, TooMany) as error:
        return refused(homes, form, error)
    flash(_("The invitation is on its way."))
    return onward(back)


@bp.post("/<public_id>/withdraw")
@recent
def withdraw(public_id: str) -> Any:
    """Nobody can answer the invitation any more."""
    homes = administered()
    actions.withdraw(db.session, g.viewer, homes.here.id, public_id)
    flash(_("The invitation is withdrawn."))
    return onward(address_of(".index", homes))


def invite(homes: Homes, form: InvitationForm) -> None:
    draft = form.draft()
    count_mail(homes.here, draft.email)
    actions.invite(db.session, g.viewer, homes.here.id, draft)


def asking(homes: Homes, form: InvitationForm) -> str:
    return page("admin/invite.html", homes=homes, form=form, back=address_of(".index", homes))


def refused(homes: Homes, form: InvitationForm, error: Invalid | TooMany) -> Any:
    """The form as it was typed, with what stands against it."""
    db.session.rollback()
    if isinstance(error, Invalid):
        form.absorb(error)
        return asking(homes, form), 422
    form.form_errors.append(_("So many mails were sent that this one has to wait. Please try again later."))
    return asking(homes, form), 429, {"Retry-After": str(error.retry_after)}


def before(homes: Homes) -> InvitationForm:
    """An empty form, or the words of an invitation that is to be sent again."""
    again = request.args.get("again", "")
    sent = queries.sent(db.session, g.viewer, homes.here.id) if again else []
    row = next((one for one in sent if one.id == again), None)
    return InvitationForm(row.email, row.roles) if row else InvitationForm()
