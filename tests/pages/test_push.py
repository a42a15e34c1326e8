"""Devices that take push messages: letting one in, keeping it, shutting it out, and who may."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.application import AppFactory
from tests.page import Browser, Page, signed_in
from tests.pushing import Receiver
from webapp.actions import retention, sign_ins
from webapp.domain.people import Viewer
from webapp.domain.push import DEVICES_PER_PERSON
from webapp.models import AuditEvent, Person, PushSubscription, SignIn
from webapp.queries.people import ABSOLUTE, IDLE
from webapp.queries.push import receivers


@pytest.fixture
def bob(session: Session) -> Person:
    made = make.person(session, "bob@example.org")
    session.commit()
    return made


def stored(session: Session) -> list[PushSubscription]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(PushSubscription).order_by(PushSubscription.id)))


def let_in(browser: Browser, one: Receiver, what: str = "") -> Page:
    return browser.post(f"/account/push{what}", **one.fields)


def test_a_device_is_let_in_sealed_and_bound_to_its_sign_in(visit: Browser, session: Session, her: Viewer) -> None:
    phone = Receiver()
    assert let_in(visit, phone).status == 204
    (row,) = stored(session)
    sign_in = session.scalars(select(SignIn).where(SignIn.person_id == her.id)).one()
    assert (row.person_id, row.sign_in_id) == (her.id, sign_in.id)
    assert b"googleapis" not in row.address
    assert [one.draft for one in receivers(session, her.id, make.NOW)] == [phone.draft]
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "push:subscribe")).one()
    assert (event.object_kind, event.object_id, event.details) == ("push_subscription", row.id, {})
    page = visit.get("/account/reminders")
    assert "not reminded yet" in page.words()
    assert phone.endpoint not in page.text


def test_the_same_browser_again_is_the_same_device(visit: Browser, session: Session, her: Viewer) -> None:
    phone = Receiver()
    let_in(visit, phone)
    phone.secret = bytes(16)
    assert let_in(visit, phone).status == 204
    assert len(stored(session)) == 1
    assert receivers(session, her.id, make.NOW)[0].draft.secret == bytes(16)


def test_a_browser_follows_whoever_lets_it_in(
    app: Flask, visit: Browser, session: Session, her: Viewer, bob: Person
) -> None:
    phone = Receiver()
    let_in(visit, phone)
    his = signed_in(app, session, bob)
    assert let_in(his, phone).status == 204
    assert [row.person_id for row in stored(session)] == [bob.id]
    assert [one.draft for one in receivers(session, bob.id, make.NOW)] == [phone.draft]


def test_who_merely_comes_by_ends_the_other_persons_messages_and_gets_none(
    app: Flask, visit: Browser, session: Session, bob: Person
) -> None:
    phone = Receiver()
    let_in(visit, phone)
    assert let_in(visit, phone, "/renew").status == 204
    assert len(stored(session)) == 1
    his = signed_in(app, session, bob)
    assert let_in(his, phone, "/renew").status == 205
    assert stored(session) == []
    assert let_in(visit, phone, "/renew").status == 205


def test_a_device_that_is_kept_belongs_to_the_present_sign_in(
    app: Flask, visit: Browser, session: Session, ada: Person
) -> None:
    phone = Receiver()
    let_in(visit, phone)
    before = stored(session)[0].sign_in_id
    assert let_in(signed_in(app, session, ada), phone, "/renew").status == 204
    assert stored(session)[0].sign_in_id != before


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://evil.example/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": ""},
        {"p256dh": ""},
        {"p256dh": "not base64!"},
        {"p256dh": "BA" + "A" * 85},
        {"auth": "AAAA"},
        {"auth": "é"},
    ],
)
def test_what_is_no_browser_of_a_known_service_is_refused(
    visit: Browser, session: Session, change: dict[str, str]
) -> None:
    assert visit.post("/account/push", **{**Receiver().fields, **change}).status == 422
    assert stored(session) == []


def test_nobody_has_more_than_twenty(visit: Browser, session: Session) -> None:
    devices = [Receiver(f"https://fcm.googleapis.com/{number}") for number in range(DEVICES_PER_PERSON + 1)]
    assert [let_in(visit, one).status for one in devices] == [204] * DEVICES_PER_PERSON + [422]
    assert let_in(visit, devices[0]).status == 204
    assert len(stored(session)) == DEVICES_PER_PERSON


def test_a_device_is_shut_out_by_its_own_person_only(app: Flask, visit: Browser, session: Session, bob: Person) -> None:
    phone = Receiver()
    let_in(visit, phone)
    (row,) = stored(session)
    address = f"/account/push/{row.public_id}/delete"
    his = signed_in(app, session, bob)
    assert (his.post(address).status, his.post("/account/push/nothing/delete").status) == (404, 404)
    assert let_in(his, phone, "/stop").status == 204
    assert len(stored(session)) == 1
    page = visit.get("/account/reminders").press("Remove this device", within=f"device-{row.public_id}")
    assert "That device is not reminded any more." in page.words()
    assert stored(session) == []
    noted = select(AuditEvent.tag).where(AuditEvent.object_kind == "push_subscription").order_by(AuditEvent.id)
    tags = session.scalars(noted).all()
    assert tags == ["push:subscribe", "push:remove"]


def test_the_device_itself_can_stop(visit: Browser, session: Session) -> None:
    phone = Receiver()
    let_in(visit, phone)
    assert let_in(visit, phone, "/stop").status == 204
    assert stored(session) == []


def test_who_is_not_signed_in_and_who_brings_no_token_changes_nothing(
    app: Flask, visit: Browser, session: Session
) -> None:
    for what in ("", "/renew", "/stop"):
        assert let_in(Browser(app), Receiver(), what).status == 303
    assert visit.ask("POST", "/account/push", data=Receiver().fields).status == 400
    assert stored(session) == []


def ended(session: Session, her: Viewer, how: str) -> None:
    (this,) = session.scalars(select(SignIn).where(SignIn.person_id == her.id)).all()
    if how == "sign out":
        sign_ins.sign_out(session, replace(her, session_id=this.id))
    if how == "end":
        sign_ins.end(session, her, this.public_id)
    if how == "end all":
        sign_ins.end_all(session, her, but_this=False)
    if how == "forgotten":
        moment = make.NOW - 2 * (retention.ABSOLUTE + retention.SIGN_INS)
        session.execute(update(SignIn).values(created_at=moment, seen_at=moment))
        retention.forget(session, make.NOW)
    session.commit()


@pytest.mark.parametrize("how", ["sign out", "end", "end all", "forgotten"])
def test_devices_go_with_the_sign_in_that_let_them_in(
    app: Flask, visit: Browser, session: Session, her: Viewer, bob: Person, how: str
) -> None:
    let_in(visit, Receiver())
    if how != "forgotten":
        let_in(signed_in(app, session, bob), Receiver("https://fcm.googleapis.com/his"))
    ended(session, her, how)
    assert [row.person_id for row in stored(session)] == ([] if how == "forgotten" else [bob.id])


LONG_AGO = make.NOW - timedelta(seconds=1)


@pytest.mark.parametrize(
    "over",
    [
        {"ended_at": make.NOW},
        {"seen_at": LONG_AGO - IDLE},
        {"created_at": LONG_AGO - ABSOLUTE},
    ],
)
def test_a_device_gets_nothing_once_its_sign_in_lets_nobody_in(
    visit: Browser, session: Session, her: Viewer, over: dict[str, Any]
) -> None:
    phone = Receiver()
    let_in(visit, phone)
    session.rollback()
    session.execute(update(SignIn).values(created_at=make.NOW - ABSOLUTE, seen_at=make.NOW - IDLE))
    assert [one.draft for one in receivers(session, her.id, make.NOW)] == [phone.draft]
    session.execute(update(SignIn).values(**over))
    assert receivers(session, her.id, make.NOW) == []


def test_a_device_without_a_sign_in_gets_nothing(visit: Browser, session: Session, her: Viewer) -> None:
    let_in(visit, Receiver())
    session.rollback()
    assert len(receivers(session, her.id, make.NOW)) == 1
    session.execute(update(PushSubscription).values(sign_in_id=None))
    assert receivers(session, her.id, make.NOW) == []


def test_signing_out_in_the_browser_ends_it(visit: Browser, session: Session) -> None:
    let_in(visit, Receiver())
    answer = visit.post("/logout")
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert stored(session) == []


def test_where_push_is_not_set_up_the_page_says_so(
    app_factory: AppFactory, database_url: str, session: Session, ada: Person
) -> None:
    page = signed_in(app_factory(database_url, VAPID_PRIVATE_KEY=""), session, ada).get("/account/reminders")
    assert "has not set up messages to devices" in page.words()
    assert not page.all("button", data_device="remind")
    assert page.all("button", data_device="keep")
