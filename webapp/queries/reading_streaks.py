"""The viewer's streaks of reading: the one that goes on, and the longest there was."""

from typing import Any

from sqlalchemy import select

from webapp.domain import reading_streaks
from webapp.domain.people import Viewer
from webapp.domain.reading_streaks import ANY, Run
from webapp.models import ReadingStreak
from webapp.models.engine import AnySession


def current(session: AnySession, viewer: Viewer, category: str = ANY) -> Run | None:
    """The viewer's streak that today can still carry on."""
    latest = _first_by(session, viewer, category, ReadingStreak.first.desc())
    return reading_streaks.current([latest] if latest else [], viewer.today)


def longest(session: AnySession, viewer: Viewer, category: str = ANY) -> Run | None:
    """The viewer's longest streak, of several as long the latest."""
    return _first_by(session, viewer, category, ReadingStreak.days.desc(), ReadingStreak.first.desc())


def _first_by(session: AnySession, viewer: Viewer, category: str, *order: Any) -> Run | None:
    statement = select(ReadingStreak.first, ReadingStreak.last).where(
        ReadingStreak.owner_id == viewer.id, ReadingStreak.category == category
    )
    row = session.execute(statement.order_by(*order).limit(1)).first()
    return Run(row.first, row.last) if row else None
