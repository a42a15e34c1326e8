"""Where calendar feeds are managed: made after a proof of password, shown once, ended by one press."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.pages.fed import feed, names
from webapp.domain.people import Viewer
from webapp.models import Goal, SignIn, Token


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    made = make.goal(session, her, "Walk; slowly, \\ far")
    session.commit()
    return made


def made(page: Page) -> str:
    return page.one("input", id="address").get("value", "")


def make_one(visit: Browser, **typed: object) -> Page:
    return visit.get("/calendar/feeds/new").press("Make the feed", **{"name": "Phone", **typed})


def test_it_is_made_shown_once_and_read(app: Flask, session: Session, visit: Browser, walk: Goal) -> None:
    link = next(one for one in visit.get("/calendar").all("a") if one.get("href") == "/calendar/feeds")
    assert "With a feed" in visit.get(link.get("href", "")).words()
    page = make_one(visit, titles="y", alarms="y")
    address = made(page)
    site = app.config["SETTINGS"].base_url
    assert address.startswith(f"{site}/calendar/feeds/aimline_calendar_")
    assert f"webcal://{address.partition('://')[2]}" in [one.get("href") for one in page.all("a")]
    path = address.removeprefix(site)
    assert names(Browser(app).get(path)) == {"Walk; slowly, \\ far"}
    listed = visit.get("/calendar/feeds")
    assert "Phone" in listed.words()
    assert "names of goals, alarms · since" in listed.words()
    for shown in (listed, visit.get("/calendar/feeds/new"), visit.get("/account/tokens")):
        assert path[-30:-4] not in shown.text
    assert "Phone" not in visit.get("/account/tokens").text


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_name_that_makes_no_sense_is_said_at_its_field(visit: Browser, session: Session, name: str) -> None:
    page = make_one(visit, name=name, titles="y")
    assert page.status == 422
    assert list(page.errors()) == ["name"]
    assert "checked" in page.one("input", name="titles").attrib
    assert session.query(Token).count() == 0


def test_sent_again_the_form_makes_no_other_and_shows_no_address(visit: Browser, session: Session) -> None:
    form = visit.get("/calendar/feeds/new")
    first = form.press("Make the feed", name="Phone")
    again = form.press("Make the feed", name="Phone")
    assert session.query(Token).count() == 1
    assert "made already" in again.text
    assert made(first)[-30:-4] not in again.text


def test_an_eleventh_is_refused_in_words(visit: Browser, session: Session) -> None:
    for _ in range(10):
        assert make_one(visit).status == 200
    page = make_one(visit)
    assert page.status == 422
    assert "at most 10 feeds" in page.words()
    assert session.query(Token).count() == 10


def test_an_address_is_made_after_a_proof_of_password_only(
    visit: Browser, session: Session, her: Viewer, walk: Goal
) -> None:
    feed(session, her)
    own = session.query(Token).one()
    session.execute(update(SignIn).values(fresh_at=make.NOW - timedelta(minutes=16)))
    session.commit()
    before = make.everything(session)
    for path in ("/calendar/feeds/new", f"/calendar/feeds/{own.public_id}/renew"):
        for answer in (visit.get(path, follow=False), visit.post(path, name="Phone")):
            assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert make.everything(session) == before
    assert visit.get(f"/calendar/feeds/{own.public_id}/revoke").status == 200


def test_renewed_the_old_address_is_dead(app: Flask, visit: Browser, session: Session, walk: Goal) -> None:
    site = app.config["SETTINGS"].base_url
    old = made(make_one(visit, timed="y")).removeprefix(site)
    link = next(o for o in visit.get("/calendar/feeds").all("a") if o.get("aria-label") == "New address for Phone")
    asked = visit.get(link.get("href", ""))
    assert "cannot be undone" in asked.words()
    assert Browser(app).get(old).status == 200, "looking ends nothing"
    new = made(asked.press("Make a new address")).removeprefix(site)
    assert (Browser(app).get(old).status, Browser(app).get(new).status) == (404, 200)
    again = asked.press("Make a new address")
    assert "made already" in again.text
    assert Browser(app).get(new).status == 200
    assert session.query(Token).count() == 2


def test_it_is_ended_after_words_of_warning(app: Flask, visit: Browser, walk: Goal) -> None:
    path = made(make_one(visit)).removeprefix(app.config["SETTINGS"].base_url)
    link = next(one for one in visit.get("/calendar/feeds").all("a") if one.get("aria-label") == "End Phone")
    warning = visit.get(link.get("href", ""))
    assert "cannot be undone" in warning.words()
    assert Browser(app).get(path).status == 200, "looking ends nothing"
    after = warning.press("End the feed")
    assert "has ended" in after.text
    assert "Phone" not in after.words()
    assert Browser(app).get(path).status == 404
    assert warning.press("End the feed").status == 200


def test_nobody_else_meets_a_feed(app: Flask, session: Session, her: Viewer, walk: Goal) -> None:
    path = feed(session, her)
    own = session.query(Token).one()
    bo = signed_in(app, session, make.person(session, "Bo"))
    assert "Phone" not in bo.get("/calendar/feeds").text
    bo.token()
    before = make.everything(session)
    for act in ("revoke", "renew"):
        for public_id in (own.public_id, "0" * 24):
            assert bo.get(f"/calendar/feeds/{public_id}/{act}").status == 404
            assert bo.post(f"/calendar/feeds/{public_id}/{act}").status == 404
    assert make.everything(session) == before
    assert Browser(app).get(path).status == 200


def test_who_is_not_signed_in_is_led_there(app: Flask, session: Session, her: Viewer) -> None:
    feed(session, her)
    public_id = session.query(Token).one().public_id
    for path in ("", "/new", f"/{public_id}/renew", f"/{public_id}/revoke"):
        answer = Browser(app).get(f"/calendar/feeds{path}", follow=False)
        assert answer.headers["Location"].startswith("/login")
