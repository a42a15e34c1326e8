"""Writing down that somebody looked: before the answer leaves, or there is no answer."""

from webapp.domain.people import Viewer
from webapp.models import Access, Goal
from webapp.models.engine import AnySession
from webapp.queries.goals import open_grant


def record_look(session: AnySession, viewer: Viewer, goal: Goal, what: str) -> None:
    """The client can read that this therapist looked at this goal; raises NotFound when no grant allows the look."""
    grant = open_grant(session, viewer, goal)
    look = Access(grant_id=grant.id, client_id=goal.owner_id, viewer_id=viewer.id, what=what, object_id=goal.id)
    look.at = viewer.now
    session.add(look)
    session.flush()
