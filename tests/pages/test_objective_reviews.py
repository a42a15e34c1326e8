"""Reviews of objectives on the pages: how many are needed, what changed in words, revisions, closing and comments."""

from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests.page import Browser, signed_in
from tests.relations import Work
from webapp.domain.goals import ReviewState
from webapp.models import Goal, ReviewRound


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
    return f"/goals/{work.goal.public_id}{more}"


def goal_of(work: Work) -> Goal:
    work.session.rollback()
    work.session.expire_all()
    return work.session.get_one(Goal, work.goal.id)


def sent(work: Work, *people: Any) -> ReviewRound:
    made = work.send(*people)
    work.session.commit()
    return made


def change(paul: Browser, work: Work, **said: str) -> None:
    given = {f"key_results.0.{name}": text for name, text in said.items()}
    assert paul.get(f"/objectives/{work.goal.public_id}/edit").press("Save objective", **given).status == 200


def test_two_approvals_are_asked_for_where_the_cycle_says_so(
    work: Work, paul: Browser, mona: Browser, app: Flask, session: Session
) -> None:
    work.cycle.reviewers = 2
    session.commit()
    form = paul.get(place(work, "/review/new"))
    assert "2 approvals put it in force." in form.words()
    few = form.press("Send for review", reviewers=[work.manager.public_id])
    assert (few.status, few.value("comment")) == (422, "")
    done = form.press("Send for review", reviewers=[work.manager.public_id, work.admin.public_id])
    assert done.address == f"/objectives/{work.goal.public_id}"
    assert "Waits for Ines, Mona since 10 Mar 2026" in done.words()
    asked = mona.get(done_review(done)).press("Approve")
    assert asked.status == 200
    assert goal_of(work).review_state is ReviewState.IN_REVIEW
    ines = signed_in(app, session, work.admin)
    ines.get(done_review(done)).press("Approve")
    assert goal_of(work).review_state is ReviewState.APPROVED


def done_review(page: Any) -> str:
    return next(link.get("href", "") for link in page.all("a") if link.get("href", "").startswith("/reviews/"))


def test_the_review_says_what_is_asked_in_words(work: Work, paul: Browser, mona: Browser) -> None:
    page = mona.get(f"/reviews/{sent(work, work.manager).public_id}")
    assert "A new objective" in page.words()
    assert "OwnerPaul" in page.words()
    assert "CycleFirst quarter" in page.words()
    assert "Key result: Shops wonat least 10 shops, from 0 shops" in page.words()
    assert f"/objectives/{work.goal.public_id}" in [link.get("href") for link in page.all("a")]


def test_what_changed_is_told_key_result_by_key_result(
    work: Work, paul: Browser, mona: Browser, app: Flask, session: Session
) -> None:
    mona.get(f"/reviews/{sent(work, work.manager).public_id}").press("Approve")
    page = paul.get(f"/objectives/{work.goal.public_id}/edit").press("Add a key result")
    page.press("Save objective", **{
        "ends": "2026-02-28",
        "owner": work.person.public_id,
        "key_results.0.target": "12",
        "key_results.0.weight": "2",
        "key_results.0.due": "2026-02-15",
        "key_results.1.name": "Fans",
        "key_results.1.target": "50",
    })  # fmt: skip
    waiting = mona.get(done_review(mona.get(f"/objectives/{work.goal.public_id}")))
    words = waiting.words()
    assert "Ends before 31 Mar 2026 after 28 Feb 2026" in words
    assert (
        "Shops won: what is asked before at least 10 shops, from 0 shops after at least 12 shops, from 0 shops" in words
    )
    assert "Shops won: weight before 1 after 2" in words
    assert "Shops won: due before with the objective after 15 Feb 2026" in words
    assert "New key result: Fans before none after at least 50, from 0" in words
    waiting.press("Approve")
    change(paul, work, remove="y")
    waiting = mona.get(done_review(mona.get(f"/objectives/{work.goal.public_id}")))
    assert (
        "Key result: Shops won before at least 12 shops, from 0 shops; weight 2; until 15 Feb 2026 after removed"
        in (waiting.words())
    )
    revisions = paul.get(place(work, "/revisions"))
    assert "Revision 3" in revisions.words()
    assert "New key result: Fans" in revisions.words()


def test_a_decision_that_comes_too_late_shows_both(work: Work, paul: Browser, mona: Browser) -> None:
    round_ = sent(work, work.manager)
    page = mona.get(f"/reviews/{round_.public_id}")
    paul.post(place(work, "/review/withdraw"))
    change(paul, work, target="12")
    late = page.press("Approve")
    assert late.status == 409
    assert "at least 12 shops, from 0 shops" in late.words()


def test_an_objective_is_closed_noted_and_reopened(work: Work, paul: Browser, mona: Browser) -> None:
    mona.get(f"/reviews/{sent(work, work.manager).public_id}").press("Approve")
    done = paul.get(place(work, "/close")).press("Close the objective", outcome="achieved", score="90", words="Done.")
    assert done.address == f"/objectives/{work.goal.public_id}"
    assert "Reached, to 90 percent" in done.words()
    noted = mona.get(f"/objectives/{work.goal.public_id}").press("Take note")
    assert "took note of it" in noted.words()
    again = paul.get(f"/objectives/{work.goal.public_id}").press("Reopen the objective")
    assert "The objective is open again." in again.words()


def test_a_fixed_cycle_takes_no_new_reviews(work: Work, paul: Browser) -> None:
    page = paul.get(place(work, "/review/new"))
    work.cycle.state = "locked"  # type: ignore[assignment]
    work.session.commit()
    assert paul.get(place(work, "/review/new")).status == 423
    held = page.press("Send for review", reviewers=[work.manager.public_id])
    assert held.status == 423
    assert "The plans of this cycle are fixed" in held.words()


def test_everybody_in_the_house_comments(work: Work, paul: Browser, mona: Browser) -> None:
    page = mona.get(place(work, "/comments"))
    assert f"/objectives/{work.goal.public_id}" in [link.get("href") for link in page.all("a")]
    page.press("Say it", text="Which shops?")
    assert "Which shops?" in paul.get(f"/objectives/{work.goal.public_id}").words()


def test_a_new_owner_is_named(work: Work, paul: Browser, mona: Browser, app: Flask, session: Session) -> None:
    ines = signed_in(app, session, work.admin)
    mona.get(f"/reviews/{sent(work, work.manager).public_id}").press("Approve")
    work.session.rollback()
    refused = ines.get(f"/objectives/{work.goal.public_id}/edit").press("Save objective", owner=work.admin.public_id)
    assert refused.status == 422, "a change of what was approved is its owner's to ask for"
    paul.post(place(work, "/review/withdraw"))
    ines.get(f"/objectives/{work.goal.public_id}/edit").press("Save objective", owner=work.admin.public_id)
    assert goal_of(work).owner_id == work.admin.id
    revisions = ines.get(place(work, "/revisions"))
    assert "Owner before Paul after Ines" in revisions.words()


def test_a_weight_of_a_half_reads_as_one(work: Work, paul: Browser) -> None:
    change(paul, work, weight="0.5")
    work.session.rollback()
    assert "weight 0.5" in paul.get(f"/objectives/{work.goal.public_id}").words()
