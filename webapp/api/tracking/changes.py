"""Changing a goal: by its owner, or by a therapist who says whether it is approved and nothing else."""

from typing import Any

from flask import Response, g, request

from webapp.actions import decisions, tracked_goals
from webapp.api.answers import nothing
from webapp.api.body import check
from webapp.api.guard import match
from webapp.api.tracking.present import echo_json, tag_of
from webapp.api.tracking.schemas import GoalPatch
from webapp.api.tracking.shown import echo, one
from webapp.api.tracking.whose import refuse_for_nobody, refuse_for_others
from webapp.domain.errors import NotFound, Refused
from webapp.extensions import db
from webapp.models import Goal
from webapp.queries import tracked

FLAG = "is_therapist_approved"


def held(goalid: int) -> Goal | None:
    """The goal, held and of the version the caller names; None when there is none for them."""
    try:
        goal = tracked.find(db.session, g.viewer, goalid, lock=True)
    except NotFound:
        return None
    if request.if_match:
        sight = tracked.sight_of(db.session, g.viewer, goal.owner_id)
        match(tag_of(goal.version, tracked.rows_of(db.session, g.viewer, sight, goal.id) if sight else ()))
    return goal


def change(goalid: int, value: Any, shape: type[GoalPatch]) -> Response:
    """The goal as it is after what the body says of it; nothing when there is none for the caller."""
    asked = check(GoalPatch if _flag_alone(value) else shape, value)
    refuse_for_nobody(asked.userid)
    goal = held(goalid)
    if goal is None:
        return nothing()
    if goal.owner_id != g.viewer.id:
        return judge(goal, asked)
    refuse_for_others(asked.userid)
    said = check(shape, value).said(g.viewer.zone)
    return echo(tracked_goals.say(db.session, g.viewer, goal, said))


def judge(goal: Goal, asked: GoalPatch) -> Response:
    """The goal as it is after its owner's therapist said whether it is approved; raises Refused for anything else."""
    sight = tracked.sight_of(db.session, g.viewer, goal.owner_id)
    stood = check(GoalPatch, echo_json(*one(sight, goal.id))).said(g.viewer.zone)
    said = asked.said(g.viewer.zone)
    if not said.get("items"):
        said.pop("items", None)
    other = asked.userid not in (None, goal.owner_id) or any(value != stood.get(name) for name, value in said.items())
    if FLAG not in asked.model_fields_set or other:
        raise Refused("not_yours")
    return echo(decisions.judge_current(db.session, g.viewer, goal, approved=bool(asked.is_therapist_approved)))


def _flag_alone(value: Any) -> bool:
    return isinstance(value, dict) and FLAG in value and value.keys() <= {FLAG, "userid", "goalid"}
