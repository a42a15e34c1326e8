"""The objectives contract: goals with key results, their cycles and their reviews, as its clients know them."""

from flask import Flask

from webapp.api import errors, guard
from webapp.api.objectives import (
    account,
    bulk,
    cycles,
    goals,
    groups,
    metrics,
    problems,
    sessions,
    steps,
    workflow,
    writing,
)
from webapp.api.objectives.blueprint import PREFIXES, bp
from webapp.domain.tokens import Contract

FIELDS = {
    "cycle": "sessionId",
    "owner": "ownerId",
    "parent": "parentId",
    "starts": "dateFrom",
    "ends": "dateTo",
    "operator": "targetOperator",
    "baseline": "initialValue",
    "due": "dueDate",
    "value": "actual",
    "day": "checkInDate",
    "zone": "cadenceTimeZone",
    "cadence": "cadenceType",
    "state": "status",
}
ROUTES = (goals, groups, cycles, steps, writing, bulk, workflow, metrics, sessions)
"""Imported, so that their routes are on the blueprint."""


def init_app(app: Flask) -> None:
    """The app answers programs that speak the objectives contract, at the addresses of both versions."""
    first = not bp._got_registered_once
    if first:
        guard.watch(bp, Contract.OBJECTIVES, account.enter)
    for prefix in PREFIXES:
        errors.init_app(app, bp, prefix, problems.shape, FIELDS)
    if first:
        problems.handle(bp, FIELDS)
    app.register_blueprint(bp)
