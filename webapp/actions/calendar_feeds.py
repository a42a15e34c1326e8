"""Calendar feeds: made by their person, the address shown once and kept as a SHA-256, ended by hand."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update

from webapp.actions import sign_ins
from webapp.actions.api_tokens import SHOWN, new_secret
from webapp.actions.audit import Tag, record
from webapp.domain.calendar_feeds import KIND, MOST_FEEDS, PURPOSE, FeedDraft, joined, options_of
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.identity import plain_name
from webapp.domain.people import Viewer
from webapp.models import Person, Token
from webapp.models.engine import AnySession
from webapp.queries import calendar_feeds as queries
from webapp.queries.people import secret_hash


def create(session: AnySession, viewer: Viewer, draft: FeedDraft) -> tuple[Token, str]:
    """The viewer's due dates can be read with a secret that is returned once and kept nowhere; they are told by mail.

    Raises Invalid, also when the viewer has as many live feeds as anybody may have.
    """
    draft = replace(draft, name=plain_name(draft.name))
    _hold(session, viewer)
    problems = draft.check()
    if not problems and len(queries.listed(session, viewer)) >= MOST_FEEDS:
        problems = [Problem("feeds", "too_many_feeds", {"most": MOST_FEEDS})]
    if problems:
        raise Invalid(problems)
    secret = new_secret(KIND)
    feed = Token(
        person_id=viewer.id,
        purpose=PURPOSE,
        secret_hash=secret_hash(secret),
        name=draft.name,
        prefix=secret[:SHOWN],
        contract=KIND,
        scopes=joined(draft.options),
        created_at=viewer.now,
    )
    session.add(feed)
    session.flush()
    record(session, Tag.FEED_CREATE, at=viewer.now, viewer=viewer, thing=feed, options=sorted(draft.options))
    sign_ins.tell_own(session, viewer, "feed_made", feed.public_id)
    return feed, secret


def renew(session: AnySession, viewer: Viewer, public_id: str) -> tuple[Token, str]:
    """The feed is read by a new address alone; raises NotFound for one that is not the viewer's or does not live."""
    _hold(session, viewer)
    old = queries.find(session, viewer, public_id)
    if old.revoked_at is not None:
        raise NotFound
    revoke(session, viewer, public_id)
    return create(session, viewer, FeedDraft(old.name or "", options_of(old.scopes)))


def revoke(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The viewer's feed opens nothing any more; NotFound for anything else, and a second time changes nothing."""
    feed = queries.find(session, viewer, public_id)
    if feed.revoked_at is not None:
        return
    feed.revoked_at = feed.expires_at = viewer.now  # what has ended is forgotten in time, as links are
    record(session, Tag.FEED_REVOKE, at=viewer.now, viewer=viewer, thing=feed)
    session.flush()


def revoke_all(session: AnySession, person_id: int, now: datetime) -> int:
    """No feed of the person's opens anything any more; returns how many did."""
    theirs = (Token.person_id == person_id, *queries.LIVE)
    ended = update(Token).where(*theirs).values(revoked_at=now, expires_at=now).returning(Token.id)
    return len(session.execute(ended).all())


def _hold(session: AnySession, viewer: Viewer) -> None:
    """Nobody makes or ends another of the viewer's before this transaction ends."""
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))
