"""Counting tries: one atomic statement each."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.errors import TooMany
from webapp.models import LimitCount
from webapp.models.engine import AnySession


def take(session: AnySession, name: str, key: str, most: int, window: timedelta, now: datetime) -> None:
    """The counter of this key and window is one higher; raises TooMany when it would pass `most`."""
    start = _window_start(window, now)
    wait = max(1, int((start + window - now).total_seconds()))
    if most < 1:
        raise TooMany(name, wait)
    table: Any = LimitCount.__table__
    dialect = session.get_bind().dialect.name
    insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    statement: Insert = insert.values(key=key, window=start, count=1).on_conflict_do_update(
        index_elements=["key", "window"], set_={"count": table.c.count + 1}, where=table.c.count < most
    )
    if session.execute(statement.returning(table.c.count)).scalar() is None:
        raise TooMany(name, wait)


def give_back(session: AnySession, key: str, window: timedelta, now: datetime) -> None:
    """The counter of this key is one lower, never below nothing."""
    where = (LimitCount.key == key, LimitCount.window == _window_start(window, now), LimitCount.count > 0)
    session.execute(update(LimitCount).where(*where).values(count=LimitCount.count - 1))


def clear(session: AnySession, key: str, window: timedelta, now: datetime) -> None:
    """The counter of this key begins again at nothing."""
    where = (LimitCount.key == key, LimitCount.window == _window_start(window, now))
    session.execute(update(LimitCount).where(*where).values(count=0))


def forget_before(session: AnySession, moment: datetime) -> None:
    """Counters of windows that began before this instant are gone."""
    session.execute(delete(LimitCount).where(LimitCount.window < moment))


def _window_start(window: timedelta, now: datetime) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, now.tzinfo)
