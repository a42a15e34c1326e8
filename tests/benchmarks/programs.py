"""What programs ask: a month of the tracker, ticks, and two hundred goals at once."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from tests.benchmarks.data import Made
from tests.benchmarks.load import Target
from tests.benchmarks.measures import Measured
from tests.benchmarks.report import Line, at_least, at_most
from tests.benchmarks.serving import Server
from tests.benchmarks.statements import counted
from webapp.domain.tokens import SCOPES, Contract
from webapp.extensions import db
from webapp.models import Goal, Occurrence, Token
from webapp.queries.people import secret_hash

API = "/api/v1/tracking"
MANY = 200


def bearer(app: Flask, person: Made) -> dict[str, str]:
    """The headers of a program that may do everything for this person; committed."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    token = Token(person_id=person.id, purpose="api", contract=Contract.TRACKING, name="bench", created_at=now)
    token.secret_hash, token.scopes = secret_hash(secret), " ".join(SCOPES[Contract.TRACKING])
    token.expires_at, token.used_at = now + timedelta(days=1), now
    with app.app_context():
        db.session.add(token)
        db.session.commit()
    return {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}


def targets(
    app: Flask, person: Made, ours: Server, theirs: Server, secret: str, given: Mapping[str, str]
) -> dict[str, tuple[Server, Target]]:
    """A month of twenty goals and a tick, each beside a floor that dumps the same rows and writes the same ones."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    first, last = month_of(person.today)
    asked = json.dumps({"fromdate": first, "todate": last})
    mine = json.dumps({"userid": person.id, "fromdate": first, "todate": last})
    bare = [(f"/items/{number}", json.dumps({"state": state})) for state in ("open", "done") for number in range(20)]
    return {
        "floor tracker": (theirs, Target(theirs.port, headers, posts=[("/tracker", asked)])),
        "tracker of a month": (ours, Target(ours.port, given, posts=[(f"{API}/goals/tracker", mine)])),
        "floor tick by a program": (theirs, Target(theirs.port, headers, posts=bare, method="PUT")),
        "tick by a program": (ours, Target(ours.port, given, posts=ticks(app, person), method="PUT")),
    }


def ticks(app: Flask, person: Made) -> list[tuple[str, str]]:
    """Bodies that untick each goal of today in turn, then tick each: every one of them writes."""
    statement = select(Goal.id, Occurrence.id).join(Occurrence, Occurrence.goal_id == Goal.id)
    with app.app_context():
        rows = db.session.execute(
            statement.where(Goal.owner_id == person.id, Occurrence.local_date == person.today, Goal.target.is_(None))
        ).all()
        db.session.rollback()
    return [
        (f"{API}/goals/{goal}/tracking", json.dumps({"goalTrackId": row, "iscompleted": done}))
        for done in (False, True)
        for goal, row in rows
    ]


def speed(found: Mapping[str, Measured]) -> Iterator[Line]:
    """Requests per second against the floors'."""
    for name, floor in (("tracker of a month", "floor tracker"), ("tick by a program", "floor tick by a program")):
        yield Line(floor, "1", detail=str(found[floor]))
        yield at_least(name, found[name].rate / found[floor].rate, 0.4, found[name].beside(found[floor]))


def bulk(app: Flask, given: Mapping[str, str]) -> Iterator[Line]:
    """Two hundred goals at once, in this process: seconds and statements."""
    client = app.test_client(use_cookies=False)
    with app.app_context():
        engine = db.engine
    taken, sent = 0.0, {}
    for count in (10, MANY):
        goals = [wanted(number) for number in range(count)]
        begun = time.perf_counter()
        with counted(engine) as statements:
            answer = client.post(f"{API}/goals/bulk", json=goals, headers=dict(given))
        taken, sent[count] = time.perf_counter() - begun, len(statements)
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        assert len(answer.get_json()) == count
    yield at_most(f"bulk of {MANY} goals", taken, 1, "s", f"{sent[10]} statements for ten, {sent[MANY]} for {MANY}")


def wanted(number: int) -> dict[str, object]:
    empty = {"reminderdate": None, "remindertime": None, "goaltracking": []}
    return {"id": 0, "title": f"Goal {number}", "is_onetime": False, "frequency": "Daily", **empty}


def month_of(today: date) -> tuple[str, str]:
    """Thirty-one days around today, all of them with rows."""
    return (today - timedelta(days=20)).isoformat(), (today + timedelta(days=10)).isoformat()
