"""What one cell of any export says: a day, an amount, a piece of text, or nothing we can use."""

import hashlib
import re
from datetime import date, timedelta
from decimal import Decimal

from webapp.domain.imports.brought import one_line

EARLIEST = date(1970, 1, 1)
AHEAD = timedelta(days=3_653)
# What the ledger can hold (domain rules §3).
LARGEST_AMOUNT = Decimal(10) ** 12
SHOWN = 50


class Unusable(Exception):
    """A cell says nothing we can use; becomes a problem of its row."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def day_of(text: str, last_day: date) -> date:
    """The ISO date, from 1970 to `last_day`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
        raise Unusable("bad_date", value=shown(text))
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Unusable("bad_date", value=shown(text)) from None
    return within(day, text, last_day)


def within(day: date, text: str, last_day: date) -> date:
    """The day, if it lies from 1970 to `last_day`; `text` is how the file writes it."""
    if not EARLIEST <= day <= last_day:
        raise Unusable("date_out_of_range", value=shown(text))
    return day


def amount_of(text: str) -> Decimal:
    """The amount written with a decimal point, from 0 to below 10^12, to six decimals."""
    if not re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?", text.strip()):
        raise Unusable("bad_value", value=shown(text))
    amount = Decimal(text.strip())
    if amount < 0:
        raise Unusable("negative_amount", value=shown(text))
    if amount >= LARGEST_AMOUNT:
        raise Unusable("amount_too_large", value=shown(text))
    return plain(amount)


def plain(amount: Decimal) -> Decimal:
    """The same amount to at most six decimals, without trailing zeros or an exponent."""
    rounded = round(amount, 6)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def is_count(text: str) -> bool:
    """Whether the text is a plain number of at most six digits."""
    return re.fullmatch(r"[0-9]{1,6}", text) is not None


def shown(text: str) -> str:
    """The start of a cell, safe to repeat in a problem."""
    return one_line(text[:SHOWN])


def identity(source: str, *parts: str) -> str:
    """The same short text for the same parts, from which they cannot be read."""
    return f"{source}:" + hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:40]
