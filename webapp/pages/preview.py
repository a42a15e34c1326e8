"""What the editor says will happen: the next dates, in words, or why there are none yet, and what saving will do."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.schedules import Frequency, Schedule, due_dates, schedule_from
from webapp.extensions import db
from webapp.pages.editor_review import UnderReview, decision_words, waits
from webapp.pages.forms.goals import GoalForm
from webapp.queries.goals import Terms
from webapp.queries.plans import consequences
from webapp.web.formats import day, problem_text
from webapp.web.words import schedule_words

SHOWN = 6
LOOKED_AT = 800


@dataclass(frozen=True)
class Preview:
    """`dates` are (date in words, how far away); `words` name the schedule; `problem` stands instead of both.

    `saving` says in sentences what saving will do to a goal that is there already.
    """

    words: str = ""
    dates: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    saving: tuple[str, ...] = ()


def of(form: GoalForm, goal: Terms | None = None, under: UnderReview | None = None) -> Preview:
    """The next due dates of the schedule in the form, none of them saved; `goal` is the one that is edited, and `under`
    where its reviews stand."""
    today = form.viewer.today
    try:
        if problems := form.schedule_problems():
            raise Invalid(problems)
        schedule = schedule_from(form.schedule_draft(), today=today, stored=form.stored)
    except Invalid as invalid:
        return Preview(problem=_problem(form, invalid.problems[0]))
    words, saving = schedule_words(schedule), _saving(form, goal, schedule, under) if goal else ()
    if schedule.frequency is Frequency.QUOTA:
        return Preview(words, problem=_("On any day you like."), saving=saving)
    found = due_dates(schedule, max(today, schedule.start), shifted(max(today, schedule.start), LOOKED_AT))[:SHOWN]
    if not found:
        return Preview(words, problem=_("No dates from today on: the target date has passed."), saving=saving)
    dates = tuple((day(one, "EEE d MMMM y"), _distance(one, today)) for one in found)
    return Preview(words, dates, saving=saving)


def _saving(form: GoalForm, goal: Terms, schedule: Schedule, under: UnderReview | None) -> tuple[str, ...]:
    """What saving will do, in sentences."""
    decision = (decision_words(under, form, schedule),) if under else ()
    if waits(under, form, schedule):
        return (*decision, _("Until then no date changes."))
    return (*decision, *_dates(form, goal, schedule))


def _dates(form: GoalForm, goal: Terms, schedule: Schedule) -> tuple[str, ...]:
    """What saving will do to due dates and to how days are judged."""
    will = consequences(db.session, form.viewer, goal.id, schedule)
    said = []
    if will.removes and will.adds:
        said.append(
            ngettext(
                "Saving removes %(num)d future date and adds %(added)s.",
                "Saving removes %(num)d future dates and adds %(added)s.",
                will.removes,
                added=will.adds,
            )
        )
    elif will.removes:
        said.append(
            ngettext("Saving removes %(num)d future date.", "Saving removes %(num)d future dates.", will.removes)
        )
    elif will.adds:
        said.append(ngettext("Saving adds %(num)d future date.", "Saving adds %(num)d future dates.", will.adds))
    else:
        said.append(_("Saving changes no dates."))
    if will.keeps:
        said.append(
            ngettext(
                "%(num)d date with an answer or a note stays.",
                "%(num)d dates with an answer or a note stay.",
                will.keeps,
            )
        )
    if will.rescheduled:
        said.append(_("Past days keep the schedule they had."))
    if _asks_otherwise(form, goal):
        said.append(_("Days from today on are judged by the new amount; past days keep the one they had."))
    if not form.skip_budget.process_errors and form.skip_budget.data != goal.skip_budget:
        said.append(_("Skips from today on are forgiven as you say now; past days keep what held then."))
    return tuple(said)


def _asks_otherwise(form: GoalForm, goal: Terms) -> bool:
    """Whether another amount is typed than the goal has; half a number is none yet."""
    if not form.measured.data:
        return goal.direction is not None
    asked = (form.aim(), form.target.data, (form.unit.data or "").strip())
    return form.target.data is not None and asked != (goal.direction, goal.target, goal.unit)


def _problem(form: GoalForm, problem: Problem) -> str:
    """Why there are no dates yet; what stands at a field is named with it."""
    if problem.code == "required":
        return (
            _("Choose the days to see the dates.") if problem.field == "days" else _("Say how often to see the dates.")
        )
    text = problem_text(problem.code, problem.params)
    if problem.code in ("out_of_range", "unknown_choice") and problem.field in form:
        return _("%(field)s: %(problem)s", field=form[problem.field].label.text, problem=text)
    return text


def _distance(one: date, today: date) -> str:
    ahead = (one - today).days
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    return ngettext("in %(num)d day", "in %(num)d days", ahead)
