"""A goal as the publication sends it, and what is read of one."""

from datetime import date
from typing import Any

from tests.api.programs import Program

WALK: dict[str, Any] = {
    "title": "Morning Walk",
    "is_onetime": False,
    "frequency": "Daily",
    "criticality": "High",
    "reminder": True,
    "remindertime": "08:00:00",
    "reminderdate": None,
    "startdate": None,
    "targetdate": "2026-03-20T00:00:00",
    "days": ["Monday", "Wednesday", "Friday"],
    "description": None,
    "is_therapist_approved": False,
    "goaltracking": [],
}
"""What the publication sends, with a target ahead: due on 11, 13, 16, 18 and 20 March."""
DUE = [date(2026, 3, day) for day in (11, 13, 16, 18, 20)]
READ = {
    *("userid", "goalid", "status", "title", "is_onetime", "criticality", "reminder", "frequency", "targetdate"),
    *("days", "goaltracking", "description", "is_therapist_approved"),
}
ECHO = READ | {"reminderdate", "remindertime", "startdate"}


def walk(**more: Any) -> dict[str, Any]:
    return {**WALK, **more}


def dues(goal: dict[str, Any]) -> list[date]:
    return [date.fromisoformat(row["duedate"].removesuffix("T00:00:00Z")) for row in goal["goaltracking"]]


def items(*days: date, **more: Any) -> list[dict[str, Any]]:
    return [{"duedate": f"{day}T00:00:00Z", **more} for day in days]


def made(program: Program, **more: Any) -> dict[str, Any]:
    answer = program.post("/goals", walk(**more))
    assert answer.status_code == 201, answer.json
    return answer.json  # type: ignore[no-any-return]
