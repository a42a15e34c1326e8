"""What operations of the reading contract are asked with: parameters of the address and bodies. What is required and
not there is a request that cannot be read; what is there and cannot be used is told, field by field."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict

from webapp.api.body import Wrong, check, parse
from webapp.api.reading.envelope import Absent


class Strict(BaseModel):
    """Exactly these names and types."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Query(BaseModel):
    """Parameters of an address; others are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


Shape = TypeVar("Shape", bound=BaseModel)


def query(shape: type[Shape]) -> Shape:
    """What the address says; raises Absent, and Wrong, also for what is said more than once."""
    names = {field.alias or name for name, field in shape.model_fields.items()}
    said = {name: values for name, values in request.args.lists() if name in names}
    _require(shape, said)
    if twice := {name: ["This is said more than once."] for name, values in said.items() if len(values) > 1}:
        raise Wrong(twice)
    return check(shape, {name: value for name, (value,) in said.items()})


def body(shape: type[Shape], number: Callable[[str], Any] = float) -> Shape:
    """What the body says, its fractions as `number` reads them; raises Unreadable, Absent, and Wrong."""
    said = parse(request.get_data(), number)
    if isinstance(said, dict):
        _require(shape, said)
    return check(shape, said)


def asked_with(shape: type[Query]) -> dict[str, Any]:
    """The parameters as an operation declares them."""
    schema = shape.model_json_schema()
    described = {name: _plain(one) for name, one in schema["properties"].items()}
    return {"query": described, "required": tuple(schema.get("required", ()))}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: said for key, said in schema.items() if key != "title" and (key != "default" or said)}


def _require(shape: type[BaseModel], said: Mapping[str, Any]) -> None:
    required = {field.alias or name for name, field in shape.model_fields.items() if field.is_required()}
    if required - said.keys():
        raise Absent
