"""The JSON face: four published contracts, each a view over the same rules as the pages."""

from flask import Flask

from webapp.api import objectives, profiles, reading, tracking
from webapp.web.faces import belongs_to_programs
from webapp.web.policies import Policy, UndeclaredRoute


def init_app(app: Flask) -> None:
    """The app answers programs at the addresses of their contracts; raises UndeclaredRoute for one without a guard."""
    tracking.init_app(app)
    objectives.init_app(app)
    profiles.init_app(app)
    reading.init_app(app)
    check(app)


def check(app: Flask) -> None:
    """A route asks for a token exactly when it lies below a contract's address, where the guard stands."""
    for rule in app.url_map.iter_rules():
        asks = getattr(app.view_functions[rule.endpoint], "policy", None) is Policy.TOKEN
        if asks is not belongs_to_programs(app, rule.rule):
            raise UndeclaredRoute(f"{rule.endpoint} ({rule.rule}) and the guard of its address do not agree")
