"""Habitica's userdata.json: dailies, habits and to-dos with their histories."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from webapp.domain.imports.brought import (
    NAME_LENGTH,
    TEXT_LENGTH,
    Brought,
    BroughtEntry,
    BroughtGoal,
    GoalKind,
    one_line,
    several_lines,
)
from webapp.domain.imports.cells import AHEAD, Unusable, identity, shown
from webapp.domain.imports.documents import elements, members, text
from webapp.domain.imports.habitica_days import clock_of, done_days, scored_days
from webapp.domain.imports.habitica_schedules import schedule_of
from webapp.domain.imports.report import Days, Report
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import LARGEST_VALUE, DayState

DAILIES = "tasks.dailys"
HABITS = "tasks.habits"
TODOS = "tasks.todos"
# An account keeps every one it ever had.
DONE_TODOS = 100


def is_habitica(document: object) -> bool:
    """Whether this is an account of Habitica with its tasks."""
    tasks = members(document).get("tasks")
    return isinstance(tasks, dict) and any(name in tasks for name in ("dailys", "habits", "todos"))


def read_habitica(document: object, today: date, most_rows: int) -> Brought:
    """What the account brings; raises Invalid when there are more rows of history than `most_rows`.

    Days follow the account's own offset and the hour its days begin (UTC where it does not say), since a moment near
    midnight is a fact of the day the person was living. Dailies are done on the days they were ticked; the rows
    Habitica writes at night for the others are counted and left out, and old rows say "done" only by a value that
    rose. Habits are amounts without a target, one for "+" and one for "−" where both were counted. A to-do that is
    done is due on the day it was done, any other on its due date. Rewards, checklists and done to-dos beyond the newest
    DONE_TODOS are counted and left out.
    """
    account = _Account(members(document), today, most_rows)
    return account.brought()


class _Account:
    """One account being read."""

    def __init__(self, user: Mapping[str, Any], today: date, most_rows: int) -> None:
        self.today = today
        self.report = Report(most_rows)
        self.clock = clock_of(members(user.get("preferences")), today + AHEAD)
        self.tasks = members(user.get("tasks"))
        self.goals: list[BroughtGoal] = []
        tags = map(members, elements(user.get("tags")))
        self._tag_names = {text(tag.get("id")): text(tag.get("name")) for tag in tags}
        self._twins: Counter[str] = Counter()

    def brought(self) -> Brought:
        for name, read in (("dailys", self._daily), ("habits", self._habit)):
            for row, task in self._listed(name):
                self.report.row()
                read(row, task)
        waiting = [(row, task) for row, task in self._listed("todos") if task.get("completed") is not True]
        done = [(row, task) for row, task in self._listed("todos") if task.get("completed") is True]
        done.sort(key=lambda todo: text(todo[1].get("dateCompleted")), reverse=True)
        for row, task in waiting + done[:DONE_TODOS]:
            self.report.row()
            self._todo(row, task)
        listed = [task for name in self.tasks for _, task in self._listed(name)]
        self.report.left_out(
            "tasks",
            [
                ("todos", len(done[DONE_TODOS:])),
                ("rewards", len(elements(self.tasks.get("rewards")))),
                ("checklist", sum(len(elements(task.get("checklist"))) for task in listed)),
                ("reminders", sum(len(elements(task.get("reminders"))) for task in listed)),
            ],
        )
        return Brought("habitica", tuple(self.goals), tuple(self.report.problems))

    def _listed(self, name: str) -> list[tuple[int, Mapping[str, Any]]]:
        return list(enumerate(map(members, elements(self.tasks.get(name))), start=1))

    def _daily(self, row: int, task: Mapping[str, Any]) -> None:
        history = f"{DAILIES}/{row}/history"
        source_uid = self._uid(task)
        done = done_days(task.get("history"), history, self.clock, self.report)
        self._say_unclear(history, done.unclear)
        days = Days(self.report, history, source_uid)
        for day, at in done.rows.items():
            days.add(at, day, DayState.DONE, None, "")
        start = self._day(DAILIES, row, task.get("startDate"))
        try:
            schedule = schedule_of(task, start, min(done.rows, default=None), self.today)
        except Unusable as unusable:
            self.report.unusable(DAILIES, row, unusable)
            schedule = ScheduleDraft(Frequency.DAILY, start=min(done.rows, default=None))
        self._add(DAILIES, row, task, source_uid, days.entries, schedule=schedule, dropped=done.dropped)

    def _habit(self, row: int, task: Mapping[str, Any]) -> None:
        history = f"{HABITS}/{row}/history"
        source_uid = self._uid(task)
        scored = scored_days(task.get("history"), history, self.clock, self.report)
        self._say_unclear(history, scored.unclear)
        sides = [("", "+", scored.up), (":down", "−", scored.down)]
        if not scored.down:
            sides = sides[:1] if task.get("up") is not False or scored.up else sides[1:]
        elif not scored.up:
            sides = sides[1:]
        for suffix, sign, counts in sides:
            uid = identity("habitica", source_uid + suffix) if suffix else source_uid
            days = Days(self.report, history, uid)
            for day, count in counts.items():
                days.add(scored.rows[day], day, None, min(count, LARGEST_VALUE - 1), "")
            named = f" ({sign})" if len(sides) > 1 else ""
            self._add(HABITS, row, task, uid, days.entries, kind=GoalKind.AMOUNT, named=named)

    def _todo(self, row: int, task: Mapping[str, Any]) -> None:
        source_uid = self._uid(task)
        due = self._day(TODOS, row, task.get("date"))
        days = Days(self.report, TODOS, source_uid)
        if task.get("completed") is True:
            try:
                due = self.clock.lived(task.get("dateCompleted"))
                days.add(row, due, DayState.DONE, None, "")
            except Unusable:
                self.report.say(TODOS, row, "unknown_day_done", value=shown(text(task.get("dateCompleted"))))
        made = self._day(TODOS, row, task.get("createdAt"))
        start = min(made or due, due) if due is not None else None
        schedule = ScheduleDraft(Frequency.ONE_TIME, start=start, until=due)
        self._add(TODOS, row, task, source_uid, days.entries, schedule=schedule)

    def _add(
        self,
        file: str,
        row: int,
        task: Mapping[str, Any],
        source_uid: str,
        entries: tuple[BroughtEntry, ...],
        *,
        kind: GoalKind = GoalKind.YES_NO,
        schedule: ScheduleDraft | None = None,
        dropped: int = 0,
        named: str = "",
    ) -> None:
        self.report.goal()
        name = one_line(text(task.get("text")))
        if not name:
            self.report.say(file, row, "untitled")
        tags = (self._tag_names.get(text(tag), "") for tag in elements(task.get("tags")))
        self.goals.append(
            BroughtGoal(
                name=self.report.cut(file, row, "name", name, NAME_LENGTH - len(named)) + named if name else "",
                question="",
                description=self.report.cut(
                    file, row, "description", several_lines(text(task.get("notes"))), TEXT_LENGTH
                ),
                kind=kind,
                times=1,
                days=1,
                colour="",
                unit="",
                direction=None,
                target=None,
                archived=False,
                position=len(self.goals) + 1,
                source_uid=source_uid,
                entries=entries,
                dropped=dropped,
                tags=self.report.tags(file, row, tags),
                schedule=schedule,
            )
        )

    def _uid(self, task: Mapping[str, Any]) -> str:
        """By the task's own id, else by what it is called; an ordinal for twins."""
        number = one_line(text(task.get("_id")) or text(task.get("id")))
        number = number or f"{one_line(text(task.get('type')))} {one_line(text(task.get('text')))}"
        self._twins[number] += 1
        return identity("habitica", number, str(self._twins[number]))

    def _day(self, file: str, row: int, value: object) -> date | None:
        if value is None or value == "":
            return None
        try:
            return self.clock.calendar(value)
        except Unusable as unusable:
            self.report.unusable(file, row, unusable)
            return None

    def _say_unclear(self, history: str, rows: int) -> None:
        if rows:
            self.report.say(history, 0, "unclear_history", count=rows)
