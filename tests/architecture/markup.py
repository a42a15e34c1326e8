"""Templates as a reader of markup sees them, without filling them in.

An expression stands as `0`; of `{% if %}` only the first branch is kept, so that two answers do not look like two
roots; what stands in a macro, a trans or a set block is told apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


@dataclass
class Template:
    """The pieces of one template file."""

    source: str
    markup: str = ""
    whole: str = ""  # with every branch and every macro
    macros: int = 0

    @classmethod
    def read(cls, path: Path) -> "Template":
        template = cls(path.read_text(encoding="utf-8"))
        template._walk()
        return template

    @property
    def only_macros(self) -> bool:
        return self.macros > 0 and not self.markup.strip()

    def _walk(self) -> None:
        opened: list[str] = []  # the blocks around the current place; "else" where a branch is left out
        tokens = iter([(kind, value) for _, kind, value in JINJA.lex(self.source) if kind != "whitespace"])
        for kind, value in tokens:
            if kind == "data":
                self._add(value, opened)
            elif kind == "variable_begin":
                _skip(tokens, "variable_end")
                self._add("0", opened)
            elif kind == "block_begin":
                self._step(_skip(tokens, "block_end"), opened)
            elif kind == "raw_begin":
                opened.append("raw")
            elif kind == "raw_end":
                opened.pop()

    def _add(self, text: str, opened: list[str]) -> None:
        if "trans" in opened:
            return
        self.whole += text
        if not {"else", "macro", "set"} & set(opened):
            self.markup += text

    def _step(self, words: list[str], opened: list[str]) -> None:
        word = words[0]
        if word.startswith("end"):
            opened.pop()
            if word == "endtrans":
                self._add("0", opened)
        elif word in {"elif", "else"}:
            opened[-1] = "else"
        elif word == "set" and "=" not in words:
            opened.append("set")
        elif word in {"autoescape", "block", "call", "filter", "for", "if", "macro", "trans", "with"}:
            self.macros += word == "macro"
            opened.append(word)


def _skip(tokens: Iterator[tuple[str, str]], end: str) -> list[str]:
    words: list[str] = []
    for kind, value in tokens:
        if kind == end:
            break
        words.append(value)
    return words


@dataclass
class Element:
    """One element with its attributes, where it stands and the bare text directly inside it."""

    tag: str
    attributes: dict[str, str]
    depth: int
    texts: list[str] = field(default_factory=list)


def elements(markup: str) -> list[Element]:
    """Every element of the markup, in order; the first stands for the markup itself and holds the text beside roots."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = [Element("", {}, 0)]
        self.opened = [self.found[0]]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._meet(tag, attributes)
        if tag not in VOID:
            self.opened.append(self.found[-1])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._meet(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        while len(self.opened) > 1 and self.opened.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.opened[-1].texts.append(data.strip())

    def _meet(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append(Element(tag, {name: value or "" for name, value in attributes}, len(self.opened)))
