"""What a schedule is in the words of an editor: read from a stored one, and turned back into what would be said."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from webapp.domain import recurrence
from webapp.domain.quotas import Quota
from webapp.domain.recurrence import Freq, Rule
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft, days_or_last

NTHS = (1, 2, 3, 4, -1)
"""Which of its weekdays in a month can be named; −1 is the last. A fifth is not in every month."""

LEAP_YEAR, LEAP_DAY = 2024, (2, 29)


@dataclass(frozen=True, slots=True)
class Once:
    """Due on the target, else on the start."""


@dataclass(frozen=True, slots=True)
class EveryDays:
    """Every so many days, counted from the start."""

    every: int = 1


@dataclass(frozen=True, slots=True)
class ChosenDays:
    """On these weekdays of every week (0 = Monday … 6)."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EveryWeeks:
    """Every so many weeks, counted from the start's, on these weekdays; on the start's when there are none."""

    every: int = 1
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Every so many months on these days, −1 the last; on the start's day when there are none.

    A single day after the 28th is the last one of a shorter month.
    """

    every: int = 1
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthWeekday:
    """Every so many months on the n-th of a weekday, −1 the last."""

    every: int
    nth: int
    weekday: int


@dataclass(frozen=True, slots=True)
class EveryYears:
    """Every so many years on a (month, day), or on the start's; 29 February is the 28th in common years."""

    every: int = 1
    on: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class OwnRule:
    """An expert's rule of none of these shapes, as RFC 5545 text."""

    text: str


Pattern: TypeAlias = (
    Once | EveryDays | ChosenDays | EveryWeeks | MonthDays | MonthWeekday | EveryYears | Quota | OwnRule
)


def pattern_of(schedule: Schedule) -> Pattern:
    """Return what the schedule is, whether it was chosen by name or written as a rule."""
    match schedule.frequency:
        case Frequency.ONE_TIME:
            return Once()
        case Frequency.DAILY if not schedule.days:
            return EveryDays()
        case Frequency.DAILY | Frequency.CUSTOM:
            return ChosenDays(schedule.days)
        case Frequency.WEEKLY:
            return EveryWeeks(1, schedule.days)
        case Frequency.BIWEEKLY:
            return EveryWeeks(2, schedule.days)
        case Frequency.MONTHLY:
            return MonthDays()
        case Frequency.YEARLY:
            return EveryYears()
        case Frequency.QUOTA if schedule.quota:
            return schedule.quota
        case Frequency.RULE if schedule.rule:
            return _shape(recurrence.read(schedule.rule).rule, schedule.start) or OwnRule(schedule.rule)
    return OwnRule(schedule.rule or "")


def draft_of(
    pattern: Pattern,
    start: date,
    until: date | None = None,
    *,
    week_start: int = 0,
    stored: Schedule | None = None,
) -> ScheduleDraft:
    """Return what says this pattern; where the stored schedule is this pattern already, it is said again as it is.

    Of several ways to say one thing the one in force is kept, so that saving an editor unchanged changes nothing.
    """
    if stored is not None and pattern_of(replace(stored, start=start)) == pattern:
        return _said_again(stored, start, until)
    draft = ScheduleDraft(Frequency.RULE, start=start, until=until, week_start=week_start)
    match pattern:
        case Once():
            return replace(draft, frequency=Frequency.ONE_TIME)
        case EveryDays(1):
            return replace(draft, frequency=Frequency.DAILY)
        case ChosenDays(days):
            return replace(draft, frequency=Frequency.CUSTOM, days=days)
        case EveryWeeks(1, days):
            return replace(draft, frequency=Frequency.WEEKLY, days=days)
        case EveryWeeks(2, days):
            return replace(draft, frequency=Frequency.BIWEEKLY, days=days)
        case MonthDays(1, ()):
            return replace(draft, frequency=Frequency.MONTHLY)
        case EveryYears(1, None):
            return replace(draft, frequency=Frequency.YEARLY)
        case Quota(times, period, length):
            return replace(draft, frequency=Frequency.QUOTA, times=times, period=period, length=length)
        case OwnRule(text):
            return replace(draft, rule=text)
    return replace(draft, rule=str(_rule(pattern, start, week_start)))


def nth_in_month(day: date) -> int:
    """Return which of its weekday a date is in its month: 1 to 4, or −1 for a fifth."""
    nth = (day.day - 1) // 7 + 1
    return nth if nth in NTHS else -1


def _said_again(stored: Schedule, start: date, until: date | None) -> ScheduleDraft:
    quota = stored.quota
    return ScheduleDraft(
        frequency=stored.frequency,
        days=stored.days,
        start=start,
        until=until,
        times=quota.times if quota else None,
        period=quota.period if quota else None,
        length=quota.length if quota else None,
        rule=stored.rule if stored.frequency is Frequency.RULE else None,
        week_start=stored.week_start,
    )


def _shape(rule: Rule, start: date) -> Pattern | None:
    """Return which of the patterns a rule is, if any. What a rule leaves out it takes from the start."""
    every, weekdays = rule.interval, tuple(weekday for _, weekday in rule.weekdays)
    match rule.freq, rule.months, rule.month_days, rule.weekdays, rule.positions:
        case Freq.DAILY, (), (), (), ():
            return EveryDays(every)
        case Freq.WEEKLY, (), (), (), ():
            return EveryWeeks(every)
        case Freq.DAILY | Freq.WEEKLY, (), (), _, () if every == 1:
            return ChosenDays(weekdays)
        case Freq.WEEKLY, (), (), _, ():
            return EveryWeeks(every, weekdays)
        case Freq.MONTHLY, (), (), (), () if start.day <= 28:
            return MonthDays(every)
        case Freq.MONTHLY, (), days, (), () if _can_be_listed(days):
            return MonthDays(every, days)
        case Freq.MONTHLY, (), days, (), positions if (
            days and days[-1] > 28 and (days, positions) == days_or_last(days[-1])
        ):
            return MonthDays(every, days[-1:])
        case (Freq.MONTHLY, (), (), ((nth, weekday),), ()) | (Freq.MONTHLY, (), (), ((0, weekday),), (nth,)):
            return MonthWeekday(every, nth, weekday) if nth in NTHS else None
        case Freq.YEARLY, (), (), (), () if (start.month, start.day) != LEAP_DAY:
            return EveryYears(every)
        case Freq.YEARLY, (month,), days, (), positions if days and (days, positions) == _in_year(month, days[-1]):
            on = (month, days[-1])
            return EveryYears(every, None if on == (start.month, start.day) else on)
    return None


def _rule(pattern: Pattern, start: date, week_start: int) -> Rule:
    """Return the rule of a pattern that has no name."""
    match pattern:
        case EveryDays(every):
            return Rule(Freq.DAILY, every, week_start)
        case EveryWeeks(every, days):
            return Rule(Freq.WEEKLY, every, week_start, weekdays=tuple((0, day) for day in days))
        case MonthDays(every, ()) if start.day <= 28:
            return Rule(Freq.MONTHLY, every, week_start)
        case MonthDays(every, () | (_,) as days):
            month_days, positions = days_or_last(days[0] if days else start.day)
            return Rule(Freq.MONTHLY, every, week_start, month_days=month_days, positions=positions)
        case MonthDays(every, days):
            return Rule(Freq.MONTHLY, every, week_start, month_days=tuple(sorted(days)))
        case MonthWeekday(every, nth, weekday):
            return Rule(Freq.MONTHLY, every, week_start, weekdays=((nth, weekday),))
        case EveryYears(every, None) if (start.month, start.day) != LEAP_DAY:
            return Rule(Freq.YEARLY, every, week_start)
        case EveryYears(every, on):
            month, day = on or LEAP_DAY
            month_days, positions = _in_year(month, day)
            return Rule(Freq.YEARLY, every, week_start, (month,), month_days, positions=positions)
    raise AssertionError(pattern)


def _can_be_listed(days: tuple[int, ...]) -> bool:
    """True for the last day, for one that every month has, and for several; −1 stands alone."""
    return days == (-1,) or (bool(days) and days[0] > 0 and (len(days) > 1 or days[0] <= 28))


def _in_year(month: int, day: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the month days and positions of a date of the year; nothing when there is no such date."""
    if (month, day) == LEAP_DAY:
        return (28, 29), (-1,)
    exists = 1 <= day <= monthrange(LEAP_YEAR, month)[1]
    return ((day,) if exists else ()), ()
