"""One goal, read again for an answer."""

from flask import Response, g

from webapp.api.answers import answer
from webapp.api.tracking.present import echo_json, tag_of
from webapp.api.tracking.whose import looked_at
from webapp.domain.errors import NotFound
from webapp.extensions import db
from webapp.models import Goal
from webapp.queries import tracked
from webapp.queries.tracked import Sight, TrackedGoal, TrackedRow


def one(sight: Sight | None, goal_id: int) -> tuple[TrackedGoal, list[TrackedRow]]:
    """The goal with the due dates that the caller may see; raises NotFound."""
    found = tracked.goals(db.session, g.viewer, sight.owner_id, goal_id) if sight else []
    if sight is None or not found:
        raise NotFound
    return found[0], tracked.rows_of(db.session, g.viewer, sight, goal_id)


def echo(goal: Goal, status: int = 200) -> Response:
    """The goal as it stands after a write."""
    found, rows = one(looked_at(goal.owner_id, goal.id), goal.id)
    return answer(echo_json(found, rows), status, tag=tag_of(found.version, rows))
