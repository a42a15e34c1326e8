"""What admins, and who would be one, are refused stands in the log of the organisation it was about, and only there."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from webapp.actions import refusals
from webapp.actions.audit import Tag
from webapp.domain.people import Role
from webapp.models import AuditEvent, Organisation, Person, Team


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    """Where Ada is the only admin."""
    made = make.organisation(session, "Bakery")
    make.member(session, ada, made, Role.ADMIN)
    session.commit()
    return made


def belonging(session: Session, name: str, home: Organisation, *roles: Role) -> Person:
    person = make.person(session, name)
    make.member(session, person, home, *roles)
    session.commit()
    return person


def refused(session: Session) -> list[AuditEvent]:
    session.rollback()
    session.expire_all()
    rows = select(AuditEvent).where(AuditEvent.tag == Tag.ORGANISATION_REFUSE.value).order_by(AuditEvent.id)
    return list(session.scalars(rows))


def test_an_act_on_oneself_is_written_down_and_can_be_looked_for(
    visit: Browser, session: Session, home: Organisation, ada: Person
) -> None:
    before = make.everything(session)
    assert visit.post(f"/admin/people/{ada.public_id}/suspend", status="active").status == 403
    assert make.everything(session) == before
    (row,) = refused(session)
    assert (row.outcome, row.actor_id, row.organisation_id) == ("denied", ada.id, home.id)
    assert (row.route, row.details, row.object_id) == (
        "/admin/people/<public_id>/suspend", {"why": "yourself"}, None,
    )  # fmt: skip
    page = visit.get("/admin/log").press("Show", outcome="denied")
    words = page.words(page.one("ol", id="log"))
    assert words.startswith("Tried something and was refused Ada · ")
    assert "Why It was about themselvesPage /admin/people/<public_id>/suspend" in words
    assert "Refused" in words


def test_a_member_who_asks_for_pages_of_admins_is_written_down_once_a_minute_for_each(
    app: Flask, session: Session, home: Organisation
) -> None:
    otto = belonging(session, "Otto", home)
    browser = signed_in(app, session, otto)
    with time_machine.travel(make.NOW, tick=False) as clock:
        for _ in range(3):
            assert browser.get("/admin/people").status == 403
        assert browser.get("/admin/settings").status == 403
        clock.shift(timedelta(seconds=61))
        assert browser.get("/admin/people").status == 403
    rows = refused(session)
    assert [row.route for row in rows] == ["/admin/people", "/admin/settings", "/admin/people"]
    assert {(row.actor_id, row.organisation_id) for row in rows} == {(otto.id, home.id)}
    assert {row.details["why"] for row in rows} == {"not_yours"}


def test_it_is_told_to_the_organisation_it_was_about(app: Flask, session: Session, home: Organisation) -> None:
    """Olga looks after one organisation and is a member of the other."""
    olga = belonging(session, "Olga", make.organisation(session, "Annex"), Role.ADMIN)
    make.member(session, olga, home)
    team = Team(organisation_id=home.id, name="Bakers")
    session.add(team)
    session.commit()
    browser = signed_in(app, session, olga)
    assert browser.get("/admin/people").status == 200
    assert refused(session) == []
    assert browser.get(f"/admin/teams/{team.public_id}").status == 403
    assert [row.organisation_id for row in refused(session)] == [home.id]


def test_of_who_belongs_nowhere_and_of_other_pages_nothing_is_told(
    app: Flask, session: Session, visit: Browser, home: Organisation
) -> None:
    stranger = signed_in(app, session, make.person(session, "Elsa"))
    assert stranger.get("/admin/people").status == 403
    assert stranger.get("/admin/people", query_string={"organisation": home.public_id}).status == 403
    assert Browser(app).get("/admin/people", follow=False).status == 303
    assert visit.get("/admin/people/0123456789abcdef01234567").status == 404
    assert refused(session) == []


def test_the_answer_is_the_same_when_it_cannot_be_written_down(
    app: Flask, session: Session, home: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise OperationalError("", {}, Exception("busy"))

    browser = signed_in(app, session, belonging(session, "Otto", home))
    monkeypatch.setattr(refusals, "write_down", busy)
    assert browser.get("/admin/people").status == 403
    assert refused(session) == []
