"""Values of the tracking contract as they stand in JSON: read strictly, with words for what cannot be read."""

import json
import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from webapp.api.dates import NULL, Unclear

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_LIST_OF_DAYS = 1_000
_WALL = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


def read_wall(value: Any) -> time | None:
    """The time on the wall clock, to the second; a trailing Z means nothing, real offsets are refused."""
    if value is None:
        return None
    match = _WALL.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unclear("A time of day as HH:MM:SS, please.")
    if match[4] and match[4] not in "Zz":
        raise Unclear("A time on the wall clock, without an offset, please.")
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def read_days(value: Any) -> tuple[int, ...] | None:
    """The weekdays (0 = Monday … 6) of a list of names or ISO numbers, a string with commas, or JSON in a string."""
    if isinstance(value, str):
        value = _of_text(value)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > LONGEST_LIST_OF_DAYS:
        raise Unclear("A list of weekdays, please.")
    return tuple(sorted({_weekday(one) for one in value}))


def day_words(days: tuple[int, ...]) -> list[str] | None:
    """The full English names of the weekdays; None for none."""
    return [WEEKDAYS[day] for day in days] or None


def midnight(day: date | str) -> str:
    """A calendar date as the contract writes dates of goals."""
    return f"{day}T00:00:00Z"


def _of_text(text: str) -> Any:
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise Unclear("A list of weekdays, please.") from None
    return [part.strip() for part in text.split(",")] if text.strip() else []


def _weekday(value: Any) -> int:
    if isinstance(value, str) and value.strip() in tuple("1234567"):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 7:
        return value - 1
    word = value.strip().casefold() if isinstance(value, str) else ""
    for number, name in enumerate(WEEKDAYS):
        if word in (name.casefold(), name[:3].casefold()):
            return number
    raise Unclear("Weekdays are English names, their first three letters, or 1 (Monday) to 7.")


_WALL_SCHEMA = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z?$"}
_DAYS_SCHEMA = {
    "anyOf": [
        {"type": "array", "items": {"enum": [*WEEKDAYS, *(name[:3] for name in WEEKDAYS), *range(1, 8)]}},
        {"type": "string", "pattern": f"^({'|'.join(WEEKDAYS)})(, ?({'|'.join(WEEKDAYS)}))*$"},
        NULL,
    ],
    "description": "Names, their first three letters, or 1 (Monday) to 7: a list, with commas, or JSON in a string.",
}
MaybeWall = Annotated[time | None, PlainValidator(read_wall), WithJsonSchema({"anyOf": [_WALL_SCHEMA, NULL]})]
Weekdays = Annotated[tuple[int, ...] | None, PlainValidator(read_days), WithJsonSchema(_DAYS_SCHEMA)]
