"""Operations 8 and 15 of the tracking contract: the goals of one person, and those that wait to be finished."""

from typing import Any

from flask import g

from webapp.api.answers import answer
from webapp.api.operation import Answer, operation
from webapp.api.tracking import examples
from webapp.api.tracking.blueprint import bp
from webapp.api.tracking.present import by_user_json, pending_json
from webapp.api.tracking.schemas import GoalByUser, PendingGoal
from webapp.api.tracking.whose import looked_at
from webapp.extensions import db
from webapp.queries import tracked

BY_USER = {200: Answer("The goals, none when the caller may not see any.", list[GoalByUser], [examples.BY_USER])}
PENDING = {200: Answer("The goals, none when the caller may not see any.", list[PendingGoal], [examples.PENDING])}


@bp.get("/goals/by-user/<int(signed=True):userid>")
@operation("goals:read", answers=BY_USER, tag="By user")
def goals_by_user(userid: int) -> Any:
    """List the goals of the caller, or of a client who lets the caller see them."""
    return by_user(userid, None)


@bp.get("/goals/by-user/<int(signed=True):userid>/<int(signed=True):goalid>")
@operation("goals:read", answers=BY_USER, tag="By user")
def goal_by_user(userid: int, goalid: int) -> Any:
    """List one goal of a person's, as a list of one or none."""
    return by_user(userid, goalid)


@bp.get("/goals/pending/<int(signed=True):userid>")
@operation("goals:read", answers=PENDING, tag="By user")
def pending_goals(userid: int) -> Any:
    """List a person's approved goals without a status; `startdate` is the earliest due date."""
    return pending(userid, None)


@bp.get("/goals/pending/<int(signed=True):userid>/<int(signed=True):goalid>")
@operation("goals:read", answers=PENDING, tag="By user")
def pending_goal(userid: int, goalid: int) -> Any:
    """List one pending goal of a person's, as a list of one or none."""
    return pending(userid, goalid)


def by_user(userid: int, goalid: int | None) -> Any:
    sight = looked_at(userid, goalid)
    found = tracked.goals(db.session, g.viewer, userid, goalid) if sight else []
    return answer([by_user_json(goal) for goal in found])


def pending(userid: int, goalid: int | None) -> Any:
    sight = looked_at(userid, goalid)
    if sight is None:
        return answer([])
    found = tracked.goals(db.session, g.viewer, userid, goalid)
    begins = tracked.earliest(db.session, sight)
    waiting = [goal for goal in found if goal.status is None and goal.approved]
    return answer([pending_json(goal, begins.get(goal.id)) for goal in waiting])
