"""How far the quotas of the running week, month or last days are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Date, and_, bindparam, cast, null, or_, select, union_all

from webapp.domain.days import shifted
from webapp.domain.pauses import Pause
from webapp.domain.quotas import LONGEST_ROLLING_DAYS
from webapp.domain.running import QuotaCount, counted_between, quota_count
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Day
from webapp.domain.verdicts import Aim, Terms
from webapp.models import Goal, Occurrence, PlannedPause, ScheduleVersion
from webapp.models.engine import AnySession
from webapp.models.goals import SCHEDULE_COLUMNS, schedule_of
from webapp.queries.habits import answered

__all__ = ["QuotaCount", "quota_counts"]

LONGEST_PERIOD = 31

_goals: BindParameter[Sequence[int]] = bindparam("goals", expanding=True)
_first: BindParameter[date] = bindparam("first")
_last: BindParameter[date] = bindparam("last")
_pauses = and_(
    or_(PlannedPause.goal_id.is_(None), PlannedPause.goal_id == Goal.id),
    PlannedPause.first <= _last,
    or_(PlannedPause.last.is_(None), PlannedPause.last >= _first),
)
_known = union_all(
    select(
        *(Occurrence.goal_id, Occurrence.local_date.label("known_on"), cast(null(), Date).label("known_until")),
        *(Occurrence.state, Occurrence.value),
    ).where(Occurrence.goal_id.in_(_goals), answered, Occurrence.local_date.between(_first, _last)),
    select(
        *(Goal.id, PlannedPause.first, PlannedPause.last),
        *(cast(null(), Occurrence.state.type), cast(null(), Occurrence.value.type)),
    )
    .join(PlannedPause, PlannedPause.owner_id == Goal.owner_id)
    .where(Goal.id.in_(_goals), _pauses),
).subquery("known")
"""Facts, and pauses, which have no state."""
_TERMS_AND_FACTS = (
    select(
        *(ScheduleVersion.goal_id, ScheduleVersion.direction, ScheduleVersion.target, ScheduleVersion.skip_budget),
        *SCHEDULE_COLUMNS,
        *(_known.c.known_on, _known.c.known_until, _known.c.state, _known.c.value),
    )
    .outerjoin(_known, _known.c.goal_id == ScheduleVersion.goal_id)
    .where(ScheduleVersion.goal_id.in_(_goals))
    .order_by(ScheduleVersion.valid_from)
)
"""All in one, for a page has no statement to spare; versions are few, so that little is read twice."""


def quota_counts(session: AnySession, rows: Iterable[Any], day: date) -> dict[int, QuotaCount]:
    """How far each quota that counts the day is in its week, month or last days, by goal; asks nothing without one.

    A row carries the goal's `id` and its current schedule.
    """
    spans = {row.id: _reach(row, day) for row in rows if row.frequency is Frequency.QUOTA}
    asked = {goal: span for goal, span in spans.items() if span}
    if not asked:
        return {}
    first, last = min(span[0] for span in asked.values()), max(span[1] for span in asked.values())
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.connection().execute(_TERMS_AND_FACTS, {"goals": list(asked), "first": first, "last": last}):
        found[row.goal_id].append(row)
    counts = {goal: _count(known, day) for goal, known in found.items()}
    return {goal: count for goal, count in counts.items() if count}


def _reach(row: Any, day: date) -> tuple[date, date] | None:
    """The days that may have a part in the count; wide where an earlier version of the schedule ruled."""
    schedule = schedule_of(row)
    if schedule.valid_from <= day:
        return counted_between(Terms((schedule,)), day)
    return shifted(day, -LONGEST_ROLLING_DAYS), shifted(day, LONGEST_PERIOD)


def _count(rows: Sequence[Any], day: date) -> QuotaCount | None:
    """Each version comes with each fact and pause, or with none."""
    versions = {row.valid_from: row for row in rows}
    aims = {since: Aim(row.direction, row.target, row.skip_budget) for since, row in versions.items()}
    known = [row for row in rows if row.valid_from == rows[0].valid_from and row.known_on]
    pauses = tuple(Pause(row.known_on, row.known_until) for row in known if row.state is None)
    facts = {row.known_on: Day(row.state, row.value) for row in known if row.state is not None}
    return quota_count(facts, Terms(tuple(map(schedule_of, versions.values())), pauses, earlier=aims), day)
