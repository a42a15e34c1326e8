"""Handing an objective over to another member: their answering for it is a term, so nothing of an approval is inherited
(domain rules §6)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from webapp.actions import feeds, roll_ups, sign_ins
from webapp.actions.audit import Tag, record
from webapp.actions.objective_rows import put_terms
from webapp.actions.objectives import bind_anew
from webapp.domain.errors import Invalid, Problem
from webapp.domain.goals import ReviewState
from webapp.domain.objectives import CycleState
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission
from webapp.domain.policy import require as require_right
from webapp.domain.reviews import Act, refuse_closed
from webapp.models import Goal, Person
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import objectives as queries
from webapp.queries import reviewers
from webapp.queries.members import is_member
from webapp.queries.objective_standing import refuse_by_cycle
from webapp.queries.objectives import Found


def hand_over(session: AnySession, viewer: Viewer, found: Found, heir_id: int) -> None:
    """The objective, which the caller holds, is this active member's, and so are its key results that were its owner's;
    they are told. What was approved, or in review, is a draft again; said twice, nothing changes.

    It holds in a locked cycle too. Raises Refused for who is no admin or owns it, Locked for what is closed, Invalid.
    """
    require_right(viewer, Permission.GOAL_OVERRIDE, goal_queries.facts_of(session, viewer, found.goal))
    if pass_on(session, viewer, found, heir_id):
        tell(session, viewer, heir_id, [found.goal])


def pass_on(session: AnySession, viewer: Viewer, found: Found, heir_id: int) -> bool:
    """As `hand_over`, by who may see its owner off, and nobody is told yet; returns whether it was another's before."""
    goal, home = found.goal, found.goal.organisation_id
    refuse_closed(goal.lifecycle, goal.archived_at)
    refuse_by_cycle(session, goal, Act.OVERRIDE)
    assert home is not None
    roll_ups.hold(session, home)
    if session.scalar(select(Person.id).where(Person.id == heir_id, is_member(home))) is None:
        raise Invalid([Problem("heir", "unknown_choice")])
    before = goal.owner_id
    if heir_id == before:
        return False
    feeds.end_of_person(session, viewer, before, home, goal.id)
    stood = queries.terms_in_force(session, found)
    theirs = tuple(replace(one, owner=None) if one.owner == before else one for one in stood.key_results)
    asked = replace(stood, owner=heir_id, key_results=theirs)
    put_terms(session, viewer, goal, found.objective, asked)
    bind_anew(session, viewer, goal, asked)
    # In a locked cycle nobody could send it: what nobody was asked about goes on there as it was.
    is_asked = found.cycle.reviewers and found.cycle.state is CycleState.OPEN
    if goal.review_state is None and is_asked and reviewers.updaters(session, home, heir_id):
        goal.review_state = ReviewState.DRAFT
    goal.version += 1
    goal.updated_at = viewer.now
    roll_ups.refresh(session, goal.id)
    words = {"before": before, "after": heir_id, "revision": goal.revision}
    about = {"subject_id": before, "organisation_id": home, "thing": goal}
    record(session, Tag.OBJECTIVE_HAND_OVER, at=viewer.now, viewer=viewer, **about, **words)  # type: ignore[arg-type]
    session.flush()
    return True


def tell(session: AnySession, viewer: Viewer, heir_id: int, goals: Sequence[Goal]) -> None:
    """The heir, unless it is the viewer, hears in one mail that objectives became theirs, and not which."""
    if not goals or heir_id == viewer.id:
        return
    heir, first = session.get_one(Person, heir_id), min(goals, key=lambda goal: goal.id)
    key = f"hand-over:{heir.public_id}:{first.public_id}:{first.revision}"
    sign_ins.tell(session, heir, "hand-over", key, viewer.now, count=len(goals))
