"""Counting tries: no more are admitted than the limit says, however many come at once."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import limits
from webapp.domain.errors import TooMany
from webapp.extensions import db
from webapp.models import LimitCount
from webapp.models.engine import begin_writing

HOUR = timedelta(hours=1)


def take(session: Session, most: int = 3, key: str = "key", after: timedelta = timedelta(0)) -> None:
    limits.take(session, "sign_in", key, most, HOUR, make.NOW + after)


def test_as_many_are_admitted_as_the_limit_says(session: Session) -> None:
    for _ in range(3):
        take(session)
    with pytest.raises(TooMany) as raised:
        take(session, after=timedelta(minutes=59))

    assert (raised.value.limit, raised.value.retry_after) == ("sign_in", 60)
    assert session.scalars(select(LimitCount.count)).all() == [3]


def test_keys_are_counted_apart(session: Session) -> None:
    for key in ("one", "two"):
        take(session, most=1, key=key)
    assert session.scalars(select(LimitCount.count)).all() == [1, 1]


def test_the_next_window_begins_at_nothing(session: Session) -> None:
    take(session, most=1)
    take(session, most=1, after=HOUR)


def test_a_try_given_back_does_not_count(session: Session) -> None:
    take(session, most=1)
    limits.give_back(session, "key", HOUR, make.NOW)
    take(session, most=1)


def test_nothing_is_given_back_below_nothing(session: Session) -> None:
    take(session, most=1)
    for _ in range(3):
        limits.give_back(session, "key", HOUR, make.NOW)
    assert session.scalars(select(LimitCount.count)).all() == [0]


def test_old_counters_are_forgotten(session: Session) -> None:
    take(session)
    take(session, after=2 * HOUR)
    limits.forget_before(session, make.NOW + HOUR)
    assert session.scalars(select(LimitCount.window)).all() == [make.NOW + 2 * HOUR]


def test_many_at_once_are_admitted_no_more_often(app: Flask) -> None:
    """Eight threads, each with a connection of its own, try five times each: ten get in."""
    admitted: list[int] = []
    together = threading.Barrier(8)

    def hammer() -> None:
        together.wait()
        for _ in range(5):
            with Session(engine) as session:
                begin_writing(session)
                try:
                    take(session, most=10)
                    admitted.append(1)
                except TooMany:
                    pass
                session.commit()

    with app.app_context():
        engine = db.engine
    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 10
