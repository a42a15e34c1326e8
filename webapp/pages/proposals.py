"""Goals that were proposed to the viewer: looking at one, and answering it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, url_for
from flask_babel import gettext as _

from webapp.actions import proposals as actions
from webapp.domain.errors import Invalid
from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer
from webapp.domain.reviews import ProposalState
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from
from webapp.extensions import db
from webapp.models import GoalProposal
from webapp.pages import preview
from webapp.pages.forms.clients import DeclineForm
from webapp.pages.forms.goals import GoalForm
from webapp.pages.respond import onward, page, reply
from webapp.queries import proposals as queries
from webapp.queries import tags
from webapp.queries.proposals import Proposed
from webapp.web.formats import day
from webapp.web.policies import signed_in
from webapp.web.words import target_words

bp = Blueprint("proposals", __name__, url_prefix="/goals/proposals")


@bp.get("/<proposal>")
@signed_in
def show(proposal: str) -> Any:
    """The goal in words, its next dates, who proposes it and what they say."""
    return shown(queries.find(db.session, g.viewer, proposal))


@bp.post("/<proposal>/accept")
@signed_in
def accept(proposal: str) -> Any:
    """The goal is the viewer's as it was proposed."""
    held = queries.find(db.session, g.viewer, proposal, lock=True)
    try:
        goal = actions.accept(db.session, g.viewer, held)
    except Invalid as invalid:
        return shown(held, invalid), 422
    flash(_("The goal is yours."))
    return onward(url_for("goal.show", public_id=goal.public_id))


@bp.post("/<proposal>/decline")
@signed_in
def decline(proposal: str) -> Any:
    """Nothing comes of it."""
    held = queries.find(db.session, g.viewer, proposal, lock=True)
    form = DeclineForm()
    try:
        actions.decline(db.session, g.viewer, held, form.comment.data or "")
    except Invalid as invalid:
        return shown(held, invalid, form), 422
    flash(_("You have said no. It is not among your goals."))
    return onward(url_for("dashboard.index"))


@bp.get("/<proposal>/edit")
@signed_in
def edit(proposal: str) -> Any:
    """The editor, filled in with what was proposed."""
    found = queries.find(db.session, g.viewer, proposal)
    if found.state is not ProposalState.WAITING:
        return onward(url_for(".show", proposal=proposal))
    draft = usable(queries.opened(db.session, g.viewer, found).goal, g.viewer)
    return page("proposals/edit.html", **editor(GoalForm.new(g.viewer, draft), found))


@bp.post("/<proposal>")
@signed_in
def take_changed(proposal: str) -> Any:
    """The viewer has a goal of their own, as they changed it."""
    held = queries.find(db.session, g.viewer, proposal, lock=True)
    form = GoalForm(g.viewer)
    try:
        goal = actions.accept_changed(db.session, g.viewer, held, form.draft())
    except Invalid as invalid:
        form.absorb(invalid)
        return reply("goals/_form.html", page="proposals/edit.html", **editor(form, held)), 422
    flash(_("Your goal is planned."))
    return onward(url_for("goal.show", public_id=goal.public_id))


def shown(proposal: GoalProposal, invalid: Invalid | None = None, form: DeclineForm | None = None) -> str:
    """The page of one proposal, with what keeps it from being answered so."""
    found = queries.opened(db.session, g.viewer, proposal)
    decline = form or DeclineForm(formdata=None)
    if invalid is not None:
        decline.absorb(invalid)
    dates = preview.of(GoalForm.new(g.viewer, usable(found.goal, g.viewer)))
    waits = found.state is ProposalState.WAITING
    return page("proposals/show.html", o=found, facts=facts(found), dates=dates, form=decline, waits=waits)


def facts(proposal: Proposed) -> list[tuple[str, str]]:
    """What the goal is, as pairs of term and value; when it is due stands with its dates."""
    goal, schedule = proposal.goal, proposal.goal.schedule
    found = []
    if goal.direction is not None and goal.target is not None:
        found.append((_("Reached with"), target_words(goal.direction, goal.target, goal.unit)))
    if schedule.named() is not Frequency.ONE_TIME:
        found.append((_("Starts"), day(schedule.start) if schedule.start else _("when you accept it")))
        found.append((_("Target date"), day(schedule.until) if schedule.until else _("goes on")))
    return found


def usable(goal: GoalDraft, viewer: Viewer) -> GoalDraft:
    """The draft as an editor can open it: a schedule that gives no dates any more is daily."""
    try:
        schedule_from(goal.schedule, today=viewer.today)
    except Invalid:
        return replace(goal, schedule=ScheduleDraft(Frequency.DAILY))
    return goal


def editor(form: GoalForm, proposal: GoalProposal) -> dict[str, Any]:
    """What the editor's page and its fragments need."""
    address = url_for(".show", proposal=proposal.public_id)
    return {
        "form": form,
        "goal": None,
        "preview": preview.of(form),
        "own_tags": [name for _address, name in tags.tags_of(db.session, g.viewer)],
        "address": address,
        "preview_address": "/goals/preview",
        "back": address,
        "saves": _("Save goal"),
    }
