"""Habits in a line: a letter a day (x done, s skipped, n not done, . nothing), beginning on a Monday."""

from datetime import date, timedelta
from decimal import Decimal

from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency, ScheduleDraft, schedule_from
from webapp.domain.tracking import Day, DayState
from webapp.domain.verdicts import Terms

MONDAY = date(2024, 1, 1)
DONE, NOT_DONE, SKIPPED = Day(DayState.DONE), Day(DayState.NOT_DONE), Day(DayState.SKIPPED)
ANSWERS = {"x": DONE, "s": SKIPPED, "n": NOT_DONE, ".": Day()}


def day(number):
    """Day 1 is the Monday."""
    return MONDAY + timedelta(days=number - 1)


def ticks(marks, first=MONDAY):
    """What was said on each day from the first; a dot is a planned row nobody touched."""
    return {first + timedelta(days=number): ANSWERS[mark] for number, mark in enumerate(marks) if mark != " "}


def amounts(*values):
    """The amounts of each day from the first, None where nothing was measured."""
    return {day(number): Day(value=Decimal(value)) for number, value in enumerate(values, 1) if value is not None}


def version(frequency, start=MONDAY, *, today=None, stored=None, **said):
    """One version of a schedule, valid from `today`, which is the start unless said."""
    return schedule_from(ScheduleDraft(frequency, start=start, **said), today=today or start, stored=stored)


def terms(frequency=Frequency.DAILY, *, aim=None, pauses=(), skip_budget=None, start=MONDAY, **said):
    """Terms with one version of a schedule; `aim` is (direction, target)."""
    direction, target = aim or (None, None)
    amount = None if target is None else Decimal(target)
    return Terms((version(frequency, start, **said),), tuple(pauses), skip_budget, direction, amount)


def times_in(times, length, **more):
    """So many times in the last so many days."""
    return terms(Frequency.QUOTA, times=times, period=QuotaPeriod.ROLLING, length=length, **more)


def times_a(period, times, **more):
    """So many times a calendar week or month."""
    return terms(Frequency.QUOTA, times=times, period=QuotaPeriod(period), **more)
