"""Which round of reviews a verdict of the viewer's is about, also when it was given already."""

from sqlalchemy import select

from webapp.domain.goals import ReviewState
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState, Verdict
from webapp.models import Goal, ReviewRound
from webapp.models.engine import AnySession
from webapp.queries.reviews import open_round_of, seat_of


def round_for(session: AnySession, viewer: Viewer, goal: Goal, verdict: Verdict) -> ReviewRound | None:
    """The goal's open round, else the last one while the viewer's own verdict there is this one and what it came to
    still stands; None when there is nothing to decide. The caller holds the goal."""
    return open_round_of(session, goal) or _repeated(session, viewer, goal, verdict)


def _repeated(session: AnySession, viewer: Viewer, goal: Goal, verdict: Verdict) -> ReviewRound | None:
    of_goal = (ReviewRound.goal_id == goal.id, ReviewRound.beside.is_(False))
    statement = select(ReviewRound).where(*of_goal).order_by(ReviewRound.id.desc()).limit(1)
    last = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    seat = seat_of(session, viewer, last) if last is not None else None
    if last is None or seat is None or seat.verdict is not verdict:
        return None
    if verdict is Verdict.APPROVE:
        stands = goal.review_state is ReviewState.APPROVED and last.state is RoundState.APPROVED
        return last if stands and last.revision == goal.revision else None
    return last if last.state is RoundState.DECLINED and last.revision >= goal.revision else None
