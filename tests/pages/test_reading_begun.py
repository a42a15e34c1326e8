"""Goals of what was read before: the rest of a book, and goals that are over and taken up again."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from tests.page import Browser, signed_in
from tests.pages.test_reading_goals import begin, goals
from tests.reading import Reader
from webapp.actions import reading_goals
from webapp.domain.reading import Asks, Category
from webapp.models import ReadingGoal


@pytest.fixture
def reader(session: Session, clock: Traveller) -> Reader:
    """Ada, who reads."""
    made = Reader(session)
    session.commit()
    return made


@pytest.fixture
def visit(app: Flask, session: Session, reader: Reader) -> Browser:
    return signed_in(app, session, reader.person)


def test_all_of_a_book_that_was_begun_is_the_rest_of_it(session: Session, visit: Browser, reader: Reader) -> None:
    reader.on(-3)
    book = reader.book("Emma", size=100)
    reader.log(Category.BOOK, book=book, amount=Decimal(40))
    reader.on(0)
    reader.log(Category.BOOK, book=book, amount=Decimal(10))
    session.commit()
    form = visit.get(f"/reading/new?preset=book&work={book}")
    assert "The rest, 60 pages in 14 days" in form.words()
    begin(form)
    assert goals(session) == [(Category.BOOK, Asks.AMOUNT, 60, None, None, 14, None)]
    assert reader.reading(book=book).standing.left == 50  # type: ignore[union-attr]

    reader.log(Category.BOOK, book=book, amount=Decimal(20))
    session.commit()
    (goal,) = session.scalars(select(ReadingGoal.public_id))
    opened = visit.get(f"/reading/goals/{goal}/edit")
    assert "The rest, 60 pages" in opened.words(opened.one("form", id="reading-goal"))
    opened.press("Save", within="reading-goal", days="10")
    assert goals(session) == [(Category.BOOK, Asks.AMOUNT, 60, None, None, 10, None)]


@pytest.mark.parametrize("read", ["100", "140", "99.5"])
def test_all_of_a_book_that_was_read_is_all_of_it_again(
    session: Session, visit: Browser, reader: Reader, read: str
) -> None:
    reader.on(-3)
    book = reader.book("Emma", size=100)
    reader.log(Category.BOOK, book=book, amount=Decimal(read))
    session.commit()
    begin(visit.get(f"/reading/new?preset=book&work={book}"))
    assert goals(session) == [(Category.BOOK, Asks.AMOUNT, 100, None, None, 14, None)]


def test_verses_a_program_asked_of_a_programme_stay_to_be_changed(
    session: Session, visit: Browser, reader: Reader
) -> None:
    asked = reader.start(Asks.RANGE, Category.PROGRAMME, span=(1, 7)).public_id
    other = reader.start(Asks.AMOUNT, Category.CHALLENGE, amount=3).public_id
    session.commit()
    kinds = [
        [one.get("value") for one in visit.get(f"/reading/goals/{goal}/edit").all("input", name="asks")]
        for goal in (asked, other)
    ]
    assert kinds == [["time", "amount", "range", "whole"], ["time", "amount", "whole"]]


def test_goals_that_are_over_are_listed_and_the_newest_is_taken_up_again(
    session: Session, visit: Browser, reader: Reader
) -> None:
    book, ended = reader.book("Emma", size=100), []
    for day, amount in ((-6, 5), (-4, 7), (-2, 9)):
        reader.on(day)
        ended.append(reader.start(Asks.AMOUNT, Category.BOOK, book=book, amount=amount, duration=10))
        if amount == 9:
            reader.log(Category.BOOK, book=book, amount=Decimal(9))
        reader.on(day + 1)
        reading_goals.end(session, reader.viewer, ended[-1].public_id)
    session.commit()
    page = visit.get(f"/reading/works/{book}")
    lines = [page.words(one) for one in page.one("ul", id="past").iter("li")]
    assert [line.split(" pages")[0] for line in lines] == ["9", "7", "5"]
    assert [("reached" in line, "Take up again" in line) for line in lines] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert "6–7 Mar 2026" in lines[1].replace("\u2009", "")

    after = page.press("Take up again", within="past")
    session.rollback()
    (live,) = [one for one in ended if session.get_one(ReadingGoal, one.id, populate_existing=True).ended_at is None]
    assert live.amount == 7
    assert "Take up again" not in after.words()
    assert len(list(after.one("ul", id="past").iter("li"))) == 2


def test_a_change_sent_twice_is_no_conflict(session: Session, visit: Browser, reader: Reader) -> None:
    goal = reader.start(Asks.AMOUNT, amount=4)
    session.commit()
    form = visit.get(f"/reading/goals/{goal.public_id}/edit")
    assert [form.press("Save", within="reading-goal", amount="5").status for _time in range(2)] == [200, 200]
    session.refresh(goal)
    assert (goal.amount, goal.version) == (5, 2)
