"""Somebody goes by themselves: nothing holds them but being the last who looks after the organisation."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.racing import at_once
from tests.relations import Work
from tests.visitors import letters
from webapp.actions import invitations, leaving, lock_outs, memberships
from webapp.domain.errors import Conflict, DomainError, NotFound, Refused
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Goal, Membership, MembershipRole, Person, ReportingLine, SignIn, Team
from webapp.queries import hand_overs
from webapp.queries.doctor import examine
from webapp.queries.own_memberships import own_membership, own_memberships


@pytest.fixture
def work(app: Flask, session: Session) -> Work:
    return Work(session)


def go(work: Work, who: Person) -> leaving.Gone:
    gone = leaving.go(work.session, make.viewer(work.session, who), work.home.id)
    work.session.commit()
    work.session.expire_all()
    return gone


def status(work: Work, who: Person) -> MembershipStatus:
    mine = (Membership.person_id == who.id, Membership.organisation_id == work.home.id)
    return work.session.scalars(select(Membership.status).where(*mine)).one()


def refused(work: Work, who: Person) -> DomainError:
    work.session.commit()
    before = make.everything(work.session)
    with pytest.raises(DomainError) as caught:
        go(work, who)
    assert make.everything(work.session) == before
    work.session.rollback()
    return caught.value


def test_who_goes_belongs_no_more_and_their_manager_has_what_they_answered_for(work: Work) -> None:
    make.sign_in(work.session, work.person)
    gone = go(work, work.person)
    assert (gone.objectives, gone.key_results, gone.reviews, gone.teams, gone.reports) == (1, 0, 0, 0, 0)
    assert status(work, work.person) is MembershipStatus.LEFT
    assert work.session.get_one(Goal, work.goal.id).owner_id == work.manager.id
    assert not make.viewer(work.session, work.person).roles
    assert not list(work.session.scalars(select(ReportingLine.id)))
    assert list(work.session.scalars(select(SignIn.ended_at))) == [NOW], "another device than the one they went from"
    told = [(letter["to"], letter["values"]["what"]) for letter in letters(work.session, "account-changed")]
    assert told == [(work.person.email, "left"), (work.admin.email, "member_left")]
    assert [letter["to"] for letter in letters(work.session, "hand-over")] == [work.manager.email]
    assert make.tags(work.session)[-1] == "membership:leave"
    assert not list(examine(work.session, TODAY))


def test_the_device_they_went_from_stays_signed_in(work: Work) -> None:
    for _ in range(2):
        make.sign_in(work.session, work.person)
    here, _ = work.session.scalars(select(SignIn.id).order_by(SignIn.id))
    leaving.go(work.session, replace(make.viewer(work.session, work.person), session_id=here), work.home.id)
    work.session.commit()
    work.session.expire_all()
    assert list(work.session.scalars(select(SignIn.ended_at).order_by(SignIn.id))) == [None, NOW]


def test_the_heir_is_whom_they_report_to_for_longest_or_the_first_admin(work: Work) -> None:
    second = make.person(work.session, "Mia")
    make.member(work.session, second, work.home, Role.MANAGER)
    line = {"organisation_id": work.home.id, "person_id": work.person.id, "manager_id": second.id}
    work.session.add(ReportingLine(**line, since=TODAY - timedelta(days=1)))
    work.session.flush()

    def heir(who: Person) -> str | None:
        found = hand_overs.heir_of(work.session, make.viewer(work.session, who), work.home.id)
        return found.name if found else None

    assert heir(work.person) == "Mia"
    for suspended, then in ((second, "Mona"), (work.manager, "Ines"), (work.admin, None)):
        mine = Membership.person_id == suspended.id
        work.session.scalars(select(Membership).where(mine)).one().status = MembershipStatus.SUSPENDED
        work.session.flush()
        assert heir(work.person) == then
    assert heir(work.admin) is None, "nobody inherits from themselves"


def test_the_last_admin_stays_until_there_is_another(work: Work) -> None:
    error = refused(work, work.admin)
    assert isinstance(error, Refused)
    assert error.code == "last_admin"
    memberships.change_roles(work.session, work.ines, work.home.id, work.manager.id, {Role.ADMIN})
    go(work, work.admin)
    assert status(work, work.admin) is MembershipStatus.LEFT
    assert refused(work, work.manager).code == "last_admin", "now it is they"


def test_who_has_objectives_stays_where_nobody_is_left_to_have_them(work: Work) -> None:
    for one in (work.manager, work.admin):
        mine = Membership.person_id == one.id
        work.session.scalars(select(Membership).where(mine)).one().status = MembershipStatus.SUSPENDED
    assert refused(work, work.person).code == "nobody_left"
    work.session.get_one(Goal, work.goal.id).deleted_at = NOW
    go(work, work.person)
    assert status(work, work.person) is MembershipStatus.LEFT


def test_the_last_admin_who_is_suspended_may_go(work: Work) -> None:
    mine = select(Membership).where(Membership.person_id == work.admin.id)
    work.session.scalars(mine).one().status = MembershipStatus.SUSPENDED
    work.session.commit()
    go(work, work.admin)
    assert status(work, work.admin) is MembershipStatus.LEFT


def test_nobody_has_it_but_whom_they_were_shown(work: Work) -> None:
    viewer, home = make.viewer(work.session, work.person), work.home.id
    work.session.commit()
    before = make.everything(work.session)
    for shown in (work.admin.public_id, ""):
        with pytest.raises(Conflict):
            leaving.go(work.session, viewer, home, shown)
        assert make.everything(work.session) == before
    leaving.go(work.session, viewer, home, work.manager.public_id)
    assert status(work, work.person) is MembershipStatus.LEFT


def test_what_came_to_them_meanwhile_or_goes_to_another_by_now_stops_them(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look and the hold: an objective that is not held, or a manager who is another."""
    work.session.commit()
    before = make.everything(work.session)
    held, heir_of = hand_overs.hold_goals, hand_overs.heir_of
    monkeypatch.setattr(hand_overs, "hold_goals", lambda *given: held(*given) - {work.goal.id})
    assert isinstance(refused(work, work.person), Conflict)
    monkeypatch.setattr(hand_overs, "hold_goals", held)
    answers = iter([replace(heir_of(work.session, work.paul, work.home.id), number=work.admin.id)])  # type: ignore[type-var]
    monkeypatch.setattr(hand_overs, "heir_of", lambda *given: next(answers, None) or heir_of(*given))
    assert isinstance(refused(work, work.person), Conflict)
    assert make.everything(work.session) == before


def test_of_two_last_admins_who_go_at_once_one_stays(app: Flask, work: Work) -> None:
    for _ in range(10):
        work.session.expire_all()
        roles = select(Membership).where(Membership.person_id.in_([work.admin.id, work.manager.id]))
        for one in work.session.scalars(roles):
            one.status = MembershipStatus.ACTIVE
            memberships.put_roles(work.session, one, {Role.ADMIN})
        both = [make.viewer(work.session, one) for one in (work.admin, work.manager)]
        home = work.home.id
        work.session.commit()
        outcomes = at_once(app, *(partial(leaving.go, viewer=viewer, organisation_id=home) for viewer in both))
        assert outcomes.count("done") == 1, outcomes
        assert set(outcomes) <= {"done", "Refused", "Conflict"}


def test_who_does_not_belong_cannot_go(work: Work) -> None:
    stranger = make.person(work.session, "Sam")
    assert isinstance(refused(work, stranger), NotFound)
    go(work, work.person)
    assert isinstance(refused(work, work.person), NotFound), "and nobody goes twice"


def test_who_was_suspended_and_let_in_by_the_operator_can_go_and_is_never_locked_out_there_again(work: Work) -> None:
    memberships.suspend(work.session, work.ines, work.home.id, work.person.id)
    lock_outs.let_in(work.session, work.person.email, NOW)
    work.session.commit()
    go(work, work.person)
    assert status(work, work.person) is MembershipStatus.LEFT
    with pytest.raises(NotFound):
        memberships.suspend(work.session, work.ines, work.home.id, work.person.id)
    assert work.session.get_one(Person, work.person.id).disabled_at is None


def test_own_memberships_tell_where_one_stands_and_of_a_suspended_one_only_who_leads(work: Work) -> None:
    session, elsewhere = work.session, make.organisation(work.session, "Elsewhere")
    lead, team = make.person(session, "Lea"), Team(organisation_id=work.home.id, name="Sales", lead_id=work.person.id)
    session.add(team)
    make.member(session, lead, elsewhere, Role.ADMIN)
    make.member(session, work.person, elsewhere, Role.THERAPIST)
    session.add(ReportingLine(organisation_id=elsewhere.id, person_id=work.person.id, manager_id=lead.id, since=TODAY))
    session.flush()

    def told(who: Person) -> list[tuple[object, ...]]:
        rows = own_memberships(session, make.viewer(session, who))
        return [(one.name, one.is_active, set(one.roles), one.teams, one.managers, one.admins) for one in rows]

    gone = make.person(session, "Gus")
    make.member(session, gone, work.home, Role.ADMIN, status=MembershipStatus.SUSPENDED)
    line = {"organisation_id": work.home.id, "person_id": work.person.id, "manager_id": gone.id}
    session.add(ReportingLine(**line, since=TODAY))
    session.flush()
    home = (work.home.name, True, {Role.MEMBER}, [team.name], ["Mona"], ["Ines"])
    assert told(work.person) == [("Elsewhere", True, {Role.THERAPIST}, [], ["Lea"], ["Lea"]), home]
    memberships.suspend(session, make.viewer(session, lead), elsewhere.id, work.person.id)
    assert told(work.person) == [("Elsewhere", False, set(), [], [], ["Lea"]), home]
    assert [row[0] for row in told(work.admin)] == [work.home.name]
    with pytest.raises(NotFound):
        own_membership(session, make.viewer(session, work.admin), elsewhere.public_id)


def test_who_went_can_be_asked_in_anew(work: Work) -> None:
    go(work, work.person)
    assert own_memberships(work.session, make.viewer(work.session, work.person)) == []
    draft = invitations.InvitationDraft(work.person.email)
    asked = invitations.invite(work.session, work.ines, work.home.id, draft)
    invitations.accept(work.session, make.viewer(work.session, work.person), asked.public_id)
    work.session.commit()
    assert status(work, work.person) is MembershipStatus.ACTIVE
    roles = select(MembershipRole.role).join(Membership).where(Membership.person_id == work.person.id)
    assert list(work.session.scalars(roles)) == [Role.MEMBER]
