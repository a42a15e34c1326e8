"""Goals by who owns or reviews them."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, g
from sqlalchemy import ColumnElement, Subquery, func

from webapp.api.answers import answer
from webapp.api.objectives import account, examples, params
from webapp.api.objectives import fields as known
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.goals import with_metrics
from webapp.api.objectives.members import FORMER
from webapp.api.objectives.params import IDS
from webapp.api.objectives.present import columns_of, goals, parts_of
from webapp.api.objectives.schemas import GroupsRead
from webapp.api.operation import Answer, operation
from webapp.domain.filters import Operator
from webapp.extensions import db
from webapp.models import Goal, KeyResult, Objective
from webapp.queries import comparisons, objective_groups, objective_lists
from webapp.queries.objective_fields import metric, owned_by, owns_metric

COMPARED = {"type": "string", "description": "More or less than a number.", "examples": [">0.5", "<1"]}
DAY = {"type": "string", "format": "date"}
QUERY: dict[str, dict[str, Any]] = {
    "filter": {"type": "string", "enum": ["current", "past", "future"]},
    "ids": IDS,
    "ownerIds": IDS,
    "metricOwnerId": IDS,
    "attainment": COMPARED,
    "metricAttainment": COMPARED,
    "metricBefore": DAY,
    "metricAfter": DAY,
    "fields": params.FIELDS,
    "sort": params.SORT,
    "includeMetrics": params.FLAG,
    "formatting": params.FORMATTING,
    "skip": params.WHOLE_NUMBER,
    "take": {**params.WHOLE_NUMBER, "maximum": params.AT_ONCE, "default": params.AT_ONCE},
}
GROUPS = {200: Answer("A page of groups by name, each with its first 100 goals.", GroupsRead, examples.GROUPS)}
Conditions = list[ColumnElement[bool]]


@bp.get("/goals/groupBy/owners")
@operation("objectives:read", answers=GROUPS, query=QUERY, tag="Groups")
def group_by_owners() -> Any:
    """List people and teams with the goals they own; a team's goal also stands with the person who answers for it."""
    return grouped(objective_groups.owners)


@bp.get("/goals/groupBy/reviewers")
@operation("objectives:read", answers=GROUPS, query=QUERY, tag="Groups")
def group_by_reviewers() -> Any:
    """List reviewers with the goals they were asked about."""
    return grouped(objective_groups.reviewers)


def grouped(by: Callable[[Sequence[ColumnElement[bool]]], Subquery]) -> Response:
    """The page of groups that the address asks for."""
    here, page, formatting, order = account.here(), params.page("take"), params.formatting(), known.order()
    wanted = with_metrics(params.fields()) if params.flag("includeMetrics") else params.fields()
    theirs = by([objective_lists.visible_in(g.viewer, here.number), *conditions()])
    groups = objective_groups.groups(db.session, theirs, skip=page.skip, limit=page.limit) if page.limit else []
    total = page.skip + len(groups)
    if len(groups) == page.limit or not groups:
        total = objective_groups.count(db.session, theirs)
    found = objective_groups.goals_of(db.session, theirs, groups, columns_of(wanted), order)
    every = [row for rows in found.values() for row in rows]
    parts = parts_of(db.session, g.viewer, here, every, wanted, formatting)
    items = [
        {
            "id": group.id,
            "name": group.name or FORMER,
            "type": "team" if group.is_team else "user",
            "email": group.email,
            "avatar": "",
            "goals": goals(found.get((group.number, group.is_team), ()), parts, wanted),
            "goalsCount": group.size,
        }
        for group in groups
    ]
    return answer({"items": items, "totalCount": total})


def conditions() -> Conditions:
    """What the address asks of the goals; of metrics, that any one of them is so."""
    found: Conditions = []
    today = g.viewer.today
    spans = {
        "current": (Objective.starts <= today) & (Objective.ends >= today),
        "past": Objective.ends < today,
        "future": Objective.starts > today,
    }
    span = params.choice("filter", spans)
    if span is not None:
        found.append(span)
    goal_ids, owner_ids, metric_owners = params.ids("ids"), params.ids("ownerIds"), params.ids("metricOwnerId")
    if goal_ids is not None:
        found.append(Goal.public_id.in_(sorted(goal_ids)))
    if owner_ids is not None:
        found.append(owned_by(owner_ids))
    if metric_owners is not None:
        found.append(owns_metric(metric_owners))
    if attainment := params.comparison("attainment"):
        found.append(comparisons.number(Objective.attainment, *attainment))
    return found + of_metrics()


def of_metrics() -> Conditions:
    """What the address asks of metrics."""
    found: Conditions = []
    if attainment := params.comparison("metricAttainment"):
        reached = func.coalesce(KeyResult.attainment, 0, type_=KeyResult.attainment.type)
        found.append(metric(comparisons.number(reached, *attainment)))
    for name, operator in (("metricBefore", Operator.LT), ("metricAfter", Operator.GT)):
        day = params.day(name)
        if day is not None:
            found.append(metric(comparisons.compared(operator, KeyResult.last_check_in, day)))
    return found
