"""Objectives, cycles and reviews as the objectives contract shows them: in a handful of statements, whatever is asked.

Only the columns that an answer needs are read; rows carry the names of `objective_lists.ObjectiveRow` and its kin.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, Result, Row, Select, and_, bindparam, func, or_, select

from webapp.domain.goals import ReviewState
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState
from webapp.models import Cycle, Goal, KeyResult, Objective, ObjectiveTag, Organisation, Person, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries.goals import is_public_id
from webapp.queries.members import is_member
from webapp.queries.objective_lists import (
    COLUMNS,
    KEY_RESULT_COLUMNS,
    Believer,
    KeyResultRow,
    ObjectiveRow,
    Owner,
    joined,
)

AnyRow = Row[Any]
TAKEN = or_(ReviewSeat.removed_at.is_(None), ReviewSeat.decided_at.is_not(None))
OBJECTIVE = dict(zip(ObjectiveRow.__dataclass_fields__, COLUMNS, strict=True))
METRIC = dict(zip(KeyResultRow.__dataclass_fields__, KEY_RESULT_COLUMNS, strict=True)) | {
    "of_goal": Goal.public_id,
    "of_cycle": select(Cycle.public_id)
    .join(Objective, Objective.cycle_id == Cycle.id)
    .where(Objective.goal_id == KeyResult.goal_id)
    .correlate(KeyResult)
    .scalar_subquery(),
}
"""Columns by the names they have in rows."""


class Account(NamedTuple):
    """An organisation the viewer is an active member of; `id` is the public id."""

    number: int
    id: str


class Named(NamedTuple):
    """Somebody a text may name."""

    name: str
    email: str
    id: str


def account(session: AnySession, viewer: Viewer, public_id: str) -> Account | None:
    """The organisation with this id, None unless the viewer is an active member of it."""
    if not is_public_id(public_id):
        return None
    found = session.connection().execute(_ACCOUNT, {"public_id": public_id, "homes": viewer.homes}).scalar()
    return Account(found, public_id) if found is not None else None


def account_numbered(session: AnySession, viewer: Viewer, number: int | None) -> Account | None:
    """As `account`, by the organisation's key."""
    if number is None or not viewer.is_in(number):
        return None
    public_id = session.scalar(select(Organisation.public_id).where(Organisation.id == number))
    return Account(number, public_id) if public_id is not None else None


def _run(session: AnySession, statement: Executable, **values: Any) -> Result[Any]:
    """The rows as they come from the database, without what the session does for objects; what waits is written
    first."""
    session.flush()
    return session.connection().execute(statement, values)


@lru_cache(maxsize=200)
def _selected(names: frozenset[str]) -> Select[Any]:
    """Built once for each choice of columns."""
    return joined(*columns(names))


@lru_cache(maxsize=200)
def _selected_key_results(names: frozenset[str]) -> Select[Any]:
    shown: list[Any] = [METRIC[name].label(name) for name in METRIC if name in names]
    return (
        select(*shown)
        .select_from(KeyResult)
        .join(Goal, Goal.id == KeyResult.goal_id)
        .join(Owner, Owner.id == func.coalesce(KeyResult.owner_id, Goal.owner_id))
        .outerjoin(Believer, Believer.id == KeyResult.confidence_by_id)
        .where(KeyResult.goal_id.in_(bindparam("goal_ids", expanding=True)), KeyResult.deleted_at.is_(None))
        .order_by(KeyResult.goal_id, KeyResult.position, KeyResult.id)
    )


_COUNTED: Select[Any] = joined(func.count())
_ACCOUNT = select(Organisation.id).where(
    Organisation.public_id == bindparam("public_id"), Organisation.id.in_(bindparam("homes", expanding=True))
)


def columns(names: Collection[str]) -> list[Any]:
    """The columns of objectives with these names."""
    return [OBJECTIVE[name].label(name) for name in OBJECTIVE if name in names]


def rows(
    session: AnySession,
    names: Collection[str],
    conditions: Sequence[ColumnElement[bool]],
    *,
    order: Sequence[ColumnElement[Any]] = (),
    skip: int = 0,
    limit: int | None = None,
) -> Sequence[AnyRow]:
    """The objectives that meet every condition, in this order and then by id, without one by age: these columns of
    them; one statement."""
    ordered = (*order, Goal.public_id) if order else (Goal.id,)
    statement = _selected(frozenset({*names, "number"})).where(*conditions).order_by(*ordered)
    statement = statement.offset(skip or None).limit(limit)
    return _run(session, statement).all()


def count(session: AnySession, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many objectives meet every condition; one statement."""
    return int(_run(session, _COUNTED.where(*conditions)).scalar_one())


def key_results(session: AnySession, names: Collection[str], goal_ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """These columns of the key results of objectives, in their order; one statement."""
    if not goal_ids:
        return {}
    found: dict[int, list[AnyRow]] = {}
    statement = _selected_key_results(frozenset({*names, "goal_id"}))
    for row in _run(session, statement, goal_ids=list(goal_ids)).all():
        found.setdefault(row.goal_id, []).append(row)
    return found


def tags(session: AnySession, goal_ids: Collection[int]) -> dict[int, list[str]]:
    """The tags of objectives by name; one statement."""
    statement = select(ObjectiveTag.goal_id, ObjectiveTag.title).where(ObjectiveTag.goal_id.in_(goal_ids))
    found: dict[int, list[str]] = {}
    for goal_id, title in session.execute(statement.order_by(ObjectiveTag.title, ObjectiveTag.id)) if goal_ids else ():
        found.setdefault(goal_id, []).append(title)
    return found


def children(
    session: AnySession, names: Collection[str], scope: ColumnElement[bool], goal_ids: Collection[int]
) -> dict[int, list[AnyRow]]:
    """These columns of the objectives right below these ones, in the order in which they were made; one statement."""
    if not goal_ids:
        return {}
    found: dict[int, list[AnyRow]] = {}
    for row in rows(session, {*names, "parent_number"}, (scope, Objective.parent_id.in_(goal_ids))):
        found.setdefault(row.parent_number, []).append(row)
    return found


def reviewing() -> Select[int]:
    """The round that says who reviews each objective: the open one, else the one that decided what is in force."""
    decided = or_(
        and_(ReviewRound.state == RoundState.APPROVED, Goal.review_state == ReviewState.APPROVED),
        and_(ReviewRound.state == RoundState.DECLINED, Goal.review_state == ReviewState.DRAFT),
    )
    shown = or_(ReviewRound.state == RoundState.OPEN, and_(ReviewRound.revision == Goal.revision, decided))
    return (
        select(func.max(ReviewRound.id))
        .where(ReviewRound.goal_id == Goal.id, ReviewRound.beside.is_(False), shown)
        .correlate(Goal)
    )


def reviewers(session: AnySession, goal_ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """Who reviews each objective: id, name, verdict and decided_at, in the order they were asked; one statement."""
    if not goal_ids:
        return {}
    statement: Any = (
        select(Goal.id.label("goal_id"), Person.public_id, Person.name, ReviewSeat.verdict, ReviewSeat.decided_at)
        .select_from(Goal)
        .join(ReviewSeat, ReviewSeat.round_id == reviewing().scalar_subquery())
        .join(Person, Person.id == ReviewSeat.reviewer_id)
        .where(Goal.id.in_(goal_ids), TAKEN)
    )
    found: dict[int, list[AnyRow]] = {}
    for row in session.execute(statement.order_by(Goal.id, ReviewSeat.id)):
        found.setdefault(row.goal_id, []).append(row)
    return found


def named(session: AnySession, organisation_id: int) -> list[Named]:
    """Whom a text of the organisation's may name: its active members; one statement."""
    statement = select(Person.name, Person.email, Person.public_id).where(is_member(organisation_id))
    return [Named(*row) for row in session.execute(statement.order_by(Person.name, Person.id))]


def parent_of(session: AnySession, cycle: Cycle) -> str:
    """The id of the cycle that this one is a part of, "" for none."""
    found = session.scalar(select(Cycle.public_id).where(Cycle.id == cycle.parent_id)) if cycle.parent_id else None
    return found or ""
