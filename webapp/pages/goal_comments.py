"""What was said about a goal, and the form to say more, as its pages show them."""

from dataclasses import dataclass, replace
from typing import Any

from flask import g
from flask_babel import gettext as _

from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.forms.comments import BOXES, CommentForm
from webapp.queries import comments as queries
from webapp.queries.comments import Said

ON_THE_GOAL, ON_THEIR_PAGE = 10, 500
"""So many of the newest comments stand on the goal's page, and on their own."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The comments of one goal, ready for the template; `place` is the address where all of them stand, and where
    another is written."""

    rows: list[Said]
    place: str
    more: bool
    unread: bool
    form: CommentForm | None = None
    hint: str = ""


def comments_of(goal: Goal) -> dict[str, Any]:
    """The context of `goals/_comments.html` on the goal's own page: the newest that the viewer, who sees the goal, may
    read. One statement, or two where the words are somebody else's."""
    return {"talk": _talk(goal, ON_THE_GOAL)}


def talk_of(goal: Goal, form: CommentForm | None = None) -> dict[str, Any]:
    """The context of the page of all comments, with the form for another: as it was sent, or empty."""
    form = form or form_for(goal, empty=True)
    return {"talk": replace(_talk(goal, ON_THEIR_PAGE), form=form, hint=_hint(goal, form))}


def _talk(goal: Goal, most: int) -> Talk:
    rows, more = queries.of_goal(db.session, g.viewer, goal, most=most)
    place = f"/goals/{goal.public_id}/comments"
    return Talk(rows=rows, place=place, more=more, unread=any(row.unread for row in rows))


def form_for(goal: Goal, *, empty: bool = False) -> CommentForm:
    """The form for a comment of the viewer's: as it was sent, or `empty`."""
    listeners = queries.listeners(db.session, g.viewer, goal)
    return CommentForm(listeners, private=goal.kind.is_private, own=goal.owner_id == g.viewer.id, empty=empty)


def _hint(goal: Goal, form: CommentForm) -> str:
    """Who will read it, in a sentence."""
    if not goal.kind.is_private:
        if len(form.listeners) > BOXES:
            return _("Everybody in the organisation reads it. Write @ and a full name to tell somebody.")
        return _("Everybody in the organisation reads it.")
    if goal.owner_id == g.viewer.id:
        return "" if form.listeners else _("Only you read it.")
    return _("Only the two of you read it.")
