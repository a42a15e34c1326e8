"""Taking everything out."""

from typing import Any

from webapp.actions.audit import Tag, record
from webapp.domain.people import Viewer
from webapp.models.engine import AnySession
from webapp.queries import exports


def take_out(session: AnySession, viewer: Viewer) -> dict[str, Any]:
    """Everything of the viewer's; that it was taken stands in the audit log, and so in the export itself."""
    record(session, Tag.PERSON_EXPORT, at=viewer.now, viewer=viewer)
    session.flush()
    return exports.everything(session, viewer)
