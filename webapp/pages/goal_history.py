"""A goal's history as its page shows it: numbers, the heat map of a year, and the latest days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from webapp.domain.days import days_between, week_containing
from webapp.domain.people import Viewer, Words
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.models import Goal
from webapp.queries import history
from webapp.queries.goals import Terms, open_grant
from webapp.queries.history import PastDay, YearDay
from webapp.web.formats import amount, day
from webapp.web.words import month_name, state_words, weekday_name

WEEKS = 53


@dataclass(frozen=True)
class History:
    """Ready for the template: `weeks`, `months` and `weekdays` are what the heat map takes."""

    done: int
    due: int
    weeks: list[list[tuple[int, int, str]]]
    months: list[tuple[int, str]]
    weekdays: list[tuple[int, str]]
    by_month: list[tuple[str, int, int]]
    rows: list[dict[str, Any]]
    older: str | None
    here: str
    measured: bool


def of(viewer: Viewer, goal: Goal, terms: Terms, asked: Mapping[str, str]) -> History:
    """The last 53 weeks and one page of days; `asked["before"]` pages back.

    A therapist sees days from the grant's first date on, and no notes: no scope opens those.
    """
    first = week_containing(viewer.today - timedelta(weeks=WEEKS - 1), viewer.week_start)[0]
    words: Words | None = viewer.words
    since: date | None = None
    if goal.owner_id != viewer.id:
        words, since = None, open_grant(db.session, viewer, goal).from_date
    year = history.year_of(db.session, goal, max(first, since or first), viewer.today, viewer.today)
    latest, more = history.latest_days(db.session, goal, words, viewer.today, before=_before(asked), since=since)
    weeks, months = _heat(year, first, viewer, terms)
    counted = [one for one in year.values() if _counts(one, viewer)]
    return History(
        done=sum(one.state is DayState.DONE for one in counted),
        due=len(counted),
        weeks=weeks,
        months=months,
        weekdays=[(row, weekday_name((viewer.week_start + row) % 7, "abbreviated")) for row in (0, 2, 4)],
        by_month=_by_month(counted),
        rows=[_line(one, viewer, terms) for one in latest],
        older=latest[-1].local_date.isoformat() if more else None,
        here=f"/goals/{terms.id}?before={before}" if (before := _before(asked)) else f"/goals/{terms.id}",
        measured=terms.target is not None or any(one.value is not None for one in latest),
    )


def _counts(one: YearDay, viewer: Viewer) -> bool:
    """Skipped days are left out, and today until it has an answer."""
    still_open = one.state is DayState.OPEN and one.local_date >= viewer.today
    return one.due and one.state is not DayState.SKIPPED and not still_open


def _heat(year: dict[date, YearDay], first: date, viewer: Viewer, terms: Terms) -> tuple[Any, list[tuple[int, str]]]:
    weeks: list[list[tuple[int, int, str]]] = []
    months: list[tuple[int, str]] = []
    said = _("%(day)s: %(state)s")
    for position, one in enumerate(days_between(first, viewer.today)):
        if position % 7 == 0:
            weeks.append([])
        if one.day == 1 and position >= 7:
            months.append((len(weeks) - 1, month_name(one.month, "abbreviated")))
        known = year.get(one)
        if known is None:
            continue
        words = state_words(known.state, one, viewer.today)
        if known.value is not None:
            words = f"{amount(known.value)} {terms.unit}".strip()
        weeks[-1].append((position % 7, _level(known, terms), said % {"day": day(one), "state": words}))
    return weeks, months


def _level(one: YearDay, terms: Terms) -> int:
    """0 for nothing done, 4 for done; an amount begun lies between."""
    if one.state is DayState.DONE:
        return 4
    if one.state is DayState.OPEN and one.value and terms.target:
        return max(1, min(3, int(4 * one.value / terms.target)))
    return 0


def _by_month(days: list[YearDay]) -> list[tuple[str, int, int]]:
    months: dict[tuple[int, int], list[YearDay]] = {}
    for one in sorted(days, key=lambda one: one.local_date):
        months.setdefault((one.local_date.year, one.local_date.month), []).append(one)
    return [
        (f"{month_name(month)} {year}", sum(one.state is DayState.DONE for one in ones), len(ones))
        for (year, month), ones in months.items()
    ]


def _line(one: PastDay, viewer: Viewer, terms: Terms) -> dict[str, Any]:
    iso = one.local_date.isoformat()
    begun = one.state is DayState.OPEN and bool(one.value)
    this_year = one.local_date.year == viewer.today.year
    return {
        "id": iso,
        "day": day(one.local_date, "EEE d MMM" if this_year else "EEE d MMM y"),
        "address": f"/goals/{terms.id}/days/{iso}",
        "state": "partial" if begun else one.state.value,
        "words": _("Partly") if begun else state_words(one.state, one.local_date, viewer.today),
        "amount": amount(one.value),
        "note": one.note,
    }


def _before(asked: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(asked.get("before", ""))
    except ValueError:
        return None
