"""What people bring, and what they take: imports by preview and yes, and the export of everything."""

from flask import Blueprint, current_app, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.actions import exports, imports, uploads
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.imports.brought import Brought
from webapp.extensions import db
from webapp.models import Upload
from webapp.pages import errors
from webapp.pages.forms.imports import FileForm, YesForm
from webapp.pages.respond import onward, page
from webapp.queries import imports as queries
from webapp.queries.exports import as_json
from webapp.settings import Limits
from webapp.web import import_words
from webapp.web.limits import HOUR, MINUTE, take
from webapp.web.policies import fresh, signed_in
from webapp.web.transaction import unlocked
from webapp.web.viewer import recognise

bp = Blueprint("imports", __name__)
AROUND_THE_FILE = 16 * 1024
SHOWN_PROBLEMS = 100
MOST_DISCARDED = 64 * 1024 * 1024


@bp.get("/import")
@signed_in
def start() -> str:
    """Choose a file."""
    return page("imports/start.html", form=FileForm(), most=_limits().import_bytes)


@bp.post("/import")
@signed_in
def upload() -> Response:
    """Keep the file until its owner has seen what it brings."""
    take("import_hour", g.viewer.public_id, HOUR)
    content = FileForm().content()
    with unlocked():
        _read(content)
    kept = uploads.keep(db.session, g.viewer, content)
    return onward(url_for("imports.preview", upload=kept.public_id))


@bp.get("/import/<upload>")
@signed_in
def preview(upload: str) -> str | Response:
    """What would happen."""
    file = queries.upload_of(db.session, g.viewer, upload)
    if file.kind == uploads.DONE:
        return onward(url_for("imports.done", upload=upload))
    seen = imports.preview(db.session, g.viewer, _read(queries.content_of(g.viewer, file)))
    context = {"preview": seen, "problems": seen.problems[:SHOWN_PROBLEMS], "words": import_words}
    return page("imports/preview.html", form=YesForm(), upload=upload, **context)


@bp.post("/import/<upload>")
@signed_in
def bring(upload: str) -> Response:
    """Yes; saying it twice does it once."""
    form = YesForm()
    waiting = queries.upload_of(db.session, g.viewer, upload)
    if waiting.kind == uploads.DONE:
        return onward(url_for("imports.done", upload=upload))
    content = queries.content_of(g.viewer, waiting)
    with unlocked():  # nobody else's tick waits while a large file is read
        brought = _read(content)
    file = queries.upload_of(db.session, g.viewer, upload, lock=True)
    if file.kind != uploads.DONE:
        result = imports.bring(db.session, g.viewer, brought, revive=form.revive.data)
        uploads.finish(db.session, g.viewer, file, result)
    return onward(url_for("imports.done", upload=upload))


@bp.post("/import/<upload>/cancel")
@signed_in
def cancel(upload: str) -> Response:
    """No; the file is gone."""
    uploads.remove(db.session, queries.upload_of(db.session, g.viewer, upload, lock=True))
    flash(_("Nothing was imported, and the file is deleted."))
    return onward(url_for("imports.start"))


@bp.get("/import/<upload>/done")
@signed_in
def done(upload: str) -> str | Response:
    """What happened."""
    file = queries.upload_of(db.session, g.viewer, upload)
    if file.kind != uploads.DONE:
        return onward(url_for("imports.preview", upload=upload))
    result = uploads.result_of(g.viewer, file)
    ids = {*result.created, *result.merged, *result.revived}
    goals = queries.named(db.session, g.viewer, ids)
    return page("imports/done.html", result=result, goals=goals, upload=upload)


@bp.post("/import/<upload>/take-back")
@signed_in
def take_back(upload: str) -> Response:
    """The goals this import created are deleted again."""
    file = _done(upload)
    taken = imports.take_back(db.session, g.viewer, uploads.result_of(g.viewer, file))
    uploads.remove(db.session, file)
    flash(ngettext("%(num)d goal was taken back.", "%(num)d goals were taken back.", taken))
    return onward(url_for("imports.start"))


@bp.get("/export")
@signed_in
def export() -> str:
    """What an export holds, and the button that makes one."""
    return page("imports/export.html")


@bp.post("/export")
@fresh
def download() -> Response:
    """Everything of the viewer's as one JSON file."""
    take("export_minute", g.viewer.public_id, MINUTE)
    body = as_json(exports.take_out(db.session, g.viewer))
    name = f"aimline-{g.viewer.today.isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type="application/json; charset=utf-8", headers=headers)


@bp.url_value_preprocessor
def let_files_in(endpoint: str | None, _values: object) -> None:
    """Only the upload may be longer than other requests; said before anything reads the request."""
    if endpoint == "imports.upload":
        request.max_content_length = _limits().import_bytes + AROUND_THE_FILE


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> errors.Answer:
    """The file was longer than is read at all; the same words as for one that is a little too long."""
    _discard()
    recognise()
    if g.viewer is None or request.endpoint != "imports.upload":
        return errors.on_http(error)
    return _refused(FileForm(formdata=None), Problem("file", "too_large", {"most": _limits().import_bytes})), 413


@bp.errorhandler(Invalid)
def unusable(invalid: Invalid) -> errors.Answer:
    """The form again, with what is wrong with the file."""
    form = FileForm()
    if request.endpoint == "imports.upload":
        form.validate()
    return _refused(form, *invalid.problems), 422


def _refused(form: FileForm, *problems: Problem) -> str:
    return page("imports/start.html", form=form.absorb(Invalid(problems)), most=_limits().import_bytes)


def _read(content: bytes) -> Brought:
    limits = _limits()
    return imports.read(content, g.viewer.today, most_bytes=limits.import_bytes, most_rows=limits.import_rows)


def _done(upload: str) -> Upload:
    file = queries.upload_of(db.session, g.viewer, upload, lock=True)
    if file.kind != uploads.DONE:
        raise NotFound
    return file


def _discard() -> None:
    """A browser shows the answer only after it could send all; a few of its megabytes are read and thrown away."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, MOST_DISCARDED)
    while left > 0 and (chunk := stream.read(min(left, 64 * 1024))):
        left -= len(chunk)


def _limits() -> Limits:
    limits: Limits = current_app.config["SETTINGS"].limits
    return limits
