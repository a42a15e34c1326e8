"""The account: how a person is called, how their days run, and who may come in as them."""

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import erasure, people, sign_ins
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.identity import Purpose
from webapp.extensions import db
from webapp.pages.forms.account import EmailForm, ProfileForm
from webapp.pages.forms.identity import NewPasswordForm
from webapp.pages.identity import dead_link, leave
from webapp.pages.respond import onward, page
from webapp.pages.tokens import program_words
from webapp.queries import value_queries
from webapp.queries.api_tokens import listed
from webapp.queries.organisations import led_alone
from webapp.queries.people import link_is_open, sign_ins_of
from webapp.web import proofs
from webapp.web.policies import anyone, fresh, signed_in
from webapp.web.viewer import now, remember

bp = Blueprint("account", __name__)
Answer = str | Response | tuple[str, int]


@bp.get("/account")
@signed_in
def index() -> str:
    """Everything about the viewer themselves."""
    return overview(ProfileForm(g.viewer))


@bp.post("/account")
@signed_in
def profile() -> Answer:
    """The viewer is called, and their days and pages run, as the form says."""
    form = ProfileForm(g.viewer)
    try:
        people.change_profile(db.session, g.viewer, form.draft())
    except Invalid as invalid:
        return overview(form.absorb(invalid)), 422
    flash(_("Saved."))
    return onward(url_for(".index"))


@bp.route("/account/password", methods=["GET", "POST"])
@fresh
def password() -> Answer:
    """A new password; every other device is signed out."""
    form = NewPasswordForm()
    if request.method != "POST":
        return page("account/password.html", form=form)
    try:
        hashed = proofs.new_password(g.viewer.id, form.password.data or "")
        secret = people.change_password(db.session, g.viewer, hashed)
    except Invalid as invalid:
        return page("account/password.html", form=form.absorb(invalid)), 422
    remember(secret)
    flash(_("Your new password is set. Other devices have to sign in with it."))
    return onward(url_for(".index"))


@bp.route("/account/email", methods=["GET", "POST"])
@fresh
def email() -> Answer:
    """Ask for a link to the new address; the old one counts until it is confirmed."""
    form = EmailForm()
    if request.method != "POST":
        return page("account/email.html", form=form)
    try:
        proofs.count_mail(form.email.data or "")
        people.ask_email_change(db.session, g.viewer, form.email.data or "")
    except Invalid as invalid:
        return page("account/email.html", form=form.absorb(invalid)), 422
    flash(_("We have sent a link to that address. Open it within half an hour to confirm."))
    return onward(url_for(".index"))


@bp.get("/account/email/<token>")
@anyone
def confirm_email(token: str) -> Answer:
    """Show the button that confirms the new address; nothing changes."""
    if not link_is_open(db.session, Purpose.EMAIL, token, now()):
        return dead_link(url_for(".email"))
    return page("account/confirm_email.html")


@bp.post("/account/email/<token>")
@anyone
def confirm_email_post(token: str) -> Answer:
    """The new address holds; the old one is told, and other devices are signed out."""
    proofs.count_link()
    try:
        keep = g.viewer.session_id if g.viewer else None
        person = people.confirm_email_change(db.session, token, now(), keep=keep)
    except NotFound:
        return dead_link(url_for(".email"))
    except Conflict:
        return page("account/confirm_email.html", taken=True), 409
    proofs.link_was_good(person)
    flash(_("Your new e-mail address is confirmed."))
    return onward(url_for(".index"))


@bp.post("/account/sessions/<public_id>/end")
@signed_in
def end_session(public_id: str) -> Answer:
    """One device of the viewer's is signed out."""
    sign_ins.end(db.session, g.viewer, public_id)
    flash(_("That device is signed out."))
    return onward(url_for(".index"))


@bp.post("/account/sessions/end")
@signed_in
def end_all() -> Answer:
    """The viewer is signed out everywhere else, or everywhere."""
    everywhere = request.form.get("where") == "everywhere"
    count = sign_ins.end_all(db.session, g.viewer, but_this=not everywhere)
    if everywhere:
        return leave()
    flash(_("Every other device is signed out.") if count else _("No other device was signed in."))
    return onward(url_for(".index"))


@bp.route("/account/erase", methods=["GET", "POST"])
@fresh
def erase() -> Answer:
    """What erasing means; on yes the account is gone in two weeks, and shared with nobody from now on."""
    if request.method != "POST":
        alone = led_alone(db.session, g.viewer.id)
        return page("account/erase.html", day=g.viewer.now + erasure.GRACE, alone=alone)
    erasure.ask(db.session, g.viewer)
    return onward(url_for(".index"))


@bp.post("/account/keep")
@signed_in
def keep() -> Answer:
    """The account stays after all."""
    if erasure.keep(db.session, g.viewer):
        flash(_("Your account stays. What you shared before has to be shared again."))
    return onward(url_for(".index"))


def overview(form: ProfileForm) -> str:
    """The account page around this form."""
    programs = program_words(listed(db.session, g.viewer))
    said_wrong = value_queries.count_for(db.session, g.viewer)
    sign_ins = sign_ins_of(db.session, g.viewer)
    return page("account/index.html", form=form, sign_ins=sign_ins, programs=programs, said_wrong=said_wrong)
