"""Reading sessions, which are cycles here."""

from typing import Any

from flask import g

from webapp.api.answers import answer
from webapp.api.objectives import account, examples, params
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.pieces import Json, midnight
from webapp.api.objectives.schemas import SessionsRead
from webapp.api.operation import Answer, operation
from webapp.extensions import db
from webapp.models import Cycle
from webapp.queries import cycles
from webapp.queries.objective_json import Account


@bp.get("/sessions")
@operation(
    "objectives:read",
    answers={200: Answer("A page of sessions.", SessionsRead, examples.SESSIONS)},
    query={
        "skip": params.WHOLE_NUMBER,
        "limit": {**params.WHOLE_NUMBER, "maximum": params.AT_ONCE, "default": params.AT_ONCE},
    },
    tag="Sessions",
)
def list_sessions() -> Any:
    """List the sessions of the account, the latest first."""
    here, page = account.here(), params.page()
    found = cycles.listed(db.session, g.viewer, here.number)
    ids = {cycle.id: cycle.public_id for cycle in found}
    shown = found[page.skip : page.skip + page.limit]
    items = [session_json(cycle, here, ids.get(cycle.parent_id or 0, "")) for cycle in shown]
    return answer({"items": items, "totalCount": len(found)})


def session_json(cycle: Cycle, of: Account, parent_id: str) -> Json:
    """A session; without reviews there is no workflow."""
    return {
        "id": cycle.public_id,
        "accountId": of.id,
        "title": cycle.title,
        "parentId": parent_id,
        "start": midnight(cycle.starts),
        "end": midnight(cycle.ends),
        "status": cycle.state.value,
        "cadenceType": cycle.cadence.value,
        "cadenceTimeZone": cycle.zone,
        "workflow": {"reviewers": cycle.reviewers} if cycle.reviewers else None,
    }
