"""Journeys of a day: tick, undo, log an amount, skip; in place with JavaScript, by whole pages without."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Visit
from webapp.domain.people import Viewer
from webapp.domain.tracking import Direction

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = {"direction": Direction.AT_LEAST, "target": Decimal(20), "unit": "pages"}


@pytest.fixture
def today(house: House, ada: Viewer) -> Viewer:
    """Ada, with a walk and twenty pages to do every day."""
    house.goal(ada, "Walk")
    house.goal(ada, "Read", **PAGES)
    return ada


def stay(page: Page) -> None:
    """From here on a page load is noticed."""
    page.evaluate("window.sameDocument = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.sameDocument === true")


def test_a_tick_changes_its_row_and_the_tally_and_nothing_else(today: Viewer, visit: Visit) -> None:
    page = visit("/", today)
    stay(page)
    expect(page.locator("#tally")).to_contain_text("0 of 2 done")
    page.get_by_role("button", name="Mark Walk done").click()

    expect(page.get_by_role("button", name="Undo Walk")).to_be_focused()
    expect(page.locator("#tally")).to_contain_text("1 of 2 done")
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 1)
    expect(page.locator("#live")).to_have_text("Walk: Done")
    assert stayed(page)
    page.reload()
    expect(page.get_by_role("button", name="Undo Walk")).to_be_visible()


def test_the_message_offers_undo(today: Viewer, visit: Visit) -> None:
    page = visit("/", today)
    stay(page)
    page.get_by_role("button", name="Mark Walk done").click()
    page.get_by_role("group", name="Message").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Mark Walk done")).to_be_visible()
    expect(page.locator("#tally")).to_contain_text("0 of 2 done")
    expect(page.locator("#live")).to_have_text("Walk is open again")
    assert page.evaluate("document.activeElement !== document.body"), "focus is lost"
    assert stayed(page)


def test_an_amount_is_logged_by_enter_and_counts_when_it_is_enough(today: Viewer, visit: Visit) -> None:
    page = visit("/", today)
    stay(page)
    amount = page.get_by_label("Amount of Read")
    amount.fill("8")
    amount.press("Enter")
    expect(page.locator("form[data-state=partial]")).to_contain_text("Read")
    expect(amount).to_be_focused()
    expect(page.locator("#tally")).to_contain_text("0 of 2 done")
    amount.fill("21.5")
    amount.press("Enter")
    expect(page.locator("form[data-state=done]")).to_contain_text("Read")
    expect(page.locator("#tally")).to_contain_text("1 of 2 done")
    assert stayed(page)


def test_a_wrong_amount_stays_and_is_explained_in_its_row(today: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit("/", today, javascript=javascript)
    amount = page.get_by_label("Amount of Read")
    amount.fill("a lot")
    amount.press("Enter")
    expect(page.locator("form.row p.error")).to_contain_text("Please write a number")
    expect(amount).to_have_value("a lot")
    expect(amount).to_have_accessible_description("Please write a number, like 12.5.")
    amount.fill("20")
    amount.press("Enter")
    expect(page.locator("form[data-state=done]")).to_contain_text("Read")
    expect(page.locator("p.error")).to_have_count(0)


def test_a_day_is_skipped_from_the_menu(today: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit("/", today, javascript=javascript)
    page.locator("summary[aria-label='More for Walk']").click()
    page.get_by_role("button", name="Skip this day").click()
    expect(page.locator("form[data-state=skipped]")).to_contain_text("Walk")
    expect(page.locator("#tally")).to_contain_text("0 of 1 done")


def test_without_javascript_the_same_buttons_lead_through_whole_pages(today: Viewer, visit: Visit) -> None:
    page = visit("/", today, javascript=False)
    page.get_by_role("button", name="Mark Walk done").click()
    expect(page.locator("#tally")).to_contain_text("1 of 2 done")
    page.get_by_role("button", name="Undo Walk").click()
    expect(page.locator("#tally")).to_contain_text("0 of 2 done")
    page.get_by_label("Amount of Read").fill("20")
    page.get_by_role("button", name="Log Read").click()
    expect(page.get_by_role("button", name="Undo Read")).to_be_visible()


def test_a_double_click_says_it_once(today: Viewer, visit: Visit) -> None:
    page = visit("/", today)
    page.get_by_role("button", name="Mark Walk done").dblclick()
    expect(page.locator("form[data-state=done]")).to_contain_text("Walk")
    page.reload()
    expect(page.get_by_role("button", name="Undo Walk")).to_be_visible()
    expect(page.locator("#tally")).to_contain_text("1 of 2 done")


def test_without_the_server_a_tick_says_so_and_changes_nothing(today: Viewer, visit: Visit) -> None:
    page = visit("/", today)
    page.route("**/days/**", lambda route: route.fulfill(status=503, body="busy"))
    page.get_by_role("button", name="Mark Walk done").click()
    expect(page.locator("#toast")).to_contain_text("Nothing was changed")
    expect(page.get_by_role("button", name="Mark Walk done")).to_be_focused()
