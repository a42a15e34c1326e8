"""Who of the demo lets whom see what, how that came about, and who looked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from webapp.actions import grant_invitations
from webapp.demo.caseload import CASES, GOALS, LEVELS, TRACKING
from webapp.demo.people import public_id
from webapp.domain.days import local_day
from webapp.domain.grants import CODE_BITS, GRANT_TEXT_VERSION, GrantAct, GrantState, Scope, code_of
from webapp.domain.people import Viewer
from webapp.models import Access, Goal, Grant, GrantEvent
from webapp.models.engine import AnySession

WEEKS = 12
"""So many weeks of looks are written down."""


def share(session: AnySession, viewers: dict[str, Viewer], goal: Goal, now: datetime) -> None:
    """The client shares with the therapist, did with the former one twice, and waits for one more; seven others share
    with the therapist too. Everybody's looks are written down."""
    client, therapist, former = (viewers[role] for role in ("client", "therapist", "former_therapist"))
    usual = (GOALS, TRACKING, LEVELS)
    days = timedelta(days=1)
    active = _granted(session, client, therapist, "now", usual, now - 180 * days, "Weekly sessions since the spring")
    active.expires_at = now + 185 * days
    first = _granted(session, client, former, "first", (GOALS,), now - 395 * days, "To get to know each other")
    first.expires_at = now - 365 * days
    _ended(session, first, GrantState.EXPIRED, GrantAct.EXPIRED, None, first.expires_at)
    ended = _granted(session, client, former, "then", usual, now - 360 * days, "A first round of ten sessions")
    _ended(session, ended, GrantState.REVOKED, GrantAct.REVOKED, client, now - 200 * days)
    _asked(session, client, None, "asked", (GOALS,), now - 3 * days).code_hint = "K7QX"
    _looks(session, ended, former, goal, now - 230 * days)
    for weeks in range(WEEKS):
        dice = Random(f"looks|{weeks}")  # noqa: S311 - a story, not a secret
        for _ in range(dice.choice((0, 1, 1, 2))):
            _looks(session, active, therapist, goal, now - timedelta(weeks=weeks, days=dice.randrange(6), hours=2))
    for case in CASES:
        who = viewers[case.cast.role]
        given = _granted(session, who, therapist, "now", case.scopes, now - case.since * days, case.purpose)
        given.expires_at = now + case.until * days if case.until is not None else None
    code = grant_invitations.renew_code(session, therapist)
    code.code = code_of(int.from_bytes(sha256(b"demo|code").digest()) % 2**CODE_BITS)
    invitation = grant_invitations.invite(session, therapist, "somebody@elsewhere.example")
    invitation.public_id = public_id("invitation", "somebody")
    session.flush()


def _granted(
    session: AnySession,
    client: Viewer,
    therapist: Viewer,
    key: str,
    scopes: tuple[Scope, ...],
    decided: datetime,
    purpose: str = "",
) -> Grant:
    """A grant that was asked for by code and taken on."""
    grant = _asked(session, client, therapist, key, scopes, decided - timedelta(hours=1))
    grant.state, grant.decided_at = GrantState.ACTIVE, decided
    grant.purpose = client.words.seal("consent_grant.purpose", purpose) if purpose else None
    _step(session, grant, GrantAct.ACCEPTED, therapist, decided)
    return grant


def _asked(
    session: AnySession,
    client: Viewer,
    therapist: Viewer | None,
    key: str,
    scopes: tuple[Scope, ...],
    at: datetime,
) -> Grant:
    other = therapist.public_id if therapist else "nobody"
    grant = Grant(public_id=public_id("grant", client.public_id, other, key), client_id=client.id, created_at=at)
    grant.therapist_id, grant.state = therapist.id if therapist else None, GrantState.REQUESTED
    grant.sees_goals, grant.sees_tracking = Scope.GOALS in scopes, Scope.TRACKING in scopes
    grant.sees_mood_levels, grant.sees_mood_notes = Scope.MOOD_LEVELS in scopes, Scope.MOOD_NOTES in scopes
    grant.from_date, grant.text_version = local_day(at, client.zone), GRANT_TEXT_VERSION
    session.add(grant)
    session.flush()
    _step(session, grant, GrantAct.REQUESTED, client, at)
    return grant


def _ended(
    session: AnySession, grant: Grant, state: GrantState, act: GrantAct, by: Viewer | None, at: datetime | None
) -> None:
    assert at is not None
    grant.state, grant.ended_at = state, at
    _step(session, grant, act, by, at)


def _step(session: AnySession, grant: Grant, act: GrantAct, by: Viewer | None, at: datetime) -> None:
    event = GrantEvent(grant_id=grant.id, actor_id=by.id if by else None, act=act, at=at)
    event.scopes, event.text_version = list(_words(grant)), grant.text_version
    event.from_date, event.expires_at = grant.from_date, grant.expires_at
    session.add(event)
    session.flush()


def _words(grant: Grant) -> Iterator[str]:
    shown = (grant.sees_goals, grant.sees_tracking, grant.sees_mood_levels, grant.sees_mood_notes)
    return (scope.value for scope, sees in zip(Scope, shown, strict=True) if sees)


def _looks(session: AnySession, grant: Grant, viewer: Viewer, goal: Goal, at: datetime) -> None:
    look = Access(grant_id=grant.id, client_id=grant.client_id, viewer_id=viewer.id, at=at, what="goal:read")
    look.object_id = goal.id
    session.add(look)
