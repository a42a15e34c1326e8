"""Filters as SQL: the rows found are those that plain Python finds, on both databases, whatever is missing."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any as Anything

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    select,
)
from sqlalchemy.orm import Session

from tests.filtered import (
    ASKED,
    EQUAL,
    FIELDS,
    MOST_SECONDS,
    PATTERNS,
    ROWS,
    THING,
    filled,
    found,
    holds,
    named,
    problem_of,
)
from webapp.domain.filters import ORDERED, All, Any, Compare, Condition, Not, Operator, parse
from webapp.queries.filtering import Field, Kind, compiled
from webapp.queries.patterns import Reader

EQ, NE, IN, NIN, GT, GTE, LT, LTE, REGEX, EXISTS = Operator


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    with filled(database_url) as session:
        yield session


# Trees that make sense of these fields.


def compares() -> st.SearchStrategy[Condition]:
    def value(field: str) -> st.SearchStrategy[Anything]:
        return st.sampled_from([*EQUAL[field], None])

    def of(field: str) -> st.SearchStrategy[Condition]:
        name = st.just(field)
        kinds: list[st.SearchStrategy[Condition]] = [
            st.builds(Compare, name, st.sampled_from([EQ, NE]), value(field)),
            st.builds(Compare, name, st.sampled_from([IN, NIN]), st.lists(value(field), max_size=3).map(tuple)),
            st.builds(Compare, name, st.just(EXISTS), st.booleans()),
        ]
        if field in ASKED:
            asked = st.sampled_from(ASKED[field])
            kinds.append(st.builds(Compare, name, st.sampled_from(sorted(ORDERED)), asked))
        if field in ("name", "tags"):
            kinds.append(st.builds(Compare, name, st.just(REGEX), st.sampled_from(list(PATTERNS))))
        return st.one_of(kinds)

    return st.sampled_from(sorted(EQUAL)).flatmap(of)


def conditions(levels: int) -> st.SearchStrategy[Condition]:
    if not levels:
        return compares()
    inner = conditions(levels - 1)
    several = st.lists(inner, max_size=3).map(tuple)
    return inner | st.builds(All, several) | st.builds(Any, several) | st.builds(Not, inner)


def test_sql_finds_what_python_finds(session: Session) -> None:
    @settings(max_examples=100, suppress_health_check=list(HealthCheck))
    @given(conditions(3))
    def agree(condition: Condition) -> None:
        assert found(session, condition) == {row["id"] for row in ROWS if holds(condition, row)}

    agree()


def test_every_comparison_and_its_opposite(session: Session) -> None:
    """Each value of each field under each operator, in a few statements."""
    every = [Compare(field, op, value) for field, values in EQUAL.items() for value in values for op in (EQ, NE)]
    every += [
        Compare(field, op, value) for field, values in ASKED.items() for value in values for op in sorted(ORDERED)
    ]
    every += [Compare(field, op, None) for field in EQUAL for op in (EQ, NE)]
    every += [Compare(field, NIN, (None, values[0])) for field, values in EQUAL.items()]
    every += [Compare(field, REGEX, pattern) for field in ("name", "tags") for pattern in PATTERNS]
    reader = Reader(session, select(THING.c.id))
    for start in range(0, len(every), 20):
        some = [tree for compare in every[start : start + 20] for tree in (compare, Not(compare))]
        columns = [compiled(tree, FIELDS, reader) for tree in some]
        answers = {row[0]: row[1:] for row in session.execute(select(THING.c.id, *columns))}
        for row in ROWS:
            for tree, answer in zip(some, answers[row["id"]], strict=True):
                assert bool(answer) is holds(tree, row), (tree, row)


# What is missing.


def test_a_missing_value_is_unlike_any_other(session: Session) -> None:
    assert None in named(session, '{name: {$ne: "x"}}')
    assert None in named(session, '{name: {$nin: ["x"]}}')
    assert None in named(session, '{name: {$not: {$regex: "x"}}}')
    assert None in named(session, '{name: {$not: {$regex: "[x]"}}}')
    assert None in named(session, '{$not: {name: {$gt: ""}}}')
    assert None not in named(session, '{name: {$nin: ["x", null]}}')
    assert None not in named(session, "{name: {$ne: null}}")
    assert None not in named(session, '{name: {$regex: ""}}')
    assert named(session, "{name: null}") == {None}


def test_no_parent_is_written_as_an_empty_text_or_null(session: Session) -> None:
    roots = found(session, '{parentId: ""}')
    assert roots == {row["id"] for row in ROWS if row["parent"] is None}
    assert roots
    assert roots == found(session, "{parentId: null}") == found(session, "{parentId: {$exists: false}}")
    assert roots == found(session, '{parentId: {$in: [""]}}') == found(session, '{parentId: {$not: {$ne: ""}}}')
    assert not roots & found(session, '{parentId: {$ne: ""}}')


# What is refused, and what never gets out.


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("{password: 1}", "unknown_field", "password"),
        ("{owner: 1}", "unknown_field", "owner"),
        ("{__class__: 1}", "unknown_field", "__class__"),
        ("{'name.__class__': 1}", "unknown_field", "name.__class__"),
        ("{owner.password: {$regex: '^a'}}", "unknown_field", "owner.password"),
        ("{Name: 1}", "unknown_field", "Name"),
        ("{'': 1}", "unknown_field", ""),
        ("{'name) OR 1=1 --': 1}", "unknown_field", "name) OR 1=1 --"),
        ("{$or: [{name: 'x'}, {$not: {secret: 1}}]}", "unknown_field", "secret"),
        ("{secret: {$exists: true}}", "unknown_field", "secret"),
        ("{name: 1}", "wrong_value", "name"),
        ("{name: {$ne: true}}", "wrong_value", "name"),
        ("{name: {$gt: 1}}", "wrong_value", "name"),
        ("{name: {$in: ['a', 1]}}", "wrong_value", "name"),
        ("{parentId: 1}", "wrong_value", "parentId"),
        ("{parentId: {$gt: 'a'}}", "not_usable", "parentId"),
        ("{parentId: {$regex: 'a'}}", "not_usable", "parentId"),
        ("{amount: '1'}", "wrong_value", "amount"),
        ("{amount: true}", "wrong_value", "amount"),
        ("{amount: {$in: [1, '1']}}", "wrong_value", "amount"),
        ("{amount: {$regex: '1'}}", "not_usable", "amount"),
        ("{count: {$gt: '1'}}", "wrong_value", "count"),
        ("{day: 2026}", "wrong_value", "day"),
        ("{day: 'today'}", "wrong_value", "day"),
        ("{day: '2026-02-30'}", "wrong_value", "day"),
        ("{day: '20260301'}", "wrong_value", "day"),
        ("{day: '2026-W10-1'}", "wrong_value", "day"),
        ("{day: '2026-03-01 '}", "wrong_value", "day"),
        ("{at: '2026-03-01T00:00:00'}", "wrong_value", "at"),
        ("{at: '2026-03-01T25:00:00Z'}", "wrong_value", "at"),
        ("{at: '0001-01-01T00:00:00+14:00'}", "wrong_value", "at"),
        ("{at: '9999-12-31T23:59:59-14:00'}", "wrong_value", "at"),
        ("{at: {$in: ['2026-03-01', 1]}}", "wrong_value", "at"),
        ("{at: {$regex: '2026'}}", "not_usable", "at"),
        ("{status: 'lost'}", "unknown_choice", "status"),
        ("{status: 1}", "wrong_value", "status"),
        ("{status: {$gt: 'a'}}", "not_usable", "status"),
        ("{open: 1}", "wrong_value", "open"),
        ("{open: 'true'}", "wrong_value", "open"),
        ("{open: {$lt: 'true'}}", "not_usable", "open"),
        ("{tags: 1}", "wrong_value", "tags"),
        ("{tags: {$lt: 'a'}}", "not_usable", "tags"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(text: str, code: str, name: str) -> None:
    began = time.perf_counter()
    assert problem_of(parse(text)) == (code, name)
    assert time.perf_counter() - began < MOST_SECONDS


ESCAPES = [
    "{}",
    "{$or: [{}, {name: 'x'}]}",
    "{$or: [{count: 0}, {}]}",
    "{$not: {name: 'x'}}",
    "{$not: {$not: {}}}",
    "{name: {$nin: []}}",
    "{name: {$not: {$regex: 'x'}}}",
    "{$or: [{name: {$regex: '[a-z]'}}, {name: {$not: {$regex: '[a-z]'}}}]}",
    "{tags: {$ne: 'x'}}",
    "{amount: {$not: {$gt: 1e30}}}",
    """{name: {$ne: "x') OR (1=1"}}""",
]


def test_no_filter_leaves_the_scope(session: Session) -> None:
    scope = THING.c.owner == 1
    mine = {row["id"] for row in ROWS if row["owner"] == 1}
    for said in ESCAPES:
        inside = found(session, said, scope)
        assert inside, said
        assert inside <= mine, said
        clause = str(compiled(parse(said), FIELDS, Reader(session, select(THING.c.id).where(scope))))
        assert clause.startswith("("), said
        assert closes_at_the_end(clause), clause


def closes_at_the_end(clause: str) -> bool:
    """The bracket that opens the text is the one that closes it."""
    depth = 0
    for place, character in enumerate(clause):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return place == len(clause) - 1
    return False


def test_numbers_of_any_width_are_answered(session: Session) -> None:
    wide = {"big": Field(THING.c.id.cast(BigInteger), Kind.NUMBER)}
    for number in ("1e30", "-1e30", "9223372036854775808", "-9223372036854775809", "1e307", "0." + "1" * 38):
        for operator in (EQ, NE, GT, GTE, LT, LTE):
            clause = compiled(Compare("big", operator, Decimal(number)), wide)
            expected = {row["id"] for row in ROWS if ORDER[operator](row["id"], Decimal(number))}
            assert set(session.scalars(select(THING.c.id).where(clause))) == expected


ORDER: dict[Operator, Callable[[Anything, Anything], bool]] = {
    EQ: lambda one, other: one == other,
    NE: lambda one, other: one != other,
    GT: lambda one, other: one > other,
    GTE: lambda one, other: one >= other,
    LT: lambda one, other: one < other,
    LTE: lambda one, other: one <= other,
}
