"""Palette and moods of our own export."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain.days import shifted, wall_clock
from webapp.domain.imports.own_fields import Fields
from webapp.domain.moods import (
    ENERGIES,
    LEVELS,
    NAME_LENGTH,
    NOTE_LENGTH,
    REASONS_ON_ONE,
    REASONS_SAID_LENGTH,
    WORD_LENGTH,
    tidy,
)
from webapp.domain.text import text_problems
from webapp.domain.tracking import Source

ID_LENGTH = 24
MOST_REVISIONS = 10_000


@dataclass(frozen=True, slots=True)
class OwnLabel:
    """A word of the palette; without a name the usual one of its level, and without both what goes without a word."""

    id: str
    level: int | None
    name: str
    position: int
    hidden_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OwnReason:
    id: str
    name: str
    position: int
    hidden_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptWord:
    """A label or reason as it was once called, so that it can be had back when it is gone."""

    id: str
    name: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class OwnMoodTerms:
    """All that a person said of a mood before an edit."""

    label: KeptWord
    at: datetime
    zone: str
    local_date: date
    energy: int | None
    note: str
    reasons: tuple[KeptWord, ...]
    reasons_said: str


@dataclass(frozen=True, slots=True)
class OwnMoodRevision:
    number: int
    terms: OwnMoodTerms
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OwnMood:
    """One logged feeling; `label` and `reasons` name rows of the file's palette."""

    id: str
    local_date: date
    at: datetime
    recorded_at: datetime
    zone: str
    label: str
    energy: int | None
    note: str
    source: Source
    version: int
    deleted_at: datetime | None
    reasons: tuple[str, ...]
    reasons_said: str
    revisions: tuple[OwnMoodRevision, ...]


def label_of(row: Fields) -> OwnLabel:
    """The label in a row of "mood_labels"."""
    word = _label(row)
    return OwnLabel(word.id, word.level, word.name, *_place(row))


def reason_of(row: Fields) -> OwnReason:
    """The reason in a row of "mood_reasons"."""
    return OwnReason(row.identity(), tidy(row.words("name", NAME_LENGTH)), *_place(row))


def mood_of(row: Fields) -> OwnMood:
    """The mood in a row of "moods": every earlier version is kept, and it was felt on the date it is under."""
    version, source = row.number("version", 1), row.choice("source", Source)
    revisions = tuple(_revision(each, version - 1, source) for each in row.inner("revisions"))
    if sorted(revision.number for revision in revisions) != list(range(1, min(version, MOST_REVISIONS))):
        row.wrong("revisions")
    local_date, at, zone = row.day("local_date"), row.instant("at", ahead=True), row.zone()
    if not _was_lived(source, local_date, at, zone):
        row.wrong("local_date")
    return OwnMood(
        id=row.identity(),
        local_date=local_date,
        at=at,
        recorded_at=row.instant("recorded_at"),
        zone=zone,
        label=row.identity("label"),
        energy=_energy(row),
        note=row.text("note", NOTE_LENGTH),
        source=source,
        version=version,
        deleted_at=row.instant_or_none("deleted_at"),
        reasons=tuple(dict.fromkeys(row.texts("reasons", ID_LENGTH, REASONS_ON_ONE))),
        reasons_said=_said(row),
        revisions=revisions,
    )


def _was_lived(source: Source, local_date: date, at: datetime, zone: str) -> bool:
    """Whether a mood logged here stands on the date the clock showed, or on the one before when days begin late."""
    shown = wall_clock(at, zone).date()
    return source is not Source.PAGE or local_date in (shown, shifted(shown, -1))


def _revision(row: Fields, latest: int, source: Source) -> OwnMoodRevision:
    terms = row.object("terms")
    reasons = tuple(KeptWord(each.identity(), tidy(each.words("name", NAME_LENGTH))) for each in terms.inner("reasons"))
    if len(reasons) > REASONS_ON_ONE:
        row.wrong("terms")
    said = OwnMoodTerms(
        label=_label(terms.object("label")),
        at=terms.instant("at", ahead=True),
        zone=terms.zone(),
        local_date=terms.day("local_date"),
        energy=_energy(terms),
        note=terms.text("note", NOTE_LENGTH),
        reasons=reasons,
        reasons_said=_said(terms),
    )
    if not _was_lived(source, said.local_date, said.at, said.zone):
        row.wrong("terms")
    return OwnMoodRevision(row.number("number", 1, max(1, latest)), said, row.instant("created_at"))


def _label(row: Fields) -> KeptWord:
    level = row.number_or_none("level", min(LEVELS), max(LEVELS))
    return KeptWord(row.identity(), tidy(row.text("name", WORD_LENGTH)), level)


def _said(row: Fields) -> str:
    """What a program sent as reasons: JSON that can be stored and sent again, or nothing."""
    said = row.text("reasons_said", REASONS_SAID_LENGTH)
    if not said:
        return ""
    try:
        plain = json.dumps(json.loads(said), ensure_ascii=False, allow_nan=False)
        if not text_problems("reasons_said", plain, REASONS_SAID_LENGTH):
            return plain
    except (ValueError, RecursionError):
        pass
    row.wrong("reasons_said")
    return ""


def _energy(row: Fields) -> int | None:
    return row.number_or_none("energy", min(ENERGIES), max(ENERGIES))


def _place(row: Fields) -> tuple[int, datetime | None, datetime]:
    return row.number("position"), row.instant_or_none("hidden_at"), row.instant("created_at")
