"""Push messages in a real browser, by its own way of delivering them, and what may be read without a connection."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from sqlalchemy import select

from tests.browser.conftest import House, Visit, Watch, visits
from tests.pushing import Receiver, plain, point_of
from webapp.actions.outbox import Letter
from webapp.domain.people import Viewer
from webapp.models import PushSubscription
from webapp.queries.push import receivers
from webapp.worker.push import encrypted, payload

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ITEM = {"about": "goal", "title": "Call the clinic", "goal": "x", "due": "2026-07-14"}
KEEP = "Keep Today readable offline on this device"


def let_register(page: Page) -> None:
    """The worker is there, since the person wants something that needs it."""
    page.goto("/account/reminders")
    page.get_by_role("button", name=KEEP).click()
    expect(page.get_by_text("Today is kept here, and brought up to date each time you look.")).to_be_visible()


def pushed(house: House, values: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """What a browser would find in the bytes that the sender makes of a reminder, as text and as read."""
    browser = Receiver()
    letter = Letter("ada@example.org", "reminders", "en", "Etc/UTC", values)
    with house.app.app_context():
        text = browser.read(encrypted(payload(house.app, letter, "message-1"), browser.draft)).decode()
    return text, json.loads(text)


def deliver(page: Page, house: House, text: str) -> None:
    """The browser gets this as it would from its push service."""
    session: CDPSession = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    end = time.monotonic() + 30
    while not found and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert found, "no worker is registered"
    number = found[-1]["registrationId"]
    session.send("ServiceWorker.deliverPushMessage", {"origin": house.address, "registrationId": number, "data": text})


def shown(page: Page) -> list[dict[str, Any]]:
    """What stands in the notifications of the device."""
    script = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .map((one) => ({ title: one.title, body: one.body, tag: one.tag, path: one.data.path, icon: one.icon }))"""
    page.wait_for_function(f"async () => (await ({script})()).length > 0")
    found: list[dict[str, Any]] = page.evaluate(script)
    return found


def names_of_caches(page: Page) -> list[str]:
    found: list[str] = page.evaluate("caches.keys()")
    return found


def test_a_reminder_is_shown_without_names_and_the_same_one_once(house: House, ada: Viewer, visit: Visit) -> None:
    page = visit("/account/reminders", ada, permissions=["notifications"])
    let_register(page)
    text, said = pushed(house, {"items": [ITEM], "count": 1, "detail": False, "path": "/notices"})
    assert "clinic" not in text
    deliver(page, house, text)
    deliver(page, house, text)
    (one,) = shown(page)
    assert (one["title"], one["tag"], one["path"]) == (said["title"], "message-1", "/notices")
    assert one["title"] == "You have a reminder"
    assert one["icon"].endswith("/img/icon-192.png")


def test_a_message_nobody_can_read_is_a_notification_all_the_same(house: House, ada: Viewer, visit: Visit) -> None:
    page = visit("/account/reminders", ada, permissions=["notifications"])
    let_register(page)
    deliver(page, house, "not json")
    (one,) = shown(page)
    assert (one["title"], one["path"]) == ("Aimline", "/")


SUBSCRIBING = """
const keys = { p256dh: "POINT", auth: "SECRET" };
const plain = (text) => atob(text.replaceAll("-", "+").replaceAll("_", "/"));
const bytes = (text) => Uint8Array.from(plain(text), (one) => one.charCodeAt(0)).buffer;
const made = () => ({ endpoint: "ENDPOINT", getKey: (name) => bytes(keys[name]),
  unsubscribe: async () => { localStorage.removeItem("made"); return true; } });
PushManager.prototype.subscribe = async function (options) {
  localStorage.setItem("made", String(options.userVisibleOnly && options.applicationServerKey.length));
  return made();
};
PushManager.prototype.getSubscription = async () => (localStorage.getItem("made") ? made() : null);
"""


def test_a_device_is_let_in_and_out_by_its_buttons(house: House, ada: Viewer, visit: Visit) -> None:
    phone = replace(Receiver(), endpoint=f"https://fcm.googleapis.com/{ada.public_id}")
    page = visit("/account", ada, permissions=["notifications"])
    script = SUBSCRIBING.replace("ENDPOINT", phone.endpoint).replace("POINT", plain(point_of(phone.key)))
    page.context.add_init_script(script.replace("SECRET", plain(phone.secret)))
    page.goto("/account/reminders")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    page.get_by_role("button", name="Remind me on this device").click()
    expect(page.get_by_text("let in with this sign-in")).to_be_visible()
    assert page.evaluate("localStorage.getItem('made')") == "65"
    with house.session() as session:
        assert [one.draft for one in receivers(session, ada.id, datetime.now(UTC))] == [phone.draft]
    page.get_by_role("button", name="Stop reminding on this device").click()
    expect(page.get_by_text("No device is let in yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Remind me on this device")).to_be_visible()
    page.get_by_role("button", name="Remind me on this device").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("That device is not reminded any more.")).to_be_visible()
    expect(page.get_by_role("button", name="Remind me on this device")).to_be_visible()
    assert page.evaluate("localStorage.getItem('made')") is None
    with house.session() as session:
        assert session.scalars(select(PushSubscription).where(PushSubscription.person_id == ada.id)).all() == []


def test_a_browser_that_does_not_allow_it_is_told_where_to_look(ada: Viewer, visit: Visit) -> None:
    page = visit("/account", ada)
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto("/account/reminders")
    page.get_by_role("button", name="Remind me on this device").click()
    expect(page.get_by_text("This browser does not allow it.")).to_be_visible()


def test_without_javascript_the_page_says_that_it_needs_it(ada: Viewer, visit: Visit) -> None:
    page = visit("/account/reminders", ada, javascript=False)
    expect(page.get_by_text("need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Remind me on this device")).to_be_hidden()


def test_today_is_read_offline_with_its_time_and_other_pages_say_so(
    house: House, ada: Viewer, browser: Browser
) -> None:
    watch = Watch(house.address)
    with visits(house, browser, watch) as visit:
        house.goal(ada, "Walk by the river")
        page = visit("/", ada)
        let_register(page)
        page.context.set_offline(True)
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/notices")):
            page.goto("/")
        expect(page.get_by_text("Walk by the river").first).to_be_visible()
        expect(page.locator("#kept")).to_contain_text(str(datetime.now(UTC).year))
        assert page.evaluate("getComputedStyle(document.querySelector('.rail .places')).listStyleType") == "none"
        expect(page.locator("#toast .toast")).to_have_count(0)
        for elsewhere in ("/goals", "/?tag=river"):
            page.goto(elsewhere)
            expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
        page.context.set_offline(False)
        page.goto("/")
        expect(page.locator("#kept")).to_have_count(0)
        page.goto("/account/reminders")
        page.get_by_role("button", name="Do not keep Today on this device").click()
        expect(page.get_by_text("Nothing is kept here any more.")).to_be_visible()
        assert "today" not in names_of_caches(page)
    unforeseen = [one for one in watch.complaints if "ERR_INTERNET_DISCONNECTED" not in one and "htmx:error" not in one]
    assert unforeseen == []  # being offline is said in the console too


def test_nothing_is_kept_where_nobody_asked(ada: Viewer, visit: Visit) -> None:
    page = visit("/", ada)
    page.goto("/goals")
    assert names_of_caches(page) == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_what_was_kept_is_gone_after_signing_out(house: House, ada: Viewer, visit: Visit) -> None:
    house.goal(ada, "Walk by the river")
    page = visit("/", ada)
    let_register(page)
    assert "today" in names_of_caches(page)
    page.goto("/account")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
    assert "today" not in names_of_caches(page)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_what_was_kept_is_gone_once_a_sign_in_is_asked_for(ada: Viewer, visit: Visit) -> None:
    page = visit("/", ada)
    let_register(page)
    page.context.clear_cookies()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
    page.wait_for_function("async () => !(await caches.keys()).includes('today')")


def test_the_browser_finds_nothing_wrong_with_the_manifest(ada: Viewer, visit: Visit) -> None:
    page = visit("/", ada)
    found = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert found["errors"] == []
    assert json.loads(found["data"])["name"] == "Aimline"
    problems = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []
