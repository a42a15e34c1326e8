"""Writing down how one felt, and saying it anew: what stood before an edit is kept, sealed, and can be had back."""

import json
from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from webapp.actions import palette
from webapp.actions.audit import Tag, record
from webapp.domain.days import local_day, wall_clock
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem
from webapp.domain.moods import REASONS_ON_ONE, USUAL_WORDS, MoodDraft, names_meant
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.tracking import Source
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason, MoodRevision
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries import moods as queries
from webapp.queries.goals import is_public_id
from webapp.queries.moods import LoggedMood

_because = table_of(MoodBecause)


def log(session: AnySession, viewer: Viewer, draft: MoodDraft, *, source: Source = Source.PAGE) -> Mood:
    """The viewer's journal holds one more mood, as the draft says; raises Invalid with every problem."""
    if draft.new_reasons:
        palette.hold(session, viewer)
    problems = draft.check(viewer.now, viewer.zone)
    label = _label(session, viewer, draft.label, problems)
    reasons = _reasons(session, viewer, draft, problems)
    if problems or label is None:
        raise Invalid(problems)
    at = draft.moment(viewer.now, viewer.zone)
    mood = Mood(
        person_id=viewer.id,
        local_date=local_day(at, viewer.zone, viewer.day_start),
        at=at,
        recorded_at=viewer.now,
        zone=viewer.zone,
        label_id=label.id,
        level=label.level,
        energy=draft.energy,
        note=_sealed(viewer, "mood.note", draft.note),
        reasons_said=_sealed(viewer, "mood.reasons_said", draft.reasons_said or ""),
        source=source,
        version=1,
    )
    session.add(mood)
    session.flush()
    _give_reasons(session, mood, {*reasons, *_new_reasons(session, viewer, draft)})
    record(session, Tag.MOOD_LOG, at=viewer.now, viewer=viewer, thing=mood)
    session.flush()
    return mood


def change(session: AnySession, viewer: Viewer, mood: Mood, draft: MoodDraft, version: int) -> Mood:
    """The mood says what the draft says, in the zone in which it was felt; what stood before is kept.

    The caller loaded the mood locked; `version` is the one the editor was opened on. A day or time the draft leaves out
    stays as it is, and saying what already stands changes nothing. Raises Conflict when the mood has changed since,
    Invalid with every problem.
    """
    require(viewer, Permission.MOOD_CHANGE, queries.facts_of(mood))
    if mood.version != version:
        raise Conflict("changed_meanwhile", mood=mood.public_id)
    stood = wall_clock(mood.at, mood.zone)
    draft = draft.on(stood)
    if draft.new_reasons:
        palette.hold(session, viewer)
    problems = draft.check(viewer.now, mood.zone)
    label = _label(session, viewer, draft.label, problems)
    reasons = _reasons(session, viewer, draft, problems)
    if problems or label is None:
        raise Invalid(problems)
    before = queries.opened(session, viewer, mood)
    at, day = mood.at, mood.local_date
    if not draft.says(stood):
        at = draft.moment(viewer.now, mood.zone)
        day = local_day(at, mood.zone, viewer.day_start)
    wanted = {*reasons, *_new_reasons(session, viewer, draft)}
    had = _reasons_on(session, mood)
    said = draft.reasons_said
    if said is None:
        said = "" if wanted else before.reasons_said
    stood_so = (mood.label_id, mood.at, mood.energy, before.note, before.reasons_said, had)
    if stood_so == (label.id, at, draft.energy, draft.note.strip(), said, wanted):
        return mood
    _keep(session, viewer, mood, before)
    mood.label_id, mood.level, mood.energy = label.id, label.level, draft.energy
    mood.at, mood.local_date = at, day
    mood.note = _sealed(viewer, "mood.note", draft.note)
    mood.reasons_said = _sealed(viewer, "mood.reasons_said", said)
    _give_reasons(session, mood, wanted, had)
    record(session, Tag.MOOD_CHANGE, at=viewer.now, viewer=viewer, thing=mood, version=mood.version)
    session.flush()
    return mood


def revert(session: AnySession, viewer: Viewer, mood: Mood, number: int, *, version: int | None = None) -> Mood:
    """What the mood's version `number` said stands again, as a new version; raises NotFound for one that never was.

    The caller loaded the mood locked; `version` is the one that is to be taken back, and Conflict is raised when the
    mood has changed since. A label or reason that is gone since comes back by its name.
    """
    require(viewer, Permission.MOOD_CHANGE, queries.facts_of(mood))
    statement = select(MoodRevision.terms).where(MoodRevision.mood_id == mood.id, MoodRevision.number == number)
    sealed = session.scalars(statement).one_or_none()
    if sealed is None:
        raise NotFound
    if version is not None and mood.version != version:
        raise Conflict("changed_meanwhile", mood=mood.public_id)
    terms = json.loads(viewer.words.open("mood_revision.terms", sealed))
    palette.hold(session, viewer)
    _keep(session, viewer, mood, queries.opened(session, viewer, mood))
    label = _label_kept(session, viewer, terms["label"])
    mood.label_id, mood.level, mood.energy = label.id, label.level, terms["energy"]
    mood.at, mood.zone = datetime.fromisoformat(terms["at"]), terms["zone"]
    mood.local_date = date.fromisoformat(terms["local_date"])
    mood.note = _sealed(viewer, "mood.note", terms["note"])
    mood.reasons_said = _sealed(viewer, "mood.reasons_said", terms.get("reasons_said", ""))
    _give_reasons(session, mood, _reasons_kept(session, viewer, terms["reasons"]), _reasons_on(session, mood))
    record(session, Tag.MOOD_REVERT, at=viewer.now, viewer=viewer, thing=mood, version=mood.version, to=number)
    session.flush()
    return mood


def delete(session: AnySession, viewer: Viewer, mood: Mood) -> Mood:
    """The mood is gone from every page and every figure; `undelete` brings it back."""
    require(viewer, Permission.MOOD_CHANGE, queries.facts_of(mood))
    mood.deleted_at = viewer.now
    record(session, Tag.MOOD_DELETE, at=viewer.now, viewer=viewer, thing=mood)
    session.flush()
    return mood


def undelete(session: AnySession, viewer: Viewer, public_id: str) -> Mood:
    """The viewer's own deleted mood is back as it was; raises NotFound."""
    mood = queries.find_deleted(session, viewer, public_id)
    mood.deleted_at = None
    require(viewer, Permission.MOOD_CHANGE, queries.facts_of(mood))
    record(session, Tag.MOOD_RESTORE, at=viewer.now, viewer=viewer, thing=mood)
    session.flush()
    return mood


def _label(session: AnySession, viewer: Viewer, public_id: str, problems: list[Problem]) -> MoodLabel | None:
    """The viewer's label of that address, hidden ones too; its level stays as it is until the mood is written."""
    label = None
    if is_public_id(public_id):
        mine = (MoodLabel.public_id == public_id, MoodLabel.owner_id == viewer.id)
        label = session.scalars(_labels().where(*mine)).one_or_none()
    if label is None and public_id:
        problems.append(Problem("label", "unknown_choice"))
    return label


def _labels() -> Select[MoodLabel]:
    return select(MoodLabel).with_for_update(read=True).execution_options(populate_existing=True)


def _reasons(session: AnySession, viewer: Viewer, draft: MoodDraft, problems: list[Problem]) -> set[int]:
    """Numbers of the viewer's reasons that the draft names by address, hidden ones too."""
    named = set(draft.reasons[:REASONS_ON_ONE])
    found = _reason_numbers(session, viewer, named)
    if len(found) < len(named):
        problems.append(Problem("reasons", "unknown_choice"))
    return set(found.values())


def _reason_numbers(session: AnySession, viewer: Viewer, public_ids: Iterable[str]) -> dict[str, int]:
    known = [public_id for public_id in public_ids if is_public_id(public_id)]
    if not known:
        return {}
    statement = select(MoodReason.public_id, MoodReason.id)
    rows = session.execute(statement.where(MoodReason.owner_id == viewer.id, MoodReason.public_id.in_(known)))
    return {row.public_id: row.id for row in rows}


def _new_reasons(session: AnySession, viewer: Viewer, draft: MoodDraft) -> set[int]:
    return set(palette.reason_ids(session, viewer, names_meant(draft.new_reasons)).values())


def _reasons_on(session: AnySession, mood: Mood) -> set[int]:
    return set(session.scalars(select(MoodBecause.reason_id).where(MoodBecause.mood_id == mood.id)))


def _give_reasons(session: AnySession, mood: Mood, wanted: set[int], had: Set[int] = frozenset()) -> None:
    """The mood has exactly the wanted reasons."""
    if dropped := had - wanted:
        gone = (_because.c.mood_id == mood.id, _because.c.reason_id.in_(dropped))
        session.execute(_because.delete().where(*gone))
    if added := wanted - had:
        session.execute(_because.insert(), [{"mood_id": mood.id, "reason_id": number} for number in sorted(added)])


def _keep(session: AnySession, viewer: Viewer, mood: Mood, before: LoggedMood) -> None:
    """What the mood says is kept as its version so far, and the next version begins."""
    terms = {
        "label": {"id": before.label.id, "name": before.label.name, "level": before.label.level},
        "at": before.at.isoformat(),
        "zone": before.zone,
        "local_date": before.local_date.isoformat(),
        "energy": before.energy,
        "note": before.note,
        "reasons": [{"id": reason.id, "name": reason.name} for reason in before.reasons],
    }
    if before.reasons_said:
        terms["reasons_said"] = before.reasons_said
    sealed = viewer.words.seal("mood_revision.terms", json.dumps(terms))
    session.add(MoodRevision(mood_id=mood.id, number=mood.version, terms=sealed, created_at=viewer.now))
    mood.version += 1


def _label_kept(session: AnySession, viewer: Viewer, kept: dict[str, Any]) -> MoodLabel:
    label = _label(session, viewer, kept["id"], [])
    if label is not None:
        return label
    if kept["level"] is None:
        return palette.said_label(session, viewer, kept["name"])
    name = kept["name"] or next(word for word, level in USUAL_WORDS.items() if level == kept["level"])
    (number,) = palette.label_ids(session, viewer, {name: kept["level"]}).values()
    return session.scalars(_labels().where(MoodLabel.id == number)).one()


def _reasons_kept(session: AnySession, viewer: Viewer, kept: Sequence[dict[str, str]]) -> set[int]:
    numbers = _reason_numbers(session, viewer, [reason["id"] for reason in kept])
    gone = [reason["name"] for reason in kept if reason["id"] not in numbers]
    return {*numbers.values(), *palette.reason_ids(session, viewer, gone).values()}


def _sealed(viewer: Viewer, column: str, text: str) -> bytes | None:
    typed = text.strip()
    return viewer.words.seal(column, typed) if typed else None
