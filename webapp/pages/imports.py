"""What people bring: imports by preview and yes."""

from flask import Blueprint, current_app, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.actions import bringing, imports, restore, uploads
from webapp.actions.imports import Result
from webapp.actions.restore import Restored
from webapp.domain.errors import Invalid, NotFound, Problem
from webapp.domain.imports.brought import Brought
from webapp.domain.imports.own import OwnExport
from webapp.extensions import db
from webapp.pages import errors
from webapp.pages.forms.imports import FileForm, YesForm
from webapp.pages.respond import onward, page
from webapp.queries import imports as queries
from webapp.settings import Limits
from webapp.web import import_words
from webapp.web.limits import HOUR, take
from webapp.web.mood_words import mood_words
from webapp.web.policies import signed_in
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
    if file.kind != uploads.WAITING:
        return onward(url_for("imports.done", upload=upload))
    found = _read(queries.content_of(g.viewer, file))
    if isinstance(found, OwnExport):
        return page("imports/restore.html", upload=upload, preview=_restorable(found))
    seen = imports.preview(db.session, g.viewer, found)
    context = {"preview": seen, "problems": seen.problems[:SHOWN_PROBLEMS], "words": import_words}
    context["levels"] = mood_words().levels
    return page("imports/preview.html", form=YesForm(), upload=upload, **context)


@bp.post("/import/<upload>")
@signed_in
def bring(upload: str) -> Response:
    """Yes; saying it twice does it once."""
    waiting = queries.upload_of(db.session, g.viewer, upload)
    if waiting.kind == uploads.WAITING:
        content = queries.content_of(g.viewer, waiting)
        with unlocked():  # nobody else's tick waits while a large file is read
            found = _read(content)
        file = queries.upload_of(db.session, g.viewer, upload, lock=True)
        if file.kind == uploads.WAITING:
            uploads.finish(db.session, g.viewer, file, _carry_out(found, YesForm()))
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
    if file.kind == uploads.WAITING:
        return onward(url_for("imports.preview", upload=upload))
    result = uploads.result_of(g.viewer, file)
    if isinstance(result, Restored):
        goals = queries.named(db.session, g.viewer, result.created)
        return page("imports/restored.html", counts=result.counts, goals=goals)
    ids = {*result.created, *result.merged, *result.revived}
    goals = queries.named(db.session, g.viewer, ids)
    return page("imports/done.html", result=result, goals=goals, upload=upload, words=import_words)


@bp.post("/import/<upload>/take-back")
@signed_in
def take_back(upload: str) -> Response:
    """The goals and moods this import created are deleted again."""
    file = queries.upload_of(db.session, g.viewer, upload, lock=True)
    result = uploads.result_of(g.viewer, file) if file.kind == uploads.DONE else None
    if not isinstance(result, Result):
        raise NotFound
    goals, moods = imports.take_back(db.session, g.viewer, result)
    uploads.remove(db.session, file)
    flash(taken_back(goals, moods))
    return onward(url_for("imports.start"))


@bp.url_value_preprocessor
def let_files_in(endpoint: str | None, _values: object) -> None:
    """Only the upload may be longer than other requests; said before anything reads the request."""
    if endpoint == "imports.upload":
        request.max_content_length = _limits().import_bytes + AROUND_THE_FILE


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> errors.Answer:
    """The file was longer than is read at all; the same words as for one that is a little too long."""
    discard()
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


def _read(content: bytes) -> Brought | OwnExport:
    """Our own export, or what another program wrote."""
    limits = _limits()
    return bringing.read(content, g.viewer.today, most_bytes=limits.import_bytes, most_rows=limits.import_rows)


def _restorable(own: OwnExport) -> restore.Preview:
    return restore.preview(db.session, g.viewer, own, most_rows=_limits().import_rows)


def _carry_out(found: Brought | OwnExport, form: YesForm) -> Result | Restored:
    levels = {} if isinstance(found, OwnExport) else form.levels(found.labels)
    most = _limits().import_rows
    return bringing.carry_out(db.session, g.viewer, found, levels=levels, revive=form.revive.data, most_rows=most)


def taken_back(goals: int, moods: int) -> str:
    """What an undone import took away again."""
    said = [ngettext("%(num)d goal was taken back.", "%(num)d goals were taken back.", goals)] if goals else []
    if moods:
        said.append(ngettext("%(num)d mood was taken back.", "%(num)d moods were taken back.", moods))
    return " ".join(said) or _("There was nothing left to take back.")


def discard() -> None:
    """A browser shows the answer only after it could send all; a few of its megabytes are read and thrown away."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, MOST_DISCARDED)
    while left > 0 and (chunk := stream.read(min(left, 64 * 1024))):
        left -= len(chunk)


def _limits() -> Limits:
    limits: Limits = current_app.config["SETTINGS"].limits
    return limits
