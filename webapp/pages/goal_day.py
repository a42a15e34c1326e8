"""One day of a goal: what it counts as and why, what was said of it, and the days before and after."""

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from webapp.domain.days import EARLIEST_DAY, shifted
from webapp.domain.errors import NotFound
from webapp.domain.pauses import pause_on
from webapp.domain.people import Viewer
from webapp.domain.schedules import MAXIMUM_DAYS_AHEAD, due_between
from webapp.domain.tracking import Mode, Source
from webapp.domain.verdicts import JudgedDay, Terms
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_picture
from webapp.pages.goal_history import date_in, query_of
from webapp.pages.goal_spans import year_in
from webapp.pages.verdict_words import VerdictWords
from webapp.pages.year_words import state_names
from webapp.queries import habits, history, judgements
from webapp.queries.goals import Terms as Opened
from webapp.queries.history import Said, Sight
from webapp.web.addresses import read_day
from webapp.web.formats import amount, day, moment
from webapp.web.words import schedule_words, target_words

NEAR = 400
"""As far as a neighbouring due day is looked for."""


def one_day(viewer: Viewer, goal: Goal, opened: Opened, text: str) -> dict[str, Any]:
    """The day ready for its page; NotFound for what is no date, and for a day the viewer may not see."""
    one = read_day(text)
    sight = history.sight_of(db.session, viewer, goal)
    if not sight.reaches(one) or one > shifted(viewer.today, MAXIMUM_DAYS_AHEAD):
        raise NotFound
    terms = habits.terms_of(db.session, goal)
    (each,) = judgements.judged(db.session, goal, terms, one, one, viewer.today, since=sight.since)
    found = history.day_of(db.session, goal, sight.words, one, viewer.today)
    words = VerdictWords()
    return {
        "one": found,
        "title": day(one, "EEEE, d MMMM y"),
        "iso": one.isoformat(),
        "picture": words.picture(each),
        "verdict": words.name(each),
        "reason": words.reason(each) if sight.since is None else "",
        "facts": _facts(each, terms, opened, sight),
        "typed": amount(found.value),
        "measured": goal.direction is not None or found.value is not None,
        "entries": [_entry(said) for said in history.entries_of(db.session, goal, sight.words, one)],
        "back": _back(opened.id, one),
        "ahead": one > viewer.today,
        **_neighbours(terms, one, viewer, sight),
    }


def _facts(each: JudgedDay, terms: Terms, opened: Opened, sight: Sight) -> list[tuple[str, str]]:
    """By what the day is judged: the schedule of that day, what it asked, for its owner the pause around it."""
    facts = []
    if each.version is not None:
        facts.append((_("Schedule that day"), schedule_words(each.version)))
        if len(terms.versions) > 1:
            facts.append((_("In force since"), day(each.version.valid_from)))
    if each.aim.direction is not None and each.aim.target is not None:
        facts.append((_("Asked"), target_words(each.aim.direction, each.aim.target, opened.unit)))
    if each.fact.value is not None:
        facts.append((_("Amount"), f"{amount(each.fact.value)} {opened.unit}".strip()))
    pause = pause_on(each.local_date, terms.pauses) if sight.words else None
    if pause is not None:
        dates = goal_picture.dates(pause.first, pause.last) if pause.last else _("since %(day)s", day=day(pause.first))
        facts.append((_("Pause"), dates))
    return facts


def _neighbours(terms: Terms, one: date, viewer: Viewer, sight: Sight) -> dict[str, str | None]:
    """Dates of the due days next to this one; where a quota rules, simply the days."""
    before = due_between(terms.versions, shifted(one, -NEAR), shifted(one, -1))
    after = due_between(terms.versions, shifted(one, 1), shifted(one, NEAR))
    quota = any(version.quota for version in terms.versions)
    previous = shifted(one, -1) if quota or not before else before[-1]
    following = shifted(one, 1) if quota or not after else after[0]
    return {
        "previous": previous.isoformat() if sight.reaches(previous) and previous >= EARLIEST_DAY else None,
        "following": following.isoformat() if following <= viewer.today else None,
    }


def _entry(said: Said) -> dict[str, Any]:
    """One fact of the ledger, in words."""
    parts = [state_names().states[said.state]] if said.state is not None and said.value is None else []
    if said.value is not None:
        number = amount(said.value)
        parts.append(_("%(amount)s added", amount=number) if said.mode is Mode.ADD else number)
    sources = {Source.API: _("by a program"), Source.IMPORT: _("imported"), Source.OFFLINE: _("offline")}
    return {
        "when": moment(said.at),
        "what": " · ".join(parts),
        "note": said.note,
        "source": sources.get(said.source, ""),
        "replaced": said.replaced,
    }


def _back(goal_id: str, one: date) -> str:
    """Where the list stood from which the day was opened."""
    asked = request.args
    query = query_of({"year": year_in(asked), "before": date_in(asked, "before")})
    return f"/goals/{goal_id}{query}#on-{one.isoformat()}"
