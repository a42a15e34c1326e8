"""Why an objective's number is what it is, as of any date: worked out anew from its entries, never from projections.

What key results ask, and which there are, is taken as it stands now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from webapp.domain.goals import Kind, Outcome
from webapp.domain.objectives import (
    NOTHING,
    Course,
    Position,
    RollUp,
    Said,
    Share,
    check_in_due,
    clamped,
    elapsed,
    position,
    progress,
    roll_up,
    value_at,
)
from webapp.domain.people import Viewer
from webapp.domain.reviews import takes_check_ins
from webapp.domain.tracking import Mode
from webapp.models import Entry, Goal, KeyResult, Objective
from webapp.models.engine import AnySession
from webapp.queries import check_ins
from webapp.queries.check_ins import CheckIn
from webapp.queries.objectives import Found, course_of


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a roll-up: `progress` as it is, `counted` between nothing and all of it; None was never measured."""

    id: str
    name: str
    is_child: bool
    weight: Decimal
    progress: Decimal | None

    @property
    def counted(self) -> Decimal:
        return clamped(self.progress or NOTHING)


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything an objective's progress and pace were made of on a date."""

    as_of: date
    roll_up: RollUp
    parts: tuple[Part, ...]
    left_out: tuple[str, ...]
    """Names of children that were given up."""
    attainment: Decimal
    course: Course
    elapsed: Decimal
    position: Position
    last_check_in: date | None
    due: date


@dataclass(frozen=True, slots=True)
class KeyResultExplained:
    """Everything a key result's progress was made of on a date."""

    as_of: date
    actual: Decimal | None
    attainment: Decimal | None
    position: Position
    last_check_in: date | None
    due: date
    check_ins: tuple[CheckIn, ...]


class Ledger:
    """An objective with everything below it and what was said of it, loaded in three statements."""

    def __init__(self, session: AnySession, found: Found) -> None:
        self.top = found.goal.id
        below = select(Objective.goal_id).where(Objective.goal_id == self.top).cte("below", recursive=True)
        below = below.union(select(Objective.goal_id).join(below, Objective.parent_id == below.c.goal_id))
        alive = (Goal.deleted_at.is_(None), Goal.kind == Kind.OBJECTIVE)
        statement = select(Goal, Objective).join(Objective, Objective.goal_id == Goal.id).where(*alive)
        inside = statement.where(Goal.id.in_(select(below.c.goal_id)))
        self.objectives = {goal.id: (goal, objective) for goal, objective in session.execute(inside.order_by(Goal.id))}
        self.children: dict[int, list[int]] = {}
        for number, (_, objective) in self.objectives.items():
            if number != self.top and objective.parent_id is not None:
                self.children.setdefault(objective.parent_id, []).append(number)
        self.key_results: dict[int, list[KeyResult]] = {}
        of_these = (KeyResult.goal_id.in_(self.objectives), KeyResult.deleted_at.is_(None))
        asked = select(KeyResult).where(*of_these).order_by(KeyResult.position, KeyResult.id)
        for one in session.scalars(asked):
            self.key_results.setdefault(one.goal_id, []).append(one)
        self.said = said_of(session, [one.id for known in self.key_results.values() for one in known])

    def key_result(self, key_result: KeyResult, as_of: date) -> Decimal | None:
        """How far a key result was by the end of this date."""
        value = value_at(self.said.get(key_result.id, ()), key_result.baseline, as_of)
        return progress(key_result.operator, key_result.baseline, key_result.target, value)

    def parts(self, number: int, as_of: date) -> list[Part]:
        """What counted in an objective on this date."""
        _, objective = self.objectives[number]
        found = []
        if objective.roll_up is not RollUp.CHILDREN:
            own = self.key_results.get(number, ())
            found += [Part(one.public_id, one.name, False, one.weight, self.key_result(one, as_of)) for one in own]
        if objective.roll_up is not RollUp.KEY_RESULTS:
            for child in self.children.get(number, ()):
                goal, below = self.objectives[child]
                if goal.outcome is not Outcome.ABANDONED:
                    found.append(Part(goal.public_id, below.name, True, below.weight, self.attainment(child, as_of)))
        return found

    def attainment(self, number: int, as_of: date) -> Decimal:
        """What an objective had come to by the end of this date."""
        return roll_up(Share(one.weight, one.progress) for one in self.parts(number, as_of)) or NOTHING

    def days(self) -> list[date]:
        """Every date on which something was said, in order."""
        return sorted({one.day for known in self.said.values() for one in known})

    def last_check_in(self, number: int, as_of: date) -> date | None:
        """When an objective's key results, or without any of its own those below it, were last spoken of by then."""
        if number in self.key_results:
            own = (self.said.get(one.id, ()) for one in self.key_results[number])
            return max((said.day for known in own for said in known if said.day <= as_of), default=None)
        below = (self.last_check_in(child, as_of) for child in self.children.get(number, ()))
        return max((day for day in below if day), default=None)


def explained(session: AnySession, viewer: Viewer, found: Found, as_of: date) -> Explained:
    """What the objective's progress and pace were made of on this date; the viewer may read it."""
    ledger = Ledger(session, found)
    number, course = found.goal.id, course_of(found.objective, found.cycle)
    reached, last = ledger.attainment(number, as_of), ledger.last_check_in(number, as_of)
    quiet = not takes_check_ins(found.goal.review_state, found.goal.lifecycle)
    given_up = [
        below.name
        for goal, below in (ledger.objectives[child] for child in ledger.children.get(number, ()))
        if goal.outcome is Outcome.ABANDONED
    ]
    return Explained(
        as_of=as_of,
        roll_up=found.objective.roll_up,
        parts=tuple(ledger.parts(number, as_of)),
        left_out=tuple(given_up),
        attainment=reached,
        course=course,
        elapsed=elapsed(course, as_of),
        position=position(course, reached, last, as_of, quiet=quiet),
        last_check_in=last,
        due=check_in_due(course, last),
    )


def line_of(session: AnySession, found: Found, until: date) -> list[tuple[date, Decimal]]:
    """What the objective came to at its start and on every date something was said until this one, in order."""
    ledger = Ledger(session, found)
    before = found.objective.starts - timedelta(days=1)
    days = [found.objective.starts, *(day for day in ledger.days() if found.objective.starts < day <= until)]
    return [(day, ledger.attainment(found.goal.id, day)) for day in days if day > before]


def key_result_explained(session: AnySession, key_result: KeyResult, found: Found, as_of: date) -> KeyResultExplained:
    """What the key result's progress was made of on this date; the viewer may read it."""
    said = said_of(session, [key_result.id]).get(key_result.id, [])
    actual = value_at(said, key_result.baseline, as_of)
    reached = progress(key_result.operator, key_result.baseline, key_result.target, actual)
    last = max((one.day for one in said if one.day <= as_of), default=None)
    course = key_result_course(key_result, found)
    quiet = not takes_check_ins(found.goal.review_state, found.goal.lifecycle)
    return KeyResultExplained(
        as_of=as_of,
        actual=actual,
        attainment=reached,
        position=position(course, reached, last, as_of, quiet=quiet),
        last_check_in=last,
        due=check_in_due(course, last),
        check_ins=tuple(check_ins.history(session, [key_result.id], as_of=as_of)),
    )


def key_result_course(key_result: KeyResult, found: Found) -> Course:
    """The way of a key result: its objective's, until the key result's own date where it has one."""
    course = course_of(found.objective, found.cycle)
    ends = max(key_result.due or course.ends, course.starts)
    return Course(course.starts, ends, course.curve, course.milestones, course.cadence)


def said_of(session: AnySession, numbers: Iterable[int]) -> dict[int, list[Said]]:
    """Every value said of these key results that stands, in the order of their dates."""
    wanted = list(numbers)
    if not wanted:
        return {}
    later = aliased(Entry)
    stands: tuple[ColumnElement[bool], ...] = (
        Entry.key_result_id.in_(wanted),
        Entry.value.is_not(None),
        ~exists().where(later.supersedes_id == Entry.id),
    )
    columns = (Entry.key_result_id, Entry.local_date, Entry.id, Entry.mode, Entry.value)
    found: dict[int, list[Said]] = {}
    rows: Iterable[Any] = session.execute(select(*columns).where(*stands).order_by(Entry.local_date))
    for number, day, order, mode, value in rows:
        found.setdefault(number, []).append(Said(day, order, mode is Mode.ADD, value))
    return found
