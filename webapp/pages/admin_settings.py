"""How an organisation is called, and the zone in which its periods begin and end."""

from flask import Blueprint, g
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import organisation_settings as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.forms.teams import OrganisationForm
from webapp.pages.ladder_homes import Homes, address_of, administered
from webapp.pages.respond import onward, page, say
from webapp.web.policies import recent

bp = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")


@bp.get("")
@recent
def index() -> str:
    """The settings of an organisation the viewer administers."""
    homes = administered()
    return about(homes, OrganisationForm(homes.here))


@bp.post("")
@recent
def change() -> str | Response | tuple[str, int]:
    """The organisation is called this, and lives by this zone."""
    homes = administered()
    form = OrganisationForm(homes.here)
    try:
        actions.change(db.session, g.viewer, homes.here.id, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return about(homes, form), 422
    say(_("Saved."))
    return onward(address_of(".index", homes))


def about(homes: Homes, form: OrganisationForm) -> str:
    """The page of the settings."""
    return page("admin/settings.html", homes=homes, form=form, ladder=address_of("ladder.index", homes))
