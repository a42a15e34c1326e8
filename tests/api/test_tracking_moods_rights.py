"""Moods of the tracking contract: operation 14 and decision 1: who may see and do what with whose."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.api.mood_words import NOTED, SAID, UNKNOWN, YEAR, logged, stats
from tests.api.programs import Program, program
from webapp.actions import palette
from webapp.domain.grants import GrantState, Scope
from webapp.models import Access, Grant, Person

# 14, and whose they are.


def test_nobody_else_learns_of_moods(hers: Program, his: Program, session: Session, ada: Person) -> None:
    number = logged(hers)["moodid"]
    before = make.everything(session, but=NOTED)
    for ada_or_nobody in (ada.id, *UNKNOWN):
        path = f"/moods/by-user/{ada_or_nobody}"
        assert (his.get(path).status_code, his.get(path).json) == (200, [])
        assert stats(his, ada_or_nobody) == []
    bodies = set()
    for mood in (number, *UNKNOWN):
        for answer in (
            his.get(f"/moods/{mood}"),
            his.get(f"/moods/by-user/{ada.id}/{mood}"),
            his.get(f"/moods/by-user/{2**40}/{mood}"),
        ):
            assert answer.status_code == 404
            bodies.add(answer.data)
        for answer in (
            his.put(f"/moods/{mood}", SAID),
            his.patch(f"/moods/{mood}", {"mood": "bad"}),
            his.patch(f"/moods/{mood}", {"mood": "bad"}, If_Match='"9"'),
            his.delete(f"/moods/{mood}"),
        ):
            assert (answer.status_code, answer.data) == (204, b"")
    assert len(bodies) == 1
    assert make.everything(session, but=NOTED) == before
    assert hers.patch(f"/moods/{number}", {"mood": "bad"}).json["mood"] == "bad", "they are there, for her"
    assert [mood["moodid"] for mood in hers.get(f"/moods/by-user/{ada.id}").json] == [number]


def test_a_therapist_sees_levels_in_usual_words(
    hers: Program, theas: Program, session: Session, ada: Person, thea: Person
) -> None:
    her = make.viewer(session, ada)
    palette.change_label(session, her, make.label(session, her, 2).public_id, "gloomy", 2)
    grant = make.grant(session, ada, thea, Scope.MOOD_LEVELS)
    grant.from_date = date(2026, 3, 1)
    session.commit()
    logged(hers, mood="gloomy", reasons=["Rain"], logdate="2026-02-28T12:00:00Z")
    shown = logged(hers, mood="gloomy", reasons=["Rain"], logdate="2026-03-01T12:00:00Z")
    odd = logged(hers, mood="odd", reasons={"secret": 1}, logdate="2026-03-01T11:00:00Z")
    path = f"/moods/by-user/{ada.id}"
    assert theas.get(path).json == [{**shown, "mood": "bad", "reasons": []}, {**odd, "mood": None, "reasons": []}]
    assert theas.get(f"{path}/{shown['moodid']}").json == {**shown, "mood": "bad", "reasons": []}
    assert stats(theas, ada.id) == [
        {
            "logdate": "2026-03-01",
            "moods": [{"mood": "bad", "count": 1, "reasons": []}, {"mood": None, "count": 1, "reasons": []}],
        }
    ]
    grant.sees_mood_notes = True
    session.commit()
    assert theas.get(path).json == [shown, odd]
    assert stats(theas, ada.id) == stats(hers, fromdate="2026-03-01")


def test_every_look_is_written_down(hers: Program, theas: Program, session: Session, ada: Person, thea: Person) -> None:
    number = logged(hers)["moodid"]
    grant = make.grant(session, ada, thea, Scope.MOOD_LEVELS)
    session.commit()
    path = f"/moods/by-user/{ada.id}"
    for answer in (
        theas.get(path),
        theas.get(f"{path}/{number}"),
        theas.post("/moods/stats", {**YEAR, "userid": ada.id}),
    ):
        assert answer.status_code == 200
    nothing = {**YEAR, "userid": ada.id, "fromdate": "2025-06-01", "todate": "2025-06-01"}
    assert theas.post("/moods/stats", nothing).status_code == 204
    assert theas.get(f"{path}/{number + 1}").status_code == 404
    session.rollback()
    looks = session.execute(
        select(Access.grant_id, Access.viewer_id, Access.what, Access.object_id).order_by(Access.id)
    )
    seen = [(grant.id, thea.id, "mood:read", mood) for mood in (None, number, None, None)]
    assert [tuple(look) for look in looks] == seen
    assert hers.get(path).status_code == 200
    assert len(session.scalars(select(Access.id)).all()) == 4, "one's own looks are nobody's business"


def test_no_row_no_answer(
    theas: Program, hers: Program, session: Session, ada: Person, thea: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged(hers)
    make.grant(session, ada, thea, Scope.MOOD_LEVELS)
    session.commit()

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("webapp.actions.access.record_mood_look", fail)
    answer = theas.get(f"/moods/by-user/{ada.id}")
    assert (answer.status_code, list(answer.json)) == (500, ["detail"])


@pytest.mark.parametrize(
    "change",
    [
        {"state": GrantState.REVOKED},
        {"state": GrantState.REQUESTED},
        {"expires_at": make.NOW},
        {"opens_at": make.NOW + timedelta(seconds=1)},
        {"sees_mood_levels": False, "sees_mood_notes": True, "sees_goals": True, "sees_tracking": True},
    ],
)
def test_a_grant_that_does_not_hold_opens_nothing(
    hers: Program, theas: Program, session: Session, ada: Person, thea: Person, change: dict[str, Any]
) -> None:
    number = logged(hers)["moodid"]
    grant = make.grant(session, ada, thea, Scope.MOOD_LEVELS)
    session.commit()
    path = f"/moods/by-user/{ada.id}"
    assert len(theas.get(path).json) == 1
    for name, value in change.items():
        setattr(grant, name, value)
    session.commit()
    before = make.everything(session, but=NOTED)
    assert theas.get(path).json == stats(theas, ada.id) == []
    assert theas.get(f"{path}/{number}").status_code == 404
    assert theas.patch(f"/moods/{number}", {"mood": "bad"}).status_code == 204
    assert make.everything(session, but=NOTED) == before


def test_a_therapist_changes_nothing(
    hers: Program, theas: Program, session: Session, ada: Person, thea: Person
) -> None:
    number = logged(hers)["moodid"]
    make.grant(session, ada, thea, Scope.MOOD_LEVELS, Scope.MOOD_NOTES, Scope.GOALS, Scope.TRACKING)
    session.commit()
    before = make.everything(session, but=NOTED)
    for answer in (
        theas.put(f"/moods/{number}", {"mood": "rad"}),
        theas.patch(f"/moods/{number}", {"mood": "rad"}),
        theas.delete(f"/moods/{number}"),
        theas.post("/moods", {**SAID, "userid": ada.id}),
    ):
        assert (answer.status_code, list(answer.json)) == (403, ["detail"])
    assert theas.get(f"/moods/{number}").status_code == 404, "there, everybody has their own"
    assert make.everything(session, but=NOTED) == before
    assert session.scalars(select(Grant.id)).all()


def test_a_token_does_only_what_it_is_for(app: Flask, session: Session, ada: Person, hers: Program) -> None:
    number = logged(hers)["moodid"]
    reads = program(app, session, ada, "moods:read", "goals:write")
    writes = program(app, session, ada, "moods:write", "goals:read")
    assert reads.get("/moods").status_code == reads.post("/moods/stats", YEAR).status_code == 200
    assert reads.post("/moods", SAID).status_code == reads.delete(f"/moods/{number}").status_code == 403
    assert writes.get("/moods").status_code == writes.post("/moods/stats", YEAR).status_code == 403
    assert writes.patch(f"/moods/{number}", {"mood": "bad"}).status_code == 200
