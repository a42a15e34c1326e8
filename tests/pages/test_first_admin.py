"""The operator's one-time link: a new account or a known one, once, and only under the address it names."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from tests.second_steps import set_up
from tests.visitors import PASSWORD, Visitor, make_person
from webapp.actions import invitations
from webapp.domain.people import Role
from webapp.models import Membership, Organisation, Person, Token
from webapp.queries.organisations import roles_of
from webapp.queries.people import person_by_email, viewer_of

TYPED = {"name": "Noor", "password": PASSWORD, "zone": "Europe/Berlin", "agrees": "y", "agrees_health": "y"}


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session, "Bakery")


def linked(session: Session, home: Organisation, email: str, now: datetime | None = None) -> str:
    """The address of an open link."""
    secret = invitations.ask_first_admin(session, home, email, now or datetime.now(UTC))
    session.commit()
    return f"/first-admin/{secret}"


def test_a_new_address_gets_an_account_and_looks_after_the_organisation(
    app: Flask, session: Session, home: Organisation
) -> None:
    link = linked(session, home, "noor@example.org")
    visitor = Visitor(app)
    before = make.everything(session)
    shown = visitor.get(link)
    assert "Look after Bakery" in shown.text
    assert make.everything(session) == before, "a mail scanner that opens the link uses nothing up"
    made = visitor.submit(link, **TYPED)
    assert made.headers["Location"] == "/login"
    noor = person_by_email(session, "noor@example.org")
    assert noor is not None
    assert (noor.name, noor.zone, noor.confirmed_at is not None) == ("Noor", "Europe/Berlin", True)
    assert roles_of(session, home.id, noor.id) == {Role.MEMBER, Role.ADMIN}
    session.rollback()
    assert visitor.sign_in("noor@example.org").headers["Location"] == "/"
    assert visitor.get("/admin").status_code == 200
    assert (visitor.get(link).status_code, visitor.post(link).status_code) == (410, 400)
    assert session.scalar(select(func.count()).select_from(Membership)) == 1


def test_the_rules_of_a_sign_up_hold_and_the_link_stays_open(app: Flask, session: Session, home: Organisation) -> None:
    link = linked(session, home, "noor@example.org")
    visitor = Visitor(app)
    for wrong in ({"password": "short"}, {"password": "noor@example.org"}, {"agrees_health": ""}, {"zone": "Mars"}):
        typed = {name: value for name, value in {**TYPED, **wrong}.items() if value}
        answer = visitor.submit(link, **typed)
        assert answer.status_code == 422, wrong
        assert PASSWORD not in answer.text
    assert session.scalar(select(func.count()).select_from(Person)) == 0
    session.rollback()
    assert visitor.submit(link, **TYPED).status_code == 303


def test_a_known_address_signs_in_and_says_yes(app: Flask, session: Session, ada: Person, home: Organisation) -> None:
    link = linked(session, home, ada.email, make.NOW)
    out = Browser(app).get(link)
    (sign_in,) = (one for one in out.all("a") if out.words(one) == "Sign in")
    assert sign_in.get("href") == "/login", "the link's secret stands in no other address"
    assert Browser(app).post(link, **TYPED).headers["Location"] == link
    assert Browser(app).post(f"{link}/accept").headers["Location"].startswith("/login")
    assert roles_of(session, home.id, ada.id) == frozenset()
    session.rollback()
    other, visit = signed_in(app, session, ada), signed_in(app, session, ada)
    said = visit.get(link).press("Become an admin")
    assert said.status == 200
    assert "You look after Bakery now" in said.words()
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.ADMIN}
    session.rollback()
    assert other.get("/account", follow=False).status == 303
    assert visit.get(link).status == 410


def owner(session: Session) -> Person:
    return make_person(session, "noor@example.org")


def test_who_signs_in_comes_back_to_the_link(app: Flask, session: Session, home: Organisation) -> None:
    """By what their browser keeps, also past a second step; once the link is used it leads nowhere any more."""
    noor = owner(session)
    link = linked(session, home, noor.email)
    visitor = Visitor(app)
    visitor.get(link)
    assert visitor.sign_in(noor.email).headers["Location"] == link
    theirs = set_up(session, viewer_of(session, noor, datetime.now(UTC)))
    link, visitor = linked(session, home, noor.email), Visitor(app)
    visitor.get(link)
    assert visitor.sign_in(noor.email).headers["Location"] == "/login/second"
    assert visitor.submit("/login/second", code=theirs.recovery_codes[0]).headers["Location"] == link
    assert visitor.submit(link).headers["Location"] == f"/admin?organisation={home.public_id}"
    late = Visitor(app)
    late.get("/login")
    with late.client.session_transaction() as kept:
        kept["first_admin"] = link.rpartition("/")[2]
    late.sign_in(noor.email)
    assert late.submit("/login/second", code=theirs.recovery_codes[1]).headers["Location"] == "/"


def test_a_page_that_was_asked_for_comes_before_the_link(app: Flask, session: Session, home: Organisation) -> None:
    noor = owner(session)
    visitor = Visitor(app)
    visitor.get(linked(session, home, noor.email))
    answer = visitor.submit("/login?next=/goals", email=noor.email, password=PASSWORD)
    assert answer.headers["Location"] == "/goals"


def test_who_proves_themselves_again_comes_back_to_the_link(
    app: Flask, session: Session, home: Organisation, clock: time_machine.Traveller
) -> None:
    noor = owner(session)
    link = linked(session, home, noor.email, make.NOW + timedelta(minutes=16))
    visitor = Visitor(app)
    visitor.sign_in(noor.email)
    clock.shift(timedelta(minutes=16))
    form = visitor.form(link)
    from_there = {"headers": {"Referer": f"http://localhost{link}"}}
    answer = visitor.post(form.action, form.values, **from_there)
    assert answer.headers["Location"] == "/password-again", "the link's secret stands in no other address"
    assert visitor.submit("/password-again", password=PASSWORD).headers["Location"] == link
    assert visitor.submit(link).headers["Location"] == f"/admin?organisation={home.public_id}"
    assert roles_of(session, home.id, noor.id) == {Role.MEMBER, Role.ADMIN}


def test_nobody_else_who_is_signed_in_can_use_it(app: Flask, session: Session, ada: Person, home: Organisation) -> None:
    link = linked(session, home, ada.email, make.NOW)
    bo = make.person(session, "Bo")
    eve = signed_in(app, session, bo)
    before = make.everything(session)
    shown = eve.get(link)
    assert f"You are signed in as {bo.email}" in shown.words()
    assert eve.post(f"{link}/accept").status == 410
    assert make.everything(session) == before
    accepted = signed_in(app, session, ada).post(f"{link}/accept")
    assert accepted.headers["Location"] == f"/admin?organisation={home.public_id}"


def test_a_dead_link_says_who_can_make_another(app: Flask, session: Session, ada: Person, home: Organisation) -> None:
    late = linked(session, home, "noor@example.org", make.NOW - timedelta(minutes=30))
    older = linked(session, home, "nils@example.org", make.NOW)
    newer = linked(session, home, "nils@example.org", make.NOW)
    before = make.everything(session, but=frozenset({"limit_count"}))
    for link in (late, older, "/first-admin/wrong", "/first-admin/%00"):
        browser = Browser(app)
        assert (browser.get(link).status, browser.post(link, **TYPED).status) == (410, 410), link
        assert "operator" in browser.get(link).words()
        assert signed_in(app, session, ada).post(f"{link}/accept").status == 410
    now = make.everything(session, but=frozenset({"limit_count", "sign_in"}))
    assert now == {name: rows for name, rows in before.items() if name != "sign_in"}
    assert Browser(app).get(newer).status == 200


def test_an_account_that_cannot_come_in_is_spoken_of_calmly(
    app: Flask, session: Session, ada: Person, home: Organisation
) -> None:
    link = linked(session, home, ada.email, make.NOW)
    session.execute(update(Person).values(disabled_at=make.NOW))
    session.commit()
    assert "cannot come in at present" in Browser(app).get(link).words()
    answer = Browser(app).post(link, **TYPED)
    assert (answer.status, answer.headers["Location"]) == (303, link)
    assert session.scalars(select(Token.used_at)).all() == [None]
    assert session.scalar(select(func.count()).select_from(Membership)) == 0


def test_of_two_who_send_the_form_at_once_one_begins(
    app: Flask, session: Session, ada: Person, home: Organisation
) -> None:
    link = linked(session, home, "noor@example.org", make.NOW)
    browsers = [Browser(app) for _ in range(2)]
    for browser in browsers:
        browser.token()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda browser: browser.post(link, **TYPED).status, browsers))
    assert sorted(answers) == [303, 410]
    assert len(session.scalars(select(Membership)).all()) == 1


def test_tries_are_counted(app: Flask, session: Session, ada: Person) -> None:
    browser = Browser(app)
    answers = [browser.post("/first-admin/wrong", **TYPED).status for _ in range(21)]
    assert answers == [410] * 20 + [429]
