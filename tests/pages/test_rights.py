"""Whose goal it is decides everything: who may not know of it gets the very answer an unknown goal gets."""

import re
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import APART, BLIND, UNKNOWN, therapist, told
from webapp.actions import access
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import MembershipStatus, Viewer
from webapp.models import Access, Goal, Grant, Organisation, Person

DAY = TODAY.isoformat()
EDIT = {"title": "Taken over", "frequency": "One Time", "version": "1"}
REQUESTS = [
    ("GET", "/goals/{id}", {}),
    ("GET", "/goals/{id}/figures", {}),
    ("GET", "/goals/{id}/streak", {}),
    ("GET", "/goals/{id}/strength", {}),
    ("GET", "/goals/{id}/days/" + DAY, {}),
    ("GET", "/goals/{id}/comments", {}),
    ("POST", "/goals/{id}/comments", {"text": "Between us"}),
    ("POST", "/goals/{id}/comments/read", {}),
    ("GET", "/goals/{id}/edit", {}),
    ("POST", "/goals/{id}", EDIT),
    ("POST", "/goals/preview?goal={id}", {}),
    ("POST", "/goals/{id}/postpone", {"to": "tomorrow"}),
    ("POST", "/goals/{id}/move", {"to": "up"}),
    ("POST", "/goals/{id}/reminders", {"to": "off"}),
    ("POST", "/goals/{id}/days/" + DAY, {"state": "done"}),
    ("POST", "/goals/{id}/days", {"state": "done", "day": DAY}),
    ("POST", "/calendar/mark", {"mark": "{id}:" + DAY + ":done"}),
    ("POST", "/goals/{id}/archive", {}),
    ("POST", "/goals/{id}/unarchive", {}),
    ("POST", "/goals/{id}/delete", {}),
    ("POST", "/goals/{id}/undelete", {}),
]
"""Every request that names a goal; that its owner may send them is shown in tests/rights."""

REVIEWS = [
    ("GET", "/goals/{id}/review/new", {}),
    ("GET", "/goals/{id}/revisions", {}),
    ("GET", "/goals/{id}/close", {}),
    ("POST", "/goals/{id}/review", {"reviewers": "x", "seen": "1"}),
    ("POST", "/goals/{id}/review/nudge", {}),
    ("POST", "/goals/{id}/review/withdraw", {}),
    ("POST", "/goals/{id}/close", {"outcome": "achieved", "score": "100"}),
    ("POST", "/goals/{id}/close/acknowledge", {}),
    ("POST", "/goals/{id}/reopen", {}),
]
"""Those that only make sense in some stage of a review; that their owner may do them is shown beside the reviews."""

DAYS = REQUESTS[1:5]
"""Looks at its days, for which another scope is needed."""


@pytest.fixture
def home(session: Session, ada: Person) -> Organisation:
    """Where Ada is a plain member."""
    made = make.organisation(session)
    make.member(session, ada, made)
    return made


@pytest.fixture
def secret(session: Session, her: Viewer, home: Organisation) -> Goal:
    """A goal of Ada's, ticked yesterday with a note."""
    made = make.goal(session, her, "Call my sister", description="We have not spoken since May.")
    make.tick(session, her, made, make.days_ago(1), note="She laughed.")
    session.commit()
    return made


def send(visit: Browser, request: tuple[str, str, dict[str, str]], goal_id: str, *, htmx: bool = False) -> Page:
    method, path, fields = request
    address = path.format(id=goal_id)
    filled = {name: value.format(id=goal_id) for name, value in fields.items()}
    return visit.get(address, htmx=htmx) if method == "GET" else visit.post(address, htmx=htmx, **filled)


def test_every_route_that_names_a_goal_is_tried_here(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "<public_id>" in rule.rule and "goals" in rule.rule}
    tried = {re.sub(r"\{id\}", "<public_id>", path).replace(DAY, "<day>") for _, path, _ in REQUESTS + REVIEWS}
    assert rules <= tried


@pytest.mark.parametrize("who", APART)
def test_for_everybody_else_the_goal_does_not_exist(
    app: Flask, session: Session, ada: Person, visit: Browser, home: Organisation, secret: Goal, who: str
) -> None:
    other = signed_in(app, session, BLIND[who](session, ada, home))
    before = make.everything(session)

    for request in REQUESTS + REVIEWS:
        for htmx in (False, True):
            denied = send(other, request, secret.public_id, htmx=htmx)
            assert denied.status == 404, request
            unknown = told(send(other, request, UNKNOWN, htmx=htmx))
            assert told(denied) == unknown, request
    assert make.everything(session) == before
    assert "Call my sister" in visit.get(f"/goals/{secret.public_id}").words()


def test_a_deleted_goal_comes_back_for_its_owner_only(
    app: Flask, session: Session, ada: Person, visit: Browser, home: Organisation, secret: Goal
) -> None:
    someone = therapist(session, home)
    make.grant(session, ada, someone, *Scope)
    other = signed_in(app, session, someone)
    undelete = REQUESTS[-1]
    send(visit, REQUESTS[-2], secret.public_id)
    before = make.everything(session)

    assert told(send(other, undelete, secret.public_id)) == told(send(other, undelete, UNKNOWN))
    assert make.everything(session) == before
    assert send(visit, undelete, secret.public_id).status == 303


# A therapist whom Ada lets see.


@pytest.fixture
def helper(session: Session, ada: Person, home: Organisation) -> Person:
    """A therapist in good standing, with a grant for her goals."""
    someone = therapist(session, home)
    make.grant(session, ada, someone, Scope.GOALS, expires_at=NOW + timedelta(seconds=1))
    return someone


@pytest.fixture
def caring(app: Flask, session: Session, helper: Person) -> Browser:
    return signed_in(app, session, helper)


def test_a_granted_look_shows_the_goal_without_its_days(caring: Browser, secret: Goal) -> None:
    page = caring.get(f"/goals/{secret.public_id}")

    assert page.status == 200
    assert "Call my sister" in page.words()
    assert "We have not spoken since May." in page.words()
    assert "She laughed." not in page.text
    assert page.by_id("history") is None
    assert changing(page) == []


def test_a_granted_look_at_tracking_shows_the_days(session: Session, caring: Browser, secret: Goal) -> None:
    session.execute(Grant.__table__.update().values(sees_tracking=True))
    session.commit()
    page = caring.get(f"/goals/{secret.public_id}")

    assert "Mon 9 Mar" in page.words()
    assert "She laughed." not in page.text, "no scope opens the notes of a goal"
    assert changing(page) == []


def changing(page: Page) -> list[Element]:
    """Forms that would change something of the goal's, other than by saying something about it."""
    forms = [form for form in page.all("form") if form.get("method") == "post"]
    return [form for form in forms if not form.get("action", "").endswith("/comments")]


def test_a_grant_opens_no_day_before_its_first_date(session: Session, caring: Browser, secret: Goal) -> None:
    address = f"/goals/{secret.public_id}"
    session.execute(Grant.__table__.update().values(sees_tracking=True, from_date=make.TODAY))
    session.commit()
    page = caring.get(address)
    assert "Tue 10 Mar" in page.words()
    assert "9 Mar" not in page.text

    session.execute(Grant.__table__.update().values(opens_at=NOW + timedelta(seconds=1)))
    session.commit()
    assert caring.get(address).status == 404


def test_every_look_is_written_down_for_the_client(
    session: Session, ada: Person, helper: Person, caring: Browser, secret: Goal
) -> None:
    caring.get(f"/goals/{secret.public_id}")
    caring.get(f"/goals/{secret.public_id}")

    session.rollback()
    looks = session.execute(select(Access.client_id, Access.viewer_id, Access.object_id, Access.what, Access.at)).all()
    assert looks == 2 * [(ada.id, helper.id, secret.id, "goal:read", NOW)]


def test_the_owner_leaves_no_look(session: Session, visit: Browser, secret: Goal) -> None:
    visit.get(f"/goals/{secret.public_id}")
    session.rollback()
    assert session.scalars(select(Access)).all() == []


def test_a_look_that_cannot_be_written_down_is_refused(
    caring: Browser, secret: Goal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT INTO access", {}, Exception("disk full"))

    monkeypatch.setattr(access, "record_look", full)
    page = caring.get(f"/goals/{secret.public_id}")

    assert page.status == 503
    assert "sister" not in page.text


def test_a_grant_for_goals_opens_none_of_their_days(session: Session, caring: Browser, secret: Goal) -> None:
    """That who may look may touch nothing is shown in tests/rights."""
    before = make.everything(session)
    for request in DAYS:
        denied = send(caring, request, secret.public_id)
        assert denied.status == 404, request
        assert told(denied) == told(send(caring, request, UNKNOWN)), request
    assert make.everything(session) == before
    session.execute(Grant.__table__.update().values(sees_tracking=True))
    session.commit()
    assert [send(caring, request, secret.public_id).status for request in DAYS] == [200] * len(DAYS)


def test_who_may_look_does_not_find_the_goal_among_their_own(caring: Browser, secret: Goal) -> None:
    for place in ("/", "/goals", "/goals?archived=1", "/calendar", "/calendar?view=agenda"):
        assert "sister" not in caring.get(place).text, place
    assert "sister" not in caring.post("/goals/search", q="sister").text.replace('value="sister"', "")


def test_a_revoked_grant_shows_nothing_from_the_next_request_on(
    session: Session, caring: Browser, secret: Goal
) -> None:
    address = f"/goals/{secret.public_id}"
    assert caring.get(address).status == 200
    session.execute(Grant.__table__.update().values(state=GrantState.REVOKED))
    session.commit()
    assert caring.get(address).status == 404


def test_a_suspended_therapist_sees_nothing_from_the_next_request_on(
    session: Session, caring: Browser, secret: Goal
) -> None:
    address = f"/goals/{secret.public_id}"
    assert caring.get(address).status == 200
    session.execute(make.Membership.__table__.update().values(status=MembershipStatus.SUSPENDED))
    session.commit()
    assert caring.get(address).status == 404
