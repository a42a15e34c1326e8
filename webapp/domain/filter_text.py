"""Relaxed JSON: what programs write in an address where JSON belongs, read within limits.

Keys may stand bare, texts in single quotes. Everything else is JSON: no comments, no comma at the end, no NaN. A list
holds no lists, so that only objects nest, and what calls itself does so `DEEPEST` times at most.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeAlias

from webapp.domain.errors import Invalid, Problem

LONGEST_TEXT = 4_096
"""Bytes of UTF-8."""
DEEPEST = 5
MOST_ITEMS = 100
LONGEST_NUMBER = 40
LARGEST_EXPONENT = 307
"""Whatever counts with doubles can hold it, and its reciprocal."""
LONGEST_SHOWN = 60
"""Characters of somebody's text that a problem repeats."""

Scalar: TypeAlias = str | Decimal | bool | None
Raw: TypeAlias = "Scalar | list[Raw] | dict[str, Raw]"

_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(
    r"""(?P<mark>[{}\[\],:])"""
    r"""|(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*"|'(?:[^'\\\x00-\x1f]|\\.)*')"""
    r"""|(?P<word>[^\s{}\[\],:"'\\]+)"""
)
_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.-]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def read(text: str, field: str = "filter") -> Raw:
    """The value that stands in the text; raises Invalid about `field` when it is too long (4 KB of UTF-8), too deep,
    holds what cannot be stored, or is no relaxed JSON."""
    check_length(field, text)
    reading = _Reading(field, text)
    value = reading.value(depth=0)
    if reading.kind != "end":
        reading.lost()
    return value


def check_length(field: str, text: str) -> None:
    """Raises Invalid when the text is longer than 4 KB of UTF-8, or has a NUL or half a surrogate pair."""
    if len(text) > LONGEST_TEXT:
        refuse(field, "too_long", longest=LONGEST_TEXT)
    if "\x00" in text or _SURROGATE.search(text):
        refuse(field, "unusable_characters")
    if len(text.encode()) > LONGEST_TEXT:
        refuse(field, "too_long", longest=LONGEST_TEXT)


def refuse(field: str, code: str, **params: object) -> NoReturn:
    """Raises Invalid with one problem; texts it repeats are shortened."""
    short = {name: shown(value) if isinstance(value, str) else value for name, value in params.items()}
    raise Invalid([Problem(field, code, short)])


def shown(text: str) -> str:
    """As much of somebody's text as a problem repeats, without halves of surrogate pairs."""
    return _SURROGATE.sub("\ufffd", text[:LONGEST_SHOWN])


class _Reading:
    """One text, token by token: `kind` is mark, text, word or end, `here` what it says."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        self.rest = text
        self.place = self.after = 0
        self.kind = self.here = ""
        self.step()

    def step(self) -> None:
        """Goes to the next token."""
        space = _SPACE.match(self.rest, self.after)
        self.place = space.end() if space else self.after
        if self.place == len(self.rest):
            self.kind, self.here = "end", ""
            return
        found = _TOKEN.match(self.rest, self.place)
        if found is None or found.lastgroup is None:
            self.kind, self.here = "", self.rest[self.place]
            self.lost()
        self.kind, self.here, self.after = found.lastgroup, found.group(), found.end()

    def lost(self) -> NoReturn:
        refuse(self.field, "not_readable", name=self.here, at=self.place + 1)

    def passes(self, mark: str) -> bool:
        """Goes past this mark, if it is here."""
        if self.kind != "mark" or self.here != mark:
            return False
        self.step()
        return True

    def value(self, depth: int) -> Raw:
        if self.passes("{"):
            return self.members(depth + 1)
        if self.passes("["):
            return self.items(depth)
        return self.scalar()

    def members(self, depth: int) -> dict[str, Raw]:
        if depth > DEEPEST:
            refuse(self.field, "too_deep", name="{", most=DEEPEST)
        found: dict[str, Raw] = {}
        if self.passes("}"):
            return found
        while True:
            key = self.key()
            if key in found:
                refuse(self.field, "twice", name=key)
            if not self.passes(":"):
                self.lost()
            found[key] = self.value(depth)
            if self.passes("}"):
                return found
            if not self.passes(","):
                self.lost()

    def key(self) -> str:
        if self.kind == "text":
            return self.text()
        word = self.here
        if self.kind != "word" or not _KEY.fullmatch(word):
            self.lost()
        self.step()
        return word

    def items(self, depth: int) -> list[Raw]:
        found: list[Raw] = []
        if self.passes("]"):
            return found
        while True:
            found.append(self.members(depth + 1) if self.passes("{") else self.scalar())
            if len(found) > MOST_ITEMS:
                refuse(self.field, "too_many_items", name="[", most=MOST_ITEMS)
            if self.passes("]"):
                return found
            if not self.passes(","):
                self.lost()

    def scalar(self) -> Scalar:
        if self.kind == "text":
            return self.text()
        if self.kind != "word":
            self.lost()
        if self.here in _WORDS:
            value = _WORDS[self.here]
        elif _NUMBER.fullmatch(self.here):
            value = number(self.field, self.here)
        else:
            self.lost()
        self.step()
        return value

    def text(self) -> str:
        said = _ESCAPE.sub(self.unescaped, self.here[1:-1])
        if _SURROGATE.search(said):
            try:
                said = said.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            except UnicodeDecodeError:
                refuse(self.field, "unusable_characters")
        if "\x00" in said:
            refuse(self.field, "unusable_characters")
        self.step()
        return said

    def unescaped(self, found: re.Match[str]) -> str:
        escape = found[1]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _ESCAPED:
            refuse(self.field, "not_readable", name=found[0], at=self.place + 1 + found.start() + 1)
        return _ESCAPED[escape]


def number(field: str, word: str) -> Decimal:
    """The number of a word of digits; Invalid when it is longer than 40 characters or beyond what doubles reach."""
    if len(word) > LONGEST_NUMBER:
        refuse(field, "number_too_large", name=word)
    try:
        value = Decimal(word)
    except InvalidOperation:
        refuse(field, "number_too_large", name=word)
    if not value:
        return Decimal(0)
    if abs(value.adjusted()) > LARGEST_EXPONENT:
        refuse(field, "number_too_large", name=word)
    return value
