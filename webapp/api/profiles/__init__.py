"""The profiles contract: ladders, what is missing for the next rung, leaderboards, and the values behind them."""

from flask import Flask

from webapp.api import errors, guard
from webapp.api.profiles import envelope, images, leaderboard, overview, proof, values
from webapp.api.profiles.blueprint import PREFIX, bp
from webapp.domain.tokens import Contract

ROUTES = (overview, leaderboard, values, images)
"""Imported, so that their routes are on the blueprint."""


def init_app(app: Flask) -> None:
    """The app answers programs that speak the profiles contract."""
    first = not bp._got_registered_once
    if first:
        guard.watch(bp, Contract.PROFILES, proof.enter, proof.recognise)
    errors.init_app(app, bp, PREFIX, envelope.shape, {})
    if first:
        envelope.handle(bp)
    app.register_blueprint(bp)
