"""Changing goals: operations 1, 2 and 6 of the tracking contract, decisions 4, 7, 9 and 16."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session, selectinload

from tests import make
from tests.api.programs import Program
from tests.api.walks import DUE, WALK, dues, items, made, walk
from tests.make import TODAY
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Direction
from webapp.models import Goal
from webapp.queries.doctor import examine

# Updating: operations 1, 2 and 6.


def test_an_update_regenerates_only_what_lies_ahead(hers: Program, session: Session, clock: Any) -> None:
    goal = made(hers, days=None)
    before = {row["duedate"]: row["goalTrackId"] for row in goal["goaltracking"]}
    clock.shift(timedelta(days=4))  # 14 March
    done = before["2026-03-16T00:00:00Z"]
    assert hers.put(f"/goals/{goal['goalid']}/tracking", {"goalTrackId": done, "iscompleted": True}).status_code == 200
    answer = hers.put(f"/goals/{goal['goalid']}", walk(days=["Tue", "Fri"]))
    after = {row["duedate"]: row["goalTrackId"] for row in answer.json["goaltracking"]}
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2.1"')
    assert [int(due[8:10]) for due in after] == [10, 11, 12, 13, 14, 16, 17, 20]
    assert after.items() <= before.items(), "what was due and still is, is the same"


@pytest.mark.parametrize("address", ["/goals/{}", "/goals/{}/", "/goals/bulk/{}", "/goals"])
def test_every_whole_update_is_the_same(hers: Program, address: str) -> None:
    goal = made(hers)
    said = walk(title="Walk", frequency="Weekly", is_onetime=False)
    if address == "/goals":
        answer = hers.post(address, {**said, "goalid": goal["goalid"]})
    else:
        answer = hers.put(address.format(goal["goalid"]), {**said, "goalid": 77})
    assert (answer.status_code, answer.json["goalid"], answer.json["title"]) == (200, goal["goalid"], "Walk")
    assert answer.json["frequency"] == "Weekly"
    assert len(hers.get("/goals").json) == 1


def test_one_time_is_forced_in_an_update_too(hers: Program) -> None:
    goal = made(hers)
    answer = hers.put(f"/goals/{goal['goalid']}", walk(is_onetime=True))
    assert (answer.json["frequency"], dues(answer.json)) == ("One Time", [TODAY, date(2026, 3, 20)][1:])
    refused = hers.put(f"/goals/{goal['goalid']}", walk(frequency=None))
    assert (refused.status_code, list(refused.json)) == (400, ["frequency"])
    assert hers.patch(f"/goals/bulk/{goal['goalid']}", {"is_onetime": False}).status_code == 400


def test_what_is_absent_stays_and_null_is_nothing(hers: Program) -> None:
    goal = made(hers, description="every day", startdate="2026-03-09", status="going well")
    required = {"is_onetime": False, "goaltracking": [], "reminderdate": None, "remindertime": "08:00:00"}
    address = f"/goals/{goal['goalid']}"
    assert hers.put(address, required).json == goal
    none = dict.fromkeys(("title", "description", "criticality", "status", "targetdate", "days", "reminder"))
    after = hers.put(address, {**required, **none, "startdate": None}).json
    assert {name: after[name] for name in none} == {**none, "title": "Untitled goal"}
    assert after["startdate"] == goal["startdate"], "null keeps the start that stands"
    assert len(after["goaltracking"]) == 61, "without a target due dates are made for 60 days ahead"


def test_a_patch_changes_just_what_it_says(hers: Program) -> None:
    goal = made(hers)
    answer = hers.patch(f"/goals/bulk/{goal['goalid']}", {"title": "Evening Walk", "remindertime": "18:00"})
    rows = [{**row, "remindertime": "18:00:00"} for row in goal["goaltracking"]]
    assert answer.json == {**goal, "title": "Evening Walk", "remindertime": "18:00:00", "goaltracking": rows}


def test_a_client_that_posts_the_whole_object_back_changes_just_what_it_changed(hers: Program) -> None:
    goal = made(hers, targetdate=None, days=None)
    echo = {**goal, "title": "Walk", "status": "Completed"}
    after = hers.put(f"/goals/{goal['goalid']}", echo).json
    assert after == {**goal, "title": "Walk"}
    weekly = hers.put(f"/goals/{goal['goalid']}", {**after, "frequency": "Weekly", "days": ["Tue"]}).json
    assert dues(weekly)[:3] == [TODAY, TODAY + timedelta(7), TODAY + timedelta(14)]
    listed = hers.get("/goals").json[0]
    again = hers.put(f"/goals/{goal['goalid']}", {**listed, "reminderdate": None, "remindertime": "08:00:00"}).json
    assert dues(again) == dues(weekly)


def test_dates_in_an_update_replace_the_future_and_nothing_before(hers: Program) -> None:
    goal = made(hers, days=None)
    said = [*items(date(2026, 3, 2), TODAY, iscompleted=True), *items(date(2026, 3, 13), date(2026, 3, 19))]
    said += items(date(2026, 3, 19), is_deleted=True) + items(date(2026, 3, 20), iscompleted=True)
    after = hers.put(f"/goals/{goal['goalid']}", walk(days=None, goaltracking=said)).json
    assert dues(after) == [TODAY, date(2026, 3, 13), date(2026, 3, 20)]
    assert [row["iscompleted"] for row in after["goaltracking"]] == [False, False, True]
    same = hers.put(f"/goals/{goal['goalid']}", {**after, "title": "Same"}).json
    assert same["goaltracking"] == after["goaltracking"]
    assert dues(hers.put(f"/goals/{goal['goalid']}", walk(days=None)).json) == dues(goal), "the server generates"


def test_a_date_that_is_taken_away_is_gone(hers: Program) -> None:
    goal = made(hers)
    rows = [{**row, "is_deleted": row["duedate"].startswith("2026-03-13")} for row in goal["goaltracking"]]
    after = hers.put(f"/goals/{goal['goalid']}", {**goal, "goaltracking": rows}).json
    assert dues(after) == [day for day in DUE if day.day != 13]
    alone = items(date(2026, 3, 18), is_deleted=True)
    assert dues(hers.put(f"/goals/{goal['goalid']}", walk(goaltracking=alone)).json) == [
        day for day in DUE if day.day not in (13, 18)
    ]
    every = items(*DUE, is_deleted=True)
    assert dues(hers.put(f"/goals/{goal['goalid']}", walk(goaltracking=every)).json) == []


def test_an_open_end_stays_open_when_a_date_is_taken_away(hers: Program, session: Session) -> None:
    goal = made(hers, days=None, targetdate=None, goaltracking=items(DUE[0], is_deleted=True))
    assert DUE[0] not in dues(goal)
    assert (goal["frequency"], goal["targetdate"], len(dues(goal))) == ("Daily", None, 60)
    rows = [{**row, "is_deleted": row["duedate"].startswith("2026-03-13")} for row in goal["goaltracking"]]
    after = hers.put(f"/goals/{goal['goalid']}", {**goal, "goaltracking": rows})
    assert (after.headers["ETag"], len(dues(after.json))) == ('"3.0"', 59)
    session.rollback()
    version = session.get(Goal, goal["goalid"], options=[selectinload(Goal.schedules)]).schedules
    assert [(one.dates, one.until) for one in version] == [(None, None)]
    assert make.tags(session, session.get(Goal, goal["goalid"]))[-1] == "goal:change"


def test_what_was_answered_is_not_taken_away(hers: Program) -> None:
    goal = made(hers)
    first = goal["goaltracking"][0]
    assert first["duedate"].startswith("2026-03-11")
    hers.put(f"/goals/{goal['goalid']}/tracking", {"goalTrackId": first["goalTrackId"], "iscompleted": True})
    after = hers.put(f"/goals/{goal['goalid']}", walk(goaltracking=items(DUE[0], is_deleted=True))).json
    assert dues(after) == DUE


def test_what_the_contract_does_not_know_survives_an_update(hers: Program, session: Session, her: Viewer) -> None:
    when = make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK)
    more = {"question": "Did you?", "colour": 7, "unit": "km", "skip_budget": 2, "tags": ("legs",)}
    goal = make.goal(session, her, "Run", when, direction=Direction.AT_LEAST, target=Decimal(5), **more)
    session.commit()
    before = make.says(session, her, goal)
    body = {**hers.get(f"/goals/{goal.id}").json, "reminderdate": None, "remindertime": None, "title": "Run far"}
    answer = hers.put(f"/goals/{goal.id}", body)
    assert (answer.status_code, answer.json["frequency"]) == (200, "Quota")
    session.rollback()
    session.expire_all()
    after = make.says(session, her, goal)
    assert {**after, "title": "Run"} == before


def test_a_rule_made_in_the_pages_is_written_and_read_back(hers: Program, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Rest", make.schedule("RRULE:FREQ=MONTHLY;BYDAY=-1FR"))
    session.commit()
    read = hers.get(f"/goals/{goal.id}").json
    assert read["frequency"] == "RRULE:FREQ=MONTHLY;WKST=MO;BYDAY=-1FR"
    for part in ({}, {"title": "Rest"}):
        assert hers.patch(f"/goals/bulk/{goal.id}", part).json["frequency"] == read["frequency"]
    after = hers.put(f"/goals/{goal.id}", {**read, "reminderdate": None, "remindertime": None, "title": "Rest"}).json
    assert (after["frequency"], after["goaltracking"]) == (read["frequency"], read["goaltracking"])


def test_a_stale_version_is_refused_and_the_right_one_accepted(hers: Program) -> None:
    goal = made(hers)
    address = f"/goals/{goal['goalid']}"
    assert hers.put(address, WALK, If_Match='"1.0"').headers["ETag"] == '"1.0"', "nothing has changed"
    assert hers.put(address, walk(title="Walk"), If_Match='"1.0"').headers["ETag"] == '"2.0"'
    stale = hers.put(address, WALK, If_Match='"1.0"')
    assert (stale.status_code, stale.json) == (412, {"detail": "This has changed since you read it."})
    assert hers.patch(f"/goals/bulk/{goal['goalid']}", {}, If_Match='"7.0"').status_code == 412
    assert hers.delete(address, If_Match='"1.0"').status_code == 412
    assert hers.get(address).headers["ETag"] == '"2.0"'
    assert hers.delete(address, If_Match='"2.0"').status_code == 200


def test_saying_what_stands_changes_nothing_and_each_change_is_a_version(hers: Program, session: Session) -> None:
    goal = made(hers, status="going well")
    address = f"/goals/{goal['goalid']}"
    before = make.everything(session)
    for body in (goal, walk(), walk(status="going well"), {**goal, "status": "Completed"}):
        assert hers.put(address, body).json == goal
    assert make.everything(session) == before
    changes: list[dict[str, Any]] = [
        {"status": "well"},
        {"reminder": False},
        {"reminderdate": "2026-03-11"},
        {"title": "W"},
    ]
    versions = [hers.patch(f"/goals/bulk/{goal['goalid']}", change).headers["ETag"] for change in changes]
    assert versions == ['"2.0"', '"3.0"', '"4.0"', '"5.0"']


# Words for how a goal stands: decision 9.


def test_a_word_stays_until_a_tick_and_completed_is_found_out(hers: Program) -> None:
    goal = made(hers, status="going well")
    address, first = f"/goals/{goal['goalid']}", goal["goaltracking"][0]["goalTrackId"]
    assert hers.put(address, walk(status="Completed")).json["status"] == "going well"
    assert hers.put(address, walk()).json["status"] == "going well"
    assert hers.put(f"{address}/tracking", {"goalTrackId": first, "iscompleted": True}).json["status"] is None
    assert hers.put(address, walk(status="COMPLETED ")).json["status"] is None
    assert made(hers, status="Completed")["status"] is None


def test_what_programs_wrote_stands_as_if_pages_had(hers: Program, session: Session) -> None:
    goal = made(hers, goaltracking=items(date(2026, 2, 5), TODAY, iscompleted=True) + items(date(2026, 3, 12)))
    address = f"/goals/{goal['goalid']}"
    hers.put(address, walk(goaltracking=items(date(2026, 3, 14), date(2026, 3, 15), iscompleted=True)))
    hers.put(f"{address}/tracking", {"goalTrackId": goal["goaltracking"][0]["goalTrackId"], "iscompleted": False})
    hers.put(address, walk(frequency="Weekly", targetdate=None))
    hers.post("/goals/bulk", [walk(), walk(id=goal["goalid"], is_onetime=True)])
    session.rollback()
    assert [str(finding) for finding in examine(session, TODAY)] == []
