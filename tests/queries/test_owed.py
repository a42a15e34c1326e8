"""What waits for somebody: each kind is counted while they may know of it, and the flag never misses one."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.relations import Relation, Work
from webapp.actions import check_ins, closings, comments, decisions, grant_invitations, grants, proposals
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import Outcome, ReviewState
from webapp.domain.grants import GrantDraft, GrantState, Scope
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.objectives import Cadence, Course, CycleState, is_outdated
from webapp.domain.people import MembershipStatus, Viewer
from webapp.domain.proposals import ProposalDraft
from webapp.domain.reviews import ClosingDraft, Verdict
from webapp.models import Membership
from webapp.queries import clients, inbox, objectives, owed_objectives, reviews
from webapp.queries import comments as comment_queries
from webapp.queries import grant_invitations as invitation_queries
from webapp.queries import grants as grant_queries
from webapp.queries import proposals as proposal_queries
from webapp.queries.objectives import Found
from webapp.queries.owed import Owed, owed_by
from webapp.queries.today import own_words


@pytest.fixture
def they(app: Flask, session: Session) -> Relation:
    return Relation(session)


def owed(session: Session, viewer: Viewer) -> Owed:
    """What is counted, which agrees with the lists; and whoever is owed something is told that they may be."""
    session.commit()
    found = owed_by(session, viewer)
    assert found == Owed(
        reviews=len(inbox.waiting(session, viewer)),
        proposals=len(proposal_queries.waiting(session, viewer)),
        mentions=len(comment_queries.mentions_of(session, viewer)),
        invitations=len(invitation_queries.offers_to(session, viewer)),
        requests=len(grant_queries.requests_to(session, viewer)),
        closings=len(owed_objectives.closed_goals(session, viewer)),
        check_ins=len(owed_objectives.silent_key_results(session, viewer)),
    )
    assert own_words(session, viewer).owes or not found
    return found


def everything_waits(they: Relation) -> None:
    """A review, a comment and a request for Thea; a proposal, a comment and an invitation for Ada."""
    session, code = they.session, grant_invitations.renew_code(they.session, they.thea).code
    they.send()
    comments.write(session, they.thea, they.held(they.thea), CommentDraft("Well done.", tell=(they.client.public_id,)))
    other_goal = make.goal(session, they.ada, "Read")  # who answers has read what names them
    draft = CommentDraft("Look at this.", they.therapist.public_id, tell=(they.therapist.public_id,))
    comments.write(session, they.ada, other_goal, draft)
    shown = clients.find(session, they.thea, they.client.public_id)
    proposals.propose(session, they.thea, shown, ProposalDraft(make.draft("Breathe")))
    grant_invitations.invite(session, they.thea, they.client.email)
    other = make.viewer(session, make.person(session, "Bob"))
    grants.request(session, other, code, GrantDraft(scopes=frozenset({Scope.GOALS})))
    session.commit()


def test_nobody_is_owed_anything_at_first(they: Relation) -> None:
    for viewer in (they.ada, they.thea):
        assert owed(they.session, viewer) == Owed()
        assert not own_words(they.session, viewer).owes


def test_each_kind_is_counted_for_whom_it_waits(they: Relation) -> None:
    everything_waits(they)
    assert owed(they.session, they.ada) == Owed(proposals=1, mentions=1, invitations=1)
    assert owed(they.session, they.thea) == Owed(reviews=1, mentions=1, requests=1)


def test_what_the_end_of_a_relation_hides_is_not_counted(they: Relation) -> None:
    everything_waits(they)
    they.grant.state = GrantState.REVOKED
    assert owed(they.session, they.ada) == Owed(mentions=1, invitations=1)
    assert owed(they.session, they.thea) == Owed(requests=1)


def test_a_suspended_therapist_is_owed_nothing_of_clients(they: Relation) -> None:
    everything_waits(they)
    they.session.execute(Membership.__table__.update().values(status=MembershipStatus.SUSPENDED))
    assert owed(they.session, make.viewer(they.session, they.therapist, NOW)) == Owed()
    assert owed(they.session, they.ada) == Owed(mentions=1)


def at_work(session: Session, **cycle: object) -> tuple[Work, Found]:
    """Paul's objective since 20 February, of whose two key results Mona answers for one."""
    they = Work(session)
    they.goal.deleted_at = NOW
    given = {"starts": date(2026, 2, 20), "ends": date(2026, 5, 20), **cycle}
    parts = (make.key_result("Shops"), make.key_result("Ovens", owner=they.manager.public_id))
    return they, make.objective(session, they.paul, make.cycle(session, they.home, "Now", **given), key_results=parts)


def test_a_key_result_waits_for_who_answers_for_it(app: Flask, session: Session) -> None:
    they, found = at_work(session)
    assert owed(session, they.paul) == owed(session, they.mona) == Owed(check_ins=1)
    assert owed(session, they.ines) == Owed()
    row = objectives.key_results_of(session, found.goal.id)[0]
    check_ins.check_in(session, they.paul, row, found, CheckInDraft(Decimal(1)))
    assert owed(session, they.paul) == Owed()
    assert owed(session, they.mona) == Owed(check_ins=1)


@pytest.mark.parametrize(
    "cycle",
    [
        {"starts": date(2026, 3, 1)},
        {"ends": date(2026, 3, 9)},
        {"cadence": Cadence.MONTHLY},
        {"state": CycleState.CLOSED},
    ],
)
def test_nobody_owes_what_is_not_due_or_cannot_be_said(app: Flask, session: Session, cycle: dict[str, Any]) -> None:
    state = cycle.get("state", CycleState.OPEN)
    they, found = at_work(session, **{name: value for name, value in cycle.items() if name != "state"})
    found.cycle.state = state
    assert owed(session, they.paul) == Owed()


@pytest.mark.parametrize("cadence", list(Cadence))
def test_it_waits_from_the_day_on_which_the_rules_call_it_outdated(
    app: Flask, session: Session, cadence: Cadence
) -> None:
    they, found = at_work(session, cadence=cadence)
    said = {}
    for days in (2, 3):
        found.objective.starts = TODAY - timedelta(days=cadence.days + days)
        session.flush()
        course = Course(found.objective.starts, found.objective.ends, cadence=cadence)
        said[days] = owed(session, they.paul).check_ins
        assert said[days] == is_outdated(course, None, TODAY)
    assert said == {2: 0, 3: 1}


def test_drafts_closed_objectives_and_others_organisations_owe_nothing(app: Flask, session: Session) -> None:
    they, found = at_work(session)
    found.goal.review_state = ReviewState.DRAFT
    assert owed(session, they.paul) == Owed()
    found.goal.review_state = None
    assert owed(session, they.paul) == Owed(check_ins=1)
    session.execute(Membership.__table__.update().values(status=MembershipStatus.LEFT))
    assert owed(session, make.viewer(session, they.person)) == Owed()


def test_a_closed_goal_waits_for_who_approved_it(they: Relation) -> None:
    they.approved()
    closings.close(they.session, they.ada, they.held(), ClosingDraft(Outcome.ACHIEVED, Decimal(1)))
    assert owed(they.session, they.thea) == Owed(closings=1)
    assert owed(they.session, they.ada) == Owed()
    (line,) = owed_objectives.closed_goals(they.session, they.thea)
    assert line.name == ""
    closings.acknowledge(they.session, they.thea, they.held(they.thea))
    assert owed(they.session, they.thea) == Owed()


def test_a_closed_objective_waits_by_name(app: Flask, session: Session) -> None:
    they = Work(session)
    they.goal.review_state = ReviewState.DRAFT
    round_ = they.send(they.manager)
    found, goal = reviews.find_round(session, they.mona, round_.public_id, lock=True)
    decisions.decide(session, they.mona, found, goal, Verdict.APPROVE, revision=found.revision)
    closings.close(session, they.paul, goal, ClosingDraft(Outcome.ACHIEVED, Decimal(1)))
    assert owed(session, they.mona) == Owed(closings=1)
    assert owed(session, they.ines) == Owed()
    assert [one.name for one in owed_objectives.closed_goals(session, they.mona)] == ["Win ten shops"]
