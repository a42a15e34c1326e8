"""The goal editor: planning a goal, seeing what it comes to, changing it."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import goals as actions
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.policy import Permission, require
from webapp.extensions import db
from webapp.pages import preview
from webapp.pages.forms.goals import GoalForm
from webapp.pages.goal_rows import goal_facts
from webapp.pages.respond import onward, page, reply
from webapp.queries import goals as queries
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import signed_in
from webapp.web.transaction import only_reads

bp = Blueprint("editor", __name__, url_prefix="/goals")


@bp.get("/new")
@signed_in
def new() -> Any:
    """An empty editor."""
    form = GoalForm(g.viewer, data={"nonce": new_nonce(), "start": g.viewer.today})
    return page("goals/new.html", form=form, preview=preview.of(form))


@bp.post("")
@signed_in
def create() -> Any:
    """Open a goal."""
    form = GoalForm(g.viewer)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        goal = actions.create(db.session, g.viewer, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return reply("goals/_form.html", page="goals/new.html", form=form, preview=preview.of(form)), 422
    keep(form.nonce.data, address := url_for("goal.show", public_id=goal.public_id))
    flash(_("Your goal is planned."))
    return onward(address)


@bp.post("/preview")
@signed_in
@only_reads
def dates() -> Any:
    """The next dates of what stands in the editor; nothing is saved."""
    stored = request.args.get("goal")
    terms = own(stored) if stored else None
    form = GoalForm(g.viewer, terms.schedule if terms else None, terms.criticality if terms else None)
    whole = "goals/edit.html" if terms else "goals/new.html"
    return reply("goals/_preview.html", page=whole, form=form, preview=preview.of(form), goal=terms)


@bp.get("/<public_id>/edit")
@signed_in
def edit(public_id: str) -> Any:
    """The editor, open on a goal."""
    terms = own(public_id)
    form = GoalForm.of(g.viewer, terms)
    return page("goals/edit.html", form=form, goal=terms, preview=preview.of(form))


@bp.post("/<public_id>")
@signed_in
def update(public_id: str) -> Any:
    """Save what the editor says."""
    goal = queries.find(db.session, g.viewer, public_id, lock=True)
    terms = queries.opened(db.session, g.viewer, goal)
    form = GoalForm(g.viewer, terms.schedule, terms.criticality)
    try:
        actions.change(db.session, g.viewer, goal, form.draft(), seen=form.version.data or 0)
    except Invalid as invalid:
        form.absorb(invalid)
        return page("goals/edit.html", form=form, goal=terms, preview=preview.of(form)), 422
    except Conflict:
        form.version.raw_data, form.version.data = None, goal.version
        return page("goals/edit.html", form=form, goal=terms, preview=preview.of(form), facts=goal_facts(terms)), 409
    flash(_("Saved."))
    return onward(url_for("goal.show", public_id=public_id))


def own(public_id: str) -> queries.Terms:
    """The viewer's goal, opened, if they may change it."""
    goal = queries.find(db.session, g.viewer, public_id)
    require(g.viewer, Permission.GOAL_CHANGE, queries.facts_of(db.session, g.viewer, goal))
    return queries.opened(db.session, g.viewer, goal)
