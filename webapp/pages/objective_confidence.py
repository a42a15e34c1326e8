"""How sure its owners are of a whole objective: a belief with its reason, which moves no number."""

from typing import Any

from flask import Blueprint, g, url_for
from flask_babel import gettext as _

from webapp.actions import check_ins as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.forms.check_ins import ConfidenceForm
from webapp.pages.respond import onward, page, say
from webapp.queries import objectives
from webapp.queries.objectives import Found
from webapp.web.policies import signed_in

bp = Blueprint("objective_confidence", __name__, url_prefix="/objectives")


@bp.get("/<public_id>/confidence")
@signed_in
def ask(public_id: str) -> str:
    """Where one says how sure one is."""
    found = objectives.find(db.session, g.viewer, public_id)
    actions.require_confidant(db.session, g.viewer, found)
    return ask_page(found, ConfidenceForm.of(found.objective))


@bp.post("/<public_id>/confidence")
@signed_in
def confide(public_id: str) -> Any:
    """The objective shows how sure the viewer is of it."""
    found = objectives.find(db.session, g.viewer, public_id, lock=True)
    form = ConfidenceForm()
    try:
        actions.confide(db.session, g.viewer, found, *form.belief())
    except Invalid as invalid:
        return ask_page(found, form.absorb(invalid)), 422
    say(_("It stands beside the progress of the objective."))
    return onward(url_for("objective.show", public_id=public_id))


def ask_page(found: Found, form: ConfidenceForm) -> str:
    """The form's page."""
    return page("objectives/confidence.html", objective=found.objective, id=found.goal.public_id, form=form)
