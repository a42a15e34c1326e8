"""What was done in the reviews of one objective, and where it led."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from webapp.domain.goals import ReviewState
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import Act, RoundState
from webapp.models import Goal, Person, ReviewEvent, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries.goals import open_or_empty
from webapp.queries.objective_json import TAKEN
from webapp.queries.sealing import PLAIN

DECIDED = {RoundState.APPROVED: ReviewState.APPROVED, RoundState.DECLINED: ReviewState.DRAFT}
SHOWN = frozenset(
    {
        Act.SEND,
        Act.PROPOSE,
        Act.CHANGE_REVIEWERS,
        Act.NUDGE,
        Act.APPROVE,
        Act.DECLINE,
        Act.WITHDRAW,
        Act.OVERRIDE,
        Act.END,
    }
)
"""What belongs to a review; closing an objective does not."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who did it (a public id, None for nobody or who is gone), and the review state before and after."""

    act: Act
    before: ReviewState
    after: ReviewState
    by: str | None
    comment: str = field(repr=False)
    at: datetime
    revision: int


def steps(session: AnySession, viewer: Viewer, goal: Goal) -> list[Step]:
    """The steps the viewer may know of, the first one first: all of them for the objective's owner and for admins,
    for others those of rounds in which they have a place. One statement."""
    mine = exists().where(ReviewSeat.round_id == ReviewEvent.round_id, ReviewSeat.reviewer_id == viewer.id, TAKEN)
    statement = (
        select(
            ReviewEvent.act,
            ReviewEvent.at,
            ReviewEvent.revision,
            ReviewEvent.comment,
            ReviewEvent.round_id,
            ReviewRound.state,
            Person.public_id,
            mine.label("mine"),
        )
        .outerjoin(ReviewRound, ReviewRound.id == ReviewEvent.round_id)
        .outerjoin(Person, Person.id == ReviewEvent.actor_id)
        .where(ReviewEvent.goal_id == goal.id, ReviewEvent.act.in_(sorted(SHOWN)))
    )
    events = session.execute(statement.order_by(ReviewEvent.id)).all()
    knows_all = goal.owner_id == viewer.id or viewer.has(Role.ADMIN, goal.organisation_id)
    return [step for step, event in zip(_walked(events), events, strict=True) if knows_all or event.mine]


def _walked(events: Iterable[Any]) -> Iterable[Step]:
    """The steps with the states they lead from and to."""
    events = list(events)
    ends = {event.round_id: place for place, event in enumerate(events) if _may_end(event)}
    changes = {event.round_id for event in events if event.act is Act.PROPOSE}
    state = ReviewState.DRAFT
    for place, event in enumerate(events):
        before = ReviewState.DRAFT if event.act is Act.SEND else state
        if event.act is Act.PROPOSE or event.round_id in changes:
            before = state = ReviewState.APPROVED
        elif event.act is Act.SEND:
            state = ReviewState.IN_REVIEW
        elif event.act in (Act.WITHDRAW, Act.END):
            state = ReviewState.DRAFT
        elif ends.get(event.round_id) == place:
            state = DECIDED.get(event.state, state)
        comment = open_or_empty(PLAIN, "review_event.comment", event.comment)
        yield Step(event.act, before, state, event.public_id, comment, event.at, event.revision)


def _may_end(event: Any) -> bool:
    return event.act in (Act.APPROVE, Act.DECLINE, Act.OVERRIDE)
