"""The rows of a cycle's lists: only its own, only for members, each filter alone and together, in as many statements
for many as for one."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.relations import Work
from webapp.actions import check_ins
from webapp.domain.goals import Lifecycle, ReviewState
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.objectives import Curve, Milestone, Pace
from webapp.domain.people import Viewer
from webapp.models import Goal, Team
from webapp.queries import objective_tree as queries
from webapp.queries import objectives
from webapp.queries.objective_tree import Status, Wanted


@pytest.fixture
def they(app: Flask, session: Session) -> Work:
    return Work(session)


def names(they: Work, viewer: Viewer | None = None, **wanted: object) -> list[str]:
    they.session.flush()
    found = queries.branches(they.session, viewer or they.paul, they.cycle, Wanted(**wanted))  # type: ignore[arg-type]
    return [one.name for one in found]


def test_every_member_reads_the_cycle_and_nobody_else(they: Work) -> None:
    stranger = make.viewer(they.session, make.person(they.session, "Sam"))
    for viewer in (they.paul, they.mona, they.ines):
        assert names(they, viewer) == ["Win ten shops"]
    assert names(they, stranger) == []
    assert queries.leaves(they.session, stranger, they.cycle, [they.goal.id])[they.goal.id] == []
    assert queries.choices(they.session, stranger, they.cycle).owners == []
    assert queries.sizes(they.session, stranger, [they.cycle]) == {}


def test_another_cycle_and_what_was_deleted_are_not_among_them(they: Work) -> None:
    other = make.cycle(they.session, they.home, "Second quarter")
    make.objective(they.session, they.paul, other, "Bake less")
    gone = make.objective(they.session, they.paul, they.cycle, "Never mind").goal
    gone.deleted_at = make.NOW
    assert names(they) == ["Win ten shops"]
    assert queries.sizes(they.session, they.paul, [they.cycle, other]) == {they.cycle.id: 1, other.id: 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [("ten SHOPS", True), ("shops won", True), ("bread", False), ("100%", False), ("_en", False)],
)
def test_words_are_looked_for_in_objectives_and_key_results(they: Work, text: str, found: bool) -> None:
    assert names(they, text=text) == (["Win ten shops"] if found else [])


def test_words_of_other_alphabets_are_found_as_they_are_written(they: Work) -> None:
    make.objective(they.session, they.paul, they.cycle, "Überall Brötchen")
    assert names(they, text="Überall") == ["Überall Brötchen"]


def test_each_filter_leaves_what_it_names(they: Work) -> None:
    team = Team(organisation_id=they.home.id, name="Bakers", lead_id=they.person.id)
    they.session.add(team)
    they.session.flush()
    make.objective(they.session, they.mona, they.cycle, "Manage", tags=("people",), key_results=())
    make.objective(they.session, they.paul, they.cycle, "Bake", team=team.public_id)
    assert names(they, owner=they.mona.public_id) == ["Manage"]
    assert names(they, team=team.public_id) == ["Bake"]
    assert names(they, tag="people") == ["Manage"]
    assert names(they, they.mona, mine=True) == ["Manage"]
    assert names(they, owner=they.mona.public_id, tag="bread") == []
    found = queries.choices(they.session, they.ines, they.cycle)
    assert [name for _, name in found.owners] == ["Mona", "Paul"]
    assert found.teams == [(team.public_id, "Bakers")]
    assert found.tags == ["people"]


def test_mine_is_also_what_i_answer_for_a_part_of(they: Work) -> None:
    part = make.key_result("Ovens", owner=they.manager.public_id)
    make.objective(they.session, they.paul, they.cycle, "Bake", key_results=(part,))
    assert names(they, they.mona, mine=True) == ["Bake"]


@pytest.mark.parametrize(
    ("state", "lifecycle", "status"),
    [
        (ReviewState.DRAFT, Lifecycle.ACTIVE, Status.DRAFT),
        (ReviewState.IN_REVIEW, Lifecycle.ACTIVE, Status.IN_REVIEW),
        (ReviewState.APPROVED, Lifecycle.ACTIVE, Status.APPROVED),
        (None, Lifecycle.ACTIVE, Status.UNREVIEWED),
        (ReviewState.APPROVED, Lifecycle.CLOSED, Status.CLOSED),
        (None, Lifecycle.CLOSED, Status.CLOSED),
    ],
)
def test_a_status_finds_exactly_its_own(
    they: Work, state: ReviewState | None, lifecycle: Lifecycle, status: Status
) -> None:
    goal = they.session.get_one(Goal, they.goal.id)
    goal.review_state, goal.lifecycle = state, lifecycle
    for each in Status:
        assert names(they, status=each) == (["Win ten shops"] if each is status else [])
    (branch,) = queries.branches(they.session, they.paul, they.cycle, Wanted())
    assert branch.status is status


def test_what_it_serves_is_named_wherever_it_stands(they: Work) -> None:
    year = make.cycle(they.session, they.home, "The year")
    above = make.objective(they.session, they.paul, year, "Be known")
    make.objective(they.session, they.paul, they.cycle, "Be seen", parent=above.goal.public_id)
    branch = queries.branches(they.session, they.paul, they.cycle, Wanted())[-1]
    assert (branch.parent, branch.parent_id) == ("Be known", above.goal.public_id)
    above.goal.deleted_at = make.NOW
    they.session.flush()
    branch = queries.branches(they.session, they.paul, they.cycle, Wanted())[-1]
    assert (branch.parent, branch.parent_number) == (None, None)


def test_pace_follows_the_milestones_as_they_are_stored(they: Work) -> None:
    steps = (Milestone(date(2026, 2, 1), Decimal("0.5")), Milestone(date(2026, 3, 20), Decimal(1)))
    draft = {"curve": Curve.STEPPED, "milestones": steps}
    found = make.objective(they.session, they.paul, they.cycle, "In steps", **draft)
    branch = queries.branches(they.session, they.paul, they.cycle, Wanted())[-1]
    position = branch.position(they.cycle.cadence, they.paul.today)
    assert (position.expected, position.pace, position.outdated) == (Decimal("0.5"), Pace.OFF_TRACK, False)  # a draft
    course = objectives.course_of(found.objective, they.cycle)
    assert course.milestones == steps


def test_key_results_stand_in_their_order_with_what_was_said(they: Work) -> None:
    parts = (make.key_result("Second"), make.key_result("First", owner=they.manager.public_id))
    year = make.cycle(they.session, they.home, "The year")
    found = make.objective(they.session, they.paul, year, "Bake", key_results=parts)
    row = objectives.key_results_of(they.session, found.goal.id)[1]
    check_ins.check_in(they.session, they.mona, row, found, CheckInDraft(Decimal(4)))
    second, first = queries.leaves(they.session, they.paul, year, [found.goal.id])[found.goal.id]
    assert (second.name, second.owner, second.actual) == ("Second", None, None)
    assert (first.name, first.owner, first.actual, first.attainment) == ("First", "Mona", 4, Decimal("0.4"))


def test_many_cost_as_many_statements_as_one(they: Work) -> None:
    def cost() -> int:
        with counted(they.session.get_bind()) as sent:  # type: ignore[arg-type]
            found = queries.branches(they.session, they.ines, they.cycle, Wanted())
            queries.leaves(they.session, they.ines, they.cycle, [one.number for one in found])
            queries.choices(they.session, they.ines, they.cycle)
            queries.reviewers(they.session, they.ines, they.cycle)
        return len(sent)

    one = cost()
    for number in range(queries.FEW + 5):
        make.objective(they.session, they.ines, they.cycle, f"Number {number}")
    assert cost() == one == 4


def test_reviewers_are_who_is_asked_or_approved_what_is_in_force(they: Work) -> None:
    assert queries.reviewers(they.session, they.paul, they.cycle) == {}
    they.send(they.manager)
    asked = queries.reviewers(they.session, they.paul, they.cycle)
    assert asked == {they.goal.id: [(they.manager.public_id, "Mona")]}
