"""The page of boards: ties, one's own row, what moves somebody up, and periods that are over."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from webapp.actions import participants, portraits
from webapp.actions.images import Drawn
from webapp.domain.boards import Display
from webapp.domain.profile_drafts import CourseKind, PresenceDraft
from webapp.extensions import db
from webapp.models import AdviceStep, Course, Profile

APRIL, MARCH_ENDS = NOW + timedelta(days=31), timedelta(days=21)
GOAL = f"/leaderboard?goal={SALES}"
Visit = Callable[[str], Browser]


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def visit(app: Flask, session: Session, they: Ladder) -> Visit:
    def come(name: str) -> Browser:
        session.commit()
        return signed_in(app, session, they.admin if name == "Ines" else they.people[name], they.viewer(name).now)

    return come


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def lines(page: Page, label: str = "Bronze: Personal sales") -> list[str]:
    """The lines of the list of this name, as they are read."""
    return [page.words(one) for one in page.one("ol", aria_label=label).iter("li")]


def mine(page: Page) -> list[Element]:
    return page.all("li", aria_current="true")


def own(page: Page) -> str:
    return page.words(page.by_id("own"))


def test_ties_are_said_as_ties_and_the_own_row_is_marked(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700, Cem=700, Dora=1_200)
    page = visit("Ada").get(GOAL)
    assert lines(page) == [
        "1 Dora 120 % €1,200 · reached",
        "2 = shared Ben 70 % €700 · €300 to go",
        "2 = shared Cem 70 % €700 · €300 to go",
        "4 Ada you 62 % €620 · €380 to go",
        "– Emil no value yet",
    ]
    assert [page.words(one).split()[1] for one in mine(page)] == ["Ada"]
    assert [one.get("value") for one in page.all("progress")] == ["62", "100", "70", "70", "62"]


def test_the_rank_is_explained_and_leads_to_the_values_behind_it(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700, Cem=620, Dora=1_200)
    page = visit("Ada").get(GOAL)
    assert "2 are ahead of you, 1 shares your rank." in own(page)
    assert "3, shared" in own(page)
    assert page.all("a", href=f"/profile/values/{SALES}")
    assert "€80 more and you share rank 2; any more than that, and you pass." in own(page)


def test_who_is_first_is_moved_up_by_nothing(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    page = visit("Ben").get(GOAL)
    assert "Nobody is ahead of you." in own(page)
    assert "moves you up" not in own(page)


def test_of_all_goals_the_one_that_gives_most_is_named(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=1_500)
    they.value("Ada", 9, TRAINING)
    page = visit("Ben").get("/leaderboard")
    assert "Ben you 75 %" in lines(page, "Bronze: All goals together")[1]
    assert "It is the mean of: Personal sales 150 %, Hours of training 0 %" in own(page)
    page = visit("Ada").get("/leaderboard")
    assert "Nobody is ahead of you." in own(page)
    page = visit("Ben").get("/leaderboard")
    assert "1 % more and you share rank 1" in own(page)
    assert "Most is to be gained in Hours of training: 10 more reach its maximum" in own(page)
    assert "and then all goals together come to 125 %" in own(page)


def test_who_has_no_value_yet_is_told_how_to_get_a_rank(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    page = visit("Emil").get(GOAL)
    assert "the first one gives you a rank" in own(page)
    assert lines(page)[-1] == "– Emil you no value yet"


def test_a_board_that_is_over_says_so_and_shows_what_came_later_beside_it(
    they: Ladder, visit: Visit, clock: machine.Traveller
) -> None:
    they.sold(Ada=620, Ben=700, Cem=10, Dora=20, Emil=30)
    they.value("Ada", 500, now=APRIL)
    clock.move_to(APRIL)
    page = signed_in(visit("Ada").client.application, they.session, they.people["Ada"], APRIL).get(
        f"{GOAL}&period=2026-03-01"
    )
    assert "March 2026 is over: the board stands as it stood then. What came in later" in page.words()
    assert lines(page)[:2] == ["1 Ben 70 % €700 · €300 to go", "2 Ada you 62 % €620 · €380 to go €500 came later"]
    assert "1 was ahead of you." in own(page)
    assert "moves you up" not in own(page)
    assert page.by_id("board-refresh") is None


def test_whoever_opted_out_since_is_left_out_and_who_was_erased_stays_without_a_name(
    app: Flask, they: Ladder, clock: machine.Traveller
) -> None:
    they.join("Fay")
    they.sold(Ada=620, Ben=700, Cem=10, Dora=20, Emil=30, Fay=40)
    participants.present(they.session, they.viewer("Ben", APRIL), they.home.id, PresenceDraft(False, Display.FULL))
    they.people["Cem"].deleted_at = APRIL
    clock.move_to(APRIL)
    page = signed_in(app, they.session, they.people["Ada"], APRIL).get(f"{GOAL}&period=2026-03-01")
    assert [line.split()[0] for line in lines(page)] == ["2", "3", "4", "5", "6"], "the others keep their ranks"
    assert lines(page)[-1].startswith("6 Former member")
    assert "Ben" not in page.words()
    assert "Cem" not in page.words()
    page = signed_in(app, they.session, they.people["Ben"], APRIL).get(f"{GOAL}&period=2026-03-01")
    assert mine(page) == []
    assert "You are not listed on any board, so you have no rank" in own(page)


def test_a_board_that_is_over_and_too_small_by_now_claims_nothing_of_the_viewer(
    app: Flask, they: Ladder, clock: machine.Traveller
) -> None:
    they.sold(Ada=620, Ben=700, Cem=10, Dora=20, Emil=30)
    participants.present(they.session, they.viewer("Ben", APRIL), they.home.id, PresenceDraft(False, Display.FULL))
    clock.move_to(APRIL)
    page = signed_in(app, they.session, they.people["Ada"], APRIL).get(f"{GOAL}&period=2026-03-01")
    assert "Fewer than 5 people stand here." in page.words()
    assert "You had no value" not in own(page)


def test_of_all_goals_together_the_values_are_shown_only_while_the_period_runs(
    app: Flask, they: Ladder, clock: machine.Traveller
) -> None:
    they.sold(Ada=620, Ben=700, Cem=10, Dora=20, Emil=30)
    page = signed_in(app, they.session, they.people["Ada"]).get("/leaderboard")
    assert "The values behind your number" in own(page)
    clock.move_to(APRIL)
    page = signed_in(app, they.session, they.people["Ada"], APRIL).get("/leaderboard?period=2026-03-01")
    assert "1 was ahead of you." in own(page)
    assert "The values behind your number" not in own(page)


def test_a_period_goes_on_for_as_many_days_as_the_profile_says(
    app: Flask, they: Ladder, clock: machine.Traveller
) -> None:
    they.sold(Ada=620, Ben=700)
    for left, said in ((timedelta(), "22 days left"), (timedelta(days=20), "2 days left"), (MARCH_ENDS, "ends today")):
        clock.move_to(NOW + left)
        ada = signed_in(app, they.session, they.people["Ada"], NOW + left)
        pages = [ada.get(address) for address in ("/", "/profile", GOAL, f"/profile/values/{SALES}")]
        assert [page.address for page in pages if said not in page.words()] == []


def test_under_five_the_board_says_why_there_is_none(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    participants.present(they.session, they.viewer("Emil"), they.home.id, PresenceDraft(False, Display.FULL))
    page = visit("Ada").get(GOAL)
    assert "Fewer than 5 people stand here." in page.words()
    assert "Ben" not in page.words()
    assert "€" not in page.words()


def test_where_amounts_are_hidden_everything_is_said_in_whole_percent(they: Ladder, visit: Visit) -> None:
    they.home.hides_amounts = True
    they.sold(Ada=625, Ben=700, Cem=10)
    page = visit("Ada").get(GOAL)
    assert lines(page)[:3] == ["1 Ben 70 %", "2 Ada you 63 %", "3 Cem 1 %"]
    assert "8 % more and you share rank 1" in own(page)
    assert "€625" in own(page), "one's own number stays exact"
    assert "€" not in " ".join(lines(page))
    assert "Ranks go by the exact ones" in page.words()


def test_never_fewer_percent_are_said_than_it_takes(they: Ladder, visit: Visit) -> None:
    they.home.hides_amounts = True
    they.sold(Ada=269, Ben=300)
    page = visit("Ada").get(GOAL)
    assert "27 %" in lines(page)[1]
    assert "4 % more and you share rank 1" in own(page)


def test_less_than_a_percent_is_said_as_that(they: Ladder, visit: Visit) -> None:
    they.home.hides_amounts = True
    they.sold(Ada=700, Ben=709)
    assert "Less than 1 % more and you share rank 1" in own(visit("Ada").get(GOAL))


def test_names_are_shown_as_their_people_wish_and_never_as_markup(they: Ladder, visit: Visit) -> None:
    they.people["Ben"].name = "Ben Novak"
    they.people["Cem"].name = "<b>Cem</b> Öz"
    they.sold(Ada=1, Ben=3, Cem=2)
    participants.present(they.session, they.viewer("Ben"), they.home.id, PresenceDraft(True, Display.FIRST_NAME))
    page = visit("Ada").get(GOAL)
    assert "Ben N." in lines(page)[0]
    assert "<b>Cem</b> Öz" in lines(page)[1]
    assert "Novak" not in page.words()


def test_a_portrait_stands_beside_the_name(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=1, Ben=3)
    image = portraits.show(they.session, they.viewer("Ben"), they.home.id, Drawn(b"a picture"))
    page = visit("Ada").get(GOAL)
    assert [one.get("src") for one in page.all("img")] == [f"/images/{image.public_id}"]


def test_what_helps_on_the_step_stands_beside_the_board(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    target = they.targets(they.bronze)[0]
    kept = {"organisation_id": they.home.id, "summary": "", "address": "https://example.org/", "created_at": NOW}
    for title, keyword in (("Notes", None), ("Calls", they.sales.id), ("Rest", they.training.id)):
        they.session.add(Course(kind=CourseKind.COURSE, title=title, keyword_id=keyword, minutes=20, **kept))
    for begins, step in ((0, "Call three people"), (50, "Go back"), (90, "Ask for more")):
        they.session.add(AdviceStep(target_id=target.id, from_percentage=Decimal(begins), step=step))
    page = visit("Ada").get(GOAL)
    helping = page.words(page.by_id("help"))
    assert helping == "What helps from here Go back Calls Course · 20 minutes Notes Course · 20 minutes"
    assert {one.get("rel") for one in page.all("a", href="https://example.org/")} == {"noopener noreferrer"}
    assert "Calls" not in visit("Ada").get("/leaderboard").words()


def test_the_first_and_the_neighbours_stand_apart_where_the_list_is_long(they: Ladder, visit: Visit) -> None:
    for number in range(10):
        they.join(f"Person {number}")
        they.value(f"Person {number}", 1_000 - number)
    they.sold(Ada=620)
    page = visit("Ada").get(GOAL)
    near = lines(page, "First, and near you")
    assert [line.split()[0] for line in near] == ["1", "2", "3", "…", "9", "10", "11", "–", "–"]
    assert len(mine(page)) == 2


def test_after_the_first_hundred_come_the_own_row_and_two_on_each_side(they: Ladder, visit: Visit) -> None:
    names = [f"Person {number}" for number in range(120)]
    for name in names:
        they.join(name)
    they.sold(**{name: 2_000 - at for at, name in enumerate(names)}, Ada=1_889)
    page = visit("Ada").get(GOAL)
    ranks = [line.split()[0] for line in lines(page)]
    assert ranks[:100] == [str(number) for number in range(1, 101)]
    assert ranks[100:] == ["…", "111", "112", "112", "114", "115"]
    assert "20 more are not listed here" in page.words()


def test_filters_keep_what_was_chosen_and_answer_htmx_with_the_board_alone(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    page = visit("Ada").get("/leaderboard").press("Show", goal=TRAINING)
    assert "goal=training_hours" in page.address
    assert page.value("goal") == TRAINING
    assert lines(page, "Bronze: Hours of training")[0] == "– Ada you no value yet"
    part = visit("Ada").get(GOAL, htmx=True)
    assert not part.whole
    board = part.by_id("board")
    assert board is not None
    assert board.get("data-announce") == "Your rank is 2 of 5."


def test_a_goal_or_a_period_the_profile_does_not_have_is_left_out(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    page = visit("Ada").get("/leaderboard?goal=nothing_like_it&period=1999-01-01")
    assert "Bronze: All goals together" in page.words()
    assert visit("Ada").get("/leaderboard?period=x").status == 200


def test_the_board_of_another_rung_shows_no_own_place(they: Ladder, visit: Visit) -> None:
    for name in ("Fay", "Gus", "Hal", "Ida", "Jon"):
        they.join(name, they.silver)
        they.value(name, 100)
    page = visit("Ada").get(f"{GOAL}&profile={they.silver.public_id}")
    assert "You stand on another rung" in own(page)
    assert len(lines(page, "Silver: Personal sales")) == 5


def test_nothing_is_answered_where_nothing_changed(they: Ladder, visit: Visit, engine: Engine) -> None:
    they.sold(Ada=620, Ben=700)
    browser = visit("Ada")
    address = _refresh(browser.get(GOAL))
    with counted(engine) as statements:
        again = browser.get(address, htmx=True)
    assert (again.status, again.text) == (204, "")
    assert len(statements) <= 3
    they.value("Ada", 100)
    they.session.commit()
    page = browser.get(address, htmx=True)
    board = page.by_id("board")
    assert board is not None
    assert board.get("data-announce") == "The board changed: your rank is 1 now, it was 2."
    assert browser.get(_refresh(page), htmx=True).status == 204
    assert browser.get(address).whole, "opened by itself it is a page"


def test_without_a_place_one_is_told_how_to_get_one(they: Ladder, visit: Visit) -> None:
    they.sold(Ada=620, Ben=700)
    page = visit("Ines").get(GOAL)
    assert "You do not stand on a rung yet" in own(page)
    assert len(lines(page)) == 5
    assert page.all("a", href="/admin/ladder")
    assert not visit("Ada").get(GOAL).all("a", href="/admin/ladder")


def test_a_rung_that_asks_for_nothing_says_so(they: Ladder, visit: Visit) -> None:
    made = they.rung("Platinum")
    page = visit("Ada").get(f"/leaderboard?profile={made.public_id}")
    assert "Platinum asks for nothing yet. Once it does" in page.words()
    page = visit("Ines").get(f"/leaderboard?profile={made.public_id}")
    assert page.all("a", href=f"/admin/ladder/{made.public_id}")


def test_on_several_ladders_each_rung_says_whose_it_is(they: Ladder, visit: Visit, session: Session) -> None:
    home = make.organisation(session, "Elsewhere")
    make.member(session, they.people["Ada"], home)
    session.add(Profile(organisation_id=home.id, name="First", position=1, created_at=NOW))
    they.sold(Ada=620, Ben=700)
    page = visit("Ada").get(GOAL)
    names = [page.words(one) for one in page.one("select", name="profile").iter("option")]
    assert names == ["Elsewhere: First", "Home: Bronze", "Home: Silver", "Home: Gold"]
    assert page.value("profile") == they.bronze.public_id, "one's own rung comes first"
    assert page.all("a", href=f"/profile/values/{SALES}?organisation={they.home.public_id}")


@pytest.mark.parametrize("address", ["/leaderboard", GOAL])
def test_the_page_costs_the_same_for_many_and_stays_small(
    they: Ladder, visit: Visit, engine: Engine, address: str
) -> None:
    they.sold(Ada=620, Ben=700)
    browser = visit("Ada")
    browser.get(address)
    few = _cost(browser, engine, address)
    for number in range(55):
        they.join(f"Person {number}")
    they.sold(**{f"Person {number}": 10 * number + 5 for number in range(55)})
    they.session.commit()
    assert _cost(browser, engine, address) == few <= 8
    assert len(gzip.compress(browser.get(address).text.encode())) < 12_000


def _refresh(page: Page) -> str:
    asks = page.by_id("board-refresh")
    assert asks is not None
    assert asks.get("hx-trigger") == "every 60s"
    return asks.get("hx-get", "")


def _cost(browser: Browser, engine: Engine, address: str) -> int:
    with counted(engine) as statements:
        assert browser.get(address).status == 200
    return len(statements)
