"""`$regex` of the filter language: as an escaped LIKE where that says the same, else by RE2; never by Python's `re`.

A pattern is searched for anywhere in the text and minds case, unless it begins with `(?i)`. A dot is any character,
line ends too. What SQL answers without case folds A to Z only, on both databases; RE2 folds every alphabet.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import re2  # type: ignore[import-untyped]
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from webapp.domain.filter_text import refuse
from webapp.models.engine import AnySession
from webapp.queries.comparisons import Column

MOST_MEMORY = 4 * 1024 * 1024
"""Bytes for one compiled pattern: with less RE2 falls back to a way that takes a hundred times as long."""
PATIENCE = 1
"""Seconds that searching may take, in the database and here."""
ROWS_AT_ONCE = 5_000
CANCELLED = "57014"
"""What PostgreSQL says of a statement that took too long."""

_PIECE = re.compile(r"(?P<any>\.\*\??)|\\(?P<escaped>[ -/:-@\[-`{-~])|(?P<plain>[^\\^$.|?*+()\[\]{}])")
_FOLDED = "(?i)"


class bytewise(FunctionElement[str]):  # noqa: N801 - reads like the function it is
    """A text that compares by its UTF-8 bytes, whatever the database's language."""

    inherit_cache = True
    type = String()


class _Like(FunctionElement[bool]):
    """Text, its pattern as LIKE has it, and as GLOB has it: SQLite's LIKE does not mind case."""

    inherit_cache = True
    type = Boolean()


class _FoldedLike(FunctionElement[bool]):
    """Text and its pattern as LIKE has it; A to Z are a to z."""

    inherit_cache = True
    type = Boolean()


@dataclass(frozen=True, slots=True)
class Plain:
    """A pattern that is texts with anything between them."""

    pieces: tuple[str, ...]
    from_start: bool
    to_end: bool
    folded: bool

    def like(self) -> str:
        """For LIKE … ESCAPE '/'."""
        return self._with("%", {"%": "/%", "_": "/_", "/": "//"})

    def glob(self) -> str:
        return self._with("*", {"*": "[*]", "?": "[?]", "[": "[[]"})

    def holds(self, column: Column) -> ColumnElement[bool]:
        """True for rows with a text that matches; null where there is none."""
        like = literal(self.like(), String())
        return _FoldedLike(column, like) if self.folded else _Like(column, like, literal(self.glob(), String()))

    def _with(self, anything: str, escapes: dict[str, str]) -> str:
        table = str.maketrans(escapes)
        inner = anything.join(piece.translate(table) for piece in self.pieces)
        return ("" if self.from_start else anything) + inner + ("" if self.to_end else anything)


@dataclass(frozen=True)
class Reader:
    """How RE2 comes to the texts it searches: `rows` selects the integer ids of all rows in scope, and nothing else."""

    session: AnySession
    rows: Select[int]

    def matching(self, column: Column, pattern: "Pattern") -> ColumnElement[bool]:
        """True for the rows in scope whose text matches."""
        texts = self.rows.add_columns(column).where(column.is_not(None))
        found = [number for number, text in self._read(texts, pattern) if pattern.found_in(text)]
        return self._is_one_of(self.rows.selected_columns[0], found, BigInteger())

    def one_of(self, column: Column, texts: Select[str], pattern: "Pattern") -> ColumnElement[bool]:
        """True where the column is one of those texts that match."""
        known = self._read(texts.where(column.is_not(None)).distinct(), pattern)
        return self._is_one_of(column, [text for (text,) in known if pattern.found_in(text)], String())

    def _is_one_of(self, column: Column, values: list[Any], kind: TypeEngine[Any]) -> ColumnElement[bool]:
        """From one bound value, for there may be a hundred thousand.

        "Is true" keeps PostgreSQL from joining with the list, of whose length it knows nothing: a joined list may be
        read again for every row, while this one is always hashed.
        """
        whole = literal(json.dumps(values), String())
        if not _is_postgresql(self.session):
            return column.in_(select(func.json_each(whole).table_valued("value").c.value))
        one: ColumnElement[Any] = func.jsonb_array_elements_text(cast(whole, JSONB)).column_valued("value")
        return column.in_(select(one if isinstance(kind, String) else cast(one, kind))).is_(true())

    def _read(self, statement: Any, pattern: "Pattern") -> Iterator[Any]:
        until = time.monotonic() + PATIENCE
        with (
            in_time(self.session, pattern.field),
            self.session.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}) as rows,
        ):
            for row in rows:
                if time.monotonic() > until:
                    refuse("filter", "too_slow", name=pattern.field, pattern=pattern.text)
                yield row


class Pattern:
    """A pattern that RE2 has accepted."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        self.text = text
        options = re2.Options()
        options.max_mem = MOST_MEMORY
        options.dot_nl = True
        options.never_capture = True
        options.log_errors = False
        try:
            # In bytes, so that the package does not count characters for places nobody asks for.
            self._search = re2.compile(text.encode(), options).search
        except re2.error:
            refuse("filter", "bad_pattern", name=field, pattern=text)

    def found_in(self, text: str) -> bool:
        return self._search(text.encode()) is not None


def plain(pattern: str) -> Plain | None:
    """The pattern as LIKE can say it, or None: only plain and escaped characters, `.*`, `^` first and `$` last;
    without case, ASCII."""
    folded = pattern.startswith(_FOLDED)
    rest = pattern.removeprefix(_FOLDED)
    if folded and not rest.isascii():
        return None
    from_start = rest.startswith("^")
    place = int(from_start)
    pieces = [""]
    while place < len(rest):
        if rest[place:] == "$":
            return Plain(tuple(pieces), from_start, True, folded)
        found = _PIECE.match(rest, place)
        if found is None:
            return None
        if found["any"]:
            pieces.append("")
        else:
            pieces[-1] += found["escaped"] or found["plain"]
        place = found.end()
    return Plain(tuple(pieces), from_start, False, folded)


@contextmanager
def in_time(session: AnySession, field: str) -> Iterator[None]:
    """On PostgreSQL no statement takes longer than two seconds, until the transaction ends; one that does inside is
    Invalid about "filter". SQLite knows no such limit."""
    if _is_postgresql(session):
        session.execute(text(f"SET LOCAL statement_timeout = {PATIENCE * 1_000:.0f}"))
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != CANCELLED:
            raise
        refuse("filter", "too_slow", name=field)


def _is_postgresql(session: AnySession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


# How each database says it.


@compiles(bytewise)
def _bytewise(element: bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({_arguments(element, compiler, kw)[0]} COLLATE BINARY)"


@compiles(bytewise, "postgresql")
def _bytewise_postgresql(element: bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({_arguments(element, compiler, kw)[0]} COLLATE "C")'


@compiles(_Like)
def _like_sqlite(element: _Like, compiler: SQLCompiler, **kw: Any) -> str:
    column, _, glob = element.clauses
    return f"({compiler.process(column, **kw)} GLOB {compiler.process(glob, **kw)})"


@compiles(_Like, "postgresql")
def _like_postgresql(element: _Like, compiler: SQLCompiler, **kw: Any) -> str:
    column, like, _ = element.clauses
    return f"({compiler.process(column, **kw)} LIKE {compiler.process(like, **kw)} ESCAPE '/')"


@compiles(_FoldedLike)
def _folded_like_sqlite(element: _FoldedLike, compiler: SQLCompiler, **kw: Any) -> str:
    column, like = _arguments(element, compiler, kw)
    return f"({column} LIKE {like} ESCAPE '/')"


@compiles(_FoldedLike, "postgresql")
def _folded_like_postgresql(element: _FoldedLike, compiler: SQLCompiler, **kw: Any) -> str:
    column, like = _arguments(element, compiler, kw)
    return f"(({column} COLLATE \"C\") ILIKE {like} ESCAPE '/')"


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, kw: dict[str, Any]) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]
