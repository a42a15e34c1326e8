"""The tracking calendar: a month, a week, or the days as a list; every day can be ticked and corrected."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from webapp.actions import entries
from webapp.domain.tracking import DayState, EntryDraft
from webapp.extensions import db
from webapp.pages.calendar_view import View, calendar_of
from webapp.pages.respond import page, wants_fragment
from webapp.queries import goals
from webapp.web.addresses import plain_date
from webapp.web.policies import signed_in

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.get("")
@signed_in
def index() -> Any:
    """The month, week or list around a day (today when none is named)."""
    return page("calendar/index.html", **calendar_of(g.viewer, asked_view(), asked_day()))


@bp.post("/mark")
@signed_in
def mark() -> Any:
    """Say how one goal went on one day, by a button in the calendar."""
    public_id, local_date, state = asked_mark()
    goal = goals.find(db.session, g.viewer, public_id, lock=True)
    if goal.direction is not None:
        abort(400)  # a button would wipe out the amount that stands; no page of ours offers one
    entries.record_day(db.session, g.viewer, goal, EntryDraft(local_date=local_date, state=state))
    if wants_fragment():
        return page("calendar/_calendar.html", **calendar_of(g.viewer, asked_view(), asked_day()))
    here = url_for("calendar.index", view=asked_view().value, day=asked_day().isoformat(), _anchor="calendar")
    return redirect(here, code=303)


def asked_view() -> View:
    """The view named in the request; the month when none or an unknown one is."""
    named = request.values.get("view", "")
    return View(named) if named in set(View) else View.MONTH


def asked_day() -> date:
    """The day named in the request, else today; a date that does not exist is not found."""
    named = request.values.get("day")
    return (plain_date(named) or abort(404)) if named else g.viewer.today


def asked_mark() -> tuple[str, date, DayState]:
    """goal, day and state of the pressed button."""
    public_id, _, rest = request.form.get("mark", "").partition(":")
    day, _, state = rest.partition(":")
    local_date = plain_date(day)
    if local_date is None or state not in set(DayState):
        abort(400)
    return public_id, local_date, DayState(state)
