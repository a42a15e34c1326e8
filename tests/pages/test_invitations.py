"""The pages of who is asked into an organisation: what follows from yes, and nothing for anybody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import AppFactory
from tests.page import Browser, signed_in
from tests.visitors import PASSWORD, Visitor, make_person
from webapp.actions import invitations
from webapp.domain.organisations import InvitationDraft
from webapp.domain.people import MembershipStatus, Role
from webapp.extensions import db
from webapp.models import Membership, Organisation, Person
from webapp.queries.organisations import roles_of


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session, "Bakery")


def asked(session: Session, home: Organisation, email: str, *roles: Role, now: datetime = make.NOW) -> str:
    """The public id of an invitation that waits, sent by Amir."""
    amir = make.person(session, "Amir")
    make.member(session, amir, home, Role.ADMIN, Role.MEMBER)
    draft = InvitationDraft(email, frozenset(roles))
    made = invitations.invite(session, make.viewer(session, amir, now), home.id, draft)
    session.commit()
    return made.public_id


def test_the_page_says_who_asks_and_what_is_never_seen_and_yes_joins(
    app: Flask, session: Session, ada: Person, home: Organisation, visit: Browser
) -> None:
    other = signed_in(app, session, ada)
    waiting = asked(session, home, ada.email, Role.MANAGER)
    listed = visit.get("/invitations")
    assert "Bakery" in listed.words()
    assert "Manager" in listed.words()
    shown = visit.get(f"/invitations/{waiting}")
    seen = ("your moods, and what you read", "share with a therapist", "While it suspends you")
    for words in ("Bakery asks you to join", "Amir", *seen):
        assert words in shown.words()
    assert roles_of(session, home.id, ada.id) == frozenset()
    session.rollback()
    joined = shown.press("Join")
    assert joined.status == 200
    assert "You belong to Bakery now" in joined.words()
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.MANAGER}
    session.rollback()
    assert other.get("/account", follow=False).status == 303
    assert visit.get("/account", follow=False).status == 200
    assert visit.get(f"/invitations/{waiting}").status == 404
    assert "Nobody waits for an answer of yours" in visit.get("/invitations").words()


def test_a_copy_of_the_cookie_is_worth_nothing_after_joining(
    session: Session, ada: Person, home: Organisation, visit: Browser
) -> None:
    waiting = asked(session, home, ada.email)
    with visit.client.session_transaction() as kept:
        copied = kept["_user_id"]
    copy = Browser(visit.client.application, copied)
    assert copy.get("/account", follow=False).status == 200
    visit.post(f"/invitations/{waiting}/accept")
    assert copy.get("/account", follow=False).status == 303


def test_no_changes_nothing_and_is_for_good(session: Session, ada: Person, home: Organisation, visit: Browser) -> None:
    waiting = asked(session, home, ada.email)
    said = visit.get(f"/invitations/{waiting}").press("Decline")
    assert "Nothing of yours has changed" in said.words()
    assert visit.post(f"/invitations/{waiting}/accept").status == 404
    assert roles_of(session, home.id, ada.id) == frozenset()


def test_what_is_somebody_elses_looks_like_what_never_was(
    app: Flask, session: Session, ada: Person, home: Organisation, visit: Browser
) -> None:
    waiting = asked(session, home, "bo@example.org")
    before = make.everything(session)
    for address, nothing in (
        (f"/invitations/{waiting}", f"/invitations/{'0' * 24}"),
        (f"/invitations/{waiting}/accept", f"/invitations/{'0' * 24}/accept"),
        (f"/invitations/{waiting}/decline", f"/invitations/{'0' * 24}/decline"),
    ):
        answers = [visit.get(one) if one.count("/") == 2 else visit.post(one) for one in (address, nothing)]
        bodies = {answer.text.replace(answer.headers["X-Request-Id"], "") for answer in answers}
        assert ([answer.status for answer in answers], len(bodies)) == ([404, 404], 1)
    assert waiting not in visit.get("/invitations").text
    assert make.everything(session) == before
    bo = make.person(session, "Bo", email="bo@example.org")
    assert signed_in(app, session, bo).get(f"/invitations/{waiting}").status == 200


def test_who_is_suspended_there_is_told_so(session: Session, ada: Person, home: Organisation, visit: Browser) -> None:
    waiting = asked(session, home, ada.email)
    make.member(session, ada, home, status=MembershipStatus.SUSPENDED)
    session.commit()
    before = make.everything(session)
    answer = visit.post(f"/invitations/{waiting}/accept")
    assert answer.status == 403
    assert "suspended" in answer.words()
    assert make.everything(session) == before


def test_yes_asks_for_the_password_when_it_was_long_ago(
    session: Session, ada: Person, home: Organisation, visit: Browser, clock: time_machine.Traveller
) -> None:
    waiting = asked(session, home, ada.email)
    clock.shift(timedelta(minutes=16))
    answer = visit.post(f"/invitations/{waiting}/accept")
    assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/password-again")
    assert roles_of(session, home.id, ada.id) == frozenset()


def test_ten_answers_at_once_join_once(
    app: Flask, session: Session, ada: Person, home: Organisation, visit: Browser
) -> None:
    waiting = asked(session, home, ada.email, Role.THERAPIST)
    browsers = [signed_in(app, session, ada) for _ in range(10)]
    for browser in browsers:
        browser.token()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda browser: browser.post(f"/invitations/{waiting}/accept"), browsers))
    joined = [answer for answer in answers if (answer.status, answer.headers.get("Location")) == (303, "/")]
    assert len(joined) == 1
    others = [answer for answer in answers if answer is not joined[0]]
    # whoever came after the first has been signed out by it
    assert all(one.status == 404 or "/login" in one.headers["Location"] for one in others)
    assert len(session.scalars(select(Membership).where(Membership.person_id == ada.id)).all()) == 1
    assert roles_of(session, home.id, ada.id) == {Role.MEMBER, Role.THERAPIST}


def test_signing_in_leads_to_what_waits_and_else_to_where_one_meant_to_go(
    app: Flask, session: Session, home: Organisation
) -> None:
    make_person(session, "ada@example.org")
    now = datetime.now(UTC)
    waiting = asked(session, home, "ada@example.org", now=now)
    stranger = Visitor(app).get(f"/invitations/{waiting}")
    assert stranger.headers["Location"] == f"/login?next=/invitations/{waiting}"
    assert Visitor(app).sign_in().headers["Location"] == f"/invitations/{waiting}"
    meant = Visitor(app).submit("/login?next=/goals", email="ada@example.org", password=PASSWORD)
    assert meant.headers["Location"] == "/goals"
    session.execute(update(Membership).values(status=MembershipStatus.LEFT))
    session.commit()
    assert Visitor(app).sign_in().headers["Location"] == "/"


def test_who_has_to_have_a_second_factor_is_led_to_set_it_up(app_factory: AppFactory, sqlite_url: str) -> None:
    app = app_factory(sqlite_url, TOTP_REQUIRED_FOR="manager")
    with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        make_person(session, "ada@example.org")
        home = make.organisation(session)
        waiting = asked(session, home, "ada@example.org", Role.MANAGER, now=datetime.now(UTC))
    visitor = Visitor(app)
    visitor.sign_in()
    joined = visitor.submit(f"/invitations/{waiting}", f"/invitations/{waiting}/accept")
    assert joined.headers["Location"] == "/"
    assert visitor.get("/").headers["Location"] == "/account/two-factor"
