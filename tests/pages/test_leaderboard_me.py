"""How somebody stands on boards: listed or not, under which name, with which picture."""

import io

import PIL.Image
import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, Ladder
from tests.make import NOW
from tests.page import Browser, signed_in
from tests.pages.crowd import UNKNOWN, told
from webapp.domain.people import Role
from webapp.models import AuditEvent, Image, Participant, Profile

ME = "/leaderboard/me"
BOARD = f"/leaderboard?goal={SALES}"


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    made = Ladder(session, ("Ada Lovelace", "Ben", "Cem", "Dora", "Emil", "Fay"))
    made.sold(**{"Ada Lovelace": 620, "Ben": 700})
    session.commit()
    return made


@pytest.fixture
def ada(app: Flask, they: Ladder, session: Session) -> Browser:
    return signed_in(app, session, they.people["Ada Lovelace"])


def participant(they: Ladder, name: str = "Ada Lovelace") -> Participant:
    they.session.rollback()
    they.session.expire_all()
    number = they.people[name].id
    return they.session.scalars(select(Participant).where(Participant.person_id == number)).one()


def picture(colour: str = "red", kind: str = "PNG") -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    PIL.Image.new("RGB", (400, 300), colour).save(out, kind)
    return io.BytesIO(out.getvalue()), "me.png"


def upload(browser: Browser, **fields: object) -> int:
    sent = {"csrf_token": browser.token(), "display": "full", "alias": "", **fields}
    return browser.ask("POST", ME, data=sent, content_type="multipart/form-data").status


def test_one_click_takes_somebody_off_the_boards_and_another_back(they: Ladder, ada: Browser) -> None:
    page = ada.get(ME).press("Take me off the boards")
    assert "You are on no board any more." in page.words()
    assert participant(they).opted_out
    assert "Lovelace" not in ada.get(BOARD).words()
    assert "You are not listed on any board, so you have no rank" in ada.get(BOARD).words()
    page = ada.get(ME).press("List me again")
    assert not participant(they).opted_out
    assert "Rank of 6" in ada.get(BOARD).words()


def test_the_message_takes_it_back(they: Ladder, ada: Browser) -> None:
    page = ada.get(ME).press("Take me off the boards").press("Undo")
    assert "You are listed again." in page.words()
    assert not participant(they).opted_out


@pytest.mark.parametrize(
    ("display", "alias", "shown"),
    [("first_name", "", "Ada L."), ("initials", "", "A.L."), ("alias", "  The  quiet one ", "The quiet one")],
)
def test_the_others_read_the_name_that_was_chosen(
    app: Flask, they: Ladder, ada: Browser, display: str, alias: str, shown: str
) -> None:
    page = ada.get(ME).press("Save", display=display, alias=alias)
    assert shown in page.words(page.one("ol", aria_label="Your line, for example"))
    ben = signed_in(app, they.session, they.people["Ben"]).get(BOARD)
    assert f"2 {shown} 62 %" in ben.words()
    assert "Lovelace" not in ben.words()


def test_each_way_to_be_named_says_how_it_reads(ada: Browser) -> None:
    page = ada.get(ME)
    labels = [page.words(one) for one in page.all("label") if any(part.get("name") == "display" for part in one.iter())]
    assert labels == ["Ada Lovelace", "Ada L.", "A.L.", "a word of your own"]


def test_a_word_of_ones_own_has_to_be_there(they: Ladder, ada: Browser) -> None:
    page = ada.get(ME).press("Save", display="alias", alias=" ")
    assert page.status == 422
    assert page.errors() == {"alias": "Please fill this in."}
    assert participant(they).display == "full"
    assert ada.post(ME, display="loud").status == 422


def test_a_portrait_is_shown_changed_and_taken_away(app: Flask, they: Ladder, ada: Browser) -> None:
    assert upload(ada, image=picture()) == 303
    first = participant(they).image_id
    assert they.session.get_one(Image, first).person_id == they.people["Ada Lovelace"].id
    shown = signed_in(app, they.session, they.people["Ben"]).get(BOARD)
    address = shown.one("img").get("src", "")
    assert shown.browser.get(address).headers["Content-Type"] == "image/webp"
    assert upload(ada, image=picture("blue")) == 303
    assert participant(they).image_id != first
    assert they.session.scalars(select(Image.id)).all() == [participant(they).image_id]
    assert upload(ada, without="y") == 303
    assert participant(they).image_id is None
    assert they.session.scalars(select(Image.id)).all() == []


def test_what_is_no_picture_is_said_at_its_field_and_changes_nothing(they: Ladder, ada: Browser) -> None:
    sent = {
        "csrf_token": ada.token(),
        "display": "initials",
        "alias": "",
        "image": (io.BytesIO(b"no picture"), "x.png"),
    }
    page = ada.ask("POST", ME, data=sent, content_type="multipart/form-data")
    assert page.status == 422
    assert "image" in page.errors()
    assert participant(they).display == "full"


def test_every_change_is_written_down_without_a_word_of_it(they: Ladder, ada: Browser) -> None:
    ada.get(ME).press("Save", display="alias", alias="The quiet one")
    upload(ada, image=picture())
    they.session.rollback()
    rows = they.session.scalars(select(AuditEvent).where(AuditEvent.tag == "participant:present")).all()
    assert len(rows) == 3
    assert {row.subject_id for row in rows} == {they.people["Ada Lovelace"].id}
    assert "quiet" not in str([row.details for row in rows])


def test_who_is_on_no_ladder_and_of_another_organisation_finds_nothing(
    app: Flask, they: Ladder, session: Session
) -> None:
    stranger = make.person(session, "Stranger")
    home = make.organisation(session, "Elsewhere")
    make.member(session, stranger, home, *Role)
    session.add(Profile(organisation_id=home.id, name="First", position=1, created_at=NOW))
    browser = signed_in(app, session, stranger)
    foreign = browser.get(f"{ME}?organisation={they.home.public_id}")
    assert foreign.status == 404
    assert told(foreign) == told(browser.get(f"{ME}?organisation={UNKNOWN}"))
    sent = browser.post(f"{ME}/listed", organisation=they.home.public_id, listed="0")
    assert told(sent) == told(browser.post(f"{ME}/listed", organisation=UNKNOWN, listed="0"))
    assert signed_in(app, session, they.admin).get(ME).status == 404
