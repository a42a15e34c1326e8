"""Today: what is due, what is late, what is coming, and how the week goes."""

from typing import Any

from flask import Blueprint, g
from flask_babel import gettext as _

from webapp.domain.days import days_between, shifted, week_containing
from webapp.extensions import db
from webapp.pages.respond import page
from webapp.pages.rows import RowWords, row
from webapp.queries import days
from webapp.queries.days import DayTally, DueRow
from webapp.web.formats import day
from webapp.web.policies import signed_in
from webapp.web.words import weekday_name

bp = Blueprint("dashboard", __name__)


@bp.get("/")
@signed_in
def index() -> str:
    """What the viewer may tick today, and the week around it."""
    viewer, words = g.viewer, RowWords()
    due = days.due_today(db.session, viewer)
    first, last = week_containing(viewer.today, viewer.week_start)
    return page(
        "dashboard/index.html",
        tally=days.tally_of(due),
        yesterday=shifted(viewer.today, -1),
        due=[row(one, viewer, words) for one in due],
        overdue=[row(one, viewer, words) for one in days.overdue(db.session, viewer)],
        coming=[coming_line(one) for one in days.coming(db.session, viewer)],
        week=week_strip(viewer, first, last, days.tallies(db.session, viewer, first, last)),
    )


def coming_line(due: DueRow) -> dict[str, Any]:
    """A goal that is next due on a day within the week."""
    return {
        "title": due.title,
        "colour": due.colour,
        "address": f"/goals/{due.goal_id}",
        "when": day(due.local_date, "EEEE, d MMMM"),
    }


def week_strip(viewer: Any, first: Any, last: Any, tallies: dict[Any, DayTally]) -> list[tuple[Any, ...]]:
    """Seven squares: weekday, level 0 to 4 (None ahead), the day in words, whether it is today."""
    said = _("%(day)s: %(done)s of %(due)s done")
    strip = []
    for one in days_between(first, last):
        tally = tallies.get(one, DayTally(one, 0, 0))
        words = said % {"day": day(one, "EEEE"), "done": tally.done, "due": tally.due}
        level = None if one > viewer.today else tally.level
        strip.append((weekday_name(one.weekday(), "abbreviated"), level, words, one == viewer.today))
    return strip
