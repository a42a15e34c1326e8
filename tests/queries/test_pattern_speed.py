"""A pattern over 100,000 objectives beside the same search in plain SQL: a ratio inside one run."""

import statistics
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from webapp.domain import filters
from webapp.domain.goals import Kind
from webapp.models import Goal, Objective
from webapp.models.base import new_public_id
from webapp.queries import objective_json
from webapp.queries.filtering import compiled
from webapp.queries.objective_fields import searched
from webapp.queries.objective_lists import joined, visible_in
from webapp.queries.patterns import Reader

MANY = 100_000
ROUNDS = 9
MOST = 1.3
PLAIN = text(
    "SELECT count(*) FROM goal"
    " JOIN objective ON objective.goal_id = goal.id"
    " JOIN cycle ON cycle.id = objective.cycle_id"
    " JOIN person ON person.id = goal.owner_id"
    " WHERE goal.organisation_id = :home AND goal.kind = 'objective' AND goal.deleted_at IS NULL"
    " AND objective.name LIKE '%Sales%'"
)


@pytest.mark.nightly
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_pattern_takes_no_longer_than_the_search_written_by_hand(app: Flask, session: Session) -> None:
    home, person = make.organisation(session), make.person(session)
    make.member(session, person, home)
    viewer, cycle = make.viewer(session, person), make.cycle(session, home)
    every = {"owner_id": person.id, "organisation_id": home.id, "kind": Kind.OBJECTIVE, "created_at": NOW}
    goals = [{**every, "updated_at": NOW, "public_id": new_public_id()} for _ in range(MANY)]
    session.execute(insert(Goal), goals)
    numbers = session.scalars(select(Goal.id).where(Goal.organisation_id == home.id).order_by(Goal.id)).all()
    dates = {"cycle_id": cycle.id, "starts": cycle.starts, "ends": cycle.ends}
    names = (f"Objective {number} of {'Sales' if number % 10 == 0 else 'the house'}" for number in numbers)
    rows = [{"goal_id": number, "name": name, **dates} for number, name in zip(numbers, names, strict=True)]
    session.execute(insert(Objective), rows)
    session.commit()
    session.execute(text("ANALYZE"))
    scope = visible_in(viewer, home.id)

    def ours() -> int:
        asked = filters.parse('{name: {$regex: ".*Sales.*"}}')
        found = compiled(asked, searched(scope), Reader(session, joined(Goal.id).where(scope)))
        return objective_json.count(session, [scope, found])

    def plain() -> int:
        return session.execute(PLAIN, {"home": home.id}).scalar_one()

    assert ours() == plain() == sum(number % 10 == 0 for number in numbers)
    pairs = [(taken(ours), taken(plain)) for _ in range(ROUNDS)]
    ratio = statistics.median(one for one, _ in pairs) / statistics.median(other for _, other in pairs)
    print(f"pattern over {MANY}: {ratio:.2f} of plain SQL")  # noqa: T201
    assert ratio <= MOST


def taken(act: Callable[[], int]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
