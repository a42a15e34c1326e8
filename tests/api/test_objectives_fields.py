"""The query language of the objectives contract: fields, filter and sort, and what they refuse."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import application, make
from tests.api.quarter import Quarter
from webapp.actions import objectives
from webapp.api.objectives.members import GOAL, GOAL_NAMES, METRIC
from webapp.extensions import db
from webapp.queries.objective_fields import FILTERABLE, SORTABLE

NAMES = ("Sales of the north", "marketing", "sales", "Ünder 100%_", "Zebra")


@pytest.fixture(scope="module")
def quarter(lasting_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    """One for all tests that only look."""
    app = application.create_app(application.settings_for(lasting_url, tmp_path_factory.mktemp("quarter")))
    with app.app_context():
        engine = db.engine
    with machine.travel(make.NOW, tick=False), Session(engine, expire_on_commit=False) as session:
        yield filled(app, session)
    application.disconnect(app)


@pytest.fixture
def changing(app: Flask, session: Session, clock: Any) -> Quarter:
    """The same for one test, which changes it."""
    return filled(app, session)


def filled(app: Flask, session: Session) -> Quarter:
    """Five goals of Paul's and Mona's beside the two that are always there."""
    quarter = Quarter(app, session)
    paul, mona = quarter.work.paul, quarter.work.mona
    for number, name in enumerate(NAMES):
        owner = mona if name == "Zebra" else paul
        tags = ("even", name[:6]) if number % 2 == 0 else ()
        made = make.objective(session, owner, quarter.year, name, tags=tags, description=f"About {number}")
        made.objective.attainment = Decimal(number) / 4
        if number:
            made.objective.confidence = Decimal(number) / 5
    session.commit()
    return quarter


def found(quarter: Quarter, said: str, *, who: str = "nora") -> list[str]:
    answer = getattr(quarter, who).get(f"/goals?fields=name&filter={quote(said)}", version="v2")
    assert answer.status_code == 200, (said, answer.json)
    assert answer.json["totalCount"] == len(answer.json["items"])
    return [goal["name"] for goal in answer.json["items"]]


ALL = ["Win ten shops", "Bake better", *NAMES]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("{}", ALL),
        ('{name: {$in: ["sales", "marketing"]}}', ["marketing", "sales"]),
        ('{"name":{$regex:".*Sales.*"}}', ["Sales of the north"]),
        ('{name: {$regex: "(?i)^sales"}}', ["Sales of the north", "sales"]),
        ('{name: {$regex: "^(sales|Z.b+ra)$"}}', ["sales", "Zebra"]),
        ('{name: {$regex: "100%_"}}', ["Ünder 100%_"]),
        ('{name: "sales"}', ["sales"]),
        ('{name: {$ne: "sales"}}', [name for name in ALL if name != "sales"]),
        ("{attainment: {$gt: 0.2, $lt: 0.8}}", ["marketing", "sales", "Ünder 100%_"]),
        ("{attainment: 1}", ["Zebra"]),
        ("{attainment: {$gte: 1e200}}", []),
        ("{confidence: null}", ["Win ten shops", "Bake better", "Sales of the north"]),
        ("{confidence: {$exists: true}, attainment: {$lte: 0.5}}", ["marketing", "sales"]),
        ('{tags: "even"}', ["Sales of the north", "sales", "Zebra"]),
        ('{tags: {$regex: "^(s|S)ales"}}', ["Sales of the north", "sales"]),
        ("{tags: {$exists: false}}", ["Win ten shops", "Bake better", "marketing", "Ünder 100%_"]),
        ('{$or: [{name: "sales"}, {$and: [{attainment: 0.25}, {tags: null}]}]}', ["marketing", "sales"]),
        ('{$not: {name: {$regex: "e"}}}', ["marketing"][:0]),
        ('{status: "draft", closedStatus: "active", "closedStatus.status": {$in: ["active"]}}', ALL),
        ('{status: {$nin: ["draft"]}}', []),
        ('{dateFrom: {$gte: "2026-01-01"}, dateTo: {$lte: "2026-03-31T00:00:00Z"}}', ["Win ten shops"]),
        ('{dateCreated: "2026-03-10"}', ALL),
        ('{dateCreated: {$gt: "2026-03-10T12:00:00Z"}}', []),
        ('{parentId: ""}', ALL),
        ('{"metrics.name": "Stars"}', ["Bake better"]),
        ('{"assignee.name": "Mona"}', ["Zebra"]),
        ('{"assignee.type": "team"}', []),
        ("{revision: 1}", ALL),
        ('{description: {$regex: "About [12]"}}', ["marketing", "sales"]),
    ],
)
def test_filters(quarter: Quarter, said: str, meant: list[str]) -> None:
    if said == '{$not: {name: {$regex: "e"}}}':
        meant = [name for name in ALL if "e" not in name]
    assert found(quarter, said) == meant


def test_filters_by_ids(changing: Quarter) -> None:
    quarter = changing
    assert found(quarter, f'{{ownerId: "{quarter.mona.id}"}}') == ["Zebra"]
    assert found(quarter, f'{{ownerIds: {{$in: ["{quarter.mona.id}", "x"]}}}}') == ["Zebra"]
    assert found(quarter, f'{{sessionId: "{quarter.cycle.public_id}"}}') == ["Win ten shops"]
    assert found(quarter, f'{{id: {{$nin: ["{quarter.goal}"]}}}}') == ALL[1:]
    assert found(quarter, f'{{"metrics.id": "{quarter.metric}"}}') == ["Win ten shops"]
    assert found(quarter, f'{{"metrics.ownerId": "{quarter.mona.id}"}}') == ["Zebra"]
    quarter.send(quarter.goal, quarter.mona)
    assert found(quarter, f'{{"reviewers.id": "{quarter.mona.id}"}}') == ["Win ten shops"]


def test_both_versions_and_both_ways_of_writing_an_address(quarter: Quarter) -> None:
    said = 'fields=name&sort=-name&filter={name: {$in: ["sales", "marketing"]}}&skip=0&limit=1&formatting=plainText'
    encoded = "&".join(f"{name}={quote(value)}" for name, value in (part.split("=", 1) for part in said.split("&")))
    asked = [(query, version) for query in (said, encoded) for version in ("v1", "v2")]
    (content,) = {quarter.nora.get(f"/goals?{query}", version=version).data for query, version in asked}
    assert [goal["name"] for goal in json.loads(content)["items"]] == ["sales"]
    assert json.loads(content)["totalCount"] == 2


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("{password_hash: {$regex: '.*'}}", "password_hash"),
        ("{'assignee.password_hash': 1}", "assignee.password_hash"),
        ("{organisation_id: 1}", "organisation_id"),
        ("{accountId: 'x'}", "accountId"),
        ("{__class__: 1}", "__class__"),
        ("{$where: '1'}", "$where"),
        ("{$expr: {$eq: [1, 1]}}", "$expr"),
        ("{name: {$gt: {$ne: 1}}}", "name"),
        ("{name: 1}", "name"),
        ("{attainment: '1'}", "attainment"),
        ("{attainment: {$regex: '1'}}", "attainment"),
        ("{status: 'x'}", "status"),
        ("{name: {$regex: '(a'}}", "name"),
        (r"{name: {$regex: '(a)\\1'}}", "name"),
        ("{name: {$regex: '(?=a)'}}", "name"),
        ("{name: {$in: [[]]}}", "["),
        ("{name: {$in: [{}]}}", "name"),
        ("{$or: []}", "$or"),
        ("{name", "6"),
        ("[]", "["),
        ("{a: NaN}", "NaN"),
        ("{attainment: 1e400}", "1e400"),
        ("{name: 'a', name: 'b'}", "name"),
        ("{" * 5_000, ""),
        ("{$not:" * 6 + "{}" + "}" * 6, ""),
        ("{$or: [" + ",".join("{name: 'a'}" for _ in range(31)) + "]}", ""),
        (f"{{name: '{'x' * 5_000}'}}", ""),
        ("{name: '\\u0000'}", ""),
    ],
)
def test_filters_that_are_refused(quarter: Quarter, said: str, named: str) -> None:
    begun = time.perf_counter()
    answer = quarter.nora.get(f"/goals?filter={quote(said)}")
    took = time.perf_counter() - begun
    assert (answer.status_code, list(answer.json["details"])) == (400, ["filter"]), answer.json
    assert named in answer.json["details"]["filter"]
    assert "{" not in answer.json["details"]["filter"].replace('"{"', ""), "every word is filled in"
    assert took < 0.5


@pytest.mark.parametrize(
    "said",
    [
        "{$or: [{name: {$exists: true}}, {name: {$exists: false}}]}",
        '{$not: {name: "no such name"}}',
        '{$or: [{}, {name: "Theirs"}]}',
        '{name: {$regex: "(T|t)heirs|."}}',
        '{"metrics.name": {$regex: "W|S"}}',
        '{tags: {$not: {$regex: "no [a-z]+ tag"}}}',
        '{name: {$regex: "(a+)+$|.*"}}',
    ],
)
def test_no_filter_reaches_beyond_the_organisation(quarter: Quarter, said: str) -> None:
    names = found(quarter, said)
    assert names, "it finds something here"
    assert "Theirs" not in names
    assert found(quarter, said, who="zoe") == ["Theirs"]


def test_a_filter_reads_nothing_of_others(quarter: Quarter) -> None:
    """Nobody learns by a filter what another organisation's goals say."""
    for said in ('{name: "Theirs"}', '{name: {$regex: "^(T)heirs"}}', f'{{sessionId: "{quarter.foreign.public_id}"}}'):
        assert found(quarter, said) == []
        assert found(quarter, said, who="zoe") == ["Theirs"]


def test_what_may_be_filtered_and_sorted_may_be_read() -> None:
    readable = {*GOAL} | {f"{outer}.{inner}" for outer, within in GOAL_NAMES.items() for inner in within or ()}
    assert set(FILTERABLE) <= readable
    assert set(SORTABLE) <= set(GOAL)


def test_sorting(quarter: Quarter) -> None:
    def names(sort: str) -> list[str]:
        answer = quarter.nora.get(f"/goals?fields=name&sort={sort}")
        assert answer.status_code == 200, answer.json
        return [goal["name"] for goal in answer.json["items"]]

    assert names("name") == sorted(ALL)
    assert names("-name") == sorted(ALL, reverse=True)
    assert names("") == ALL, "the oldest first"
    ids = [goal["id"] for goal in quarter.nora.get("/goals?fields=name&sort=dateCreated").json["items"]]
    assert ids == sorted(ids), "made at one moment, they stand by id"
    assert names("-attainment,name")[:3] == ["Zebra", "Ünder 100%_", "sales"]
    assert names("-confidence")[:4] == ["Zebra", "Ünder 100%_", "sales", "marketing"]
    assert names("confidence,-name")[:3] == ["Win ten shops", "Sales of the north", "Bake better"]
    for name in SORTABLE:
        assert sorted(names(name)) == sorted(names(f"-{name}")) == sorted(ALL), name
    for wrong in ("x", "-", "name,,id", "name,name", "metrics", "name;id", "url", "-name,-password_hash"):
        answer = quarter.nora.get(f"/goals?sort={quote(wrong)}")
        assert (answer.status_code, list(answer.json["details"])) == (400, ["sort"]), wrong


def test_fields_choose_what_is_answered(quarter: Quarter) -> None:
    def shown(fields: str) -> dict[str, Any]:
        answer = quarter.nora.get(f"/goals/{quarter.free}?fields={quote(fields)}")
        assert answer.status_code == 200, answer.json
        return answer.json  # type: ignore[no-any-return]

    whole = shown(",".join(GOAL))
    assert list(whole) == list(GOAL)
    account = {"id": quarter.free, "accountId": quarter.account}
    assert shown("name") == {**account, "name": "Bake better"}
    assert shown(" name , sessionId ") == {**account, "name": "Bake better", "sessionId": quarter.year.public_id}
    metric = {"id": quarter.free_metric, "name": "Stars", "attainment": 0}
    assert shown("metrics{name,attainment}") == {**account, "metrics": [metric]}
    assert shown("assignee{email}")["assignee"].keys() == {"id", "accountId", "email"}
    assert shown("closedStatus{status},confidence{value}") == {
        **account,
        "closedStatus": {"status": "active"},
        "confidence": None,
    }
    for name in GOAL:
        assert shown(name) == {**account, name: whole[name]}, name
    for name in METRIC:
        assert shown(f"metrics{{{name}}}")["metrics"][0] == {
            "id": quarter.free_metric,
            name: whole["metrics"][0][name],
        }, name


@pytest.mark.parametrize(
    "said",
    [
        "x",
        "name,x",
        "metrics{x}",
        "name{x}",
        "metrics{",
        "metrics}",
        "metrics{}",
        ",name",
        "name,",
        "name name",
        "metrics{name",
        "password_hash",
        "assignee{password_hash}",
        "__class__",
        "links{expanded{goals{metrics{name}}}}",
        "metrics{goal{metrics}}",
        "a" * 5_000,
        "{" * 200,
        ",".join(["name"] * 101),
    ],
)
def test_fields_that_are_refused(quarter: Quarter, said: str) -> None:
    for address in ("/goals", f"/goals/{quarter.free}", "/goals/groupBy/owners"):
        answer = quarter.nora.get(f"{address}?fields={quote(said)}")
        assert (answer.status_code, list(answer.json["details"])) == (400, ["fields"]), answer.json


def test_columns_are_read_only_for_what_is_asked(quarter: Quarter) -> None:
    """A wish for one name reads neither texts nor what stands beside the rows."""
    from tests.benchmarks.statements import counted

    with quarter.app.app_context():
        engine = db.engine
    quarter.nora.get("/goals?fields=name")
    with counted(engine) as statements:
        assert quarter.nora.get("/goals?fields=name").status_code == 200
    reading = [one for one in statements if "objective" in str(one)]
    assert len(reading) == 1
    assert "objective.description" not in str(reading[0])
    assert "milestones" not in str(reading[0])


def test_many_goals_by_a_pattern_that_the_database_cannot_say(changing: Quarter) -> None:
    quarter = changing
    session, paul = quarter.session, quarter.work.paul
    objectives.create_all(
        session, paul, quarter.home.id, [make.objective_draft(paul, quarter.year, f"No {n}") for n in range(150)]
    )
    session.commit()
    said = quote('{name: {$regex: "^No [0-9]{2,}$"}}')
    answer = quarter.nora.get(f"/goals?limit=5&sort=-dateCreated,-id&filter={said}")
    assert (len(answer.json["items"]), answer.json["totalCount"]) == (5, 140)


def test_the_tables_are_what_the_fields_say(quarter: Quarter) -> None:
    """The words for what is stored stay those of the contract: a new state would have to be given one."""
    from webapp.domain.goals import ReviewState
    from webapp.domain.objectives import Operator

    assert {state.value for state in ReviewState} == {"draft", "in_review", "approved"}
    assert {one.value for one in Operator} == {"at_least", "at_most", "exactly"}
