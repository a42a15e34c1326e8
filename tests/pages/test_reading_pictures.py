"""Pictures of what was read: the chapters, a year of days, and streaks as bars."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests.make import TODAY, days_ago
from tests.page import Browser, Page, signed_in
from tests.reading import Reader
from webapp.domain import quran
from webapp.domain.reading import Asks, Category
from webapp.pages.reading_pictures import map_of

WHOLE = (1, 6236)


@pytest.fixture
def reader(session: Session, clock: Traveller) -> Reader:
    """Ada, who reads."""
    made = Reader(session)
    session.commit()
    return made


@pytest.fixture
def visit(app: Flask, session: Session, reader: Reader) -> Browser:
    return signed_in(app, session, reader.person)


def quran_of(reader: Reader) -> str:
    return reader.reading().work.id


def numbers(page: Page) -> dict[str, str]:
    found = page.all("dl", class_="numbers")
    return {page.words(row[0]): page.words(row[1]) for one in found for row in one.iter("div")}


def reading_heat(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.one("section", id="year").get("data-year", ""))
    return found


def test_the_map_shows_how_much_of_each_chapter_was_read(sqlite_app: Flask) -> None:
    assert (quran.verse_number(2, 143), quran.verse_number(3, 200)) == (150, 493)
    with sqlite_app.test_request_context():
        chapters, everything, nothing = map(map_of, (((1, 7), (150, 493), (6236, 6236)), (WHOLE,), ()))
    levels = {cell.number: (cell.level, cell.read, cell.verses) for cell in chapters.cells if cell.level}
    assert levels == {1: (4, 7, 7), 2: (2, 144, 286), 3: (4, 200, 200), 114: (1, 1, 6)}
    assert len(chapters.cells) == 114
    assert chapters.tally == "2 chapters read whole, 2 in part"
    assert {cell.level for cell in everything.cells} == {4}
    assert {cell.level for cell in nothing.cells} == {0}


@pytest.mark.parametrize(("with_goal", "whole"), [(False, {"1", "112"}), (True, {"112"})])
def test_the_map_begins_with_the_goal_or_a_year_ago(
    session: Session, visit: Browser, reader: Reader, with_goal: bool, whole: set[str]
) -> None:
    reader.log(verses=((8, 100),), day=days_ago(366))
    reader.log(verses=((1, 7),), day=days_ago(365))
    reader.log(verses=((6222, 6225),))
    if with_goal:
        reader.start(Asks.TIME, amount=600)
    session.commit()
    page = visit.get(f"/reading/works/{quran_of(reader)}")
    picture = page.one("div", class_="chapters")
    assert {one.text for one in picture if one.get("data-level") == "4"} == whole
    section = page.by_id("chapters")
    assert section is not None
    rows = [[page.words(cell) for cell in row] for row in section.iter("tr")][1:]
    assert len(rows) == 114
    assert rows[111][1:] == ["4", "4"]
    assert {row[0].split()[0] for row in rows if row[1] == row[2]} == whole


def test_a_year_of_days_is_filled_by_what_each_asked(session: Session, visit: Browser, reader: Reader) -> None:
    reader.on(-4)
    reader.start(Asks.AMOUNT, amount=10)
    for day, pages in ((-4, 10), (-3, 4), (-1, 25), (0, 9)):
        reader.on(day)
        reader.log(amount=Decimal(pages))
    reader.log(amount=Decimal(1), day=days_ago(30))
    session.commit()
    page = visit.get(f"/reading/works/{quran_of(reader)}")
    heat = reading_heat(page)
    assert heat["marks"][-5:] == "d2md3"
    assert heat["marks"][-31] == "d"
    assert heat["marks"].count("m") == len(heat["marks"]) - 5
    assert heat["amounts"].split(",")[-5:] == ["10", "4", "", "25", "9"]
    assert date.fromisoformat(heat["first"]) + timedelta(days=len(heat["marks"]) - 1) == TODAY
    assert "Read on 5 days" in page.words()
    table = page.one("table", id="months")
    rows = [[page.words(cell) for cell in row] for row in table.iter("tr")][1:]
    assert rows == [["March 2026", "4", "48 pages", ""], ["February 2026", "1", "1 page", ""]]


def test_an_earlier_year_can_be_looked_at(session: Session, visit: Browser, reader: Reader) -> None:
    reader.log(seconds=600, day=date(2023, 12, 31))
    reader.log(seconds=60)
    session.commit()
    work = quran_of(reader)
    page = visit.get(f"/reading/works/{work}")
    links = {page.words(one): one.get("href") for one in page.one("nav", class_="years")}
    assert links == {"Last year": f"/reading/works/{work}#year"} | {
        str(year): f"/reading/works/{work}?year={year}#year" for year in (2026, 2025, 2024, 2023)
    }
    heat = reading_heat(visit.get(f"/reading/works/{work}?year=2023"))
    assert (heat["marks"][-1], heat["marks"].count("d"), heat["unit"]) == ("d", 1, "minutes")
    assert heat["amounts"].split(",")[-1] == "10"


def test_streaks_are_told_in_days_and_dates(session: Session, visit: Browser, reader: Reader) -> None:
    empty = visit.get("/reading/streaks")
    assert "The first day on which you read begins a streak" in empty.words()
    book = reader.book("Emma")
    for back in (0, 1, 2):
        reader.log(seconds=60, day=days_ago(back))
    for back in range(2, 8):
        reader.log(Category.BOOK, book=book, amount=Decimal(3), day=days_ago(back + 10))
    reader.log(seconds=60, day=days_ago(400))
    session.commit()
    page = visit.get("/reading/streaks")
    rows = [page.words(one) for one in page.one("ol", class_="streaks").iter("li")]
    assert [" ".join(row.replace("\u2009", "").split()) for row in rows] == [
        "3 days, 8–10 Mar 2026 now",
        "6 days, 21–26 Feb 2026",
        "1 day, 3 Feb 2025",
    ]
    bars = [one.get("d") for one in page.one("ol", class_="streaks").iter() if str(one.tag).endswith("path")]
    assert bars == ["M0 5h50", "M0 5h100", "M0 5h17"]
    shown = {name: words.replace("\u2009", "") for name, words in numbers(page).items()}
    assert shown == {"Current streak": "3 days 8–10 Mar 2026", "Longest streak": "6 days 21–26 Feb 2026"}
    assert reading_heat(page)["marks"].count("d") == 9
    for word in ("lost", "broken", "failed", "missed"):
        assert word not in page.words().lower()


def test_a_streak_that_does_not_go_on_is_only_dates(session: Session, visit: Browser, reader: Reader) -> None:
    reader.log(seconds=60, day=days_ago(2))
    session.commit()
    page = visit.get("/reading/streaks")
    assert numbers(page)["Current streak"] == "begins with the next reading"
    assert "now" not in page.words(page.one("ol", class_="streaks")).split()


def test_streaks_go_back_thirty_at_a_time(session: Session, visit: Browser, reader: Reader) -> None:
    for back in range(0, 130, 2):
        reader.log(seconds=60, day=days_ago(back))
    session.commit()
    page, found = visit.get("/reading/streaks"), []
    for _page in range(3):
        found += [page.words(one) for one in page.one("ol", class_="streaks").iter("li")]
        older = [one.get("href") or "" for one in page.all("a") if page.words(one) == "Earlier streaks"]
        if older:
            page = visit.get(older[0].partition("#")[0])
    assert (len(found), len(set(found)), older) == (65, 65, [])
