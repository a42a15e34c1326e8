"""Building a ladder: its rungs in order, and what its boards show."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import profiles as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.models import Profile
from webapp.pages.forms.ladder import AmountsForm, ProfileForm
from webapp.pages.ladder_homes import Homes, address_of, administered, home_of
from webapp.pages.ladder_words import period_words, range_words, terms_words
from webapp.pages.respond import onward, page
from webapp.queries import ladder_admin as queries
from webapp.queries import ladders
from webapp.web.formats import problem_text
from webapp.web.idempotency import answered, keep
from webapp.web.policies import recent

bp = Blueprint("ladder", __name__, url_prefix="/admin/ladder")
Answer = str | Response | tuple[str, int]


@bp.get("")
@recent
def index() -> str:
    """The ladder of an organisation the viewer administers."""
    homes = administered()
    return page("ladder/index.html", **about(homes, ProfileForm(homes.here)))


@bp.post("")
@recent
def create() -> Answer:
    """The ladder has one more rung."""
    homes = administered()
    form = ProfileForm(homes.here)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        profile = actions.create(db.session, g.viewer, homes.here.id, form.draft())
    except Invalid as invalid:
        return page("ladder/index.html", **about(homes, form.absorb(invalid))), 422
    keep(form.nonce.data, there := url_for(".show", public_id=profile.public_id))
    flash(_("The rung is there. Now say what it asks."))
    return onward(there)


@bp.post("/amounts")
@recent
def amounts() -> Response:
    """Boards show amounts, or not."""
    homes = administered()
    shown = bool(AmountsForm(homes.here).shown.data)
    actions.show_amounts(db.session, g.viewer, homes.here.id, shown=shown)
    flash(_("Boards show amounts.") if shown else _("Boards show ranks and whole percentages, and no amounts."))
    return onward(address_of(".index", homes))


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> str:
    """One rung: its name, and what it asks."""
    profile = queries.find_rung(db.session, g.viewer, public_id)
    return page("ladder/show.html", **rung(profile))


@bp.post("/<public_id>")
@recent
def rename(public_id: str) -> Answer:
    """The rung is called as the form says."""
    profile = queries.find_rung(db.session, g.viewer, public_id)
    form = ProfileForm(home_of(profile.organisation_id).here)
    try:
        actions.rename(db.session, g.viewer, profile, form.draft())
    except Invalid as invalid:
        return page("ladder/show.html", **rung(profile, form.absorb(invalid))), 422
    flash(_("Saved."))
    return onward(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/move")
@recent
def move(public_id: str) -> Response:
    """The rung stands one place higher or lower."""
    profile = queries.find_rung(db.session, g.viewer, public_id)
    actions.move(db.session, g.viewer, profile, up=request.form.get("to") == "up")
    return onward(address_of(".index", home_of(profile.organisation_id)))


@bp.post("/<public_id>/delete")
@recent
def delete(public_id: str) -> Answer:
    """The rung is gone, unless somebody stands on it."""
    profile = queries.find_rung(db.session, g.viewer, public_id)
    homes = home_of(profile.organisation_id)
    try:
        actions.remove(db.session, g.viewer, profile)
    except Invalid as invalid:
        said = [problem_text(one.code, one.params) for one in invalid.problems]
        return page("ladder/show.html", **rung(profile), refused=said), 422
    flash(_("“%(name)s” is off the ladder.", name=profile.name))
    return onward(address_of(".index", homes))


@bp.post("/<public_id>/start")
@recent
def start(public_id: str) -> Response:
    """The rung asks what another one does, wherever it asked nothing."""
    profile = queries.find_rung(db.session, g.viewer, public_id)
    other = queries.find_rung(db.session, g.viewer, request.form.get("from", ""))
    added = actions.start_from(db.session, g.viewer, profile, other)
    flash(ngettext("%(num)d target copied.", "%(num)d targets copied.", added))
    return onward(url_for(".show", public_id=public_id))


def about(homes: Homes, form: Any) -> dict[str, Any]:
    """What the page of a ladder needs: its rungs, the highest first."""
    here = homes.here
    rungs = ladders.rungs_of(db.session, [here.id])
    asked = ladders.asked_of(db.session, [one.number for one in rungs])
    there = queries.standing_on(db.session, here.id)
    lines = [
        {
            "id": one.id,
            "name": one.name,
            "level": one.level,
            "asks": " · ".join(terms_words(target.terms) for target in asked[one.number]),
            "people": there.get(one.number, 0),
        }
        for one in reversed(rungs)
    ]
    shown = {"homes": homes, "lines": lines, "form": form, "amounts": AmountsForm(here, formdata=None)}
    return shown | {"people": address_of("ladder_people.index", homes)}


def rung(profile: Profile, form: Any = None) -> dict[str, Any]:
    """What the page of a rung needs."""
    homes = home_of(profile.organisation_id)
    rungs = ladders.rungs_of(db.session, [profile.organisation_id])
    at = next(number for number, one in enumerate(rungs) if one.number == profile.id)
    targets = [
        {
            "id": one.id,
            "name": one.terms.display_name,
            "keyword": one.terms.keyword,
            "period": period_words(one.terms.period),
            "range": range_words(one.terms.minimum, one.terms.maximum, one.terms.currency),
            "own": one.self_report,
        }
        for one in ladders.asked_of(db.session, [profile.id])[profile.id]
    ]
    return {
        "profile": profile,
        "homes": homes,
        "form": form or ProfileForm(homes.here, profile.name, formdata=None),
        "level": at + 1,
        "rungs": len(rungs),
        "below": rungs[at - 1] if at else None,
        "targets": targets,
        "there": queries.standing_on(db.session, profile.organisation_id).get(profile.id, 0),
        "ladder": address_of(".index", homes),
    }
