"""The mood journal: logging how one feels, looking back, changing and taking back."""

from datetime import date
from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import moods as actions
from webapp.domain.days import local_day
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.extensions import db
from webapp.models import Mood
from webapp.pages import mood_figures, mood_year
from webapp.pages.forms.moods import MoodForm
from webapp.pages.mood_journal import LOWEST, Asked, asked_again, asked_for, days_of, empty_form, form_of, journal_of
from webapp.pages.mood_lines import line
from webapp.pages.mood_panel import panel_of
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.queries import moods as queries
from webapp.queries.moods import LoggedMood, Palette
from webapp.queries.today import own_words
from webapp.web.formats import problem_text
from webapp.web.idempotency import answered, keep, new_nonce
from webapp.web.policies import signed_in

bp = Blueprint("moods", __name__, url_prefix="/moods")
PANEL = "panel"
"""The view of the dashboard; every other is the journal's own."""


@bp.get("")
@signed_in
def index() -> Any:
    """The form, a month in pixels and its moods; `?month=` and `?day=` look back."""
    return page("moods/index.html", **journal_of(g.viewer, asked_for(request.args, g.viewer.today)))


@bp.get("/year")
@signed_in
def year() -> Any:
    """A year in pixels; `?year=` looks at another."""
    return page("moods/year.html", **mood_year.year_of(g.viewer, mood_year.asked_year(request.args, g.viewer.today)))


@bp.get("/statistics")
@signed_in
def statistics() -> Any:
    """What the moods of a range come to, from `?first=` to `?last=`."""
    return page("moods/statistics.html", **mood_figures.figures_of(g.viewer, request.args))


@bp.post("")
@signed_in
def log() -> Any:
    """Log a mood, of this moment or of one that has passed."""
    palette = queries.palette_of(db.session, g.viewer, hidden=True)
    form = MoodForm(palette)
    if there := answered(form.nonce.data):
        return onward(there)
    try:
        mood = actions.log(db.session, g.viewer, form.draft())
    except Invalid as invalid:
        db.session.rollback()
        return not_logged(palette, form, invalid), 422
    keep(form.nonce.data, url_for("dashboard.index") if in_panel() else url_for(".index"))
    return logged(mood)


@bp.get("/<public_id>/edit")
@signed_in
def edit(public_id: str) -> Any:
    """The form, open on one mood."""
    stands = queries.opened(db.session, g.viewer, queries.find(db.session, g.viewer, public_id))
    return editor(stands, MoodForm.of(stands, queries.palette_of(db.session, g.viewer, hidden=True)))


@bp.post("/<public_id>")
@signed_in
def update(public_id: str) -> Any:
    """Save what the form says of one mood."""
    try:
        mood = queries.find(db.session, g.viewer, public_id, lock=True)
    except NotFound:
        return deleted_meanwhile(queries.find_deleted(db.session, g.viewer, public_id)), 409
    stands = queries.opened(db.session, g.viewer, mood)
    used = {stands.label.id, *(reason.id for reason in stands.reasons)}
    form = MoodForm(queries.palette_of(db.session, g.viewer, hidden=True), used)
    try:
        changed = actions.change(db.session, g.viewer, mood, form.draft(), form.seen())
    except Invalid as invalid:
        return editor(stands, form.absorb(invalid)), 422
    except Conflict:
        form.version.raw_data, form.version.data = None, str(stands.version)
        return editor(stands, form, conflict="edit"), 409
    return saved(changed, stands.version)


@bp.post("/<public_id>/delete")
@signed_in
def delete(public_id: str) -> Any:
    """One mood is gone, and can come back."""
    mood = actions.delete(db.session, g.viewer, queries.find(db.session, g.viewer, public_id, lock=True))
    return told(mood, _("Deleted."), url_for(".undelete", public_id=public_id))


@bp.post("/<public_id>/undelete")
@signed_in
def undelete(public_id: str) -> Any:
    """The deleted mood is back."""
    return told(actions.undelete(db.session, g.viewer, public_id), _("It is back."))


@bp.post("/<public_id>/revert")
@signed_in
def revert(public_id: str) -> Any:
    """What an earlier version of the mood said stands again, unless the mood has moved on from the one after it."""
    mood = queries.find(db.session, g.viewer, public_id, lock=True)
    text = request.form.get("number", "")
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    try:
        mood = actions.revert(db.session, g.viewer, mood, number, version=number + 1)
    except Conflict:
        return not_reverted(mood)
    return told(mood, _("It is as it was before."))


def not_logged(palette: Palette, form: MoodForm, invalid: Invalid) -> str:
    """What was typed, with what is wrong with it, where it was typed."""
    form.absorb(invalid)
    if in_panel() and wants_fragment():
        problem = invalid.problems[0]
        return page(
            "moods/_panel.html",
            **panel_of(own_words(db.session, g.viewer)),
            error=problem_text(problem.code, problem.params),
        )
    if wants_fragment():
        return page("moods/_form.html", **form_of(form, calendar_day()), asked=asked_before())
    return page("moods/index.html", **journal_of(g.viewer, asked_before(), form, palette))


def not_reverted(mood: Mood) -> Any:
    """The mood as it stands now, which nobody has seen who asked to take back what was before."""
    if wants_fragment():
        say(_("Nothing was undone: this was changed in another place since. Here is how it stands now."))
        return onward(url_for(".edit", public_id=mood.public_id))
    stands = queries.opened(db.session, g.viewer, mood)
    form = MoodForm.of(stands, queries.palette_of(db.session, g.viewer, hidden=True))
    return editor(stands, form, conflict="undo"), 409


def deleted_meanwhile(mood: Mood) -> str:
    """The journal with what was typed for a mood that is gone, ready to be logged anew."""
    palette = queries.palette_of(db.session, g.viewer, hidden=True)
    form = MoodForm(palette)
    form.nonce.raw_data, form.nonce.data = None, new_nonce()
    form.form_errors.append(_("This mood was deleted meanwhile. Here is what you typed: you can log it anew."))
    return page("moods/index.html", **journal_of(g.viewer, asked_at(mood), form, palette))


def logged(mood: Mood) -> Any:
    """The message with its undo; in the journal a new form and the mood's month with it."""
    said, undo = _("Mood logged."), url_for(".delete", public_id=mood.public_id)
    if in_panel() or not wants_fragment():
        return told(mood, said, undo)
    palette, asked = queries.palette_of(db.session, g.viewer, hidden=True), asked_at(mood)
    form = form_of(empty_form(palette), calendar_day())
    context = {**form, **days_of(g.viewer, palette, asked), "low": mood.level == LOWEST}
    return page("moods/logged.hx.html", **context, said=said, undo=undo_of(undo, asked))


def told(mood: Mood, said: str, undo: str | None = None) -> Any:
    """The message, and what it is about as it is now: in place for htmx, else on the page it was asked from."""
    asked = asked_for(request.form, g.viewer.today) if wants_fragment() else asked_at(mood)
    form = undo_of(undo, asked) if undo else None
    if wants_fragment() and in_panel():
        return page("moods/panel.hx.html", **panel_of(own_words(db.session, g.viewer)), said=said, undo=form)
    if wants_fragment():
        palette = Palette(queries.labels_of(db.session, g.viewer), ())
        return page("moods/days.hx.html", **days_of(g.viewer, palette, asked), said=said, undo=form)
    say(said, form)
    return onward(url_for("dashboard.index") if in_panel() else asked.address)


def saved(mood: Mood, before: int) -> Any:
    """Back in the journal, with an undo when the edit changed anything."""
    asked = asked_at(mood)
    fields = {"number": before, "month": f"{asked.month:%Y-%m}"}
    undo = {"action": url_for(".revert", public_id=mood.public_id), "fields": fields, "target": "#mood-days"}
    say(_("Saved."), undo if mood.version != before else None)
    return onward(f"{asked.address}#mood-{mood.public_id}")


def editor(stands: LoggedMood, form: MoodForm, *, conflict: str = "") -> str:
    """The page that changes one mood; after the conflict of an `edit` or an `undo` it says what stands now."""
    here = Asked(stands.local_date.replace(day=1)).address
    shown = form_of(form, local_day(g.viewer.now, stands.zone))
    return page("moods/edit.html", **shown, mood=stands, stands=line(stands), here=here, conflict=conflict)


def asked_at(mood: Mood) -> Asked:
    """The month of the mood."""
    return Asked(mood.local_date.replace(day=1))


def asked_before() -> Asked:
    """What the journal showed when its form was sent."""
    return asked_again(request.form.get("shown", ""), g.viewer.today)


def calendar_day() -> date:
    """The day the calendar shows where the viewer is, whenever their own day begins."""
    return local_day(g.viewer.now, g.viewer.zone)


def in_panel() -> bool:
    """Whether the dashboard asks."""
    return request.form.get("view") == PANEL


def undo_of(address: str, asked: Asked) -> dict[str, Any]:
    """The form that takes it back, and what its answer replaces."""
    if in_panel():
        return {"action": address, "fields": {"view": PANEL}, "target": "#mood-panel"}
    name, value = ("day", asked.day) if asked.day else ("month", f"{asked.month:%Y-%m}")
    return {"action": address, "fields": {name: str(value)}, "target": "#mood-days"}
