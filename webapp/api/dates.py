"""Dates as every contract reads them: strictly, with words for what cannot be read."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, wall_clock

Moment = date | datetime
"""A calendar date as it was written, or a date and time that has one in somebody's zone."""
_DAY = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)[0-9]*(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
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


NULL = {"type": "null"}
_DATE = "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?"
MOMENT_SCHEMA = {"type": "string", "pattern": f"^{_DATE}{_TIME}$"}
_DAY_SCHEMA = {"type": "string", "pattern": f"^{_DATE}({_TIME})?$"}
Day = Annotated[Moment, PlainValidator(read_day), WithJsonSchema(_DAY_SCHEMA)]
"""A date, or a date and time, that has to be said."""
MaybeDay = Annotated[Moment | None, PlainValidator(read_maybe_day), WithJsonSchema({"anyOf": [_DAY_SCHEMA, NULL]})]
