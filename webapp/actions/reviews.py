"""What a therapist decides about a client's goal (domain rules §6)."""

from webapp.actions.audit import Tag, record
from webapp.domain.goals import ReviewState
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.models import Goal
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries


def approve(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal's current revision is approved; raises Refused, and NotFound for whom there is no such goal."""
    return _decide(session, viewer, goal, ReviewState.APPROVED, Tag.GOAL_APPROVE)


def return_to_draft(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal is a draft again, whatever was approved before; raises Refused and NotFound."""
    return _decide(session, viewer, goal, ReviewState.DRAFT, Tag.GOAL_RETURN)


def _decide(session: AnySession, viewer: Viewer, goal: Goal, state: ReviewState, tag: Tag) -> Goal:
    """The caller loaded the goal locked. Saying what stands already changes nothing."""
    require(viewer, Permission.GOAL_REVIEW, goal_queries.facts_of(session, viewer, goal))
    if goal.review_state is not state:
        goal.review_state = state
        goal.version += 1
        goal.updated_at = viewer.now
        record(session, tag, at=viewer.now, viewer=viewer, subject_id=goal.owner_id, thing=goal, revision=goal.revision)
        session.flush()
    return goal
