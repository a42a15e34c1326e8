"""Daylio's CSV export under all three of its headings.

Times are written as the phone shows them, activities joined by " | " with stray spaces, words in the person's
language: only Daylio's English names have a level, every other word is a label whose level the person has to say.
"""

from datetime import date, time

from webapp.domain.imports.brought import Brought, one_line
from webapp.domain.imports.cells import Unusable, day_of
from webapp.domain.imports.mood_cells import day_of_year, note_of, text_of_table, time_of
from webapp.domain.imports.mood_rows import MOODS_AHEAD, MoodRows
from webapp.domain.imports.report import Report
from webapp.domain.imports.tables import Row, Table
from webapp.domain.moods import NOON, USUAL_WORDS

FILE = "daylio.csv"


def is_daylio(table: Table) -> bool:
    """Whether these are Daylio's headings, of any age."""
    return table.has("time", "mood", "activities") and (table.has("full_date") or table.has("year", "date"))


def read_daylio(table: Table, today: date, most_rows: int) -> Brought:
    """What the table brings; raises Invalid when there are more rows than `most_rows`.

    A row without a readable time is kept at noon, since its day is known. Scales have no place here and are counted.
    """
    report = Report(most_rows)
    moods = MoodRows("daylio", FILE, report)
    scales = 0
    for row in table.rows(FILE, report, most_rows):
        scales += bool(row.cell("scales").strip())
        word = row.cell("mood")
        try:
            local_date = _day(row, today + MOODS_AHEAD)
            label = moods.label(row.number, word, USUAL_WORDS.get(one_line(word).casefold()))
        except Unusable as unusable:
            report.unusable(FILE, row.number, unusable)
            continue
        moods.add(
            row.number,
            local_date,
            _wall(row, report),
            label,
            reasons=row.cell("activities").split("|"),
            note=note_of(row.cell("note_title"), text_of_table(row.cell("note"))),
        )
    report.left_out(FILE, [("scales", scales)])
    return Brought("daylio", (), tuple(report.problems), moods.labels, tuple(moods.moods))


def _day(row: Row, last_day: date) -> date:
    if "full_date" in row.cells:
        return day_of(row.cell("full_date"), last_day)
    return day_of_year(row.cell("year"), row.cell("date"), last_day)


def _wall(row: Row, report: Report) -> time:
    try:
        return time_of(row.cell("time"))
    except Unusable as unusable:
        report.say(FILE, row.number, unusable.code, **unusable.params, used="12:00")
        return NOON
