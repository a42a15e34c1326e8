"""Sessions by programs of the objectives contract: made and changed by who administers the organisation."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.api.quarter import NOBODY, UNKNOWN, Quarter
from webapp.domain.objectives import CycleState

NEW: dict[str, Any] = {"title": "Second quarter", "start": "2026-04-01T00:00:00Z", "end": "2026-06-30T00:00:00Z"}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


class TestCreate:
    def test_everything_it_can_have(self, quarter: Quarter) -> None:
        more = {"cadenceType": "biweekly", "cadenceTimeZone": "Europe/Paris", "workflow": {"reviewers": 2}}
        more |= {"parentId": quarter.year.public_id, "status": "locked"}
        for version, body in (("v1", {**NEW, **more}), ("v2", {"session": {**NEW, **more}})):
            answer = quarter.ines.post("/sessions", body, version=version)
            assert answer.status_code == 201
            assert answer.json == {"id": answer.json["id"], "accountId": quarter.account, **NEW, **more}
            assert answer.json in quarter.nora.get("/sessions").json["items"]

    def test_what_it_is_without_more(self, quarter: Quarter) -> None:
        made = quarter.ines.post("/sessions", {**NEW, "start": "2026-04-01", "end": "2026-06-30", "x": 1}).json
        usual = {"parentId": "", "status": "open", "cadenceType": "weekly", "workflow": None}
        assert {name: made[name] for name in (*NEW, *usual)} == {**NEW, **usual}
        assert made["cadenceTimeZone"] == "Europe/Berlin", "the zone of who made it"

    def test_goals_belong_to_it(self, quarter: Quarter) -> None:
        made = quarter.ines.post("/sessions", NEW).json
        assert quarter.made(sessionId=made["id"])["dateTo"] == NEW["end"]

    def test_what_cannot_be(self, quarter: Quarter) -> None:
        for field, values in {
            "title": (None, "", "  ", 5, "x" * 201),
            "start": (None, 5, "soon", "2026-02-30"),
            "end": (None, "2026-03-31", "2099-01-01", True),
            "status": ("over", None, 1),
            "cadenceType": ("hourly", 1),
            "cadenceTimeZone": ("Mars/Base", 1, ""),
            "parentId": (5, UNKNOWN, quarter.foreign.public_id),
        }.items():
            for value in values:
                quarter.refuse(quarter.ines, "POST", "/sessions", {**NEW, field: value}, field)
        for value in (3, -1, True, "1", 1.5):
            quarter.refuse(
                quarter.ines, "POST", "/sessions", {**NEW, "workflow": {"reviewers": value}}, "workflow.reviewers"
            )
        for missing in NEW:
            quarter.refuse(
                quarter.ines, "POST", "/sessions", {name: NEW[name] for name in NEW if name != missing}, missing
            )

    def test_by_an_admin_alone(self, quarter: Quarter) -> None:
        before = quarter.everything()
        for other in (quarter.paul, quarter.mona, quarter.nora):
            assert other.post("/sessions", NEW).status_code == 403
            answer = other.patch(f"/sessions/{quarter.year.public_id}", {"title": "x"})
            assert (answer.status_code, answer.json["code"]) == (403, 403)
        assert quarter.everything() == before
        assert quarter.ines.post("/sessions", NEW).status_code == 201

    def test_a_scope_of_its_own(self, quarter: Quarter) -> None:
        others = ("objectives:read", "objectives:write", "objectives:check_in", "objectives:review")
        asker = quarter.asker(quarter.people["ines"], *others)
        assert asker.post("/sessions", NEW).status_code == 403
        assert quarter.asker(quarter.people["ines"], "sessions:write").post("/sessions", NEW).status_code == 201


class TestPatch:
    def test_field_by_field(self, quarter: Quarter) -> None:
        stood = quarter.ines.post("/sessions", NEW).json
        for field, value in {
            "title": "Spring",
            "start": "2026-03-01T00:00:00Z",
            "end": "2026-05-31T00:00:00Z",
            "cadenceType": "monthly",
            "cadenceTimeZone": "Etc/UTC",
            "parentId": quarter.year.public_id,
            "workflow": {"reviewers": 1},
            "status": "closed",
        }.items():
            answer = quarter.ines.patch(f"/sessions/{stood['id']}", {field: value})
            stood = {**stood, field: value}
            assert (answer.status_code, answer.json) == (200, stood)
            assert answer.json in quarter.paul.get("/sessions").json["items"]

    def test_back_and_forth(self, quarter: Quarter) -> None:
        for status in ("locked", "closed", "open"):
            answer = quarter.ines.patch(f"/sessions/{quarter.year.public_id}", {"status": status})
            assert (answer.status_code, answer.json["status"]) == (200, status)
            quarter.session.rollback()
            quarter.session.refresh(quarter.year)
            assert quarter.year.state is CycleState(status)

    def test_what_was_read_changes_nothing(self, quarter: Quarter) -> None:
        for session_id in (quarter.cycle.public_id, quarter.year.public_id):
            items = quarter.ines.get("/sessions").json["items"]
            (stood,) = [one for one in items if one["id"] == session_id]
            assert quarter.ines.patch(f"/sessions/{session_id}", stood).json == stood

    def test_the_end_of_a_day_stays_on_it(self, quarter: Quarter) -> None:
        path = f"/sessions/{quarter.year.public_id}"
        answer = quarter.ines.patch(path, {"cadenceTimeZone": "Europe/Paris", "end": "2026-12-30T22:59:59Z"})
        assert answer.json["end"] == "2026-12-30T00:00:00Z"
        assert quarter.ines.patch(path, {"end": "2026-12-30T23:00:00Z"}).json["end"] == "2026-12-31T00:00:00Z"

    def test_reviews_that_are_on_stay_on(self, quarter: Quarter) -> None:
        path = f"/sessions/{quarter.cycle.public_id}"
        for off in (None, {"reviewers": 0}, {"reviewers": None}):
            quarter.refuse(quarter.ines, "PATCH", path, {"workflow": off}, "workflow.reviewers")
        for on in (2, 1):
            answer = quarter.ines.patch(path, {"workflow": {"reviewers": on}})
            assert (answer.status_code, answer.json["workflow"]) == (200, {"reviewers": on})
        assert quarter.ines.patch(path, {"workflow": {}, "title": "Spring"}).json["workflow"] == {"reviewers": 1}

    def test_what_cannot_be(self, quarter: Quarter) -> None:
        path = f"/sessions/{quarter.year.public_id}"
        for body in (
            {"title": None},
            {"title": " "},
            {"start": None},
            {"end": "2025-01-01"},
            {"status": "over"},
            {"cadenceTimeZone": "Mars/Base"},
            {"parentId": quarter.year.public_id},
            {"parentId": quarter.foreign.public_id},
        ):
            quarter.refuse(quarter.ines, "PATCH", path, body, next(iter(body)))
        below = quarter.ines.post("/sessions", {**NEW, "parentId": quarter.year.public_id}).json["id"]
        quarter.refuse(quarter.ines, "PATCH", path, {"parentId": below}, "parentId")
        assert quarter.ines.patch(f"/sessions/{below}", {"parentId": ""}).json["parentId"] == ""

    def test_elsewhere_there_is_none(self, quarter: Quarter) -> None:
        before = quarter.everything()
        unknown, foreign, odd = (
            quarter.ines.patch(f"/sessions/{one}", {"title": "x"}) for one in (UNKNOWN, quarter.foreign.public_id, "x")
        )
        assert (unknown.status_code, unknown.json) == (404, NOBODY)
        assert unknown.data == foreign.data == odd.data
        assert quarter.everything() == before
        assert quarter.zoe.patch(f"/sessions/{quarter.foreign.public_id}", {"title": "x"}).status_code == 200

    def test_a_version_that_stands_no_more(self, quarter: Quarter) -> None:
        path = f"/sessions/{quarter.year.public_id}"
        tag = quarter.ines.patch(path, {"title": "One"}).headers["ETag"]
        assert quarter.ines.patch(path, {"title": "Two"}, If_Match=tag).status_code == 200
        answer = quarter.ines.patch(path, {"title": "Three"}, If_Match=tag)
        assert (answer.status_code, answer.json["code"]) == (412, 412)
