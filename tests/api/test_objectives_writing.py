"""Making, changing and deleting goals by programs of the objectives contract."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import UNKNOWN, Quarter
from webapp.models import Team, TeamMember
from webapp.queries import objectives

pytestmark = pytest.mark.usefixtures("clock")
SINCE = "2026-03-10T12:00:00Z"
WRONG_METRICS: dict[str, tuple[Any, ...]] = {
    "target": (None, True, "10", [], 10**12, 0.1234567),
    "initialValue": (True, "0", 10**13),
    "weight": (0, -1, 1001, True),
    "name": (None, "", "  ", 5),
    "targetOperator": (None, "more", 1),
    "ownerId": (5, UNKNOWN),
    "dueDate": ("never",),
}


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


class TestCreate:
    def test_bare_and_wrapped_as_published(self, quarter: Quarter) -> None:
        published = quarter.new(tags=[{"title": "sales"}])
        for body in (published, {"goal": published}):
            answer = quarter.paul.post("/goals", body)
            assert answer.status_code == 201
            assert answer.json["name"] == "Win ten shops"
            assert answer.json["ownerId"] == quarter.paul.id
            assert answer.json["sessionId"] == quarter.year.public_id
            assert answer.json["accountId"] == quarter.account
            assert (answer.json["tags"], answer.json["metrics"]) == ([{"title": "sales"}], [])
            assert answer.json["links"] == {"parent": "", "children": []}
            assert (answer.json["status"], answer.json["revision"], answer.json["parentId"]) == ("draft", 1, "")
            assert (answer.json["dateFrom"], answer.json["dateTo"]) == ("2026-01-09T00:00:00Z", "2027-01-04T00:00:00Z")
            again = quarter.paul.get(f"/goals/{answer.json['id']}")
            assert (again.json, again.headers["ETag"]) == (answer.json, answer.headers["ETag"])

    def test_everything_it_can_have(self, quarter: Quarter) -> None:
        metric = {"name": "Late loaves", "initialValue": 40, "target": 5.5, "targetOperator": "at_most", "weight": 2}
        metric |= {"description": "A week", "ownerId": quarter.nora.id, "dueDate": "2026-06-30"}
        said = {"description": "By the river", "parentId": quarter.free, "dateFrom": "2026-02-01T00:00:00Z"}
        made = quarter.made(**said, dateTo="2026-06-30", metrics=[metric, {"name": "Stars", "target": 5}])
        assert {name: made[name] for name in said} == said
        assert made["dateTo"] == "2026-06-30T00:00:00Z"
        first, second = made["metrics"]
        assert {**first, **metric, "dueDate": "2026-06-30T00:00:00Z"} == first
        assert (first["actual"], first["goalId"]) == (None, made["id"])
        assert (second["initialValue"], second["weight"], second["targetOperator"]) == (0, 1, "at_least")
        assert second["ownerId"] == quarter.paul.id
        assert quarter.read(quarter.free)["links"]["children"] == [made["id"]]

    def test_instants_are_dates_in_the_zone_of_the_caller(self, quarter: Quarter) -> None:
        made = quarter.made(dateFrom="2026-03-31T22:30:00Z", dateTo="2026-04-30T00:00:00.000Z")
        assert (made["dateFrom"], made["dateTo"]) == ("2026-04-01T00:00:00Z", "2026-04-30T00:00:00Z")

    def test_of_a_team(self, quarter: Quarter) -> None:
        team = team_of(quarter)
        made = quarter.made(assignee={"id": team, "type": "team"})
        assert (made["assignee"]["id"], made["assignee"]["type"], made["ownerId"]) == (team, "team", quarter.paul.id)

    def test_for_somebody_else_by_who_may_change_theirs(self, quarter: Quarter) -> None:
        assert quarter.mona.post("/goals", quarter.new()).status_code == 201
        assert quarter.ines.post("/goals", quarter.new(ownerId=quarter.nora.id)).status_code == 201
        before = quarter.everything()
        refused = quarter.nora.post("/goals", quarter.new())
        assert (refused.status_code, refused.json["code"]) == (403, 403)
        assert quarter.everything() == before

    def test_unknown_and_read_only_fields_are_ignored(self, quarter: Quarter) -> None:
        junk = {"id": quarter.free, "attainment": "much", "status": "approved", "revision": 9, "accountId": 7, "x": []}
        junk |= {"closedStatus": {"status": "achieved"}, "reviewers": 3, "confidence": 1, "dateCreated": 5, "url": 0}
        metric = {"name": "Stars", "target": 5, "id": quarter.free_metric, "actual": 5, "confidence": {"value": 1}}
        made = quarter.made(**junk, metrics=[metric])
        plain = quarter.made(metrics=[{"name": "Stars", "target": 5}])
        for one in (made, plain):
            for name in ("id", "url"):
                one.pop(name)
            for name in ("id", "goalId"):
                one["metrics"][0].pop(name)
        assert made == plain

    def test_what_it_needs(self, quarter: Quarter) -> None:
        for missing in ("name", "sessionId", "ownerId"):
            body = quarter.new()
            del body[missing]
            quarter.refuse(quarter.paul, "POST", "/goals", body, missing)
        assert quarter.paul.post("/goals", quarter.new()).status_code == 201

    def test_what_cannot_be_is_refused_by_field(self, quarter: Quarter) -> None:
        for field, values in {
            "name": (5, None, "", "  ", "x" * 256, ["x"]),
            "sessionId": (None, 5, "", UNKNOWN),
            "ownerId": (None, 5, "", UNKNOWN),
            "parentId": (5, UNKNOWN),
            "dateTo": ("2025-12-31", "2026-02-30", "soon", 5),
            "description": (5, "x" * 10_001),
            "tags": ("sales", [{"title": "a,b"}], [{"title": "x" * 41}]),
            "assignee": ({"id": UNKNOWN, "type": "team"},),
            "metrics": ([{"name": "x", "target": 1}] * 51,),
        }.items():
            for value in values:
                quarter.refuse(quarter.paul, "POST", "/goals", quarter.new(**{field: value}), field)

    def test_what_a_key_result_cannot_be(self, quarter: Quarter) -> None:
        good = {"name": "Shops", "target": 10}
        for field, values in WRONG_METRICS.items():
            for value in values:
                body = quarter.new(metrics=[good, {**good, field: value}])
                quarter.refuse(quarter.paul, "POST", "/goals", body, f"metrics.1.{field}")

    def test_what_is_elsewhere_is_unknown(self, quarter: Quarter) -> None:
        for field, foreign in (
            ("sessionId", quarter.foreign.public_id),
            ("ownerId", quarter.zoe.id),
            ("parentId", quarter.theirs),
        ):
            unknown, there = (quarter.paul.post("/goals", quarter.new(**{field: one})) for one in (UNKNOWN, foreign))
            assert (there.status_code, there.data) == (unknown.status_code, unknown.data)

    def test_no_json(self, quarter: Quarter) -> None:
        before = quarter.everything()
        for text in (b"", b"{", b'{"name": NaN}', b'{"name": 1e400}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 40):
            answer = quarter.paul.post("/goals", text)
            assert (answer.status_code, answer.json["code"], answer.json["details"]) == (400, 400, {}), text
        for body in ([], "x", 5, [[]], {"goal": {}}):
            assert quarter.paul.post("/goals", body).status_code == 400, body
        assert quarter.everything() == before

    @pytest.mark.parametrize("status", ["locked", "closed"])
    def test_in_a_session_that_is_not_open(self, quarter: Quarter, status: str) -> None:
        quarter.turn(quarter.year, status)
        before = quarter.everything()
        for answer in (quarter.paul.post("/goals", quarter.new()), quarter.paul.post("/goals/bulk", [quarter.new()])):
            assert answer.status_code == 403
            assert answer.json["code"] == 403
            assert (answer.json["reason"], answer.json["by"], answer.json["since"]) == (
                f"cycle_{status}",
                ["Ines"],
                SINCE,
            )
        assert quarter.everything() == before


class TestPatch:
    def test_field_by_field(self, quarter: Quarter) -> None:
        other = make.cycle(quarter.session, quarter.home, "Second quarter")
        quarter.session.commit()
        stood = quarter.read(quarter.free)
        for field, value in {
            "name": "Bake best",
            "description": "By the river",
            "tags": [{"title": "bread"}, {"title": "sales"}],
            "parentId": quarter.goal,
            "dateFrom": "2026-03-01T00:00:00Z",
            "dateTo": "2026-03-30T00:00:00Z",
            "sessionId": other.public_id,
        }.items():
            answer = quarter.paul.patch(f"/goals/{quarter.free}", {field: value})
            assert answer.status_code == 200, answer.json
            assert answer.json[field] == value
            stood |= {name: answer.json[name] for name in (field, "revision")}
            stood["links"] = {**stood["links"], "parent": stood["parentId"]}
            for metric in stood["metrics"]:
                metric["sessionId"] = stood["sessionId"]
            assert answer.json == stood
            assert quarter.read(quarter.free) == stood
            assert quarter.paul.get(f"/goals/{quarter.free}").headers["ETag"] == answer.headers["ETag"]

    def test_null_is_nothing(self, quarter: Quarter) -> None:
        said = {"description": "x", "tags": [{"title": "y"}], "parentId": quarter.goal, "dateTo": "2026-03-30"}
        made = quarter.made(**said)
        answer = quarter.paul.patch(f"/goals/{made['id']}", dict.fromkeys(said))
        plain = quarter.made()
        assert {name: answer.json[name] for name in said} == {name: plain[name] for name in said}

    def test_wrapped(self, quarter: Quarter) -> None:
        answer = quarter.paul.patch(f"/goals/{quarter.free}", {"goal": {"name": "Bake best"}})
        assert (answer.status_code, answer.json["name"]) == (200, "Bake best")

    def test_the_root_again(self, quarter: Quarter) -> None:
        made = quarter.made(parentId=quarter.free)
        assert quarter.paul.patch(f"/goals/{made['id']}", {"parentId": ""}).json["parentId"] == ""
        assert quarter.read(quarter.free)["links"]["children"] == []

    def test_below_itself_is_nowhere(self, quarter: Quarter) -> None:
        child = quarter.made(parentId=quarter.free)
        for parent in (quarter.free, child["id"]):
            quarter.refuse(quarter.paul, "PATCH", f"/goals/{quarter.free}", {"parentId": parent}, "parentId")

    def test_time_follows_the_session_where_it_did(self, quarter: Quarter) -> None:
        whole, half = quarter.made(), quarter.made(dateTo="2026-06-30")
        answers = [
            quarter.paul.patch(f"/goals/{one['id']}", {"sessionId": quarter.cycle.public_id}).json
            for one in (whole, half)
        ]
        assert [(one["dateFrom"], one["dateTo"]) for one in answers] == [
            ("2026-01-01T00:00:00Z", "2026-03-31T00:00:00Z"),
            ("2026-01-01T00:00:00Z", "2026-06-30T00:00:00Z"),
        ]

    def test_key_results_are_changed_and_added_and_none_is_lost(self, quarter: Quarter) -> None:
        made = quarter.made(metrics=[{"name": "A", "target": 1}, {"name": "B", "target": 2}])
        second = made["metrics"][1]["id"]
        answer = quarter.paul.patch(
            f"/goals/{made['id']}", {"metrics": [{"id": second, "target": 3}, {"name": "C", "target": 4}]}
        )
        assert [(one["name"], one["target"]) for one in answer.json["metrics"]] == [("A", 1), ("B", 3), ("C", 4)]
        assert answer.json["metrics"][1]["id"] == second

    def test_problems_of_key_results_stand_where_they_were_sent(self, quarter: Quarter) -> None:
        for metric, field in (
            ({"name": "C"}, "target"),
            ({"target": 1}, "name"),
            ({"id": UNKNOWN, "name": "C"}, "id"),
            ({"name": "C", "target": "x"}, "target"),
            ({"name": "C", "target": 1, "weight": 0}, "weight"),
        ):
            body = {"metrics": [{"id": quarter.free_metric, "target": 3}, metric]}
            quarter.refuse(quarter.paul, "PATCH", f"/goals/{quarter.free}", body, f"metrics.1.{field}")

    def test_what_cannot_be(self, quarter: Quarter) -> None:
        for body in ({"name": None}, {"name": 5}, {"sessionId": None}, {"ownerId": UNKNOWN}):
            quarter.refuse(quarter.paul, "PATCH", f"/goals/{quarter.free}", body, next(iter(body)))

    def test_another_owner(self, quarter: Quarter) -> None:
        answer = quarter.ines.patch(f"/goals/{quarter.free}", {"ownerId": quarter.nora.id})
        assert (answer.status_code, answer.json["ownerId"]) == (200, quarter.nora.id)
        assert answer.json["metrics"][0]["ownerId"] == quarter.nora.id
        assert quarter.nora.patch(f"/goals/{quarter.free}", {"name": "Hers"}).status_code == 200
        assert quarter.paul.patch(f"/goals/{quarter.free}", {"name": "His"}).status_code == 403
        assert quarter.nora.patch(f"/goals/{quarter.free}", {"ownerId": quarter.mona.id}).status_code == 403

    def test_another_assignee(self, quarter: Quarter) -> None:
        team = team_of(quarter)
        answer = quarter.paul.patch(f"/goals/{quarter.free}", {"assignee": {"id": team, "type": "team"}})
        assert (answer.json["assignee"]["id"], answer.json["ownerId"]) == (team, quarter.paul.id)
        same = quarter.paul.patch(f"/goals/{quarter.free}", {"assignee": answer.json["assignee"]})
        assert same.json == answer.json
        back = quarter.ines.patch(f"/goals/{quarter.free}", {"assignee": {"id": quarter.nora.id, "type": "user"}})
        assert (back.json["assignee"]["id"], back.json["ownerId"]) == (quarter.nora.id, quarter.nora.id)


class TestPut:
    def test_what_was_read_changes_nothing(self, quarter: Quarter) -> None:
        metric = {"name": "Shops", "target": 999_999_999_999, "initialValue": 0.000001, "dueDate": "2026-06-30"}
        made = quarter.made(
            description=f"Ask @{quarter.work.manager.name}!", tags=[{"title": "b"}, {"title": "a"}], metrics=[metric]
        )
        assert "@[Mona:" in made["description"]
        before = objectives.draft_of(quarter.session, found(quarter, made["id"]))
        answer = quarter.paul.put(f"/goals/{made['id']}", quarter.read(made["id"]))
        assert (answer.status_code, answer.headers["Deprecation"]) == (200, "true")
        assert answer.json == made
        assert objectives.draft_of(quarter.session, found(quarter, made["id"])) == before

    def test_of_a_team_too(self, quarter: Quarter) -> None:
        made = quarter.made(assignee={"id": team_of(quarter), "type": "team"})
        assert quarter.paul.put(f"/goals/{made['id']}", made).json == made

    def test_of_an_approved_goal_keeps_it_approved(self, quarter: Quarter) -> None:
        quarter.approve(quarter.goal)
        shown = quarter.read(quarter.goal)
        answer = quarter.paul.put(f"/goals/{quarter.goal}", shown)
        assert (answer.status_code, answer.json) == (200, shown)
        assert shown["status"] == "approved"

    def test_needs_a_name_and_keeps_the_rest(self, quarter: Quarter) -> None:
        quarter.refuse(quarter.paul, "PUT", f"/goals/{quarter.free}", {"description": "x"}, "name")
        for goal in (quarter.free, UNKNOWN):
            assert quarter.paul.put(f"/goals/{goal}", {}).headers["Deprecation"] == "true", "whatever the answer"
        answer = quarter.paul.put(f"/goals/{quarter.free}", {"goal": {"name": "Bake best"}})
        assert (answer.status_code, answer.json["name"], len(answer.json["metrics"])) == (200, "Bake best", 1)


def test_both_versions_with_and_without_a_slash(quarter: Quarter) -> None:
    for version in ("v1", "v2"):
        for slash in ("", "/"):
            made = quarter.paul.post(f"/goals{slash}", quarter.new(), version=version)
            assert made.status_code == 201
            path = f"/goals/{made.json['id']}{slash}"
            assert quarter.paul.patch(path, {"name": "Again"}, version=version).status_code == 200
            assert quarter.paul.delete(path, version=version).status_code == 200


def team_of(quarter: Quarter) -> str:
    """A team of Paul's, led by nobody."""
    team = Team(organisation_id=quarter.home.id, name="Bakers")
    quarter.session.add(team)
    quarter.session.flush()
    quarter.session.add(TeamMember(team_id=team.id, person_id=quarter.people["paul"].id))
    quarter.session.commit()
    return team.public_id


def found(quarter: Quarter, goal_id: str) -> objectives.Found:
    return objectives.of_goal(quarter.session, quarter.found(goal_id))
