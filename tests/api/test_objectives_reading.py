"""Reading goals by the objectives contract: every member of every shape, pages, and who may not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import NOBODY, UNKNOWN, Quarter, addresses
from tests.benchmarks.statements import counted
from webapp.actions import check_ins, objectives
from webapp.api.objectives.members import GOAL, LINKED, METRIC
from webapp.domain.objective_drafts import CheckInDraft
from webapp.extensions import db
from webapp.models import Team
from webapp.queries import objectives as queries


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


def check_in(quarter: Quarter, value: int, *, confidence: str | None = None) -> None:
    """Paul says of the free goal how far it is."""
    session, paul = quarter.session, make.viewer(quarter.session, quarter.work.person)
    key_result, found = queries.find_key_result(session, paul, quarter.free_metric, lock=True)
    sure = Decimal(confidence) if confidence else None
    check_ins.check_in(session, paul, key_result, found, CheckInDraft(Decimal(value), confidence=sure, day=make.TODAY))
    session.commit()


def test_a_goal_says_everything_of_itself(quarter: Quarter) -> None:
    check_in(quarter, 6, confidence="0.5")
    goal = quarter.read(quarter.free)
    paul = {"id": quarter.paul.id, "accountId": quarter.account, "name": "Paul", "avatar": "", "type": "user"}
    paul["email"] = quarter.work.person.email
    assert list(goal) == list(GOAL)
    (metric,) = goal.pop("metrics")
    assert goal == {
        "id": quarter.free,
        "accountId": quarter.account,
        "name": "Bake better",
        "description": "",
        "url": f"{quarter.app.config['SETTINGS'].base_url}/objectives/{quarter.free}",
        "ownerId": quarter.paul.id,
        "ownerIds": [quarter.paul.id],
        "assignee": paul,
        "sessionId": quarter.year.public_id,
        "parentId": "",
        "dateCreated": "2026-03-10T12:00:00Z",
        "dateFrom": f"{quarter.year.starts}T00:00:00Z",
        "dateTo": f"{quarter.year.ends}T00:00:00Z",
        "attainment": 1,
        "closedStatus": {"status": "active"},
        "status": "draft",
        "revision": 1,
        "confidence": None,
        "tags": [],
        "reviewers": [],
        "links": {"parent": "", "children": []},
    }
    assert list(metric) == list(METRIC)
    assert metric.pop("confidence") == {
        "value": 0.5,
        "reason": "",
        "date": "2026-03-10T12:00:00Z",
        "userId": quarter.paul.id,
    }
    assert metric == {
        "id": quarter.free_metric,
        "name": "Stars",
        "description": "",
        "goalId": quarter.free,
        "ownerId": quarter.paul.id,
        "assignee": paul,
        "initialValue": 0,
        "target": 5,
        "actual": 6,
        "attainment": 1.2,
        "targetOperator": "at_least",
        "dueDate": None,
        "lastCheckInDate": f"{make.TODAY}T00:00:00Z",
        "weight": 1,
        "sessionId": quarter.year.public_id,
    }


def test_every_address_answers_in_both_versions_with_and_without_a_slash(quarter: Quarter) -> None:
    for address in addresses(quarter):
        first = quarter.nora.get(address)
        assert first.status_code == 200, (address, first.json)
        for version, path in (("v2", address), ("v1", f"{address}/"), ("v2", f"{address}/")):
            assert quarter.nora.get(path, version=version).data == first.data, (version, path)
        assert "Set-Cookie" not in first.headers
        assert first.headers["X-Request-Id"]


def test_lists_leave_metrics_and_links_out_until_they_are_asked_for(quarter: Quarter) -> None:
    for goal in quarter.nora.get("/goals").json["items"]:
        assert list(goal) == list(LINKED)
    for address in ("/goals?includeMetrics=true", f"/goals/metric/{quarter.paul.id}"):
        for goal in quarter.nora.get(address).json["items"]:
            assert goal.keys() == {*LINKED, "metrics"}
    assert quarter.nora.get("/goals?includeMetrics=maybe").status_code == 400


def test_pages_are_stable_and_count_everything(quarter: Quarter) -> None:
    session, paul = quarter.session, quarter.work.paul
    drafts = [make.objective_draft(paul, quarter.year, "Same name") for _ in range(7)]
    objectives.create_all(session, paul, quarter.home.id, drafts)
    session.commit()
    whole = quarter.nora.get("/goals?sort=name").json
    assert whole["totalCount"] == len(whole["items"]) == 9
    seen = []
    for skip in range(0, 12, 2):
        page = quarter.nora.get(f"/goals?sort=name&skip={skip}&limit=2").json
        assert page["totalCount"] == 9
        seen += page["items"]
    assert seen == whole["items"]
    assert quarter.nora.get("/goals?limit=0").json == {"items": [], "totalCount": 9}
    for wrong in ("limit=101", "limit=-1", "limit=x", "skip=-1", "skip=9999999999", "limit=1.5", "limit=%D9%A3"):
        answer = quarter.nora.get(f"/goals?{wrong}")
        assert (answer.status_code, list(answer.json["details"])) == (400, [wrong.partition("=")[0]]), wrong


def test_the_list_by_session_and_by_metric_owner(quarter: Quarter) -> None:
    def names(query: str) -> list[str]:
        return [goal["name"] for goal in quarter.nora.get(f"/goals?{query}").json["items"]]

    assert names(f"sessionId={quarter.year.public_id}") == ["Bake better"]
    assert names(f"sessionId={UNKNOWN}") == names("sessionId=%00") == []
    session, paul = quarter.session, quarter.work.paul
    hers = make.key_result("Hers", owner=quarter.nora.id)
    made = make.objective(session, paul, quarter.year, "With Nora", key_results=(make.key_result(), hers))
    session.commit()
    assert names(f"metricOwnerIds={quarter.nora.id}") == ["With Nora"]
    assert names(f"metricOwnerIds={UNKNOWN},{quarter.nora.id}") == ["With Nora"]
    assert names(f"metricOwnerIds={quarter.mona.id}") == []
    assert quarter.nora.get(f"/goals?metricOwnerIds={'x,' * 101}").status_code == 400
    (goal,) = quarter.nora.get(f"/goals/metric/{quarter.nora.id}").json["items"]
    assert goal["id"] == made.goal.public_id
    assert [metric["name"] for metric in goal["metrics"]] == ["Win shops", "Hers"]
    assert goal["metrics"][1]["ownerId"] == quarter.nora.id
    for nobody in (quarter.zoe.id, UNKNOWN, "x"):
        assert quarter.nora.get(f"/goals/metric/{nobody}").json == {"items": [], "totalCount": 0}


def test_a_team_stands_beside_who_answers_for_its_goal(quarter: Quarter) -> None:
    session, paul = quarter.session, quarter.work.paul
    team = Team(organisation_id=quarter.home.id, name="Bakers", lead_id=paul.id)
    session.add(team)
    session.flush()
    made = make.objective(session, paul, quarter.year, "Ours", team=team.public_id)
    session.commit()
    goal = quarter.read(made.goal.public_id)
    assert (goal["ownerId"], goal["ownerIds"]) == (quarter.paul.id, [quarter.paul.id, team.public_id])
    assert goal["assignee"] == {
        "id": team.public_id,
        "accountId": quarter.account,
        "name": "Bakers",
        "email": "",
        "avatar": "",
        "type": "team",
    }


def test_links_are_expanded_only_when_asked_for(quarter: Quarter) -> None:
    session, paul = quarter.session, quarter.work.paul
    child = make.objective(session, paul, quarter.year, "Below", parent=quarter.free, tags=("a tag",))
    session.commit()
    below = child.goal.public_id
    assert quarter.read(quarter.free)["links"] == {"parent": "", "children": [below]}
    assert quarter.read(below)["links"] == {"parent": quarter.free, "children": []}
    assert quarter.read(below)["parentId"] == quarter.free
    answer = quarter.nora.get(f"/goals/{quarter.free}?fields=links{{expanded}}").json
    (full,) = answer["links"]["expanded"]["goals"]
    assert answer["links"] == {"expanded": {"goals": [full], "tasks": []}}
    assert list(full) == list(LINKED)
    assert (full["id"], full["tags"]) == (below, [{"title": "a tag"}])
    listed = quarter.nora.get("/goals?fields=links{children,expanded{goals{name}}}").json["items"]
    (shown,) = [goal for goal in listed if goal["id"] == quarter.free]
    goals = [{"id": below, "accountId": quarter.account, "name": "Below"}]
    assert shown["links"] == {"children": [below], "expanded": {"goals": goals}}


def test_mentions_are_marked_up_or_plain(quarter: Quarter) -> None:
    text = f"With @nora, @[Mona:{quarter.work.manager.email}:{quarter.mona.id}] and @Noranna; ask@Mona @Nobody"
    made = make.objective(quarter.session, quarter.work.paul, quarter.year, "Named", description=text)
    quarter.session.commit()
    address = f"/goals/{made.goal.public_id}?fields=description"
    nora = f"@[Nora:{quarter.people['nora'].email}:{quarter.nora.id}]"
    mona = f"@[Mona:{quarter.work.manager.email}:{quarter.mona.id}]"
    marked = f"With {nora}, {mona} and @Noranna; ask@Mona @Nobody"
    for formatting in ("", "&formatting=mentionsMarkup"):
        assert quarter.nora.get(address + formatting).json["description"] == marked
    plain = quarter.nora.get(f"{address}&formatting=plainText").json["description"]
    assert plain == "With @nora, @Mona and @Noranna; ask@Mona @Nobody"
    assert quarter.nora.get(f"{address}&formatting=html").status_code == 400


def test_the_tag_of_a_goal_tells_of_its_version_and_of_what_it_came_to(quarter: Quarter) -> None:
    address = f"/goals/{quarter.free}"
    first = quarter.nora.get(address)
    assert quarter.nora.get(address, If_Match=first.headers["ETag"]).status_code == 200
    check_in(quarter, 3)
    second = quarter.nora.get(address)
    assert second.headers["ETag"] != first.headers["ETag"]
    stale = quarter.nora.get(address, If_Match=first.headers["ETag"])
    assert (stale.status_code, stale.json["code"]) == (412, 412)


def test_reviewers_and_steps_of_a_review(quarter: Quarter) -> None:
    address = f"/goals/{quarter.goal}/workflow-actions"
    assert quarter.paul.get(address).json == {"items": [], "totalCount": 0, "availableActions": ["review"]}
    quarter.send(quarter.goal, quarter.mona)
    mona = {"id": quarter.mona.id, "name": "Mona", "verdict": None, "date": None}
    goal = quarter.read(quarter.goal)
    assert (goal["status"], goal["reviewers"]) == ("in_review", [mona])
    assert quarter.paul.get(address).json["availableActions"] == ["withdraw"]
    assert quarter.mona.get(address).json["availableActions"] == ["approve", "decline"]
    answer = quarter.mona.post(f"/goals/{quarter.goal}/decline", {"comment": "Ask @Nora first"})
    assert answer.status_code == 204
    goal = quarter.read(quarter.goal)
    assert (goal["status"], goal["reviewers"][0]["verdict"]) == ("draft", "decline")
    quarter.approve(quarter.goal)
    goal = quarter.read(quarter.goal)
    assert (goal["status"], goal["reviewers"][0]["verdict"]) == ("approved", "approve")
    said = quarter.paul.get(f"{address}?formatting=plainText").json
    assert [(one["action"], one["fromStatus"], one["toStatus"], one["userId"]) for one in said["items"]] == [
        ("review", "draft", "in_review", quarter.paul.id),
        ("decline", "in_review", "draft", quarter.mona.id),
        ("review", "draft", "in_review", quarter.paul.id),
        ("approve", "in_review", "approved", quarter.mona.id),
    ]
    assert (said["items"][1]["comment"], said["totalCount"]) == ("Ask @Nora first", 4)
    assert said["availableActions"] == ["withdraw"]
    marked = quarter.paul.get(f"{address}?skip=1&limit=1").json
    assert marked["items"][0]["comment"].startswith("Ask @[Nora:")
    assert (len(marked["items"]), marked["totalCount"]) == (1, 4)
    # What was said in a review is between those who took part in it.
    assert quarter.nora.get(address).json == {"items": [], "totalCount": 0, "availableActions": []}
    assert quarter.ines.get(address).json["items"] == quarter.paul.get(address).json["items"]


def test_sessions(quarter: Quarter) -> None:
    quarter.cycle.parent_id = quarter.year.id
    quarter.session.add(quarter.cycle)
    quarter.session.commit()
    listed = quarter.nora.get("/sessions").json
    assert listed["totalCount"] == 2
    by_id = {one["id"]: one for one in listed["items"]}
    assert by_id.keys() == {quarter.cycle.public_id, quarter.year.public_id}
    assert by_id[quarter.cycle.public_id] == {
        "id": quarter.cycle.public_id,
        "accountId": quarter.account,
        "title": "First quarter",
        "parentId": quarter.year.public_id,
        "start": "2026-01-01T00:00:00Z",
        "end": "2026-03-31T00:00:00Z",
        "status": "open",
        "cadenceType": "weekly",
        "cadenceTimeZone": "Europe/Berlin",
        "workflow": {"reviewers": 1},
    }
    assert by_id[quarter.year.public_id]["workflow"] is None
    assert quarter.nora.get("/sessions?limit=1&skip=1").json["items"] == listed["items"][1:]
    assert quarter.nora.get("/sessions?limit=101").status_code == 400


def test_deleted_goals_are_gone_everywhere(quarter: Quarter) -> None:
    assert quarter.paul.delete(f"/goals/{quarter.free}").status_code == 200
    assert [goal["id"] for goal in quarter.nora.get("/goals").json["items"]] == [quarter.goal]
    (group,) = quarter.nora.get("/goals/groupBy/owners").json["items"]
    assert group["goalsCount"] == 1
    answer = quarter.nora.get(f"/goals/{quarter.free}")
    assert (answer.status_code, answer.json) == (404, NOBODY)


def test_as_many_statements_for_one_goal_as_for_fifty(quarter: Quarter) -> None:
    everything = "/goals?fields=" + ",".join([*GOAL][:-1]) + ",links{parent,children,expanded}"
    asked = [everything, "/goals/groupBy/owners?includeMetrics=true", "/goals/groupBy/reviewers?includeMetrics=true"]
    asked += [f"/goals/metric/{quarter.paul.id}", "/sessions"]
    session, paul = quarter.session, quarter.work.paul
    make.objective(session, paul, quarter.year, "Below", parent=quarter.free, description="@Nora", tags=("one",))
    session.commit()
    quarter.send(quarter.goal, quarter.mona)
    with quarter.app.app_context():
        engine = db.engine
    sent: dict[str, list[int]] = {address: [] for address in asked}
    for more in (0, 47):
        draft = make.objective_draft(paul, quarter.year, parent=quarter.free, description="@Nora", tags=("one", "two"))
        objectives.create_all(session, paul, quarter.home.id, [draft] * more)
        session.commit()
        for address in asked:
            quarter.nora.get(address)
            with counted(engine) as statements:
                answer = quarter.nora.get(address)
            assert answer.status_code == 200, answer.json
            sent[address].append(len(statements))
    assert quarter.nora.get("/goals").json["totalCount"] == 50
    for address, (few, many) in sent.items():
        assert few == many, address
        assert many <= 11, (address, many)


def test_a_closed_goal_says_what_came_of_it(quarter: Quarter) -> None:
    from webapp.domain.goals import Lifecycle, Outcome

    for outcome, word in ((Outcome.ACHIEVED, "achieved"), (Outcome.MISSED, "abandoned"), (None, "active")):
        goal = quarter.found(quarter.free)
        goal.lifecycle, goal.outcome = (Lifecycle.CLOSED, outcome) if outcome else (Lifecycle.ACTIVE, None)
        quarter.session.commit()
        assert quarter.read(quarter.free)["closedStatus"] == {"status": word}
        asked = f"/goals?filter={{closedStatus: {word}}}"
        assert quarter.nora.get(asked).status_code == 400, "words stand in quotes"
        found = quarter.nora.get(f'/goals?filter={{closedStatus: "{word}"}}&fields=id').json["items"]
        assert quarter.free in [one["id"] for one in found]


def test_dates_of_a_goal_are_its_own(quarter: Quarter) -> None:
    made = make.objective(
        quarter.session, quarter.work.paul, quarter.year, starts=date(2026, 2, 1), ends=date(2026, 2, 28)
    )
    quarter.session.commit()
    goal = quarter.read(made.goal.public_id)
    assert (goal["dateFrom"], goal["dateTo"]) == ("2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z")
