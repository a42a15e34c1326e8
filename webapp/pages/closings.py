"""The end of a goal: closing it with what came of it, taking note of that, and opening it again."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import closings as actions
from webapp.domain.errors import Invalid, Locked
from webapp.domain.reviews import Act
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.forms.reviews import ClosingForm
from webapp.pages.headings import heading_of
from webapp.pages.respond import onward, page
from webapp.pages.review_requests import allowed, own
from webapp.pages.review_words import held_words
from webapp.queries import goals
from webapp.web.policies import recent, signed_in

bp = Blueprint("closings", __name__, url_prefix="/goals")


@bp.route("/<public_id>/close", methods=["GET", "POST"])
@signed_in
def close(public_id: str) -> Any:
    """How it ended, to what part, and in which words; on yes the goal is closed."""
    goal, form = own(public_id), ClosingForm()
    if request.method != "POST":
        allowed(goal, Act.CLOSE)
        return closing_page(goal, form)
    try:
        actions.close(db.session, g.viewer, goal, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return closing_page(goal, form), 422
    except Locked as locked:
        return closing_page(goal, form, held=held_words(locked, objective=not goal.kind.is_private)), 423
    flash(_("It is closed. Its history stays, and you can reopen it."))
    return onward(url_for("goal.show", public_id=public_id))


@bp.post("/<public_id>/close/acknowledge")
@recent
def acknowledge(public_id: str) -> Any:
    """Who approved the goal has taken note of how it ended."""
    actions.acknowledge(db.session, g.viewer, goals.find(db.session, g.viewer, public_id, lock=True))
    flash(_("Noted."))
    return onward(url_for("goal.show", public_id=public_id))


@bp.post("/<public_id>/reopen")
@signed_in
def reopen(public_id: str) -> Any:
    """The goal is among the live ones again."""
    goal = actions.reopen(db.session, g.viewer, goals.find(db.session, g.viewer, public_id, lock=True))
    private = goal.kind.is_private
    flash(_("The goal is open again, from today on.") if private else _("The objective is open again."))
    return onward(url_for("goal.show", public_id=public_id))


def closing_page(goal: Goal, form: ClosingForm, held: tuple[str, str] | None = None) -> str:
    return page("goals/close.html", goal=heading_of(goal), form=form, held=held)
