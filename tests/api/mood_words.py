"""What programs say and read of moods, for tests of the tracking contract."""

from typing import Any

from sqlalchemy.orm import Session

from tests.api.programs import Program
from webapp.models import Mood

UNKNOWN = (2**31, 2**63, 2**80, 0, -1)
"""Ids that nobody has."""
YEAR = {"fromdate": "2025-06-01", "todate": "2026-03-31"}
SAID = {"mood": "good", "reasons": ["Work", "sleep"], "logdate": "2026-03-09T08:30:15Z"}
NOTED = frozenset({"token", "idempotent_answer"})


def logged(hers: Program, **said: Any) -> dict[str, Any]:
    """A mood as it is answered."""
    answer = hers.post("/moods", {**SAID, **said})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def stats(who: Program, userid: int | None = None, **dates: str) -> Any:
    answer = who.post("/moods/stats", {"userid": userid, **YEAR, **dates})
    assert answer.status_code in (200, 204), answer.json
    assert (answer.status_code == 204) == (answer.data == b"")
    return answer.json if answer.data else []


def stored(session: Session, number: int) -> Mood:
    session.rollback()
    return session.get_one(Mood, number, populate_existing=True)
