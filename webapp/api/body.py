"""Reading JSON strictly: what two programs could understand differently is no JSON here."""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import TypeAdapter, ValidationError

MOST_BYTES = 2 * 1024 * 1024
DEEPEST = 32
LONGEST_NUMBER = 40
WHOLE = "non_field_errors"
"""Where words stand that belong to no field."""
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")

Wanted = TypeVar("Wanted")


class Unreadable(Exception):
    """The body is no JSON at all; says why."""


class Wrong(Exception):
    """The body is JSON of another shape than the operation's: words by field, all of them."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        self.words = words
        super().__init__(", ".join(words))


def read(shape: type[Wanted]) -> Wanted:
    """The body as the shape asks; raises Unreadable, and Wrong with everything that is wrong with it."""
    return check(shape, parse(request.get_data()))


def check(shape: type[Wanted], value: Any) -> Wanted:
    """The value as the shape asks; raises Wrong with everything that is wrong with it."""
    try:
        return TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        words: dict[str, list[str]] = {}
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            words.setdefault(_place(shape, problem["loc"]), []).append(_words(problem))
        raise Wrong(words) from None


def parse(content: bytes, number: Callable[[str], Any] = float) -> Any:
    """The value of a JSON text in UTF-8, its fractions as `number` reads them; raises Unreadable for duplicate keys,
    NaN, numbers no double holds, halves of characters, NUL, and anything deeper than 32."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8.") from None
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=lambda fraction: number(_finite(fraction)),
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"JSON parse error: {error.msg}, line {error.lineno}, column {error.colno}.") from None
    _refuse_characters(value)
    return value


def _refuse_depth(text: str) -> None:
    depth = 0
    for character in _STRINGS.sub("", text):
        if character in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Unreadable(f"JSON parse error: nested deeper than {DEEPEST}.")
        elif character in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Unreadable("JSON parse error: a key stands twice in one object.")
    return made


def _constant(word: str) -> NoReturn:
    raise Unreadable(f"JSON parse error: {word} is no number.")


def _finite(text: str) -> str:
    if float(text) in (float("inf"), float("-inf")):
        raise Unreadable("JSON parse error: a number is too large.")
    return text


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Unreadable("JSON parse error: a number is too large.")
    return int(text)


def _refuse_characters(value: Any) -> None:
    if isinstance(value, str):
        if _UNUSABLE.search(value):
            raise Unreadable("JSON parse error: a text holds characters that cannot be stored.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _refuse_characters(name)
            _refuse_characters(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_characters(inner)


def _words(problem: Any) -> str:
    """What is wrong, without our names for shapes."""
    if problem["type"] in ("model_type", "model_attributes_type"):
        return "An object is expected here."
    return str(problem["msg"]).removeprefix("Value error, ")


def _place(shape: Any, path: tuple[int | str, ...]) -> str:
    """Where a problem stands, as "goaltracking.1.duedate"; what pydantic says of kinds of a union is left out."""
    fields = [
        str(step) for step in path if isinstance(step, int) or not step.startswith(("function-", "list[", "nullable"))
    ]
    return ".".join(fields) or WHOLE
