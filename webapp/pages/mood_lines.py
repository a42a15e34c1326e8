"""Moods, labels and days as templates show them: faces, lines, and the grid of a month in pixels."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from webapp.domain.days import clamp_month, month_grid
from webapp.domain.moods import reasons_in_short
from webapp.domain.people import Viewer
from webapp.queries.moods import DayMood, Label, LoggedMood
from webapp.web.formats import clock, day
from webapp.web.mood_words import day_mood_words, label_name, mood_words, nearest_level
from webapp.web.words import weekday_name

UNRATED = 0
"""What is drawn for a label, or a day, that has no level."""


class Face(NamedTuple):
    """One label to choose, with the level its face is drawn for."""

    id: str
    name: str
    level: int


class Line(NamedTuple):
    """One mood of a list."""

    id: str
    level: int
    name: str
    time: str
    energy: str
    reasons: list[str]
    note: str
    edit_label: str
    delete_label: str


class Cell(NamedTuple):
    """One day of a month in pixels; without an address it lies ahead."""

    number: int
    level: int | None
    words: str
    address: str
    other: bool
    today: bool
    chosen: bool


def faces(labels: Iterable[Label]) -> list[Face]:
    """Labels as faces, in the order of the palette."""
    return [Face(label.id, label_name(label), label.level or UNRATED) for label in labels]


def line(mood: LoggedMood) -> Line:
    """One mood, ready for the template."""
    words, name, time = mood_words(), label_name(mood.label), clock(mood.wall.time())
    return Line(
        id=mood.id,
        level=mood.label.level or UNRATED,
        name=name,
        time=time,
        energy=words.energies.get(mood.energy or 0, ""),
        reasons=[*(reason.name for reason in mood.reasons), *filter(None, [reasons_in_short(mood.reasons_said)])],
        note=mood.note,
        edit_label=words.edit.format(mood=name, time=time),
        delete_label=words.delete.format(mood=name, time=time),
    )


def by_day(moods: Sequence[LoggedMood]) -> list[tuple[date, list[Line]]]:
    """Moods of the same date together, in the order they come in."""
    return [
        (local_date, [line(one) for one in same]) for local_date, same in groupby(moods, lambda one: one.local_date)
    ]


def month_cells(
    viewer: Viewer, month: date, days: dict[date, DayMood], names: dict[int, str], chosen: date | None
) -> list[list[Cell]]:
    """The weeks that show a month, each day as what it came to."""
    words = mood_words()
    cells = []
    for week in month_grid(month.year, month.month, viewer.week_start):
        row = []
        for one in week:
            ahead = one > viewer.today
            mood = words.ahead if ahead else day_mood_words(days.get(one), names)
            said = words.day % {"day": day(one, "d MMMM"), "mood": mood}
            address = "" if ahead else f"/moods?day={one}#mood-list"
            row.append(
                Cell(
                    number=one.day,
                    level=level_of(days.get(one)),
                    words=said,
                    address=address,
                    other=one.month != month.month,
                    today=one == viewer.today,
                    chosen=one == chosen,
                )
            )
        cells.append(row)
    return cells


def level_of(found: DayMood | None) -> int | None:
    """The level a day is drawn as; UNRATED when it has moods and none of them a level, None without moods."""
    if found is None:
        return None
    return UNRATED if found.mean is None else nearest_level(found.mean)


def weekdays(viewer: Viewer) -> list[tuple[str, str]]:
    """The seven weekdays as the viewer's week begins, in full and short."""
    numbers = [(viewer.week_start + number) % 7 for number in range(7)]
    return [(weekday_name(number), weekday_name(number, "abbreviated")) for number in numbers]


def month_after(month: date, by: int) -> date:
    """The first of the month so many months later."""
    return date(*clamp_month(month.year, month.month + by), 1)
