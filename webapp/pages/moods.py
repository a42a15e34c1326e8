"""The mood journal: logging how one feels, looking back, changing and taking back."""

from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext as _

from webapp.actions import moods as actions
from webapp.domain.errors import Conflict, Invalid
from webapp.extensions import db
from webapp.models import Mood
from webapp.pages import mood_figures, mood_year
from webapp.pages.forms.moods import MoodForm
from webapp.pages.mood_journal import LOWEST, Asked, asked_for, days_of, form_of, journal_of
from webapp.pages.mood_lines import line
from webapp.pages.mood_panel import panel_of
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.queries import moods as queries
from webapp.queries.moods import LoggedMood, Palette
from webapp.queries.today import own_words
from webapp.web.formats import problem_text
from webapp.web.idempotency import answered, keep
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
    asked = mood_figures.asked_range(request.args, g.viewer.today)
    return page("moods/statistics.html", **mood_figures.figures_of(g.viewer, asked))


@bp.post("")
@signed_in
def log() -> Any:
    """Log a mood, of this moment or of one that has passed."""
    palette = queries.palette_of(db.session, g.viewer)
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
    palette = palette_for(stands)
    return editor(stands, palette, MoodForm.of(stands, palette))


@bp.post("/<public_id>")
@signed_in
def update(public_id: str) -> Any:
    """Save what the form says of one mood."""
    mood = queries.find(db.session, g.viewer, public_id, lock=True)
    stands = queries.opened(db.session, g.viewer, mood)
    form = MoodForm(palette := palette_for(stands))
    try:
        changed = actions.change(db.session, g.viewer, mood, form.draft(), form.seen())
    except Invalid as invalid:
        form.absorb(invalid)
        return editor(stands, palette, form), 422
    except Conflict:
        form.version.raw_data, form.version.data = None, str(stands.version)
        return editor(stands, palette, form, conflict=True), 409
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
    """What an earlier version of the mood said stands again."""
    mood = queries.find(db.session, g.viewer, public_id, lock=True)
    number = request.form.get("number", "")
    mood = actions.revert(db.session, g.viewer, mood, int(number) if number.isdecimal() and len(number) < 10 else 0)
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
        return page("moods/_form.html", **form_of(palette, form))
    return page("moods/index.html", **journal_of(g.viewer, asked_for({}, g.viewer.today), form, palette))


def logged(mood: Mood) -> Any:
    """The message with its undo; in the journal a new form and the mood's month with it."""
    said, undo = _("Mood logged."), url_for(".delete", public_id=mood.public_id)
    if in_panel() or not wants_fragment():
        return told(mood, said, undo)
    palette, asked = queries.palette_of(db.session, g.viewer), asked_at(mood)
    context = {**form_of(palette), **days_of(g.viewer, palette, asked), "low": mood.level == LOWEST}
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


def editor(stands: LoggedMood, palette: Palette, form: MoodForm, *, conflict: bool = False) -> str:
    """The page that changes one mood; after a conflict it says what stands now."""
    here = Asked(stands.local_date.replace(day=1)).address
    context = {**form_of(palette, form), "mood": stands, "stands": line(stands), "here": here, "conflict": conflict}
    return page("moods/edit.html", **context)


def palette_for(mood: LoggedMood) -> Palette:
    """What can be chosen for a mood: what is shown, and what it has already."""
    known = queries.palette_of(db.session, g.viewer, hidden=True)
    used = {mood.label.id, *(reason.id for reason in mood.reasons)}
    labels = tuple(one for one in known.labels if not one.hidden or one.id in used)
    return Palette(labels, tuple(one for one in known.reasons if not one.hidden or one.id in used))


def asked_at(mood: Mood) -> Asked:
    """The month of the mood."""
    return Asked(mood.local_date.replace(day=1))


def in_panel() -> bool:
    """Whether the dashboard asks."""
    return request.form.get("view") == PANEL


def undo_of(address: str, asked: Asked) -> dict[str, Any]:
    """The form that takes it back, and what its answer replaces."""
    if in_panel():
        return {"action": address, "fields": {"view": PANEL}, "target": "#mood-panel"}
    name, value = ("day", asked.day) if asked.day else ("month", f"{asked.month:%Y-%m}")
    return {"action": address, "fields": {name: str(value)}, "target": "#mood-days"}
