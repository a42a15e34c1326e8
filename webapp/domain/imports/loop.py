"""Loop Habit Tracker's CSV export in both formats: up to 2.3.0 (no type, bare checkmarks) and since.

One reader serves both: columns are found by their headings, values by name or by the old numbers. Each habit's folder
is found by its number, because Loop shortens the name in it; the root's Checkmarks.csv leaves names unquoted and is
not used.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from webapp.domain.imports.archive import Archive, open_archive, refusal
from webapp.domain.imports.brought import (
    MAX_ROWS,
    NAME_LENGTH,
    NOTE_LENGTH,
    TEXT_LENGTH,
    UNIT_LENGTH,
    Brought,
    BroughtEntry,
    BroughtGoal,
    GoalKind,
    RowProblem,
    one_line,
    several_lines,
)
from webapp.domain.imports.cells import AHEAD, Unusable, day_of, identity, is_count, plain, shown
from webapp.domain.imports.loop_cells import LARGEST, SKIP, UNKNOWN, YES_AUTO, checkmark, meaning, value_of

Row = tuple[int, list[str]]
Direction = Literal["at_least", "at_most"]

HABITS = "Habits.csv"
CHECKMARKS = "Checkmarks.csv"
SCORES = "Scores.csv"

# Rows beyond MAX_ROWS are only counted, empty ones too and only so far, so that the refusal can name a figure.
COUNTED_ROWS = 200_000
MAX_SCORES = 200_000
LONGEST_INTERVAL = 366

KINDS = {"YES_NO": GoalKind.YES_NO, "NUMERICAL": GoalKind.AMOUNT}
DIRECTIONS: Mapping[str, Direction] = {"AT_LEAST": "at_least", "AT_MOST": "at_most"}

REQUIRED_HEADINGS = {"position", "name", "times", "days"}
HEADINGS = {
    "frequencynumerator": "times",
    "numrepetitions": "times",
    "frequencydenominator": "days",
    "interval": "days",
    "color": "colour",
    "target type": "direction",
    "target value": "target",
    "archived?": "archived",
}


def read_loop(data: bytes, today: date) -> Brought:
    """What a Loop export brings, with every problem by row; raises Invalid when the file as a whole is unusable.

    Done is only what was ticked by hand: days Loop derived (YES_AUTO) are counted and left out. A "no" is the state of
    every day without a tick, so it is kept only where it carries a note. A note is never lost, whatever its value.
    Accepted dates run from 1970 to ten years after `today`.
    """
    export = _Export(open_archive(data), today)
    goals = tuple(goal for goal, _ in export.goals())
    return Brought("loop", goals, tuple(export.problems))


def read_scores(data: bytes, today: date) -> dict[str, dict[date, Decimal]]:
    """Loop's own strength figures (0–1, four decimals) by goal `source_uid` and day; unreadable rows are left out."""
    archive = open_archive(data)
    names = frozenset(archive.names)
    export = _Export(archive, today)
    scores: dict[str, dict[date, Decimal]] = {}
    counted = 0
    for goal, folder in export.goals():
        if folder is None or folder + SCORES not in names:
            continue
        days = scores.setdefault(goal.source_uid, {})
        for cells in archive.rows(folder + SCORES):
            counted += 1
            if counted > MAX_SCORES:
                raise refusal("too_many_rows", rows=counted, most=MAX_SCORES, or_more=True)
            if len(cells) == 2 and re.fullmatch(r"[01]\.[0-9]{1,8}", cells[1]):
                try:
                    days[day_of(cells[0], export.last_day)] = Decimal(cells[1])
                except Unusable:
                    continue
    return scores


@dataclass(frozen=True)
class _Habit:
    """One row of Habits.csv: its cells by our names for the headings."""

    row: int
    cells: Mapping[str, str]

    def cell(self, heading: str) -> str:
        return self.cells.get(heading, "").strip()


class _Export:
    """One export being read, and the problems found so far."""

    def __init__(self, archive: Archive, today: date) -> None:
        self.archive = archive
        self.last_day = today + AHEAD
        self.problems: list[RowProblem] = []
        self._habits_file = _habits_file(archive.names)
        self._folders = _folders(archive.names, self._habits_file.removesuffix(HABITS))
        self._twins: Counter[tuple[GoalKind, str]] = Counter()

    def goals(self) -> list[tuple[BroughtGoal, str | None]]:
        """Every usable habit in the order of Habits.csv, with its folder if it has one."""
        every_folder = [folder for folders in self._folders.values() for folder in folders]
        tables = _tables(self.archive, [self._habits_file, *(folder + CHECKMARKS for folder in every_folder)])
        found = []
        for habit in self._habits(tables[self._habits_file]):
            folder = self._folder_of(habit)
            rows = tables[folder + CHECKMARKS] if folder else []
            try:
                kind = _kind(habit, rows)
            except Unusable as unusable:
                self._report(habit, unusable)
                continue
            found.append((self._goal(habit, kind, folder, rows), folder))
        for folders in self._folders.values():
            self.problems += [RowProblem(folder + CHECKMARKS, 0, "no_habit") for folder in folders]
        return found

    def _habits(self, rows: list[Row]) -> Iterator[_Habit]:
        headings = [_heading(cell) for cell in rows[0][1]] if rows else []
        if not REQUIRED_HEADINGS.issubset(headings):
            raise refusal("not_loop")
        for row, cells in rows[1:]:
            if len(cells) == len(headings):
                yield _Habit(row, dict(zip(headings, cells, strict=True)))
            else:
                self.problems.append(RowProblem(self._habits_file, row, "bad_row", {"cells": len(cells)}))

    def _folder_of(self, habit: _Habit) -> str | None:
        """The habit's folder, which no other habit can then claim."""
        position = habit.cell("position")
        if not is_count(position):
            self._report(habit, Unusable("bad_position", value=shown(position)))
            return None
        folders = self._folders.pop(int(position), [])
        if len(folders) != 1:
            # None is usual: Loop lists all habits but writes folders only for those selected.
            self._report(habit, Unusable("several_folders" if folders else "no_checkmarks"))
            return None
        return folders[0]

    def _goal(self, habit: _Habit, kind: GoalKind, folder: str | None, rows: list[Row]) -> BroughtGoal:
        name = one_line(habit.cell("name"))
        if not name:
            self._report(habit, Unusable("untitled"))
        self._twins[kind, name] += 1
        source_uid = _source_uid(kind, name, self._twins[kind, name])
        times, days = self._frequency(habit)
        direction, target = self._aim(habit) if kind is GoalKind.AMOUNT else (None, None)
        entries, dropped = self._entries(f"{folder}{CHECKMARKS}", rows, kind, source_uid)
        position = habit.cell("position")
        return BroughtGoal(
            name=self._cut(habit, "name", name, NAME_LENGTH),
            question=self._cut(habit, "question", one_line(habit.cell("question")), NAME_LENGTH),
            description=self._cut(habit, "description", several_lines(habit.cell("description")), TEXT_LENGTH),
            kind=kind,
            times=times,
            days=days,
            colour=self._colour(habit),
            unit=self._cut(habit, "unit", one_line(habit.cell("unit")), UNIT_LENGTH),
            direction=direction,
            target=target,
            archived=habit.cell("archived").casefold() == "true",
            position=int(position) if is_count(position) else habit.row - 1,
            source_uid=source_uid,
            entries=entries,
            dropped=dropped,
        )

    def _frequency(self, habit: _Habit) -> tuple[int, int]:
        """Times and days, with 1 <= times <= days <= LONGEST_INTERVAL; a problem names what stands for any other."""
        times, days = habit.cell("times"), habit.cell("days")
        used = (1, 1)
        if is_count(times) and is_count(days) and 1 <= int(times) <= int(days):
            used = (min(int(times), LONGEST_INTERVAL), min(int(days), LONGEST_INTERVAL))
            if int(days) <= LONGEST_INTERVAL:
                # "7 times in 7 days" is every day, as it is for Loop.
                return (1, 1) if used[0] == used[1] else used
        self._report(habit, Unusable("bad_frequency", value=shown(f"{times}/{days}"), used=f"{used[0]}/{used[1]}"))
        return used

    def _aim(self, habit: _Habit) -> tuple[Direction | None, Decimal | None]:
        """Direction and target of an amount; both None, with a problem, where the export has no usable pair."""
        wanted, target = habit.cell("direction"), habit.cell("target")
        if "target" not in habit.cells:
            self._report(habit, Unusable("no_target"))
        elif wanted not in DIRECTIONS:
            self._report(habit, Unusable("bad_direction", value=shown(wanted)))
        elif not re.fullmatch(r"[0-9]{1,40}(\.[0-9]{1,40})?(E-?[0-9]{1,2})?", target) or Decimal(target) > LARGEST:
            self._report(habit, Unusable("bad_target", value=shown(target)))
        else:
            return DIRECTIONS[wanted], plain(Decimal(target))
        return None, None

    def _colour(self, habit: _Habit) -> str:
        colour = habit.cell("colour")
        if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
            return colour.upper()
        if colour:
            self._report(habit, Unusable("bad_colour", value=shown(colour)))
        return ""

    def _entries(
        self, file: str, rows: list[Row], kind: GoalKind, source_uid: str
    ) -> tuple[tuple[BroughtEntry, ...], int]:
        """The days of one habit, oldest first, and how many derived days were left out."""
        found: dict[date, BroughtEntry | None] = {}
        dropped = 0
        for row, cells in rows:
            try:
                local_date, value, note = checkmark(cells, self.last_day)
                if local_date in found:
                    raise Unusable("duplicate_date", date=local_date.isoformat())
                state, amount = meaning(kind, value, note)
            except Unusable as unusable:
                self.problems.append(RowProblem(file, row, unusable.code, unusable.params))
                continue
            dropped += kind is GoalKind.YES_NO and value == YES_AUTO
            if len(note) > NOTE_LENGTH:
                self.problems.append(RowProblem(file, row, "shortened", {"field": "note", "most": NOTE_LENGTH}))
                note = note[:NOTE_LENGTH]
            brings = state is not None or amount is not None or note
            uid = f"{source_uid}:{local_date.isoformat()}"
            found[local_date] = BroughtEntry(local_date, state, amount, note, row, uid) if brings else None
        return tuple(entry for _, entry in sorted(found.items()) if entry is not None), dropped

    def _cut(self, habit: _Habit, field: str, text: str, most: int) -> str:
        if len(text) <= most:
            return text
        self._report(habit, Unusable("shortened", field=field, most=most))
        return text[:most].rstrip()

    def _report(self, habit: _Habit, unusable: Unusable) -> None:
        self.problems.append(RowProblem(self._habits_file, habit.row, unusable.code, unusable.params))


def _habits_file(names: Iterable[str]) -> str:
    """Where Habits.csv lies: at the root, or in the one folder somebody packed the export into."""
    found = [name for name in names if name.removesuffix(HABITS).count("/") <= 1 and name.split("/")[-1] == HABITS]
    if HABITS in found:
        return HABITS
    if len(found) != 1:
        raise refusal("several_exports" if found else "not_loop")
    return found[0]


def _folders(names: Iterable[str], base: str) -> dict[int, list[str]]:
    """The habit folders by number, each path ending in "/"; two folders with one number are both kept."""
    folders: dict[int, list[str]] = {}
    for name in names:
        inside = name.removeprefix(base).removesuffix(CHECKMARKS)
        number = re.fullmatch(r"([0-9]{3,6})( [^/]*)?/", inside)
        if number and name == base + inside + CHECKMARKS:
            folders.setdefault(int(number[1]), []).append(base + inside)
    return folders


def _tables(archive: Archive, names: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of all files with their numbers, empty ones and "Date" headings left out.

    Raises Invalid when they are more than MAX_ROWS in total.
    """
    tables: dict[str, list[Row]] = {}
    looked_at = counted = 0
    for name in names:
        rows = tables.setdefault(name, [])
        for row, cells in enumerate(archive.rows(name), start=1):
            looked_at += 1
            if looked_at >= COUNTED_ROWS:
                raise refusal("too_many_rows", rows=looked_at, most=MAX_ROWS, or_more=True)
            heading = _heading(cells[0]) if cells and row == 1 else ""
            if not cells or heading == "date":
                continue
            # The headings of Habits.csv are wanted, but bring nothing to count.
            counted += heading != "position"
            if counted <= MAX_ROWS:
                rows.append((row, cells))
    if counted > MAX_ROWS:
        raise refusal("too_many_rows", rows=counted, most=MAX_ROWS, or_more=False)
    return tables


def _kind(habit: _Habit, rows: list[Row]) -> GoalKind:
    """Yes/no or amount; the old format does not say, but only amounts reach beyond SKIP."""
    if "type" not in habit.cells:
        values = (_old_value(cells) for _, cells in rows)
        return GoalKind.AMOUNT if any(value > SKIP for value in values) else GoalKind.YES_NO
    if habit.cell("type") not in KINDS:
        raise Unusable("unknown_type", value=shown(habit.cell("type")))
    return KINDS[habit.cell("type")]


def _old_value(cells: list[str]) -> int:
    try:
        return value_of(cells[1]) if len(cells) > 1 else UNKNOWN
    except Unusable:
        return UNKNOWN


def _source_uid(kind: GoalKind, name: str, ordinal: int) -> str:
    """The same for a habit in every export: Loop writes no id, so its kind and name, and an ordinal for twins.

    Neither position nor format is part of it: reordering habits or updating Loop brings nothing twice.
    """
    return identity("loop", kind, name, str(ordinal))


def _heading(cell: str) -> str:
    heading = one_line(cell).casefold()
    return HEADINGS.get(heading, heading)
