"""Our own export, read back: strictly, as a file that anybody may have written.

The JSON text may come as it is or alone in a zip. Lists and fields that restoring does not know are ignored; everything
else has its type and range, or the whole file is refused with each problem's list, row and field.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from webapp.domain.errors import Invalid
from webapp.domain.imports.archive import FILE_MAGIC, MAX_UNPACKED, open_archive, refusal
from webapp.domain.imports.own_fields import Fields, Findings
from webapp.domain.imports.own_goals import (
    OwnClosing,
    OwnDay,
    OwnEntry,
    OwnGoal,
    OwnPause,
    OwnRevision,
    OwnVersion,
    closing_of,
    complete,
    day_of,
    entry_of,
    goal_of,
    is_personal,
    pause_of,
    revision_of,
    version_of,
)
from webapp.domain.imports.own_moods import OwnLabel, OwnMood, OwnReason, label_of, mood_of, reason_of
from webapp.domain.imports.own_reading import (
    OwnReading,
    OwnReadingGoal,
    OwnWork,
    check_reading,
    reading_goal_of,
    reading_of,
    work_of,
)
from webapp.domain.imports.own_reminding import reminding_of
from webapp.domain.people import Theme
from webapp.domain.reminder_settings import WishesDraft
from webapp.domain.tracking import LARGEST_VALUE, Mode

FORMAT, VERSION = "aimline", 1
MOST_GOALS = 5_000
MOST_OF_GOALS = 20_000
MOST_DAYS = 250_000
MOST_FACTS = 100_000
MOST_WORDS = 2_000
MOST_BRACKETS, MOST_COMMAS = 700_000, 4_000_000
_BEGINS = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"format"\s*:\s*"aimline"')
_COUNTRY = re.compile(r"[A-Z]{2}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z]{2,4})?")
SNIFFED = 200

Read = TypeVar("Read")


@dataclass(frozen=True)
class OwnSettings:
    """How the person's days and pages ran."""

    locale: str
    zone: str
    day_start: int
    week_start: int
    theme: Theme
    country: str | None


@dataclass(frozen=True)
class OwnExport:
    """Everything of an export that can be brought back, in the order it was written down.

    `left_out` counts goals that belong to more than one person, and entries about such.
    """

    person: str
    exported_on: date
    settings: OwnSettings
    goals: tuple[OwnGoal, ...]
    entries: tuple[OwnEntry, ...]
    pauses: tuple[OwnPause, ...]
    labels: tuple[OwnLabel, ...]
    reasons: tuple[OwnReason, ...]
    moods: tuple[OwnMood, ...]
    works: tuple[OwnWork, ...]
    reading_goals: tuple[OwnReadingGoal, ...]
    readings: tuple[OwnReading, ...]
    left_out: int
    reminding: WishesDraft | None = None
    """How the person was reminded; None when they never said."""


def looks_own(data: bytes) -> bool:
    """Whether the file begins as our export does, itself or as the only file of a zip; the rest may still be wrong."""
    if not data.startswith(FILE_MAGIC):
        return _BEGINS.match(data[:SNIFFED]) is not None
    try:
        archive = open_archive(data)
        if len(archive.names) != 1:
            return False
        return _BEGINS.match(next(iter(archive.chunks(archive.names[0])), b"")[:SNIFFED]) is not None
    except Invalid:
        return False


def read_own(data: bytes, today: date) -> OwnExport:
    """What the export holds; `today` is the reader's. Raises Invalid on the field "file" with every problem found."""
    content = _content(data)
    found = Findings(today)
    goals, left_out = _goals(content, found)
    known = {goal.id for goal in goals}
    entries = _of_known(_each(content, found, "entries", MOST_FACTS, entry_of), known)
    pauses = _each(content, found, "pauses", MOST_OF_GOALS, pause_of)
    labels = _each(content, found, "mood_labels", MOST_WORDS, label_of)
    reasons = _each(content, found, "mood_reasons", MOST_WORDS, reason_of)
    moods = _each(content, found, "moods", MOST_FACTS, mood_of)
    person = Fields(found, "person", 1, _object(content, "person"))
    own = OwnExport(
        person=person.identity(),
        exported_on=Fields(found, "export", 1, content).instant("exported_at").date(),
        settings=_settings(person),
        goals=tuple(goals),
        entries=tuple(entry for entry in entries if entry is not None),
        pauses=tuple(pause for pause in pauses if pause.goal is None or pause.goal in known),
        labels=tuple(labels),
        reasons=tuple(reasons),
        moods=tuple(moods),
        works=tuple(_each(content, found, "works", MOST_WORDS, work_of)),
        reading_goals=tuple(_each(content, found, "reading_goals", MOST_OF_GOALS, reading_goal_of)),
        readings=tuple(_each(content, found, "readings", MOST_FACTS, reading_of)),
        left_out=left_out + entries.count(None),
        reminding=next(iter(_each(content, found, "reminder_settings", 1, reminding_of)), None),
    )
    _check_ids(own, found)
    _check_ledger(entries, found)
    _check_moods(own, found)
    check_reading(own.works, own.reading_goals, own.readings, found)
    found.finish()
    return own


def _content(data: bytes) -> Mapping[str, Any]:
    """The JSON object in the file, once it says that it is ours and of a version we know."""
    if data.startswith(FILE_MAGIC):
        archive = open_archive(data)
        if len(archive.names) != 1:
            raise refusal("several_exports" if archive.names else "unknown_format")
        data = archive.read(archive.names[0])
    if len(data) > MAX_UNPACKED:
        raise refusal("too_large", most=MAX_UNPACKED, unpacked=True)
    # Counted before anything is built: fifty megabytes of brackets would become gigabytes of objects.
    if data.count(b"{") + data.count(b"[") > MOST_BRACKETS or data.count(b",") > MOST_COMMAS:
        raise refusal("too_many_rows", rows=MOST_BRACKETS, most=MOST_BRACKETS, or_more=True)
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except RecursionError:
        raise refusal("too_deep") from None
    except ValueError:  # neither text nor JSON, or a number nobody would write
        raise refusal("unknown_format") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise refusal("unknown_format")
    version = content.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise refusal("unknown_version", version=str(version)[:20])
    return content


def _goals(content: Mapping[str, Any], found: Findings) -> tuple[list[OwnGoal], int]:
    """Personal goals in the order in which they were made, with everything of theirs; and how many others there are."""
    rows = list(_rows(content, found, "goals", MOST_GOALS))
    personal = [(goal_of(row), row) for row in rows if is_personal(row)]
    known = {goal.id for goal, _ in personal}
    versions: dict[str, list[OwnVersion]] = defaultdict(list)
    revisions: dict[str, list[OwnRevision]] = defaultdict(list)
    closings: dict[str, list[OwnClosing]] = defaultdict(list)
    days: dict[str, list[OwnDay]] = defaultdict(list)
    _gather(content, found, "schedules", MOST_OF_GOALS, version_of, versions, lambda one: one.schedule.valid_from)
    _gather(content, found, "revisions", MOST_OF_GOALS, revision_of, revisions, lambda one: one.number)
    _gather(content, found, "closings", MOST_OF_GOALS, closing_of, closings, lambda one: one.closed_at)
    _gather(content, found, "occurrences", MOST_DAYS, day_of, days, lambda one: one.local_date)
    whole = {
        goal.id: complete(goal, row, versions[goal.id], revisions[goal.id], closings[goal.id], days[goal.id])
        for goal, row in personal
    }
    for goal, row in personal:
        if goal.id not in known:
            row.wrong("id", "own_duplicate")
        known.discard(goal.id)
    made = [goal for goal in versions if goal in whole]  # schedules come in the order in which their goals were made
    return [whole[goal] for goal in made], len(rows) - len(personal)


def _gather(
    content: Mapping[str, Any],
    found: Findings,
    rows: str,
    most: int,
    read: Callable[[Fields], Read],
    into: dict[str, list[Read]],
    key: Callable[[Read], object],
) -> None:
    """Each row beside its goal; the same key twice for one goal is a problem."""
    seen: set[tuple[str, object]] = set()
    for row in _rows(content, found, rows, most):
        goal, one = row.identity("goal"), read(row)
        if (goal, key(one)) in seen:
            row.wrong("goal", "own_duplicate")
            continue
        seen.add((goal, key(one)))
        into[goal].append(one)


def _of_known(entries: list[OwnEntry], goals: set[str]) -> list[OwnEntry | None]:
    """The entries, None in the place of one that is about a goal which is left out."""
    return [entry if entry.goal in goals else None for entry in entries]


def _settings(person: Fields) -> OwnSettings:
    locale, country = person.words("locale", 12), person.text("country", 2)
    if not _LOCALE.fullmatch(locale):
        person.wrong("locale")
    if country and not _COUNTRY.fullmatch(country):
        person.wrong("country")
    return OwnSettings(
        locale=locale,
        zone=person.zone(),
        day_start=person.number("day_start", 0, 23),
        week_start=person.number("week_start", 0, 6),
        theme=person.choice("theme", Theme),
        country=country or None,
    )


def _check_ids(own: OwnExport, found: Findings) -> None:
    """Within one list every id is there once."""
    lists: dict[str, Sequence[Any]] = {
        "entries": own.entries,
        "pauses": own.pauses,
        "mood_labels": own.labels,
        "mood_reasons": own.reasons,
        "moods": own.moods,
        "works": own.works,
        "reading_goals": own.reading_goals,
        "readings": own.readings,
    }
    for name, things in lists.items():
        seen: set[str] = set()
        for row, thing in enumerate(things, start=1):
            if thing.id in seen:
                found.add(name, row, "id", "own_duplicate")
            seen.add(thing.id)


def _check_ledger(entries: Sequence[OwnEntry | None], found: Findings) -> None:
    """An entry corrects an earlier one of the same goal, and each is corrected once; no day adds up to too much."""
    goal_of_entry: dict[str, str] = {}
    added: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    corrected: set[str] = set()
    for row, entry in enumerate(entries, start=1):
        if entry is None:
            continue
        if entry.supersedes is not None:
            if goal_of_entry.get(entry.supersedes) != entry.goal or entry.supersedes in corrected:
                found.add("entries", row, "supersedes")
            corrected.add(entry.supersedes)
        goal_of_entry[entry.id] = entry.goal
        if entry.mode is Mode.ADD and entry.value is not None:
            added[entry.goal, entry.local_date] += abs(entry.value)
            if added[entry.goal, entry.local_date] > LARGEST_VALUE:
                found.add("entries", row, "value")


def _check_moods(own: OwnExport, found: Findings) -> None:
    """Every mood names a label and reasons of the palette."""
    labels, reasons = {label.id for label in own.labels}, {reason.id for reason in own.reasons}
    for row, mood in enumerate(own.moods, start=1):
        if mood.label not in labels:
            found.add("moods", row, "label")
        if not reasons.issuperset(mood.reasons):
            found.add("moods", row, "reasons")


def _each(
    content: Mapping[str, Any], found: Findings, rows: str, most: int, read: Callable[[Fields], Read]
) -> list[Read]:
    return [read(row) for row in _rows(content, found, rows, most)]


def _rows(content: Mapping[str, Any], found: Findings, rows: str, most: int) -> Iterator[Fields]:
    """The rows of a list; a list that is not there has none."""
    values = content.get(rows, [])
    if not isinstance(values, list):
        found.add(rows, 0, rows)
        return
    if len(values) > most:
        raise refusal("too_many_rows", rows=len(values), most=most, or_more=False, list=rows)
    for row, value in enumerate(values, start=1):
        if isinstance(value, dict):
            yield Fields(found, rows, row, value)
        else:
            found.add(rows, row, rows)


def _object(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def _no_number(_constant: str) -> None:
    raise ValueError
