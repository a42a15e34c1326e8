"""What every answer of the reading contract is wrapped in, and how its errors are said."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify

from webapp.api.answers import answer
from webapp.api.body import WHOLE, Wrong
from webapp.api.errors import in_words
from webapp.domain.errors import Invalid

INVALID = ("invalid_request", "The request is missing required headers or is invalid")
FAULT = ("internal_server_error", "The server encountered an internal error and was unable to complete your request")
ERRORS = {
    400: INVALID,
    401: ("unauthorized", "The request requires user authentication"),
    403: ("forbidden", "The server understood the request, but refuses to authorize it"),
    404: ("not_found", "The requested resource could not be found"),
    405: ("method_not_allowed", "The method is not allowed for the requested resource"),
    409: ("conflict", "The requested resource has changed meanwhile"),
    412: ("precondition_failed", "The requested resource has changed since it was read"),
    413: ("content_too_large", "The body of the request is too large"),
    415: ("unsupported_media_type", "The body of the request must be application/json"),
    422: (
        "unprocessable_entity",
        "The request was well-formed but was unable to be followed due to semantic errors",
    ),
    429: ("rate_limit_exceeded", "Too many requests, please try again later"),
    500: FAULT,
    502: ("bad_gateway", "The server received an invalid response from an upstream server"),
    503: ("service_unavailable", "The server is currently unable to handle the request, please try again later"),
    504: ("gateway_timeout", "The server did not receive a timely response from an upstream server"),
}
"""The contract's type and message of each status; those it does not publish in the same style."""
FIELDS = {
    "asks": "type",
    "span": "amount",
    "mushaf": "mushafId",
    "day": "date",
    "verses": "ranges",
}
"""The contract's words for the rules' fields."""
SAID = {
    "daily_time": "60 to 14400 seconds a day, please; with a duration that is the share of each day.",
    "goal_is_live": "The goal {id} of this category is live: change or delete it first.",
    "in_the_future": "Today or a day before, please.",
    "not_a_number": "A whole number, please: this type of goal asks for an amount.",
    "not_a_range": "Verses as chapter:verse-chapter:verse, please: this type of goal asks for a range.",
    "nothing_read": "At least one of seconds, ranges and pages, please.",
    "day_is_full": "A day has 86400 seconds: with these there would be more.",
    "too_fine": "At most {places} decimals.",
    "unknown_choice": "One of the values of the contract, please.",
}
"""What the contract says of problems of the rules where people read other words."""


class Absent(Exception):
    """A header, parameter or field that the contract requires is not there."""


def wrapped(data: Any, *, tag: str | None = None, **beside: Any) -> Response:
    """A good answer, with the version of what it changed."""
    return answer({"success": True, "data": data, **beside}, tag=tag)


def shape(status: int, words: str, by_field: Mapping[str, list[str]]) -> dict[str, Any]:
    """An error by its status alone; of a request that could be read and not followed, also what is wrong by field."""
    kind, message = ERRORS.get(status) or _unpublished(status)
    said = {"message": message, "type": kind, "success": False}
    return {**said, "errors": dict(by_field)} if status == 422 else said


def handle(bp: Blueprint) -> None:
    """What this contract says in its own way, beside the errors that all of them have."""
    bp.register_error_handler(Absent, lambda error: refused(400))
    bp.register_error_handler(Wrong, lambda error: refused(422, error.words))
    bp.register_error_handler(Invalid, lambda error: refused(422, said(error)))


def refused(status: int, errors: Mapping[str, list[str]] | None = None) -> Response:
    """A refusal as it leaves."""
    response = jsonify(shape(status, "", errors or {}))
    response.status_code = status
    return response


def said(error: Invalid) -> dict[str, list[str]]:
    """Every problem of the rules, by field, in English."""
    words: dict[str, list[str]] = {}
    for problem in error.problems:
        if text := SAID.get(problem.code):
            field = FIELDS.get(problem.field, problem.field) or WHOLE
            words.setdefault(field, []).append(text.format_map(problem.params))
    rest = in_words(Invalid(problem for problem in error.problems if problem.code not in SAID), FIELDS)
    for field, texts in rest.items():
        words.setdefault(field, []).extend(texts)
    return words


def _unpublished(status: int) -> tuple[str, str]:
    """A status that no operation of the contract means."""
    known = status in HTTPStatus._value2member_map_
    if not 400 <= status < 500 or not known:
        return FAULT
    return HTTPStatus(status).name.lower(), INVALID[1]
