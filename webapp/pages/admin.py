"""An organisation at a glance, for who looks after it."""

from flask import Blueprint, current_app, g

from webapp.domain.people import Role
from webapp.extensions import db
from webapp.pages.ladder_homes import administered
from webapp.pages.respond import page
from webapp.queries import invitations, organisations
from webapp.settings import Settings
from webapp.web.policies import recent

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
@recent
def index() -> str:
    """How many belong, who waits, whose account could be safer, and where everything is."""
    homes = administered()
    settings: Settings = current_app.config["SETTINGS"]
    asked = {role for role in Role if role.value in settings.totp_required_for}
    shown = {
        "counts": organisations.counts(db.session, g.viewer, homes.here.id),
        "unproven": organisations.unproven(db.session, g.viewer, homes.here.id, asked) if asked else 0,
        "waiting": len(invitations.waiting(db.session, g.viewer, homes.here.id)),
    }
    return page("admin/index.html", homes=homes, **shown)
