"""Who is asking by the reading contract: a program by its client id, with the signed text of a token of its person."""

from dataclasses import replace

from flask import g, request

from webapp.actions import api_tokens
from webapp.api import guard
from webapp.api.body import Wrong
from webapp.api.errors import Unproven
from webapp.api.reading.envelope import Absent
from webapp.domain.days import is_zone, local_day
from webapp.domain.tokens import Contract
from webapp.extensions import db
from webapp.queries import people
from webapp.queries.signing import signer
from webapp.web.policies import lacks_factor
from webapp.web.viewer import now

TOKEN, CLIENT, ZONE = "x-auth-token", "x-client-id", "x-timezone"


def recognise() -> None:
    """`g.viewer` is the person the token speaks for, `g.token` what both its text and its row let it do.

    Raises Absent where a header is missing or empty, and Unproven.
    """
    text, client = request.headers.get(TOKEN, ""), request.headers.get(CLIENT, "")
    if not text or not client:
        raise Absent
    claims = signer.read(text, client, now())
    if claims is None:
        raise Unproven
    found = people.viewer_by_token(db.session, claims.id, now(), hold=g.get("writes", False))
    if found is None or found[1].contract is not Contract.READING or found[0].public_id != claims.person:
        raise Unproven
    if lacks_factor(found[0]):
        raise Unproven
    g.viewer, token = found
    if claims.organisation is not None and not g.viewer.is_in(claims.organisation):
        raise Unproven  # who left an organisation leaves its programs
    g.token = replace(token, scopes=token.scopes & set(claims.scopes))
    if guard.is_due(token.used_at):
        guard.keep(lambda: api_tokens.keep_used(db.session, token.id, g.viewer.now))


def enter() -> None:
    """The viewer's day is the one where the program says they are; raises Wrong for a zone that nobody knows."""
    zone = request.headers.get(ZONE, "")
    if not zone:
        return
    if not is_zone(zone):
        raise Wrong({ZONE: ["A time zone by its IANA name, like Europe/Berlin, please."]})
    g.viewer = replace(g.viewer, zone=zone, today=local_day(g.viewer.now, zone, g.viewer.day_start))
