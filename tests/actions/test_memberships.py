"""Who belongs and as what: judged by who asks, at the moment they ask; nobody is locked out by accident, nor let in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.faults.visitors import together
from tests.make import NOW
from tests.visitors import letters, link_of
from webapp.actions import erasure, lock_outs, memberships, second_factors
from webapp.actions.audit import Tag
from webapp.domain.errors import Conflict, DomainError, NotFound, Refused
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.extensions import db
from webapp.models import AuditEvent, Authenticator, Membership, MembershipRole, Organisation, Person
from webapp.models.engine import begin_writing
from webapp.queries import organisations as queries
from webapp.queries.people import viewer_by_secret, viewer_of

Act = Callable[[Session, Viewer, int, int], object]
ROUNDS = 20


def demote(session: Session, viewer: Viewer, home: int, person: int) -> None:
    memberships.change_roles(session, viewer, home, person, ())


ACTS: dict[str, Act] = {
    "roles": demote,
    "suspend": memberships.suspend,
    "sign out": memberships.sign_out_everywhere,
    "recovery": memberships.send_recovery,
    "lost factor": memberships.send_lost_factor,
}
"""Everything that an admin does to an active member; Ada, on whom it is tried, is a manager with a second factor."""
each_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


class House:
    """Ines and Otto run an organisation that Ada manages in; Olga runs another."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.home, self.elsewhere = make.organisation(session), make.organisation(session, "Elsewhere")
        self.ines, self.otto = (self.join(name, self.home, Role.ADMIN) for name in ("Ines", "Otto"))
        self.ada, self.olga = self.join("Ada", self.home, Role.MANAGER), self.join("Olga", self.elsewhere, Role.ADMIN)
        sealed = make.viewer(session, self.ada).words.seal("authenticator.secret", "JBSWY3DPEHPK3PXP")
        app = Authenticator(person_id=self.ada.id, secret=sealed, confirmed_at=NOW, created_at=NOW)
        session.add(app)
        session.commit()

    def join(self, name: str, home: Organisation, *roles: Role) -> Person:
        person = make.person(self.session, name)
        make.member(self.session, person, home, *roles)
        return person

    def seen(self, person: Person) -> Viewer:
        return make.viewer(self.session, person)

    def membership(self, person: Person, home: Organisation | None = None) -> Membership:
        mine = (Membership.person_id == person.id, Membership.organisation_id == (home or self.home).id)
        statement = select(Membership).where(*mine).execution_options(populate_existing=True)
        return self.session.scalars(statement).one()

    def roles(self, person: Person) -> set[Role]:
        return set(queries.roles_of(self.session, self.home.id, person.id))


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def everything(session: Session) -> object:
    return make.everything(session)


@each_act
def test_only_an_admin_of_the_organisation_does_anything_to_its_members(house: House, act: Act) -> None:
    session, home = house.session, house.home.id
    manager, member = house.join("Mia", house.home, Role.MANAGER, Role.THERAPIST), house.join("Max", house.home)
    stranger = make.person(session, "Sam")
    gone = make.person(session, "Gus")
    make.member(session, gone, house.home, Role.ADMIN, status=MembershipStatus.SUSPENDED)
    session.commit()
    before = everything(session)
    for who, refusal in ((manager, Refused), (member, Refused), (house.olga, NotFound), (stranger, NotFound)):
        with pytest.raises(refusal):
            act(session, house.seen(who), home, house.ada.id)
        session.rollback()
    with pytest.raises(NotFound):
        act(session, house.seen(gone), home, house.ada.id)
    session.rollback()
    for other in (house.olga, stranger):  # who is no member is nobody here, whoever asks
        with pytest.raises(NotFound):
            act(session, house.seen(house.ines), home, other.id)
        session.rollback()
    assert everything(session) == before
    make.sign_in(session, house.ada)
    session.commit()
    before = everything(session)
    act(session, house.seen(house.ines), home, house.ada.id)
    session.commit()
    assert everything(session) != before


@each_act
def test_nobody_does_it_to_themselves(house: House, act: Act) -> None:
    before = everything(house.session)
    with pytest.raises(Refused, match="yourself"):
        act(house.session, house.seen(house.ines), house.home.id, house.ines.id)
    assert everything(house.session) == before


@each_act
def test_what_counts_is_what_the_asker_holds_now_and_not_when_they_came(house: House, act: Act) -> None:
    session, stale = house.session, house.seen(house.otto)
    memberships.change_roles(session, house.seen(house.ines), house.home.id, house.otto.id, ())
    session.commit()
    before = everything(session)
    assert stale.has(Role.ADMIN, house.home.id)
    with pytest.raises(Refused, match="not_yours"):
        act(session, stale, house.home.id, house.ada.id)
    assert everything(session) == before


def test_roles_are_given_and_taken_and_their_holder_signs_in_anew(house: House) -> None:
    session, ines = house.session, house.seen(house.ines)
    secret = make.sign_in(session, house.ada)
    assert viewer_by_secret(session, secret, NOW)
    memberships.change_roles(session, ines, house.home.id, house.ada.id, {Role.ADMIN, Role.THERAPIST})
    assert house.roles(house.ada) == {Role.MEMBER, Role.ADMIN, Role.THERAPIST}
    assert viewer_by_secret(session, secret, NOW) is None
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == Tag.MEMBERSHIP_CHANGE_ROLES)).one()
    assert (event.actor_id, event.subject_id, event.organisation_id) == (ines.id, house.ada.id, house.home.id)
    assert event.details == {"before": "manager", "after": "admin member therapist"}
    session.commit()
    assert [letter["template"] for letter in letters(session)] == ["account-changed"]


def test_the_same_roles_again_change_nothing(house: House) -> None:
    session = house.session
    make.sign_in(session, house.ada)
    session.commit()
    before = everything(session)
    memberships.change_roles(session, house.seen(house.ines), house.home.id, house.ada.id, {Role.MANAGER})
    session.commit()
    assert everything(session) == before


def test_who_is_suspended_comes_in_nowhere_and_is_let_in_as_before(house: House) -> None:
    session, ines, home = house.session, house.seen(house.ines), house.home.id
    secret = make.sign_in(session, house.ada)
    memberships.suspend(session, ines, home, house.ada.id)
    session.refresh(house.ada)
    assert house.ada.disabled_at == NOW
    assert house.membership(house.ada).status is MembershipStatus.SUSPENDED
    assert house.roles(house.ada) == set()
    assert viewer_by_secret(session, secret, NOW) is None
    with pytest.raises(NotFound):
        memberships.suspend(session, ines, home, house.ada.id)
    memberships.resume(session, ines, home, house.ada.id)
    session.refresh(house.ada)
    assert house.ada.disabled_at is None
    assert house.roles(house.ada) == {Role.MANAGER}
    assert viewer_by_secret(session, make.sign_in(session, house.ada), NOW)
    assert viewer_by_secret(session, secret, NOW) is None
    assert make.tags(session, house.membership(house.ada)) == ["membership:suspend", "membership:resume"]


def test_who_belongs_elsewhere_as_well_comes_in_still(house: House) -> None:
    session = house.session
    make.member(session, house.ada, house.elsewhere)
    secret = make.sign_in(session, house.ada)
    memberships.suspend(session, house.seen(house.ines), house.home.id, house.ada.id)
    session.refresh(house.ada)
    assert house.ada.disabled_at is None
    assert viewer_by_secret(session, secret, NOW) is None
    again = viewer_by_secret(session, make.sign_in(session, house.ada), NOW)
    assert again is not None
    assert again.roles == {(house.elsewhere.id, Role.MEMBER)}
    later = NOW + timedelta(minutes=1)
    olga = make.viewer(session, house.olga, later)
    memberships.suspend(session, olga, house.elsewhere.id, house.ada.id)
    session.refresh(house.ada)
    assert house.ada.disabled_at == later
    memberships.resume(session, house.seen(house.ines), house.home.id, house.ada.id)
    session.refresh(house.ada)
    assert house.ada.disabled_at is None


def test_the_operator_lets_in_and_the_suspension_stays(house: House) -> None:
    session, ines, home = house.session, house.seen(house.ines), house.home.id
    memberships.suspend(session, ines, home, house.ada.id)
    for nobody in ("nobody@example.org", house.otto.email):
        with pytest.raises(NotFound):
            lock_outs.let_in(session, nobody, NOW)
    lock_outs.let_in(session, house.ada.email, NOW)
    session.refresh(house.ada)
    assert house.ada.disabled_at is None
    again = viewer_by_secret(session, make.sign_in(session, house.ada), NOW)
    assert again is not None
    assert not again.roles
    with pytest.raises(NotFound):
        memberships.suspend(session, ines, home, house.ada.id)
    memberships.resume(session, ines, home, house.ada.id)
    assert house.roles(house.ada) == {Role.MANAGER}
    session.commit()
    assert [letter["values"]["what"] for letter in letters(session)] == ["suspended", "let_in", "resumed"]


def test_only_who_is_suspended_is_let_in_again(house: House) -> None:
    left = make.person(house.session, "Leo")
    make.member(house.session, left, house.home, status=MembershipStatus.LEFT)
    house.session.commit()
    before = everything(house.session)
    for person in (house.ada, left):
        with pytest.raises(NotFound):
            memberships.resume(house.session, house.seen(house.ines), house.home.id, person.id)
        house.session.rollback()
    assert everything(house.session) == before


def test_all_devices_are_signed_out(house: House) -> None:
    session, ines = house.session, house.seen(house.ines)
    before = everything(session)
    assert not memberships.sign_out_everywhere(session, ines, house.home.id, house.ada.id)
    assert everything(session) == before, "nobody was signed in"
    secrets = [make.sign_in(session, house.ada) for _ in range(2)]
    hers = make.sign_in(session, house.ines)
    assert memberships.sign_out_everywhere(session, ines, house.home.id, house.ada.id)
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == Tag.MEMBERSHIP_SIGN_OUT)).one()
    assert not event.details, "on how many devices is nobody else's business"
    assert [viewer_by_secret(session, secret, NOW) for secret in secrets] == [None, None]
    assert viewer_by_secret(session, hers, NOW)
    assert house.roles(house.ada) == {Role.MANAGER}


def test_links_go_to_the_member_and_change_nothing_yet(house: House) -> None:
    session, ines = house.session, house.seen(house.ines)
    secret = make.sign_in(session, house.ada)
    memberships.send_recovery(session, ines, house.home.id, house.ada.id)
    memberships.send_lost_factor(session, ines, house.home.id, house.ada.id)
    session.commit()
    mails = [(letter["template"], letter["to"]) for letter in letters(session)]
    assert mails == [("recovery", house.ada.email), ("lost-factor", house.ada.email)]
    assert viewer_by_secret(session, secret, NOW)
    assert make.tags(session) == [
        "person:recovery_ask",
        "membership:recover",
        "person:factor_ask",
        "membership:lost_factor",
    ]
    here = select(AuditEvent.tag).where(AuditEvent.organisation_id == house.home.id).order_by(AuditEvent.id)
    assert list(session.scalars(here)) == ["membership:recover", "membership:lost_factor"]
    with pytest.raises(Refused, match="no_factor"):
        memberships.send_lost_factor(session, ines, house.home.id, house.otto.id)


def test_an_admin_of_two_who_is_demoted_leaves_one(house: House) -> None:
    session, ines, home = house.session, house.seen(house.ines), house.home.id
    memberships.change_roles(session, ines, home, house.otto.id, {Role.MANAGER})
    assert queries.other_admins(session, home, house.otto.id) == 1
    assert queries.other_admins(session, home, house.ines.id) == 0


def test_an_admin_who_goes_is_none_to_count_on(house: House) -> None:
    session, home = house.session, house.home.id
    assert queries.led_alone(session, house.ines.id) == []
    erasure.ask(session, house.seen(house.otto))
    session.commit()
    before = everything(session)
    for act in (demote, memberships.suspend):
        with pytest.raises(Refused, match="last_admin"):
            act(session, house.seen(house.otto), home, house.ines.id)
        session.rollback()
    assert everything(session) == before
    assert queries.led_alone(session, house.ines.id) == ["Home"]
    assert erasure.keep(session, house.seen(house.otto))
    demote(session, house.seen(house.otto), home, house.ines.id)
    assert queries.led_alone(session, house.otto.id) == ["Home"]
    assert queries.led_alone(session, house.ines.id) == []


def test_whatever_admins_do_mails_once_an_hour_of_each_kind(house: House) -> None:
    session, home = house.session, house.home.id

    def toil(minute: int) -> None:
        ines = make.viewer(session, house.ines, NOW + timedelta(minutes=minute))
        for roles in ((Role.THERAPIST,), (Role.MANAGER,)):
            make.sign_in(session, house.ada)
            memberships.sign_out_everywhere(session, ines, home, house.ada.id)
            memberships.change_roles(session, ines, home, house.ada.id, roles)
            memberships.suspend(session, ines, home, house.ada.id)
            memberships.resume(session, ines, home, house.ada.id)
        session.commit()

    for minute in range(5):
        toil(minute)
    kinds = ["signed_out", "roles", "suspended", "resumed"]
    assert [letter["values"]["what"] for letter in letters(session)] == kinds
    toil(60)
    assert [letter["values"]["what"] for letter in letters(session)] == kinds * 2


def test_joining_twice_is_refused_and_coming_back_brings_no_old_role(house: House) -> None:
    session, home = house.session, house.home.id
    left = make.person(session, "Leo")
    make.member(session, left, house.home, Role.ADMIN, status=MembershipStatus.LEFT)
    memberships.join(session, left.id, home, {Role.THERAPIST}, NOW, viewer=None)
    assert house.roles(left) == {Role.MEMBER, Role.THERAPIST}
    with pytest.raises(Conflict, match="member_already"):
        memberships.join(session, left.id, home, {Role.ADMIN}, NOW, viewer=None)
    memberships.suspend(session, house.seen(house.ines), home, left.id)
    with pytest.raises(Refused, match="suspended"):
        memberships.join(session, left.id, home, {Role.ADMIN}, NOW, viewer=None)


@pytest.mark.parametrize("others", [demote, memberships.suspend], ids=["demote", "suspend"])
def test_two_admins_who_act_on_each_other_at_once_leave_one(app: Flask, house: House, others: Act) -> None:
    session, home = house.session, house.home.id
    pair = (house.ines.id, house.otto.id)
    with app.app_context():
        engine = db.engine

    def act(what: Act, who: int, whom: int, now: datetime) -> Callable[[], str]:
        def run() -> str:
            with Session(engine) as own:
                begin_writing(own)
                viewer = viewer_of(own, own.get_one(Person, who), now)
                try:
                    what(own, viewer, home, whom)
                    own.commit()
                except DomainError as refused:
                    own.rollback()
                    return type(refused).__name__
                return "done"

        return run

    for minute in range(ROUNDS):
        now = NOW + timedelta(minutes=minute)
        came = together(act(demote, *pair, now), act(others, *reversed(pair), now))
        assert sorted(map(str, came)) in (["Refused", "done"], ["NotFound", "done"]), came
        session.rollback()
        admins = [one for one in pair if Role.ADMIN in queries.roles_of(session, home, one)]
        assert len(admins) == 1
        for person in (house.ines, house.otto):
            membership = house.membership(person)
            membership.status = MembershipStatus.ACTIVE
            memberships.put_roles(session, membership, {Role.MEMBER, Role.ADMIN})
            session.refresh(person)
            person.disabled_at = None
        session.commit()


def test_a_link_that_an_admin_sent_opens_nothing_after_suspension(house: House) -> None:
    session, ines = house.session, house.seen(house.ines)
    memberships.send_lost_factor(session, ines, house.home.id, house.ada.id)
    session.commit()
    secret = link_of(session, "lost-factor")
    memberships.suspend(session, ines, house.home.id, house.ada.id)
    with pytest.raises(NotFound):
        second_factors.forget_all(session, secret, NOW)
    held = select(MembershipRole.role).where(MembershipRole.membership_id == house.membership(house.ada).id)
    assert session.scalars(held).all() == [Role.MANAGER]
