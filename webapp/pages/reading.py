"""The reading page: today's portions, one tap for what is left of one, and a form for anything else."""

from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import reading_log as actions
from webapp.actions import works
from webapp.actions.reading_log import Logged
from webapp.domain.errors import Invalid
from webapp.domain.reading_drafts import ReadingDraft
from webapp.extensions import db
from webapp.pages.forms.reading import LogForm
from webapp.pages.reading_lines import (
    card,
    key_of,
    named,
    next_of,
    page_of,
    shown_of,
    streak_of,
    tap_draft,
    with_form,
)
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.queries import reading as queries
from webapp.queries.goals import is_public_id
from webapp.queries.reading import Reading
from webapp.web.addresses import read_day
from webapp.web.formats import day
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("reading", __name__, url_prefix="/reading")
PANEL, DAY = "panel", "day"
"""The views that are not this page: the page of today, and a day of a work."""


@bp.get("")
@signed_in
def index() -> str:
    """Today's portion of each reading; `?work=` opens the form of one, `?day=` for a day that has passed."""
    text = request.args.get("day", "")
    on = read_day(text) if text else None
    return page("reading/index.html", **page_of(g.viewer, asked=request.args.get("work", ""), on=on))


@bp.post("/log")
@signed_in
def log() -> Any:
    """What was read is in the ledger, for today or a day that has passed."""
    works.hold(db.session, g.viewer)
    reading = meant()
    form = LogForm(reading, key_of(reading.work))
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        logged = logged_now(reading, form.draft(g.viewer.today))
    except Invalid as invalid:
        db.session.rollback()
        return not_logged(reading, form.absorb(invalid)), 422
    keep(form.nonce.data, url_for(".index"))
    return told(logged_words(logged), key_of(reading.work), logged)


@bp.post("/works/<work_id>/portion")
@signed_in
def portion(work_id: str) -> Any:
    """What was left of today's portion is read; nothing happens where nothing is left, or other than was shown."""
    works.hold(db.session, g.viewer)
    reading = queries.reading_of(db.session, g.viewer, work_id)
    nonce = request.form.get("nonce")
    if there := answered(nonce):
        return onward(there)
    if (draft := tap_draft(reading)) is None:
        return told(_("Nothing is left of today's portion."), key_of(reading.work))
    if request.form.get("shown") not in (None, shown_of(reading, g.viewer.today)):
        return as_it_is_now(reading), 409
    logged = logged_now(reading, draft)
    keep(nonce, url_for("dashboard.index") if view() == PANEL else url_for(".index"))
    return told(logged_words(logged), key_of(reading.work), logged)


@bp.post("/entries/<entry_id>/take-back")
@signed_in
def take_back(entry_id: str) -> Any:
    """What was logged counts no more; both stay in the ledger."""
    on = actions.take_back(db.session, g.viewer, entry_id)
    key = request.form.get("work", "")
    if view() == DAY and is_public_id(key):
        say(_("Taken back."))
        return onward(f"/reading/works/{key}/days/{on}")
    return told(_("Taken back."), key)


def meant() -> Reading:
    """The work that the form is about, made later if it is not there yet; raises NotFound."""
    if work_id := request.form.get("work", ""):
        return queries.reading_of(db.session, g.viewer, work_id)
    return named(queries.readings(db.session, g.viewer), request.form.get("category", ""))


def logged_now(reading: Reading, draft: ReadingDraft) -> Logged:
    """What the draft says of the work stands; raises Invalid."""
    return actions.log(db.session, g.viewer, draft, reading.work.category, work_id=reading.work.id)


def not_logged(reading: Reading, form: LogForm) -> str:
    """What was typed, with what is wrong with it, where it was typed."""
    if wants_fragment():
        return page("reading/_reading.html", o=card(reading, g.viewer, form, opened=True))
    return page("reading/index.html", **page_of(g.viewer, asked=key_of(reading.work), form=form))


def as_it_is_now(reading: Reading) -> str:
    """That today asks something else than was shown, and what; nothing is logged."""
    said, key = _("What is to be read today has changed meanwhile. Nothing is logged."), key_of(reading.work)
    if wants_fragment():
        return shown_anew(said, key, reading)
    return page("reading/index.html", **page_of(g.viewer), said=said)


def shown_anew(said: str, key: str, reading: Reading | None = None, undo: dict[str, Any] | None = None) -> str:
    """The message with its undo, and the work as it is now, in place."""
    if view() == PANEL:
        return page("reading/panel.hx.html", reading=next_of(g.viewer), said=said, undo=undo)
    reading = reading or named(queries.readings(db.session, g.viewer, archived=True), key)
    shown = card(reading, g.viewer, with_form(reading, g.viewer))
    return page("reading/logged.hx.html", o=shown, streak=streak_of(g.viewer), said=said, undo=undo)


def told(said: str, key: str, logged: Logged | None = None) -> Any:
    """The message with its undo, and the work as it is now: in place for htmx, else on the page it was asked from."""
    undo = undo_of(key, logged) if logged else None
    if not wants_fragment() or not (key or view() == PANEL):
        say(said, undo)
        return onward(here(key))
    return shown_anew(said, key, undo=undo)


def undo_of(key: str, logged: Logged) -> dict[str, Any]:
    """The form that takes it back, and what its answer replaces."""
    action = url_for(".take_back", entry_id=logged.entry_id)
    if view() == PANEL:
        return {"action": action, "fields": {"work": key, "view": PANEL}, "target": "#next-reading"}
    return {"action": action, "fields": {"work": key}, "target": f"#reading-{key}"}


def here(key: str) -> str:
    """Where it was asked from, at the work."""
    if view() == PANEL:
        return url_for("dashboard.index")
    return url_for(".index", _anchor=f"reading-{key}") if key.isalnum() else url_for(".index")


def view() -> str:
    """The view that asks; "" for this page."""
    return request.form.get("view", "")


def logged_words(logged: Logged) -> str:
    """That it is logged, and for which day where that is another than today."""
    if logged.day == g.viewer.today:
        return _("Logged for today.")
    return _("Logged for %(day)s.", day=day(logged.day, "EEEE, d MMMM"))
