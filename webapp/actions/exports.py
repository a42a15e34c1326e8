"""Taking everything out, whole or as tables. That it was taken stands in the audit log, and so in the export itself."""

from collections.abc import Callable
from typing import Any

from webapp.actions.audit import Tag, record
from webapp.domain import spreadsheets
from webapp.domain.people import Viewer
from webapp.domain.schedules import Schedule
from webapp.models.engine import AnySession
from webapp.queries import export_tables, exports
from webapp.queries.export_tables import Table


def take_out(session: AnySession, viewer: Viewer) -> dict[str, Any]:
    """Everything of the viewer's."""
    _record(session, viewer, "everything")
    return exports.everything(session, viewer)


def goals(session: AnySession, viewer: Viewer, in_words: Callable[[Schedule], str]) -> bytes:
    """The viewer's goals as a spreadsheet reads them; `in_words` says a schedule in their language."""
    _record(session, viewer, "goals")
    return _written(export_tables.goals(session, viewer, in_words))


def entries(session: AnySession, viewer: Viewer) -> bytes:
    """The viewer's answered days as a spreadsheet reads them."""
    _record(session, viewer, "entries")
    return _written(export_tables.entries(session, viewer))


def moods(session: AnySession, viewer: Viewer) -> bytes:
    """The viewer's moods as a spreadsheet reads them."""
    _record(session, viewer, "moods")
    return _written(export_tables.moods(session, viewer))


def reading(session: AnySession, viewer: Viewer) -> bytes:
    """The viewer's days of reading as a spreadsheet reads them."""
    _record(session, viewer, "reading")
    return _written(export_tables.reading(session, viewer))


def _record(session: AnySession, viewer: Viewer, what: str) -> None:
    record(session, Tag.PERSON_EXPORT, at=viewer.now, viewer=viewer, what=what)
    session.flush()


def _written(table: Table) -> bytes:
    return spreadsheets.table(table.headings, table.rows)
