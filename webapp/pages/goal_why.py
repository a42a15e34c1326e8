"""Why a streak is as long as it is: each day of it, or each week or month of a quota, and the rule that made it so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import shifted
from webapp.domain.errors import NotFound
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Schedule, in_force
from webapp.domain.streaks import Period, Rolling, Streak, Streaks, rolling
from webapp.domain.tracking import DayState
from webapp.domain.verdicts import JudgedDay, Terms, Verdict, by_quota
from webapp.extensions import db
from webapp.models import Goal
from webapp.pages import goal_picture
from webapp.pages.goal_history import date_in
from webapp.pages.verdict_words import PICTURES, VerdictWords
from webapp.queries import habits, history, judgements
from webapp.queries.goals import Terms as Opened
from webapp.queries.judgements import Reasons
from webapp.web.formats import amount, day
from webapp.web.words import schedule_words

QUIET = (Verdict.NOT_DUE, Verdict.PAUSED)


class Line(NamedTuple):
    """One day, or several alike of which nothing was asked; `counts` when it is one of the streak."""

    dates: str
    address: str
    picture: str
    verdict: str
    amount: str
    reason: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Days judged together: a week or month of a quota, or all days under one schedule."""

    heading: str
    verdict: str
    picture: str
    counts: bool
    lines: list[Line] = field(default_factory=list)


def why_of(viewer: Viewer, goal: Goal, opened: Opened, asked: Mapping[str, str]) -> dict[str, Any]:
    """One streak with its days, the newest first; NotFound for none of the ten longest.

    Who may not look back to the beginning finds none: a streak tells about the days before.
    """
    if history.sight_of(db.session, viewer, goal).since is not None:
        raise NotFound
    terms = habits.terms_of(db.session, goal)
    found = judgements.streaks_now(db.session, goal, terms, viewer.today)
    ways = {"others": _others(opened, found), "unit": ""}
    window = _window(viewer, goal, terms)
    if window is not None and "end" not in asked:
        return {**ways, "window": window[0], "streak": None, "groups": window[1], "earlier": None}
    streak = _named(found, asked.get("end"))
    if streak is None:
        return {**ways, "window": None, "streak": None, "groups": [], "earlier": None}
    before = date_in(asked, "before")
    current = streak == found.current
    because = judgements.reasons(db.session, goal, terms, streak, current=current, before=before, today=viewer.today)
    return {
        **ways,
        "unit": goal_picture.in_a_row(terms, streak.last, streak.length),
        "window": None,
        "streak": _heading(streak, found),
        "groups": list(_groups(because, streak, f"/goals/{opened.id}/days/")),
        "earlier": f"{goal_picture.why_address(opened.id, streak)}&before={because.earlier}"
        if because.earlier
        else None,
    }


def _named(found: Streaks, end: str | None) -> Streak | None:
    """The current streak, or the one of the ten longest that ends on this day."""
    if end is None:
        return found.current
    for streak in (*found.longest, *([found.current] if found.current else [])):
        if streak.last.isoformat() == end:
            return streak
    raise NotFound


def _heading(streak: Streak, found: Streaks) -> dict[str, Any]:
    return {
        "length": streak.length,
        "dates": goal_picture.dates(streak.first, streak.last),
        "current": streak == found.current,
        "best": streak == found.best,
    }


def _others(opened: Opened, found: Streaks) -> list[tuple[int, str, str]]:
    """(length, dates, address) of the ten longest."""
    return [
        (one.length, goal_picture.dates(one.first, one.last), goal_picture.why_address(opened.id, one))
        for one in found.longest
    ]


def _window(viewer: Viewer, goal: Goal, terms: Terms) -> tuple[str, list[Group]] | None:
    """What a rolling quota counts today, and its days; None when none counts today."""
    version = in_force(terms.versions, viewer.today)
    if version is None or version.quota is None or version.quota.period is not QuotaPeriod.ROLLING:
        return None
    first = shifted(viewer.today, 1 - version.quota.length)
    counted = rolling(habits.facts_between(db.session, goal.id, first, viewer.today), terms, viewer.today)
    if counted is None:
        return None
    days = judgements.judged(db.session, goal, terms, first, viewer.today, viewer.today)
    words, address = VerdictWords(), f"/goals/{goal.public_id}/days/"
    lines = [_line([each], words, address, _is_in_window(each)) for each in reversed(days)]
    return _of_window(counted), [Group("", "", "", False, lines)]


def _is_in_window(each: JudgedDay) -> bool:
    return each.state is DayState.DONE and each.verdict is not Verdict.PAUSED


def _of_window(counted: Rolling) -> str:
    return ngettext(
        "%(done)s of %(times)s in the last day",
        "%(done)s of %(times)s in the last %(num)d days",
        counted.length,
        done=counted.done,
        times=counted.times,
    )


def _groups(because: Reasons, streak: Streak, address: str) -> Iterator[Group]:
    """The newest first: the weeks or months of a quota one by one, other days by the schedule in force."""
    words = VerdictWords()
    periods = {period.first: period for period in because.periods}
    several = len({each.version for each in because.days}) > 1

    def place(each: JudgedDay) -> tuple[Schedule | None, Period | None]:
        if each.version is None or not by_quota(each.version, each.local_date):
            return each.version, None
        return each.version, next((one for one in periods.values() if one.first <= each.local_date <= one.last), None)

    for (version, period), days in groupby(reversed(because.days), place):
        name = schedule_words(version) if version is not None and several else ""
        if period is None:
            lines = [_line(run, words, address, _is_of(run[0], streak)) for run in _runs(days)]
            yield Group(name, "", "", False, lines)
        else:
            said = [each for each in days if each.state is not DayState.OPEN or each.verdict is Verdict.PAUSED]
            lines = [_line(run, words, address, False) for run in _runs(said)]
            yield _of_period(period, name, streak, words, lines)


def _of_period(period: Period, name: str, streak: Streak, words: VerdictWords, lines: list[Line]) -> Group:
    counted = _("%(done)s of %(due)s", done=period.done, due=period.required)
    heading = goal_picture.dates(period.first, period.last)
    counts = period.verdict is Verdict.DONE and streak.first <= period.last and period.first <= streak.last
    verdict = f"{counted} · {words.names[period.verdict]}"
    return Group(f"{heading} · {name}" if name else heading, verdict, PICTURES[period.verdict], counts, lines)


def _is_of(each: JudgedDay, streak: Streak) -> bool:
    return each.verdict is Verdict.DONE and streak.first <= each.local_date <= streak.last


def _runs(days: Any) -> Iterator[list[JudgedDay]]:
    """Each day by itself, but days alike of which nothing was asked and nothing said as one."""
    run: list[JudgedDay] = []
    for each in days:
        quiet = each.verdict in QUIET and each.state is DayState.OPEN and each.fact.value is None
        if run and not (quiet and run[-1].verdict is each.verdict and run[-1].state is DayState.OPEN):
            yield run
            run = []
        run.append(each)
        if not quiet:
            yield run
            run = []
    if run:
        yield run


def _line(run: list[JudgedDay], words: VerdictWords, address: str, counts: bool) -> Line:
    newest, oldest = run[0], run[-1]
    return Line(
        dates=goal_picture.dates(oldest.local_date, newest.local_date)
        if len(run) > 1
        else day(newest.local_date, "EEE d MMM y"),
        address=address + newest.local_date.isoformat() if len(run) == 1 else "",
        picture=words.picture(newest),
        verdict=words.name(newest),
        amount=amount(newest.fact.value) if len(run) == 1 else "",
        reason=words.reason(newest),
        counts=counts,
    )
