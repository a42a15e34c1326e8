"""Goals: the list, their order, putting goals away, and one act on many."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import goals as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.pages.bulk import carry_out, undo_of
from webapp.pages.forms.goal_list import BulkForm, FilterForm
from webapp.pages.goal_rows import goal_line
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.queries import goals as queries
from webapp.queries import tags
from webapp.web.addresses import safe_next
from webapp.web.policies import signed_in
from webapp.web.transaction import only_reads

bp = Blueprint("goals", __name__, url_prefix="/goals")
SHOWN = ("frequency", "tag", "order", "archived")
"""What of the list's filter may stand in an address."""


@bp.get("")
@signed_in
def index() -> Any:
    """The viewer's goals by schedule, tag, order and whether they are archived."""
    form = FilterForm(tags.tags_of(db.session, g.viewer), formdata=request.args, search=False)
    return listing(form, everything="all" in request.args.getlist("choose"))


@bp.post("/search")
@signed_in
@only_reads
def search() -> Any:
    """The viewer's goals with a word in them; sent as a form, because a word of theirs belongs in no address."""
    form = FilterForm(tags.tags_of(db.session, g.viewer), formdata=request.form)
    if form.wanted().search:
        return listing(form, everything=request.form.get("choose") == "all")
    return onward(url_for(".index", **said_of(*SHOWN, "choose")))


@bp.get("/bulk")
@signed_in
def bulk_again() -> Any:
    """The list: the address of an act on many goals, opened again, repeats nothing."""
    return onward(url_for(".index"))


@bp.post("/bulk")
@signed_in
def bulk() -> Any:
    """Do one thing to every chosen goal, and show the list as it is then."""
    form = BulkForm()
    try:
        outcome = carry_out(form)
    except Invalid as invalid:
        db.session.rollback()
        form.absorb(invalid)
        return listing(list_form(), form), 422
    say(outcome.said, undo_of(outcome, said_of(*SHOWN, "q")))
    return onward(url_for(".index", **said_of(*SHOWN))) if wants_fragment() else listing(list_form())


def list_form() -> FilterForm:
    """The filter of the list an act on many goals was asked from."""
    return FilterForm(tags.tags_of(db.session, g.viewer), formdata=request.form)


def said_of(*names: str) -> dict[str, Any]:
    """What the form says of these, without what goes without saying."""
    said = {name: request.form.get(name, "") for name in names}
    return {name: value for name, value in said.items() if value and (name, value) != ("order", queries.Order.OWN)}


def listing(form: FilterForm, bulk: BulkForm | None = None, *, everything: bool = False) -> str:
    """The page of the goals that fit; with what was asked of many of them and could not be done, or all of them
    chosen."""
    wanted = form.wanted()
    rows = queries.listed(db.session, g.viewer, wanted)
    chosen = {row.id for row in rows} if everything else set(bulk.chosen() if bulk else ())
    movable = wanted == queries.Filter()
    return page(
        "goals/index.html",
        form=form,
        wanted=wanted,
        lines=[goal_line(row, movable=movable, chosen=row.id in chosen) for row in rows],
        archived=queries.archived_count(db.session, g.viewer),
        bulk=bulk or BulkForm(formdata=None),
    )


@bp.post("/<public_id>/archive")
@signed_in
def archive(public_id: str) -> Any:
    """Put the goal away."""
    actions.archive(db.session, g.viewer, queries.find(db.session, g.viewer, public_id, lock=True))
    undo = {"action": url_for("goals.unarchive", public_id=public_id), "fields": {}}
    say(_("Archived. Its history stays."), undo)
    return onward(safe_next(request.form.get("back")) or url_for("goals.index"))


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
    say(_("Deleted, with its history."), undo)
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
