"""Goals: the list, their order, and putting goals away."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import goals as actions
from webapp.extensions import db
from webapp.pages.forms.goal_list import FilterForm
from webapp.pages.goal_rows import goal_line
from webapp.pages.respond import onward, page
from webapp.queries import goals as queries
from webapp.web.policies import signed_in
from webapp.web.transaction import only_reads

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
    return onward(url_for("goal.show", public_id=public_id))


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
    return onward(url_for("goal.show", public_id=public_id))


@bp.post("/<public_id>/move")
@signed_in
def move(public_id: str) -> Any:
    """Change places with the goal above or below."""
    goal = queries.find(db.session, g.viewer, public_id, lock=True)
    actions.move(db.session, g.viewer, goal, up=request.form.get("to") == "up")
    return onward(url_for("goals.index"))
