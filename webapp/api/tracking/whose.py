"""Whose goals an operation is about: what the caller may see of them, and what they may say for others."""

from flask import g

from webapp.actions.access import record_goals_look
from webapp.api.errors import Forbidden
from webapp.api.guard import not_kept
from webapp.extensions import db
from webapp.queries import tracked
from webapp.queries.tracked import Sight
from webapp.web.transaction import will_write

ONESELF = "Goals can only be written for oneself."


def looked_at(owner_id: int | None, goal_id: int | None = None) -> Sight | None:
    """What the caller may see of this person's goals, None when nothing; null is the caller.

    A look at a client's is written down before it is answered, or there is no answer.
    """
    sight = tracked.sight_of(db.session, g.viewer, owner_id)
    if sight is None or sight.grant_id is None:
        return sight
    if not g.writes:
        will_write()
        sight = tracked.sight_of(db.session, g.viewer, owner_id)
    if sight is not None:
        not_kept()
        record_goals_look(db.session, g.viewer, sight, goal_id if tracked.is_number(goal_id) else None)
    return sight


def refuse_for_nobody(userid: int | None) -> None:
    """Raises Forbidden for a person who is neither the caller nor a client of theirs, whether they exist or not."""
    if tracked.sight_of(db.session, g.viewer, userid) is None:
        raise Forbidden(ONESELF)


def refuse_for_others(*userids: int | None) -> None:
    """Raises Forbidden unless all of them are the caller."""
    if any(userid not in (None, g.viewer.id) for userid in userids):
        raise Forbidden(ONESELF)
