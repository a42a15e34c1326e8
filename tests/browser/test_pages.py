"""Every page, for everybody: axe finds nothing in light and dark, on phones and desks, mirrored or not; nothing scrolls
sideways, a thumb hits every control, the markup is valid, and no page asks another address or complains."""

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from html5lib import HTMLParser
from html5lib.constants import E
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, Visit, Watch, visits
from tests.browser.scenes import SCENES, Scene
from webapp.domain.people import Viewer
from webapp.domain.tracking import Direction

pytestmark = pytest.mark.browser
journey = pytest.mark.xdist_group("browser")

PHONE, DESK = 360, 1280
TARGET, INLINE_TARGET = 44, 24

BRIEF = {"resultTypes": ["violations"], "selectors": False}
EVERY_RULE = {**BRIEF, "rules": {name: {"enabled": True} for name in ("target-size", "label-content-name-mismatch")}}
OTHER_LOOK = {
    **BRIEF,
    "runOnly": [
        "color-contrast",
        "link-in-text-block",
        "target-size",
        "scrollable-region-focusable",
        "landmark-unique",
    ],
}
"""What can be amiss on another screen, in the dark or from the right when nothing is amiss on a phone in the light."""

FIRST = {scene.name.partition(", ")[0]: scene for scene in reversed(SCENES)}
"""The first scene of each page."""
STATES = ("a ", "amiss", "archived", "checked in", "none", "nothing", "refused", "some chosen")
"""How what is said of a page begins where it is the same page in another state."""

Look = tuple[int, str, str, dict[str, object]]


def looks_at(scene: Scene) -> list[Look]:
    """A page is looked at in both ways, another state of it in one of them; with EVERY_LOOK=1 all are in every way."""
    if os.environ.get("EVERY_LOOK"):
        return [(*look, EVERY_RULE) for look in itertools.product((PHONE, DESK), ("light", "dark"), ("ltr", "rtl"))]
    looks: list[Look] = [(PHONE, "light", "ltr", EVERY_RULE), (DESK, "dark", "rtl", OTHER_LOOK)]
    if scene in FIRST.values() or not scene.name.partition(", ")[2].startswith(STATES):
        return looks
    return [(*looks[SCENES.index(scene) % 2][:3], EVERY_RULE)]


@dataclass
class Shown:
    """A scene on a page, and what was heard of it."""

    scene: Scene
    page: Page
    watch: Watch
    scheme: str = "light"

    def turn(self, width: int, direction: str = "ltr", scheme: str | None = None) -> None:
        """The same page on another screen; in the light it is in where no other is named."""
        if self.page.viewport_size != {"width": width, "height": 800}:
            self.page.set_viewport_size({"width": width, "height": 800})
        if scheme not in (None, self.scheme):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.scheme = scheme or self.scheme
        self.page.evaluate("direction => { document.documentElement.dir = direction }", direction)

    def axe(self, rules: dict[str, object]) -> str:
        """What axe finds, in words; nothing when all is well."""
        ask = "options => axe.run(options)"
        if not self.page.evaluate(ask, rules)["violations"]:
            return ""
        return AxeResults(self.page.evaluate(ask, {**rules, "selectors": True})).generate_report()


@dataclass
class Tour:
    """One page that goes from scene to scene, whoever is looking: a browser of its own for each would take longer than
    looking at it does."""

    house: House
    page: Page
    watch: Watch

    def visit(self, path: str, who: Viewer | None = None, *, width: int = DESK) -> Page:
        """The page, as a browser that was never anywhere would show it."""
        self.page.context.clear_cookies()
        if who is not None:
            self.page.context.add_cookies([self.house.cookie(who)])  # type: ignore[list-item]
        self.watch.complaints.clear()
        self.watch.documents.clear()
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme="light")
        self.page.goto(path)
        return self.page


@pytest.fixture(scope="module")
def tour(house: House, browser: Browser) -> Iterator[Tour]:
    watch = Watch(house.address)
    with visits(house, browser, watch) as visit:
        yield Tour(house, visit("/healthz"), watch)


def halves(scenes: Sequence[Scene]) -> list[Any]:
    """The tests of each scene run in one process, which has half of all scenes."""
    return [
        pytest.param(scene, id=scene.name, marks=pytest.mark.xdist_group(f"pages in a browser, {number % 2}"))
        for number, scene in enumerate(scenes)
    ]


@pytest.fixture(scope="module", params=halves(SCENES))
def shown(request: pytest.FixtureRequest, house: House, tour: Tour) -> Shown:
    """Each page once, for all the tests that follow."""
    return Shown(request.param, request.param.show(house, tour.visit), tour.watch)


LAY_DOWN = """() => document.querySelectorAll("main *").forEach(element => {
  if (getComputedStyle(element).position === "sticky") element.style.position = "static";
})"""
"""What a bar that stays in sight covers comes out when one scrolls: axe knows only where the page stands now."""


def test_axe_finds_nothing(shown: Shown) -> None:
    shown.page.evaluate(Axe().axe_script)
    shown.page.evaluate(LAY_DOWN)
    found = []
    for width, scheme, direction, rules in looks_at(shown.scene):
        shown.turn(width, direction, scheme)
        if report := shown.axe(rules):
            found.append(f"{width} px, {scheme}, {direction}: {report}")
    assert not found, "\n".join(found)


def test_nothing_scrolls_sideways(shown: Shown) -> None:
    wide = []
    for direction, width in (("rtl", DESK), ("ltr", DESK), ("ltr", 768), ("ltr", 320), ("rtl", 320)):
        shown.turn(width, direction)
        needed = shown.page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide.append(f"{direction}, {width} px: {needed}")
    assert not wide


TARGETS = """([floor, inlineFloor]) => {
  const controls = "a[href], button, summary, input:not([type=hidden]), select, textarea";
  const small = [];
  for (const element of document.querySelectorAll(controls)) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".skip, .visually-hidden")) continue;
    const over = getComputedStyle(element, "::after");
    const spread = over.position === "absolute" && over.inset.startsWith("0px") && over.content !== "none";
    const label = element.matches("[type=checkbox], [type=radio]") && element.closest("label");
    const { width, height } = (label || (spread && element.offsetParent) || element).getBoundingClientRect();
    const inline = getComputedStyle(element).display === "inline" && !spread;
    if (!width || (inline ? height >= inlineFloor : height >= floor && width >= floor)) continue;
    small.push(`${width.toFixed(1)} × ${height.toFixed(1)} ${element.outerHTML.slice(0, 110)}`);
  }
  return small;
}"""


def test_a_thumb_hits_every_control(shown: Shown) -> None:
    shown.turn(PHONE)
    assert shown.page.evaluate(TARGETS, [TARGET, INLINE_TARGET]) == []


def test_the_markup_is_valid(shown: Shown) -> None:
    parser = HTMLParser()
    parser.parse(shown.watch.documents[-1].text())
    assert [f"{place}: {E[code] % values}" for place, code, values in parser.errors] == []


def test_the_page_stays_at_home_and_has_nothing_to_complain_of(shown: Shown) -> None:
    assert shown.watch.complaints == []


@journey
def test_any_page_can_be_mirrored(house: House, visit: Visit) -> None:
    page = visit("/?dir=rtl", house.demo["client"])
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    rail = page.get_by_role("navigation", name="Main").bounding_box()
    assert rail is not None
    assert rail["x"] > DESK / 2


@journey
def test_the_longest_words_stay_on_the_page(house: House, visit: Visit) -> None:
    ada = house.person()
    more: dict[str, Any] = {
        "question": "q" * 255,
        "unit": "u" * 40,
        "target": Decimal(999_999_999),
        "direction": Direction.AT_LEAST,
    }
    goal = house.goal(ada, "t" * 255, tags=("g" * 40,), **more)
    for path in ("/", "/goals", goal, f"{goal}/figures"):
        page = visit(path, ada, width=PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, path


@journey
def test_nothing_moves_for_those_who_asked_for_calm(house: House, visit: Visit) -> None:
    page = visit("/", house.demo["client"])
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
      const style = getComputedStyle(element);
      return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
    }).map(element => element.outerHTML.slice(0, 80))"""
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) != []
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == []


@journey
@pytest.mark.parametrize("path", ["/", "/goals", "/calendar", "/calendar?view=week", "/account"])
def test_paper_shows_what_the_screen_shows(path: str, house: House, visit: Visit) -> None:
    page = visit(path, house.demo["client"])
    words = "[...document.querySelectorAll('main :is(h1, h2, h3, p, dd, td)')].filter(e => e.checkVisibility()).length"
    on_screen = page.evaluate(words)
    page.emulate_media(media="print")
    assert page.evaluate(words) >= on_screen > 1
    assert not page.get_by_role("navigation", name="Main").is_visible()
