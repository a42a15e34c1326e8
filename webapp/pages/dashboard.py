"""Today: what is due, what is late, what is coming, and how the week goes."""

from datetime import date
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import days_between, shifted, week_containing
from webapp.domain.pauses import pause_on
from webapp.domain.people import Viewer
from webapp.extensions import db
from webapp.pages import goal_templates
from webapp.pages.mood_panel import panel_of
from webapp.pages.owed import owed_lines
from webapp.pages.profile_lines import overview_lines
from webapp.pages.reading_lines import next_of
from webapp.pages.respond import page
from webapp.pages.rows import row, row_words
from webapp.queries import days, overview
from webapp.queries import pauses as queries
from webapp.queries.days import DayTally, DueRow
from webapp.queries.owed import owed_by
from webapp.queries.tags import Carried
from webapp.queries.today import own_words
from webapp.web.formats import day
from webapp.web.policies import signed_in
from webapp.web.words import weekday_name

bp = Blueprint("dashboard", __name__)
NAMED = 5
"""So many titles of paused goals are said."""


@bp.get("/")
@signed_in
def index() -> str:
    """What the viewer may tick today, and the week around it; `?tag=` leaves out goals that do not carry it."""
    viewer = g.viewer
    first, last = week_containing(viewer.today, viewer.week_start)
    rows = days.due_or_resting(db.session, viewer)
    tally = days.tally_of(one for one in rows if not one.paused)
    words = own_words(db.session, viewer)
    lists = shown_lists(viewer, rows, words.tags)
    templates = [] if any(lists.values()) else goal_templates.offered()
    week = week_strip(viewer, first, last, days.tallies(db.session, viewer, first, last))
    context = {"tally": tally, "week": week, "yesterday": shifted(viewer.today, -1), "templates": templates}
    context["owed"] = owed_lines(owed_by(db.session, viewer)) if words.owes else []
    context["reading"] = next_of(viewer) if words.reads else []
    context["profiles"] = overview_lines(overview.of(db.session, viewer))
    return page("dashboard/index.html", **context, **lists, **panel_of(words))


def shown_lists(viewer: Viewer, rows: list[DueRow], known: list[Carried]) -> dict[str, Any]:
    """The lists of the page, of every goal or of those that carry the tag the address names."""
    words = row_words()
    tag = next((one for one in known if one.id == request.args.get("tag")), None)
    today = [one for one in rows if shows(tag, one)]
    due = [one for one in today if not one.paused]
    return {
        "due": [row(one, viewer, words) for one in due if one.planned],
        "free": [row(one, viewer, words) for one in due if not one.planned],
        "overdue": [row(one, viewer, words) for one in days.overdue(db.session, viewer) if shows(tag, one)],
        "coming": [coming_line(one) for one in days.coming(db.session, viewer) if shows(tag, one)],
        "resting": resting_words([one for one in today if one.paused]),
        "tags": known,
        "tag": tag.id if tag else "",
    }


def shows(tag: Carried | None, due: DueRow) -> bool:
    """Whether a goal is shown: each is, unless a tag is named that it does not carry."""
    return tag is None or due.goal_id in tag.goals


def resting_words(rows: list[DueRow]) -> list[str]:
    """Until when which goals are paused that would be due: "Paused until 5 December: Walk, Read"."""
    if not rows:
        return []
    pauses = queries.pauses_of(db.session, g.viewer)
    until: dict[date | None, list[str]] = {}
    for one in rows:
        of_goal = [pause.days() for pause in pauses if pause.goal_id in (None, one.goal_id)]
        rests = pause_on(g.viewer.today, of_goal)
        until.setdefault(rests.last if rests else None, []).append(one.title)
    return [resting_line(last, titles) for last, titles in until.items()]


def resting_line(last: date | None, titles: list[str]) -> str:
    named = ", ".join(titles[:NAMED])
    if more := len(titles) - NAMED if len(titles) > NAMED else 0:
        named = ngettext("%(titles)s and %(num)d more", "%(titles)s and %(num)d more", more, titles=named)
    if last is None:
        return _("Paused: %(titles)s.", titles=named)
    return _("Paused until %(day)s: %(titles)s.", day=day(last, "d MMMM"), titles=named)


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
