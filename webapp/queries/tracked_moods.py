"""Moods as programs of the tracking contract read them: one's own, and what a client lets a therapist see.

Whoever may see levels only is told the usual word of a level in English, and no reasons.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, case, func, select, true

from webapp.domain.errors import NotFound
from webapp.domain.moods import USUAL_WORDS
from webapp.domain.people import Viewer, Words
from webapp.models import Grant, Mood, MoodBecause, MoodLabel, MoodReason, MoodRevision
from webapp.models.engine import AnySession
from webapp.queries.sealing import words_of
from webapp.queries.tracked import is_number
from webapp.queries.visibility import mood_grants_open_to, mood_words_visible_to, moods_of, moods_visible_to

USUAL = {level: word for word, level in USUAL_WORDS.items()}
OWNER: BindParameter[int] = bindparam("owner_id")


@dataclass(frozen=True, slots=True)
class TrackedMood:
    """One mood as a program reads it; `reasons` is the list of their names, or the JSON that a program sent."""

    id: int
    person_id: int
    at: datetime
    word: str | None
    reasons: Any
    recorded_at: datetime
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    reason: Any
    count: int


@dataclass(frozen=True, slots=True)
class WordCount:
    """How often a word was logged on one date, and why, the most frequent reason first."""

    word: str | None
    count: int
    reasons: list[ReasonCount]


class _Statements(NamedTuple):
    listed: Select[Any]
    one: Select[Any]
    reasons: Select[Any]
    reasons_of_one: Select[Any]
    by_label: Select[Any]
    by_reason: Select[Any]
    said: Select[Any]


def is_client(session: AnySession, viewer: Viewer, person_id: int) -> bool:
    """Whether this person lets the viewer, as their therapist, see levels of moods."""
    if not is_number(person_id):
        return False
    statement = select(Grant.id).where(Grant.client_id == person_id, mood_grants_open_to(viewer))
    return session.execute(statement).first() is not None


def may_read(session: AnySession, viewer: Viewer, number: int) -> bool:
    """Whether the viewer may know of the mood."""
    return session.execute(select(Mood.id).where(Mood.id == number, moods_visible_to(viewer))).first() is not None


def listed(session: AnySession, viewer: Viewer, owner_id: int) -> list[TrackedMood]:
    """The owner's moods that the viewer may see, the newest first; three statements however many there are."""
    statements, names = _statements(viewer, owner_id), _Names(session, viewer, owner_id)
    values = {"owner_id": owner_id}
    because = defaultdict(list)
    for row in session.connection().execute(statements.reasons, values):
        because[row.mood_id].append(names.reason(row))
    rows = session.connection().execute(statements.listed, values)
    return [_tracked(row, names, because[row.id]) for row in rows]


def one(session: AnySession, viewer: Viewer, owner_id: int, number: int) -> TrackedMood:
    """The owner's mood of that number; raises NotFound when it is none that the viewer may see."""
    if not is_number(number):
        raise NotFound
    statements, names = _statements(viewer, owner_id), _Names(session, viewer, owner_id)
    values = {"owner_id": owner_id, "mood_id": number}
    row = session.connection().execute(statements.one, values).one_or_none()
    if row is None:
        raise NotFound
    because = [names.reason(row) for row in session.connection().execute(statements.reasons_of_one, values)]
    return _tracked(row, names, because)


def statistics(
    session: AnySession, viewer: Viewer, owner_id: int, first: date, last: date
) -> dict[date, list[WordCount]]:
    """Of each date with moods that the viewer may see: how often each word was logged, and why."""
    statements, names = _statements(viewer, owner_id), _Names(session, viewer, owner_id)
    connection, values = session.connection(), {"owner_id": owner_id, "first": first, "last": last}
    counts: dict[date, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for row in connection.execute(statements.by_label, values):
        counts[row.local_date][names.word(row)] += row.moods
    because: dict[tuple[date, str | None], dict[str, ReasonCount]] = defaultdict(dict)
    for row in connection.execute(statements.by_reason, values):
        _add(because[row.local_date, names.word(row)], names.reason(row), row.moods)
    for row in connection.execute(statements.said, values):
        said = names.said(row)
        for reason in said if isinstance(said, list) else [said]:
            _add(because[row.local_date, names.word(row)], reason, 1)
    return {
        day: [WordCount(word, of_day[word], _sorted(because[day, word])) for word in sorted(of_day, key=_by_word)]
        for day, of_day in counts.items()
    }


def _build(visible: ColumnElement[bool], worded: ColumnElement[bool]) -> _Statements:
    """All statements over moods that are visible, with words where these are visible too."""
    seen = (Mood.person_id == OWNER, visible)
    label = (MoodLabel.id.label("label_id"), MoodLabel.name.label("label_name"), MoodLabel.level.label("label_level"))
    reason = (MoodReason.id.label("reason_id"), MoodReason.name.label("reason_name"))
    latest = select(func.max(MoodRevision.created_at)).where(MoodRevision.mood_id == Mood.id)
    changed = case((Mood.version > 1, latest.correlate(Mood).scalar_subquery())).label("changed_at")
    plain = (Mood.id, Mood.person_id, Mood.at, Mood.recorded_at, Mood.version, Mood.reasons_said)
    moods = select(*plain, changed, worded.label("worded"), *label).join(MoodLabel, MoodLabel.id == Mood.label_id)
    moods = moods.where(*seen)
    because: tuple[Any, ...] = (MoodBecause.mood_id, *reason)
    reasons = select(*because).join(Mood, Mood.id == MoodBecause.mood_id)
    reasons = reasons.join(MoodReason, MoodReason.id == MoodBecause.reason_id).where(*seen, worded)
    reasons = reasons.order_by(MoodReason.position, MoodReason.id)
    this = Mood.id == bindparam("mood_id")
    # Apart, because PostgreSQL does not see that a condition with parameters is the one it groups by.
    within = Mood.local_date.between(bindparam("first"), bindparam("last"))
    columns = (Mood.id, Mood.local_date, Mood.label_id, Mood.reasons_said, worded.label("worded"))
    rows = select(*columns).where(*seen, within).subquery()
    by_label = select(rows.c.local_date, rows.c.worded, *label, func.count().label("moods"))
    by_label = by_label.join(MoodLabel, MoodLabel.id == rows.c.label_id)
    by_reason = (
        select(rows.c.local_date, rows.c.worded, *label, *reason, func.count().label("moods"))
        .join(MoodLabel, MoodLabel.id == rows.c.label_id)
        .join(MoodBecause, MoodBecause.mood_id == rows.c.id)
        .join(MoodReason, MoodReason.id == MoodBecause.reason_id)
        .where(rows.c.worded)
    )
    said = select(rows.c.local_date, rows.c.worded, rows.c.reasons_said, *label)
    said = said.join(MoodLabel, MoodLabel.id == rows.c.label_id)
    return _Statements(
        listed=moods.order_by(Mood.at.desc(), Mood.id.desc()),
        one=moods.where(this),
        reasons=reasons,
        reasons_of_one=reasons.where(this),
        by_label=by_label.group_by(rows.c.local_date, rows.c.worded, MoodLabel.id).order_by(rows.c.local_date),
        by_reason=by_reason.group_by(rows.c.local_date, rows.c.worded, MoodLabel.id, MoodReason.id),
        said=said.where(rows.c.worded, rows.c.reasons_said.is_not(None)),
    )


_OWN = _build(moods_of(OWNER), true())
"""Built once: building a statement costs more than running it."""


def _statements(viewer: Viewer, owner_id: int) -> _Statements:
    if owner_id == viewer.id:
        return _OWN
    return _build(moods_visible_to(viewer), mood_words_visible_to(viewer))


class _Names:
    """The owner's words in rows, each opened once, and only where the viewer may see it."""

    def __init__(self, session: AnySession, viewer: Viewer, owner_id: int) -> None:
        self._words: Words = viewer.words if owner_id == viewer.id else words_of(session, owner_id)
        self._labels: dict[int, str] = {}
        self._reasons: dict[int, str] = {}

    def word(self, row: Any) -> str | None:
        """The person's own word or the usual one; None where a program said none."""
        own = ""
        if row.worded and row.label_name is not None:
            if row.label_id not in self._labels:
                self._labels[row.label_id] = self._words.open("mood_label.name", row.label_name)
            own = self._labels[row.label_id]
        return own or USUAL.get(row.label_level)

    def reason(self, row: Any) -> str:
        if row.reason_id not in self._reasons:
            self._reasons[row.reason_id] = self._words.open("mood_reason.name", row.reason_name)
        return self._reasons[row.reason_id]

    def said(self, row: Any) -> Any:
        """The JSON that a program sent as reasons; None without any."""
        if not row.worded or row.reasons_said is None:
            return None
        return json.loads(self._words.open("mood.reasons_said", row.reasons_said))


def _tracked(row: Any, names: _Names, because: list[str]) -> TrackedMood:
    said = names.said(row) if row.reasons_said else None
    return TrackedMood(
        id=row.id,
        person_id=row.person_id,
        at=row.at,
        word=names.word(row),
        reasons=because if said is None else said,
        recorded_at=row.recorded_at,
        changed_at=row.changed_at or row.recorded_at,
        version=row.version,
    )


def _add(counts: dict[str, ReasonCount], reason: Any, more: int) -> None:
    key = json.dumps(reason, sort_keys=True)
    counts[key] = ReasonCount(reason, more + (counts[key].count if key in counts else 0))


def _sorted(counts: dict[str, ReasonCount]) -> list[ReasonCount]:
    return [one for _, one in sorted(counts.items(), key=lambda item: (-item[1].count, item[0]))]


def _by_word(word: str | None) -> tuple[bool, str]:
    return word is None, word or ""
