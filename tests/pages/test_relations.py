"""How a therapist comes to clients: the code, requests to take on, and invitations, for therapists only."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.consent import letter_in
from tests.make import NOW
from tests.page import Browser, signed_in
from tests.pages.crowd import BLIND, UNKNOWN, told
from webapp.actions import grant_invitations, grants, outbox
from webapp.domain.grants import GrantDraft, GrantState, Scope, read_code
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import Access, Grant, GrantInvitation, Membership, OutboxMessage, Person, SignIn, TherapistCode
from webapp.worker.mail import words_of

GOALS = GrantDraft(frozenset({Scope.GOALS}), "weekly talks", make.TODAY)
PAGES = ("/clients/requests", "/clients/code", "/clients/invitations")
POSTS = (
    "/clients/code",
    "/clients/invitations",
    "/clients/requests/{id}/accept",
    "/clients/requests/{id}/refuse",
    "/clients/invitations/{id}/withdraw",
)
NO_THERAPISTS = ("stranger", "peer", "manager", "admin", "suspended", "left", "no therapist")


@pytest.fixture
def thea(session: Session, clock: time_machine.Traveller) -> Person:
    """A therapist in good standing."""
    made = make.person(session, "Thea")
    make.member(session, made, make.organisation(session, "Practice"), Role.THERAPIST)
    session.commit()
    return made


@pytest.fixture
def desk(app: Flask, session: Session, thea: Person) -> Browser:
    """Thea's browser."""
    return signed_in(app, session, thea)


@pytest.fixture
def waiting(session: Session, her: Viewer, thea: Person) -> Grant:
    """Ada asks Thea to take her on."""
    code = grant_invitations.renew_code(session, make.viewer(session, thea)).code
    grant = grants.request(session, her, code, GOALS)
    session.commit()
    return grant


def state(session: Session, grant: Grant) -> GrantState:
    session.rollback()
    session.refresh(grant)
    return grant.state


# Who may.


@pytest.mark.parametrize("who", NO_THERAPISTS)
def test_for_whoever_is_no_therapist_nothing_is_here(
    app: Flask, session: Session, ada: Person, waiting: Grant, who: str
) -> None:
    home = make.organisation(session)
    make.member(session, ada, home)
    someone = BLIND[who](session, ada, home)
    if who == "stranger":  # who holds every role elsewhere
        session.query(Membership).filter_by(person_id=someone.id).update({"status": MembershipStatus.LEFT})
    visit = signed_in(app, session, someone)
    token = visit.token()
    before = make.everything(session)
    for path in PAGES:
        assert told(visit.get(path)) == told(visit.get("/clients/nothing/here")), path
    for path in POSTS:
        data = {"csrf_token": token, "email": "bo@example.org"}
        answers = [
            told(visit.ask("POST", path.format(id=public_id), data=data)) for public_id in (waiting.public_id, UNKNOWN)
        ]
        assert answers[0] == answers[1], path
        assert answers[0][0] == 404, path
    assert make.everything(session) == before


def test_another_therapist_meets_no_request_and_changes_nothing(
    app: Flask, session: Session, ada: Person, waiting: Grant
) -> None:
    home = make.organisation(session)
    other = signed_in(app, session, BLIND["requested"](session, make.person(session, "Bo"), home))
    token = other.token()
    grant_id = waiting.id
    before = make.everything(session, but=frozenset({"sign_in"}))
    for path in POSTS[2:]:
        answers = [
            told(other.ask("POST", path.format(id=public_id), data={"csrf_token": token}))
            for public_id in (waiting.public_id, UNKNOWN)
        ]
        assert answers[0] == answers[1], path
        assert answers[0][0] == 404, path
    page = other.get("/clients/requests")
    assert "Bo" in page.words(), "their own is there"
    assert "Ada" not in page.words()
    after = make.everything(session, but=frozenset({"sign_in"}))
    assert {name for name in before if before[name] != after[name]} == {"access"}
    assert session.scalars(select(Access).where(Access.grant_id == grant_id)).all() == []


def test_a_therapist_proves_their_password_every_half_hour(session: Session, desk: Browser) -> None:
    session.execute(update(SignIn).values(fresh_at=NOW - timedelta(minutes=30)))
    session.commit()
    assert desk.get("/clients/code", follow=False).status == 200
    session.execute(update(SignIn).values(fresh_at=NOW - timedelta(minutes=31)))
    session.commit()
    for path in PAGES:
        assert desk.get(path, follow=False).headers["Location"].startswith("/password-again")


def test_nobody_signed_in_is_asked_to_sign_in(app: Flask) -> None:
    for path in PAGES:
        assert Browser(app).get(path, follow=False).headers["Location"].startswith("/login")


# Requests.


def test_a_request_says_who_asks_and_for_what(session: Session, desk: Browser, waiting: Grant) -> None:
    page = desk.get("/clients/requests")
    said = page.words(page.by_id(f"request-{waiting.public_id}"))
    for words in ("Ada", "Goals; from 10 Mar 2026 on, until 10 Sept 2026", "weekly talks"):
        assert words in said


def test_nobody_waits(session: Session, desk: Browser) -> None:
    before = make.everything(session)
    assert "Nobody waits." in desk.get("/clients/requests").words()
    assert make.everything(session) == before


def test_each_read_of_a_request_is_written_down(
    session: Session, desk: Browser, ada: Person, thea: Person, waiting: Grant
) -> None:
    for _ in range(2):
        desk.get("/clients/requests")
    session.rollback()
    looks = session.execute(select(Access.grant_id, Access.client_id, Access.viewer_id, Access.what, Access.at)).all()
    assert looks == 2 * [(waiting.id, ada.id, thea.id, "grant:request", NOW)]


def test_requests_whose_reading_cannot_be_written_down_are_not_shown(
    desk: Browser, waiting: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT INTO access", {}, Exception("disk full"))

    monkeypatch.setattr(grants, "read_requests", full)
    page = desk.get("/clients/requests")
    assert page.status == 503
    assert "Ada" not in page.text


def test_taken_on_the_therapist_sees_goals_from_the_next_request_on(
    session: Session, desk: Browser, her: Viewer, waiting: Grant
) -> None:
    goal = make.goal(session, her, "Call my sister")
    session.commit()
    address = f"/goals/{goal.public_id}"
    assert desk.get(address).status == 404
    after = desk.get("/clients/requests").press("Take on: Ada")
    assert "You have taken this client on." in after.words()
    assert state(session, waiting) is GrantState.ACTIVE
    assert desk.get(address).status == 200


def test_a_refused_request_opens_nothing(session: Session, desk: Browser, waiting: Grant, visit: Browser) -> None:
    form = desk.get("/clients/requests")
    after = form.press("Do not take on: Ada")
    assert "Nobody waits." in after.words()
    assert state(session, waiting) is GrantState.REVOKED
    theirs = visit.get("/sharing")
    assert "You were not taken on" in theirs.words()
    assert "Thea" not in theirs.text
    assert form.press("Take on: Ada").status == 404


# The code.


def test_a_code_is_made_shown_and_replaced(session: Session, desk: Browser, thea: Person) -> None:
    first = desk.get("/clients/code")
    assert "You have no code yet." in first.words()
    assert session.scalar(select(func.count()).select_from(TherapistCode)) == 0
    session.rollback()
    shown = first.press("Make my code").one("input", id="code").get("value", "")
    assert [len(part) for part in shown.split("-")] == [4, 4, 4]
    kept = session.scalars(select(TherapistCode)).one()
    assert (kept.code, kept.person_id) == (read_code(shown), thea.id)
    session.rollback()
    other = desk.get("/clients/code").press("Make a new code").one("input", id="code").get("value", "")
    assert other != shown
    session.refresh(kept)
    assert kept.code == read_code(other)


# Invitations.


@pytest.mark.parametrize("htmx", [False, True])
def test_what_is_no_address_is_told_where_it_was_typed(session: Session, desk: Browser, htmx: bool) -> None:
    page = desk.get("/clients/invitations").press("Send the invitation", email="bo@", htmx=htmx)
    assert (page.status, page.value("email"), page.whole) == (422, "bo@", not htmx)
    assert "Please type a full address" in page.errors()["email"]
    assert session.scalar(select(func.count()).select_from(GrantInvitation)) == 0


def test_the_answer_is_the_same_for_every_address(session: Session, desk: Browser, ada: Person, thea: Person) -> None:
    said = [
        told(desk.post("/clients/invitations", htmx=htmx, email=address))
        for htmx in (False, True)
        for address in (ada.email, "nobody@example.org", thea.email)
    ]
    assert said[0] == said[1] == said[2]
    assert said[3] == said[4] == said[5]
    assert (said[0][0], said[3][0]) == (303, 204)
    messages = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    letters = [letter_in(one) for one in messages]
    assert {(letter.template, one.person_id) for letter, one in zip(letters, messages, strict=True)} == {
        ("invitation", None)
    }
    assert [letter.to for letter in letters[:3]] == [ada.email, "nobody@example.org", thea.email]


def test_the_mail_names_neither_the_therapist_nor_what_it_is_about(app: Flask, session: Session, thea: Person) -> None:
    grant_invitations.invite(session, make.viewer(session, thea), "bo@example.org")
    message = session.scalars(select(OutboxMessage)).one()
    letter = letter_in(message)
    with app.app_context():
        subject, text = words_of(app, letter, "https://aimline.example")
        _, changed = words_of(
            app, outbox.Letter("x", "sharing-changed", "en", "Etc/UTC", {}), "https://aimline.example"
        )
    assert subject == "You have an invitation in Aimline"
    assert f"https://aimline.example/sharing/invitations/{letter.values['token']}" in text
    assert "https://aimline.example/sharing\n" in changed
    for word in ("thea", "therap", "client", "health"):
        assert word not in (subject + text + changed).casefold()


def test_invitations_are_listed_with_their_state_and_withdrawn(session: Session, desk: Browser) -> None:
    page = desk.get("/clients/invitations").press("Send the invitation", email="bo@example.org")
    assert "bo@example.org waiting" in page.words(page.by_id("sent"))
    after = page.press("Withdraw: bo@example.org")
    assert "bo@example.org withdrawn" in after.words(after.by_id("sent"))
    assert page.press("Withdraw: bo@example.org").status == 404
    session.rollback()
    assert session.scalars(select(GrantInvitation.withdrawn_at)).one() == NOW


def test_twenty_invitations_a_day_and_five_an_hour_to_one_address(desk: Browser) -> None:
    for number in range(5):
        assert desk.post("/clients/invitations", email="b.o+x@example.org").status == 303, number
    assert desk.post("/clients/invitations", email="bo@example.org").status == 429
    for number in range(14):
        assert desk.post("/clients/invitations", email=f"b{number}@example.org").status == 303, number
    assert desk.post("/clients/invitations", email="last@example.org").status == 429
