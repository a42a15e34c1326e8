"""Whose roles change, or who leaves, is waited for no more where they may decide no more, and still where they may."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.relations import Relation, Work
from webapp.actions import leaving, memberships
from webapp.actions.audit import Tag
from webapp.domain.goals import ReviewState
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.reviews import RoundState
from webapp.models import AuditEvent, Goal, Organisation, ReviewRound
from webapp.queries.doctor import examine

Act = Callable[["Practice"], object]


def state(session: Session, round_: ReviewRound) -> RoundState:
    session.commit()
    session.expire_all()
    return session.get_one(ReviewRound, round_.id).state


def test_an_admin_who_is_one_no_more_is_waited_for_no_more(session: Session) -> None:
    work = Work(session)
    udo = make.person(session, "Udo")
    make.member(session, udo, work.home, Role.ADMIN)
    round_ = work.send(udo)
    memberships.change_roles(session, work.ines, work.home.id, udo.id, {Role.ADMIN, Role.MANAGER})
    assert state(session, round_) is RoundState.OPEN
    memberships.change_roles(session, work.ines, work.home.id, udo.id, {Role.MANAGER})
    assert state(session, round_) is RoundState.ENDED
    assert session.get_one(Goal, work.goal.id).review_state is ReviewState.DRAFT
    assert not list(examine(session, make.TODAY))


def test_who_manages_the_owner_is_waited_for_whatever_their_roles(session: Session) -> None:
    work = Work(session)
    round_ = work.send(work.manager)
    for roles in ({Role.ADMIN}, set[Role]()):
        memberships.change_roles(session, work.ines, work.home.id, work.manager.id, roles)
        assert state(session, round_) is RoundState.OPEN


class Practice(Relation):
    """Ines runs the organisation in which Thea, whom Ada asked about a goal of hers, is a therapist."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.ines = self.admin_of(self.home)
        self.round = self.send()

    def admin_of(self, home: Organisation) -> Viewer:
        admin = make.person(self.session, f"Admin of {home.name}")
        make.member(self.session, admin, home, Role.ADMIN)
        self.session.commit()
        return make.viewer(self.session, admin)

    def state(self) -> RoundState:
        return state(self.session, self.round)


def role_taken(they: Practice) -> object:
    memberships.change_roles(they.session, they.ines, they.home.id, they.therapist.id, {Role.MANAGER})
    return None


def left(they: Practice) -> object:
    return leaving.leave(they.session, they.ines, they.home.id, they.therapist.id, {})


def suspended_and_left(they: Practice) -> object:
    memberships.suspend(they.session, they.ines, they.home.id, they.therapist.id)
    assert they.state() is RoundState.OPEN, "who comes back goes on"
    return left(they)


each_end = pytest.mark.parametrize("end", [role_taken, left, suspended_and_left])


@each_end
def test_no_client_waits_for_who_practises_no_more(session: Session, end: Act) -> None:
    they = Practice(session)
    told = end(they)
    assert they.state() is RoundState.ENDED
    assert session.get_one(Goal, they.walk.id).review_state is ReviewState.DRAFT
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == Tag.GOAL_END_REVIEW)).one()
    assert (event.actor_id, event.organisation_id) == (None, None), "it is between the two"
    if isinstance(told, leaving.Gone):
        assert told.reviews == 0
        row = session.scalars(select(AuditEvent).where(AuditEvent.tag == Tag.MEMBERSHIP_LEAVE)).one()
        assert row.details["reviews"] == 0
    assert not list(examine(session, make.TODAY))


@each_end
@pytest.mark.parametrize("status", [MembershipStatus.ACTIVE, MembershipStatus.SUSPENDED])
def test_a_client_waits_for_who_practises_elsewhere(session: Session, end: Act, status: MembershipStatus) -> None:
    they = Practice(session)
    other = make.organisation(session, "Other")
    make.member(session, they.therapist, other, Role.THERAPIST)
    if status is MembershipStatus.SUSPENDED:
        memberships.suspend(session, they.admin_of(other), other.id, they.therapist.id)
    end(they)
    assert they.state() is RoundState.OPEN


def test_a_role_beside_the_therapists_frees_nothing(session: Session) -> None:
    they = Practice(session)
    memberships.change_roles(session, they.ines, they.home.id, they.therapist.id, {Role.THERAPIST, Role.MANAGER})
    assert they.state() is RoundState.OPEN
