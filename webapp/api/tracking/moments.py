"""Moments as programs of the tracking contract write and read them (ISO 8601)."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from webapp.api.dates import MOMENT_SCHEMA, Unclear

_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?P<clock>[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)"
    r"(?P<zone>[Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
INSTANT = {"type": "string", "format": "date-time"}


def read_moment(value: Any) -> datetime | None:
    """The instant in UTC, or without a zone what a clock on the wall showed; null is None."""
    if value is None:
        return None
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unclear("A date and time of ISO 8601, please.")
    try:
        said = datetime.fromisoformat(f"{match['day']}T{match['clock']}{(match['zone'] or '').upper()}")
        return said.astimezone(UTC) if said.tzinfo else said
    except (ValueError, OverflowError):
        raise Unclear("There is no such date and time.") from None


def instant_text(instant: datetime) -> str:
    """An instant as programs read it: in UTC with a Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


LogDate = Annotated[
    datetime | None,
    PlainValidator(read_moment),
    WithJsonSchema(
        {
            "anyOf": [MOMENT_SCHEMA, {"type": "null"}],
            "description": "Without a zone it is what the clock on the wall shows; null is now.",
        }
    ),
]
InstantRead = Annotated[str, WithJsonSchema(INSTANT)]
