"""Who sees no board: people without a ladder, of another organisation, and nobody signed in."""

import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.make import NOW
from tests.page import Browser, signed_in
from tests.pages.crowd import UNKNOWN, told
from webapp.domain.people import Role
from webapp.models import Profile


def test_without_a_ladder_the_page_teaches(app: Flask, session: Session, clock: machine.Traveller) -> None:
    home = make.organisation(session)
    said = {}
    for name, roles in (("Admin", [Role.ADMIN]), ("Member", [Role.MEMBER]), ("Alone", [])):
        person = make.person(session, name)
        if roles:
            make.member(session, person, home, *roles)
        page = signed_in(app, session, person).get("/leaderboard")
        said[name] = page.words()
        assert bool(page.all("a", href="/leaderboard")) == bool(roles), "only members find it in the rail"
    assert "Make a ladder" in said["Admin"]
    assert "Ask whoever administers it" in said["Member"]
    assert "Once one takes you in" in said["Alone"]


def test_another_organisations_profile_is_one_that_never_was(
    app: Flask, session: Session, clock: machine.Traveller
) -> None:
    they = Ladder(session)
    stranger = make.person(session, "Stranger")
    home = make.organisation(session, "Elsewhere")
    make.member(session, stranger, home, *Role)
    session.add(Profile(organisation_id=home.id, name="First", position=1, created_at=NOW))
    browser = signed_in(app, session, stranger)
    foreign = browser.get(f"/leaderboard?profile={they.bronze.public_id}")
    assert foreign.status == 404
    assert told(foreign) == told(browser.get(f"/leaderboard?profile={UNKNOWN}"))
    asked = browser.get(f"/leaderboard?profile={they.bronze.public_id}&since=x", htmx=True)
    assert told(asked) == told(browser.get(f"/leaderboard?profile={UNKNOWN}&since=x", htmx=True))
    assert "Bronze" not in browser.get("/leaderboard").words()


def test_nobody_comes_in_unknown(app: Flask, session: Session) -> None:
    Ladder(session)
    assert Browser(app).get("/leaderboard").address.startswith("/login")
