"""A small table that filters are tried on, and what plain Python finds in it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any as Anything

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exists,
    insert,
    select,
)
from sqlalchemy.orm import Session

from webapp.domain.errors import Invalid
from webapp.domain.filters import All, Any, Compare, Condition, Not, Operator, parse
from webapp.models.engine import engine_options, normal_url, prepare
from webapp.models.types import Amount, Instant
from webapp.queries.filtering import Field, Kind, compiled
from webapp.queries.patterns import Reader

EQ, NE, IN, NIN, GT, GTE, LT, LTE, REGEX, EXISTS = Operator
MOST_SECONDS = 0.1
METADATA = MetaData()
THING = Table(
    "filtered_thing",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("owner", Integer),
    Column("name", String),
    Column("parent", String(24)),
    Column("amount", Amount()),
    Column("count", Integer),
    Column("ratio", Float),
    Column("day", Date),
    Column("at", Instant()),
    Column("status", String),
    Column("open", Boolean),
    prefixes=["TEMPORARY"],
)
TAG = Table("filtered_tag", METADATA, Column("thing_id", Integer), Column("title", String), prefixes=["TEMPORARY"])
STATUSES = {"active": "a", "achieved": "b", "none": None}


def among(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(TAG.c.thing_id == THING.c.id, wanted)


FIELDS = {
    "name": Field(THING.c.name, Kind.TEXT),
    "parentId": Field(THING.c.parent, Kind.ID),
    "amount": Field(THING.c.amount, Kind.NUMBER),
    "count": Field(THING.c.count, Kind.NUMBER),
    "ratio": Field(THING.c.ratio, Kind.NUMBER),
    "day": Field(THING.c.day, Kind.DATE),
    "at": Field(THING.c.at, Kind.INSTANT),
    "status": Field(THING.c.status, Kind.CHOICE, STATUSES),
    "open": Field(THING.c.open, Kind.FLAG),
    "tags": Field(TAG.c.title, Kind.MANY, among=among, texts=select(TAG.c.title)),
}
NAMES = [
    "Sales", "sales", "Sales 2026", "SALES", "100%", "100 x", "a_b", "axb", "a/b", "a\\b", "a[b]c", "abc", "a*b", "a?b",
    "Ärger", "ärger", "日本", "naïve", "line\nbreak", "", " ", "^x$", "aaaa", "aaab", "'; DROP TABLE", "{$gt: 1}", None,
]  # fmt: skip
AMOUNTS = [Decimal(said) for said in ("-3", "0", "0.1", "0.100001", "0.5", "1", "1000000", "9223372036854.775807")]
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(1, 1, 1), date(9999, 12, 31)]
MOMENTS = [MOMENT - timedelta(microseconds=1), MOMENT, MOMENT + timedelta(hours=8), MOMENT + timedelta(days=1)]
PARENTS = ["5f0000000000000000000001", "5f0000000000000000000002"]
TITLES = [(), ("sales",), ("sales", "people"), ("Sales",), ("50%", "日本"), ("", "x")]


def rows() -> list[dict[str, Anything]]:
    """Every value of every column, none of them in step with another."""

    def nth(values: list[Anything], number: int) -> Anything:
        return [*values, None][number % (len(values) + 1)]

    return [
        {
            "id": number + 1,
            "owner": number % 2,
            "name": NAMES[number % len(NAMES)],
            "parent": nth(PARENTS, number),
            "amount": nth(AMOUNTS, number),
            "count": nth([-(2**31), -1, 0, 1, 2, 2**31 - 1], number),
            "ratio": nth([0.25, 0.5, 1.5], number),
            "day": nth(DAYS, number),
            "at": nth(MOMENTS, number),
            "status": nth(["a", "b"], number // 2),
            "open": nth([True, False], number // 3),
        }
        for number in range(len(NAMES) * 2)
    ]


ROWS = rows()
TAGS = {row["id"]: TITLES[row["id"] % len(TITLES)] for row in ROWS}


@contextmanager
def opened(address: str) -> Iterator[Session]:
    url = normal_url(address)
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    with engine.connect() as connection, Session(connection) as session:
        yield session
        session.rollback()
    engine.dispose()


@contextmanager
def filled(address: str) -> Iterator[Session]:
    """A session in which the rows are, and which takes them away with it."""
    with opened(address) as session:
        METADATA.create_all(session.connection())
        session.execute(insert(THING), ROWS)
        titles = [{"thing_id": number, "title": title} for number, of_one in TAGS.items() for title in of_one]
        session.execute(insert(TAG), titles)
        yield session


def found(session: Session, condition: str | Condition, scope: ColumnElement[bool] = THING.c.id > 0) -> set[int]:
    tree = parse(condition) if isinstance(condition, str) else condition
    clause = compiled(tree, FIELDS, Reader(session, select(THING.c.id).where(scope)))
    return set(session.scalars(select(THING.c.id).where(scope, clause)))


def named(session: Session, condition: str | Condition) -> set[str | None]:
    by_id = {row["id"]: row["name"] for row in ROWS}
    return {by_id[number] for number in found(session, condition)}


def problem_of(condition: Condition, reader: Reader | None = None) -> tuple[str, object]:
    with pytest.raises(Invalid) as refused:
        compiled(condition, FIELDS, reader)
    (problem,) = refused.value.problems
    assert problem.field == "filter"
    return problem.code, problem.params["name"]


# The same in plain Python.

VALUE: dict[str, Callable[[dict[str, Anything]], Anything]] = {
    "name": lambda row: row["name"],
    "parentId": lambda row: row["parent"],
    "amount": lambda row: row["amount"],
    "count": lambda row: row["count"],
    "ratio": lambda row: row["ratio"],
    "day": lambda row: row["day"] and datetime(row["day"].year, row["day"].month, row["day"].day, tzinfo=UTC),
    "at": lambda row: row["at"],
    "status": lambda row: row["status"],
    "open": lambda row: row["open"],
}
PATTERNS = {
    "": "",
    ".*": ".*",
    "^": "^",
    "$": "$",
    "^$": r"^\Z",
    "Sales": "Sales",
    "^Sales": "^Sales",
    "ales$": r"ales\Z",
    "^Sales$": r"^Sales\Z",
    ".*Sales.*": ".*Sales.*",
    "^a.*b$": r"^a.*b\Z",
    "^.*b.*?c$": r"^.*b.*c\Z",
    "(?i)sales": "(?i)sales",
    "(?i)^SALES$": r"(?i)^sales\Z",
    "(?i)ÄRGER": "(?i)ärger",
    "Ä": "Ä",
    "%": "%",
    "_": "_",
    "/": "/",
    r"\\": r"\\",
    r"\[b\]": r"\[b\]",
    r"a\*b": r"a\*b",
    r"a\?b": r"a\?b",
    r"\^x\$": r"\^x\$",
    "本$": r"本\Z",
    "e.*b": "e.*b",
    "e.b": "e.b",
    "a.b": "a.b",
    "^[a-c]+$": r"^[a-c]+\Z",
    "S(al|il)es": "S(al|il)es",
    r"\d{3}": r"[0-9]{3}",
    "(a+)+$": r"(a+)+\Z",
    "^(?:Sales|aaa.)$": r"^(?:Sales|aaa.)\Z",
}


def holds(condition: Condition, row: dict[str, Anything]) -> bool:
    match condition:
        case All(parts):
            return all(holds(part, row) for part in parts)
        case Any(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case Compare("tags", operator, value):
            return holds_of_tags(operator, value, TAGS[row["id"]])
        case Compare(field, Operator.NE, value):
            return not holds(Compare(field, EQ, value), row)
        case Compare(field, Operator.NIN, value):
            return not holds(Compare(field, IN, value), row)
        case Compare(field, Operator.IN, tuple(values)):
            return any(holds(Compare(field, EQ, value), row) for value in values)
        case Compare(field, Operator.EXISTS, value):
            return (VALUE[field](row) is not None) is value
        case Compare(field, Operator.REGEX, str(value)):
            return row["name"] is not None and bool(re.search(PATTERNS[value], row["name"], re.DOTALL))
        case Compare(field, operator, value):
            return one_holds(field, operator, VALUE[field](row), value)


def one_holds(field: str, operator: Operator, held: Anything, value: Anything) -> bool:
    if field == "status" and value is not None:
        value = STATUSES[value]
    if field == "parentId" and value == "":
        value = None
    if value is None or held is None:
        return held is None and value is None and operator is EQ
    if isinstance(held, float):
        held = Decimal(held)
    if isinstance(held, datetime):
        moment = datetime.fromisoformat(value)
        if len(value) == 10:
            held, value = held.date(), moment.date()
        else:
            value = moment
    elif isinstance(held, str):
        held, value = held.encode(), value.encode() if field == "name" else str(value).encode()
    return {EQ: held == value, GT: held > value, GTE: held >= value, LT: held < value, LTE: held <= value}[operator]


def holds_of_tags(operator: Operator, value: Anything, titles: tuple[str, ...]) -> bool:
    match operator:
        case Operator.EQ:
            return not titles if value is None else value in titles
        case Operator.IN:
            return any(holds_of_tags(EQ, item, titles) for item in value)
        case Operator.REGEX:
            return any(re.search(PATTERNS[value], title, re.DOTALL) for title in titles)
        case Operator.EXISTS:
            return bool(titles) is value
    return not holds_of_tags(EQ if operator is NE else IN, value, titles)


# Values that make sense of these fields, and some that no column holds.

UNSTORABLE = ("0.1000005", "-0.0000001", "1e-30", "1e13", "-1e14", "1e30", "-1e30", "1e307")
UNSTORABLE += ("9223372036854.7758074", "-9223372036854.7758074", "12345678901234567890.1234567890123456789")
ZONED = ("2026-03-01T01:00:00+02:00", "2026-03-01T09:00:00.000+01:00", "2026-02-28T12:00-12:00")
ASKED: dict[str, list[Anything]] = {
    "name": [*(name for name in NAMES if name is not None), "b", "zz"],
    "amount": [*AMOUNTS, *map(Decimal, UNSTORABLE)],
    "count": [Decimal(said) for said in ("-1", "0", "1", "0.5", "1e9", "1e10", "-1e10", "1e300")]
    + [Decimal(sign * 2**31 + more) for sign in (-1, 1) for more in (-1, 0, 1)],
    "ratio": [Decimal(said) for said in ("0.25", "0.3", "1.5", "1e300", "-1e307")],
    "day": ["2026-03-01", "0001-01-01", "9999-12-31", "2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z", *ZONED],
    "at": ["2026-03-01", "2026-02-28", "9999-12-31", "2026-03-01T00:00:00Z", "2026-02-28T23:59:59.999999Z", *ZONED],
}
EQUAL: dict[str, list[Anything]] = ASKED | {
    "parentId": ["", *PARENTS, "nobody", "5f"],
    "status": list(STATUSES),
    "open": [True, False],
    "tags": ["sales", "Sales", "people", "", "日本", "50%", "none"],
}
