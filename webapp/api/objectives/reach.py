"""The goal a writing operation is about: reached through its caller, held, and of the version they name."""

from collections.abc import Sequence
from typing import Any

from flask import Response, g, request
from pydantic import BaseModel

from webapp.api.answers import answer
from webapp.api.guard import match
from webapp.api.objectives import account, present, write_examples
from webapp.api.operation import Answer
from webapp.extensions import db
from webapp.models import Goal, KeyResult
from webapp.queries import objective_json
from webapp.queries import objectives as queries
from webapp.queries.objective_lists import visible_in
from webapp.queries.objectives import Found

Json = dict[str, Any]


class Held(BaseModel):
    """The goal is held as it is: why, by whom, since when, and what the caller may do next."""

    code: int
    message: str
    details: dict[str, str]
    reason: str
    by: list[str]
    since: str | None
    allowedActions: list[str]  # noqa: N815 - the contract's name


HELD = Answer("The goal is held by its review or its session.", Held, write_examples.HELD)
LOCKED = Answer("The caller may not, or it is held: in review, approved, or by its session.")


def held(goal_id: str) -> Found:
    """The goal, held and of the version the caller names; raises NotFound and Stale."""
    found = reached(goal_id)
    if request.if_match:
        match(tag(found))
    return found


def reached(goal_id: str) -> Found:
    """The goal, held; raises NotFound."""
    found = queries.find(db.session, g.viewer, goal_id, lock=True)
    account.of(found.goal.organisation_id)
    return found


def held_metric(metric_id: str) -> tuple[KeyResult, Found]:
    """The key result and its goal, held and of the version the caller names; raises NotFound and Stale."""
    key_result, found = queries.find_key_result(db.session, g.viewer, metric_id, lock=True)
    account.of(found.goal.organisation_id)
    if request.if_match:
        match(tag(found))
    return key_result, found


def whole(found: Found) -> Json:
    """The goal with its metrics and links, as its caller is shown it."""
    home = account.of(found.goal.organisation_id)
    return present.whole(db.session, g.viewer, home, found.goal.public_id)


def wholes(several: Sequence[Found]) -> list[Json]:
    """As `whole`, for many goals of the request's organisation, in as many statements as for one."""
    home, numbers = account.here(), [found.goal.id for found in several]
    scope = (visible_in(g.viewer, home.number), Goal.id.in_(numbers))
    rows = objective_json.rows(db.session, present.columns_of(present.WHOLE), scope)
    rows = sorted(rows, key=lambda row: numbers.index(row.number))
    parts = present.parts_of(db.session, g.viewer, home, rows, present.WHOLE)
    return present.goals(rows, parts, present.WHOLE)


def tag(found: Found) -> str:
    """What changes whenever the goal does."""
    home = account.of(found.goal.organisation_id)
    return present.one(db.session, g.viewer, home, found.goal.public_id, {"id": None})[1]


def changed(found: Found, status: int = 200) -> Response:
    """The goal as it is after a write."""
    home = account.of(found.goal.organisation_id)
    value, version = present.one(db.session, g.viewer, home, found.goal.public_id, present.WHOLE)
    return answer(value, status, tag=version)


def metric(found: Found, key_result: KeyResult) -> Json:
    """The key result as its caller is shown it."""
    home = account.of(found.goal.organisation_id)
    return present.whole_metric(db.session, g.viewer, home, key_result)


def changed_metric(found: Found, key_result: KeyResult, status: int = 200) -> Response:
    """The key result as it is after a write, with the tag of its goal."""
    return answer(metric(found, key_result), status, tag=tag(found))
