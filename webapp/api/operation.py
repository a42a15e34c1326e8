"""What one operation of a contract is: declared at its view, enforced before it, and described by the documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import current_app, request
from pydantic import BaseModel

from webapp.web.policies import Policy
from webapp.web.transaction import only_reads

View = TypeVar("View", bound=Callable[..., Any])
Example = Any


@dataclass(frozen=True)
class Answer:
    """One answer of an operation: its JSON as a pydantic type (None for an empty body), words, and an example; of what
    is no JSON, `media` says what it is."""

    words: str
    shape: Any = None
    example: Example = None
    media: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation as routes, guards and documents know it.

    `reads` marks one that changes nothing though it is asked by an unsafe method; `query` names parameters of the
    address with their JSON schemas, `required` those that every request names.
    """

    scope: str
    body: Any = None
    example: Example = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    query: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    reads: bool = False
    tag: str = ""
    required: tuple[str, ...] = ()


def operation(
    scope: str,
    *,
    body: type[BaseModel] | Any = None,
    example: Example = None,
    answers: Mapping[int, Answer] | None = None,
    query: Mapping[str, dict[str, Any]] | None = None,
    reads: bool = False,
    tag: str = "",
    required: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """The view is an operation that a token with this scope may use."""

    def declare(view: View) -> View:
        view.policy = Policy.TOKEN  # type: ignore[attr-defined]
        declared = Operation(scope, body, example, answers or {}, query or {}, reads, tag, required)
        view.operation = declared  # type: ignore[attr-defined]
        return only_reads(view) if reads else view

    return declare


def asked() -> Operation:
    """The operation of this request."""
    view: Any = current_app.view_functions[request.endpoint or ""]
    found: Operation = view.operation
    return found
