"""My profile: how far each goal of my rung is, what is missing for the next, moving up, and reporting a value."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, TRAINING, Ladder
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN, told
from webapp.actions import participants
from webapp.domain.people import MembershipStatus, Role
from webapp.domain.profiles import Period
from webapp.models import AuditEvent, Entry, Membership, Organisation, Participant, Person, Profile

Visit = Callable[[str], Browser]
SVG = "{http://www.w3.org/2000/svg}"
MARCH = "1 Mar 2026 to 31 Mar 2026 · 22 days left"


@pytest.fixture
def they(session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def visit(app: Flask, session: Session, they: Ladder) -> Visit:
    def browser(name: str) -> Browser:
        return signed_in(app, session, they.admin if name == "Ines" else they.people[name])

    return browser


def goal(page: Page, keyword: str) -> str:
    """What stands of one goal."""
    found = page.by_id(f"goal-{keyword}")
    assert found is not None, page.words()
    return page.words(found)


def rung_of(they: Ladder, name: str) -> str:
    they.session.rollback()
    they.session.expire_all()
    number = they.people[name].id
    stands = select(Profile.name).join(Participant, Participant.profile_id == Profile.id)
    return they.session.scalars(stands.where(Participant.person_id == number)).one()


def meets_everything(they: Ladder, name: str) -> None:
    they.value(name, 1_000)
    they.value(name, 10, TRAINING)
    they.session.commit()


def test_each_goal_shows_value_percentage_what_is_to_go_and_until_when(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    they.value("Ada", "-33.30")
    page = visit("Ada").get("/profile")
    sales = goal(page, SALES)
    for words in (MARCH, "€666.70", "of €1,000", "66.67 %", "€333.30", "to go", "from 2 values"):
        assert words in sales
    assert "No value yet in this period." in goal(page, TRAINING)
    ring = page.by_id(f"ring-{SALES}")
    assert ring is not None
    assert page.words(ring) == "Personal sales: 66.67 %"
    assert [page.words(one) for one in page.all(f"{SVG}text")] == ["66.67 %", "0 %"], "as it stands beside the ring"
    (table,) = page.all("table")
    cells = [page.words(one) for one in table.iter("td")]
    assert cells[:5] == ["€666.70", "€1,000", "66.67 %", "€333.30", "Monthly, 1 Mar 2026 to 31 Mar 2026"]


def test_beyond_the_maximum_it_is_a_hundred_and_says_by_how_much(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 1_250)
    sales = goal(visit("Ada").get("/profile"), SALES)
    assert "100 %" in sales
    assert "€250" in sales
    assert "over the goal" in sales
    assert "over by €250" in sales


def test_a_hundred_percent_is_not_said_while_a_little_is_missing(they: Ladder, visit: Visit) -> None:
    they.value("Ada", "999.99")
    sales = goal(visit("Ada").get("/profile"), SALES)
    assert "99.99 %" in sales
    assert "100 %" not in sales
    assert "€0.01" in sales


def test_own_numbers_are_exact_though_the_organisation_hides_amounts(they: Ladder, visit: Visit) -> None:
    they.home.hides_amounts = True
    they.value("Ada", 666)
    they.session.commit()
    assert "€666" in goal(visit("Ada").get("/profile"), SALES)
    assert "€334 to go" in visit("Ada").get("/").words()


def test_what_is_missing_for_the_next_rung_is_said_and_nothing_can_be_pressed(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 10, TRAINING)
    page = visit("Ada").get("/profile")
    assert "What is missing for Silver" in page.words()
    assert "Personal sales: €1,000 to go until 31 Mar 2026" in page.words()
    assert "Hours of training: reached" in page.words()
    assert page.words().index("What is missing for Silver") < page.words().index("No value yet in this period.")
    assert [one for one in page.all("button") if "Move up" in page.words(one)] == []


def test_with_everything_reached_one_moves_up_once_and_values_come_along(they: Ladder, visit: Visit) -> None:
    meets_everything(they, "Ada")
    page = visit("Ada").get("/profile")
    assert "The way up is open until 31 March 2026." in page.words()
    moved = page.press("Move up to Silver")
    assert moved.status == 200
    assert "You stand on Silver now." in moved.words()
    assert "50 %" in goal(moved, SALES)
    again = page.press("Move up to Silver")
    assert again.status == 200
    assert rung_of(they, "Ada") == "Silver"
    promoted = they.session.scalars(select(AuditEvent).where(AuditEvent.tag == "participant:promote")).all()
    assert [event.subject_id for event in promoted] == [they.people["Ada"].id]


def test_a_button_that_is_out_of_date_says_what_is_missing_now(they: Ladder, visit: Visit) -> None:
    meets_everything(they, "Ada")
    page = visit("Ada").get("/profile")
    they.value("Ada", -1)
    they.session.commit()
    refused = page.press("Move up to Silver")
    assert refused.status == 403
    assert "Not yet: by now something is missing." in refused.words()
    assert "Personal sales: €1 to go" in refused.words()
    assert rung_of(they, "Ada") == "Bronze"


def test_who_was_placed_elsewhere_meanwhile_is_shown_where_they_stand(they: Ladder, visit: Visit) -> None:
    meets_everything(they, "Ada")
    page = visit("Ada").get("/profile")
    participants.place(they.session, they.ines, they.gold, they.people["Ada"].id)
    they.session.commit()
    conflict = page.press("Move up to Silver")
    assert conflict.status == 409
    assert "You stand on another rung by now." in conflict.words()
    assert rung_of(they, "Ada") == "Gold"


def test_the_highest_rung_has_nothing_above_it(they: Ladder, visit: Visit) -> None:
    they.join("Gil", they.gold)
    they.session.commit()
    assert "There is no rung above Gold." in visit("Gil").get("/profile").words()


def test_a_rung_that_asks_nothing_says_so(they: Ladder, visit: Visit) -> None:
    for target in they.targets(they.bronze):
        they.session.delete(target)
    they.session.flush()
    they.renew(they.bronze)
    they.session.commit()
    words = visit("Ada").get("/profile").words()
    assert "Bronze asks for nothing yet" in words
    assert "Move up" not in words


def test_the_picture_and_the_list_mark_ones_own_rung(they: Ladder, visit: Visit) -> None:
    page = visit("Ada").get("/profile")
    (picture,) = [one for one in page.root.iter() if one.get("class") == "rungs"]
    assert picture.get("aria-label") == "A ladder of 3 rungs: Bronze, Silver, Gold. You stand on Bronze, number 1."
    assert [page.words(one) for one in page.all("a", aria_current="page") if "rung=" in one.get("href", "")] == [
        "Bronze (you stand here)"
    ]


def test_another_rung_shows_what_it_asks_and_takes_nothing(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    page = visit("Ada").get(f"/profile?rung={they.silver.public_id}")
    (table,) = page.all("table")
    assert [page.words(one) for one in table.iter("td")] == ["€2,000", "€700", "20", "0"]
    main = page.one("main")
    assert list(main.iter("form")) == []


def test_who_stands_on_no_rung_is_told_how_one_comes_there(they: Ladder, visit: Visit) -> None:
    participants.take_off(they.session, they.ines, they.home.id, they.people["Ada"].id)
    they.session.commit()
    for name in ("Ada", "Ines"):
        page = visit(name).get("/profile")
        assert "You stand on no rung of this ladder yet." in page.words()
        assert "Goals overview" not in visit(name).get("/").words()


def test_without_a_ladder_the_page_teaches_and_an_admin_is_shown_the_way(app: Flask, they: Ladder) -> None:
    somebody = make.person(they.session, "Somebody")
    boss = make.person(they.session, "Boss")
    make.member(they.session, boss, make.organisation(they.session, "Empty"), Role.ADMIN)
    page = signed_in(app, they.session, somebody).get("/profile")
    assert "A ladder has rungs" in page.words()
    assert page.all("a", href="/admin/ladder") == []
    assert signed_in(app, they.session, boss).get("/profile").one("a", href="/admin/ladder") is not None


def test_of_two_ladders_one_chooses(they: Ladder, visit: Visit) -> None:
    abroad = second_ladder(they)
    ada = visit("Ada")
    page = ada.get("/profile")
    assert page.words(page.one("h1")) == "Only"
    named = ada.get(f"/profile?organisation={abroad.public_id}")
    assert named.words(named.one("h1")) == "Only"
    chosen = ada.get(f"/profile?organisation={they.home.public_id}")
    assert chosen.words(chosen.one("h1")) == "Bronze"
    assert "Abroad" in chosen.words()
    words = ada.get("/").words()
    assert words.count("Goals overview") == 2


@pytest.mark.parametrize(
    "address", ["/profile?organisation={home}", "/profile?rung={rung}", "/profile/values/{keyword}"]
)
def test_another_organisations_ladder_is_nothing(they: Ladder, app: Flask, visit: Visit, address: str) -> None:
    stranger = make.person(they.session, "Stranger")
    abroad = second_ladder(they, stranger)
    browser = signed_in(app, they.session, stranger)
    theirs = {"home": they.home.public_id, "rung": they.silver.public_id, "keyword": TRAINING}
    unknown = {"home": UNKNOWN, "rung": UNKNOWN, "keyword": "nothing_of_that_name"}
    assert abroad.public_id != they.home.public_id
    seen, never = browser.get(address.format(**theirs)), browser.get(address.format(**unknown))
    assert seen.status == 404
    assert told(seen) == told(never)
    assert visit("Ada").get(address.format(**theirs)).status == 200


def test_a_strangers_rung_is_not_climbed(they: Ladder, app: Flask) -> None:
    stranger = make.person(they.session, "Stranger")
    second_ladder(they, stranger)
    browser = signed_in(app, they.session, stranger)
    seen, never = (browser.post("/profile/promote", rung=one) for one in (they.bronze.public_id, UNKNOWN))
    assert seen.status == 404
    assert told(seen) == told(never)


def test_who_left_the_organisation_has_no_profile_there(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    membership = select(Membership).where(Membership.person_id == they.people["Ada"].id)
    they.session.scalars(membership).one().status = MembershipStatus.LEFT
    they.session.commit()
    ada = visit("Ada")
    assert "Bronze" not in ada.get("/profile").words()
    assert ada.get(f"/profile/values/{SALES}").status == 404
    assert ada.post("/profile/promote", rung=they.bronze.public_id).status == 404


def test_a_value_is_reported_and_taken_back(they: Ladder, visit: Visit) -> None:
    page = visit("Ada").get("/profile")
    done = page.press("Report it", amount="2.5", note="First aid")
    assert done.status == 200
    assert "Hours of training: 2.5 reported." in done.words()
    assert "2.5" in goal(done, TRAINING)
    undone = done.press("Undo")
    assert "Taken back: it counts no more." in undone.words()
    assert "25 %" not in goal(undone, TRAINING)
    values = they.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [(int(2 * (one.value or 0)), one.author_id) for one in values] == [
        (5, they.people["Ada"].id),
        (0, they.people["Ada"].id),
    ]
    assert done.press("Undo").status == 200
    assert len(they.session.scalars(select(Entry)).all()) == 2


def test_sent_twice_it_is_one_value(they: Ladder, visit: Visit) -> None:
    page = visit("Ada").get("/profile")
    assert page.press("Report it", amount="2").address == page.press("Report it", amount="2").address
    assert len(they.session.scalars(select(Entry)).all()) == 1


def test_a_day_of_last_month_counts_there(they: Ladder, visit: Visit) -> None:
    done = visit("Ada").get("/profile").press("Report it", amount="4", occurred_at="2026-02-27")
    assert "No value yet in this period." in goal(done, TRAINING)
    entry = they.session.scalars(select(Entry)).one()
    assert (str(entry.local_date), entry.at) == ("2026-02-27", datetime(2026, 2, 27, 11, tzinfo=UTC))


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(they: Ladder, visit: Visit) -> None:
    page = visit("Ada").get("/profile")
    wrong = page.press("Report it", amount="many", occurred_at="2026-04-01", note="Course")
    assert wrong.status == 422
    assert wrong.errors().keys() == {"amount", "occurred_at"}
    assert wrong.value("amount") == "many"
    assert wrong.value("note") == "Course"
    assert page.press("Report it", amount="").errors().keys() == {"amount"}
    for typed, name in (({"amount": "many"}, "amount"), ({"amount": "1", "occurred_at": "2026-04-01"}, "occurred_at")):
        answer = page.press("Report it", **typed)
        assert [one.get("name") for one in answer.one("main").iter() if one.get("autofocus") is not None] == [name]
    assert page.all("input", autofocus="") == []
    assert they.session.scalars(select(Entry)).all() == []


def test_a_goal_that_takes_no_reports_has_no_form_and_refuses_one(they: Ladder, visit: Visit) -> None:
    ada = visit("Ada")
    page = ada.get("/profile")
    assert [one.get("action") for one in page.one("main").iter("form")] == [f"/profile/values/{TRAINING}"]
    assert ada.post(f"/profile/values/{SALES}", amount="5", organisation=they.home.public_id).status == 403
    assert ada.post("/profile/values/unknown", amount="5", organisation=they.home.public_id).status == 404
    assert they.session.scalars(select(Entry)).all() == []


def test_after_a_quarter_of_an_hour_the_way_back_is_another(
    they: Ladder, visit: Visit, clock: machine.Traveller
) -> None:
    done = visit("Ada").get("/profile").press("Report it", amount="2")
    clock.move_to(NOW + timedelta(minutes=16))
    late = done.press("Undo")
    assert "It is too late to undo this here." in late.words()
    assert "20 %" in goal(late, TRAINING)


def test_nobody_takes_back_what_somebody_else_wrote(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 700)
    they.session.commit()
    entry = they.session.scalars(select(Entry)).one().public_id
    assert visit("Ada").post(f"/profile/reported/{entry}/undo").status == 403
    assert visit("Ines").post(f"/profile/reported/{entry}/undo").status == 403
    ben = visit("Ben")
    seen, never = (ben.post(f"/profile/reported/{one}/undo") for one in (entry, UNKNOWN))
    assert seen.status == 404
    assert told(seen)[0] == told(never)[0]


def test_the_dashboard_shows_the_goals_of_the_rung(they: Ladder, visit: Visit) -> None:
    they.value("Ada", 600)
    they.session.commit()
    page = visit("Ada").get("/")
    (card,) = page.all("section", aria_labelledby=f"overview-{they.bronze.public_id}")
    words = page.words(card)
    assert "Bronze" in words
    assert "Personal sales 60 % €400 to go · 22 days left" in words
    assert "Hours of training 0 % 10 to go · 22 days left" in words
    assert {one.get("href", "").partition("?")[0] for one in card.iter("a")} == {"/profile", "/leaderboard"}
    assert "Silver is open to you" not in words
    meets_everything(they, "Ada")
    assert "Silver is open to you" in visit("Ada").get("/").words()


def second_ladder(they: Ladder, person: Person | None = None) -> Organisation:
    """Somebody stands on the only rung of another organisation, which asks one goal by the year."""
    abroad = make.organisation(they.session, "Abroad")
    someone = person or they.people["Ada"]
    make.member(they.session, someone, abroad)
    rung = Profile(organisation_id=abroad.id, name="Only", position=1, created_at=NOW)
    they.session.add(rung)
    they.session.flush()
    they.target(rung, they.keyword(SALES, abroad), 5, period=Period.YEARLY)
    boss = make.person(they.session, "Boss")
    make.member(they.session, boss, abroad, Role.ADMIN)
    participants.place(they.session, make.viewer(they.session, boss), rung, someone.id)
    they.session.commit()
    return abroad
