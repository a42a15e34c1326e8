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


def test_a_missing_face_is_said_and_shown(ada: Viewer, visit: Visit) -> None:
    page = visit("/moods", ada, width=360)
    expect(page.get_by_role("link", name="Help now")).to_be_in_viewport()
    page.get_by_role("button", name="Log mood").click()
    expect(page.locator("#live")).to_have_text("Choose how you are first.")
    expect(page.locator("#mood-form input[name=label]").first).to_be_focused()
    expect(page.locator("#label-error")).to_be_in_viewport()


def test_time_runs_one_way_whatever_way_words_run(house: House, ada: Viewer, visit: Visit) -> None:
    with house.session() as session:
        make.mood(session, ada, 5, ada.today)
    page = visit("/moods/statistics?dir=rtl", ada)
    first, last = (page.locator(".mood-trend figcaption span").nth(at).bounding_box() for at in (0, 1))
    assert first is not None
    assert last is not None
    assert first["x"] < last["x"]
    page.goto(page.url.replace("statistics", "year"))
    chart, name = page.locator(".board svg").bounding_box(), page.locator(".board text").last.bounding_box()
    assert chart is not None
    assert name is not None
    assert chart["x"] <= name["x"] < chart["x"] + 50


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
