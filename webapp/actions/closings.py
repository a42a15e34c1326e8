"""Closing a goal with what came of it, taking note of that, and opening it again (domain rules §6)."""

from webapp.actions import goals, occurrences, roll_ups, rounds
from webapp.actions.audit import Tag
from webapp.domain.errors import Conflict, Invalid, Locked
from webapp.domain.goals import Kind, Lifecycle
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission
from webapp.domain.policy import require as require_right
from webapp.domain.reviews import Act, ClosingDraft, require
from webapp.models import Goal, GoalClosing
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as queries


def close(session: AnySession, viewer: Viewer, goal: Goal, draft: ClosingDraft) -> Goal:
    """The goal is closed: nothing of it is due, and what came of it stands with its score. The caller holds the goal.

    Raises Locked in the wrong stage and Invalid with every problem.
    """
    _require(session, viewer, goal, Act.CLOSE)
    if problems := draft.check():
        raise Invalid(problems)
    assert draft.outcome is not None
    assert draft.score is not None
    goal.lifecycle, goal.outcome = Lifecycle.CLOSED, draft.outcome
    if goal.kind.is_private:
        goal.archived_at = goal.archived_at or viewer.now
    goal.version += 1
    goal.updated_at = viewer.now
    closing = GoalClosing(goal_id=goal.id, closed_by_id=viewer.id, closed_at=viewer.now, outcome=draft.outcome)
    closing.score = draft.score
    words, said = queries.owner_words(session, viewer, goal), draft.words.strip()
    closing.words = words.seal("goal_closing.words", said) if said else None
    session.add(closing)
    if goal.kind is Kind.OBJECTIVE:
        roll_ups.hold(session, goal.organisation_id)
        roll_ups.refresh(session, goal.id)
    rounds.note(session, goal, Act.CLOSE, viewer)
    rounds.log(session, viewer, goal, Tag.GOAL_CLOSE)
    return goal


def acknowledge(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """Who approved the goal has taken note of its close; a second time changes nothing. Raises Locked and Refused."""
    _require(session, viewer, goal, Act.ACKNOWLEDGE, right=Permission.GOAL_REVIEW)
    closing = queries.closing_of(session, goal)
    if closing is None:
        raise Conflict("changed_meanwhile", goal=goal.public_id)
    if closing.acknowledged_at is None:
        closing.acknowledged_at, closing.acknowledged_by_id = viewer.now, viewer.id
        rounds.note(session, goal, Act.ACKNOWLEDGE, viewer, round_=queries.approved_round_of(session, goal))
        rounds.log(session, viewer, goal, Tag.GOAL_ACKNOWLEDGE)
    return goal


def reopen(session: AnySession, viewer: Viewer, goal: Goal) -> Goal:
    """The goal is live again, reviewed as it was; what was written at its close is kept. Repeating changes nothing."""
    require_right(viewer, Permission.GOAL_CLOSE, goal_queries.facts_of(session, viewer, goal))
    if goal.lifecycle is not Lifecycle.CLOSED:
        return goal
    _require(session, viewer, goal, Act.REOPEN)
    closing = queries.closing_of(session, goal)
    if closing is not None:
        closing.reopened_at = viewer.now
    goal.lifecycle, goal.outcome, goal.completed_at = Lifecycle.ACTIVE, None, None
    away_since, goal.archived_at = goal.archived_at, None
    goal.version += 1
    goal.updated_at = viewer.now
    if goal.kind.is_private and away_since is not None:
        goals.catch_up(session, viewer, goal, away_since)
    session.flush()
    if goal.kind is Kind.OBJECTIVE:
        roll_ups.hold(session, goal.organisation_id)
        roll_ups.refresh(session, goal.id)
    else:
        occurrences.settle(session, goal, viewer.now, viewer)
    rounds.note(session, goal, Act.REOPEN, viewer)
    rounds.log(session, viewer, goal, Tag.GOAL_REOPEN)
    return goal


def _require(
    session: AnySession, viewer: Viewer, goal: Goal, act: Act, right: Permission = Permission.GOAL_CLOSE
) -> None:
    """Raises what the viewer's rights and the goal's stage say against it."""
    require_right(viewer, right, goal_queries.facts_of(session, viewer, goal))
    standing = queries.standing(session, viewer, goal)
    require(standing.stage, standing.parts, act, standing.cycle, **standing.held())
    if act not in standing.may:
        raise Locked(standing.stage.value, actions=tuple(one.value for one in standing.may), **standing.held())
