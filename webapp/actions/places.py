"""Freeing the places of a reviewer who is gone, or may see a client's goals no more (domain rules §6): what they
decided stays, what waits for them does not."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from webapp.actions import outbox, rounds
from webapp.actions.audit import Tag, record
from webapp.domain.goals import ReviewState
from webapp.domain.people import Viewer
from webapp.domain.reviews import Act, RoundState
from webapp.models import Goal, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession


def free(
    session: AnySession,
    person_id: int,
    at: datetime,
    *,
    owner_id: int | None = None,
    organisation_id: int | None = None,
    private: bool = False,
    viewer: Viewer | None = None,
) -> int:
    """Nothing waits for this person's verdict any more, or nothing of this owner's private goals, or nothing of this
    organisation's, or nothing that is private; where too few are left to decide, the round is over and what was in
    review is a draft again.

    `viewer` is who brought it about, None when time did. Returns how many places were freed.
    """
    whose: tuple[ColumnElement[bool], ...] = ()
    if owner_id is not None:
        whose = (Goal.owner_id == owner_id, Goal.organisation_id.is_(None))
    elif organisation_id is not None:
        whose = (Goal.organisation_id == organisation_id,)
    elif private:
        whose = (Goal.organisation_id.is_(None),)
    waiting = _waiting(person_id).where(*whose)
    # First the goals are held, then it is looked again: while this waited for a verdict, there may have been one.
    _hold(session, waiting)
    freed = session.execute(waiting).all()
    for goal, round_, seat in freed:
        seat.removed_at = at
        goal.version += 1
        session.flush()
        outbox.cancel(session, nudge_of(round_, person_id), at)
        if _left(session, round_) < round_.needed:
            _end(session, goal, round_, at, viewer)
    session.flush()
    return len(freed)


def hold(session: AnySession, person_id: int) -> None:
    """Every goal that waits for this person's verdict is held, for who frees some of them after people are held."""
    _hold(session, _waiting(person_id))


def nudge_of(round_: ReviewRound, person_id: int) -> str:
    """How the mails begin that ask this person again."""
    return f"review-nudge:{round_.public_id}:{person_id}:"


def _waiting(person_id: int) -> Select[*tuple[Any, ...]]:
    """What waits for this person's verdict: the goal, its round and their place, the oldest goal first."""
    return (
        select(Goal, ReviewRound, ReviewSeat)
        .join(ReviewRound, ReviewRound.goal_id == Goal.id)
        .join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
        .where(ReviewSeat.reviewer_id == person_id, ReviewSeat.decided_at.is_(None), ReviewSeat.removed_at.is_(None))
        .where(ReviewRound.state == RoundState.OPEN)
        .order_by(Goal.id)
        .execution_options(populate_existing=True)
    )


def _hold(session: AnySession, waiting: Select[*tuple[Any, ...]]) -> None:
    held = session.scalars(waiting.with_only_columns(Goal.id)).all()
    session.execute(select(Goal.id).where(Goal.id.in_(held)).order_by(Goal.id).with_for_update())


def _left(session: AnySession, round_: ReviewRound) -> int:
    """How many have decided on the round or still may."""
    there = or_(ReviewSeat.removed_at.is_(None), ReviewSeat.decided_at.is_not(None))
    statement = select(func.count()).select_from(ReviewSeat).where(ReviewSeat.round_id == round_.id, there)
    return session.scalar(statement) or 0


def _end(session: AnySession, goal: Goal, round_: ReviewRound, at: datetime, viewer: Viewer | None) -> None:
    rounds.close(round_, RoundState.ENDED, at)
    if goal.review_state is ReviewState.IN_REVIEW:
        goal.review_state = ReviewState.DRAFT
    rounds.note(session, goal, Act.END, viewer, at=at, round_=round_)
    about = (goal.owner_id, goal.organisation_id)
    record(
        session, Tag.GOAL_END_REVIEW, at=at, viewer=viewer, subject_id=about[0], organisation_id=about[1], thing=goal
    )
