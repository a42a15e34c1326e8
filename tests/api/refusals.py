"""A goal as programs of the reading contract begin one, and how that contract refuses."""

from werkzeug.test import TestResponse

GOAL = {"type": "QURAN_TIME", "amount": 600, "duration": 1, "category": "QURAN"}
PUBLISHED = {
    400: ("invalid_request", "The request is missing required headers or is invalid"),
    401: ("unauthorized", "The request requires user authentication"),
    403: ("forbidden", "The server understood the request, but refuses to authorize it"),
    404: ("not_found", "The requested resource could not be found"),
    422: (
        "unprocessable_entity",
        "The request was well-formed but was unable to be followed due to semantic errors",
    ),
    429: ("rate_limit_exceeded", "Too many requests, please try again later"),
    500: (
        "internal_server_error",
        "The server encountered an internal error and was unable to complete your request",
    ),
}


def refused(answer: TestResponse, status: int) -> None:
    """The answer is the contract's error of this status."""
    assert (answer.status_code, answer.mimetype) == (status, "application/json"), answer.text
    said = dict(answer.json)
    errors = said.pop("errors", None)
    kind, message = PUBLISHED.get(status, (said["type"], said["message"]))
    assert said == {"message": message, "type": kind, "success": False}
    assert (errors is not None) is (status == 422)
    for texts in (errors or {}).values():
        assert texts
        assert all(isinstance(text, str) and text for text in texts)
    assert len(answer.headers["X-Request-Id"]) == 16
    assert "Set-Cookie" not in answer.headers
