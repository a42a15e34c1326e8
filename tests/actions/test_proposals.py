"""A goal that is proposed is nobody's until its client accepts it, and then it is approved by who proposed it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from webapp.actions import proposals
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.goals import GoalDraft, ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.proposals import WAITING_AT_ONCE, ProposalDraft, as_json, read
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reviews import Act, ProposalState, RoundState, Stage, Verdict
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Direction
from webapp.models import Goal, GoalProposal, Grant, Membership, Person, ReviewEvent, ReviewRound, ReviewSeat
from webapp.queries import clients, reviews
from webapp.queries import goals as goal_queries
from webapp.queries import proposals as queries

DRAFT = make.draft(
    "Breathe out",
    make.schedule(Frequency.CUSTOM, days=(0, 2), start=TODAY),
    question="Did you?",
    description="Four in, six out.",
    direction=Direction.AT_LEAST,
    target=Decimal("4.5"),
    unit="minutes",
    skip_budget=2,
)


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session, "Ada"))


@pytest.fixture
def thea(session: Session, ada: Viewer) -> Viewer:
    """A therapist whom Ada lets see goals."""
    someone = make.person(session, "Thea")
    make.member(session, someone, make.organisation(session), Role.THERAPIST)
    make.grant(session, session.get_one(Person, ada.id), someone, Scope.GOALS)
    return make.viewer(session, someone)


@pytest.fixture
def proposed(session: Session, ada: Viewer, thea: Viewer) -> GoalProposal:
    return propose(session, thea, ada)


def propose(session: Session, thea: Viewer, ada: Viewer, draft: GoalDraft = DRAFT, message: str = "") -> GoalProposal:
    shown = clients.find(session, thea, ada.public_id)
    return proposals.propose(session, thea, shown, ProposalDraft(draft, message))


def everything_of(session: Session, model: Any) -> list[Any]:
    return list(session.scalars(select(model).order_by(model.id)))


@pytest.mark.parametrize(
    "draft",
    [
        DRAFT,
        make.draft("Once", make.schedule(Frequency.ONE_TIME, until=TODAY + timedelta(days=9)), criticality="High"),
        make.draft("Swim", make.schedule(Frequency.QUOTA, times=2, period=QuotaPeriod.ROLLING, length=5)),
        make.draft("Rule", make.schedule(Frequency.RULE, rule="FREQ=MONTHLY;BYDAY=2TU", week_start=6)),
    ],
)
def test_what_is_kept_is_what_was_proposed(draft: GoalDraft) -> None:
    assert read(as_json(draft)) == draft


def test_a_proposal_is_no_goal_and_its_words_are_sealed(session: Session, ada: Viewer, thea: Viewer) -> None:
    made = propose(session, thea, ada, message="Try it.")
    assert everything_of(session, Goal) == []
    assert b"Breathe" not in made.terms
    assert made.message is not None
    assert b"Try" not in made.message
    (waiting,) = queries.waiting(session, ada)
    assert (waiting.therapist, waiting.goal, waiting.message) == ("Thea", DRAFT, "Try it.")
    assert make.tags(session, made) == ["proposal:make"]


def test_every_problem_is_told_at_once(session: Session, ada: Viewer, thea: Viewer) -> None:
    wrong = make.draft(" ", make.schedule(Frequency.CUSTOM, start=TODAY, until=TODAY - timedelta(days=1)))
    with pytest.raises(Invalid) as caught:
        propose(session, thea, ada, wrong, "x" * 4_001)
    assert {problem.field for problem in caught.value.problems} == {"title", "days", "start", "message"}
    assert everything_of(session, GoalProposal) == []


def test_so_many_wait_and_no_more(session: Session, ada: Viewer, thea: Viewer) -> None:
    for _ in range(WAITING_AT_ONCE):
        propose(session, thea, ada)
    with pytest.raises(Invalid, match="too_many_proposals"):
        propose(session, thea, ada)


def test_accepted_it_is_a_goal_approved_by_who_proposed_it(
    session: Session, ada: Viewer, thea: Viewer, proposed: GoalProposal
) -> None:
    later = replace(ada, now=NOW + timedelta(hours=1))
    goal = proposals.accept(session, later, proposed)

    opened = goal_queries.opened(session, ada, goal)
    assert (opened.title, opened.description, opened.target, opened.skip_budget) == (
        "Breathe out",
        "Four in, six out.",
        Decimal("4.5"),
        2,
    )
    assert (goal.owner_id, goal.revision, goal.review_state) == (ada.id, 1, ReviewState.APPROVED)
    assert list(make.rows(session, goal))[:2] == [TODAY + timedelta(days=1), TODAY + timedelta(days=6)]
    (round_,) = everything_of(session, ReviewRound)
    assert (round_.state, round_.revision, round_.sent_by_id) == (RoundState.APPROVED, 1, ada.id)
    assert round_.closed_at == later.now
    (seat,) = everything_of(session, ReviewSeat)
    assert (seat.reviewer_id, seat.verdict, seat.decided_at) == (thea.id, Verdict.APPROVE, later.now)
    events = [(event.act, event.actor_id, event.round_id) for event in everything_of(session, ReviewEvent)]
    assert events == [(Act.APPROVE, thea.id, round_.id)]
    assert (proposed.state, proposed.goal_id, proposed.decided_at) == (ProposalState.ACCEPTED, goal.id, later.now)
    assert reviews.standing(session, ada, goal).stage is Stage.APPROVED
    assert reviews.may_decide_again(session, ada, goal) == ([thea.id], 1)
    assert make.tags(session, proposed) == ["proposal:make", "proposal:accept"]


def test_accepting_twice_gives_one_goal(session: Session, ada: Viewer, proposed: GoalProposal) -> None:
    goal = proposals.accept(session, ada, proposed)
    session.flush()
    assert proposals.accept(session, ada, queries.find(session, ada, proposed.public_id, lock=True)) is goal
    assert proposals.accept_changed(session, ada, proposed, make.draft("Other")) is goal
    assert len(everything_of(session, Goal)) == len(everything_of(session, ReviewRound)) == 1
    with pytest.raises(Conflict):
        proposals.decline(session, ada, proposed)
    with pytest.raises(Conflict):
        proposals.withdraw(session, ada, proposed)


def test_changed_first_it_is_simply_ones_own(session: Session, ada: Viewer, proposed: GoalProposal) -> None:
    goal = proposals.accept_changed(session, ada, proposed, make.draft("Breathe in"))
    assert goal.review_state is None
    assert everything_of(session, ReviewRound) == []
    assert (proposed.state, proposed.goal_id) == (ProposalState.ACCEPTED, goal.id)


def test_declined_it_comes_to_nothing(session: Session, ada: Viewer, thea: Viewer, proposed: GoalProposal) -> None:
    with pytest.raises(Invalid):
        proposals.decline(session, ada, proposed, "x" * 4_001)
    proposals.decline(session, ada, proposed, " Not now. ")
    proposals.decline(session, ada, proposed, "Again.")

    assert everything_of(session, Goal) == []
    shown = clients.find(session, thea, ada.public_id)
    (told,) = queries.made_to(session, thea, ada.id, shown.words)
    assert (told.state, told.answer, told.goal) == (ProposalState.DECLINED, "Not now.", DRAFT)
    assert make.tags(session, proposed) == ["proposal:make", "proposal:decline"]
    with pytest.raises(Conflict):
        proposals.accept(session, ada, proposed)
    assert queries.waiting(session, ada) == []


def test_withdrawn_its_client_hears_no_more_of_it(
    session: Session, ada: Viewer, thea: Viewer, proposed: GoalProposal
) -> None:
    held = queries.find_made(session, thea, proposed.public_id, ada.id)
    proposals.withdraw(session, thea, held)
    proposals.withdraw(session, thea, held)
    assert make.tags(session, proposed) == ["proposal:make", "proposal:withdraw"]
    assert queries.waiting(session, ada) == []
    with pytest.raises(NotFound):
        queries.find(session, ada, proposed.public_id)


def test_a_start_that_has_passed_asks_nothing_of_the_days_before(
    session: Session, ada: Viewer, proposed: GoalProposal
) -> None:
    later = replace(ada, now=NOW + timedelta(days=30), today=TODAY + timedelta(days=30))
    goal = proposals.accept(session, later, proposed)
    assert min(make.rows(session, goal)) >= later.today


ENDS: dict[str, Any] = {
    "revoked": (Grant, {"state": GrantState.REVOKED}),
    "expired": (Grant, {"expires_at": NOW}),
    "goals no longer shared": (Grant, {"sees_goals": False}),
    "suspended": (Membership, {"status": MembershipStatus.SUSPENDED}),
}


@pytest.mark.parametrize("how", ENDS)
def test_once_goals_are_not_shared_nobody_knows_of_what_waits(
    session: Session, ada: Viewer, thea: Viewer, proposed: GoalProposal, how: str
) -> None:
    taken = proposals.accept(session, ada, propose(session, thea, ada))
    model, values = ENDS[how]
    session.execute(model.__table__.update().values(**values))
    session.expire_all()

    assert queries.waiting(session, ada) == []
    with pytest.raises(NotFound):
        queries.find(session, ada, proposed.public_id, lock=True)
    with pytest.raises(NotFound):
        queries.find_made(session, thea, proposed.public_id, ada.id)
    assert queries.made_to(session, thea, ada.id, ada.words) == []
    with pytest.raises(NotFound):
        propose(session, thea, ada)
    kept = session.scalars(select(GoalProposal).where(GoalProposal.goal_id == taken.id)).one()
    assert queries.find(session, ada, kept.public_id) is kept, "what was accepted is the client's own history"


def test_a_proposal_is_between_the_two(session: Session, ada: Viewer, thea: Viewer, proposed: GoalProposal) -> None:
    other = make.person(session, "Otto")
    make.member(session, other, make.organisation(session, "Other"), Role.THERAPIST)
    make.grant(session, session.get_one(Person, ada.id), other, *Scope)
    otto = make.viewer(session, other)

    assert queries.made_to(session, otto, ada.id, ada.words) == []
    for find in (
        lambda: queries.find(session, otto, proposed.public_id),
        lambda: queries.find_made(session, otto, proposed.public_id, ada.id),
        lambda: queries.find(session, thea, proposed.public_id),
        lambda: queries.find_made(session, thea, proposed.public_id, otto.id),
    ):
        with pytest.raises(NotFound):
            find()
    assert queries.find_made(session, thea, proposed.public_id, ada.id) is proposed
