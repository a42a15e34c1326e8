"""Journeys through the door: signing up, in and out."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, Visit
from tests.visitors import PASSWORD
from webapp.domain.people import Viewer
from webapp.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_sign_up_confirm_by_mail_and_sign_in(house: House, visit: Visit, javascript: bool) -> None:
    address = f"new.{javascript}@example.org".lower()
    page = visit("/signup", javascript=javascript, timezone_id="Asia/Tokyo")
    page.get_by_label("How shall we call you?").fill("Grace")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    if not javascript:
        page.get_by_label("Time zone").select_option("Asia/Tokyo")
    for consent in page.get_by_role("checkbox").all():
        consent.check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    link = house.link_for(address)
    page.goto(link)
    page.goto(link)  # looking uses nothing up
    page.get_by_role("button", name="Confirm and begin").click()
    expect(page.get_by_text("Your account is ready.")).to_be_visible()

    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Plan a goal")).to_be_visible()
    with house.session() as session:
        person = session.query(Person).filter_by(email_key=address).one()
        assert person.zone == "Asia/Tokyo"


def test_mail_opened_in_another_browser_asks_for_the_password(house: House, visit: Visit, javascript: bool) -> None:
    address = f"elsewhere.{javascript}@example.org".lower()
    page = visit("/signup", javascript=javascript)
    page.get_by_label("How shall we call you?").fill("Grace")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    for consent in page.get_by_role("checkbox").all():
        consent.check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")

    phone = visit(house.link_for(address), javascript=javascript, width=360)
    phone.get_by_label("Password").fill("not this one, surely")
    phone.get_by_role("button", name="Confirm and begin").click()
    expect(phone.get_by_label("Password")).to_have_accessible_description(re.compile("not the password you chose"))
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Confirm and begin").click()
    expect(phone.get_by_text("Your account is ready.")).to_be_visible()


def test_a_wrong_password_keeps_the_address_and_says_so_at_the_top(ada: Viewer, visit: Visit) -> None:
    page = visit("/login")
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password").fill("not this one, surely")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("E-mail")).to_have_value(ada.email)
    expect(page.get_by_label("Password")).to_be_focused()


def test_the_page_asked_for_opens_after_signing_in(ada: Viewer, visit: Visit) -> None:
    page = visit("/calendar?view=week")
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calendar")
    expect(page.get_by_role("link", name="Week", exact=True)).to_have_attribute("aria-current", "page")


def test_after_signing_out_the_back_button_shows_nothing_private(
    house: House, ada: Viewer, visit: Visit, javascript: bool
) -> None:
    house.goal(ada, "Nobody else reads this")
    page = visit("/", ada, javascript=javascript)
    expect(page.get_by_text("Nobody else reads this")).to_be_visible()
    page.goto("/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
        assert "Nobody else reads this" not in page.content()
        assert ada.email not in page.content()
