"""Copying a cycle forward: what is aimed at goes on, what was reached or decided stays where it was."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.relations import Work
from webapp.actions import check_ins
from webapp.actions.cycle_copies import CopyDraft, copy_forward
from webapp.domain.errors import Invalid, Locked, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.objectives import Curve, CycleState, Milestone, Operator
from webapp.domain.people import Viewer
from webapp.models import Cycle
from webapp.queries import objectives
from webapp.queries.objectives import Found


@pytest.fixture
def they(app: Flask, session: Session) -> Work:
    found = Work(session)
    found.goal.deleted_at = make.NOW
    session.flush()
    return found


@pytest.fixture
def year(they: Work) -> Cycle:
    return make.cycle(they.session, they.home, "This quarter")


@pytest.fixture
def following(they: Work) -> Cycle:
    given = {"starts": date(2026, 4, 1), "ends": date(2026, 6, 30)}
    return make.cycle(they.session, they.home, "Second quarter", **given)


def say(they: Work, found: Found, value: int, place: int = 0) -> None:
    part = objectives.key_results_of(they.session, found.goal.id)[place]
    check_ins.check_in(they.session, they.paul, part, found, CheckInDraft(Decimal(value), confidence=Decimal("0.5")))


def copy(they: Work, viewer: Viewer, source: Cycle, target: Cycle, *found: Found, **more: bool) -> list[Found]:
    draft = CopyDraft([one.goal.public_id for one in found], **more)
    return copy_forward(they.session, viewer, source, target, draft)


def test_a_copy_aims_at_the_same_and_begins_at_nothing(they: Work, year: Cycle, following: Cycle) -> None:
    steps = (Milestone(date(2026, 2, 1), Decimal("0.5")),)
    part = make.key_result("Shops", 10, unit="shops", weight=Decimal(2), due=date(2026, 3, 1))
    said = {"key_results": (part,), "tags": ("growth",), "description": "All.", "weight": Decimal(3)}
    found = make.objective(they.session, they.paul, year, "Grow", curve=Curve.STEPPED, milestones=steps, **said)
    say(they, found, 4)
    (made,) = copy(they, they.paul, year, following, found)
    draft = objectives.draft_of(they.session, made)
    assert (draft.name, draft.description, draft.tags, draft.weight) == ("Grow", "All.", ("growth",), 3)
    assert (draft.starts, draft.ends, draft.owner) == (date(2026, 4, 1), date(2026, 6, 30), they.paul.public_id)
    assert draft.milestones == (Milestone(date(2026, 5, 2), Decimal("0.5")),)
    (row,) = objectives.key_results_of(they.session, made.goal.id)
    assert (row.name, row.target, row.baseline, row.unit, row.weight) == ("Shops", 10, 0, "shops", 2)
    assert (row.due, row.actual, row.attainment, row.confidence) == (date(2026, 5, 30), None, None, None)
    assert (made.objective.attainment, made.objective.last_check_in) == (0, None)
    before = objectives.of_goal(they.session, found.goal).objective
    assert (before.attainment, before.cycle_id) == (Decimal("0.4"), year.id)


def test_parents_are_copied_along_or_left_where_they_are(they: Work, year: Cycle, following: Cycle) -> None:
    long = make.cycle(they.session, they.home, "The year")
    vision = make.objective(they.session, they.paul, long, "Vision")
    above = make.objective(they.session, they.paul, year, "Above", parent=vision.goal.public_id)
    below = make.objective(they.session, they.paul, year, "Below", parent=above.goal.public_id)
    alone = make.objective(they.session, they.paul, year, "Alone", parent=above.goal.public_id)
    copies = {one.objective.name: one for one in copy(they, they.paul, year, following, below, above)}
    assert copies["Below"].objective.parent_id == copies["Above"].goal.id
    assert copies["Above"].objective.parent_id == vision.goal.id
    (only,) = copy(they, they.paul, year, following, alone)
    assert only.objective.parent_id is None


def test_it_can_start_where_it_ended(they: Work, year: Cycle, following: Cycle) -> None:
    parts = (
        make.key_result("Shops", 10),
        make.key_result("Days", 3, baseline=Decimal(30)),
        make.key_result("Won", 5),
        make.key_result("Signed", 1, operator=Operator.EXACTLY),
        make.key_result("Silent", 7),
    )
    found = make.objective(they.session, they.paul, year, "Grow", key_results=parts)
    for place, value in enumerate((4, 12, 9, 0)):
        say(they, found, value, place)
    (made,) = copy(they, they.paul, year, following, found, go_on=True)
    rows = objectives.key_results_of(they.session, made.goal.id)
    assert [row.baseline for row in rows] == [4, 12, 0, 0, 0]


def test_only_what_was_not_achieved_can_go_on(they: Work, year: Cycle, following: Cycle) -> None:
    parts = (make.key_result("Shops", 10), make.key_result("Won", 5))
    half = make.objective(they.session, they.paul, year, "Half", key_results=parts)
    whole = make.objective(they.session, they.paul, year, "Whole")
    say(they, half, 5, 1)
    say(they, whole, 10)
    (made,) = copy(they, they.paul, year, following, half, whole, unfinished=True)
    assert made.objective.name == "Half"
    assert [row.name for row in objectives.key_results_of(they.session, made.goal.id)] == ["Shops"]
    with pytest.raises(Invalid, match="nothing_chosen"):
        copy(they, they.paul, year, following, whole, unfinished=True)


def test_who_left_is_followed_by_who_copies(they: Work, year: Cycle, following: Cycle) -> None:
    part = make.key_result("Shops", owner=they.manager.public_id)
    found = make.objective(they.session, they.paul, year, "Grow", key_results=(part,))
    they.person.deleted_at = they.manager.deleted_at = make.NOW
    they.session.flush()
    (made,) = copy(they, they.ines, year, following, found)
    assert made.goal.owner_id == they.ines.id
    (row,) = objectives.key_results_of(they.session, made.goal.id)
    assert row.owner_id is None


def test_a_member_copies_their_own_and_nobody_elses(they: Work, year: Cycle, following: Cycle) -> None:
    hers = make.objective(they.session, they.mona, year, "Manage")
    his = make.objective(they.session, they.paul, year, "Bake")
    with pytest.raises(Refused):
        copy(they, they.paul, year, following, his, hers)
    assert [one.objective.name for one in copy(they, they.mona, year, following, his, hers)] == ["Manage", "Bake"]


def test_reviews_begin_anew(they: Work, year: Cycle) -> None:
    found = make.objective(they.session, they.paul, year, "Grow")
    reviewed = make.cycle(they.session, they.home, "Reviewed", reviewers=1)
    (made,) = copy(they, they.paul, year, reviewed, found)
    assert (found.goal.review_state, made.goal.review_state) == (None, ReviewState.DRAFT)


def test_nothing_goes_where_it_cannot(they: Work, year: Cycle, following: Cycle) -> None:
    found = make.objective(they.session, they.paul, year, "Grow")
    for nowhere in (year, make.cycle(they.session, make.organisation(they.session, "Elsewhere"))):
        with pytest.raises(Invalid, match="to:unknown_choice"):
            copy(they, they.paul, year, nowhere, found)
    following.state = CycleState.LOCKED
    with pytest.raises(Locked) as locked:
        copy(they, they.paul, year, following, found)
    assert locked.value.reason == "cycle_locked"


def test_unknown_ones_are_nothing(they: Work, year: Cycle, following: Cycle) -> None:
    with pytest.raises(Invalid, match="nothing_chosen"):
        copy_forward(they.session, they.paul, year, following, CopyDraft(["0" * 24]))


def test_the_copy_is_recorded(they: Work, year: Cycle, following: Cycle) -> None:
    found = make.objective(they.session, they.paul, year, "Grow")
    copy(they, they.paul, year, following, found)
    assert make.tags(they.session, following) == ["cycle:copy"]
