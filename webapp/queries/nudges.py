"""What is worth bringing to somebody's mind at this moment: their day, what is left to read, a mood, reviews."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, select

from webapp.domain.days import local_day
from webapp.domain.people import Viewer
from webapp.domain.reminders import About, nudges
from webapp.domain.reviews import RoundState
from webapp.domain.tracking import DayState
from webapp.models import Goal, Mood, ReadingGoal, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries import days
from webapp.queries.days import DueRow
from webapp.queries.moods import MINE
from webapp.queries.owed import owed_by
from webapp.queries.reading import Reading, readings
from webapp.queries.visibility import goals_visible_to

_people: BindParameter[Sequence[int]] = bindparam("people", expanding=True)
_CONCERNS = {
    About.REVIEWS: select(ReviewSeat.reviewer_id, ReviewSeat.named_at)
    .join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
    .where(
        ReviewSeat.reviewer_id.in_(_people),
        ReviewSeat.decided_at.is_(None),
        ReviewSeat.removed_at.is_(None),
        ReviewRound.state == RoundState.OPEN,
    ),
    About.READING: select(Goal.owner_id, Goal.id)
    .join(ReadingGoal, ReadingGoal.goal_id == Goal.id)
    .where(Goal.owner_id.in_(_people), Goal.deleted_at.is_(None), ReadingGoal.ended_at.is_(None)),
}
"""By what a reminder is about: whom it may concern, and what is known of that."""
_FELT = select(exists().where(MINE, Mood.local_date == bindparam("day")))


@dataclass(frozen=True, slots=True)
class Digest:
    """A day in short: goals that are due and open, one-time goals whose day has passed, how many things wait for an
    answer, and works of which something is left to read."""

    due: list[DueRow]
    overdue: list[DueRow]
    waiting: int
    reading: list[Reading]

    @property
    def count(self) -> int:
        """How many things there are."""
        return len(self.due) + len(self.overdue) + self.waiting + len(self.reading)


def digest(session: AnySession, viewer: Viewer) -> Digest:
    """The viewer's day as it stands now."""
    owed = owed_by(session, viewer)
    return Digest(
        due=[due for due in days.due_today(session, viewer) if _asks(due)],
        overdue=days.overdue(session, viewer),
        waiting=owed.total,
        reading=reading_left(session, viewer),
    )


def reading_left(session: AnySession, viewer: Viewer) -> list[Reading]:
    """The viewer's works with a goal that asks something of today which is not read yet."""
    return [one for one in readings(session, viewer) if _is_left(one, viewer)]


def has_felt(session: AnySession, viewer: Viewer) -> bool:
    """Whether the viewer wrote down a mood today."""
    return bool(session.connection().execute(_FELT, {"viewer_id": viewer.id, "day": viewer.today}).scalar())


def reviews_to_nudge(session: AnySession, viewer: Viewer) -> int:
    """How many reviews wait for the viewer, as far as they may still know of them; 0 on days on which none of them is
    to be brought to mind. Days of waiting are the viewer's own, so that the hour at which they were asked is nothing.
    """
    waits = (ReviewSeat.decided_at.is_(None), ReviewSeat.removed_at.is_(None), ReviewRound.state == RoundState.OPEN)
    statement = (
        select(ReviewSeat.named_at)
        .join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
        .join(Goal, Goal.id == ReviewRound.goal_id)
        .where(ReviewSeat.reviewer_id == viewer.id, *waits, goals_visible_to(viewer))
    )
    since = [local_day(named_at, viewer.zone, viewer.day_start) for named_at in session.scalars(statement)]
    return len(since) if any(nudges(timedelta(days=(viewer.today - day).days)) for day in since) else 0


def is_over(session: AnySession, viewer: Viewer, about: About) -> bool:
    """Whether a reminder of reading or of a mood has nothing more to say to the viewer; of all else something else
    tells."""
    if about is About.READING:
        return not reading_left(session, viewer)
    return about is About.MOOD and has_felt(session, viewer)


def surely_silent(session: AnySession, asked: Sequence[tuple[About, int, date]]) -> set[tuple[About, int, date]]:
    """Of these reminders of people (by number) on dates, those that surely have nothing to say: no review is asked of
    them on such a day, or nothing is meant to be read. It is asked exactly when they leave."""
    silent = set()
    for about, statement in _CONCERNS.items():
        wanted = [one for one in asked if one[0] is about]
        if not wanted:
            continue
        known: dict[int, list[Any]] = defaultdict(list)
        for person_id, what in session.connection().execute(
            statement, {"people": sorted({who for _, who, _ in wanted})}
        ):
            known[person_id].append(what)
        silent |= {one for one in wanted if not _may_speak(about, known[one[1]], one[2])}
    return silent


def _may_speak(about: About, known: Sequence[Any], day: date) -> bool:
    if about is About.REVIEWS:  # the reviewer's own day may be the one before or after
        waiting = [(day - named_at.date()).days for named_at in known]
        return any(nudges(timedelta(days=days + shift)) for days in waiting for shift in (-1, 0, 1))
    return bool(known)


def _asks(due: DueRow) -> bool:
    """Whether something is still to be done today; of a goal without fixed days until it is kept."""
    if due.state is not DayState.OPEN:
        return False
    return due.planned or (due.quota is not None and not due.quota.is_met)


def _is_left(reading: Reading, viewer: Viewer) -> bool:
    if reading.plan is None or reading.today is None or reading.plan.terms.starts > viewer.today:
        return False
    left = reading.today.left
    return bool(left.amount or left.verses)
