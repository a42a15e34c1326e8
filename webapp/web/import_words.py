"""Imports in the viewer's language: what is wrong with a file or a row of it, and how often a habit was meant."""

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _

from webapp.domain.errors import Problem
from webapp.domain.imports.brought import BroughtGoal, GoalKind, RowProblem
from webapp.domain.quotas import Quota, QuotaPeriod
from webapp.domain.schedules import Frequency, schedule_from
from webapp.domain.tracking import Direction
from webapp.web.formats import amount, problem_text
from webapp.web.words import frequency_name, quota_words, schedule_words, target_words

MEGABYTE = 1_000_000


def file_problem(problem: Problem) -> str:
    """Why the file as a whole cannot be used, and what to do about it."""
    params = problem.params
    most = int(str(params.get("most", 0)))
    file = params.get("file", "")
    texts = {
        "too_large": _("This file is too large: at most %(most)s MB can be imported.", most=amount(most // MEGABYTE)),
        "too_many_rows": _(
            "There are more than %(most)s rows in this file. Export less at a time, and bring one file after another.",
            most=amount(most),
        ),
        "empty": _("This file is empty."),
        "no_rows": _("There is nothing in this file but its headings."),
        "unknown_format": _(
            "We do not know this kind of file. Bring it as the other app made it; below you see which ones we can read."
        ),
        "not_a_zip": _("This is not a zip file. Bring the file as the other app made it."),
        "truncated": _("This zip file is incomplete. Copy it here again, or export it anew."),
        "damaged": _("This zip file is damaged (%(file)s). Export it anew.", file=file),
        "encrypted": _("This zip file is locked with a password. Choose one without."),
        "not_loop": _("There is no Habits.csv of Loop Habit Tracker in this file."),
        "not_daylio": _("This is not a backup that Daylio made, or it is damaged. Make it anew, or bring a CSV."),
        "bad_json": _("This JSON file is damaged. Export it anew."),
        "too_deep": _("This JSON file is not one that an app we know would make."),
        "too_many_values": _("This JSON file is too large. Export less at a time."),
        "duplicate_key": _("This JSON file says one thing twice, so we cannot know which is meant."),
        "duplicate_heading": _("Two columns of this table have the same heading."),
        "unknown_version": _("This file was made by a newer Aimline. Bring it back there."),
        "unreadable_text": _("The text of this file is in an encoding that we do not know. Save it as UTF-8."),
        "nul_characters": _("This file holds characters that no text holds."),
        "own_duplicate": _(
            "Row %(row)s of “%(list)s” is there twice.", row=params.get("row", ""), list=params.get("list", "")
        ),
        "own_bad_field": _(
            "Row %(row)s of “%(list)s” says something in “%(field)s” that cannot be.",
            row=params.get("row", ""),
            list=params.get("list", ""),
            field=params.get("field", ""),
        ),
        "several_exports": _("This file holds more than one export. Choose one at a time."),
        "too_many_goals": problem_text("too_many_goals", params),
        "too_many_labels": problem_text("too_many_labels", params),
        "too_many_reasons": problem_text("too_many_reasons", params),
        "too_many_tags": problem_text("too_many_tags", params),
    }
    suspicious = ("bad_path", "symlink", "suspicious_ratio", "duplicate_file", "too_many_files", "unknown_compression")
    if problem.code in texts:
        return texts[problem.code]
    if problem.code in suspicious:
        return _("This zip file is not one that an app we know would make (%(code)s).", code=problem.code)
    return _("%(file)s cannot be read (%(code)s, row %(row)s).", **_place(params), code=problem.code)


def row_problem(problem: RowProblem) -> str:
    """What is wrong with one row, and what stands in its place."""
    said = {"value": "", "used": "", "date": "", "field": "", "most": "", "count": "", **problem.params}
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
        "no_mood": _("There is no mood in this row; left out."),
        "unknown_mood": _("The file does not explain its mood “%(value)s”.", **said),
        "bad_level": _("“%(value)s” is no level; it stays empty.", **said),
        "bad_time": _("“%(value)s” is no time of day; noon stands in its place.", **said)
        if said["used"]
        else _("“%(value)s” is no time of day; left out.", **said),
        "bad_energy": _("“%(value)s” is no energy from 1 to 5; it is left out.", **said),
        "unknown_zone": _("“%(value)s” is no time zone; yours is used.", **said),
        "unknown_reason": _("This mood names an activity that the file does not explain; it is left out."),
        "too_many_reasons": _("This mood has %(count)s reasons; the first %(most)s are kept.", **said),
        "duplicate_mood": _("This mood is there twice; it is brought once."),
        "too_many_tags": _("This goal has %(count)s tags; the first %(most)s are kept.", **said),
        "bad_state": _("“%(value)s” is no state of a day; left out.", **said),
        "unknown_status": _("“%(value)s” is no status that we know; the habit is brought as a live one.", **said),
        "deleted_there": _("“%(value)s” was deleted in the other app; left out.", **said),
        "unknown_day_done": _("When this was done, “%(value)s”, is no date; it is brought as not done.", **said),
        "unclear_history": _("%(count)s older rows do not say what was done; left out.", **said),
        "left_out": _("Has no place here and is left out: %(value)s.", **said),
    }
    return texts.get(problem.code) or _("This row cannot be used (%(code)s).", code=problem.code)


def frequency_words(brought: BroughtGoal, today: date) -> str:
    """How often the habit is meant; a schedule without a start begins today."""
    if brought.schedule is not None:
        return schedule_words(schedule_from(brought.schedule, today=today))
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
