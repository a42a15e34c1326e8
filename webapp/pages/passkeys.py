"""Passkeys: made and taken away by their person, and asked for where somebody proves who they are.

A browser's script fetches what the device needs to know as JSON, and sends what the device made in a plain form.
"""

from typing import NamedTuple

from flask import Blueprint, flash, g, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import passkeys, sign_ins
from webapp.domain.errors import Invalid, Refused
from webapp.extensions import db
from webapp.models import Token
from webapp.pages.forms.identity import CodeForm, PasswordAgainForm, SignInForm
from webapp.pages.forms.passkeys import NewPasskeyForm, PasskeyNameForm, ProofForm
from webapp.pages.landing import come_in
from webapp.pages.respond import onward, page
from webapp.pages.second_step import begin_again
from webapp.queries import second_factors
from webapp.queries.second_factors import find_passkey, ways_of
from webapp.web import passkey_proofs, proofs
from webapp.web.addresses import safe_next
from webapp.web.policies import fresh, needs_factor, signed_in, signed_out, while_enrolling
from webapp.web.viewer import now, remember

bp = Blueprint("passkeys", __name__)
Answer = str | Response | tuple[str, int]


class Place(NamedTuple):
    """Where what the device says goes, where its question comes from, and what is sent along."""

    action: str
    question: str
    along: dict[str, str]
    first: bool


@bp.post("/account/two-factor/passkeys/options")
@fresh
@while_enrolling
def options() -> Response:
    """What the viewer's browser needs to make a passkey."""
    return _json(passkey_proofs.offer(g.viewer))


@bp.route("/account/two-factor/passkeys", methods=["GET", "POST"])
@fresh
@while_enrolling
def new() -> Answer:
    """A new passkey; who had nothing beside their password is shown their recovery codes on this one answer."""
    form = NewPasskeyForm()
    if request.method != "POST":
        form.name.data = proofs.device()
        return page("second_factors/passkey_new.html", form=form)
    try:
        name, answer = form.name.data or "", form.credential.data or ""
        codes = passkeys.add(db.session, g.viewer, answer, name, passkey_proofs.site())
    except Invalid as invalid:
        return page("second_factors/passkey_new.html", form=form.absorb(invalid)), 422
    remember(sign_ins.renew(db.session, g.viewer, now()))
    if codes:
        return page("second_factors/codes.html", codes=codes)
    flash(_("Your passkey is ready."))
    return onward(url_for("second_factors.index"))


@bp.route("/account/two-factor/passkeys/<public_id>/rename", methods=["GET", "POST"])
@fresh
def rename(public_id: str) -> Answer:
    """The passkey by another name."""
    passkey, form = find_passkey(db.session, g.viewer, public_id), PasskeyNameForm()
    if request.method != "POST":
        form.name.data = passkey.name
        return page("second_factors/passkey_rename.html", passkey=passkey, form=form)
    try:
        passkeys.rename(db.session, g.viewer, public_id, form.name.data or "")
    except Invalid as invalid:
        return page("second_factors/passkey_rename.html", passkey=passkey, form=form.absorb(invalid)), 422
    flash(_("Saved."))
    return onward(url_for("second_factors.index"))


@bp.route("/account/two-factor/passkeys/<public_id>/remove", methods=["GET", "POST"])
@fresh
def remove(public_id: str) -> Answer:
    """What removing means; on yes the passkey proves nobody any more."""
    passkey, needed = find_passkey(db.session, g.viewer, public_id), needs_factor(g.viewer)
    if request.method != "POST":
        factors = second_factors.of(db.session, g.viewer)
        return page("second_factors/passkey_remove.html", passkey=passkey, factors=factors, needed=needed)
    passkeys.remove(db.session, g.viewer, public_id, required=needed)
    remember(sign_ins.renew(db.session, g.viewer, now()))
    flash(_("The passkey is removed. Delete it on your device too."))
    return onward(url_for("second_factors.index"))


@bp.post("/login/passkey/options")
@signed_out
def sign_in_options() -> Response:
    """What a browser needs to prove whom its device knows, or who waits here for a second step."""
    waits = proofs.waiting() if ProofForm().second.data else None
    return _json(passkey_proofs.ask(waits.person_id if waits else None))


@bp.post("/login/passkey")
@signed_out
def sign_in() -> Answer:
    """Sign in with a passkey, alone or after the password."""
    form, waits = ProofForm(), proofs.waiting()
    second = bool(form.second.data)
    if second and waits is None:
        return begin_again()
    goes_to = session.get(proofs.AFTERWARDS) if second else form.next.data
    try:
        secret = passkey_proofs.sign_in(form.credential.data or "", second_step=second)
    except Refused:
        return _not_proven(waits if second else None)
    return come_in(secret, goes_to)


@bp.post("/password-again/passkey/options")
@signed_in
@while_enrolling
def again_options() -> Response:
    """What the viewer's browser needs to prove the viewer once more."""
    return _json(passkey_proofs.ask(g.viewer.id))


@bp.post("/password-again/passkey")
@signed_in
@while_enrolling
def again() -> Answer:
    """A passkey where the password was asked for once more."""
    form = ProofForm()
    try:
        secret = passkey_proofs.again(g.viewer, form.credential.data or "")
    except Refused:
        return _not_proven()
    return come_in(secret, form.next.data, url_for("account.index"))


@bp.app_template_global("passkey_place")
def place() -> Place:
    """How a passkey proves somebody on this page: whoever is signed in, whoever waits for a second step, or anybody."""
    if g.viewer is not None:
        return Place(url_for("passkeys.again"), url_for("passkeys.again_options"), _along(), first=False)
    second = request.blueprint == "second_step" or bool(request.form.get("second"))
    along = {"second": "1"} if second else _along()
    return Place(url_for("passkeys.sign_in"), url_for("passkeys.sign_in_options"), along, first=not second)


def _along() -> dict[str, str]:
    goes_to = safe_next(request.values.get("next"))
    return {"next": goes_to} if goes_to else {}


def _not_proven(waits: Token | None = None) -> Answer:
    """The page that the passkey was asked for on, which says that it proved nobody."""
    said = _("That passkey could not be checked. Try once more, or go on another way.")
    if g.viewer is None and waits is None:
        return page("identity/sign_in.html", form=SignInForm(), said=said), 422
    if waits is not None:
        ways = ways_of(db.session, waits.person_id or 0)
        return page("identity/second_step.html", form=CodeForm(), ways=ways, said=said), 422
    ways = ways_of(db.session, g.viewer.id)
    return page("identity/password_again.html", form=PasswordAgainForm(), ways=ways, said=said), 422


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")
