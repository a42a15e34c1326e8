"""What was said of a goal, day by day, with notes. A page costs what it shows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from webapp.domain.people import Viewer, Words
from webapp.domain.tracking import Day, DayState, Mode, Source
from webapp.models import Entry, Goal, Occurrence
from webapp.models.engine import AnySession
from webapp.queries.goals import open_grant
from webapp.queries.habits import aim_on

PAGE = 30
ENTRIES = 100
"""More facts of one day than these are not listed."""

# Statements are built once, here: building one costs more than running it.

_answered = or_(Occurrence.state != DayState.OPEN, Occurrence.value.is_not(None), Occurrence.annotated)
_DAYS = (
    select(Occurrence.local_date, Occurrence.state, Occurrence.value, Occurrence.paused, Entry.note)
    .outerjoin(Entry, and_(Entry.id == Occurrence.entry_id, Occurrence.annotated))
    .where(Occurrence.goal_id == bindparam("goal_id"), Occurrence.deleted_at.is_(None))
    .where(or_(Occurrence.local_date <= bindparam("today"), _answered))
    .where(Occurrence.local_date.between(bindparam("since"), bindparam("last")))
    .order_by(Occurrence.local_date.desc())
    .limit(PAGE + 1)
)
_ENTRIES = (
    select(Entry.id, Entry.at, Entry.mode, Entry.state, Entry.value, Entry.note, Entry.source, Entry.supersedes_id)
    .where(Entry.goal_id == bindparam("goal_id"), Entry.local_date == bindparam("day"))
    .order_by(Entry.id.desc())
    .limit(ENTRIES)
)


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees a goal's days: from `since` on, or to the beginning; without `words` no note is opened."""

    words: Words | None
    since: date | None = None

    def reaches(self, day: date) -> bool:
        """True for a day that may be shown."""
        return self.since is None or day >= self.since


class PastDay(NamedTuple):
    """One day of a goal's history; `paused` when nothing was asked of it."""

    local_date: date
    state: DayState
    value: Decimal | None
    note: str
    paused: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the ledger; `replaced` when a later one says the day anew."""

    at: datetime
    mode: Mode
    state: DayState | None
    value: Decimal | None
    note: str
    source: Source
    replaced: bool


def sight_of(session: AnySession, viewer: Viewer, goal: Goal) -> Sight:
    """Owners see everything; a therapist sees days from the grant's first date on and no notes: no scope opens those.

    Raises NotFound for who has no open grant.
    """
    if goal.owner_id == viewer.id:
        return Sight(viewer.words)
    return Sight(None, open_grant(session, viewer, goal).from_date)


def latest_days(
    session: AnySession,
    goal: Goal,
    words: Words | None,
    today: date,
    *,
    before: date | None = None,
    since: date | None = None,
) -> tuple[list[PastDay], bool]:
    """The newest 30 days up to today (or before a date, and from one on) that were due or answered, and whether there
    are more; without `words` no note is opened."""
    last = date.fromordinal(max(1, before.toordinal() - 1)) if before else date.max
    values = {"goal_id": goal.id, "today": today, "since": since or date.min, "last": last}
    rows = session.connection().execute(_DAYS, values).all()
    days = [
        PastDay(
            row.local_date,
            _state_of(goal, row, today),
            row.value,
            words.open("entry.note", row.note) if words and row.note else "",
            row.paused,
        )
        for row in rows[:PAGE]
    ]
    return days, len(rows) > PAGE


def day_of(session: AnySession, goal: Goal, words: Words | None, day: date, today: date) -> PastDay:
    """One date as it stands, also when nothing was ever said of it."""
    values = {"goal_id": goal.id, "today": date.max, "since": day, "last": day}
    row = session.connection().execute(_DAYS, values).one_or_none()
    if row is None:
        return PastDay(day, DayState.OPEN, None, "", paused=False)
    note = words.open("entry.note", row.note) if words and row.note else ""
    return PastDay(day, _state_of(goal, row, today), row.value, note, row.paused)


def entries_of(session: AnySession, goal: Goal, words: Words | None, day: date) -> list[Said]:
    """The latest 100 facts of one day, the newest first; without `words` their notes stay sealed."""
    rows = session.connection().execute(_ENTRIES, {"goal_id": goal.id, "day": day}).all()
    corrected = {row.supersedes_id for row in rows}
    return [
        Said(
            at=row.at,
            mode=row.mode,
            state=row.state,
            value=row.value,
            note=words.open("entry.note", row.note) if words and row.note else "",
            source=row.source,
            replaced=row.id in corrected,
        )
        for row in rows
    ]


def _state_of(goal: Goal, row: Any, today: date) -> DayState:
    """The row's state; an amount under a limit is judged when its day is over, by what was asked then."""
    state: DayState = row.state
    if state is not DayState.OPEN or row.value is None:
        return state
    return aim_on(goal, row.local_date).state(Day(state, row.value), over=row.local_date < today)
