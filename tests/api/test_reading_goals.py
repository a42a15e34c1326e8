"""Reading goals of programs: what is taken, what is refused, how they change and end, and what today asks."""

from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Reader, reader
from tests.api.refusals import GOAL, refused
from tests.benchmarks.statements import counted
from webapp.actions import reading_goals, works
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, WorkDraft
from webapp.extensions import db
from webapp.models import Goal, Person, ReadingGoal

TIME, PAGES, RANGE = "QURAN_TIME", "QURAN_PAGES", "QURAN_RANGE"
OTHERS = ("COURSE", "QURAN_READING_PROGRAM", "RAMADAN_CHALLENGE")


def goal(kind: str, amount: Any, duration: Any = None, category: str = "QURAN") -> dict[str, Any]:
    said = {"type": kind, "amount": amount, "category": category}
    return said if duration is None else {**said, "duration": duration}


def made(adas: Reader, said: dict[str, Any], mushaf: int = 4) -> str:
    answer = adas.post(f"/goals?mushafId={mushaf}", said)
    assert answer.status_code == 200, answer.json
    return str(answer.json["data"]["id"])


def plan(adas: Reader, kind: str, mushaf: int = 4) -> dict[str, Any]:
    answer = adas.get(f"/goals/get-todays-plan?type={kind}&mushafId={mushaf}")
    assert answer.status_code == 200, answer.json
    return dict(answer.json["data"])


GOOD = [
    (goal(TIME, 60), 4),
    (goal(TIME, 14_400), 4),
    (goal(TIME, 14_400 * 30, 30), 4),
    (goal(TIME, 60 * 30, 30), 4),
    (goal(PAGES, 604, 30), 4),
    (goal(PAGES, 610), 6),
    (goal(PAGES, 548), 7),
    (goal(PAGES, 1), 1),
    (goal(RANGE, "1:1-114:6", 30), 4),
    (goal(RANGE, "2:1-2:286"), 4),
    (goal(RANGE, "114:6-114:6"), 4),
    (goal(RANGE, "1:5-1:7"), 4),
    (goal(PAGES, 20, 5, "COURSE"), 4),
    (goal(TIME, 600, None, "RAMADAN_CHALLENGE"), 4),
    *[(goal(kind, 30, 10, kind), 4) for kind in OTHERS],
]
BAD = [
    (goal(TIME, 59), 4, "amount"),
    (goal(TIME, 14_401), 4, "amount"),
    (goal(TIME, 14_400 * 30 + 1, 30), 4, "amount"),
    (goal(TIME, 59 * 30, 30), 4, "amount"),
    (goal(TIME, 600, 3_661), 4, "duration"),
    (goal(TIME, 600, 0), 4, "duration"),
    (goal(TIME, 600, -1), 4, "duration"),
    (goal(TIME, 600, "7"), 4, "duration"),
    (goal(TIME, 600, True), 4, "duration"),
    (goal(TIME, 600, 1.0), 4, "duration"),
    (goal(TIME, "600"), 4, "amount"),
    (goal(TIME, "1:5-1:7"), 4, "amount"),
    (goal(TIME, 600.0), 4, "amount"),
    (goal(TIME, True), 4, "amount"),
    (goal(TIME, None), 4, "amount"),
    (goal(TIME, [600]), 4, "amount"),
    (goal(PAGES, 0), 4, "amount"),
    (goal(PAGES, -1), 4, "amount"),
    (goal(PAGES, 10**30), 4, "amount"),
    (goal(PAGES, 605), 4, "amount"),
    (goal(PAGES, 611), 6, "amount"),
    (goal(PAGES, 549), 7, "amount"),
    (goal(PAGES, "1:1-1:7"), 4, "amount"),
    (goal(RANGE, 7), 4, "amount"),
    (goal(RANGE, "2:1-2:287"), 4, "amount"),
    (goal(RANGE, "1:5-1:10"), 4, "amount"),
    (goal(RANGE, "114:6-114:7"), 4, "amount"),
    (goal(RANGE, "115:1-115:1"), 4, "amount"),
    (goal(RANGE, "2:5-2:4"), 4, "amount"),
    (goal(RANGE, "2:1-1:7"), 4, "amount"),
    (goal(RANGE, "0:1-1:7"), 4, "amount"),
    (goal(RANGE, "1:0-1:7"), 4, "amount"),
    (goal(RANGE, "1:1 - 1:7"), 4, "amount"),
    (goal(RANGE, ""), 4, "amount"),
    (goal("QURAN", 7), 4, "type"),
    (goal("BOOK", 7), 4, "type"),
    (goal(TIME, 600, None, "BOOK"), 4, "category"),
    (goal(TIME, 600, None, "quran"), 4, "category"),
    *[(goal(kind, 30), 4, "category") for kind in OTHERS],
    *[(goal(kind, "1:1-1:7", None, kind), 4, "amount") for kind in OTHERS],
]


@pytest.mark.parametrize(("said", "mushaf"), GOOD)
def test_what_makes_sense_is_taken(adas: Reader, said: dict[str, Any], mushaf: int) -> None:
    """Pages of anything but the Quran are asked for by the type of its category: they are parts of it."""
    assert made(adas, said, mushaf)
    parts = said["type"] == PAGES and said["category"] != "QURAN"
    shown = plan(adas, said["category"] if parts else said["type"], mushaf)
    assert (shown["hasGoal"], shown["progress"]) == (True, 0)


def test_parts_of_a_programme_are_no_pages_of_the_quran(adas: Reader) -> None:
    made(adas, goal("QURAN_READING_PROGRAM", 3, None, "QURAN_READING_PROGRAM"))
    assert plan(adas, PAGES)["hasGoal"] is False
    assert plan(adas, "QURAN_READING_PROGRAM")["hasGoal"] is True


def test_what_does_not_is_refused_where_it_stands(adas: Reader, session: Session) -> None:
    for said, mushaf, field in BAD:
        answer = adas.post(f"/goals?mushafId={mushaf}", said)
        assert answer.status_code == 422, said
        refused(answer, 422)
        assert answer.json["errors"].keys() == {field}, said
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ReadingGoal)) == 0


def test_everything_that_is_wrong_is_told_at_once(adas: Reader) -> None:
    answer = adas.post("/goals?mushafId=4", {"type": "x", "amount": -1, "category": "y", "duration": 0, "z": 1})
    assert answer.json["errors"].keys() == {"type", "amount", "category", "duration", "z"}


def test_one_goal_of_a_category_is_live_and_named(adas: Reader, session: Session) -> None:
    first = made(adas, GOAL)
    before = make.everything(session, but=frozenset({"token"}))
    second = adas.post("/goals?mushafId=4", goal(PAGES, 5))
    refused(second, 422)
    assert second.json["errors"].keys() == {"category"}
    assert first in second.json["errors"]["category"][0]
    session.rollback()
    assert make.everything(session, but=frozenset({"token"})) == before
    others = {made(adas, goal(kind, 30, None, kind)) for kind in OTHERS}
    assert len({first, *others}) == 4


def test_a_goal_that_is_reached_makes_room(adas: Reader) -> None:
    made(adas, goal(TIME, 600, 1))
    assert adas.post("/activity-days", {"type": "QURAN", "seconds": 600, "mushafId": 4}).status_code == 200
    assert made(adas, goal(PAGES, 5))


def test_any_of_it_can_be_changed(adas: Reader) -> None:
    number = made(adas, goal(PAGES, 600, 30))
    at = f"/goals/{number}?mushafId=4"
    assert plan(adas, PAGES)["dailyTargetPages"] == 20
    assert adas.put(at, {}).json == {"success": True, "data": {}}
    assert plan(adas, PAGES)["dailyTargetPages"] == 20
    adas.put(at, {"duration": 60})
    assert plan(adas, PAGES)["dailyTargetPages"] == 10
    adas.put(at, {"amount": 7, "duration": None})
    assert plan(adas, PAGES)["dailyTargetPages"] == 7
    adas.put(at, {"type": RANGE, "amount": "1:1-1:7"})
    shown = plan(adas, RANGE)
    assert (shown["goalId"], shown["dailyTargetRanges"], shown["dailyTargetPages"]) == (number, ["1:1-1:7"], 0)
    assert plan(adas, PAGES)["hasGoal"] is False
    adas.put(at, {"type": TIME, "amount": 600, "category": "COURSE"})
    shown = plan(adas, "COURSE")
    assert (shown["goalId"], shown["type"], shown["dailyTargetSeconds"]) == (number, "LESSON", 600)
    assert plan(adas, TIME)["goalId"] == number, "the types of the Quran go with any category"
    adas.put(f"/goals/{number}?mushafId=6", {"type": PAGES, "amount": 610, "category": "QURAN"})
    assert plan(adas, PAGES)["dailyTargetPages"] == 610


CHANGES = [
    ({"duration": 0}, "duration"),
    ({"amount": 59}, "amount"),
    ({"amount": "1:1-1:7"}, "amount"),
    ({"amount": None}, "amount"),
    ({"type": RANGE}, "amount"),
    ({"type": None}, "type"),
    ({"type": "COURSE"}, "category"),
    ({"type": "COURSE", "category": "QURAN"}, "category"),
    ({"category": None}, "category"),
    ({"category": "RAMADAN_CHALLENGE"}, "category"),
    ({"amount": 14_401}, "amount"),
    ({"mushafId": 4}, "mushafId"),
]


@pytest.mark.parametrize(("said", "field"), CHANGES)
def test_a_change_makes_sense_over_the_whole(adas: Reader, session: Session, said: dict[str, Any], field: str) -> None:
    number = made(adas, goal(TIME, 600))
    made(adas, goal("RAMADAN_CHALLENGE", 30, None, "RAMADAN_CHALLENGE"))
    before = make.everything(session, but=frozenset({"token"}))
    answer = adas.put(f"/goals/{number}?mushafId=4", said)
    refused(answer, 422)
    assert answer.json["errors"].keys() == {field}
    session.rollback()
    assert make.everything(session, but=frozenset({"token"})) == before


def test_a_longer_time_lets_more_in(adas: Reader) -> None:
    number = made(adas, goal(TIME, 600))
    refused(adas.put(f"/goals/{number}?mushafId=4", {"amount": 20_000}), 422)
    assert adas.put(f"/goals/{number}?mushafId=4", {"amount": 20_000, "duration": 2}).status_code == 200


def test_a_goal_ends_once_and_by_its_category(adas: Reader) -> None:
    number = made(adas, GOAL)
    refused(adas.delete(f"/goals/{number}?category=COURSE"), 404)
    refused(adas.delete(f"/goals/{number}?category=BOOK"), 422)
    over = adas.delete(f"/goals/{number}?category=QURAN")
    assert over.json == {"success": True, "data": {"message": "goal deleted"}}
    again = [
        adas.delete(f"/goals/{number}?category=QURAN"),
        adas.put(f"/goals/{number}?mushafId=4", {}),
        adas.delete("/goals/estimate?category=QURAN"),
    ]
    assert {(answer.status_code, answer.data) for answer in again} == {(404, again[0].data)}
    assert plan(adas, TIME)["hasGoal"] is False


def test_nobody_elses_goal_is_there(app: Flask, session: Session, adas: Reader, bob: Person) -> None:
    number, his = made(adas, GOAL), reader(app, session, bob)
    before = make.everything(session, but=frozenset({"token"}))
    asked = [("PUT", f"/goals/{one}?mushafId=4", {"amount": 900}) for one in (number, "0" * 24)]
    asked += [("DELETE", f"/goals/{one}?category=QURAN", None) for one in (number, "0" * 24)]  # type: ignore[list-item]
    answers = [his.ask(method, path, body) for method, path, body in asked]
    assert {(answer.status_code, answer.data) for answer in answers} == {(404, answers[0].data)}
    assert plan(his, TIME)["hasGoal"] is False
    session.rollback()
    assert make.everything(session, but=frozenset({"token"})) == before


def test_books_are_no_part_of_the_contract(adas: Reader, session: Session, her: Viewer) -> None:
    work = works.add(session, her, WorkDraft("Middlemarch", size=900))
    book = session.get_one(Goal, work.goal_id).public_id
    number = reading_goals.start(session, her, PlanDraft(Category.BOOK, Asks.AMOUNT, 900, duration=30), book).public_id
    session.commit()
    refused(adas.put(f"/goals/{number}?mushafId=4", {}), 404)
    refused(adas.delete(f"/goals/{number}?category=QURAN"), 404)
    assert plan(adas, PAGES)["hasGoal"] is False


def test_todays_plan_follows_what_is_read(adas: Reader) -> None:
    empty = plan(adas, RANGE)
    assert empty == {
        "hasGoal": False,
        "goalId": None,
        "id": None,
        "date": "2026-03-10",
        "progress": 0,
        "type": "QURAN",
        "ranges": [],
        "pagesRead": 0,
        "secondsRead": 0,
        "versesRead": 0,
        "manuallyAddedSeconds": 0,
        "dailyTargetPages": None,
        "dailyTargetSeconds": None,
        "dailyTargetRanges": [],
        "remainingDailyTargetRanges": [],
        "mushafId": 4,
    }
    number = made(adas, goal(RANGE, "1:1-2:5"))
    said = {"type": "QURAN", "ranges": ["1:1-1:3,1:5-1:7", "2:1-2:2"], "seconds": 90, "mushafId": 4}
    assert adas.post("/activity-days", said).status_code == 200
    shown = plan(adas, RANGE)
    assert shown.pop("id")
    assert 0 < shown.pop("progress") < 1
    assert 1 < shown.pop("pagesRead") < 2
    assert shown == {
        **{name: one for name, one in empty.items() if name not in ("id", "progress", "pagesRead")},
        "hasGoal": True,
        "goalId": number,
        "ranges": ["1:1-1:3", "1:5-2:2"],
        "secondsRead": 90,
        "versesRead": 8,
        "dailyTargetPages": 0,
        "dailyTargetSeconds": 0,
        "dailyTargetRanges": ["1:1-2:5"],
        "remainingDailyTargetRanges": ["1:4-1:4", "2:3-2:5"],
    }
    other = plan(adas, TIME)
    assert (other["hasGoal"], other["goalId"], other["dailyTargetSeconds"]) == (False, None, None)
    assert (other["secondsRead"], other["versesRead"], other["progress"]) == (90, 8, 0)


def test_pages_are_those_of_the_mushaf_asked_for(adas: Reader) -> None:
    adas.post("/activity-days", {"type": "QURAN", "ranges": ["1:1-114:6"], "pages": 2, "mushafId": 4})
    assert [plan(adas, PAGES, mushaf)["pagesRead"] for mushaf in (4, 6, 7)] == [606, 612, 550]


def test_a_missed_day_is_spread_over_those_that_are_left(adas: Reader, clock: machine.Traveller) -> None:
    made(adas, goal(PAGES, 604, 30))
    targets = []
    for _ in range(4):
        targets.append(plan(adas, PAGES)["dailyTargetPages"])
        clock.shift(86_400)
    assert targets == [21, 21, 22, 23]


def test_time_is_counted_by_seconds(adas: Reader) -> None:
    made(adas, goal(TIME, 600))
    adas.post("/activity-days", {"type": "QURAN", "seconds": 150, "mushafId": 4})
    shown = plan(adas, TIME)
    assert (shown["dailyTargetSeconds"], shown["secondsRead"], shown["progress"]) == (600, 150, 0.25)
    assert shown["manuallyAddedSeconds"] == 0


def test_the_plan_is_few_statements(app: Flask, adas: Reader) -> None:
    made(adas, goal(PAGES, 604, 30))
    for kind in OTHERS:
        made(adas, goal(kind, 30, 10, kind))
    adas.post("/activity-days", {"type": "QURAN", "seconds": 150, "mushafId": 4})
    with app.app_context():
        engine = db.engine
    with counted(engine) as statements:
        plan(adas, PAGES)
    assert 1 < len(statements) <= 12


def estimated(adas: Reader, query: str) -> list[Any]:
    answer = adas.get(f"/goals/estimate?mushafId=4&{query}")
    assert answer.status_code == 200, answer.json
    week = answer.json["data"]["week"]
    assert [one["date"] for one in week] == [f"2026-03-{10 + ahead}" for ahead in range(len(week))]
    return [one["amount"] for one in week]


def test_an_estimate_is_the_week_of_such_a_goal(adas: Reader, session: Session) -> None:
    adas.get("/streaks?type=QURAN")  # from here on the token is known to be in use
    session.rollback()
    before = make.everything(session)
    assert estimated(adas, "type=QURAN_PAGES&amount=604&duration=30") == [21, 21, 21, 21, 20, 20, 20]
    assert estimated(adas, "type=QURAN_TIME&amount=600") == [600] * 7
    assert estimated(adas, "type=QURAN_TIME&amount=600&duration=3") == [200] * 3
    assert estimated(adas, "type=QURAN_RANGE&amount=1:1-1:7") == ["1:1-1:7"] * 7
    assert estimated(adas, "type=COURSE&amount=2000&duration=2") == [1000, 1000]
    verses = estimated(adas, "type=QURAN_RANGE&amount=1:1-2:286&duration=7")
    assert len(verses) == 7
    assert (verses[0].split("-")[0], verses[-1].split("-")[1]) == ("1:1", "2:286")
    session.rollback()
    assert make.everything(session) == before


ESTIMATES = [
    ("type=QURAN_TIME&amount=59", "amount"),
    ("type=QURAN_TIME&amount=1:1-1:7", "amount"),
    ("type=QURAN_PAGES&amount=605", "amount"),
    ("type=QURAN_RANGE&amount=2:1-2:287", "amount"),
    ("type=QURAN_RANGE&amount=7", "amount"),
    ("type=QURAN_PAGES&amount=", "amount"),
    ("type=QURAN_PAGES&amount=1.0", "amount"),
    ("type=QURAN_PAGES&amount=1&amount=2", "amount"),
    ("type=QURAN_PAGES&amount=1&duration=0", "duration"),
    ("type=QURAN_PAGES&amount=1&duration=x", "duration"),
    ("type=x&amount=1", "type"),
]


def test_an_estimate_of_what_makes_no_sense_is_refused(adas: Reader) -> None:
    for query, field in ESTIMATES:
        answer = adas.get(f"/goals/estimate?mushafId=4&{query}")
        assert answer.status_code == 422, query
        refused(answer, 422)
        assert answer.json["errors"].keys() == {field}, query
