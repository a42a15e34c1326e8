"""Journeys of a goal: planned with a preview of its dates, changed, put away and taken back."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, Visit
from webapp.domain.people import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_plan_a_goal_for_chosen_weekdays_and_see_its_dates_meanwhile(ada: Viewer, visit: Visit) -> None:
    page = visit("/goals/new", ada)
    page.get_by_label("What do you aim at?").fill("Practise the cello")
    preview = page.locator("#preview")
    expect(preview.get_by_role("listitem")).to_have_count(6)
    expect(preview.get_by_role("listitem").first).to_contain_text("today")

    page.get_by_role("radio", name="Chosen weekdays").check()
    expect(preview).to_contain_text("Choose the days to see the dates.")
    page.get_by_role("checkbox", name="Tue").check()
    page.get_by_role("checkbox", name="Thu").check()
    expect(preview).to_contain_text("Tue, Thu")
    expect(page.get_by_role("checkbox", name="Thu")).to_be_focused()
    dates = preview.get_by_role("listitem").all_inner_texts()
    assert len(dates) == 6
    assert all(date.startswith(("Tue", "Thu")) for date in dates), dates

    page.get_by_label("Target date").fill((ada.today + timedelta(days=9)).isoformat())
    expect(preview.get_by_role("listitem")).not_to_have_count(6)
    page.get_by_role("button", name="Save goal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Practise the cello")
    expect(page.get_by_text("Your goal is planned.")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text("Tue, Thu")


def test_without_javascript_a_button_shows_the_dates(ada: Viewer, visit: Visit) -> None:
    page = visit("/goals/new", ada, javascript=False)
    page.get_by_label("What do you aim at?").fill("Practise the cello")
    page.get_by_role("radio", name="Chosen weekdays").check()
    page.get_by_role("checkbox", name="Wed").check()
    page.get_by_role("button", name="Show the dates").click()
    dates = page.locator("#preview").get_by_role("listitem")
    expect(dates).to_have_text([re.compile("^Wed")] * 6)
    expect(page.get_by_label("What do you aim at?")).to_have_value("Practise the cello")
    page.get_by_role("button", name="Save goal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Practise the cello")
    expect(page.locator("dl.facts")).to_contain_text("Wed")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    ada: Viewer, visit: Visit, javascript: bool
) -> None:
    page = visit("/goals/new", ada, javascript=javascript)
    page.get_by_label("Description").fill("Every note counts")
    page.get_by_role("checkbox", name="Count an amount").check()
    page.get_by_label("Amount", exact=True).fill("plenty")
    page.get_by_role("button", name="Save goal").click()
    expect(page.get_by_label("What do you aim at?")).to_have_accessible_description("Please fill this in.")
    amount = page.get_by_label("Amount", exact=True)
    expect(amount).to_have_value("plenty")
    expect(amount).to_have_accessible_description("Please write a number, like 12.5.")
    expect(page.get_by_label("Description")).to_have_value("Every note counts")


def test_archive_and_bring_back(house: House, ada: Viewer, visit: Visit, javascript: bool) -> None:
    house.goal(ada, "Walk")
    page = visit("/goals", ada, javascript=javascript)
    page.locator("summary[aria-label='More for Walk']").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Archived. Its history stays.")).to_be_visible()
    expect(page.get_by_role("link", name="Walk")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Walk")
    page.goto("/goals")
    expect(page.get_by_role("link", name="Walk")).to_be_visible()


def test_delete_and_take_it_back(house: House, ada: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit(house.goal(ada, "Walk"), ada, javascript=javascript)
    page.locator("summary[aria-label='More for this goal']").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted, with its history.")).to_be_visible()
    expect(page.get_by_role("link", name="Walk")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Walk")


def test_filters_apply_at_once_with_javascript_and_by_a_button_without(
    house: House, ada: Viewer, visit: Visit, javascript: bool
) -> None:
    for title in ("Walk", "Ask for the bill"):
        house.goal(ada, title)
    page = visit("/goals", ada, javascript=javascript)
    expect(page.locator("#goals h3")).to_have_text(["Walk", "Ask for the bill"])
    page.get_by_label("Order").select_option("By name")
    if javascript:
        expect(page.get_by_role("button", name="Show")).to_be_hidden()
    else:
        page.get_by_role("button", name="Show").click()
    expect(page.locator("#goals h3")).to_have_text(["Ask for the bill", "Walk"])
    page.get_by_label("Search goals").fill("bill")
    page.get_by_label("Search goals").press("Enter")
    expect(page.locator("#goals h3")).to_have_text(["Ask for the bill"])
