"""Coming in and going out: sign-up, sign-in, recovery, sign-out, and the password once more."""

from flask import Blueprint, flash, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import people, sign_ins
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused, TooMany
from webapp.domain.identity import Purpose
from webapp.extensions import db
from webapp.pages.forms.base import Form
from webapp.pages.forms.identity import (
    ConfirmForm,
    NewPasswordForm,
    PasswordAgainForm,
    RecoverForm,
    SignInForm,
    SignUpForm,
)
from webapp.pages.landing import come_in
from webapp.pages.respond import onward, page
from webapp.pages.second_step import refused
from webapp.queries import second_factors
from webapp.queries.people import link_is_open, open_link
from webapp.web import proofs, transaction
from webapp.web.addresses import safe_next
from webapp.web.policies import anyone, signed_in, signed_out, while_enrolling
from webapp.web.viewer import forget, now

bp = Blueprint("identity", __name__)
Answer = str | Response | tuple[str, int]


@bp.route("/signup", methods=["GET", "POST"])
@signed_out
def sign_up() -> Answer:
    """Ask for an account; it begins once the mailed link is confirmed."""
    form = SignUpForm()
    if request.method != "POST":
        return page("identity/sign_up.html", form=form)
    proofs.count_sign_up()
    try:
        draft = form.draft(form.email.data or "")
        with transaction.unlocked():
            password_hash = people.hash_for(draft)
        proofs.count_mail(draft.email)
        link_id = people.ask_sign_up(db.session, draft, password_hash, now())
    except Invalid as invalid:
        return page("identity/sign_up.html", form=form.absorb(invalid)), 422
    proofs.keep_sign_up(link_id)
    return onward(url_for(".sign_up_sent"))


@bp.get("/signup/sent")
@signed_out
def sign_up_sent() -> str:
    """Say that a mail is on its way, whatever the address was."""
    return page("identity/sent.html", again=url_for(".sign_up"))


@bp.get("/signup/confirm/<token>")
@anyone
def confirm(token: str) -> Answer:
    """Show the button that confirms; nothing changes, because mail scanners open links too."""
    link = open_link(db.session, Purpose.SIGN_UP, token, now())
    if link is None:
        return dead_link(url_for(".sign_up"))
    return page("identity/confirm.html", form=None if proofs.signed_up_here(link) else ConfirmForm())


@bp.post("/signup/confirm/<token>")
@anyone
def confirm_post(token: str) -> Answer:
    """Make the account; its owner signs in next."""
    proofs.count_link()
    form = ConfirmForm()
    try:
        proofs.know_sign_up(token, form.password.data or "")
        person = people.confirm_sign_up(db.session, token, now())
    except Refused:
        form.password.errors = [_("That is not the password you chose. If you signed up twice, try the other mail.")]
        return page("identity/confirm.html", form=form), 422
    except (NotFound, Conflict):
        return dead_link(url_for(".sign_up"))
    proofs.link_was_good(person)
    flash(_("Your account is ready. Sign in to begin."))
    return onward(url_for(".sign_in"))


@bp.route("/login", methods=["GET", "POST"])
@signed_out
def sign_in() -> Answer:
    """Sign in with address and password; whoever has more than a password takes the second step next."""
    form = SignInForm()
    if request.method != "POST":
        form.next.data = safe_next(request.args.get("next"))
        return page("identity/sign_in.html", form=form)
    try:
        begun = proofs.sign_in(form.email.data or "", form.password.data or "")
    except Refused:
        wrong = _("That e-mail and password do not belong together. Check both, or choose a new password.")
        return page("identity/sign_in.html", form=blame(form, wrong)), 422
    if begun.waits:
        proofs.wait(begun.secret, form.next.data)
        return onward(url_for("second_step.show"))
    return come_in(begun.secret, form.next.data)


@bp.post("/logout")
@signed_in
@while_enrolling
def sign_out() -> Response:
    """This device is signed out on the server, and the browser forgets what it kept."""
    sign_ins.sign_out(db.session, g.viewer)
    return leave()


@bp.route("/password-again", methods=["GET", "POST"])
@signed_in
@while_enrolling
def password_again() -> Answer:
    """Ask for the password, and the second step of whoever has one, before something that needs a recent proof."""
    form = PasswordAgainForm()
    ways = second_factors.ways_of(db.session, g.viewer.id)
    if request.method != "POST":
        form.next.data = safe_next(request.args.get("next"))
        return page("identity/password_again.html", form=form, ways=ways)
    try:
        secret = proofs.again(g.viewer, form.password.data or "", form.code.data or "")
    except (Refused, TooMany) as error:
        return refused("identity/password_again.html", form, ways, error)
    return come_in(secret, form.next.data, url_for("account.index"))


@bp.route("/recover", methods=["GET", "POST"])
@signed_out
def recover() -> Answer:
    """Ask for a link to choose a new password."""
    form = RecoverForm()
    if request.method != "POST":
        return page("identity/recover.html", form=form)
    try:
        proofs.count_mail(form.email.data or "")
        people.ask_recovery(db.session, form.email.data or "", str(get_locale() or "en"), now())
    except Invalid as invalid:
        return page("identity/recover.html", form=form.absorb(invalid)), 422
    return onward(url_for(".recover_sent"))


@bp.get("/recover/sent")
@signed_out
def recover_sent() -> str:
    """Say that a mail is on its way, whatever the address was."""
    return page("identity/sent.html", again=url_for(".recover"))


@bp.get("/recover/<token>")
@anyone
def reset(token: str) -> Answer:
    """Show where the new password is typed; nothing changes."""
    if not link_is_open(db.session, Purpose.RECOVERY, token, now()):
        return dead_link(url_for(".recover"))
    return page("identity/reset.html", form=NewPasswordForm())


@bp.post("/recover/<token>")
@anyone
def reset_post(token: str) -> Answer:
    """The new password holds, and every device is signed out."""
    form = NewPasswordForm()
    proofs.count_link()
    try:
        hashed = proofs.new_password_by_link(token, form.password.data or "")
        person = people.reset_password(db.session, token, hashed, now())
    except NotFound:
        return dead_link(url_for(".recover"))
    except Invalid as invalid:
        return page("identity/reset.html", form=form.absorb(invalid)), 422
    forget()
    proofs.link_was_good(person)
    flash(_("Your new password is set. Sign in with it."))
    return onward(url_for(".sign_in"))


def blame(form: Form, words: str) -> Form:
    """The words stand above the form: which of its fields was wrong is not said."""
    form.form_errors.append(words)
    return form


def dead_link(again: str) -> Answer:
    """The mailed link opens nothing, and here is how to get another."""
    return page("identity/dead_link.html", again=again), 410


def leave() -> Response:
    """The sign-in page, in a browser that has forgotten who was here."""
    forget()
    g.viewer = None
    answer = onward(url_for("identity.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
