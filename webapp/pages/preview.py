"""What the editor says will happen: the next dates, in words, or why there are none yet."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.days import shifted
from webapp.domain.errors import Invalid, Problem
from webapp.domain.schedules import Frequency, due_dates, schedule_from
from webapp.pages.forms.goals import GoalForm
from webapp.web.formats import day, problem_text
from webapp.web.words import schedule_words

SHOWN = 6
LOOKED_AT = 800


@dataclass(frozen=True)
class Preview:
    """`dates` are (date in words, how far away); `words` name the schedule; `problem` stands instead of both."""

    words: str = ""
    dates: tuple[tuple[str, str], ...] = ()
    problem: str = ""


def of(form: GoalForm) -> Preview:
    """The next due dates of the schedule in the form, none of them saved."""
    today = form.viewer.today
    try:
        schedule = schedule_from(form.schedule_draft(), today=today, stored=form.stored)
    except Invalid as invalid:
        first = invalid.problems[0]
        return Preview(problem=_("Choose the days to see the dates.") if first.field == "days" else _problem(first))
    if schedule.frequency is Frequency.QUOTA:
        return Preview(words=schedule_words(schedule), problem=_("On any day you like."))
    found = due_dates(schedule, max(today, schedule.start), shifted(max(today, schedule.start), LOOKED_AT))[:SHOWN]
    if not found:
        return Preview(words=schedule_words(schedule), problem=_("No dates from today on: the target date has passed."))
    return Preview(schedule_words(schedule), tuple((day(one, "EEE d MMMM y"), _distance(one, today)) for one in found))


def _problem(problem: Problem) -> str:
    return problem_text(problem.code, problem.params)


def _distance(one: date, today: date) -> str:
    ahead = (one - today).days
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    return ngettext("in %(num)d day", "in %(num)d days", ahead)
