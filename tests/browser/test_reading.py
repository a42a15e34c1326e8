"""Journeys of reading: one tap and its undo, pages that move the place to go on from, and a khatm from its preset."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, Visit
from tests.browser.test_ticking import stay, stayed
from webapp.actions import reading_goals
from webapp.domain.people import Viewer
from webapp.domain.quran import WHOLE
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TEN_MINUTES = PlanDraft(Category.QURAN, Asks.TIME, amount=600)
KHATM = PlanDraft(Category.QURAN, Asks.RANGE, span=WHOLE, duration=30, mushaf=4)


def begin(house: House, viewer: Viewer, plan: PlanDraft) -> None:
    with house.session() as session:
        reading_goals.start(session, viewer, plan)


def test_one_tap_says_that_it_is_read_and_undo_takes_it_back(
    house: House, ada: Viewer, visit: Visit, javascript: bool
) -> None:
    begin(house, ada, TEN_MINUTES)
    page = visit("/reading", ada, javascript=javascript, width=360)
    if javascript:
        stay(page)
    card, tap = page.locator("#reading-quran"), page.get_by_role("button", name="I read it: Quran, 10 minutes")
    tap.click()
    expect(card).to_contain_text("Read today: 10 minutes")
    expect(card).to_contain_text("today, all of it read")
    expect(page.locator("#reading-streak")).to_contain_text("1 day in a row")
    expect(tap).to_have_count(0)
    if javascript:
        expect(page.locator("#live")).to_have_text("Logged for today.")
        assert page.evaluate("document.activeElement !== document.body"), "focus is lost"
    page.get_by_role("group", name="Message").get_by_role("button", name="Undo").click()
    expect(tap).to_be_visible()
    expect(card).not_to_contain_text("Read today")
    expect(page.locator("#reading-streak")).not_to_contain_text("in a row, since")
    if javascript:
        assert stayed(page)


def test_one_tap_on_the_page_of_today(house: House, ada: Viewer, visit: Visit, javascript: bool) -> None:
    begin(house, ada, TEN_MINUTES)
    page = visit("/", ada, javascript=javascript)
    panel = page.locator("#next-reading")
    panel.get_by_role("button", name="I read it").click()
    expect(panel).to_contain_text("Read for today")
    page.get_by_role("group", name="Message").get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="I read it")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/$"))


def test_pages_that_are_logged_move_the_place_to_go_on_from(
    house: House, ada: Viewer, visit: Visit, javascript: bool
) -> None:
    begin(house, ada, KHATM)
    page = visit("/reading", ada, javascript=javascript, width=360)
    if javascript:
        stay(page)
    card = page.locator("#reading-quran")
    expect(card).to_contain_text("Continue at 1:1")
    card.locator("summary", has_text="Log something else").click()
    card.get_by_label("From page").fill("1")
    card.get_by_label("To page").fill("605")
    card.get_by_role("button", name="Log it").click()
    expect(card.locator("p.error")).to_be_visible()
    expect(card.get_by_label("From page")).to_have_value("1")
    card.get_by_label("To page").fill("3")
    card.get_by_role("button", name="Log it").click()
    expect(card).to_contain_text("Continue at 2:17")
    expect(card).to_contain_text("Read today: 1:1–2:16")
    if javascript:
        assert stayed(page)
    page.reload()
    expect(card).to_contain_text("Continue at 2:17")


def test_a_khatm_begins_with_its_preset_and_shows_the_portion_of_today(
    ada: Viewer, visit: Visit, javascript: bool
) -> None:
    page = visit("/reading", ada, javascript=javascript, width=360)
    page.get_by_role("link", name="The whole Quran in 30 days").click()
    preview = page.locator("#preview")
    expect(preview.locator("li")).to_have_count(7)
    expect(preview.locator("li").first).to_contain_text("1:1–2:")
    page.get_by_label("How many days").fill("5")
    if javascript:
        page.get_by_label("How many days").blur()
    else:
        page.get_by_role("button", name="Preview").click()
    expect(preview.locator("li")).to_have_count(5)
    page.get_by_label("How many days").fill("30")
    page.get_by_role("button", name="Begin today").click()
    page.wait_for_url("**/reading")
    card = page.locator("#reading-quran")
    expect(card).to_contain_text("The whole Quran, 1:1–114:6 in 30 days")
    expect(card).to_contain_text("To read today: 1:1–2:")
    expect(card.get_by_role("button", name="I read it")).to_be_visible()
