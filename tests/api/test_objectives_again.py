"""What a program says again: under its key, about a version, and how sure it is of a goal."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.api.quarter import UNKNOWN, Quarter

SINCE = "2026-03-10T12:00:00Z"


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


class TestConfidence:
    def test_by_a_number_or_with_a_reason(self, quarter: Quarter) -> None:
        stood, path = quarter.read(quarter.free), f"/goals/{quarter.free}/confidence"
        for body, value, reason in (
            (0.7, 0.7, ""),
            (0, 0, ""),
            (1, 1, ""),
            ({"value": 0.5, "reason": "Two are ill"}, 0.5, "Two are ill"),
            ({"value": 0.5, "reason": None}, 0.5, ""),
            ({"confidence": 0.25}, 0.25, ""),
            ({"confidence": {"value": 0.5, "reason": "Two are ill"}}, 0.5, "Two are ill"),
        ):
            answer = quarter.paul.put(path, body)
            assert (answer.status_code, answer.headers["Deprecation"]) == (200, "true")
            said = {"value": value, "reason": reason, "date": SINCE, "userId": quarter.paul.id}
            assert answer.json == {**stood, "confidence": said}
            assert quarter.read(quarter.free) == answer.json

    def test_what_is_none(self, quarter: Quarter) -> None:
        before = quarter.everything()
        for body in (b"null", True, "0.5", -0.1, 1.1, [], {}, {"value": None}, {"value": "x"}, 7, 1e-9):
            answer = quarter.paul.put(f"/goals/{quarter.free}/confidence", body)
            assert (answer.status_code, answer.json["details"].keys()) == (400, {"confidence"}), body
        for body in ({"value": 0.5, "reason": 5}, {"value": 0.5, "reason": "x" * 4_001}):
            assert quarter.paul.put(f"/goals/{quarter.free}/confidence", body).status_code == 400
        assert quarter.everything() == before

    def test_the_header_may_be_left_out_here_alone(self, quarter: Quarter) -> None:
        quarter.paul._account = None
        assert quarter.paul.put(f"/goals/{quarter.free}/confidence", 0.5).status_code == 200
        assert quarter.paul.patch(f"/goals/{quarter.free}", {"name": "x"}).status_code == 400
        unknown, foreign = (quarter.paul.put(f"/goals/{one}/confidence", 0.5) for one in (UNKNOWN, quarter.theirs))
        assert (foreign.status_code, foreign.data) == (unknown.status_code, unknown.data) == (404, unknown.data)

    def test_without_the_header_a_repeat_asks_anew(self, quarter: Quarter) -> None:
        quarter.nora._account = None
        quarter.ines.patch(f"/metrics/{quarter.free_metric}", {"ownerId": quarter.nora.id})
        path, key = f"/goals/{quarter.free}/confidence", {"Idempotency_Key": "one"}
        assert quarter.nora.put(path, 0.5, **key).status_code == 200
        quarter.leave(quarter.people["nora"], quarter.home)
        assert quarter.nora.put(path, 0.5, **key).status_code == 404

    def test_by_who_owns_it_or_a_part_of_it(self, quarter: Quarter) -> None:
        path = f"/goals/{quarter.free}/confidence"
        for other in (quarter.mona, quarter.ines, quarter.nora):
            assert other.put(path, 0.5).status_code == 403
        quarter.ines.patch(f"/metrics/{quarter.free_metric}", {"ownerId": quarter.nora.id})
        answer = quarter.nora.put(path, 0.5)
        assert (answer.status_code, answer.json["confidence"]["userId"]) == (200, quarter.nora.id)


def test_a_version_that_stands_no_more(quarter: Quarter) -> None:
    tag = quarter.paul.get(f"/goals/{quarter.free}").headers["ETag"]
    assert quarter.paul.patch(f"/goals/{quarter.free}", {"name": "One"}, If_Match=tag).status_code == 200
    before = quarter.everything()
    for method, path, body in (
        ("PATCH", f"/goals/{quarter.free}", {"name": "Two"}),
        ("PUT", f"/goals/{quarter.free}", {"name": "Two"}),
        ("DELETE", f"/goals/{quarter.free}", None),
        ("PUT", f"/goals/{quarter.free}/confidence", 0.5),
        ("POST", f"/goals/{quarter.free}/review", [quarter.mona.id]),
        ("POST", f"/goals/{quarter.free}/approve", {"comment": ""}),
        ("POST", f"/goals/{quarter.free}/withdraw", None),
        ("POST", f"/goals/{quarter.free}/metrics", {"name": "x", "target": 1}),
        ("PATCH", f"/metrics/{quarter.free_metric}", {"target": 1}),
        ("DELETE", f"/metrics/{quarter.free_metric}", None),
        ("POST", f"/metrics/{quarter.free_metric}/checkin", {"actual": 1}),
    ):
        answer = quarter.paul.ask(method, path, body, If_Match=tag)
        assert (answer.status_code, answer.json["code"]) == (412, 412), (method, path)
    assert quarter.everything() == before


class TestTwice:
    def test_the_same_again_is_the_first_answer(self, quarter: Quarter) -> None:
        first = quarter.paul.post("/goals", quarter.new(), Idempotency_Key="one")
        before = quarter.everything()
        again = quarter.paul.post("/goals", quarter.new(), Idempotency_Key="one")
        assert (again.status_code, again.data) == (201, first.data)
        assert quarter.everything() == before

    def test_another_body_is_a_conflict(self, quarter: Quarter) -> None:
        quarter.paul.post("/goals", quarter.new(), Idempotency_Key="one")
        before = quarter.everything()
        other = quarter.paul.post("/goals", quarter.new(name="Another"), Idempotency_Key="one")
        assert (other.status_code, other.json["code"]) == (409, 409)
        assert other.json["details"] == {"Idempotency-Key": "This key was used for another request."}
        assert quarter.everything() == before

    def test_who_left_gets_no_first_answer(self, quarter: Quarter) -> None:
        assert quarter.paul.post("/goals", quarter.new(), Idempotency_Key="one").status_code == 201
        quarter.leave(quarter.people["paul"], quarter.home)
        assert quarter.paul.post("/goals", quarter.new(), Idempotency_Key="one").status_code == 403
