"""Comments on goals: reading them all, saying something, taking it back, and having read what names one."""

from typing import Any

from flask import Blueprint, g, url_for
from flask_babel import gettext as _

from webapp.actions import access
from webapp.actions import comments as actions
from webapp.domain.errors import Invalid
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.forms.comments import CommentForm
from webapp.pages.goal import looked_at
from webapp.pages.goal_comments import form_for, talk_of
from webapp.pages.headings import heading_of
from webapp.pages.respond import onward, page, say
from webapp.queries import goals
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in
from webapp.web.transaction import apart

bp = Blueprint("comments", __name__)


@bp.get("/goals/<public_id>/comments")
@signed_in
def index(public_id: str) -> Any:
    """Everything that was said about a goal, as far as the viewer may read it."""
    return talk(looked_at(public_id))


@bp.post("/goals/<public_id>/comments")
@signed_in
def write(public_id: str) -> Any:
    """Say something about a goal."""
    goal = goals.find(db.session, g.viewer, public_id)
    form = form_for(goal)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        comment = actions.write(db.session, g.viewer, goal, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return talk(looked_at_all_the_same(public_id), form), 422
    there = f"/goals/{public_id}#comment-{comment.public_id}"
    keep(form.nonce.data, there)
    return onward(there)


@bp.post("/goals/<public_id>/comments/read")
@signed_in
def read(public_id: str) -> Any:
    """What names the viewer there no longer waits for them."""
    goal = goals.find(db.session, g.viewer, public_id)
    actions.read(db.session, g.viewer, goal)
    return onward(at_the_comments(goal))


@bp.post("/comments/<public_id>/delete")
@signed_in
def delete(public_id: str) -> Any:
    """One comment of the viewer's is gone, and can come back."""
    goal = actions.delete(db.session, g.viewer, public_id)
    say(_("The comment is deleted."), {"action": url_for(".undelete", public_id=public_id), "fields": {}})
    return onward(at_the_comments(goal))


@bp.post("/comments/<public_id>/undelete")
@signed_in
def undelete(public_id: str) -> Any:
    """The deleted comment is back."""
    goal = actions.undelete(db.session, g.viewer, public_id)
    say(_("It is back."))
    return onward(at_the_comments(goal))


def talk(goal: Goal, form: CommentForm | None = None) -> str:
    """The page of a goal's comments, with what was typed and could not be said."""
    return page("goals/comments.html", goal=heading_of(goal), **talk_of(goal, form))


def looked_at_all_the_same(public_id: str) -> Goal:
    """The goal, shown beside a refusal: the refusal keeps nothing, but a therapist's look is written down."""
    with apart():
        goal = goals.find(db.session, g.viewer, public_id)
        if goal.owner_id != g.viewer.id and goal.kind.is_private:
            access.record_look(db.session, g.viewer, goal, "goal:read")
    return goals.find(db.session, g.viewer, public_id)


def at_the_comments(goal: Goal) -> str:
    return f"/goals/{goal.public_id}#comments"
