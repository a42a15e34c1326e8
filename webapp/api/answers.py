"""Answers of every contract."""

import json
from typing import Any

from flask import Response


def answer(value: Any, status: int = 200, *, tag: str | None = None) -> Response:
    """JSON in UTF-8, with the tag of what it shows."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    response = Response(content, status, mimetype="application/json")
    if tag is not None:
        response.set_etag(tag)
    return response


def nothing() -> Response:
    """An empty answer: there is no such thing."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
