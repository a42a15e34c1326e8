"""Grants as each side may know them: a client all of theirs, a therapist those asked of them and given to them.

A client learns who a therapist is when that therapist takes them on, and not before: until then a request says the
same whether its code is somebody's or nobody's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.domain.errors import NotFound
from webapp.domain.grants import REQUEST_DAYS, GrantAct, GrantDraft, GrantState, Scope, Term, state_at
from webapp.domain.people import MembershipStatus, Role, Viewer, Words
from webapp.models import DataKey, Grant, GrantEvent, Membership, MembershipRole, Person, TherapistCode
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id, open_or_empty
from webapp.queries.sealing import keyring

PURPOSE = "consent_grant.purpose"
MOST_LISTED = 100
SHOWS: dict[Scope, InstrumentedAttribute[bool]] = {
    Scope.GOALS: Grant.sees_goals,
    Scope.TRACKING: Grant.sees_tracking,
    Scope.MOOD_LEVELS: Grant.sees_mood_levels,
    Scope.MOOD_NOTES: Grant.sees_mood_notes,
}


@dataclass(frozen=True, slots=True)
class Share:
    """One of the viewer's own grants as it counts now; `therapist` is "" until they took the viewer on."""

    id: str
    therapist: str
    code_hint: str
    state: GrantState
    ended_by: GrantAct | None
    """The last thing that happened to it, once it is over."""
    scopes: tuple[Scope, ...]
    from_date: date | None
    expires_at: datetime | None
    purpose: str
    created_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None

    def draft(self, term: Term) -> GrantDraft:
        """What it says already, with a term of its own."""
        return GrantDraft(frozenset(self.scopes), self.purpose, self.from_date, term)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks of the viewer, a therapist: to be taken on, and what they would share."""

    grant_id: int
    client_id: int
    id: str
    client: str
    scopes: tuple[Scope, ...]
    from_date: date | None
    expires_at: datetime | None
    purpose: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a grant; `mine` is whether the viewer did it, and nobody did what time did."""

    act: GrantAct
    at: datetime
    mine: bool
    scopes: tuple[Scope, ...]
    from_date: date | None
    expires_at: datetime | None


def shares_of(session: AnySession, viewer: Viewer) -> list[Share]:
    """The viewer's own grants, what is open first, the newest first; of very many only the first hundred."""
    open_first = case((Grant.state.in_((GrantState.ACTIVE, GrantState.REQUESTED)), 0), else_=1)
    statement = _shares(viewer).order_by(open_first, Grant.id.desc()).limit(MOST_LISTED)
    return [_share(viewer, *row) for row in session.execute(statement)]


def share_of(session: AnySession, viewer: Viewer, public_id: str) -> Share:
    """One of the viewer's own grants; raises NotFound."""
    if not is_public_id(public_id):
        raise NotFound
    row = session.execute(_shares(viewer).where(Grant.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return _share(viewer, *row)


def steps_of(session: AnySession, viewer: Viewer, public_id: str) -> list[Step]:
    """Everything that happened to one of the viewer's own grants, the newest first."""
    statement = select(GrantEvent).join(Grant, Grant.id == GrantEvent.grant_id)
    statement = statement.where(Grant.public_id == public_id, Grant.client_id == viewer.id)
    return [
        Step(
            act=event.act,
            at=event.at,
            mine=event.actor_id == viewer.id,
            scopes=tuple(scope for scope in Scope if scope in event.scopes),
            from_date=event.from_date,
            expires_at=event.expires_at,
        )
        for event in session.scalars(statement.order_by(GrantEvent.id.desc()).limit(MOST_LISTED))
    ]


def requests_to(session: AnySession, viewer: Viewer) -> list[Request]:
    """Who asks to be taken on by the viewer, the oldest first; nobody asks who is no therapist in good standing."""
    if not viewer.has(Role.THERAPIST):
        return []
    statement = (
        select(Grant, Person.name, DataKey.id, DataKey.wrapped_by, DataKey.wrapped)
        .join(Person, Person.id == Grant.client_id)
        .join(DataKey, DataKey.person_id == Person.id)
        .where(*waiting_for(viewer), *HERE)
        .order_by(Grant.id)
        .limit(MOST_LISTED)
    )
    return [
        _request(grant, name, keyring.words(grant.client_id, key_id, wrapped_by, wrapped))
        for grant, name, key_id, wrapped_by, wrapped in session.execute(statement)
    ]


def code_for(session: AnySession, viewer: Viewer) -> TherapistCode | None:
    """The viewer's own code as a therapist, or None when they have none yet."""
    return session.scalars(select(TherapistCode).where(TherapistCode.person_id == viewer.id)).one_or_none()


def therapist_by_code(session: AnySession, viewer: Viewer, code: str) -> int | None:
    """Whose code it is, if somebody else's who may take clients on now."""
    statement = select(Person.id).join(TherapistCode, TherapistCode.person_id == Person.id)
    return session.scalar(statement.where(TherapistCode.code == code, Person.id != viewer.id, *practising()))


def opens_goals(session: AnySession, client_id: int, therapist_id: int, now: datetime) -> bool:
    """Whether a grant between the two opens goals now."""
    lasting = and_(
        or_(Grant.expires_at.is_(None), Grant.expires_at > now), or_(Grant.opens_at.is_(None), Grant.opens_at <= now)
    )
    of_both = (Grant.client_id == client_id, Grant.therapist_id == therapist_id, Grant.state == GrantState.ACTIVE)
    return bool(session.scalar(select(exists().where(*of_both, Grant.sees_goals, lasting))))


def open_count(session: AnySession, client_id: int, now: datetime) -> int:
    """How many grants of the client's are in force or wait."""
    lasting = and_(Grant.state == GrantState.ACTIVE, or_(Grant.expires_at.is_(None), Grant.expires_at > now))
    waiting = and_(Grant.state == GrantState.REQUESTED, Grant.created_at > now - timedelta(days=REQUEST_DAYS))
    statement = select(func.count()).select_from(Grant).where(Grant.client_id == client_id, or_(lasting, waiting))
    return session.scalar(statement) or 0


def waiting_for(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a request that the viewer, as its therapist, can still answer."""
    since = viewer.now - timedelta(days=REQUEST_DAYS)
    return Grant.therapist_id == viewer.id, Grant.state == GrantState.REQUESTED, Grant.created_at > since


def practising() -> tuple[ColumnElement[bool], ...]:
    """The conditions of a person who is here as a therapist in good standing."""
    in_good_standing = exists().where(
        Membership.person_id == Person.id,
        Membership.status == MembershipStatus.ACTIVE,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role == Role.THERAPIST,
    )
    return (*HERE, in_good_standing)


HERE = (Person.disabled_at.is_(None), Person.deleted_at.is_(None), Person.erase_at.is_(None))
"""The conditions of a person who can come in and means to stay."""


def scopes_of(grant: Grant) -> tuple[Scope, ...]:
    """What the grant shows, in the order of scopes."""
    shown: Iterable[tuple[Scope, bool]] = ((scope, getattr(grant, column.key)) for scope, column in SHOWS.items())
    return tuple(scope for scope, sees in shown if sees)


def _shares(viewer: Viewer) -> Select[Grant, str | None, GrantAct | None]:
    last = select(GrantEvent.act).where(GrantEvent.grant_id == Grant.id).order_by(GrantEvent.id.desc()).limit(1)
    named = and_(Person.id == Grant.therapist_id, Grant.decided_at.is_not(None))
    statement = select(Grant, Person.name, last.scalar_subquery()).outerjoin(Person, named)
    return statement.where(Grant.client_id == viewer.id)


def _share(viewer: Viewer, grant: Grant, therapist: str | None, last: GrantAct | None) -> Share:
    state = state_at(grant.state, grant.created_at, grant.expires_at, viewer.now)
    over = state in (GrantState.REVOKED, GrantState.EXPIRED)
    swept = GrantAct.EXPIRED if state is GrantState.EXPIRED else last
    return Share(
        id=grant.public_id,
        therapist=therapist or "",
        code_hint=grant.code_hint or "",
        state=state,
        ended_by=swept if over else None,
        scopes=scopes_of(grant),
        from_date=grant.from_date,
        expires_at=grant.expires_at,
        purpose=open_or_empty(viewer.words, PURPOSE, grant.purpose),
        created_at=grant.created_at,
        decided_at=grant.decided_at,
        ended_at=grant.ended_at,
    )


def _request(grant: Grant, name: str, words: Words) -> Request:
    return Request(
        grant_id=grant.id,
        client_id=grant.client_id,
        id=grant.public_id,
        client=name,
        scopes=scopes_of(grant),
        from_date=grant.from_date,
        expires_at=grant.expires_at,
        purpose=open_or_empty(words, PURPOSE, grant.purpose),
        created_at=grant.created_at,
    )
