"""Ticking: one goal on one day, from any page that shows it."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.actions import entries
from webapp.actions.entries import Recorded
from webapp.domain.errors import Invalid
from webapp.domain.tracking import DayState
from webapp.extensions import db
from webapp.pages.calendar_view import View, calendar_of
from webapp.pages.forms.tracking import DayForm
from webapp.pages.respond import page, wants_fragment
from webapp.pages.rows import RowWords, announcement, row
from webapp.queries import days, goals
from webapp.web.addresses import safe_next
from webapp.web.formats import amount
from webapp.web.policies import signed_in

bp = Blueprint("tracking", __name__)


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


def record_on(public_id: str, local_date: date) -> Any:
    """Record what the form says of this goal on this day, and answer to where it was asked from."""
    form = DayForm()
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    try:
        draft = form.draft(local_date, judged=goal.direction is not None)
        recorded = entries.record_day(db.session, g.viewer, goal, draft)
    except Invalid as invalid:
        return refused(form, public_id, local_date, invalid)
    if wants_fragment() and form.view.data == "row":
        return ticked(recorded, form)
    if wants_fragment() and form.view.data in set(View):
        return page(
            "calendar/_calendar.html", **calendar_of(g.viewer, View(form.view.data), shown_day(form, local_date))
        )
    return redirect(safe_next(form.back.data) or way_back(local_date), code=303)


def shown_day(form: DayForm, local_date: date) -> date:
    """The day the calendar stood on when a line of it was ticked."""
    query = dict(parse_qsl(urlsplit(safe_next(form.back.data) or "").query))
    try:
        return date.fromisoformat(query["day"])
    except (KeyError, ValueError):
        return local_date


def read_day(text: str) -> date:
    """The date in an address; anything else is not found."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def ticked(recorded: Recorded, form: DayForm) -> str:
    """The line as it now is, a message with undo, and how far today is."""
    viewer = g.viewer
    due = days.one_on(db.session, viewer, recorded.goal.public_id, recorded.local_date)
    if due is None:
        abort(404)
    said = announcement(due.title, due.state, due.value, recorded.local_date, viewer.today)
    tally = days.tally_today(db.session, viewer) if recorded.local_date == viewer.today else None
    undo = undo_of(recorded) if recorded.changed and not form.restore.data else None
    return page("tracking/tick.hx.html", o=row(due, viewer, RowWords()), said=said, undo=undo, tally=tally)


def undo_of(recorded: Recorded) -> dict[str, Any]:
    """The form that says again what stood before."""
    before = recorded.before
    fields = {"state": before.state.value, "value": amount(before.value), "restore": "1", "view": "row"}
    day = recorded.local_date.isoformat()
    return {
        "action": url_for("tracking.record", public_id=recorded.goal.public_id, day=day),
        "fields": fields,
        "target": f"#due-{recorded.goal.public_id}-{day}",
    }


def refused(form: DayForm, public_id: str, local_date: date, invalid: Invalid) -> tuple[str, int] | Response:
    """What was typed, with what is wrong with it: in place for htmx, else on a page of its own."""
    form.absorb(invalid)
    due = days.one_on(db.session, g.viewer, public_id, local_date)
    if due is None:
        abort(404)
    error = " ".join(str(text) for texts in form.errors.values() for text in texts)
    line = row(due, g.viewer, RowWords(), typed=(form.value.raw_data or [""])[0], error=error)
    if wants_fragment():
        return page("tracking/tick.hx.html", o=line, said="", undo=None, tally=None), 422
    return page("tracking/day.html", rows=[line], local_date=local_date, state=DayState), 422


def way_back(local_date: date) -> str:
    """The dashboard for today, else the day in the calendar."""
    if local_date == g.viewer.today:
        return url_for("dashboard.index")
    return url_for("calendar.index", day=local_date.isoformat(), _anchor="day")
