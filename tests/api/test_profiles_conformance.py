"""The profiles contract as it was published: its operations, the type of every field, its errors, its vector."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.api.programs import Till, till
from tests.conftest import AppFactory
from tests.ladders import Ladder
from webapp.api.documents import document, routes
from webapp.domain.tokens import SCOPES, Contract
from webapp.models import ApiKey
from webapp.queries import boards
from webapp.queries.sealing import keyring

OPERATIONS = {
    "GET /api/v1/profiles/overview/": {"200", "400", "401"},
    "GET /api/v1/profiles/user/goals-leaderboard/": {"200", "400", "401"},
    "GET /api/v1/profiles/images/{public_id}/": {"200", "401", "404"},
    "POST /api/v1/profiles/values/": {"200", "400", "401", "413", "415"},
}
NUMBER, TEXT, WHOLE = (int, float), (str,), (int,)
TERMS = {"period": TEXT, "maximum": NUMBER, "minimum": NUMBER, "display_name": TEXT, "currency_code": TEXT}
REACHED = TERMS | {"current": NUMBER, "percentage": NUMBER, "difference": NUMBER}
PROFILE = {"id": WHOLE, "profilename": TEXT}
OVERALL = {"name": TEXT, "level": WHOLE, "overall": NUMBER, "percentage": NUMBER, "image": TEXT}
ON_GOAL = {"value": NUMBER, "image": TEXT, "firstname": TEXT, "surname": TEXT, "percentage": NUMBER}
STATUS = {"goal": TEXT, "achieved": TEXT, "status_text": TEXT}


@pytest.fixture
def ladder(session: Session, clock: machine.Traveller) -> Ladder:
    made = Ladder(session)
    made.sold(Ada="750.50", Ben=100, Cem=100)
    return made


@pytest.fixture
def adas(app: Flask, session: Session, ladder: Ladder) -> Till:
    return till(app, session, ladder.home, ladder.people["Ada"])


def check(row: dict[str, Any], types: dict[str, tuple[type, ...]]) -> None:
    """The row has these fields, of exactly these types: a truth value is no number."""
    assert row.keys() >= types.keys()
    for name, allowed in types.items():
        assert type(row[name]) in allowed, (name, row[name])


def test_every_operation_is_described_with_its_statuses(sqlite_app: Flask) -> None:
    described = document(sqlite_app, Contract.PROFILES)
    found = {f"{route.method} {route.path}" for route in routes(sqlite_app, Contract.PROFILES)}
    assert found == OPERATIONS.keys()
    for name, statuses in OPERATIONS.items():
        method, path = name.split()
        operation = described["paths"][path][method.lower()]
        assert statuses <= operation["responses"].keys(), name
        headers = [one.get("$ref", "").rpartition("/")[2] for one in operation["parameters"]]
        assert {"ApiSignature", "Timestamp", "Nonce"} <= set(headers), name
    assert described["security"] == [{"bearer": [], "apikey": []}]
    assert described["components"]["securitySchemes"]["apikey"] == {"type": "apiKey", "in": "header", "name": "apikey"}
    assert SCOPES[Contract.PROFILES] == ("profiles:read", "values:write")


def test_every_given_field_of_the_overview_has_its_type(adas: Till) -> None:
    data = adas.get("/overview/").json["data"]
    assert data.keys() == {"user_goals", "eligibleforupdate", "profiles"}
    assert len(data["user_goals"]) == 2
    for goal in data["user_goals"].values():
        check(goal, REACHED | {"period_start": TEXT, "period_end": TEXT})
        assert date.fromisoformat(goal["period_start"]) <= date.fromisoformat(goal["period_end"])
    assert type(data["eligibleforupdate"]) is bool
    for profile in data["profiles"]:
        assert profile.keys() == PROFILE.keys()
        check(profile, PROFILE)


def test_every_given_field_of_the_boards_has_its_type(ladder: Ladder, adas: Till) -> None:
    data = adas.get("/user/goals-leaderboard/").json["data"]
    assert data.keys() == {
        "courseList",
        "goals",
        "selected_goal",
        "selected_profile",
        "profiles_leader_board_data",
        "goal_leader_board_user_data",
        "participants",
        "current_goal_info",
        "goal_status",
        "current_goal_details",
        "profiles",
    }
    check(data, {"courseList": (list,), "selected_goal": TEXT, "selected_profile": WHOLE, "participants": WHOLE})
    assert len(data["goals"]) == 2
    for goal in data["goals"].values():
        assert goal.keys() == TERMS.keys()
        check(goal, TERMS)
    beside = {"rank": (int, type(None)), "tied": (bool,)}
    for board, types in (("profiles_leader_board_data", OVERALL), ("goal_leader_board_user_data", ON_GOAL)):
        assert data[board].keys() == {str(person.id) for person in ladder.people.values()}
        for row in data[board].values():
            assert row.keys() == types.keys() | beside.keys()
            check(row, types | beside)
    assert list(data["current_goal_info"]) == [data["selected_goal"]]
    check(data["current_goal_info"][data["selected_goal"]], REACHED)
    assert data["goal_status"].keys() == STATUS.keys()
    check(data["goal_status"], STATUS)
    assert data["current_goal_details"] == {"variants": []}
    for profile in data["profiles"]:
        check(profile, PROFILE)


def test_the_published_vector_is_let_in(app: Flask, session: Session, ladder: Ladder, clock: Any) -> None:
    asking = till(app, session, ladder.home, ladder.people["Ada"], signs=True)
    row = session.scalars(select(ApiKey)).one()
    row.secret = keyring.seal_for_system("api_key.secret", "secret")
    session.commit()
    clock.move_to(datetime.fromtimestamp(1_700_000_000, UTC))
    signed = {
        "api_signature": "41ef88d5f83e423791f422bb5a87f8495b90ebebe1b82e5707f8c7fab89d9184",
        "x_timestamp": "1700000000",
        "x_nonce": "n-1",
    }
    known = ladder.silver.id == 2
    answer = asking.get("/overview/?profile_id=2", **signed)
    assert answer.status_code == (200 if known else 400), answer.text
    assert asking.get("/overview/?profile_id=2", **signed).status_code == 401
    assert asking.get("/overview/?profile_id=1", **{**signed, "x_nonce": "n-1"}).status_code == 401


def test_errors_have_one_shape(adas: Till) -> None:
    long = b'[{"x": "' + b"x" * (2 * 1024 * 1024) + b'"}]'
    answers = {
        400: [adas.get("/overview/?profile_id=x"), adas.post("/values/", b"{"), adas.post("/values/", b"7")],
        401: [adas.get("/overview/", apikey="x"), adas.get("/overview/", Authorization="")],
        404: [adas.get("/nowhere/"), adas.get("/"), adas.get(f"/images/{'0' * 24}/"), adas.get("/overview//")],
        405: [adas.ask("DELETE", "/overview/"), adas.get("/values/"), adas.ask("PUT", "/values/", b"{}")],
        413: [adas.post("/values/", long)],
        415: [adas.ask("POST", "/values/", b"{}"), adas.ask("POST", "/values/", b"{}", Content_Type="text/plain")],
    }
    for status, said in answers.items():
        for answer in said:
            assert (answer.status_code, answer.mimetype) == (status, "application/json")
            assert answer.json.keys() == {"status_code", "errors", "data"}
            assert (answer.json["status_code"], answer.json["data"]) == (status, {})
            assert answer.json["errors"]
            check(answer.json["errors"], dict.fromkeys(answer.json["errors"], TEXT))
            assert len(answer.headers["X-Request-Id"]) == 16
            assert answer.headers["Cache-Control"] == "no-store"
    assert set(answers[405][0].headers["Allow"].split(", ")) >= {"GET"}


def test_a_fault_tells_nothing(adas: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("canary words of the inside")

    monkeypatch.setattr(boards, "ladders", broken)
    answer = adas.get("/overview/")
    assert (answer.status_code, answer.json["status_code"], answer.json["data"]) == (500, 500, {})
    assert "canary" not in answer.text


def test_a_key_with_a_token_asks_so_often_a_minute(
    app_factory: AppFactory, database_url: str, session: Session, ladder: Ladder
) -> None:
    app = app_factory(database_url, LIMIT_API_MINUTE="3")
    ada = ladder.people["Ada"]
    first, second = (till(app, session, ladder.home, ada) for _ in range(2))
    answers = [first.get("/overview/") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    refused = answers[-1]
    assert (refused.json["status_code"], refused.json["data"], len(refused.json["errors"])) == (429, {}, 1)
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    mixed = Till(app, second.key, second.secret, first.token)
    assert [one.get("/overview/").status_code for one in (second, mixed)] == [200, 200]


def test_the_contracts_stand_apart(app: Flask, session: Session, ladder: Ladder, adas: Till) -> None:
    """Below one address there is another contract: each answers in its own words."""
    client = app.test_client()
    said = {path: client.get(path, headers=adas.headers) for path in ("/api/v1/goals", "/api/v1/tracking/goals")}
    assert {answer.status_code for answer in said.values()} == {401}
    assert [set(answer.json) for answer in said.values()] == [{"code", "message", "details"}, {"detail"}]
    assert set(client.get("/api/v1/profilesx/overview/").json) == {"code", "message", "details"}


def test_parameters_that_nobody_knows_are_ignored(adas: Till) -> None:
    for path in ("/overview/", "/user/goals-leaderboard/"):
        assert adas.get(f"{path}?utm=1&utm=2&x[]=2").data == adas.get(path).data


def test_another_sites_headers_do_not_matter(adas: Till) -> None:
    answer = adas.post("/values/", b"[]", Origin="https://elsewhere.example", Sec_Fetch_Site="cross-site")
    assert (answer.status_code, set(answer.json["errors"])) == (400, {"detail"})
    assert "Access-Control-Allow-Origin" not in answer.headers
