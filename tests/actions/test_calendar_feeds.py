"""Calendar feeds: shown once, kept as a hash, no credential of anything else, ended by hand and with their person."""

import re
import threading
from datetime import timedelta
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import api_tokens, calendar_feeds, erasure, people, retention, tokens
from webapp.domain.calendar_feeds import MOST_FEEDS, PURPOSE, FeedDraft, Option
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.identity import Purpose
from webapp.domain.people import Viewer
from webapp.domain.tokens import Contract, TokenDraft
from webapp.models import AuditEvent, Person, Token
from webapp.models.engine import begin_writing
from webapp.queries import calendar_feeds as queries
from webapp.queries.api_tokens import listed as listed_tokens
from webapp.queries.people import open_link, secret_hash, viewer_by_feed, viewer_by_secret, viewer_by_token

PHONE = FeedDraft("Phone", frozenset({Option.TITLES, Option.ALARMS}))


@pytest.fixture
def ada(session: Session) -> Person:
    begin_writing(session)
    return make.person(session, email="ada@example.org")


@pytest.fixture
def her(session: Session, ada: Person) -> Viewer:
    return make.viewer(session, ada)


def opens(session: Session, secret: str) -> bool:
    session.expire_all()
    return viewer_by_feed(session, secret, make.NOW) is not None


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Token)) or 0


def test_the_secret_is_kept_as_a_hash_and_known_by_its_start_and_checksum(session: Session, her: Viewer) -> None:
    feed, secret = calendar_feeds.create(session, her, PHONE)
    body, checksum = secret[:-6], secret[-6:]
    assert re.fullmatch(r"aimline_calendar_[\w-]{43}", body)
    assert int(checksum, 16) == crc32(body.encode()) & 0xFFFFFF
    assert (feed.secret_hash, feed.prefix, feed.scopes) == (secret_hash(secret), secret[:20], "alarms titles")
    session.commit()
    assert secret[20:] not in repr(session.execute(select(*Token.__table__.c)).one())
    assert secret[20:] not in repr(session.execute(select(*AuditEvent.__table__.c)).all())
    assert make.tags(session, feed) == ["feed:create"]
    found = viewer_by_feed(session, secret, make.NOW)
    assert found is not None
    assert (found[0].id, found[1].options) == (her.id, {Option.TITLES, Option.ALARMS})


def test_a_feed_is_no_credential_and_no_token(session: Session, her: Viewer) -> None:
    _, secret = calendar_feeds.create(session, her, PHONE)
    _, token = api_tokens.create(session, her, TokenDraft("Reader", Contract.TRACKING, ("goals:read",), 30))
    link = tokens.issue(session, Purpose.RECOVERY, address="ada@example.org", now=make.NOW, person_id=her.id)[1]
    assert viewer_by_token(session, token, make.NOW) is not None
    assert viewer_by_token(session, secret, make.NOW) is None
    assert viewer_by_secret(session, secret, make.NOW) is None
    assert all(open_link(session, purpose, secret, make.NOW) is None for purpose in Purpose)
    assert open_link(session, Purpose.RECOVERY, link, make.NOW) is not None
    assert [row.name for row in listed_tokens(session, her)] == ["Reader"]
    assert opens(session, secret)
    for other in (token, link, make.sign_in(session, session.get_one(Person, her.id)), ""):
        assert not opens(session, other)


def test_one_may_have_ten_that_live(session: Session, her: Viewer) -> None:
    feeds = [calendar_feeds.create(session, her, PHONE)[0] for _ in range(MOST_FEEDS)]
    with pytest.raises(Invalid) as refused:
        calendar_feeds.create(session, her, PHONE)
    assert [one.code for one in refused.value.problems] == ["too_many_feeds"]
    assert count(session) == MOST_FEEDS
    calendar_feeds.renew(session, her, feeds[0].public_id)
    calendar_feeds.revoke(session, her, feeds[1].public_id)
    calendar_feeds.create(session, her, PHONE)
    assert len(queries.listed(session, her)) == MOST_FEEDS


def test_an_eleventh_at_the_same_moment_is_refused(app: Flask, session: Session, her: Viewer) -> None:
    for _ in range(MOST_FEEDS - 1):
        calendar_feeds.create(session, her, PHONE)
    session.commit()
    engine: Engine = session.get_bind()  # type: ignore[assignment]
    outcomes: list[bool] = []

    def make_one() -> None:
        with Session(engine) as mine:
            begin_writing(mine)
            try:
                calendar_feeds.create(mine, her, PHONE)
                mine.commit()
                outcomes.append(True)
            except Invalid:
                outcomes.append(False)

    both = [threading.Thread(target=make_one) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == [False, True]


def test_a_name_is_asked_for_and_made_plain(session: Session, her: Viewer) -> None:
    with pytest.raises(Invalid):
        calendar_feeds.create(session, her, FeedDraft(" \r\n\u202e"))
    assert count(session) == 0
    assert calendar_feeds.create(session, her, FeedDraft("Ada's\r\nphone\u202e"))[0].name == "Ada's phone"


def test_revoked_it_opens_nothing_and_is_forgotten_in_time(session: Session, her: Viewer) -> None:
    (feed, secret), (_, other) = (calendar_feeds.create(session, her, PHONE) for _ in range(2))
    calendar_feeds.revoke(session, her, feed.public_id)
    calendar_feeds.revoke(session, her, feed.public_id)
    assert make.tags(session, feed) == ["feed:create", "feed:revoke"]
    assert (opens(session, secret), opens(session, other)) == (False, True)
    retention.forget(session, make.NOW + timedelta(days=31))
    assert [token.secret_hash for token in session.scalars(select(Token))] == [secret_hash(other)]


def test_renewed_it_tells_the_same_at_another_address(session: Session, her: Viewer) -> None:
    feed, secret = calendar_feeds.create(session, her, PHONE)
    again, fresh = calendar_feeds.renew(session, her, feed.public_id)
    assert (again.name, again.scopes) == (feed.name, feed.scopes)
    assert (opens(session, secret), opens(session, fresh)) == (False, True)
    with pytest.raises(NotFound):
        calendar_feeds.renew(session, her, feed.public_id)
    assert count(session) == 2


def test_nobody_ends_or_renews_anothers(session: Session, her: Viewer) -> None:
    bo = make.viewer(session, make.person(session, "Bo"))
    feed, secret = calendar_feeds.create(session, her, PHONE)
    token, _ = api_tokens.create(session, her, TokenDraft("Reader", Contract.TRACKING, ("goals:read",), 30))
    session.commit()
    before = make.everything(session)
    for viewer, public_id in ((bo, feed.public_id), (her, token.public_id), (her, "0" * 24)):
        for act in (calendar_feeds.revoke, calendar_feeds.renew):
            with pytest.raises(NotFound):
                act(session, viewer, public_id)
    assert make.everything(session) == before
    assert opens(session, secret)
    assert queries.listed(session, bo) == []


def test_a_recovered_password_ends_every_feed(session: Session, her: Viewer) -> None:
    bo = make.viewer(session, make.person(session, "Bo"))
    (_, secret), (_, theirs) = calendar_feeds.create(session, her, PHONE), calendar_feeds.create(session, bo, PHONE)
    link = tokens.issue(session, Purpose.RECOVERY, address="ada@example.org", now=make.NOW, person_id=her.id)[1]
    people.reset_password(session, link, "a new hash", make.NOW)
    assert (opens(session, secret), opens(session, theirs)) == (False, True)


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at", "erase_at"])
def test_whose_person_is_gone_or_going_opens_nothing(session: Session, ada: Person, her: Viewer, column: str) -> None:
    _, secret = calendar_feeds.create(session, her, PHONE)
    assert opens(session, secret)
    setattr(ada, column, make.NOW)
    session.flush()
    assert not opens(session, secret)


def test_one_read_before_ends_with_its_person(session: Session, ada: Person, her: Viewer) -> None:
    feed, secret = calendar_feeds.create(session, her, PHONE)
    api_tokens.keep_used(session, feed.id, make.NOW)
    erasure.ask(session, her)
    session.expire_all()
    assert feed.revoked_at is not None
    ada.erase_at = None
    session.flush()
    assert not opens(session, secret)
    assert feed.purpose == PURPOSE
