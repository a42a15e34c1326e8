"""Asking somebody in: who waits, asked once however often it is sent, withdrawn, and not a spam cannon."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.page import Browser, Page, signed_in
from tests.second_steps import write
from tests.visitors import letters
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.models import Invitation, MembershipRole, Organisation, Person

HERE = "/admin/invitations"
ADDRESS = "new@example.org"


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    made = make.organisation(session, "Harbour")
    make.member(session, ada, made)
    return made


@pytest.fixture
def ines(app: Flask, session: Session, home: Organisation) -> Browser:
    return signed_in(app, session, belonging(session, "Ines", home, Role.ADMIN))


def belonging(session: Session, name: str, home: Organisation, *roles: Role) -> Person:
    person = make.person(session, name)
    make.member(session, person, home, *roles)
    return person


def invite(browser: Browser, email: str = ADDRESS, **typed: object) -> Page:
    return browser.get(f"{HERE}/new").press("Send the invitation", email=email, **typed)


def waiting(session: Session) -> list[str]:
    session.rollback()
    open_ones = select(Invitation.email).where(Invitation.ended_at.is_(None)).order_by(Invitation.id)
    return list(session.scalars(open_ones))


def test_somebody_is_asked_seen_waiting_and_withdrawn(ines: Browser, session: Session) -> None:
    assert "Nobody is asked at the moment." in ines.get(HERE).words()
    page = invite(ines, roles=["manager", "therapist"])
    assert "The invitation is on its way." in page.words()
    row = page.words(page.one("ul", class_="rows"))
    assert f"{ADDRESS}Therapist, ManagerAsked by Ines on 10 Mar 2026" in row
    assert "open until 17 Mar 2026" in row
    assert waiting(session) == [ADDRESS]
    assert [one["to"] for one in letters(session)] == [ADDRESS]
    done = page.press(f"Withdraw: {ADDRESS}")
    assert "The invitation is withdrawn." in done.words()
    assert waiting(session) == []
    invitation = session.scalars(select(Invitation.public_id)).one()
    assert ines.post(f"{HERE}/{invitation}/withdraw").status == 404


def test_sent_twice_it_asks_once(ines: Browser, session: Session) -> None:
    form = ines.get(f"{HERE}/new")
    for _ in range(2):
        assert "on its way" in form.press("Send the invitation", email=ADDRESS).words()
    assert len(letters(session)) == 1
    session.rollback()
    assert len(session.scalars(select(Invitation.id)).all()) == 1


def test_sending_again_begins_with_what_was_said(ines: Browser, session: Session) -> None:
    page = invite(ines, roles=["admin"])
    again = next(one for one in page.all("a") if one.get("aria-label") == f"Send again: {ADDRESS}")
    form = ines.get(again.get("href", ""))
    assert form.value("email") == ADDRESS
    assert [one.get("value") for one in form.all("input", checked="")] == ["admin"]
    assert "on its way" in form.press("Send the invitation").words()
    assert waiting(session) == [ADDRESS]
    assert len(letters(session)) == 2


def test_what_nobody_can_accept_is_said_and_can_be_sent_again(
    app: Flask, ines: Browser, session: Session, home: Organisation
) -> None:
    otto = make.person(session, "Otto")
    membership = make.member(session, otto, home, Role.ADMIN).id
    invite(signed_in(app, session, otto), "void@example.org", roles=["manager"])
    invite(ines, "late@example.org")
    invite(ines)
    write(session)
    session.execute(delete(MembershipRole).where(MembershipRole.membership_id == membership))
    ran_out = update(Invitation).where(Invitation.email == "late@example.org")
    session.execute(ran_out.values(expires_at=make.NOW - timedelta(days=1)))
    session.commit()
    page = ines.get(HERE)
    rows = {page.words(one).partition(".org")[0]: one for one in page.all("form", class_="row")}
    assert list(rows) == ["new@example", "late@example", "void@example"]
    said = {name: page.words(one) for name, one in rows.items()}
    assert "No longer valid: send it again" in said["void@example"]
    assert "Asked by Otto on 10 Mar 2026" in said["void@example"]
    assert "who is not an admin here any more" in said["void@example"]
    assert "Expired" in said["late@example"]
    assert "was open until 9 Mar 2026" in said["late@example"]
    assert "open until 17 Mar 2026" in said["new@example"]
    assert ["Withdraw" in words for words in said.values()] == [True, False, True]
    for address in ("void@example.org", "late@example.org"):
        again = next(one for one in ines.get(HERE).all("a") if one.get("aria-label") == f"Send again: {address}")
        done = ines.get(again.get("href", "")).press("Send the invitation")
        assert "on its way" in done.words()
    assert "No longer valid" not in done.words()
    assert "Expired" not in done.words()
    assert ines.get("/admin").words().count("Invitations that wait3") == 1


def test_the_answer_does_not_tell_who_has_an_account(ines: Browser, session: Session) -> None:
    known = make.person(session, "Kim")
    session.commit()
    pages = [invite(ines, email) for email in (known.email, ADDRESS)]
    assert "Kim" not in pages[0].words()
    assert all("The invitation is on its way." in page.words() for page in pages)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": ""}, "Please fill this in."),
        ({"email": "nobody"}, "Please type a full address"),
        ({"roles": ["king"]}, "choose one of the list"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    ines: Browser, session: Session, typed: dict[str, object], words: str
) -> None:
    sent = {"email": ADDRESS, **typed}
    page = ines.get(f"{HERE}/new").press("Send the invitation", **sent)
    assert page.status == 422
    assert words in page.words(page.all("p", class_="error")[0])
    assert waiting(session) == []
    assert letters(session) == []


def test_a_member_is_not_asked(ines: Browser, session: Session, ada: Person) -> None:
    page = invite(ines, ada.email)
    assert page.status == 422
    assert "belongs to the organisation already" in page.words()
    assert page.value("email") == ada.email
    assert waiting(session) == []


def test_one_mailbox_is_written_to_five_times_an_hour(
    app: Flask, ines: Browser, session: Session, home: Organisation
) -> None:
    assert [invite(ines, f"n.e.w+{number}@example.org").status for number in range(5)] == [200] * 5
    page = invite(ines)
    assert page.status == 429
    assert "has to wait" in page.words()
    assert page.value("email") == ADDRESS
    assert int(page.headers["Retry-After"]) > 0
    assert len(letters(session)) == 5
    otto = signed_in(app, session, belonging(session, "Otto", home, Role.ADMIN))
    assert invite(otto).status == 429, "whoever asks"
    assert invite(otto, "other@example.org").status == 200


def test_an_admin_writes_to_twenty_a_day(ines: Browser, session: Session) -> None:
    assert [invite(ines, f"new{number}@example.org").status for number in range(21)] == [200] * 20 + [429]
    assert len(letters(session)) == 20


def test_a_list_of_many_costs_no_more(app: Flask, ines: Browser, session: Session) -> None:
    with app.app_context():
        engine = db.engine
    invite(ines)
    with counted(engine) as few:
        ines.get(HERE)
    for number in range(8):
        invite(ines, f"new{number}@example.org")
    with counted(engine) as many:
        ines.get(HERE)
    assert len(many) <= len(few) <= 8


def test_it_is_for_admins_of_that_organisation(
    app: Flask, ines: Browser, session: Session, home: Organisation, visit: Browser
) -> None:
    invite(ines)
    invitation = session.scalars(select(Invitation.public_id)).one()
    olga = belonging(session, "Olga", make.organisation(session, "Elsewhere"), Role.ADMIN)
    mia = belonging(session, "Mia", home, Role.MANAGER)
    stranger, manager = (signed_in(app, session, one) for one in (olga, mia))
    for browser in (visit, manager):
        for path in (HERE, f"{HERE}/new"):
            assert browser.get(path).status == 403
        assert browser.post(f"{HERE}/new", email="x@example.org").status == 403
        assert browser.post(f"{HERE}/{invitation}/withdraw").status == 403
    named = f"?organisation={home.public_id}"
    for path in (f"{HERE}{named}", f"{HERE}/new{named}"):
        assert stranger.get(path).status == 404
    assert stranger.post(f"{HERE}/new", email="x@example.org", organisation=home.public_id).status == 404
    assert stranger.post(f"{HERE}/{invitation}/withdraw").status == 404
    assert ADDRESS not in stranger.get(HERE).words()
    assert ADDRESS not in stranger.get(f"{HERE}/new?again={invitation}").text
    assert waiting(session) == [ADDRESS]
    assert len(letters(session)) == 1
