"""Imports in the viewer's language: what is wrong with a file or a row of it, and how often a habit was meant."""

from collections.abc import Mapping

from flask_babel import gettext as _

from webapp.domain.errors import Problem
from webapp.domain.imports.brought import BroughtGoal, GoalKind, RowProblem
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Direction
from webapp.web.formats import amount, problem_text
from webapp.web.words import frequency_name, quota_words, target_words

MEGABYTE = 1_000_000


def file_problem(problem: Problem) -> str:
    """Why the file as a whole cannot be used, and what to do about it."""
    params = problem.params
    most = int(str(params.get("most", 0)))
    file = params.get("file", "")
    texts = {
        "too_large": _("This file is too large: at most %(most)s MB can be imported.", most=amount(most // MEGABYTE)),
        "too_many_rows": _(
            "There are more than %(most)s rows in this file. Export fewer habits at a time.", most=amount(most)
        ),
        "not_a_zip": _("This is not a zip file. Choose the file that Loop made by “Export as CSV”, as it is."),
        "truncated": _("This zip file is incomplete. Copy it here again, or export it anew."),
        "damaged": _("This zip file is damaged (%(file)s). Export it anew.", file=file),
        "encrypted": _("This zip file is locked with a password. Choose one without."),
        "not_loop": _("There is no Habits.csv of Loop Habit Tracker in this file."),
        "several_exports": _("This file holds more than one export. Choose one at a time."),
        "too_many_goals": problem_text("too_many_goals", params),
    }
    suspicious = ("bad_path", "symlink", "suspicious_ratio", "duplicate_file", "too_many_files", "unknown_compression")
    if problem.code in texts:
        return texts[problem.code]
    if problem.code in suspicious:
        return _("This zip file is not one that Loop would make (%(code)s).", code=problem.code)
    return _("%(file)s in this zip file cannot be read (%(code)s, row %(row)s).", **_place(params), code=problem.code)


def row_problem(problem: RowProblem) -> str:
    """What is wrong with one row, and what stands in its place."""
    said = {"value": "", "used": "", "date": "", "field": "", "most": "", **problem.params}
    texts = {
        "bad_row": _("This row has the wrong number of cells; left out."),
        "bad_position": _("“%(value)s” is no position; its days are left out.", **said),
        "several_folders": _("Two folders claim this habit; its days are left out."),
        "no_checkmarks": _("There is no folder with days for this habit."),
        "no_habit": _("No habit belongs to this folder; left out."),
        "untitled": _("This habit has no name; it becomes “Untitled”."),
        "unknown_type": _("“%(value)s” is no type of habit we know; left out.", **said),
        "bad_frequency": _("“%(value)s” is no frequency; “%(used)s” is used.", **said),
        "no_target": _("The file says no target for the amounts; you can add one later."),
        "bad_direction": _("“%(value)s” is neither at least nor at most; the target is left out.", **said),
        "bad_target": _("“%(value)s” is no target; it is left out.", **said),
        "bad_colour": _("“%(value)s” is no colour; teal is used.", **said),
        "duplicate_date": _("%(date)s is there twice; the first one counts.", **said),
        "bad_value": _("“%(value)s” is no value; left out.", **said),
        "negative_amount": _("“%(value)s” is below nothing; left out.", **said),
        "amount_too_large": _("“%(value)s” is too large; left out.", **said),
        "bad_date": _("“%(value)s” is no date; left out.", **said),
        "date_out_of_range": _("“%(value)s” is not a date that can be tracked; left out.", **said),
        "shortened": _("The %(field)s was cut to %(most)s characters.", **said),
    }
    return texts.get(problem.code) or _("This row cannot be used (%(code)s).", code=problem.code)


def frequency_words(brought: BroughtGoal) -> str:
    """How often the habit is meant."""
    if (brought.times, brought.days) == (1, 1):
        return frequency_name(Frequency.DAILY)
    return quota_words(Quota(brought.times, QuotaPeriod.ROLLING, brought.days))


def aim_words(brought: BroughtGoal) -> str:
    """What counts as reached."""
    if brought.direction is not None and brought.target is not None:
        return target_words(Direction(brought.direction), brought.target, brought.unit)
    return _("any amount") if brought.kind is GoalKind.AMOUNT else _("done or not")


def _place(params: Mapping[str, object]) -> dict[str, object]:
    return {"file": params.get("file") or _("A file"), "row": params.get("row", 1)}
