"""The rules' own terms in the viewer's language: schedules, states, directions, colours."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel.dates import get_day_names, get_month_names
from flask_babel import gettext, ngettext, pgettext
from flask_babel import gettext as _

from webapp.domain.patterns import (
    LEAP_YEAR,
    ChosenDays,
    EveryDays,
    EveryWeeks,
    EveryYears,
    MonthDays,
    MonthWeekday,
    Once,
    OwnRule,
    pattern_of,
)
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, Schedule
from webapp.domain.tracking import DayState, Direction
from webapp.web.formats import amount, day, region

COLOUR_NAMES = ("teal", "green", "lime", "amber", "orange", "rose", "pink", "purple", "violet", "blue", "sky", "slate")


Width = Literal["wide", "abbreviated"]


def weekday_name(weekday: int, width: Width = "wide") -> str:
    """Monday (0) to Sunday (6) in the viewer's language; `width` is wide or abbreviated."""
    return _weekday_name(weekday, width, region())


@lru_cache(maxsize=500)
def _weekday_name(weekday: int, width: Width, locale: str) -> str:
    return str(get_day_names(width, locale=locale)[weekday])


def month_name(month: int, width: Width = "wide") -> str:
    return str(get_month_names(width, "stand-alone", locale=region())[month])


def colour_names() -> list[tuple[int, str]]:
    """The twelve goal colours by number."""
    words = {
        "teal": _("teal"),
        "green": _("green"),
        "lime": _("lime"),
        "amber": _("amber"),
        "orange": _("orange"),
        "rose": _("rose"),
        "pink": _("pink"),
        "purple": _("purple"),
        "violet": _("violet"),
        "blue": _("blue"),
        "sky": _("sky"),
        "slate": _("slate"),
    }
    return [(number, words[name]) for number, name in enumerate(COLOUR_NAMES, start=1)]


def frequency_name(frequency: Frequency) -> str:
    names = {
        Frequency.ONE_TIME: _("Once"),
        Frequency.DAILY: _("Daily"),
        Frequency.WEEKLY: _("Weekly"),
        Frequency.BIWEEKLY: _("Every two weeks"),
        Frequency.MONTHLY: _("Monthly"),
        Frequency.YEARLY: _("Yearly"),
        Frequency.CUSTOM: _("Chosen weekdays"),
        Frequency.QUOTA: _("So many times"),
        Frequency.RULE: _("By a rule"),
    }
    return names[frequency]


def schedule_words(schedule: Schedule, where: str | None = None) -> str:
    """A schedule in a few words: "Mon, Wed, Fri", "Monthly on the second Tuesday", "3 times a week".

    `where` is the region whose words they are, for who names many and asks for it once.
    """
    return _schedule_words(schedule, where or region())


@lru_cache(maxsize=5_000)
def _schedule_words(schedule: Schedule, _region: str) -> str:
    """Worded once for each language: pages name the same schedules at every visit."""
    start = schedule.start
    if schedule.dates:
        last = day(schedule.dates[-1])
        return ngettext("On %(last)s", "On %(num)d chosen days up to %(last)s", len(schedule.dates), last=last)
    match pattern_of(schedule):
        case Once():
            return gettext("Once, on %(day)s", day=day(schedule.until or start))
        case EveryDays(every):
            return gettext("Daily") if every == 1 else ngettext("Every day", "Every %(num)d days", every)
        case ChosenDays(days):
            return weekday_list(days)
        case EveryWeeks(every, days):
            return _weekly_words(every, weekday_list(days or (start.weekday(),)))
        case MonthDays(every, days):
            return _month_day_words(every, days or (start.day,))
        case MonthWeekday(every, nth, weekday):
            return _month_weekday_words(every, nth_name(nth), weekday_name(weekday))
        case EveryYears(every, on):
            return _yearly_words(every, day(date(LEAP_YEAR, *(on or (start.month, start.day))), "d MMMM"))
        case Quota() as quota:
            return quota_words(quota)
        case OwnRule(text):
            return gettext("By the rule %(rule)s", rule=text) if text else frequency_name(schedule.frequency)


def _weekly_words(every: int, days: str) -> str:
    if every == 1:
        return gettext("Weekly on %(days)s", days=days)
    if every == 2:
        return gettext("Every two weeks on %(days)s", days=days)
    return ngettext("Every week on %(days)s", "Every %(num)d weeks on %(days)s", every, days=days)


def _month_day_words(every: int, days: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, days))
    if days == (-1,):
        if every == 1:
            return gettext("Monthly on the last day")
        return ngettext("Every month on the last day", "Every %(num)d months on the last day", every)
    if len(days) > 1:
        if every == 1:
            return gettext("Monthly on days %(numbers)s", numbers=listed)
        return ngettext(
            "Every month on days %(numbers)s", "Every %(num)d months on days %(numbers)s", every, numbers=listed
        )
    if every == 1:
        return gettext("Monthly on day %(number)s", number=listed)
    return ngettext("Every month on day %(number)s", "Every %(num)d months on day %(number)s", every, number=listed)


def _month_weekday_words(every: int, nth: str, weekday: str) -> str:
    if every == 1:
        return gettext("Monthly on the %(nth)s %(weekday)s", nth=nth, weekday=weekday)
    return ngettext(
        "Every month on the %(nth)s %(weekday)s",
        "Every %(num)d months on the %(nth)s %(weekday)s",
        every,
        nth=nth,
        weekday=weekday,
    )


def _yearly_words(every: int, on: str) -> str:
    if every == 1:
        return gettext("Yearly on %(day)s", day=on)
    return ngettext("Every year on %(day)s", "Every %(num)d years on %(day)s", every, day=on)


def nth_name(nth: int) -> str:
    """The first (1) to fourth weekday of a month, or its last (−1), as an adjective."""
    names = {
        1: pgettext("weekday of a month", "first"),
        2: pgettext("weekday of a month", "second"),
        3: pgettext("weekday of a month", "third"),
        4: pgettext("weekday of a month", "fourth"),
        -1: pgettext("weekday of a month", "last"),
    }
    return names[nth]


def quota_words(quota: Quota) -> str:
    if quota.period is QuotaPeriod.WEEK:
        return ngettext("Once a week", "%(num)d times a week", quota.times)
    if quota.period is QuotaPeriod.MONTH:
        return ngettext("Once a month", "%(num)d times a month", quota.times)
    return ngettext("%(times)s of any %(num)d day", "%(times)s of any %(num)d days", quota.length, times=quota.times)


def weekday_list(days: tuple[int, ...]) -> str:
    if len(days) == 7:
        return gettext("Daily")
    if days == (0, 1, 2, 3, 4):
        return gettext("Weekdays")
    if days == (5, 6):
        return gettext("Weekends")
    return ", ".join(weekday_name(number, "abbreviated") for number in days)


def target_words(direction: Direction, target: Decimal, unit: str) -> str:
    """What counts as reached: "at least 20 pages"."""
    number = amount(target)
    if direction is Direction.AT_LEAST:
        return gettext("at least %(amount)s %(unit)s", amount=number, unit=unit).strip()
    return gettext("at most %(amount)s %(unit)s", amount=number, unit=unit).strip()


def state_words(state: DayState, local_date: date, today: date) -> str:
    """A day's state in a word; a day that passed without an answer is only "no answer", never a failure."""
    words = {
        DayState.DONE: _("Done"),
        DayState.SKIPPED: _("Skipped"),
        DayState.NOT_DONE: _("Not done"),
    }
    if state in words:
        return words[state]
    return _("No answer") if local_date < today else _("Open")
