"""One goal's page: a picture whose numbers are the tables', that costs the same after ten years as after one."""

import html
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks import data
from tests.benchmarks.browser import signed_in as cookie_of
from tests.benchmarks.statements import counted
from tests.histories import tell
from tests.make import TODAY, days_ago
from tests.page import Browser, Page, signed_in
from webapp.actions import goals, months, pauses
from webapp.domain.grants import Scope
from webapp.domain.pauses import Pause
from webapp.domain.people import Role, Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState, Direction
from webapp.extensions import db
from webapp.models import Goal, Person

PAGES = ("", "?year={year}", "?before={today}", "/figures", "/streak?end={best}", "/strength", "/days/{today}")
STATEMENTS = 8
SVG = "{http://www.w3.org/2000/svg}svg"


def year_of(page: Page) -> dict[str, Any]:
    """What the charts of a page are drawn from."""
    found: dict[str, Any] = json.loads(page.one("section", id="year").get("data-year", ""))
    return found


def mark_on(page: Page, day: date) -> str:
    found = year_of(page)
    return str(found["marks"][(day - date.fromisoformat(found["first"])).days])


def rows(page: Page, section: str) -> list[list[str]]:
    """The cells of a table of the figures."""
    place = page.by_id(section)
    assert place is not None
    return [[page.words(cell) for cell in row] for body in place.iter("tbody") for row in body.iter("tr")]


def numbers(page: Page) -> dict[str, str]:
    """The figures at the head of the page, by their words."""
    return {
        page.words(one.find("dt")): page.words(one.find("dd")) for one in page.all("div") if one.find("dt") is not None
    }


@pytest.fixture
def walk(session: Session, her: Viewer) -> Goal:
    """Daily since sixty days, mostly kept."""
    goal = make.goal(session, her, "Walk", make.schedule(start=days_ago(60)), skip_budget=1)
    tell(session, her, goal, "x" * 40 + ".xs.xxxsxsxnxxxxxxxx")
    session.commit()
    return goal


def test_a_new_goal_teaches_and_draws_nothing(visit: Browser, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Swim")
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    assert "After the first answer the picture begins" in page.words()
    assert page.all(SVG, role="img") == []
    for more in ("/figures", "/streak", "/strength"):
        assert visit.get(f"/goals/{goal.public_id}{more}").status == 200


def test_what_is_due_once_has_its_day_alone(visit: Browser, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Dentist", make.schedule(Frequency.ONE_TIME, until=TODAY))
    make.tick(session, her, goal, TODAY)
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    assert page.by_id(f"on-{TODAY}") is not None
    assert page.by_id("year") is None
    assert [visit.get(f"/goals/{goal.public_id}/{more}").status for more in ("figures", "streak", "strength")] == [
        404
    ] * 3


def test_every_drawing_has_a_name_and_words_and_its_table(visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}")
    drawn = page.all(SVG, role="img")
    assert len(drawn) == 5
    for one in drawn[1:]:
        assert len(one.get("aria-labelledby", "").split()) == 2
    tables = visit.get(f"/goals/{walk.public_id}/figures")
    led = {link.get("href", "").partition("#")[2] for link in page.all("a") if "/figures#" in link.get("href", "")}
    assert led == {"days", "weeks", "months", "streaks"}
    assert all(tables.by_id(name) is not None for name in led)


@pytest.mark.parametrize("measured", [False, True])
def test_the_tables_hold_what_the_charts_draw(
    session: Session, visit: Browser, her: Viewer, walk: Goal, measured: bool
) -> None:
    goal = walk
    if measured:
        terms = {"direction": Direction.AT_LEAST, "target": Decimal(20), "unit": "pages"}
        goal = make.goal(session, her, "Read", make.schedule(start=days_ago(9)), **terms)
        for ago in range(9):
            make.tick(session, her, goal, days_ago(ago), None, value=Decimal(5 * ago))
        session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    tables = visit.get(f"/goals/{goal.public_id}/figures")
    drawn, told = year_of(page), rows(tables, "days")
    words = json.loads(page.one("section", id="year").get("data-words", ""))
    marks = [mark for mark in drawn["marks"] if mark != " "]
    assert [row[1] for row in reversed(told)] == [words[mark] for mark in marks]
    done = sum(mark in "de" for mark in marks)
    for section in ("weeks", "months"):
        assert sum(int(row[1]) for row in rows(tables, section)) == done
        if measured:
            assert sum(int(row[2] or 0) for row in rows(tables, section)) == sum(range(0, 45, 5))
    if measured:
        assert [row[2] for row in reversed(told)] == drawn["amounts"].split(",")[-len(told) :]
    assert numbers(page)["Done in all"] == str(done)
    assert told[0][-1] in page.words(page.one("a", href=f"/goals/{goal.public_id}/strength"))
    assert [row[1] for row in rows(tables, "streaks")][:1] == [numbers(page)["Best streak"]]


def test_a_change_of_schedule_keeps_what_was(session: Session, visit: Browser, her: Viewer, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}")
    before = year_of(page)["marks"]
    weekly = make.draft("Walk", make.schedule(Frequency.CUSTOM, days=(5,)))
    goals.change(session, her, walk, weekly, seen=walk.version)
    session.commit()
    page = visit.get(f"/goals/{walk.public_id}")
    assert "Sat" in page.words(page.one("aside"))
    assert year_of(page)["marks"][:-1] == before[:-1]
    assert (before[-1], mark_on(page, TODAY)) == ("d", "d"), "what was due this morning was due"
    why = visit.get(f"/goals/{walk.public_id}/days/{days_ago(3)}")
    assert "Daily" in why.words()


def test_a_pause_neither_breaks_nor_feeds(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk", make.schedule(start=days_ago(30)))
    tell(session, her, goal, "x" * 10 + "......" + "xxxxx")
    session.commit()
    before = visit.get(f"/goals/{goal.public_id}")
    assert numbers(before)["Current streak"] == "5 in a row"
    pauses.plan(session, her, Pause(days_ago(10), days_ago(5)), goal)
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    assert numbers(page)["Current streak"] == "15 in a row"
    assert [mark_on(page, days_ago(ago)) for ago in (4, 5, 10, 11)] == ["d", "p", "p", "d"]
    assert "Paused" in page.words(page.by_id(f"on-{days_ago(7)}"))
    scores = {row[0]: row[-1] for row in rows(visit.get(f"/goals/{goal.public_id}/figures"), "days")}
    assert len({scores[f"{day.day} {day:%b %Y}"] for day in (days_ago(ago) for ago in range(5, 12))}) == 1


def test_a_skip_beyond_the_budget_is_shown_as_missed(visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}")
    listed = {day: page.by_id(f"on-{day}") for day in (days_ago(ago) for ago in range(20))}
    shown = {day: page.words(row) for day, row in listed.items() if row is not None}
    skipped = [day for day, words in shown.items() if "Skipped" in words]
    assert len(skipped) == 3
    beyond = [day for day in skipped if "beyond the budget" in shown[day]]
    assert beyond == skipped[:-1], "the first of the month is covered"
    assert {mark_on(page, day) for day in beyond} == {"m"}
    told = visit.get(f"/goals/{walk.public_id}/days/{beyond[-1]}").words()
    assert "Skip 2 this month, where one is allowed." in told
    assert "it counts as missed" in told


def test_a_quota_says_how_its_week_stands(session: Session, visit: Browser, her: Viewer) -> None:
    quota = make.schedule(Frequency.QUOTA, start=days_ago(30), times=3, period=QuotaPeriod.WEEK)
    goal = make.goal(session, her, "Swim", quota)
    tell(session, her, goal, "xxx.... x.xx... ..x.x.. xx")
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    assert numbers(page)["This week"] == "2 of 3"
    assert numbers(page)["Current streak"] == "0"
    assert numbers(page)["Best streak"] == "2"
    weeks = {row[0]: row for row in rows(visit.get(f"/goals/{goal.public_id}/figures"), "weeks")}
    assert weeks["2 Mar 2026 to 8 Mar 2026"][1:] == ["2", "3"]


def test_a_rolling_quota_has_a_count_and_no_streak(session: Session, visit: Browser, her: Viewer) -> None:
    quota = make.schedule(Frequency.QUOTA, start=days_ago(30), times=3, period=QuotaPeriod.ROLLING, length=7)
    goal = make.goal(session, her, "Swim", quota)
    tell(session, her, goal, "xx.x...x..")
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    assert numbers(page)["In the last 7 days"] == "2 of 3"
    assert "Current streak" not in numbers(page)
    why = visit.get(f"/goals/{goal.public_id}/streak")
    assert why.words(why.one("h1")) == "2 of 3 in the last 7 days"


# One day.


def test_the_question_is_asked_where_one_answers(session: Session, visit: Browser, her: Viewer) -> None:
    goal = make.goal(session, her, question="Did you walk?")
    session.commit()
    assert "Did you walk?" in visit.get(f"/goals/{goal.public_id}/days/{TODAY}").words()


def test_a_day_leads_to_its_own_page_and_back_to_its_place(session: Session, visit: Browser, walk: Goal) -> None:
    page = visit.get(f"/goals/{walk.public_id}?before={days_ago(10)}")
    row = page.by_id(f"on-{days_ago(12)}")
    assert row is not None
    (link,) = row.iter("a")
    day = visit.get(link.get("href", ""))
    answer = visit.send(
        day.form_of(day.button("Not done")).get("action", ""),
        [
            *[field for field in day.fields(day.form_of(day.button("Not done"))) if field[0] != "note"],
            ("note", "second thoughts"),
            ("state", "not_done"),
        ],
        follow=False,
    )
    assert answer.headers["Location"] == f"/goals/{walk.public_id}?before={days_ago(10)}#on-{days_ago(12)}"
    again = visit.get(link.get("href", ""))
    assert "replaced by the next" in again.words(again.one("li", class_="replaced"))
    assert again.value("note") == "second thoughts"


@pytest.mark.parametrize("day", ["2026-02-30", "nonsense", "0001-01-01", "9999-12-31", "2026-3-1"])
def test_what_is_no_day_is_not_found(visit: Browser, walk: Goal, day: str) -> None:
    assert visit.get(f"/goals/{walk.public_id}/days/{day}").status == 404


@pytest.mark.parametrize(
    "query", ["year=abcd", "year=0", "year=20260", "year=²²²²", "before=tomorrow", "before=0001-01-01", "year=2031"]
)
def test_odd_queries_show_a_page(visit: Browser, walk: Goal, query: str) -> None:
    for more in ("", "/figures"):
        assert visit.get(f"/goals/{walk.public_id}{more}?{query}").status == 200


# A therapist whom she lets see.


@pytest.fixture
def caring(app: Flask, session: Session, ada: Person, walk: Goal) -> tuple[Browser, Any]:
    home = make.organisation(session)
    helper = make.person(session, "Thea")
    make.member(session, helper, home, Role.THERAPIST)
    grant = make.grant(session, ada, helper, Scope.GOALS, Scope.TRACKING)
    return signed_in(app, session, helper), grant


def test_a_therapist_sees_the_days_without_a_word(
    session: Session, her: Viewer, walk: Goal, caring: tuple[Browser, Any]
) -> None:
    make.tick(session, her, walk, TODAY, DayState.DONE, note="my own thoughts")
    session.commit()
    browser, _ = caring
    for more in ("", "/figures", "/streak", "/strength", f"/days/{TODAY}"):
        page = browser.get(f"/goals/{walk.public_id}{more}")
        assert page.status == 200, more
        assert "my own thoughts" not in page.text
        assert [form for form in page.all("form") if form.get("method") == "post"] == []
        assert "/pauses" not in page.text


def test_a_grant_from_a_date_tells_nothing_of_the_days_before(
    session: Session, walk: Goal, caring: tuple[Browser, Any]
) -> None:
    browser, grant = caring
    grant.from_date = days_ago(5)
    session.commit()
    page = browser.get(f"/goals/{walk.public_id}")
    assert year_of(page)["marks"].strip() == "dddddd"
    assert (numbers(page).keys() & {"Current streak", "Best streak", "Done in all"}) == set()
    assert page.by_id("streaks-title") is None
    assert page.all(SVG, class_="curve") == []
    assert len(rows(browser.get(f"/goals/{walk.public_id}/figures"), "days")) == 6
    assert browser.get(f"/goals/{walk.public_id}/days/{days_ago(5)}").status == 200
    for more in ("streak", "strength", f"days/{days_ago(6)}"):
        assert browser.get(f"/goals/{walk.public_id}/{more}").status == 404


def test_a_grant_without_tracking_opens_none_of_it(session: Session, walk: Goal, caring: tuple[Browser, Any]) -> None:
    browser, grant = caring
    grant.sees_tracking = False
    session.commit()
    assert browser.get(f"/goals/{walk.public_id}").status == 200
    for more in ("figures", "streak", "strength", f"days/{TODAY}"):
        assert browser.get(f"/goals/{walk.public_id}/{more}").status == 404


# What it costs.


def test_ten_years_cost_what_one_costs(app: Flask, client: FlaskClient, session: Session) -> None:
    with app.app_context():
        engine = db.engine
        one, ten = (data.person(session, name, days=days, count=3) for name, days in (("one", 400), ("ten", 3_650)))
    while months.close_over(session, data.datetime.now(data.UTC)):
        session.commit()
    session.commit()
    costs = []
    for person in (one, ten):
        name, _, value = cookie_of(app, person.id).cookie.partition("=")
        client.set_cookie(name, value)
        best = re.search(r"streak\?end=([-0-9]+)", client.get(f"/goals/{person.goals[2]}").text)
        assert best
        words = {"today": person.today.isoformat(), "year": person.today.year - 1, "best": best[1]}
        found = {}
        for path in PAGES:
            address = f"/goals/{person.goals[2]}{path.format(**words)}"
            client.get(address)
            with counted(engine) as statements:
                answer = client.get(address)
            assert answer.status_code == 200, path
            found[path] = len(statements)
            if path == "":
                assert len(answer.data) < 32_000
                assert re.search(r'd="M\d', html.unescape(answer.text))
        costs.append(found)
    assert costs[0] == costs[1]
    assert {path: count for path, count in costs[1].items() if count > STATEMENTS} == {}


def test_a_day_that_is_still_open_weighs_nothing_yet(visit: Browser, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk", make.schedule(start=days_ago(20)))
    tell(session, her, goal, "x" * 20 + ".")
    session.commit()
    address = f"/goals/{goal.public_id}"
    before = numbers(visit.get(address)), visit.get(address).one("a", class_="strength").find(".//{*}text").text
    assert "66" in before[1]  # twenty ticks: 0.655748
    explained = visit.get(f"{address}/strength").words()
    assert "As of 9 March 2026. Today counts once it has its answer, or is over." in explained
    assert "As of 10 March 2026" in visit.get(f"{address}/strength?as_of={TODAY}").words()
    make.tick(session, her, goal, TODAY, DayState.NOT_DONE)
    session.commit()
    assert "62" in visit.get(address).one("a", class_="strength").find(".//{*}text").text


def test_a_goal_that_was_put_away_is_shown_as_it_was_then(visit: Browser, session: Session, her: Viewer) -> None:
    goal = make.goal(session, her, "Walk", make.schedule(start=days_ago(40)))
    tell(session, her, goal, "x" * 10 + "." * 31)
    then = make.viewer(session, session.get_one(Person, her.id), make.NOW - 30 * (make.NOW - make.NOW.replace(day=9)))
    goals.archive(session, then, goal)
    session.commit()
    page = visit.get(f"/goals/{goal.public_id}")
    assert numbers(page)["Current streak"].startswith("10")
    assert (
        date.fromisoformat(year_of(page)["first"]).toordinal() + len(year_of(page)["marks"]) - 1
        == days_ago(30).toordinal()
    )
