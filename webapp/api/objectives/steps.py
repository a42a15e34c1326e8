"""What was done in the reviews of a goal, and what the caller may do now."""

from typing import Any

from flask import g

from webapp.api.answers import answer
from webapp.api.objectives import account, examples, params
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.pieces import Json, instant
from webapp.api.objectives.present import marking
from webapp.api.objectives.schemas import StepsRead
from webapp.api.operation import Answer, operation
from webapp.domain.errors import NotFound
from webapp.domain.reviews import Act
from webapp.extensions import db
from webapp.queries import objective_steps, objectives, reviews

ACTIONS = {Act.SEND: "review", Act.PROPOSE: "review"}
"""The contract's words for acts, where they are not the rules'."""
AVAILABLE = (Act.SEND, Act.APPROVE, Act.DECLINE, Act.WITHDRAW)


@bp.get("/goals/<goal_id>/workflow-actions")
@operation(
    "objectives:read",
    answers={200: Answer("The steps, the first one first.", StepsRead, examples.STEPS)},
    query={
        "skip": params.WHOLE_NUMBER,
        "limit": {**params.WHOLE_NUMBER, "maximum": params.AT_ONCE, "default": params.AT_ONCE},
        "formatting": params.FORMATTING,
    },
    tag="Workflow",
)
def list_workflow_actions(goal_id: str) -> Any:
    """List the steps of a goal's reviews: all of them for its owner and admins, for others those they were asked in."""
    here, page, formatting = account.here(), params.page(), params.formatting()
    found = objectives.find(db.session, g.viewer, goal_id)
    if found.goal.organisation_id != here.number:
        raise NotFound
    steps = objective_steps.steps(db.session, g.viewer, found.goal)
    shown = steps[page.skip : page.skip + page.limit]
    mark = marking(db.session, here, formatting, [step.comment for step in shown])
    may = reviews.standing(db.session, g.viewer, found.goal).may
    return answer(
        {
            "items": [step_json(step) | {"comment": mark(step.comment)} for step in shown],
            "totalCount": len(steps),
            "availableActions": [word(act) for act in AVAILABLE if act in may],
        }
    )


def word(act: Act) -> str:
    """What the contract calls it."""
    return ACTIONS.get(act, act.value)


def step_json(step: objective_steps.Step) -> Json:
    """One step."""
    return {
        "action": word(step.act),
        "fromStatus": step.before.value,
        "toStatus": step.after.value,
        "userId": step.by,
        "comment": step.comment,
        "date": instant(step.at),
        "revision": step.revision,
    }
