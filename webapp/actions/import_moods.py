"""Moods that another program kept: each is brought once, under the person's own labels and reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from webapp.actions import palette
from webapp.domain.days import instant_of
from webapp.domain.imports.brought import Brought, BroughtLabel, BroughtMood
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

    One that is `here` has its own level; of the others the person may say which.
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
    here = queries.moods_there(session, viewer)
    uids = [viewer.words.fingerprint(mood.source_uid) for mood in brought.moods]
    dates = [mood.local_date for mood in brought.moods]
    return MoodPreview(
        new=sum(uid not in here for uid in uids),
        there=sum(here.get(uid) is False for uid in uids),
        deleted=sum(here.get(uid) is True for uid in uids),
        first=min(dates, default=None),
        last=max(dates, default=None),
        labels=_labels(session, viewer, brought),
    )


def bring(session: AnySession, viewer: Viewer, brought: Brought, levels: Levels, *, revive: bool) -> MoodResult:
    """The viewer has the file's moods, each once; with `revive` those deleted since an earlier import are back."""
    if not brought.moods:
        return MoodResult()
    here = queries.moods_there(session, viewer)
    keyed = {viewer.words.fingerprint(mood.source_uid): mood for mood in brought.moods}
    new = {uid: mood for uid, mood in keyed.items() if uid not in here}
    deleted = [uid for uid in keyed if here.get(uid)]
    _write(session, viewer, new, _said(brought.labels, levels))
    if revive and deleted:
        _revive(session, viewer, deleted)
    there = len(keyed) - len(new) - len(deleted)
    revived = len(deleted) if revive else 0
    return MoodResult(new=len(new), there=there, revived=revived, left_out=len(deleted) - revived)


def take_back(session: AnySession, viewer: Viewer, at: datetime) -> int:
    """The moods that an import of the viewer's wrote at this instant are deleted; returns how many were there."""
    written = (Mood.person_id == viewer.id, Mood.source == Source.IMPORT, Mood.recorded_at == at)
    gone = update(Mood).where(*written, Mood.deleted_at.is_(None)).values(deleted_at=viewer.now)
    return len(session.execute(gone.returning(Mood.id), execution_options={"synchronize_session": False}).all())


def _labels(session: AnySession, viewer: Viewer, brought: Brought) -> tuple[LabelPreview, ...]:
    known = queries.labels_by_name(session, viewer, [label.name for label in brought.labels])
    counts: dict[str, int] = {}
    for mood in brought.moods:
        counts[mood.label] = counts.get(mood.label, 0) + 1
    return tuple(
        LabelPreview(
            number,
            label.name,
            known.get(label.name, label.level),
            here=label.name in known,
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
    used = {mood.label: levels[mood.label] for mood in new.values()}
    labels = palette.label_ids(session, viewer, used)
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


def _row(viewer: Viewer, uid: str, mood: BroughtMood, label_id: int, level: int | None) -> dict[str, Any]:
    """The clock on the wall says which day was lived; where only that is known, it is the viewer's own zone's."""
    lived = datetime.combine(mood.local_date, mood.wall) - timedelta(hours=viewer.day_start)
    return {
        "person_id": viewer.id,
        "local_date": lived.date(),
        "at": mood.at or instant_of(mood.local_date, mood.wall, viewer.zone),
        "recorded_at": viewer.now,
        "zone": viewer.zone,
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
