"""One goal: what it is, and how it went."""

from typing import Any

from flask import Blueprint, g, request

from webapp.actions import access
from webapp.domain.policy import Permission, allows
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_history
from webapp.pages.goal_rows import goal_facts
from webapp.pages.respond import page
from webapp.queries import goals as queries
from webapp.web.policies import signed_in
from webapp.web.transaction import will_write

bp = Blueprint("goal", __name__, url_prefix="/goals")


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> Any:
    """One goal: what it is, its year, its latest days."""
    goal = looked_at(public_id)
    facts = queries.facts_of(db.session, g.viewer, goal)
    may = {name: allows(g.viewer, permission, facts) for name, permission in MAY.items()}
    terms = queries.opened(db.session, g.viewer, goal)
    history = goal_history.of(g.viewer, goal, terms, request.args) if may["track"] else None
    return page("goals/show.html", goal=terms, may=may, history=history, facts=goal_facts(terms))


def looked_at(public_id: str) -> Goal:
    """The goal, if the viewer may read it; a look at somebody else's is written down before it is shown."""
    goal = queries.find(db.session, g.viewer, public_id)
    if goal.owner_id == g.viewer.id or not goal.kind.is_private:
        return goal
    will_write()
    goal = queries.find(db.session, g.viewer, public_id)
    access.record_look(db.session, g.viewer, goal, "goal:read")
    return goal


MAY = {"change": Permission.GOAL_CHANGE, "tick": Permission.GOAL_TICK, "track": Permission.GOAL_READ_TRACKING}
