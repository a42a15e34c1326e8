"""Keeping what a goal bound its owner to at each revision, in force or only asked for."""

import json

from sqlalchemy import func, select

from webapp.domain.people import Viewer
from webapp.models import Goal, GoalRevision
from webapp.models.engine import AnySession
from webapp.queries.reviews import AnyTerms
from webapp.queries.sealing import PLAIN


def keep(session: AnySession, viewer: Viewer, goal: Goal, terms: AnyTerms, number: int) -> None:
    """The terms of this revision stand for good, of a private goal sealed with the owner's key; the viewer is the owner
    then."""
    words = viewer.words if goal.kind.is_private else PLAIN
    sealed = words.seal("goal_revision.terms", json.dumps(terms.as_json()))
    revision = GoalRevision(goal_id=goal.id, number=number, author_id=viewer.id, terms=sealed)
    revision.created_at = viewer.now
    session.add(revision)


def next_number(session: AnySession, goal: Goal) -> int:
    """The number of the goal's next revision; one that was asked for and never came in force keeps its own."""
    kept = session.scalar(select(func.max(GoalRevision.number)).where(GoalRevision.goal_id == goal.id))
    return max(goal.revision, kept or 0) + 1
