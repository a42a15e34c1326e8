"""Journeys through the calendar and a goal's own days: looking back, correcting, ticking in every view."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import House, Visit
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def walk(house: House, ada: Viewer) -> str:
    """The address of a walk for every day since two weeks ago."""
    return house.goal(ada, "Walk", when=make.schedule(Frequency.DAILY, ada.today - timedelta(days=14)))


def days_ago(page: Page, ada: Viewer, days: int) -> str:
    """How the calendar writes that day: "19 November"."""
    day = ada.today - timedelta(days=days)
    return f"{day.day} {day:%B}"


def test_correct_a_past_day_in_the_month(walk: str, ada: Viewer, visit: Visit, javascript: bool) -> None:
    day = ada.today - timedelta(days=3)
    page = visit(f"/calendar?day={day}", ada, javascript=javascript)
    words = days_ago(page, ada, 3)
    page.locator("#month").get_by_role("button", name=f"Mark Walk done, {words}", exact=True).click()
    undo = page.locator("#month").get_by_role("button", name=f"Undo Walk, {words}", exact=True)
    expect(undo).to_be_visible()
    if javascript:
        expect(undo).to_be_focused()
    expect(page.get_by_role("heading", level=2, name=words)).to_be_visible()
    expect(page.locator("#day").get_by_role("button", name="Undo Walk")).to_be_visible()


def test_on_a_phone_the_chosen_day_stands_under_the_month(
    walk: str, ada: Viewer, visit: Visit, javascript: bool
) -> None:
    day = ada.today - timedelta(days=2)
    page = visit("/calendar", ada, javascript=javascript, width=360)
    page.locator(f"#date-{day}").click()
    expect(page.get_by_role("heading", level=2, name=days_ago(page, ada, 2))).to_be_in_viewport()
    page.locator("#day").get_by_role("button", name="Mark Walk done").click()
    expect(page.locator("#day").get_by_role("button", name="Undo Walk")).to_be_visible()
    expect(page.locator(f"#date-{day}")).to_contain_text("1/1")


def test_correct_a_past_day_on_the_goals_page(walk: str, ada: Viewer, visit: Visit, javascript: bool) -> None:
    day = ada.today - timedelta(days=4)
    page = visit(f"/calendar?day={day}", ada, javascript=javascript)
    page.locator("#day").get_by_role("button", name="Mark Walk done").click()
    expect(page.locator("#day").get_by_role("button", name="Undo Walk")).to_be_visible()
    page.goto(walk)
    row = page.locator(f"#on-{day}")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Not done").click()
    expect(row).to_contain_text("Not done")
    expect(row).to_be_in_viewport()
    row.get_by_role("link").click()
    page.get_by_label("Note").fill("Only once round the block")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(row).to_contain_text("Done")
    expect(row.locator(".comment")).to_have_text("Only once round the block")


def test_the_last_correction_of_a_long_list_can_be_reached(walk: str, ada: Viewer, visit: Visit) -> None:
    page = visit(walk, ada)
    last = page.locator("table.history tbody tr").last
    last.get_by_role("link").click()
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(last).to_contain_text("Skipped")
    expect(last).to_be_in_viewport()


def test_record_a_day_that_is_not_listed(walk: str, ada: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit(walk, ada, javascript=javascript)
    page.get_by_text("Record another day").click()
    day = ada.today - timedelta(days=1)
    page.get_by_label("Day", exact=True).fill(day.isoformat())
    page.locator("details.more-days").get_by_role("button", name="Done").click()
    expect(page.locator(f"#on-{day}")).to_contain_text("Done")


def test_tick_in_the_week_and_in_the_list(walk: str, ada: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit("/calendar?view=week", ada, javascript=javascript)
    words = days_ago(page, ada, 0)
    page.get_by_role("button", name=f"Mark Walk done, {words}", exact=True).click()
    expect(page.get_by_role("button", name=f"Undo Walk, {words}", exact=True)).to_be_visible()
    page.get_by_role("link", name="List", exact=True).click()
    today = page.locator(f"#on-{ada.today}")
    today.get_by_role("button", name="Undo Walk").click()
    expect(today.get_by_role("button", name="Mark Walk done")).to_be_visible()
    expect(page.get_by_role("link", name="List", exact=True)).to_have_attribute("aria-current", "page")


def test_step_through_the_months_and_back_to_today(walk: str, ada: Viewer, visit: Visit) -> None:
    page = visit("/calendar", ada)
    title = page.locator(".stepper span").inner_text()
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator(".stepper span")).not_to_have_text(title)
    page.get_by_role("main").get_by_role("link", name="Today").click()
    expect(page.locator(".stepper span")).to_have_text(title)
