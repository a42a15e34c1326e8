"""Operation 5 of the tracking contract: many goals in one body, all of them or none."""

from typing import Any

from flask import g, request

from webapp.actions import tracked_goals
from webapp.api.answers import answer
from webapp.api.body import WHOLE, Wrong, check, parse
from webapp.api.operation import Answer, operation
from webapp.api.tracking import examples
from webapp.api.tracking.blueprint import bp
from webapp.api.tracking.schemas import MOST_IN_BULK, GoalInBulk, Held
from webapp.api.tracking.whose import refuse_for_others
from webapp.extensions import db

MOST_DATES = 5_000


@bp.post("/goals/bulk")
@operation(
    "goals:write",
    body=list[GoalInBulk] | list[list[GoalInBulk]],
    example=[[examples.MORNING_WALK]],
    answers={
        200: Answer("The numbers of the goals, in the order of the body.", list[int], [1]),
        423: Answer("A goal is closed: it is opened again before anything of it changes.", Held, examples.HELD),
    },
    tag="Bulk",
)
def write_many() -> Any:
    """Create or update at most 200 goals; `id` of a goal of the caller's updates it, else a new one is made."""
    goals = check(list[GoalInBulk], flat(parse(request.get_data())))
    if sum(len(goal.goaltracking) for goal in goals) > MOST_DATES:
        raise Wrong({WHOLE: [f"At most {MOST_DATES} due dates in all, please."]})
    refuse_for_others(*(goal.userid for goal in goals))
    asked = [(goal.id, goal.said(g.viewer.zone)) for goal in goals]
    return answer(tracked_goals.say_all(db.session, g.viewer, asked))


def flat(value: Any) -> Any:
    """The list, also out of a list around it; raises Wrong when it is too long."""
    if isinstance(value, list) and value and all(isinstance(inner, list) for inner in value):
        value = [goal for inner in value for goal in inner]
    if isinstance(value, list) and len(value) > MOST_IN_BULK:
        raise Wrong({WHOLE: [f"At most {MOST_IN_BULK} goals at a time, please."]})
    return value
