"""Operations 1 to 4 and 6 to 7 of the tracking contract: making, changing, deleting and reading goals."""

from typing import Any

from flask import Response, g, request

from webapp.actions import goals as goal_actions
from webapp.actions import reminders, tracked_goals
from webapp.api.answers import answer, nothing
from webapp.api.body import check, parse, read
from webapp.api.guard import match
from webapp.api.operation import Answer, operation
from webapp.api.tracking import examples
from webapp.api.tracking.blueprint import bp
from webapp.api.tracking.changes import change, held
from webapp.api.tracking.present import goal_json, tag_of
from webapp.api.tracking.schemas import GoalDeleted, GoalEcho, GoalPatch, GoalPost, GoalPut, GoalRead, Held, ReminderPut
from webapp.api.tracking.shown import echo, one
from webapp.api.tracking.whose import looked_at, refuse_for_others
from webapp.domain.days import shifted
from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.queries import tracked

LISTED_DAYS = 31
"""The list of goals shows due dates of so many days ago and later."""
UNKNOWN = Answer("There is no such goal.")
STALE = Answer("The goal has changed since the version named in If-Match.")
HELD = Answer("The goal is closed: it is opened again before anything of it changes.", Held, examples.HELD)
CHANGED = {200: Answer("The goal as it is now.", GoalEcho, examples.ECHO), 204: UNKNOWN, 423: HELD}
GOAL = {200: Answer("The goal with all its due dates.", GoalRead, examples.READ)}


@bp.post("/goals")
@operation(
    "goals:write",
    body=GoalPost,
    example=examples.WRITTEN,
    answers={201: Answer("The goal is made.", GoalEcho, examples.ECHO), **CHANGED, 412: STALE},
    tag="Goals",
)
def create() -> Any:
    """Create a goal, or update the one that `goalid` names.

    Without due dates in `goaltracking` they follow from frequency and days; else those dates are the schedule.
    """
    value = parse(request.get_data())
    body = check(GoalPost, value)
    if body.goalid is not None:
        return change(body.goalid, value, GoalPut)
    refuse_for_others(body.userid)
    goal = tracked_goals.create(db.session, g.viewer, body.said(g.viewer.zone))
    return echo(goal, 201)


@bp.put("/goals/<int(signed=True):goalid>")
@operation("goals:write", body=GoalPut, example=examples.WRITTEN, answers=CHANGED, tag="Goals")
def update(goalid: int) -> Any:
    """Update a goal; what is absent stays, null is nothing, and due dates after today follow the new schedule.

    A therapist with a grant may say `is_therapist_approved` and nothing else that is new.
    """
    return change(goalid, parse(request.get_data()), GoalPut)


@bp.delete("/goals/<int(signed=True):goalid>")
@operation(
    "goals:write",
    answers={200: Answer("The goal is deleted.", GoalDeleted, examples.DELETED), 204: UNKNOWN},
    tag="Goals",
)
def delete(goalid: int) -> Any:
    """Delete a goal with all its due dates; its history stays its owner's to have back on the pages."""
    goal = held(goalid)
    if goal is None:
        return nothing()
    goal_actions.delete(db.session, g.viewer, goal)
    return answer({"goalid": goal.id, "is_deleted": True})


@bp.get("/goals")
@operation(
    "goals:read", answers={200: Answer("The goals in their order.", list[GoalRead], [examples.READ])}, tag="Goals"
)
def own_goals() -> Any:
    """List the caller's own goals, archived ones too, with due dates from 31 days ago on."""
    sight = tracked.Sight(g.viewer.id, shifted(g.viewer.today, -LISTED_DAYS))
    rows = tracked.rows(db.session, g.viewer, sight)
    goals = tracked.goals(db.session, g.viewer, g.viewer.id)
    return answer([goal_json(goal, rows.get(goal.id, ())) for goal in goals])


@bp.get("/goals/<int(signed=True):goalid>")
@operation("goals:read", answers=GOAL, tag="Goals")
def read_goal(goalid: int) -> Any:
    """Read one goal with all its due dates."""
    return shown(goalid)


@bp.get("/goals/bulk/<int(signed=True):goalid>")
@operation("goals:read", answers=GOAL, tag="Bulk")
def read_of_bulk(goalid: int) -> Any:
    """Read one goal with all its due dates."""
    return shown(goalid)


@bp.put("/goals/bulk/<int(signed=True):goalid>")
@operation("goals:write", body=GoalPut, example=examples.WRITTEN, answers=CHANGED, tag="Bulk")
def update_of_bulk(goalid: int) -> Any:
    """Update a goal; as the same at its own address."""
    return change(goalid, parse(request.get_data()), GoalPut)


@bp.patch("/goals/bulk/<int(signed=True):goalid>")
@operation("goals:write", body=GoalPatch, example={"title": "Evening Walk"}, answers=CHANGED, tag="Bulk")
def patch_of_bulk(goalid: int) -> Any:
    """Update some of a goal; no key is required."""
    return change(goalid, parse(request.get_data()), GoalPatch)


@bp.put("/goals/reminder")
@operation(
    "goals:write",
    body=ReminderPut,
    example=examples.REMINDER,
    answers={200: Answer("The goal as it is now.", GoalEcho, examples.ECHO), 412: STALE},
    tag="Goals",
)
def remind() -> Any:
    """Say whether and when a goal reminds; a new time goes to every due date."""
    body = read(ReminderPut)
    goal = held(body.goalid)
    if goal is None:
        raise NotFound
    reminders.remind(db.session, g.viewer, goal, body.said())
    return echo(goal)


def shown(goalid: int) -> Response:
    """The goal, if the caller may see it; raises NotFound."""
    owner = tracked.owner_of(db.session, g.viewer, goalid)
    found, rows = one(looked_at(owner, goalid), goalid)
    tag = tag_of(found.version, rows)
    match(tag)
    return answer(goal_json(found, rows), tag=tag)
