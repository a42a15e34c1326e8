"""A key result that shows what its owner reads: the number follows every word of it, and nothing else is ever told."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from tests.reading import Reader
from tests.relations import Work
from webapp.actions import feeds, works
from webapp.domain.errors import Invalid
from webapp.domain.objective_drafts import FeedDraft
from webapp.domain.objectives import FeedKind
from webapp.domain.reading import Category
from webapp.domain.tracking import Source
from webapp.models import Goal, KeyResult
from webapp.queries import check_ins, exports, objective_why
from webapp.queries import feeds as queries
from webapp.queries import objectives as objective_queries
from webapp.queries.doctor import examine
from webapp.queries.feeds import Choice, Feed


class Shelf(Work):
    """Paul reads, and has an objective in a cycle from January to March that asks for no review."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.free = make.cycle(session, self.home, "Free")
        self.found = make.objective(session, self.paul, self.free, key_results=(make.key_result("Pages", 900),))
        self.reader = Reader.__new__(Reader)
        self.reader.session, self.reader.person, self.reader.viewer = session, self.person, self.paul
        self.book = self.reader.book("The Secret Agent", size=900)
        session.commit()

    @property
    def key_result(self) -> KeyResult:
        self.session.flush()
        self.session.expire_all()
        return objective_queries.key_results_of(self.session, self.found.goal.id)[0]

    def connect(self, kind: FeedKind, work_id: str = "") -> None:
        paul, asked = self.reader.viewer, self.key_result.public_id
        key_result, found = objective_queries.find_key_result(self.session, paul, asked, lock=True)
        feeds.connect(self.session, paul, key_result, found, FeedDraft(work_id or self.book, kind))

    def quran(self) -> str:
        return self.reader.reading().work.id


@pytest.fixture
def shelf(app: Flask, session: Session) -> Shelf:
    return Shelf(session)


def test_a_sum_of_pages_follows_what_is_read_and_taken_back(shelf: Shelf) -> None:
    shelf.reader.log(book=shelf.book, amount=Decimal(20), day=days_ago(5))
    shelf.connect(FeedKind.SUM)
    assert shelf.key_result.actual == 20
    said = shelf.reader.log(book=shelf.book, amount=Decimal(30))
    assert (shelf.key_result.actual, shelf.key_result.attainment) == (50, round(Decimal(50) / 900, 6))
    shelf.reader.take_back(said)
    assert shelf.key_result.actual == 20
    told = check_ins.history(shelf.session, [shelf.key_result.id])
    assert {(one.source, one.comment) for one in told} == {(Source.FEED, "")}
    assert list(examine(shelf.session, TODAY)) == []


def test_a_sum_of_which_everything_is_taken_back_is_nothing(shelf: Shelf) -> None:
    said = shelf.reader.log(book=shelf.book, amount=Decimal(20))
    shelf.connect(FeedKind.SUM)
    shelf.reader.take_back(said)
    assert shelf.key_result.actual == 0


def test_verses_count_as_the_pages_they_fill(shelf: Shelf) -> None:
    shelf.reader.log(verses=((1, 7),))
    shelf.connect(FeedKind.SUM, shelf.quran())
    shelf.reader.log(verses=((1, 12),))
    shelf.reader.log(amount=Decimal("1.5"))
    assert shelf.key_result.actual == 3, "a half page would tell what is read"


def test_completion_is_on_how_many_of_the_days_anything_was_read(shelf: Shelf) -> None:
    lived = (TODAY - date(2026, 1, 1)).days + 1
    shelf.connect(FeedKind.COMPLETION)
    first, second = shelf.reader.log(book=shelf.book, seconds=60), shelf.reader.log(book=shelf.book, amount=Decimal(1))
    last = shelf.reader.log(book=shelf.book, seconds=60, day=days_ago(1))
    assert shelf.key_result.actual == round(200 / lived)
    shelf.reader.take_back(first)
    assert shelf.key_result.actual == round(200 / lived)
    shelf.reader.take_back(second)
    assert shelf.key_result.actual == round(100 / lived)
    shelf.reader.take_back(last)
    assert shelf.key_result.actual == 0
    assert list(examine(shelf.session, TODAY)) == []


def test_only_the_days_of_the_objective_count(shelf: Shelf) -> None:
    shelf.reader.log(book=shelf.book, amount=Decimal(20), day=date(2025, 12, 31))
    shelf.connect(FeedKind.SUM)
    assert shelf.key_result.actual is None
    shelf.reader.log(book=shelf.book, amount=Decimal(1), day=date(2026, 1, 1))
    shelf.reader.on(30)
    shelf.reader.log(book=shelf.book, amount=Decimal(50))
    assert shelf.key_result.actual == 1


def test_what_else_is_read_moves_nothing(shelf: Shelf) -> None:
    shelf.connect(FeedKind.SUM)
    shelf.reader.log(book=shelf.reader.book("Another"), amount=Decimal(20))
    shelf.reader.log(amount=Decimal(20))
    assert shelf.key_result.actual is None


def test_a_book_put_away_goes_on_to_feed_and_is_no_choice(shelf: Shelf) -> None:
    shelf.connect(FeedKind.SUM)
    works.put_away(shelf.session, shelf.reader.viewer, shelf.book)
    shelf.reader.log(book=shelf.book, amount=Decimal(20))
    assert shelf.key_result.actual == 20
    assert [one.id for one in queries.choices(shelf.session, shelf.paul)] == []


def test_stopping_leaves_what_was_shown(shelf: Shelf) -> None:
    shelf.connect(FeedKind.SUM)
    shelf.reader.log(book=shelf.book, amount=Decimal(20))
    assert feeds.disconnect(shelf.session, shelf.paul, shelf.key_result, shelf.found) is True
    shelf.reader.log(book=shelf.book, amount=Decimal(20))
    assert shelf.key_result.actual == 20


def test_nobody_else_learns_what_is_read(shelf: Shelf) -> None:
    shelf.connect(FeedKind.SUM)
    shelf.reader.log(book=shelf.book, amount=Decimal(20))
    own = queries.feed_of(shelf.session, shelf.paul, shelf.key_result)
    assert own == Feed(FeedKind.SUM, True, Choice(shelf.book, "The Secret Agent", Category.BOOK))
    for other in (shelf.mona, shelf.ines):
        assert queries.feed_of(shelf.session, other, shelf.key_result) == Feed(FeedKind.SUM, False, None)
        assert queries.choices(shelf.session, other) == []
        seen = objective_why.key_result_explained(shelf.session, shelf.key_result, shelf.found, TODAY)
        told = f"{seen} {exports.as_json(exports.everything(shelf.session, other))}"
        assert "Secret Agent" not in told
        assert shelf.book not in told


def test_the_quran_is_told_by_its_category_and_has_no_title(shelf: Shelf) -> None:
    shelf.reader.log(amount=Decimal(1))
    shelf.connect(FeedKind.SUM, shelf.quran())
    own = queries.feed_of(shelf.session, shelf.paul, shelf.key_result)
    assert own == Feed(FeedKind.SUM, True, Choice(shelf.quran(), "", Category.QURAN))
    assert {(one.title, one.category) for one in queries.choices(shelf.session, shelf.paul)} == {
        ("", Category.QURAN),
        ("The Secret Agent", Category.BOOK),
    }


def test_nobody_shows_what_somebody_else_reads(shelf: Shelf) -> None:
    hers = Reader(shelf.session, "Bea").book()
    with pytest.raises(Invalid) as caught:
        shelf.connect(FeedKind.SUM, hers)
    assert [(one.field, one.code) for one in caught.value.problems] == [("goal", "unknown_choice")]
    assert [one.feeds for one in shelf.session.query(Goal).where(Goal.public_id == hers)] == [False]
