"""Reviews: one inbox for everybody who asks or decides, and one review with what is asked, said and decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import access, decisions
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.people import Role
from webapp.domain.reviews import RoundState, Verdict
from webapp.extensions import db
from webapp.models import Goal, ReviewRound
from webapp.pages.forms.reviews import DecisionForm
from webapp.pages.respond import onward, page
from webapp.pages.review_page import OVERRIDE, forms_of, meanwhile, review_of
from webapp.pages.review_words import round_words, what_words
from webapp.queries import inbox
from webapp.queries import reviews as queries
from webapp.queries.inbox import InboxRow
from webapp.web.formats import moment
from webapp.web.policies import recent
from webapp.web.transaction import apart, will_write

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
LOOK = "review:read"


class View(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DECIDED = "decided"


@bp.get("")
@recent
def index() -> Any:
    """One of three lists: what waits for the viewer, what they sent, what they decided."""
    view = next((one for one in View if one.value == request.args.get("view")), View.WAITING)
    if g.viewer.has(Role.THERAPIST):
        will_write()
    rows = LISTS[view](db.session, g.viewer)
    theirs = [(row.owner_id, row.goal_id) for row in rows if row.kind.is_private and row.owner_id != g.viewer.id]
    access.record_goal_looks(db.session, g.viewer, theirs, LOOK)
    lines = lines_of(view, rows)
    return page("reviews/index.html", view=view.value, rows=lines, counts=inbox.counts(db.session, g.viewer))


@bp.get("/<public_id>")
@recent
def show(public_id: str) -> Any:
    """One review: what is asked, what happened, and what the viewer may do."""
    return shown(*seen(public_id))


@bp.post("/<public_id>/decide")
@recent
def decide(public_id: str) -> Any:
    """The viewer's verdict on the revision they saw; then the next review that waits for them."""
    return carry_out(public_id, DecisionForm(), decisions.decide)


@bp.post("/<public_id>/override")
@recent
def override(public_id: str) -> Any:
    """An admin decides in the reviewers' place, and says why."""
    return carry_out(public_id, DecisionForm(prefix=OVERRIDE), decisions.override)


def carry_out(public_id: str, form: DecisionForm, act: Callable[..., ReviewRound]) -> Any:
    """The verdict stands, or the page again with what was typed: 422 for what is wrong with it, 409 when it is late."""
    round_, goal = queries.find_round(db.session, g.viewer, public_id, lock=True)
    try:
        verdict, revision, comment = form.said()
        act(db.session, g.viewer, round_, goal, verdict, revision=revision, comment=comment)
    except Invalid as invalid:
        form.absorb(invalid)
        return shown(*seen_all_the_same(public_id), form), 422
    except Conflict:
        found = meanwhile(*seen_all_the_same(public_id), form)
        return page("reviews/meanwhile.html", found=found), 409
    return to_the_next(_("Approved.") if verdict is Verdict.APPROVE else _("Sent back."))


def shown(round_: ReviewRound, goal: Goal, typed: DecisionForm | None = None) -> str:
    """The page of a review, with a form as it was sent."""
    return page("reviews/show.html", review=review_of(round_, goal), **forms_of(round_, typed))


def seen(public_id: str) -> tuple[ReviewRound, Goal]:
    """The review and its goal, if the viewer may know of it; a look at a client's is written down first."""
    if g.viewer.has(Role.THERAPIST):
        will_write()
    round_, goal = queries.find_round(db.session, g.viewer, public_id)
    if goal.owner_id != g.viewer.id and goal.kind.is_private:
        access.record_look(db.session, g.viewer, goal, LOOK)
    return round_, goal


def seen_all_the_same(public_id: str) -> tuple[ReviewRound, Goal]:
    """The review, shown beside a refusal: the refusal keeps nothing, but a therapist's look is written down."""
    with apart():
        _round, goal = queries.find_round(db.session, g.viewer, public_id)
        if goal.owner_id != g.viewer.id and goal.kind.is_private:
            access.record_look(db.session, g.viewer, goal, LOOK)
    return queries.find_round(db.session, g.viewer, public_id)


def to_the_next(said: str) -> Response:
    """On to the review that waits longest, or to the inbox when none does, with a message that says how many wait."""
    left = inbox.waiting(db.session, g.viewer)
    if not left:
        flash(_("%(said)s Nothing more waits for you.", said=said))
        return onward(url_for(".index"))
    more = ngettext("One more waits for you.", "%(num)d more wait for you.", len(left))
    flash(f"{said} {more}")
    return onward(url_for(".show", public_id=left[0].id))


@dataclass(frozen=True, slots=True)
class Line:
    """One review in a list, in words."""

    address: str
    title: str
    facts: str
    state: str


def lines_of(view: View, rows: Sequence[InboxRow]) -> list[Line]:
    """What is asked, by whom, since when, and what became of it; words are looked up once for all lines."""
    new, changed = what_words(change=False), what_words(change=True)
    since, again, sent = _("since %(moment)s"), _("asked again %(moment)s"), _("sent %(moment)s")
    verdicts = {Verdict.APPROVE: _("you approved it"), Verdict.DECLINE: _("you sent it back"), None: ""}
    states = {state: round_words(state) for state in RoundState}
    waits, own = view is View.WAITING, g.viewer.id
    lines = []
    for row in rows:
        said = [] if row.owner_id == own else [row.owner]
        said += [changed if row.change else new, (since if waits else sent) % {"moment": moment(row.sent_at)}]
        if waits and row.nudged_at:
            said.append(again % {"moment": moment(row.nudged_at)})
        state = "" if waits else verdicts[row.verdict] if view is View.DECIDED else states[row.state]
        lines.append(Line(f"/reviews/{row.id}", row.title, " · ".join(said), state))
    return lines


LISTS: dict[View, Callable[..., Sequence[InboxRow]]] = {
    View.WAITING: inbox.waiting,
    View.SENT: inbox.sent,
    View.DECIDED: inbox.decided,
}
