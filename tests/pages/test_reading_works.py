"""Works in the browser: books, the page of a work with its pictures and days, a day of it, and streaks."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests import make
from tests.benchmarks.statements import counted
from tests.make import TODAY, days_ago
from tests.page import Browser, Page, signed_in
from tests.reading import Reader
from webapp.domain.reading import Asks, Category, Unit
from webapp.extensions import db
from webapp.models import ActivityDay, ReadingStreak, Work
from webapp.queries import reading_history

WHOLE = (1, 6236)
MOST = 8
"""The most statements of a page."""


@pytest.fixture
def reader(session: Session, clock: Traveller) -> Reader:
    """Ada, who reads."""
    made = Reader(session)
    session.commit()
    return made


@pytest.fixture
def visit(app: Flask, session: Session, reader: Reader) -> Browser:
    return signed_in(app, session, reader.person)


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def books(session: Session, reader: Reader) -> list[tuple[Any, ...]]:
    """Every book: its title, what it is counted in, how much there is, its colour, and whether it is put away."""
    session.rollback()
    found = [one.work for one in reading_history.books(session, reader.viewer)]
    return [(one.title, one.unit, one.size, one.colour, one.archived) for one in found]


def quran_of(reader: Reader) -> str:
    return reader.reading().work.id


def listed(page: Page) -> list[list[str]]:
    """The days of the list, cell by cell."""
    table = page.one("table", class_="history")
    return [[page.words(cell) for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")][1:]


def numbers(page: Page) -> dict[str, str]:
    found = page.all("dl", class_="numbers")
    return {page.words(row[0]): page.words(row[1]) for one in found for row in one.iter("div")}


def facts(page: Page) -> dict[str, str]:
    found = page.all("dl", class_="facts")
    return {page.words(row[0]): page.words(row[1]) for one in found for row in one.iter("div")}


def test_a_book_is_added_changed_put_away_and_brought_back(session: Session, visit: Browser, reader: Reader) -> None:
    assert "/reading/books/new" in {one.get("href") for one in visit.get("/reading/books").all("a")}
    form = visit.get("/reading/books/new")
    for _time in range(2):  # sent twice it is one book
        form.press("Add the book", within="book", title=" Emma ", size="400", colour="3")
    assert books(session, reader) == [("Emma", Unit.PAGES, 400, 3, False)]

    (book,) = [one.work.id for one in reading_history.books(session, reader.viewer)]
    form = visit.get(f"/reading/works/{book}/edit")
    assert (form.value("title"), form.value("size")) == ("Emma", "400")
    form.press("Save", within="book", title="Persuasion", unit="chapters", size="24", colour="5")
    assert books(session, reader) == [("Persuasion", Unit.CHAPTERS, 24, 5, False)]

    page = visit.get("/reading/books").press("Put away: Persuasion", within="books")
    assert books(session, reader)[0][4] is True
    assert "Persuasion" in page.words(page.one("ul", id="away"))
    page.press("Undo", within="toast")
    assert books(session, reader)[0][4] is False
    visit.get(f"/reading/works/{book}").press("Put away")
    shown = visit.get(f"/reading/works/{book}")
    assert "This book is put away" in shown.words()
    shown.press("Bring back", within="main")
    assert books(session, reader)[0][4] is False


WRONG_BOOKS = {
    "no title": ({"title": " "}, "title", "Please fill this in."),
    "a long title": ({"title": "x" * 256}, "title", "At most 255 characters."),
    "counted in miles": ({"unit": "miles"}, "unit", "Please choose one of the list."),
    "counted in parts": ({"unit": "parts"}, "unit", "Please choose one of the list."),
    "no pages": ({"size": "0"}, "size", "From 1 to 100000."),
    "no number": ({"size": "long"}, "size", "Please write a whole number."),
    "no colour": ({"colour": "99"}, "colour", "From 1 to 12."),
}


@pytest.mark.parametrize("case", WRONG_BOOKS)
def test_what_is_no_book_stands_at_its_field(session: Session, visit: Browser, reader: Reader, case: str) -> None:
    fields, field, words = WRONG_BOOKS[case]
    book = reader.book("Emma", size=400)
    session.commit()
    before = make.everything(session)
    for address in ("/reading/books", f"/reading/works/{book}"):
        typed = {"title": "Mine", "unit": "pages", "size": "7", "colour": "2", **fields}
        page = visit.post(address, nonce="n" * 24, **typed)
        assert (page.status, page.errors().get(field), page.value("size")) == (422, words, typed["size"])
    assert make.everything(session) == before


def test_what_a_book_is_counted_in_stays_once_it_was_read(session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book("Emma", size=400)
    reader.log(Category.BOOK, book=book, amount=Decimal(20))
    session.commit()
    page = visit.get(f"/reading/works/{book}/edit").press("Save", within="book", unit="chapters")
    assert page.status == 422
    assert page.errors().keys() == {"unit"}
    assert books(session, reader)[0][1] is Unit.PAGES


def test_a_book_shows_where_its_reader_is(session: Session, visit: Browser, reader: Reader) -> None:
    book = reader.book("Emma", size=400)
    session.commit()
    empty = visit.get(f"/reading/works/{book}")
    assert "Nothing was read yet." in empty.words()
    assert empty.all("progress") == []
    reader.log(Category.BOOK, book=book, amount=Decimal(120), seconds=3600)
    session.commit()
    page = visit.get(f"/reading/works/{book}")
    assert "Page 120 of 400" in page.words()
    assert page.one("progress").get("value") == "30"
    assert listed(page) == [["Tue 10 Mar", "120 pages, 1 hour", ""]]
    reader.start(Asks.AMOUNT, Category.BOOK, book=book, amount=400, duration=10)
    session.commit()
    page = visit.get(f"/reading/works/{book}")
    assert numbers(page) == {
        "Left today": "nothing",
        "Left in all": "280 pages",
        "Days left": "10 up to 19 Mar 2026",
    }
    assert "400 pages in 10 days, until 19 Mar 2026" in page.words()
    assert page.by_id("chapters") is None


def test_a_goal_whose_time_is_over_says_what_is_left(session: Session, visit: Browser, reader: Reader) -> None:
    reader.on(-40)
    reader.start(Asks.AMOUNT, amount=604, duration=30)
    reader.log(amount=Decimal(484))
    session.commit()
    page = visit.get(f"/reading/works/{quran_of(reader)}")
    assert "The 30 days are over; 120 pages are left." in page.words()
    assert numbers(page) == {"Left today": "120 pages", "Left in all": "120 pages"}


def test_the_list_says_how_much_of_what_a_day_asked_was_read(session: Session, visit: Browser, reader: Reader) -> None:
    reader.on(-4)
    reader.start(Asks.AMOUNT, amount=10)
    for day, pages in ((-4, 10), (-3, 4), (-1, 25), (0, 9)):
        reader.on(day)
        reader.log(amount=Decimal(pages))
    reader.log(amount=Decimal(1), day=days_ago(30))
    session.commit()
    page = visit.get(f"/reading/works/{quran_of(reader)}")
    assert listed(page) == [
        ["Tue 10 Mar", "9 pages", "90 %"],
        ["Mon 9 Mar", "25 pages", "100 %"],
        ["Sat 7 Mar", "4 pages", "40 %"],
        ["Fri 6 Mar", "10 pages", "100 %"],
        ["Sun 8 Feb", "1 page", ""],
    ]


def test_the_list_of_days_goes_back_thirty_at_a_time(session: Session, visit: Browser, reader: Reader) -> None:
    for back in range(65):
        reader.log(seconds=60, day=days_ago(back))
    session.commit()
    page, found = visit.get(f"/reading/works/{quran_of(reader)}"), []
    for _page in range(3):
        found += [row[0] for row in listed(page)]
        older = [one.get("href") or "" for one in page.all("a") if page.words(one) == "Earlier days"]
        if older:
            page = visit.get(older[0].partition("#")[0])
    assert (len(found), len(set(found)), older) == (65, 65, [])
    assert found[0] == "Tue 10 Mar"
    assert found[-1] == "Mon 5 Jan"


def test_a_day_says_what_it_asked_and_everything_that_was_logged(
    session: Session, visit: Browser, reader: Reader
) -> None:
    reader.on(-1)
    reader.start(Asks.TIME, amount=600)
    reader.log(seconds=120, verses=((1, 7),))
    reader.log(seconds=180)
    session.commit()
    work = quran_of(reader)
    page = visit.get(f"/reading/works/{work}/days/2026-03-09")
    assert facts(page) == {
        "Asked": "10 minutes",
        "Read": "1:1–1:7 (Al-Faatiha), 1 page, 5 minutes",
        "Of what was asked": "50 %",
    }
    batches = [page.words(one) for one in page.one("ul", id="batches").iter("h3")]
    assert batches == ["3 minutes", "1:1–1:7 (Al-Faatiha), 1 page, 2 minutes"]
    assert f"/reading?work={work}&day=2026-03-09" in {one.get("href") for one in page.all("a")}

    after = page.press("Take back: 3 minutes")
    assert after.address == f"/reading/works/{work}/days/2026-03-09"
    assert facts(after)["Of what was asked"] == "20 %"
    session.rollback()
    assert [one.seconds for one in reader.days()] == [120]


def test_a_day_keeps_what_it_asked_when_the_goal_is_another_by_now(
    session: Session, visit: Browser, reader: Reader
) -> None:
    reader.on(-1)
    goal = reader.start(Asks.TIME, amount=600).public_id
    reader.log(seconds=300)
    reader.on(0)
    session.commit()
    visit.post(f"/reading/goals/{goal}/end")
    session.rollback()
    reader.start(Asks.AMOUNT, amount=4)
    session.commit()
    address = f"/reading/works/{quran_of(reader)}/days"
    assert facts(visit.get(f"{address}/2026-03-09"))["Asked"] == "10 minutes"
    assert facts(visit.get(f"{address}/2026-03-10")) == {"Asked": "4 pages", "Of what was asked": "0 %"}
    empty = visit.get(f"{address}/2026-03-08")
    assert facts(empty) == {}
    assert "Nothing is logged for this day." in empty.words()


@pytest.mark.parametrize("day", ["2026-03-11", "2200-01-01", "1899-12-31", "yesterday", "20260310"])
def test_there_is_no_such_day(session: Session, visit: Browser, reader: Reader, day: str) -> None:
    reader.log(seconds=60)
    session.commit()
    address = f"/reading/works/{quran_of(reader)}/days"
    assert visit.get(f"{address}/{day}").status == 404
    assert visit.get(f"{address}/2026-03-10").status == 200


def test_today_is_where_its_reader_is(app: Flask, session: Session, clock: Traveller) -> None:
    """It is Wednesday in Kiritimati while it is still Tuesday in Honolulu."""
    east, west = Reader(session, "East", zone="Pacific/Kiritimati"), Reader(session, "West", zone="Pacific/Honolulu")
    for reader, day in ((east, "2026-03-11"), (west, "2026-03-10")):
        reader.log(seconds=60)
        session.commit()
        visit = signed_in(app, session, reader.person)
        assert facts(visit.get(f"/reading/works/{quran_of(reader)}/days/{day}"))["Read"] == "1 minute"
        next_day = date.fromisoformat(day) + timedelta(days=1)
        assert visit.get(f"/reading/works/{quran_of(reader)}/days/{next_day}").status == 404


def test_a_day_ahead_that_a_program_further_east_said_is_shown(
    session: Session, visit: Browser, reader: Reader
) -> None:
    """It is the eleventh where the program is; what it said is listed, and so has its page."""
    reader.on(0, "Pacific/Kiritimati")
    reader.log(seconds=60)
    session.commit()
    page = visit.get(f"/reading/works/{quran_of(reader)}")
    (ahead,) = [one.get("href") or "" for one in page.one("table", class_="history").iter("a")]
    assert ahead.endswith("/days/2026-03-11")
    day = visit.get(ahead)
    assert (day.status, facts(day)["Read"]) == (200, "1 minute")
    assert not any("day=2026-03-11" in (one.get("href") or "") for one in day.all("a"))
    assert visit.get(ahead.replace("03-11", "03-12")).status == 404


ASKED: dict[str, Callable[[Browser, str], Page]] = {
    "look": lambda browser, work: browser.get(f"/reading/works/{work}"),
    "look at a day": lambda browser, work: browser.get(f"/reading/works/{work}/days/2026-03-10"),
    "edit": lambda browser, work: browser.get(f"/reading/works/{work}/edit"),
    "save": lambda browser, work: browser.post(f"/reading/works/{work}", title="Mine", unit="pages", colour="1"),
    "put away": lambda browser, work: browser.post(f"/reading/works/{work}/put-away"),
    "bring back": lambda browser, work: browser.post(f"/reading/works/{work}/bring-back"),
}


@pytest.mark.parametrize("verb", ASKED)
def test_somebody_elses_work_is_no_work(
    app: Flask, session: Session, visit: Browser, reader: Reader, verb: str
) -> None:
    book = reader.book("Emma")
    reader.log(Category.BOOK, book=book, amount=Decimal(3))
    other = signed_in(app, session, make.person(session, "Bob"))
    other.token()
    before = make.everything(session)
    theirs, nobodys = ASKED[verb](other, book), ASKED[verb](other, "0" * 24)
    assert (theirs.status, nobodys.status) == (404, 404)
    number = "X-Request-Id"
    assert theirs.text.replace(theirs.headers[number], "") == nobodys.text.replace(nobodys.headers[number], "")
    assert make.everything(session) == before
    assert ASKED[verb](visit, book).status in (200, 303)


@pytest.mark.parametrize("verb", ["edit", "save", "put away", "bring back"])
def test_only_books_can_be_changed(session: Session, visit: Browser, reader: Reader, verb: str) -> None:
    reader.log(seconds=60)
    session.commit()
    visit.token()
    before = make.everything(session)
    assert ASKED[verb](visit, quran_of(reader)).status == 404
    assert make.everything(session) == before


def test_streaks_and_books_are_of_their_reader_alone(app: Flask, session: Session, reader: Reader) -> None:
    reader.book("Emma")
    reader.log(seconds=60)
    other = signed_in(app, session, make.person(session, "Bob"))
    assert "Emma" not in other.get("/reading/books").words()
    assert other.get("/reading/streaks").all("ol", class_="streaks") == []


def test_ten_years_of_days_cost_no_more_statements(
    session: Session, visit: Browser, reader: Reader, engine: Engine
) -> None:
    book = reader.book("Emma", size=400)
    goal = reader.start(Asks.RANGE, span=WHOLE, duration=30, mushaf=4).public_id
    reader.start(Asks.AMOUNT, Category.BOOK, book=book, amount=10)
    reader.log(verses=((1, 7),))
    reader.log(Category.BOOK, book=book, amount=Decimal(3))
    session.commit()
    work = quran_of(reader)
    pages = {
        "work": f"/reading/works/{work}",
        "work in a year": f"/reading/works/{work}?year=2025&before=2025-06-01",
        "book": f"/reading/works/{book}",
        "day": f"/reading/works/{work}/days/{TODAY}",
        "edit": f"/reading/works/{book}/edit",
        "books": "/reading/books",
        "new book": "/reading/books/new",
        "streaks": "/reading/streaks",
        "new goal": "/reading/new?preset=khatm30",
        "change a goal": f"/reading/goals/{goal}/edit",
        "end a goal": f"/reading/goals/{goal}/end",
    }

    def costs() -> dict[str, int]:
        found = {}
        for name, address in pages.items():
            with counted(engine) as statements:
                assert visit.get(address).status == 200
            found[name] = len(statements)
        return found

    few = costs()
    number = session.scalars(select(Work.goal_id).where(Work.category == Category.QURAN)).one()
    for back in range(1, 3650):
        day = ActivityDay(goal_id=number, owner_id=reader.viewer.id, local_date=days_ago(back), batches=1, seconds=60)
        day.verses = [[back, back + 5]]
        session.add(day)
        if back % 20 == 0:
            last = days_ago(back + 10)
            run = ReadingStreak(
                owner_id=reader.viewer.id, category="any", first=days_ago(back + 19), last=last, days=10
            )
            session.add(run)
    for place in range(40):
        reader.book(f"Book {place}")
    session.commit()
    assert costs() == few
    assert {name: count for name, count in few.items() if count > MOST} == {}
