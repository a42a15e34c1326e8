"""Goals by who owns or reviews them, with every parameter."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.quarter import UNKNOWN, Quarter
from tests.benchmarks.statements import counted
from webapp.actions import check_ins, objectives
from webapp.domain.objective_drafts import CheckInDraft
from webapp.extensions import db
from webapp.models import Team
from webapp.queries import objective_groups
from webapp.queries import objectives as queries
from webapp.queries.objectives import Found

DAY = timedelta(days=1)


@pytest.fixture
def quarter(app: Flask, session: Session, clock: Any) -> Quarter:
    return Quarter(app, session)


def groups(quarter: Quarter, query: str = "", by: str = "owners") -> dict[str, list[str]]:
    """The names of the goals in each group, by its name; in their order."""
    answer = quarter.nora.get(f"/goals/groupBy/{by}?{query}")
    assert answer.status_code == 200, answer.json
    assert answer.json["totalCount"] == len(answer.json["items"])
    for group in answer.json["items"]:
        assert group["goalsCount"] == len(group["goals"])
    return {group["name"]: [goal["name"] for goal in group["goals"]] for group in answer.json["items"]}


def checked(quarter: Quarter, found: Found, value: int, day: date) -> None:
    """Paul says how the goal's first key result stood on a day."""
    session, paul = quarter.session, quarter.work.paul
    public_id = queries.key_results_of(session, found.goal.id)[0].public_id
    key_result, held = queries.find_key_result(session, paul, public_id, lock=True)
    check_ins.check_in(session, paul, key_result, held, CheckInDraft(Decimal(value), day=day))
    session.commit()


def test_a_group_is_its_owner_and_their_goals(quarter: Quarter) -> None:
    answer = quarter.nora.get("/goals/groupBy/owners").json
    (group,) = answer["items"]
    assert answer["totalCount"] == 1
    assert {name: group[name] for name in group if name != "goals"} == {
        "id": quarter.paul.id,
        "name": "Paul",
        "type": "user",
        "email": quarter.work.person.email,
        "avatar": "",
        "goalsCount": 2,
    }
    listed = quarter.nora.get("/goals").json["items"]
    assert group["goals"] == listed
    (group,) = quarter.nora.get("/goals/groupBy/owners?includeMetrics=true").json["items"]
    assert group["goals"] == quarter.nora.get("/goals?includeMetrics=true").json["items"]
    (group,) = quarter.nora.get("/goals/groupBy/owners?fields=name").json["items"]
    assert [goal.keys() for goal in group["goals"]] == [{"id", "accountId", "name"}] * 2


def test_a_goal_of_a_team_stands_in_each_owners_group(quarter: Quarter) -> None:
    session, paul = quarter.session, quarter.work.paul
    team = Team(organisation_id=quarter.home.id, name="Bakers", lead_id=paul.id)
    session.add(team)
    session.flush()
    make.objective(session, paul, quarter.year, "Ours", team=team.public_id)
    make.objective(session, quarter.work.mona, quarter.year, "Hers")
    session.commit()
    expected = {"Bakers": ["Ours"], "Mona": ["Hers"], "Paul": ["Win ten shops", "Bake better", "Ours"]}
    assert groups(quarter) == expected
    assert list(groups(quarter)) == sorted(expected), "groups stand by name"
    (bakers, *_) = quarter.nora.get("/goals/groupBy/owners").json["items"]
    assert (bakers["id"], bakers["type"], bakers["email"]) == (team.public_id, "team", "")
    assert groups(quarter, f"ownerIds={team.public_id}") == {"Bakers": ["Ours"], "Paul": ["Ours"]}
    assert groups(quarter, f"ownerIds={quarter.mona.id},{UNKNOWN}") == {"Mona": ["Hers"]}


def test_pages_of_groups(quarter: Quarter) -> None:
    session = quarter.session
    for viewer in (quarter.work.mona, quarter.work.ines):
        make.objective(session, viewer, quarter.year, f"Of {viewer.name}")
    session.commit()
    whole = quarter.nora.get("/goals/groupBy/owners").json
    assert [group["name"] for group in whole["items"]] == ["Ines", "Mona", "Paul"]
    for skip in range(4):
        page = quarter.nora.get(f"/goals/groupBy/owners?skip={skip}&take=1").json
        assert page == {"items": whole["items"][skip : skip + 1], "totalCount": 3}
    assert quarter.nora.get("/goals/groupBy/owners?take=0").json == {"items": [], "totalCount": 3}
    for wrong in ("take=101", "take=-1", "skip=x"):
        answer = quarter.nora.get(f"/goals/groupBy/owners?{wrong}")
        assert (answer.status_code, list(answer.json["details"])) == (400, [wrong.partition("=")[0]])
    assert quarter.nora.get("/goals/groupBy/owners?limit=101").status_code == 200, "there is no limit here"


def test_by_deadline(quarter: Quarter) -> None:
    session, paul, today = quarter.session, quarter.work.paul, make.TODAY
    spans = {
        "ends today": (today - DAY, today),
        "begins today": (today, today + DAY),
        "over": (today - 2 * DAY, today - DAY),
        "ahead": (today + DAY, today + 2 * DAY),
    }
    for name, (starts, ends) in spans.items():
        make.objective(session, paul, quarter.year, name, starts=starts, ends=ends)
    session.commit()
    assert groups(quarter, "filter=current")["Paul"][2:] == ["ends today", "begins today"]
    assert groups(quarter, "filter=past") == {"Paul": ["over"]}
    assert groups(quarter, "filter=future") == {"Paul": ["ahead"]}
    assert quarter.nora.get("/goals/groupBy/owners?filter=now").status_code == 400


def test_by_ids_and_by_metric_owner(quarter: Quarter) -> None:
    assert groups(quarter, f"ids={quarter.goal}") == {"Paul": ["Win ten shops"]}
    assert groups(quarter, f"ids={quarter.goal},{quarter.free},{quarter.theirs}")["Paul"] == [
        "Win ten shops",
        "Bake better",
    ]
    assert groups(quarter, f"ids={UNKNOWN},x") == groups(quarter, f"ids={quarter.theirs}") == {}
    hers = make.key_result("Hers", owner=quarter.nora.id)
    make.objective(quarter.session, quarter.work.paul, quarter.year, "With Nora", key_results=(hers,))
    quarter.session.commit()
    assert groups(quarter, f"metricOwnerId={quarter.nora.id},{UNKNOWN}") == {"Paul": ["With Nora"]}
    assert groups(quarter, f"metricOwnerId={quarter.zoe.id}") == {}


def test_by_what_was_reached_and_when(quarter: Quarter) -> None:
    session, paul = quarter.session, quarter.work.paul
    two = (make.key_result("First", 10), make.key_result("Second", 10))
    half = make.objective(session, paul, quarter.year, "Half", key_results=(make.key_result(),))
    over = make.objective(session, paul, quarter.year, "Over", key_results=two)
    session.commit()
    checked(quarter, half, 5, make.TODAY - 3 * DAY)
    checked(quarter, over, 20, make.TODAY)
    reached = {
        "attainment=<0.5": ["Win ten shops", "Bake better"],
        "attainment=>0.4": ["Half", "Over"],
        "attainment=>0.5": [],
        "metricAttainment=>1": ["Over"],
        "metricAttainment=<1": ["Win ten shops", "Bake better", "Half", "Over"],
        "metricAttainment=>0.5": ["Over"],
        "metricAttainment=<0": [],
        f"metricBefore={make.TODAY}": ["Half"],
        f"metricBefore={make.TODAY - 3 * DAY}": [],
        f"metricAfter={make.TODAY - 3 * DAY}": ["Over"],
        f"metricAfter={make.TODAY - 4 * DAY}": ["Half", "Over"],
        f"metricAfter={make.TODAY}&metricBefore={make.TODAY}": [],
    }
    for query, names in reached.items():
        assert groups(quarter, query) == ({"Paul": names} if names else {}), query
    for wrong in ("attainment=0.5", "attainment=>=1", "metricAttainment=>x", "metricBefore=2021-3-1", "metricAfter=x"):
        answer = quarter.nora.get(f"/goals/groupBy/owners?{wrong}")
        assert (answer.status_code, list(answer.json["details"])) == (400, [wrong.partition("=")[0]]), wrong


def test_goals_of_a_group_are_sorted(quarter: Quarter) -> None:
    assert groups(quarter, "sort=name") == {"Paul": ["Bake better", "Win ten shops"]}
    assert groups(quarter, "sort=-name") == {"Paul": ["Win ten shops", "Bake better"]}
    assert quarter.nora.get("/goals/groupBy/owners?sort=metrics").status_code == 400


def test_reviewers(quarter: Quarter) -> None:
    assert groups(quarter, by="reviewers") == {}
    quarter.send(quarter.goal, quarter.mona, quarter.ines)
    assert groups(quarter, by="reviewers") == {"Ines": ["Win ten shops"], "Mona": ["Win ten shops"]}
    assert groups(quarter, f"ids={quarter.free}", by="reviewers") == {}
    answer = quarter.nora.get("/goals/groupBy/reviewers?take=1&skip=1").json
    assert (answer["totalCount"], answer["items"][0]["id"]) == (2, quarter.mona.id)
    assert quarter.paul.post(f"/goals/{quarter.goal}/withdraw").status_code == 204
    assert groups(quarter, by="reviewers") == {}
    quarter.approve(quarter.goal)
    assert groups(quarter, by="reviewers") == {"Mona": ["Win ten shops"]}


def test_a_group_shows_its_first_hundred_and_counts_them_all(quarter: Quarter) -> None:
    session, paul, mona = quarter.session, quarter.work.paul, quarter.work.mona
    drafts = [make.objective_draft(paul, quarter.year, f"Goal {number:03}") for number in range(110)]
    objectives.create_all(session, paul, quarter.home.id, drafts)
    make.objective(session, mona, quarter.year, "Hers")
    session.commit()
    answer = quarter.nora.get("/goals/groupBy/owners?sort=-name&fields=name").json
    assert [(group["name"], group["goalsCount"], len(group["goals"])) for group in answer["items"]] == [
        ("Mona", 1, 1),
        ("Paul", 112, objective_groups.GOALS_SHOWN),
    ]
    assert answer["items"][1]["goals"][1]["name"] == "Goal 109"
    with quarter.app.app_context():
        engine = db.engine
    with counted(engine) as statements:
        page = quarter.nora.get("/goals/groupBy/owners?take=1&fields=name").json
    assert [group["name"] for group in page["items"]] == ["Mona"]
    assert len(statements) <= 6
