"""Addresses that may be followed: only paths of this site, whatever a link or header says; and the dates in them."""

import re
from datetime import date
from urllib.parse import unquote, urlsplit

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY
from webapp.domain.errors import NotFound

_PLAIN_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def safe_next(address: str | None) -> str | None:
    """The address if it is a plain path on this site, else None.

    Refused: other schemes and hosts, `//` and backslash tricks also percent-encoded, control characters, user info.
    """
    if not address or not address.startswith("/") or len(address) > 2000:
        return None
    plain = unquote(unquote(address))
    if any(ord(character) < 32 or ord(character) == 127 or character == "\\" for character in plain):
        return None
    if plain.startswith("//") or "//" in plain.split("?", 1)[0]:
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc or "@" in parts.path else address


def local_path(address: str, host_url: str) -> str:
    """The path and query of a full address of this site; "" for any other."""
    if not address.startswith(host_url):
        return ""
    return safe_next("/" + address.removeprefix(host_url)) or ""


def plain_date(text: str) -> date | None:
    """The date written YYYY-MM-DD; None for anything else, so that each day has one address."""
    try:
        return date.fromisoformat(text) if _PLAIN_DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_day(text: str) -> date:
    """The date in an address; raises NotFound for what is none, and before 1900 or after 2199."""
    day = plain_date(text)
    if day is None or not EARLIEST_DAY <= day <= LATEST_DAY:
        raise NotFound
    return day
