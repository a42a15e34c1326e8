"""A year of moods in pixels: a row for each month, a cell for each day."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from webapp.domain.days import EARLIEST_DAY, LATEST_DAY, days_between
from webapp.domain.errors import NotFound
from webapp.domain.moods import LEVELS
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.pages import charts
from webapp.pages.charts import CELL, LEFT
from webapp.pages.mood_journal import Asked
from webapp.pages.mood_lines import UNRATED, level_of, month_after
from webapp.pages.year_words import short_months
from webapp.queries import moods
from webapp.queries.moods import DayMood
from webapp.web.formats import region
from webapp.web.mood_words import level_names, mood_words
from webapp.web.words import month_name

TOP = 15
NOTHING, AHEAD = ".", " "


class MonthRow(NamedTuple):
    """One month of the table: its days by the level they came to, the best first, and those without a level."""

    name: str
    address: str
    days: list[int]
    unrated: int
    logged: int


def asked_year(values: Mapping[str, str], today: date) -> int:
    """The year a request names, this one when it names none; raises NotFound for one that cannot be."""
    named = values.get("year", "")
    if not named:
        return today.year
    if not (named.isascii() and named.isdecimal() and EARLIEST_DAY.year <= int(named[:5]) <= LATEST_DAY.year):
        raise NotFound
    return int(named)


def year_of(viewer: Viewer, year: int) -> dict[str, Any]:
    """What the page of a year shows."""
    found = moods.days_of(db.session, viewer, date(year, 1, 1), date(year, 12, 31))
    names = level_names(moods.labels_of(db.session, viewer))
    months = [date(year, number, 1) for number in range(1, 13)]
    marks = [marks_of(month, found, viewer.today) for month in months]
    begun = moods.first_day(db.session, viewer)
    return {
        "year": year,
        "previous": f"/moods/year?year={year - 1}" if begun and begun.year < year else None,
        "following": f"/moods/year?year={year + 1}" if year < viewer.today.year else None,
        "paths": charts.month_paths(marks),
        "names": [(TOP + CELL * row + 10, name) for row, name in enumerate(short_months())],
        "numbers": [(LEFT + CELL * (number - 1) + CELL // 2, number) for number in (1, 5, 10, 15, 20, 25, 31)],
        "width": LEFT + 31 * CELL,
        "height": TOP + 12 * CELL,
        "data": {"year": year, "months": marks, "locale": region().replace("_", "-")},
        "words": {
            **{str(level): name for level, name in names.items()},
            "0": mood_words().unrated,
            NOTHING: mood_words().nothing,
        },
        "level_names": names,
        "months": [month_row(*one) for one in zip(months, marks, strict=True) if one[0] <= viewer.today],
        "unrated": mood_words().unrated if any(str(UNRATED) in month for month in marks) else "",
        "logged": len(found),
    }


def marks_of(month: date, found: Mapping[date, DayMood], today: date) -> str:
    """A sign for each day of the month: its level, 0 without one, a point when nothing was logged, blank ahead."""
    last = date.fromordinal(month_after(month, 1).toordinal() - 1)
    return "".join(mark_of(one, found.get(one), today) for one in days_between(month, last))


def mark_of(day: date, found: DayMood | None, today: date) -> str:
    level = level_of(found)
    return str(level) if level is not None else AHEAD if day > today else NOTHING


def month_row(month: date, marks: str) -> MonthRow:
    """One month in numbers, counted from its signs."""
    counts, unrated = [marks.count(str(level)) for level in LEVELS], marks.count(str(UNRATED))
    return MonthRow(month_name(month.month), Asked(month).address, counts, unrated, sum(counts) + unrated)
