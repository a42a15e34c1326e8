"""Who is asking by the profiles contract: a key of an organisation, signed for where it demands that, and a token of
one of its members."""

import re
from dataclasses import replace
from urllib.parse import quote

from flask import g, request

from webapp.actions import api_keys, api_tokens
from webapp.api import guard
from webapp.api.errors import WORDS, Forbidden, Unproven
from webapp.api.operation import asked
from webapp.domain.api_keys import Signed, is_near, is_nonce
from webapp.domain.tokens import Contract
from webapp.extensions import db
from webapp.queries import api_keys as queries
from webapp.queries.api_keys import KeyFacts
from webapp.web import transaction
from webapp.web.viewer import now

KEY, SIGNATURE, TIMESTAMP, NONCE = "apikey", "api-signature", "x-timestamp", "x-nonce"
AUTHORIZATION = "authorization"
LONGEST_KEY = 200
NO_KEY = "A live key of an organisation is required."
UNSIGNED = "The request is not signed as this key demands: api-signature, x-timestamp and x-nonce."
NOT_NOW = "x-timestamp is more than 300 seconds from our clock."
SAID_BEFORE = "This x-nonce was used within the last ten minutes."
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


class NotBoth(Unproven):
    """The key, the token, or both are not what they must be: words by header."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        super().__init__(", ".join(words))


class KeyForbidden(Forbidden):
    """The key may not do this; says why."""


def recognise() -> None:
    """`g.viewer` is the person the token speaks for, within the organisation of the key alone; raises NotBoth."""
    key = queries.by_key(db.session, request.headers.get(KEY, "")[:LONGEST_KEY])
    found = guard.bearer(Contract.PROFILES)
    words = {}
    if problem := NO_KEY if key is None else unsigned(key):
        words[KEY] = problem
    if found is None or (key is not None and not found[0].is_in(key.organisation_id)):
        words[AUTHORIZATION] = WORDS[401]
    if words or key is None or found is None:
        raise NotBoth(words)
    viewer, g.token = found
    here = frozenset(pair for pair in viewer.roles if pair[0] == key.organisation_id)
    g.viewer, g.key, g.key_id, g.account = replace(viewer, roles=here), key, key.id, key.organisation_id
    keep_used()


def enter() -> None:
    """The key may be used for this, and nobody says its nonce again; raises KeyForbidden and NotBoth."""
    key: KeyFacts = g.key
    if asked().scope not in key.scopes:
        raise KeyForbidden(f"This key does not have the scope {asked().scope}.")
    if not key.signs:
        return
    with transaction.apart():
        is_new = api_keys.use_up(db.session, key.id, request.headers[NONCE], g.viewer.now)
    if not is_new:
        raise NotBoth({KEY: SAID_BEFORE})


def unsigned(key: KeyFacts) -> str:
    """What is wrong with the signature of this request; "" for nothing, or when none is asked for."""
    if not key.signs and TIMESTAMP not in request.headers:
        return ""
    timestamp, nonce = request.headers.get(TIMESTAMP, ""), request.headers.get(NONCE, "")
    if not is_nonce(nonce):
        return UNSIGNED
    body, query = request.get_data(), request.query_string.decode("latin-1")
    signed = Signed(request.method, sent_path(), query, body, timestamp, nonce)
    if not signed.is_signed_by(key.secret(), request.headers.get(SIGNATURE, "")):
        return UNSIGNED
    return "" if is_near(timestamp, now()) else NOT_NOW


def sent_path() -> str:
    """The path of the address as it was sent, with its percent-encoding; where the server does not tell, as it would be
    encoded."""
    sent = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "")
    path = _HOST.sub("", sent, count=1).partition("?")[0]
    return path or quote(request.root_path + request.path)


def keep_used() -> None:
    """The key and the token were used now, as far as that is not known already."""
    key, token = g.key, g.token
    if not (guard.is_due(key.used_at) or guard.is_due(token.used_at)):
        return

    def write() -> None:
        api_keys.keep_used(db.session, key.id, g.viewer.now)
        api_tokens.keep_used(db.session, token.id, g.viewer.now)

    guard.keep(write)
