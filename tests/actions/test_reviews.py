"""Asking for a review, deciding, and all that can come between: on both engines, every right with its control."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.relations import Relation
from webapp.actions import closings, decisions, entries, goals, places, reviews
from webapp.domain.errors import Conflict, Invalid, Locked, NotFound
from webapp.domain.goals import Lifecycle, Outcome, ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.reviews import Act, ClosingDraft, RoundState, Stage, Verdict
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, EntryDraft
from webapp.models import (
    GoalClosing,
    GoalRevision,
    OutboxMessage,
)
from webapp.queries import goals as goal_queries
from webapp.queries import inbox
from webapp.queries import reviews as queries

LATER = timedelta(days=1, minutes=1)


@pytest.fixture
def they(app: Flask, session: Session) -> Relation:
    return Relation(session)


def test_a_goal_nobody_asked_about_counts_as_approved(they: Relation) -> None:
    standing = queries.standing(they.session, they.ada, they.held())
    assert standing.stage is Stage.FREE
    assert standing.may == (Act.EDIT, Act.SEND, Act.CHECK_IN, Act.CLOSE)
    assert they.save(when=make.schedule(Frequency.WEEKLY)) is Act.EDIT
    assert they.stage() is Stage.FREE


def test_what_is_sent_is_approved_once(they: Relation) -> None:
    round_ = they.send("Is this too much?")
    assert they.stage() is Stage.IN_REVIEW
    assert they.held().review_state is ReviewState.IN_REVIEW
    they.decide(round_, Verdict.APPROVE, "Just right.")
    they.decide(round_, Verdict.APPROVE, "Just right, again.")
    assert they.stage() is Stage.APPROVED
    assert they.told() == [(Act.SEND, "Is this too much?"), (Act.APPROVE, "Just right.")]
    assert make.tags(they.session, they.walk) == ["goal:create", "goal:send", "goal:approve"]


def test_sending_back_needs_a_word_and_unlocks(they: Relation) -> None:
    round_ = they.send()
    with pytest.raises(Invalid) as invalid:
        they.decide(round_, Verdict.DECLINE, "  ")
    assert [(one.field, one.code) for one in invalid.value.problems] == [("comment", "required")]
    assert they.stage() is Stage.IN_REVIEW
    they.decide(round_, Verdict.DECLINE, "Three times a week will do.")
    assert they.stage() is Stage.DRAFT
    assert they.save(when=make.schedule(Frequency.WEEKLY)) is Act.EDIT
    assert they.send().revision == 2


def test_a_decided_review_is_not_decided_otherwise(they: Relation) -> None:
    round_ = they.approved()
    they.session.commit()
    before = make.everything(they.session)
    with pytest.raises(Conflict) as conflict:
        they.decide(round_, Verdict.DECLINE, "No.")
    assert conflict.value.code == "decided_meanwhile"
    assert make.everything(they.session) == before


def test_terms_are_locked_while_somebody_decides_and_the_rest_is_not(they: Relation) -> None:
    they.send()
    for changed in ({"when": make.schedule(Frequency.WEEKLY)}, {"title": "Run"}, {"description": "By the sea."}):
        with pytest.raises(Locked) as locked:
            they.save(**changed)
        assert locked.value.reason == "in_review"
        assert locked.value.held == {"by": ["Thea"], "since": NOW}
        assert "withdraw" in locked.value.actions
    assert they.save(colour=7, question="Did you?", criticality="High", tags=("calm",), skip_budget=3) is Act.EDIT
    assert they.held().colour == 7
    assert they.stage() is Stage.IN_REVIEW


def test_the_owner_always_ticks(they: Relation) -> None:
    they.send()
    a_week_on = make.viewer(they.session, they.client, NOW + timedelta(days=7))
    draft = EntryDraft(local_date=a_week_on.today, state=DayState.DONE)
    assert entries.record_day(they.session, a_week_on, they.held(), draft).state is DayState.DONE


def test_a_change_of_what_was_approved_waits_beside_it(they: Relation) -> None:
    they.approved()
    assert they.save("Run", make.schedule(Frequency.WEEKLY, days=(2,)), colour=5) is Act.PROPOSE
    goal = they.held()
    opened = goal_queries.opened(they.session, they.ada, goal)
    assert (opened.title, opened.schedule.frequency, opened.colour) == ("Walk", Frequency.DAILY, 5)
    assert (they.stage(), goal.revision, goal.review_state) == (Stage.CHANGE_IN_REVIEW, 1, ReviewState.APPROVED)
    (waiting,) = inbox.waiting(they.session, they.thea)
    round_, goal = queries.find_round(they.session, they.thea, waiting.id, lock=True)
    compared = queries.compared(they.session, they.thea, round_, goal)
    assert {one.field for one in compared.changes} == {"title", "schedule"}
    assert waiting.change

    decisions.decide(they.session, they.thea, round_, goal, Verdict.APPROVE, revision=2)
    opened = goal_queries.opened(they.session, they.ada, they.held())
    assert (opened.title, opened.schedule.frequency, opened.revision) == ("Run", Frequency.WEEKLY, 2)
    assert they.stage() is Stage.APPROVED
    days = [day for day in make.rows(they.session, they.walk) if day > TODAY]
    assert {day.weekday() for day in days} == {2}


def test_a_declined_change_leaves_what_was_approved_in_force(they: Relation) -> None:
    they.approved()
    they.save("Run")
    (waiting,) = inbox.waiting(they.session, they.thea)
    round_, goal = queries.find_round(they.session, they.thea, waiting.id, lock=True)
    decisions.decide(they.session, they.thea, round_, goal, Verdict.DECLINE, revision=2, comment="Walk first.")
    assert they.stage() is Stage.APPROVED
    assert goal_queries.opened(they.session, they.ada, they.held()).title == "Walk"
    assert they.save("Stroll") is Act.PROPOSE
    numbers = select(GoalRevision.number).where(GoalRevision.goal_id == they.walk.id).order_by(GoalRevision.number)
    assert list(they.session.scalars(numbers)) == [1, 2, 3]


def test_a_change_nobody_can_approve_any_more_holds_at_once_as_a_draft(they: Relation) -> None:
    they.approved()
    they.grant.state = GrantState.REVOKED
    they.session.flush()
    assert they.save("Run") is Act.EDIT
    assert they.stage() is Stage.DRAFT
    assert goal_queries.opened(they.session, they.ada, they.held()).title == "Run"


def test_cosmetic_changes_never_ask_again(they: Relation) -> None:
    they.approved()
    assert they.save(colour=9, question="Did you walk?") is Act.EDIT
    assert they.stage() is Stage.APPROVED


def test_a_change_by_a_program_ends_the_review_and_the_approval(they: Relation) -> None:
    round_ = they.send()
    held = they.held()
    goals.change(they.session, they.ada, held, make.draft("Run"), seen=held.version)
    assert they.stage() is Stage.DRAFT
    assert round_.state is RoundState.ENDED
    they.session.commit()
    before = make.everything(they.session)
    with pytest.raises(Conflict):
        they.decide(round_, Verdict.APPROVE)
    assert make.everything(they.session) == before


def test_a_verdict_names_the_revision_that_was_seen(they: Relation) -> None:
    round_ = they.send()
    with pytest.raises(Conflict) as conflict:
        they.decide(round_, Verdict.APPROVE, revision=round_.revision + 1)
    assert conflict.value.code == "changed_meanwhile"
    assert they.stage() is Stage.IN_REVIEW


def test_withdrawing_unlocks_step_by_step(they: Relation) -> None:
    they.send()
    reviews.withdraw(they.session, they.ada, they.held(), "Not yet.")
    assert they.stage() is Stage.DRAFT
    they.approved()
    they.save("Run")
    reviews.withdraw(they.session, they.ada, they.held())
    assert they.stage() is Stage.APPROVED
    reviews.withdraw(they.session, they.ada, they.held())
    assert they.stage() is Stage.DRAFT
    with pytest.raises(Locked):
        reviews.withdraw(they.session, they.ada, they.held())


def test_who_is_sent_to_must_be_able_to_decide(they: Relation) -> None:
    stranger = make.person(they.session, "Sam")
    fallen = make.person(they.session, "Fred")
    make.member(they.session, fallen, they.home, Role.THERAPIST, status=MembershipStatus.SUSPENDED)
    make.grant(they.session, they.client, fallen, Scope.GOALS)
    blind = make.person(they.session, "Berta")
    make.member(they.session, blind, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, blind, Scope.TRACKING, Scope.MOOD_LEVELS)
    they.session.commit()
    before = make.everything(they.session)
    for nobody in (stranger, fallen, blind, they.client):
        with pytest.raises(Invalid):
            they.send(to=nobody)
    assert make.everything(they.session) == before
    assert they.send().state is RoundState.OPEN


def test_a_private_goal_comes_before_one_person_only(they: Relation) -> None:
    other = make.person(they.session, "Otto")
    make.member(they.session, other, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, other, Scope.GOALS)
    held = they.held()
    wanted = [other.public_id, they.therapist.public_id]
    with pytest.raises(Invalid) as invalid:
        reviews.send(they.session, they.ada, held, wanted, seen=held.version)
    assert [one.code for one in invalid.value.problems] == ["one_reviewer"]


def test_another_therapist_learns_nothing_of_the_review(they: Relation) -> None:
    other = make.person(they.session, "Otto")
    make.member(they.session, other, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, other, Scope.GOALS, Scope.TRACKING)
    otto = make.viewer(they.session, other)
    round_ = they.send("For Thea only.")
    standing = queries.standing(they.session, otto, they.held(otto))
    assert (standing.stage, standing.round, standing.seats, standing.may) == (Stage.FREE, None, (), ())
    assert inbox.waiting(they.session, otto) == []
    assert queries.story(they.session, otto, they.held(otto)) == []
    with pytest.raises(NotFound):
        queries.find_round(they.session, otto, round_.public_id)
    for said in (True, False, True):  # by a program, which may always say it
        decisions.judge_current(they.session, otto, they.held(otto), approved=said)
        assert queries.is_approved_for(they.session, otto, they.held(otto)) is said
        assert not queries.is_approved_for(they.session, they.thea, they.held(they.thea))
        assert they.stage() is Stage.IN_REVIEW
    they.thea = make.viewer(they.session, they.therapist, NOW + LATER)
    they.decide(round_, Verdict.APPROVE)
    assert they.save("Run") is Act.PROPOSE
    assert [row.title for row in inbox.waiting(they.session, they.thea)] == ["Walk"]
    assert inbox.waiting(they.session, otto) == []
    assert queries.find_round(they.session, they.thea, round_.public_id)[0].id == round_.id


@pytest.mark.parametrize(("approved", "state"), [(True, ReviewState.APPROVED), (False, ReviewState.DRAFT)])
def test_a_program_decides_for_whom_was_asked(they: Relation, approved: bool, state: ReviewState) -> None:
    round_ = they.send()
    for _ in range(2):
        decisions.judge_current(they.session, they.thea, they.held(they.thea), approved=approved)
        assert they.held().review_state is state
    assert round_.state is (RoundState.APPROVED if approved else RoundState.DECLINED)
    assert len(they.told()) == 2


def test_what_is_said_unasked_takes_nothing_from_whom_was_asked(they: Relation) -> None:
    other = make.person(they.session, "Otto")
    make.member(they.session, other, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, other, Scope.GOALS)
    otto = make.viewer(they.session, other, NOW + LATER)
    they.approved()
    for said in (False, True):
        decisions.judge_current(they.session, otto, they.held(otto), approved=said)
        assert queries.is_approved_for(they.session, otto, they.held(otto)) is said
        assert queries.is_approved_for(they.session, they.thea, they.held(they.thea))
        assert they.stage() is Stage.APPROVED
    assert queries.may_decide_again(they.session, they.ada, they.held()) == ([they.therapist.id], 1)


def test_what_stands_is_approved_for_its_reviewer_while_a_change_waits(they: Relation) -> None:
    they.approved()
    they.save("Run")
    assert queries.is_approved_for(they.session, they.thea, they.held(they.thea))
    decisions.judge_current(they.session, they.thea, they.held(they.thea), approved=False)
    assert they.stage() is Stage.APPROVED, "no revision was named: the one in review is meant"
    assert queries.is_approved_for(they.session, they.thea, they.held(they.thea))
    decisions.judge_current(they.session, they.thea, they.held(they.thea), approved=False)
    assert they.stage() is Stage.DRAFT
    assert not queries.is_approved_for(they.session, they.thea, they.held(they.thea))


def test_a_date_that_passed_while_its_change_waited_is_overdue_and_not_lost(they: Relation) -> None:
    once = make.goal(they.session, they.ada, "Call", make.schedule(Frequency.ONE_TIME, until=TODAY + timedelta(9)))
    they.decide(they.send(goal=once), Verdict.APPROVE)
    held = they.held(goal=once)
    sooner = make.draft("Call", make.schedule(Frequency.ONE_TIME, until=TODAY + timedelta(1)))
    assert reviews.save(they.session, they.ada, held, sooner, seen=held.version) is Act.PROPOSE
    (row,) = inbox.waiting(they.session, they.thea)
    they.thea = make.viewer(they.session, they.therapist, NOW + timedelta(days=4))
    round_, goal = queries.find_round(they.session, they.thea, row.id, lock=True)
    decisions.decide(they.session, they.thea, round_, goal, Verdict.APPROVE, revision=row.revision)
    assert list(make.rows(they.session, once)) == [TODAY + timedelta(1)]


def test_changing_reviewers_moves_the_place(they: Relation) -> None:
    other = make.person(they.session, "Otto")
    make.member(they.session, other, they.home, Role.THERAPIST)
    make.grant(they.session, they.client, other, Scope.GOALS)
    otto = make.viewer(they.session, other)
    round_ = they.send()
    found, goal = queries.find_round(they.session, they.ada, round_.public_id, lock=True)
    reviews.change_reviewers(they.session, they.ada, found, goal, [other.public_id])
    assert inbox.waiting(they.session, they.thea) == []
    with pytest.raises(NotFound):
        queries.find_round(they.session, they.thea, round_.public_id)
    (waiting,) = inbox.waiting(they.session, otto)
    assert waiting.id == round_.public_id
    reviews.change_reviewers(they.session, they.ada, found, goal, [they.therapist.public_id])
    assert [row.id for row in inbox.waiting(they.session, they.thea)] == [round_.public_id]
    assert inbox.waiting(they.session, otto) == []


def test_a_nudge_goes_out_once_a_day(they: Relation) -> None:
    round_ = they.send()
    for now, asked in ((NOW, 1), (NOW, 0), (NOW + LATER, 1)):
        ada = make.viewer(they.session, they.client, now)
        found, goal = queries.find_round(they.session, ada, round_.public_id, lock=True)
        assert reviews.nudge(they.session, ada, found, goal) == asked
    mails = they.session.scalars(select(OutboxMessage).where(OutboxMessage.person_id == they.therapist.id)).all()
    assert len(mails) == 2
    places.free(they.session, they.therapist.id, NOW + LATER, owner_id=they.client.id)
    they.session.expire_all()
    assert all(mail.failed_at and mail.payload is None for mail in mails), "nobody is asked for what waits no more"


def test_the_end_of_a_relation_makes_drafts_and_leaves_approvals(they: Relation) -> None:
    they.approved()
    second = make.goal(they.session, they.ada, "Read")
    waiting = they.send(goal=second)
    assert places.free(they.session, they.therapist.id, NOW, owner_id=they.client.id, viewer=they.ada) == 1
    assert they.stage() is Stage.APPROVED
    assert second.review_state is ReviewState.DRAFT
    assert waiting.state is RoundState.ENDED


def test_closing_says_what_came_of_it_and_reopening_goes_on(they: Relation) -> None:
    they.approved()
    with pytest.raises(Invalid) as invalid:
        closings.close(they.session, they.ada, they.held(), ClosingDraft(None, Decimal("1.5")))
    assert {one.field for one in invalid.value.problems} == {"outcome", "score"}
    draft = ClosingDraft(Outcome.ACHIEVED, Decimal("0.8"), "It became a habit.")
    closings.close(they.session, they.ada, they.held(), draft)
    assert they.stage() is Stage.CLOSED
    for attempt in (
        lambda: they.save("Run"),
        lambda: goals.unarchive(they.session, they.ada, they.held()),
        lambda: make.tick(they.session, they.ada, they.walk, TODAY),
        lambda: they.send(),
    ):
        with pytest.raises(Locked) as locked:
            attempt()
        assert locked.value.reason == "closed"
    assert queries.standing(they.session, they.thea, they.held(they.thea)).may == (Act.ACKNOWLEDGE,)
    closings.acknowledge(they.session, they.thea, they.held(they.thea))
    closing = they.session.scalars(select(GoalClosing)).one()
    assert (closing.score, closing.acknowledged_by_id) == (Decimal("0.8"), they.therapist.id)
    closings.reopen(they.session, they.ada, they.held())
    assert they.stage() is Stage.APPROVED
    assert they.held().lifecycle is Lifecycle.ACTIVE
    assert make.tick(they.session, they.ada, they.walk, TODAY).state is DayState.DONE


def test_what_is_in_review_is_not_closed(they: Relation) -> None:
    they.send()
    with pytest.raises(Locked):
        closings.close(they.session, they.ada, they.held(), ClosingDraft(Outcome.ACHIEVED, Decimal(1)))
