"""Moods as programs of the tracking contract say them: in any word, with any JSON as reasons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.actions import moods, palette
from webapp.domain.days import instant_of
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.moods import USUAL_WORDS, MoodDraft, reasons_meant, tidy
from webapp.domain.people import Viewer
from webapp.domain.tracking import Source
from webapp.models import Mood
from webapp.models.engine import AnySession
from webapp.queries import moods as queries
from webapp.queries.tracked import is_number
from webapp.queries.tracked_moods import may_read
from webapp.queries.visibility import moods_of

CLOCKS_DIFFER = timedelta(minutes=5)
"""So far ahead of ours a program's clock may be; what it says is then meant to be now."""
FIELDS = frozenset({"logdate", "mood", "reasons"})
_NAMES = {"name": "mood", "label": "mood", "day": "logdate", "wall": "logdate", "new_reasons": "reasons"}


@dataclass(frozen=True)
class TrackedMoodDraft:
    """How a program says somebody felt; of an edit, only what is `said` changes.

    `mood` is a word of any palette or None. `logdate` is an instant, or without a zone what the clock on the wall
    showed; None is now, and in an edit the moment that stands.
    """

    mood: str | None = None
    reasons: Any = None
    logdate: datetime | None = None
    said: frozenset[str] = FIELDS


def log(session: AnySession, viewer: Viewer, draft: TrackedMoodDraft) -> Mood:
    """The viewer's journal holds one more mood, as the draft says; raises Invalid."""
    with _in_their_names():
        names, said = reasons_meant(draft.reasons)
        meant = MoodDraft(
            label=_label(session, viewer, draft.mood),
            new_reasons=names,
            reasons_said=said,
            at=_instant(draft.logdate, viewer.now, viewer.zone),
        )
        return moods.log(session, viewer, meant, source=Source.API)


def held(session: AnySession, viewer: Viewer, number: int) -> Mood:
    """The viewer's own mood, held together with their palette, which comes first.

    Raises Refused for a mood they may only read, NotFound for every other.
    """
    if not is_number(number):
        raise NotFound
    palette.hold(session, viewer)
    mine = select(Mood).where(Mood.id == number, moods_of(viewer))
    mood = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if mood is not None:
        return mood
    if may_read(session, viewer, number):
        raise Refused("not_yours")
    raise NotFound


def say(session: AnySession, viewer: Viewer, mood: Mood, draft: TrackedMoodDraft) -> Mood:
    """The mood, which the caller holds, says what the draft says; note and energy stay. Raises Invalid."""
    before = queries.opened(session, viewer, mood)
    label, reasons = before.label.id, tuple(reason.id for reason in before.reasons)
    names: tuple[str, ...] = ()
    said = at = None
    with _in_their_names():
        if "mood" in draft.said:
            label = _label(session, viewer, draft.mood)
        if "reasons" in draft.said:
            (names, said), reasons = reasons_meant(draft.reasons), ()
        if "logdate" in draft.said and draft.logdate is not None:
            at = _instant(draft.logdate, viewer.now, mood.zone)
            at = None if at == mood.at else at  # sent back with the rest: the date it stands under stays
        meant = MoodDraft(
            label=label,
            reasons=reasons,
            new_reasons=names,
            reasons_said=said,
            at=at,
            note=before.note,
            energy=before.energy,
        )
        return moods.change(session, viewer, mood, meant, mood.version)


def _label(session: AnySession, viewer: Viewer, word: str | None) -> str:
    """The address of the viewer's label for this word, made if need be: a usual one with its level, others without."""
    said = tidy(word or "")
    return palette.said_label(session, viewer, said, USUAL_WORDS.get(said.casefold())).public_id


def _instant(said: datetime | None, now: datetime, zone: str) -> datetime | None:
    if said is None:
        return None
    at = said if said.tzinfo else instant_of(said.date(), said.time(), zone)
    return now if now < at <= now + CLOCKS_DIFFER else at


@contextmanager
def _in_their_names() -> Iterator[None]:
    """Problems stand at the fields as the contract calls them."""
    try:
        yield
    except Invalid as invalid:
        raise Invalid([replace(one, field=_NAMES.get(one.field, one.field)) for one in invalid.problems]) from None
