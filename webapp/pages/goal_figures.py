"""The tables behind a goal's charts: the same days, weeks, months and streaks, in words and numbers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _

from webapp.domain.days import shifted
from webapp.domain.months import Mark
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_picture, goal_spans
from webapp.pages.goal_overview import progress_of
from webapp.pages.goal_spans import Total
from webapp.pages.year_words import mark_words
from webapp.queries import habits, history
from webapp.queries.goals import Terms as Opened
from webapp.queries.progress import Span
from webapp.web.formats import amount, day
from webapp.web.words import month_name


class DayLine(NamedTuple):
    """One day of the table, with its strength in per cent."""

    address: str
    day: str
    words: str
    amount: str
    strength: str


def figures(viewer: Viewer, goal: Goal, opened: Opened, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything the charts of a span draw, the newest first."""
    sight = history.sight_of(db.session, viewer, goal)
    terms = habits.terms_of(db.session, goal)
    shown = goal_spans.chosen(viewer, asked)
    found = progress_of(viewer, goal, terms, sight, shown.first, shown)
    span = found.span.begun_on(shown.begins)
    measured = goal_picture.is_measured(opened, span)
    weeks = list(goal_spans.weeks(span, terms, viewer))
    months = list(goal_spans.months(span, terms, viewer))
    done, due = goal_spans.tally(span, terms, viewer.today)
    return {
        "heading": str(shown.year) if shown.year else _("The last year"),
        "tally": _("%(done)s of %(due)s done", done=done, due=due) if due else "",
        "years": goal_spans.years(found.earliest, viewer.today),
        "year": shown.year,
        "measured": measured,
        "has_scores": any(score is not None for score in span.scores),
        "streaks": goal_picture.streak_rows(opened, found),
        "months": [(f"{month_name(one.first.month)} {one.first.year}", *_figures(one)) for one in reversed(months)],
        "weeks": [(goal_picture.dates(one.first, one.last), *_figures(one)) for one in reversed(weeks)],
        "days": _by_month(span, f"/goals/{opened.id}/days/"),
    }


def _figures(total: Total) -> tuple[str, str, str]:
    """What was done, the amount, and what was aimed at."""
    return str(total.done), amount(total.amount), amount(total.aim)


def _by_month(span: Span, address: str) -> list[tuple[str, list[DayLine]]]:
    """The days of each month, the newest first, under its name: a whole year in one table is too long to read."""
    words = mark_words()
    months: dict[str, list[DayLine]] = {}
    for position in range(len(span.marks) - 1, -1, -1):
        if span.marks[position] == Mark.BEFORE:
            continue
        one = shifted(span.first, position)
        score, value = span.scores[position], span.amounts[position]
        strength = "" if score is None else str(goal_picture.percent(score))
        line = DayLine(address + one.isoformat(), day(one), words[span.marks[position]], amount(value), strength)
        months.setdefault(f"{month_name(one.month)} {one.year}", []).append(line)
    return list(months.items())
