"""Daylio's files made in memory: the three tables and the backup, from the same entries."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.domain.imports.loop_files import csv_text, zip_of

HEADINGS = "full_date,date,weekday,time,mood,activities,note_title,note"
SCALES = "full_date,date,weekday,time,mood,activities,scales,note_title,note"
OLDEST = "year,date,weekday,time,mood,activities,note"

USUAL = ("rad", "good", "meh", "bad", "awful")


@dataclass(frozen=True)
class Felt:
    """One entry as Daylio holds it; its note is HTML."""

    at: str
    mood: str = "good"
    activities: Sequence[str] = ()
    title: str = ""
    note: str = ""


def daylio_csv(*entries: Felt, clock: str = "%H:%M") -> bytes:
    """The table as Daylio writes it now, newest first as given."""
    rows = []
    for entry in entries:
        at = datetime.fromisoformat(entry.at)
        words = " | ".join(entry.activities)
        date, weekday = at.strftime("%d %B"), at.strftime("%A")
        rows.append((at.date(), date, weekday, at.strftime(clock), entry.mood, words, "", entry.title, entry.note))
    return b"\xef\xbb\xbf" + csv_text([SCALES.split(","), *rows]).encode()


def daylio_backup(*entries: Felt, own_moods: Sequence[tuple[str, int]] = (), **more: object) -> bytes:
    """The backup; `own_moods` are (name, group), `more` takes the place of whole members of the JSON."""
    moods = [{"id": group, "custom_name": "", "mood_group_id": group} for group in range(1, 6)]
    moods += [
        {"id": 5 + at, "custom_name": name, "mood_group_id": group} for at, (name, group) in enumerate(own_moods, 1)
    ]
    ids = {word: at for at, word in enumerate([*USUAL, *(name for name, _ in own_moods)], 1)}
    activities = sorted({activity for entry in entries for activity in entry.activities})
    document = {
        "version": 15,
        "customMoods": moods,
        "tags": [{"id": at, "name": name} for at, name in enumerate(activities)],
        "dayEntries": [entry_of(entry, ids[entry.mood], activities) for entry in entries],
        "achievements": [{"name": "AC_FIRST_ENTRY"}],
        **more,
    }
    return backup_of(json.dumps(document).encode())


def entry_of(entry: Felt, mood: int = 2, activities: Sequence[str] = ()) -> dict[str, object]:
    """One of `dayEntries`; the person lives in Berlin's winter time all year."""
    at = datetime.fromisoformat(entry.at)
    return {
        "minute": at.minute,
        "hour": at.hour,
        "day": at.day,
        "month": at.month - 1,
        "year": at.year,
        "datetime": (int(at.replace(tzinfo=UTC).timestamp()) - 3_600) * 1000,
        "timeZoneOffset": 3_600_000,
        "mood": mood,
        "note": entry.note,
        "note_title": entry.title,
        "tags": [activities.index(activity) for activity in entry.activities],
        "assets": [],
    }


def backup_of(document: bytes, **files: bytes) -> bytes:
    """A zip with this JSON as Daylio packs it, its base64 broken into lines."""
    return zip_of({"backup.daylio": base64.encodebytes(document), **files})
