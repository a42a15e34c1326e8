"""Making and deleting many goals of the objectives contract at once: all of them or none."""

from typing import Any

from flask import g, request

from webapp.actions import objectives
from webapp.api.answers import answer
from webapp.api.body import check, parse
from webapp.api.objectives import account, write_examples
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.drafts import GOAL, goal_inside, new_goal, said_in, unwrapped
from webapp.api.objectives.problems import held as held_words
from webapp.api.objectives.reach import LOCKED, reached, wholes
from webapp.api.objectives.schemas import GoalsRead
from webapp.api.objectives.write_schemas import DeletedMany, GoalNew, GoalsNew, Ids, WrappedIds
from webapp.api.objectives.writing import delete
from webapp.api.operation import Answer, operation
from webapp.domain.errors import Locked
from webapp.extensions import db


@bp.post("/goals/bulk")
@operation(
    "objectives:write",
    body=GoalsNew,
    example=[write_examples.NEW],
    answers={
        201: Answer("All of the goals are made.", GoalsRead, {"items": [write_examples.GOAL], "totalCount": 1}),
        403: LOCKED,
    },
    tag="Bulk",
)
def create_goals() -> Any:
    """Create at most 200 goals, all of them or none; what is wrong with the third stands at "2.name"."""
    value = parse(request.get_data())
    asked: list[GoalNew] = check(GoalsNew, [goal_inside(one) for one in value] if isinstance(value, list) else value)
    drafts = [new_goal(one, g.viewer.zone) for one in asked]
    with said_in(GOAL, below="0" if len(drafts) == 1 else ""):
        try:
            made = objectives.create_all(db.session, g.viewer, account.here().number, drafts)
        except Locked as error:
            raise held_words(error, 403) from None
    items = wholes(made)
    return answer({"items": items, "totalCount": len(items)}, 201)


@bp.delete("/goals/bulk")
@operation(
    "objectives:write",
    body=Ids | WrappedIds,
    example=[write_examples.GOAL_ID],
    answers={200: Answer("All of the goals are deleted.", DeletedMany, write_examples.DELETED_MANY), 403: LOCKED},
    tag="Bulk",
)
def delete_goals() -> Any:
    """Delete at most 200 goals, by a list of ids or in `{"goalsIds": […]}`; all of them or none."""
    ids = list(dict.fromkeys(check(Ids, unwrapped(parse(request.get_data()), "goalsIds"))))
    for one in sorted(ids):  # in one order, so that two at once wait for each other instead of crossing
        delete(reached(one))
    return answer({"items": [{"id": one} for one in ids], "totalCount": len(ids)})
