"""Moods of the tracking contract: operations 12 and 13, decisions 3 and 15: saying them anew, and counting them."""

import itertools
from datetime import date, timedelta
from typing import Any

import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.api.mood_words import NOTED, SAID, YEAR, logged, stats, stored
from tests.api.programs import Program
from tests.benchmarks.statements import counted
from webapp.actions import moods
from webapp.domain.moods import MoodDraft
from webapp.models import MoodRevision, Person
from webapp.queries import moods as queries
from webapp.queries.doctor import examine

# 13: saying it anew, and taking it back.


def test_put_says_it_anew_and_keeps_what_stood(
    hers: Program, session: Session, ada: Person, clock: machine.Traveller
) -> None:
    made = logged(hers, reasons={"why": "rain"})
    clock.shift(timedelta(hours=1))
    said = {"userid": ada.id, "mood": "awful", "reasons": ["Rain"], "logdate": "2026-03-08T23:30:00.5Z"}
    answer = hers.put(f"/moods/{made['moodid']}", said)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json == {
        **made,
        "mood": "awful",
        "reasons": ["Rain"],
        "logdate": "2026-03-08T23:30:00.500000Z",
        "update_timestamp": "2026-03-10T13:00:00Z",
    }
    mood = stored(session, made["moodid"])
    assert (mood.level, mood.local_date, mood.reasons_said) == (1, date(2026, 3, 9), None)
    assert len(session.scalars(select(MoodRevision.number).where(MoodRevision.mood_id == mood.id)).all()) == 1
    her = make.viewer(session, ada)
    moods.revert(session, her, queries.find(session, her, mood.public_id, lock=True), 1)
    session.commit()
    back = hers.get(f"/moods/{made['moodid']}").json
    assert back == {**made, "update_timestamp": "2026-03-10T13:00:00Z"}
    assert [str(finding) for finding in examine(session, make.TODAY)] == []


SAID_ALREADY: tuple[dict[str, Any], ...] = (
    *({}, {"mood": "GOOD"}, {"logdate": None}, {"logdate": "2026-03-09T08:30:15Z"}, {"anything": 1}),
    *({"reasons": ["sleep", "Work"]}, {"create_timestamp": "2020-01-01T00:00:00Z", "moodid": 9}),
)


def test_saying_what_stands_changes_nothing(hers: Program, session: Session) -> None:
    made = logged(hers)
    before = make.everything(session, but=NOTED)
    for verb, said in itertools.product((hers.put, hers.patch), SAID_ALREADY):
        answer = verb(f"/moods/{made['moodid']}", said)
        assert (answer.status_code, answer.json, answer.headers["ETag"]) == (200, made, '"1"')
    assert make.everything(session, but=NOTED) == before


def test_the_whole_object_can_be_sent_back(hers: Program) -> None:
    for reasons in (["Work"], {"why": [1]}, None):
        made = logged(hers, mood=None, reasons=reasons, logdate="2026-03-09T08:30:15.123456Z")
        assert hers.put(f"/moods/{made['moodid']}", made).json == made


def test_only_what_is_said_changes(hers: Program, session: Session, ada: Person) -> None:
    her = make.viewer(session, ada)
    mood = make.mood(session, her, 2, make.days_ago(1), reasons=["Rain"], note="kept", energy=3)
    session.commit()
    path = f"/moods/{mood.id}"
    assert hers.patch(path, {"mood": None}).json["mood"] is None
    assert hers.patch(path, {"reasons": {"k": 1}}).json["reasons"] == {"k": 1}
    assert hers.patch(path, {"logdate": "2026-03-09T11:00:30Z"}).json["logdate"] == "2026-03-09T11:00:30Z"
    last = hers.patch(path, {"reasons": None}).json
    assert (last["mood"], last["reasons"]) == (None, [])
    shown = queries.opened(session, her, stored(session, mood.id))
    assert (shown.note, shown.energy, shown.version) == ("kept", 3, 5)


def test_a_page_keeps_what_it_does_not_know(hers: Program, session: Session, ada: Person) -> None:
    her, number = make.viewer(session, ada), logged(hers, reasons={"k": 1})["moodid"]

    def edit(**said: Any) -> object:
        mood = queries.find(session, her, stored(session, number).public_id, lock=True)
        label = make.label(session, her, 2).public_id
        moods.change(session, her, mood, MoodDraft(label=label, **said), mood.version)
        session.commit()
        return hers.get(f"/moods/{number}").json["reasons"]

    assert edit(note="rain again") == {"k": 1}
    assert edit(new_reasons=("Rain",)) == ["Rain"]
    assert edit() == []


def test_a_stale_version_is_refused(hers: Program, session: Session) -> None:
    number = logged(hers)["moodid"]
    assert hers.patch(f"/moods/{number}", {"mood": "bad"}, If_Match='"1"').status_code == 200
    before = make.everything(session, but=NOTED)
    for answer in (
        hers.patch(f"/moods/{number}", {"mood": "rad"}, If_Match='"1"'),
        hers.put(f"/moods/{number}", {"mood": "rad"}, If_Match='"1", "7"'),
        hers.delete(f"/moods/{number}", If_Match='"1"'),
    ):
        assert (answer.status_code, list(answer.json)) == (412, ["detail"])
    assert make.everything(session, but=NOTED) == before
    assert hers.delete(f"/moods/{number}", If_Match='"2"').status_code == 200


def test_a_deleted_mood_is_gone_everywhere(hers: Program, session: Session, ada: Person) -> None:
    number = logged(hers)["moodid"]
    gone = hers.delete(f"/moods/{number}/")
    assert (gone.status_code, gone.json) == (200, {"moodid": number, "is_deleted": True})
    assert hers.get("/moods").json == hers.get(f"/moods/by-user/{ada.id}").json == stats(hers) == []
    assert hers.get(f"/moods/{number}").status_code == hers.get(f"/moods/by-user/{ada.id}/{number}").status_code == 404
    for answer in (
        hers.delete(f"/moods/{number}"),
        hers.put(f"/moods/{number}", {}),
        hers.patch(f"/moods/{number}", {}),
    ):
        assert (answer.status_code, answer.data) == (204, b"")
    her = make.viewer(session, ada)
    moods.undelete(session, her, stored(session, number).public_id)
    session.commit()
    assert hers.get(f"/moods/{number}").status_code == 200


def test_a_write_that_is_repeated_is_done_once(hers: Program, session: Session) -> None:
    first, second = (hers.post("/moods", SAID, Idempotency_Key="once") for _ in range(2))
    assert (first.data, first.status_code) == (second.data, second.status_code)
    assert len(hers.get("/moods").json) == 1
    assert hers.post("/moods", {**SAID, "mood": "bad"}, Idempotency_Key="once").status_code == 400


# 12: statistics.


def test_statistics_count_by_date_and_word(hers: Program, ada: Person) -> None:
    for mood, reasons, at in (
        ("happy", ["friends", "sleep"], "2026-01-02T10:00:00"),
        ("HAPPY", "Friends", "2026-01-02T23:59:59"),
        (None, {"b": 1, "a": [2]}, "2026-01-02T12:00:00"),
        (None, {"a": [2], "b": 1}, "2026-01-02T13:00:00"),
        ("good", [["x"], "x" * 61, ["x"]], "2026-01-01T23:30:00Z"),
        ("good", None, "2026-01-04T00:00:00"),
        ("good", None, "2026-01-05T00:00:00"),
    ):
        logged(hers, mood=mood, reasons=reasons, logdate=at)
    wanted = [
        {
            "logdate": "2026-01-02",
            "moods": [
                {
                    "mood": "good",
                    "count": 1,
                    "reasons": [{"reason": ["x"], "count": 2}, {"reason": "x" * 61, "count": 1}],
                },
                {
                    "mood": "happy",
                    "count": 2,
                    "reasons": [{"reason": "friends", "count": 2}, {"reason": "sleep", "count": 1}],
                },
                {"mood": None, "count": 2, "reasons": [{"reason": {"a": [2], "b": 1}, "count": 2}]},
            ],
        },
        {"logdate": "2026-01-04", "moods": [{"mood": "good", "count": 1, "reasons": []}]},
    ]
    dates = {"fromdate": "2026-01-02", "todate": "2026-01-04"}
    assert stats(hers, **dates) == stats(hers, ada.id, **dates) == wanted
    moments = {"fromdate": "2026-01-02T00:00:00Z", "todate": "2026-01-03T23:30:00Z"}
    assert stats(hers, **moments) == wanted, "midnight with a Z is the date as written, another instant is in the zone"
    assert stats(hers, fromdate="2026-01-03", todate="2026-01-03") == []


BAD_DATES: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({"fromdate": "2026-01-02", "todate": "2026-01-01"}, ["todate"]),
    ({"fromdate": "2010-01-01", "todate": "2026-01-01"}, ["todate"]),
    ({"fromdate": "soon", "todate": None}, ["fromdate", "todate"]),
    ({"fromdate": "2026-02-30", "todate": "2026-02-30"}, ["fromdate", "todate"]),
    ({"todate": "2026-02-03"}, ["fromdate"]),
    ({}, ["fromdate", "todate"]),
)


def test_bad_dates_are_400(hers: Program) -> None:
    logged(hers)
    for dates, fields in BAD_DATES:
        answer = hers.post("/moods/stats", {"userid": None, **dates})
        assert (answer.status_code, sorted(answer.json)) == (400, fields)


def test_statements_do_not_grow_with_the_moods(app: Flask, hers: Program, session: Session) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def statements() -> list[int]:
        counts = []
        for ask in (
            lambda: hers.get("/moods"),
            lambda: hers.post("/moods/stats", YEAR),
            lambda: hers.post("/moods", {"mood": "grand", "reasons": ["Sun"]}),
        ):
            with counted(engine) as seen:
                assert ask().status_code < 300
            counts.append(len(seen))
        return counts

    logged(hers, mood="grand", reasons=["Sun"])
    logged(hers, reasons={"k": 1})
    first = statements()
    for number in range(12):
        logged(
            hers,
            mood=f"word {number}",
            reasons=["Sun", f"reason {number}"],
            logdate=f"2026-01-{number + 1:02}T10:00:00Z",
        )
    assert statements() == first
