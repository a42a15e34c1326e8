"""Bodies and answers of the reading contract, as its documents show them."""

from typing import Any

GOAL = {"type": "QURAN_TIME", "amount": 600, "duration": 1, "category": "QURAN"}
CHANGE = {"amount": 900}
ACTIVITY = {"type": "QURAN", "date": "2026-03-10", "seconds": 600, "ranges": ["1:1-1:7,2:1-2:5"], "mushafId": 4}
READ = {
    "id": "3f9d1c0a77b2e4d15c60a8b1",
    "date": "2026-03-10",
    "progress": 0.5,
    "type": "QURAN",
    "ranges": ["1:1-2:5"],
    "pagesRead": 2,
    "secondsRead": 300,
    "versesRead": 12,
    "manuallyAddedSeconds": 0,
    "dailyTargetPages": 0,
    "dailyTargetSeconds": 600,
    "dailyTargetRanges": [],
    "remainingDailyTargetRanges": [],
    "mushafId": 4,
}
STREAK = {
    "id": "b47e09d2f13c5a86e0d2719c",
    "startDate": "2026-03-01",
    "endDate": "2026-03-10",
    "type": "QURAN",
    "status": "ACTIVE",
    "days": 10,
}
PAGINATION = {
    "startCursor": "MTBAMjAyNi0wMy0wMQ",
    "endCursor": "MTBAMjAyNi0wMy0wMQ",
    "hasNextPage": False,
    "hasPreviousPage": False,
}


def good(data: Any, **beside: Any) -> dict[str, Any]:
    """What a good answer is wrapped in."""
    return {"success": True, "data": data, **beside}


CREATED = good({"id": "6a0d5be19f42c37781e3d0f4"})
DONE = good({})
DELETED = good({"message": "goal deleted"})
PLAN = good({"hasGoal": True, "goalId": "6a0d5be19f42c37781e3d0f4", **READ})
WEEK = good({"week": [{"date": "2026-03-10", "amount": 21}, {"date": "2026-03-11", "amount": 20}]})
STREAKS = good([STREAK], pagination=PAGINATION)
DAYS = good({"days": 10})
ACTIVITY_DAYS = good([READ], pagination=PAGINATION)
READING_TIME = good({"seconds": 120})
