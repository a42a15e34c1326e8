"""Operations 9 and 10 of the tracking contract: ticking due dates, and listing them by date."""

from datetime import date
from typing import Any

from flask import g

from webapp.actions import tracked_days
from webapp.api.answers import answer
from webapp.api.body import Wrong, read
from webapp.api.dates import day_of
from webapp.api.operation import Answer, operation
from webapp.api.tracking import examples
from webapp.api.tracking.blueprint import bp
from webapp.api.tracking.changes import held
from webapp.api.tracking.present import row_json, tracker_json
from webapp.api.tracking.schemas import Held, Tick, TrackerAsk, TrackerRead, TrackingRead
from webapp.api.tracking.whose import looked_at
from webapp.domain.days import is_zone
from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.queries import tracked

MOST_DAYS = 366
USUAL_ZONE = "Etc/UTC"


@bp.put("/goals/<int(signed=True):goalid>/tracking")
@operation(
    "goals:tick",
    body=Tick,
    example=examples.TICK,
    answers={
        200: Answer("The due date as it is now, with the goal's status.", TrackingRead, examples.ROW),
        423: Answer("The goal is closed: nothing of it is ticked any more.", Held, examples.HELD),
    },
    tag="Tracking",
)
def tick(goalid: int) -> Any:
    """Say whether one due date is done; when all are, the goal's status is "Completed", else null."""
    body = read(Tick)
    goal = held(goalid)
    if goal is None:
        raise NotFound
    tracked_days.tick(db.session, g.viewer, goal, body.goalTrackId, done=body.iscompleted)
    (found,) = tracked.goals(db.session, g.viewer, goal.owner_id, goal.id)
    return answer(row_json(found, tracked.row_of(db.session, g.viewer, goal.id, body.goalTrackId)))


@bp.post("/goals/tracker")
@operation(
    "goals:read",
    body=TrackerAsk,
    example=examples.TRACKER_ASK,
    answers={200: Answer("Each date on which something is due, in order.", TrackerRead, examples.TRACKER)},
    reads=True,
    tag="Tracking",
)
def list_by_date() -> Any:
    """List what is due between two dates, at most 366 days, date by date."""
    body = read(TrackerAsk)
    zone = body.time_zone or USUAL_ZONE
    first, last = asked_days(body, zone)
    sight = looked_at(body.userid)
    rows = tracked.between(db.session, g.viewer, sight, first, last) if sight else []
    goals = tracked.goals(db.session, g.viewer, sight.owner_id) if sight and rows else []
    return answer(tracker_json(zone, goals, rows))


def asked_days(body: TrackerAsk, zone: str) -> tuple[date, date]:
    """The first and the last date asked for; raises Wrong."""
    if not is_zone(zone):
        raise Wrong({"time_zone": ["There is no such time zone."]})
    first, last = day_of(body.fromdate, zone), day_of(body.todate, zone)
    assert first is not None
    assert last is not None
    if first > last:
        raise Wrong({"todate": ["It lies before fromdate."]})
    if (last - first).days >= MOST_DAYS:
        raise Wrong({"todate": [f"At most {MOST_DAYS} days at a time, please."]})
    return first, last
