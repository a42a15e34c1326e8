"""The reading contract as it was published: its operations, the type of every field, its samples, its errors."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Reader, reader
from tests.api.refusals import GOAL, refused
from tests.conftest import AppFactory
from webapp.actions import reading_goals
from webapp.api.documents import document, routes
from webapp.domain.quran import MUSHAFS
from webapp.domain.tokens import SCOPES, Contract
from webapp.models import Person, Token
from webapp.queries import reading as queries

HEADERS = {"400", "401", "403", "404", "422", "429", "500", "502", "503", "504"}
OPERATIONS = {
    "POST /auth/v1/goals": {"415", "413"},
    "PUT /auth/v1/goals/{goal_id}": {"415", "412"},
    "DELETE /auth/v1/goals/{goal_id}": {"412"},
    "GET /auth/v1/goals/get-todays-plan": set(),
    "GET /auth/v1/goals/estimate": set(),
    "GET /auth/v1/streaks": set(),
    "GET /auth/v1/streaks/current-streak-days": set(),
    "POST /auth/v1/activity-days": {"415", "413"},
    "GET /auth/v1/activity-days": set(),
    "GET /auth/v1/activity-days/estimate-reading-time": set(),
}
JSON = {"Content_Type": "application/json"}
NUMBER, TEXT, WHOLE, TEXTS = (int, float), (str,), (int,), (list,)
DAY = {
    "id": TEXT,
    "date": TEXT,
    "progress": NUMBER,
    "type": TEXT,
    "ranges": TEXTS,
    "pagesRead": NUMBER,
    "secondsRead": WHOLE,
    "versesRead": WHOLE,
    "manuallyAddedSeconds": WHOLE,
    "dailyTargetPages": NUMBER,
    "dailyTargetSeconds": NUMBER,
    "dailyTargetRanges": TEXTS,
    "remainingDailyTargetRanges": TEXTS,
    "mushafId": WHOLE,
}
PLAN = {"hasGoal": (bool,), "goalId": TEXT, **DAY}
STREAK = {"id": TEXT, "startDate": TEXT, "endDate": TEXT, "type": TEXT, "status": TEXT, "days": WHOLE}
PAGINATION = {"startCursor": TEXT, "endCursor": TEXT, "hasNextPage": (bool,), "hasPreviousPage": (bool,)}


def check(row: dict[str, Any], types: dict[str, tuple[type, ...]]) -> None:
    """The row has exactly these fields, of exactly these types: a truth value is no number."""
    assert row.keys() == types.keys()
    for name, allowed in types.items():
        assert type(row[name]) in allowed, (name, row[name])


def test_every_operation_is_described_with_its_statuses(sqlite_app: Flask) -> None:
    described = document(sqlite_app, Contract.READING)
    assert {f"{route.method} {route.path}" for route in routes(sqlite_app, Contract.READING)} == OPERATIONS.keys()
    for name, more in OPERATIONS.items():
        method, path = name.split()
        operation = described["paths"][path][method.lower()]
        assert {"200", *HEADERS, *more} <= operation["responses"].keys(), name
        assert {"$ref": "#/components/parameters/Zone"} in operation["parameters"], name
    assert described["security"] == [{"x-auth-token": [], "x-client-id": []}]
    for name, scheme in described["components"]["securitySchemes"].items():
        assert scheme == {"type": "apiKey", "in": "header", "name": name}
    asked = described["paths"]["/auth/v1/goals/estimate"]["get"]["parameters"]
    needed = {one["name"]: one.get("required", False) for one in asked if one.get("in") == "query"}
    assert needed == {"type": True, "amount": True, "mushafId": True, "duration": False}
    assert len(SCOPES[Contract.READING]) == 8


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_published_samples(adas: Reader, slash: str) -> None:
    sample = {"type": "QURAN_TIME", "amount": "1:5-1:10", "duration": 0, "category": "QURAN"}
    answer = adas.post(f"/goals{slash}?mushafId=4", sample)
    refused(answer, 422)
    assert answer.json["errors"].keys() == {"amount", "duration"}
    answer = adas.post(f"/goals{slash}?mushafId=4", GOAL)
    assert (answer.status_code, answer.json.keys()) == (200, {"success", "data"})
    assert answer.json["success"] is True
    check(answer.json["data"], {"id": TEXT})


def test_every_operation_answers_with_its_fields_with_and_without_a_slash(adas: Reader) -> None:
    for slash in ("", "/"):
        goal = adas.post(f"/goals{slash}?mushafId=4", GOAL).json["data"]["id"]
        changed = adas.put(f"/goals/{goal}{slash}?mushafId=4", {"amount": 1200})
        assert (changed.status_code, changed.json) == (200, {"success": True, "data": {}})
        said = {"type": "QURAN", "seconds": 300, "ranges": ["1:1-1:7"], "pages": 0.5, "mushafId": 4}
        assert adas.post(f"/activity-days{slash}", said).json == {"success": True, "data": {}}
        check(adas.get(f"/goals/get-todays-plan{slash}?type=QURAN_TIME&mushafId=4").json["data"], PLAN)
        week = adas.get(f"/goals/estimate{slash}?type=QURAN_PAGES&amount=604&mushafId=4&duration=30").json["data"]
        assert (week.keys(), len(week["week"])) == ({"week"}, 7)
        check(week["week"][0], {"date": TEXT, "amount": WHOLE})
        streaks = adas.get(f"/streaks{slash}?type=QURAN").json
        assert streaks.keys() == {"success", "data", "pagination"}
        check(streaks["data"][0], STREAK)
        check(streaks["pagination"], PAGINATION)
        assert adas.get(f"/streaks/current-streak-days{slash}?type=QURAN").json == {
            "success": True,
            "data": {"days": 1},
        }
        days = adas.get(f"/activity-days{slash}?type=QURAN").json
        assert days.keys() == {"success", "data", "pagination"}
        check(days["data"][0], DAY)
        check(days["pagination"], PAGINATION)
        took = adas.get(f"/activity-days/estimate-reading-time{slash}?ranges=1:1-1:7").json
        assert took == {"success": True, "data": {"seconds": 120}}
        over = adas.delete(f"/goals/{goal}{slash}?category=QURAN")
        assert over.json == {"success": True, "data": {"message": "goal deleted"}}


@pytest.mark.parametrize("mushaf", MUSHAFS)
def test_every_mushaf_is_known(adas: Reader, mushaf: int) -> None:
    assert adas.post(f"/goals?mushafId={mushaf}", GOAL).status_code == 200
    assert adas.get(f"/goals/get-todays-plan?type=QURAN_TIME&mushafId={mushaf}").json["data"]["mushafId"] == mushaf
    assert adas.post("/activity-days", {"type": "QURAN", "seconds": 5, "mushafId": mushaf}).status_code == 200


@pytest.mark.parametrize("mushaf", ["0", "8", "12", "20", "04", "4.0", "+4", "", "four", "%D9%A4", "4&mushafId=5"])
def test_no_other_mushaf_is(adas: Reader, mushaf: str) -> None:
    answer = adas.post(f"/goals?mushafId={mushaf}", GOAL)
    refused(answer, 422)
    assert answer.json["errors"].keys() == {"mushafId"}


ABSENT = {
    "header of the token": ("GET", "/streaks?type=QURAN", None, {"x_auth_token": None}),
    "header of the client": ("GET", "/streaks?type=QURAN", None, {"x_client_id": None}),
    "empty header": ("GET", "/streaks?type=QURAN", None, {"x_auth_token": ""}),
    "mushaf of a goal": ("POST", "/goals", GOAL, {}),
    "mushaf of a change": ("PUT", "/goals/x", {}, {}),
    "category of an end": ("DELETE", "/goals/x", None, {}),
    "type of the plan": ("GET", "/goals/get-todays-plan?mushafId=4", None, {}),
    "mushaf of the plan": ("GET", "/goals/get-todays-plan?type=QURAN_TIME", None, {}),
    "amount of an estimate": ("GET", "/goals/estimate?type=QURAN_TIME&mushafId=4", None, {}),
    "type of streaks": ("GET", "/streaks", None, {}),
    "type of the streak": ("GET", "/streaks/current-streak-days", None, {}),
    "type of days": ("GET", "/activity-days", None, {}),
    "ranges": ("GET", "/activity-days/estimate-reading-time", None, {}),
    "type of a day": ("POST", "/activity-days", {"seconds": 60, "mushafId": 4}, {}),
    "mushaf of a day": ("POST", "/activity-days", {"type": "QURAN", "seconds": 60}, {}),
    "amount of a goal": ("POST", "/goals?mushafId=4", {"type": "QURAN_TIME", "category": "QURAN"}, {}),
    "type of a goal": ("POST", "/goals?mushafId=4", {"amount": 600, "category": "QURAN"}, {}),
    "category of a goal": ("POST", "/goals?mushafId=4", {"type": "QURAN_TIME", "amount": 600}, {}),
    "half a body": ("POST", "/goals?mushafId=4", b"{", JSON),
    "no body": ("POST", "/goals?mushafId=4", b"", JSON),
    "a key twice": ("POST", "/goals?mushafId=4", b'{"type": "a", "type": "b"}', JSON),
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_absent_or_unreadable_is_400(adas: Reader, name: str) -> None:
    method, path, body, headers = ABSENT[name]
    refused(adas.ask(method, path, body, **headers), 400)


def test_the_other_errors_have_the_published_shape(
    app: Flask, session: Session, ada: Person, adas: Reader, bob: Person
) -> None:
    long = b'{"x": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    lesser = reader(app, session, ada, "goal.read")
    goal = reader(app, session, bob).post("/goals?mushafId=4", GOAL).json["data"]["id"]
    refused(adas.get("/streaks?type=QURAN", x_auth_token="x"), 401)
    refused(lesser.post("/goals?mushafId=4", GOAL), 403)
    for path in ("/nowhere", "/", "/reading-sessions", "/sync", "/reading-sessions/1", "/streaks//current-streak-days"):
        for answer in (adas.get(path), adas.get(path, x_auth_token=None, x_client_id=None)):
            refused(answer, 404)
    gone = [adas.delete(f"/goals/{one}?category=QURAN") for one in (goal, "0" * 24)]
    gone += [adas.put(f"/goals/{one}?mushafId=4", {}) for one in (goal, "0" * 24)]
    for answer in gone:
        refused(answer, 404)
    assert len({answer.data for answer in gone}) == 1
    refused(adas.ask("PATCH", "/goals"), 405)
    assert "POST" in adas.ask("PATCH", "/goals").headers["Allow"]
    refused(adas.ask("POST", "/goals?mushafId=4", long, **JSON), 413)
    refused(adas.ask("POST", "/goals?mushafId=4", b"{}", Content_Type="text/plain"), 415)
    mine = adas.post("/goals?mushafId=4", GOAL).json["data"]["id"]
    refused(adas.put(f"/goals/{mine}?mushafId=4", {}, If_Match='"7"'), 412)
    refused(adas.delete(f"/goals/{mine}?category=QURAN", If_Match='"7"'), 412)
    assert adas.put(f"/goals/{mine}?mushafId=4", {}, If_Match='"1"').headers["ETag"] == '"1"'


def test_so_many_requests_a_minute(app_factory: AppFactory, database_url: str, session: Session, ada: Person) -> None:
    program = reader(app_factory(database_url, LIMIT_API_MINUTE="3"), session, ada)
    answers = [program.get("/streaks?type=QURAN") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    refused(answers[-1], 429)
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


def test_a_fault_tells_nothing(adas: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("canary words of the inside")

    monkeypatch.setattr(queries, "readings", broken)
    answer = adas.get("/goals/get-todays-plan?type=QURAN_TIME&mushafId=4")
    refused(answer, 500)
    assert "canary" not in answer.text


def test_without_a_database_it_is_to_be_tried_again(adas: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("canary words of the inside"))

    monkeypatch.setattr(reading_goals, "start", away)
    answer = adas.post("/goals?mushafId=4", GOAL)
    refused(answer, 503)
    assert answer.json["type"] == "service_unavailable"
    assert answer.headers["Retry-After"] == "5"
    assert "canary" not in answer.text


def test_a_repeat_gets_the_first_answer_and_another_wish_is_422(adas: Reader, session: Session) -> None:
    key = {"Idempotency_Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first = adas.post("/goals?mushafId=4", GOAL, **key)
    before = make.everything(session)
    again = adas.post("/goals/?mushafId=4", GOAL, **key)
    assert (again.status_code, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    for path, body in (("/goals?mushafId=4", {**GOAL, "amount": 700}), ("/goals?mushafId=5", GOAL)):
        other = adas.post(path, body, **key)
        refused(other, 422)
        assert other.json["errors"].keys() == {"Idempotency-Key"}
    refused(adas.post("/goals?mushafId=4", GOAL, Idempotency_Key="two words"), 422)
    session.rollback()
    assert make.everything(session) == before


def test_fields_that_nobody_knows_are_refused_and_parameters_ignored(adas: Reader) -> None:
    answer = adas.post("/goals?mushafId=4", {**GOAL, "id": "x", "owner": 7})
    refused(answer, 422)
    assert answer.json["errors"].keys() == {"id", "owner"}
    said = {"type": "QURAN", "seconds": 60, "mushafId": 4, "source": "page"}
    assert adas.post("/activity-days", said).json["errors"].keys() == {"source"}
    for body in (b"[]", b'"x"', b"7", b"null"):
        refused(adas.ask("POST", "/goals?mushafId=4", body, **JSON), 422)
    assert adas.get("/streaks?type=QURAN&utm=1&utm=2").status_code == 200


def test_cookies_and_another_sites_headers_do_not_matter(adas: Reader) -> None:
    answer = adas.post(
        "/goals?mushafId=4",
        GOAL,
        Origin="https://elsewhere.example",
        Sec_Fetch_Site="cross-site",
        Authorization="Bearer x",
        Cookie="session=x",
    )
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_is_kept_as_used(app: Flask, session: Session, adas: Reader, clock: machine.Traveller) -> None:
    assert adas.get("/streaks?type=QURAN").status_code == 200
    session.rollback()
    (used,) = session.scalars(select(Token.used_at)).all()
    assert used == make.NOW
    clock.shift(timedelta(minutes=6))
    adas.get("/streaks?type=QURAN")
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Token.used_at)).all() == [make.NOW + timedelta(minutes=6)]
