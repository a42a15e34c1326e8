"""Objectives by who owns or reviews them: the groups are counted by the database, and only shown ones are read."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from webapp.models import Goal, Objective, Person, ReviewSeat, Team
from webapp.models.engine import AnySession
from webapp.queries.objective_json import TAKEN, AnyRow, columns, reviewing
from webapp.queries.objective_lists import Owner, joined
from webapp.queries.patterns import bytewise

NOBODY = cast(null(), BigInteger)
GOALS_SHOWN = 100
"""So many goals one group shows; it counts them all."""


class Group(NamedTuple):
    """A person or a team, and how many of the objectives are theirs."""

    number: int
    is_team: bool
    size: int
    id: str
    name: str
    email: str


def owners(conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Whose each objective is: a person's, who answers for it, and the team's it belongs to."""
    people: Select[Any] = joined(Goal.id.label("goal_id"), Owner.id.label("person_id"), NOBODY.label("team_id"))
    teams: Select[Any] = joined(Goal.id, NOBODY, Team.id)
    of_teams = teams.where(*conditions, Objective.team_id.is_not(None))
    return union_all(people.where(*conditions), of_teams).subquery("theirs")


def reviewers(conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Who reviews each objective."""
    people: Select[Any] = joined(
        Goal.id.label("goal_id"), ReviewSeat.reviewer_id.label("person_id"), NOBODY.label("team_id")
    )
    round_ = ReviewSeat.round_id == reviewing().scalar_subquery()
    return people.join(ReviewSeat, and_(round_, TAKEN)).where(*conditions).subquery("theirs")


def count(session: AnySession, theirs: Subquery) -> int:
    """How many groups there are; one statement."""
    groups = select(theirs.c.person_id, theirs.c.team_id).distinct().subquery()
    return session.scalar(select(func.count()).select_from(groups)) or 0


def groups(session: AnySession, theirs: Subquery, *, skip: int, limit: int) -> list[Group]:
    """The groups by name, a page of them; one statement."""
    counted = (
        select(theirs.c.person_id, theirs.c.team_id, func.count().label("count"))
        .group_by(theirs.c.person_id, theirs.c.team_id)
        .subquery("counted")
    )
    name = func.coalesce(Team.name, Person.name)
    statement = (
        select(
            func.coalesce(Team.id, Person.id),
            Team.id.is_not(None),
            counted.c.count,
            func.coalesce(Team.public_id, Person.public_id).label("id"),
            name,
            func.coalesce(Person.email, ""),
        )
        .select_from(counted)
        .outerjoin(Person, Person.id == counted.c.person_id)
        .outerjoin(Team, Team.id == counted.c.team_id)
        .order_by(bytewise(name), bytewise(func.coalesce(Team.public_id, Person.public_id)))
    )
    return [Group(*row) for row in session.execute(statement.offset(skip or None).limit(limit))]


def goals_of(
    session: AnySession,
    theirs: Subquery,
    shown: Collection[Group],
    names: Collection[str],
    order: Sequence[ColumnElement[Any]],
) -> dict[tuple[int, bool], list[AnyRow]]:
    """These columns of the first goals of each group, in this order and then by age; one statement."""
    if not shown:
        return {}
    people = [group.number for group in shown if not group.is_team]
    teams = [group.number for group in shown if group.is_team]
    place = func.row_number().over(partition_by=(theirs.c.person_id, theirs.c.team_id), order_by=[*order, Goal.id])
    numbered = (
        joined(Goal.id.label("goal_id"), theirs.c.person_id, theirs.c.team_id, place.label("place"))
        .join(theirs, theirs.c.goal_id == Goal.id)
        .where(or_(theirs.c.person_id.in_(people), theirs.c.team_id.in_(teams)))
        .subquery("numbered")
    )
    statement = (
        joined(
            *columns({*names, "number"}), numbered.c.person_id.label("of_person"), numbered.c.team_id.label("of_team")
        )
        .join(numbered, numbered.c.goal_id == Goal.id)
        .where(numbered.c.place <= literal(GOALS_SHOWN))
        .order_by(numbered.c.place)
    )
    found: dict[tuple[int, bool], list[AnyRow]] = {}
    for row in session.execute(statement):
        is_team = row.of_team is not None
        found.setdefault((row.of_team if is_team else row.of_person, is_team), []).append(row)
    return found
