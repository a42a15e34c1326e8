"""Freeing what waits for people who may decide on nobody's objectives any more, as their lines and teams have changed.

The goals are held before the organisation, as everywhere; `hold` says so before, `free` does it after.
"""

from collections.abc import Collection

from sqlalchemy import Select, select

from webapp.actions import places
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState
from webapp.models import Goal, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries import reporting as queries
from webapp.queries.members import in_parts


def hold(session: AnySession, organisation_id: int, people: Collection[int]) -> None:
    """The objectives that wait for these people's verdict are held."""
    waiting = _waiting(organisation_id)
    goals = {goal for some in in_parts(people) for goal, _ in session.execute(_of(waiting, some))}
    for some in in_parts(goals):
        session.execute(select(Goal.id).where(Goal.id.in_(some)).order_by(Goal.id).with_for_update())


def free(session: AnySession, viewer: Viewer, organisation_id: int, people: Collection[int]) -> None:
    """Nothing of the organisation's waits any more for those of these people who may decide on nothing there."""
    session.flush()
    waiting = _waiting(organisation_id)
    asked = {person for some in in_parts(people) for _, person in session.execute(_of(waiting, some))}
    for person in sorted(asked - queries.deciders(session, organisation_id, asked)):
        places.free(session, person, viewer.now, organisation_id=organisation_id, viewer=viewer)


def _waiting(organisation_id: int) -> Select[int, int]:
    """The objectives that wait for a verdict, and whose verdict it is."""
    return (
        select(Goal.id, ReviewSeat.reviewer_id)
        .join(ReviewRound, ReviewRound.goal_id == Goal.id)
        .join(ReviewSeat, ReviewSeat.round_id == ReviewRound.id)
        .where(Goal.organisation_id == organisation_id, ReviewRound.state == RoundState.OPEN)
        .where(ReviewSeat.decided_at.is_(None), ReviewSeat.removed_at.is_(None))
    )


def _of(waiting: Select[int, int], people: Collection[int]) -> Select[int, int]:
    return waiting.where(ReviewSeat.reviewer_id.in_(people))
