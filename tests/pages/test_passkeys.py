"""Passkeys on pages: made, renamed and removed by their person alone, and three doors that one opens."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make, visitors
from tests.authenticators import PRESENT, Device, encoded
from tests.conftest import AppFactory
from tests.page import Browser, Page, signed_in
from tests.second_steps import write
from webapp.actions import passkeys
from webapp.actions import second_factors as factors
from webapp.actions.passkeys import Site
from webapp.domain.people import Role, Viewer
from webapp.models import Passkey, Person, SignIn
from webapp.queries import second_factors

SITE = Site("localhost", "http://localhost:8000")
PLACE = "/account/two-factor/passkeys"


@pytest.fixture
def device(session: Session, her: Viewer) -> Device:
    """A device that holds a passkey of Ada's, who is signed in where she was."""
    made = enrol(session, her)
    session.execute(update(SignIn).values(ended_at=None))
    session.commit()
    return made


@pytest.fixture
def stranger(app: Flask, session: Session, device: Device) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app)


def enrol(session: Session, viewer: Viewer) -> Device:
    device = Device()
    passkeys.add(session, viewer, device.make(passkeys.offer(session, viewer, SITE)), "Phone", SITE)
    session.commit()
    return device


def question(browser: Browser, path: str, **fields: str) -> str:
    answer = browser.post(f"{path}/options", **fields)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    return answer.text


def make_one(browser: Browser, device: Device, name: str = "Phone") -> Page:
    return browser.post(PLACE, name=name, credential=device.make(question(browser, PLACE)))


def sign_in(browser: Browser, device: Device, **fields: str) -> Page:
    asked = question(browser, "/login/passkey", **fields)
    return browser.post("/login/passkey", credential=device.prove(asked), **fields)


def mine(session: Session, person: Person) -> list[Passkey]:
    session.rollback()
    return list(session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)))


def is_in(browser: Browser) -> bool:
    return browser.get("/account", follow=False).status == 200


def wait_for_second_step(browser: Browser, session: Session, ada: Person, onward: str = "") -> Page:
    """The password was typed, and is not enough."""
    ada.password_hash = visitors.passwords.hash_password(visitors.PASSWORD)
    session.commit()
    page = browser.get(f"/login{f'?next={quote(onward)}' if onward else ''}")
    button = next(one for one in page.all("button") if page.words(one) == "Sign in")
    sent = [(name, value) for name, value in page.fields(page.form_of(button)) if name not in ("email", "password")]
    return browser.send("/login", [*sent, ("email", ada.email), ("password", visitors.PASSWORD)])


def test_a_passkey_is_made_and_brings_recovery_codes_once(
    app: Flask, session: Session, visit: Browser, ada: Person
) -> None:
    other = signed_in(app, session, ada)
    page = visit.get(PLACE)
    assert page.by_id("passkey") is not None
    sent = dict(page.fields(page.form_of(page.button("Make a passkey"))))
    assert sent.keys() == {"csrf_token", "credential", "name"}
    before = visit.client.get_cookie("sid")
    made = make_one(visit, Device())
    assert made.status == 200
    codes = made.words(made.one("textarea", id="codes")).split()
    assert len(codes) == second_factors.codes_left(session, ada.id) == 10
    (row,) = mine(session, ada)
    assert row.name == "Phone"
    assert is_in(visit)
    assert not is_in(other), "every other device is signed out"
    copied = Browser(app)
    assert before is not None
    copied.client.set_cookie("sid", before.value)
    assert not is_in(copied), "and so is a copy of this one's old cookie"
    token = made.one("body").get("hx-headers:inherited", "")
    assert visit.ask("POST", f"{PLACE}/options", headers=json.loads(token)).status == 200, "the page's own forms work"
    visit._token = ""
    second = make_one(visit, Device(), "Key")
    assert (second.status, second.headers["Location"]) == (303, "/account/two-factor")
    listed = visit.get("/account/two-factor")
    assert "since 10 Mar 2026, 13:00 · never used · on this device only" in listed.words()
    session.rollback()
    assert [letter["values"]["what"] for letter in visitors.letters(session, "account-changed")] == [
        "passkey_added"
    ] * 2


def test_what_cannot_be_used_is_said_and_nothing_is_made(session: Session, visit: Browser, ada: Person) -> None:
    unlocked_by_nobody = make_one(visit, Device(flags=PRESENT))
    assert (unlocked_by_nobody.status, "could not be used" in unlocked_by_nobody.words()) == (422, True)
    nameless = make_one(visit, Device(), "")
    assert (nameless.status, "Please fill this in." in nameless.errors()["name"]) == (422, True)
    for nonsense in ("", "{}", "[" * 9_000, "\x00"):
        assert visit.post(PLACE, name="Phone", credential=nonsense).status == 422
    assert mine(session, ada) == []


def test_a_passkey_is_renamed(session: Session, visit: Browser, ada: Person, device: Device) -> None:
    address = f"{PLACE}/{mine(session, ada)[0].public_id}/rename"
    page = visit.get(address)
    assert page.value("name") == "Phone"
    wrong = page.press("Save", name="x" * 101)
    assert (wrong.status, "100" in wrong.errors()["name"]) == (422, True)
    assert "Tablet" in page.press("Save", name="Tablet <b>").words()
    assert mine(session, ada)[0].name == "Tablet <b>"


def test_a_passkey_is_removed_after_words_of_warning(
    session: Session, visit: Browser, ada: Person, device: Device
) -> None:
    listed = visit.get("/account/two-factor")
    link = next(one for one in listed.all("a") if one.get("aria-label") == "Remove Phone")
    warning = visit.get(link.get("href", ""))
    assert "This is the last one" in warning.words()
    assert len(mine(session, ada)) == 1, "looking removes nothing"
    after = warning.press("Remove the passkey")
    assert "The passkey is removed." in after.words()
    assert mine(session, ada) == []
    assert is_in(visit)
    visit._token = ""
    assert visit.post(warning.address).status == 404


def test_who_needs_one_keeps_the_last(app_factory: AppFactory, session: Session, ada: Person, app: Flask) -> None:
    strict = app_factory(app.config["SQLALCHEMY_DATABASE_URI"], TOTP_REQUIRED_FOR="therapist")
    make.member(session, ada, make.organisation(session), Role.THERAPIST)
    session.commit()
    visit = signed_in(strict, session, ada)
    assert visit.get("/goals", follow=False).headers["Location"] == "/account/two-factor"
    assert make_one(visit, Device()).status == 200, "who lacks a second step may set it up"
    assert visit.get("/goals", follow=False).status == 200
    address = f"{PLACE}/{mine(session, ada)[0].public_id}/remove"
    said = visit.get(address)
    assert "this passkey is all you have" in said.words()
    assert not said.all("form", action=address)
    visit._token = ""
    assert visit.post(address).status == 403
    assert len(mine(session, ada)) == 1
    make_one(visit, Device(), "Key")
    assert "What else you have set up stays" in visit.get(address).words()
    visit._token = ""
    assert visit.post(address).status == 303
    assert [one.name for one in mine(session, ada)] == ["Key"]


@pytest.mark.parametrize("act", ["rename", "remove"])
def test_nobody_else_meets_a_passkey(app: Flask, session: Session, ada: Person, device: Device, act: str) -> None:
    bo = signed_in(app, session, make.person(session, "Bo"))
    row = mine(session, ada)[0]
    for public_id in (row.public_id, "0" * 24, "x"):
        assert bo.get(f"{PLACE}/{public_id}/{act}").status == 404
        assert bo.post(f"{PLACE}/{public_id}/{act}", name="Mine now").status == 404
    assert [one.name for one in mine(session, ada)] == ["Phone"]
    assert "Phone" not in bo.get("/account/two-factor").words()


def test_changing_what_proves_one_asks_for_a_fresh_proof(
    session: Session, visit: Browser, ada: Person, device: Device
) -> None:
    row = mine(session, ada)[0]
    session.execute(update(SignIn).values(fresh_at=make.NOW - timedelta(minutes=16)))
    session.commit()
    for path in (f"{PLACE}/options", PLACE, f"{PLACE}/{row.public_id}/rename", f"{PLACE}/{row.public_id}/remove"):
        answer = visit.post(path, name="Other", credential="{}")
        assert (answer.status, answer.headers["Location"].startswith("/password-again")) == (303, True)
    assert [one.name for one in mine(session, ada)] == ["Phone"]


def test_a_passkey_alone_signs_in(session: Session, stranger: Browser, ada: Person, device: Device) -> None:
    page = stranger.get("/login?next=/goals")
    form = page.form_of(page.button("Use a passkey"))
    assert ("next", "/goals") in page.fields(form)
    assert page.by_id("passkey") is not None
    answer = sign_in(stranger, device, next="/goals")
    assert (answer.status, answer.headers["Location"]) == (303, "/goals")
    assert is_in(stranger)
    assert "person:sign_in" in make.tags(session)


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_a_passkey_leads_nowhere_else(stranger: Browser, device: Device, onward: str) -> None:
    assert sign_in(stranger, device, next=onward).headers["Location"] == "/"


def test_a_passkey_that_proves_nobody_is_answered_calmly(
    session: Session, stranger: Browser, ada: Person, device: Device
) -> None:
    for other in (Device(person=device.person), Device(origin="https://evil.example")):
        wrong = sign_in(stranger, other)
        assert (wrong.status, "That passkey could not be checked." in wrong.words()) == (422, True)
    for nonsense in ("", "{}", "[" * 9_000, json.dumps({"rawId": encoded(b"x")})):
        assert stranger.post("/login/passkey", credential=nonsense).status == 422
    assert not is_in(stranger)
    assert make.tags(session).count("person:sign_in_refused") == 6
    assert sign_in(stranger, device).status == 303


def test_a_passkey_is_the_second_step(session: Session, stranger: Browser, ada: Person, device: Device) -> None:
    page = wait_for_second_step(stranger, session, ada, "/goals")
    assert page.address == "/login/second"
    assert not is_in(stranger)
    sent = page.fields(page.form_of(page.button("Use a passkey")))
    assert ("second", "1") in sent
    asked = json.loads(question(stranger, "/login/passkey", second="1"))
    assert [one["id"] for one in asked["allowCredentials"]] == [encoded(device.id)]
    answer = sign_in(stranger, device, second="1")
    assert (answer.status, answer.headers["Location"]) == (303, "/goals")
    assert is_in(stranger)


def test_somebody_elses_passkey_is_no_second_step(
    session: Session, stranger: Browser, ada: Person, device: Device
) -> None:
    other = enrol(session, make.viewer(session, make.person(session, "Bo")))
    wait_for_second_step(stranger, session, ada)
    wrong = sign_in(stranger, other, second="1")
    assert (wrong.status, "That passkey could not be checked." in wrong.words()) == (422, True)
    assert wrong.button("Use a passkey") is not None
    assert not is_in(stranger)
    assert sign_in(stranger, device, second="1").status == 303


def test_a_second_step_that_waited_too_long_begins_anew(
    session: Session, stranger: Browser, ada: Person, device: Device, clock: time_machine.Traveller
) -> None:
    wait_for_second_step(stranger, session, ada)
    clock.move_to(make.NOW + timedelta(minutes=11))
    answer = sign_in(stranger, device, second="1")
    assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert not is_in(stranger)


def test_a_passkey_stands_in_for_the_password_once_more(
    app: Flask, session: Session, visit: Browser, ada: Person, device: Device
) -> None:
    session.execute(update(SignIn).values(fresh_at=make.NOW - timedelta(hours=1)))
    session.commit()
    page = visit.get("/account/tokens/new")
    assert ("next", "/account/tokens/new") in page.fields(page.form_of(page.button("Use a passkey")))
    other = enrol(session, make.viewer(session, make.person(session, "Bo")))
    for wrong in (other, Device(person=device.person)):
        asked = question(visit, "/password-again/passkey")
        refused = visit.post("/password-again/passkey", credential=wrong.prove(asked), next="/account/tokens/new")
        assert (refused.status, "That passkey could not be checked." in refused.words()) == (422, True)
        assert refused.value("next") == "/account/tokens/new"
    assert visit.get("/account/tokens/new", follow=False).status == 303, "nothing is fresh yet"
    answer = device.prove(question(visit, "/password-again/passkey"))
    done = visit.post("/password-again/passkey", credential=answer, next="/account/tokens/new")
    assert (done.status, done.headers["Location"]) == (303, "/account/tokens/new")
    assert visit.get("/account/tokens/new", follow=False).status == 200
    assert "person:password_again" in make.tags(session)


def test_who_has_none_is_not_asked_for_one(session: Session, visit: Browser) -> None:
    assert "passkey" not in visit.get("/password-again").words().casefold()


def test_tries_are_counted_and_right_ones_are_not(
    app_factory: AppFactory, session: Session, app: Flask, ada: Person, device: Device
) -> None:
    few = app_factory(app.config["SQLALCHEMY_DATABASE_URI"], LIMIT_PASSKEY_TRIES_HOUR="3", LIMIT_PASSKEY_HOUR="3")
    for _ in range(4):
        assert sign_in(Browser(few), device).status == 303
    wrong = Browser(few)
    for status in (422, 422, 422, 429):
        assert wrong.post("/login/passkey", credential="{}").status == status
    for status in (200, 200, 200, 429):
        assert wrong.post("/login/passkey/options").status == status
    assert "person:sign_in_refused" in make.tags(session)


def test_neighbours_who_use_up_the_tries_keep_nobody_out(
    app_factory: AppFactory, session: Session, app: Flask, ada: Person, device: Device
) -> None:
    """Neither from their password, nor from the passkey that is their second step."""
    few = app_factory(app.config["SQLALCHEMY_DATABASE_URI"], LIMIT_PASSKEY_TRIES_HOUR="3", LIMIT_PASSKEY_HOUR="3")
    neighbour = Browser(few)
    assert [neighbour.post("/login/passkey", credential="{}").status for _ in range(21)] == [422] * 3 + [429] * 18
    assert [neighbour.post("/login/passkey/options").status for _ in range(4)] == [200] * 3 + [429]
    owner = Browser(few)
    assert wait_for_second_step(owner, session, ada).address == "/login/second"
    assert sign_in(owner, device, second="1").status == 303
    assert is_in(owner)


def test_proving_oneself_again_by_passkey_uses_nothing_up(
    app_factory: AppFactory, session: Session, app: Flask, ada: Person, device: Device
) -> None:
    few = app_factory(app.config["SQLALCHEMY_DATABASE_URI"], LIMIT_PASSKEY_HOUR="2")
    for _ in range(3):
        visit = signed_in(few, session, ada)
        answer = device.prove(question(visit, "/password-again/passkey"))
        assert visit.post("/password-again/passkey", credential=answer).status == 303


def test_no_door_opens_without_the_token_of_its_form(
    session: Session, stranger: Browser, visit: Browser, device: Device
) -> None:
    for browser, path in (
        (stranger, "/login/passkey/options"),
        (stranger, "/login/passkey"),
        (visit, "/password-again/passkey/options"),
        (visit, "/password-again/passkey"),
        (visit, f"{PLACE}/options"),
        (visit, PLACE),
    ):
        assert browser.ask("POST", path, data={"credential": "{}"}).status == 400
    assert question(stranger, "/login/passkey")


def test_all_are_listed_and_one_more_is_offered(session: Session, visit: Browser, her: Viewer, device: Device) -> None:
    enrol(session, her)
    session.execute(update(SignIn).values(ended_at=None))
    session.commit()
    page = visit.get("/account/two-factor")
    rows = [one for one in page.all("li") if (one.get("id") or "").startswith("passkey-")]
    assert len(rows) == 2
    link = next(one for one in page.all("a") if page.words(one) == "Add a passkey")
    assert visit.get(link.get("href", "")).status == 200


def test_who_has_passkeys_alone_is_told_of_no_app(
    session: Session, stranger: Browser, ada: Person, device: Device
) -> None:
    write(session)
    (code, *_) = factors.renew_codes(session, make.viewer(session, ada))
    session.commit()
    page = wait_for_second_step(stranger, session, ada)
    assert "primary" in page.button("Use a passkey").get("class", "")
    assert "A recovery code opens too." in page.words(), "without JavaScript there is a way"
    wrong = page.press("Sign in", code="a" * 24)
    assert wrong.status == 422
    assert "not one of your recovery codes" in wrong.errors()["code"]
    assert "your app" not in wrong.words()
    assert wrong.one("details", open="") is not None
    assert wrong.press("Sign in", code=code).status == 200
    assert is_in(stranger)
