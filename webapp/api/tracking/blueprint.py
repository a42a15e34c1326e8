"""The blueprint of the tracking contract: every route of goals and moods hangs on it."""

from typing import Any

from flask import Blueprint

PREFIX = "/api/v1/tracking"


class EitherSlash(Blueprint):
    """Routes that answer with and without a trailing slash, so that no write meets a redirect."""

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        options.setdefault("strict_slashes", False)
        super().add_url_rule(rule, *args, **options)


bp = EitherSlash("api_tracking", __name__, url_prefix=PREFIX)
