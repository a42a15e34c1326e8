"""Reading goals: lists of them, those whose metrics somebody owns, and one."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from flask import Response, g, request
from sqlalchemy import ColumnElement

from webapp.api.answers import answer
from webapp.api.guard import match
from webapp.api.objectives import account, examples, params
from webapp.api.objectives import fields as known
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.members import LINKED
from webapp.api.objectives.present import WHOLE, columns_of, goals, one, parts_of
from webapp.api.objectives.schemas import GoalPart, GoalsRead
from webapp.api.operation import Answer, operation
from webapp.domain.projections import Names
from webapp.extensions import db
from webapp.models import Cycle
from webapp.queries import objective_json, objective_lists
from webapp.queries.goals import is_public_id
from webapp.queries.objective_fields import owns_metric
from webapp.queries.patterns import in_time

LISTED: dict[str, dict[str, Any]] = {
    "fields": params.FIELDS,
    "filter": params.FILTER,
    "sort": params.SORT,
    "skip": params.WHOLE_NUMBER,
    "limit": {**params.WHOLE_NUMBER, "maximum": params.AT_ONCE, "default": params.AT_ONCE},
    "formatting": params.FORMATTING,
}


@bp.get("/goals")
@operation(
    "objectives:read",
    answers={200: Answer("A page of goals.", GoalsRead, examples.GOALS)},
    query={
        **LISTED,
        "sessionId": {"type": "string"},
        "includeMetrics": params.FLAG,
        "metricOwnerIds": params.IDS,
    },
    tag="Goals",
)
def list_goals() -> Any:
    """List the goals of the account; without `sort` the oldest first.

    `totalCount` counts them all, whatever the page; `limit=0` answers the count alone. Metrics and expanded links come
    when `fields` asks for them, metrics also by `includeMetrics`.
    """
    conditions = []
    if session_id := request.args.get("sessionId"):
        conditions.append(Cycle.public_id == (session_id if is_public_id(session_id) else ""))
    owner_ids = params.ids("metricOwnerIds")
    if owner_ids is not None:
        conditions.append(owns_metric(owner_ids))
    return listed(with_metrics(params.fields()) if params.flag("includeMetrics") else params.fields(), conditions)


@bp.get("/goals/metric/<owner_id>")
@operation(
    "objectives:read",
    answers={
        200: Answer("A page of goals with their metrics; none for nobody.", GoalsRead, examples.WITH_METRICS),
    },
    query=LISTED,
    tag="Goals",
)
def list_by_metric_owner(owner_id: str) -> Any:
    """List the goals of which this person owns a metric, with all their metrics."""
    wanted = params.fields(with_metrics(LINKED))
    return listed(wanted, [owns_metric(frozenset({owner_id} if is_public_id(owner_id) else ()))])


@bp.get("/goals/<goal_id>")
@operation(
    "objectives:read",
    answers={200: Answer("The goal with its metrics and links.", GoalPart, examples.GOAL)},
    query={"fields": params.FIELDS, "formatting": params.FORMATTING},
    tag="Goals",
)
def read_goal(goal_id: str) -> Any:
    """Read one goal, with its metrics and links unless `fields` says otherwise."""
    made, tag = one(db.session, g.viewer, account.here(), goal_id, params.fields(WHOLE), params.formatting())
    match(tag)
    return answer(made, tag=tag)


def with_metrics(wanted: Names) -> Names:
    """These names, and metrics."""
    return wanted if "metrics" in wanted else {**wanted, "metrics": None}


def listed(wanted: Names, conditions: Sequence[ColumnElement[bool]]) -> Response:
    """The page of goals that the address asks for."""
    here = account.here()
    page, formatting, order = params.page(), params.formatting(), known.order()
    scope = objective_lists.visible_in(g.viewer, here.number)
    filtered = known.filtered(db.session, scope)
    every = [scope, *conditions, *filtered]
    with in_time(db.session, "filter") if filtered else nullcontext():
        rows: Sequence[Any] = ()
        if page.limit:
            rows = objective_json.rows(
                db.session, columns_of(wanted), every, order=order, skip=page.skip, limit=page.limit
            )
        total = page.skip + len(rows)
        if len(rows) == page.limit or not rows:
            total = objective_json.count(db.session, every)
    parts = parts_of(db.session, g.viewer, here, rows, wanted, formatting)
    return answer({"items": goals(rows, parts, wanted), "totalCount": total})
