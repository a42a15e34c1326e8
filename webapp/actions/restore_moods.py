"""Writing moods of an export: with their reasons and what stood before each edit."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from webapp.actions.restore_plan import identity
from webapp.domain.imports.own_moods import OwnMood, OwnMoodTerms
from webapp.domain.people import Viewer
from webapp.models import Mood, MoodBecause, MoodRevision
from webapp.models.base import table_of
from webapp.models.engine import AnySession


def write_moods(
    session: AnySession,
    viewer: Viewer,
    moods: Sequence[OwnMood],
    labels: Mapping[str, Any],
    reasons: Mapping[str, Any],
) -> None:
    """The viewer has these moods; labels and reasons are rows here by their ids in the file.

    A mood's level is its label's, as always: a label that was here already keeps its own.
    """
    if not moods:
        return
    table = table_of(Mood)
    rows = [_mood(viewer, mood, labels[mood.label]) for mood in moods]
    session.connection().execute(insert(table), rows)
    marks = select(table.c.source_uid, table.c.id).where(table.c.person_id == viewer.id)
    by_mark = {row[0]: row[1] for row in session.execute(marks.where(table.c.source_uid.is_not(None)))}
    numbers = [by_mark[row["source_uid"]] for row in rows]
    because = [
        {"mood_id": number, "reason_id": reason_id}
        for number, mood in zip(numbers, moods, strict=True)
        for reason_id in sorted({reasons[reason].id for reason in mood.reasons})
    ]
    if because:
        session.execute(insert(table_of(MoodBecause)), because)
    revisions = [
        {
            "mood_id": number,
            "number": revision.number,
            "terms": viewer.words.seal("mood_revision.terms", json.dumps(_terms(revision.terms, labels, reasons))),
            "created_at": revision.created_at,
        }
        for number, mood in zip(numbers, moods, strict=True)
        for revision in mood.revisions
    ]
    if revisions:
        session.execute(insert(table_of(MoodRevision)), revisions)


def _mood(viewer: Viewer, mood: OwnMood, label: Any) -> dict[str, Any]:
    return {
        "person_id": viewer.id,
        "local_date": mood.local_date,
        "at": mood.at,
        "recorded_at": mood.recorded_at,
        "zone": mood.zone,
        "label_id": label.id,
        "level": label.level,
        "energy": mood.energy,
        "note": viewer.words.seal("mood.note", mood.note) if mood.note else None,
        "reasons_said": viewer.words.seal("mood.reasons_said", mood.reasons_said) if mood.reasons_said else None,
        "source": mood.source,
        "source_uid": identity(viewer, mood.id),
        "version": mood.version,
        "deleted_at": mood.deleted_at,
    }


def _terms(terms: OwnMoodTerms, labels: Mapping[str, Any], reasons: Mapping[str, Any]) -> dict[str, Any]:
    """As `actions.moods` keeps them, with the words of the palette named as they are here."""
    label = labels.get(terms.label.id)
    return {
        "label": {
            "id": label.public_id if label else terms.label.id,
            "name": terms.label.name,
            "level": terms.label.level,
        },
        "at": terms.at.isoformat(),
        "zone": terms.zone,
        "local_date": terms.local_date.isoformat(),
        "energy": terms.energy,
        "note": terms.note,
        "reasons": [
            {"id": reasons[reason.id].public_id if reason.id in reasons else reason.id, "name": reason.name}
            for reason in terms.reasons
        ],
        **({"reasons_said": terms.reasons_said} if terms.reasons_said else {}),
    }
