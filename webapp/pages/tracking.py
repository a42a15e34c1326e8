"""Ticking: one goal on one day, from any page that shows it."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.actions import entries
from webapp.actions.entries import Recorded
from webapp.actions.postpone import reschedule_once
from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.policy import Permission, require
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages.calendar_view import View, calendar_of
from webapp.pages.forms.tracking import DayForm
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.pages.rows import Line, announcement, row, row_words
from webapp.queries import days, goals, notes
from webapp.queries.days import DueRow
from webapp.web.addresses import plain_date, read_day, safe_next
from webapp.web.formats import amount, problem_text
from webapp.web.formats import day as day_words
from webapp.web.policies import signed_in

bp = Blueprint("tracking", __name__)
bp.add_app_template_global(row_words)
LINES = ("row", "day")
"""Views that show one line in place: a list of lines, and a day with its notes."""


@bp.post("/goals/<public_id>/days/<day>")
@signed_in
def record(public_id: str, day: str) -> Any:
    """Say how a day went."""
    return record_on(public_id, read_day(day))


@bp.post("/goals/<public_id>/days")
@signed_in
def record_any(public_id: str) -> Any:
    """Say how a day went that is named in the form."""
    return record_on(public_id, read_day(request.form.get("day", "")))


@bp.post("/goals/<public_id>/postpone")
@signed_in
def postpone(public_id: str) -> Any:
    """Move a one-time goal to another day, or with an undo back to the one it was due on."""
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    require(g.viewer, Permission.GOAL_CHANGE, goals.facts_of(db.session, g.viewer, goal))
    try:
        day = asked_day(request.form.get("to", ""))
        before = reschedule_once(db.session, g.viewer, goal, day)
    except Invalid as invalid:
        return not_moved(goal, invalid)
    back = safe_next(request.form.get("back")) or url_for("dashboard.index")
    undo = {"action": request.path, "fields": {"day": before.isoformat(), "back": back}}
    say(_("Moved to %(day)s.", day=day_words(day, "EEEE, d MMMM")), undo)
    return onward(back)


def record_on(public_id: str, local_date: date) -> Any:
    """Record what the form says of this goal on this day, and answer to where it was asked from."""
    form = DayForm()
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    require(g.viewer, Permission.GOAL_TICK, goals.facts_of(db.session, g.viewer, goal))
    noted = note_before(form, public_id, local_date)
    try:
        draft = form.draft(local_date, judged=goal.direction is not None)
        recorded = entries.record_day(db.session, g.viewer, goal, draft)
    except Invalid as invalid:
        return refused(form, public_id, local_date, invalid)
    if wants_fragment() and form.view.data in LINES:
        return ticked(recorded, form, noted)
    if wants_fragment() and form.view.data in set(View):
        return page(
            "calendar/_calendar.html", **calendar_of(g.viewer, View(form.view.data), shown_day(form, local_date))
        )
    return redirect(safe_next(form.back.data) or way_back(local_date), code=303)


def asked_day(named: str) -> date:
    """Today, tomorrow or the day typed; raises Invalid when it cannot be read."""
    ahead = {"today": 0, "tomorrow": 1}.get(named)
    if ahead is not None:
        return shifted(g.viewer.today, ahead)
    day = plain_date(request.form.get("day", ""))
    if day is None:
        raise Invalid([Problem("day", "date_required")])
    return day


def not_moved(goal: Goal, invalid: Invalid) -> tuple[str, int]:
    """The goal on the day it is due, with what was wrong with the other day."""
    problem = invalid.problems[0]
    current = next(version for version in goal.schedules if version.is_current)
    local_date = current.until or current.start
    due = days.one_on(db.session, g.viewer, goal.public_id, local_date)
    if due is None:
        abort(404)
    line = row(due, g.viewer, row_words(), error=problem_text(problem.code, problem.params))
    return page("tracking/day.html", rows=[line], local_date=local_date), 422


def shown_day(form: DayForm, local_date: date) -> date:
    """The day the calendar stood on when a line of it was ticked."""
    query = dict(parse_qsl(urlsplit(safe_next(form.back.data) or "").query))
    return plain_date(query.get("day", "")) or local_date


def note_before(form: DayForm, public_id: str, local_date: date) -> str | None:
    """What the note of the day was, where the form has one; only the page of a day does."""
    if form.view.data != "day" or not form.note.raw_data:
        return None
    return notes.notes_on(db.session, g.viewer, local_date).get(public_id, "")


def ticked(recorded: Recorded, form: DayForm, noted: str | None) -> str:
    """The line as it now is, a message with undo, and how far the day is."""
    viewer, local_date = g.viewer, recorded.local_date
    due, tally = now_on(recorded.goal.public_id, local_date, form.view.data)
    if due is None:
        abort(404)
    said = announcement(due.title, due.state, due.value, local_date, viewer.today)
    undo = undo_of(recorded, form.view.data, noted) if recorded.changed and not form.restore.data else None
    note = notes.notes_on(db.session, viewer, local_date).get(due.goal_id, "") if form.view.data == "day" else ""
    line = row(due, viewer, row_words(), note=note)
    return page(
        "tracking/tick.hx.html",
        o=line,
        said=said,
        undo=undo,
        tally=tally,
        row_view=form.view.data,
        row_back=safe_next(form.back.data) or "",
        past=local_date < viewer.today,
    )


def now_on(public_id: str, local_date: date, view: str | None) -> tuple[DueRow | None, tuple[int, int] | None]:
    """The goal on its day, and how far that day is; not where the page is not of the day that was ticked."""
    if view != "day" and local_date == g.viewer.today:
        return days.one_today(db.session, g.viewer, public_id)
    due = days.one_on(db.session, g.viewer, public_id, local_date)
    if view != "day":
        return due, None
    return due, days.tally_of(one for one in days.due_on(db.session, g.viewer, local_date) if not one.paused)


def undo_of(recorded: Recorded, view: str | None, noted: str | None) -> dict[str, Any]:
    """The form that says again what stood before."""
    before = recorded.before
    fields = {"state": before.state.value, "value": amount(before.value), "restore": "1", "view": view or "row"}
    if noted is not None:
        fields["note"] = noted
    day = recorded.local_date.isoformat()
    return {
        "action": url_for("tracking.record", public_id=recorded.goal.public_id, day=day),
        "fields": fields,
        "target": f"#due-{recorded.goal.public_id}-{day}",
    }


def refused(form: DayForm, public_id: str, local_date: date, invalid: Invalid) -> tuple[str, int] | Response:
    """What was typed, with what is wrong with it: in place for htmx, else on a page of its own."""
    form.absorb(invalid)
    error = " ".join(str(text) for texts in form.errors.values() for text in texts)
    line = line_as_typed(form, public_id, local_date, error)
    view = form.view.data if form.view.data in LINES else "row"
    context = {"row_view": view, "row_back": safe_next(form.back.data) or ""}
    if wants_fragment():
        return page("tracking/tick.hx.html", o=line, said="", undo=None, tally=None, **context), 422
    return page("tracking/day.html", rows=[line], local_date=local_date, **context), 422


def line_as_typed(form: DayForm, public_id: str, local_date: date, error: str) -> Line:
    due = days.one_on(db.session, g.viewer, public_id, local_date)
    if due is None:
        abort(404)
    typed = (form.value.raw_data or [""])[0]
    return row(due, g.viewer, row_words(), typed=typed, error=error, note=form.note.data or "")


def way_back(local_date: date) -> str:
    """The dashboard for today, else the day in the calendar."""
    if local_date == g.viewer.today:
        return url_for("dashboard.index")
    return url_for("calendar.index", day=local_date.isoformat(), _anchor="day")
