"""Making, deleting and listing goals: operations 1, 3, 4, 8, 15 of the tracking contract, decisions 2, 4 to 8, 13."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.api.programs import Program
from tests.api.walks import DUE, ECHO, READ, WALK, dues, items, made, walk
from tests.make import TODAY
from webapp.domain.people import Viewer
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.models import Goal, Person

# Creating: operation 1, decisions 2, 4 to 8, 13, 16.


def test_a_goal_is_made_as_it_was_said_and_answered_whole(hers: Program, ada: Person) -> None:
    answer = hers.post("/goals", walk(userid=ada.id))
    goal = answer.json
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1.0"')
    assert goal.keys() == ECHO
    assert dues(goal) == DUE
    assert goal["goaltracking"][0] == {
        "goalTrackId": goal["goaltracking"][0]["goalTrackId"],
        "goalid": goal["goalid"],
        "iscompleted": False,
        "duedate": "2026-03-11T00:00:00Z",
        "reminderdate": None,
        "remindertime": "08:00:00",
        "is_deleted": False,
        "status": None,
    }
    del goal["goaltracking"], goal["goalid"]
    assert goal == {
        "userid": ada.id,
        "status": None,
        "title": "Morning Walk",
        "is_onetime": False,
        "criticality": "High",
        "reminder": True,
        "frequency": "Daily",
        "targetdate": "2026-03-20T00:00:00Z",
        "days": ["Monday", "Wednesday", "Friday"],
        "description": None,
        "is_therapist_approved": True,
        "reminderdate": None,
        "remindertime": "08:00:00",
        "startdate": "2026-03-10T00:00:00Z",
    }


def test_the_published_walk_with_its_target_in_the_past_has_no_due_dates(hers: Program) -> None:
    assert dues(made(hers, targetdate="2024-03-01T00:00:00")) == []


@pytest.mark.parametrize("said", ["Daily", None, "nonsense", "RRULE:FREQ=DAILY"])
def test_one_time_is_forced_whatever_the_frequency(hers: Program, said: str | None) -> None:
    goal = made(hers, is_onetime=True, frequency=said)
    assert (goal["frequency"], goal["is_onetime"], dues(goal)) == ("One Time", True, [date(2026, 3, 20)])
    assert dues(made(hers, is_onetime=True, targetdate=None)) == [TODAY]
    assert dues(made(hers, is_onetime=True, targetdate=None, startdate="2026-03-12")) == [date(2026, 3, 12)]


FREQUENCIES = [
    ("one time", [], "One Time", [20]),
    ("DAILY", None, "Daily", list(range(10, 21))),
    ("weekly", "wed", "Weekly", [11, 18]),
    ("Weekly", None, "Weekly", [10, 17]),
    ("Biweekly", ["Fri"], "Biweekly", [13]),
    ("monthly", ["Fri"], "Monthly", [10]),
    ("Yearly", None, "Yearly", [10]),
    ("custom", [6, 7], "Custom", [14, 15]),
    ("rrule:freq=daily;interval=5", None, "RRULE:FREQ=DAILY;INTERVAL=5;WKST=MO", [10, 15, 20]),
]


@pytest.mark.parametrize(("said", "days", "read", "due"), FREQUENCIES)
def test_frequencies_in_any_case_make_their_dates(hers: Program, said: str, days: Any, read: str, due: Any) -> None:
    goal = made(hers, frequency=said, days=days)
    assert (goal["frequency"], [day.day for day in dues(goal)]) == (read, due)


@pytest.mark.parametrize(
    "days",
    [
        ["mon", "WED", "Friday"],
        "monday, wed,Fri",
        '["Mon", 3, "Friday"]',
        [1, 3, 5],
        "1,3,5",
        ["Fri", "mon", "Wed", "Mon"],
    ],
)
def test_days_are_read_in_every_form_and_written_as_full_names(hers: Program, days: Any) -> None:
    goal = made(hers, days=days)
    assert (goal["days"], dues(goal)) == (["Monday", "Wednesday", "Friday"], DUE)


WRONG = [
    ({"is_onetime": None}, "is_onetime"),
    ({"is_onetime": "false"}, "is_onetime"),
    ({"is_onetime": 0}, "is_onetime"),
    ({"title": 5}, "title"),
    ({"title": "x" * 256}, "title"),
    ({"status": "x" * 51}, "status"),
    ({"criticality": "x" * 256}, "criticality"),
    ({"frequency": "x" * 256}, "frequency"),
    ({"frequency": None}, "frequency"),
    ({"frequency": "Fortnightly"}, "frequency"),
    ({"frequency": "Quota"}, "frequency"),
    ({"frequency": "Rule"}, "frequency"),
    ({"frequency": "RRULE:FREQ=HOURLY"}, "frequency"),
    ({"frequency": "Custom", "days": None}, "days"),
    ({"days": [0]}, "days"),
    ({"days": [8]}, "days"),
    ({"days": [True]}, "days"),
    ({"days": [1.5]}, "days"),
    ({"days": {"Mon": True}}, "days"),
    ({"days": "[[["}, "days"),
    ({"days": ["Montag"]}, "days"),
    ({"targetdate": "soon"}, "targetdate"),
    ({"targetdate": 20260320}, "targetdate"),
    ({"targetdate": "2026-02-30T00:00:00"}, "targetdate"),
    ({"targetdate": "2026-03-20T25:00:00"}, "targetdate"),
    ({"targetdate": "0001-01-01T00:00:00"}, "targetdate"),
    ({"targetdate": "2190-01-01T00:00:00"}, "targetdate"),
    ({"startdate": "2026-03-21"}, "startdate"),
    ({"remindertime": "8 o'clock"}, "remindertime"),
    ({"remindertime": "24:00:00"}, "remindertime"),
    ({"remindertime": "08:00:00+01:00"}, "remindertime"),
    ({"reminderdate": "tomorrow"}, "reminderdate"),
    ({"reminder": "yes"}, "reminder"),
    ({"description": "x" * 10_001}, "description"),
    ({"goaltracking": None}, "goaltracking"),
    ({"goaltracking": {}}, "goaltracking"),
    ({"goaltracking": [{}]}, "goaltracking.0.duedate"),
    ({"goaltracking": [{"duedate": "2026-03-12", "iscompleted": 1}]}, "goaltracking.0.iscompleted"),
    ({"goaltracking": [{"duedate": "2026-03-21"}]}, "goaltracking"),
    ({"goaltracking": [{"duedate": "1899-12-31"}]}, "goaltracking.0.duedate"),
    ({"userid": "1"}, "userid"),
    ({"goalid": "1"}, "goalid"),
]


def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_made(hers: Program) -> None:
    for said, field in WRONG:
        answer = hers.post("/goals", walk(**said))
        assert (answer.status_code, list(answer.json)) == (400, [field]), said
        assert all(isinstance(words, str) and words for words in answer.json[field])
    assert hers.get("/goals").json == []


@pytest.mark.parametrize("missing", ["is_onetime", "goaltracking", "reminderdate", "remindertime"])
def test_required_keys_are_required_in_every_whole_write(hers: Program, missing: str) -> None:
    goal = made(hers)
    body = {name: value for name, value in WALK.items() if name != missing}
    answers = [
        hers.post("/goals", body),
        hers.post("/goals", {**body, "goalid": goal["goalid"]}),
        hers.put(f"/goals/{goal['goalid']}", body),
        hers.put(f"/goals/bulk/{goal['goalid']}", body),
    ]
    assert [(answer.status_code, list(answer.json)) for answer in answers] == [(400, [missing])] * 4
    assert hers.patch(f"/goals/bulk/{goal['goalid']}", {}).status_code == 200


def test_all_problems_are_told_at_once(hers: Program) -> None:
    answer = hers.post("/goals", walk(frequency="Fortnightly", description="x" * 10_001, startdate="2026-04-01"))
    assert answer.json.keys() == {"frequency", "description", "startdate"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2026-03-19", 19),
        ("2026-03-19T00:00:00", 19),
        ("2026-03-19T00:00:00Z", 19),
        ("2026-03-19T00:00:00+00:00", 19),
        ("2026-03-19T23:30:00Z", 20),
        ("2026-03-19T00:00:00+05:00", 18),
        ("2026-03-19T00:00:00-08:00", 19),
        ("2026-03-19T23:30:00", 19),
        ("2026-03-19T22:59:59.999999Z", 19),
    ],
)
def test_dates_are_as_written_or_in_the_persons_zone(hers: Program, said: str, read: int) -> None:
    assert made(hers, targetdate=said)["targetdate"] == f"2026-03-{read}T00:00:00Z"


@pytest.mark.parametrize("title", [None, "", "  "])
def test_a_goal_without_a_title_is_shown_as_untitled(hers: Program, title: str | None) -> None:
    assert made(hers, title=title)["title"] == "Untitled goal"


def test_dates_said_one_by_one_are_the_schedule_each_once(hers: Program, session: Session) -> None:
    said = [date(2026, 3, 5), date(2026, 3, 12), date(2026, 3, 12), TODAY]
    goal = made(hers, goaltracking=[*items(*said), *items(date(2026, 3, 14), is_deleted=True)], days=None)
    assert dues(goal) == sorted(set(said))
    assert (goal["frequency"], goal["startdate"]) == ("Daily", "2026-03-05T00:00:00Z")


def test_dates_said_to_be_done_are_done_and_all_of_them_complete_the_goal(hers: Program) -> None:
    said = items(date(2026, 3, 5), iscompleted=True, goalid=12345) + items(date(2026, 3, 12), iscompleted=False)
    goal = made(hers, goaltracking=said, status="going well")
    assert [row["iscompleted"] for row in goal["goaltracking"]] == [True, False]
    assert goal["status"] is None, "a tick recomputes the word"
    assert made(hers, goaltracking=items(date(2026, 3, 5), iscompleted=True))["status"] == "Completed"


def test_due_dates_may_have_reminders_of_their_own(hers: Program) -> None:
    own = items(date(2026, 3, 12), reminderdate="2026-03-11", remindertime="07:30")
    goal = made(hers, goaltracking=own + items(date(2026, 3, 13)), reminderdate="2026-03-10")
    read = [(row["reminderdate"], row["remindertime"]) for row in goal["goaltracking"]]
    assert read == [("2026-03-11", "07:30:00"), ("2026-03-10", "08:00:00")]
    read_again = hers.get(f"/goals/{goal['goalid']}").json["goaltracking"]
    assert [(row["reminderdate"], row["remindertime"]) for row in read_again] == read


def test_nothing_outside_the_write_list_is_ever_stored(hers: Program, session: Session) -> None:
    more = {"goalid": None, "owner_id": 99, "lifecycle": "completed", "is_deleted": True, "review_state": "approved"}
    goal = session.get(Goal, made(hers, **more, colour=7, position=-5)["goalid"])
    assert goal is not None
    assert (goal.lifecycle, goal.deleted_at, goal.review_state) == ("active", None, None)
    assert (goal.owner_id, goal.colour, goal.position) == (1, 1, 1)


# Deleting and listing: operations 3, 4, 8 and 15.


def test_a_deleted_goal_is_gone_everywhere(hers: Program, ada: Person, session: Session) -> None:
    goal = made(hers)
    number = goal["goalid"]
    answer = hers.delete(f"/goals/{number}")
    assert (answer.status_code, answer.json) == (200, {"goalid": number, "is_deleted": True})
    again = hers.delete(f"/goals/{number}")
    assert (again.status_code, again.data) == (204, b"")
    empty = ["/goals", f"/goals/by-user/{ada.id}", f"/goals/by-user/{ada.id}/{number}", f"/goals/pending/{ada.id}"]
    assert [hers.get(address).json for address in empty] == [[], [], [], []]
    assert hers.get(f"/goals/{number}").status_code == 404
    tracker = hers.post("/goals/tracker", {"fromdate": "2026-03-01", "todate": "2026-03-31"})
    assert tracker.json["goaltracker"] == []


def test_the_list_shows_a_month_back_and_one_goal_shows_all(hers: Program, session: Session, her: Viewer) -> None:
    when = make.schedule(Frequency.DAILY, start=make.days_ago(40), until=TODAY)
    goal = make.goal(session, her, "Walk", when)
    for days in (40, 32, 31, 1):
        make.tick(session, her, goal, make.days_ago(days))
    goal.archived_at = make.NOW
    session.commit()
    (listed,) = hers.get("/goals").json
    assert listed.keys() == READ
    assert dues(listed) == [make.days_ago(31), make.days_ago(1), TODAY]
    one = hers.get(f"/goals/{goal.id}")
    assert one.json.keys() == READ
    assert dues(one.json) == [make.days_ago(days) for days in (40, 32, 31, 1, 0)]
    assert hers.get(f"/goals/bulk/{goal.id}").json == one.json
    tag = one.headers["ETag"]
    row = next(row for row in one.json["goaltracking"] if row["duedate"].startswith(str(TODAY)))
    assert hers.put(
        f"/goals/{goal.id}/tracking", {"goalTrackId": row["goalTrackId"], "iscompleted": True}, If_Match=tag
    )
    assert hers.get(f"/goals/{goal.id}").headers["ETag"] != tag, "a tick changes what was read"
    assert hers.put(f"/goals/{goal.id}", walk(), If_Match=tag).status_code == 412


def test_goals_by_user_have_the_contracts_fields(hers: Program, ada: Person) -> None:
    goal = made(hers)
    left_out = ("goaltracking", "reminderdate", "startdate")
    expected = {name: value for name, value in goal.items() if name not in left_out}
    assert hers.get(f"/goals/by-user/{ada.id}").json == [expected]
    assert hers.get(f"/goals/by-user/{ada.id}/{goal['goalid']}").json == [expected]
    assert hers.get(f"/goals/by-user/{ada.id}/{goal['goalid'] + 1}").json == []


def test_pending_goals_have_no_status_and_begin_with_their_first_due_date(hers: Program, ada: Person) -> None:
    goal, worded = made(hers), made(hers, status="going well")
    done = made(hers, goaltracking=items(date(2026, 3, 5), iscompleted=True))
    assert done["status"] == "Completed"
    names = ("goalid", "userid", "title", "description", "targetdate", "is_onetime", "frequency", "days")
    pending = {**{name: goal[name] for name in names}, "startdate": "2026-03-11T00:00:00Z"}
    assert hers.get(f"/goals/pending/{ada.id}").json == [pending]
    assert hers.get(f"/goals/pending/{ada.id}/{goal['goalid']}").json == [pending]
    assert hers.get(f"/goals/pending/{ada.id}/{worded['goalid']}").json == []


def test_a_goal_of_the_pages_reads_as_one_of_the_contract(hers: Program, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Read", make.schedule(Frequency.CUSTOM, days=(0, 4)))
    make.tick(session, her, goal, TODAY, DayState.SKIPPED)
    session.commit()
    read = hers.get(f"/goals/{goal.id}").json
    assert (read["title"], read["frequency"], read["days"]) == ("Read", "Custom", ["Monday", "Friday"])
    assert (read["reminder"], read["criticality"], read["description"], read["targetdate"]) == (None,) * 4
    assert [row["iscompleted"] for row in read["goaltracking"][:2]] == [False, False]
