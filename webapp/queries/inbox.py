"""The inbox of reviews: what waits for the viewer, what they sent, what they decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind
from webapp.domain.people import Viewer, Words
from webapp.domain.reviews import RoundState, Verdict
from webapp.models import Goal, Objective, Person, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries.reviews import LISTED, decided_by
from webapp.queries.sealing import words_of_all
from webapp.queries.visibility import goals_visible_to


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One review in a list; `id` is the round's public id, `change` whether something was approved before it, as far as
    the viewer may know, and `sent_at` when it came before them."""

    id: str
    goal_id: int
    goal: str
    kind: Kind
    owner_id: int
    owner: str
    title: str
    revision: int
    change: bool
    state: RoundState
    sent_at: datetime
    verdict: Verdict | None
    nudged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How long the viewer's three lists are."""

    waiting: int
    sent: int
    decided: int


def waiting(session: AnySession, viewer: Viewer) -> list[InboxRow]:
    """What waits for the viewer's verdict, the longest waiting first."""
    statement = _inbox(viewer).where(*_waits(viewer))
    return _rows(session, viewer, statement.order_by(ReviewSeat.named_at, ReviewRound.id))


def sent(session: AnySession, viewer: Viewer) -> list[InboxRow]:
    """What the viewer sent and is not decided yet, then what was; the latest first."""
    statement = _inbox(viewer, of_mine=True).where(Goal.owner_id == viewer.id)
    is_open = ReviewRound.state == RoundState.OPEN
    return _rows(session, viewer, statement.order_by(is_open.desc(), ReviewRound.sent_at.desc(), ReviewRound.id.desc()))


def decided(session: AnySession, viewer: Viewer) -> list[InboxRow]:
    """What the viewer decided, and may still know of, the latest first."""
    statement = _inbox(viewer).where(*_was_decided(viewer))
    return _rows(session, viewer, statement.order_by(ReviewSeat.decided_at.desc(), ReviewRound.id.desc()))


def counts(session: AnySession, viewer: Viewer) -> Counts:
    """How many reviews wait for the viewer, how many they sent, and how many they decided; one statement."""
    placed = select(func.count()).select_from(ReviewSeat).join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
    placed = placed.join(Goal, Goal.id == ReviewRound.goal_id).where(goals_visible_to(viewer))
    own = select(func.count()).select_from(ReviewRound).join(Goal, Goal.id == ReviewRound.goal_id)
    own = own.where(goals_visible_to(viewer), Goal.owner_id == viewer.id)
    lists = (placed.where(*_waits(viewer)), own, placed.where(*_was_decided(viewer)))
    return Counts(*session.execute(select(*(one.scalar_subquery() for one in lists))).one())


def _waits(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    mine = (ReviewSeat.reviewer_id == viewer.id, ReviewSeat.removed_at.is_(None))
    return (*mine, ReviewSeat.decided_at.is_(None), ReviewRound.state == RoundState.OPEN)


def _was_decided(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (ReviewSeat.reviewer_id == viewer.id, ReviewSeat.decided_at.is_not(None))


def _inbox(viewer: Viewer, *, of_mine: bool = False) -> Select[*tuple[Any, ...]]:
    """Rounds with their goals and owners; joined with the viewer's place in them, save for those of one's own."""
    earlier = aliased(ReviewRound)
    of_goal = (earlier.goal_id == Goal.id, earlier.id < ReviewRound.id, earlier.beside.is_(False))
    approved = (*of_goal, earlier.state == RoundState.APPROVED)
    theirs = or_(Goal.owner_id == viewer.id, Goal.organisation_id.is_not(None), decided_by(viewer, earlier.id))
    columns: list[ColumnElement[Any] | Any] = [
        ReviewRound.public_id,
        ReviewRound.revision,
        ReviewRound.state,
        ReviewRound.sent_at,
        Goal.id.label("goal_id"),
        Goal.public_id.label("goal"),
        Goal.kind,
        Goal.owner_id,
        Goal.title,
        Objective.name,
        exists().where(*approved, theirs).label("change"),
        Person.name.label("owner"),
    ]
    if of_mine:
        statement = select(*columns).select_from(ReviewRound)
    else:
        mine = (ReviewSeat.verdict, ReviewSeat.nudged_at, ReviewSeat.named_at)
        statement = select(*columns, *mine).select_from(ReviewSeat)
        statement = statement.join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
    joined = statement.join(Goal, Goal.id == ReviewRound.goal_id).join(Person, Person.id == Goal.owner_id)
    joined = joined.outerjoin(Objective, Objective.goal_id == Goal.id)
    return joined.where(goals_visible_to(viewer)).limit(LISTED)


def _rows(session: AnySession, viewer: Viewer, statement: Select[*tuple[Any, ...]]) -> list[InboxRow]:
    rows = session.execute(statement).all()
    words: dict[int, Words] = {viewer.id: viewer.words}
    words |= words_of_all(session, {row.owner_id for row in rows if row.kind.is_private} - {viewer.id})
    return [
        InboxRow(
            id=row.public_id,
            goal_id=row.goal_id,
            goal=row.goal,
            kind=row.kind,
            owner_id=row.owner_id,
            owner=row.owner,
            title=row.name or words[row.owner_id].open("goal.title", row.title),
            revision=row.revision,
            change=row.change,
            state=row.state,
            sent_at=getattr(row, "named_at", row.sent_at),
            verdict=getattr(row, "verdict", None),
            nudged_at=getattr(row, "nudged_at", None),
        )
        for row in rows
    ]
