"""Habitica's userdata.json made in memory."""

import json
from datetime import UTC, datetime

WEEK = {"su": True, "m": True, "t": True, "w": True, "th": True, "f": True, "s": True}


def daily(text: str = "Walk", *history: dict[str, object], **more: object) -> dict[str, object]:
    """One daily with Habitica's defaults."""
    return {
        "_id": f"id of {text}", "type": "daily", "text": text, "notes": "", "tags": [], "checklist": [],
        "frequency": "weekly", "everyX": 1, "startDate": "2026-06-01T00:00:00.000Z", "repeat": WEEK, "daysOfMonth": [],
        "weeksOfMonth": [], "history": history, "completed": False, "value": 1.0, **more,
    }  # fmt: skip


def habit(text: str = "Water", *history: dict[str, object], **more: object) -> dict[str, object]:
    return {"_id": f"id of {text}", "type": "habit", "text": text, "up": True, "down": True, "history": history, **more}


def todo(text: str = "Tax", **more: object) -> dict[str, object]:
    return {"_id": f"id of {text}", "type": "todo", "text": text, "completed": False, "checklist": [], **more}


def row(at: str, value: float = 0.0, **more: object) -> dict[str, object]:
    """One row of a history at an ISO moment in UTC, kept in milliseconds."""
    return {"date": ms(at), "value": value, **more}


def ms(at: str) -> int:
    return int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()) * 1000


def userdata(
    dailys: object = (),
    habits: object = (),
    todos: object = (),
    rewards: object = (),
    tags: object = (),
    **preferences: object,
) -> bytes:
    tasks = {"dailys": dailys, "habits": habits, "todos": todos, "rewards": rewards}
    tasks = {name: of_type for name, of_type in tasks.items() if of_type}
    return json.dumps({"_id": "u", "preferences": preferences, "tags": tags, "tasks": tasks or {"dailys": []}}).encode()
