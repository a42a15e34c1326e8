"""The editor of objectives: rows of key results, mistakes at their fields, proposals, conflicts and locks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser, Page, signed_in
from tests.relations import Work
from webapp.actions import decisions
from webapp.domain.goals import ReviewState
from webapp.domain.objectives import Curve, Milestone, Operator
from webapp.domain.reviews import Verdict
from webapp.models import Goal, KeyResult, Objective
from webapp.queries import objectives as queries
from webapp.queries import reviews as review_queries

NEW = "/objectives/new"


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def paul(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.person)


@pytest.fixture
def mona(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.manager)


def place(work: Work, more: str = "") -> str:
    return f"/objectives/{work.goal.public_id}{more}"


def approve(work: Work) -> None:
    round_, goal = review_queries.find_round(work.session, work.mona, work.send(work.manager).public_id, lock=True)
    decisions.decide(work.session, work.mona, round_, goal, Verdict.APPROVE, revision=round_.revision)
    work.session.commit()


def goal_of(work: Work) -> Goal:
    work.session.rollback()
    work.session.expire_all()
    return work.session.get_one(Goal, work.goal.id)


def rows(work: Work, name: str = "Win ten shops") -> list[KeyResult]:
    work.session.rollback()
    number = work.session.scalars(select(Objective.goal_id).where(Objective.name == name)).one()
    return queries.key_results_of(work.session, number)


def typed(**said: Any) -> dict[str, Any]:
    """What is typed into the editor; key_results_0_target stands for the field of the first row."""
    return {name.replace("key_results_0_", "key_results.0.").replace("key_results_1_", "key_results.1."): text
            for name, text in said.items()}  # fmt: skip


def test_an_objective_is_made_with_its_key_results(work: Work, paul: Browser) -> None:
    said = typed(
        name="Be known",
        description="Everywhere.",
        tags="city, bread",
        parent=work.goal.public_id,
        curve="stepped",
        milestones="2026-02-01 25\n2026-03-01 60 %",
        starts="2026-01-10",
        key_results_0_name="Days to answer",
        key_results_0_baseline="9",
        key_results_0_target="3",
        key_results_0_unit="days",
        key_results_0_owner=work.manager.email,
        key_results_0_weight="2",
    )
    done = paul.get(NEW).press("Save objective", **said)
    assert "Saved as a draft." in done.words()
    (row,) = rows(work, "Be known")
    assert (row.baseline, row.target, row.unit, row.weight, row.owner_id) == (9, 3, "days", 2, work.manager.id)
    objective = work.session.get_one(Objective, row.goal_id)
    assert (objective.parent_id, objective.curve, objective.starts) == (work.goal.id, Curve.STEPPED, date(2026, 1, 10))
    found = queries.of_goal(work.session, work.session.get_one(Goal, row.goal_id))
    milestones = queries.course_of(found.objective, found.cycle).milestones
    assert milestones == (Milestone(date(2026, 2, 1), Decimal("0.25")), Milestone(date(2026, 3, 1), Decimal("0.6")))
    assert objective.ends == work.cycle.ends
    again = paul.get(f"/objectives/{found.goal.public_id}/edit")
    assert again.value("milestones") == "2026-02-01 25\n2026-03-01 60"
    assert again.value("key_results.0.owner") == work.manager.email


@pytest.mark.parametrize("htmx", [False, True])
def test_one_row_more_keeps_what_was_typed(work: Work, paul: Browser, *, htmx: bool) -> None:
    page = paul.get(NEW).press(
        "Add a key result", htmx=htmx, **typed(name="Be known", key_results_0_name="A", key_results_0_target="many")
    )
    assert page.status == 200
    values = [page.value(name) for name in ("name", "key_results.0.name", "key_results.0.target", "key_results.1.name")]
    assert values == ["Be known", "A", "many", ""]
    assert len(rows(work)) == 1, "nothing is saved"
    if not htmx:
        done = page.press(
            "Save objective", **typed(key_results_0_target="1", key_results_1_name="B", key_results_1_target="2")
        )
        assert done.status == 200
        assert [(row.name, row.target) for row in rows(work, "Be known")] == [("A", 1), ("B", 2)]


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"name": ""}, {"name": "Please fill this in."}),
        ({"key_results_0_name": "A"}, {"key_results.0.target": "Please fill this in."}),
        ({"key_results_0_target": "3"}, {"key_results.0.name": "Please fill this in."}),
        (
            {"key_results_0_name": "A", "key_results_0_target": "x", "key_results_0_weight": "0"},
            {
                "key_results.0.target": "Please write a number, like 12.5.",
                "key_results.0.weight": "More than nothing, and at most 1000.",
            },
        ),
        (
            {"key_results_0_name": "A", "key_results_0_target": "1", "key_results_0_owner": "nobody@example.org"},
            {"key_results.0.owner": "Please choose one of the list."},
        ),
        ({"key_results_0_name": "A", "key_results_0_target": "1", "key_results_0_due": "x"},
         {"key_results.0.due": "Please write a date, like 2026-03-14."}),
        ({"starts": "2026-03-01", "ends": "2026-02-01"}, {"ends": "The end lies before the beginning."}),
        ({"curve": "stepped"}, {"milestones": "Please fill this in."}),
        ({"curve": "stepped", "milestones": "soon 5"},
         {"milestones": "Please write a date and a percent, like 2026-04-30 25, not “soon 5”."}),
        ({"curve": "stepped", "milestones": "2026-02-01 500"}, {"milestones": "From 0 to 100."}),
        ({"weight": "-1"}, {"weight": "More than nothing, and at most 1000."}),
        ({"parent": "0" * 24}, {"parent": "Please choose one of the list."}),
        ({"team": "x"}, {"team": "Please choose one of the list."}),
        ({"tags": "x" * 41}, {"tags": "At most 40 characters."}),
    ],
)  # fmt: skip
def test_every_mistake_stands_at_its_very_field(
    work: Work, paul: Browser, said: dict[str, str], errors: dict[str, str]
) -> None:
    before = make.everything(work.session)
    given = typed(**{"name": "Be known", **said})
    page = paul.get(NEW).press("Save objective", **given)
    assert (page.status, page.errors()) == (422, errors)
    chosen = ("parent", "team", "curve")
    assert {name: page.value(name) for name in given if name not in chosen} == {
        name: text for name, text in given.items() if name not in chosen
    }
    assert make.everything(work.session) == before


def test_empty_rows_are_none_and_strange_rows_do_no_harm(work: Work, paul: Browser) -> None:
    page = paul.get(NEW)
    fields = [(name, text) for name, text in page.fields(page.by_id("objective-form")) if name != "name"]  # type: ignore[arg-type]
    strange = [("key_results.²2.name", "x"), ("key_results.999.name", "Far"), ("key_results.999.target", "1")]
    done = page.browser.send(NEW, [*fields, ("name", "Be known"), *strange])
    assert done.status == 200
    assert [row.name for row in rows(work, "Be known")] == ["Far"]


def test_a_form_sent_twice_makes_one(work: Work, paul: Browser) -> None:
    page = paul.get(NEW)
    for _ in range(2):
        assert page.press("Save objective", name="Be known").status == 200
    work.session.rollback()
    assert len(work.session.scalars(select(Objective).where(Objective.name == "Be known")).all()) == 1


def test_whose_it_may_be(work: Work, paul: Browser, mona: Browser) -> None:
    assert [option.text for option in select_of(paul.get(NEW), "owner")] == ["Paul"]
    assert [option.text for option in select_of(mona.get(NEW), "owner")] == ["Mona", "Paul"]
    assert mona.get(NEW).press("Save objective", name="For Paul", owner=work.person.public_id).status == 200
    refused = paul.post(f"{NEW}?cycle={work.cycle.public_id}", name="X", owner=work.manager.public_id,
                        cycle=work.cycle.public_id, curve="linear", roll_up="both")  # fmt: skip
    assert refused.status == 422
    assert "You cannot make objectives in this name" in refused.errors()["owner"]
    assert refused.value("name") == "X"


def select_of(page: Page, name: str) -> list[Any]:
    return list(page.one("select", name=name).iter("option"))


def test_a_row_can_be_removed_and_changed(work: Work, paul: Browser) -> None:
    page = paul.get(place(work, "/edit"))
    done = page.press("Save objective", **typed(key_results_0_operator="at_most", key_results_0_target="4"))
    assert "It is a draft until it is approved." in done.words()
    (row,) = rows(work)
    assert (row.operator, row.target) == (Operator.AT_MOST, 4)
    paul.get(place(work, "/edit")).press("Save objective", **typed(key_results_0_remove="y"))
    assert rows(work) == []


def test_a_change_of_what_was_approved_waits_and_words_pass(work: Work, paul: Browser) -> None:
    approve(work)
    page = paul.get(place(work, "/edit"))
    assert "wait for Mona; what was approved stays in force until then." in page.words()
    assert "Saved." in page.press("Save objective", name="Win ten or more").words()
    done = paul.get(place(work, "/edit")).press("Save objective", **typed(key_results_0_target="12", comment="More!"))
    assert "The change waits for Mona; what was approved stays in force." in done.words()
    assert rows(work, "Win ten or more")[0].target == 10
    review = done.by_id("review")
    assert "Shops won: what is asked" in done.words(review)
    assert "at least 10 shops, from 0 shops" in done.words(review)
    assert "at least 12 shops, from 0 shops" in done.words(review)


def test_who_manages_the_owner_may_not_ask_for_a_change(work: Work, mona: Browser) -> None:
    approve(work)
    page = mona.get(place(work, "/edit")).press("Save objective", **typed(key_results_0_target="12"))
    assert page.status == 422
    assert "only its owner can ask for a change" in page.words()
    assert mona.get(place(work, "/edit")).press("Save objective", tags="city").status == 200


def test_in_review_nothing_is_saved_and_nothing_typed_is_lost(work: Work, paul: Browser) -> None:
    page = paul.get(place(work, "/edit"))
    work.send(work.manager)
    work.session.commit()
    fresh = paul.get(place(work, "/edit"))
    assert "withdraw it first" in fresh.words()
    held = fresh.press("Save objective", **typed(name="Other", key_results_0_target="12"))
    assert held.status == 423
    assert "This objective is in review" in held.words()
    assert (held.value("name"), held.value("key_results.0.target")) == ("Other", "12")
    done = held.press("Withdraw it, and save this")
    assert done.status == 200
    assert goal_of(work).review_state is ReviewState.DRAFT
    assert rows(work, "Other")[0].target == 12
    assert page.press("Save objective").status == 409


def test_two_editors_see_each_other(work: Work, paul: Browser, mona: Browser) -> None:
    first, second = paul.get(place(work, "/edit")), mona.get(place(work, "/edit"))
    assert first.press("Save objective", name="Pauls").status == 200
    late = second.press("Save objective", name="Monas")
    assert late.status == 409
    assert "changed in another place" in late.words()
    assert "Pauls" in late.words()
    assert late.value("name") == "Monas"
    assert late.press("Save objective").status == 200
    assert rows(work, "Monas")


def test_a_proposal_that_came_to_nothing_can_be_edited_again(work: Work, paul: Browser, mona: Browser) -> None:
    approve(work)
    paul.get(place(work, "/edit")).press("Save objective", **typed(key_results_0_target="12"))
    paul.post(f"/goals/{work.goal.public_id}/review/withdraw")
    page = paul.get(place(work))
    again = next(link.get("href", "") for link in page.all("a") if "revision=" in link.get("href", ""))
    assert paul.get(again).value("key_results.0.target") == "12"
    assert paul.get(place(work, "/edit")).value("key_results.0.target") == "10"
    assert paul.get(place(work, "/edit?revision=99")).status == 404


def test_an_objective_cannot_serve_itself(work: Work, paul: Browser) -> None:
    page = paul.get(place(work, "/edit"))
    assert work.goal.public_id not in [option.get("value") for option in select_of(page, "parent")]


def test_where_there_is_no_cycle_nothing_can_be_made(app: Flask, session: Session, clock: machine.Traveller) -> None:
    someone = make.person(session)
    assert signed_in(app, session, someone).get(NEW).all("form", id="objective-form") == []


def test_a_cycle_that_is_not_open_takes_nothing_new(work: Work, paul: Browser) -> None:
    page = paul.get(NEW)
    work.cycle.state = "locked"  # type: ignore[assignment]
    work.session.commit()
    held = page.press("Save objective", name="Late")
    assert (held.status, held.value("name")) == (423, "Late")
    assert "The plans of this cycle are fixed" in held.words()
