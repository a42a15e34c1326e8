"""What people at work do at one moment: what adds up counts everybody, and no tree closes into a ring."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import make
from tests.faults.visitors import together
from webapp.actions import check_ins, objectives
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.people import Viewer
from webapp.models import Cycle, Objective, Person
from webapp.models.engine import begin_writing
from webapp.queries import objectives as queries
from webapp.queries.doctor import examine
from webapp.queries.people import viewer_of

CHILDREN = 6


class House:
    """One person's objective with several below it; every act in a session and transaction of its own."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self.engine, now = engine, datetime.now(UTC)
        home, person = make.organisation(session), make.person(session, "Ada", at=now)
        make.member(session, person, home)
        ada = viewer_of(session, person, now)
        days = {"starts": ada.today - timedelta(days=30), "ends": ada.today + timedelta(days=30)}
        cycle: Cycle = make.cycle(session, home, **days)
        top = make.objective(session, ada, cycle, "Top", key_results=())
        below = [
            make.objective(session, ada, cycle, f"Child {number}", parent=top.goal.public_id)
            for number in range(CHILDREN)
        ]
        self.person, self.top, self.today = person.id, top.goal.public_id, ada.today
        self.children = [found.goal.public_id for found in below]
        self.measures = [queries.key_results_of(session, found.goal.id)[0].public_id for found in below]
        session.commit()

    def act(self, what: Callable[[Session, Viewer], object]) -> object:
        """What came of it, committed; refusals of the rules are answers too."""
        with Session(self.engine, expire_on_commit=False) as session:
            begin_writing(session)
            viewer = viewer_of(session, session.get_one(Person, self.person), datetime.now(UTC))
            try:
                done = what(session, viewer)
                session.commit()
            except DomainError as error:
                session.rollback()
                return error
            return done

    def check_in(self, measure: str, value: int) -> Callable[[], object]:
        def say(session: Session, viewer: Viewer) -> object:
            key_result, found = queries.find_key_result(session, viewer, measure, lock=True)
            check_ins.check_in(session, viewer, key_result, found, CheckInDraft(Decimal(value)))
            return "said"

        return lambda: self.act(say)

    def put_below(self, child: str, parent: str | None) -> Callable[[], object]:
        def put(session: Session, viewer: Viewer) -> object:
            found = queries.find(session, viewer, child, lock=True)
            draft = replace(queries.draft_of(session, found), parent=parent)
            return objectives.save(session, viewer, found, draft)

        return lambda: self.act(put)

    def reached(self) -> Decimal:
        with Session(self.engine) as session:
            viewer = viewer_of(session, session.get_one(Person, self.person), datetime.now(UTC))
            return queries.find(session, viewer, self.top).objective.attainment

    def findings(self) -> list[object]:
        with Session(self.engine) as session:
            return list(examine(session, self.today))


@pytest.fixture
def house(app: Flask, engine: Engine, session: Session) -> House:
    return House(engine, session)


def test_check_ins_at_one_moment_all_count_above(house: House) -> None:
    for one, other in zip(house.measures[::2], house.measures[1::2], strict=True):
        assert together(house.check_in(one, 10), house.check_in(other, 10)) == ["said", "said"]
    assert house.reached() == 1
    assert house.findings() == []


def test_check_ins_on_one_key_result_leave_one_truth(house: House) -> None:
    for value in range(1, 6):
        acts = [house.check_in(house.measures[0], value), house.check_in(house.measures[0], 2 * value)]
        assert together(*acts) == ["said", "said"]
    assert house.findings() == []


def test_two_that_go_below_each_other_at_once_never_make_a_ring(house: House) -> None:
    for one, other in zip(house.children[::2], house.children[1::2], strict=True):
        came = together(house.put_below(one, other), house.put_below(other, one))
        assert sorted(isinstance(each, Invalid) for each in came) == [False, True], came
    with Session(house.engine) as session:
        above = {row.goal_id: row.parent_id for row in session.execute(select(Objective.goal_id, Objective.parent_id))}
    for number in above:
        here, steps = number, 0
        while here is not None and steps <= len(above):
            here, steps = above[here], steps + 1
        assert here is None, "a ring"
    assert house.findings() == []


def test_two_that_come_below_one_at_once_both_count(house: House) -> None:
    def below() -> object:
        def make_one(session: Session, viewer: Viewer) -> object:
            found = queries.find(session, viewer, house.top)
            draft = make.objective_draft(viewer, found.cycle, "New", parent=house.top)
            return objectives.create(session, viewer, found.cycle.organisation_id, draft).goal.public_id

        return house.act(make_one)

    for measure in house.measures:
        assert house.check_in(measure, 10)() == "said"
    for _ in range(4):
        assert all(isinstance(one, str) for one in together(below, below))
    assert round(house.reached(), 6) == round(Decimal(CHILDREN) / (CHILDREN + 8), 6)
    assert house.findings() == []
