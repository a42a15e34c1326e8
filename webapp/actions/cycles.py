"""Opening, changing, locking and closing cycles; whoever administers the organisation does."""

from typing import Any

from webapp.actions.audit import Tag, record
from webapp.domain.errors import Conflict, Invalid, Problem
from webapp.domain.objective_drafts import CycleDraft
from webapp.domain.objectives import CycleState
from webapp.domain.people import Viewer
from webapp.domain.policy import CycleFacts, Permission, require
from webapp.models import Cycle
from webapp.models.engine import AnySession
from webapp.queries import cycles as queries


def create(session: AnySession, viewer: Viewer, organisation_id: int, draft: CycleDraft) -> Cycle:
    """The organisation has this cycle, open. Raises NotFound, Refused for who is no admin, and Invalid."""
    require(viewer, Permission.CYCLE_CHANGE, CycleFacts(organisation_id))
    problems = draft.check()
    parent = _parent(session, viewer, organisation_id, draft, problems)
    if problems:
        raise Invalid(problems)
    cycle = Cycle(organisation_id=organisation_id, state=CycleState.OPEN, state_at=viewer.now, created_at=viewer.now)
    cycle.state_by_id = viewer.id
    _write(cycle, draft, parent)
    session.add(cycle)
    session.flush()
    _log(session, viewer, cycle, Tag.CYCLE_CREATE)
    return cycle


def change(
    session: AnySession,
    viewer: Viewer,
    cycle: Cycle,
    draft: CycleDraft,
    state: CycleState,
    *,
    seen: int | None = None,
) -> Cycle:
    """The cycle is as the draft says, and in this state; the caller holds it.

    Reviews that are on stay on: of them one or two can be asked for, never none again. What is in review stays there.
    Raises Conflict when it changed since it was seen, Refused and Invalid.
    """
    require(viewer, Permission.CYCLE_CHANGE, queries.facts_of(cycle))
    if seen is not None and seen != cycle.version:
        raise Conflict("changed_meanwhile", cycle=cycle.public_id)
    problems = draft.check()
    if cycle.reviewers and draft.reviewers == 0:
        problems.append(Problem("reviewers", "reviews_stay_on"))
    parent = _parent(session, viewer, cycle.organisation_id, draft, problems, cycle)
    if problems:
        raise Invalid(problems)
    before = {"state": cycle.state.value, "reviewers": cycle.reviewers}
    _write(cycle, draft, parent)
    if state is not cycle.state:
        cycle.state, cycle.state_at, cycle.state_by_id = state, viewer.now, viewer.id
    cycle.version += 1
    session.flush()
    _log(session, viewer, cycle, Tag.CYCLE_CHANGE, before=before)
    return cycle


def _parent(
    session: AnySession,
    viewer: Viewer,
    organisation_id: int,
    draft: CycleDraft,
    problems: list[Problem],
    cycle: Cycle | None = None,
) -> int | None:
    """The longer cycle this one is a part of."""
    if not draft.parent:
        return None
    known = {one.public_id: one for one in queries.listed(session, viewer, organisation_id)}
    parent = known.get(draft.parent)
    if parent is None:
        problems.append(Problem("parent", "unknown_choice"))
        return None
    by_number = {one.id: one for one in known.values()}
    above: Cycle | None = parent
    for _ in known:
        if above is None:
            break
        if cycle is not None and above.id == cycle.id:
            problems.append(Problem("parent", "serves_itself"))
            break
        above = by_number.get(above.parent_id) if above.parent_id else None
    return parent.id


def _write(cycle: Cycle, draft: CycleDraft, parent: int | None) -> None:
    assert draft.starts is not None
    assert draft.ends is not None
    cycle.title, cycle.zone = draft.title.strip(), draft.zone
    cycle.starts, cycle.ends = draft.starts, draft.ends
    cycle.cadence, cycle.reviewers, cycle.parent_id = draft.cadence, draft.reviewers, parent


def _log(session: AnySession, viewer: Viewer, cycle: Cycle, tag: Tag, **details: object) -> None:
    said: dict[str, Any] = {"state": cycle.state.value, "reviewers": cycle.reviewers, **details}
    record(session, tag, at=viewer.now, viewer=viewer, organisation_id=cycle.organisation_id, thing=cycle, **said)
    session.flush()
