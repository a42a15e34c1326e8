"""Writing down that somebody looked: before the answer leaves, or there is no answer."""

from collections.abc import Collection, Iterable

from sqlalchemy import func, insert, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.models import Access, Goal, Grant
from webapp.models.base import table_of
from webapp.models.engine import AnySession
from webapp.queries.goals import open_grant
from webapp.queries.tracked import Sight
from webapp.queries.visibility import grants_open_to, mood_grants_open_to

_LOOKS = insert(table_of(Access))


def record_look(session: AnySession, viewer: Viewer, goal: Goal, what: str) -> None:
    """The client can read that this therapist looked at this goal; raises NotFound when no grant allows the look."""
    grant = open_grant(session, viewer, goal)
    _write(session, viewer, grant.id, goal.owner_id, what, goal.id)


def record_mood_look(session: AnySession, viewer: Viewer, client_id: int, mood_id: int | None = None) -> None:
    """The client can read that this therapist looked at their moods, or at one; raises NotFound without a grant."""
    statement = select(Grant).where(Grant.client_id == client_id, mood_grants_open_to(viewer)).order_by(Grant.id)
    grant = session.scalars(statement).first()
    if grant is None:
        raise NotFound
    _write(session, viewer, grant.id, client_id, "mood:read", mood_id)


def record_goals_look(session: AnySession, viewer: Viewer, sight: Sight, goal_id: int | None = None) -> None:
    """The client can read that this therapist looked at their goals, or at one, by the grant that lets them see."""
    assert sight.grant_id is not None
    _write(session, viewer, sight.grant_id, sight.owner_id, "goal:read", goal_id)


def record_looks(session: AnySession, viewer: Viewer, grants: Iterable[tuple[int, int]], what: str) -> None:
    """Each of these clients, by (grant, client), can read that this therapist looked; one statement for all."""
    look = {"viewer_id": viewer.id, "at": viewer.now, "what": what}
    if rows := [{"grant_id": grant, "client_id": client, **look} for grant, client in grants]:
        session.connection().execute(_LOOKS, rows)


def record_goal_looks(session: AnySession, viewer: Viewer, looks: Collection[tuple[int, int]], what: str) -> None:
    """Each client, by (client, goal), can read that this therapist looked at the goal; two statements for all. Raises
    NotFound when no grant allows one of the looks."""
    if not looks:
        return
    clients = {client for client, _ in looks}
    open_ones = select(Grant.client_id, func.min(Grant.id)).where(Grant.client_id.in_(clients), grants_open_to(viewer))
    grants: dict[int, int] = {row[0]: row[1] for row in session.execute(open_ones.group_by(Grant.client_id))}
    if clients - grants.keys():
        raise NotFound
    look = {"viewer_id": viewer.id, "at": viewer.now, "what": what}
    rows = [{"grant_id": grants[client], "client_id": client, "object_id": goal, **look} for client, goal in looks]
    session.connection().execute(_LOOKS, rows)


def _write(
    session: AnySession, viewer: Viewer, grant_id: int, client_id: int, what: str, object_id: int | None
) -> None:
    look = Access(grant_id=grant_id, client_id=client_id, viewer_id=viewer.id, what=what, object_id=object_id)
    look.at = viewer.now
    session.add(look)
    session.flush()
