"""Where one belongs, as a page, and going from there by oneself."""

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY
from tests.page import Browser, Page, signed_in
from tests.relations import Work
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Goal, Membership, Organisation, Person, ReportingLine, Team

LIST = "/account/organisations"


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def paul(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.person)


def leave(home: Organisation) -> str:
    return f"{LIST}/{home.public_id}/leave"


def status(work: Work, person: Person) -> MembershipStatus:
    work.session.rollback()
    work.session.expire_all()
    return work.session.scalars(select(Membership.status).where(Membership.person_id == person.id)).one()


def facts(page: Page) -> list[dict[str, str]]:
    """What is said of each organisation, by what it is called."""
    return [
        {page.words(pair[0]): page.words(pair[1]) for pair in facts.findall("{*}div")}
        for facts in page.all("dl", class_="facts")
    ]


def test_it_says_where_one_stands_and_leads_there_from_the_account(work: Work, paul: Browser) -> None:
    work.session.add(Team(organisation_id=work.home.id, name="Sales", lead_id=work.person.id))
    work.session.commit()
    assert paul.get("/account").all("a", href=LIST)
    said = facts(paul.get(LIST))
    assert said == [{"As": "Member", "You report to": "Mona", "Teams": "Sales", "Looked after by": "Ines"}]


def test_who_belongs_nowhere_is_led_to_invitations(app: Flask, session: Session, work: Work) -> None:
    page = signed_in(app, session, make.person(session, "Sam")).get(LIST)
    assert "You belong to no organisation." in page.words()
    assert page.all("a", href="/invitations")


def test_it_says_what_happens_and_yes_does_it(work: Work, paul: Browser) -> None:
    page = paul.get(leave(work.home))
    assert "1 open objective of yours goes to Mona, who is told." in page.words()
    assert "Home" not in page.words(page.one("title")), "a title stays in the history of a browser"
    done = page.press("Leave it")
    assert "You do not belong to Home any more. 1 objective was handed over." in done.words()
    assert "You belong to no organisation." in done.words(), "this device is still signed in"
    assert status(work, work.person) is MembershipStatus.LEFT
    assert work.session.scalars(select(Goal.owner_id).where(Goal.id == work.goal.id)).one() == work.manager.id
    assert paul.get(leave(work.home), follow=False).status == 404


def test_who_has_it_is_whom_the_page_named(work: Work, paul: Browser) -> None:
    page = paul.get(leave(work.home))
    mine = select(ReportingLine).where(ReportingLine.person_id == work.person.id)
    work.session.delete(work.session.scalars(mine).one())
    work.session.commit()
    assert page.press("Leave it").status == 409
    assert status(work, work.person) is MembershipStatus.ACTIVE
    again = paul.get(leave(work.home))
    assert "1 open objective of yours goes to Ines, who is told." in again.words()
    assert again.press("Leave it").status == 200


def test_a_copy_of_the_cookie_from_before_is_worth_nothing(app: Flask, work: Work, paul: Browser) -> None:
    copied = paul.client.get_cookie("sid")
    assert copied is not None
    paul.get(leave(work.home)).press("Leave it")
    thief = Browser(app, copied.value)
    assert thief.get(LIST, follow=False).status == 303


def test_the_only_admin_is_told_what_to_do_first(app: Flask, session: Session, work: Work) -> None:
    ines = signed_in(app, session, work.admin)
    assert facts(ines.get(LIST)) == [{"As": "Admin", "Looked after by": "You alone"}]
    page = ines.get(leave(work.home))
    assert "You are the only admin of Home." in page.words()
    assert not page.all("form", action=leave(work.home))
    refused = ines.post(leave(work.home))
    assert refused.status == 403
    assert "Nobody else looks after this organisation" in refused.words()
    assert status(work, work.admin) is MembershipStatus.ACTIVE


def test_where_nobody_is_left_it_says_so(work: Work, paul: Browser) -> None:
    for person in (work.manager, work.admin):
        mine = select(Membership).where(Membership.person_id == person.id)
        work.session.scalars(mine).one().status = MembershipStatus.SUSPENDED
    work.session.commit()
    page = paul.get(leave(work.home))
    assert "Nobody is left to have your objectives." in page.words()
    assert not page.all("form", action=leave(work.home))
    assert paul.post(leave(work.home)).status == 403
    assert status(work, work.person) is MembershipStatus.ACTIVE


def test_a_suspended_membership_shows_who_leads_and_can_be_left(work: Work, paul: Browser) -> None:
    elsewhere = make.organisation(work.session, "Elsewhere")
    make.member(work.session, work.admin, elsewhere, Role.ADMIN)
    make.member(work.session, work.person, elsewhere, status=MembershipStatus.SUSPENDED)
    work.session.commit()
    page = paul.get(LIST)
    assert facts(page)[0] == {"Looked after by": "Ines"}
    assert "You see nothing of it until an admin lets you in again." in page.words()
    work.session.add(
        ReportingLine(organisation_id=elsewhere.id, person_id=work.person.id, manager_id=work.manager.id, since=TODAY)
    )
    work.session.commit()
    page = paul.get(leave(elsewhere))
    assert "Mona" not in page.words(), "who is suspended is told nothing new"
    assert "What you still answer for there goes to somebody who belongs." in page.words()
    done = page.press("Leave it")
    assert "You do not belong to Elsewhere any more." in done.words()
    assert [one["As"] for one in facts(done)] == ["Member"], "they belong to Home as before"


@pytest.mark.parametrize("path", ["leave", "nothing"])
def test_anothers_organisation_is_as_one_that_never_was(work: Work, paul: Browser, path: str) -> None:
    elsewhere = make.organisation(work.session, "Elsewhere")
    work.session.commit()
    meant = elsewhere.public_id if path == "leave" else "no-such"
    for ask in (paul.get, paul.post):
        assert ask(f"{LIST}/{meant}/leave", follow=False).status == 404
