"""Refused acts of admins, and of who would be one, in the log of the organisation they were about (security AU-1)."""

from datetime import timedelta

from sqlalchemy import exists, select

from webapp.actions import audit
from webapp.actions.audit import Tag
from webapp.domain.people import Viewer
from webapp.models import AuditEvent
from webapp.models.engine import AnySession

ONCE_IN = timedelta(minutes=1)


def write_down(session: AnySession, viewer: Viewer, organisation_id: int, why: str) -> None:
    """It stands in the log that the viewer was refused at this route, and by which rule; what they sent does not. Of
    tries again within a minute there is one row."""
    same = (AuditEvent.actor_id == viewer.id, AuditEvent.tag == Tag.ORGANISATION_REFUSE.value)
    here = (AuditEvent.organisation_id == organisation_id, AuditEvent.route == audit.origin.get().route)
    lately = exists().where(*same, *here, AuditEvent.at > viewer.now - ONCE_IN)
    if session.scalar(select(lately)):
        return
    about = {"organisation_id": organisation_id, "outcome": "denied"}
    audit.record(session, Tag.ORGANISATION_REFUSE, at=viewer.now, viewer=viewer, **about, why=why)  # type: ignore[arg-type]
    session.flush()
