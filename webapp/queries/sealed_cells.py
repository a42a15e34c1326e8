"""Every sealed cell there is, and whether it opens for its owner under the place it stands in."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.errors import NotFound
from webapp.models import (
    ApiKey,
    Authenticator,
    Comment,
    Entry,
    Goal,
    GoalClosing,
    GoalProposal,
    GoalRevision,
    Grant,
    GrantInvitation,
    IdempotentAnswer,
    Mood,
    MoodLabel,
    MoodReason,
    MoodRevision,
    OutboxMessage,
    PushSubscription,
    ReviewEvent,
    Tag,
    Token,
    Upload,
)
from webapp.models.engine import AnySession
from webapp.queries.sealing import PersonalWords, SealBroken, keyring, words_of

Cell = InstrumentedAttribute[Any]
AT_ONCE = 500
OWNERS = 1_000


def _owner_of(goal_id: Cell) -> ColumnElement[int]:
    """Whose key the cell is sealed with; nobody's when the goal is an organisation's, whose words are plain."""
    private = (Goal.id == goal_id, Goal.organisation_id.is_(None))
    return select(Goal.owner_id).where(*private).scalar_subquery()


_owner_of_goal = case((Goal.organisation_id.is_(None), Goal.owner_id))


_owner_of_mood = select(Mood.person_id).where(Mood.id == MoodRevision.mood_id).scalar_subquery()
PERSONAL: tuple[tuple[Cell, ColumnElement[int] | Cell], ...] = (
    (Goal.title, _owner_of_goal),
    (Goal.question, _owner_of_goal),
    (Goal.description, _owner_of_goal),
    (Goal.unit, _owner_of_goal),
    (GoalRevision.terms, _owner_of(GoalRevision.goal_id)),
    (ReviewEvent.comment, _owner_of(ReviewEvent.goal_id)),
    (GoalClosing.words, _owner_of(GoalClosing.goal_id)),
    (GoalProposal.terms, GoalProposal.client_id),
    (GoalProposal.message, GoalProposal.client_id),
    (Comment.body, _owner_of(Comment.goal_id)),
    (Tag.name, Tag.owner_id),
    (Entry.note, _owner_of(Entry.goal_id)),
    (Mood.note, Mood.person_id),
    (Mood.reasons_said, Mood.person_id),
    (MoodLabel.name, MoodLabel.owner_id),
    (MoodReason.name, MoodReason.owner_id),
    (MoodRevision.terms, _owner_of_mood),
    (Grant.purpose, Grant.client_id),
    (GrantInvitation.address, GrantInvitation.therapist_id),
    (Upload.content, Upload.person_id),
    (PushSubscription.address, PushSubscription.person_id),
    (IdempotentAnswer.body, IdempotentAnswer.person_id),
    (Authenticator.secret, Authenticator.person_id),
    (Authenticator.next_secret, Authenticator.person_id),
)
"""Cells sealed with a person's key, and whose."""

OF_THE_SYSTEM: tuple[Cell, ...] = (OutboxMessage.payload, Token.payload, ApiKey.secret)
"""Cells sealed with the operator's key, because they belong to no person."""


def place(cell: Cell) -> str:
    """The "table.column" that the cell is sealed for."""
    return f"{cell.class_.__tablename__}.{cell.key}"


def broken_cells(session: AnySession) -> Iterator[str]:
    """Every cell that does not open, as "table.column number"."""
    words: dict[int, PersonalWords | None] = {}
    for cell, owner in PERSONAL:
        for number, sealed, owner_id in _cells(session, cell, owner):
            if owner_id is None:
                continue
            if len(words) > OWNERS:
                words.clear()
            if owner_id not in words:
                words[owner_id] = _words(session, owner_id)
            of_owner = words[owner_id]
            if of_owner is None or not _opens(of_owner.open_bytes, cell, sealed):
                yield f"{place(cell)} {number}"
    for cell in OF_THE_SYSTEM:
        for number, sealed, _ in _cells(session, cell, cell):
            if not _opens(keyring.open_for_system, cell, sealed):
                yield f"{place(cell)} {number}"


def _cells(session: AnySession, cell: Cell, owner: ColumnElement[int] | Cell) -> Iterator[Any]:
    """Number, sealed value and owner of every filled cell, by key."""
    key = cell.class_.id
    last = 0
    statement = select(key, cell, owner).where(cell.is_not(None)).order_by(key).limit(AT_ONCE)
    while rows := session.execute(statement.where(key > last)).all():
        last = rows[-1][0]
        yield from rows


def _words(session: AnySession, owner_id: int) -> PersonalWords | None:
    try:
        return words_of(session, owner_id)
    except (NotFound, SealBroken):
        return None


def _opens(opener: Callable[[str, bytes], object], cell: Cell, sealed: bytes) -> bool:
    try:
        opener(place(cell), sealed)
    except (SealBroken, ValueError):
        return False
    return True
