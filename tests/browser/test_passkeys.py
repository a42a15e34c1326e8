"""Passkeys with a real browser and a device of its own making: set up, used alone and after the password, removed."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import House, Visit
from tests.visitors import PASSWORD
from webapp.domain.people import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """The browser has a device that makes passkeys and asks nobody."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def add_passkey(page: Page, name: str = "My laptop") -> None:
    page.goto("/account/two-factor")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make a passkey").click()


def type_password(page: Page, viewer: Viewer) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(viewer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login")


def test_set_up_a_passkey_sign_in_with_it_and_remove_it(ada: Viewer, visit: Visit) -> None:
    page = visit("/login")
    plug_in(page)
    type_password(page, ada)
    expect(page.get_by_role("link", name="Plan a goal")).to_be_visible()
    add_passkey(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.get_by_role("link", name="I have them").click()
    expect(page.locator("#passkeys")).to_contain_text("My laptop")

    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Plan a goal")).to_be_visible()

    sign_out(page)
    type_password(page, ada)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Plan a goal")).to_be_visible()

    page.goto("/account/two-factor")
    page.locator("#passkeys summary").click()
    page.get_by_role("link", name="Remove My laptop").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(
        "That passkey could not be checked. Try once more, or go on another way."
    )
    type_password(page, ada)
    expect(page.get_by_role("link", name="Plan a goal")).to_be_visible()


def test_the_same_device_holds_one_passkey(ada: Viewer, visit: Visit) -> None:
    page = visit("/account/two-factor", ada)
    plug_in(page)
    add_passkey(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    add_passkey(page, "Again")
    expect(page.get_by_role("alert")).to_have_text("A passkey of yours is on this device already.")
    page.goto("/account/two-factor")
    expect(page.locator("#passkeys li")).to_have_count(1)


def test_who_is_not_known_to_the_device_is_told_calmly(visit: Visit) -> None:
    page = visit("/login")
    session, number = plug_in(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    button = page.get_by_role("button", name="Use a passkey")
    button.click()
    expect(page.get_by_role("alert")).to_have_text("Your device was not asked, or found no passkey of yours.")
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_a_page_whose_sign_in_is_old_leads_to_the_proof(house: House, ada: Viewer, visit: Visit) -> None:
    page = visit("/account/two-factor/passkeys", ada)
    plug_in(page)
    page.context.clear_cookies()
    page.get_by_label("Name").fill("Late")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_without_scripts_the_pages_say_what_is_needed(ada: Viewer, visit: Visit) -> None:
    page = visit("/account/two-factor/passkeys", ada, javascript=False)
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
    page.context.clear_cookies()
    page.goto("/login")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
