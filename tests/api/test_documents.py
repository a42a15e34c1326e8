"""The documents of the contracts: valid, the same as the routes, with examples that fit their schemas."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from webapp.api.documents import document
from webapp.domain.tokens import SCOPES, Contract
from webapp.web.policies import Policy

UNDECLARED = {"HEAD", "OPTIONS"}
JSON = "application/json"

pytestmark = pytest.mark.parametrize("contract", list(Contract))


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation with its method and path."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON of the request and of each answer that has any."""
    if "requestBody" in operation:
        yield "request", operation["requestBody"]["content"][JSON]
    for status, answer in operation["responses"].items():
        if JSON in answer.get("content", {}):
            yield status, answer["content"][JSON]


def test_it_is_valid(sqlite_app: Flask, contract: Contract) -> None:
    described = document(sqlite_app, contract)
    OPENAPI_31_VALIDATOR.validate(described)
    assert described is document(sqlite_app, contract), "made once"
    for name, schema in described["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


def test_documents_and_routes_agree_both_ways(sqlite_app: Flask, contract: Contract) -> None:
    described = document(sqlite_app, contract)
    adapter = sqlite_app.url_map.bind("localhost")
    routed = set()
    for rule in sqlite_app.url_map.iter_rules():
        if rule.endpoint.startswith(f"api_{contract}."):
            for method in (rule.methods or set()) - UNDECLARED:
                routed.add((method, re.sub(r"<[^>]+>", "1", rule.rule), rule.endpoint))
    said = set()
    for name, operation in operations(described):
        method, path = name.split()
        for parameter in operation["parameters"]:
            if parameter.get("in") == "path":
                path = path.replace(f"{{{parameter['name']}}}", "1")
        endpoint, arguments = adapter.match(path, method)
        assert len(arguments) == name.count("{")
        said.add((method, path.rstrip("/"), endpoint))
    assert said == routed
    assert said, "there are operations"


def test_every_operation_says_what_it_is(sqlite_app: Flask, contract: Contract) -> None:
    described = document(sqlite_app, contract)
    names = [operation["operationId"] for _, operation in operations(described)]
    assert len(set(names)) == len(names)
    for name, operation in operations(described):
        assert operation["summary"], name
        assert operation["tags"], name
        assert any(scope in operation["description"] for scope in SCOPES[contract]), name
        assert any(status.startswith("2") for status in operation["responses"]), name
        assert {"401", "403", "429", "500"} <= operation["responses"].keys(), name


def test_every_operation_and_error_has_an_example_that_fits(sqlite_app: Flask, contract: Contract) -> None:
    described = document(sqlite_app, contract)
    for name, operation in operations(described):
        for part, content in bodies(operation):
            schema = {**content["schema"], "components": described["components"]}
            validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            assert "example" in content, (name, part)
            validator.validate(content["example"])
        for status, answer in operation["responses"].items():
            assert ("content" in answer) == (status != "204"), (name, status)


def test_every_view_of_it_asks_for_a_token(sqlite_app: Flask, contract: Contract) -> None:
    for endpoint, view in sqlite_app.view_functions.items():
        if endpoint.startswith(f"api_{contract}."):
            assert view.policy is Policy.TOKEN, endpoint  # type: ignore[attr-defined]
            assert view.operation.scope in SCOPES[contract], endpoint  # type: ignore[attr-defined]
