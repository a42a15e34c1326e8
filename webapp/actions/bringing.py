"""Any file a person brings: our own export, which is restored, or another program's, which is imported."""

from datetime import date

from webapp.actions import imports, restore
from webapp.actions.import_moods import Levels
from webapp.actions.imports import Result
from webapp.actions.restore import Restored
from webapp.domain.imports.brought import Brought
from webapp.domain.imports.own import OwnExport, looks_own, read_own
from webapp.domain.people import Viewer
from webapp.models.engine import AnySession


def read(data: bytes, today: date, *, most_bytes: int, most_rows: int) -> Brought | OwnExport:
    """What the file holds; raises Invalid on the field "file" for one that is unusable or over these limits."""
    if len(data) <= most_bytes and looks_own(data):
        return read_own(data, today)
    return imports.read(data, today, most_bytes=most_bytes, most_rows=most_rows)


def carry_out(
    session: AnySession,
    viewer: Viewer,
    found: Brought | OwnExport,
    *,
    levels: Levels,
    revive: bool = False,
    most_rows: int,
) -> Result | Restored:
    """What the file holds is the viewer's, each thing once; raises Invalid when it is more than a person can carry."""
    if isinstance(found, OwnExport):
        return restore.restore(session, viewer, found, most_rows=most_rows)
    return imports.bring(session, viewer, found, levels=levels, revive=revive)
