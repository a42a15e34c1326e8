"""The pages of courses and articles, and pictures that come and go with them."""

from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, Ladder
from tests.page import Browser, Page, signed_in
from tests.pages.crowd import UNKNOWN
from tests.pictures import picture
from webapp.actions.images import MEGABYTE, MOST_BYTES
from webapp.domain.people import Role
from webapp.domain.profile_drafts import CourseKind
from webapp.models import Course, Image

HERE = "/admin/courses"
TYPED = {"kind": "article", "title": "Closing well", "address": "https://example.org/closing", "summary": "Short."}


@pytest.fixture
def they(app: Flask, session: Session, clock: machine.Traveller) -> Ladder:
    return Ladder(session, people=("Ada",))


@pytest.fixture
def ines(app: Flask, session: Session, they: Ladder) -> Browser:
    return signed_in(app, session, they.admin)


def send(browser: Browser, address: str, content: bytes | None, **typed: Any) -> Page:
    """The form with a picture, as a browser sends it."""
    fields = {**TYPED, "keyword": "", "minutes": "", "csrf_token": browser.token(), **typed}
    part = '--edge\r\nContent-Disposition: form-data; name="'
    body = "".join(f'{part}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()).encode()
    if content is not None:  # the test client would leave a temporary file open
        body += f'{part}image"; filename="photo.png"\r\n\r\n'.encode() + content + b"\r\n"
    kind = "multipart/form-data; boundary=edge"
    return browser.ask("POST", address, data=body + b"--edge--\r\n", content_type=kind, follow=True)


def kept(they: Ladder) -> dict[str, Course]:
    they.session.rollback()
    they.session.expire_all()
    return {one.title: one for one in they.session.scalars(select(Course).where(Course.deleted_at.is_(None)))}


def pictures(they: Ladder) -> list[str]:
    """The public ids of all there are."""
    they.session.rollback()
    return list(they.session.scalars(select(Image.public_id)))


def test_a_course_is_added_once(they: Ladder, ines: Browser) -> None:
    assert "Courses and articles help people on" in ines.get(HERE).words()
    form = ines.get(f"{HERE}/new")
    done = form.press("Add it", **TYPED, keyword=SALES, minutes="45")
    assert done.address == HERE
    assert "Article · personal_sales · 45 minutes" in done.words()
    made = kept(they)["Closing well"]
    assert (made.kind, made.keyword_id, made.minutes) == (CourseKind.ARTICLE, they.sales.id, 45)
    form.press("Add it", **TYPED, keyword=SALES, minutes="45")
    assert len(kept(they)) == 1


def test_what_is_wrong_stands_at_its_field(they: Ladder, ines: Browser) -> None:
    form = ines.get(f"{HERE}/new")
    wrong = form.press("Add it", **TYPED | {"title": "", "address": "javascript:alert(1)"}, minutes="soon")
    assert wrong.status == 422
    assert wrong.errors() == {"minutes": "Please write a whole number."}
    wrong = form.press("Add it", **TYPED | {"title": "", "address": "javascript:alert(1)"}, minutes="-1")
    assert wrong.errors().keys() == {"title", "address", "minutes"}
    assert wrong.value("address") == "javascript:alert(1)"
    assert kept(they) == {}


def test_it_changes_is_deleted_and_comes_back(they: Ladder, ines: Browser) -> None:
    ines.get(f"{HERE}/new").press("Add it", **TYPED)
    page = ines.get(f"{HERE}/{kept(they)['Closing well'].public_id}")
    assert page.value("summary") == "Short."
    page.press("Save", title="Opening well")
    deleted = ines.get(HERE).press("Delete Opening well")
    assert kept(they) == {}
    back = deleted.press("Undo")
    assert "It is back." in back.words()
    assert deleted.press("Undo").status == 200
    assert kept(they).keys() == {"Opening well"}


def test_a_picture_is_shown_changed_and_taken_away(they: Ladder, ines: Browser) -> None:
    assert send(ines, HERE, picture(size=(900, 600))).status == 200
    (first,) = pictures(they)
    shown = ines.get(HERE)
    assert shown.one("img").get("src") == f"/images/{first}"
    answer = ines.get(f"/images/{first}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/webp")
    address = f"{HERE}/{kept(they)['Closing well'].public_id}"
    send(ines, address, picture(colour="red"))
    (second,) = pictures(they)
    assert second != first
    assert ines.get(f"/images/{first}").status == 404
    send(ines, address, None)
    assert len(pictures(they)) == 1
    ines.get(address).press("Save", without="y")
    assert pictures(they) == []


def test_what_is_no_picture_is_said_at_its_field(they: Ladder, ines: Browser) -> None:
    wrong = send(ines, HERE, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert wrong.status == 422
    assert wrong.errors()["image"].startswith("This is no picture we can read")
    assert wrong.value("title") == "Closing well"
    wide = send(ines, HERE, picture(size=(4_097, 1)))
    assert wide.errors()["image"].startswith("At most 4096 pixels wide and high")
    large = send(ines, HERE, picture() + b"\x00" * MOST_BYTES)
    assert (large.status, large.errors()["image"].split(" JPEG")[0]) == (422, "At most 5 MB, please.")
    assert (kept(they), pictures(they)) == ({}, [])


def test_what_is_far_too_large_is_not_read(they: Ladder, ines: Browser) -> None:
    refused = send(ines, HERE, picture() + b"\x00" * (MOST_BYTES + 2 * MEGABYTE))
    assert refused.status == 413
    assert "That file is too large" in refused.words()
    elsewhere = send(ines, "/admin/ladder", b"\x00" * 3 * MEGABYTE)
    assert elsewhere.status == 413


def test_members_are_told_no_and_strangers_find_nothing(
    app: Flask, session: Session, they: Ladder, ines: Browser
) -> None:
    ines.get(f"{HERE}/new").press("Add it", **TYPED)
    there = f"{HERE}/{kept(they)['Closing well'].public_id}"
    ada = signed_in(app, session, they.people["Ada"])
    max_ = make.person(session, "Max")
    make.member(session, max_, make.organisation(session, "Elsewhere"), Role.ADMIN)
    stranger = signed_in(app, session, max_)
    assert [ada.get(one).status for one in (HERE, f"{HERE}/new", there)] == [403, 403, 403]
    assert [send(ada, one, None).status for one in (HERE, there, f"{there}/delete")] == [403, 403, 403]
    assert stranger.get(there).status == 404
    assert stranger.get(f"{HERE}/{UNKNOWN}").status == 404
    assert [send(stranger, f"{there}{one}", None).status for one in ("", "/delete", "/restore")] == [404, 404, 404]
    assert send(stranger, HERE, None, organisation=they.home.public_id).status == 404
    assert kept(they).keys() == {"Closing well"}
