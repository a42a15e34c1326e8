"""Making many goals at once by programs of the objectives contract, and deleting one or many."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.api.quarter import NOBODY, UNKNOWN, Quarter


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


class TestCreate:
    def test_all_of_them(self, quarter: Quarter) -> None:
        names = [f"Goal {number}" for number in range(3)]
        bodies = [quarter.new(name=name, metrics=[{"name": "Stars", "target": 5}]) for name in names]
        answer = quarter.paul.post("/goals/bulk", [*bodies[:2], {"goal": bodies[2]}])
        assert (answer.status_code, answer.json["totalCount"]) == (201, 3)
        assert [one["name"] for one in answer.json["items"]] == names
        assert [quarter.read(one["id"]) for one in answer.json["items"]] == answer.json["items"]

    def test_or_none(self, quarter: Quarter) -> None:
        before = quarter.everything()
        bodies = [quarter.new(), quarter.new(ownerId=UNKNOWN), quarter.new(name=" ")]
        answer = quarter.paul.post("/goals/bulk", bodies)
        assert (answer.status_code, answer.json["details"].keys()) == (400, {"1.ownerId", "2.name"})
        answer = quarter.paul.post("/goals/bulk", [quarter.new(), quarter.new(), quarter.new(name=5)])
        assert (answer.status_code, answer.json["details"].keys()) == (400, {"2.name"})
        answer = quarter.paul.post("/goals/bulk", [quarter.new(sessionId=UNKNOWN)])
        assert (answer.status_code, answer.json["details"].keys()) == (400, {"0.sessionId"})
        answer = quarter.paul.post("/goals/bulk", [quarter.new(), quarter.new(ownerId=quarter.mona.id)])
        assert answer.status_code == 403
        assert quarter.everything() == before

    def test_an_array_of_goals(self, quarter: Quarter) -> None:
        for body in ({}, {"goals": []}, [], "x", [5]):
            assert quarter.paul.post("/goals/bulk", body).status_code == 400, body

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_at_most_200(self, quarter: Quarter) -> None:
        assert quarter.paul.post("/goals/bulk", [quarter.new()] * 101).status_code == 400
        answer = quarter.paul.post("/goals/bulk", [quarter.new()] * 100)
        assert (answer.status_code, len(answer.json["items"])) == (201, 100)


class TestDelete:
    def test_it_is_gone(self, quarter: Quarter) -> None:
        answer = quarter.paul.delete(f"/goals/{quarter.free}")
        assert (answer.status_code, answer.json) == (200, {"id": quarter.free})
        for again in (quarter.paul.get(f"/goals/{quarter.free}"), quarter.paul.delete(f"/goals/{quarter.free}")):
            assert (again.status_code, again.json) == (404, NOBODY)
        assert quarter.paul.patch(f"/metrics/{quarter.free_metric}", {"target": 1}).status_code == 404
        assert quarter.read(quarter.goal)["id"] == quarter.goal

    def test_many_by_either_body(self, quarter: Quarter) -> None:
        ids = [quarter.made()["id"] for _ in range(4)]
        for some, body in ((ids[:2], ids[:2]), (ids[2:], {"goalsIds": [*ids[2:], ids[2]]})):
            answer = quarter.paul.delete("/goals/bulk", body)
            assert (answer.status_code, answer.json) == (
                200,
                {"items": [{"id": one} for one in some], "totalCount": 2},
            )
        assert {quarter.paul.get(f"/goals/{one}").status_code for one in ids} == {404}

    def test_all_or_none(self, quarter: Quarter) -> None:
        mine, hers = quarter.made()["id"], quarter.ines.post("/goals", quarter.new(ownerId=quarter.ines.id)).json["id"]
        before = quarter.everything()
        for other, status in ((UNKNOWN, 404), (quarter.theirs, 404), (hers, 403), ("x", 404)):
            for body in ([mine, other], [other, mine]):
                assert quarter.paul.delete("/goals/bulk", body).status_code == status
        unknown, foreign = (quarter.paul.delete("/goals/bulk", [mine, one]) for one in (UNKNOWN, quarter.theirs))
        assert foreign.data == unknown.data
        assert quarter.everything() == before

    def test_a_list_of_ids(self, quarter: Quarter) -> None:
        for body in ([], {}, {"goalsIds": []}, {"goalsIds": "x"}, [5], "x", ["x"] * 101):
            assert quarter.paul.delete("/goals/bulk", body).status_code == 400, body

    def test_its_body_is_json_by_its_type(self, quarter: Quarter) -> None:
        client = quarter.app.test_client()
        headers = {"Authorization": f"Bearer {quarter.paul.token}", "gtmhub-accountId": quarter.account}
        answer = client.delete("/api/v1/goals/bulk", data=f'["{quarter.free}"]', headers=headers)
        assert (answer.status_code, answer.json["code"]) == (415, 415)
        assert quarter.read(quarter.free)["id"] == quarter.free
