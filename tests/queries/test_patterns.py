"""Patterns of filters: LIKE and RE2 mean the same on both databases, and none takes long."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import (
    insert,
    select,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.filtered import (
    FIELDS,
    MOST_SECONDS,
    PATTERNS,
    ROWS,
    TAG,
    THING,
    among,
    filled,
    found,
    named,
    opened,
    problem_of,
)
from webapp.domain.errors import Invalid
from webapp.domain.filters import Compare, Operator, parse
from webapp.queries import patterns
from webapp.queries.filtering import Field, Kind, compiled
from webapp.queries.patterns import Pattern, Reader, plain

REGEX = Operator.REGEX


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    with filled(database_url) as session:
        yield session


MEANT: dict[str, set[str]] = {
    "%": {"100%"},
    "_": {"a_b"},
    "/": {"a/b"},
    r"\\": {"a\\b"},
    r"\[": {"a[b]c"},
    r"\*": {"a*b"},
    r"\?": {"a?b"},
    r"a\?b": {"a?b"},
    "sales": {"sales"},
    "(?i)^sales$": {"Sales", "sales", "SALES"},
    "(?i)ÄRGER": {"Ärger", "ärger"},
    "Ä": {"Ärger"},
    "(?i)[ä]": {"Ärger", "ärger"},
    "line.*break": {"line\nbreak"},
    "line.break": {"line\nbreak"},
    "^日": {"日本"},
    "^.本$": {"日本"},
}
COMPLEX = ["a+", "a|b", "[ab]", "(a)", "a{2}", "a.b", r"\d", r"\n", r"\Qa\E", "^^", "$a", "a*", ".**", "(?i)ä"]
COMPLEX += ["(?s)a", "a\\"]
REFUSED = [r"(a)\1", "(?=a)", "(?<!a)b", "(", "[", "a**", r"\pL{1000}", "x{1001}", "((a{30}){30}){30}", "(?P<a"]
REFUSED += ["\\", r"\é"]


def test_patterns_mean_the_same_on_both_databases(session: Session) -> None:
    for pattern, names in MEANT.items():
        assert named(session, Compare("name", REGEX, pattern)) == names, pattern


def test_what_like_says_and_what_re2_says_are_the_same(session: Session) -> None:
    texts = [row for row in ROWS if row["name"] is not None]
    simple = {pattern: plain(pattern) for pattern in [*PATTERNS, *MEANT]}
    assert sum(like is not None for like in simple.values()) > 25
    for pattern, like in simple.items():
        if like is not None:
            searched = Pattern("name", pattern)
            liked = set(session.scalars(select(THING.c.id).where(like.holds(THING.c.name))))
            assert liked == {row["id"] for row in texts if searched.found_in(row["name"])}, pattern


@pytest.mark.parametrize("pattern", COMPLEX)
def test_other_patterns_are_not_for_like(pattern: str) -> None:
    assert plain(pattern) is None


@pytest.mark.parametrize("pattern", REFUSED)
def test_patterns_that_re2_refuses_are_named(pattern: str) -> None:
    began = time.perf_counter()
    assert problem_of(Compare("name", REGEX, pattern)) == ("bad_pattern", "name")
    assert time.perf_counter() - began < MOST_SECONDS


def test_catastrophic_patterns_end_soon(session: Session) -> None:
    session.execute(insert(THING), [{"id": 1_000, "owner": 0, "name": "a" * 1_000 + "!"}])
    many = ".*".join("a" * 42) + "b"  # 127 characters
    for pattern in ("^(a+)+$", "^(a|a)*$", "(a+)+b", "(x+x+)+y", "(.*)(.*)(.*)(.*)[^a!]", many, f"^{many[:-1]}$"):
        began = time.perf_counter()
        assert 1_000 not in found(session, Compare("name", REGEX, pattern))
        assert time.perf_counter() - began < 1, pattern


def test_patterns_are_searched_for_only_in_scope(session: Session) -> None:
    everywhere = found(session, '{name: {$regex: "[Ss]ales"}}')
    here = found(session, '{name: {$regex: "[Ss]ales"}}', THING.c.owner == 1)
    assert here == {row["id"] for row in ROWS if row["owner"] == 1 and row["id"] in everywhere}
    assert here != everywhere


def test_nothing_is_read_before_all_of_it_makes_sense() -> None:
    nowhere = Reader(Session(), select(THING.c.id))
    for said, problem in {
        '{name: {$regex: "[a]"}, nobody: 1}': ("unknown_field", "nobody"),
        '{$or: [{name: {$regex: "[a]"}}, {name: {$regex: "(?=a)"}}]}': ("bad_pattern", "name"),
    }.items():
        assert problem_of(parse(said), nowhere) == problem


def test_without_a_reader_nothing_can_be_searched_for() -> None:
    assert compiled(parse('{name: {$regex: "a"}}'), FIELDS) is not None
    for field in ("name", "tags"):
        assert problem_of(Compare(field, REGEX, "[a]")) == ("not_usable", field)
    untold = {"tags": Field(TAG.c.title, Kind.MANY, among=among)}
    with pytest.raises(Invalid, match="filter:not_usable"):
        compiled(Compare("tags", REGEX, "[a]"), untold, Reader(Session(), select(THING.c.id)))


def test_searching_has_an_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(session, select(THING.c.id))
    monkeypatch.setattr(patterns, "PATIENCE", 0)
    assert problem_of(Compare("name", REGEX, "[a]"), reader) == ("too_slow", "name")


def test_a_statement_that_takes_too_long_is_a_problem_of_the_filter(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(postgresql_url) as session:
        monkeypatch.setattr(patterns, "PATIENCE", 0.05)
        with pytest.raises(Invalid, match="filter:too_slow"), patterns.in_time(session, "name"):
            session.execute(text("SELECT pg_sleep(5)"))
        monkeypatch.undo()
        session.rollback()
        with patterns.in_time(session, "name"):
            assert session.scalar(text("SHOW statement_timeout")) == "1s"
        with pytest.raises(OperationalError), patterns.in_time(session, "name"):
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_hundred_thousand_ids_are_one_value(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "PATIENCE", 60)  # a busy machine is not a broken promise
    session.execute(
        text(
            "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000) "
            "INSERT INTO filtered_thing (id, owner, name) SELECT 1000 + n, 3, 'number ' || n FROM number"
        )
    )
    assert len(found(session, r'{name: {$regex: "^number \\d+$"}}', THING.c.owner == 3)) == 100_000
