"""Key results and check-ins by programs of the objectives contract."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import UNKNOWN, Quarter
from webapp.domain.tracking import Source
from webapp.queries import check_ins, objectives

TODAY = "2026-03-10T00:00:00Z"
NOW = "2026-03-10T12:00:00Z"


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


class TestCreate:
    def test_after_those_that_are_there(self, quarter: Quarter) -> None:
        said = {"name": "Late loaves", "initialValue": 40, "target": 5, "targetOperator": "at_most", "weight": 0.5}
        said |= {"description": "A week", "ownerId": quarter.nora.id, "dueDate": TODAY}
        answer = quarter.paul.post(f"/goals/{quarter.free}/metrics", said)
        assert (answer.status_code, {name: answer.json[name] for name in said}) == (201, said)
        assert (answer.json["goalId"], answer.json["sessionId"]) == (quarter.free, quarter.year.public_id)
        shown = quarter.paul.get(f"/goals/{quarter.free}")
        assert shown.json["metrics"][1:] == [answer.json]
        assert shown.headers["ETag"] == answer.headers["ETag"]

    def test_what_it_is_without_more(self, quarter: Quarter) -> None:
        answer = quarter.paul.post(f"/goals/{quarter.free}/metrics", {"metric": {"name": "Shops", "target": 10}})
        assert answer.status_code == 201
        assert (answer.json["initialValue"], answer.json["weight"], answer.json["targetOperator"]) == (0, 1, "at_least")
        assert (answer.json["ownerId"], answer.json["actual"], answer.json["attainment"]) == (quarter.paul.id, None, 0)
        assert (answer.json["dueDate"], answer.json["confidence"], answer.json["lastCheckInDate"]) == (None, None, None)

    def test_what_cannot_be(self, quarter: Quarter) -> None:
        for body, field in (
            ({"target": 1}, "name"),
            ({"name": "x"}, "target"),
            ({"name": " ", "target": 1}, "name"),
            ({"name": "x", "target": True}, "target"),
            ({"name": "x", "target": 10**12}, "target"),
            ({"name": "x", "target": 1, "weight": 0}, "weight"),
            ({"name": "x", "target": 1, "targetOperator": "more"}, "targetOperator"),
            ({"name": "x", "target": 1, "ownerId": UNKNOWN}, "ownerId"),
            ({"name": "x", "target": 1, "ownerId": quarter.zoe.id}, "ownerId"),
            ({"name": "x", "target": 1, "dueDate": "2026-02-30"}, "dueDate"),
        ):
            quarter.refuse(quarter.paul, "POST", f"/goals/{quarter.free}/metrics", body, field)

    def test_fifty_are_enough(self, quarter: Quarter) -> None:
        made = quarter.made(metrics=[{"name": "x", "target": 1}] * 50)
        quarter.refuse(quarter.paul, "POST", f"/goals/{made['id']}/metrics", {"name": "x", "target": 1}, "metrics")


class TestPatch:
    def test_field_by_field(self, quarter: Quarter) -> None:
        (stood,) = quarter.read(quarter.free)["metrics"]
        for field, value in {
            "name": "Many stars",
            "description": "In the paper",
            "initialValue": 1.5,
            "target": 4.25,
            "targetOperator": "exactly",
            "weight": 3,
            "dueDate": TODAY,
        }.items():
            answer = quarter.paul.patch(f"/metrics/{quarter.free_metric}", {field: value})
            stood = {**stood, field: value}
            assert (answer.status_code, answer.json) == (200, stood)
        assert quarter.read(quarter.free)["metrics"] == [stood]

    def test_null_is_the_usual_value(self, quarter: Quarter) -> None:
        said = {"initialValue": 2, "weight": 3, "description": "x", "dueDate": TODAY, "ownerId": quarter.nora.id}
        assert quarter.paul.patch(f"/metrics/{quarter.free_metric}", said).json["ownerId"] == quarter.nora.id
        answer = quarter.paul.patch(f"/metrics/{quarter.free_metric}", dict.fromkeys(said))
        usual = {"initialValue": 0, "weight": 1, "description": "", "dueDate": None, "ownerId": quarter.paul.id}
        assert {name: answer.json[name] for name in said} == usual

    def test_what_was_read_changes_nothing(self, quarter: Quarter) -> None:
        (stood,) = quarter.read(quarter.free)["metrics"]
        before = objectives.draft_of(quarter.session, objectives.of_goal(quarter.session, quarter.found(quarter.free)))
        assert quarter.paul.patch(f"/metrics/{quarter.free_metric}", stood).json == stood
        after = objectives.draft_of(quarter.session, objectives.of_goal(quarter.session, quarter.found(quarter.free)))
        assert after == before
        assert after.key_results[0].owner is None, "it still goes with the goal's owner"

    def test_another_target_is_another_attainment(self, quarter: Quarter) -> None:
        quarter.paul.post(f"/metrics/{quarter.free_metric}/checkin", {"actual": 4})
        answer = quarter.paul.patch(f"/metrics/{quarter.free_metric}", {"target": 8})
        assert answer.json["attainment"] == 0.5
        assert quarter.read(quarter.free)["attainment"] == 0.5

    def test_what_cannot_be(self, quarter: Quarter) -> None:
        for body in ({"name": None}, {"target": None}, {"targetOperator": None}, {"weight": -1}, {"ownerId": UNKNOWN}):
            quarter.refuse(quarter.paul, "PATCH", f"/metrics/{quarter.free_metric}", body, next(iter(body)))


class TestDelete:
    def test_it_is_gone_and_counts_no_more(self, quarter: Quarter) -> None:
        other = quarter.paul.post(f"/goals/{quarter.free}/metrics", {"name": "Shops", "target": 10}).json["id"]
        quarter.paul.post(f"/metrics/{other}/checkin", {"actual": 10})
        assert quarter.read(quarter.free)["attainment"] == 0.5
        answer = quarter.paul.delete(f"/metrics/{quarter.free_metric}")
        assert (answer.status_code, answer.json) == (200, {"id": quarter.free_metric})
        shown = quarter.read(quarter.free)
        assert ([one["id"] for one in shown["metrics"]], shown["attainment"]) == ([other], 1)
        for again in (
            quarter.paul.delete(f"/metrics/{quarter.free_metric}"),
            quarter.paul.patch(f"/metrics/{quarter.free_metric}", {"target": 1}),
            quarter.paul.post(f"/metrics/{quarter.free_metric}/checkin", {"actual": 1}),
        ):
            assert again.status_code == 404

    def test_the_last_one_too(self, quarter: Quarter) -> None:
        assert quarter.paul.delete(f"/metrics/{quarter.free_metric}").status_code == 200
        assert quarter.read(quarter.free)["metrics"] == []


class TestCheckIn:
    def test_everything_follows(self, quarter: Quarter) -> None:
        above = quarter.made()
        quarter.paul.patch(f"/goals/{quarter.free}", {"parentId": above["id"]})
        said = {"actual": 2, "comment": "Two won", "confidence": 0.7, "checkInDate": "2026-03-09"}
        answer = quarter.paul.post(f"/metrics/{quarter.free_metric}/checkin", said)
        assert answer.status_code == 201
        assert (answer.json["actual"], answer.json["attainment"]) == (2, 0.4)
        assert answer.json["lastCheckInDate"] == "2026-03-09T00:00:00Z"
        believed = {"value": 0.7, "reason": "Two won", "date": NOW, "userId": quarter.paul.id}
        assert answer.json["confidence"] == believed
        shown = quarter.paul.get(f"/goals/{quarter.free}")
        assert (shown.json["metrics"], shown.json["attainment"]) == ([answer.json], 0.4)
        assert shown.headers["ETag"] == answer.headers["ETag"]
        assert quarter.read(above["id"])["attainment"] == 0.4
        quarter.session.rollback()
        (row,) = quarter.session.query(objectives.KeyResult).filter_by(public_id=quarter.free_metric)
        (kept,) = check_ins.history(quarter.session, [row.id])
        assert (kept.value, kept.comment, kept.source) == (Decimal(2), "Two won", Source.API)

    def test_every_way_to_say_a_confidence(self, quarter: Quarter) -> None:
        for said, value, reason in (
            ({"confidence": 0}, 0, ""),
            ({"confidence": {"value": 0.5, "reason": "Two are ill"}}, 0.5, "Two are ill"),
            ({"confidence": {"value": 1, "reason": None}, "comment": "Well"}, 1, "Well"),
            ({"confidence": {"value": 1, "reason": "Rested"}, "comment": "Well"}, 1, "Well\nRested"),
            ({"confidence": None, "comment": None}, 1, "Well\nRested"),
        ):
            answer = quarter.paul.post(f"/metrics/{quarter.free_metric}/checkin", {"actual": 1, **said})
            assert answer.status_code == 201
            assert (answer.json["confidence"]["value"], answer.json["confidence"]["reason"]) == (value, reason)

    def test_the_latest_date_counts(self, quarter: Quarter) -> None:
        path = f"/metrics/{quarter.free_metric}/checkin"
        assert quarter.paul.post(path, {"actual": 3}).json["lastCheckInDate"] == TODAY
        answer = quarter.paul.post(path, {"actual": 1, "checkInDate": "2026-03-01T12:00:00Z"})
        assert (answer.json["actual"], answer.json["lastCheckInDate"]) == (3, TODAY)
        assert quarter.paul.post(path, {"actual": 2}).json["actual"] == 2

    def test_it_may_be_more_than_all_and_less_than_nothing(self, quarter: Quarter) -> None:
        path = f"/metrics/{quarter.free_metric}/checkin"
        for actual, attainment in ((12.5, 2.5), (-5, -1), (0, 0)):
            answer = quarter.paul.post(path, {"actual": actual})
            assert (answer.json["actual"], answer.json["attainment"]) == (actual, attainment)

    def test_what_cannot_be(self, quarter: Quarter) -> None:
        for body, field in (
            ({}, "actual"),
            ({"actual": None}, "actual"),
            ({"actual": True}, "actual"),
            ({"actual": "4"}, "actual"),
            ({"actual": 10**12}, "actual"),
            ({"actual": 0.1234567}, "actual"),
            ({"actual": 1, "confidence": 1.1}, "confidence"),
            ({"actual": 1, "confidence": True}, "confidence"),
            ({"actual": 1, "confidence": {}}, "confidence"),
            ({"actual": 1, "comment": 5}, "comment"),
            ({"actual": 1, "comment": "x" * 4_001}, "comment"),
            ({"actual": 1, "checkInDate": "2026-03-11"}, "checkInDate"),
            ({"actual": 1, "checkInDate": "soon"}, "checkInDate"),
        ):
            quarter.refuse(quarter.paul, "POST", f"/metrics/{quarter.free_metric}/checkin", body, field)
        path = f"/metrics/{quarter.free_metric}/checkin"
        for text in (b'{"actual": NaN}', b'{"actual": 1e400}', b'{"actual": -Infinity}', b"[]", b"5"):
            assert quarter.paul.post(path, text).status_code == 400, text

    def test_by_who_owns_the_goal_or_the_key_result(self, quarter: Quarter) -> None:
        path = f"/metrics/{quarter.free_metric}/checkin"
        before = quarter.everything()
        for other in (quarter.mona, quarter.ines, quarter.nora):
            assert other.post(path, {"actual": 1}).status_code == 403
        assert quarter.everything() == before
        quarter.paul.patch(f"/metrics/{quarter.free_metric}", {"ownerId": quarter.nora.id})
        assert quarter.nora.post(path, {"actual": 1}).json["actual"] == 1
        assert quarter.paul.post(path, {"actual": 2}).json["actual"] == 2
        other = quarter.paul.post(f"/goals/{quarter.free}/metrics", {"name": "Shops", "target": 10}).json["id"]
        assert quarter.nora.post(f"/metrics/{other}/checkin", {"actual": 1}).status_code == 403

    def test_once_under_its_key(self, quarter: Quarter) -> None:
        path = f"/metrics/{quarter.free_metric}/checkin"
        first = quarter.paul.post(path, {"actual": 1}, Idempotency_Key="one")
        before = quarter.everything()
        again = quarter.paul.post(path, {"actual": 1}, Idempotency_Key="one")
        assert (again.status_code, again.data) == (201, first.data)
        assert quarter.everything() == before

    def test_a_scope_of_its_own(self, quarter: Quarter) -> None:
        path = f"/metrics/{quarter.free_metric}/checkin"
        writes = quarter.asker(quarter.people["paul"], "objectives:write", "objectives:review", "sessions:write")
        says = quarter.asker(quarter.people["paul"], "objectives:check_in")
        assert writes.post(path, {"actual": 1}).status_code == 403
        assert writes.put(f"/goals/{quarter.free}/confidence", 0.5).status_code == 403
        assert says.post(path, {"actual": 1}).status_code == 201
        assert says.put(f"/goals/{quarter.free}/confidence", 0.5).status_code == 200
        assert says.patch(f"/metrics/{quarter.free_metric}", {"target": 1}).status_code == 403

    def test_the_date_is_the_callers(self, quarter: Quarter, clock: Any) -> None:
        clock.shift(timedelta(hours=11, minutes=30))  # in Berlin it is tomorrow already
        answer = quarter.paul.post(f"/metrics/{quarter.free_metric}/checkin", {"actual": 1})
        assert answer.json["lastCheckInDate"] == f"{make.days_ago(-1)}T00:00:00Z"
