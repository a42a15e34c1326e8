"""Taking an organisation's audit log out, which is an act that the log tells of itself."""

from webapp.actions.audit import Tag, record
from webapp.domain.people import Viewer
from webapp.models.engine import AnySession
from webapp.queries import audit_log as queries
from webapp.queries.audit_log import Event, Wanted
from webapp.queries.ladders import Home


def take_out(session: AnySession, viewer: Viewer, home: Home, wanted: Wanted) -> list[Event]:
    """The newest 5,000 of the rows that are meant; that an admin took them is written down. Raises as
    `organisations.permit`."""
    rows = queries.events(session, viewer, home, wanted)
    record(session, Tag.AUDIT_EXPORT, at=viewer.now, viewer=viewer, organisation_id=home.id, rows=len(rows))
    session.flush()
    return rows
