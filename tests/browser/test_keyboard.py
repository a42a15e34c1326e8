"""Journeys without a mouse: Tab reaches everything, Enter, Space and arrows use it, and the focus is never lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import House, Visit
from tests.visitors import PASSWORD
from webapp.domain.people import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


UNSEEN = """() => {
  const at = document.activeElement;
  const chip = at.matches("input[type=radio], input[type=checkbox]") ? at.nextElementSibling : null;
  const ringed = [at, chip].some(one => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && style.opacity !== "0";
  });
  const buttoned = ["date", "time"].includes(at.type);  // their button has the browser's own ring
  return ringed || buttoned ? "" : at.outerHTML.slice(0, 120);
}"""


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until it is there; whatever is passed shows that it has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        unseen = page.evaluate(UNSEEN)
        assert not unseen, f"no focus to be seen on {unseen}"
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{wanted} is not reached in {most} steps")


def test_a_day_by_keyboard_alone(house: House, ada: Viewer, visit: Visit) -> None:
    house.goal(ada, "Walk")
    page = visit("/login")
    page.keyboard.type(ada.email)  # the field has the focus already
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#tally")).to_contain_text("0 of 1 done")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Mark Walk done"), most=4)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Undo Walk")).to_be_focused()
    expect(page.locator("#tally")).to_contain_text("1 of 1 done")

    more = page.locator("summary[aria-label='More for Walk']")
    tab_to(page, more, most=3)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Skip this day")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Skip this day")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Skip this day"), most=2)
    page.keyboard.press("Enter")
    expect(page.locator("form[data-state=skipped]")).to_contain_text("Walk")
    assert page.evaluate("document.activeElement !== document.body"), "focus is lost"

    tab_to(page, page.get_by_role("group", name="Message").get_by_role("button", name="Undo"), most=12)
    page.keyboard.press("Enter")
    expect(page.locator("form[data-state=done]")).to_contain_text("Walk")
    assert page.evaluate("document.activeElement !== document.body"), "focus is lost"


def test_plan_a_goal_by_keyboard_alone(ada: Viewer, visit: Visit) -> None:
    page = visit("/", ada)
    tab_to(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="New goal"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/goals/new")
    tab_to(page, page.get_by_label("What do you aim at?"))
    page.keyboard.type("Stretch")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Daily")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Chosen weekdays")).to_be_checked()
    tab_to(page, page.get_by_role("checkbox", name="Sat"))
    page.keyboard.press("Space")
    expect(page.locator("#preview li").first).to_contain_text("Sat")
    tab_to(page, page.get_by_role("button", name="Save goal"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stretch")


def test_arrows_walk_through_the_month(house: House, ada: Viewer, visit: Visit) -> None:
    house.goal(ada, "Walk")
    middle = ada.today.replace(day=15)
    page = visit(f"/calendar?day={middle}", ada)
    page.locator(f"#date-{middle}").focus()
    for key, day in (
        ("ArrowRight", middle + timedelta(days=1)),
        ("ArrowDown", middle + timedelta(days=8)),
        ("ArrowLeft", middle + timedelta(days=7)),
        ("ArrowUp", middle),
        ("Home", middle - timedelta(days=middle.weekday())),
        ("End", middle + timedelta(days=6 - middle.weekday())),
    ):
        page.keyboard.press(key)
        expect(page.locator(f"#date-{day}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name=f"Sunday, {day.day} ")).to_be_visible()
    page.locator(f"#date-{day}").focus()
    page.keyboard.press("PageUp")
    expect(page.locator(".stepper span")).to_have_text(f"{middle.replace(day=1) - timedelta(days=1):%B %Y}")
