"""Templates and scripts speak htmx 4: nothing stands in them that only version 2 understood."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import files, name

SOURCES = files("templates", suffixes={".html"}) + files("static/js", suffixes={".js"})
GONE = re.compile(
    r"\bhx-(?:vars|params|prompt|ext|disinherit|inherit|request|history|disabled-elt|sse|ws)\b|\bhx-on:"
    r"|\bhtmx:[a-z]*[A-Z]\w*|\bhtmx:(?:load|validation|xhr)\b"
)
HANDED_DOWN = re.compile(
    r"<(?:body|main|section|div|ol|ul|table)\b[^>]*\shx-(?:headers|sync|target|swap|vals|include)="
)

each_source = pytest.mark.parametrize("path", SOURCES, ids=name)


@each_source
def test_nothing_of_version_two_is_left(path: Path) -> None:
    assert GONE.findall(path.read_text(encoding="utf-8")) == []


@each_source
def test_what_children_shall_inherit_is_marked(path: Path) -> None:
    assert HANDED_DOWN.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["hx-vars='a:1'", "hx-on::after-request", "htmx:afterSwap", "htmx:load"])
def test_the_words_of_version_two_are_known(line: str) -> None:
    assert GONE.search(line)


def test_an_unmarked_attribute_is_noticed() -> None:
    assert HANDED_DOWN.search('<ol class="rows" hx-target="closest li">')
    assert not HANDED_DOWN.search('<body hx-sync:inherited="drop">')
