"""Pictures: for the members of their organisation, and harmless by themselves."""

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import Ladder
from tests.page import signed_in
from tests.pages.crowd import UNKNOWN
from tests.pictures import opened, picture
from webapp.actions import images
from webapp.domain.people import MembershipStatus
from webapp.models import Image


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, people=("Ada",))


@pytest.fixture
def image(they: Ladder) -> Image:
    return images.keep(they.session, they.home.id, None, picture(size=(80, 40)), make.NOW)


def test_a_member_sees_it_and_nothing_in_it_can_act(app: Flask, session: Session, they: Ladder, image: Image) -> None:
    answer = signed_in(app, session, they.people["Ada"]).get(f"/images/{image.public_id}")
    assert answer.status == 200
    assert opened(answer.answer.data).size == (80, 40)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_policy_of_pages_is_as_ever_afterwards(app: Flask, session: Session, they: Ladder, image: Image) -> None:
    ada = signed_in(app, session, they.people["Ada"])
    ada.get(f"/images/{image.public_id}")
    assert "script-src 'self'" in ada.get("/account").headers["Content-Security-Policy"]


@pytest.mark.parametrize("who", ["a stranger", "somebody who left", "somebody suspended", "a member elsewhere"])
def test_nobody_else_finds_it(app: Flask, session: Session, they: Ladder, image: Image, who: str) -> None:
    person = make.person(session, "Max")
    status = {"somebody who left": MembershipStatus.LEFT, "somebody suspended": MembershipStatus.SUSPENDED}.get(who)
    if status is not None:
        make.member(session, person, they.home, status=status)
    if who == "a member elsewhere":
        make.member(session, person, make.organisation(session, "Elsewhere"))
    browser = signed_in(app, session, person)
    denied, unknown = browser.get(f"/images/{image.public_id}"), browser.get(f"/images/{UNKNOWN}")
    number = "X-Request-Id"
    assert (denied.status, unknown.status) == (404, 404)
    assert denied.text.replace(denied.headers[number], "") == unknown.text.replace(unknown.headers[number], "")
    assert browser.get("/images/nothing").status == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(app: Flask, session: Session, they: Ladder, image: Image) -> None:
    session.commit()
    answer = app.test_client().get(f"/images/{image.public_id}")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/login")
