"""Who stands where: members by name, placed one by one or many at once."""

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.benchmarks.statements import counted
from tests.ladders import Ladder
from tests.page import Browser, signed_in
from tests.pages.crowd import UNKNOWN
from webapp.domain.people import MembershipStatus, Role
from webapp.extensions import db
from webapp.models import Membership, Participant, Person
from webapp.queries.ladder_admin import PAGE

HERE = "/admin/ladder/people"


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, people=("Ada", "Ben"))


@pytest.fixture
def ines(app: Flask, session: Session, they: Ladder) -> Browser:
    return signed_in(app, session, they.admin)


def places(they: Ladder) -> dict[str, int | None]:
    they.session.rollback()
    they.session.expire_all()
    statement = select(Person.name, Participant.profile_id).join(Participant, Participant.person_id == Person.id)
    return {row.name: row.profile_id for row in they.session.execute(statement)}


def names(page: object) -> list[str]:
    return [page.words(one) for one in page.all("h3")]  # type: ignore[attr-defined]


def test_members_stand_by_name_with_their_rung(they: Ladder, ines: Browser) -> None:
    gone = make.person(they.session, "Gus")
    make.member(they.session, gone, they.home, status=MembershipStatus.LEFT)
    they.session.commit()
    page = ines.get(HERE)
    assert names(page) == ["Ada", "Ben", "Ines"]
    chosen = page.one("select", aria_label="Rung of Ada")
    assert [one.text for one in chosen.iter("option") if "selected" in one.attrib] == ["Bronze"]


def test_one_is_placed_and_taken_off(they: Ladder, ines: Browser) -> None:
    page = ines.get(HERE).press("Place Ines", rung=they.silver.public_id)
    assert "Placed." in page.words()
    assert places(they) == {"Ada": they.bronze.id, "Ben": they.bronze.id, "Ines": they.silver.id}
    ines.get(HERE).press("Place Ada", rung="")
    assert places(they)["Ada"] is None


def test_many_are_placed_at_once(they: Ladder, ines: Browser) -> None:
    everybody = [they.people["Ada"].public_id, they.admin.public_id]
    done = ines.get(HERE).press("Place them", chosen=everybody, rung=they.gold.public_id)
    assert "2 people placed." in done.words()
    assert places(they) == {"Ada": they.gold.id, "Ben": they.bronze.id, "Ines": they.gold.id}
    unsaid = ines.get(HERE).press("Place them", chosen=everybody)
    assert unsaid.status == 422, "nobody is taken off by not choosing"
    ines.get(HERE).press("Place them", chosen=everybody, rung="off")
    assert places(they) == {"Ada": None, "Ben": they.bronze.id, "Ines": None}


def test_nobody_chosen_or_too_many_is_said(they: Ladder, ines: Browser) -> None:
    wrong = ines.get(HERE).press("Place them", rung=they.gold.public_id)
    assert wrong.status == 422
    assert "Tick at least one person first." in wrong.words()
    many = ines.post(HERE, chosen=[f"{number:024d}" for number in range(101)], rung=they.gold.public_id)
    assert many.status == 422
    assert "At most 100 of them." in many.words()


def test_all_of_them_are_placed_or_nobody(they: Ladder, ines: Browser) -> None:
    gone = make.person(they.session, "Gus")
    make.member(they.session, gone, they.home, status=MembershipStatus.SUSPENDED)
    max_ = make.person(they.session, "Max")
    make.member(they.session, max_, make.organisation(they.session, "Elsewhere"))
    they.session.commit()
    before, ada = places(they), they.people["Ada"].public_id
    for stranger in (UNKNOWN, gone.public_id, max_.public_id, "x\x00"):
        for rung in (they.gold.public_id, ""):
            wrong = ines.get(HERE).press("Place them", chosen=[ada, stranger], rung=rung)
            assert wrong.status == 422
            assert "Somebody you ticked is no active member any more." in wrong.words()
            assert wrong.all("input", name="chosen", value=ada)[0].get("checked") is not None
    assert places(they) == before


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (MembershipStatus.SUSPENDED, "Membership suspended"),
        (MembershipStatus.LEFT, "Left the organisation"),
        (MembershipStatus.ACTIVE, "Account not in use"),
    ],
)
def test_who_is_no_active_member_any_more_can_be_taken_off_alone(
    they: Ladder, ines: Browser, status: MembershipStatus, words: str
) -> None:
    ben = they.people["Ben"]
    they.session.query(Membership).filter_by(person_id=ben.id).update({"status": status})
    ben.disabled_at = make.NOW if status is MembershipStatus.ACTIVE else None
    they.session.commit()
    page = ines.get(HERE)
    assert [page.words(one) for one in page.by_id("former").iter("li")] == [f"BenBronze · {words} Take off"]
    assert page.all("select", aria_label="Rung of Ben") == []
    assert ines.get(f"{HERE}?q=ada").by_id("former") is None
    assert "Nobody has these letters" not in ines.get(f"{HERE}?q=BEN").words()
    there = f"{HERE}/{ben.public_id}"
    assert ines.post(there, rung=they.silver.public_id).status == 404
    assert places(they)["Ben"] == they.bronze.id
    done = page.press("Take Ben off the ladder")
    assert "Taken off the ladder." in done.words()
    assert done.by_id("former") is None
    assert places(they)["Ben"] is None
    assert ines.post(there, rung="").status == 404
    page.press("Place Ada", rung="")
    assert (
        "“Bronze” is off the ladder."
        in ines.get(f"/admin/ladder/{they.bronze.public_id}").press("Delete the rung").words()
    )


def test_former_members_of_others_are_unknown(app: Flask, session: Session, they: Ladder, ines: Browser) -> None:
    max_ = make.person(session, "Max")
    make.member(session, max_, make.organisation(session, "Elsewhere"), Role.ADMIN)
    session.query(Membership).filter_by(person_id=they.people["Ben"].id).update({"status": MembershipStatus.LEFT})
    session.commit()
    stranger = signed_in(app, session, max_)
    assert stranger.get(HERE).by_id("former") is None
    assert stranger.post(f"{HERE}/{they.people['Ben'].public_id}", rung="").status == 404
    assert places(they)["Ben"] == they.bronze.id


def test_letters_find_names_and_addresses(they: Ladder, ines: Browser) -> None:
    assert names(ines.get(f"{HERE}?q=DA")) == ["Ada"]
    assert names(ines.get(f"{HERE}?q=ben.")) == ["Ben"]
    none = ines.get(f"{HERE}?q=%25")
    assert names(none) == []
    assert "Nobody has these letters" in none.words()


def test_fifty_a_page_for_as_many_statements(app: Flask, session: Session, they: Ladder, ines: Browser) -> None:
    ines.get(HERE)
    with app.app_context():
        engine = db.engine
    with counted(engine) as few:
        ines.get(HERE)
    for number in range(PAGE + 3):
        make.member(session, make.person(session, f"Person {number:02d}", key=False), they.home)
    session.commit()
    with counted(engine) as many:
        first = ines.get(HERE)
    assert len(many) == len(few) <= 8
    assert len(names(first)) == PAGE
    (more,) = [one.get("href") for one in first.all("a", rel="next")]
    second = ines.get(more or "")
    assert len(names(second)) == 6
    assert second.all("a", rel="prev")[0].get("href") == HERE
    back = second.press("Place Person 52", rung=they.gold.public_id)
    assert back.address == f"{HERE}?page=2"
    assert ines.get(f"{HERE}?page=999999").status == 200
    assert ines.get(f"{HERE}?page=-1").status == 200


def test_rungs_and_people_of_others_are_unknown(app: Flask, session: Session, they: Ladder, ines: Browser) -> None:
    max_ = make.person(session, "Max")
    make.member(session, max_, make.organisation(session, "Elsewhere"), Role.ADMIN)
    stranger = signed_in(app, session, max_)
    ada = they.people["Ada"].public_id
    assert ines.post(f"{HERE}/{max_.public_id}", rung=they.gold.public_id).status == 404
    assert ines.post(f"{HERE}/{UNKNOWN}", rung=they.gold.public_id).status == 404
    assert ines.post(f"{HERE}/{ada}", rung=UNKNOWN).status == 422
    assert stranger.post(f"{HERE}/{ada}", rung="").status == 404
    assert stranger.get(f"{HERE}?organisation={they.home.public_id}").status == 404
    member = signed_in(app, session, they.people["Ada"])
    assert (member.get(HERE).status, member.post(f"{HERE}/{ada}", rung="").status) == (403, 403)
    assert places(they)["Ada"] == they.bronze.id
