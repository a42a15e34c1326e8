"""Journeys through the account: how pages look and days run, which devices are signed in, and bringing a history."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House, Visit
from tests.domain.imports.loop_files import Habit, new_export
from webapp.domain.people import Viewer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_choose_the_dark_look_and_another_time_zone(ada: Viewer, visit: Visit, javascript: bool) -> None:
    page = visit("/account", ada, javascript=javascript)
    page.get_by_role("radio", name="Dark").check()
    page.get_by_label("Time zone").select_option("Pacific/Kiritimati")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper.startswith("oklch(0.2"), paper
    page.goto("/")
    tomorrow = ada.now + timedelta(hours=14)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{tomorrow.day} {tomorrow:%B}")


def test_see_the_devices_and_sign_one_out(ada: Viewer, visit: Visit, javascript: bool) -> None:
    other = visit("/account", ada)
    page = visit("/account", ada, javascript=javascript)
    devices = page.locator("[id^=session-]")
    expect(devices).to_have_count(2)
    expect(devices.filter(has_text="this device")).to_have_count(1)
    devices.filter(has_not_text="this device").get_by_role("button", name="End").click()
    expect(page.get_by_text("That device is signed out.")).to_be_visible()
    expect(devices).to_have_count(1)
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text("Welcome back")


def test_bring_a_history_from_loop(house: House, ada: Viewer, visit: Visit, javascript: bool) -> None:
    days = [(ada.today - timedelta(days=ago)).isoformat() for ago in range(1, 6)]
    export = new_export(Habit("Meditate", checkmarks=[(day, "YES_MANUAL", "on the roof") for day in days]))
    page = visit("/account", ada, javascript=javascript)
    page.get_by_role("link", name="Bring it").click()
    file = {"name": "Loop Habits CSV.zip", "mimeType": "application/zip", "buffer": export}
    page.get_by_label("File", exact=True).set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Show what is inside").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this file brings")
    expect(page.get_by_role("main")).to_contain_text("5 entries are added.")
    page.get_by_role("button", name="Import 1 goal and 5 entries").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your history is here")
    page.goto("/goals")
    page.get_by_role("link", name="Meditate").click()
    expect(page.locator(f"#on-{days[0]}")).to_contain_text("on the roof")


def test_a_file_that_is_no_export_is_explained_at_its_field(ada: Viewer, visit: Visit) -> None:
    page = visit("/import", ada)
    file = {"name": "holiday.zip", "mimeType": "application/zip", "buffer": b"not a zip at all"}
    page.get_by_label("File", exact=True).set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Show what is inside").click()
    expect(page.locator("p.error")).to_be_visible()
    expect(page.get_by_label("File", exact=True)).to_have_attribute("aria-invalid", "true")
