"""Due dates of the tracking contract: ticking (9), reminders (7), the tracker (10), and decisions 8, 11, 14 and 17."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Program
from tests.api.walks import DUE, items, made
from tests.benchmarks.statements import counted
from tests.make import TODAY
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction, Mode, Source
from webapp.extensions import db
from webapp.models import Goal, Reminder

MARCH = {"fromdate": "2026-03-01", "todate": "2026-03-31"}


def ticked(program: Program, goal: dict[str, Any], place: int, done: bool = True) -> Any:
    body = {"goalTrackId": goal["goaltracking"][place]["goalTrackId"], "iscompleted": done}
    return program.put(f"/goals/{goal['goalid']}/tracking", body)


# Ticking: operation 9, decision 11.


def test_the_last_tick_completes_and_an_open_date_reopens(hers: Program, session: Session) -> None:
    goal = made(hers)
    for place in range(4):
        assert ticked(hers, goal, place).json["status"] is None
    answer = ticked(hers, goal, 4)
    assert (answer.status_code, answer.json) == (
        200,
        {**goal["goaltracking"][4], "iscompleted": True, "status": "Completed"},
    )
    assert hers.get(f"/goals/{goal['goalid']}").json["status"] == "Completed"
    reopened = ticked(hers, goal, 0, done=False)
    assert (reopened.json["iscompleted"], reopened.json["status"]) == (False, None)
    stored = session.get(Goal, goal["goalid"])
    assert make.tags(session, stored)[-4:] == ["goal:complete", "entry:record", "goal:reopen", "entry:record"]
    assert {entry.source for entry in make.ledger(session, stored)} == {Source.API}


def test_a_repeated_tick_changes_nothing(hers: Program, session: Session) -> None:
    goal = made(hers)
    first = ticked(hers, goal, 0)
    before = make.everything(session)
    assert ticked(hers, goal, 0).data == first.data
    assert ticked(hers, goal, 1, done=False).json["iscompleted"] is False
    assert make.everything(session) == before


def test_a_tick_clears_a_programs_word_even_when_it_repeats(hers: Program) -> None:
    goal = made(hers)
    ticked(hers, goal, 0)
    hers.patch(f"/goals/bulk/{goal['goalid']}", {"status": "going well"})
    assert ticked(hers, goal, 0).json["status"] is None


def test_a_skipped_date_is_left_out_and_not_reopened_by_not_done(hers: Program, session: Session, her: Viewer) -> None:
    goal = made(hers)
    session.rollback()
    stored = session.get(Goal, goal["goalid"])
    make.tick(session, her, stored, DUE[0], DayState.SKIPPED)
    session.commit()
    assert ticked(hers, goal, 0, done=False).json["iscompleted"] is False
    session.rollback()
    assert make.rows(session, stored)[DUE[0]].state is DayState.SKIPPED
    assert [ticked(hers, goal, place).json["status"] for place in (1, 2, 3, 4)] == [None, None, None, "Completed"]


def test_a_tick_of_an_amount_reaches_it_and_keeps_more(hers: Program, session: Session, her: Viewer) -> None:
    when = make.schedule(until=TODAY + timedelta(1))
    goal = make.goal(session, her, "Drink", when, direction=Direction.AT_LEAST, target=Decimal(8))
    make.tick(session, her, goal, TODAY, None, value=Decimal(3), mode=Mode.ADD)
    make.tick(session, her, goal, TODAY + timedelta(1), None, value=Decimal(11))
    session.commit()
    read = hers.get(f"/goals/{goal.id}").json
    assert [row["iscompleted"] for row in read["goaltracking"]] == [False, True]
    assert [ticked(hers, read, place).json["status"] for place in (1, 0)] == [None, "Completed"]
    session.rollback()
    assert [row.value for row in make.rows(session, goal).values()] == [8, 11]
    assert ticked(hers, read, 0, done=False).json["iscompleted"] is False
    session.rollback()
    assert make.rows(session, goal)[TODAY].state is DayState.OPEN


def test_a_limit_that_was_kept_reads_as_done(hers: Program, session: Session, her: Viewer, clock: Any) -> None:
    goal = make.goal(session, her, "Coffee", make.schedule(), direction=Direction.AT_MOST, target=Decimal(2))
    make.tick(session, her, goal, TODAY, None, value=Decimal(1))
    session.commit()
    assert hers.get(f"/goals/{goal.id}").json["goaltracking"][0]["iscompleted"] is False
    clock.shift(timedelta(days=1))
    assert hers.get(f"/goals/{goal.id}").json["goaltracking"][0]["iscompleted"] is True


def test_only_a_date_of_this_goal_can_be_ticked_and_only_with_a_boolean(hers: Program, session: Session) -> None:
    goal, other = made(hers), made(hers)
    theirs = other["goaltracking"][0]["goalTrackId"]
    gone = goal["goaltracking"][0]["goalTrackId"]
    hers.put(f"/goals/{goal['goalid']}", {**goal, "goaltracking": items(*DUE[1:])})
    before = make.everything(session)
    address = f"/goals/{goal['goalid']}/tracking"
    for number in (theirs, gone, 0, -1, 2**31, 2**63, 2**70):
        answer = hers.put(address, {"goalTrackId": number, "iscompleted": True})
        assert (answer.status_code, answer.json) == (404, {"detail": "Not found."}), number
    for number in (0, -1, 2**31, 2**63, 2**70):
        assert hers.put(f"/goals/{number}/tracking", {"goalTrackId": 1, "iscompleted": True}).status_code == 404
    for said in (1, 0, "true", None, [], {}):
        answer = hers.put(address, {"goalTrackId": theirs, "iscompleted": said})
        assert (answer.status_code, list(answer.json)) == (400, ["iscompleted"]), said
    assert list(hers.put(address, {}).json) == ["goalTrackId", "iscompleted"]
    assert make.everything(session) == before


def test_two_last_ticks_at_once_complete_the_goal_once(app: Flask, hers: Program, session: Session) -> None:
    for _ in range(5):
        goal = made(hers, goaltracking=items(TODAY, TODAY + timedelta(1)))
        together = Barrier(2)

        def last(place: int, goal: Any = goal, together: Barrier = together) -> int:
            mine = Program(app, hers.token)
            together.wait()
            return int(ticked(mine, goal, place).status_code)

        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(last, (0, 1))) == [200, 200]
        stored = session.get(Goal, goal["goalid"])
        assert make.tags(session, stored).count("goal:complete") == 1
        session.rollback()
        assert hers.get(f"/goals/{goal['goalid']}").json["status"] == "Completed"


# Reminders: operation 7, decisions 8 and 17.


def walls(session: Session, goal: dict[str, Any]) -> list[time]:
    session.rollback()
    statement = select(Reminder.wall).where(Reminder.goal_id == goal["goalid"])
    return sorted(session.scalars(statement))


def test_the_published_reminder_reaches_every_live_date(hers: Program, session: Session) -> None:
    own = items(DUE[0], remindertime="06:00:00") + items(*DUE[1:])
    goal = made(hers, goaltracking=own, reminder=None, remindertime=None)
    assert [row["remindertime"] for row in goal["goaltracking"]] == ["06:00:00", None, None, None, None]
    answer = hers.put("/goals/reminder", {"goalid": goal["goalid"], "remindertime": "14:15:22Z", "reminder": True})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2.0"')
    assert (answer.json["reminder"], answer.json["remindertime"]) == (True, "14:15:22")
    assert {row["remindertime"] for row in answer.json["goaltracking"]} == {"14:15:22"}
    assert make.tags(session, session.get(Goal, goal["goalid"]))[-1] == "goal:remind"
    assert hers.put("/goals/reminder", {"goalid": goal["goalid"], "reminder": True}).headers["ETag"] == '"2.0"'


def test_of_several_reminders_the_earliest_is_read_and_one_replaces_all(hers: Program, session: Session) -> None:
    goal = made(hers)
    owned = {"goal_id": goal["goalid"], "person_id": goal["userid"], "created_at": make.NOW}
    session.add_all(Reminder(wall=time(hour), **owned) for hour in (7, 21))
    session.commit()
    read = hers.get(f"/goals/by-user/{goal['userid']}/{goal['goalid']}").json[0]
    assert read["remindertime"] == "07:00:00"
    body = {"goalid": goal["goalid"], "reminder": True}
    hers.put(f"/goals/{goal['goalid']}", read)
    assert walls(session, goal) == [time(7), time(8), time(21)], "the earliest said again with the goal is an echo"
    off = hers.put("/goals/reminder", {**body, "reminder": False, "remindertime": None}).json
    assert (off["reminder"], off["remindertime"], len(walls(session, goal))) == (False, "07:00:00", 3)
    hers.put("/goals/reminder", {**body, "remindertime": "08:00:00"})
    assert walls(session, goal) == [time(8)]
    hers.put("/goals/reminder", {**body, "remindertime": None})
    assert walls(session, goal) == [time(8)], "no time is said"
    session.add(Reminder(wall=time(9), **owned))
    session.commit()
    hers.put("/goals/reminder", {**body, "remindertime": "08:00:00"})
    assert walls(session, goal) == [time(8)], "one replaces all"


def test_a_reminder_wants_its_goal_and_a_wall_time(hers: Program, session: Session) -> None:
    goal = made(hers)
    before = make.everything(session)
    for said, field in [
        ({"goalid": None}, "goalid"),
        ({"goalid": True}, "goalid"),
        ({"remindertime": "14:15:22+00:00"}, "remindertime"),
        ({"remindertime": "14h"}, "remindertime"),
        ({"reminder": 1}, "reminder"),
    ]:
        answer = hers.put("/goals/reminder", {"goalid": goal["goalid"], "reminder": True, **said})
        assert (answer.status_code, list(answer.json)) == (400, [field])
    for number in (0, -1, goal["goalid"] + 1, 2**63, 2**70):
        assert hers.put("/goals/reminder", {"goalid": number, "reminder": True}).status_code == 404
    assert hers.put("/goals/reminder", {"goalid": goal["goalid"]}, If_Match='"9"').status_code == 412
    assert make.everything(session) == before


# The tracker: operation 10, decision 14.


def test_the_tracker_lists_goals_by_date_time_and_number(hers: Program, ada: Any) -> None:
    late = made(hers, remindertime="20:00:00", title="Late", goaltracking=items(DUE[0], DUE[1]))
    never = made(hers, remindertime=None, title="Never", goaltracking=items(DUE[0]))
    said = items(DUE[0], iscompleted=True) + items(DUE[1], remindertime="21:00")
    early = made(hers, title="Early", goaltracking=said)
    answer = hers.post("/goals/tracker", {"userid": ada.id, **MARCH, "time_zone": "America/New_York"})
    assert (answer.status_code, answer.json["time_zone"]) == (200, "America/New_York")
    days = answer.json["goaltracker"]
    assert [(day["duedate"], [goal["title"] for goal in day["goals"]]) for day in days] == [
        ("2026-03-11", ["Early", "Late", "Never"]),
        ("2026-03-13", ["Late", "Early"]),
    ]
    assert days[0]["goals"][0] == {
        "goalTrackId": early["goaltracking"][0]["goalTrackId"],
        "goalid": early["goalid"],
        "title": "Early",
        "iscompleted": True,
        "status": None,
        "reminder": True,
        "remindertime": "08:00:00",
        "criticality": "High",
        "frequency": "Daily",
    }
    assert [days[0]["goals"][2]["goalid"], days[1]["goals"][0]["goalid"]] == [never["goalid"], late["goalid"]]


def test_the_tracker_never_moves_a_due_date_and_leaves_out_what_is_put_away(hers: Program, session: Session) -> None:
    goal = made(hers)
    for zone in ("Pacific/Kiritimati", "Pacific/Honolulu", "Etc/UTC"):
        days = hers.post("/goals/tracker", {**MARCH, "time_zone": zone}).json["goaltracker"]
        assert [date.fromisoformat(day["duedate"]) for day in days] == DUE
    asked = {"fromdate": "2026-03-13T23:30:00Z", "todate": "2026-03-16T00:00:00Z"}
    read = hers.post("/goals/tracker", asked).json
    assert [day["duedate"] for day in read["goaltracker"]] == ["2026-03-13", "2026-03-16"]
    assert read["time_zone"] == "Etc/UTC"
    read = hers.post("/goals/tracker", {**asked, "time_zone": "Europe/Berlin"}).json
    assert [day["duedate"] for day in read["goaltracker"]] == ["2026-03-16"]
    session.get(Goal, goal["goalid"]).archived_at = make.NOW  # type: ignore[union-attr]
    session.commit()
    assert hers.post("/goals/tracker", MARCH).json == {"time_zone": "Etc/UTC", "goaltracker": []}


def test_the_tracker_refuses_what_it_cannot_list(hers: Program) -> None:
    for said, field in [
        ({"fromdate": "2026-04-01"}, "todate"),
        ({"fromdate": "2025-03-30"}, "todate"),
        ({"fromdate": None}, "fromdate"),
        ({"todate": "soon"}, "todate"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"userid": 1.5}, "userid"),
    ]:
        answer = hers.post("/goals/tracker", {**MARCH, **said})
        assert (answer.status_code, list(answer.json)) == (400, [field]), said
    assert hers.post("/goals/tracker", {**MARCH, "fromdate": "2025-03-31"}).status_code == 200
    assert list(hers.post("/goals/tracker", {}).json) == ["fromdate", "todate"]


def test_the_tracker_asks_the_same_few_statements_however_much_is_due(
    app: Flask, hers: Program, session: Session, her: Viewer
) -> None:
    def asked() -> int:
        with app.app_context():
            engine = db.engine
        with counted(engine) as statements:
            assert hers.post("/goals/tracker", MARCH).json["goaltracker"]
        return len(statements)

    made(hers)
    few = asked()
    session.rollback()
    for number in range(10):
        make.goal(session, her, f"Goal {number}", make.schedule(Frequency.DAILY))
    session.commit()
    assert asked() == few <= 3


# Many at once, and back again.


def test_many_dates_are_done_at_once(hers: Program, app: Flask) -> None:
    counts = []
    with app.app_context():
        engine = db.engine
    for many in (10, 300):
        days = [TODAY + timedelta(days=ahead) for ahead in range(many)]
        with counted(engine) as sent:
            goal = made(hers, days=None, targetdate=None, goaltracking=items(*days, iscompleted=True))
        counts.append(len(sent))
        assert {row["iscompleted"] for row in goal["goaltracking"]} == {True}
        assert goal["status"] == "Completed"
    assert counts[1] <= counts[0] + 5, counts


def test_a_quota_is_unticked_and_its_row_is_gone(hers: Program, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Run", make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK))
    make.tick(session, her, goal, TODAY)
    session.commit()
    (row,) = hers.get(f"/goals/{goal.id}").json["goaltracking"]
    answer = hers.put(f"/goals/{goal.id}/tracking", {"goalTrackId": row["goalTrackId"], "iscompleted": False})
    assert (answer.status_code, answer.json["iscompleted"], answer.json["is_deleted"]) == (200, False, True)
    assert hers.get(f"/goals/{goal.id}").json["goaltracking"] == []
