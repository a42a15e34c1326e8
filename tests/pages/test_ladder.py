"""The pages of a ladder's admins: rungs in order, targets, advice, and what boards show."""

from decimal import Decimal

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, Ladder
from tests.page import Browser, signed_in
from tests.pages.crowd import UNKNOWN
from webapp.domain.people import Role
from webapp.domain.profiles import Period
from webapp.models import AdviceStep, Organisation, Profile, Target
from webapp.queries import ladders as queries

TYPED = {"display_name": "Calls", "keyword": "calls", "minimum": "0", "maximum": "20", "period": "weekly"}


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session)


@pytest.fixture
def ines(app: Flask, session: Session, they: Ladder) -> Browser:
    """The browser of who administers the organisation."""
    return signed_in(app, session, they.admin)


def rungs(they: Ladder) -> list[str]:
    they.session.rollback()
    they.session.expire_all()
    return [one.name for one in queries.rungs_of(they.session, [they.home.id])]


def asked(they: Ladder, profile: Profile) -> dict[str, Target]:
    they.session.rollback()
    they.session.expire_all()
    return {one.display_name: one for one in they.targets(profile)}


def address(they: Ladder, name: str = "Personal sales") -> str:
    return f"/admin/ladder/targets/{asked(they, they.bronze)[name].public_id}"


def test_the_account_leads_an_admin_there_and_nobody_else(
    app: Flask, session: Session, they: Ladder, ines: Browser
) -> None:
    for there in ("ladder", "courses", "values", "keys"):
        assert f'href="/admin/{there}"' in ines.get("/account").text
    ada = signed_in(app, session, they.people["Ada"])
    assert "/admin/" not in ada.get("/account").text


def test_the_highest_rung_stands_on_top_with_what_it_asks(they: Ladder, ines: Browser) -> None:
    page = ines.get("/admin/ladder")
    assert [page.words(one) for one in page.all("h3")] == ["Gold", "Silver", "Bronze"]
    assert "Level 3 · 0 people" in page.words()
    assert "Level 1 · 5 people" in page.words()
    assert "Personal sales €0 to €4,000 (Monthly) · Hours of training 0 to 40 (Monthly)" in page.words()


def test_a_rung_is_added_and_named_and_moved(they: Ladder, ines: Browser) -> None:
    form = ines.get("/admin/ladder")
    made = form.press("Add the rung", name="Platinum")
    assert made.words(made.one("h1")) == "Platinum"
    assert form.press("Add the rung", name="Platinum").address == made.address
    assert rungs(they) == ["Bronze", "Silver", "Gold", "Platinum"]
    made.press("Save", name="Titanium")
    ladder = ines.get("/admin/ladder").press("Move Titanium down")
    assert ladder.address == "/admin/ladder"
    ladder.press("Move Bronze up")
    assert rungs(they) == ["Silver", "Bronze", "Titanium", "Gold"]


def test_what_is_wrong_stands_at_its_field(they: Ladder, ines: Browser) -> None:
    wrong = ines.get("/admin/ladder").press("Add the rung", name="gold")
    assert (wrong.status, wrong.errors()) == (422, {"name": "There is one of this name already."})
    assert wrong.value("name") == "gold"
    assert wrong.one("input", name="shown").get("checked") is not None
    renamed = ines.get(f"/admin/ladder/{they.bronze.public_id}").press("Save", name="")
    assert (renamed.status, renamed.errors()) == (422, {"name": "Please fill this in."})


def test_a_rung_goes_only_when_nobody_stands_on_it(they: Ladder, ines: Browser) -> None:
    refused = ines.get(f"/admin/ladder/{they.bronze.public_id}").press("Delete the rung")
    assert refused.status == 422
    assert "5 people stand on this rung" in refused.words()
    assert refused.value("name") == "Bronze"
    done = ines.get(f"/admin/ladder/{they.gold.public_id}").press("Delete the rung")
    assert "“Gold” is off the ladder." in done.words()
    assert rungs(they) == ["Bronze", "Silver"]
    assert ines.get(f"/admin/ladder/{they.gold.public_id}").status == 404


def test_boards_show_amounts_or_not(they: Ladder, ines: Browser) -> None:
    ines.get("/admin/ladder").press("Save", shown=None)
    they.session.rollback()
    they.session.expire_all()
    assert they.session.get_one(Organisation, they.home.id).hides_amounts
    page = ines.get("/admin/ladder")
    assert page.one("input", name="shown").get("checked") is None
    page.press("Save", shown="y")
    they.session.rollback()
    they.session.expire_all()
    assert not they.session.get_one(Organisation, they.home.id).hides_amounts


def test_a_target_is_added(they: Ladder, ines: Browser) -> None:
    form = ines.get(f"/admin/ladder/{they.bronze.public_id}/targets/new")
    assert {one.get("value") for one in form.one("datalist").iter("option")} == {SALES, "training_hours"}
    done = form.press("Add the target", **TYPED, currency="EUR", self_report="y")
    assert "Boards that run follow at once." in done.words()
    made = asked(they, they.bronze)["Calls"]
    assert (made.period, made.minimum, made.maximum) == (Period.WEEKLY, 0, 20)
    assert (made.currency, made.self_report) == ("EUR", True)
    assert form.press("Add the target", **TYPED, currency="EUR", self_report="y").address == done.address
    assert len(asked(they, they.bronze)) == 3


def test_what_a_target_lacks_stands_at_its_fields(they: Ladder, ines: Browser) -> None:
    form = ines.get(f"/admin/ladder/{they.bronze.public_id}/targets/new")
    wrong = form.press("Add the target", **TYPED | {"keyword": "Calls a day", "minimum": "", "display_name": ""})
    assert wrong.status == 422
    assert wrong.errors().keys() == {"keyword", "minimum", "display_name"}
    assert wrong.value("keyword") == "Calls a day"
    unread = form.press("Add the target", **TYPED | {"maximum": "many"})
    assert unread.errors().keys() == {"maximum"}
    assert unread.value("maximum") == "many"
    less = form.press("Add the target", **TYPED | {"maximum": "-1"})
    assert less.errors() == {"maximum": "The maximum has to be more than the minimum."}


def test_a_changed_target_changes_what_boards_ask(they: Ladder, ines: Browser) -> None:
    they.sold(Ada=500)
    they.session.commit()
    page = ines.get(address(they))
    assert (page.value("maximum"), page.value("currency")) == ("1,000", "EUR")
    done = page.press("Save", maximum="2,500.50")
    assert done.address == f"/admin/ladder/{they.bronze.public_id}"
    assert "€0 to €2,500.50" in done.words()
    assert asked(they, they.bronze)["Personal sales"].maximum == Decimal("2500.5")
    wrong = ines.get(address(they)).press("Save", keyword="training_hours")
    assert wrong.errors() == {"keyword": "There is one of this name already."}


def test_a_target_goes(they: Ladder, ines: Browser) -> None:
    gone = address(they)
    done = ines.get(gone).press("Delete the target")
    assert "The rung asks this no more." in done.words()
    assert asked(they, they.bronze).keys() == {"Hours of training"}
    assert ines.get(gone).status == 404


def test_a_rung_starts_from_the_one_below(they: Ladder, ines: Browser) -> None:
    made = ines.get("/admin/ladder").press("Add the rung", name="Platinum")
    assert "A target says how much" in made.words()
    done = made.press("Start from Gold")
    assert "2 targets copied." in done.words()
    assert "€0 to €4,000" in done.words()
    lowest = ines.get(f"/admin/ladder/{they.bronze.public_id}")
    assert "Start from" not in lowest.text


def test_advice_is_given_changed_deleted_and_said_again(they: Ladder, ines: Browser) -> None:
    form = ines.get(f"{address(they)}/advice/new")
    given = form.press("Save", step="Call three people", from_percentage="12.5", address="https://example.org/call")
    assert "From 12.5 percent on · https://example.org/call" in given.words()
    there = address(they)
    (row,) = they.session.scalars(select(AdviceStep))
    kept = f"{there}/advice/{row.public_id}"
    ines.get(kept).press("Save", step="Call four people")
    deleted = ines.get(kept).press("Delete")
    assert "Call four people" not in deleted.words()
    back = deleted.press("Undo")
    assert "Call four people" in back.words()
    assert "From 12.5 percent on" in back.words()
    assert ines.get(kept).status == 404


def test_what_is_wrong_with_advice_stands_at_its_field(they: Ladder, ines: Browser) -> None:
    form = ines.get(f"{address(they)}/advice/new")
    wrong = form.press("Save", step="", from_percentage="101", address="javascript:alert(1)")
    assert wrong.status == 422
    assert wrong.errors().keys() == {"step", "from_percentage", "address"}
    assert form.press("Save", step="Go", from_percentage="0", course=UNKNOWN).errors().keys() == {"course"}


def test_who_administers_several_chooses_one(app: Flask, session: Session, they: Ladder) -> None:
    other = make.organisation(session, "Another home")
    make.member(session, they.admin, other, Role.ADMIN)
    ines = signed_in(app, session, they.admin)
    first = ines.get("/admin/ladder")
    assert "Ladder of Another home" in first.words(first.one("h1"))
    second = ines.get(f"/admin/ladder?organisation={they.home.public_id}")
    assert "Ladder of Home" in second.words(second.one("h1"))
    made = first.press("Add the rung", name="Start")
    assert made.status == 200
    assert [one.organisation_id for one in session.scalars(select(Profile).where(Profile.name == "Start"))] == [
        other.id
    ]
    second.press("Save", shown=None)
    session.rollback()
    session.expire_all()
    assert (they.home.hides_amounts, other.hides_amounts) == (True, False)


def test_members_are_told_no_and_strangers_find_nothing(app: Flask, session: Session, they: Ladder) -> None:
    ada = signed_in(app, session, they.people["Ada"])
    max_ = make.person(session, "Max")
    make.member(session, max_, make.organisation(session, "Elsewhere"), Role.ADMIN)
    stranger = signed_in(app, session, max_)
    bronze, target = they.bronze.public_id, address(they)
    assert ada.get("/admin/ladder").status == 403
    assert ada.post("/admin/ladder", name="Mine").status == 403
    assert stranger.get(f"/admin/ladder?organisation={they.home.public_id}").status == 404
    for there in (f"/admin/ladder/{bronze}", f"/admin/ladder/{bronze}/targets/new", target, f"{target}/advice/new"):
        unknown = there.replace(bronze, UNKNOWN).replace(target.rsplit("/", 1)[1], UNKNOWN)
        assert ada.get(there).status == 403
        denied, nobody = stranger.get(there), stranger.get(unknown)
        assert (denied.status, nobody.status) == (404, 404)
        number = "X-Request-Id"
        assert denied.text.replace(denied.headers[number], "") == nobody.text.replace(nobody.headers[number], "")
    for there in (f"/admin/ladder/{bronze}", f"/admin/ladder/{bronze}/move", f"/admin/ladder/{bronze}/delete"):
        assert (ada.post(there, name="Mine").status, stranger.post(there, name="Mine").status) == (403, 404)
    for there in (target, f"{target}/delete", f"{target}/advice", f"/admin/ladder/{bronze}/start"):
        assert (ada.post(there).status, stranger.post(there).status) == (403, 404)
    assert rungs(they) == ["Bronze", "Silver", "Gold"]
    assert len(asked(they, they.bronze)) == 2
