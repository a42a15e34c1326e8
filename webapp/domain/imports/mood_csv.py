"""Our own moods.csv: date, time, zone, mood, level, energy, reasons joined by " | ", note."""

from datetime import date

from webapp.domain.days import instant_of, is_zone
from webapp.domain.imports.brought import Brought
from webapp.domain.imports.cells import Unusable, day_of, shown
from webapp.domain.imports.mood_cells import time_of
from webapp.domain.imports.mood_rows import MOODS_AHEAD, MoodRows
from webapp.domain.imports.report import Report
from webapp.domain.imports.tables import Row, Table
from webapp.domain.spreadsheets import without_mark

FILE = "moods.csv"


def is_moods(table: Table) -> bool:
    """Whether these are the headings of our own moods."""
    return table.has("date", "time", "mood", "level")


def read_moods(table: Table, today: date, most_rows: int) -> Brought:
    """What the table brings; raises Invalid when there are more rows than `most_rows`.

    Date and time are taken as what the clock showed in the row's zone; without a zone the instant stays open.
    """
    report = Report(most_rows)
    moods = MoodRows("mood_csv", FILE, report)
    for row in table.rows(FILE, report, most_rows):
        try:
            zone = _zone(row, report)
            local_date, wall = day_of(row.cell("date"), today + MOODS_AHEAD), time_of(row.cell("time"))
            moods.add(
                row.number,
                local_date,
                wall,
                moods.label(row.number, without_mark(row.cell("mood")), _scale(row, "level", report)),
                reasons=without_mark(row.cell("reasons")).split(" | "),
                note=without_mark(row.cell("note")),
                at=instant_of(local_date, wall, zone) if zone else None,
                energy=_scale(row, "energy", report),
                zone=zone,
            )
        except Unusable as unusable:
            report.unusable(FILE, row.number, unusable)
    return Brought("mood_csv", (), tuple(report.problems), moods.labels, tuple(moods.moods))


def _scale(row: Row, heading: str, report: Report) -> int | None:
    """The number from 1 to 5; None, with a problem, where there is another."""
    written = row.cell(heading).strip()
    if written in {"1", "2", "3", "4", "5"}:
        return int(written)
    if written:
        report.say(FILE, row.number, f"bad_{heading}", value=shown(written))
    return None


def _zone(row: Row, report: Report) -> str | None:
    zone = row.cell("zone").strip()
    if zone and not is_zone(zone):
        report.say(FILE, row.number, "unknown_zone", value=shown(zone))
        return None
    return zone or None
