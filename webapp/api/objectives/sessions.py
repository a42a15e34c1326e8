"""Making and changing sessions, the cycles of goals, by whoever administers the organisation."""

from typing import Any

from flask import Response, g, request

from webapp.actions import cycles
from webapp.api.answers import answer
from webapp.api.body import check, parse
from webapp.api.guard import match
from webapp.api.objectives import account, write_examples
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.drafts import SESSION, otherwise, said_in, session_as_sent, unwrapped
from webapp.api.objectives.present import session_
from webapp.api.objectives.schemas import SessionRead
from webapp.api.objectives.write_schemas import SessionNew, SessionPatch
from webapp.api.operation import Answer, operation
from webapp.domain.objective_drafts import CycleDraft
from webapp.domain.objectives import CycleState
from webapp.extensions import db
from webapp.models import Cycle
from webapp.queries import cycles as queries


@bp.post("/sessions")
@operation(
    "sessions:write",
    body=SessionNew,
    example=write_examples.NEW_SESSION,
    answers={201: Answer("The session is made.", SessionRead, write_examples.SESSION)},
    tag="Sessions",
)
def create_session() -> Any:
    """Create a session; whoever administers the organisation may. It is open unless `status` says otherwise.

    Instants are dates in the zone of the session, the caller's when none is named.
    """
    sent = check(SessionNew, unwrapped(parse(request.get_data()), "session"))
    blank = CycleDraft(title="", starts=None, ends=None, zone=g.viewer.zone)
    draft = session_as_sent(blank, sent, sent.sent)
    with said_in(SESSION):
        cycle = cycles.create(db.session, g.viewer, account.here().number, draft)
        if (state := CycleState(sent.status)) is not CycleState.OPEN:
            cycles.change(db.session, g.viewer, cycle, draft, state)
    return shown(cycle, 201)


@bp.patch("/sessions/<session_id>")
@operation(
    "sessions:write",
    body=SessionPatch,
    example={"status": "locked"},
    answers={200: Answer("The session as it is now.", SessionRead, write_examples.SESSION)},
    tag="Sessions",
)
def patch_session(session_id: str) -> Any:
    """Change some of a session: what is left out stays. Locked leaves progress only, closed nothing.

    Reviews that are on stay on.
    """
    value = unwrapped(parse(request.get_data()), "session")
    sent = check(SessionPatch, value)
    cycle = queries.find(db.session, g.viewer, session_id, lock=True)
    account.of(cycle.organisation_id)
    match(str(cycle.version))
    new = otherwise(value, session_(cycle)) & sent.sent
    state = CycleState(sent.status) if "status" in new else cycle.state
    with said_in(SESSION):
        cycles.change(db.session, g.viewer, cycle, session_as_sent(draft_of(cycle), sent, new), state)
    return shown(cycle)


def draft_of(cycle: Cycle) -> CycleDraft:
    """What the cycle says already."""
    return CycleDraft(
        title=cycle.title,
        starts=cycle.starts,
        ends=cycle.ends,
        zone=cycle.zone,
        cadence=cycle.cadence,
        reviewers=cycle.reviewers,
        parent=session_(cycle)["parentId"] or None,
    )


def shown(cycle: Cycle, status: int = 200) -> Response:
    """The session as it is after a write."""
    return answer(session_(cycle), status, tag=str(cycle.version))
