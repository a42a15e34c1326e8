"""What a new goal's editor is filled in with: nothing, a template, another goal, or a line that was understood."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import g
from flask_babel import gettext as _

from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.goals import GoalDraft
from webapp.domain.patterns import MonthDays, draft_of, pattern_of
from webapp.domain.quick_add import QuickAdd
from webapp.domain.schedules import Frequency, Schedule, ScheduleDraft, due_dates, schedule_from
from webapp.extensions import db
from webapp.pages import goal_templates
from webapp.queries import goals as queries
from webapp.web.formats import day
from webapp.web.words import schedule_words, target_words

LOOKED_AT = 800


def asked_for(args: Mapping[str, str]) -> GoalDraft:
    """What an address asks the editor to begin with; another goal must be the viewer's own, else NotFound."""
    if like := args.get("like"):
        goal = queries.find(db.session, g.viewer, like)
        if goal.owner_id != g.viewer.id:
            raise NotFound
        return copy_of(queries.opened(db.session, g.viewer, goal), g.viewer.today)
    empty = GoalDraft(title="", schedule=ScheduleDraft(Frequency.DAILY))
    return goal_templates.named(args.get("template", "")) or empty


def copy_of(terms: queries.Terms, today: date) -> GoalDraft:
    """A goal like this one that begins anew, on the next date of its own."""
    return terms.draft(_again(terms.schedule, today))


def goal_of(found: QuickAdd) -> GoalDraft:
    """The goal that a line comes to."""
    return GoalDraft(
        title=found.title,
        schedule=found.schedule,
        direction=found.direction,
        target=found.target,
        unit=found.unit,
    )


def understood(found: QuickAdd, today: date) -> str:
    """What a line was understood to say: "Weekdays · from Monday 16 March · at least 20 pages"."""
    schedule = schedule_from(found.schedule, today=today)
    said = [schedule_words(schedule)]
    if schedule.frequency is not Frequency.ONE_TIME:
        if schedule.start != today:
            said.append(_("from %(day)s", day=day(schedule.start, "EEEE d MMMM")))
        if schedule.until is not None:
            said.append(_("until %(day)s", day=day(schedule.until, "EEEE d MMMM y")))
    if found.direction is not None and found.target is not None:
        said.append(target_words(found.direction, found.target, found.unit))
    return " · ".join(said)


def _again(schedule: Schedule, today: date) -> ScheduleDraft:
    until = schedule.until if schedule.until and schedule.until >= today else None
    ahead = due_dates(replace(schedule, until=until), today, shifted(today, LOOKED_AT))
    pattern = pattern_of(schedule)
    if pattern == MonthDays():
        pattern = MonthDays(1, (schedule.start.day,))  # the next date may be that of a shorter month
    start = ahead[0] if ahead and schedule.frequency is not Frequency.ONE_TIME else today
    draft = draft_of(pattern, start, until, week_start=schedule.week_start)
    try:
        schedule_from(draft, today=today)
    except Invalid:  # a rule whose last date has passed
        return ScheduleDraft(Frequency.DAILY, start=today)
    return draft
