"""The tracking contract: goals, their tracking, reminders and moods, as its clients know them."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from webapp.api import errors, guard
from webapp.api.tracking import bulk, by_user, goals, moods, tracker
from webapp.api.tracking.blueprint import PREFIX, bp
from webapp.domain.tokens import Contract

FIELDS = {
    "start": "startdate",
    "until": "targetdate",
    "rule": "frequency",
    "times": "frequency",
    "period": "frequency",
    "length": "frequency",
    "dates": "goaltracking",
    "local_date": "goaltracking",
}
ROUTES = (goals, bulk, tracker, by_user, moods)
"""Imported, so that their routes are on the blueprint."""


class Names(dict[str, str]):
    """The contract's words for the rules' fields, also behind the place of a goal in a bulk: "3.until"."""

    def get(self, field: str, default: Any = None) -> Any:
        place, dot, name = field.rpartition(".")
        return f"{place}{dot}{super().get(name, name)}".rstrip(".") or default


def init_app(app: Flask) -> None:
    """The app answers programs that speak the tracking contract."""
    if not bp._got_registered_once:
        guard.watch(bp, Contract.TRACKING)
    errors.init_app(app, bp, PREFIX, shape, Names(FIELDS))
    app.register_blueprint(bp)


def shape(status: int, words: str, by_field: Mapping[str, list[str]]) -> Any:
    """Words by field where fields are wrong, else a detail."""
    return by_field or {"detail": words}
