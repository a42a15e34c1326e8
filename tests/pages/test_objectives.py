"""The pages of many objectives: tree, table, groups, filters in the address, check-in in place, and the table to take
along."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN, told
from tests.relations import Work
from webapp.actions import check_ins
from webapp.domain.objective_drafts import CheckInDraft
from webapp.domain.objectives import CycleState
from webapp.domain.people import MembershipStatus
from webapp.domain.spreadsheets import BYTE_ORDER_MARK
from webapp.models import Membership, Person
from webapp.pages.objective_listing import FEW
from webapp.queries import objectives
from webapp.queries.objectives import Found

Visit = Callable[[Person], Browser]


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Work:
    """Paul's objectives: one above, one below it that is silent, and Mona's beside them."""
    found = Work(session)
    found.goal.review_state = None
    above = objectives.of_goal(session, found.goal)
    parts = (make.key_result("Ovens", 4, unit="ovens"), make.key_result("Bakers", 2, owner=found.manager.public_id))
    below = {"parent": above.goal.public_id, "key_results": parts}
    bake = make.objective(session, found.paul, found.cycle, "Bake more", **below)
    manage = make.objective(session, found.mona, found.cycle, "Manage well", tags=("people",), key_results=())
    bake.goal.review_state = manage.goal.review_state = None
    said(found, above, 9)
    session.commit()
    return found


def said(they: Work, found: Found, value: int) -> None:
    part = objectives.key_results_of(they.session, found.goal.id)[0]
    found.goal.review_state = None
    draft = CheckInDraft(Decimal(value), confidence=Decimal("0.7"))
    check_ins.check_in(they.session, they.paul, part, found, draft)


@pytest.fixture
def visit(app: Flask, session: Session, they: Work) -> Visit:
    return lambda person: signed_in(app, session, person)


@pytest.fixture
def paul(visit: Visit, they: Work) -> Browser:
    return visit(they.person)


def named(page: Page) -> list[str]:
    """The objectives of the page in their order."""
    headings = [one for tag in ("h3", "h4", "th") for one in page.all(tag)]
    words = [page.words(link) for one in headings for link in one.iter("a") if "/objectives/" in link.get("href", "")]
    return [one for one in words if one in ("Win ten shops", "Bake more", "Manage well")]


def test_the_tree_shows_what_serves_what(paul: Browser) -> None:
    page = paul.get("/objectives")
    assert named(page) == ["Win ten shops", "Bake more", "Manage well"]
    (below,) = [one for one in page.all("details") if "below" in one.get("class", "")]
    assert "Bake more" in page.words(below)
    assert "1 objective below" in page.words(below)
    assert "9 of 10 shops, 90 %" in page.text
    assert "Paul · checked in 10 Mar" in page.text
    assert "unreviewed" in page.text


def test_pace_is_said_in_words_and_as_a_picture(paul: Browser) -> None:
    page = paul.get("/objectives")
    tally = page.by_id("objective-tally")
    assert tally is not None
    words = page.words(tally)
    assert "3 off track" in words
    assert "2 are silent" in words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=bake", ["Bake more"]),
        ("q=OVENS", ["Bake more"]),
        ("tag=people", ["Manage well"]),
        ("mine=1", ["Win ten shops", "Bake more"]),
        ("pace=off_track", ["Win ten shops", "Bake more", "Manage well"]),
        ("pace=on_track", []),
        ("pace=outdated", ["Bake more", "Manage well"]),
        ("status=unreviewed&q=ten", ["Win ten shops"]),
        ("status=approved", []),
        ("status=nonsense&pace=nonsense&view=nonsense&owner=", ["Win ten shops", "Bake more", "Manage well"]),
    ],
)
def test_filters_live_in_the_address(paul: Browser, query: str, found: list[str]) -> None:
    page = paul.get(f"/objectives?{query}")
    assert page.status == 200
    assert named(page) == found
    if not found:
        assert "Show all" in page.text


def test_what_is_filtered_out_is_named_by_what_serves_it(paul: Browser) -> None:
    page = paul.get("/objectives?q=bake")
    assert "serves" in page.text
    assert "Win ten shops</a>" in page.text


def test_links_keep_the_other_filters(paul: Browser) -> None:
    page = paul.get("/objectives?q=bake&mine=1&view=table")
    links = {page.words(one): one.get("href", "") for one in page.all("a")}
    assert links["Tree"] == "/objectives?q=bake&mine=1"
    assert links["By owner"] == "/objectives?view=owners&q=bake&mine=1"
    assert links["Download as a table (CSV)"] == "/objectives/export.csv?view=table&q=bake&mine=1"
    assert links["Objective"] == "/objectives?view=table&q=bake&mine=1&down=1"
    assert page.value("q") == "bake"


def test_htmx_gets_the_lists_alone(paul: Browser) -> None:
    page = paul.get("/objectives?q=bake", htmx=True)
    assert not page.whole
    assert named(page) == ["Bake more"]


def test_the_table_is_sorted_by_its_links(paul: Browser) -> None:
    up = named(paul.get("/objectives?view=table&sort=progress"))
    down = named(paul.get("/objectives?view=table&sort=progress&down=1"))
    assert up[-1] == down[0] == "Win ten shops"
    for sort in ("name", "owner", "pace", "confidence", "check_in"):
        page = paul.get(f"/objectives?view=table&sort={sort}")
        assert sorted(named(page)) == ["Bake more", "Manage well", "Win ten shops"]
        assert [one.get("aria-sort") for one in page.all("th") if one.get("aria-sort")] == ["ascending"]


def test_owners_stand_apart_with_their_mean(paul: Browser) -> None:
    page = paul.get("/objectives?view=owners")
    headings = [page.words(one) for one in page.all("h3")]
    assert headings == ["Mona", "Paul"]
    assert named(page) == ["Manage well", "Win ten shops", "Bake more"]
    assert "2 objectives" in page.text


def test_reviewers_stand_apart_and_nobody_last(they: Work, paul: Browser) -> None:
    they.send(they.manager)
    they.session.commit()
    page = paul.get("/objectives?view=reviewers")
    assert [page.words(one) for one in page.all("h3")] == ["Mona", "Reviewed by nobody"]


def form_address(page: Page, name: str) -> str:
    """Where the link leads by which the key result is checked in."""
    links = [one for one in page.all("a") if page.words(one) == f"Check in {name}"]
    return links[0].get("href", "") if links else ""


def test_who_answers_for_it_checks_in_from_the_list(they: Work, paul: Browser) -> None:
    page = paul.get("/objectives")
    form = paul.get(form_address(page, "Ovens"), htmx=True)
    assert not form.whole
    done = form.press("Check in", htmx=True, actual="3", confidence="80", comment="One to go.")
    assert done.status == 200
    assert "3 of 4 ovens, 75 %" in done.text
    assert "Win ten shops" in done.text, "what it serves follows"
    assert "3 of 4 ovens, 75 %" in paul.get("/objectives").text


def test_what_was_used_stays_open_in_a_long_list(they: Work, paul: Browser) -> None:
    for number in range(FEW):
        make.objective(they.session, they.paul, they.cycle, f"Number {number}", key_results=())
    they.session.commit()
    page = paul.get("/objectives")
    assert not any("open" in one.attrib for one in page.all("details", class_="parts"))
    done = paul.get(form_address(page, "Ovens"), htmx=True).press("Check in", htmx=True, actual="3")
    assert ["open" in one.attrib for one in done.all("details", class_="parts")] == [True, False]


@pytest.mark.parametrize("view", ["tree", "table", "owners", "reviewers"])
def test_each_number_leads_to_why_it_is(paul: Browser, view: str) -> None:
    page = paul.get(f"/objectives?view={view}&q=bake")
    links = {page.words(one): one.get("href", "") for one in page.all("a") if one.get("href", "").endswith("/why")}
    name = next(one for one in page.all("a") if page.words(one) == "Bake more")
    assert links["0 %"] == f"{name.get('href')}/why"
    assert ("not measured yet, asked at least 4 ovens" in links) == (view == "tree")


def test_a_cycle_that_is_not_there_is_not_another_one(app: Flask, session: Session, paul: Browser) -> None:
    foreign = make.cycle(session, make.organisation(session, "Other"))
    session.commit()
    for address in ("/objectives", "/objectives/export.csv"):
        assert paul.get(f"{address}?cycle=").status == 200
        assert told(paul.get(f"{address}?cycle={foreign.public_id}")) == told(paul.get(f"{address}?cycle={UNKNOWN}"))
        assert paul.get(f"{address}?cycle={UNKNOWN}").status == 404


def test_without_javascript_it_is_a_page(paul: Browser) -> None:
    form = paul.get(form_address(paul.get("/objectives"), "Ovens"))
    assert form.whole
    done = form.press("Check in", actual="3")
    assert done.status == 200
    assert done.address.startswith("/objectives/")
    assert "3 of 4 ovens, 75 %" in paul.get("/objectives").text


@pytest.mark.parametrize("htmx", [False, True])
def test_what_cannot_be_read_stays_with_words_at_its_field(paul: Browser, htmx: bool) -> None:
    form = paul.get(form_address(paul.get("/objectives"), "Ovens"), htmx=htmx)
    wrong = form.press("Check in", htmx=htmx, actual="many", confidence="200", comment="Soon.")
    assert wrong.status == 422
    assert wrong.errors().keys() == {"actual", "confidence"}
    assert (wrong.value("actual"), wrong.value("comment")) == ("many", "Soon.")
    assert "3 of 4" not in paul.get("/objectives").text


def test_others_see_no_way_to_check_in_and_are_refused(they: Work, paul: Browser, visit: Visit) -> None:
    mona = visit(they.manager)
    page = mona.get("/objectives")
    assert form_address(page, "Bakers")
    assert not form_address(page, "Ovens")
    address = form_address(paul.get("/objectives"), "Ovens")
    assert mona.post(address, actual="4").status == 403
    assert mona.post(form_address(page, "Bakers"), actual="1").status == 303


def test_a_closed_cycle_takes_no_check_in(they: Work, paul: Browser) -> None:
    address = form_address(paul.get("/objectives"), "Ovens")
    they.cycle.state = CycleState.CLOSED
    they.session.commit()
    assert not form_address(paul.get("/objectives"), "Ovens")
    assert paul.get(address).status == paul.post(address, actual="4").status == 423


def test_an_organisations_walls_hold(app: Flask, they: Work, paul: Browser, visit: Visit) -> None:
    address = form_address(paul.get("/objectives"), "Ovens")
    stranger = visit(make.person(they.session, "Sam"))
    assert "within an organisation" in stranger.get("/objectives").text
    named_cycle = stranger.get(f"/objectives?cycle={they.cycle.public_id}")
    assert "Win ten shops" not in named_cycle.text
    assert stranger.get("/objectives/export.csv").text.count("\n") == 1
    unknown = stranger.get(f"/objectives/key-results/{UNKNOWN}/line")
    assert stranger.get(address).status == unknown.status == 404
    assert stranger.post(address, actual="4").status == 404
    they.session.execute(Membership.__table__.update().values(status=MembershipStatus.SUSPENDED))
    they.session.commit()
    assert paul.get(address).status == 404
    assert "Win ten shops" not in paul.get("/objectives").text


def test_the_table_to_take_along_holds_what_is_shown(they: Work, paul: Browser) -> None:
    formula = make.key_result('=HYPERLINK("x")', 3, unit="@")
    make.objective(they.session, they.paul, they.cycle, "+Evil", key_results=(formula,))
    they.session.commit()
    answer = paul.get("/objectives/export.csv?q=evil")
    lines = answer.text.removeprefix(BYTE_ORDER_MARK).splitlines()
    assert lines[0].startswith(
        "Objective,Description,Owner (e-mail),Team,Parent,Start,End,Tags,Key result,Kind,From,To"
    )
    assert len(lines) == 2
    assert lines[1].startswith("'+Evil,")
    assert '"\'=HYPERLINK(""x"")"' in lines[1]
    whole = paul.get("/objectives/export.csv").text.splitlines()
    (ovens,) = [line for line in whole if "Ovens" in line]
    assert ovens.startswith(
        f"Bake more,,{they.person.email},,Win ten shops,2026-01-01,2026-03-31,,Ovens,at least,0,4,,ovens,1"
    )


def test_who_administers_is_shown_how_to_begin(app: Flask, session: Session, visit: Visit) -> None:
    home, admin = make.organisation(session, "New"), make.person(session, "Ada")
    make.member(session, admin, home, make.Role.ADMIN)
    plain = make.person(session, "Bob")
    make.member(session, plain, home)
    session.commit()
    assert "/objectives/cycles/new" in visit(admin).get("/objectives").text
    assert "Ask whoever administers" in visit(plain).get("/objectives").text
    make.cycle(session, home)
    session.commit()
    assert "Nobody has planned anything" in visit(plain).get("/objectives").text


def test_objectives_stand_in_the_navigation_of_members(they: Work, paul: Browser, visit: Visit) -> None:
    assert 'href="/objectives"' in paul.get("/").text
    assert 'href="/objectives"' in paul.get("/account").text
    assert 'href="/objectives"' not in visit(make.person(they.session, "Sam")).get("/").text


def test_silent_key_results_wait_on_the_dashboard(they: Work, paul: Browser) -> None:
    assert "key result waits for a check-in" in paul.get("/").text
    page = paul.get("/waiting")
    assert "Ovens" in page.text
    assert "Bakers" not in page.text
    page = paul.get(form_address(paul.get("/objectives"), "Ovens"))
    assert page.press("Check in", actual="1").status == 200
    assert "wait" not in paul.get("/waiting").text.partition("<h1>")[2].partition("Nothing")[0]


def test_days_move_the_pace(paul: Browser, clock: machine.Traveller) -> None:
    assert "2 are silent" in pace_of(paul.get("/objectives"))
    clock.move_to(NOW + timedelta(days=11))
    assert "3 are silent" in pace_of(paul.get("/objectives"))


def pace_of(page: Page) -> str:
    tally = page.by_id("objective-tally")
    assert tally is not None
    return page.words(tally)
