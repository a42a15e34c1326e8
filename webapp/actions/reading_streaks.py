"""Streaks of reading kept beside the days they are made of: a day more or less touches one run, however long."""

from datetime import date

from sqlalchemy import select

from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reading import Category
from webapp.domain.reading_streaks import ANY, Run, with_day, without_day
from webapp.models import ReadingStreak
from webapp.models.engine import AnySession
from webapp.queries.reading import any_read_on


def follow(session: AnySession, viewer: Viewer, category: Category, day: date) -> None:
    """The viewer's streaks of the category, and of all of them, say whether anything was read on this day; the caller
    holds the viewer."""
    session.flush()
    _set(session, viewer.id, category.value, day, read=any_read_on(session, viewer, day, category))
    _set(session, viewer.id, ANY, day, read=any_read_on(session, viewer, day))
    session.flush()


def _set(session: AnySession, person_id: int, category: str, day: date, *, read: bool) -> None:
    around = (ReadingStreak.first <= shifted(day, 1), ReadingStreak.last >= shifted(day, -1))
    statement = select(ReadingStreak).where(ReadingStreak.owner_id == person_id, ReadingStreak.category == category)
    near = session.scalars(statement.where(*around).order_by(ReadingStreak.first)).all()
    holding = next((streak for streak in near if streak.first <= day <= streak.last), None)
    if read is (holding is not None):
        return
    if holding is not None:
        left = without_day(Run(holding.first, holding.last), day)
        kept = [holding]
    else:
        before = next((streak for streak in near if streak.last < day), None)
        after = next((streak for streak in near if streak.first > day), None)
        left = [with_day(_run(before), _run(after), day)]
        kept = [streak for streak in (before, after) if streak is not None]
    for streak in kept[len(left) :]:
        session.delete(streak)
    session.flush()  # a run that goes makes room for the one that grows over its days
    for streak, run in zip(kept, left, strict=False):
        streak.first, streak.last, streak.days = run.first, run.last, run.days
    for run in left[len(kept) :]:
        session.add(ReadingStreak(owner_id=person_id, category=category, first=run.first, last=run.last, days=run.days))


def _run(streak: ReadingStreak | None) -> Run | None:
    return Run(streak.first, streak.last) if streak else None
