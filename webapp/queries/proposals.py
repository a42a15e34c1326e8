"""Goals that therapists propose, as the client sees them who may accept them, and as the therapist who made them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from webapp.domain.errors import NotFound
from webapp.domain.goals import GoalDraft
from webapp.domain.people import Viewer, Words
from webapp.domain.proposals import read
from webapp.domain.reviews import ProposalState
from webapp.models import Goal, GoalProposal, Grant, Person
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id, open_or_empty
from webapp.queries.visibility import grants_open_to, holds_for

TERMS, MESSAGE = "goal_proposal.terms", "goal_proposal.message"
LISTED = 50
"""So many proposals a list shows at once."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal, opened. `answer` is what the client said when they declined it, `goal_id` the goal that came of
    it."""

    id: str
    therapist: str
    goal: GoalDraft
    message: str
    answer: str
    state: ProposalState
    created_at: datetime
    decided_at: datetime | None
    goal_id: str | None


def proposals_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Every proposal the viewer may know of: made to them and answered, or waiting while its therapist may see goals of
    theirs; and made by them to whoever lets them see goals now."""
    between = (Grant.client_id == GoalProposal.client_id, Grant.therapist_id == GoalProposal.therapist_id)
    lets_see = exists().where(*between, Grant.sees_goals, *holds_for(GoalProposal.therapist_id, viewer.now))
    answered = GoalProposal.state.in_((ProposalState.ACCEPTED, ProposalState.DECLINED))
    waits = and_(GoalProposal.state == ProposalState.WAITING, lets_see)
    open_to_me = exists().where(Grant.client_id == GoalProposal.client_id, grants_open_to(viewer))
    return or_(
        and_(GoalProposal.client_id == viewer.id, or_(answered, waits)),
        and_(GoalProposal.therapist_id == viewer.id, open_to_me),
    )


def waiting(session: AnySession, viewer: Viewer) -> list[Proposed]:
    """What is proposed to the viewer and waits for their answer, the oldest first."""
    mine = (GoalProposal.client_id == viewer.id, GoalProposal.state == ProposalState.WAITING)
    return _listed(session, viewer, viewer.words, mine, newest_first=False)


def made_to(session: AnySession, viewer: Viewer, client_id: int, words: Words) -> list[Proposed]:
    """What the viewer proposed to this client, the newest first; the words are the client's."""
    mine = (GoalProposal.client_id == client_id, GoalProposal.therapist_id == viewer.id)
    return _listed(session, viewer, words, mine, newest_first=True)


def find(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> GoalProposal:
    """What was proposed to the viewer, if they may still know of it, else NotFound; held, if it is to be answered."""
    return _found(session, viewer, public_id, GoalProposal.client_id == viewer.id, lock)


def find_made(session: AnySession, viewer: Viewer, public_id: str, client_id: int) -> GoalProposal:
    """What the viewer proposed to this client, held, so that it can be taken back; else NotFound."""
    mine = and_(GoalProposal.therapist_id == viewer.id, GoalProposal.client_id == client_id)
    return _found(session, viewer, public_id, mine, True)


def opened(session: AnySession, viewer: Viewer, proposal: GoalProposal) -> Proposed:
    """What was proposed to the viewer, with its words."""
    who = select(Person.name).where(Person.id == proposal.therapist_id).scalar_subquery()
    goal = select(Goal.public_id).where(Goal.id == proposal.goal_id, Goal.deleted_at.is_(None)).scalar_subquery()
    row = session.execute(select(who.label("therapist"), goal.label("goal"))).one()
    return _proposed(viewer.words, proposal, row.therapist, row.goal)


def waiting_count(session: AnySession, viewer: Viewer, client_id: int) -> int:
    """How many proposals of the viewer's wait for this client."""
    mine = (GoalProposal.client_id == client_id, GoalProposal.therapist_id == viewer.id)
    statement = select(func.count()).where(*mine, GoalProposal.state == ProposalState.WAITING)
    return session.scalar(statement) or 0


def _found(session: AnySession, viewer: Viewer, public_id: str, mine: ColumnElement[bool], lock: bool) -> GoalProposal:
    if not is_public_id(public_id):
        raise NotFound
    statement = select(GoalProposal).where(GoalProposal.public_id == public_id, mine, proposals_visible_to(viewer))
    statement = statement.execution_options(populate_existing=lock)
    proposal = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if proposal is None:
        raise NotFound
    return proposal


def _listed(
    session: AnySession, viewer: Viewer, words: Words, mine: tuple[ColumnElement[bool], ...], *, newest_first: bool
) -> list[Proposed]:
    statement = (
        select(GoalProposal, Person.name, Goal.public_id)
        .join(Person, Person.id == GoalProposal.therapist_id)
        .outerjoin(Goal, and_(Goal.id == GoalProposal.goal_id, Goal.deleted_at.is_(None)))
        .where(*mine, proposals_visible_to(viewer))
        .order_by(GoalProposal.id.desc() if newest_first else GoalProposal.id)
        .limit(LISTED)
    )
    return [_proposed(words, proposal, name, goal) for proposal, name, goal in session.execute(statement)]


def _proposed(words: Words, proposal: GoalProposal, therapist: str, goal: str | None) -> Proposed:
    kept: Mapping[str, Any] = json.loads(words.open(TERMS, proposal.terms))
    return Proposed(
        id=proposal.public_id,
        therapist=therapist,
        goal=read(kept["goal"]),
        message=open_or_empty(words, MESSAGE, proposal.message),
        answer=kept.get("answer", ""),
        state=proposal.state,
        created_at=proposal.created_at,
        decided_at=proposal.decided_at,
        goal_id=goal,
    )
