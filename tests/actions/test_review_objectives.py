"""Reviews of objectives: managers decide, admins override with a reason, nobody decides on their own."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.relations import Work
from webapp.actions import decisions
from webapp.domain.errors import Conflict, Invalid, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.reviews import Act, Verdict
from webapp.models import (
    ReportingLine,
)
from webapp.queries import inbox
from webapp.queries import reviews as queries

LATER = timedelta(days=1, minutes=1)


@pytest.fixture
def work(app: Flask, session: Session) -> Work:
    return Work(session)


def test_a_manager_decides_on_an_objective(work: Work) -> None:
    round_ = work.send(work.manager)
    assert [row.id for row in inbox.waiting(work.session, work.mona)] == [round_.public_id]
    found, goal = queries.find_round(work.session, work.mona, round_.public_id, lock=True)
    decisions.decide(work.session, work.mona, found, goal, Verdict.APPROVE, revision=1)
    assert goal.review_state is ReviewState.APPROVED


def test_who_no_longer_manages_no_longer_decides(work: Work) -> None:
    round_ = work.send(work.manager)
    found, goal = queries.find_round(work.session, work.mona, round_.public_id, lock=True)
    work.session.execute(ReportingLine.__table__.delete())
    with pytest.raises(Refused):
        decisions.decide(work.session, work.mona, found, goal, Verdict.APPROVE, revision=1)
    assert goal.review_state is ReviewState.IN_REVIEW


def test_nobody_reviews_their_own(work: Work) -> None:
    with pytest.raises(Invalid):
        work.send(work.person)
    round_ = work.send(work.manager)
    found, goal = queries.find_round(work.session, work.paul, round_.public_id, lock=True)
    with pytest.raises(Refused):
        decisions.decide(work.session, work.paul, found, goal, Verdict.APPROVE, revision=1)
    with pytest.raises(Refused):
        decisions.override(work.session, work.paul, found, goal, Verdict.APPROVE, revision=1, comment="Because.")


def test_an_admin_overrides_with_a_reason(work: Work) -> None:
    round_ = work.send(work.manager)
    found, goal = queries.find_round(work.session, work.ines, round_.public_id, lock=True)
    with pytest.raises(Invalid):
        decisions.override(work.session, work.ines, found, goal, Verdict.APPROVE, revision=1, comment=" ")
    with pytest.raises(Refused):
        decisions.decide(work.session, work.ines, found, goal, Verdict.APPROVE, revision=1)
    decisions.override(work.session, work.ines, found, goal, Verdict.APPROVE, revision=1, comment="Mona is away.")
    assert goal.review_state is ReviewState.APPROVED
    steps = queries.story(work.session, work.paul, goal)
    assert (steps[0].act, steps[0].who, steps[0].comment) == (Act.OVERRIDE, "Ines", "Mona is away.")


def test_one_member_approves_when_one_is_needed_and_the_other_is_late(work: Work) -> None:
    round_ = work.send(work.manager, work.admin)
    found, goal = queries.find_round(work.session, work.mona, round_.public_id, lock=True)
    decisions.decide(work.session, work.mona, found, goal, Verdict.APPROVE, revision=1)
    found, goal = queries.find_round(work.session, work.ines, round_.public_id, lock=True)
    with pytest.raises(Conflict):
        decisions.decide(work.session, work.ines, found, goal, Verdict.DECLINE, revision=1, comment="No.")
    assert goal.review_state is ReviewState.APPROVED


def test_two_are_needed_where_two_are_asked_for(work: Work) -> None:
    round_ = work.send(work.manager, work.admin)
    round_.needed = 2
    found, goal = queries.find_round(work.session, work.mona, round_.public_id, lock=True)
    decisions.decide(work.session, work.mona, found, goal, Verdict.APPROVE, revision=1)
    assert goal.review_state is ReviewState.IN_REVIEW
    found, goal = queries.find_round(work.session, work.ines, round_.public_id, lock=True)
    decisions.decide(work.session, work.ines, found, goal, Verdict.APPROVE, revision=1)
    assert goal.review_state is ReviewState.APPROVED
