"""Beaver Habits' JSON made in memory."""

import json


def habit(name: str = "Walk", *records: tuple[str, bool] | tuple[str, bool, str], **more: object) -> dict[str, object]:
    """One habit as Beaver keeps it; a record's text is left out where there is none, as Beaver does."""
    kept = [dict(zip(("day", "done", "text"), record, strict=False)) for record in records]
    return {
        "id": "a1b2c3", "name": name, "tags": [], "star": False, "status": "active", "period": None, "records": kept,
        **more,
    }  # fmt: skip


def beaver(*habits: object) -> bytes:
    return json.dumps({"habits": habits, "order": [], "order_by": "manually", "backup": {}}, indent=2).encode()


def period(kind: object, count: object, target: object) -> dict[str, object]:
    return {"period_type": kind, "period_count": count, "target_count": target}
