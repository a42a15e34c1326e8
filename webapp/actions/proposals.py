"""Proposing goals, and answering what was proposed (domain rules §6): nothing is a client's before they accept it."""

import json
from typing import Any

from webapp.actions import goals, rounds
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, Invalid, Problem
from webapp.domain.goals import GoalDraft, Kind, ReviewState
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.proposals import WAITING_AT_ONCE, ProposalDraft, as_json
from webapp.domain.reviews import ProposalState, Verdict, comment_problems
from webapp.models import Goal, GoalProposal
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import proposals as queries
from webapp.queries.clients import Shown


def propose(session: AnySession, viewer: Viewer, shown: Shown, draft: ProposalDraft) -> GoalProposal:
    """The goal waits for the client's answer, sealed with their key; raises Invalid with every problem, and NotFound
    for who may not see goals of theirs."""
    client = shown.client
    thought_of = Goal(owner_id=client.number, kind=Kind.PERSONAL)
    require(viewer, Permission.GOAL_REVIEW, goal_queries.facts_of(session, viewer, thought_of))
    problems = draft.check(client.today)
    if queries.waiting_count(session, viewer, client.number) >= WAITING_AT_ONCE:
        problems.append(Problem("", "too_many_proposals", {"most": WAITING_AT_ONCE}))
    if problems:
        raise Invalid(problems)
    message = draft.message.strip()
    made = GoalProposal(client_id=client.number, therapist_id=viewer.id, created_at=viewer.now)
    made.terms = shown.words.seal(queries.TERMS, json.dumps({"goal": as_json(draft.goal)}))
    made.message = shown.words.seal(queries.MESSAGE, message) if message else None
    session.add(made)
    session.flush()
    record(session, Tag.PROPOSAL_MAKE, at=viewer.now, viewer=viewer, subject_id=client.number, thing=made)
    return made


def withdraw(session: AnySession, viewer: Viewer, proposal: GoalProposal) -> GoalProposal:
    """The viewer's proposal is taken back, and its client hears no more of it; raises Conflict when it was answered.
    The caller holds it."""
    if proposal.state is ProposalState.WITHDRAWN:
        return proposal
    _refuse_answered(proposal)
    _settle(viewer, proposal, ProposalState.WITHDRAWN)
    session.flush()
    record(session, Tag.PROPOSAL_WITHDRAW, at=viewer.now, viewer=viewer, subject_id=proposal.client_id, thing=proposal)
    return proposal


def accept(session: AnySession, viewer: Viewer, proposal: GoalProposal) -> Goal:
    """The viewer has the goal as it was proposed, approved by who proposed it, so that a later change of what it binds
    them to comes before the same therapist. Accepting again gives the same goal; raises Invalid and Conflict. The
    caller holds the proposal."""
    if proposal.state is ProposalState.ACCEPTED:
        return _goal_of(session, viewer, proposal)
    _refuse_answered(proposal)
    goal = goals.create(session, viewer, queries.opened(session, viewer, proposal).goal)
    _approved(session, viewer, goal, proposal)
    return _accepted(session, viewer, proposal, goal, changed=False)


def accept_changed(session: AnySession, viewer: Viewer, proposal: GoalProposal, draft: GoalDraft) -> Goal:
    """The viewer has a goal of their own, made of what was proposed, that nobody approved; else as `accept`."""
    if proposal.state is ProposalState.ACCEPTED:
        return _goal_of(session, viewer, proposal)
    _refuse_answered(proposal)
    return _accepted(session, viewer, proposal, goals.create(session, viewer, draft), changed=True)


def decline(session: AnySession, viewer: Viewer, proposal: GoalProposal, comment: str = "") -> GoalProposal:
    """The proposal comes to nothing; its therapist can read the comment. Raises Invalid, and Conflict when it was
    accepted. The caller holds it."""
    if proposal.state is ProposalState.DECLINED:
        return proposal
    _refuse_answered(proposal)
    if problems := comment_problems(comment, required=False):
        raise Invalid(problems)
    kept: dict[str, Any] = json.loads(viewer.words.open(queries.TERMS, proposal.terms))
    if answer := comment.strip():
        proposal.terms = viewer.words.seal(queries.TERMS, json.dumps({**kept, "answer": answer}))
    _settle(viewer, proposal, ProposalState.DECLINED)
    session.flush()
    record(session, Tag.PROPOSAL_DECLINE, at=viewer.now, viewer=viewer, thing=proposal)
    return proposal


def _refuse_answered(proposal: GoalProposal) -> None:
    if proposal.state is not ProposalState.WAITING:
        raise Conflict("answered_meanwhile", proposal=proposal.public_id)


def _goal_of(session: AnySession, viewer: Viewer, proposal: GoalProposal) -> Goal:
    """What came of it; raises NotFound when it is deleted."""
    return goal_queries.find(session, viewer, queries.opened(session, viewer, proposal).goal_id or "")


def _approved(session: AnySession, viewer: Viewer, goal: Goal, proposal: GoalProposal) -> None:
    """The client asked for the first revision by accepting it, and the therapist approved it by proposing it."""
    goal.review_state = ReviewState.APPROVED
    verdict, at = Verdict.APPROVE, viewer.now
    rounds.decided_at_once(session, goal, proposal.therapist_id, verdict, at, asked_by=viewer.id)


def _accepted(session: AnySession, viewer: Viewer, proposal: GoalProposal, goal: Goal, *, changed: bool) -> Goal:
    proposal.goal_id = goal.id
    _settle(viewer, proposal, ProposalState.ACCEPTED)
    session.flush()
    record(
        session, Tag.PROPOSAL_ACCEPT, at=viewer.now, viewer=viewer, thing=proposal, goal=goal.public_id, changed=changed
    )
    return goal


def _settle(viewer: Viewer, proposal: GoalProposal, state: ProposalState) -> None:
    proposal.state, proposal.decided_at = state, viewer.now
