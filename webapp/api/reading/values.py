"""Values of the reading contract as they stand in bodies and addresses: read strictly, with words for what cannot be
read."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from webapp.api.dates import NULL, Unclear
from webapp.domain import quran
from webapp.domain.days import EARLIEST_DAY, LATEST_DAY
from webapp.domain.ranges import Range, Ranges, united
from webapp.domain.reading_drafts import MOST_DAYS, MOST_RANGES

MOST_LISTED = 20
_DIGITS = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_A_RANGE = "[1-9][0-9]{0,2}:[1-9][0-9]{0,2}-[1-9][0-9]{0,2}:[1-9][0-9]{0,2}"


def read_digits(value: Any) -> int:
    """The whole number that an address writes in digits."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise Unclear("A whole number from 1, please.")


def read_number(value: Any) -> int:
    """A whole number from 1: no text, no fraction, no truth value."""
    if type(value) is int and value >= 1:
        return value
    raise Unclear("A whole number from 1, please.")


def read_mushaf(value: Any) -> int:
    """The id of a mushaf, as a number."""
    if type(value) is int and value in quran.MUSHAFS:
        return value
    raise Unclear(f"One of the mushafs, please: {', '.join(map(str, quran.MUSHAFS))}.")


def read_mushaf_digits(value: Any) -> int:
    """The id of a mushaf, as an address writes it."""
    return read_mushaf(int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None)


def read_range(value: Any) -> Range:
    """Verses as chapter:verse-chapter:verse."""
    found = quran.read_range(value) if isinstance(value, str) else None
    if found is None:
        raise Unclear("Verses that exist as chapter:verse-chapter:verse, the first before the last, please.")
    return found


def read_amount(value: Any) -> int | Range:
    """A whole number from 1, or verses in a text."""
    return read_range(value) if isinstance(value, str) else read_number(value)


def read_amount_text(value: Any) -> int | Range:
    """As `read_amount`, from an address."""
    return read_range(value) if isinstance(value, str) and ":" in value else read_digits(value)


def read_ranges(value: Any) -> Ranges:
    """All verses of ranges that a text joins by commas."""
    if not isinstance(value, str):
        raise Unclear("Ranges of verses in a text, please.")
    parts = value.split(",")
    if len(parts) > MOST_RANGES:
        raise Unclear(f"At most {MOST_RANGES} ranges, please.")
    return united([read_range(part.strip(" ")) for part in parts])


def read_list_of_ranges(value: Any) -> Ranges:
    """All verses of a list of ranges, of which each may be several, joined by commas."""
    if not isinstance(value, list) or len(value) > MOST_RANGES:
        raise Unclear(f"A list of at most {MOST_RANGES} ranges, please.")
    if sum(one.count(",") + 1 for one in value if isinstance(one, str)) > MOST_RANGES:
        raise Unclear(f"At most {MOST_RANGES} ranges, please.")
    return united(*(read_ranges(one) for one in value))


def read_pages(value: Any) -> Decimal:
    """More than nothing, exactly as it was written."""
    if isinstance(value, Decimal) or type(value) is int:
        pages = Decimal(value)
        if pages > 0:
            return pages
    raise Unclear("A number above 0, please.")


def read_duration(value: Any) -> int | None:
    """A number of days; null is none."""
    return None if value is None else read_number(value)


def read_date(value: Any) -> date:
    """A date as YYYY-MM-DD, from 1900 to 2199."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_DAY <= day <= LATEST_DAY:
        raise Unclear(f"A date as YYYY-MM-DD, please, from {EARLIEST_DAY} to {LATEST_DAY}.")
    return day


def read_count(value: Any) -> int:
    """How many of a list, as an address writes it."""
    count = read_digits(value)
    if count > MOST_LISTED:
        raise Unclear(f"From 1 to {MOST_LISTED}, please.")
    return count


def number(value: Decimal) -> int | float:
    """A number of JSON; whole ones without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)


def texts(verses: Ranges) -> list[str]:
    """Verses as chapter:verse-chapter:verse."""
    return [quran.range_text(one) for one in verses]


def one_text(verses: Sequence[Range]) -> str:
    """Verses in one text, joined by commas."""
    return ",".join(map(quran.range_text, verses))


_MUSHAF_SCHEMA = {
    "type": "integer",
    "enum": list(quran.MUSHAFS),
    "description": ", ".join(f"{number} {name}" for number, name in quran.MUSHAFS.items()),
}
_AMOUNT_SCHEMA = {
    "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": f"^{_A_RANGE}$"}],
    "description": "Of QURAN_TIME seconds, of QURAN_RANGE verses as chapter:verse-chapter:verse, of anything else "
    "pages or parts. With a duration it is the total, without one it is asked of every day; seconds: 60 to 14400 of "
    "each day.",
}
_DURATION = {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}
_DATE_SCHEMA = {"type": "string", "format": "date"}
_RANGES_SCHEMA = {
    "type": "string",
    "pattern": f"^{_A_RANGE}(,{_A_RANGE})*$",
    "description": "Verses as chapter:verse-chapter:verse; several are joined by commas.",
}
Mushaf = Annotated[int, PlainValidator(read_mushaf), WithJsonSchema(_MUSHAF_SCHEMA)]
MushafDigits = Annotated[int, PlainValidator(read_mushaf_digits), WithJsonSchema(_MUSHAF_SCHEMA)]
Amount = Annotated[int | Range, PlainValidator(read_amount), WithJsonSchema(_AMOUNT_SCHEMA)]
AmountText = Annotated[int | Range, PlainValidator(read_amount_text), WithJsonSchema(_AMOUNT_SCHEMA)]
Duration = Annotated[int | None, PlainValidator(read_duration), WithJsonSchema({"anyOf": [_DURATION, NULL]})]
DurationDigits = Annotated[int | None, PlainValidator(read_digits), WithJsonSchema(_DURATION)]
DayWritten = Annotated[date | None, PlainValidator(read_date), WithJsonSchema(_DATE_SCHEMA)]
Seconds = Annotated[
    int | None, PlainValidator(read_number), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 86_400})
]
Pages = Annotated[Decimal | None, PlainValidator(read_pages), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]
RangesText = Annotated[Ranges, PlainValidator(read_ranges), WithJsonSchema(_RANGES_SCHEMA)]
RangesListed = Annotated[
    Ranges,
    PlainValidator(read_list_of_ranges),
    WithJsonSchema({"type": "array", "maxItems": MOST_RANGES, "items": _RANGES_SCHEMA}),
]
Count = Annotated[
    int | None, PlainValidator(read_count), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_LISTED})
]
