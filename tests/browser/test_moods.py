"""Journeys through the mood journal: two taps, one tap on the dashboard, taking back, and reading a year."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import House, Visit
from tests.browser.test_ticking import stay, stayed
from webapp.domain.people import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_two_taps_log_a_mood_and_one_takes_it_back(ada: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit("/moods", ada, javascript=javascript, width=360)
    if javascript:
        stay(page)
    page.get_by_role("radio", name="good").check()
    page.get_by_role("button", name="Log mood").click()
    logged = page.locator("#mood-list li")
    expect(logged).to_contain_text("good")
    expect(page.locator("#mood-form input[name=label]:checked")).to_have_count(0)
    if javascript:
        expect(page.locator("#live")).to_have_text("Mood logged.")
        expect(page.get_by_role("button", name="Log mood")).to_be_focused()
    page.get_by_role("group", name="Message").get_by_role("button", name="Undo").click()
    expect(logged).to_have_count(0)
    if javascript:
        assert stayed(page)


def test_one_tap_on_the_dashboard_is_enough(ada: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit("/", ada, javascript=javascript)
    panel = page.locator("#mood-panel")
    panel.get_by_role("button", name="meh").click()
    expect(panel.locator("li").first).to_contain_text("meh")
    panel.get_by_role("link", name="Add reasons or a note").click()
    page.get_by_label("Note").fill("It rains.")
    page.locator("label", has_text="weather").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#mood-list li").first).to_contain_text("It rains.")
    expect(page.locator("#mood-list")).to_contain_text("weather")


def test_a_year_is_read_by_keys_and_opened(house: House, ada: Viewer, visit: Visit) -> None:
    with house.session() as session:
        make.mood(session, ada, 5, ada.today)
    page = visit("/moods/year", ada)
    page.get_by_role("group", name="Days of the year").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".readout")).to_contain_text("1 January")
    box = page.locator(".cells [data-mood='5']").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".readout")).to_contain_text(": rad")
    page.keyboard.press("Enter")
    expect(page.locator("#mood-list li")).to_contain_text("rad")
