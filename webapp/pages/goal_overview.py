"""All that the page of one goal shows of how it went."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from webapp.domain.people import Viewer
from webapp.domain.verdicts import Terms
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_history, goal_picture, goal_spans
from webapp.pages.goal_spans import Chosen
from webapp.queries import habits, history, pauses, progress
from webapp.queries.goals import Terms as Opened
from webapp.queries.history import Sight
from webapp.queries.pauses import SHOWN, PauseRow
from webapp.queries.progress import Progress
from webapp.web.formats import day

PAUSES = 6
"""As many pauses as a goal's page names; the others stand among all pauses."""


def overview(viewer: Viewer, goal: Goal, opened: Opened, asked: Mapping[str, str]) -> dict[str, Any]:
    """Numbers, charts, streaks, days and pauses; a goal that is due only once has its days alone."""
    sight = history.sight_of(db.session, viewer, goal)
    shown = goal_spans.chosen(viewer, asked)
    listed = goal_history.listed(viewer, goal, sight, asked, shown)
    if not progress.repeats(goal):
        return {"history": goal_history.of(viewer, goal, listed, None, shown), "repeats": False}
    planned = pauses.pauses_of(db.session, viewer, goal) if sight.words else None
    terms = terms_with(goal, planned)
    found = progress_of(viewer, goal, terms, sight, listed.reaches(terms, shown.first), shown)
    history_lines = goal_history.of(viewer, goal, listed, found.span, shown)
    found = replace(found, span=found.span.cut(shown.first, shown.last).begun_on(shown.begins))
    return {
        "history": history_lines,
        "repeats": True,
        "standing": goal_picture.standing(viewer, opened, terms, found, shown),
        "picture": goal_picture.picture_of(viewer, opened, terms, found, shown) if found.has_begun else None,
        "streaks": goal_picture.streak_rows(opened, found),
        "pauses": pause_lines(planned or [], viewer.today),
    }


def terms_with(goal: Goal, planned: list[PauseRow] | None) -> Terms:
    """The goal's terms with its owner's pauses: those read for the page, unless some were left out."""
    if planned is None or len(planned) == SHOWN:
        return habits.terms_of(db.session, goal)
    return habits.terms_from(goal.schedules, tuple(row.days() for row in planned))


def progress_of(viewer: Viewer, goal: Goal, terms: Terms, sight: Sight, first: date, shown: Chosen) -> Progress:
    """How the goal stands, as far back as the viewer may look."""
    if sight.since is None:
        return progress.progress(db.session, goal, terms, first, shown.last, viewer.today)
    return progress.progress_since(db.session, goal, terms, sight.since, first, shown.last, viewer.today)


def pause_lines(planned: list[PauseRow], today: date) -> list[tuple[str, str]]:
    """(dates, what else is to be said) of the latest pauses that concern the goal."""
    found = []
    for row in planned[:PAUSES]:
        if row.last is None:
            dates = _("from %(day)s on", day=day(row.first))
        else:
            dates = goal_picture.dates(row.first, row.last)
        said = [] if row.goal_id else [_("all goals")]
        if row.days().covers(today):
            said.append(_("now"))
        elif row.first > today:
            said.append(_("planned"))
        found.append((dates, " · ".join(said)))
    return found
