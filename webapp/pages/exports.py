"""What people take with them: everything as one file, or goals, days, moods and what they read as tables."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Blueprint, g
from werkzeug.wrappers import Response

from webapp.actions import exports
from webapp.extensions import db
from webapp.pages.respond import page
from webapp.queries.exports import as_json
from webapp.web.limits import MINUTE, take
from webapp.web.policies import fresh, signed_in
from webapp.web.words import schedule_words

bp = Blueprint("exports", __name__)
JSON, ZIP, CSV = "application/json; charset=utf-8", "application/zip", "text/csv; charset=utf-8; header=present"


@bp.get("/export")
@signed_in
def index() -> str:
    """What an export holds, and the buttons that make one."""
    return page("exports/index.html")


@bp.post("/export")
@fresh
def download() -> Response:
    """Everything of the viewer's as one JSON file."""
    _count()
    return _file("aimline", "json", as_json(exports.take_out(db.session, g.viewer)).encode(), JSON)


@bp.post("/export/zip")
@fresh
def packed() -> Response:
    """The same file in a zip, small enough to be brought back however long the history."""
    _count()
    text, content = as_json(exports.take_out(db.session, g.viewer)), BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("aimline.json", text)
    return _file("aimline", "zip", content.getvalue(), ZIP)


@bp.post("/export/goals.csv")
@fresh
def goals() -> Response:
    """Every goal as it stands now."""
    _count()
    return _file("goals", "csv", exports.goals(db.session, g.viewer, schedule_words), CSV)


@bp.post("/export/entries.csv")
@fresh
def entries() -> Response:
    """Every day about which something was said."""
    _count()
    return _file("entries", "csv", exports.entries(db.session, g.viewer), CSV)


@bp.post("/export/moods.csv")
@fresh
def moods() -> Response:
    """Every mood."""
    _count()
    return _file("moods", "csv", exports.moods(db.session, g.viewer), CSV)


@bp.post("/export/reading.csv")
@fresh
def reading() -> Response:
    """Every day of reading."""
    _count()
    return _file("reading", "csv", exports.reading(db.session, g.viewer), CSV)


def _count() -> None:
    take("export_minute", g.viewer.public_id, MINUTE)


def _file(name: str, ending: str, content: bytes, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{g.viewer.today.isoformat()}.{ending}"'}
    return Response(content, content_type=kind, headers=headers)
