"""The reading contract: reading goals, today's plan, streaks and activity days, as its clients know them."""

from flask import Flask

from webapp.api import errors, guard
from webapp.api.reading import activity_days, envelope, goals, plan, proof, streaks
from webapp.api.reading.blueprint import PREFIX, bp
from webapp.domain.tokens import Contract

ROUTES = (goals, plan, streaks, activity_days)
"""Imported, so that their routes are on the blueprint."""


def init_app(app: Flask) -> None:
    """The app answers programs that speak the reading contract."""
    first = not bp._got_registered_once
    if first:
        guard.watch(bp, Contract.READING, proof.enter, proof.recognise)
    errors.init_app(app, bp, PREFIX, envelope.shape, envelope.FIELDS)
    if first:
        envelope.handle(bp)
    app.register_blueprint(bp)
