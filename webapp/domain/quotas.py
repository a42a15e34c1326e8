"""So many times a period, whichever days they are (domain rules §2)."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.errors import Invalid, Problem

LONGEST_ROLLING_DAYS = 366


class QuotaPeriod(StrEnum):
    """What "n times" is counted in: the calendar week or month, or the last so many days."""

    WEEK = "week"
    MONTH = "month"
    ROLLING = "rolling"


PERIOD_DAYS = {QuotaPeriod.WEEK: 7, QuotaPeriod.MONTH: 30}
MOST_TIMES = {QuotaPeriod.WEEK: 7, QuotaPeriod.MONTH: 31}


@dataclass(frozen=True, slots=True)
class Quota:
    """So many times a period; `length` is its days: 7 for a week, 30 for a month (which varies), its own when rolling.

    Making one that cannot be met raises Invalid.
    """

    times: int
    period: QuotaPeriod
    length: int

    def __post_init__(self) -> None:
        if problems := quota_problems(self.times, self.period, self.length):
            raise Invalid(problems)


def quota_problems(times: int | None, period: QuotaPeriod | None, length: int | None) -> list[Problem]:
    """Return every problem, by field, of a quota as somebody said it."""
    problems = []
    most = MOST_TIMES.get(period, LONGEST_ROLLING_DAYS) if period else LONGEST_ROLLING_DAYS
    if period is None:
        problems.append(Problem("period", "required"))
    if period is QuotaPeriod.ROLLING:
        if length is None:
            problems.append(Problem("length", "required"))
        elif not 1 <= length <= LONGEST_ROLLING_DAYS:
            problems.append(Problem("length", "out_of_range", {"minimum": 1, "maximum": LONGEST_ROLLING_DAYS}))
        else:
            most = length
    if times is None:
        problems.append(Problem("times", "required"))
    elif not 1 <= times <= most:
        problems.append(Problem("times", "out_of_range", {"minimum": 1, "maximum": most}))
    return problems
