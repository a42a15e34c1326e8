"""Pictures of what was read: a year with a cell for each day, and the Quran with a cell for each chapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import quran
from webapp.domain.days import days_between
from webapp.domain.people import Viewer
from webapp.domain.ranges import Ranges, shared, size
from webapp.domain.reading import Unit
from webapp.extensions import db
from webapp.pages import charts, goal_spans
from webapp.pages.charts import CELL, DAY, LEFT
from webapp.pages.goal_spans import Chosen
from webapp.pages.year_words import short_months, year_words
from webapp.queries import reading_history as queries
from webapp.queries.reading import WorkRow
from webapp.queries.reading_history import DayFigures
from webapp.web.formats import amount, region
from webapp.web.reading_words import amount_words, time_words
from webapp.web.words import month_name, weekday_name

READ, EMPTY, AHEAD = "d", "m", " "
PARTS = "123"
"""Marks of days, as charts draw them: read, nothing read, still ahead; and a part of what the day asked, in thirds."""
MINUTE = 60
WHOLE = 4


class MonthRow(NamedTuple):
    """One month in numbers, in words."""

    name: str
    days: int
    amount: str
    time: str


@dataclass(frozen=True, slots=True)
class Heat:
    """Ready for `reading/_heat.html`: path data, where words stand, what a pointer reads, and the same as a table."""

    year: int | None
    heading: str
    tally: str
    years: list[tuple[str, str, bool]]
    width: int
    paths: dict[str, str]
    month_names: list[tuple[int, str]]
    weekdays: list[tuple[int, str]]
    legend: list[tuple[str, str]]
    data: dict[str, Any]
    words: dict[str, str]
    say_week: str
    months: list[MonthRow]
    has_amounts: bool


class Cell(NamedTuple):
    """A chapter: its number, how much of it was read in quarters, 4 for all of it, and both in words."""

    number: int
    level: int
    name: str
    read: int
    verses: int
    words: str


@dataclass(frozen=True, slots=True)
class ChapterMap:
    """The 114 chapters, and in words how many of them were read."""

    cells: list[Cell]
    tally: str


def heat_of(viewer: Viewer, address: str, asked: Mapping[str, str], work: WorkRow | None = None) -> Heat:
    """The last 53 weeks of a work or of everything, or the year in `asked`, which stands in the query of `address`."""
    shown = goal_spans.chosen(viewer, asked)
    number = work.number if work else None
    days = queries.days_in(db.session, viewer, shown.first, shown.last, number)
    spans = goal_spans.years(queries.first_day(db.session, viewer, number) or viewer.today, viewer.today)
    marks = marks_of(shown, days) if work else marks_of(shown, [replace(one, progress=None) for one in days])
    count = len({one.local_date for one in days})
    named = [("l4", _("Read")), ("l2", _("A part of what the day asked")), ("l0", _("Nothing read"))]
    return Heat(
        year=shown.year,
        heading=str(shown.year) if shown.year else year_words().last_year,
        tally=ngettext("Read on %(num)d day", "Read on %(num)d days", count),
        years=[(year_words().last_year, f"{address}#year", shown.year is None)]
        + [(str(one), f"{address}?year={one}#year", one == shown.year) for one in spans],
        width=LEFT + shown.weeks * CELL + 2,
        paths=charts.heat_paths(marks),
        month_names=_month_names(shown),
        weekdays=[(19 + row * CELL, weekday_name((viewer.week_start + row) % 7, "abbreviated")) for row in (1, 3, 5)],
        legend=named if work else [named[0], named[2]],
        data=_data(shown, marks, days, work),
        words={READ: _("Read"), EMPTY: _("Nothing read"), **dict.fromkeys(PARTS, named[1][1])},
        say_week=_("{number} {unit} that week") if work else year_words().say_week,
        months=_months(days, work),
        has_amounts=work is not None and any(one.filled for one in days),
    )


def marks_of(shown: Chosen, days: Sequence[DayFigures]) -> str:
    """A mark for each day from the first week on; a day of several works looks like the one that went best."""
    found: dict[date, str] = {}
    for one in days:
        found[one.local_date] = max(found.get(one.local_date, ""), mark_of(one.progress))
    return "".join(
        found.get(day, EMPTY if day >= shown.first else AHEAD) for day in days_between(shown.begins, shown.last)
    )


def mark_of(progress: Decimal | None) -> str:
    """How a day looks on which something was read; a day that asked nothing is as full as one that was done."""
    return READ if progress is None or progress >= 1 else PARTS[int(progress * 3)]


def map_of(covered: Ranges) -> ChapterMap:
    """The chapters, of which these verses were read."""
    cells = []
    for chapter in quran.chapters():
        read = size(shared(((chapter.first, chapter.last),), covered))
        words = _("%(read)s of %(verses)s verses", read=amount(read), verses=amount(chapter.verses))
        level = WHOLE if read == chapter.verses else -(-3 * read // chapter.verses)
        named = f"{chapter.number} {chapter.name}: {words}"
        cells.append(Cell(chapter.number, level, chapter.name, read, chapter.verses, named))
    whole = sum(cell.level == WHOLE for cell in cells)
    parts = sum(0 < cell.level < WHOLE for cell in cells)
    said = ngettext("%(num)d chapter read whole", "%(num)d chapters read whole", whole)
    return ChapterMap(cells, _("%(whole)s, %(parts)s in part", whole=said, parts=amount(parts)))


def _month_names(shown: Chosen) -> list[tuple[int, str]]:
    """Where each month begins that begins within the weeks shown."""
    names = short_months()
    starts = [day for day in days_between(shown.begins, shown.last) if day.day == 1 and shown.year in (None, day.year)]
    return [(LEFT + DAY * (day - shown.begins).days, names[day.month - 1]) for day in starts]


def _data(shown: Chosen, marks: str, days: Sequence[DayFigures], work: WorkRow | None) -> dict[str, Any]:
    """What a script needs to say of each day what the picture draws: the work's unit, or minutes where none was read
    by it."""
    data = {"first": shown.begins.isoformat(), "marks": marks, "locale": region().replace("_", "-")}
    if work is None:
        return data | {"amounts": "", "unit": ""}
    filled = any(one.filled for one in days)
    found = {one.local_date: one.filled if filled else Decimal(one.seconds) / MINUTE for one in days}
    values = (found.get(day) for day in days_between(shown.begins, shown.last))
    said = ",".join("" if one is None else f"{round(one, 1).normalize() + 0:f}" for one in values)
    return data | {"amounts": said, "unit": _unit(work.unit) if filled else _("minutes")}


def _unit(unit: Unit) -> str:
    return {Unit.PAGES: _("pages"), Unit.CHAPTERS: _("chapters"), Unit.PARTS: _("parts")}[unit]


def _months(days: Sequence[DayFigures], work: WorkRow | None) -> list[MonthRow]:
    """What each month with any reading comes to, the latest first."""
    found: dict[tuple[int, int], list[DayFigures]] = {}
    for one in days:
        found.setdefault((one.local_date.year, one.local_date.month), []).append(one)
    return [
        MonthRow(
            name=f"{month_name(month)} {year}",
            days=len({one.local_date for one in rows}),
            amount=amount_words(filled, work.unit) if work and (filled := sum(o.filled for o in rows)) else "",
            time=time_words(seconds) if (seconds := sum(one.seconds for one in rows)) else "",
        )
        for (year, month), rows in sorted(found.items(), reverse=True)
    ]
