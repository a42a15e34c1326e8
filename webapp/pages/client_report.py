"""A report of some days of a client's, to be printed for the next meeting."""

from datetime import date
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.grants import Scope
from webapp.domain.reviews import Act
from webapp.domain.schedules import Frequency
from webapp.extensions import db
from webapp.pages import charts
from webapp.pages.clients import for_therapists, looked_at
from webapp.pages.forms.clients import Interval, asked_interval
from webapp.pages.respond import page
from webapp.pages.rows import streak_words
from webapp.queries import client_moods, client_report
from webapp.queries.client_moods import FEW, Levels
from webapp.queries.client_report import Decision, GoalReport
from webapp.queries.clients import Shown
from webapp.web.formats import amount, day, moment
from webapp.web.mood_words import mood_words
from webapp.web.policies import recent
from webapp.web.words import schedule_words, target_words

bp = Blueprint("client_report", __name__, url_prefix="/clients")
bp.before_request(for_therapists)


@bp.get("/<client>/report")
@recent
def show(client: str) -> Any:
    """What the days between `from` and `to` came to, as far as the client shares them."""
    shown = looked_at(client, "report")
    asked = asked_interval(request.args, shown.client.today)
    goals = client_report.goals_between(db.session, shown, asked.first, asked.last)
    decided = client_report.decisions(db.session, g.viewer, shown, asked.first, asked.last)
    parts = [goal_part(one, shown.client.today) for one in goals]
    told = {"goals": parts, "decisions": [decision_line(one, shown) for one in decided], **moods_of(shown, asked)}
    found = page("clients/report.html", client=shown.client, asked=asked, **told)
    return found, 422 if asked.errors else 200


def goal_part(goal: GoalReport, today: date) -> dict[str, Any]:
    """One goal: its sum in words, and a row for each week."""
    counted = goal.schedule.frequency is not Frequency.QUOTA
    facts = [schedule_words(goal.schedule)]
    if goal.direction is not None and goal.target is not None:
        facts.append(target_words(goal.direction, goal.target, goal.unit))
    most = max((max(week.due, week.done) for week in goal.weeks), default=0)
    return {
        "title": goal.title,
        "colour": goal.colour,
        "facts": " · ".join(facts),
        "sums": sums(goal, counted=counted) if goal.weeks else [],
        "counted": counted,
        "unit": goal.unit or _("Amount"),
        "measured": any(week.amount is not None for week in goal.weeks),
        "weeks": [
            {
                "dates": week_words(week.first, week.last, today),
                "done": week.done,
                "due": week.due,
                "skipped": week.skipped,
                "missed": week.missed,
                "other": week.other,
                "amount": amount(week.amount),
                "done_share": charts.share(week.done, most) if week.done else 0,
                "due_share": charts.share(week.due, most) if week.due else 0,
            }
            for week in goal.weeks
        ],
        "has_other": any(week.other for week in goal.weeks),
    }


def sums(goal: GoalReport, *, counted: bool) -> list[str]:
    """What all weeks come to, and the streak at their end."""
    total = goal.total
    if counted:
        said = [_("%(done)s of %(due)s done", done=total.done, due=total.due) if total.due else _("nothing was due")]
    else:
        said = [ngettext("done on %(num)d day", "done on %(num)d days", total.done)]
    if total.skipped:
        said.append(ngettext("%(num)d skipped", "%(num)d skipped", total.skipped))
    if total.amount is not None:
        said.append(f"{amount(total.amount)} {goal.unit}".strip())
    if goal.streak is not None:
        said.append(streak_words(goal.streak, goal.schedule) or _("no streak at the end"))
    return said


def moods_of(shown: Shown, asked: Interval) -> dict[str, Any]:
    """The distribution of the interval and the median of each week; weeks without moods stay empty."""
    client = shown.client
    if Scope.MOOD_LEVELS not in client.since:
        return {"levels": None}
    found = client_moods.levels(db.session, client.grants, asked.first, asked.last)
    levels = found.get(client.number) or Levels(asked.first, asked.last, {})
    names, counts = mood_words().levels, levels.counts
    most = max(counts.values())
    return {
        "levels": levels,
        "median": names[levels.median] if levels.median else "",
        "few": levels.total < FEW,
        "distribution": [
            {"level": level, "name": names[level], "count": count, "share": charts.share(count, most) if count else 0}
            for level, count in counts.items()
        ],
        "mood_weeks": [mood_week(week, names, client.today) for week in levels.by_week(client.week_start)],
    }


def mood_week(week: Levels, names: dict[int, str], today: date) -> tuple[str, str, int, bool]:
    """When, the median in a word, of how many moods, and whether they are few."""
    median = names[week.median] if week.median else ""
    return week_words(week.first, week.last, today), median, week.total, 0 < week.total < FEW


def week_words(first: date, last: date, today: date) -> str:
    """From when to when, short enough for a row of a table; the year where it is another one."""
    pattern = "d MMM" if first.year == last.year == today.year else "d MMM y"
    return f"{day(first, pattern)} – {day(last, pattern)}"


def decision_line(decision: Decision, shown: Shown) -> tuple[str, str, str]:
    """When, what was done with which goal and by whom, and what was said with it."""
    who = g.viewer.name if decision.mine else shown.client.name
    words = {
        Act.SEND: _("%(who)s asked for a review of %(title)s", who=who, title=decision.title),
        Act.PROPOSE: _("%(who)s asked to change %(title)s", who=who, title=decision.title),
        Act.APPROVE: _("%(who)s approved %(title)s", who=who, title=decision.title),
        Act.DECLINE: _("%(who)s sent %(title)s back", who=who, title=decision.title),
        Act.WITHDRAW: _("%(who)s took %(title)s back", who=who, title=decision.title),
        Act.CLOSE: _("%(who)s closed %(title)s", who=who, title=decision.title),
        Act.ACKNOWLEDGE: _("%(who)s took note of the end of %(title)s", who=who, title=decision.title),
    }
    said = words.get(decision.act, _("%(who)s changed the review of %(title)s", who=who, title=decision.title))
    return moment(decision.at), said, decision.comment
