"""Books: had, changed, put away and brought back by whose they are, their titles sealed; of the rest there is one."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests import make
from tests.reading import Reader
from webapp.actions import works
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.goals import Kind
from webapp.domain.reading import Asks, Category, Unit
from webapp.domain.reading_drafts import WorkDraft
from webapp.models import Goal, Work
from webapp.queries import reading as queries


@pytest.fixture
def ada(app: Flask, session: Session) -> Reader:
    return Reader(session)


def problems(caught: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in caught.value.problems]


def change(reader: Reader, book: str, draft: WorkDraft) -> Work:
    return works.change(reader.session, reader.viewer, book, draft)


def test_a_book_is_there_by_a_title_nobody_else_can_read(session: Session, ada: Reader) -> None:
    book = ada.book("  Middlemarch ", size=900, colour=3)
    goal = session.scalars(select(Goal).where(Goal.public_id == book)).one()
    assert b"Middlemarch" not in bytes(goal.title)
    assert (goal.kind, goal.organisation_id) == (Kind.READING, None)
    shown = ada.reading(book=book).work
    assert (shown.title, shown.unit, shown.size, shown.colour) == ("Middlemarch", Unit.PAGES, 900, 3)
    assert (shown.place, shown.archived) == (None, False)
    assert make.tags(session, goal) == ["work:add"]


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        (WorkDraft(" "), ("title", "required")),
        (WorkDraft("x", size=0), ("size", "out_of_range")),
        (WorkDraft("x", Unit.PARTS), ("unit", "unknown_choice")),
        (WorkDraft("x", None), ("unit", "unknown_choice")),
    ],
)
def test_what_is_no_book_leaves_nothing_behind(
    session: Session, ada: Reader, draft: WorkDraft, found: tuple[str, str]
) -> None:
    book = ada.book()
    session.commit()
    before = make.everything(session)
    with pytest.raises(Invalid) as caught:
        works.add(session, ada.viewer, draft)
    assert problems(caught) == [found]
    with pytest.raises(Invalid) as caught:
        change(ada, book, draft)
    assert problems(caught) == [found]
    assert make.everything(session) == before


def test_nobody_has_endlessly_many(ada: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "WORKS_PER_PERSON", 2)
    works.put_away(ada.session, ada.viewer, ada.book("One"))
    ada.book("Two")
    ada.log(seconds=60)
    with pytest.raises(Invalid) as caught:
        ada.book("Three")
    assert problems(caught) == [("", "too_many")]
    Reader(ada.session, "Bea").book("One")


def test_a_book_can_be_called_otherwise(session: Session, ada: Reader) -> None:
    book = ada.book("Midlemarch")
    change(ada, book, WorkDraft("Middlemarch", Unit.CHAPTERS, 86, 2))
    shown = ada.reading(book=book).work
    assert (shown.title, shown.unit, shown.size, shown.colour) == ("Middlemarch", Unit.CHAPTERS, 86, 2)


def test_what_it_is_counted_in_stays_once_something_was_read(ada: Reader) -> None:
    book = ada.book()
    ada.log(book=book, seconds=600)
    change(ada, book, WorkDraft("Middlemarch", Unit.CHAPTERS))
    said = ada.log(book=book, amount=Decimal("0.5"))
    with pytest.raises(Invalid) as caught:
        change(ada, book, WorkDraft("Middlemarch", Unit.PAGES))
    assert problems(caught) == [("unit", "already_read")]
    change(ada, book, WorkDraft("The long one", Unit.CHAPTERS, 86))
    ada.take_back(said)
    change(ada, book, WorkDraft("The long one", Unit.PAGES, 900))
    assert ada.reading(book=book).work.unit is Unit.PAGES


def test_put_away_it_is_out_of_sight_and_comes_back_as_it_was(session: Session, ada: Reader) -> None:
    book, other = ada.book(), ada.book("Other")
    ada.start(Asks.AMOUNT, book=book, amount=900, duration=30)
    for _ in range(2):
        works.put_away(session, ada.viewer, book)
    assert [one.work.id for one in queries.readings(session, ada.viewer)] == [other]
    away = queries.reading_of(session, ada.viewer, book)
    assert (away.work.archived, away.plan is not None) == (True, True)
    for _ in range(2):
        works.bring_back(session, ada.viewer, book)
    found = queries.readings(session, ada.viewer)
    assert [(one.work.id, one.plan is not None) for one in found] == [(book, True), (other, False)]
    goal = session.scalars(select(Goal).where(Goal.public_id == book)).one()
    assert make.tags(session, goal) == ["work:add", "work:put_away", "work:bring_back"]


def test_only_books_are_changed_and_put_away_and_only_ones_own(session: Session, ada: Reader) -> None:
    ada.log(seconds=60)
    quran, hers = ada.reading().work.id, Reader(session, "Bea").book()
    session.commit()
    before = make.everything(session)
    for thing in (quran, hers, "0" * 24):
        with pytest.raises(NotFound):
            change(ada, thing, WorkDraft("Mine"))
        with pytest.raises(NotFound):
            works.put_away(session, ada.viewer, thing)
        with pytest.raises(NotFound):
            works.bring_back(session, ada.viewer, thing)
    with pytest.raises(NotFound):
        queries.reading_of(session, ada.viewer, hers)
    assert make.everything(session) == before


def test_of_anything_but_books_there_is_one(session: Session, ada: Reader) -> None:
    for category in Category:
        if category is not Category.BOOK:
            first, again = (works.of_category(session, ada.viewer, category) for _ in range(2))
            assert first is again
    kept = {one.work.category: one.work for one in queries.readings(session, ada.viewer)}
    assert {(each, one.unit, one.mushaf) for each, one in kept.items()} == {
        (Category.QURAN, Unit.PAGES, 4),
        (Category.COURSE, Unit.PARTS, None),
        (Category.PROGRAMME, Unit.PARTS, None),
        (Category.CHALLENGE, Unit.PARTS, None),
    }
    assert len(queries.readings(session, Reader(session, "Bea").viewer)) == 0


def test_works_are_read_in_one_statement_however_many_there_are(session: Session, ada: Reader) -> None:
    for number in range(6):
        ada.start(Asks.AMOUNT, book=ada.book(f"Book {number}"), amount=100, duration=30)
    ada.log(seconds=60)
    ada.on(2)
    session.expire_all()
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    found = queries.readings(session, ada.viewer)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert (len(found), len(said)) == (7, 1)
