"""Moods that another program kept: each is brought once, under the person's own labels and reasons."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from webapp.actions import palette
from webapp.domain.days import instant_of, is_zone, wall_clock
from webapp.domain.errors import Invalid, Problem
from webapp.domain.imports.brought import Brought, BroughtLabel, BroughtMood
from webapp.domain.moods import LABELS_PER_PERSON, NAME_LENGTH, REASONS_PER_PERSON
from webapp.domain.people import Viewer
from webapp.domain.tracking import Source
from webapp.models import Mood, MoodBecause
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries import imports as queries

Levels = Mapping[str, int | None]
"""What a person said of the labels of a file: the level each name stands for, None for none."""


@dataclass(frozen=True)
class LabelPreview:
    """A word of the file's palette, by its place in it, and how many moods go by it.

    One that is `here` has its own level; of the others the person may say which. A word of theirs that means another
    level in the file is not the same word.
    """

    number: int
    name: str
    level: int | None
    here: bool
    count: int


@dataclass(frozen=True)
class MoodPreview:
    """What would become of the file's moods: `there` were brought before, `deleted` too, but were deleted since."""

    new: int
    there: int
    deleted: int
    first: date | None
    last: date | None
    labels: tuple[LabelPreview, ...]


@dataclass(frozen=True)
class MoodResult:
    """How many moods were written, were here before, came back, and stay deleted."""

    new: int = 0
    there: int = 0
    revived: int = 0
    left_out: int = 0


def preview(session: AnySession, viewer: Viewer, brought: Brought) -> MoodPreview:
    """What `bring` would do with the moods of the file; nothing is written."""
    found = _plan(session, viewer, brought)
    dates = [mood.local_date for mood in brought.moods]
    _refuse_too_many(session, viewer, brought, found.new.values())
    return MoodPreview(
        new=len(found.new),
        there=found.there,
        deleted=len(found.deleted),
        first=min(dates, default=None),
        last=max(dates, default=None),
        labels=_labels(session, viewer, brought),
    )


def bring(session: AnySession, viewer: Viewer, brought: Brought, levels: Levels, *, revive: bool) -> MoodResult:
    """The viewer has the file's moods, each once; with `revive` those deleted since an earlier import are back."""
    if not brought.moods:
        return MoodResult()
    found = _plan(session, viewer, brought)
    _write(session, viewer, found.new, _said(brought.labels, levels))
    if revive and found.deleted:
        _revive(session, viewer, found.deleted)
    revived = len(found.deleted) if revive else 0
    return MoodResult(len(found.new), found.there, revived, left_out=len(found.deleted) - revived)


def take_back(session: AnySession, viewer: Viewer, at: datetime) -> int:
    """The moods that an import of the viewer's wrote at this instant are deleted, those that were edited since left
    alone; returns how many."""
    written = (Mood.person_id == viewer.id, Mood.source == Source.IMPORT, Mood.recorded_at == at, Mood.version == 1)
    gone = update(Mood).where(*written, Mood.deleted_at.is_(None)).values(deleted_at=viewer.now)
    return len(session.execute(gone.returning(Mood.id), execution_options={"synchronize_session": False}).all())


@dataclass(frozen=True)
class _Plan:
    """The moods to write by their identity, how many are here, and the identities of those deleted since."""

    new: dict[str, BroughtMood]
    there: int
    deleted: list[str]


def _plan(session: AnySession, viewer: Viewer, brought: Brought) -> _Plan:
    """What becomes of each mood of the file. A table of our own names no identities: a mood that stands here at the
    same minute, whatever brought it, is one of the table's."""
    here = queries.moods_there(session, viewer)
    keyed = {viewer.words.fingerprint(mood.source_uid): mood for mood in brought.moods}
    new = {uid: mood for uid, mood in keyed.items() if uid not in here}
    if brought.source == "mood_csv":
        minutes = Counter(map(_minute, queries.moments_of_moods(session, viewer)))
        for uid, mood in list(new.items()):
            minute = _minute(_moment(viewer, mood)[1])
            if minutes[minute] > 0:
                minutes[minute] -= 1
                del new[uid]
    deleted = [uid for uid in keyed if here.get(uid)]
    return _Plan(new, len(keyed) - len(new) - len(deleted), deleted)


def _refuse_too_many(session: AnySession, viewer: Viewer, brought: Brought, new: Iterable[BroughtMood]) -> None:
    """Raises Invalid when the file has more words or reasons than a person can carry beside their own."""
    moods = list(new)
    words, reasons = queries.palette_counts(session, viewer)
    known = queries.labels_by_name(session, viewer, [label.name for label in brought.labels])
    if words + len({mood.label for mood in moods} - known.keys()) > LABELS_PER_PERSON:
        raise Invalid([Problem("file", "too_many_labels", {"most": LABELS_PER_PERSON})])
    named = {viewer.words.fingerprint(name.casefold()) for mood in moods for name in mood.reasons}
    if len(reasons | named) > REASONS_PER_PERSON:
        raise Invalid([Problem("file", "too_many_reasons", {"most": REASONS_PER_PERSON})])


def _labels(session: AnySession, viewer: Viewer, brought: Brought) -> tuple[LabelPreview, ...]:
    known = queries.labels_by_name(session, viewer, [label.name for label in brought.labels])
    counts: dict[str, int] = {}
    for mood in brought.moods:
        counts[mood.label] = counts.get(mood.label, 0) + 1
    return tuple(
        LabelPreview(
            number,
            label.name,
            label.level or known.get(label.name),
            here=known.get(label.name) is not None and label.level in (None, known[label.name]),
            count=counts.get(label.name, 0),
        )
        for number, label in enumerate(brought.labels)
        if counts.get(label.name)
    )


def _said(labels: Iterable[BroughtLabel], levels: Levels) -> dict[str, int | None]:
    """The level of each label of the file: what the person said of it, else what the file says."""
    return {label.name: levels.get(label.name, label.level) for label in labels}


def _write(session: AnySession, viewer: Viewer, new: Mapping[str, BroughtMood], levels: Levels) -> None:
    if not new:
        return
    words = _words(session, viewer, {mood.label for mood in new.values()}, levels)
    by_word = palette.label_ids(session, viewer, dict(words.values()))
    labels = {name: by_word[word] for name, (word, _) in words.items()}
    reasons = palette.reason_ids(session, viewer, {name for mood in new.values() for name in mood.reasons})
    rated = queries.levels_of(session, labels.values())
    rows = [_row(viewer, uid, mood, labels[mood.label], rated[labels[mood.label]]) for uid, mood in new.items()]
    alike = {"render_nulls": True}  # rows with a note and rows without one are one statement
    written = session.execute(insert(Mood).returning(Mood.source_uid, Mood.id), rows, execution_options=alike)
    ids = {row.source_uid: row.id for row in written}
    because = [
        {"mood_id": ids[uid], "reason_id": reason_id}
        for uid, mood in new.items()
        for reason_id in sorted({reasons[name] for name in mood.reasons})
    ]
    if because:
        session.connection().execute(insert(table_of(MoodBecause)), because)


def _words(
    session: AnySession, viewer: Viewer, names: Iterable[str], levels: Levels
) -> dict[str, tuple[str, int | None]]:
    """Each name of the file as a word of the person's, and its level: a word of theirs that means another level gets
    that level behind it, so that no mood changes its level by being brought."""
    known = queries.labels_by_name(session, viewer, names)
    words = {}
    for name in names:
        own, level = known.get(name), levels[name]
        another = own is not None and level is not None and own != level
        words[name] = (f"{name[: NAME_LENGTH - 4]} ({level})" if another else name, level)
    return words


def _moment(viewer: Viewer, mood: BroughtMood) -> tuple[str, datetime]:
    """The zone the mood was felt in and its instant: the file's, or where only the wall clock is known the viewer's."""
    zone = mood.zone or viewer.zone
    wall = datetime.combine(mood.local_date, mood.wall)
    if mood.at is None:
        return zone, instant_of(mood.local_date, mood.wall, zone)
    if wall_clock(mood.at, zone).replace(second=0, microsecond=0) != wall:
        hours = round((wall - mood.at.replace(tzinfo=None)) / timedelta(hours=1))
        ahead = f"Etc/GMT{-hours:+d}"  # where the sign is the wrong way round
        if is_zone(ahead) and wall_clock(mood.at, ahead).replace(second=0, microsecond=0) == wall:
            return ahead, mood.at
    return zone, mood.at


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _row(viewer: Viewer, uid: str, mood: BroughtMood, label_id: int, level: int | None) -> dict[str, Any]:
    """The clock on the wall says which day was lived."""
    lived = datetime.combine(mood.local_date, mood.wall) - timedelta(hours=viewer.day_start)
    zone, at = _moment(viewer, mood)
    return {
        "person_id": viewer.id,
        "local_date": lived.date(),
        "at": at,
        "recorded_at": viewer.now,
        "zone": zone,
        "label_id": label_id,
        "level": level,
        "energy": mood.energy,
        "note": viewer.words.seal("mood.note", mood.note) if mood.note else None,
        "source": Source.IMPORT,
        "source_uid": uid,
    }


def _revive(session: AnySession, viewer: Viewer, uids: Iterable[str]) -> None:
    back = update(Mood).where(Mood.person_id == viewer.id, Mood.source_uid.in_(list(uids))).values(deleted_at=None)
    session.execute(back, execution_options={"synchronize_session": False})
