"""Tables of objectives as people paste them from a spreadsheet: one row a key result, read with every problem at its
row and column.

The columns stand in any order and are known by their headings. A row whose objective is empty, or named before, adds a
key result to that objective. What a parent is called means one of the table's own objectives first.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from webapp.domain.errors import Problem
from webapp.domain.goals import tag_names
from webapp.domain.objective_drafts import MOST_AT_ONCE, KeyResultDraft, ObjectiveDraft
from webapp.domain.objectives import Operator
from webapp.domain.pasted import Trouble, amount_in, columns_of, day_in, rows_of
from webapp.domain.spreadsheets import BYTE_ORDER_MARK

MOST_BYTES = 1_000_000
MOST_ROWS = 10_000


class Column(StrEnum):
    """A column by the word under which our own tables head it."""

    OBJECTIVE = "Objective"
    DESCRIPTION = "Description"
    OWNER = "Owner"
    TEAM = "Team"
    PARENT = "Parent"
    START = "Start"
    END = "End"
    TAGS = "Tags"
    KEY_RESULT = "Key result"
    KIND = "Kind"
    FROM = "From"
    TO = "To"
    UNIT = "Unit"
    WEIGHT = "Weight"
    KEY_RESULT_OWNER = "Key result owner"
    DUE = "Due"


HEADINGS: Mapping[Column, str] = {
    Column.OBJECTIVE: "objective objectives goal name title",
    Column.DESCRIPTION: "description details why notes",
    Column.OWNER: "owner owner_e_mail owner_email objective_owner responsible",
    Column.TEAM: "team group department",
    Column.PARENT: "parent parent_objective serves aligned_to supports",
    Column.START: "start starts start_date begin begins",
    Column.END: "end ends end_date target_date",
    Column.TAGS: "tags tag labels label",
    Column.KEY_RESULT: "key_result key_results kr metric measure",
    Column.KIND: "kind type operator direction",
    Column.FROM: "from baseline initial initial_value start_value",
    Column.TO: "to target target_value goal_value",
    Column.UNIT: "unit units",
    Column.WEIGHT: "weight",
    Column.KEY_RESULT_OWNER: "key_result_owner key_result_owner_e_mail kr_owner metric_owner",
    Column.DUE: "due due_date deadline",
}
"""What each column may be called, in lower case with anything but letters as one underscore."""
IGNORED = frozenset(["", "now", "progress", "confidence", "actual", "current", "current_value"])
"""What our own tables say beside it, which nobody can set."""
KINDS: Mapping[Operator, str] = {
    Operator.AT_LEAST: "at_least increase decrease reduce raise reach more >= ≥ minimum min",
    Operator.AT_MOST: "at_most keep_below stay_below less <= ≤ maximum max",
    Operator.EXACTLY: "exactly equal equals =",
}
OF_OBJECTIVES = (
    Column.DESCRIPTION,
    Column.OWNER,
    Column.TEAM,
    Column.PARENT,
    Column.START,
    Column.END,
    Column.TAGS,
)
OF_KEY_RESULTS = (Column.KIND, Column.FROM, Column.TO, Column.UNIT, Column.WEIGHT, Column.KEY_RESULT_OWNER, Column.DUE)
PLACES = {
    "name": Column.OBJECTIVE,
    "description": Column.DESCRIPTION,
    "owner": Column.OWNER,
    "team": Column.TEAM,
    "parent": Column.PARENT,
    "starts": Column.START,
    "ends": Column.END,
    "tags": Column.TAGS,
}
KEY_RESULT_PLACES = {
    "name": Column.KEY_RESULT,
    "operator": Column.KIND,
    "baseline": Column.FROM,
    "target": Column.TO,
    "unit": Column.UNIT,
    "weight": Column.WEIGHT,
    "owner": Column.KEY_RESULT_OWNER,
    "due": Column.DUE,
}


@dataclass(frozen=True)
class Line:
    """One objective of the table: its draft without owner, team and parent, which are texts here, and the rows that
    made it, the first its own and one for each key result."""

    row: int
    draft: ObjectiveDraft
    owner: str = ""
    team: str = ""
    parent: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pasted:
    """What a table says: objectives in their order, the columns nobody knows, and everything wrong with it."""

    lines: tuple[Line, ...] = ()
    unknown: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def above(self) -> list[int | None]:
        """For each objective the place in the table of the one it serves; None for one that is not in the table."""
        places = {key(line.draft.name): place for place, line in reversed(list(enumerate(self.lines)))}
        return [places.get(key(line.parent)) if line.parent else None for line in self.lines]

    def trouble(self, problem: Problem) -> Trouble:
        """Where a problem of the drafts stands in the table: "2.key_results.0.target" in the row of that key result."""
        parts = problem.field.split(".")
        if not parts[0].isdigit() or int(parts[0]) >= len(self.lines):
            return Trouble(1, "", problem)
        line, rest = self.lines[int(parts[0])], parts[1:]
        if rest[:1] == ["key_results"] and len(rest) == 3 and int(rest[1]) < len(line.rows):
            return Trouble(line.rows[int(rest[1])], KEY_RESULT_PLACES.get(rest[2], Column.KEY_RESULT), problem)
        return Trouble(line.row, PLACES.get(rest[0], Column.OBJECTIVE) if rest else "", problem)


def key(name: str) -> str:
    """Names that differ in case and blanks only mean the same."""
    return " ".join(name.split()).casefold()


def read(text: str) -> Pasted:
    """What the table says; a table that cannot be read at all has its problem at row 1."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return _amiss(Problem("", "table_too_large", {"most": MOST_BYTES // 1_000_000}))
    try:
        rows = list(rows_of(text.replace("\x00", "\ufffd").removeprefix(BYTE_ORDER_MARK)))
    except csv.Error:  # one cell that is longer than any of ours could be
        return _amiss(Problem("", "table_unreadable"))
    if not rows:
        return _amiss(Problem("", "required"))
    columns, unknown = columns_of(rows[0][1], HEADINGS, IGNORED)
    if Column.OBJECTIVE not in columns.values():
        return _amiss(Problem("", "no_objective_column"))
    if len(rows) > MOST_ROWS:
        return _amiss(Problem("", "too_many", {"most": MOST_ROWS}))
    table = _Table()
    for number, cells in rows[1:]:
        named = {columns[place]: cell for place, cell in enumerate(cells) if place in columns and cell}
        if named:
            table.add(number, named)
    return table.pasted(unknown)


class _Table:
    """The objectives as their rows come in."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.places: dict[str, int] = {}
        self.troubles: list[Trouble] = []

    def add(self, number: int, cells: Mapping[Column, str]) -> None:
        """One row: a new objective, or another key result of one."""
        name = cells.get(Column.OBJECTIVE, "")
        place = self.places.get(key(name)) if name else len(self.lines) - 1
        if place == -1:
            self.troubles.append(Trouble(number, Column.OBJECTIVE, Problem("", "required")))
            return
        if place is None:
            place = len(self.lines)
            self.places[key(name)] = place
            self.lines.append(self._objective(number, name, cells))
        else:
            self._same(number, cells, self.lines[place])
        self._key_result(number, cells, place)

    def pasted(self, unknown: Sequence[str]) -> Pasted:
        """Everything that was read, with the rings of parents found."""
        found = Pasted(tuple(self.lines), tuple(unknown), ())
        if not self.lines and not self.troubles:
            self.troubles.append(Trouble(1, "", Problem("", "required")))
        if len(self.lines) > MOST_AT_ONCE:
            self.troubles.append(Trouble(1, "", Problem("", "too_many", {"most": MOST_AT_ONCE})))
        above = found.above()
        for place, line in enumerate(self.lines):
            if _in_ring(above, place):
                self.troubles.append(Trouble(line.row, Column.PARENT, Problem("parent", "serves_itself")))
        troubles = sorted(self.troubles, key=lambda one: one.row)
        return replace(found, troubles=tuple(troubles))

    def _objective(self, number: int, name: str, cells: Mapping[Column, str]) -> Line:
        draft = ObjectiveDraft(
            name=name,
            cycle="",
            owner="",
            description=cells.get(Column.DESCRIPTION, ""),
            starts=self._day(number, Column.START, cells),
            ends=self._day(number, Column.END, cells),
            tags=tag_names(re.split("[,;]", cells.get(Column.TAGS, ""))),
        )
        owner, team, parent = (cells.get(column, "") for column in (Column.OWNER, Column.TEAM, Column.PARENT))
        return Line(number, draft, owner, team, parent)

    def _same(self, number: int, cells: Mapping[Column, str], line: Line) -> None:
        """What a later row says of an objective again must be what the first said."""
        said = {
            Column.DESCRIPTION: line.draft.description,
            Column.OWNER: line.owner,
            Column.TEAM: line.team,
            Column.PARENT: line.parent,
        }
        for column, first in said.items():
            if column in cells and key(cells[column]) != key(first):
                problem = Problem("", "said_otherwise_above", {"row": line.row})
                self.troubles.append(Trouble(number, column, problem))

    def _key_result(self, number: int, cells: Mapping[Column, str], place: int) -> None:
        name = cells.get(Column.KEY_RESULT, "")
        if not name:
            self.troubles += [
                Trouble(number, Column.KEY_RESULT, Problem("", "required"))
                for column in (Column.TO, Column.FROM, Column.KIND)
                if column in cells
            ][:1]
            return
        unit = cells.get(Column.UNIT, "")
        if not unit and cells.get(Column.TO, "").endswith("%"):
            unit = "%"
        if Column.TO not in cells:
            self.troubles.append(Trouble(number, Column.TO, Problem("", "required")))
        made = KeyResultDraft(
            name=name,
            target=self._number(number, Column.TO, cells, Decimal(0)),
            baseline=self._number(number, Column.FROM, cells, Decimal(0)),
            operator=self._kind(number, cells),
            unit=unit,
            weight=self._number(number, Column.WEIGHT, cells, Decimal(1)),
            owner=cells.get(Column.KEY_RESULT_OWNER),
            due=self._day(number, Column.DUE, cells),
        )
        line = self.lines[place]
        draft = replace(line.draft, key_results=(*line.draft.key_results, made))
        self.lines[place] = replace(line, draft=draft, rows=(*line.rows, number))

    def _kind(self, number: int, cells: Mapping[Column, str]) -> Operator:
        said = cells.get(Column.KIND)
        if said is None:
            return Operator.AT_LEAST
        word = "_".join(said.casefold().replace("_", " ").split())
        found = next((operator for operator, words in KINDS.items() if word in words.split()), None)
        if found is None:
            self.troubles.append(Trouble(number, Column.KIND, Problem("", "unknown_kind")))
        return found or Operator.AT_LEAST

    def _number(self, number: int, column: Column, cells: Mapping[Column, str], otherwise: Decimal) -> Decimal:
        if column not in cells:
            return otherwise
        value = amount_in(cells[column])
        if value is None:
            self.troubles.append(Trouble(number, column, Problem("", "not_a_number")))
        return Decimal(1) if value is None else value

    def _day(self, number: int, column: Column, cells: Mapping[Column, str]) -> date | None:
        if column not in cells:
            return None
        found = day_in(cells[column])
        if found is None:
            self.troubles.append(Trouble(number, column, Problem("", "not_a_date")))
        return found


def _in_ring(above: Sequence[int | None], place: int) -> bool:
    """Whether an objective serves itself in the end."""
    here, seen = above[place], set()
    while here is not None and here not in seen:
        if here == place:
            return True
        seen.add(here)
        here = above[here]
    return False


def _amiss(problem: Problem) -> Pasted:
    return Pasted(troubles=(Trouble(1, "", problem),))
