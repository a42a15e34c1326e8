"""The lock on the house: for everybody in a crowd, the rows SQL lets them see are those the policy lets them read."""

import itertools
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import BooleanClauseList, Grouping
from sqlalchemy.sql.selectable import Exists

from tests import make
from webapp.domain.goals import Kind
from webapp.domain.grants import GrantFacts, GrantState, Scope
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.policy import GoalFacts, Permission, allows
from webapp.models import Goal, Grant, Person
from webapp.queries import visibility
from webapp.queries.goals import facts_of, find

PEOPLE = 20
ORGANISATIONS = 3
CONDITIONS = 30
EXPIRIES = (None, make.NOW - timedelta(seconds=1), make.NOW, make.NOW + timedelta(seconds=1))
SCOPES = ((), (Scope.GOALS,), (Scope.TRACKING,), (Scope.GOALS, Scope.TRACKING), (Scope.MOOD_LEVELS, Scope.MOOD_NOTES))
GRANTS = tuple(itertools.product(GrantState, EXPIRIES, SCOPES))


@dataclass
class Crowd:
    """What was made, remembered apart from the database, so that the policy is asked about the truth."""

    people: list[Person] = field(default_factory=list)
    roles: dict[int, set[tuple[int, Role]]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    viewers: list[Viewer] = field(default_factory=list)

    def facts(self, goal: Goal) -> GoalFacts:
        granted = [self._grant(grant) for grant in self.grants if grant.client_id == goal.owner_id]
        return GoalFacts(goal.owner_id, goal.kind, goal.organisation_id, goal.deleted_at is not None, tuple(granted))

    def readable(self, viewer: Viewer) -> set[int]:
        """Ids of the goals the policy lets the viewer read."""
        return {goal.id for goal in self.goals if allows(viewer, Permission.GOAL_READ, self.facts(goal))}

    def _grant(self, grant: Grant) -> GrantFacts:
        seen = {Scope.GOALS: grant.sees_goals, Scope.TRACKING: grant.sees_tracking}
        scopes = frozenset(scope for scope, sees in seen.items() if sees)
        practises = any(role is Role.THERAPIST for _, role in self.roles[grant.therapist_id])
        return GrantFacts(
            grant.client_id,
            grant.therapist_id,
            grant.state,
            scopes,
            grant.expires_at,
            therapist_active=practises,
            from_date=grant.from_date,
        )


@pytest.fixture
def crowd(app: Flask, session: Session) -> Crowd:
    """Twenty people in three organisations: every status, role, grant and kind of goal, in many combinations."""
    return gather(session, random.Random(20260310))


def gather(session: Session, chance: random.Random) -> Crowd:
    crowd = Crowd()
    houses = [make.organisation(session, f"House {number}") for number in range(ORGANISATIONS)]
    crowd.people = [make.person(session, f"Person {number}") for number in range(PEOPLE)]
    for someone, house in itertools.product(crowd.people, houses):
        crowd.roles.setdefault(someone.id, set())
        status = chance.choice([None, None, *MembershipStatus, MembershipStatus.ACTIVE])
        if status is None:
            continue
        roles = chance.sample(list(Role), chance.randint(1, 2))
        make.member(session, someone, house, *roles, status=status)
        if status is MembershipStatus.ACTIVE:
            crowd.roles[someone.id] |= {(house.id, role) for role in roles}
    pairs = chance.sample(list(itertools.permutations(crowd.people, 2)), 4 * len(GRANTS))
    for (client, therapist), (state, expires_at, scopes) in zip(pairs, 4 * GRANTS, strict=True):
        given = make.grant(session, client, therapist, *scopes, state=state, expires_at=expires_at)
        given.from_date = chance.choice((None, None, make.days_ago(1), make.TODAY, make.days_ago(-1)))
        crowd.grants.append(given)
    for owner, kind, deleted in itertools.product(crowd.people, Kind, (False, True)):
        house = None if kind.is_private else chance.choice(houses)
        goal = make.any_goal(session, owner, kind, house)
        goal.deleted_at = make.NOW if deleted else None
        crowd.goals.append(goal)
    session.commit()
    crowd.viewers = [make.viewer(session, someone) for someone in crowd.people]
    return crowd


def seen(session: Session, clause: ColumnElement[bool]) -> set[int]:
    """Ids of the goals a clause lets through; a clause broken on purpose may join what it should not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        return set(session.scalars(select(Goal.id).where(clause)))


def test_everybody_sees_exactly_what_they_may_read(session: Session, crowd: Crowd) -> None:
    for viewer in crowd.viewers:
        assert seen(session, visibility.goals_visible_to(viewer)) == crowd.readable(viewer), viewer.name


def test_the_crowd_has_all_reasons_to_see_a_goal(crowd: Crowd) -> None:
    reasons = set()
    for viewer, goal in itertools.product(crowd.viewers, crowd.goals):
        if allows(viewer, Permission.GOAL_READ, crowd.facts(goal)):
            reasons.add((goal.kind, goal.owner_id == viewer.id))

    everyones = set(itertools.product((Kind.PERSONAL, Kind.READING, Kind.OBJECTIVE), (True, False)))
    assert reasons == everyones | {(Kind.TARGET, True)}


def test_viewers_carry_the_roles_of_their_active_memberships(crowd: Crowd) -> None:
    assert {viewer.id: set(viewer.roles) for viewer in crowd.viewers} == crowd.roles


def test_the_policy_asked_by_a_page_gives_the_same_answer_as_asked_about_the_truth(
    session: Session, crowd: Crowd
) -> None:
    asked = 0
    for viewer, goal in itertools.product(crowd.viewers, crowd.goals):
        if not allows(viewer, Permission.GOAL_READ, crowd.facts(goal)):
            continue
        asked += 1
        reached = facts_of(session, viewer, find(session, viewer, goal.public_id))
        for permission in Permission:
            assert allows(viewer, permission, reached) == allows(viewer, permission, crowd.facts(goal)), permission
    assert asked > PEOPLE


def test_every_condition_matters(session: Session, crowd: Crowd) -> None:
    """The clause with any one condition taken out lets somebody in, or keeps somebody out, whom the policy does not."""
    members = [viewer for viewer in crowd.viewers if viewer.roles]  # others have a shorter clause
    sound = {viewer.id: crowd.readable(viewer) for viewer in members}
    survivors = [
        taken_out
        for taken_out in range(CONDITIONS)
        if all(seen(session, weakened(viewer, taken_out)) == sound[viewer.id] for viewer in members)
    ]
    assert survivors == []


def test_the_number_of_conditions_is_known(crowd: Crowd) -> None:
    counter = itertools.count()
    _rebuilt(visibility.goals_visible_to(next(viewer for viewer in crowd.viewers if viewer.roles)), counter, None)
    assert next(counter) == CONDITIONS


def weakened(viewer: Viewer, taken_out: int) -> ColumnElement[bool]:
    return _rebuilt(visibility.goals_visible_to(viewer), itertools.count(), taken_out)


def _rebuilt(clause: Any, numbers: Iterator[int], taken_out: int | None) -> Any:
    """The same clause, without the condition of that number; "exists" is looked into as well."""
    if isinstance(clause, Grouping):
        return _rebuilt(clause.element, numbers, taken_out)
    if isinstance(clause, Exists):
        inner = clause.element.element.whereclause
        return exists().where(_rebuilt(inner, numbers, taken_out))
    if not isinstance(clause, BooleanClauseList):
        return clause
    kept = []
    for part in clause.clauses:
        number = next(numbers)
        rebuilt = _rebuilt(part, numbers, taken_out)
        if number != taken_out:
            kept.append(rebuilt)
    return and_(*kept) if clause.operator.__name__ == "and_" else or_(*kept)
