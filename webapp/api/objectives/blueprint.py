"""The blueprint of the objectives contract: every route of goals, metrics and sessions, in both versions."""

from typing import Any

from flask import Blueprint

VERSIONS = ("v1", "v2")
PREFIXES = tuple(f"/api/{version}" for version in VERSIONS)


class EitherVersion(Blueprint):
    """Routes that answer below every version's address, with and without a trailing slash."""

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        options.setdefault("strict_slashes", False)
        for version in VERSIONS:
            super().add_url_rule(f"/{version}{rule}", *args, **options)


bp = EitherVersion("api_objectives", __name__, url_prefix="/api")
