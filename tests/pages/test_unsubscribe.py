"""Stopping reminder mails from the mail: a button for people, one post for mail programs, nothing for anybody else."""

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.application import ENVIRONMENT, AppFactory
from tests.page import Browser
from webapp.domain.people import Viewer
from webapp.domain.reminders import About
from webapp.models import AuditEvent, Person, ReminderSetting
from webapp.web import mail_links
from webapp.web.mail_links import Stop

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def stranger(app: Flask, ada: Person) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app)


@pytest.fixture
def address(app: Flask, ada: Person) -> str:
    with app.app_context():
        return "/unsubscribe/" + mail_links.signed(app, Stop(ada.public_id, (About.GOAL, About.MOOD)))


def test_looking_changes_nothing_and_shows_a_button(session: Session, stranger: Browser, address: str) -> None:
    before = make.everything(session)
    page = stranger.get(address)
    assert page.status == 200
    assert "Stop these mails" in page.words()
    assert "Goals that are due" in page.words()
    assert "Reviews" not in page.words()
    assert make.everything(session) == before


def test_mail_programs_post_once_or_twice_without_a_token(
    session: Session, stranger: Browser, address: str, her: Viewer
) -> None:
    for _ in range(2):
        page = stranger.ask("POST", address, data=ONE_CLICK)
        assert page.status == 200
        assert "These mails are off" in page.words()
    session.rollback()
    session.expire_all()
    channels = session.get_one(ReminderSetting, her.id).channels
    assert channels == {"goal": ["page", "push"], "mood": ["page", "push"]}, "nothing was said of anything else"
    said = [event for event in session.scalars(select(AuditEvent)) if event.tag == "person:mail_stop"]
    assert [(event.subject_id, event.details["abouts"]) for event in said] == [(her.id, ["goal", "mood"])]


def test_what_was_chosen_before_stays(session: Session, stranger: Browser, address: str, her: Viewer) -> None:
    channels = {"goal": ["mail"], "mood": [], "digest": ["mail", "push"], "reading": [], "reviews": []}
    session.add(ReminderSetting(person_id=her.id, channels=channels, detail=True))
    session.commit()
    assert stranger.ask("POST", address, data=ONE_CLICK).status == 200
    session.rollback()
    session.expire_all()
    row = session.get_one(ReminderSetting, her.id)
    assert (row.channels, row.detail, row.version) == ({**channels, "goal": []}, True, 2)


@pytest.mark.parametrize("kind", ["changed", "other salt", "other key", "rubbish", "unknown about", "nobody"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_elses_text_opens_anything(
    app: Flask, session: Session, stranger: Browser, address: str, ada: Person, kind: str, method: str
) -> None:
    secret, said = ENVIRONMENT["SECRET_KEY"], [ada.public_id, 0]
    texts = {
        "changed": address.rpartition("/")[2][:-2] + "xx",
        "other salt": URLSafeSerializer(secret, salt="session").dumps(said),
        "other key": URLSafeSerializer("another key", salt=mail_links.SALT).dumps(said),
        "rubbish": "rubbish",
        "unknown about": URLSafeSerializer(secret, salt=mail_links.SALT).dumps([ada.public_id, 99]),
        "nobody": URLSafeSerializer(secret, salt=mail_links.SALT).dumps(["x" * 24, 0]),
    }
    before = make.everything(session)
    page = stranger.ask(method, f"/unsubscribe/{texts[kind]}", data=ONE_CLICK if method == "POST" else None)
    assert page.status == (200 if (kind, method) == ("nobody", "GET") else 404)  # to look tells nobody who is here
    assert make.everything(session) == before


def test_other_sites_cannot_make_a_browser_post_it(session: Session, stranger: Browser, address: str) -> None:
    before = make.everything(session)
    assert stranger.ask("POST", address, data=ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert make.everything(session) == before


def test_links_of_mails_sent_before_the_key_was_rotated_still_work(app_factory: AppFactory, sqlite_url: str) -> None:
    old = "an-older-key-without-spaces-that-only-tests-know"
    app = app_factory(sqlite_url, SECRET_KEY_FALLBACKS=old)
    stop = Stop("x" * 24, (About.DIGEST,))
    assert mail_links.said_by(app, str(URLSafeSerializer(old, salt=mail_links.SALT).dumps([*stop[:1], 4]))) == stop
    now_signed = mail_links.signed(app, stop)
    assert URLSafeSerializer(ENVIRONMENT["SECRET_KEY"], salt=mail_links.SALT).loads(now_signed)
    assert mail_links.said_by(app, now_signed) == stop
