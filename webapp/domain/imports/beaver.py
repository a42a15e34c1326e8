"""Beaver Habits' JSON export: habits with a period and their records by day."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.domain.imports.brought import (
    NAME_LENGTH,
    Brought,
    BroughtEntry,
    BroughtGoal,
    GoalKind,
    one_line,
    several_lines,
)
from webapp.domain.imports.cells import AHEAD, Unusable, day_of, identity, shown
from webapp.domain.imports.documents import elements, members, text, whole
from webapp.domain.imports.report import Days, Report
from webapp.domain.quotas import PERIOD_DAYS, QuotaPeriod, quota_problems
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import DayState

HABITS = "habits"
SKIP = "#skip"
STATUSES = {"", "active", "archive", "soft_delete"}
CALENDAR_PERIODS = {"W": QuotaPeriod.WEEK, "M": QuotaPeriod.MONTH}
ROLLING_DAYS = {"D": 1, "W": 7, "M": 30, "Y": 365}


def is_beaver(document: object) -> bool:
    """Whether this is a list of habits as Beaver Habits keeps it."""
    return isinstance(members(document).get("habits"), list)


def read_beaver(document: object, today: date, most_rows: int) -> Brought:
    """What the document brings; raises Invalid when there are more records than `most_rows`.

    A habit deleted there is left out and named. "#skip" in a record's text makes the day skipped, even if it is ticked,
    as it does for Beaver; a record that is not ticked is a "not done" somebody meant.
    """
    report = Report(most_rows)
    twins: Counter[str] = Counter()
    goals = []
    for row, habit in enumerate(map(members, elements(members(document).get("habits"))), start=1):
        report.row()
        status = text(habit.get("status"))
        if status == "soft_delete":
            report.say(HABITS, row, "deleted_there", value=shown(text(habit.get("name"))))
            continue
        if status not in STATUSES:
            report.say(HABITS, row, "unknown_status", value=shown(status))
        report.goal()
        goals.append(_goal(habit, row, status, twins, report, today))
    return Brought("beaver", tuple(goals), tuple(report.problems))


def _goal(
    habit: Mapping[str, Any], row: int, status: str, twins: Counter[str], report: Report, today: date
) -> BroughtGoal:
    name = one_line(text(habit.get("name")))
    if not name:
        report.say(HABITS, row, "untitled")
    number = one_line(text(habit.get("id"))) or name
    twins[number] += 1
    source_uid = identity("beaver", number, str(twins[number]))
    schedule = _schedule(habit.get("period"), row, report)
    quota = schedule.frequency is Frequency.QUOTA
    return BroughtGoal(
        name=report.cut(HABITS, row, "name", name, NAME_LENGTH),
        question="",
        description="",
        kind=GoalKind.YES_NO,
        times=schedule.times or 1,
        days=(schedule.length or PERIOD_DAYS[schedule.period or QuotaPeriod.WEEK]) if quota else 1,
        colour="",
        unit="",
        direction=None,
        target=None,
        archived=status == "archive",
        position=row,
        source_uid=source_uid,
        entries=_entries(elements(habit.get("records")), f"{HABITS}/{row}/records", source_uid, report, today),
        dropped=0,
        tags=report.tags(HABITS, row, map(text, elements(habit.get("tags")))),
        schedule=schedule,
    )


def _schedule(period: object, row: int, report: Report) -> ScheduleDraft:
    """So many times per calendar week or month, else in so many days back; a month then has 30 and a year 365 days.

    Every day without a period, and with a problem for one that nobody could meet.
    """
    if not period:
        return ScheduleDraft(Frequency.DAILY)
    said = members(period)
    kind, count, times = text(said.get("period_type")), whole(said.get("period_count")), whole(said.get("target_count"))
    if (kind, count, times) == ("D", 1, 1):
        return ScheduleDraft(Frequency.DAILY)
    if kind in ROLLING_DAYS and count is not None:
        calendar = CALENDAR_PERIODS.get(kind) if count == 1 else None
        length = None if calendar else count * ROLLING_DAYS[kind]
        if not quota_problems(times, calendar or QuotaPeriod.ROLLING, length):
            return ScheduleDraft(Frequency.QUOTA, times=times, period=calendar or QuotaPeriod.ROLLING, length=length)
    report.say(HABITS, row, "bad_frequency", value=shown(f"{times}/{count}{kind}"), used="1/1")
    return ScheduleDraft(Frequency.DAILY)


def _entries(records: list[Any], file: str, source_uid: str, report: Report, today: date) -> tuple[BroughtEntry, ...]:
    days = Days(report, file, source_uid)
    for row, record in enumerate(map(members, records), start=1):
        report.row()
        try:
            local_date = day_of(text(record.get("day")), today + AHEAD)
        except Unusable as unusable:
            report.unusable(file, row, unusable)
            continue
        note = several_lines(text(record.get("text")))
        days.add(row, local_date, _state(record.get("done"), note, file, row, report), None, _without_skip(note))
    return days.entries


def _state(done: object, note: str, file: str, row: int, report: Report) -> DayState | None:
    if SKIP in note.casefold():
        return DayState.SKIPPED
    if isinstance(done, bool) or done is None:
        return DayState.DONE if done else DayState.NOT_DONE
    report.say(file, row, "bad_value", value=shown(text(done)))
    return None


def _without_skip(note: str) -> str:
    """A note that only says "#skip" says nothing more than the day's state."""
    return "" if note.casefold() == SKIP else note
