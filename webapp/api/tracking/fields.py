"""Values of the tracking contract as they stand in JSON: read strictly, with words for what cannot be read."""

import json
import re
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, wall_clock

Moment = date | datetime
"""A calendar date as it was written, or a date and time that has one in somebody's zone."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_LIST_OF_DAYS = 1_000
_DAY = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)[0-9]*(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_WALL = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


class Unclear(PydanticCustomError):
    """A value that cannot be read, in words for whoever sent it."""

    def __new__(cls, words: str) -> "Unclear":
        return super().__new__(cls, "unclear", words)


def read_day(value: Any) -> Moment:
    """The date, or the date and time, that was written, from 1900 to 2199."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unclear("A date as YYYY-MM-DD or a date and time of ISO 8601, please.")
    try:
        day = date.fromisoformat(match["day"])
        clock = f"T{match['clock']}{(match['zone'] or '').upper()}" if match["clock"] else ""
        moment: Moment = datetime.fromisoformat(f"{day}{clock}") if clock else day
    except ValueError:
        raise Unclear("There is no such date.") from None
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise Unclear(f"A date from {EARLIEST_DAY} to {LATEST_DAY}, please.")
    return moment


def read_maybe_day(value: Any) -> Moment | None:
    """As `read_day`; null is None."""
    return None if value is None else read_day(value)


def day_of(moment: Moment | None, zone: str) -> date | None:
    """The calendar date that is meant: as it is written, at midnight also with a Z; of another instant, in the zone."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None or (not moment.utcoffset() and moment.time() == time.min):
        return moment.date()
    return wall_clock(moment, zone).date()


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


_NULL = {"type": "null"}
_DATE = "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?"
MOMENT_SCHEMA = {"type": "string", "pattern": f"^{_DATE}{_TIME}$"}
_DAY_SCHEMA = {"type": "string", "pattern": f"^{_DATE}({_TIME})?$"}
_WALL_SCHEMA = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z?$"}
_DAYS_SCHEMA = {
    "anyOf": [
        {"type": "array", "items": {"enum": [*WEEKDAYS, *(name[:3] for name in WEEKDAYS), *range(1, 8)]}},
        {"type": "string", "pattern": f"^({'|'.join(WEEKDAYS)})(, ?({'|'.join(WEEKDAYS)}))*$"},
        _NULL,
    ],
    "description": "Names, their first three letters, or 1 (Monday) to 7: a list, with commas, or JSON in a string.",
}
Day = Annotated[Moment, PlainValidator(read_day), WithJsonSchema(_DAY_SCHEMA)]
"""A date, or a date and time, that has to be said."""
MaybeDay = Annotated[Moment | None, PlainValidator(read_maybe_day), WithJsonSchema({"anyOf": [_DAY_SCHEMA, _NULL]})]
MaybeWall = Annotated[time | None, PlainValidator(read_wall), WithJsonSchema({"anyOf": [_WALL_SCHEMA, _NULL]})]
Weekdays = Annotated[tuple[int, ...] | None, PlainValidator(read_days), WithJsonSchema(_DAYS_SCHEMA)]
