"""The pages of cycles: who may change them, what each choice means, and copying one forward."""

from collections.abc import Callable

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, signed_in
from tests.pages.crowd import UNKNOWN
from tests.relations import Work
from webapp.domain.objectives import Cadence, CycleState
from webapp.models import Cycle, Goal, Objective, Person

Visit = Callable[[Person], Browser]
TYPED = {"title": "Second quarter", "starts": "2026-04-01", "ends": "2026-06-30", "cadence": "biweekly"}


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def visit(app: Flask, session: Session, they: Work) -> Visit:
    return lambda person: signed_in(app, session, person)


@pytest.fixture
def ines(visit: Visit, they: Work) -> Browser:
    """The browser of who administers the organisation."""
    return visit(they.admin)


def cycles(they: Work) -> dict[str, Cycle]:
    they.session.rollback()
    they.session.expire_all()
    return {one.title: one for one in they.session.scalars(select(Cycle))}


def following(they: Work, **columns: object) -> Cycle:
    made = make.cycle(they.session, they.home, "Second quarter", **columns)
    they.session.commit()
    return made


def test_an_admin_opens_a_cycle_and_lands_among_its_objectives(they: Work, ines: Browser) -> None:
    done = ines.get("/objectives/cycles/new").press("Open this cycle", reviewers="2", **TYPED)
    assert done.status == 200
    assert "Nobody has planned anything" in done.text
    made = cycles(they)["Second quarter"]
    assert (made.organisation_id, made.state, made.cadence) == (they.home.id, CycleState.OPEN, Cadence.BIWEEKLY)
    assert (made.reviewers, made.zone, str(made.starts)) == (2, they.admin.zone, "2026-04-01")


def test_sent_twice_it_is_one_cycle(they: Work, ines: Browser) -> None:
    form = ines.get("/objectives/cycles/new")
    assert form.press("Open this cycle", **TYPED).address == form.press("Open this cycle", **TYPED).address
    assert len(cycles(they)) == 2


def test_what_is_wrong_stands_at_its_field(they: Work, ines: Browser) -> None:
    typed = TYPED | {"title": "", "ends": "2026-03-01"}
    wrong = ines.get("/objectives/cycles/new").press("Open this cycle", **typed)
    assert wrong.status == 422
    assert wrong.errors().keys() >= {"title", "ends"}
    assert wrong.value("starts") == "2026-04-01"
    assert len(cycles(they)) == 1


def test_an_admin_locks_a_cycle(they: Work, ines: Browser) -> None:
    address = f"/objectives/cycles/{they.cycle.public_id}"
    done = ines.get(address).press("Save", state="locked", title="Q1")
    assert done.status == 200
    changed = cycles(they)["Q1"]
    assert (changed.state, changed.state_by_id, changed.reviewers) == (CycleState.LOCKED, they.admin.id, 1)
    assert "locked" in ines.get("/objectives").text


def test_reviews_that_are_on_are_not_offered_to_be_turned_off(they: Work, ines: Browser) -> None:
    address = f"/objectives/cycles/{they.cycle.public_id}"
    page = ines.get(address)
    offered = [one.get("value") for one in page.all("input") if one.get("name") == "reviewers"]
    assert offered == ["1", "2"]
    fields = dict(page.fields(page.form_of(page.button("Save")))) | {"reviewers": "0"}
    assert ines.send(address, list(fields.items())).status == 422
    assert cycles(they)["First quarter"].reviewers == 1


def test_two_who_change_at_once_are_told(they: Work, ines: Browser) -> None:
    page = ines.get(f"/objectives/cycles/{they.cycle.public_id}")
    assert page.press("Save", title="One").status == 200
    assert page.press("Save", title="Other").status == 409
    assert set(cycles(they)) == {"One"}


def test_members_read_what_only_admins_change(they: Work, visit: Visit) -> None:
    paul = visit(they.person)
    address = f"/objectives/cycles/{they.cycle.public_id}"
    page = paul.get(address)
    assert "One approval" in page.text
    assert "Save" not in page.text
    listed = paul.get("/objectives/cycles")
    assert "First quarter" in listed.text
    assert "New cycle" not in listed.text
    before = make.everything(they.session)
    assert paul.get("/objectives/cycles/new").status == 403
    assert paul.post("/objectives/cycles", **TYPED).status == 403
    assert paul.post(address, **TYPED).status == 403
    assert make.everything(they.session) == before


def test_strangers_meet_nothing(they: Work, visit: Visit) -> None:
    stranger = visit(make.person(they.session, "Sam"))
    assert "First quarter" not in stranger.get("/objectives/cycles").text
    for more in ("", "/copy"):
        there = stranger.get(f"/objectives/cycles/{they.cycle.public_id}{more}")
        nowhere = stranger.get(f"/objectives/cycles/{UNKNOWN}{more}")
        assert there.status == nowhere.status == 404
        assert stranger.post(f"/objectives/cycles/{they.cycle.public_id}{more}", **TYPED).status == 404


def copies(they: Work, cycle: Cycle) -> list[str]:
    they.session.rollback()
    statement = select(Objective.name).join(Goal, Goal.id == Objective.goal_id).where(Objective.cycle_id == cycle.id)
    return list(they.session.scalars(statement.order_by(Objective.name)))


def test_the_chosen_objectives_go_on(they: Work, visit: Visit) -> None:
    into, paul = following(they), visit(they.person)
    page = paul.get(f"/objectives/cycles/{they.cycle.public_id}/copy")
    assert "Win ten shops" in page.text
    done = page.press("Copy these", go_on="y")
    assert done.status == 200
    assert "1 objective copied." in done.text
    assert copies(they, into) == ["Win ten shops"]
    page.press("Copy these", go_on="y")
    assert copies(they, into) == ["Win ten shops"], "sent twice is once"


def test_nothing_chosen_is_said_at_the_list(they: Work, visit: Visit) -> None:
    into, paul = following(they), visit(they.person)
    wrong = paul.get(f"/objectives/cycles/{they.cycle.public_id}/copy").press("Copy these", chosen=None)
    assert wrong.status == 422
    assert "Tick at least one goal first." in wrong.text
    assert copies(they, into) == []


def test_who_may_not_copy_anothers_sees_why(they: Work, visit: Visit) -> None:
    into = following(they)
    other = make.person(they.session, "Olga")
    make.member(they.session, other, they.home)
    olga = visit(other)
    address = f"/objectives/cycles/{they.cycle.public_id}/copy"
    page = olga.get(address)
    assert "Paul, their manager" in page.text
    (box,) = [one for one in page.all("input") if one.get("name") == "chosen"]
    assert "disabled" in box.attrib
    assert olga.post(address, to=into.public_id, chosen=they.goal.public_id).status == 403
    assert copies(they, into) == []


def test_who_left_is_named_in_the_preview(they: Work, ines: Browser) -> None:
    they.person.deleted_at = make.NOW
    into = following(they)
    page = ines.get(f"/objectives/cycles/{they.cycle.public_id}/copy")
    assert "the copy is yours" in page.text
    page.press("Copy these")
    assert copies(they, into) == ["Win ten shops"]


def test_without_an_open_cycle_there_is_nowhere_to_copy(they: Work, ines: Browser) -> None:
    closed = following(they, state=CycleState.CLOSED)
    address = f"/objectives/cycles/{they.cycle.public_id}/copy"
    assert "There is no open cycle" in ines.get(address).text
    refused = ines.post(address, to=closed.public_id, chosen=they.goal.public_id)
    assert refused.status == 423
