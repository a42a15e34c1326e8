"""How far the quotas of the running week, month or last days are."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from webapp.domain.days import shifted, week_containing
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.tracking import DayState
from webapp.models import Occurrence
from webapp.models.engine import AnySession
from webapp.models.goals import schedule_of

_DONE_SINCE = select(Occurrence.goal_id, Occurrence.local_date).where(
    Occurrence.goal_id.in_(bindparam("goals", expanding=True)),
    Occurrence.local_date.between(bindparam("first"), bindparam("last")),
    Occurrence.state == DayState.DONE,
    Occurrence.deleted_at.is_(None),
    Occurrence.paused.is_(False),
)


class QuotaCount(NamedTuple):
    """So many done of so many times, in the running week or month or in the last `length` days."""

    done: int
    times: int
    period: QuotaPeriod
    length: int

    @property
    def is_met(self) -> bool:
        return self.done >= self.times


def quota_counts(session: AnySession, rows: Iterable[Any], day: date) -> dict[int, QuotaCount]:
    """What was done of each quota in its week, month or last days, as of the day; by goal. Asks nothing without one."""
    quotas = {row.id: schedule_of(row) for row in rows if row.frequency is Frequency.QUOTA}
    if not quotas:
        return {}
    since = {goal: _counts_since(schedule, day) for goal, schedule in quotas.items()}
    done = Counter(
        row.goal_id
        for row in session.connection().execute(
            _DONE_SINCE, {"goals": list(quotas), "first": min(since.values()), "last": day}
        )
        if row.local_date >= since[row.goal_id]
    )
    return {
        goal: QuotaCount(done[goal], schedule.quota.times, schedule.quota.period, schedule.quota.length)
        for goal, schedule in quotas.items()
        if schedule.quota
    }


def _counts_since(schedule: Schedule, day: date) -> date:
    if schedule.quota and schedule.quota.period is QuotaPeriod.ROLLING:
        return shifted(day, 1 - schedule.quota.length)
    if schedule.quota and schedule.quota.period is QuotaPeriod.MONTH:
        return day.replace(day=1)
    return week_containing(day, schedule.week_start)[0]
