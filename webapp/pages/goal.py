"""One goal: what it is, how it went, and why its numbers are what they are."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, request

from webapp.actions import access
from webapp.domain.days import local_day
from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, allows
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_day, goal_figures, goal_overview, goal_strength, goal_why
from webapp.pages.goal_comments import comments_of
from webapp.pages.goal_reminders import lines_of
from webapp.pages.goal_review import panel_of
from webapp.pages.goal_rows import goal_facts
from webapp.pages.respond import page
from webapp.queries import goals as queries
from webapp.queries import progress
from webapp.web.policies import signed_in
from webapp.web.transaction import will_write

bp = Blueprint("goal", __name__, url_prefix="/goals")


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """One goal: its numbers, its year, its latest days, and what it is."""
    goal = looked_at(public_id)
    if goal.kind is Kind.OBJECTIVE:
        return redirect(f"/objectives/{public_id}", code=303)
    may = rights(goal)
    opened = queries.opened(db.session, g.viewer, goal)
    seen = goal_overview.overview(then(goal), goal, opened, request.args) if may["track"] else {}
    between = {**panel_of(goal), **comments_of(goal)}
    owner = None if goal.owner_id == g.viewer.id else queries.whose(db.session, goal)
    reminds = bool(goal.reminds)
    times = lines_of(goal) if may["change"] and goal.reminds is not None else []
    told = {"facts": goal_facts(opened), "reminds": reminds, "times": times, "anyway": goal.remind_anyway}
    return page("goals/show.html", goal=opened, may=may, owner=owner, **told, **between, **seen)


@bp.get("/<public_id>/figures")
@signed_in
def figures(public_id: str) -> Any:
    """The tables behind the charts of one span."""
    goal = habit(public_id)
    opened = queries.opened(db.session, g.viewer, goal, with_tags=False)
    return page("goals/figures.html", goal=opened, **goal_figures.figures(then(goal), goal, opened, request.args))


@bp.get("/<public_id>/days/<day>")
@signed_in
def day(public_id: str, day: str) -> Any:
    """One day: what it counts as and why, what was said of it, and a form to correct it."""
    goal = tracked(public_id)
    opened = queries.opened(db.session, g.viewer, goal, with_tags=False)
    return page("goals/day.html", goal=opened, may=rights(goal), **goal_day.one_day(then(goal), goal, opened, day))


@bp.get("/<public_id>/streak")
@signed_in
def why(public_id: str) -> Any:
    """Why a streak is as long as it is, day by day."""
    goal = habit(public_id)
    opened = queries.opened(db.session, g.viewer, goal, with_tags=False)
    return page("goals/why.html", goal=opened, **goal_why.why_of(then(goal), goal, opened, request.args))


@bp.get("/<public_id>/strength")
@signed_in
def strength(public_id: str) -> Any:
    """How strength and percentages come about, as of any day."""
    goal = habit(public_id)
    opened = queries.opened(db.session, g.viewer, goal, with_tags=False)
    found = goal_strength.explained(then(goal), goal, opened, request.args)
    return page("goals/strength.html", goal=opened, **found), 422 if found["error"] else 200


def looked_at(public_id: str) -> Goal:
    """The goal, if the viewer may read it; a look at somebody else's is written down before it is shown."""
    goal = queries.find(db.session, g.viewer, public_id)
    if goal.owner_id == g.viewer.id or not goal.kind.is_private:
        return goal
    will_write()
    goal = queries.find(db.session, g.viewer, public_id)
    access.record_look(db.session, g.viewer, goal, "goal:read")
    return goal


def tracked(public_id: str) -> Goal:
    """The goal, if the viewer may see its days; else it is not found."""
    goal = looked_at(public_id)
    if not rights(goal)["track"]:
        raise NotFound
    return goal


def habit(public_id: str) -> Goal:
    """As `tracked`; what is due only once has no streak, no strength and no years."""
    goal = tracked(public_id)
    if not progress.repeats(goal):
        raise NotFound
    return goal


def then(goal: Goal) -> Viewer:
    """The viewer on the last day the goal was asked for anything: today, or the day it was put away."""
    viewer: Viewer = g.viewer
    if goal.archived_at is None:
        return viewer
    return replace(viewer, today=min(viewer.today, local_day(goal.archived_at, viewer.zone, viewer.day_start)))


def rights(goal: Goal) -> dict[str, bool]:
    """What the viewer may do with the goal, as buttons ask."""
    facts = queries.facts_of(db.session, g.viewer, goal)
    return {name: allows(g.viewer, permission, facts) for name, permission in MAY.items()}


MAY = {"change": Permission.GOAL_CHANGE, "tick": Permission.GOAL_TICK, "track": Permission.GOAL_READ_TRACKING}
