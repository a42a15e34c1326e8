"""Key results of the objectives contract: adding, changing and removing them, and checking in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g, request

from webapp.actions import check_ins, objectives
from webapp.api.answers import answer
from webapp.api.body import check, parse
from webapp.api.dates import day_of
from webapp.api.objectives import write_examples
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.drafts import CHECK_IN, GOAL, metric_as_sent, new_metric, said_in, unwrapped
from webapp.api.objectives.mentions import plain
from webapp.api.objectives.reach import HELD, changed_metric, held, held_metric, metric
from webapp.api.objectives.schemas import MetricRead
from webapp.api.objectives.write_schemas import CheckInWrite, Deleted, MetricNew, MetricWrite
from webapp.api.operation import Answer, operation
from webapp.domain.objective_drafts import CheckInDraft, KeyResultDraft
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.queries import objectives as queries
from webapp.queries.objectives import Found

METRIC = Answer("The key result as it is now.", MetricRead, write_examples.METRIC)


@bp.post("/goals/<goal_id>/metrics")
@operation(
    "objectives:write",
    body=MetricNew,
    example=write_examples.NEW_METRIC,
    answers={201: Answer("The key result is made.", MetricRead, write_examples.METRIC), 423: HELD},
    tag="Metrics",
)
def create_metric(goal_id: str) -> Any:
    """Add a key result to a goal, after those that are there."""
    sent = check(MetricNew, unwrapped(parse(request.get_data()), "metric"))
    found = held(goal_id)
    draft = queries.draft_of(db.session, found)
    save(found, (*draft.key_results, new_metric(sent, g.viewer.zone)), at=len(draft.key_results))
    return changed_metric(found, queries.key_results_of(db.session, found.goal.id)[-1], 201)


@bp.patch("/metrics/<metric_id>")
@operation(
    "objectives:write", body=MetricWrite, example={"target": 12}, answers={200: METRIC, 423: HELD}, tag="Metrics"
)
def patch_metric(metric_id: str) -> Any:
    """Change some of a key result: what is left out stays, null is the usual value."""
    value = unwrapped(parse(request.get_data()), "metric")
    sent = check(MetricWrite, value)
    key_result, found = held_metric(metric_id)
    shown = metric(found, key_result)
    there = queries.draft_of(db.session, found).key_results
    place = next(number for number, one in enumerate(there) if one.id == metric_id)
    changed = metric_as_sent(there[place], sent, value, shown, g.viewer.zone)
    save(found, (*there[:place], changed, *there[place + 1 :]), at=place)
    return changed_metric(found, key_result)


@bp.delete("/metrics/<metric_id>")
@operation(
    "objectives:write",
    answers={200: Answer("The key result is removed.", Deleted, write_examples.DELETED), 423: HELD},
    tag="Metrics",
)
def delete_metric(metric_id: str) -> Any:
    """Remove a key result from its goal; what was said of it stays in the record."""
    _, found = held_metric(metric_id)
    there = queries.draft_of(db.session, found).key_results
    save(found, tuple(one for one in there if one.id != metric_id))
    return answer({"id": metric_id})


@bp.post("/metrics/<metric_id>/checkin")
@operation(
    "objectives:check_in",
    body=CheckInWrite,
    example={"actual": 4, "comment": "Two new shops.", "confidence": 0.7, "checkInDate": "2026-03-10"},
    answers={201: Answer("It is said; the key result as it is now.", MetricRead, write_examples.METRIC), 423: HELD},
    tag="Metrics",
)
def check_in(metric_id: str) -> Any:
    """Say what a key result came to, today or on `checkInDate`, and how sure one is.

    A reason given with the confidence stands in the comment.
    """
    sent = check(CheckInWrite, unwrapped(parse(request.get_data()), "checkin"))
    key_result, found = held_metric(metric_id)
    said = [plain(sent.comment or ""), plain(sent.confidence.reason) if sent.confidence else ""]
    draft = CheckInDraft(
        actual=sent.actual,
        comment="\n".join(dict.fromkeys(text for text in said if text.strip())),
        confidence=sent.confidence.value if sent.confidence else None,
        day=day_of(sent.checkInDate, g.viewer.zone),
    )
    with said_in(CHECK_IN):
        check_ins.check_in(db.session, g.viewer, key_result, found, draft, source=Source.API)
    return changed_metric(found, key_result, 201)


def save(found: Found, key_results: Sequence[KeyResultDraft], *, at: int = -1) -> None:
    """The goal has these key results; problems of the one `at` this place stand at its own fields."""
    draft = replace(queries.draft_of(db.session, found), key_results=tuple(key_results))
    with said_in(GOAL, places={f"key_results.{at}": ""}):
        objectives.save(db.session, g.viewer, found, draft, at_once=True)
