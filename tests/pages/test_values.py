"""Values on the admins' pages: entered, corrected and taken back, asked about and answered."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import TRAINING, Ladder
from tests.make import NOW
from tests.page import Browser, Page, signed_in
from webapp.actions import value_queries
from webapp.domain.people import MembershipStatus, Role
from webapp.models import Entry, Membership
from webapp.queries import value_people

VALUES = "/admin/values"
UNKNOWN = "0" * 24


@pytest.fixture
def ladder(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, ("Ada", "Ben"))


@pytest.fixture
def ines(app: Flask, session: Session, ladder: Ladder) -> Browser:
    return signed_in(app, session, ladder.admin)


def amounts(session: Session) -> list[Decimal | None]:
    session.rollback()
    return list(session.scalars(select(Entry.value).order_by(Entry.id)))


def only(session: Session) -> Entry:
    session.rollback()
    return session.scalars(select(Entry).order_by(Entry.id.desc())).first() or pytest.fail("there is no value")


def enter(browser: Browser, ladder: Ladder, **typed: str) -> Page:
    given = {"user": ladder.people["Ada"].email, "goal": "personal_sales", "amount": "1,250.50", **typed}
    return browser.get(VALUES).press("Enter the value", **given)


def latest(page: Page) -> list[str]:
    found = page.by_id("latest")
    return [page.words(row) for row in found.iter("li")] if found is not None else []


def test_a_value_is_entered_and_taken_back_at_once(ladder: Ladder, ines: Browser, session: Session) -> None:
    page = enter(ines, ladder, occurred_at="2026-03-09", note="Two shops")
    assert "€1,250.50 for Ada is entered." in page.words()
    assert latest(page) == ["€1,250.50 · AdaPersonal sales · 9 Mar 2026, 12:00typed in by Ines, 10 Mar 2026, 13:00"]
    value = only(session)
    assert (value.at, value.value) == (NOW.replace(day=9, hour=11), Decimal("1250.5"))
    after = page.press("Undo")
    assert "Taken back" in after.words()
    assert amounts(session) == [Decimal("1250.5"), 0]
    assert [row.split(" · ")[0] for row in latest(after)] == ["€0", "€1,250.50"]
    assert "replaced" in latest(after)[1]


def test_a_person_may_be_named_where_one_bears_the_name(ladder: Ladder, ines: Browser, session: Session) -> None:
    assert "is entered" in enter(ines, ladder, user="Ben", occurred_at="2026-03-09", wall="08:15").words()
    assert only(session).at == NOW.replace(day=9, hour=7, minute=15)
    make.member(session, make.person(session, "Ben"), ladder.home)
    session.commit()
    again = enter(ines, ladder, user="Ben", amount="7")
    assert again.status == 422
    assert again.errors() == {"user": "Nobody here has this address."}
    assert again.value("amount") == "7", "what was typed stays"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"user": ""}, "user", "Please fill this in."),
        ({"user": "zoe@example.org"}, "user", "Nobody here has this address."),
        ({"amount": "many"}, "amount", "Please write a number, like 12.5."),
        ({"amount": ""}, "amount", "Please fill this in."),
        ({"amount": "0"}, "amount", "Nothing is no value; write how much it is."),
        ({"occurred_at": "2026-03-11"}, "occurred_at", "That is still ahead."),
        ({"occurred_at": "soon"}, "occurred_at", "Please write a date, like 2026-03-14."),
        ({"occurred_at": ""}, "occurred_at", "Please fill this in."),
        ({"wall": "noon"}, "wall", "Please write a time, like 14:30."),
        ({"note": "x" * 1001}, "note", "At most 1000 characters."),
    ],
)
def test_what_makes_no_value_is_said_at_its_field(
    ladder: Ladder, ines: Browser, session: Session, typed: dict[str, str], field: str, words: str
) -> None:
    page = enter(ines, ladder, **typed)
    assert page.status == 422
    assert page.errors()[field].startswith(words)
    assert amounts(session) == []


def test_sent_twice_it_is_entered_once(ladder: Ladder, ines: Browser, session: Session) -> None:
    form = ines.get(VALUES)
    for _ in range(2):
        form.press("Enter the value", user=ladder.people["Ada"].email, amount="5")
    assert amounts(session) == [5]


def test_a_value_is_corrected_and_keeps_its_story(ladder: Ladder, ines: Browser, session: Session) -> None:
    ladder.value("Ada", 100, note="First")
    session.commit()
    first = only(session)
    page = ines.get(f"{VALUES}/{first.public_id}")
    assert page.value("amount") == "100"
    assert "The period runs" in page.words()
    after = page.press("Correct the value", amount="120", note="A bill was missed")
    assert "Corrected." in after.words()
    assert "€120 for Ada" in after.words(after.one("h1"))
    story = after.by_id("story")
    assert story is not None
    rows = [after.words(row) for row in story.iter("li")]
    assert [row.split()[0] for row in rows] == ["€120", "€100"]
    assert "A bill was missed" in rows[0]
    assert amounts(session) == [100, 120]
    stale = ines.get(f"{VALUES}/{first.public_id}")
    assert "Another value stands in its place: €120" in stale.words()
    assert stale.all("form", action=f"{VALUES}/{first.public_id}") == []
    assert "corrected by Ines, 10 Mar 2026, 13:00" in rows[0], "wherever the first came from"
    late = page.press("Correct the value", amount="130", note="Two were")
    assert late.status == 409
    assert "€120 for Ada" in late.words(late.one("h1")), "what stands now"
    assert "Somebody corrected this meanwhile" in late.words()
    assert (late.value("amount"), late.value("note")) == ("130", "Two were"), "what was typed stays"
    assert amounts(session) == [100, 120]
    assert "Corrected." in late.press("Correct the value").words()
    assert amounts(session) == [100, 120, 130]


def test_taking_back_what_was_corrected_meanwhile_shows_what_stands(
    ladder: Ladder, ines: Browser, session: Session
) -> None:
    ladder.value("Ada", 100)
    session.commit()
    page = ines.get(f"{VALUES}/{only(session).public_id}")
    page.press("Correct the value", amount="120")
    late = page.press("Take it back")
    assert (late.status, late.value("amount")) == (409, "120")
    assert "Somebody corrected this meanwhile" in late.words()
    assert amounts(session) == [100, 120]


def test_values_of_one_person_or_goal_are_found(ladder: Ladder, ines: Browser, session: Session) -> None:
    ladder.value("Ada", 100)
    ladder.value("Ada", 3, TRAINING)
    ladder.value("Ben", 200)
    ladder.people["Ben"].email = "ben.of@example.org"
    ladder.people["Ben"].email_key = "ben.of@example.org"
    elsewhere = Ladder(session, ("Ada",))
    elsewhere.value("Ada", 7)
    session.commit()

    def found(**asked: str) -> list[str]:
        return [row.split(" · ")[0] for row in latest(ines.get(VALUES).press("Search", **asked))]

    assert found(q="aDa") == ["3", "€100"]
    assert found(q="BEN.of@example") == ["€200"]
    assert found(goal="personal_sales") == ["€200", "€100"]
    assert found(q="ada", goal="personal_sales") == ["€100"]
    assert found(q="%") == []
    page = ines.get(f"{VALUES}?q=nobody&goal=never")
    assert "There is no such value." in page.words()
    assert page.value("q") == "nobody"
    membership = session.scalars(select(Membership).where(Membership.person_id == ladder.people["Ben"].id)).one()
    membership.status = MembershipStatus.SUSPENDED
    session.commit()
    assert found(q="ben.of") == [], "whose address is theirs alone again"
    assert found(q="ben") == ["€200"]


@pytest.mark.parametrize("walked", [0, 10_000])
def test_older_values_are_reached(
    ladder: Ladder, ines: Browser, session: Session, monkeypatch: pytest.MonkeyPatch, walked: int
) -> None:
    monkeypatch.setattr(value_people, "LATEST", 2)
    monkeypatch.setattr(value_people, "WALKED", walked)
    for number in range(1, 6):
        ladder.value("Ada", number)
    ladder.value("Ben", 9)
    session.commit()
    page, seen = ines.get(f"{VALUES}?q=ada"), []
    while True:
        seen.append([row.split(" · ")[0] for row in latest(page)])
        onward = [link.get("href", "") for link in page.all("a", rel="next")]
        if not onward:
            break
        page = ines.get(onward[0])
    assert seen == [["€5", "€4"], ["€3", "€2"], ["€1"]]
    first = ines.get(VALUES)
    assert [row.split(" · ")[0] for row in latest(first)] == ["€9", "€5"]
    second = ines.get(first.one("a", rel="next").get("href", ""))
    assert [row.split(" · ")[0] for row in latest(second)] == ["€4", "€3"]


def test_a_place_in_the_list_that_is_not_theirs_is_nowhere(ladder: Ladder, ines: Browser, session: Session) -> None:
    ladder.value("Ada", 1)
    elsewhere = Ladder(session, ("Ada",))
    elsewhere.value("Ada", 7)
    session.commit()
    theirs = only(session).public_id
    assert latest(ines.get(f"{VALUES}?before={theirs}")) == latest(ines.get(f"{VALUES}?before={UNKNOWN}")) == []
    assert len(latest(ines.get(f"{VALUES}?before=soon"))) == 1


def test_a_correction_that_is_none_is_said_at_its_field(ladder: Ladder, ines: Browser, session: Session) -> None:
    ladder.value("Ada", 100)
    session.commit()
    page = ines.get(f"{VALUES}/{only(session).public_id}")
    for typed, words in (("", "Please fill this in."), ("some", "Please write a number"), ("1" * 14, "too large")):
        again = page.press("Correct the value", amount=typed)
        assert again.status == 422
        assert words in again.errors()["amount"]
    assert amounts(session) == [100]


def test_of_a_period_that_is_over_it_says_that_the_board_stands(
    ladder: Ladder, ines: Browser, session: Session, clock: machine.Traveller
) -> None:
    ladder.value("Ada", 100, at=NOW - timedelta(days=20))
    session.commit()
    page = ines.get(f"{VALUES}/{only(session).public_id}")
    assert "its board stands as it is, and a correction is set down as an adjustment" in page.words()


def test_members_find_no_door_and_strangers_nothing(
    app: Flask, ladder: Ladder, session: Session, ines: Browser
) -> None:
    ladder.value("Ada", 100)
    elsewhere = Ladder(session, ())
    theirs = f"{VALUES}/{only(session).public_id}"
    ada, stranger = (signed_in(app, session, one) for one in (ladder.people["Ada"], elsewhere.admin))
    ben = signed_in(app, session, ladder.people["Ben"])
    for path in (VALUES, f"{VALUES}/import", f"{VALUES}/export.csv", f"{VALUES}/queries"):
        assert ada.get(path).status == 403
    assert ada.get(theirs).status == 403
    assert "100" not in ada.get(theirs).words()
    for browser in (ben, stranger):
        assert browser.get(theirs).status == 404
        for path in (theirs, f"{theirs}/take-back"):
            assert browser.post(path, amount="1").status == 404
    assert stranger.get(f"{VALUES}?organisation={ladder.home.public_id}").status == 404
    assert ada.post(f"{theirs}/take-back").status == 403
    assert ada.post(VALUES, user="Ada", goal="personal_sales", amount="1").status == 403
    assert ines.get(f"{VALUES}/{UNKNOWN}").status == 404
    assert latest(stranger.get(VALUES)) == []
    assert amounts(session) == [100]


def test_of_several_organisations_one_is_meant(ladder: Ladder, ines: Browser, session: Session) -> None:
    other = Ladder(session, ("Zoe",))
    make.member(session, ladder.admin, other.home, Role.ADMIN)
    other.value("Zoe", 7)
    ladder.value("Ada", 100)
    session.commit()
    page = ines.get(f"{VALUES}?organisation={other.home.public_id}")
    assert [row.split(" · ")[0] for row in latest(page)] == ["€7"]
    after = page.press("Enter the value", user=other.people["Zoe"].email, amount="8")
    assert [row.split(" · ")[0] for row in latest(after)] == ["€8", "€7"]
    assert page.press("Enter the value", user=ladder.people["Ada"].email, amount="8").status == 422


def test_without_a_ladder_it_says_where_to_begin(app: Flask, session: Session, clock: machine.Traveller) -> None:
    home, admin = make.organisation(session), make.person(session, "Ira")
    make.member(session, admin, home, Role.ADMIN)
    page = signed_in(app, session, admin).get(VALUES)
    assert "Say first, on the ladder" in page.words()


# What somebody says is wrong.


def asked(ladder: Ladder, session: Session) -> str:
    """The public id of what Ada says of a value of hers."""
    ladder.value("Ada", 100)
    session.commit()
    made = value_queries.ask(session, ladder.viewer("Ada"), only(session).public_id, "It was 120 <b>.")
    session.commit()
    return made.public_id


def test_what_is_said_waits_in_an_inbox_and_is_corrected(ladder: Ladder, ines: Browser, session: Session) -> None:
    number = asked(ladder, session)
    assert "Somebody says that a value is wrong." in ines.get(VALUES).words()
    assert "answer there" in ines.get(f"{VALUES}/{only(session).public_id}").words()
    page = ines.get(f"{VALUES}/queries")
    waiting = page.words(page.by_id(f"query-{number}"))
    assert "Ada: Personal sales" in waiting
    assert "It was 120 <b>." in waiting
    assert "€100" in waiting
    after = page.press("Correct it", amount="120", text="You are right")
    assert "Answered and corrected." in after.words()
    assert after.by_id(f"query-{number}") is None
    decided = after.words(after.by_id("decided"))
    assert "Corrected by Ines, 10 Mar 2026, 13:00: “You are right”" in decided
    assert amounts(session) == [100, 120]
    late = page.press("Correct it", amount="130", text="Hold <on>")
    assert late.status == 409
    words = late.words(late.by_id("late"))
    assert "What Ada said was answered meanwhile" in words
    assert "Corrected by Ines, 10 Mar 2026, 13:00: “You are right”" in words, "what stands now"
    assert "€120" in words
    assert "Hold <on>" in words, "what was typed stays"
    assert "130" in words
    assert amounts(session) == [100, 120]


def test_its_times_are_those_of_the_organisation(ladder: Ladder, ines: Browser, session: Session) -> None:
    ladder.admin.zone = "America/New_York"
    ladder.home.zone = "Asia/Tokyo"
    number = asked(ladder, session)
    page = ines.get(f"{VALUES}/queries")
    assert page.words(page.by_id(f"query-{number}")).count("10 Mar 2026, 21:00") == 2
    assert "Times are those of Asia/Tokyo." in page.words()
    after = page.press("Keep it as it is", text="So it was")
    assert "Kept as it is by Ines, 10 Mar 2026, 21:00" in after.words(after.by_id("decided"))


def test_admins_see_in_their_account_how_many_wait(app: Flask, ladder: Ladder, ines: Browser, session: Session) -> None:
    assert "1 question" not in ines.get("/account").words()
    asked(ladder, session)
    assert "1 question" in ines.get("/account").words()
    for person in (ladder.people["Ada"], Ladder(session, ()).admin):
        assert "1 question" not in signed_in(app, session, person).get("/account").words()


def test_kept_as_it_is_it_needs_a_reason(ladder: Ladder, ines: Browser, session: Session) -> None:
    asked(ladder, session)
    page = ines.get(f"{VALUES}/queries")
    again = page.press("Keep it as it is")
    assert (again.status, again.errors()) == (422, {"text": "Please fill this in."})
    after = again.press("Keep it as it is", text="The bill says 100.", amount="77")
    assert "Kept as it is by Ines" in after.words(after.by_id("decided"))
    assert amounts(session) == [100], "an amount corrects only by its own button"


def test_correcting_needs_an_amount(ladder: Ladder, ines: Browser, session: Session) -> None:
    asked(ladder, session)
    again = ines.get(f"{VALUES}/queries").press("Correct it", text="Well")
    assert (again.status, again.errors()) == (422, {"amount": "Please fill this in."})
    assert again.value("text") == "Well"
    assert amounts(session) == [100]


def test_only_admins_of_the_organisation_answer(app: Flask, ladder: Ladder, session: Session) -> None:
    path = f"{VALUES}/queries/{asked(ladder, session)}"
    elsewhere = Ladder(session, ())
    ada = signed_in(app, session, ladder.people["Ada"])
    assert ada.post(path, keep="1", text="Mine").status == 403
    for person in (ladder.people["Ben"], elsewhere.admin):
        assert signed_in(app, session, person).post(path, keep="1", text="Mine").status == 404
    ines = signed_in(app, session, ladder.admin)
    assert ines.get(f"{VALUES}/queries").by_id("decided") is None
