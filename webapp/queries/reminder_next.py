"""Which of the viewer's reminders comes next, as the planner would find it if nothing changed until then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import Wishes
from webapp.domain.reminders import STALE, About, Channel, Clock
from webapp.domain.schedules import Frequency
from webapp.models import Goal, Reminder, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.queries.reminders import MOST_PAIRS, OF_GOAL, OF_REMINDER, Asked, asked_of, speaking

DAYS_AHEAD = 14
_MOST = 500


@dataclass(frozen=True, slots=True)
class Coming:
    """The reminder that comes next, unless by then there is nothing to say; one that comes `anyway` has always."""

    about: About
    at: datetime
    title: str | None
    goal_id: str | None
    anyway: bool


def next_of(session: AnySession, viewer: Viewer, wishes: Wishes, *, has_push: bool) -> Coming | None:
    """The viewer's reminder that comes next by any channel they want; None when none does in the next two weeks."""
    clock = Clock(viewer.zone, viewer.day_start, wishes.quiet)
    away = frozenset() if has_push else frozenset({Channel.PUSH})
    current = and_(ScheduleVersion.goal_id == Reminder.goal_id, ScheduleVersion.is_current)
    statement = (
        select(*OF_REMINDER, *OF_GOAL)
        .outerjoin(Goal, Goal.id == Reminder.goal_id)
        .outerjoin(ScheduleVersion, current)
        .where(Reminder.person_id == viewer.id, Reminder.next_at.is_not(None))
        .order_by(Reminder.next_at)
        .limit(_MOST)
    )
    rows = [row for row in session.connection().execute(statement) if wishes.on(row.about) - away]
    quotas = [row for row in rows if row.frequency is Frequency.QUOTA]
    planned = [row for row in rows if row.frequency is not Frequency.QUOTA]
    first = _first(session, _batches(planned, clock, viewer, MOST_PAIRS))
    # Each day of what has no fixed days costs a question of its own, so these are asked day by day.
    first = _first(session, _batches(quotas, clock, viewer, 1), first)
    if first is None:
        return None
    at, row = first[0], first[1].row
    title = viewer.words.open("goal.title", row.title) if row.title else None
    return Coming(row.about, at, title, row.public_id, bool(row.remind_anyway))


_Dated = tuple[datetime, Asked]


def _batches(rows: Sequence[Any], clock: Clock, viewer: Viewer, least: int) -> Iterator[list[_Dated]]:
    """What may come, whole days together, the earliest first; at least so many at once while there are."""
    starts = [(row, row.next_day or clock.first_day(row.wall, viewer.now)) for row in rows]
    several: list[_Dated] = []
    for ahead in range(-1, DAYS_AHEAD + 1):
        day = shifted(viewer.today, ahead)
        for row, start in starts:
            if day == start if row.once is not None else day >= start:
                at = clock.ringing(day, row.wall)
                if at > viewer.now - STALE:
                    several.append((max(at, viewer.now), asked_of(row, day)))
        if len(several) >= least:
            yield several
            several = []
    if several:
        yield several


def _first(session: AnySession, batches: Iterator[list[_Dated]], known: _Dated | None = None) -> _Dated | None:
    """The earliest that has something to say, or what is known already where that is no later."""
    for several in batches:
        earlier = [one for one in several if known is None or one[0] < known[0]]
        if not earlier:
            return known
        heard = {id(asked) for asked in speaking(session, [asked for _, asked in earlier])}
        found = min((one for one in earlier if id(one[1]) in heard), key=lambda one: one[0], default=None)
        if found is not None:
            return found
    return known
