"""The objectives contract as it was published: its operations, its statuses, and its calls to the letter."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import Quarter
from webapp.api.documents import document, routes
from webapp.domain.tokens import SCOPES, Contract

OPERATIONS = {
    "GET /goals": "200 400 401 402 403 500",
    "GET /goals/groupBy/owners": "200 400 401 403 500",
    "GET /goals/groupBy/reviewers": "200 400 401 403 500",
    "GET /goals/metric/{}": "200 400 401 402 403 500",
    "GET /goals/{}": "200 400 401 402 403 404 500",
    "GET /goals/{}/workflow-actions": "200 400 404 500",
    "POST /goals": "201 400 401 402 403 500",
    "POST /goals/bulk": "201 400 401 402 403 500",
    "POST /goals/{}/approve": "204 400 404 500",
    "POST /goals/{}/decline": "204 400 404 500",
    "POST /goals/{}/review": "204 400 404 409 500",
    "POST /goals/{}/withdraw": "204 400 404 500",
    "PATCH /goals/{}": "200 400 401 402 403 404 423 500",
    "PUT /goals/{}": "200 400 401 402 403 404 423 500",
    "PUT /goals/{}/confidence": "200 400 401 402 403 404 423 500",
    "DELETE /goals/{}": "200 400 401 402 403 404 500",
    "DELETE /goals/bulk": "200 400 401 402 403 404 500",
    "POST /goals/{}/metrics": "201 400 401 403 404 423 500",
    "PATCH /metrics/{}": "200 400 401 403 404 423 500",
    "DELETE /metrics/{}": "200 400 401 403 404 423 500",
    "POST /metrics/{}/checkin": "201 400 401 403 404 423 500",
    "GET /sessions": "200 400 401 403 500",
    "POST /sessions": "201 400 401 403 500",
    "PATCH /sessions/{}": "200 400 401 403 404 500",
}
"""As the contract lists them, with the statuses that each says of itself."""
DEPRECATED = {"PUT /goals/{}", "PUT /goals/{}/confidence"}


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


def test_every_operation_is_there_in_both_versions_with_its_statuses(sqlite_app: Flask) -> None:
    paths = document(sqlite_app, Contract.OBJECTIVES)["paths"]
    said = {}
    for route in routes(sqlite_app, Contract.OBJECTIVES):
        name = route.path
        for argument in route.rule.arguments:
            name = name.replace(f"{{{argument}}}", "{}")
        said[f"{route.method} {name}"] = paths[route.path][route.method.lower()]
    wanted = {
        f"{method} /api/{version}{path}": statuses.split()
        for version in ("v1", "v2")
        for (method, path), statuses in ((name.split(), statuses) for name, statuses in OPERATIONS.items())
    }
    assert said.keys() == wanted.keys()
    for name, statuses in wanted.items():
        described = said[name]
        assert set(statuses) <= described["responses"].keys(), name
        short = name.replace("/api/v1", "").replace("/api/v2", "")
        assert described.get("deprecated", False) is (short in DEPRECATED), name
        header = next(one for one in described["parameters"] if "AccountId" in str(one) or "accountId" in str(one))
        assert header.get("required", True) is (not short.endswith("/confidence")), name
        assert any(scope in described["description"] for scope in SCOPES[Contract.OBJECTIVES])


def test_errors_have_one_shape(quarter: Quarter) -> None:
    nora = quarter.nora
    answers = [
        nora.get("/goals?limit=101"),
        quarter.asker(quarter.people["nora"], "objectives:write").get("/goals"),
        nora.get(f"/goals/{quarter.theirs}"),
        nora.delete("/goals"),
        nora.ask("POST", "/goals", b"{"),
        nora.get("/nothing"),
        nora.post("/goals/x/y/z", {}),
    ]
    assert [answer.status_code for answer in answers] == [400, 403, 404, 405, 400, 404, 404]
    for answer in answers:
        assert answer.mimetype == "application/json"
        assert answer.json.keys() == {"code", "message", "details"}
        assert answer.json["code"] == answer.status_code
    assert set(answers[3].headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_the_two_contracts_stand_apart(quarter: Quarter) -> None:
    """Below one address there is another contract: each answers in its own words."""
    tracking = quarter.app.test_client().get("/api/v1/tracking/goals")
    assert (tracking.status_code, tracking.json.keys()) == (401, {"detail"})
    objectives = quarter.app.test_client().get("/api/v1/goals")
    assert (objectives.status_code, objectives.json.keys()) == (401, {"code", "message", "details"})
    assert quarter.app.test_client().get("/api/v1/tracking/nothing").json.keys() == {"detail"}
    assert quarter.nora.get("/tracking/goals").status_code == 401
    assert quarter.nora.get("/goals", Cookie="sid=anything").status_code == 200


def test_parameters_that_nobody_knows_are_ignored(quarter: Quarter) -> None:
    for address in ("/goals", "/goals/groupBy/owners", f"/goals/{quarter.goal}", "/sessions"):
        assert quarter.nora.get(f"{address}?utm=1&x[]=2&$where=1").data == quarter.nora.get(address).data


def published(quarter: Quarter) -> list[tuple[str, str, Any, int]]:
    """The calls of the publication with our ids: method, address, body, status."""
    ids, paul = f"{quarter.goal},{quarter.free}", quarter.paul.id
    listing = 'fields=name,description&sort=-name,dateCreated&filter={name: {$in: ["sales", "marketing"]}}'
    grouping = (
        f"filter=current&ids={ids}&ownerIds={paul},{quarter.mona.id}&metricOwnerId={paul},{quarter.mona.id}"
        "&attainment=>0.5&metricBefore=2021-03-20&metricAfter=2021-03-20&metricAttainment=>1&sort=-attainment"
        "&includeMetrics=true&skip=5&take=50"
    )
    one = "fields=name,sessionId,metrics{name,attainment},links{expanded}&formatting=mentionsMarkup"
    new = {"name": "A goal", "sessionId": quarter.year.public_id, "ownerId": paul, "tags": [{"title": "sales"}]}
    return [
        ("GET", f"/api/v2/goals?{listing}&skip=5&limit=10&formatting=plainText", None, 200),
        ("GET", f"/api/v1/goals/groupBy/owners?{grouping}", None, 200),
        ("GET", f"/api/v1/goals/groupBy/reviewers?{grouping}", None, 200),
        ("GET", f"/api/v1/goals/{quarter.goal}?{one}", None, 200),
        ("POST", "/api/v1/goals", new, 201),
        ("POST", "/api/v1/goals", {"goal": new}, 201),
    ]


def percent_encoded(address: str) -> str:
    path, _, query = address.partition("?")
    pairs = (pair.split("=", 1) for pair in query.split("&")) if query else ()
    encoded = [f"{name}={quote(value, safe='')}" for name, value in pairs]
    return f"{path}?{'&'.join(encoded)}"


def test_the_published_calls_run(quarter: Quarter) -> None:
    for method, address, body, status in published(quarter):
        version, path = address.removeprefix("/api/").split("/", 1)
        for asked in (f"/{path}", percent_encoded(f"/{path}")):
            answer = quarter.paul.ask(method, asked, body, version=version, Accept="application/json")
            assert answer.status_code == status, (asked, answer.json)
            assert answer.mimetype == "application/json"


def test_the_published_calls_find_what_they_ask_for(quarter: Quarter) -> None:
    for name in ("sales", "marketing", "other"):
        for _ in range(4):
            make.objective(quarter.session, quarter.work.paul, quarter.year, name)
    quarter.session.commit()
    (_, address, _, _) = published(quarter)[0]
    answer = quarter.paul.get(address.removeprefix("/api/v2"), version="v2").json
    assert answer["totalCount"] == 8
    assert [goal["name"] for goal in answer["items"]] == ["marketing"] * 3
    assert all(goal.keys() == {"id", "accountId", "name", "description"} for goal in answer["items"])
    one = quarter.paul.get(published(quarter)[3][1].removeprefix("/api/v1")).json
    assert one.keys() == {"id", "accountId", "name", "sessionId", "metrics", "links"}
    assert [metric.keys() for metric in one["metrics"]] == [{"id", "name", "attainment"}]
    assert one["links"] == {"expanded": {"goals": [], "tasks": []}}


def test_the_published_calls_of_a_review_run(quarter: Quarter) -> None:
    goal, approval = f"/goals/{quarter.goal}", {"comment": "Go ahead"}
    assert quarter.paul.post(f"{goal}/review", {"reviewers": [quarter.mona.id]}).status_code == 204
    assert quarter.paul.post(f"{goal}/withdraw").status_code == 204
    assert quarter.paul.post(f"{goal}/review", [quarter.mona.id]).status_code == 204
    answer = quarter.mona.post(f"{goal}/approve", approval)
    assert (answer.status_code, answer.data) == (204, b"")
    bulk = [quarter.made()["id"] for _ in range(2)]
    for body in ([bulk[0]], {"goalsIds": [bulk[1]]}):
        assert quarter.paul.delete("/goals/bulk", body).status_code == 200
