"""Errors as the objectives contract writes them: code, message and details, and more where a refusal has more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from webapp.api.errors import WORDS, in_words
from webapp.domain.errors import Conflict, Invalid, Locked, Problem


class Said(Exception):
    """This status with these words, and with `more` beside code, message and details."""

    def __init__(self, status: int, words: str = "", **more: Any) -> None:
        self.status = status
        self.words = words
        self.more = more
        super().__init__(words or str(status))


def shape(status: int, words: str, by_field: Mapping[str, list[str]]) -> dict[str, Any]:
    """An error: one text for each field."""
    details = {field: " ".join(texts) for field, texts in by_field.items()}
    return {"code": status, "message": words, "details": details}


def held(error: Locked, status: int = 423) -> Said:
    """The goal is held: why, by whom, since when, and what the caller may do next."""
    names, since = error.held.get("by"), error.held.get("since")
    return Said(
        status,
        WORDS[423],
        reason=error.reason,
        by=names if isinstance(names, list) else [],
        since=since.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(since, datetime) else None,
        allowedActions=list(error.actions),
    )


def answered(said: Said) -> Response:
    """The refusal as it leaves."""
    response = jsonify({**shape(said.status, said.words or WORDS[said.status], {}), **said.more})
    response.status_code = said.status
    return response


def handle(bp: Blueprint, names: Mapping[str, str]) -> None:
    """What this contract says in its own way, beside the errors that all of them have; `names` are its words for the
    rules' fields."""
    bp.register_error_handler(Said, answered)
    bp.register_error_handler(Locked, lambda error: answered(held(error)))
    bp.register_error_handler(Conflict, lambda error: answered(Said(400, WORDS[409], reason=error.code)))
    bp.register_error_handler(Invalid, lambda error: answered_invalid(error, names))


def answered_invalid(error: Invalid, names: Mapping[str, str]) -> Response:
    """Everything that is wrong, by field, in English."""
    own = [problem for problem in error.problems if problem.code in QUERY_WORDS and problem.params]
    rest = Invalid([problem for problem in error.problems if problem not in own])
    by_field = in_words(rest, names)
    for problem in own:
        by_field.setdefault(names.get(problem.field, problem.field), []).append(query_words(problem))
    status = 409 if any(problem.code == "key_reused" for problem in error.problems) else 400
    response = jsonify(shape(status, WORDS[400], by_field))
    response.status_code = status
    return response


def query_words(problem: Problem) -> str:
    """A problem of a parameter, with what it names."""
    params = {name: ", ".join(map(str, one)) if isinstance(one, tuple) else one for name, one in problem.params.items()}
    return QUERY_WORDS[problem.code].format_map(_Params(params))


class _Params(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return ""


QUERY_WORDS = {
    "unknown_field": "There is no field {name}.",
    "unknown_name": "There is no {name} here.",
    "unknown_choice": "{name} is one of {choices}.",
    "unknown_operator": "There is no operator {name}.",
    "not_usable": "{operator} cannot be used with {name}.",
    "wrong_value": "{name} cannot be compared so: another kind of value is needed after {operator}.",
    "not_readable": 'This cannot be read at character {at}: "{name}".',
    "not_a_comparison": '"{name}" is no comparison; one is ">0.5" or "<1".',
    "twice": "{name} is said twice.",
    "too_deep": "Nested deeper than {most}.",
    "too_many_clauses": "More than {most} comparisons.",
    "too_many_items": "More than {most} items in one list.",
    "too_many_names": "More than {most} names.",
    "too_many_patterns": "More than {most} patterns.",
    "pattern_too_long": "The pattern for {name} is longer than {longest} characters.",
    "bad_pattern": "The pattern for {name} is none that can be searched for: {pattern}",
    "too_slow": "Searching {name} takes too long.",
    "number_too_large": "The number {name} is too long or too large.",
}
"""What is wrong with parameters of the query language, which no page shows."""
