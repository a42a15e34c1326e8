"""How far a quota is today and what its weeks and months ask: the one count that every page tells (domain rules §5)."""

from collections.abc import Container
from datetime import date
from typing import NamedTuple

from webapp.domain.days import days_between, shifted
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import in_force
from webapp.domain.streaks import Tally, period_of, rolling, running_period
from webapp.domain.verdicts import Facts, Terms, by_quota


class QuotaCount(NamedTuple):
    """So many done of so many required, in the running week or month or in the last `length` days."""

    done: int
    required: int
    period: QuotaPeriod
    length: int

    @property
    def is_met(self) -> bool:
        return self.done >= self.required


def quota_count(facts: Facts, terms: Terms, today: date) -> QuotaCount | None:
    """Return the count of the quota that counts today, as its streak is judged; None without one.

    None too when all of the week or month is paused or skipped, for then it asks nothing. `facts` are those of
    `counted_between`.
    """
    version = in_force(terms.versions, today)
    if version is None or version.quota is None:
        return None
    if recent := rolling(facts, terms, today):
        return QuotaCount(recent.done, recent.times, version.quota.period, recent.length)
    period = running_period(facts, terms, today)
    if period is None or not period.required:
        return None
    return QuotaCount(period.done, period.required, version.quota.period, version.quota.length)


def counted_between(terms: Terms, today: date) -> tuple[date, date] | None:
    """Return the first and last date whose facts have a part in `quota_count`; None when no quota counts today.

    Skips are forgiven by the month, so those before a week are known too.
    """
    version = in_force(terms.versions, today)
    if version is None or version.quota is None or not by_quota(version, today):
        return None
    if version.quota.period is QuotaPeriod.ROLLING:
        return shifted(today, 1 - version.quota.length), today
    first, last = period_of(version, today)
    return first.replace(day=1), last


def required_in(
    terms: Terms, period: QuotaPeriod, bounds: tuple[date, date], excused: Container[date], shown: date
) -> int:
    """Return how often the quota asks for something in a whole week or month; `excused` days, paused or skipped, leave.

    Where it began anew by the last day shown, after another schedule or with another first day of the week, only what
    came after that counts.
    """
    tally, week_start = Tally(bounds, *bounds), None
    for day in days_between(*bounds):
        version = in_force(terms.versions, day)
        if version is None or version.quota is None or version.quota.period is not period or not by_quota(version, day):
            week_start = None
            continue
        if version.week_start != week_start:
            if day > shown:
                break
            tally, week_start = Tally(bounds, *bounds), version.week_start
        if day not in excused:
            tally = tally._replace(active=tally.active + 1, owed=tally.owed + version.quota.times)
    return tally.required
