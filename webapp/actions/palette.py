"""A person's own words for how they feel, and their reasons.

Names are sealed; their fingerprints find them again whatever their case. Whoever changes a palette holds the person,
so that two writers never add one name twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, func, insert, select, update

from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.moods import (
    LABELS_OFFERED,
    LABELS_PER_PERSON,
    LEVELS,
    NAME_LENGTH,
    REASONS_PER_PERSON,
    USUAL_WORDS,
    WORD_LENGTH,
    level_problems,
    name_problems,
    names_meant,
    tidy,
)
from webapp.domain.people import Viewer
from webapp.domain.text import text_problems
from webapp.models import Mood, MoodBecause, MoodLabel, MoodReason, Person
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id

Item = TypeVar("Item", MoodLabel, MoodReason)


def begin(session: AnySession, person_id: int, now: datetime) -> None:
    """A new person has the five usual labels, which go by the usual words until they are renamed."""
    rows = [
        {"owner_id": person_id, "level": level, "position": place, "created_at": now}
        for place, level in enumerate(LEVELS)
    ]
    session.execute(insert(MoodLabel), rows)


def add_label(session: AnySession, viewer: Viewer, name: str, level: int | None) -> MoodLabel:
    """The palette has one more label; a hidden one of that name is shown again, with this level.

    Raises Invalid with every problem, also for a name that is shown already and for more than 60 labels.
    """
    name = tidy(name)
    if problems := [*name_problems("name", name), *level_problems("level", level)]:
        raise Invalid(problems)
    labels = _labels(session, viewer)
    there = _named(viewer, labels, name)
    if there is None:
        return _new_label(session, viewer, labels, name, level)
    if there.hidden_at is None:
        raise Invalid([Problem("name", "name_taken")])
    _rate(session, viewer, there, level)
    return _show(session, viewer, there, Tag.MOOD_LABEL_SHOW)


def change_label(session: AnySession, viewer: Viewer, public_id: str, name: str, level: int | None) -> MoodLabel:
    """The label has this name and level, and all its moods have its level; without a name it goes by the usual word.

    Raises NotFound, and Invalid with every problem, also for a name that another label has.
    """
    labels, name = _labels(session, viewer), tidy(name)
    label = _own(labels, public_id)
    problems = level_problems("level", level)
    if name or level is None:
        problems = [*name_problems("name", name), *problems]
    there = _named(viewer, labels, name) if name else _unnamed(labels, level)
    if there not in (None, label):
        problems.append(Problem("name", "name_taken"))
    if problems:
        raise Invalid(problems)
    label.name = viewer.words.seal("mood_label.name", name) if name else None
    label.fingerprint = viewer.words.fingerprint(name.casefold()) if name else None
    _rate(session, viewer, label, level)
    record(session, Tag.MOOD_LABEL_CHANGE, at=viewer.now, viewer=viewer, thing=label)
    session.flush()
    return label


def hide_label(session: AnySession, viewer: Viewer, public_id: str) -> MoodLabel:
    """The label is no longer offered, its moods keep it; repeating changes nothing.

    Raises NotFound, and Invalid for the last one shown.
    """
    labels = _labels(session, viewer)
    label = _own(labels, public_id)
    if all(other.hidden_at is not None for other in labels if other is not label):
        raise Invalid([Problem("", "last_label")])
    return _hide(session, viewer, label, Tag.MOOD_LABEL_HIDE)


def show_label(session: AnySession, viewer: Viewer, public_id: str) -> MoodLabel:
    """The label is offered again; repeating changes nothing. Raises NotFound."""
    return _show(session, viewer, _own(_labels(session, viewer), public_id), Tag.MOOD_LABEL_SHOW)


def label_ids(session: AnySession, viewer: Viewer, levels: Mapping[str, int | None]) -> dict[str, int]:
    """Of every name, given with its level: the number of the viewer's label, which is made if need be.

    A label that is there keeps its level unless it has none. Names are found whatever their case; the five usual words
    mean the labels that go by them. Raises Invalid for names that cannot be kept, and when they would be over 60.
    """
    labels, found = _labels(session, viewer) if levels else [], {}
    for said, level in levels.items():
        name = tidy(said)
        if problems := [*name_problems("label", name), *level_problems("label", level)]:
            raise Invalid(problems)
        label = _named(viewer, labels, name)
        if label is None:
            label = _new_label(session, viewer, labels, name, level)
            labels.append(label)
        elif label.level is None and level is not None:
            _rate(session, viewer, label, level)
            record(session, Tag.MOOD_LABEL_CHANGE, at=viewer.now, viewer=viewer, thing=label)
        found[said] = label.id
    session.flush()
    return found


def said_label(session: AnySession, viewer: Viewer, word: str, level: int | None = None) -> MoodLabel:
    """The viewer's label for a word that a program says, "" for none; it is made, with this level, if need be.

    What pages could not offer, no word, one over 60 characters or one beyond the sixtieth, is made hidden. Raises
    Invalid over 300 labels.
    """
    labels, name = _labels(session, viewer), tidy(word)
    if problems := text_problems("label", name, WORD_LENGTH):
        raise Invalid(problems)
    label = _named(viewer, labels, name)
    if label is None:
        label = _new_label(session, viewer, labels, name, level)
        if not name or len(name) > NAME_LENGTH or len(labels) >= LABELS_OFFERED:
            _hide(session, viewer, label, Tag.MOOD_LABEL_HIDE)
    return label


def add_reason(session: AnySession, viewer: Viewer, name: str) -> MoodReason:
    """The palette has this reason, last of all; a hidden one of that name is shown again.

    Raises Invalid with every problem, also for a name that is shown already and for more than 300 reasons.
    """
    name = tidy(name)
    if problems := name_problems("name", name):
        raise Invalid(problems)
    hold(session, viewer)
    there = _reasons_named(session, viewer, [name]).get(name)
    if there is None:
        (made,) = _new_reasons(session, viewer, [name], "name")
        return made
    if there.hidden_at is None:
        raise Invalid([Problem("name", "name_taken")])
    return _show(session, viewer, there, Tag.MOOD_REASON_SHOW)


def rename_reason(session: AnySession, viewer: Viewer, public_id: str, name: str) -> MoodReason:
    """The reason has this name; if another has it, the two are one from now on: that other one, with both their moods.

    Raises NotFound, and Invalid with every problem.
    """
    reason, name = _reason(session, viewer, public_id), tidy(name)
    if problems := name_problems("name", name):
        raise Invalid(problems)
    there = _reasons_named(session, viewer, [name]).get(name, reason)
    if there is not reason:
        return _join(session, viewer, reason, there)
    reason.name = viewer.words.seal("mood_reason.name", name)
    reason.fingerprint = viewer.words.fingerprint(name.casefold())
    record(session, Tag.MOOD_REASON_RENAME, at=viewer.now, viewer=viewer, thing=reason)
    session.flush()
    return reason


def hide_reason(session: AnySession, viewer: Viewer, public_id: str) -> MoodReason:
    """The reason is no longer offered, its moods keep it; repeating changes nothing. Raises NotFound."""
    return _hide(session, viewer, _reason(session, viewer, public_id), Tag.MOOD_REASON_HIDE)


def show_reason(session: AnySession, viewer: Viewer, public_id: str) -> MoodReason:
    """The reason is offered again; repeating changes nothing. Raises NotFound."""
    return _show(session, viewer, _reason(session, viewer, public_id), Tag.MOOD_REASON_SHOW)


def reason_ids(session: AnySession, viewer: Viewer, names: Iterable[str]) -> dict[str, int]:
    """Of every name: the number of the viewer's reason, which is made if need be and shown again if it was hidden.

    Raises Invalid on the field "new_reasons" for names that cannot be kept, and when they would be over 300.
    """
    said = {name: tidy(name) for name in names}
    if problems := [problem for name in said.values() for problem in name_problems("new_reasons", name)]:
        raise Invalid(problems)
    if not said:
        return {}
    hold(session, viewer)
    known = _reasons_named(session, viewer, said.values())
    for reason in known.values():
        _show(session, viewer, reason, Tag.MOOD_REASON_SHOW)
    new = names_meant(name for name in said.values() if name not in known)
    made = dict(zip(map(str.casefold, new), _new_reasons(session, viewer, new, "new_reasons"), strict=True))
    return {name: (known.get(kept) or made[kept.casefold()]).id for name, kept in said.items()}


def hold(session: AnySession, viewer: Viewer) -> None:
    """The viewer's palette is changed by nobody else before this transaction ends; to be asked for before its rows."""
    session.execute(select(Person.id).where(Person.id == viewer.id).with_for_update(key_share=True))


def _labels(session: AnySession, viewer: Viewer) -> list[MoodLabel]:
    """All labels of the viewer's, held: who writes a mood with one of them waits until its level is settled."""
    hold(session, viewer)
    statement = select(MoodLabel).where(MoodLabel.owner_id == viewer.id).order_by(MoodLabel.id)
    return list(session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def _own(labels: Iterable[MoodLabel], public_id: str) -> MoodLabel:
    for label in labels:
        if label.public_id == public_id:
            return label
    raise NotFound


def _named(viewer: Viewer, labels: Iterable[MoodLabel], name: str) -> MoodLabel | None:
    """The label of that name, else the one that goes by it as its usual word."""
    fingerprint, usual = viewer.words.fingerprint(name.casefold()), USUAL_WORDS.get(name.casefold())
    found = next((label for label in labels if label.fingerprint == fingerprint), None)
    return found or (_unnamed(labels, usual) if usual else None)


def _unnamed(labels: Iterable[MoodLabel], level: int | None) -> MoodLabel | None:
    return next((label for label in labels if label.name is None and label.level == level), None)


def _new_label(
    session: AnySession, viewer: Viewer, labels: Sequence[MoodLabel], name: str, level: int | None
) -> MoodLabel:
    if len(labels) >= LABELS_PER_PERSON:
        raise Invalid([Problem("name", "too_many_labels", {"most": LABELS_PER_PERSON})])
    position = max((label.position for label in labels), default=-1) + 1
    label = MoodLabel(owner_id=viewer.id, level=level, position=position, created_at=viewer.now)
    label.name = viewer.words.seal("mood_label.name", name)
    label.fingerprint = viewer.words.fingerprint(name.casefold())
    session.add(label)
    session.flush()
    record(session, Tag.MOOD_LABEL_ADD, at=viewer.now, viewer=viewer, thing=label)
    return label


def _rate(session: AnySession, viewer: Viewer, label: MoodLabel, level: int | None) -> None:
    """The label has this level, and so has every mood with it, deleted ones too, since they may come back."""
    if label.level != level:
        label.level = level
        session.execute(update(Mood).where(Mood.label_id == label.id).values(level=level))


def _reason(session: AnySession, viewer: Viewer, public_id: str) -> MoodReason:
    """The viewer's own reason, held."""
    if not is_public_id(public_id):
        raise NotFound
    hold(session, viewer)
    statement = select(MoodReason).where(MoodReason.public_id == public_id, MoodReason.owner_id == viewer.id)
    reason = session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if reason is None:
        raise NotFound
    return reason


def _reasons_named(session: AnySession, viewer: Viewer, names: Iterable[str]) -> dict[str, MoodReason]:
    """Of these names, those that are reasons of the viewer's, whatever their case."""
    fingerprints = {name: viewer.words.fingerprint(name.casefold()) for name in names}
    wanted = set(fingerprints.values())
    statement = select(MoodReason).where(MoodReason.owner_id == viewer.id, MoodReason.fingerprint.in_(wanted))
    known = {reason.fingerprint: reason for reason in session.scalars(statement)}
    return {name: known[fingerprint] for name, fingerprint in fingerprints.items() if fingerprint in known}


def _new_reasons(session: AnySession, viewer: Viewer, names: Sequence[str], field: str) -> list[MoodReason]:
    if not names:
        return []
    count_and_last = select(func.count(), func.max(MoodReason.position)).where(MoodReason.owner_id == viewer.id)
    count, last = session.execute(count_and_last).one()
    if count + len(names) > REASONS_PER_PERSON:
        raise Invalid([Problem(field, "too_many_reasons", {"most": REASONS_PER_PERSON})])
    made = []
    for position, name in enumerate(names, start=0 if last is None else last + 1):
        reason = MoodReason(owner_id=viewer.id, position=position, created_at=viewer.now)
        reason.name = viewer.words.seal("mood_reason.name", name)
        reason.fingerprint = viewer.words.fingerprint(name.casefold())
        made.append(reason)
    session.add_all(made)
    session.flush()
    for reason in made:
        record(session, Tag.MOOD_REASON_ADD, at=viewer.now, viewer=viewer, thing=reason)
    return made


def _join(session: AnySession, viewer: Viewer, reason: MoodReason, other: MoodReason) -> MoodReason:
    """The moods of the one have the other instead, each once; the one is gone."""
    has_other = select(MoodBecause.mood_id).where(MoodBecause.reason_id == other.id)
    mine = update(MoodBecause).where(MoodBecause.reason_id == reason.id, MoodBecause.mood_id.not_in(has_other))
    session.execute(mine.values(reason_id=other.id).execution_options(synchronize_session=False))
    session.execute(delete(MoodBecause).where(MoodBecause.reason_id == reason.id))
    record(session, Tag.MOOD_REASON_JOIN, at=viewer.now, viewer=viewer, thing=other, gone=reason.id)
    session.delete(reason)
    session.flush()
    return other


def _hide(session: AnySession, viewer: Viewer, thing: Item, tag: Tag) -> Item:
    if thing.hidden_at is None:
        thing.hidden_at = viewer.now
        record(session, tag, at=viewer.now, viewer=viewer, thing=thing)
        session.flush()
    return thing


def _show(session: AnySession, viewer: Viewer, thing: Item, tag: Tag) -> Item:
    if thing.hidden_at is not None:
        thing.hidden_at = None
        record(session, tag, at=viewer.now, viewer=viewer, thing=thing)
        session.flush()
    return thing
