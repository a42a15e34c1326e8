"""Making, changing and deleting one goal of the objectives contract, and saying how sure one is of it."""

from dataclasses import replace
from typing import Any

from flask import Response, after_this_request, g, request

from webapp.actions import check_ins, objectives
from webapp.api.answers import answer
from webapp.api.body import check, parse
from webapp.api.guard import not_kept
from webapp.api.objectives import account, write_examples
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.drafts import GOAL, goal_as_sent, goal_inside, new_goal, said_in
from webapp.api.objectives.mentions import plain
from webapp.api.objectives.problems import held as held_words
from webapp.api.objectives.reach import HELD, LOCKED, changed, held, whole
from webapp.api.objectives.schemas import GoalRead
from webapp.api.objectives.write_schemas import (
    Confidence,
    ConfidenceBody,
    Deleted,
    GoalNew,
    GoalPatch,
    GoalPut,
    WrappedNew,
    WrappedPatch,
    WrappedPut,
)
from webapp.api.operation import Answer, operation
from webapp.domain.errors import Locked
from webapp.domain.objective_drafts import ObjectiveDraft
from webapp.extensions import db
from webapp.queries import objectives as queries
from webapp.queries.objectives import Found

NOW = Answer("The goal as it is now, with its key results.", GoalRead, write_examples.GOAL)
CHANGED = {200: NOW, 423: HELD}


@bp.post("/goals")
@operation(
    "objectives:write",
    body=GoalNew | WrappedNew,
    example=write_examples.NEW,
    answers={201: Answer("The goal is made.", GoalRead, write_examples.GOAL), 403: LOCKED},
    tag="Goals",
)
def create_goal() -> Any:
    """Create a goal, bare or in an object `{"goal": …}`; key results in `metrics` are made with it.

    Instants are dates in the caller's zone. A session that is not open refuses with 403 and what holds it.
    """
    draft = new_goal(check(GoalNew, goal_inside(parse(request.get_data()))), g.viewer.zone)
    with said_in(GOAL):
        try:
            found = objectives.create(db.session, g.viewer, account.here().number, draft)
        except Locked as error:
            raise held_words(error, 403) from None
    return changed(found, 201)


@bp.patch("/goals/<goal_id>")
@operation(
    "objectives:write",
    body=GoalPatch | WrappedPatch,
    example={"name": "Be the city's baker", "dateTo": "2026-03-31"},
    answers=CHANGED,
    tag="Goals",
)
def patch_goal(goal_id: str) -> Any:
    """Change some of a goal: what is left out stays, null is nothing.

    A material change of an approved goal holds at once and makes it a draft.
    """
    return change(goal_id, GoalPatch)


@bp.put("/goals/<goal_id>")
@operation("objectives:write", body=GoalPut | WrappedPut, example=write_examples.NEW, answers=CHANGED, tag="Goals")
def put_goal(goal_id: str) -> Any:
    """Deprecated: change a goal; as PATCH, but its name must be there."""
    after_this_request(deprecated)
    return change(goal_id, GoalPut)


@bp.delete("/goals/<goal_id>")
@operation(
    "objectives:write",
    answers={200: Answer("The goal is deleted.", Deleted, write_examples.DELETED), 403: LOCKED},
    tag="Goals",
)
def delete_goal(goal_id: str) -> Any:
    """Delete a goal; one in review, approved, or of a session that is not open stays as it is, with 403."""
    found = held(goal_id)
    delete(found)
    return answer({"id": found.goal.public_id})


@bp.put("/goals/<goal_id>/confidence")
@operation(
    "objectives:check_in",
    body=ConfidenceBody,
    example={"value": 0.7, "reason": "Two bakers are ill."},
    answers=CHANGED,
    tag="Goals",
)
@account.optional
def put_confidence(goal_id: str) -> Any:
    """Deprecated: say how sure one is of a goal, from 0 to 1, by a number or with a reason.

    The header gtmhub-accountId may be left out here.
    """
    after_this_request(deprecated)
    value = parse(request.get_data())
    sent = check(Confidence, value if isinstance(value, dict) and "confidence" in value else {"confidence": value})
    if g.account is None:
        not_kept()  # a repeat must ask anew whether its person still belongs to the organisation
    found = held(goal_id)
    with said_in({}):
        check_ins.confide(db.session, g.viewer, found, sent.confidence.value, plain(sent.confidence.reason))
    return changed(found)


def change(goal_id: str, shape: type[GoalPatch]) -> Response:
    """The goal as it is after what the body says of it."""
    value = goal_inside(parse(request.get_data()))
    sent = check(shape, value)
    found = held(goal_id)
    stood = queries.draft_of(db.session, found)
    draft, places = goal_as_sent(stood, sent, value, whole(found), g.viewer.zone)
    with said_in(GOAL, places=places):
        objectives.save(db.session, g.viewer, found, moved(found, stood, draft), at_once=True)
    return changed(found)


def moved(found: Found, stood: ObjectiveDraft, draft: ObjectiveDraft) -> ObjectiveDraft:
    """The draft; where the objective ran just as long as the cycle it leaves, it runs as long as the one it goes to."""
    if draft.cycle == stood.cycle:
        return draft
    follows: dict[str, Any] = {}
    if draft.starts == stood.starts == found.cycle.starts:
        follows["starts"] = None
    if draft.ends == stood.ends == found.cycle.ends:
        follows["ends"] = None
    return replace(draft, **follows)


def delete(found: Found) -> None:
    """The goal is gone; what is held is refused as the contract says."""
    try:
        objectives.delete(db.session, g.viewer, found)
    except Locked as error:
        raise held_words(error, 403) from None


def deprecated(response: Response) -> Response:
    """The answer says that clients should ask otherwise."""
    response.headers["Deprecation"] = "true"
    return response
