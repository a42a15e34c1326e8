"""Every page, for everybody: axe finds nothing in light and dark, on phones and desks, from the left and from the right;
nothing scrolls sideways, everything can be hit by a thumb, and the markup is valid."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from html5lib import HTMLParser
from html5lib.constants import E
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Visit, Watch
from tests.browser.scenes import SCENES, Scene

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

each_scene = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)

EVERYTHING = {
    "resultTypes": ["violations"],
    "rules": {name: {"enabled": True} for name in ("target-size", "label-content-name-mismatch")},
}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["cat.color"]}
PHONE, DESK = 360, 1280
THUMB, INLINE = 44, 24


def turn(page: Page, width: int, scheme: str, direction: str = "ltr") -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)


@each_scene
def test_axe_finds_nothing(scene: Scene, house: House, visit: Visit) -> None:
    page = scene.show(house, visit)
    found = []
    for width in (PHONE, DESK):
        for scheme, direction, options in (
            ("light", "ltr", EVERYTHING),
            ("dark", "ltr", COLOURS),  # what is not a colour is the same in the dark
            ("light", "rtl", EVERYTHING),
        ):
            turn(page, width, scheme, direction)
            results = Axe().run(page, options=options)
            if results.violations_count:
                found.append(f"{width} px, {scheme}, {direction}: {results.generate_report()}")
    assert not found, "\n".join(found)


@each_scene
def test_nothing_scrolls_sideways(scene: Scene, house: House, visit: Visit) -> None:
    page = scene.show(house, visit)
    wide = []
    for direction in ("ltr", "rtl"):
        for width in (320, PHONE, 768, DESK):
            turn(page, width, "light", direction)
            needed = page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                wide.append(f"{direction}, {width} px: {needed}")
    assert not wide


TARGETS = """() => {
  const small = [];
  for (const element of document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) || element.matches(".skip")) continue;
    const over = getComputedStyle(element, "::after");
    const spread = over.position === "absolute" && over.inset.startsWith("0px") && over.content !== "none";
    const label = element.matches("[type=checkbox], [type=radio]") && element.closest("label");
    const hit = label || (spread && element.offsetParent) || element;
    const { width, height } = hit.getBoundingClientRect();
    if (!width || element.closest(".visually-hidden")) continue;
    const inline = getComputedStyle(element).display === "inline" && !spread;
    const floor = inline ? INLINE : THUMB;
    if (height < floor - .5 || (!inline && width < floor - .5))
      small.push(`${Math.round(width)}×${Math.round(height)} ${element.outerHTML.slice(0, 110)}`);
  }
  return small;
}""".replace("THUMB", str(THUMB)).replace("INLINE", str(INLINE))


@each_scene
def test_a_thumb_hits_every_control(scene: Scene, house: House, visit: Visit) -> None:
    page = scene.show(house, visit, width=PHONE)
    assert page.evaluate(TARGETS) == []


@each_scene
def test_the_markup_is_valid(scene: Scene, house: House, visit: Visit, watch: Watch) -> None:
    scene.show(house, visit)
    parser = HTMLParser(strict=False)
    parser.parse(watch.documents[-1].text())
    assert [f"{place}: {E[code] % values}" for place, code, values in parser.errors] == []


def test_any_page_can_be_mirrored(house: House, visit: Visit) -> None:
    page = visit("/?dir=rtl", house.demo["client"])
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    rail = page.get_by_role("navigation", name="Main").bounding_box()
    assert rail is not None
    assert rail["x"] > DESK / 2


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


@pytest.mark.parametrize("path", ["/", "/goals", "/calendar", "/calendar?view=week", "/account"])
def test_paper_shows_what_the_screen_shows(path: str, house: House, visit: Visit) -> None:
    page = visit(path, house.demo["client"])
    words = "[...document.querySelectorAll('main :is(h1, h2, h3, p, dd, td)')].filter(e => e.checkVisibility()).length"
    on_screen = page.evaluate(words)
    page.emulate_media(media="print")
    assert page.evaluate(words) >= on_screen > 1
    assert not page.get_by_role("navigation", name="Main").is_visible()
