"""Somebody leaves: what they answered for is others', what was theirs alone is theirs, and nothing opens any more."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.make import NOW, TODAY
from tests.relations import Work
from tests.visitors import letters
from webapp.actions import decisions, feeds, leaving, memberships, objectives, reviews
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.objective_drafts import FeedDraft
from webapp.domain.objectives import CycleState, FeedKind
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.reviews import Act, RoundState, Verdict
from webapp.models import (
    Goal,
    KeyResult,
    KeyResultFeed,
    Membership,
    MembershipRole,
    Participant,
    Person,
    ReportingLine,
    ReviewRound,
    SignIn,
    Team,
    TeamMember,
)
from webapp.queries import goals as goal_queries
from webapp.queries import hand_overs as queries
from webapp.queries import objectives as objective_queries
from webapp.queries import reviews as review_queries
from webapp.queries.doctor import examine


@pytest.fixture
def work(app: Flask, session: Session) -> Work:
    return Work(session)


def leave(work: Work, who: Person | None = None, viewer: Viewer | None = None, **said: Any) -> leaving.Gone:
    heirs = said.pop("heirs", {work.goal.id: work.manager.id})
    gone = leaving.leave(work.session, viewer or work.ines, work.home.id, (who or work.person).id, heirs, **said)
    work.session.commit()
    work.session.expire_all()
    return gone


def membership(work: Work, who: Person | None = None) -> Membership:
    return work.session.scalars(select(Membership).where(Membership.person_id == (who or work.person).id)).one()


def line(work: Work, person: Person, manager: Person) -> ReportingLine:
    made = ReportingLine(organisation_id=work.home.id, person_id=person.id, manager_id=manager.id, since=TODAY)
    work.session.add(made)
    work.session.flush()
    return made


def refused(work: Work, error: type[Exception], **said: Any) -> Exception:
    """What kept them from leaving, after which everything stands as it did."""
    work.session.commit()
    before = make.everything(work.session)
    with pytest.raises(error) as caught:
        leave(work, **said)
    assert make.everything(work.session) == before
    return caught.value


def test_they_belong_no_more_and_their_objective_is_anothers(work: Work) -> None:
    make.sign_in(work.session, work.person)
    gone = leave(work)
    assert (gone.objectives, gone.key_results, gone.reviews, gone.teams, gone.reports) == (1, 0, 0, 0, 0)
    assert membership(work).status is MembershipStatus.LEFT
    assert not list(
        work.session.scalars(select(MembershipRole.id).where(MembershipRole.membership_id == membership(work).id))
    )
    assert work.session.get_one(Goal, work.goal.id).owner_id == work.manager.id
    assert list(work.session.scalars(select(SignIn.ended_at))) == [NOW]
    assert not make.viewer(work.session, work.person).roles
    assert not list(work.session.scalars(select(ReportingLine.id)))
    assert [letter["values"]["what"] for letter in letters(work.session, "account-changed")] == ["left"]
    assert [letter["to"] for letter in letters(work.session, "hand-over")] == [work.manager.email]
    assert make.tags(work.session)[-1] == "membership:leave"
    assert not list(examine(work.session, TODAY))


def test_each_open_objective_needs_an_heir_and_nothing_happens_without(work: Work) -> None:
    second = make.objective(work.session, work.paul, work.cycle, "Second").goal
    error = refused(work, Invalid, heirs={work.goal.id: work.manager.id})
    assert [(one.field, one.code) for one in error.problems] == [(f"heir_{second.public_id}", "required")]  # type: ignore[attr-defined]
    error = refused(work, Invalid, heirs={work.goal.id: work.manager.id, second.id: work.person.id})
    assert [one.code for one in error.problems] == ["required"], "they cannot inherit from themselves"  # type: ignore[attr-defined]
    stranger = make.person(work.session, "Sam")
    error = refused(work, Invalid, heirs={work.goal.id: work.manager.id, second.id: stranger.id})
    assert [one.code for one in error.problems] == ["unknown_choice"]  # type: ignore[attr-defined]
    assert leave(work, heirs={work.goal.id: work.manager.id, second.id: work.admin.id}).objectives == 2
    (letter,) = letters(work.session, "hand-over")
    assert letter["to"] == work.manager.email, "who did it need not be told"


def test_an_heir_of_several_is_told_once(work: Work) -> None:
    second = make.objective(work.session, work.paul, work.cycle, "Second").goal
    leave(work, heirs={work.goal.id: work.manager.id, second.id: work.manager.id})
    (letter,) = letters(work.session, "hand-over")
    assert letter["values"] == {"count": 2}


def test_what_is_closed_or_deleted_needs_no_heir(work: Work) -> None:
    over = make.cycle(work.session, work.home, "Over")
    kept = make.objective(work.session, work.paul, over, "Kept").goal
    over.state = CycleState.CLOSED
    gone = make.objective(work.session, work.paul, work.cycle, "Gone").goal
    gone.deleted_at = NOW
    work.session.commit()
    assert leave(work).objectives == 1
    assert {work.session.get_one(Goal, one.id).owner_id for one in (kept, gone)} == {work.person.id}


def test_key_results_reviews_teams_and_reports_are_left(work: Work) -> None:
    theirs = make.objective(work.session, work.mona, work.cycle, "Mona's").goal
    (row,) = objective_queries.key_results_of(work.session, theirs.id)
    row.owner_id = work.person.id
    round_ = work.send(work.manager)
    team = Team(organisation_id=work.home.id, name="Bakers", lead_id=work.manager.id)
    work.session.add(team)
    work.session.flush()
    work.session.add(TeamMember(team_id=team.id, person_id=work.manager.id))
    work.session.commit()
    left = queries.belongings(work.session, work.ines, work.home.id, work.person.id)
    assert ([one.name for one in left.objectives], [one.beside for one in left.key_results]) == (
        ["Win ten shops"],
        ["Mona's"],
    )
    assert leave(work).key_results == 1
    assert work.session.get_one(KeyResult, row.id).owner_id is None
    assert work.session.get_one(ReviewRound, round_.id).state is RoundState.ENDED
    line(work, work.admin, work.manager)
    work.session.commit()
    gone = leave(work, work.manager, heirs={theirs.id: work.admin.id, work.goal.id: work.admin.id})
    assert (gone.objectives, gone.teams, gone.reports) == (2, 1, 1)
    assert work.session.get_one(Team, team.id).lead_id is None
    assert not list(work.session.scalars(select(TeamMember.id)))
    assert not list(work.session.scalars(select(ReportingLine.id)))


def test_a_review_waits_for_them_no_more(work: Work) -> None:
    round_ = work.send(work.manager)
    assert leave(work, work.manager, heirs={}).reviews == 1
    assert work.session.get_one(ReviewRound, round_.id).state is RoundState.ENDED
    assert work.session.get_one(Goal, work.goal.id).review_state is ReviewState.DRAFT


def test_a_change_that_would_name_them_is_over(work: Work) -> None:
    theirs = make.objective(work.session, work.mona, work.cycle, "Mona's").goal
    sent = reviews.send(work.session, work.mona, theirs, [work.admin.public_id], seen=theirs.version)
    round_, goal = review_queries.find_round(work.session, work.ines, sent.public_id, lock=True)
    decisions.decide(work.session, work.ines, round_, goal, Verdict.APPROVE, revision=round_.revision)
    held = objective_queries.find(work.session, work.mona, theirs.public_id, lock=True)
    new = make.key_result("New", 4, owner=work.person.public_id)
    named = make.objective_draft(work.mona, work.cycle, "Mona's", key_results=(new,))
    assert objectives.save(work.session, work.mona, held, named, seen=held.goal.version) is Act.PROPOSE
    work.session.commit()
    leave(work)
    states = select(ReviewRound.state).where(ReviewRound.goal_id == theirs.id).order_by(ReviewRound.id)
    assert list(work.session.scalars(states)) == [RoundState.APPROVED, RoundState.ENDED]
    assert work.session.get_one(Goal, theirs.id).review_state is ReviewState.APPROVED, "what is in force stays"


def test_the_reports_can_have_another_manager_and_never_a_ring(work: Work) -> None:
    cook, baker = (make.person(work.session, name) for name in ("Cora", "Ben"))
    for one in (cook, baker):
        make.member(work.session, one, work.home)
        line(work, one, work.person)
    line(work, cook, baker)
    error = refused(work, Invalid, manager_id=cook.id)
    assert [(one.field, one.code) for one in error.problems] == [("manager", "ring")]  # type: ignore[attr-defined]
    error = refused(work, Invalid, manager_id=work.person.id)
    assert [(one.field, one.code) for one in error.problems] == [("manager", "unknown_choice")]  # type: ignore[attr-defined]
    assert leave(work, manager_id=work.manager.id).reports == 2
    found = work.session.execute(select(ReportingLine.person_id, ReportingLine.manager_id))
    expected = {(cook.id, baker.id), (cook.id, work.manager.id), (baker.id, work.manager.id)}
    assert {tuple(row) for row in found} == expected


def test_the_new_line_begins_on_the_day_it_is_at_the_organisation(work: Work) -> None:
    work.home.zone = "Pacific/Kiritimati"
    cook = make.person(work.session, "Cora")
    make.member(work.session, cook, work.home)
    line(work, cook, work.person)
    work.session.commit()
    leave(work, manager_id=work.manager.id)
    assert work.session.scalars(select(ReportingLine.since)).one() == TODAY + timedelta(days=1)


def test_their_own_goals_feed_nothing_there_any_more(work: Work) -> None:
    free = make.cycle(work.session, work.home, "Free", reviewers=0)
    theirs = make.objective(work.session, work.mona, free, "Mona's")
    (row,) = objective_queries.key_results_of(work.session, theirs.goal.id)
    row.owner_id = work.person.id
    own = make.goal(work.session, work.paul, "Walk")
    key_result, found = objective_queries.find_key_result(work.session, work.paul, row.public_id, lock=True)
    feeds.connect(work.session, work.paul, key_result, found, FeedDraft(own.public_id, FeedKind.COMPLETION))
    work.session.commit()
    leave(work)
    assert work.session.scalar(select(KeyResultFeed.ended_at)) == NOW
    kept = goal_queries.find(work.session, make.viewer(work.session, work.person), own.public_id)
    assert (kept.owner_id, kept.feeds) == (work.person.id, False), "it is theirs and stays"


def test_they_stand_on_no_ladder_any_more(session: Session) -> None:
    they = Ladder(session, people=("Ada", "Ben"))
    ada = they.people["Ada"]
    admin = make.viewer(session, they.admin)
    listed = select(Participant.listed, Participant.profile_id).where(Participant.person_id == ada.id)
    memberships.suspend(session, admin, they.home.id, ada.id)
    assert tuple(session.execute(listed).one()) == (False, they.bronze.id), "no board lists who is suspended"
    memberships.resume(session, admin, they.home.id, ada.id)
    assert tuple(session.execute(listed).one()) == (True, they.bronze.id)
    leaving.leave(session, admin, they.home.id, ada.id, {})
    assert tuple(session.execute(listed).one()) == (False, None)
    session.commit()
    assert not list(examine(session, TODAY))


def test_who_was_suspended_only_there_can_come_in_again(work: Work) -> None:
    memberships.suspend(work.session, work.ines, work.home.id, work.person.id)
    assert work.person.disabled_at == NOW
    leave(work)
    assert work.session.get_one(Person, work.person.id).disabled_at is None


def elsewhere(work: Work) -> Viewer:
    """The admin of another organisation, to which Paul belongs too."""
    other, olga = make.organisation(work.session, "Other"), make.person(work.session, "Olga")
    make.member(work.session, work.person, other)
    make.member(work.session, olga, other, Role.ADMIN)
    memberships.suspend(work.session, make.viewer(work.session, olga), other.id, work.person.id)
    return make.viewer(work.session, olga)


def test_leaving_locks_nobody_out_who_is_suspended_elsewhere(work: Work) -> None:
    elsewhere(work)
    make.sign_in(work.session, work.person)
    leave(work, who=work.person)
    assert work.session.get_one(Person, work.person.id).disabled_at is None
    assert not list(examine(work.session, TODAY))


def test_who_was_locked_out_by_two_is_not_let_in_by_one(work: Work) -> None:
    elsewhere(work)
    memberships.suspend(work.session, work.ines, work.home.id, work.person.id)
    leave(work)
    assert work.session.get_one(Person, work.person.id).disabled_at == NOW
    assert not list(examine(work.session, TODAY))


def test_nobody_sees_off_themselves_or_a_stranger_and_no_member_anybody(work: Work) -> None:
    assert str(refused(work, Refused, who=work.admin)) == "yourself"
    refused(work, Refused, viewer=work.mona)
    stranger = make.person(work.session, "Sam")
    refused(work, NotFound, who=stranger)
    outsider = make.viewer(work.session, stranger)
    refused(work, NotFound, viewer=outsider)
    leave(work)
    refused(work, NotFound)


def test_an_admin_who_is_one_no_more_sees_nobody_off(work: Work) -> None:
    second = make.person(work.session, "Udo")
    make.member(work.session, second, work.home, Role.ADMIN)
    udo = make.viewer(work.session, second)
    memberships.change_roles(work.session, work.ines, work.home.id, second.id, ())
    assert str(refused(work, Refused, viewer=udo)) == "not_yours"
    leave(work, second, heirs={})
