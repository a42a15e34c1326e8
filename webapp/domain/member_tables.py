"""Tables of who reports to whom and who is in which team: one row a fact, read with every problem at its row, and set
beside what is so today.

Several rows of one person add up. Of who is named, managers and teams become exactly those that are named; a column
that is not there changes nothing of its kind. A row that says they lead the team does not put them into it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from webapp.domain.errors import Invalid, Problem
from webapp.domain.identity import plain_name
from webapp.domain.organisations import TEAMS_PER_ORGANISATION, TeamDraft, ring_in
from webapp.domain.pasted import Trouble, sheet_of

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
YES = frozenset({"yes", "y", "true", "x", "1"})
NO = frozenset({"", "no", "n", "false", "0"})


class Column(StrEnum):
    """A column by the word under which our own tables head it."""

    PERSON = "Person"
    MANAGER = "Manager"
    TEAM = "Team"
    LEAD = "Lead"


HEADINGS: Mapping[Column, str] = {
    Column.PERSON: "person person_e_mail person_email e_mail email address user member employee",
    Column.MANAGER: "manager manager_e_mail manager_email reports_to boss supervisor",
    Column.TEAM: "team group department",
    Column.LEAD: "lead leads team_lead leader",
}
"""What each column may be called, in lower case with anything but letters as one underscore."""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One row: who reports to whom and is in which team, or leads it, as they are written there."""

    row: int
    person: str
    manager: str = ""
    team: str = ""
    leads: bool = False


@dataclass(frozen=True, slots=True)
class MemberTable:
    """What a table says: its rows in their order, the columns it has, the headings nobody knows, and all that is wrong
    with it."""

    lines: tuple[MemberLine, ...] = ()
    columns: frozenset[Column] = frozenset()
    unknown: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def people(self) -> set[str]:
        """Everybody it names, as they are written there."""
        return {text for line in self.lines for text in (line.person, line.manager) if text}


@dataclass(frozen=True)
class Present:
    """How it is today, by numbers of people and keys of teams. `managers` holds every line there is; what is `active`
    alone can be written by a table, and everything else stays."""

    active: frozenset[int] = frozenset()
    managers: Mapping[int, frozenset[int]] = field(default_factory=dict)
    members: Mapping[str, frozenset[int]] = field(default_factory=dict)
    leads: Mapping[str, int | None] = field(default_factory=dict)
    """Every team there is has its lead here, or none."""


@dataclass
class Changes:
    """What a table would change: pairs of person and manager, pairs of person and key of team, leads by key of team,
    teams that are made by key; and all that keeps it from being brought."""

    added: list[tuple[int, int]] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)
    joined: list[tuple[int, str]] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    leads: dict[str, int | None] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def any(self) -> bool:
        """Whether there is something to bring."""
        return bool(self.added or self.ended or self.joined or self.left or self.leads or self.made)


def key_of(team: str) -> str:
    """What two names of one team have in common."""
    return plain_name(team).casefold()


def read(text: str, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS) -> MemberTable:
    """What the table says; one that cannot be read at all has its problem at row 1."""
    try:
        sheet = sheet_of(text, HEADINGS, (Column.PERSON,), most_bytes=most_bytes, most_rows=most_rows)
    except Invalid as invalid:
        return MemberTable(troubles=tuple(Trouble(1, "", problem) for problem in invalid.problems))
    if sheet.columns.isdisjoint((Column.MANAGER, Column.TEAM)):
        missing = Problem("", "columns_missing", {"names": f"{Column.MANAGER}, {Column.TEAM}"})
        return MemberTable(troubles=(Trouble(1, "", missing),))
    lines, troubles = [], []
    for number, cells in sheet.rows:
        said = cells.get(Column.LEAD, "").casefold()
        team = plain_name(cells.get(Column.TEAM, ""))
        line = MemberLine(number, cells.get(Column.PERSON, ""), cells.get(Column.MANAGER, ""), team, said in YES)
        troubles += [Trouble(number, column, problem) for column, problem in _wrong(line, said)]
        lines.append(line)
    return MemberTable(tuple(lines), sheet.columns, sheet.unknown, tuple(troubles))


def compare(table: MemberTable, numbers: Mapping[str, int], present: Present) -> Changes:
    """What the table changes of what is so today; `numbers` are the active members it names, by what they are called
    there."""
    changes = Changes(troubles=list(table.troubles))
    amiss = {trouble.row for trouble in table.troubles}
    strangers = [
        Trouble(line.row, column, Problem("", "not_a_member"))
        for line in table.lines
        for column, text in ((Column.PERSON, line.person), (Column.MANAGER, line.manager))
        if text and text not in numbers
    ]
    changes.troubles += strangers
    amiss |= {trouble.row for trouble in strangers}
    said = [line for line in table.lines if line.row not in amiss]
    changes.troubles += _said_twice(said, numbers)
    if Column.MANAGER in table.columns:
        _compare_managers(said, numbers, present, changes)
    if Column.TEAM in table.columns:
        _compare_teams(said, numbers, present, changes)
    if Column.TEAM in table.columns and Column.LEAD in table.columns:
        _compare_leads(said, numbers, present, changes)
    changes.troubles.sort(key=lambda trouble: trouble.row)
    return changes


def _wrong(line: MemberLine, lead: str) -> Iterable[tuple[Column, Problem]]:
    if not line.person:
        yield Column.PERSON, Problem("", "required")
    if lead not in YES | NO:
        yield Column.LEAD, Problem("", "not_yes_or_no")
    if line.leads and not line.team:
        yield Column.TEAM, Problem("", "required")
    if line.team:
        for problem in TeamDraft(line.team).check():
            yield Column.TEAM, problem


def _said_twice(said: Sequence[MemberLine], numbers: Mapping[str, int]) -> Iterable[Trouble]:
    first: dict[tuple[int, int | None, str, bool], int] = {}
    for line in said:
        what = (numbers[line.person], numbers.get(line.manager), key_of(line.team), line.leads)
        above = first.setdefault(what, line.row)
        if above != line.row:
            yield Trouble(line.row, "", Problem("", "said_in_row", {"row": above}))


def _compare_managers(
    said: Sequence[MemberLine], numbers: Mapping[str, int], present: Present, changes: Changes
) -> None:
    wanted: dict[int, set[int]] = defaultdict(set)
    for line in said:
        managers = wanted[numbers[line.person]]
        if line.manager and numbers[line.manager] == numbers[line.person]:
            changes.troubles.append(Trouble(line.row, Column.MANAGER, Problem("", "own_manager")))
        elif line.manager:
            managers.add(numbers[line.manager])
    after: dict[int, set[int]] = {person: set(managers) for person, managers in present.managers.items()}
    for person, managers in wanted.items():
        before = present.managers.get(person, frozenset()) & present.active
        changes.added += [(person, manager) for manager in sorted(managers - before)]
        changes.ended += [(person, manager) for manager in sorted(before - managers)]
        after[person] = (after.get(person, set()) - before) | managers
    ring = ring_in(after)
    rows = [line.row for line in said if {numbers[line.person], numbers.get(line.manager)} <= ring]
    changes.troubles += [Trouble(row, Column.MANAGER, Problem("", "ring")) for row in rows or ([1] if ring else [])]


def _compare_teams(said: Sequence[MemberLine], numbers: Mapping[str, int], present: Present, changes: Changes) -> None:
    wanted: dict[int, set[str]] = defaultdict(set)
    for line in said:
        teams, key = wanted[numbers[line.person]], key_of(line.team)
        if line.team and not line.leads:
            teams.add(key)
        if line.team and key not in present.leads:
            if key not in changes.made and len(present.leads) + len(changes.made) == TEAMS_PER_ORGANISATION:
                problem = Problem("", "too_many", {"most": TEAMS_PER_ORGANISATION})
                changes.troubles.append(Trouble(line.row, Column.TEAM, problem))
                return
            changes.made.setdefault(key, line.team)
    of_person: dict[int, set[str]] = defaultdict(set)
    for key, people in present.members.items():
        for person in people:
            of_person[person].add(key)
    for person, keys in wanted.items():
        changes.joined += [(person, key) for key in sorted(keys - of_person[person])]
        changes.left += [(person, key) for key in sorted(of_person[person] - keys)]


def _compare_leads(said: Sequence[MemberLine], numbers: Mapping[str, int], present: Present, changes: Changes) -> None:
    wanted: dict[str, int] = {}
    for line in said:
        if line.leads and wanted.setdefault(key_of(line.team), numbers[line.person]) != numbers[line.person]:
            changes.troubles.append(Trouble(line.row, Column.LEAD, Problem("", "two_leads")))
    named = {numbers[line.person] for line in said}
    after = {key: None if lead in named else lead for key, lead in present.leads.items()} | wanted
    changes.leads.update({key: lead for key, lead in after.items() if lead != present.leads.get(key)})
