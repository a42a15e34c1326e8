"""Objectives from opening to deletion: what is material, what is locked, what follows from what."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.relations import Work
from webapp.actions import closings, cycles, decisions, goals, objectives, reviews
from webapp.domain.errors import Conflict, DomainError, Invalid, Locked, NotFound, Refused
from webapp.domain.goals import Kind, Outcome, ReviewState
from webapp.domain.objective_drafts import CycleDraft
from webapp.domain.objectives import CycleState, RollUp
from webapp.domain.people import Viewer
from webapp.domain.reviews import Act, ClosingDraft, Verdict
from webapp.models import AuditEvent, Goal, KeyResult, Objective, ReviewRound, Team, TeamMember
from webapp.queries import goals as goal_queries
from webapp.queries import objective_lists
from webapp.queries import objectives as queries
from webapp.queries import reviews as review_queries
from webapp.queries.doctor import examine
from webapp.queries.objectives import Found


@pytest.fixture
def work(app: Flask, session: Session) -> Work:
    return Work(session)


def held(work: Work, viewer: Viewer | None = None) -> Found:
    return queries.find(work.session, viewer or work.paul, work.goal.public_id, lock=True)


def save(work: Work, viewer: Viewer | None = None, *, at_once: bool = False, **changes: Any) -> Act:
    """The objective with these changes, as an editor would save them."""
    found = held(work, viewer)
    draft = replace(queries.draft_of(work.session, found), **changes)
    return objectives.save(work.session, viewer or work.paul, found, draft, seen=found.goal.version, at_once=at_once)


def approve(work: Work) -> ReviewRound:
    return decide(work, work.send(work.manager), Verdict.APPROVE)


def decide(work: Work, round_: ReviewRound, verdict: Verdict, comment: str = "") -> ReviewRound:
    found, goal = review_queries.find_round(work.session, work.mona, round_.public_id, lock=True)
    return decisions.decide(work.session, work.mona, found, goal, verdict, revision=found.revision, comment=comment)


def retarget(work: Work, target: int) -> tuple[Any, ...]:
    """The key results with this target."""
    return tuple(replace(one, target=Decimal(target)) for one in queries.draft_of(work.session, held(work)).key_results)


def turn(work: Work, state: CycleState) -> None:
    work.cycle.state, work.cycle.state_by_id = state, work.admin.id
    work.session.flush()


class TestOpening:
    def test_is_a_draft_where_somebody_can_review_it(self, work: Work) -> None:
        found = held(work)
        assert (found.goal.kind, found.goal.review_state) == (Kind.OBJECTIVE, ReviewState.DRAFT)
        assert (found.objective.starts, found.objective.ends) == (work.cycle.starts, work.cycle.ends)

    def test_a_person_alone_runs_it_unreviewed(self, session: Session, app: Flask) -> None:
        home = make.organisation(session)
        ada = make.person(session)
        make.member(session, ada, home)
        found = make.objective(session, make.viewer(session, ada), make.cycle(session, home, reviewers=1))
        assert found.goal.review_state is None

    def test_a_cycle_without_reviewers_asks_for_none(self, work: Work) -> None:
        free = make.cycle(work.session, work.home)
        assert make.objective(work.session, work.paul, free).goal.review_state is None

    def test_who_manages_may_make_one_for_another_and_nobody_else(self, work: Work) -> None:
        made = make.objective(work.session, work.mona, work.cycle, owner=work.paul.public_id)
        assert made.goal.owner_id == work.paul.id
        count = len(list(work.session.scalars(select(Objective.goal_id))))
        with pytest.raises(Refused):
            make.objective(work.session, work.paul, work.cycle, owner=work.mona.public_id)
        assert len(list(work.session.scalars(select(Objective.goal_id)))) == count

    def test_a_team_makes_its_own_and_its_members_or_its_lead_answer_for_them(self, work: Work) -> None:
        team = Team(organisation_id=work.home.id, name="Bakers", lead_id=work.mona.id)
        work.session.add(team)
        work.session.flush()
        work.session.add(TeamMember(team_id=team.id, person_id=work.paul.id))
        work.session.flush()
        for owner in (work.paul, work.mona):
            said = {"owner": owner.public_id, "team": team.public_id}
            assert make.objective(work.session, work.paul, work.cycle, **said).goal.owner_id == owner.id
        with pytest.raises(Refused):
            make.objective(work.session, work.paul, work.cycle, owner=work.ines.public_id, team=team.public_id)

    @pytest.mark.parametrize(
        ("field", "said"),
        [("cycle", "0" * 24), ("owner", "0" * 24), ("parent", "0" * 24), ("team", "0" * 24)],
    )
    def test_what_nobody_knows_is_named(self, work: Work, field: str, said: str) -> None:
        draft = replace(make.objective_draft(work.paul, work.cycle), **{field: said})
        with pytest.raises(Invalid) as error:
            objectives.create(work.session, work.paul, work.home.id, draft)
        assert [(one.field, one.code) for one in error.value.problems] == [(field, "unknown_choice")]

    def test_another_house_has_nothing_to_offer(self, work: Work) -> None:
        other = make.organisation(work.session)
        stranger = make.person(work.session, "Sam")
        make.member(work.session, stranger, other)
        sam = make.viewer(work.session, stranger)
        elsewhere = make.cycle(work.session, other)
        theirs = make.objective(work.session, sam, elsewhere)
        for said in ({"cycle": elsewhere.public_id}, {"owner": sam.public_id}, {"parent": theirs.goal.public_id}):
            draft = replace(make.objective_draft(work.paul, work.cycle), **said)
            with pytest.raises(Invalid):
                objectives.create(work.session, work.paul, work.home.id, draft)
        with pytest.raises(NotFound):
            queries.find(work.session, sam, work.goal.public_id)

    def test_many_at_once_or_none(self, work: Work) -> None:
        good, bad = (make.objective_draft(work.paul, work.cycle, name) for name in ("Good", " "))
        before = objective_lists.count(work.session, objective_lists.visible_in(work.paul, work.home.id))
        with pytest.raises(Invalid) as error:
            objectives.create_all(work.session, work.paul, work.home.id, [good, bad])
        assert [(one.field, one.code) for one in error.value.problems] == [("1.name", "required")]
        work.session.rollback()
        assert objective_lists.count(work.session, objective_lists.visible_in(work.paul, work.home.id)) == before
        assert len(objectives.create_all(work.session, work.paul, work.home.id, [good, good])) == 2


class TestChanging:
    def test_words_pass_without_reviewers(self, work: Work) -> None:
        approve(work)
        assert save(work, name="Win a dozen", description="All of them", tags=("Sales",)) is Act.EDIT
        found = held(work)
        assert (found.goal.review_state, found.goal.revision) == (ReviewState.APPROVED, 1)
        assert found.objective.name == "Win a dozen"
        assert queries.tags_of(work.session, [found.goal.id]) == {found.goal.id: ("Sales",)}

    def test_a_material_change_waits_while_what_was_approved_stays(self, work: Work) -> None:
        approve(work)
        assert save(work, key_results=retarget(work, 12)) is Act.PROPOSE
        assert [one.target for one in queries.key_results_of(work.session, work.goal.id)] == [Decimal(10)]
        assert held(work).goal.review_state is ReviewState.APPROVED
        (waiting,) = [one for one in rounds_of(work) if one.closed_at is None]
        assert waiting.revision == 2
        decide(work, waiting, Verdict.APPROVE)
        assert [one.target for one in queries.key_results_of(work.session, work.goal.id)] == [Decimal(12)]
        assert held(work).goal.revision == 2

    def test_a_program_changes_it_at_once_and_it_is_a_draft(self, work: Work) -> None:
        approve(work)
        assert save(work, at_once=True, key_results=retarget(work, 12)) is Act.EDIT
        assert [one.target for one in queries.key_results_of(work.session, work.goal.id)] == [Decimal(12)]
        assert held(work).goal.review_state is ReviewState.DRAFT

    def test_nothing_changes_under_a_reviewers_eyes(self, work: Work) -> None:
        work.send(work.manager)
        for changes in ({"name": "Other"}, {"key_results": retarget(work, 12)}):
            with pytest.raises(Locked) as error:
                save(work, **changes)
            assert (error.value.reason, error.value.held["by"]) == ("in_review", ["Mona"])
        assert held(work).objective.name == "Win ten shops"

    @pytest.mark.parametrize("who", ["mona", "ines"])
    def test_who_manages_may_edit_a_draft(self, work: Work, who: str) -> None:
        assert save(work, getattr(work, who), name="Win a dozen") is Act.EDIT

    def test_others_read_and_do_not_edit(self, work: Work) -> None:
        peer = make.person(work.session, "Pete")
        make.member(work.session, peer, work.home)
        pete = make.viewer(work.session, peer)
        assert held(work, pete).objective.name == "Win ten shops"
        with pytest.raises(Refused):
            save(work, pete, name="Other")
        with pytest.raises(Refused):
            objectives.delete(work.session, pete, held(work, pete))

    def test_a_changed_one_is_a_conflict(self, work: Work) -> None:
        found = held(work)
        draft = queries.draft_of(work.session, found)
        with pytest.raises(Conflict):
            objectives.save(work.session, work.paul, found, draft, seen=found.goal.version - 1)

    def test_saving_what_stands_changes_no_revision(self, work: Work) -> None:
        save(work)
        assert held(work).goal.revision == 1

    def test_a_key_result_that_is_taken_out_is_gone_and_its_entries_stay(self, work: Work) -> None:
        save(work, key_results=(make.key_result("Other"),))
        assert [one.name for one in queries.key_results_of(work.session, work.goal.id)] == ["Other"]
        gone = work.session.scalars(select(KeyResult).where(KeyResult.deleted_at.is_not(None))).one()
        with pytest.raises(NotFound):
            queries.find_key_result(work.session, work.paul, gone.public_id)
        assert held(work).goal.revision == 2

    def test_a_key_result_of_another_objective_cannot_be_taken(self, work: Work) -> None:
        other = make.objective(work.session, work.paul, work.cycle)
        (theirs,) = queries.key_results_of(work.session, other.goal.id)
        with pytest.raises(Invalid) as error:
            save(work, key_results=(replace(make.key_result(), id=theirs.public_id),))
        assert error.value.problems[0].field == "key_results.0.id"

    def test_it_can_be_handed_over_by_who_manages(self, work: Work) -> None:
        approve(work)
        save(work, work.ines, at_once=True, owner=work.mona.public_id)
        found = held(work, work.mona)
        assert (found.goal.owner_id, found.goal.review_state) == (work.mona.id, ReviewState.DRAFT)


def rounds_of(work: Work) -> list[ReviewRound]:
    return list(work.session.scalars(select(ReviewRound).where(ReviewRound.goal_id == work.goal.id)))


class TestTrees:
    def test_nothing_serves_itself(self, work: Work) -> None:
        child = make.objective(work.session, work.paul, work.cycle, "Child", parent=work.goal.public_id)
        grandchild = make.objective(work.session, work.paul, work.cycle, "Grand", parent=child.goal.public_id)
        for below in (work.goal, child.goal, grandchild.goal):
            with pytest.raises(Invalid) as error:
                save(work, parent=below.public_id)
            assert [(one.field, one.code) for one in error.value.problems] == [("parent", "serves_itself")]

    def test_a_grandchild_counts_once_through_its_parent(self, work: Work) -> None:
        free = make.cycle(work.session, work.home)
        top = make.objective(work.session, work.paul, free, "Top", key_results=())
        child = make.objective(work.session, work.paul, free, "Child", parent=top.goal.public_id)
        grand = make.objective(work.session, work.paul, free, "Grand", parent=child.goal.public_id)
        work.check_in(work.paul, grand, 10)
        work.session.expire_all()
        shown = [row.objective.attainment for row in (grand, child, top)]
        assert shown == [Decimal(1), Decimal("0.5"), Decimal("0.5")]
        assert list(examine(work.session, TODAY)) == []

    def test_what_is_given_up_or_gone_or_elsewhere_no_longer_counts(self, work: Work) -> None:
        free = make.cycle(work.session, work.home)
        top = make.objective(work.session, work.paul, free, "Top", key_results=())
        parts = [
            make.objective(work.session, work.paul, free, name, parent=top.goal.public_id) for name in ("One", "Two")
        ]
        work.check_in(work.paul, parts[0], 10)
        assert top.objective.attainment == Decimal("0.5")
        two = queries.find(work.session, work.paul, parts[1].goal.public_id, lock=True)
        closings.close(work.session, work.paul, two.goal, ClosingDraft(Outcome.ABANDONED, Decimal(0)))
        work.session.refresh(top.objective)
        assert top.objective.attainment == 1
        one = queries.find(work.session, work.paul, parts[0].goal.public_id, lock=True)
        objectives.delete(work.session, work.paul, one)
        work.session.refresh(top.objective)
        assert top.objective.attainment == 0
        objectives.undelete(work.session, work.paul, queries.find_deleted(work.session, work.paul, one.goal.public_id))
        work.session.refresh(top.objective)
        assert top.objective.attainment == 1
        assert list(examine(work.session, TODAY)) == []

    def test_it_adds_up_what_its_owner_says(self, work: Work) -> None:
        free = make.cycle(work.session, work.home)
        top = make.objective(work.session, work.paul, free, "Top", roll_up=RollUp.KEY_RESULTS)
        child = make.objective(work.session, work.paul, free, "Child", parent=top.goal.public_id)
        work.check_in(work.paul, child, 10)
        work.session.refresh(top.objective)
        assert top.objective.attainment == 0


class TestCycles:
    @pytest.mark.parametrize("state", [CycleState.LOCKED, CycleState.CLOSED])
    def test_locked_or_closed_takes_no_edit(self, work: Work, state: CycleState) -> None:
        turn(work, state)
        tries = (
            lambda: save(work, name="Other"),
            lambda: objectives.delete(work.session, work.paul, held(work)),
            lambda: make.objective(work.session, work.paul, work.cycle),
            lambda: work.send(work.manager),
        )
        for attempt in tries:
            with pytest.raises(Locked) as error:
                attempt()
            assert error.value.reason == f"cycle_{state.value}"
            assert error.value.held["by"] == ["Ines"]

    def test_what_waits_is_still_decided_while_it_is_locked_and_not_once_it_is_closed(self, work: Work) -> None:
        round_ = work.send(work.manager)
        turn(work, CycleState.CLOSED)
        with pytest.raises(Locked):
            decide(work, round_, Verdict.APPROVE)
        assert held(work).goal.review_state is ReviewState.IN_REVIEW
        turn(work, CycleState.LOCKED)
        decide(work, round_, Verdict.APPROVE)
        assert held(work).goal.review_state is ReviewState.APPROVED

    def test_two_reviewers_where_the_cycle_asks_for_two(self, work: Work) -> None:
        work.cycle.reviewers = 2
        with pytest.raises(Invalid):
            work.send(work.manager)
        assert work.send(work.manager, work.admin).needed == 2

    def test_nothing_to_measure_is_not_sent(self, work: Work) -> None:
        save(work, key_results=())
        with pytest.raises(Invalid) as error:
            work.send(work.manager)
        assert [one.code for one in error.value.problems] == ["nothing_to_measure"]

    def test_an_admin_makes_and_changes_them_and_nobody_else(self, work: Work) -> None:
        draft = CycleDraft("Second quarter", date(2026, 4, 1), date(2026, 6, 30), "Europe/Berlin")
        made = cycles.create(work.session, work.ines, work.home.id, draft)
        assert (made.state, made.reviewers) == (CycleState.OPEN, 0)
        for viewer in (work.paul, work.mona):
            with pytest.raises(Refused):
                cycles.create(work.session, viewer, work.home.id, draft)
            with pytest.raises(Refused):
                cycles.change(work.session, viewer, made, draft, CycleState.CLOSED)
        stranger = make.viewer(work.session, make.person(work.session, "Sam"))
        with pytest.raises(NotFound):
            cycles.create(work.session, stranger, work.home.id, draft)
        assert made.state is CycleState.OPEN

    def test_reviews_that_are_on_stay_on(self, work: Work) -> None:
        draft = CycleDraft(work.cycle.title, work.cycle.starts, work.cycle.ends, work.cycle.zone)
        with pytest.raises(Invalid) as error:
            cycles.change(work.session, work.ines, work.cycle, draft, CycleState.OPEN)
        assert [(one.field, one.code) for one in error.value.problems] == [("reviewers", "reviews_stay_on")]
        cycles.change(work.session, work.ines, work.cycle, replace(draft, reviewers=2), CycleState.OPEN)
        assert work.cycle.reviewers == 2

    def test_who_locked_it_and_when_is_kept_and_written_down(self, work: Work) -> None:
        draft = CycleDraft(work.cycle.title, work.cycle.starts, work.cycle.ends, work.cycle.zone, reviewers=1)
        later = make.viewer(work.session, work.admin, NOW + timedelta(hours=1))
        cycles.change(work.session, later, work.cycle, draft, CycleState.LOCKED)
        assert (work.cycle.state_by_id, work.cycle.state_at) == (work.admin.id, later.now)
        event = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.tag, event.details["before"]["state"]) == ("cycle:change", "open")


class TestDeleting:
    def test_a_draft_goes_and_comes_back(self, work: Work) -> None:
        objectives.delete(work.session, work.paul, held(work))
        with pytest.raises(NotFound):
            held(work)
        objectives.undelete(work.session, work.paul, queries.find_deleted(work.session, work.paul, work.goal.public_id))
        assert held(work).objective.name == "Win ten shops"

    def test_nothing_comes_back_into_a_cycle_that_is_not_open(self, work: Work) -> None:
        objectives.delete(work.session, work.paul, held(work))
        turn(work, CycleState.LOCKED)
        with pytest.raises(Locked):
            objectives.undelete(
                work.session, work.paul, queries.find_deleted(work.session, work.paul, work.goal.public_id)
            )
        assert work.session.get_one(Goal, work.goal.id).deleted_at is not None

    def test_not_while_it_is_reviewed_or_approved(self, work: Work) -> None:
        round_ = work.send(work.manager)
        with pytest.raises(Locked) as error:
            objectives.delete(work.session, work.paul, held(work))
        assert error.value.reason == "in_review"
        decide(work, round_, Verdict.APPROVE)
        with pytest.raises(Locked) as error:
            objectives.delete(work.session, work.paul, held(work))
        assert error.value.reason == "approved"
        reviews.withdraw(work.session, work.paul, held(work).goal)
        objectives.delete(work.session, work.paul, held(work))

    def test_nobody_else_brings_it_back(self, work: Work) -> None:
        peer = make.person(work.session, "Pete")
        make.member(work.session, peer, work.home)
        pete = make.viewer(work.session, peer)
        objectives.delete(work.session, work.paul, held(work))
        work.session.commit()
        with pytest.raises(DomainError):
            objectives.undelete(work.session, pete, queries.find_deleted(work.session, pete, work.goal.public_id))
        work.session.rollback()
        assert work.session.get_one(Goal, work.goal.id).deleted_at is not None
        stranger = make.viewer(work.session, make.person(work.session, "Sam"))
        with pytest.raises(NotFound):
            queries.find_deleted(work.session, stranger, work.goal.public_id)


def test_an_objective_is_reached_as_an_objective_only(work: Work) -> None:
    """Nothing of a personal goal's editor works on it."""
    goal = goal_queries.find(work.session, work.paul, work.goal.public_id, lock=True)
    for act in (goals.archive, goals.delete):
        with pytest.raises(Refused):
            act(work.session, work.paul, goal)
