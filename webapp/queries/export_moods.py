"""A person's palette and moods with their history, for the export."""

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import select

from webapp.domain.people import Viewer
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason, MoodRevision
from webapp.models.engine import AnySession
from webapp.queries.export_rows import Row, opened, rows_of


def labels(session: AnySession, viewer: Viewer) -> list[Row]:
    """Without a name a label goes by the usual word of its level."""
    names = ("level", "name", "position", "hidden_at", "created_at")
    columns = [MoodLabel.public_id.label("id"), *(getattr(MoodLabel, name) for name in names)]
    statement = select(*columns).where(MoodLabel.owner_id == viewer.id).order_by(MoodLabel.position, MoodLabel.id)
    return opened(viewer, rows_of(session, statement), "mood_label", "name")


def reasons(session: AnySession, viewer: Viewer) -> list[Row]:
    names = ("name", "position", "hidden_at", "created_at")
    columns = [MoodReason.public_id.label("id"), *(getattr(MoodReason, name) for name in names)]
    statement = select(*columns).where(MoodReason.owner_id == viewer.id).order_by(MoodReason.position, MoodReason.id)
    return opened(viewer, rows_of(session, statement), "mood_reason", "name")


def moods(session: AnySession, viewer: Viewer) -> list[Row]:
    """Deleted ones too; `label` and `reasons` name rows of the palette, `revisions` what stood before each edit."""
    names = ("local_date", "at", "recorded_at", "zone", "level", "energy", "note", "reasons_said", "source")
    columns = [Mood.public_id.label("id"), MoodLabel.public_id.label("label"), *(getattr(Mood, name) for name in names)]
    columns += [Mood.source_uid, Mood.version, Mood.deleted_at]
    statement = select(*columns).join(MoodLabel, MoodLabel.id == Mood.label_id)
    rows = rows_of(session, statement.where(Mood.person_id == viewer.id).order_by(Mood.id))
    because, before = _because(session, viewer), _revisions(session, viewer)
    worded = opened(viewer, rows, "mood", "note", "reasons_said")
    return [{**row, "reasons": because[row["id"]], "revisions": before[row["id"]]} for row in worded]


def _because(session: AnySession, viewer: Viewer) -> dict[str, list[str]]:
    """The reasons of each mood, in the order of the palette."""
    statement = (
        select(Mood.public_id.label("mood"), MoodReason.public_id.label("reason"))
        .join(MoodBecause, MoodBecause.mood_id == Mood.id)
        .join(MoodReason, MoodReason.id == MoodBecause.reason_id)
        .where(Mood.person_id == viewer.id)
        .order_by(Mood.id, MoodReason.position, MoodReason.id)
    )
    because: dict[str, list[str]] = defaultdict(list)
    for row in session.execute(statement):
        because[row.mood].append(row.reason)
    return because


def _revisions(session: AnySession, viewer: Viewer) -> dict[str, list[dict[str, Any]]]:
    columns = (MoodRevision.number, MoodRevision.created_at, MoodRevision.terms)
    statement = select(Mood.public_id.label("mood"), *columns).join(MoodRevision, MoodRevision.mood_id == Mood.id)
    rows = rows_of(session, statement.where(Mood.person_id == viewer.id).order_by(Mood.id, MoodRevision.number))
    before: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in opened(viewer, rows, "mood_revision", "terms"):
        before[row.pop("mood")].append({**row, "terms": json.loads(row["terms"])})
    return before
