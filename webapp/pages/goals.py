"""Goals: the list, the editor, one goal, and putting goals away."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import access
from webapp.actions import goals as actions
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.policy import Permission, allows, require
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_history, preview
from webapp.pages.forms.goals import FilterForm, GoalForm
from webapp.pages.goal_rows import goal_facts, goal_line
from webapp.pages.respond import onward, page, reply
from webapp.queries import goals as queries
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import signed_in
from webapp.web.transaction import only_reads, will_write

bp = Blueprint("goals", __name__, url_prefix="/goals")


@bp.get("")
@signed_in
def index() -> Any:
    """The viewer's goals by schedule, order and whether they are archived."""
    return listing(FilterForm(formdata=request.args, search=False))


@bp.post("/search")
@signed_in
@only_reads
def search() -> Any:
    """The viewer's goals with a word in them; sent as a form, because a word of theirs belongs in no address."""
    form = FilterForm(formdata=request.form)
    if form.wanted().search:
        return listing(form)
    kept: dict[str, Any] = {
        name: request.form[name] for name in ("frequency", "order", "archived") if request.form.get(name)
    }
    return onward(url_for(".index", **kept))


def listing(form: FilterForm) -> str:
    """The page of the goals that fit."""
    wanted = form.wanted()
    rows = queries.listed(db.session, g.viewer, wanted)
    lines = [goal_line(row, movable=wanted == queries.Filter()) for row in rows]
    archived = queries.archived_count(db.session, g.viewer)
    return page("goals/index.html", form=form, wanted=wanted, lines=lines, archived=archived)


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
    keep(form.nonce.data, address := url_for("goals.show", public_id=goal.public_id))
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


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """One goal: what it is, its year, its latest days."""
    goal = looked_at(public_id)
    facts = queries.facts_of(db.session, g.viewer, goal)
    may = {name: allows(g.viewer, permission, facts) for name, permission in MAY.items()}
    terms = queries.opened(db.session, g.viewer, goal)
    history = goal_history.of(g.viewer, goal, terms, request.args) if may["track"] else None
    return page("goals/show.html", goal=terms, may=may, history=history, facts=goal_facts(terms))


def looked_at(public_id: str) -> Goal:
    """The goal, if the viewer may read it; a look at somebody else's is written down before it is shown."""
    goal = queries.find(db.session, g.viewer, public_id)
    if goal.owner_id == g.viewer.id or not goal.kind.is_private:
        return goal
    will_write()
    goal = queries.find(db.session, g.viewer, public_id)
    access.record_look(db.session, g.viewer, goal, "goal:read")
    return goal


MAY = {"change": Permission.GOAL_CHANGE, "tick": Permission.GOAL_TICK, "track": Permission.GOAL_READ_TRACKING}


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
    return onward(url_for("goals.show", public_id=public_id))


@bp.post("/<public_id>/archive")
@signed_in
def archive(public_id: str) -> Any:
    """Put the goal away."""
    actions.archive(db.session, g.viewer, queries.find(db.session, g.viewer, public_id, lock=True))
    undo = {"action": url_for("goals.unarchive", public_id=public_id), "fields": {}}
    flash({"text": _("Archived. Its history stays."), "undo": undo})  # type: ignore[arg-type]
    return onward(url_for("goals.index"))


@bp.post("/<public_id>/unarchive")
@signed_in
def unarchive(public_id: str) -> Any:
    """Bring the goal back among the live ones."""
    actions.unarchive(db.session, g.viewer, queries.find(db.session, g.viewer, public_id, lock=True))
    flash(_("Back among your goals."))
    return onward(url_for("goals.show", public_id=public_id))


@bp.post("/<public_id>/delete")
@signed_in
def delete(public_id: str) -> Any:
    """Delete the goal; the message offers to take it back."""
    actions.delete(db.session, g.viewer, queries.find(db.session, g.viewer, public_id, lock=True))
    undo = {"action": url_for("goals.undelete", public_id=public_id), "fields": {}}
    flash({"text": _("Deleted, with its history."), "undo": undo})  # type: ignore[arg-type]
    return onward(url_for("goals.index"))


@bp.post("/<public_id>/undelete")
@signed_in
def undelete(public_id: str) -> Any:
    """Take a deletion back."""
    actions.undelete(db.session, g.viewer, public_id)
    flash(_("Everything is back."))
    return onward(url_for("goals.show", public_id=public_id))


@bp.post("/<public_id>/move")
@signed_in
def move(public_id: str) -> Any:
    """Change places with the goal above or below."""
    goal = queries.find(db.session, g.viewer, public_id, lock=True)
    actions.move(db.session, g.viewer, goal, up=request.form.get("to") == "up")
    return onward(url_for("goals.index"))


def own(public_id: str) -> queries.Terms:
    """The viewer's goal, opened, if they may change it."""
    goal = queries.find(db.session, g.viewer, public_id)
    require(g.viewer, Permission.GOAL_CHANGE, queries.facts_of(db.session, g.viewer, goal))
    return queries.opened(db.session, g.viewer, goal)
