"""Seeing a member off by the pages: what they leave is shown, and each thing of it is somebody's afterwards."""

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser, signed_in
from tests.pages.crowd import UNKNOWN
from tests.relations import Work
from webapp.domain.people import MembershipStatus
from webapp.extensions import db
from webapp.models import Goal, Membership, Person, ReportingLine


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def ines(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.admin)


def address(person: Person) -> str:
    return f"/admin/people/{person.public_id}/leave"


def status(work: Work, person: Person) -> MembershipStatus:
    work.session.rollback()
    work.session.expire_all()
    return work.session.scalars(select(Membership.status).where(Membership.person_id == person.id)).one()


def owner(work: Work, goal: Goal) -> int:
    work.session.rollback()
    return work.session.scalars(select(Goal.owner_id).where(Goal.id == goal.id)).one()


def test_one_heir_has_everything(work: Work, ines: Browser) -> None:
    page = ines.get(address(work.person))
    assert [page.words(one) for one in page.all("h3")] == ["Win ten shops"]
    assert "Paul" not in page.words(page.one("title")), "a title stays in the history of a browser"
    done = page.press("They leave", heir=work.manager.public_id)
    assert "They do not belong any more. 1 objective handed over." in done.words()
    assert (status(work, work.person), owner(work, work.goal)) == (MembershipStatus.LEFT, work.manager.id)
    assert ines.get(address(work.person), follow=False).status == 404, "who left cannot leave again"


def test_who_looks_at_their_own_is_told_before_they_fill_it_in(work: Work, ines: Browser) -> None:
    page = ines.get(address(work.admin))
    assert "This is you: only another admin can see you off." in page.words()
    assert not page.all("form", action=address(work.admin))
    assert ines.post(address(work.admin)).status == 403
    assert status(work, work.admin) is MembershipStatus.ACTIVE


def test_one_objective_can_have_an_heir_of_its_own(work: Work, ines: Browser) -> None:
    second = make.objective(work.session, work.paul, work.cycle, "Second").goal
    work.session.commit()
    field = {f"heir_{second.public_id}": work.admin.email.upper()}
    ines.get(address(work.person)).press("They leave", heir=work.manager.public_id, **field)
    assert (owner(work, work.goal), owner(work, second)) == (work.manager.id, work.admin.id)


def test_what_has_no_heir_is_said_at_it_and_nothing_happens(work: Work, ines: Browser) -> None:
    second = make.objective(work.session, work.paul, work.cycle, "Second").goal
    work.session.commit()
    name = f"heir_{second.public_id}"
    page = ines.get(address(work.person)).press("They leave", **{name: work.admin.email})
    assert page.status == 422
    assert page.errors() == {f"heir_{work.goal.public_id}": "Please say who has this one."}
    assert page.value(name) == work.admin.email, "what was typed stays"
    wrong = page.press("They leave", heir=work.manager.public_id, **{name: "nobody@example.org"})
    assert wrong.errors() == {name: "Nobody here has this address."}
    assert (status(work, work.person), owner(work, second)) == (MembershipStatus.ACTIVE, work.person.id)


def test_who_is_typed_by_name_is_found_and_who_is_nobody_is_said(work: Work, ines: Browser) -> None:
    page = ines.get(address(work.person)).press("They leave", heir="Zoe")
    stranger = "No member of your organisation has this address. Invite them first."
    assert (page.status, page.errors()["heir"]) == (422, stranger)
    make.member(work.session, make.person(work.session, "Mona"), work.home)
    work.session.commit()
    assert page.press("They leave", heir="mona").errors()["heir"] == stranger, "two are called so"
    assert status(work, work.person) == MembershipStatus.ACTIVE
    page.press("They leave", heir="INES")
    assert (status(work, work.person), owner(work, work.goal)) == (MembershipStatus.LEFT, work.admin.id)


def test_a_hundred_are_offered_once(work: Work, ines: Browser) -> None:
    for number in range(120):
        make.member(work.session, make.person(work.session, f"Zed {number:03}"), work.home)
    work.session.commit()
    page = ines.get(address(work.manager))
    assert len(page.all("option")) == 100
    assert list(page.press("They leave", manager="zoe@example.org").errors()) == ["manager"]
    assert status(work, work.manager) == MembershipStatus.ACTIVE
    done = page.press("They leave", manager="Zed 119")
    assert "1 report moved" in done.words()


def test_reports_get_the_manager_chosen(work: Work, ines: Browser) -> None:
    page = ines.get(address(work.manager))
    assert "1 person reports to them" in page.words()
    done = page.press("They leave", manager=work.admin.public_id)
    assert "1 report moved" in done.words()
    lines = select(ReportingLine.person_id, ReportingLine.manager_id)
    work.session.rollback()
    assert [tuple(row) for row in work.session.execute(lines)] == [(work.person.id, work.admin.id)]


def test_who_has_nothing_to_hand_over_just_leaves_suspended_or_not(work: Work, ines: Browser) -> None:
    idle = make.person(work.session, "Ida")
    make.member(work.session, idle, work.home, status=MembershipStatus.SUSPENDED)
    work.session.commit()
    page = ines.get(address(idle))
    assert "There is nothing to hand over." in page.words()
    assert "They do not belong any more." in page.press("They leave").words()
    assert status(work, idle) is MembershipStatus.LEFT


def test_only_an_admin_of_the_organisation_may(app: Flask, work: Work, ines: Browser) -> None:
    stranger = make.person(work.session, "Sam")
    make.member(work.session, stranger, make.organisation(work.session, "Other"))
    work.session.commit()
    before = make.everything(work.session, but=frozenset({"sign_in"}))
    for person in (work.person, work.manager, stranger):
        browser = signed_in(app, work.session, person)
        for answer in (browser.get(address(work.person)), browser.post(address(work.person))):
            assert answer.status in (403, 404), person.name
    for gone in (stranger, None):
        place = address(gone) if gone else f"/admin/people/{UNKNOWN}/leave"
        assert ines.get(place).status == 404
    assert ines.post(address(work.admin)).status == 403, "nobody sees themselves off"
    assert make.everything(work.session, but=frozenset({"sign_in"})) == before
    assert ines.get(address(work.person)).status == 200


def test_the_page_costs_the_same_for_one_and_for_many(app: Flask, work: Work, ines: Browser) -> None:
    def statements() -> int:
        with app.app_context(), counted(db.engine) as count:
            assert ines.get(address(work.person)).status == 200
        return len(count)

    ines.get(address(work.person))
    few = statements()
    for number in range(20):
        make.member(work.session, make.person(work.session, f"Person {number}"), work.home)
        make.objective(work.session, work.paul, work.cycle, f"Objective {number}")
    work.session.commit()
    assert statements() == few <= 8
