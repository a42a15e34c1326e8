"""The page of one objective: what it shows to whom, why its numbers are what they are, and putting it away."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN, told
from tests.relations import Work
from webapp.actions import check_ins, closings, cycles
from webapp.domain.goals import Outcome
from webapp.domain.objective_drafts import CheckInDraft, CycleDraft
from webapp.domain.objectives import Curve, CycleState, Milestone, Operator
from webapp.domain.people import MembershipStatus
from webapp.domain.reviews import ClosingDraft
from webapp.models import Cycle
from webapp.queries import goals as goal_queries
from webapp.queries import objectives as queries
from webapp.queries.objectives import Found


@pytest.fixture
def work(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    return Work(session)


@pytest.fixture
def paul(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.person)


@pytest.fixture
def mona(app: Flask, session: Session, work: Work) -> Browser:
    return signed_in(app, session, work.manager)


@pytest.fixture
def year(work: Work) -> Cycle:
    """A cycle that asks for no review."""
    made = make.cycle(work.session, work.home, "Year")
    work.session.commit()
    return made


def opened(work: Work, year: Cycle, name: str = "Be known", **said: Any) -> Found:
    made = make.objective(work.session, work.paul, year, name, **said)
    work.session.commit()
    return made


def said(work: Work, found: Found, value: str, day: date | None = None, place: int = 0, **more: Any) -> None:
    """Paul checks in one of its key results."""
    row = queries.key_results_of(work.session, found.goal.id)[place]
    held, again = queries.find_key_result(work.session, work.paul, row.public_id, lock=True)
    check_ins.check_in(work.session, work.paul, held, again, CheckInDraft(Decimal(value), day=day, **more))
    work.session.commit()


def place(found: Found, more: str = "") -> str:
    return f"/objectives/{found.goal.public_id}{more}"


def part(page: Page, name: str) -> str:
    section = page.by_id(name)
    assert section is not None
    return page.words(section)


def test_progress_pace_and_confidence_are_told_apart(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year)
    said(work, found, "5", confidence=Decimal("0.3"), comment="The rent.")
    page = paul.get(place(found))
    figures = part(page, "objective-figures")
    assert "50 % expected by today76 %" in figures
    assert "26 points behindoff track" in figures
    assert "last check-in 10 Mar 2026 · next due 17 Mar 2026" in figures
    (row,) = page.all("li", class_="key-result")
    assert "at least 10 (0 → 10) · Paul" in page.words(row)
    assert "30 % sure The rent." in page.words(row)
    assert "10 Mar 2026 50 % 76 %" in part(page, "chart").replace("50 %76", "50 % 76").replace("202650", "2026 50")


def test_what_was_never_measured_says_so_and_counts_nothing(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year, key_results=(make.key_result("A"), make.key_result("B")))
    said(work, found, "12")
    page = paul.get(place(found))
    first, second = page.all("li", class_="key-result")
    assert "100 % over by 20 %" in page.words(first)
    assert "not measured yet" in page.words(second)
    assert "50 % expected" in part(page, "objective-figures")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"target": 3, "baseline": Decimal(9), "unit": "days"}, "down to 3 days (9 → 3 days)"),
        ({"target": 3, "operator": Operator.AT_MOST}, "at most 3 (0 → 3)"),
        ({"target": 3, "operator": Operator.EXACTLY, "unit": "%"}, "exactly 3 % (0 → 3 %)"),
    ],
)
def test_what_a_key_result_asks_stands_in_words(
    work: Work, paul: Browser, year: Cycle, asked: dict[str, Any], words: str
) -> None:
    found = opened(work, year, key_results=(make.key_result(**asked),))
    (row,) = paul.get(place(found)).all("li", class_="key-result")
    assert words in Page.words(paul.get(place(found)), row)


def test_the_aimline_follows_the_curve(work: Work, paul: Browser, year: Cycle) -> None:
    steps = (Milestone(date(2026, 2, 15), Decimal("0.5")),)
    stepped = opened(work, year, "Stepped", curve=Curve.STEPPED, milestones=steps)
    late = opened(work, year, "Late", curve=Curve.BACK_LOADED)
    assert '<path class="aimed" d="M0 300H500V150H1000"/>' in paul.get(place(stepped)).text
    assert '<path class="aimed" d="M0 300Q500 300 1000 0"/>' in paul.get(place(late)).text


def test_parent_children_and_tags_are_there(work: Work, paul: Browser, year: Cycle) -> None:
    top = opened(work, year, "Top", tags=("city",))
    below = opened(work, year, "Below", parent=top.goal.public_id)
    page = paul.get(place(top))
    assert "city" in page.words()
    assert place(below) in [link.get("href") for link in page.all("a")]
    assert place(top) in [link.get("href") for link in paul.get(place(below)).all("a")]


def test_everybody_in_the_house_reads_and_only_some_change(
    app: Flask, session: Session, work: Work, mona: Browser, year: Cycle
) -> None:
    found = opened(work, year)
    someone = make.person(session, "Bob")
    make.member(session, someone, work.home)
    bob = signed_in(app, session, someone)
    page = bob.get(place(found))
    assert page.status == 200
    assert place(found, "/edit") not in [link.get("href") for link in page.all("a")]
    assert page.all("details", class_="say") == []
    before = make.everything(session)
    assert bob.get(place(found, "/edit")).status == 403
    assert bob.post(place(found, "/delete")).status == 403
    assert make.everything(session) == before
    page = mona.get(place(found))
    assert place(found, "/edit") in [link.get("href") for link in page.all("a")]
    assert page.all("details", class_="say") == [], "who manages the owner does not speak for them"


def test_whoever_is_not_of_the_house_learns_nothing(app: Flask, session: Session, work: Work, year: Cycle) -> None:
    found = opened(work, year)
    row = queries.key_results_of(session, found.goal.id)[0].public_id
    stranger, former = make.person(session, "Stranger"), make.person(session, "Former")
    make.member(session, stranger, make.organisation(session, "Other"))
    make.member(session, former, work.home, status=MembershipStatus.SUSPENDED)
    for someone in (stranger, former):
        them = signed_in(app, session, someone)
        before = make.everything(session)
        for address in ("/objectives/{}", "/objectives/{}/why", "/objectives/{}/edit", "/goals/{}"):
            known, unknown = them.get(address.format(found.goal.public_id)), them.get(address.format(UNKNOWN))
            assert told(known) == told(unknown)
            assert known.status == 404
        for address in (
            "/objectives/key-results/{}",
            "/objectives/key-results/{}/why",
            "/objectives/key-results/{}/feed",
        ):
            assert told(them.get(address.format(row))) == told(them.get(address.format(UNKNOWN)))
        for address in ("/objectives/{}/delete", "/objectives/{}/undelete", "/objectives/{}/edit"):
            assert them.post(address.format(found.goal.public_id)).status == 404
        for address in ("/objectives/key-results/{}/check-ins", "/objectives/key-results/{}/feed/stop"):
            assert them.post(address.format(row), actual=1).status == 404
        assert make.everything(session) == before


def test_an_objective_has_one_address(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year)
    answer = paul.get(f"/goals/{found.goal.public_id}", follow=False)
    assert (answer.status, answer.headers["Location"]) == (303, place(found))
    for more in ("/figures", "/streak", "/strength", "/days/2026-03-10"):
        assert paul.get(f"/goals/{found.goal.public_id}{more}").status == 404
    for more in ("/archive", "/delete", "/move"):
        assert paul.post(f"/goals/{found.goal.public_id}{more}").status in (403, 404)
    own = make.goal(work.session, work.paul)
    work.session.commit()
    assert paul.get(f"/objectives/{own.public_id}").status == 404


def test_what_is_added_below_is_of_the_same_cycle(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year)
    (link,) = [one for one in paul.get(place(found)).all("a") if "/objectives/new" in one.get("href", "")]
    form = paul.get(link.get("href", ""))
    assert (form.value("cycle"), form.value("parent")) == (year.public_id, found.goal.public_id)


def test_before_the_first_milestone_none_is_due(work: Work, paul: Browser, year: Cycle) -> None:
    steps = (Milestone(TODAY, Decimal("0.5")),)
    found = opened(work, year, curve=Curve.STEPPED, milestones=steps)
    assert "no milestone is due yet" in paul.get(place(found, "/why?as_of=2026-03-09")).words()
    assert "the last milestone says 50 %" in paul.get(place(found, "/why")).words()


def test_deleting_asks_nothing_and_can_be_taken_back(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year)
    said(work, found, "5")
    page = paul.get(place(found)).press("Delete")
    assert "The objective is deleted" in page.words()
    assert page.address == f"/objectives?cycle={year.public_id}"
    assert paul.get(place(found)).status == 404
    back = page.press("Undo")
    assert (back.address, back.status) == (place(found), 200)
    assert "Everything is back." in back.words()
    assert "50 %" in part(back, "objective-figures")


def test_a_closed_objective_shows_its_score_beside_its_progress(
    work: Work, paul: Browser, mona: Browser, year: Cycle
) -> None:
    found = opened(work, year)
    said(work, found, "5")
    held = goal_queries.find(work.session, work.paul, found.goal.public_id, lock=True)
    closings.close(work.session, work.paul, held, ClosingDraft(Outcome.MISSED, Decimal("0.4"), "Too few."))
    work.session.commit()
    for browser in (paul, mona):
        page = browser.get(place(found))
        assert "50 %" in part(page, "objective-figures")
        assert "off track" not in part(page, "objective-figures")
        assert [one.get("data-pace") for one in page.all("div", class_="pace-now")] == ["closed"]
        assert "Not reached, to 40 percent; closed 10 Mar 2026" in part(page, "review")
        assert "next due" not in page.words()
        assert page.all("details", class_="say") == []


def test_a_cycle_that_is_fixed_or_closed_says_so_and_holds(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year)
    turn(work, year, CycleState.LOCKED)
    page = paul.get(place(found))
    assert "The plans of this cycle are fixed" in page.words()
    assert page.all("details", class_="say"), "progress goes on"
    refused = paul.post(place(found, "/delete"))
    assert refused.status == 423
    assert "By Ines" in refused.words()
    turn(work, year, CycleState.CLOSED)
    assert paul.get(place(found)).all("details", class_="say") == []
    row = queries.key_results_of(work.session, found.goal.id)[0]
    refused = paul.post(f"/objectives/key-results/{row.public_id}/check-ins", actual=1)
    assert (refused.status, "This cycle is closed" in refused.words()) == (423, True)


def turn(work: Work, cycle: Cycle, state: CycleState) -> None:
    draft = CycleDraft(cycle.title, cycle.starts, cycle.ends, cycle.zone, cycle.cadence, cycle.reviewers)
    cycles.change(work.session, work.ines, cycle, draft, state)
    work.session.commit()


def test_the_number_is_explained_as_of_any_date(work: Work, paul: Browser, year: Cycle) -> None:
    found = opened(work, year, key_results=(make.key_result("A"), make.key_result("B", 4, weight=Decimal(3))))
    said(work, found, "5", date(2026, 2, 1))
    said(work, found, "20", TODAY)
    page = paul.get(place(found, "/why"))
    assert "(1 · 100 % + 3 · 0 %) / (1 + 3) = 25 %" in page.words()
    assert "over by 100 %" in page.words()
    assert "not measured" in page.words()
    assert "time: 68 of 90 days passed = 75.56 %" in page.words()
    assert "gap = expected − reached = 75.56 % − 25 % = 50.56 %" in page.words()
    earlier = paul.get(place(found, "/why?as_of=2026-02-05"))
    assert "(1 · 50 % + 3 · 0 %) / (1 + 3) = 12.5 %" in earlier.words()
    assert "Last check-in1 Feb 2026" in earlier.words()
    assert "The parts" not in paul.get(place(opened(work, year, "Empty", key_results=()), "/why")).words()


@pytest.mark.parametrize(
    ("typed", "words"), [("2026-03-11", "That day is still to come"), ("soon", "Please choose a day")]
)
def test_a_day_that_cannot_be_is_said_and_kept(work: Work, paul: Browser, year: Cycle, typed: str, words: str) -> None:
    page = paul.get(place(opened(work, year), f"/why?as_of={typed}"))
    assert page.status == 422
    assert words in page.words()
    assert page.value("as_of") == typed


@pytest.mark.parametrize(
    ("asked", "value", "steps"),
    [
        ({"target": 10}, "7", "(7 − 0) / (10 − 0) = 70 %"),
        ({"target": -10}, "-5", "((-5) − 0) / ((-10) − 0) = 50 %"),
        ({"target": 3, "baseline": Decimal(9)}, "6", "(6 − 9) / (3 − 9) = 50 %"),
        ({"target": 4, "operator": Operator.AT_MOST}, "5", "1 − (5 − 4) / |4| = 75 %"),
        ({"target": 4, "operator": Operator.AT_MOST}, "3", "v = 3, t = 4: 100 %"),
        ({"target": 4, "operator": Operator.EXACTLY}, "5", "v = 5, t = 4: 0 %"),
        ({"target": 4, "baseline": Decimal(4)}, "5", "v = 5, t = 4: 100 %"),
    ],
)
def test_a_key_result_shows_its_formula_with_its_numbers(
    work: Work, paul: Browser, year: Cycle, asked: dict[str, Any], value: str, steps: str
) -> None:
    found = opened(work, year, key_results=(make.key_result(**asked),))
    said(work, found, value)
    row = queries.key_results_of(work.session, found.goal.id)[0]
    assert steps in paul.get(f"/objectives/key-results/{row.public_id}/why").words()


def test_an_unreviewed_objective_says_so(work: Work, app: Flask, session: Session) -> None:
    alone = make.person(session, "Alone")
    home = make.organisation(session, "One")
    make.member(session, alone, home)
    cycle = make.cycle(session, home, reviewers=2)
    made = make.objective(session, make.viewer(session, alone, NOW), cycle)
    page = signed_in(app, session, alone).get(place(made))
    assert "unreviewed" in page.words()
    assert "Nobody can review this objective" in page.browser.get(f"/goals/{made.goal.public_id}/review/new").words()
