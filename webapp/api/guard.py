"""Every request of a program passes here: who it is, whether it may, how often, and whether it said this before."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from math import floor

from flask import Blueprint, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import UnsupportedMediaType

from webapp.actions import answers, api_tokens
from webapp.api.body import MOST_BYTES, Wrong
from webapp.api.errors import Forbidden, Stale, Unproven
from webapp.api.operation import asked
from webapp.domain.errors import TooMany
from webapp.domain.people import Viewer
from webapp.domain.tokens import Contract, TokenFacts
from webapp.extensions import csrf, db
from webapp.queries import people
from webapp.settings import Settings
from webapp.web import transaction
from webapp.web.policies import lacks_factor
from webapp.web.viewer import now

SEEN_EVERY = timedelta(minutes=5)
LONGEST_SECRET = 200
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def watch(
    bp: Blueprint,
    contract: Contract,
    then: Callable[[], None] = lambda: None,
    prove: Callable[[], None] | None = None,
) -> None:
    """Every operation of the blueprint asks for a token of the contract, and `then` for what else the contract wants
    of a request; `prove` is how a contract recognises who is asking where the token alone does not say it."""

    def enter() -> Response | None:
        request.max_content_length = MOST_BYTES
        prove() if prove else recognise(contract)
        slow_down()
        if asked().scope not in g.token.scopes:
            raise Forbidden(f"This token does not have the scope {asked().scope}.")
        if asked().body is not None and request.mimetype != "application/json":
            raise UnsupportedMediaType
        then()
        return said_before()

    csrf.exempt(bp)
    bp.before_request(enter)
    bp.after_request(remember)


def recognise(contract: Contract) -> None:
    """`g.viewer` is the person the token speaks for, `g.token` what it may do; raises Unproven."""
    found = bearer(contract)
    if found is None:
        raise Unproven
    g.viewer, g.token = found
    if is_due(g.token.used_at):
        keep(lambda: api_tokens.keep_used(db.session, g.token.id, g.viewer.now))


def bearer(contract: Contract) -> tuple[Viewer, TokenFacts] | None:
    """Whom the request's token speaks for and what it may do; None without a live one of this contract, or while its
    person has yet to set up the second factor that a role of theirs asks for."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() != "bearer" or not secret or len(secret) > LONGEST_SECRET:
        return None
    found = people.viewer_by_token(db.session, secret.strip(), now(), hold=g.get("writes", False))
    if found is None or found[1].contract is not contract or lacks_factor(found[0]):
        return None
    return found


def is_due(used_at: datetime | None) -> bool:
    """Whether the last use of something is to be kept again."""
    return used_at is None or used_at <= g.viewer.now - SEEN_EVERY


def keep(write: Callable[[], None]) -> None:
    """What was used now is written down: in a transaction of its own, and not at the price of the answer."""
    try:
        with transaction.apart():
            write()
    except OperationalError:
        db.session.rollback()
        current_app.logger.warning("last use not kept", exc_info=True)


def slow_down() -> None:
    """A token, with each key it comes with, is used so often a minute, counted in this process; raises TooMany."""
    settings: Settings = current_app.config["SETTINGS"]
    if "api_limiter" not in current_app.extensions:
        current_app.extensions["api_limiter"] = MovingWindowRateLimiter(MemoryStorage())
    limiter: MovingWindowRateLimiter = current_app.extensions["api_limiter"]
    item, key = (
        RateLimitItemPerMinute(settings.limits.api_minute),
        f"{g.viewer.public_id}:{g.token.id}:{g.get('key_id', '')}",
    )
    if not limiter.hit(item, key):
        ends = limiter.get_window_stats(item, key).reset_time
        raise TooMany("api_minute", floor(ends - g.viewer.now.timestamp()) + 1)


def said_before() -> Response | None:
    """The first answer to a write that is repeated under its Idempotency-Key; raises Invalid when it says another."""
    g.repeat = None
    key = request.headers.get("Idempotency-Key")
    if key is None or not g.get("writes"):
        return None
    if not _KEY.fullmatch(key):
        raise Wrong({"Idempotency-Key": ["One to 255 visible ASCII characters, please."]})
    about = g.get("account") or ""  # the same words about another organisation are another wish
    route = hashlib.sha256(f"{request.method} {request.path.rstrip('/')}{about}".encode()).hexdigest()
    g.repeat = (route, key, hashlib.sha256(request.query_string + request.get_data()).digest())
    first = answers.find(db.session, g.viewer, *g.repeat)
    if first is None:
        return None
    g.repeat = None
    response = Response(first.content, status=first.status, mimetype="application/json" if first.content else None)
    if not first.content:
        del response.headers["Content-Type"]
    response.headers["Idempotent-Replayed"] = "true"
    return response


def remember(response: Response) -> Response:
    """A good answer to a write with an Idempotency-Key is what its repeat will get."""
    if g.get("repeat") and response.status_code < 400:
        answers.keep(db.session, g.viewer, *g.repeat, status=response.status_code, content=response.get_data())
    return response


def not_kept() -> None:
    """The answer holds another person's words: it is not kept for a repeat, which asks anew whether it may."""
    g.repeat = None


def match(version: str) -> None:
    """Raises Stale when the caller names another version than this in If-Match."""
    if request.if_match and not request.if_match.contains(version):
        raise Stale
