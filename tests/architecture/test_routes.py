"""Every address says who may use it."""

from flask import Flask


def test_every_route_declares_its_policy(sqlite_app: Flask) -> None:
    undeclared = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in sqlite_app.url_map.iter_rules()
        if getattr(sqlite_app.view_functions[rule.endpoint], "policy", None) is None
    ]
    assert not undeclared, f"decorate each with its policy (webapp/web/policies.py): {undeclared}"
