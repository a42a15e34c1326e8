"""Why a number is what it is: streaks day by day, strength by its formula, as of any day."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.histories import tell
from tests.make import TODAY, days_ago
from tests.page import Browser, Page
from webapp.actions import pauses
from webapp.domain.pauses import Pause
from webapp.domain.people import Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.strength import explain
from webapp.models import Goal
from webapp.queries import habits


def lines(page: Page) -> list[list[str]]:
    """Day, state and reason of each line, the newest first."""
    return [[page.words(cell) for cell in row] for body in page.all("tbody") for row in body.iter("tr")]


def counted(page: Page) -> list[Any]:
    """The lines that are marked as part of the number."""
    return [row for row in page.all("tr") if "data-counts" in row.attrib]


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    """Seven in a row through a skip and a pause, after three and a miss."""
    goal = make.goal(session, her, "Walk", make.schedule(start=days_ago(30)))
    tell(session, her, goal, "xxx n xxs x... xxx x")
    pauses.plan(session, her, Pause(days_ago(6), days_ago(4)), goal)
    session.commit()
    return goal


def test_the_days_of_a_streak_add_up_to_it(visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}/streak")
    assert page.words(page.one("h1")) == "Why is it 7?"
    assert len(counted(page)) == 7
    told = lines(page)
    assert [row[1] for row in told] == [*["Done"] * 4, "Paused", "Done", "Skipped", "Done", "Done", "Not done"]
    assert told[4][0] == "4 Mar 2026 to 6 Mar 2026"
    assert told[-1][0].startswith("Fri 27 Feb"), "the miss before it comes last"


def test_a_streak_of_long_ago_is_named_by_its_end(visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}/streak?end={days_ago(12)}")
    assert page.words(page.one("h1")) == "Why is it 3?"
    assert len(counted(page)) == 3
    assert lines(page)[0][1] == "Not done", "the miss that ended it comes first"


@pytest.mark.parametrize("end", ["2026-03-01", "nonsense", "", "0001-01-01"])
def test_no_other_end_is_found(visit: Browser, walk: Goal, end: str) -> None:
    assert visit.get(f"/goals/{walk.public_id}/streak?end={end}").status == 404


def test_the_weeks_of_a_quota_add_up_to_it(session: Session, visit: Browser, her: Viewer) -> None:
    quota = make.schedule(Frequency.QUOTA, start=days_ago(40), times=2, period=QuotaPeriod.WEEK)
    goal = make.goal(session, her, "Swim", quota)
    tell(session, her, goal, "xx..... x...... x..x... .xxx... x.")
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}/streak")
    assert page.words(page.one("h1")) == "Why is it 2?"
    weeks = [row for row in lines(page) if " of " in row[1]]
    assert [row[1] for row in weeks] == ["1 of 2 · Open", "3 of 2 · Done", "2 of 2 · Done", "1 of 2 · Not done"]
    assert len(counted(page)) == 2


def test_without_a_streak_the_page_says_what_begins_one(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Swim")
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}/streak")
    assert page.words(page.one("h1")) == "No streak is running"


def test_strength_shows_the_rules_own_numbers(session: Session, visit: Browser, walk: Goal) -> None:
    terms, facts = habits.terms_of(session, walk), habits.facts_between(session, walk.id, date.min)
    session.rollback()
    for day in (TODAY, days_ago(3), days_ago(5), days_ago(11)):
        found = explain(facts, terms, day)
        assert found is not None
        page = visit.get(f"/goals/{walk.public_id}/strength?as_of={day}")
        assert page.status == 200
        said = {
            page.words(one.find("dt")): page.words(one.find("dd"))
            for one in page.all("div")
            if one.find("dt") is not None
        }
        assert (said["Strength before"], said["Strength after"]) == (f"{found.before:.4f}", f"{found.score:.4f}")
        assert said["Fullness v"] == f"{found.fullness:.4f}"
        assert f"{round(100 * found.score)} %" in page.words(page.one("h1"))
        table = page.all("table")[0]
        assert [page.words(list(row)[-1]) for row in table.iter("tr")][1:] == [
            f"{one.score:.4f}" for one in reversed(found.inputs)
        ]


def test_the_percentage_counts_what_was_due(visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}/strength")
    month = page.all("table")[1]
    told = [[page.words(cell) for cell in row] for row in list(month.iter("tr"))[1:]]
    inside = [row for row in told if row[2] == "yes"]
    assert len(told) == 15, "it begins with the first answer"
    done = sum(row[1] == "Done" for row in inside)
    assert f"{done} of {len(inside)} done: {round(100 * done / len(inside))} %" in page.words()
    assert {row[1] for row in told if row[2] == "left out"} == {"Paused", "Skipped"}
    assert "Left out: Skipped 1 · Paused 3" in page.words()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("tomorrow", "Please choose a day."),
        ("2026-02-30", "Please choose a day."),
        ((TODAY + timedelta(1)).isoformat(), "That day is still to come."),
        ("1999-12-31", "The goal begins on"),
    ],
)
def test_a_day_that_cannot_be_taken_is_explained_at_its_field(
    visit: Browser, walk: Goal, asked: str, words: str
) -> None:
    page = visit.get(f"/goals/{walk.public_id}/strength?as_of={asked}")
    assert page.status == 422
    assert page.errors()["as_of"].startswith(words)
    assert page.value("as_of") == asked
    assert "As of 10 March 2026" in page.words()
