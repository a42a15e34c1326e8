"""Lines of the goals list, prepared for the template."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.goals import Lifecycle
from webapp.domain.schedules import Frequency
from webapp.pages.rows import count_words, streak_words
from webapp.queries.goals import GoalRow, Terms
from webapp.web.formats import day
from webapp.web.words import schedule_words, target_words


def goal_line(row: GoalRow, *, movable: bool, chosen: bool = False) -> dict[str, Any]:
    """One goal of the list: its schedule in words, how the last 30 days went, and what can be done with it."""
    # The days of a quota are those on which it was done, and a one-time goal has but one: no share of them says much.
    counted = row.due and row.schedule.frequency not in (Frequency.QUOTA, Frequency.ONE_TIME)
    return {
        "id": row.id,
        "title": row.title,
        "colour": row.colour,
        "facts": " · ".join(_facts(row)),
        "tags": row.tags,
        "archived": row.archived,
        "completed": row.lifecycle is Lifecycle.COMPLETED,
        "percent": round(100 * row.done / row.due) if counted else None,
        "recent": _("%(done)s of %(due)s in 30 days", done=row.done, due=row.due) if counted else "",
        "movable": movable,
        "chosen": chosen,
    }


def _facts(row: GoalRow) -> list[str]:
    facts = [schedule_words(row.schedule)]
    if row.direction is not None and row.target is not None:
        facts.append(target_words(row.direction, row.target, row.unit))
    if row.schedule.until is not None and row.schedule.frequency is not Frequency.ONE_TIME:
        facts.append(_("until %(day)s", day=day(row.schedule.until)))
    if not row.archived and row.lifecycle is Lifecycle.ACTIVE:
        facts += [words for words in (count_words(row.quota), _streak(row)) if words]
    return facts


def _streak(row: GoalRow) -> str:
    """The current streak, and the longest where it was longer."""
    current = streak_words(row.streak, row.schedule)
    if current and row.best > row.streak:
        return _("%(streak)s, best %(best)s", streak=current, best=row.best)
    return current


def goal_facts(goal: Terms) -> list[tuple[str, str]]:
    """What a goal is, as pairs of term and value."""
    schedule = goal.schedule
    facts = [(_("Due"), schedule_words(schedule))]
    if goal.direction is not None and goal.target is not None:
        facts.append((_("Reached with"), target_words(goal.direction, goal.target, goal.unit)))
    if schedule.frequency is not Frequency.ONE_TIME:
        facts.append((_("Starts"), day(schedule.start)))
        facts.append((_("Target date"), day(schedule.until) if schedule.until else _("goes on")))
    if goal.skip_budget is not None:
        facts.append((_("Skips forgiven"), ngettext("%(num)d a month", "%(num)d a month", goal.skip_budget)))
    if goal.criticality:
        levels = {"Low": _("Low"), "Medium": _("Medium"), "High": _("High")}
        facts.append((_("Importance"), levels.get(goal.criticality, goal.criticality)))
    if goal.lifecycle is Lifecycle.COMPLETED:
        facts.append((_("State"), _("completed")))
    return facts
