"""The goal editor: planning a goal, seeing what it comes to, changing it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import closings, reviews
from webapp.actions import goals as actions
from webapp.domain.errors import Conflict, Invalid, Locked, Problem
from webapp.domain.policy import Permission, require
from webapp.domain.quick_add import QuickAdd, parse
from webapp.domain.reviews import Act
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import beginnings, goal_templates, preview
from webapp.pages.editor_review import UnderReview, proposed, under_review
from webapp.pages.forms.goals import QuickForm
from webapp.pages.forms.reminders import OwnGoalForm
from webapp.pages.goal_reminders import opened_with, quiet_hours, remind
from webapp.pages.goal_rows import goal_facts
from webapp.pages.respond import onward, page, reply, say
from webapp.pages.review_words import held_words
from webapp.queries import goals as queries
from webapp.queries import tags
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import signed_in
from webapp.web.transaction import only_reads, will_write

bp = Blueprint("editor", __name__, url_prefix="/goals")
bp.add_app_template_global(new_nonce)


@bp.get("/new")
@signed_in
def new() -> Any:
    """The editor, empty or filled in with what the address names."""
    form = OwnGoalForm.new(g.viewer, beginnings.asked_for(request.args))
    return page("goals/new.html", **what_is_shown(form), chosen=request.args.get("template"))


@bp.post("/quick")
@signed_in
@only_reads
def quick() -> Any:
    """A goal from one line: shown in the editor as it was understood, or with `save` planned at once."""
    line = QuickForm()
    if problems := line.problems():
        return not_understood(line, Invalid(problems))
    found = parse(line.line.data or "", g.viewer.today, g.viewer.week_start)
    if "save" in request.form:
        will_write()
        return plan_at_once(line, found)
    form = OwnGoalForm.new(g.viewer, beginnings.goal_of(found))
    understood = beginnings.understood(found, g.viewer.today)
    return reply("goals/_form.html", page="goals/new.html", **what_is_shown(form), understood=understood)


@bp.post("")
@signed_in
def create() -> Any:
    """Open a goal."""
    form = OwnGoalForm(g.viewer)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        goal = actions.create(db.session, g.viewer, form.draft())
        remind(goal, form.reminders)
    except Invalid as invalid:
        form.absorb(invalid)
        return reply("goals/_form.html", page="goals/new.html", **what_is_shown(form)), 422
    keep(form.nonce.data, address := url_for("goal.show", public_id=goal.public_id))
    flash(_("Your goal is planned."))
    return onward(address)


@bp.post("/preview")
@signed_in
@only_reads
def dates() -> Any:
    """The next dates of what stands in the editor, or one row more or less of its reminders; nothing is saved."""
    fragment = "goals/_reminders.html" if {"more", "drop"} & request.form.keys() else "goals/_preview.html"
    if not (stored := request.args.get("goal")):
        return reply(fragment, page="goals/new.html", **what_is_shown(OwnGoalForm(g.viewer).with_rows_asked()))
    goal, terms = own(stored)
    form = OwnGoalForm(g.viewer, terms.schedule, terms.criticality).with_rows_asked()
    return reply(fragment, page="goals/edit.html", **what_is_shown(form, terms, under_review(goal)))


@bp.get("/<public_id>/edit")
@signed_in
def edit(public_id: str) -> Any:
    """The editor, open on a goal; `?revision=` fills in what was proposed once."""
    goal, terms = own(public_id)
    number = request.args.get("revision", type=int)
    form = OwnGoalForm.of(g.viewer, terms if number is None else with_terms(goal, terms, number))
    form.stored, form.reminders = terms.schedule, opened_with(goal)
    return page("goals/edit.html", **what_is_shown(form, terms, under_review(goal)))


@bp.post("/<public_id>")
@signed_in
def update(public_id: str) -> Any:
    """Save what the editor says."""
    goal, terms = held(public_id)
    form = OwnGoalForm(g.viewer, terms.schedule, terms.criticality)
    try:
        done = save(goal, form)
    except Invalid as invalid:
        form.absorb(invalid)
        return again(goal, terms, form), 422
    except Conflict:
        form.version.raw_data, form.version.data = None, goal.version
        return again(goal, terms, form, facts=goal_facts(terms)), 409
    except Locked as locked:
        return again(goal, terms, form, held=held_words(locked), first=locked.actions), 423
    flash(_("Saved.") if done is Act.EDIT else _("Saved. The change waits until it is approved."))
    return onward(url_for("goal.show", public_id=public_id))


def save(goal: Goal, form: OwnGoalForm) -> Act:
    """The goal is as the form says, or waits to be; what holds it is undone first where the pressed button says so."""
    draft, seen = form.draft(), form.seen(goal.version)
    first = FIRST.get(request.form.get("first", ""))
    if first is not None:
        actions.refuse_stale(goal, seen)
        seen = first(db.session, g.viewer, goal).version
    done = reviews.save(db.session, g.viewer, goal, draft, seen=seen)
    remind(goal, form.reminders)
    return done


def again(goal: Goal, terms: queries.Terms, form: OwnGoalForm, **why: Any) -> str:
    """The editor once more, with everything that was typed; what was begun is dropped with the request."""
    return page("goals/edit.html", **what_is_shown(form, terms, under_review(goal)), **why)


def held(public_id: str) -> tuple[Goal, queries.Terms]:
    """The viewer's goal, held and opened, if they may change it."""
    goal = queries.find(db.session, g.viewer, public_id, lock=True)
    require(g.viewer, Permission.GOAL_CHANGE, queries.facts_of(db.session, g.viewer, goal))
    return goal, queries.opened(db.session, g.viewer, goal)


def own(public_id: str) -> tuple[Goal, queries.Terms]:
    """The viewer's goal, and opened, if they may change it."""
    goal = queries.find(db.session, g.viewer, public_id)
    require(g.viewer, Permission.GOAL_CHANGE, queries.facts_of(db.session, g.viewer, goal))
    return goal, queries.opened(db.session, g.viewer, goal)


def with_terms(goal: Goal, terms: queries.Terms, number: int) -> queries.Terms:
    """The goal as one of its revisions would have it."""
    asked = proposed(goal, number)
    return replace(
        terms,
        title=asked.title,
        description=asked.description,
        direction=asked.direction,
        target=asked.target,
        unit=asked.unit,
        schedule=asked.schedule,
    )


def what_is_shown(
    form: OwnGoalForm, goal: queries.Terms | None = None, under: UnderReview | None = None
) -> dict[str, Any]:
    """What the editor's page and its fragments need; a goal that is only being planned may begin as a template."""
    form.reminders.hint_at(quiet_hours(form.reminders))
    return {
        "form": form,
        "goal": goal,
        "under": under,
        "preview": preview.of(form, goal, under),
        "own_tags": [name for _address, name in tags.tags_of(db.session, g.viewer)],
        "templates": [] if goal else goal_templates.offered(),
    }


def plan_at_once(line: QuickForm, found: QuickAdd) -> Any:
    """The goal is planned as it was understood; the message offers to delete it again."""
    if there := answered(line.nonce.data):
        return onward(there)
    try:
        goal = actions.create(db.session, g.viewer, beginnings.goal_of(found))
    except Invalid as invalid:
        return not_understood(line, invalid)
    keep(line.nonce.data, address := url_for("dashboard.index"))
    undo = {"action": url_for("goals.delete", public_id=goal.public_id), "fields": {}}
    say(_("Your goal is planned."), undo)
    return onward(address)


def not_understood(line: QuickForm, invalid: Invalid) -> Any:
    """Every problem stands at the line, and the line stays as it was typed."""
    line.absorb(Invalid(Problem("line", problem.code, problem.params) for problem in invalid.problems))
    form = OwnGoalForm.new(g.viewer, beginnings.asked_for({}))
    return reply("goals/_quick.html", page="goals/new.html", **what_is_shown(form), quick=line), 422


FIRST = {Act.WITHDRAW.value: reviews.withdraw, Act.REOPEN.value: closings.reopen}
"""What may be done before saving, by the word of its button."""
