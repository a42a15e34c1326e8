"""The description of the contracts: a list without scripts, a viewer with them, and no other address is asked."""

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from html5lib import HTMLParser
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import House, Visit
from webapp.domain.tokens import Contract

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TICK = "/api/v1/tracking/goals/{goalid}/tracking"
LISTED = {
    Contract.TRACKING: f"PUT {TICK}",
    Contract.OBJECTIVES: "POST /api/v2/metrics/{metric_id}/checkin",
    Contract.PROFILES: "GET /api/v1/profiles/overview/",
    Contract.READING: "GET /auth/v1/goals/get-todays-plan",
}
FEWEST = {Contract.TRACKING: 11, Contract.OBJECTIVES: 11, Contract.PROFILES: 4, Contract.READING: 10}
"""An operation that stands in the list of each contract."""

PHONE = 360
DRAWN = ".explorer"
"""What the viewer draws is its makers' to mend (docs/decisions/0012)."""


def part(page: Page, contract: Contract) -> Locator:
    """What the page says of one contract."""
    return page.get_by_role("region", name=contract.capitalize(), exact=True)


def axe(page: Page, rules: dict[str, object]) -> str:
    """What axe finds outside of the viewer, in words; nothing when all is well."""
    page.evaluate(Axe().axe_script)
    found = page.evaluate("([place, rules]) => axe.run({ exclude: [place] }, rules)", [DRAWN, rules])
    return AxeResults(found).generate_report() if found["violations"] else ""


def test_the_viewer_shows_every_operation(visit: Visit) -> None:
    page = visit("/api/docs")
    for contract in Contract:
        listed = part(page, contract).locator(".operations li")
        assert listed.count() >= FEWEST[contract]
        expect(part(page, contract).locator(".explorer .opblock")).to_have_count(listed.count())
        expect(listed.first).to_be_hidden()
    tick = page.locator(".explorer .opblock", has_text=TICK).first
    tick.locator("button.opblock-summary-control").click()
    expect(tick.get_by_text("Scope:")).to_be_visible()
    expect(tick.get_by_text("iscompleted").first).to_be_visible()


def test_a_token_can_be_tried_in_the_viewer(house: House, visit: Visit) -> None:
    """The policy of the pages lets the viewer ask our own address, and what it typed is kept nowhere."""
    page = visit("/api/docs")
    tracking = part(page, Contract.TRACKING).locator(".explorer")
    tracking.locator("button.authorize").first.click()
    tracking.locator(".auth-container input").fill("aimline_tracking_x")
    tracking.locator(".auth-btn-wrapper button.authorize").click()
    tracking.locator(".auth-btn-wrapper button.btn-done").click()
    operation = tracking.locator(".opblock", has_text="/api/v1/tracking/moods").first
    operation.locator("button.opblock-summary-control").click()
    operation.locator("button.try-out__btn").click()
    with page.expect_response("**/api/v1/tracking/moods*") as asked:
        operation.locator("button.execute").click()
    assert asked.value.status == 401
    assert asked.value.request.headers["authorization"] == "Bearer aimline_tracking_x"
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.parametrize("contract", Contract)
def test_without_scripts_the_list_stands_there(visit: Visit, contract: Contract) -> None:
    page = visit("/api/docs", javascript=False)
    ours = part(page, contract)
    expect(ours.get_by_text(LISTED[contract], exact=True)).to_be_visible()
    expect(ours.locator(DRAWN)).to_be_hidden()
    ours.get_by_role("link", name="The whole description").click()
    whole = page.locator("body").inner_text()
    assert '"openapi": "3.1.0"' in whole
    assert f'"{LISTED[contract].partition(" ")[2]}"' in whole


@pytest.mark.parametrize("width", [320, 1280])
def test_our_own_part_is_for_everybody(visit: Visit, width: int) -> None:
    page = visit("/api/docs", width=width)
    roomy = width > PHONE
    for contract in Contract:
        ours = part(page, contract)
        expect(ours.locator(DRAWN if roomy else ".operations")).to_be_visible()
        expect(ours.locator(".operations" if roomy else DRAWN)).to_be_hidden()
    parser = HTMLParser()
    parser.parse(page.request.get("/api/docs").text())
    assert parser.errors == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        report = axe(page, {"resultTypes": ["violations"]})
        assert not report, f"{scheme}: {report}"


def test_no_other_page_loads_the_viewer(house: House, visit: Visit) -> None:
    for path in ("/", "/account", "/account/tokens"):
        assert "swagger" not in visit(path, house.demo["client"]).content(), path
