"""The file between preview and yes: sealed, its owner's alone, for at most an hour; afterwards what became of it."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete

from webapp.actions import restore
from webapp.actions.import_moods import MoodResult
from webapp.actions.imports import Result
from webapp.actions.restore import Restored
from webapp.domain.imports.brought import RowProblem
from webapp.domain.people import Viewer
from webapp.models import Upload
from webapp.models.engine import AnySession
from webapp.queries.imports import content_of

WAITING = "waiting"
DONE = "done"
RESTORED = "restored"


def keep(session: AnySession, viewer: Viewer, content: bytes) -> Upload:
    """The file waits for its owner's yes; a file that waited before it is gone."""
    session.execute(delete(Upload).where(Upload.person_id == viewer.id, Upload.kind == WAITING))
    sealed = viewer.words.seal_bytes("upload.content", content)
    upload = Upload(person_id=viewer.id, kind=WAITING, content=sealed, created_at=viewer.now)
    session.add(upload)
    session.flush()
    return upload


def finish(session: AnySession, viewer: Viewer, upload: Upload, result: Result | Restored) -> None:
    """The file is gone, and in its place stands what became of it."""
    upload.kind = DONE if isinstance(result, Result) else RESTORED
    upload.content = viewer.words.seal_bytes("upload.content", json.dumps(asdict(result), default=str).encode())
    session.flush()


def result_of(viewer: Viewer, upload: Upload) -> Result | Restored:
    """What became of a file that was brought."""
    said: dict[str, Any] = json.loads(content_of(viewer, upload))
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    if upload.kind == RESTORED:
        fields["counts"] = restore.Counts(**fields["counts"])
        return Restored(**fields)
    fields["moods"] = MoodResult(**fields["moods"])
    fields["findings"] = tuple(RowProblem(**one) for one in fields["findings"])
    return Result(**fields)


def remove(session: AnySession, upload: Upload) -> None:
    """The file, or what was left of it, is gone."""
    session.delete(upload)
    session.flush()
