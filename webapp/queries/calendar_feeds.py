"""Calendar feeds as their person may see them, never the secret; and the due dates that one tells."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from webapp.domain.calendar_feeds import DAYS_AHEAD, DAYS_BACK, PURPOSE, Option, Times, options_of
from webapp.domain.days import shifted
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.models import Goal, Occurrence, Reminder, ScheduleVersion, Token
from webapp.models.engine import AnySession
from webapp.queries.days import due_between
from webapp.queries.visibility import goals_of

LIVE = (Token.purpose == PURPOSE, Token.revoked_at.is_(None))
"""The conditions under which a row is a feed that can be read."""

_TIMES = (
    select(
        Goal.public_id,
        Goal.updated_at,
        Goal.reminds,
        Goal.reminder_date,
        ScheduleVersion.frequency,
        Reminder.wall,
        Reminder.days,
        Reminder.once,
        Occurrence.reminder_date.label("own_date"),
    )
    .join(ScheduleVersion, and_(ScheduleVersion.goal_id == Goal.id, ScheduleVersion.is_current))
    .outerjoin(
        Reminder,
        and_(
            Reminder.goal_id == Goal.id,
            or_(Reminder.once.is_(None), Reminder.once.between(bindparam("first"), bindparam("last"))),
        ),
    )
    .outerjoin(Occurrence, and_(Occurrence.goal_id == Goal.id, Occurrence.local_date == Reminder.once))
    .where(goals_of(bindparam("viewer_id")), Goal.archived_at.is_(None))
    .order_by(Goal.id, Reminder.id)
)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A live feed in the list; `id` is its public id, `prefix` the start of its secret."""

    id: str
    name: str
    options: frozenset[Option]
    prefix: str
    created_at: datetime
    used_at: datetime | None


class DueDate(NamedTuple):
    """One goal on one date on which it is due. `changed_at` is the goal's last edit."""

    goal_id: str
    day: date
    title: str
    state: DayState
    changed_at: datetime
    times: Times


def listed(session: AnySession, viewer: Viewer) -> list[FeedRow]:
    """The viewer's live feeds, the newest first."""
    mine = select(Token).where(Token.person_id == viewer.id, *LIVE)
    return [_row(token) for token in session.scalars(mine.order_by(Token.created_at.desc(), Token.id.desc()))]


def find(session: AnySession, viewer: Viewer, public_id: str) -> Token:
    """The viewer's own feed, live or not; raises NotFound."""
    mine = (Token.public_id == public_id, Token.person_id == viewer.id, Token.purpose == PURPOSE)
    token = session.scalars(select(Token).where(*mine)).one_or_none()
    if token is None:
        raise NotFound
    return token


def shown(session: AnySession, viewer: Viewer, public_id: str) -> FeedRow:
    """The viewer's own live feed as the list shows it; raises NotFound."""
    token = find(session, viewer, public_id)
    if token.revoked_at is not None:
        raise NotFound
    return _row(token)


def due_dates(session: AnySession, viewer: Viewer) -> list[DueDate]:
    """What of the viewer's is due from 30 days ago until 60 days ahead, by date and then in their own order.

    Nothing that is paused, put away or removed, and no goal that may be done on any day.
    """
    first, last = shifted(viewer.today, -DAYS_BACK), shifted(viewer.today, DAYS_AHEAD)
    days = due_between(session, viewer, first, last)
    asked = {"viewer_id": viewer.id, "first": first, "last": last}
    known = _times(session.connection().execute(_TIMES, asked))
    return [
        DueDate(row.goal_id, day, row.title, row.state, *known[row.goal_id])
        for day in sorted(days)
        for row in days[day]
        if row.planned and not row.paused
    ]


def _times(rows: Iterable[Any]) -> dict[str, tuple[datetime, Times]]:
    """By goal its last edit, and when it reminds: never while that is switched off."""
    usual: dict[str, list[tuple[time, int]]] = defaultdict(list)
    own: dict[str, dict[date, tuple[date, time]]] = defaultdict(dict)
    found = {}
    for row in rows:
        goal = row.public_id
        if row.reminds and row.wall is not None:
            if row.once is None:
                usual[goal].append((row.wall, row.days))
            else:
                own[goal][row.once] = (row.own_date or row.once, row.wall)
        found[goal] = row
    return {
        goal: (
            row.updated_at,
            Times(row.frequency is Frequency.ONE_TIME, row.reminder_date, tuple(usual[goal]), own[goal]),
        )
        for goal, row in found.items()
    }


def _row(token: Token) -> FeedRow:
    return FeedRow(
        token.public_id,
        token.name or "",
        options_of(token.scopes),
        token.prefix or "",
        token.created_at,
        token.used_at,
    )
