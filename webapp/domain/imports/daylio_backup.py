"""Daylio's backup (.daylio): a zip holding backup.daylio, which is base64 of JSON.

Moods point at `customMoods` by id; their group says the level (1 is the best), also for those Daylio brought itself,
whose name is empty and stands for the usual word. Months count from 0, notes are HTML.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from webapp.domain.imports.archive import Archive, refusal
from webapp.domain.imports.brought import Brought, one_line
from webapp.domain.imports.cells import Unusable, shown, within
from webapp.domain.imports.documents import MAX_BYTES, elements, members, read_document, text, whole
from webapp.domain.imports.mood_cells import note_of, text_of_html
from webapp.domain.imports.mood_rows import MOODS_AHEAD, MoodRows
from webapp.domain.imports.report import Report
from webapp.domain.moods import NOON, USUAL_WORDS

BACKUP = "backup.daylio"
MOODS = f"{BACKUP}/customMoods"
TAGS = f"{BACKUP}/tags"
ENTRIES = f"{BACKUP}/dayEntries"
READ = {"customMoods", "dayEntries", "tags"}
# The program's own state, nothing a person wrote.
STATE = {"achievements", "prefs"}
WORDS = {level: word for word, level in USUAL_WORDS.items()}
WIDEST_OFFSET = timedelta(hours=26)
EPOCH = date(1970, 1, 1)


def read_daylio_backup(archive: Archive, today: date, most_rows: int) -> Brought:
    """What the backup brings, of whatever version; raises Invalid when the file as a whole is unusable.

    Goals, photos and everything else that has no place here is named with its number in one problem, "left_out".
    """
    backup = members(read_document(_decoded(archive), BACKUP))
    if not {"customMoods", "dayEntries"}.issubset(backup):
        raise refusal("not_daylio", file=BACKUP)
    report = Report(most_rows)
    moods = MoodRows("daylio", ENTRIES, report)
    labels = _labels(backup, moods, report)
    reasons = _reasons(backup, report)
    for row, entry in enumerate(map(members, elements(backup["dayEntries"])), start=1):
        report.row()
        try:
            local_date = _day(entry, today + MOODS_AHEAD)
            wall = _wall(row, entry, local_date, report)
            moods.add(
                row,
                local_date,
                wall,
                _label(row, entry, labels, moods, report),
                reasons=_named(row, entry, reasons, report),
                note=note_of(text(entry.get("note_title")), text_of_html(text(entry.get("note")))),
                at=_instant(entry, local_date, wall),
            )
        except Unusable as unusable:
            report.unusable(ENTRIES, row, unusable)
    others = [(name, len(elements(value))) for name, value in backup.items() if name not in READ | STATE]
    report.left_out(BACKUP, [*others, ("files", len(archive.names) - 1)])
    return Brought("daylio", (), tuple(report.problems), moods.labels, tuple(moods.moods))


def _decoded(archive: Archive) -> bytes:
    """The JSON, decoded piece by piece so that its base64 is never held as a whole."""
    decoded, rest = bytearray(), b""
    for chunk in archive.chunks(BACKUP):
        rest += b"".join(chunk.split())
        usable = len(rest) // 4 * 4
        try:
            decoded += base64.b64decode(rest[:usable], validate=True)
        except binascii.Error:
            raise refusal("damaged", file=BACKUP) from None
        rest = rest[usable:]
        if len(decoded) > MAX_BYTES:
            raise refusal("too_large", file=BACKUP, most=MAX_BYTES, unpacked=True)
    if rest:
        raise refusal("damaged", file=BACKUP)
    return bytes(decoded)


def _labels(backup: Mapping[str, Any], moods: MoodRows, report: Report) -> dict[int, str]:
    """The names of all moods by their ids, also of those no entry uses."""
    labels: dict[int, str] = {}
    for row, mood in enumerate(map(members, elements(backup["customMoods"])), start=1):
        report.row()
        number, group = whole(mood.get("id")), whole(mood.get("mood_group_id"))
        level = 6 - group if group is not None and 1 <= group <= 5 else None
        name = one_line(text(mood.get("custom_name"))) or (WORDS[level] if level else "")
        if number is None or not name:
            report.say(MOODS, row, "unknown_mood", value=shown(text(mood.get("id"))))
            continue
        if level is None:
            report.say(MOODS, row, "bad_level", value=shown(text(mood.get("mood_group_id"))))
        labels[number] = moods.label(row, name, level)
    return labels


def _reasons(backup: Mapping[str, Any], report: Report) -> dict[int, str]:
    names: dict[int, str] = {}
    for tag in map(members, elements(backup.get("tags"))):
        report.row()
        number = whole(tag.get("id"))
        if number is not None:
            names[number] = text(tag.get("name"))
    return names


def _day(entry: Mapping[str, Any], last_day: date) -> date:
    """The date the phone showed; it is what the person lived, wherever the instant is now."""
    year, month, day = (whole(entry.get(name)) for name in ("year", "month", "day"))
    written = f"{year}-{'?' if month is None else month + 1}-{day}"
    if year is None or month is None or day is None:
        raise Unusable("bad_date", value=shown(written))
    try:
        return within(date(year, month + 1, day), written, last_day)
    except (ValueError, OverflowError):
        raise Unusable("bad_date", value=shown(written)) from None


def _wall(row: int, entry: Mapping[str, Any], local_date: date, report: Report) -> time:
    """The time the phone showed. Entries of Daylio's first years have -1:-1 and only an instant with its offset; where
    that says another date, noon stands for the time, with a problem."""
    hour, minute = whole(entry.get("hour")), whole(entry.get("minute"))
    if hour is not None and minute is not None and 0 <= hour <= 23 and 0 <= minute <= 59:
        return time(hour, minute)
    milliseconds, offset = whole(entry.get("datetime")), whole(entry.get("timeZoneOffset"))
    if milliseconds is not None and offset is not None:
        since = timedelta(milliseconds=milliseconds + offset) - timedelta(days=(local_date - EPOCH).days)
        if timedelta(0) <= since < timedelta(days=1):
            return time(since.seconds // 3600, since.seconds // 60 % 60)
    report.say(ENTRIES, row, "bad_time", value=shown(f"{hour}:{minute}"), used="12:00")
    return NOON


def _instant(entry: Mapping[str, Any], local_date: date, wall: time) -> datetime | None:
    """The instant in UTC; None where there is none, or one that no zone could show as this wall time."""
    milliseconds = whole(entry.get("datetime"))
    shown_as = datetime.combine(local_date, wall, UTC)
    if milliseconds is None:
        return None
    away = timedelta(milliseconds=milliseconds) - (shown_as - datetime(1970, 1, 1, tzinfo=UTC))
    return shown_as + away if abs(away) <= WIDEST_OFFSET else None


def _label(row: int, entry: Mapping[str, Any], labels: Mapping[int, str], moods: MoodRows, report: Report) -> str:
    """The mood's name; one that the backup does not explain is kept under its number, without a level."""
    number = whole(entry.get("mood"))
    if number is None:
        raise Unusable("no_mood")
    if number in labels:
        return labels[number]
    report.say(ENTRIES, row, "unknown_mood", value=str(number))
    return moods.label(row, f"Mood {number}", None)


def _named(row: int, entry: Mapping[str, Any], reasons: Mapping[int, str], report: Report) -> list[str]:
    numbers = [whole(number) for number in elements(entry.get("tags"))]
    if any(number not in reasons for number in numbers):
        report.say(ENTRIES, row, "unknown_reason")
    return [reasons[number] for number in numbers if number is not None and number in reasons]
