"""Consent given, taken on, changed and ended: each step is a row of the grant's record, and holds from then on.

Whoever changes a client's grants holds the client first, so that of two steps at once one comes after the other.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from webapp.actions import access, audit, places, sign_ins
from webapp.actions.audit import Tag
from webapp.domain.days import instant_of
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.grants import (
    GRANT_TEXT_VERSION,
    GRANTS_PER_CLIENT,
    REQUEST_DAYS,
    GrantAct,
    GrantDraft,
    GrantState,
    Scope,
    read_code,
    state_at,
)
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import ProposalState
from webapp.models import GoalProposal, Grant, GrantEvent, Person
from webapp.models.engine import AnySession
from webapp.queries import grants as queries
from webapp.queries.goals import is_public_id
from webapp.queries.grants import Request

OPEN = (GrantState.REQUESTED, GrantState.ACTIVE)
BATCH = 100
TAGS = {
    GrantAct.REQUESTED: Tag.GRANT_REQUEST,
    GrantAct.ACCEPTED: Tag.GRANT_ACCEPT,
    GrantAct.GIVEN: Tag.GRANT_GIVE,
    GrantAct.REFUSED: Tag.GRANT_REFUSE,
    GrantAct.CHANGED: Tag.GRANT_CHANGE,
    GrantAct.REVOKED: Tag.GRANT_REVOKE,
    GrantAct.LEFT: Tag.GRANT_LEAVE,
    GrantAct.EXPIRED: Tag.GRANT_EXPIRE,
    GrantAct.REPLACED: Tag.GRANT_REPLACE,
}
TOLD = frozenset({GrantAct.ACCEPTED, GrantAct.GIVEN, GrantAct.CHANGED, GrantAct.REVOKED, GrantAct.LEFT})
"""Of these the client hears by mail, so that nobody shares behind their back."""


def request(session: AnySession, viewer: Viewer, typed: str, draft: GrantDraft) -> Grant:
    """The viewer's consent waits for the therapist whose code they typed, and just the same when it is nobody's.

    Raises Invalid, also for what cannot be a code, which tells nothing of any therapist.
    """
    code = read_code(typed)
    problems = [] if code else [Problem("code", "not_a_code" if typed.strip() else "required")]
    problems += draft.check(viewer.now, viewer.today)
    if problems or code is None:
        raise Invalid(problems)
    client = hold(session, viewer.id)
    grant = _new(session, viewer, draft, queries.therapist_by_code(session, viewer, code), GrantState.REQUESTED)
    grant.code_hint = code[-4:]
    session.flush()
    record(session, grant, GrantAct.REQUESTED, viewer.now, client, viewer)
    return grant


def give(session: AnySession, viewer: Viewer, therapist_id: int, draft: GrantDraft) -> Grant:
    """The therapist, who asked for it, sees from now on what the draft says; it takes the place of what they saw.

    Raises Invalid.
    """
    if problems := draft.check(viewer.now, viewer.today):
        raise Invalid(problems)
    client = hold(session, viewer.id)
    grant = _new(session, viewer, draft, therapist_id, GrantState.ACTIVE)
    grant.decided_at = viewer.now
    session.flush()
    record(session, grant, GrantAct.GIVEN, viewer.now, client, viewer)
    _replace_others(session, grant, client, viewer)
    return grant


def read_requests(session: AnySession, viewer: Viewer) -> list[Request]:
    """Who asks the viewer to be taken on; that they read it is written down for each."""
    asked = queries.requests_to(session, viewer)
    access.record_looks(session, viewer, [(one.grant_id, one.client_id) for one in asked], "grant:request")
    return asked


def accept(session: AnySession, viewer: Viewer, public_id: str) -> Grant:
    """The viewer has taken the client on, and an older grant between the two is replaced; a second time says the same.

    Raises NotFound for what does not wait for this therapist any more.
    """
    grant, client = _held_by_therapist(session, viewer, public_id)
    if grant.decided_at is not None and _is(grant, GrantState.ACTIVE, viewer.now):
        return grant
    if not _is(grant, GrantState.REQUESTED, viewer.now):
        raise NotFound
    grant.state, grant.decided_at = GrantState.ACTIVE, viewer.now
    record(session, grant, GrantAct.ACCEPTED, viewer.now, client, viewer)
    _replace_others(session, grant, client, viewer)
    return grant


def refuse(session: AnySession, viewer: Viewer, public_id: str) -> None:
    """The client was not taken on and does not learn by whom; raises NotFound, as `accept` does."""
    grant, client = _held_by_therapist(session, viewer, public_id)
    if not _is(grant, GrantState.REQUESTED, viewer.now):
        raise NotFound
    _end(session, grant, GrantAct.REFUSED, viewer.now, client, viewer)


def change(session: AnySession, viewer: Viewer, public_id: str, draft: GrantDraft) -> Grant:
    """The viewer's own grant says what the draft says, from the next request on; raises Invalid, and NotFound for one
    that is not in force."""
    grant, client = _held_by_client(session, viewer, public_id)
    if not _is(grant, GrantState.ACTIVE, viewer.now):
        raise NotFound
    if problems := draft.check(viewer.now, viewer.today, grant.expires_at):
        raise Invalid(problems)
    _say(grant, viewer, draft)
    record(session, grant, GrantAct.CHANGED, viewer.now, client, viewer)
    _close_reviews(session, grant, viewer.now, viewer)
    return grant


def revoke(session: AnySession, viewer: Viewer, public_id: str) -> Grant:
    """The viewer's own grant, or their request, opens nothing any more; a second time changes nothing."""
    grant, client = _held_by_client(session, viewer, public_id)
    if state_at(grant.state, grant.created_at, grant.expires_at, viewer.now) in OPEN:
        _end(session, grant, GrantAct.REVOKED, viewer.now, client, viewer)
    return grant


def leave(session: AnySession, viewer: Viewer, public_id: str) -> Grant:
    """The viewer, a therapist, sees nothing of this client any more; raises NotFound for a grant not in force."""
    grant, client = _held_by_therapist(session, viewer, public_id)
    if not _is(grant, GrantState.ACTIVE, viewer.now):
        raise NotFound
    _end(session, grant, GrantAct.LEFT, viewer.now, client, viewer)
    return grant


def end_all(session: AnySession, viewer: Viewer) -> None:
    """Nothing is shared any more by the viewer, or with them; their clients hear that something has changed."""
    mine = or_(Grant.client_id == viewer.id, Grant.therapist_id == viewer.id)
    theirs = select(Grant.client_id).where(mine, Grant.state.in_(OPEN))
    in_order = select(Person).where(Person.id.in_(theirs)).order_by(Person.id)
    held = session.scalars(in_order.with_for_update(key_share=True)).all()
    clients = {person.id: person for person in held}
    statement = select(Grant).where(mine, Grant.state.in_(OPEN), Grant.client_id.in_(clients)).order_by(Grant.id)
    for grant in session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all():
        own = grant.client_id == viewer.id
        act = GrantAct.REVOKED if own else GrantAct.LEFT if grant.state is GrantState.ACTIVE else GrantAct.REFUSED
        _end(session, grant, act, viewer.now, None if own else clients[grant.client_id], viewer)


def expire_due(session: AnySession, now: datetime) -> int:
    """At most a hundred grants and requests whose time is over say so; returns how many."""
    over = and_(Grant.state == GrantState.ACTIVE, Grant.expires_at <= now)
    lapsed = and_(Grant.state == GrantState.REQUESTED, Grant.created_at <= now - timedelta(days=REQUEST_DAYS))
    due = select(Grant).where(or_(over, lapsed)).order_by(Grant.id).limit(BATCH)
    expired = session.scalars(due.with_for_update(skip_locked=True)).all()
    for grant in expired:
        _end(session, grant, GrantAct.EXPIRED, now, None, None)
    return len(expired)


def hold(session: AnySession, person_id: int) -> Person:
    """The person, whom nobody else who holds them changes before this transaction ends; raises NotFound."""
    statement = select(Person).where(Person.id == person_id, Person.deleted_at.is_(None))
    person = session.scalars(statement.with_for_update(key_share=True)).one_or_none()
    if person is None:
        raise NotFound
    return person


def record(
    session: AnySession, grant: Grant, act: GrantAct, at: datetime, client: Person | None, viewer: Viewer | None
) -> None:
    """The step stands in the grant's own record and in the audit log, and the client is told by mail of what they
    should know; without a `client` nobody is told."""
    scopes = [scope.value for scope in queries.scopes_of(grant)]
    event = GrantEvent(grant_id=grant.id, actor_id=viewer.id if viewer else None, act=act, at=at, scopes=scopes)
    event.from_date, event.expires_at, event.text_version = grant.from_date, grant.expires_at, grant.text_version
    session.add(event)
    session.flush()
    audit.record(session, TAGS[act], at=at, viewer=viewer, subject_id=grant.client_id, thing=grant, scopes=scopes)
    if client is not None and act in TOLD:
        sign_ins.tell(session, client, "sharing-changed", f"sharing-changed:{grant.public_id}:{event.id}", at)


def _new(session: AnySession, viewer: Viewer, draft: GrantDraft, therapist_id: int | None, state: GrantState) -> Grant:
    if queries.open_count(session, viewer.id, viewer.now) >= GRANTS_PER_CLIENT:
        raise Invalid([Problem("", "too_many_grants", {"most": GRANTS_PER_CLIENT})])
    grant = Grant(client_id=viewer.id, therapist_id=therapist_id, state=state, created_at=viewer.now)
    _say(grant, viewer, draft)
    session.add(grant)
    return grant


def _say(grant: Grant, viewer: Viewer, draft: GrantDraft) -> None:
    grant.sees_goals, grant.sees_tracking = Scope.GOALS in draft.scopes, Scope.TRACKING in draft.scopes
    grant.sees_mood_levels, grant.sees_mood_notes = Scope.MOOD_LEVELS in draft.scopes, Scope.MOOD_NOTES in draft.scopes
    grant.from_date, grant.expires_at = draft.from_date, draft.term.ends_at(viewer.now, grant.expires_at)
    begins = time(viewer.day_start)
    grant.opens_at = instant_of(draft.from_date, begins, viewer.zone) if draft.from_date else None
    purpose = draft.purpose.strip()
    grant.purpose = viewer.words.seal(queries.PURPOSE, purpose) if purpose else None
    grant.text_version = GRANT_TEXT_VERSION


def _replace_others(session: AnySession, grant: Grant, client: Person, viewer: Viewer) -> None:
    """Between two people one grant is in force at most."""
    both = (Grant.client_id == grant.client_id, Grant.therapist_id == grant.therapist_id, Grant.id != grant.id)
    older = select(Grant).where(*both, Grant.state == GrantState.ACTIVE).order_by(Grant.id)
    for one in session.scalars(older.with_for_update()).all():
        _end(session, one, GrantAct.REPLACED, viewer.now, client, viewer)


def _end(
    session: AnySession, grant: Grant, act: GrantAct, at: datetime, client: Person | None, viewer: Viewer | None
) -> None:
    was = grant.state
    grant.state = GrantState.EXPIRED if act is GrantAct.EXPIRED else GrantState.REVOKED
    grant.ended_at = at
    record(session, grant, act, at, client, viewer)
    if was is GrantState.ACTIVE:
        _close_reviews(session, grant, at, viewer)


def _close_reviews(session: AnySession, grant: Grant, at: datetime, viewer: Viewer | None) -> None:
    """What is in review with a therapist who sees no goals any more is a draft again."""
    if grant.therapist_id is None or (grant.decided_at is None and grant.state is not GrantState.ACTIVE):
        return
    if not queries.opens_goals(session, grant.client_id, grant.therapist_id, at):
        places.free(session, grant.therapist_id, at, owner_id=grant.client_id, viewer=viewer)
        waiting = (GoalProposal.client_id == grant.client_id, GoalProposal.therapist_id == grant.therapist_id)
        unanswered = update(GoalProposal).where(*waiting, GoalProposal.state == ProposalState.WAITING)
        session.execute(unanswered.values(state=ProposalState.WITHDRAWN, decided_at=at))


def _held_by_client(session: AnySession, viewer: Viewer, public_id: str) -> tuple[Grant, Person]:
    if not is_public_id(public_id):
        raise NotFound
    client = hold(session, viewer.id)
    return _held(session, Grant.public_id == public_id, Grant.client_id == viewer.id), client


def _held_by_therapist(session: AnySession, viewer: Viewer, public_id: str) -> tuple[Grant, Person]:
    """The grant and its client, both held; NotFound for whom it does not name, or who is no therapist any more."""
    if not is_public_id(public_id) or not viewer.has(Role.THERAPIST):
        raise NotFound
    named = (Grant.public_id == public_id, Grant.therapist_id == viewer.id)
    client_id = session.scalar(select(Grant.client_id).where(*named))
    if client_id is None:
        raise NotFound
    client = hold(session, client_id)
    return _held(session, *named), client


def _held(session: AnySession, *named: ColumnElement[bool]) -> Grant:
    statement = select(Grant).where(*named).with_for_update().execution_options(populate_existing=True)
    grant = session.scalars(statement).one_or_none()
    if grant is None:
        raise NotFound
    return grant


def _is(grant: Grant, state: GrantState, now: datetime) -> bool:
    return state_at(grant.state, grant.created_at, grant.expires_at, now) is state
