"""Whoever works somewhere sees its cycles, objectives and key results, and nobody else: SQL and the policy agree for
everybody in a crowd, and about who may change what of whom as well."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import application, make
from tests.conftest import together
from webapp.domain.errors import NotFound
from webapp.domain.goals import Kind
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.policy import CycleFacts, GoalFacts, Permission, allows
from webapp.extensions import db
from webapp.models import (
    Cycle,
    Goal,
    KeyResult,
    Objective,
    Organisation,
    Person,
    ReportingLine,
    Team,
    TeamMember,
)
from webapp.queries import cycles, objective_choices, objective_json, objective_lists, objective_tree, objectives
from webapp.queries import goals as goal_queries
from webapp.queries.objective_tree import Wanted
from webapp.queries.reviewers import eligible

PEOPLE = 12
ASKED = (
    Permission.GOAL_REVIEW,
    Permission.GOAL_CLOSE,
    Permission.GOAL_OVERRIDE,
    Permission.OBJECTIVE_CHANGE,
    Permission.OBJECTIVE_OWN,
)


@dataclass
class Crowd:
    """What was made, remembered apart from the database, so that the policy is asked about the truth."""

    houses: list[Organisation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    """Those who are disabled: they can do nothing, whatever they were."""
    roles: dict[tuple[int, int], set[Role]] = field(default_factory=dict)
    """Of active members: by person and organisation."""
    manages: set[tuple[int, int, int]] = field(default_factory=set)
    """Organisation, manager, and who answers to them."""
    leads: set[tuple[int, int, int]] = field(default_factory=set)
    """Organisation, lead, and who is in the team."""
    cycles: list[Cycle] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    key_results: list[KeyResult] = field(default_factory=list)
    within: dict[int, int] = field(default_factory=dict)
    """By the number of an objective, that of its cycle."""
    viewers: list[Viewer] = field(default_factory=list)
    known: dict[int, GoalFacts] = field(default_factory=dict)
    """By the number of an objective what is true of it, found out once."""

    def reasons(self, house: int, person: int, owner: int) -> set[str]:
        """Why somebody may change the objectives of an owner beside them."""
        if person == owner or person in self.gone or (person, house) not in self.roles:
            return set()
        said = {
            "manager": (house, person, owner) in self.manages,
            "lead": (house, person, owner) in self.leads,
            "admin": Role.ADMIN in self.roles[person, house],
        }
        return {name for name, is_so in said.items() if is_so}

    def facts_of(self, house: int, owner: int, *, deleted: bool = False) -> GoalFacts:
        updaters = frozenset(one.id for one in self.people if self.reasons(house, one.id, owner))
        return GoalFacts(owner, Kind.OBJECTIVE, house, deleted, updaters=updaters)

    def facts(self, goal: Goal) -> GoalFacts:
        if goal.id not in self.known:
            assert goal.organisation_id is not None
            gone = goal.deleted_at is not None
            self.known[goal.id] = self.facts_of(goal.organisation_id, goal.owner_id, deleted=gone)
        return self.known[goal.id]

    def readable(self, viewer: Viewer) -> set[int]:
        return {goal.id for goal in self.goals if allows(viewer, Permission.GOAL_READ, self.facts(goal))}


once = pytest.mark.parametrize("lasting_url", [together("sqlite")], indirect=True)
"""What the crowd is made of does not hang on the engine."""


@pytest.fixture(scope="module")
def session(lasting_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One for all tests here: they only look."""
    app = application.create_app(application.settings_for(lasting_url, tmp_path_factory.mktemp("crowd")))
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session
    application.disconnect(app)


@pytest.fixture(scope="module")
def crowd(session: Session) -> Crowd:
    """People of every status and role in two organisations, who answer to each other, and objectives of them all."""
    chance, crowd = random.Random(20260310), Crowd()
    crowd.houses = [make.organisation(session, f"House {number}") for number in range(2)]
    crowd.people = [make.person(session, f"Person {number}") for number in range(PEOPLE)]
    for person, house in itertools.product(crowd.people, crowd.houses):
        status = chance.choice([None, *MembershipStatus, *[MembershipStatus.ACTIVE] * 4])
        if status is None:
            continue
        roles = chance.sample(list(Role), chance.randint(1, 2))
        make.member(session, person, house, *roles, status=status)
        if status is MembershipStatus.ACTIVE:
            crowd.roles[person.id, house.id] = set(roles)
    admin = next(person for person, house in crowd.roles if Role.ADMIN in crowd.roles[person, house])
    for person in crowd.people:
        if person.id == admin:
            person.disabled_at = make.NOW
            crowd.gone.add(person.id)
    for house in crowd.houses:
        belong(session, crowd, house, chance)
        aim(session, crowd, house)
    session.commit()
    crowd.viewers = [make.viewer(session, person) for person in crowd.people if person.id not in crowd.gone]
    return crowd


def belong(session: Session, crowd: Crowd, house: Organisation, chance: random.Random) -> None:
    """Some answer to others, and some are in teams; whether they are members is another matter."""
    for manager, person in chance.sample(list(itertools.permutations(crowd.people, 2)), 2 * PEOPLE):
        both = {"person_id": person.id, "manager_id": manager.id}
        session.add(ReportingLine(organisation_id=house.id, since=make.TODAY, **both))
        crowd.manages.add((house.id, manager.id, person.id))
    for number, lead in enumerate([None, *chance.sample(crowd.people, 4)]):
        team = Team(organisation_id=house.id, name=f"Team {number}", lead_id=lead and lead.id)
        session.add(team)
        session.flush()
        for person in chance.sample(crowd.people, 4):
            session.add(TeamMember(team_id=team.id, person_id=person.id))
            if lead is not None:
                crowd.leads.add((house.id, lead.id, person.id))


def aim(session: Session, crowd: Crowd, house: Organisation) -> None:
    """Everybody has an objective there, and had another one; each with a key result, and one that was removed."""
    here = [make.cycle(session, house, f"Cycle {number} of {house.name}") for number in range(2)]
    crowd.cycles += here
    for number, (owner, deleted) in enumerate(itertools.product(crowd.people, (False, True))):
        goal = make.any_goal(session, owner, Kind.OBJECTIVE, house)
        goal.deleted_at = make.NOW if deleted else None
        cycle = here[number // 2 % 2]
        objective = Objective(goal_id=goal.id, cycle_id=cycle.id, name="Aim", starts=cycle.starts, ends=cycle.ends)
        session.add(objective)
        crowd.goals.append(goal)
        crowd.within[goal.id] = cycle.id
        for removed in (False, True):
            made = KeyResult(goal_id=goal.id, name="Measure", target=Decimal(10), created_at=make.NOW)
            made.owner_id = crowd.people[number % PEOPLE].id
            made.deleted_at = make.NOW if removed else None
            session.add(made)
            crowd.key_results.append(made)
    session.flush()


def test_everybody_sees_the_cycles_they_may_read(session: Session, crowd: Crowd) -> None:
    for viewer in crowd.viewers:
        may = {one.id for one in crowd.cycles if allows(viewer, Permission.CYCLE_READ, CycleFacts(one.organisation_id))}
        assert {one.id for one in cycles.listed(session, viewer)} == may, viewer.name
        assert set(session.scalars(select(Cycle.id).where(cycles.cycles_visible_to(viewer)))) == may
        assert {one.id for one in crowd.cycles if is_there(cycles.find, session, viewer, one.public_id)} == may


def test_every_list_shows_the_objectives_they_may_read(session: Session, crowd: Crowd) -> None:
    """Each list has a scope of its own, as cheap as it can be."""
    for viewer in crowd.viewers:
        may, where = crowd.readable(viewer), {goal.id: goal.organisation_id for goal in crowd.goals}
        for house in crowd.houses:
            scope, here = objective_lists.visible_in(viewer, house.id), {one for one in may if where[one] == house.id}
            assert {row.number for row in objective_lists.rows(session, scope)} == here, viewer.name
            assert {row.number for row in objective_json.rows(session, ("number",), [scope])} == here
            assert objective_lists.count(session, scope) == len(here)
        for cycle in crowd.cycles:
            here = {one for one in may if crowd.within[one] == cycle.id}
            shown = objective_tree.branches(session, viewer, cycle, Wanted())
            assert {one.number for one in shown} == here, viewer.name
            found = objective_tree.leaves(session, viewer, cycle, list(crowd.within))
            assert {number for number, leaves in found.items() if leaves} == here


def test_one_objective_and_one_key_result_are_there_for_who_may_read_them(session: Session, crowd: Crowd) -> None:
    """Tried by somebody of no organisation, of one, and of both."""
    for viewer in {len({house for house, _ in viewer.roles}): viewer for viewer in crowd.viewers}.values():
        may = crowd.readable(viewer)
        found = {one.id for one in crowd.goals if is_there(objectives.find, session, viewer, one.public_id)}
        assert found == may, viewer.name
        alive = {one.id for one in crowd.key_results if one.goal_id in may and one.deleted_at is None}
        measured = {one.id for one in crowd.key_results if is_measured(session, viewer, one)}
        assert measured == alive, viewer.name


def test_what_was_deleted_is_found_by_members_alone(session: Session, crowd: Crowd) -> None:
    """Who of them may bring it back is asked after that."""
    for viewer in crowd.viewers:
        gone = {one.id for one in crowd.goals if one.deleted_at and viewer.is_in(one.organisation_id or 0)}
        found = {one.id for one in crowd.goals if is_there(objectives.find_deleted, session, viewer, one.public_id)}
        assert found == gone, viewer.name


def test_a_page_that_asks_what_somebody_may_do_is_told_the_truth(session: Session, crowd: Crowd) -> None:
    for viewer in crowd.viewers:
        may = crowd.readable(viewer)
        for goal in (one for one in crowd.goals if one.id in may):
            reached = goal_queries.facts_of(session, viewer, goal)
            for permission in ASKED:
                assert allows(viewer, permission, reached) == allows(viewer, permission, crowd.facts(goal)), permission


def test_the_editor_offers_those_whose_objectives_one_may_change(session: Session, crowd: Crowd) -> None:
    for viewer, house in itertools.product(crowd.viewers, crowd.houses):
        members = [one.id for one in crowd.people if (one.id, house.id) in crowd.roles and one.id not in crowd.gone]
        may = {one for one in members if allows(viewer, Permission.OBJECTIVE_CHANGE, crowd.facts_of(house.id, one))}
        if viewer.is_in(house.id):
            offered = objective_choices.owners(session, viewer, house.id)
            assert {one.number for one in offered} == may, viewer.name


def test_those_are_asked_for_a_review_who_may_give_one(session: Session, crowd: Crowd) -> None:
    for goal in (one for one in crowd.goals if one.deleted_at is None):
        able = {one.id for one in crowd.viewers if allows(one, Permission.GOAL_REVIEW, crowd.facts(goal))}
        assert {one.number for one in eligible(session, goal, make.NOW)} == able


@once
def test_the_crowd_has_every_reason_to_change_an_objective(crowd: Crowd) -> None:
    """Each alone, so that it is shown to matter; and somebody who would have one, were they still a member."""
    owners = itertools.product(crowd.houses, crowd.people, crowd.people)
    alone = {frozenset(crowd.reasons(house.id, one.id, owner.id)) for house, one, owner in owners}
    assert alone >= {frozenset({name}) for name in ("manager", "lead", "admin")} | {frozenset()}
    for said in (crowd.manages, crowd.leads):
        assert any((person, house) not in crowd.roles for house, person, _ in said)
        assert any((owner, house) not in crowd.roles for house, _, owner in said)
    assert any(Role.ADMIN in roles for (person, _), roles in crowd.roles.items() if person in crowd.gone)


@once
def test_the_crowd_has_people_of_one_organisation_of_both_and_of_none(crowd: Crowd) -> None:
    assert {len({organisation for organisation, _ in viewer.roles}) for viewer in crowd.viewers} == {0, 1, 2}


def is_measured(session: Session, viewer: Viewer, key_result: KeyResult) -> bool:
    return is_there(objectives.find_key_result, session, viewer, key_result.public_id)


def is_there(find: Callable[..., object], *args: object) -> bool:
    """Whether it is found."""
    try:
        find(*args)
    except NotFound:
        return False
    return True
