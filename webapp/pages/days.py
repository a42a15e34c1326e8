"""A day that has passed, to be logged afterwards: everything that was due, in one place."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.actions import bulk
from webapp.actions.entries import Recorded
from webapp.domain.days import EARLIEST_DAY, shifted
from webapp.domain.tracking import DayState, Direction, EntryDraft
from webapp.extensions import db
from webapp.pages.respond import onward, page, say, wants_fragment
from webapp.pages.rows import row, row_words
from webapp.queries import days, notes
from webapp.queries.days import DueRow
from webapp.web.addresses import read_day
from webapp.web.policies import signed_in

bp = Blueprint("days", __name__, url_prefix="/days")


@bp.get("/<day>")
@signed_in
def show(day: str) -> Any:
    """What was due on a day that is over, ready to be ticked; today is the dashboard, a day ahead the calendar."""
    local_date = read_day(day)
    if local_date == g.viewer.today:
        return onward(url_for("dashboard.index"))
    if local_date > g.viewer.today:
        return onward(url_for("calendar.index", day=day, _anchor="day"))
    return whole_day(local_date)


@bp.get("/<day>/done")
@signed_in
def show_again(day: str) -> Any:
    """The day: the address of an act on all of it, opened again, repeats nothing."""
    return onward(url_for(".show", day=day))


@bp.post("/<day>/done")
@signed_in
def all_done(day: str) -> Any:
    """Everything that was due and has no answer is done, with the amount that was asked for; or what an undo says."""
    local_date = read_day(day)
    undone = request.form.get("was")
    drafts = read_again(local_date, undone) if undone else done_as_due(local_date)
    recorded = bulk.record_days(db.session, g.viewer, drafts)
    if undone:
        flash(_("Everything is as it was."))
        return onward(url_for(".show", day=day))
    said = ngettext("%(num)d goal marked done.", "%(num)d goals marked done.", len(recorded))
    say(said, undo_of(day, recorded))
    return onward(url_for(".show", day=day)) if wants_fragment() else whole_day(local_date)


def whole_day(local_date: date) -> str:
    """The page of one day."""
    viewer, words = g.viewer, row_words()
    due = days.due_on(db.session, viewer, local_date)
    noted = notes.notes_on(db.session, viewer, local_date)
    lines = [(one, row(one, viewer, words, note=noted.get(one.goal_id, ""))) for one in due]
    return page(
        "days/show.html",
        local_date=local_date,
        tally=days.tally_of(one for one in due if not one.paused),
        due=[line for one, line in lines if one.planned and not one.paused],
        free=[line for one, line in lines if not one.planned and not one.paused],
        paused=[line for one, line in lines if one.paused],
        unanswered=any(waits(one) for one in due),
        previous=shifted(local_date, -1) if local_date > EARLIEST_DAY else None,
        following=shifted(local_date, 1),
    )


def waits(due: DueRow) -> bool:
    """Whether the day was due and nobody has said how it went."""
    return due.planned and not due.paused and due.state is DayState.OPEN


def done_as_due(local_date: date) -> dict[str, EntryDraft]:
    """What to record so that everything unanswered is done, with the amount where one was to be reached."""
    due: Iterable[DueRow] = filter(waits, days.due_on(db.session, g.viewer, local_date))
    return {one.goal_id: done_draft(one) for one in due}


def done_draft(due: DueRow) -> EntryDraft:
    value = due.target if due.direction is Direction.AT_LEAST else due.value
    return EntryDraft(due.local_date, DayState.DONE, value)


def undo_of(day: str, recorded: list[Recorded]) -> dict[str, Any] | None:
    """The form that says again what stood before, of every goal at once."""
    if not recorded:
        return None
    before = [(each.goal.public_id, each.before.state, each.before.value) for each in recorded]
    was = " ".join(f"{goal}:{state}:{'' if value is None else value}" for goal, state, value in before)
    return {"action": url_for(".all_done", day=day), "fields": {"was": was}}


def read_again(local_date: date, text: str) -> dict[str, EntryDraft]:
    """What an undo names as "address:state:amount"."""
    drafts = {}
    for one in text.split():
        try:
            address, state, value = one.split(":")
            drafts[address] = EntryDraft(local_date, DayState(state), Decimal(value) if value else None)
        except (ValueError, InvalidOperation):
            abort(400)
    return drafts
