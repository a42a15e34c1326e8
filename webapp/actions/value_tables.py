"""Bringing a table of values: kept sealed until its admin has seen what it comes to, then all of it or nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from webapp.actions import home_uploads, roll_ups, values
from webapp.actions.values import PersonValue
from webapp.domain.days import local_day
from webapp.domain.errors import Invalid, Problem
from webapp.domain.pasted import Trouble, decoded
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, require
from webapp.domain.tracking import Source
from webapp.domain.value_tables import ValueLine, ValueTable, numbered, place_of
from webapp.models import GoalKeyword, Upload
from webapp.models.engine import AnySession
from webapp.queries import ladders, value_people
from webapp.queries import values as value_rows
from webapp.queries.ladders import Home
from webapp.queries.values import Said

WAITING, DONE = "values", "values_done"
AT_ONCE = 15_000
"""So many values are recorded in one go; their ids still fit into one statement."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many values of a table are new, and how many were here already."""

    new: int
    there: int


@dataclass(slots=True)
class GoalSum:
    """What the new values of one goal come to."""

    keyword: str
    new: int = 0
    there: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a table would bring; `names` are the people it names, by what they are called there."""

    counts: Counts
    sums: tuple[GoalSum, ...]
    names: Mapping[str, str]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True)
class _Compared:
    """The values of a table that are not here yet, and everything that keeps it from being brought."""

    new: list[tuple[ValueLine, PersonValue]] = field(default_factory=list)
    there: list[ValueLine] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


def keep(session: AnySession, viewer: Viewer, home: Home, content: bytes) -> Upload:
    """The table waits for the yes of its admin; one that waited before it is gone. Raises Refused for who is none."""
    require(viewer, Permission.LADDER_CHANGE, ladders.facts_of(home.id))
    return home_uploads.keep(session, viewer, home, WAITING, content)


def kept(session: AnySession, viewer: Viewer, public_id: str, *, lock: bool = False) -> tuple[Upload, Home, str]:
    """The viewer's table with this public id, the organisation it is for, and its text ("" once it was brought);
    raises NotFound, and Refused for who administers that organisation no more."""
    upload, number, content = home_uploads.kept(session, viewer, public_id, (WAITING, DONE), lock=lock)
    require(viewer, Permission.LADDER_CHANGE, ladders.facts_of(number))
    return upload, ladders.home(session, number), decoded(content) if upload.kind == WAITING else ""


def preview(session: AnySession, viewer: Viewer, home: Home, table: ValueTable) -> Preview:
    """What the table would bring; nothing changes. Raises Refused for who is no admin."""
    require(viewer, Permission.LADDER_CHANGE, ladders.facts_of(home.id))
    compared = _compare(session, home, table)
    sums: dict[str, GoalSum] = {}
    for line, _ in compared.new:
        one = sums.setdefault(line.draft.keyword, GoalSum(line.draft.keyword))
        one.new, one.amount = one.new + 1, one.amount + (line.draft.amount or 0)
    for line in compared.there:
        sums.setdefault(line.draft.keyword, GoalSum(line.draft.keyword)).there += 1
    counts = Counts(len(compared.new), len(compared.there))
    by_keyword = tuple(sums[keyword] for keyword in sorted(sums))
    return Preview(counts, by_keyword, compared.names, tuple(compared.troubles))


def bring(session: AnySession, viewer: Viewer, home: Home, table: ValueTable) -> Counts:
    """Every value of the table stands; those that were here already are left as they are.

    Raises Refused for who is no admin, and Invalid, with nothing changed, when anything is wrong with the table.
    """
    require(viewer, Permission.LADDER_CHANGE, ladders.facts_of(home.id))
    roll_ups.hold(session, home.id)
    compared = _compare(session, home, table)
    if compared.troubles:
        raise Invalid(trouble.problem for trouble in compared.troubles)
    new = [value for _, value in compared.new]
    for start in range(0, len(new), AT_ONCE):
        values.enter(session, viewer, home.id, new[start : start + AT_ONCE], Source.IMPORT)
    return Counts(len(new), len(compared.there))


def finish(session: AnySession, viewer: Viewer, home: Home, upload: Upload, counts: Counts) -> None:
    """The table is gone, and in its place stands what it came to."""
    home_uploads.finish(session, viewer, home, upload, DONE, json.dumps([counts.new, counts.there]).encode())


def counts_of(viewer: Viewer, upload: Upload) -> Counts:
    """What a table that was brought came to."""
    return Counts(*json.loads(home_uploads.said_of(viewer, upload)))


def _compare(session: AnySession, home: Home, table: ValueTable) -> _Compared:
    """The table beside what is here: whose values they are, which are new, and what is wrong with any of them."""
    found = _Compared(troubles=list(table.troubles))
    amiss = {trouble.row for trouble in table.troubles}
    people = value_people.members_meant(session, home.id, {line.person for line in table.lines if line.person})
    statement = select(GoalKeyword.keyword, GoalKeyword.id).where(GoalKeyword.organisation_id == home.id)
    keywords = {row.keyword: row.id for row in session.execute(statement)}
    found.names.update({text: member.name for text, member in people.items()})
    meant: list[tuple[int, ValueLine]] = []
    for line in table.lines:
        strangers = []
        if line.person and line.person not in people:
            strangers.append(Problem("user", "nobody_of_that_name"))
        if line.draft.keyword and line.draft.keyword not in keywords:
            strangers.append(Problem("goal", "unknown_keyword"))
        if not strangers and line.row not in amiss:
            meant.append((people[line.person].number, line))
        found.troubles.extend(Trouble(line.row, place_of(problem.field), problem) for problem in strangers)
    told = [(line, PersonValue(person, line.draft)) for person, line in numbered(meant)]
    _part(session, home, told, keywords, found)
    found.troubles.sort(key=lambda trouble: trouble.row)
    return found


def _part(
    session: AnySession,
    home: Home,
    meant: list[tuple[ValueLine, PersonValue]],
    keywords: Mapping[str, int],
    found: _Compared,
) -> None:
    """Which of these values are new, and which ids say something else than they did before."""
    known = _known(session, home, [value for _, value in meant])
    for line, value in meant:
        key = (values.people_of(value), line.draft.source_uid)
        if key not in known:
            assert line.draft.occurred_at is not None
            known[key] = (keywords[line.draft.keyword], line.draft.amount, line.draft.occurred_at)
            found.new.append((line, value))
        elif _says(line, keywords, known[key], home):
            found.there.append(line)
        else:
            problem = Problem("source_uid", "said_differently")
            found.troubles.append(Trouble(line.row, place_of("source_uid"), problem))


def _says(line: ValueLine, keywords: Mapping[str, int], said: Said, home: Home) -> bool:
    """Whether the line says what is known under its id; a day alone agrees with any instant of it."""
    keyword, amount, at = said
    same_time = at == line.draft.occurred_at
    if line.day is not None and at is not None:
        same_time = same_time or local_day(at, home.zone) == line.day
    return same_time and (keyword, amount) == (keywords[line.draft.keyword], line.draft.amount)


def _known(session: AnySession, home: Home, wanted: list[PersonValue]) -> dict[tuple[int, str], Said]:
    """What is here under the ids of these values, by person and id as the table says it."""
    found: dict[tuple[int, str], Said] = {}
    asked = {(values.people_of(value), value.draft.source_uid) for value in wanted}
    found |= value_people.by_public_id(session, home.id, asked)
    by_uid = {(values.people_of(value), values.uid_of(home, value)): value.draft.source_uid for value in wanted}
    for (person, uid), said in value_rows.said_before(session, by_uid).items():
        found[person, by_uid[person, uid]] = said
    return found
