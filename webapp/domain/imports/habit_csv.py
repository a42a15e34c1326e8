"""Days of habits in one table: HabitBull's export, tables much like it, and our own entries.csv."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from webapp.domain.imports.brought import (
    NAME_LENGTH,
    TEXT_LENGTH,
    UNIT_LENGTH,
    Brought,
    BroughtGoal,
    GoalKind,
    one_line,
    several_lines,
)
from webapp.domain.imports.cells import AHEAD, Unusable, amount_of, day_of, identity, shown
from webapp.domain.imports.report import Days, Report
from webapp.domain.imports.tables import Row, Table
from webapp.domain.spreadsheets import without_mark
from webapp.domain.tracking import DayState

FILE = "habits.csv"
NAMES = ("habitname", "habit", "goal", "name")
DATES = ("calendardate", "date")
DESCRIPTIONS = ("habitdescription", "description")
CATEGORIES = ("habitcategory", "category")
UNCATEGORIZED = "uncategorized"  # what HabitBull writes where there is no category
NOTES = ("commenttext", "comment", "note")
STATES = {
    "done": DayState.DONE,
    "completed": DayState.DONE,
    "not_done": DayState.NOT_DONE,
    "not done": DayState.NOT_DONE,
    "missed": DayState.NOT_DONE,
    "failed": DayState.NOT_DONE,
    "skipped": DayState.SKIPPED,
    "skip": DayState.SKIPPED,
    # They say that nothing was decided; the amount of a partial day speaks for itself.
    "open": None,
    "partial": None,
    "": None,
}


def is_habits(table: Table) -> bool:
    """Whether the table names a habit and a day, and says what came of it."""
    return _has_one(table, NAMES) and _has_one(table, DATES) and (table.has("value") or table.has("state"))


def read_habits(table: Table, today: date, most_rows: int) -> Brought:
    """What the table brings; raises Invalid when there are more rows than `most_rows`.

    Without a state, 1 is done and 0 is the state of every day that was not, kept only with a note. A habit with any
    other number or a unit is an amount; the table has no target for it. Texts of our own tables lose the mark that kept
    spreadsheets from running them.
    """
    report = Report(most_rows)
    own = table.has("goal", "state")
    habits: dict[str, _Habit] = {}
    for row in table.rows(FILE, report, most_rows):
        name = one_line(_text(row, NAMES, own))
        if name not in habits:
            report.goal()
            habits[name] = _Habit(name, row.number)
            if not name:
                report.say(FILE, row.number, "untitled")
        habits[name].take(row, own, report, today)
    goals = tuple(habit.goal(position, report) for position, habit in enumerate(habits.values(), start=1))
    return Brought("entries_csv" if own else "habit_csv", goals, tuple(report.problems))


@dataclass(frozen=True)
class _Day:
    row: int
    local_date: date
    state: DayState | None
    value: Decimal | None
    note: str


@dataclass
class _Habit:
    """One habit while its rows are read."""

    name: str
    row: int
    description: str = ""
    unit: str = ""
    tags: Counter[str] = field(default_factory=Counter)
    days: list[_Day] = field(default_factory=list)
    stated: bool = False

    def take(self, row: Row, own: bool, report: Report, today: date) -> None:
        """The row's day is the habit's; a row that says nothing we can use becomes a problem."""
        self.description = self.description or several_lines(_text(row, DESCRIPTIONS, own))
        self.unit = self.unit or one_line(_text(row, ("unit",), own))
        category = one_line(_text(row, CATEGORIES, own))
        if category.casefold() != UNCATEGORIZED:
            self.tags[category] += 1
        self.stated = self.stated or "state" in row.cells
        note = several_lines(_text(row, NOTES, own))
        try:
            local_date = day_of(row.cell(*DATES), today + AHEAD)
            state, value = _state(row), _value(row)
        except Unusable as unusable:
            report.unusable(FILE, row.number, unusable)
        else:
            self.days.append(_Day(row.number, local_date, state, value, note))

    def goal(self, position: int, report: Report) -> BroughtGoal:
        """What was found."""
        source_uid = identity("habit_csv", self.name)
        kind = GoalKind.AMOUNT if self._is_amount() else GoalKind.YES_NO
        if kind is GoalKind.AMOUNT:
            report.say(FILE, self.row, "no_target")
        days = Days(report, FILE, source_uid)
        for day in self.days:
            if kind is GoalKind.AMOUNT:
                days.add(day.row, day.local_date, day.state, day.value, day.note)
            else:
                days.add(day.row, day.local_date, day.state or _ticked(day), None, day.note)
        return BroughtGoal(
            name=report.cut(FILE, self.row, "name", self.name, NAME_LENGTH),
            question="",
            description=report.cut(FILE, self.row, "description", self.description, TEXT_LENGTH),
            kind=kind,
            times=1,
            days=1,
            colour="",
            unit=report.cut(FILE, self.row, "unit", self.unit, UNIT_LENGTH),
            direction=None,
            target=None,
            archived=False,
            position=position,
            source_uid=source_uid,
            entries=days.entries,
            dropped=0,
            tags=report.tags(FILE, self.row, self.tags),
        )

    def _is_amount(self) -> bool:
        values = [day.value for day in self.days if day.value is not None]
        if self.stated:
            return bool(values or self.unit)
        return bool(self.unit) or any(value not in (0, 1) for value in values)


def _text(row: Row, headings: tuple[str, ...], own: bool) -> str:
    return without_mark(row.cell(*headings)) if own else row.cell(*headings)


def _state(row: Row) -> DayState | None:
    word = one_line(row.cell("state")).casefold()
    if word not in STATES:
        raise Unusable("bad_state", value=shown(word))
    return STATES[word]


def _value(row: Row) -> Decimal | None:
    written = row.cell("value").strip()
    return amount_of(written) if written else None


def _ticked(day: _Day) -> DayState | None:
    if day.value == 1:
        return DayState.DONE
    return DayState.NOT_DONE if day.value == 0 and day.note else None


def _has_one(table: Table, headings: tuple[str, ...]) -> bool:
    return any(heading in table.headings for heading in headings)
