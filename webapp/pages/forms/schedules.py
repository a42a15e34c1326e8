"""When a goal is due, as fields: one choice, and the few fields that this choice needs."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget, NumberInput

from webapp.domain.errors import Problem
from webapp.domain.patterns import (
    NTHS,
    ChosenDays,
    EveryDays,
    EveryWeeks,
    EveryYears,
    MonthDays,
    MonthWeekday,
    Once,
    OwnRule,
    Pattern,
    draft_of,
    nth_in_month,
    pattern_of,
)
from webapp.domain.people import Viewer
from webapp.domain.quotas import PERIOD_DAYS, Quota, QuotaPeriod, quota_problems
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft
from webapp.pages.forms.base import Form, one_line
from webapp.web.words import nth_name, weekday_name


class Often(StrEnum):
    """What can be chosen in the editor; a name means the same as in the rules."""

    ONCE = Frequency.ONE_TIME.value
    DAILY = Frequency.DAILY.value
    CHOSEN = Frequency.CUSTOM.value
    WEEKLY = Frequency.WEEKLY.value
    MONTHLY = Frequency.MONTHLY.value
    YEARLY = Frequency.YEARLY.value
    DAYS = "Days"
    WEEKS = "Weeks"
    QUOTA = Frequency.QUOTA.value
    RULE = Frequency.RULE.value


BY_DAY, BY_WEEKDAY = "day", "weekday"
NEEDED = {
    Often.CHOSEN: {"days"},
    Often.WEEKLY: {"days"},
    Often.WEEKS: {"days", "every_weeks"},
    Often.DAYS: {"every_days"},
    Often.MONTHLY: {"every_months", "monthly", "month_day", "nth", "weekday"},
    Often.YEARLY: {"every_years"},
    Often.QUOTA: {"times", "period", "length"},
    Often.RULE: {"rule"},
}
PARTS = set().union(*NEEDED.values())
LAST_DAY = "-1"
MONTH_DAYS = ("", *map(str, range(1, 32)), LAST_DAY)
RANGES = {"every_weeks": (2, 52), "every_days": (2, 366), "every_months": (1, 60), "every_years": (1, 10)}
"""Rarer ones are an expert's rule."""


class WeekdaysField(SelectMultipleField):
    widget = ListWidget()
    option_widget = CheckboxInput()


class CountField(IntegerField):
    """A whole number; None when empty."""

    widget = NumberInput()
    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        if not (text.removeprefix("-").isdecimal() and len(text) < 10):
            raise ValueError(_("Please write a whole number."))
        self.data = int(text)


class ScheduleForm(Form):
    """The part of the goal editor that says when; `stored` is the schedule in force while a goal is edited."""

    frequency = RadioField(_l("How often"), default=Often.DAILY.value, validate_choice=False)
    days = WeekdaysField(_l("On these days"), coerce=int, validate_choice=False)
    every_weeks = CountField(_l("Every how many weeks"), default=2)
    every_days = CountField(_l("Every how many days"), default=2)
    every_months = CountField(_l("Every how many months"), default=1)
    every_years = CountField(_l("Every how many years"), default=1)
    monthly = RadioField(_l("In the month"), default=BY_DAY, validate_choice=False)
    month_day = SelectField(_l("On which day"), default="", validate_choice=False)
    nth = SelectField(_l("On the"), coerce=int, validate_choice=False)
    weekday = SelectField(_l("Weekday"), coerce=int, validate_choice=False)
    times = CountField(_l("How many times"), default=3)
    period = RadioField(_l("In"), default=QuotaPeriod.WEEK.value, validate_choice=False)
    length = CountField(_l("How many days"), default=7)
    rule = StringField(_l("Rule"), [one_line])
    start = DateField(_l("Starts"), [Optional()])
    until = DateField(_l("Target date"), [Optional()])

    def __init__(self, viewer: Viewer, stored: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.viewer, self.stored = viewer, stored
        self.frequency.choices = often_names()
        week = [(viewer.week_start + offset) % 7 for offset in range(7)]
        self.days.choices = [(number, weekday_name(number, "abbreviated")) for number in week]
        self.monthly.choices = [(BY_DAY, _("By day")), (BY_WEEKDAY, _("By weekday"))]
        named = {"": _("the day of the start"), LAST_DAY: _("the last day")}
        self.month_day.choices = [(number, named.get(number, number)) for number in MONTH_DAYS]
        self.nth.choices = [(nth, nth_name(nth)) for nth in NTHS]
        self.weekday.choices = [(number, weekday_name(number)) for number in week]
        periods = {
            QuotaPeriod.WEEK: _("a week"),
            QuotaPeriod.MONTH: _("a month"),
            QuotaPeriod.ROLLING: _("any days in a row"),
        }
        self.period.choices = [(period.value, words) for period, words in periods.items()]

    def read(self) -> list[Problem]:
        """Read what was typed; what stands in a field that the choice does not need is nobody's problem."""
        problems = super().read()
        idle = PARTS - NEEDED.get(self.frequency.data, set())
        for name in idle:
            self[name].errors = []
        return [problem for problem in problems if problem.field not in idle] + self.schedule_problems()

    def schedule_problems(self) -> list[Problem]:
        """What is wrong with the fields of the choice, where the rules know no such field."""
        problems = []
        needed = {name for name in NEEDED.get(self.frequency.data, set()) if not self[name].process_errors}
        for name in needed & RANGES.keys():
            least, most = RANGES[name]
            number = self[name].data
            if number is None and least > 1:
                problems.append(Problem(name, "required"))
            elif number is not None and not least <= number <= most:
                problems.append(Problem(name, "out_of_range", {"minimum": least, "maximum": most}))
        for name in needed & {"month_day", "nth", "weekday"}:
            known = {value for value, _words in self[name].choices}
            if self[name].raw_data and self[name].data not in known:
                problems.append(Problem(name, "unknown_choice"))
        if "days" in needed and not set(self.days.data or ()) <= set(range(7)):
            problems.append(Problem("days", "unknown_choice"))
        return problems

    def schedule_draft(self) -> ScheduleDraft:
        """When the goal is to be due; a schedule that says the same already is kept as it was said."""
        start = self.start.data or (self.stored.start if self.stored else self.viewer.today)
        pattern = self._pattern(start)
        if pattern is None:
            draft = self._unfinished()
        else:
            draft = draft_of(pattern, start, week_start=self.viewer.week_start, stored=self.stored)
        return replace(draft, start=self.start.data, until=self.until.data)

    def _pattern(self, start: date) -> Pattern | None:
        """What the fields come to; None when the rules have to say what is wrong with them."""
        days = self._weekdays()
        match self.frequency.data:
            case Often.ONCE:
                return Once()
            case Often.DAILY:
                return EveryDays()
            case Often.CHOSEN if days:
                return ChosenDays(days)
            case Often.WEEKLY:
                return EveryWeeks(1, days)
            case Often.WEEKS:
                return EveryWeeks(self.every_weeks.data or 2, days)
            case Often.DAYS:
                return EveryDays(self.every_days.data or 2)
            case Often.MONTHLY if self.monthly.data == BY_WEEKDAY:
                nth = self.nth.data if self.nth.data in NTHS else nth_in_month(start)
                weekday = self.weekday.data if self.weekday.data in range(7) else start.weekday()
                return MonthWeekday(self.every_months.data or 1, nth, weekday)
            case Often.MONTHLY:
                said = self.month_day.data if self.month_day.data in MONTH_DAYS else ""
                return MonthDays(self.every_months.data or 1, (int(said),) if said else ())
            case Often.YEARLY:
                return EveryYears(self.every_years.data or 1)
            case Often.QUOTA:
                return self._quota()
            case Often.RULE if self.rule.data:
                return OwnRule(self.rule.data)
        return None

    def _weekdays(self) -> tuple[int, ...]:
        """The days chosen that there are; any other is a problem of its own."""
        return tuple(sorted(set(self.days.data or ()) & set(range(7))))

    def _quota(self) -> Quota | None:
        said = self._unfinished()
        if said.times is None or said.period is None or quota_problems(said.times, said.period, said.length):
            return None
        return Quota(said.times, said.period, PERIOD_DAYS.get(said.period) or said.length or 0)

    def _unfinished(self) -> ScheduleDraft:
        """The fields as they are, for the rules to judge."""
        periods = {period.value: period for period in QuotaPeriod}
        return ScheduleDraft(
            frequency=self.frequency.data,
            days=self._weekdays(),
            times=self.times.data,
            period=periods.get(self.period.data),
            length=self.length.data,
            rule=self.rule.data,
            week_start=self.viewer.week_start,
        )


def often_names() -> list[tuple[str, str]]:
    """The choices of "how often", from what most people want to what few do."""
    names = {
        Often.ONCE: _("Once"),
        Often.DAILY: _("Daily"),
        Often.CHOSEN: _("Chosen weekdays"),
        Often.WEEKLY: _("Weekly"),
        Often.MONTHLY: _("Monthly"),
        Often.YEARLY: _("Yearly"),
        Often.DAYS: _("Every few days"),
        Often.WEEKS: _("Every few weeks"),
        Often.QUOTA: _("So many times"),
        Often.RULE: _("By a rule"),
    }
    return [(often.value, words) for often, words in names.items()]


def fields_of(schedule: Schedule) -> dict[str, Any]:
    """The fields as they stand when the editor opens on a schedule; what they cannot say stands as a rule."""
    start = schedule.start
    fields = {"start": start, "until": schedule.until, "nth": nth_in_month(start), "weekday": start.weekday()}
    said = _fields(pattern_of(schedule))
    ranges = [(said[name], *RANGES[name]) for name in said.keys() & RANGES.keys()]
    if not said or any(not least <= number <= most for number, least, most in ranges):
        said = {"frequency": Often.RULE, "rule": schedule.rule or ""}
    return fields | said


def _fields(pattern: Pattern) -> dict[str, Any]:
    match pattern:
        case Once():
            return {"frequency": Often.ONCE}
        case EveryDays(1):
            return {"frequency": Often.DAILY}
        case EveryDays(every):
            return {"frequency": Often.DAYS, "every_days": every}
        case ChosenDays(days):
            return {"frequency": Often.CHOSEN, "days": list(days)}
        case EveryWeeks(1, days):
            return {"frequency": Often.WEEKLY, "days": list(days)}
        case EveryWeeks(every, days):
            return {"frequency": Often.WEEKS, "every_weeks": every, "days": list(days)}
        case MonthDays(every, () | (_,) as days):
            day = str(days[0]) if days else ""
            return {"frequency": Often.MONTHLY, "every_months": every, "monthly": BY_DAY, "month_day": day}
        case MonthWeekday(every, nth, weekday):
            named = {"nth": nth, "weekday": weekday}
            return {"frequency": Often.MONTHLY, "every_months": every, "monthly": BY_WEEKDAY, **named}
        case EveryYears(every, None):
            return {"frequency": Often.YEARLY, "every_years": every}
        case Quota(times, period, length):
            counted = {"length": length} if period is QuotaPeriod.ROLLING else {}
            return {"frequency": Often.QUOTA, "times": times, "period": period.value, **counted}
    return {}
