"""What a goal's owner does about reviews: asking, asking again, choosing who is asked, taking it back, looking back."""

from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from webapp.actions import reviews as actions
from webapp.domain.errors import Conflict, Invalid, Locked, NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.reviews import Act, require
from webapp.extensions import db
from webapp.models import Goal, ReviewRound
from webapp.pages.forms.reviews import ReviewersForm, SendForm
from webapp.pages.goal import looked_at
from webapp.pages.headings import heading_of
from webapp.pages.objective_terms import Change
from webapp.pages.respond import onward, page
from webapp.pages.review_words import act_words, changes, held_words, term_lines
from webapp.queries import goals, reviewers
from webapp.queries import reviews as queries
from webapp.queries.objective_names import named_in
from webapp.queries.reviews import Step
from webapp.web.policies import recent, signed_in

bp = Blueprint("review_requests", __name__)


@bp.get("/goals/<public_id>/review/new")
@signed_in
def new(public_id: str) -> Any:
    """Whom to ask about a goal, with a few words."""
    goal = own(public_id)
    allowed(goal, Act.SEND)
    return page("goals/send.html", **form_page(goal))


@bp.post("/goals/<public_id>/review")
@signed_in
def send(public_id: str) -> Any:
    """Somebody is asked to decide on the goal as it is."""
    goal = own(public_id)
    form = send_form(goal)
    try:
        actions.send(db.session, g.viewer, goal, form.chosen(), seen=form.seen.data or 0, comment=form.words())
    except Invalid as invalid:
        form.absorb(invalid)
        return send_page(goal, form), 422
    except Conflict:
        form.seen.raw_data, form.seen.data = None, goal.version
        return send_page(goal, form, changed=True), 409
    except Locked as locked:
        return send_page(goal, form, held=held_words(locked, objective=not goal.kind.is_private)), 423
    flash(sent_words(goal))
    return back_to(goal)


@bp.post("/goals/<public_id>/review/withdraw")
@signed_in
def withdraw(public_id: str) -> Any:
    """Nobody decides any more."""
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    actions.withdraw(db.session, g.viewer, goal)
    flash(_("It is withdrawn. You can change it, and send it again."))
    return back_to(goal)


@bp.post("/goals/<public_id>/review/nudge")
@signed_in
def nudge(public_id: str) -> Any:
    """Those who have not decided are asked again."""
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    asked = actions.nudge(db.session, g.viewer, allowed(goal, Act.NUDGE), goal)
    if asked:
        flash(ngettext("One person was asked again by mail.", "%(num)d people were asked again by mail.", asked))
    else:
        flash(_("They were asked again less than a day ago. Tomorrow you can ask once more."))
    return back_to(goal)


@bp.route("/reviews/<public_id>/reviewers", methods=["GET", "POST"])
@recent
def change_reviewers(public_id: str) -> Any:
    """Who is asked, chosen anew; verdicts that were given stay."""
    round_, goal = queries.find_round(db.session, g.viewer, public_id, lock=request.method == "POST")
    allowed(goal, Act.CHANGE_REVIEWERS)
    form = reviewers_form(round_, goal)
    if request.method != "POST":
        return reviewers_page(round_, goal, form)
    try:
        actions.change_reviewers(db.session, g.viewer, round_, goal, form.chosen())
    except Invalid as invalid:
        form.absorb(invalid)
        return reviewers_page(round_, goal, form), 422
    flash(_("Others are asked now."))
    return onward(url_for("reviews.show", public_id=public_id))


@bp.get("/goals/<public_id>/revisions")
@signed_in
def revisions(public_id: str) -> Any:
    """What the goal bound its owner to, revision by revision, and who approved which."""
    goal = looked_at(public_id)
    words = queries.owner_words(db.session, g.viewer, goal)
    kept = queries.revisions_of(db.session, words, goal)
    if goal.owner_id != g.viewer.id:
        known = queries.known_revisions(db.session, g.viewer, goal)
        kept = {number: terms for number, terms in kept.items() if number in known}
    if not kept:
        raise NotFound
    steps = queries.story(db.session, g.viewer, goal)
    return page("goals/revisions.html", goal=heading_of(goal), revisions=revision_lines(kept, steps))


def own(public_id: str) -> Goal:
    """The viewer's goal, held where the request writes; raises Refused when they only see it."""
    goal = goals.find(db.session, g.viewer, public_id, lock=request.method == "POST")
    if goal.owner_id != g.viewer.id:
        raise Refused("not_yours")
    return goal


def allowed(goal: Goal, act: Act) -> ReviewRound:
    """The goal's open review, if there is one; raises Locked and Refused as the table of reviews says."""
    standing = queries.standing(db.session, g.viewer, goal)
    require(standing.stage, standing.parts, act, standing.cycle, **standing.held())
    return standing.round  # type: ignore[return-value]  # there is one wherever the table allows these acts


def send_form(goal: Goal, **kwargs: Any) -> SendForm:
    able = reviewers.eligible(db.session, goal, g.viewer.now)
    alone = [able[0].id] if len(able) == 1 else []
    return SendForm(able, private=goal.kind.is_private, asked=alone, seen=goal.version, **kwargs)


def form_page(goal: Goal, form: SendForm | None = None) -> dict[str, Any]:
    return {
        "goal": heading_of(goal, with_facts=True),
        "form": form or send_form(goal, formdata=None),
        "private": goal.kind.is_private,
    }


def send_page(goal: Goal, form: SendForm, **why: Any) -> str:
    """The form once more, with why nothing was sent."""
    return page("goals/send.html", **form_page(goal, form), **why)


def sent_words(goal: Goal) -> str:
    """What being asked means, in a sentence."""
    if goal.kind is Kind.OBJECTIVE:
        return _("It is sent. Until it is decided nothing of it changes.")
    return _("It is sent. Until it is decided its terms stay as they are; ticking goes on.")


def reviewers_form(round_: ReviewRound, goal: Goal) -> ReviewersForm:
    """Who may be asked; those who are asked now are chosen."""
    there = {seat.reviewer_id for seat in queries.names_of(db.session, round_)}
    able = reviewers.eligible(db.session, goal, g.viewer.now)
    asked = [one.id for one in able if one.number in there]
    return ReviewersForm(able, private=goal.kind.is_private, asked=asked)


def reviewers_page(round_: ReviewRound, goal: Goal, form: ReviewersForm) -> str:
    heading = heading_of(goal)
    needed = round_.needed if heading.objective else 0
    return page("reviews/reviewers.html", id=round_.public_id, title=heading.title, form=form, needed=needed)


def revision_lines(kept: dict[int, Any], steps: list[Step]) -> list[dict[str, Any]]:
    """Each revision, the newest first: what was new in it, all of it, and what was decided on it."""
    lines, named = [], named_in(db.session, kept.values())
    before = None
    for number, terms in kept.items():
        new: list[Change] = changes(before, terms, named) if before else []
        told = [(step, act_words(step)) for step in steps if step.revision == number and step.act in DECISIONS]
        lines.append(
            {"number": number, "changes": new, "terms": term_lines(terms, named), "told": told, "first": not before}
        )
        before = terms
    return lines[::-1]


def back_to(goal: Goal) -> Response:
    """The page the form stood on: the goal's, or that of the review."""
    there = request.form.get("back", "")
    if goals.is_public_id(there):
        return onward(url_for("reviews.show", public_id=there))
    return onward(url_for("goal.show", public_id=goal.public_id))


DECISIONS = (Act.APPROVE, Act.DECLINE, Act.OVERRIDE, Act.WITHDRAW, Act.END)
