"""The rules' own terms in the viewer's language: schedules, states, directions, colours."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel.dates import get_day_names, get_month_names
from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from webapp.domain.schedules import Frequency, Quota, QuotaPeriod, Schedule
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


def schedule_words(schedule: Schedule) -> str:
    """A schedule in a few words: "Mon, Wed, Fri", "Monthly on day 29", "3 times in 7 days"."""
    return _schedule_words(schedule, region())


@lru_cache(maxsize=5_000)
def _schedule_words(schedule: Schedule, _region: str) -> str:
    """Worded once for each language: pages name the same schedules at every visit."""
    match schedule.frequency:
        case Frequency.ONE_TIME:
            return gettext("Once, on %(day)s", day=day(schedule.until or schedule.start))
        case Frequency.QUOTA if schedule.quota:
            return quota_words(schedule.quota)
        case Frequency.DAILY | Frequency.CUSTOM if schedule.days:
            return weekday_list(schedule.days)
        case Frequency.WEEKLY:
            return gettext("Weekly on %(days)s", days=weekday_list(schedule.days or (schedule.start.weekday(),)))
        case Frequency.BIWEEKLY:
            days = weekday_list(schedule.days or (schedule.start.weekday(),))
            return gettext("Every two weeks on %(days)s", days=days)
        case Frequency.MONTHLY:
            return gettext("Monthly on day %(number)s", number=schedule.start.day)
        case Frequency.YEARLY:
            return gettext("Yearly on %(day)s", day=day(schedule.start, "d MMMM"))
        case Frequency.RULE:
            return gettext("By the rule %(rule)s", rule=schedule.rule or "")
    return frequency_name(schedule.frequency)


def quota_words(quota: Quota) -> str:
    if quota.period is QuotaPeriod.WEEK:
        return ngettext("Once a week", "%(num)d times a week", quota.times)
    if quota.period is QuotaPeriod.MONTH:
        return ngettext("Once a month", "%(num)d times a month", quota.times)
    if quota.times == 1:
        return gettext("Once in %(days)s days", days=quota.length)
    return gettext("%(times)s times in %(days)s days", times=quota.times, days=quota.length)


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
