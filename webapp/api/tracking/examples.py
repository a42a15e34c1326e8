"""Bodies and answers of the tracking contract, as its documents show them."""

MORNING_WALK = {
    "id": 0,
    "userid": 1,
    "title": "Morning Walk",
    "is_onetime": False,
    "frequency": "Daily",
    "criticality": "High",
    "reminder": True,
    "remindertime": "08:00:00",
    "reminderdate": None,
    "startdate": None,
    "targetdate": "2024-03-01T00:00:00",
    "days": ["Monday", "Wednesday", "Friday"],
    "description": None,
    "is_therapist_approved": False,
    "goaltracking": [],
}
WRITTEN = {name: value for name, value in MORNING_WALK.items() if name != "id"}
ROW = {
    "goalTrackId": 101,
    "goalid": 1,
    "iscompleted": True,
    "duedate": "2024-01-01T00:00:00Z",
    "reminderdate": None,
    "remindertime": "08:00:00",
    "is_deleted": False,
    "status": None,
}
BY_USER = {
    "goalid": 1,
    "userid": 1,
    "title": "Morning Walk",
    "is_onetime": False,
    "frequency": "Daily",
    "criticality": "High",
    "reminder": True,
    "status": None,
    "days": ["Monday", "Wednesday", "Friday"],
    "targetdate": "2024-03-01T00:00:00Z",
    "remindertime": "08:00:00",
    "description": None,
    "is_therapist_approved": True,
}
READ = {**{name: value for name, value in BY_USER.items() if name != "remindertime"}, "goaltracking": [ROW]}
ECHO = {**READ, "reminderdate": None, "remindertime": "08:00:00", "startdate": "2024-01-01T00:00:00Z"}
PENDING = {
    "goalid": 1,
    "userid": 1,
    "title": "Morning Walk",
    "description": None,
    "startdate": "2024-01-01T00:00:00Z",
    "targetdate": "2024-03-01T00:00:00Z",
    "is_onetime": False,
    "frequency": "Daily",
    "days": ["Monday", "Wednesday", "Friday"],
}
TRACKED = {
    "goalTrackId": 101,
    "goalid": 1,
    "title": "Morning Walk",
    "iscompleted": True,
    "status": None,
    "reminder": True,
    "remindertime": "08:00:00",
    "criticality": "High",
    "frequency": "Daily",
}
TRACKER_ASK = {"userid": 1, "fromdate": "2024-01-01", "todate": "2024-01-07", "time_zone": "America/New_York"}
TRACKER = {"time_zone": "America/New_York", "goaltracker": [{"duedate": "2024-01-01", "goals": [TRACKED]}]}
TICK = {"goalTrackId": 101, "iscompleted": True}
REMINDER = {"goalid": 1, "remindertime": "14:15:22Z", "reminder": True}
DELETED = {"goalid": 1, "is_deleted": True}
HELD = {
    "detail": "It is held as it is: see why, by whom, since when, and what can be done.",
    "reason": "closed",
    "by": [],
    "since": "2026-03-10T12:00:00Z",
    "actions": ["reopen"],
}
