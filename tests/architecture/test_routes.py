"""Every address says who may use it."""

import pytest
from flask import Flask

from webapp.web import policies


def test_every_route_declares_its_policy(sqlite_app: Flask) -> None:
    undeclared = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in sqlite_app.url_map.iter_rules()
        if getattr(sqlite_app.view_functions[rule.endpoint], "policy", None) is None
    ]
    assert not undeclared, f"decorate each with its policy (webapp/web/policies.py): {undeclared}"


def test_an_app_with_a_route_that_declares_nothing_does_not_start() -> None:
    app = Flask("a house with one open door", static_folder=None)
    app.add_url_rule("/open", "open", policies.anyone(lambda: "come in"))
    policies.check(app)

    app.add_url_rule("/forgotten", "forgotten", lambda: "oh")
    with pytest.raises(policies.UndeclaredRoute, match="forgotten"):
        policies.check(app)
