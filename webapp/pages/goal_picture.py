"""A goal's page as a picture: its numbers, and the charts of one year on one scale of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import clamp_month
from webapp.domain.people import Viewer
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import in_force
from webapp.domain.streaks import Period, Rolling, Streak
from webapp.domain.verdicts import Terms
from webapp.pages import charts, goal_spans
from webapp.pages.charts import CELL, DAY, LEFT, Bars
from webapp.pages.goal_spans import DONE, Chosen, Total
from webapp.pages.year_words import YearWords, mark_words, short_months, year_words
from webapp.queries.goals import Terms as Opened
from webapp.queries.progress import Progress, Span
from webapp.web.formats import amount, day, region
from webapp.web.words import weekday_name

NARROW = 40
"""A month of a span that is less wide than this has no room for its name and figure."""


@dataclass(frozen=True)
class Picture:
    """Ready for `goals/_year.html`: path data, where words stand, and what a pointer reads."""

    heading: str
    tally: str
    years: list[tuple[str, str, bool]]
    width: int
    curve: str
    end: tuple[int, float] | None
    curve_words: str
    heat: dict[str, str]
    month_names: list[tuple[int, str]]
    weekdays: list[tuple[int, str]]
    weeks: Bars
    months: Bars
    month_figures: list[tuple[int, str]]
    most: tuple[str, str]
    data: dict[str, Any]
    words: dict[str, str]
    say: YearWords
    figures: str


def picture_of(viewer: Viewer, goal: Opened, terms: Terms, progress: Progress, asked: Chosen) -> Picture:
    """The charts of the days asked for."""
    span = progress.span
    weeks = list(goal_spans.weeks(span, terms, viewer))
    months = list(goal_spans.months(span, terms, viewer))
    measured = is_measured(goal, span)
    done, due = goal_spans.tally(span, terms, viewer.today)
    year = f"?year={asked.year}" if asked.year else ""
    scores = [score for score in span.scores if score is not None]
    return Picture(
        heading=str(asked.year) if asked.year else _("The last year"),
        tally=_("%(done)s of %(due)s done", done=done, due=due) if due else "",
        years=_years(goal, progress.earliest, asked, viewer.today),
        width=LEFT + asked.weeks * CELL + 2,
        curve=charts.curve(span.scores),
        end=_end_of(span.scores),
        curve_words=_("From %(first)s%% to %(last)s%%.", first=percent(scores[0]), last=percent(scores[-1]))
        if scores
        else "",
        heat=charts.heat_paths(span.marks),
        month_names=_month_names(asked),
        weekdays=[(19 + row * CELL, weekday_name((viewer.week_start + row) % 7, "abbreviated")) for row in (1, 3, 5)],
        weeks=charts.bars(_across(span, total, measured) for total in weeks),
        months=charts.bars(_across(span, total, measured) for total in months),
        month_figures=_month_figures(span, months, measured),
        most=(_most(weeks, measured), _most(months, measured)),
        data=_data(span, goal, measured),
        words=mark_words(),
        say=year_words(),
        figures=f"/goals/{goal.id}/figures{year}",
    )


def standing(viewer: Viewer, goal: Opened, terms: Terms, progress: Progress, asked: Chosen) -> dict[str, Any] | None:
    """The numbers at the head of the page: strength in per cent, and (words, number, its unit, address) of the rest."""
    found = progress.streaks
    if found is None or not progress.has_begun:
        return None
    version = in_force(terms.versions, viewer.today)
    quota = version.quota if version else None
    numbers = _period(goal, quota, progress.period) if quota and progress.period else []
    if quota is None or quota.period is not QuotaPeriod.ROLLING:
        now = found.current.length if found.current else 0
        unit = in_a_row(terms, viewer.today, now) if now else ""
        numbers.append((_("Current streak"), str(now), unit, f"/goals/{goal.id}/streak"))
    if found.best:
        numbers.append((_("Best streak"), str(found.best.length), "", why_address(goal.id, found.best)))
    year = asked.year or viewer.today.year
    within = progress.span.marks[max(0, (date(year, 1, 1) - progress.span.first).days) :]
    done = sum(within.count(mark) for mark in DONE)
    numbers.append((_("Done in %(year)s", year=year), str(done), "", ""))
    numbers.append((_("Done in all"), str(found.total), "", f"/goals/{goal.id}/figures"))
    return {"strength": None if progress.score is None else percent(progress.score), "numbers": numbers}


def streak_rows(goal: Opened, progress: Progress) -> list[dict[str, Any]]:
    """The ten longest streaks, each with its dates, as a share of the longest, and whether it is the current one."""
    if progress.streaks is None or not progress.streaks.longest:
        return []
    most = progress.streaks.longest[0].length
    return [
        {
            "address": why_address(goal.id, one),
            "dates": dates(one.first, one.last),
            "length": one.length,
            "share": charts.share(one.length, most),
            "current": one == progress.streaks.current,
        }
        for one in progress.streaks.longest
    ]


def is_measured(goal: Opened, span: Span) -> bool:
    """Whether bars show amounts: the goal asks for one, or asked for one within the span."""
    return goal.target is not None or any(found is not None for found in span.amounts)


def value_of(total: Total, measured: bool) -> Decimal | int:
    """What a bar shows."""
    return (total.amount or 0) if measured else total.done


def percent(score: int | float) -> int:
    """Ten-thousandths in whole per cent."""
    return round(score / 100)


def dates(first: date, last: date) -> str:
    """One day, or from when to when."""
    return day(first) if first == last else _("%(first)s to %(last)s", first=day(first), last=day(last))


def why_address(goal_id: str, streak: Streak) -> str:
    return f"/goals/{goal_id}/streak?end={streak.last.isoformat()}"


def in_a_row(terms: Terms, today: date, length: int) -> str:
    """What a streak of the schedule in force counts."""
    version = in_force(terms.versions, today)
    if version is not None and version.quota is not None:
        if version.quota.period is QuotaPeriod.WEEK:
            return ngettext("week in a row", "weeks in a row", length)
        return ngettext("month in a row", "months in a row", length)
    return _("in a row")


def _period(goal: Opened, quota: Quota, period: Period | Rolling) -> list[tuple[str, str, str, str]]:
    """How far the quota is; nothing while all of its week or month is paused or skipped, for then it asks nothing."""
    if isinstance(period, Rolling):
        words = ngettext("In the last day", "In the last %(num)d days", period.length)
        return [(words, _("%(done)s of %(due)s", done=period.done, due=period.times), "", f"/goals/{goal.id}/streak")]
    if not period.required:
        return []
    words = _("This week") if quota.period is QuotaPeriod.WEEK else _("This month")
    return [(words, _("%(done)s of %(due)s", done=period.done, due=period.required), "", "")]


def _years(goal: Opened, earliest: date, asked: Chosen, today: date) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is shown) of every span that can be chosen."""
    found = goal_spans.years(earliest, today)
    spans = [(year_words().last_year, f"/goals/{goal.id}#year", asked.year is None)]
    return spans + [(str(year), f"/goals/{goal.id}?year={year}#year", year == asked.year) for year in found]


def _across(span: Span, total: Total, measured: bool) -> tuple[int, int, float, float]:
    """Where a bar stands above its days: (left edge, width, value, aim)."""
    left = DAY * (total.first.toordinal() - span.first.toordinal()) + 1
    width = DAY * (total.last.toordinal() - total.first.toordinal() + 1) - 2
    return left, width, float(value_of(total, measured)), float(total.aim or 0)


def _month_names(asked: Chosen) -> list[tuple[int, str]]:
    """Where each month begins that begins within the weeks shown."""
    names, found = short_months(), []
    first = asked.begins if asked.begins.day == 1 else date(*clamp_month(asked.begins.year, asked.begins.month + 1), 1)
    while (across := (first - asked.begins).days) < asked.weeks * 7 and asked.year in (None, first.year):
        found.append((LEFT + DAY * across, names[first.month - 1]))
        first = date(*clamp_month(first.year, first.month + 1), 1)
    return found


def _month_figures(span: Span, months: Sequence[Total], measured: bool) -> list[tuple[int, str]]:
    """The value of each month, below the beginning of its bar."""
    found = []
    for total in months:
        left, width, _value, _aim = _across(span, total, measured)
        if width >= NARROW:
            found.append((LEFT + left - 1, amount(value_of(total, measured))))
    return found


def _most(totals: Sequence[Total], measured: bool) -> str:
    return amount(max((value_of(total, measured) for total in totals), default=0))


def _end_of(scores: Sequence[int | None]) -> tuple[int, float] | None:
    """Where the curve ends today."""
    for position in range(len(scores) - 1, -1, -1):
        score = scores[position]
        if score is not None:
            return DAY * position, round(charts.CURVE_HEIGHT * (1 - score / charts.SCALE), 1)
    return None


def _data(span: Span, goal: Opened, measured: bool) -> dict[str, Any]:
    """What a script needs to say of each day what the charts draw."""
    amounts = ",".join("" if one is None else f"{one.normalize():f}" for one in span.amounts) if measured else ""
    return {
        "first": span.first.isoformat(),
        "marks": span.marks,
        "amounts": amounts,
        "unit": goal.unit,
        "locale": region().replace("_", "-"),
    }
