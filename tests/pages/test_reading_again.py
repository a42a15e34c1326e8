"""The reading page when it is used a second time: what was shown no longer holds, and where to go on from."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.make import NOW, TODAY
from tests.page import Browser
from tests.pages.test_reading import FOUR_PAGES, KHATM, book, card, days, numbers, plan, tap
from webapp.actions import reading_goals, reading_log
from webapp.domain import quran
from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanChanges, PlanDraft, ReadingDraft
from webapp.models import ActivityDay, ReadingGoal

CHANGED = "What is to be read today has changed meanwhile. Nothing is logged."
ADDRESSES = ("/reading", "/")


def asks_six(session: Session, viewer: Viewer) -> None:
    """The only goal asks six pages a day by now, as another tab has it."""
    goal = session.scalars(select(ReadingGoal)).one()
    reading_goals.change(session, viewer, goal.public_id, PlanChanges(amount=6))
    session.commit()


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("address", ADDRESSES)
def test_one_tap_reads_what_was_shown_or_nothing(
    session: Session, visit: Browser, her: Viewer, address: str, htmx: bool
) -> None:
    plan(session, her, FOUR_PAGES)
    stale = visit.get(address)
    asks_six(session, her)
    answer = stale.press(tap(stale), htmx=htmx)

    assert (answer.status, answer.whole) == (409, not htmx)
    assert CHANGED in answer.words()
    assert tap(answer) == "I read it: Quran, 6 pages"
    assert days(session) == {}
    again = answer.press(tap(answer), htmx=htmx)
    assert again.status == 200
    assert days(session) == {TODAY: (0, Decimal(6), [])}


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_tap_of_yesterday_reads_nothing(
    session: Session, visit: Browser, her: Viewer, address: str, clock: Traveller
) -> None:
    plan(session, her, FOUR_PAGES)
    stale = visit.get(address)
    clock.move_to(NOW + timedelta(days=1))
    answer = stale.press(tap(stale))
    assert (answer.status, CHANGED in answer.words()) == (409, True)
    assert days(session) == {}
    answer.press(tap(answer))
    assert days(session) == {shifted(TODAY, 1): (0, Decimal(4), [])}


@pytest.mark.parametrize("mushaf", [4, 6, 7])
def test_pages_come_to_as_many_as_were_said(session: Session, visit: Browser, her: Viewer, mushaf: int) -> None:
    plan(session, her, PlanDraft(Category.QURAN, Asks.AMOUNT, amount=4, mushaf=mushaf))
    pages = quran.pages_in(mushaf)
    for first, last in ((1, 4), (47, 50), (pages - 3, pages)):
        page = visit.get("/reading?work=quran").press("Log it", from_page=first, to_page=last)
        assert "today, all of it read" in card(page)
        session.rollback()
        day = session.scalars(select(ActivityDay)).one()
        assert Decimal(4) <= day.filled < 5
        assert mushaf != 4 or day.amount == 0
        page.press("Undo", within="toast")


def test_one_tap_at_the_end_is_still_the_whole_portion(session: Session, visit: Browser, her: Viewer) -> None:
    plan(session, her, FOUR_PAGES)
    draft = ReadingDraft(verses=((6000, 6230),), day=make.days_ago(1))
    reading_log.log(session, her, draft, Category.QURAN)
    session.commit()
    page = visit.get("/reading")
    page = page.press(tap(page))
    assert "today, all of it read" in card(page)
    assert "Continue at 1:1" in card(page)
    assert days(session)[TODAY][2] == [[6231, 6236]]


def test_a_place_in_a_book_is_exact(session: Session, visit: Browser, her: Viewer) -> None:
    middlemarch = book(session, her, size=100)
    within = f"reading-{middlemarch}"
    for typed, through in (({"amount": "20.5"}, "20.5"), ({"at": "41"}, "41"), ({"amount": "58.5"}, "99.5")):
        visit.get(f"/reading?work={middlemarch}").press("Log it", within=within, **typed)
        assert days(session)[TODAY][1] == Decimal(through)
    page = visit.post("/reading/log", work=middlemarch, amount="1")
    assert (page.status, page.errors()["amount"]) == (422, "From 0.5 to 0.5.")
    visit.post("/reading/log", work=middlemarch, at="100")
    assert days(session)[TODAY][1] == 100


def test_a_book_is_read_a_second_time(session: Session, visit: Browser, her: Viewer) -> None:
    middlemarch = book(session, her, size=100)
    draft = ReadingDraft(amount=Decimal(100), day=make.days_ago(1))
    reading_log.log(session, her, draft, Category.BOOK, work_id=middlemarch)
    session.commit()
    page = visit.post("/reading/log", work=middlemarch, amount="101")
    assert (page.status, page.errors()["amount"]) == (422, "From 1 to 100.")
    assert visit.post("/reading/log", work=middlemarch, at="30").status == 303
    assert visit.post("/reading/log", work=middlemarch, amount="70").status == 303
    assert days(session)[TODAY] == (0, Decimal(100), [])


GOES_ON: dict[str, tuple[PlanDraft | None, list[tuple[str, str]], str]] = {
    "behind what was read last": (None, [("2:1", "2:5")], "2:6"),
    "at the first verse of all again": (None, [("114:1", "114:6")], "1:1"),
    "a goal without a place": (FOUR_PAGES, [("3:1", "3:9")], "3:10"),
    "a range at its beginning": (KHATM, [("2:1", "114:6")], "1:1"),
    "a range at its first gap": (KHATM, [("1:1", "2:5"), ("2:9", "114:6")], "2:6"),
    "a range beyond today's portion": (KHATM, [("1:1", "3:9")], "3:10"),
}


@pytest.mark.parametrize("case", GOES_ON)
def test_the_form_begins_where_to_go_on(session: Session, visit: Browser, her: Viewer, case: str) -> None:
    draft, read, verse = GOES_ON[case]
    if draft:
        plan(session, her, draft)
    said = [quran.read_range(f"{first}-{last}") for first, last in read]
    verses = tuple(one for one in said if one)
    reading_log.log(session, her, ReadingDraft(verses=verses), Category.QURAN)
    session.commit()
    page = visit.get("/reading?work=quran")
    assert f"Continue at {verse}" in card(page)
    chapter, number = map(int, verse.split(":"))
    assert page.value("from_verse") == verse
    assert page.value("from_page") == str(quran.page_of(quran.verse_number(chapter, number) or 0))


@pytest.mark.parametrize(("draft", "verse"), [(FOUR_PAGES, "3:10"), (KHATM, "1:1")], ids=["pages", "a range"])
def test_where_to_go_on_is_the_same_everywhere(
    session: Session, visit: Browser, her: Viewer, draft: PlanDraft, verse: str
) -> None:
    work = plan(session, her, draft)
    reading_log.log(session, her, ReadingDraft(verses=((294, 302),)), Category.QURAN)  # 3:1 to 3:9
    session.commit()
    for address in ("/", "/reading", f"/reading/works/{work}"):
        words = visit.get(address).words()
        assert words.count("Continue at") == words.count(f"Continue at {verse}") == 1, address


BEGUN: dict[str, tuple[dict[str, Any], tuple[int, list[list[int]]]]] = {
    "minutes alone": ({"minutes": "5"}, (300, [])),
    "up to a verse": ({"to_verse": "2:20"}, (0, numbers("2:6", "2:20"))),
    "up to a page": ({"to_page": "3"}, (0, numbers("2:6", "2:16"))),
    "another verse alone": ({"from_verse": "2:7"}, (0, numbers("2:7", "2:7"))),
    "that verse and no more": ({"to_verse": "2:6"}, (0, numbers("2:6", "2:6"))),
    "a range over it": ({"from_verse": "2:6-2:9"}, (0, numbers("2:6", "2:9"))),
}


@pytest.mark.parametrize("case", BEGUN)
def test_only_the_end_need_be_typed(session: Session, visit: Browser, her: Viewer, case: str) -> None:
    typed, (seconds, verses) = BEGUN[case]
    draft = ReadingDraft(verses=((1, 12),), day=make.days_ago(1))  # up to 2:5
    reading_log.log(session, her, draft, Category.QURAN)
    session.commit()
    page = visit.get("/reading?work=quran")
    assert page.press("Log it", within="reading-quran").status == 422  # what stood there says nothing
    assert page.press("Log it", within="reading-quran", **typed).status == 200
    assert days(session)[TODAY] == (seconds, Decimal(0), verses)
