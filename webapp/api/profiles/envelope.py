"""What every answer of the profiles contract is wrapped in, and how its errors are said."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify

from webapp.api.answers import answer
from webapp.api.body import WHOLE
from webapp.api.errors import WORDS, Forbidden, in_words
from webapp.api.profiles.proof import AUTHORIZATION, KEY, KeyForbidden, NotBoth
from webapp.domain.errors import Invalid

DETAIL = "detail"
"""Where words stand that belong to no field."""
NO_PROFILE = "Invalid profile id."
NO_GOAL = "Invalid goal keyword."
NO_USER = "Invalid user."
PUBLISHED = {"unknown_keyword": NO_GOAL, "nobody_of_that_name": NO_USER}
"""What the contract itself says of some problems of the rules."""


def wrapped(data: Mapping[str, Any]) -> Response:
    """A good answer."""
    return answer({"status_code": 200, "errors": {}, "data": data})


def shape(status: int, words: str, by_field: Mapping[str, list[str]]) -> dict[str, Any]:
    """An error: one text for each field."""
    field = AUTHORIZATION if status == 401 else DETAIL
    errors = {name if name != WHOLE else DETAIL: " ".join(texts) for name, texts in by_field.items()}
    return {"status_code": status, "errors": errors or {field: words}, "data": {}}


def handle(bp: Blueprint) -> None:
    """What this contract says in its own way, beside the errors that all of them have."""
    bp.register_error_handler(NotBoth, lambda error: refused(401, error.words))
    bp.register_error_handler(Forbidden, lambda error: refused(403, {AUTHORIZATION: str(error)}))
    bp.register_error_handler(KeyForbidden, lambda error: refused(403, {KEY: str(error)}))
    bp.register_error_handler(Invalid, lambda error: refused(400, said(error)))


def refused(status: int, errors: Mapping[str, str]) -> Response:
    """A refusal as it leaves."""
    response = jsonify(shape(status, WORDS[status], {field: [words] for field, words in errors.items()}))
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def said(error: Invalid) -> dict[str, str]:
    """Every problem of the rules, by field, in English."""
    words = {problem.field: PUBLISHED[problem.code] for problem in error.problems if problem.code in PUBLISHED}
    rest = Invalid(problem for problem in error.problems if problem.field not in words)
    return words | {field: " ".join(texts) for field, texts in in_words(rest, {}).items()}
