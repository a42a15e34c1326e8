"""What each contract's operations are, as OpenAPI 3.1: built from the routes themselves, so that both always agree."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask
from pydantic import TypeAdapter
from werkzeug.routing import IntegerConverter, Rule

from webapp.api.operation import Answer, Operation
from webapp.api.styles import PROOFS, STYLES, Document
from webapp.domain.tokens import Contract

SCHEMAS = "#/components/schemas/{model}"
SAFE = ("GET", "HEAD", "OPTIONS")
DEPRECATED = "Deprecated:"
"""How the words of an operation begin that is only there for old clients."""
_PLACE = re.compile(r"<(?:[^<>:]*:)?([^<>]+)>")


class Route(NamedTuple):
    """One operation where it is asked for."""

    method: str
    path: str
    rule: Rule
    name: str
    words: str
    operation: Operation
    named_by_itself: bool
    """Whether it may be asked without the headers that every other request of its contract carries."""


HEADERS = {
    "RequestId": {"description": "Names this request in our records.", "schema": {"type": "string"}},
    "RetryAfter": {"description": "So many seconds until the next try.", "schema": {"type": "integer"}},
    "Allow": {"description": "What may be asked here.", "schema": {"type": "string"}},
}


def document(app: Flask, contract: Contract) -> Document:
    """The OpenAPI 3.1 document of the contract, made once for each application."""
    made: dict[Contract, Document] = app.extensions.setdefault("api_documents", {})
    if contract not in made:
        with app.app_context():
            made[contract] = _Writer(app, contract).document()
    return made[contract]


def routes(app: Flask, contract: Contract) -> list[Route]:
    """Every operation of the contract's, by path and method."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        blueprint, _, name = rule.endpoint.partition(".")
        if blueprint == f"api_{contract.value}" and hasattr(view, "operation"):
            path = _PLACE.sub(r"{\1}", rule.rule).rstrip("/") + STYLES[contract].slash
            words = inspect.getdoc(view) or ""
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            alone = getattr(view, "account_optional", False)
            found += [Route(method, path, rule, name, words, view.operation, alone) for method in methods]
    unique = {(route.path, route.method): route for route in found}
    return [unique[key] for key in sorted(unique)]


class _Writer:
    """Writes one document."""

    def __init__(self, app: Flask, contract: Contract) -> None:
        self._style = STYLES[contract]
        self._refuse = app.extensions["faces"][self._style.prefix]
        self._routes = routes(app, contract)
        self._names = Counter(route.name for route in self._routes)
        self._methods = {(route.name, route.method) for route in self._routes}
        shapes = [(key, mode, TypeAdapter(shape)) for route in self._routes for key, mode, shape in _shapes(route)]
        schemas, definitions = TypeAdapter.json_schemas(shapes, ref_template=SCHEMAS)
        self._schemas = {key: schema for (key, _), schema in schemas.items()}
        self._definitions = definitions.get("$defs", {})

    def document(self) -> Document:
        paths: dict[str, dict[str, Any]] = {}
        for route in self._routes:
            paths.setdefault(route.path, {})[route.method.lower()] = self._operation(route)
        tags = dict.fromkeys(route.operation.tag for route in self._routes if route.operation.tag)
        return {
            "openapi": "3.1.0",
            "info": {"title": self._style.title, "description": self._style.description, "version": "1"},
            "servers": [{"url": "/"}],
            "security": [{name: [] for name in self._style.proofs}],
            "tags": [{"name": tag} for tag in tags],
            "paths": paths,
            "components": {
                "schemas": {**self._definitions, **self._style.schemas},
                "headers": HEADERS,
                "parameters": self._style.parameters,
                "securitySchemes": {name: PROOFS[name] for name in self._style.proofs},
            },
        }

    def _operation(self, route: Route) -> Document:
        summary, _, description = route.words.partition("\n")
        said: Document = {
            "operationId": self._operation_id(route),
            "summary": summary.rstrip("."),
            "description": f"{description.strip()}\n\nScope: `{route.operation.scope}`.".strip(),
            "parameters": [*self._headers(route), *_parameters(route)],
            "responses": self._responses(route),
        }
        if route.words.startswith(DEPRECATED):
            said["deprecated"] = True
        if route.operation.tag:
            said["tags"] = [route.operation.tag]
        if route.operation.body is not None:
            content = {"schema": self._schemas[_key(route, "body")], "example": route.operation.example}
            said["requestBody"] = {"required": True, "content": {"application/json": content}}
        return said

    def _operation_id(self, route: Route) -> str:
        """The view's name, with its method where it has several, and its version where it has several addresses."""
        if self._names[route.name] == 1:
            return route.name
        methods = [method for name, method in self._methods if name == route.name]
        several = [route.name] if len(methods) == 1 else [route.name, route.method.lower()]
        if self._names[route.name] > len(methods):
            several.append(route.path.split("/")[2])
        return "_".join(several)

    def _headers(self, route: Route) -> Iterator[Document]:
        """What every request of the contract carries."""
        for name in self._style.headers:
            if route.named_by_itself:
                yield {**self._style.parameters[name], "required": False}
            else:
                yield {"$ref": f"#/components/parameters/{name}"}

    def _responses(self, route: Route) -> Document:
        responses = {str(status): self._refusal(status) for status in (*_general(route), *self._style.statuses)}
        for status, answer in route.operation.answers.items():
            responses[str(status)] = self._answer(route, status, answer)
        return dict(sorted(responses.items()))

    def _answer(self, route: Route, status: int, answer: Answer) -> Document:
        if status >= 400 and answer.shape is None:
            return {**self._refusal(status), "description": answer.words}
        said: Document = {"description": answer.words, "headers": _headers(status)}
        if answer.media:
            said["content"] = {answer.media: {}}
        if answer.shape is not None:
            content = {"schema": self._schemas[_key(route, str(status))], "example": answer.example}
            said["content"] = {"application/json": content}
        return said

    def _refusal(self, status: int) -> Document:
        """An error as the contract says it, with what it really says as the example."""
        unusable = status == self._style.unusable
        name = "Problems" if unusable else "Refusal"
        example = self._style.problems if unusable else self._refuse(status).get_json()
        content = {"schema": {"$ref": SCHEMAS.format(model=name)}, "example": example}
        return {
            "description": HTTPStatus(status).phrase,
            "headers": _headers(status),
            "content": {"application/json": content},
        }


def _shapes(route: Route) -> Iterator[tuple[str, Any, Any]]:
    """Everything of the operation that has a shape."""
    if route.operation.body is not None:
        yield _key(route, "body"), "validation", route.operation.body
    for status, answer in route.operation.answers.items():
        if answer.shape is not None:
            yield _key(route, str(status)), "serialization", answer.shape


def _key(route: Route, part: str) -> str:
    return f"{route.method} {route.path} {part}"


def _general(route: Route) -> list[int]:
    """The errors that every operation of this kind may answer."""
    statuses = [401, 403, 404, 405, 429, 500, 503]
    if route.operation.body is not None or route.operation.query or _writes(route):
        statuses += [400]
    if route.operation.body is not None:
        statuses += [413, 415]
    if _writes(route):
        statuses += [409]
    if _names_one(route):
        statuses += [412]
    return statuses


def _writes(route: Route) -> bool:
    return route.method not in SAFE and not route.operation.reads


def _names_one(route: Route) -> bool:
    """Whether the operation changes what its address names, so that a version can be asked for."""
    return _writes(route) and bool(route.rule.arguments)


def _parameters(route: Route) -> Iterator[Document]:
    for name in _PLACE.findall(route.rule.rule):
        number = isinstance(route.rule._converters[name], IntegerConverter)
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if number else "string"}}
    for name, schema in route.operation.query.items():
        required = {"required": True} if name in route.operation.required else {}
        yield {"name": name, "in": "query", **required, "schema": schema}
    if _writes(route):
        yield {"$ref": "#/components/parameters/IdempotencyKey"}
    if _names_one(route):
        yield {"$ref": "#/components/parameters/IfMatch"}


def _headers(status: int) -> Document:
    names = {"X-Request-Id": "RequestId"}
    if status in (429, 503):
        names["Retry-After"] = "RetryAfter"
    if status == 405:
        names["Allow"] = "Allow"
    return {name: {"$ref": f"#/components/headers/{component}"} for name, component in names.items()}
