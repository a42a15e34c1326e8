"""What proves a person beside their password: setting it up, renewing and removing it, and forgetting what is lost."""

import pyotp
import segno
from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import second_factors, sign_ins
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.identity import Purpose
from webapp.domain.second_factors import Factor
from webapp.extensions import db
from webapp.pages.forms.second_factors import AppForm, LostForm
from webapp.pages.identity import dead_link
from webapp.pages.respond import onward, page
from webapp.queries import second_factors as queries
from webapp.queries.people import link_is_open
from webapp.web import proofs
from webapp.web.policies import anyone, fresh, lacks_factor, needs_factor, recent, while_enrolling
from webapp.web.viewer import forget, now, remember

bp = Blueprint("second_factors", __name__)
Answer = str | Response | tuple[str, int]
ISSUER = "Aimline"
QUIET = 4
"""Light modules around a QR code (ISO/IEC 18004)."""


@bp.get("/account/two-factor")
@recent
@while_enrolling
def index() -> str:
    """What proves the viewer beside their password, and what is missing where a role of theirs asks for it."""
    factors = queries.of(db.session, g.viewer)
    return page("second_factors/index.html", factors=factors, lacking=lacks_factor(g.viewer))


@bp.post("/account/two-factor/begin")
@fresh
@while_enrolling
def begin() -> Response:
    """A new secret waits for the viewer's app."""
    second_factors.begin_app(db.session, g.viewer)
    return onward(url_for(".app"))


@bp.route("/account/two-factor/app", methods=["GET", "POST"])
@fresh
@while_enrolling
def app() -> Answer:
    """Show the secret that waits; once the app's first code is typed, its codes count."""
    form, secret = AppForm(), queries.waiting_secret(db.session, g.viewer)
    if secret is None:
        return onward(url_for(".index"))
    if request.method != "POST":
        return page("second_factors/app.html", form=form, **shown(secret))
    try:
        codes = second_factors.confirm_app(db.session, g.viewer, form.code.data or "")
    except Invalid as invalid:
        return page("second_factors/app.html", form=form.absorb(invalid), **shown(secret)), 422
    remember(sign_ins.renew(db.session, g.viewer, g.viewer.now))
    flash(_("Your app counts from now on. Other devices have to sign in anew."))
    return page("second_factors/codes.html", codes=codes) if codes else onward(url_for(".index"))


@bp.route("/account/two-factor/app/remove", methods=["GET", "POST"])
@fresh
def remove_app() -> Answer:
    """What removing means; on yes no code of the app is asked for any more."""
    if request.method != "POST":
        factors = queries.of(db.session, g.viewer)
        return page("second_factors/remove_app.html", factors=factors, needed=needs_factor(g.viewer))
    second_factors.remove_app(db.session, g.viewer, required=needs_factor(g.viewer))
    remember(sign_ins.renew(db.session, g.viewer, g.viewer.now))
    flash(_("The app is removed. Other devices have to sign in anew."))
    return onward(url_for(".index"))


@bp.route("/account/two-factor/codes", methods=["GET", "POST"])
@fresh
def codes() -> Answer:
    """What renewing means; on yes there are ten new recovery codes, on this one answer only."""
    if request.method != "POST":
        return page("second_factors/renew_codes.html", factors=queries.of(db.session, g.viewer))
    made = second_factors.renew_codes(db.session, g.viewer)
    remember(sign_ins.renew(db.session, g.viewer, g.viewer.now))
    return page("second_factors/codes.html", codes=made)


@bp.get("/lost-factor/<token>")
@anyone
def lost(token: str) -> Answer:
    """Show what the link does, and where the password is typed; nothing changes."""
    if not link_is_open(db.session, Purpose.LOST_FACTOR, token, now()):
        return dead_link(url_for("identity.sign_in"))
    return page("second_factors/lost.html", form=LostForm())


@bp.post("/lost-factor/<token>")
@anyone
def lost_post(token: str) -> Answer:
    """The password alone proves the link's person from now on, and every device is signed out."""
    form = LostForm()
    proofs.count_link()
    try:
        proofs.know_owner(token, form.password.data or "")
        person = second_factors.forget_all(db.session, token, now())
    except NotFound:
        return dead_link(url_for("identity.sign_in"))
    except Refused:
        return page("second_factors/lost.html", form=form.refuse()), 422
    forget()
    proofs.link_was_good(person)
    flash(_("Your password alone signs you in for now. Sign in, then set up a second step anew."))
    return onward(url_for("identity.sign_in"))


def shown(secret: str) -> dict[str, object]:
    """The secret as people and their apps read it: in groups of four, as an address, and as a QR code of so many
    modules a side, drawn by one path; and whether it takes the place of one that counts."""
    address = pyotp.TOTP(secret).provisioning_uri(name=g.viewer.email, issuer_name=ISSUER)
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET))
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    moving = Factor.APP in queries.ways_of(db.session, g.viewer.id)
    return {"address": address, "groups": groups, "modules": len(rows), "dark": dark, "moving": moving}
