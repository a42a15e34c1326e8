"""A table for an organisation between preview and yes: sealed with the address of the organisation it is for."""

from collections.abc import Collection

from sqlalchemy import delete, select

from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.models import Organisation, Upload
from webapp.models.engine import AnySession
from webapp.queries import imports as uploads
from webapp.queries.ladders import Home


def keep(session: AnySession, viewer: Viewer, home: Home, kind: str, content: bytes) -> Upload:
    """The table waits; one of this kind that waited before it is gone. Who may do this was made sure of by the
    caller."""
    session.execute(delete(Upload).where(Upload.person_id == viewer.id, Upload.kind == kind))
    upload = Upload(person_id=viewer.id, kind=kind, content=_sealed(viewer, home, content), created_at=viewer.now)
    session.add(upload)
    session.flush()
    return upload


def kept(
    session: AnySession, viewer: Viewer, public_id: str, kinds: Collection[str], *, lock: bool = False
) -> tuple[Upload, int, bytes]:
    """The viewer's table with this public id, the number of the organisation it is for, and what it holds; raises
    NotFound, also where they do not belong any more. Whether they still administer it is for the caller to ask."""
    mine = Organisation.id.in_(viewer.homes)
    upload = uploads.upload_of(session, viewer, public_id, kinds, lock=lock)
    there, _, content = uploads.content_of(viewer, upload).partition(b"\n")
    number = session.scalar(select(Organisation.id).where(Organisation.public_id == there.decode(), mine))
    if number is None:
        raise NotFound
    return upload, number, content


def finish(session: AnySession, viewer: Viewer, home: Home, upload: Upload, kind: str, said: bytes) -> None:
    """The table is gone, and in its place stands what it came to."""
    upload.kind, upload.content = kind, _sealed(viewer, home, said)
    session.flush()


def said_of(viewer: Viewer, upload: Upload) -> bytes:
    """What stands in the place of a table that was brought."""
    return uploads.content_of(viewer, upload).partition(b"\n")[2]


def _sealed(viewer: Viewer, home: Home, content: bytes) -> bytes:
    return viewer.words.seal_bytes("upload.content", f"{home.public_id}\n".encode() + content)
