"""How often a thing may be tried: counters are database rows, raised in a transaction of their own."""

import hashlib
import ipaddress
import re
from datetime import timedelta
from math import floor

from flask import current_app, request
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from webapp.actions import limits
from webapp.domain.errors import TooMany
from webapp.domain.identity import LONGEST_EMAIL
from webapp.extensions import db
from webapp.models.engine import begin_writing
from webapp.settings import Settings
from webapp.web.viewer import now

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LOOKING = "looking_limiter"
"""Where an application keeps the tries of requests that only look."""


def take(name: str, who: str, window: timedelta) -> None:
    """One try is counted before anything else happens; raises TooMany when the limit is used up.

    Counting first is what makes fifty tries at once admit no more than the limit.
    """
    settings: Settings = current_app.config["SETTINGS"]
    most = getattr(settings.limits, name)
    db.session.rollback()
    begin_writing(db.session)
    try:
        limits.take(db.session, name, _key(name, who), most, window, now())
    finally:
        db.session.commit()
        begin_writing(db.session)


def take_here(name: str, who: str) -> None:
    """One try within an hour is counted in this process, because looking writes nothing; raises TooMany."""
    settings: Settings = current_app.config["SETTINGS"]
    if LOOKING not in current_app.extensions:
        current_app.extensions[LOOKING] = MovingWindowRateLimiter(MemoryStorage())
    limiter: MovingWindowRateLimiter = current_app.extensions[LOOKING]
    item, key = RateLimitItemPerHour(getattr(settings.limits, name)), _key(name, who)
    if not limiter.hit(item, key):
        ends = limiter.get_window_stats(item, key).reset_time
        raise TooMany(name, floor(ends - now().timestamp()) + 1)


def give_back(name: str, who: str, window: timedelta) -> None:
    """The try that was counted turned out well and does not count."""
    limits.give_back(db.session, _key(name, who), window, now())


def clear(name: str, who: str, window: timedelta) -> None:
    """Tries so far do not count any more: a mailed link has shown who is asking."""
    limits.clear(db.session, _key(name, who), window, now())


def caller() -> str:
    """The network the request comes from: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def caller_as(person_id: int | None) -> str:
    """The same of tries on this person's account alone, which no neighbour uses up by trying their own; of whoever it
    is with None."""
    return caller() if person_id is None else f"{caller()}|{person_id}"


def account(email: str) -> str:
    """An address as a mailbox: case, dots and the tag after a plus do not make another one."""
    local, _, domain = email.strip()[:LONGEST_EMAIL].casefold().rpartition("@")
    return f"{re.sub(r'[.]', '', local.partition('+')[0])}@{domain}"


def _key(name: str, who: str) -> str:
    return hashlib.sha256(f"{name}|{who}".encode()).hexdigest()
