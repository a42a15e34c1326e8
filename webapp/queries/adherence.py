"""Of many people's due dates of the last days, how many were done: the verdicts of `domain.verdicts`, counted as sets
of dates over a few days, because walking every day of five hundred goals takes longer than a page may."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, String, and_, bindparam, case, cast, func, literal, or_, select

from webapp.domain.days import shifted
from webapp.domain.goals import Kind
from webapp.domain.pauses import Pause, paused_between
from webapp.domain.schedules import Frequency, Schedule, due_between, in_force
from webapp.domain.tracking import DayState, Direction
from webapp.models import Entry, Goal, Grant, Occurrence, PlannedPause, ReviewRound, ReviewSeat, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries.habits import answered

DAYS = 28
FEW = 7
"""Of fewer due dates than these nothing is said but their number."""

ISO = len("2026-03-10")
FAILED, SKIPPED, KEPT = "n", "s", "k"
"""What stands behind a date that is not done: it was said so, skipped, or an amount that stays under its limit so far.
A date that is done stands alone."""


class Tally(NamedTuple):
    """So many due dates were done of so many; what was skipped or paused is left out."""

    done: int = 0
    due: int = 0

    @property
    def is_few(self) -> bool:
        """True while a share of them would say little."""
        return self.due < FEW

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.due) if self.due else 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.done + other.done, self.due + other.due)


@dataclass(frozen=True, slots=True)
class Lived:
    """One live goal of a client's: its row in force, and how its last days went (None when it has no days of its own).

    `last` is the last day something was said of it, as far as the viewer may know.
    """

    row: Any
    tally: Tally | None
    last: date | None


# Statements are built once, here: building one costs more than running it.

_first: BindParameter[date] = bindparam("first")
_month: BindParameter[date] = bindparam("month")
_last: BindParameter[date] = bindparam("last")
_is_young = Goal.created_at > bindparam("young")
_day = cast(Occurrence.local_date, String)
_kept = and_(
    Occurrence.state == DayState.OPEN,
    Goal.direction == Direction.AT_MOST,
    Occurrence.value <= Goal.target,
    Occurrence.local_date >= ScheduleVersion.valid_from,
)
_said = case(
    (Occurrence.state == DayState.DONE, _day),
    (Occurrence.state == DayState.SKIPPED, _day + literal(SKIPPED)),
    (Occurrence.state == DayState.NOT_DONE, _day + literal(FAILED)),
    (_kept, _day + literal(KEPT)),
)
_since = func.coalesce(Grant.from_date, date.min)
# Skips are counted by the month, and a schedule that changed may have counted them: then its whole month is read.
_from = case((or_(ScheduleVersion.skip_budget.is_not(None), ScheduleVersion.valid_from > _month), _month), else_=_first)
_facts = (
    select(func.aggregate_strings(_said, " "))
    .where(
        Occurrence.goal_id == Goal.id,
        Occurrence.deleted_at.is_(None),
        Occurrence.local_date.between(_from, _last),
        Occurrence.local_date >= _since,
    )
    .correlate(Goal, Grant, ScheduleVersion)
    .scalar_subquery()
)
_first_fact = (
    select(func.min(Occurrence.local_date))
    .where(Occurrence.goal_id == Goal.id, answered, Occurrence.local_date >= _since)
    .correlate(Goal, Grant)
    .scalar_subquery()
)
_last_entry = (
    select(func.max(Entry.local_date))
    .where(Entry.goal_id == Goal.id, Entry.local_date.between(_since, _last))
    .correlate(Goal, Grant)
    .scalar_subquery()
)
_now = and_(ScheduleVersion.is_current, Grant.sees_tracking)
_GOALS = (
    select(
        Goal.id,
        Goal.owner_id,
        Goal.created_at,
        ScheduleVersion.is_current,
        ScheduleVersion.skip_budget,
        *SCHEDULE_COLUMNS,
        Grant.from_date,
        Grant.sees_tracking,
        case((_now, _facts)).label("facts"),
        _is_young.label("is_young"),
        case((and_(_now, _is_young), _first_fact)).label("first_fact"),
        case((_now, _last_entry)).label("last"),
    )
    .join_from(Grant, Goal, Goal.owner_id == Grant.client_id)
    .join(ScheduleVersion, ScheduleVersion.goal_id == Goal.id)
    .where(
        Grant.id.in_(bindparam("grants", expanding=True)),
        Grant.sees_goals,
        Goal.kind == Kind.PERSONAL,
        Goal.deleted_at.is_(None),
        Goal.archived_at.is_(None),
    )
)
_my_latest_round = (
    select(ReviewRound.id)
    .join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
    .where(
        ReviewRound.goal_id == Goal.id,
        ReviewSeat.reviewer_id == bindparam("viewer_id"),
        or_(ReviewSeat.removed_at.is_(None), ReviewSeat.decided_at.is_not(None)),
    )
    .order_by(ReviewRound.id.desc())
    .limit(1)
    .correlate(Goal)
    .scalar_subquery()
)
_OPENED = (
    _GOALS.add_columns(
        *(Goal.public_id, Goal.title, Goal.unit, Goal.colour, Goal.position, Goal.lifecycle, Goal.streak_ahead),
        *(Goal.direction, Goal.target, Goal.review_state, Goal.revision),
        *(ReviewRound.state.label("round_state"), ReviewRound.revision.label("round_revision")),
    )
    .outerjoin(ReviewRound, ReviewRound.id == _my_latest_round)
    .order_by(Goal.position, Goal.id)
)
_PAUSES = (
    select(PlannedPause.owner_id, PlannedPause.goal_id, PlannedPause.first, PlannedPause.last)
    .join(Grant, Grant.client_id == PlannedPause.owner_id)
    .where(
        Grant.id.in_(bindparam("grants", expanding=True)),
        PlannedPause.first <= _last,
        or_(PlannedPause.last.is_(None), PlannedPause.last >= _month),
    )
)


def lived(
    session: AnySession, grants: Collection[int], todays: Mapping[int, date], *, opened_for: int | None = None
) -> list[Lived]:
    """Every live private goal that one of these grants shows, with its last 28 days as far as the grant shows them.

    `todays` are the owners' own dates by number. Two statements, however many there are; none without a grant. Opened
    for a therapist, goals come in their owner's order and rows carry what a page shows of them, and of the latest
    round in which this therapist has a place.
    """
    if not grants:
        return []
    first, last = shifted(min(todays.values()), 1 - DAYS), max(todays.values())
    month = first.replace(day=1)
    young = datetime.combine(shifted(month, -1), time.min, UTC)
    values = {"grants": list(grants), "first": first, "month": month, "last": last, "young": young}
    connection = session.connection()
    versions: dict[tuple[int, date | None, bool], list[Any]] = defaultdict(list)
    asked = _GOALS if opened_for is None else _OPENED
    for row in connection.execute(asked, values if opened_for is None else values | {"viewer_id": opened_for}):
        versions[row.id, row.from_date, row.sees_tracking].append(row)
    pauses: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_PAUSES, values):
        pauses[row.owner_id].append(row)
    widest: dict[int, tuple[int, date | None, bool]] = {}
    for seen in versions:
        there = widest.get(seen[0])
        widest[seen[0]] = seen if there is None else min(there, seen, key=_hides)
    found = []
    for goal_id, since, tracks in widest.values():
        rows = versions[goal_id, since, tracks]
        owner = rows[0].owner_id
        of_goal = [Pause(one.first, one.last) for one in pauses[owner] if one.goal_id in (None, goal_id)]
        found.append(_lived(rows, of_goal, since or date.min, todays[owner]))
    return found


def _hides(seen: tuple[int, date | None, bool]) -> tuple[bool, date]:
    """Of two grants that show one goal the one that shows more counts."""
    _goal, since, tracks = seen
    return not tracks, since or date.min


def _lived(rows: Sequence[Any], pauses: list[Pause], since: date, today: date) -> Lived:
    current = next(row for row in rows if row.is_current)
    if not current.sees_tracking:
        return Lived(current, None, None)
    if current.frequency in (Frequency.ONE_TIME, Frequency.QUOTA):
        return Lived(current, None, current.last)
    return Lived(current, _tally(current, rows, pauses, since, today), current.last)


def _tally(current: Any, rows: Sequence[Any], pauses: list[Pause], since: date, today: date) -> Tally:
    first = shifted(today, 1 - DAYS)
    begins = max(first, since, _began(current, rows)) if current.is_young else max(first, since)
    schedules = tuple(map(schedule_of, rows))
    budgets = {row.valid_from: row.skip_budget for row in rows if row.skip_budget is not None}
    due = _due(schedules, max(first.replace(day=1), since) if budgets else begins, today)
    if pauses:
        due -= frozenset(map(str, paused_between(pauses, first.replace(day=1), today)))
    said = frozenset((current.facts or "").split())
    marked = {token[:ISO]: token[ISO:] for token in said if token[ISO:]}
    excused = {day for day, mark in marked.items() if mark == SKIPPED and day in due}
    if budgets:
        excused = _forgiven(excused, schedules, budgets)
        beginning = begins.isoformat()
        due = frozenset(day for day in due if day >= beginning)
        excused &= due
    now = today.isoformat()
    kept = sum(mark == KEPT and day in due and day < now for day, mark in marked.items())
    is_open = now in due and now not in said and marked.get(now, KEPT) == KEPT
    return Tally(len(due & said) + kept, len(due) - len(excused) - is_open)


def _began(current: Any, rows: Iterable[Any]) -> date:
    """The day from which a young goal's days count, as `habits.began` says."""
    made: date = current.created_at.date()
    start = min(row.valid_from for row in rows)
    made = start if start >= shifted(made, -1) else made
    return min(made, current.first_fact or made)


def _forgiven(skipped: Iterable[str], schedules: Sequence[Schedule], budgets: Mapping[date, int]) -> set[str]:
    """Those of the skipped days that their month's budget forgives."""
    seen: dict[str, int] = defaultdict(int)
    forgiven = set()
    for day in sorted(skipped):
        seen[day[:7]] += 1
        version = in_force(schedules, date.fromisoformat(day))
        budget = budgets.get(version.valid_from) if version else None
        if budget is None or seen[day[:7]] <= budget:
            forgiven.add(day)
    return forgiven


@lru_cache(maxsize=2_000)
def _due(schedules: tuple[Schedule, ...], first: date, last: date) -> frozenset[str]:
    """The due dates as ISO 8601, save those a quota counts; the same all day long for who looks again."""
    return frozenset(map(str, due_between(schedules, first, last))) if first <= last else frozenset()
