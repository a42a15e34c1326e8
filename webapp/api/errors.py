"""When a program cannot be answered: the right status in its contract's shape, all problems, nothing internal."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from webapp.api.body import WHOLE, Unreadable, Wrong
from webapp.domain.errors import Conflict, Invalid, Locked, NotFound, Refused, TooMany
from webapp.extensions import db
from webapp.web import faces
from webapp.web.formats import problem_text
from webapp.web.turns import Busy

Shape = Callable[[int, str, Mapping[str, list[str]]], Any]
"""From status, words, and words by field to the JSON of an error."""
WORDS = {
    400: "The request could not be understood.",
    401: "A valid token of this contract is required.",
    402: "Payment is required.",
    403: "You do not have permission to perform this action.",
    404: "Not found.",
    405: "Method not allowed.",
    409: "This has changed meanwhile.",
    412: "This has changed since you read it.",
    413: "The body is too large.",
    415: "The body must be application/json.",
    422: "The request could not be carried out.",
    423: "It is held as it is: see why, by whom, since when, and what can be done.",
    429: "Too many requests; try again later.",
    503: "The database is busy. Nothing was saved; try again.",
}
FAULT = "Something went wrong on our side. Nothing was saved."


class Forbidden(Exception):
    """The token or its person may not do this; says why."""


class Stale(Exception):
    """The caller's If-Match names a version that stands no more."""


class Unproven(Exception):
    """No live token of this contract came with the request."""


def init_app(app: Flask, bp: Blueprint, prefix: str, shape: Shape, names: Mapping[str, str]) -> None:
    """Below the prefix every error has the contract's shape; `names` are the contract's words for the rules' fields."""

    def refuse(status: int, words: str = "", by_field: Mapping[str, list[str]] | None = None) -> Response:
        response = jsonify(shape(status, words or WORDS.get(status, FAULT), by_field or {}))
        response.status_code = status
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def on_invalid(error: Invalid) -> Response:
        return refuse(400, by_field=in_words(error, names))

    def on_too_many(error: TooMany) -> Response:
        response = refuse(429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    def on_locked(error: Locked) -> Response:
        names, since = error.held.get("by"), error.held.get("since")
        response = jsonify(
            {
                **shape(423, WORDS[423], {}),
                "reason": error.reason,
                "by": names if isinstance(names, list) else [],
                "since": since.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(since, datetime) else None,
                "actions": list(error.actions),
            }
        )
        response.status_code = 423
        return response

    def on_http(error: HTTPException) -> Response:
        original = getattr(error, "original_exception", None)
        if isinstance(original, OperationalError):  # the commit itself failed, after the view was done
            return on_database(original)
        response = refuse(error.code or 500)
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    def on_database(error: Exception) -> Response:
        db.session.rollback()
        current_app.logger.error("database unavailable", exc_info=error)
        response = refuse(503)
        response.headers["Retry-After"] = "5"
        return response

    def on_fault(error: Exception) -> Response:
        db.session.rollback()
        current_app.logger.error("fault", exc_info=error)
        return refuse(500)

    faces.add(app, prefix, refuse)
    if bp._got_registered_once:  # another app of this process has it already
        return
    bp.register_error_handler(Unproven, lambda error: refuse(401))
    bp.register_error_handler(Unreadable, lambda error: refuse(400, str(error)))
    bp.register_error_handler(Wrong, lambda error: refuse(400, by_field=error.words))
    bp.register_error_handler(Forbidden, lambda error: refuse(403, str(error)))
    bp.register_error_handler(Stale, lambda error: refuse(412))
    bp.register_error_handler(Invalid, on_invalid)
    bp.register_error_handler(NotFound, lambda error: refuse(404))
    bp.register_error_handler(Refused, lambda error: refuse(403))
    bp.register_error_handler(Conflict, lambda error: refuse(409))
    bp.register_error_handler(Locked, on_locked)
    bp.register_error_handler(TooMany, on_too_many)
    for busy in (OperationalError, PoolTimeout, Busy):
        bp.register_error_handler(busy, on_database)
    bp.register_error_handler(HTTPException, on_http)
    bp.register_error_handler(Exception, on_fault)


def in_words(error: Invalid, names: Mapping[str, str]) -> dict[str, list[str]]:
    """The rules' problems in plain English, by the contract's names of the fields."""
    words: dict[str, list[str]] = {}
    with force_locale("en"):
        for problem in error.problems:
            field = names.get(problem.field, problem.field) or WHOLE
            text = problem_text(problem.code, problem.params)
            if text not in words.setdefault(field, []):
                words[field].append(text)
    return words
