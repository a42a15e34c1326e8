"""Bringing back a palette: a word that is here already is not there twice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from webapp.domain.errors import Invalid, Problem
from webapp.domain.imports.own import OwnExport
from webapp.domain.imports.own_moods import OwnLabel, OwnReason
from webapp.domain.moods import LABELS_PER_PERSON, REASONS_PER_PERSON
from webapp.domain.people import Viewer
from webapp.models import MoodLabel, MoodReason
from webapp.models.base import table_of
from webapp.models.engine import AnySession

Address = Callable[[Viewer, str], str]


@dataclass(frozen=True)
class PalettePlan:
    """What the palette gets; `same` says for a word of the file which word of the file or of the palette it is."""

    labels: tuple[OwnLabel, ...]
    reasons: tuple[OwnReason, ...]
    same_label: dict[str, str]
    same_reason: dict[str, str]
    replaces: bool
    """Whether the usual labels of a new account give way to those of the file."""


def plan_palette(
    session: AnySession, viewer: Viewer, own: OwnExport, address: Address, *, replace: bool
) -> PalettePlan:
    """Which labels and reasons are new; raises Invalid when there would be too many."""
    labels, reasons = _labels_here(session, viewer), _reasons_here(session, viewer)
    usual = all(row.fingerprint is None and row.hidden_at is None for row in labels)
    shown = any(label.level is not None and label.hidden_at is None for label in own.labels)
    ids = {row.public_id for row in labels}
    known = any(label.id in ids or address(viewer, label.id) in ids for label in own.labels)
    replaces = replace and usual and shown and not known and not reasons
    if replaces:
        labels = []
    new_labels, same_label = _sort_out(viewer, own.labels, labels, address)
    new_reasons, same_reason = _sort_out(viewer, own.reasons, reasons, address)
    if new_labels and len(labels) + len(new_labels) > LABELS_PER_PERSON:
        raise Invalid([Problem("file", "too_many_labels", {"most": LABELS_PER_PERSON})])
    if new_reasons and len(reasons) + len(new_reasons) > REASONS_PER_PERSON:
        raise Invalid([Problem("file", "too_many_reasons", {"most": REASONS_PER_PERSON})])
    return PalettePlan(tuple(new_labels), tuple(new_reasons), same_label, same_reason, replaces)


def write_palette(
    session: AnySession, viewer: Viewer, plan: PalettePlan, address: Address
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The palette has the new words; returns the row of every label and every reason by its id in the file."""
    if plan.replaces:
        session.execute(delete(MoodLabel).where(MoodLabel.owner_id == viewer.id))
    _write(session, viewer, MoodLabel, plan.labels, address)
    _write(session, viewer, MoodReason, plan.reasons, address)
    labels = {row.public_id: row for row in _labels_here(session, viewer)}
    reasons = {row.public_id: row for row in _reasons_here(session, viewer)}
    return (
        {public_id: labels[here] for public_id, here in plan.same_label.items()},
        {public_id: reasons[here] for public_id, here in plan.same_reason.items()},
    )


def _sort_out(
    viewer: Viewer, things: Iterable[Any], rows: list[Any], address: Address
) -> tuple[list[Any], dict[str, str]]:
    """The words that are new, and for every word of the file the public id it has here."""
    ids = {row.public_id for row in rows}
    by_name = {row.fingerprint: row.public_id for row in rows if row.fingerprint}
    usual = {row.level: row.public_id for row in reversed(rows) if not row.fingerprint}
    new, same = [], {}
    for thing in things:
        own = address(viewer, thing.id)
        mark = _fingerprint(viewer, thing)
        found = next((one for one in (thing.id, own) if one in ids), None)
        if found is None:
            found = by_name.get(mark) if mark else usual.get(thing.level)
        if found is None:
            new.append(thing)
            found = own
            ids.add(own)
            if mark:
                by_name[mark] = own
            else:
                usual[thing.level] = own
        same[thing.id] = found
    return new, same


def _write(
    session: AnySession, viewer: Viewer, table: type[MoodLabel | MoodReason], things: Iterable[Any], address: Address
) -> None:
    last = session.scalar(select(func.max(table.position)).where(table.owner_id == viewer.id))
    after = 0 if last is None else last + 1
    place = f"{table.__tablename__}.name"
    rows = []
    for thing in things:
        row = {
            "public_id": address(viewer, thing.id),
            "owner_id": viewer.id,
            "name": None if _is_usual(thing) else viewer.words.seal(place, thing.name),
            "fingerprint": _fingerprint(viewer, thing),
            "position": after + thing.position,
            "hidden_at": thing.hidden_at,
            "created_at": thing.created_at,
        }
        rows.append({**row, "level": thing.level} if isinstance(thing, OwnLabel) else row)
    if rows:
        session.execute(insert(table_of(table)), rows)


def _fingerprint(viewer: Viewer, thing: Any) -> str | None:
    return None if _is_usual(thing) else viewer.words.fingerprint(thing.name.casefold())


def _is_usual(thing: Any) -> bool:
    """Whether it goes by the usual word of its level."""
    return not thing.name and thing.level is not None


def _labels_here(session: AnySession, viewer: Viewer) -> list[Any]:
    columns = (MoodLabel.id, MoodLabel.public_id, MoodLabel.level, MoodLabel.fingerprint, MoodLabel.hidden_at)
    statement = select(*columns).where(MoodLabel.owner_id == viewer.id).order_by(MoodLabel.position, MoodLabel.id)
    return list(session.execute(statement))


def _reasons_here(session: AnySession, viewer: Viewer) -> list[Any]:
    columns = (MoodReason.id, MoodReason.public_id, MoodReason.fingerprint)
    return list(session.execute(select(*columns).where(MoodReason.owner_id == viewer.id).order_by(MoodReason.id)))
