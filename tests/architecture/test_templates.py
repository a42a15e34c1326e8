"""Templates keep the promises that fragments, the content policy and translators rely on."""

import re
from pathlib import Path

import pytest

from tests.architecture.markup import Template, elements
from tests.architecture.source import files, name

PAGES = files("templates", suffixes={".html"})
MAILS = files("templates", suffixes={".txt"})
FRAGMENTS = [path for path in PAGES if path.name.startswith("_")]
SWAPPED = [path for path in FRAGMENTS if path.parent.name != "templates"]  # the others furnish base.html and stay
LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = {"alt", "aria-description", "aria-label", "aria-roledescription", "label", "placeholder", "summary", "title"}
NOT_LANGUAGE = {"code", "kbd", "samp", "script", "style"}
NAMES = {"Aimline"}

each_page = pytest.mark.parametrize("path", PAGES, ids=name)
each_fragment = pytest.mark.parametrize("path", FRAGMENTS, ids=name)


def test_there_are_templates_to_look_at() -> None:
    assert len(PAGES) > 10
    assert len(FRAGMENTS) > 3


@each_fragment
def test_fragment_says_in_its_first_line_what_it_needs(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert re.fullmatch(r"\{#-?\s*\S.*\S\s*-?#\}", first), f"begin with {{# needs: … #}}, not {first!r}"


@pytest.mark.parametrize("path", SWAPPED, ids=name)
def test_fragment_is_one_element_that_can_be_swapped(path: Path) -> None:
    template = Template.read(path)
    if template.only_macros:
        return
    top, *found = elements(template.markup)
    roots = [element for element in found if element.depth == 1]
    assert not top.texts, f"text beside the root element: {top.texts}"
    assert len(roots) == 1, f"one root element, not {[root.tag for root in roots]}"
    assert roots[0].attributes.get("id"), f"<{roots[0].tag}> needs an id that names the thing"


@each_page
def test_nothing_needs_a_looser_content_policy(path: Path) -> None:
    for element in elements(Template.read(path).whole):
        inline = [word for word in element.attributes if word == "style" or word.startswith(("on", "hx-on"))]
        assert not inline, f"<{element.tag} {inline[0]}> belongs in static/"
        is_mail = path.parent.name == "mail"  # carries its looks along, for it may fetch nothing
        assert element.tag != "style" or is_mail, "styles belong in static/css"
        data = element.attributes.get("type") == "application/json"
        assert element.tag != "script" or data or not element.texts, "scripts belong in static/js"
        address = element.attributes.get("href", "").strip().lower()
        assert not address.startswith("javascript:"), "a link is an address"


@pytest.mark.parametrize("path", PAGES + MAILS, ids=name)
def test_nothing_is_exempt_from_escaping(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|\bautoescape\s+false|\bMarkup\(", source)


@each_page
def test_every_visible_word_can_be_translated(path: Path) -> None:
    bare = []
    for element in elements(Template.read(path).whole):
        said = [] if element.tag in NOT_LANGUAGE else element.texts
        said = said + [value for word, value in element.attributes.items() if word in SPOKEN]
        if element.tag == "input" and element.attributes.get("type") in {"button", "reset", "submit"}:
            said.append(element.attributes.get("value", ""))
        bare += [text for text in said if set(LETTERS.findall(text)) - NAMES]
    assert not bare, f"put into _(…) or trans: {bare}"


def test_every_word_of_a_mail_can_be_translated() -> None:
    found = {name(path): set(LETTERS.findall(Template.read(path).whole)) - NAMES for path in MAILS}
    bare = {path: sorted(words) for path, words in found.items() if words}
    assert not bare, f"put into _(…) or trans: {bare}"
