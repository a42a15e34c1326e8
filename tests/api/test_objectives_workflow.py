"""Reviews by programs of the objectives contract; pages and programs agree after every action."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import UNKNOWN, Asker, Quarter
from webapp.actions import decisions
from webapp.actions import objectives as objective_actions
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.reviews import Act, Stage, Verdict
from webapp.models import Membership, MembershipRole
from webapp.queries import objectives, reviews

WORD = {"comment": "Well said"}


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


def agrees(quarter: Quarter, stage: Stage, *, goal: str | None = None) -> None:
    """The goal stands so for pages and for programs."""
    shown = {Stage.CHANGE_IN_REVIEW: "approved", Stage.FREE: "draft"}.get(stage, stage.value)
    goal = goal or quarter.goal
    assert quarter.stage(goal) is stage
    assert quarter.read(goal)["status"] == shown


class TestSend:
    def test_locks_until_it_is_decided(self, quarter: Quarter) -> None:
        agrees(quarter, Stage.DRAFT)
        answer = quarter.paul.post(f"/goals/{quarter.goal}/review", {"reviewers": [quarter.mona.id]})
        assert (answer.status_code, answer.data) == (204, b"")
        agrees(quarter, Stage.IN_REVIEW)
        asked = [{"id": quarter.mona.id, "name": "Mona", "verdict": None, "date": None}]
        assert quarter.read(quarter.goal)["reviewers"] == asked

    def test_every_form_of_the_body(self, quarter: Quarter) -> None:
        for body in (
            [quarter.mona.id],
            {"reviewers": [quarter.mona.id]},
            {"reviewers": {"reviewers": [quarter.mona.id]}},
            [quarter.mona.id, quarter.mona.id],
        ):
            assert quarter.paul.post(f"/goals/{quarter.goal}/review", body).status_code == 204, body
            assert quarter.paul.post(f"/goals/{quarter.goal}/withdraw").status_code == 204

    def test_a_second_time_is_a_conflict(self, quarter: Quarter) -> None:
        quarter.send(quarter.goal, quarter.mona)
        before = quarter.everything()
        for reviewer in (quarter.mona.id, quarter.ines.id, UNKNOWN):
            answer = quarter.paul.post(f"/goals/{quarter.goal}/review", [reviewer])
            assert (answer.status_code, answer.json["code"], answer.json["reason"]) == (409, 409, "in_review")
        assert quarter.everything() == before
        assert quarter.mona.post(f"/goals/{quarter.goal}/approve", WORD).status_code == 204
        answer = quarter.paul.post(f"/goals/{quarter.goal}/review", [quarter.mona.id])
        assert (answer.status_code, answer.json["reason"]) == (409, "approved")

    def test_unknown_and_unentitled_reviewers_are_named(self, quarter: Quarter) -> None:
        before = quarter.everything()
        wanted = [quarter.mona.id, UNKNOWN, quarter.nora.id, quarter.paul.id, quarter.zoe.id, "x"]
        answer = quarter.paul.post(f"/goals/{quarter.goal}/review", wanted)
        assert (answer.status_code, answer.json["code"]) == (400, 400)
        assert answer.json["nonExistingReviewers"] == [UNKNOWN, quarter.zoe.id, "x"]
        assert answer.json["missingPermission"] == [quarter.nora.id, quarter.paul.id]
        assert quarter.everything() == before

    def test_somebody_must_be_named(self, quarter: Quarter) -> None:
        for body in ([], {}, {"reviewers": []}, {"reviewers": "x"}, [5], "x", [None]):
            assert quarter.paul.post(f"/goals/{quarter.goal}/review", body).status_code == 400, body

    def test_something_must_be_measured(self, quarter: Quarter) -> None:
        bare = quarter.made(sessionId=quarter.cycle.public_id)
        answer = quarter.paul.post(f"/goals/{bare['id']}/review", [quarter.mona.id])
        assert (answer.status_code, list(answer.json["details"])) == (400, ["non_field_errors"])

    def test_by_its_owner_alone(self, quarter: Quarter) -> None:
        before = quarter.everything()
        for other in (quarter.mona, quarter.ines, quarter.nora):
            answer = other.post(f"/goals/{quarter.goal}/review", [quarter.mona.id])
            assert (answer.status_code, answer.json["reason"]) == (400, "not_yours")
        assert quarter.everything() == before

    def test_where_no_review_is_asked_it_may_still_be(self, quarter: Quarter) -> None:
        agrees(quarter, Stage.FREE, goal=quarter.free)
        quarter.approve(quarter.free)
        agrees(quarter, Stage.APPROVED, goal=quarter.free)

    @pytest.mark.parametrize("status", ["locked", "closed"])
    def test_in_a_session_that_is_not_open(self, quarter: Quarter, status: str) -> None:
        quarter.turn(quarter.cycle, status)
        answer = quarter.paul.post(f"/goals/{quarter.goal}/review", [quarter.mona.id])
        assert (answer.status_code, answer.json["reason"], answer.json["by"]) == (400, f"cycle_{status}", ["Ines"])


class TestDecide:
    def test_approve(self, quarter: Quarter) -> None:
        quarter.send(quarter.goal, quarter.mona)
        answer = quarter.mona.post(f"/goals/{quarter.goal}/approve", WORD)
        assert (answer.status_code, answer.data) == (204, b"")
        agrees(quarter, Stage.APPROVED)
        step = reviews.story(quarter.session, quarter.work.paul, quarter.found(quarter.goal))[0]
        assert (step.act, step.who, step.comment) == (Act.APPROVE, "Mona", "Well said")

    def test_decline_makes_it_a_draft(self, quarter: Quarter) -> None:
        quarter.send(quarter.goal, quarter.mona)
        assert quarter.mona.post(f"/goals/{quarter.goal}/decline", WORD).status_code == 204
        agrees(quarter, Stage.DRAFT)
        step = reviews.story(quarter.session, quarter.work.paul, quarter.found(quarter.goal))[0]
        assert (step.act, step.comment) == (Act.DECLINE, "Well said")
        assert quarter.paul.patch(f"/goals/{quarter.goal}", {"name": "Win nine shops"}).status_code == 200

    @pytest.mark.parametrize("verdict", ["approve", "decline"])
    def test_every_form_of_the_body(self, quarter: Quarter, verdict: str) -> None:
        for body in (WORD, {"comment": WORD}, "Well said"):
            quarter.send(quarter.goal, quarter.mona)
            assert quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", body).status_code == 204, body
            step = reviews.story(quarter.session, quarter.work.paul, quarter.found(quarter.goal))[0]
            assert (step.act.value, step.comment) == (verdict, "Well said")
            if verdict == "approve":
                assert quarter.paul.post(f"/goals/{quarter.goal}/withdraw").status_code == 204

    def test_a_word_is_wanted_and_may_be_empty_on_approval_only(self, quarter: Quarter) -> None:
        quarter.send(quarter.goal, quarter.mona)
        before = quarter.everything()
        for verdict in ("approve", "decline"):
            for body in ({}, {"comment": None}, {"comment": 5}, {"comment": {}}, {"comment": []}, [], 5, {"x": "y"}):
                answer = quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", body)
                assert (answer.status_code, list(answer.json["details"])) == (400, ["comment"]), body
            assert quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", {"comment": "x" * 4_001}).status_code == 400
            assert quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", b"").status_code == 400
        for body in ({"comment": ""}, {"comment": "  "}, ""):
            answer = quarter.mona.post(f"/goals/{quarter.goal}/decline", body)
            assert (answer.status_code, list(answer.json["details"])) == (400, ["comment"]), body
        assert quarter.everything() == before
        assert quarter.mona.post(f"/goals/{quarter.goal}/approve", {"comment": ""}).status_code == 204

    @pytest.mark.parametrize("verdict", ["approve", "decline"])
    def test_by_who_was_asked_alone(self, quarter: Quarter, verdict: str) -> None:
        quarter.send(quarter.goal, quarter.mona)
        before = quarter.everything()
        for other in (quarter.paul, quarter.ines, quarter.nora):
            answer = other.post(f"/goals/{quarter.goal}/{verdict}", WORD)
            assert (answer.status_code, answer.json["reason"]) == (400, "not_yours_to_decide")
        assert quarter.everything() == before

    @pytest.mark.parametrize("verdict", ["approve", "decline"])
    def test_what_is_not_in_review(self, quarter: Quarter, verdict: str) -> None:
        before = quarter.everything()
        for goal in (quarter.goal, quarter.free):
            for anybody in (quarter.paul, quarter.mona, quarter.nora):
                answer = anybody.post(f"/goals/{goal}/{verdict}", WORD)
                assert (answer.status_code, answer.json["reason"]) == (400, "not_in_review")
        assert quarter.everything() == before
        quarter.approve(quarter.goal)
        for anybody in (quarter.paul, quarter.ines):
            answer = anybody.post(f"/goals/{quarter.goal}/{verdict}", WORD)
            assert (answer.status_code, answer.json["reason"]) == (400, "not_in_review")

    def test_the_same_verdict_again_changes_nothing(self, quarter: Quarter) -> None:
        for verdict in ("decline", "approve"):
            quarter.send(quarter.goal, quarter.mona)
            for _ in range(2):
                assert quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", WORD).status_code == 204
                before = quarter.everything()
            assert quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", WORD).status_code == 204
            assert quarter.everything() == before
        agrees(quarter, Stage.APPROVED)

    def test_another_verdict_comes_too_late(self, quarter: Quarter) -> None:
        quarter.approve(quarter.goal)
        answer = quarter.mona.post(f"/goals/{quarter.goal}/decline", WORD)
        assert (answer.status_code, answer.json["reason"]) == (400, "not_in_review")
        agrees(quarter, Stage.APPROVED)

    def test_a_verdict_that_stands_no_more_is_not_repeated(self, quarter: Quarter) -> None:
        quarter.approve(quarter.goal)
        quarter.paul.post(f"/goals/{quarter.goal}/withdraw")
        answer = quarter.mona.post(f"/goals/{quarter.goal}/approve", WORD)
        assert (answer.status_code, answer.json["reason"]) == (400, "not_in_review")
        quarter.approve(quarter.goal)
        quarter.paul.patch(f"/metrics/{quarter.metric}", {"target": 20})
        assert quarter.mona.post(f"/goals/{quarter.goal}/approve", WORD).status_code == 400
        agrees(quarter, Stage.DRAFT)

    def test_a_change_proposed_on_the_pages(self, quarter: Quarter) -> None:
        for verdict, target in (("decline", 10), ("approve", 12)):
            if quarter.read(quarter.goal)["status"] == "draft":
                quarter.approve(quarter.goal)
            propose(quarter, 12)
            agrees(quarter, Stage.CHANGE_IN_REVIEW)
            for _ in range(2):
                assert quarter.mona.post(f"/goals/{quarter.goal}/{verdict}", WORD).status_code == 204
            agrees(quarter, Stage.APPROVED)
            assert quarter.read(quarter.goal)["metrics"][0]["target"] == target


class TestTwoReviewers:
    @pytest.fixture
    def goal(self, quarter: Quarter) -> str:
        """A goal of Paul's in a cycle that asks for two."""
        answer = quarter.ines.patch(f"/sessions/{quarter.cycle.public_id}", {"workflow": {"reviewers": 2}})
        assert answer.status_code == 200
        return quarter.goal

    def test_both_must_be_named(self, quarter: Quarter, goal: str) -> None:
        answer = quarter.paul.post(f"/goals/{goal}/review", [quarter.mona.id])
        assert (answer.status_code, list(answer.json["details"])) == (400, ["reviewers"])
        answer = quarter.paul.post(f"/goals/{goal}/review", [quarter.mona.id] * 2)
        assert answer.status_code == 400
        agrees(quarter, Stage.DRAFT)

    def test_both_approve(self, quarter: Quarter, goal: str) -> None:
        quarter.send(goal, quarter.mona, quarter.ines)
        for _ in range(2):
            assert quarter.mona.post(f"/goals/{goal}/approve", WORD).status_code == 204
            agrees(quarter, Stage.IN_REVIEW)
        said = {one["name"]: one["verdict"] for one in quarter.read(goal)["reviewers"]}
        assert said == {"Mona": "approve", "Ines": None}
        assert quarter.ines.post(f"/goals/{goal}/approve", WORD).status_code == 204
        agrees(quarter, Stage.APPROVED)

    def test_one_declines(self, quarter: Quarter, goal: str) -> None:
        quarter.send(goal, quarter.mona, quarter.ines)
        quarter.mona.post(f"/goals/{goal}/approve", WORD)
        late = quarter.mona.post(f"/goals/{goal}/decline", WORD)
        assert (late.status_code, late.json["reason"]) == (400, "decided_meanwhile")
        assert quarter.ines.post(f"/goals/{goal}/decline", WORD).status_code == 204
        agrees(quarter, Stage.DRAFT)
        lost = quarter.mona.post(f"/goals/{goal}/approve", WORD)
        assert (lost.status_code, lost.json["reason"]) == (400, "not_in_review")
        assert quarter.ines.post(f"/goals/{goal}/decline", WORD).status_code == 204


class TestWithdraw:
    def test_unlocks(self, quarter: Quarter) -> None:
        for bring in (lambda: quarter.send(quarter.goal, quarter.mona), lambda: quarter.approve(quarter.goal)):
            bring()
            answer = quarter.paul.post(f"/goals/{quarter.goal}/withdraw")
            assert (answer.status_code, answer.data) == (204, b"")
            agrees(quarter, Stage.DRAFT)
            answer = quarter.paul.patch(f"/metrics/{quarter.metric}", {"target": 9})
            assert (answer.status_code, answer.json["target"]) == (200, 9)

    def test_any_body_means_nothing(self, quarter: Quarter) -> None:
        for body in ({"comment": "x"}, [], b"{", b""):
            quarter.send(quarter.goal, quarter.mona)
            assert quarter.paul.post(f"/goals/{quarter.goal}/withdraw", body).status_code == 204, body

    def test_by_its_owner_alone(self, quarter: Quarter) -> None:
        quarter.send(quarter.goal, quarter.mona)
        before = quarter.everything()
        for other in (quarter.mona, quarter.ines, quarter.nora):
            answer = other.post(f"/goals/{quarter.goal}/withdraw")
            assert (answer.status_code, answer.json["reason"]) == (400, "not_yours")
        assert quarter.everything() == before

    def test_what_is_with_nobody(self, quarter: Quarter) -> None:
        for goal, reason in ((quarter.goal, "draft"), (quarter.free, "free")):
            answer = quarter.paul.post(f"/goals/{goal}/withdraw")
            assert (answer.status_code, answer.json["reason"]) == (400, reason)

    def test_in_a_session_that_is_not_open(self, quarter: Quarter) -> None:
        quarter.approve(quarter.goal)
        quarter.turn(quarter.cycle, "closed")
        answer = quarter.paul.post(f"/goals/{quarter.goal}/withdraw")
        assert (answer.status_code, answer.json["reason"]) == (400, "cycle_closed")
        quarter.turn(quarter.cycle, "locked")
        answer = quarter.paul.post(f"/goals/{quarter.goal}/withdraw")
        assert (answer.status_code, answer.json["reason"]) == (400, "cycle_locked")
        quarter.turn(quarter.cycle, "open")
        assert quarter.paul.post(f"/goals/{quarter.goal}/withdraw").status_code == 204


class TestApprovedGoal:
    def test_a_material_change_makes_it_a_draft(self, quarter: Quarter) -> None:
        other = make.cycle(quarter.session, quarter.home, "Second quarter", reviewers=1)
        quarter.session.commit()
        goal, metric = f"/goals/{quarter.goal}", f"/metrics/{quarter.metric}"
        changes: list[Callable[[], Any]] = [
            lambda: quarter.paul.patch(goal, {"dateTo": "2026-03-30"}),
            lambda: quarter.paul.patch(goal, {"sessionId": other.public_id}),
            lambda: quarter.paul.patch(goal, {"metrics": [{"id": quarter.metric, "target": 11}]}),
            lambda: quarter.paul.patch(metric, {"target": 12}),
            lambda: quarter.paul.patch(metric, {"weight": 2}),
            lambda: quarter.paul.post(f"{goal}/metrics", {"name": "More", "target": 1}),
            lambda: quarter.paul.delete(metric),
        ]
        for revision, change in enumerate(changes, 1):
            quarter.approve(quarter.goal)
            assert quarter.read(quarter.goal)["revision"] == revision
            assert change().status_code in (200, 201)
            agrees(quarter, Stage.DRAFT)
            assert quarter.read(quarter.goal)["revision"] == revision + 1
            assert quarter.read(quarter.goal)["reviewers"] == []

    def test_so_does_another_owner(self, quarter: Quarter) -> None:
        quarter.approve(quarter.goal)
        assert quarter.ines.patch(f"/goals/{quarter.goal}", {"ownerId": quarter.nora.id}).status_code == 200
        agrees(quarter, Stage.DRAFT)

    def test_a_cosmetic_change_keeps_it(self, quarter: Quarter) -> None:
        quarter.approve(quarter.goal)
        for path, body in (
            (f"/goals/{quarter.goal}", {"name": "Win 10 shops"}),
            (f"/goals/{quarter.goal}", {"description": "In the city", "tags": [{"title": "sales"}]}),
            (f"/goals/{quarter.goal}", {"parentId": quarter.free}),
            (f"/metrics/{quarter.metric}", {"name": "Shops", "description": "Won"}),
        ):
            answer = quarter.paul.patch(path, body)
            assert answer.status_code == 200
            assert {name: answer.json[name] for name in body} == body
            agrees(quarter, Stage.APPROVED)
        assert quarter.read(quarter.goal)["revision"] == 1


def test_who_may_decide_no_more(quarter: Quarter) -> None:
    quarter.send(quarter.goal, quarter.ines)
    mine = (Membership.person_id == quarter.people["ines"].id, MembershipRole.role == Role.ADMIN)
    held = quarter.session.query(MembershipRole).join(Membership, Membership.id == MembershipRole.membership_id)
    held.filter(*mine).one().role = Role.MEMBER
    quarter.session.commit()
    answer = quarter.ines.post(f"/goals/{quarter.goal}/approve", WORD)
    assert (answer.status_code, answer.json["reason"]) == (400, "not_yours_to_decide")
    quarter.session.query(Membership).filter(mine[0]).one().status = MembershipStatus.SUSPENDED
    quarter.session.commit()
    assert quarter.ines.post(f"/goals/{quarter.goal}/approve", WORD).status_code == 403


def test_of_two_verdicts_at_once_one_is_too_late(quarter: Quarter) -> None:
    quarter.send(quarter.goal, quarter.mona, quarter.ines)
    barrier = threading.Barrier(2)
    answers: dict[str, Any] = {}

    def say(asker: Asker, verdict: str) -> None:
        barrier.wait(10)
        answers[verdict] = asker.post(f"/goals/{quarter.goal}/{verdict}", WORD)

    pairs = ((quarter.mona, "approve"), (quarter.ines, "decline"))
    racers = [threading.Thread(target=say, args=pair) for pair in pairs]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    assert {answer.status_code for answer in answers.values()} == {204, 400}
    (late,) = [answer for answer in answers.values() if answer.status_code == 400]
    assert late.json["reason"] == "not_in_review"
    agrees(quarter, Stage.APPROVED if answers["approve"].status_code == 204 else Stage.DRAFT)


def test_what_the_pages_decide_programs_see(quarter: Quarter) -> None:
    quarter.send(quarter.goal, quarter.mona)
    waiting = reviews.open_round_of(quarter.session, quarter.found(quarter.goal))
    assert waiting is not None
    round_, goal = reviews.find_round(quarter.session, quarter.work.mona, waiting.public_id, lock=True)
    decisions.decide(quarter.session, quarter.work.mona, round_, goal, Verdict.APPROVE, revision=1)
    quarter.session.commit()
    agrees(quarter, Stage.APPROVED)
    assert quarter.mona.post(f"/goals/{quarter.goal}/approve", WORD).status_code == 204
    assert quarter.paul.post(f"/goals/{quarter.goal}/review", [quarter.mona.id]).status_code == 409


def propose(quarter: Quarter, target: int) -> None:
    """On the pages Paul proposes another target."""
    quarter.session.rollback()
    quarter.session.expire_all()
    found = objectives.find(quarter.session, quarter.work.paul, quarter.goal, lock=True)
    stood = objectives.draft_of(quarter.session, found)
    wanted = make.key_result(stood.key_results[0].name, target, id=stood.key_results[0].id, unit="shops")
    draft = make.objective_draft(quarter.work.paul, found.cycle, stood.name, key_results=(wanted,))
    assert objective_actions.save(quarter.session, quarter.work.paul, found, draft) is Act.PROPOSE
    quarter.session.commit()
