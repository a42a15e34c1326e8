"""When a goal is due: what can be said, the version kept, and its dates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice

from webapp.domain import recurrence
from webapp.domain.days import EARLIEST_DAY, LONGEST_SPAN_DAYS, shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.quotas import PERIOD_DAYS, Quota, QuotaPeriod, quota_problems
from webapp.domain.recurrence import Freq, Rule

OPEN_HORIZON_DAYS = 60
MAXIMUM_DAYS_AHEAD = 3_660
EIGHT_YEARS = 2_922  # days, two leap days included


class Frequency(StrEnum):
    """The names people give to schedules; Rule is an RFC 5545 rule of their own."""

    ONE_TIME = "One Time"
    DAILY = "Daily"
    WEEKLY = "Weekly"
    BIWEEKLY = "Biweekly"
    MONTHLY = "Monthly"
    YEARLY = "Yearly"
    CUSTOM = "Custom"
    QUOTA = "Quota"
    RULE = "Rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One version: due by `rule` or `quota`, or once, within start…until, judged by from `valid_from` on.

    `rule` is canonical RFC 5545 text without an end: COUNT and UNTIL are held as `until`, once. It is None for quotas
    and one-time goals. `days` are kept as said (0 = Monday … 6), also where the frequency ignores them. `dates`, in
    order, are due dates said one by one: then neither rule nor name decides.
    """

    frequency: Frequency
    start: date
    until: date | None = None
    days: tuple[int, ...] = ()
    rule: str | None = None
    quota: Quota | None = None
    week_start: int = 0
    valid_from: date
    dates: tuple[date, ...] = ()

    @property
    def bounded(self) -> bool:
        """True when the planned dates come to an end, so that doing all completes the goal; a quota plans none."""
        return self.frequency is not Frequency.QUOTA and (
            self.frequency is Frequency.ONE_TIME or self.until is not None or bool(self.dates)
        )


@dataclass(frozen=True)
class ScheduleDraft:
    """What an editor or a program says about a schedule.

    `frequency` may be a name in any case or a text beginning "RRULE:". `times`, `period` and `length` describe a quota,
    `length` only a rolling one. `dates` are due dates one by one in place of all that; None says nothing of them, so
    that those which stand are kept as long as nothing else changes.
    """

    frequency: Frequency | str | None
    days: tuple[int, ...] = ()
    start: date | None = None
    until: date | None = None
    times: int | None = None
    period: QuotaPeriod | None = None
    length: int | None = None
    rule: str | None = None
    week_start: int = 0
    dates: tuple[date, ...] | None = None

    def check(self) -> list[Problem]:
        """Return every problem, by field, that can be seen without knowing today."""
        problems = []
        frequency = self.named()
        if frequency is None:
            problems.append(Problem("frequency", "unknown_choice" if self.frequency else "required"))
        if any(day not in range(7) for day in self.days):
            problems.append(Problem("days", "out_of_range", {"minimum": 0, "maximum": 6}))
        if frequency is Frequency.CUSTOM and not self.days:
            problems.append(Problem("days", "required"))
        if self.week_start not in range(7):
            problems.append(Problem("week_start", "out_of_range", {"minimum": 0, "maximum": 6}))
        if self.start and self.start < EARLIEST_DAY:
            problems.append(Problem("start", "too_early", {"earliest": EARLIEST_DAY}))
        if frequency is Frequency.QUOTA:
            problems += quota_problems(self.times, self.period, self.length)
        problems += self._date_problems()
        until = self.until
        if frequency is Frequency.RULE and self.week_start in range(7):
            try:
                until = _earlier(until, self.written().until)
            except Invalid as invalid:
                problems += invalid.problems
        if self.start and until and self.start > until:
            problems.append(Problem("start", "after_target", {"until": until}))
        return problems

    def _date_problems(self) -> list[Problem]:
        """Dates stand within what can be recorded, and not after the target."""
        if not self.dates:
            return []
        if min(self.dates) < EARLIEST_DAY:
            return [Problem("dates", "too_early", {"earliest": EARLIEST_DAY})]
        if self.until and max(self.dates) > self.until:
            return [Problem("dates", "date_after_target", {"until": self.until})]
        return []

    def named(self) -> Frequency | None:
        """Return the frequency meant, or None when it is missing or unknown."""
        word = (self.frequency or "").strip().casefold()
        if word.startswith("rrule:"):
            return Frequency.RULE
        return next((frequency for frequency in Frequency if frequency.casefold() == word), None)

    def written(self) -> recurrence.Written:
        """Return the rule read from `rule` or from an "RRULE:" frequency; raises Invalid."""
        text = self.rule or (self.frequency if str(self.frequency).strip().casefold().startswith("rrule:") else None)
        if not text:
            raise Invalid([Problem("rule", "required")])
        return recurrence.read(text, self.week_start)


def schedule_from(draft: ScheduleDraft, *, today: date, stored: Schedule | None = None) -> Schedule:
    """Return the version valid from today; raises Invalid with every problem.

    An absent start is the stored one, else today. Only a start that was said may be wrong: an implied one after the
    target gives a schedule without dates. Start and target lie at most 3,660 days ahead; a COUNT ends within as many
    days of the start, and a rule has a date within as many days from today.
    """
    problems = draft.check()
    ends = {"start": draft.start, "until": draft.until, "dates": max(draft.dates or (), default=None)}
    frequency = draft.named()
    written = draft.written() if frequency is Frequency.RULE and not _concern(problems, "rule", "week_start") else None
    if written:
        ends["rule"] = written.until
    latest = shifted(today, MAXIMUM_DAYS_AHEAD)
    problems += [_too_far(field) for field, day in ends.items() if day and day > latest]
    if problems or frequency is None:
        raise Invalid(problems)
    start = draft.start or (stored.start if stored else today)
    if draft.dates:
        start = min(start, *draft.dates)
    days = tuple(sorted(set(draft.days)))
    until, week_start, rule = draft.until, draft.week_start, _rule_of(frequency, start, days, draft.week_start)
    if written:
        until, week_start, rule = _earlier(until, _end_of(written, start)), written.rule.week_start, written.rule
        if not any(recurrence.dates(rule, start, today, shifted(max(start, today), MAXIMUM_DAYS_AHEAD))):
            raise Invalid([Problem("rule", "rule_without_dates")])
    quota = None
    if frequency is Frequency.QUOTA and draft.period and draft.times:
        quota = Quota(draft.times, draft.period, PERIOD_DAYS.get(draft.period) or draft.length or 0)
    schedule = Schedule(
        frequency=frequency,
        start=start,
        until=until,
        days=days,
        rule=str(rule) if rule else None,
        quota=quota,
        week_start=week_start,
        valid_from=today,
    )
    return replace(schedule, dates=_dates_of(draft, schedule, stored))


def due_dates(schedule: Schedule, first: date, last: date, *, limit: int = MAXIMUM_DAYS_AHEAD) -> list[date]:
    """Return the dates from `first` to `last` on which this version is due, looking at no more than `limit` days.

    A one-time goal is due on its target, else on its start. A quota has no dates.
    """
    if schedule.dates:
        return [day for day in schedule.dates if first <= day <= min(last, shifted(first, limit - 1))]
    first = max(first, schedule.start)
    last = min(last, schedule.until or last, shifted(first, limit - 1))
    if schedule.frequency is Frequency.ONE_TIME:
        due = schedule.until or schedule.start
        return [due] if first <= due <= last else []
    if schedule.rule is None:
        return []
    return list(recurrence.dates(recurrence.read(schedule.rule).rule, schedule.start, first, last))


def in_force(versions: Sequence[Schedule], day: date) -> Schedule | None:
    """Return the version by which a day is judged: the latest valid by then.

    The first version also speaks for the days before it was written, from its start on; before that there is none.
    """
    valid = [version for version in versions if version.valid_from <= day]
    if valid:
        return max(valid, key=lambda version: version.valid_from)
    earliest = min(versions, key=lambda version: version.valid_from, default=None)
    return earliest if earliest and earliest.start <= day else None


def due_between(versions: Sequence[Schedule], first: date, last: date, *, limit: int = LONGEST_SPAN_DAYS) -> list[date]:
    """Return the due dates from `first` to `last`, each by the version in force that day; looks at `limit` days."""
    last = min(last, shifted(first, limit - 1))
    ordered = sorted(versions, key=lambda version: version.valid_from)
    due: list[date] = []
    for position, version in enumerate(ordered):
        begins = max(first, version.valid_from) if position else first
        ends = min(last, shifted(ordered[position + 1].valid_from, -1)) if position + 1 < len(ordered) else last
        due += due_dates(version, begins, ends, limit=limit)
    return due


def horizon(schedule: Schedule, today: date) -> date:
    """Return the last date for which rows are made: the target, at most 3,660 days ahead; 60 days ahead without one."""
    if not schedule.bounded:
        return shifted(today, OPEN_HORIZON_DAYS)
    last = schedule.dates[-1] if schedule.dates else schedule.until or schedule.start
    return min(last, shifted(today, MAXIMUM_DAYS_AHEAD))


def planned_dates(schedule: Schedule, today: date) -> list[date]:
    """Return the dates that want a row, from today to the horizon: a start in the past makes no rows in the past."""
    return due_dates(schedule, today, horizon(schedule, today), limit=MAXIMUM_DAYS_AHEAD + 1)


def fraction(schedule: Schedule) -> tuple[int, int] | None:
    """Return how often as (times, days) for habit strength (domain §5); None for one-time goals."""
    if schedule.dates:
        return len(schedule.dates), (schedule.dates[-1] - schedule.dates[0]).days + 1
    chosen = len(schedule.days)
    match schedule.frequency:
        case Frequency.ONE_TIME:
            return None
        case Frequency.QUOTA:
            return (schedule.quota.times, schedule.quota.length) if schedule.quota else None
        case Frequency.DAILY if not chosen or chosen == 7:
            return 1, 1
        case Frequency.DAILY | Frequency.WEEKLY | Frequency.CUSTOM:
            return chosen or 1, 7
        case Frequency.BIWEEKLY:
            return chosen or 1, 14
        case Frequency.MONTHLY:
            return 1, 30
        case Frequency.YEARLY:
            return 1, 365
        case Frequency.RULE:
            return _fraction_of_rule(schedule)


def days_or_last(day: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the month days and positions of a rule that mean this day, or the last one of a shorter month."""
    return (tuple(range(28, day + 1)), (-1,)) if day > 28 else ((day,), ())


def _dates_of(draft: ScheduleDraft, schedule: Schedule, stored: Schedule | None) -> tuple[date, ...]:
    """Return the dates said, or those that stand while nothing else of the schedule changes."""
    if draft.dates is not None:
        return tuple(sorted(set(draft.dates)))
    if stored is None or not stored.dates:
        return ()
    return stored.dates if replace(schedule, dates=stored.dates, valid_from=stored.valid_from) == stored else ()


def _rule_of(frequency: Frequency, start: date, days: tuple[int, ...], week_start: int) -> Rule | None:
    """Return the rule a name stands for. From the 29th on, a shorter month or year is due on its last day."""
    weekdays = tuple((0, day) for day in days or (start.weekday(),))
    month_days, positions = days_or_last(start.day)
    match frequency:
        case Frequency.DAILY if not days:
            return Rule(Freq.DAILY, week_start=week_start)
        case Frequency.DAILY | Frequency.CUSTOM | Frequency.WEEKLY:
            return Rule(Freq.WEEKLY, week_start=week_start, weekdays=weekdays)
        case Frequency.BIWEEKLY:
            return Rule(Freq.WEEKLY, interval=2, week_start=week_start, weekdays=weekdays)
        case Frequency.MONTHLY:
            return Rule(Freq.MONTHLY, week_start=week_start, month_days=month_days, positions=positions)
        case Frequency.YEARLY if (start.month, start.day) == (2, 29):
            return Rule(Freq.YEARLY, week_start=week_start, months=(2,), month_days=(28, 29), positions=(-1,))
        case Frequency.YEARLY:
            return Rule(Freq.YEARLY, week_start=week_start, months=(start.month,), month_days=(start.day,))
        case _:
            return None


def _end_of(written: recurrence.Written, start: date) -> date | None:
    if written.count is None:
        return written.until
    found = _dates_from(written.rule, start, MAXIMUM_DAYS_AHEAD)
    last = next(islice(found, written.count - 1, None), None)
    if last is None:
        raise Invalid([_too_far("rule")])
    return last


def _fraction_of_rule(schedule: Schedule) -> tuple[int, int] | None:
    """Return what the rule comes to over eight years, in the shortest usual period that says it within a twentieth."""
    rule = recurrence.read(schedule.rule or "").rule
    found = sum(1 for _ in _dates_from(rule, schedule.start, EIGHT_YEARS))
    if not found:
        return None
    for days in sorted({*(1, 7, 14, 30, 365), *(rule.interval * days for days in (1, 7, 30, 365))}):
        exact = found * days / EIGHT_YEARS
        if round(exact) and abs(round(exact) - exact) <= exact / 20:
            return round(exact), days
    return found, EIGHT_YEARS


def _dates_from(rule: Rule, start: date, days: int) -> Iterator[date]:
    return recurrence.dates(rule, start, start, shifted(start, days - 1))


def _too_far(field: str) -> Problem:
    return Problem(field, "too_far", {"days": MAXIMUM_DAYS_AHEAD})


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _concern(problems: Iterable[Problem], *fields: str) -> bool:
    return any(problem.field in fields for problem in problems)
