"""The workers' signs of life."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from webapp.models import Heartbeat
from webapp.models.engine import AnySession, upserting


def beat(session: AnySession, worker: str, now: datetime) -> None:
    """This worker lives now; no event, because nothing was done to anybody's things."""
    table: Any = Heartbeat.__table__
    insert = upserting(session, table).values(worker=worker[:60], at=now)
    session.execute(insert.on_conflict_do_update(index_elements=["worker"], set_={"at": now}))


def forget_before(session: AnySession, moment: datetime) -> int:
    """Workers not heard of since are gone; returns how many."""
    return len(session.execute(delete(Heartbeat).where(Heartbeat.at < moment).returning(Heartbeat.worker)).all())
