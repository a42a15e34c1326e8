"""Answers of the objectives contract's reading operations, as its documents show them."""

ACCOUNT = "6e1d2c9b8a7f4e3d2c1b0a99"
PAUL = "5f0c1d2e3b4a596877665544"
GOAL_ID = "64b7f0c2a1d3e4f506172839"
SESSION_ID = "63a1b2c3d4e5f60718293a4b"
ASSIGNEE = {
    "id": PAUL,
    "accountId": ACCOUNT,
    "name": "Paul Weber",
    "email": "paul@example.org",
    "avatar": "",
    "type": "user",
}
CONFIDENCE = {"value": 0.7, "reason": "Two shops signed.", "date": "2026-02-16T08:30:00Z", "userId": PAUL}
METRIC = {
    "id": "64b7f0c2a1d3e4f50617283a",
    "name": "Shops won",
    "description": "",
    "goalId": GOAL_ID,
    "ownerId": PAUL,
    "assignee": ASSIGNEE,
    "initialValue": 0,
    "target": 10,
    "actual": 4,
    "attainment": 0.4,
    "targetOperator": "at_least",
    "confidence": CONFIDENCE,
    "dueDate": None,
    "lastCheckInDate": "2026-02-16T00:00:00Z",
    "weight": 1,
    "sessionId": SESSION_ID,
}
ALONE = {
    "id": GOAL_ID,
    "accountId": ACCOUNT,
    "name": "Win ten shops",
    "description": "With @[Mona Adler:mona@example.org:5f0c1d2e3b4a596877665545]",
    "url": f"https://aimline.example.org/objectives/{GOAL_ID}",
    "ownerId": PAUL,
    "ownerIds": [PAUL],
    "assignee": ASSIGNEE,
    "sessionId": SESSION_ID,
    "parentId": "",
    "dateCreated": "2026-01-05T09:00:00Z",
    "dateFrom": "2026-01-01T00:00:00Z",
    "dateTo": "2026-03-31T00:00:00Z",
    "attainment": 0.4,
    "closedStatus": {"status": "active"},
    "status": "approved",
    "revision": 1,
    "confidence": None,
    "tags": [{"title": "sales"}],
    "reviewers": [
        {"id": "5f0c1d2e3b4a596877665545", "name": "Mona Adler", "verdict": "approve", "date": "2026-01-07T10:00:00Z"}
    ],
}
GOAL = {**ALONE, "metrics": [METRIC], "links": {"parent": "", "children": []}}
GOALS = {"items": [ALONE], "totalCount": 1}
WITH_METRICS = {"items": [{**ALONE, "metrics": [METRIC]}], "totalCount": 1}
GROUPS = {
    "items": [
        {
            "id": PAUL,
            "name": "Paul Weber",
            "type": "user",
            "email": "paul@example.org",
            "avatar": "",
            "goals": [ALONE],
            "goalsCount": 1,
        }
    ],
    "totalCount": 1,
}
STEPS = {
    "items": [
        {
            "action": "review",
            "fromStatus": "draft",
            "toStatus": "in_review",
            "userId": PAUL,
            "comment": "",
            "date": "2026-01-06T09:00:00Z",
            "revision": 1,
        }
    ],
    "totalCount": 1,
    "availableActions": ["withdraw"],
}
SESSION = {
    "id": SESSION_ID,
    "accountId": ACCOUNT,
    "title": "First quarter",
    "parentId": "",
    "start": "2026-01-01T00:00:00Z",
    "end": "2026-03-31T00:00:00Z",
    "status": "open",
    "cadenceType": "weekly",
    "cadenceTimeZone": "Europe/Berlin",
    "workflow": {"reviewers": 1},
}
SESSIONS = {"items": [SESSION], "totalCount": 1}
