"""Many goals in one body: operation 5 of the tracking contract, and decision 12."""

from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Program
from tests.api.walks import DUE, dues, items, made, walk
from tests.benchmarks.statements import counted
from webapp.extensions import db
from webapp.models import Person

PUBLISHED = {
    "id": 0,
    "userid": 1,
    "title": "Morning Walk",
    "is_onetime": False,
    "frequency": "Daily",
    "criticality": "High",
    "reminder": True,
    "remindertime": "08:00:00",
    "reminderdate": None,
    "startdate": None,
    "targetdate": "2024-03-01T00:00:00",
    "days": ["Monday", "Wednesday", "Friday"],
    "description": None,
    "is_therapist_approved": False,
    "goaltracking": [],
}


def test_the_published_body_runs_nested_once_more(hers: Program, ada: Person) -> None:
    answer = hers.post("/goals/bulk", [[{**PUBLISHED, "userid": ada.id}]])
    assert answer.status_code == 200
    (number,) = answer.json
    goal = hers.get(f"/goals/{number}").json
    assert (goal["title"], goal["frequency"], dues(goal)) == ("Morning Walk", "Daily", [])
    assert hers.post("/goals/bulk", [{**PUBLISHED, "userid": ada.id}]).status_code == 200
    assert [hers.post("/goals/bulk", body).json for body in ([], [[]])] == [[], []]


def test_numbers_come_in_the_order_of_the_body(hers: Program, his: Program) -> None:
    first, second, bobs = made(hers), made(hers), made(his)
    body = [walk(title=f"Goal {place}") for place in range(6)]
    body[1]["id"], body[4]["id"] = second["goalid"], first["goalid"]
    body[0]["id"], body[2]["id"], body[3]["id"] = 2**70, bobs["goalid"], -3
    numbers = hers.post("/goals/bulk", body).json
    assert (numbers[1], numbers[4]) == (second["goalid"], first["goalid"])
    assert len({*numbers, bobs["goalid"]}) == 7, "what is nobody's or somebody else's is made anew"
    titles = {goal["goalid"]: goal["title"] for goal in hers.get("/goals").json}
    assert [titles[number] for number in numbers] == [f"Goal {place}" for place in range(6)]
    assert his.get(f"/goals/{bobs['goalid']}").json["title"] == "Morning Walk"


def test_one_that_cannot_be_keeps_all_from_being(hers: Program, session: Session) -> None:
    goal = made(hers)
    body = [
        walk(title="Changed", id=goal["goalid"]),
        walk(),
        walk(frequency="Never"),
        walk(days=["Mon"], startdate="2027-01-01"),
    ]
    before = make.everything(session)
    answer = hers.post("/goals/bulk", body)
    assert (answer.status_code, list(answer.json)) == (400, ["2.frequency", "3.startdate"])
    answer = hers.post("/goals/bulk", [walk(), walk(id=goal["goalid"], frequency="Custom", days=None)])
    assert (answer.status_code, list(answer.json)) == (400, ["1.days"])
    answer = hers.post("/goals/bulk", [walk(), walk(goaltracking=[{"duedate": 1}])])
    assert (answer.status_code, list(answer.json)) == (400, ["1.goaltracking.0.duedate"])
    assert [hers.post("/goals/bulk", said).status_code for said in ({}, walk(), [1], [[[]]], "x")] == [400] * 5
    assert make.everything(session) == before


def test_a_goal_twice_in_one_body_is_what_was_said_last(hers: Program) -> None:
    goal = made(hers)
    numbers = hers.post("/goals/bulk", [walk(title=title, id=goal["goalid"]) for title in ("One", "Two")]).json
    assert numbers == [goal["goalid"]] * 2
    assert hers.get(f"/goals/{goal['goalid']}").json["title"] == "Two"


def test_two_hundred_goals_are_quick_and_few_statements(app: Flask, hers: Program) -> None:
    def asked(many: int) -> list[str]:
        with app.app_context():
            engine = db.engine
        with counted(engine) as statements:
            answer = hers.post("/goals/bulk", [walk(title=f"Goal {number}") for number in range(many)])
        assert (answer.status_code, len(answer.json)) == (200, many)
        # SQLite takes new rows one by one; that is as quick, since nothing lies between.
        return [statement for statement in statements if not statement.startswith("INSERT")]

    asked(1)  # from here on the token is known to be in use
    few = len(asked(2))
    began = perf_counter()
    assert len(asked(200)) == few <= 15
    assert perf_counter() - began < 5, "a second on a quiet machine"
    too_many: Any = hers.post("/goals/bulk", [walk()] * 201)
    assert (too_many.status_code, list(too_many.json)) == (400, ["non_field_errors"])


def test_due_dates_in_a_bulk_are_said_as_alone(hers: Program) -> None:
    said = items(DUE[0], iscompleted=True) + items(DUE[1], remindertime="06:00")
    (number,) = hers.post("/goals/bulk", [walk(goaltracking=said)]).json
    rows = hers.get(f"/goals/{number}").json["goaltracking"]
    assert [(row["iscompleted"], row["remindertime"]) for row in rows] == [(True, "08:00:00"), (False, "06:00:00")]
