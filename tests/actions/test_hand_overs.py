"""An objective goes to another owner: as a term of its own revision, without the approval it had."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.relations import Work
from tests.visitors import letters
from webapp.actions import closings, decisions, feeds, hand_overs, objectives
from webapp.domain.errors import Invalid, Locked, Refused
from webapp.domain.goals import Outcome, ReviewState
from webapp.domain.objective_drafts import FeedDraft
from webapp.domain.objectives import CycleState, FeedKind
from webapp.domain.people import MembershipStatus, Viewer
from webapp.domain.reviews import ClosingDraft, RoundState, Verdict
from webapp.models import AuditEvent, Goal, GoalRevision, KeyResultFeed, Membership, ReviewRound
from webapp.queries import objectives as queries
from webapp.queries import reviews as review_queries
from webapp.queries.doctor import examine
from webapp.queries.objectives import Found


@pytest.fixture
def work(app: Flask, session: Session) -> Work:
    return Work(session)


def held(work: Work, viewer: Viewer | None = None) -> Found:
    return queries.find(work.session, viewer or work.ines, work.goal.public_id, lock=True)


def hand(work: Work, viewer: Viewer | None = None, to: int | None = None) -> Goal:
    found = held(work, viewer)
    hand_overs.hand_over(work.session, viewer or work.ines, found, to or work.manager.id)
    work.session.commit()
    return found.goal


def approve(work: Work) -> None:
    round_ = work.send(work.manager)
    found, goal = review_queries.find_round(work.session, work.mona, round_.public_id, lock=True)
    decisions.decide(work.session, work.mona, found, goal, Verdict.APPROVE, revision=found.revision)


def stands(work: Work) -> dict[str, Any]:
    return make.everything(work.session)


def test_it_is_the_heirs_in_a_revision_of_its_own_and_they_are_told(work: Work) -> None:
    approve(work)
    before = work.goal.revision
    (old,) = queries.key_results_of(work.session, work.goal.id)
    old.owner_id = work.person.id
    goal = hand(work)
    assert (goal.owner_id, goal.revision) == (work.manager.id, before + 1)
    assert goal.review_state is ReviewState.DRAFT, "nobody approved it of this owner"
    assert queries.key_results_of(work.session, goal.id)[0].owner_id is None
    numbers = select(GoalRevision.number).where(GoalRevision.goal_id == goal.id).order_by(GoalRevision.number)
    assert list(work.session.scalars(numbers)) == [before, before + 1]
    assert make.tags(work.session, goal)[-1] == "objective:hand_over"
    event = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.details["before"], event.details["after"]) == (work.person.id, work.manager.id)
    (letter,) = letters(work.session, "hand-over")
    assert (letter["to"], letter["values"]) == (work.manager.email, {"count": 1}), "no title in a mail"
    assert not list(examine(work.session, make.TODAY))


def test_what_is_in_review_is_a_draft_and_waits_for_nobody(work: Work) -> None:
    round_ = work.send(work.manager)
    assert hand(work).review_state is ReviewState.DRAFT
    assert work.session.get_one(ReviewRound, round_.id).state is RoundState.ENDED


def test_a_change_that_waits_is_over_too(work: Work) -> None:
    approve(work)
    found = held(work, work.paul)
    draft = queries.draft_of(work.session, found)
    changed = make.objective_draft(work.paul, work.cycle, draft.name, key_results=(make.key_result("Other", 3),))
    objectives.save(work.session, work.paul, found, changed, seen=found.goal.version)
    work.session.commit()
    assert hand(work).review_state is ReviewState.DRAFT
    assert RoundState.OPEN not in set(work.session.scalars(select(ReviewRound.state)))


def test_a_locked_cycle_does_not_hold_it_and_a_closed_one_does(work: Work) -> None:
    work.cycle.state = CycleState.LOCKED
    work.session.commit()
    assert hand(work).owner_id == work.manager.id
    work.cycle.state = CycleState.CLOSED
    work.session.commit()
    before = stands(work)
    with pytest.raises(Locked):
        hand(work, to=work.person.id)
    assert stands(work) == before


def test_what_is_closed_keeps_its_name(work: Work) -> None:
    approve(work)
    found = held(work, work.paul)
    closings.close(work.session, work.paul, found.goal, ClosingDraft(Outcome.ACHIEVED, make.Decimal(1)))
    work.session.commit()
    before = stands(work)
    with pytest.raises(Locked):
        hand(work)
    assert stands(work) == before


def test_only_an_admin_may_and_only_to_an_active_member(work: Work) -> None:
    stranger = make.person(work.session, "Sam")
    suspended = make.person(work.session, "Sue")
    make.member(work.session, suspended, work.home, status=MembershipStatus.SUSPENDED)
    work.session.commit()
    before = stands(work)
    for viewer in (work.mona, work.paul):
        with pytest.raises(Refused):
            hand(work, viewer)
    for heir in (stranger, suspended):
        with pytest.raises(Invalid) as error:
            hand(work, to=heir.id)
        assert [one.field for one in error.value.problems] == ["heir"]
    assert stands(work) == before


def test_said_twice_it_changes_nothing(work: Work) -> None:
    hand(work)
    before = stands(work)
    hand(work)
    assert stands(work) == before


def test_one_nobody_was_asked_about_asks_where_the_heir_has_somebody_to_ask(work: Work) -> None:
    alone = make.cycle(work.session, work.home, "Free", reviewers=0)
    free = make.objective(work.session, work.paul, alone, "Free")
    hand_overs.hand_over(work.session, work.ines, free, work.manager.id)
    assert free.goal.review_state is None
    asking = make.objective(work.session, work.paul, work.cycle, "Asking")
    asking.goal.review_state = None
    hand_overs.hand_over(work.session, work.ines, asking, work.manager.id)
    assert asking.goal.review_state is ReviewState.DRAFT


def test_what_their_own_goals_fed_is_fed_no_more(work: Work) -> None:
    approve(work)
    own = make.goal(work.session, work.paul, "Walk")
    (row,) = queries.key_results_of(work.session, work.goal.id)
    key_result, found = queries.find_key_result(work.session, work.paul, row.public_id, lock=True)
    feeds.connect(work.session, work.paul, key_result, found, FeedDraft(own.public_id, FeedKind.COMPLETION))
    work.session.commit()
    assert work.session.get_one(Goal, own.id, populate_existing=True).feeds
    hand(work)
    assert work.session.scalar(select(KeyResultFeed.ended_at)) == work.ines.now
    assert not work.session.get_one(Goal, own.id, populate_existing=True).feeds
    assert work.session.scalar(select(Membership.status).where(Membership.person_id == work.person.id)) == "active"
