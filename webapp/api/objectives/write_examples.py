"""Bodies and answers of the objectives contract's writing operations, as its documents show them."""

GOAL_ID, OWNER_ID, SESSION_ID = "65f0c1d2e3f4a5b6c7d8e9f0", "65f0c1d2e3f4a5b6c7d8e9f1", "65f0c1d2e3f4a5b6c7d8e9f2"
METRIC_ID = "65f0c1d2e3f4a5b6c7d8e9f3"
NEW_METRIC = {"name": "Shops won", "initialValue": 0, "target": 10, "targetOperator": "at_least", "weight": 1}
NEW = {
    "name": "Be the city's baker",
    "sessionId": SESSION_ID,
    "ownerId": OWNER_ID,
    "tags": [{"title": "sales"}],
    "metrics": [NEW_METRIC],
}
REVIEWERS = {"reviewers": [OWNER_ID]}
DELETED = {"id": GOAL_ID}
DELETED_MANY = {"items": [DELETED], "totalCount": 1}
HELD = {
    "code": 423,
    "message": "It is held as it is: see why, by whom, since when, and what can be done.",
    "details": {},
    "reason": "in_review",
    "by": ["Mona Maier"],
    "since": "2026-03-10T12:00:00Z",
    "allowedActions": ["withdraw"],
}
NEW_SESSION = {
    "title": "First quarter",
    "start": "2026-01-01T00:00:00Z",
    "end": "2026-03-31T00:00:00Z",
    "status": "open",
    "cadenceType": "weekly",
    "cadenceTimeZone": "Europe/Berlin",
    "workflow": {"reviewers": 1},
}
SESSION = {"id": SESSION_ID, "accountId": "65f0c1d2e3f4a5b6c7d8e9f4", "parentId": "", **NEW_SESSION}
_PAUL = {"id": OWNER_ID, "accountId": "65f0c1d2e3f4a5b6c7d8e9f4", "name": "Paul Pohl", "email": "paul@example.org"}
ASSIGNEE = {**_PAUL, "avatar": "", "type": "user"}
METRIC = {
    "id": METRIC_ID,
    "name": "Shops won",
    "description": "",
    "goalId": GOAL_ID,
    "ownerId": OWNER_ID,
    "assignee": ASSIGNEE,
    "initialValue": 0,
    "target": 10,
    "actual": 4,
    "attainment": 0.4,
    "targetOperator": "at_least",
    "confidence": {"value": 0.7, "reason": "Two new shops.", "date": "2026-03-10T12:00:00Z", "userId": OWNER_ID},
    "dueDate": None,
    "lastCheckInDate": "2026-03-10T00:00:00Z",
    "weight": 1,
    "sessionId": SESSION_ID,
}
GOAL = {
    "id": GOAL_ID,
    "accountId": "65f0c1d2e3f4a5b6c7d8e9f4",
    "name": "Be the city's baker",
    "description": "",
    "url": f"https://aimline.example.org/objectives/{GOAL_ID}",
    "ownerId": OWNER_ID,
    "ownerIds": [OWNER_ID],
    "assignee": ASSIGNEE,
    "sessionId": SESSION_ID,
    "parentId": "",
    "dateCreated": "2026-03-10T12:00:00Z",
    "dateFrom": "2026-01-01T00:00:00Z",
    "dateTo": "2026-03-31T00:00:00Z",
    "attainment": 0.4,
    "closedStatus": {"status": "active"},
    "status": "draft",
    "revision": 1,
    "confidence": None,
    "tags": [{"title": "sales"}],
    "reviewers": [],
    "metrics": [METRIC],
    "links": {"parent": "", "children": []},
}
