"""Reading goals: one lives per work, what it asks can change, and who ends it may take it up again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from tests.reading import Reader
from webapp.actions import reading_goals
from webapp.domain.errors import Conflict, Invalid, NotFound, Problem
from webapp.domain.goals import Outcome
from webapp.domain.quran import WHOLE
from webapp.domain.reading import Asks, Category, Standing
from webapp.domain.reading_drafts import PlanChanges
from webapp.models import ReadingGoal
from webapp.queries import reading as queries
from webapp.queries.doctor_reading import reading_findings

AMOUNT, TIME, RANGE = Asks.AMOUNT, Asks.TIME, Asks.RANGE


@pytest.fixture
def ada(app: Flask, session: Session) -> Reader:
    return Reader(session)


def problems(caught: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in caught.value.problems]


def change(ada: Reader, goal: ReadingGoal, **said: Any) -> ReadingGoal:
    return reading_goals.change(ada.session, ada.viewer, goal.public_id, PlanChanges(**said))


# Beginning.


def test_a_goal_begins_today_and_makes_its_work(session: Session, ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=604, duration=30)
    shown = ada.reading()
    assert shown.plan is not None
    assert shown.today is not None
    assert (shown.plan.id, shown.plan.terms.starts, shown.plan.version) == (goal.public_id, TODAY, 1)
    assert (shown.today.portion.amount, shown.today.progress) == (21, 0)
    assert shown.standing == Standing(Decimal(0), Decimal(604), 30, False)
    assert make.tags(session, goal) == ["reading:start"]
    assert queries.readings(session, make.viewer(session, make.person(session, "Bea"))) == []


def test_three_days_missed_ask_for_more(session: Session, ada: Reader) -> None:
    """Domain rules §11, through everything that is kept."""
    ada.start(AMOUNT, amount=604, duration=30)
    asked = []
    for days in range(4):
        ada.on(days)
        shown = ada.reading()
        assert shown.today is not None
        asked.append(shown.today.portion.amount)
    assert asked == [21, 21, 22, 23]


def test_what_was_read_earlier_that_day_counts(ada: Reader) -> None:
    ada.log(amount=Decimal(5), day=days_ago(1))
    ada.log(amount=Decimal(5))
    ada.start(AMOUNT, amount=604, duration=30)
    shown = ada.reading()
    assert shown.today is not None
    assert shown.standing is not None
    assert (shown.today.portion.amount, shown.today.left.amount, shown.standing.left) == (21, 16, 599)
    assert [(day.asked, day.progress) for day in ada.days()] == [(None, None), (21, round(Decimal(5) / 21, 6))]


def test_a_second_goal_of_a_work_is_refused_and_names_the_first(session: Session, ada: Reader) -> None:
    first = ada.start(AMOUNT, amount=604, duration=30)
    session.commit()
    before = make.everything(session)
    with pytest.raises(Invalid) as caught:
        ada.start(TIME, amount=600)
    assert list(caught.value.problems) == [Problem("category", "goal_is_live", {"id": first.public_id})]
    assert make.everything(session) == before
    ada.start(TIME, Category.COURSE, amount=600)
    Reader(session, "Bea").start(TIME, amount=600)
    one, other = ada.book("One"), ada.book("Two")
    ada.start(AMOUNT, book=one, amount=5)
    ada.start(AMOUNT, book=other, amount=5)
    with pytest.raises(Invalid):
        ada.start(AMOUNT, book=one, amount=5)


def test_a_goal_that_is_reached_makes_room(session: Session, ada: Reader) -> None:
    first = ada.start(RANGE, span=(1, 7), duration=5)
    ada.log(verses=((1, 7),))
    assert first.reached_at == make.NOW
    second = ada.start(RANGE, span=(8, 293), duration=5)
    assert (first.outcome, first.ended_at) == (Outcome.ACHIEVED, make.NOW)
    shown = ada.reading()
    assert shown.plan is not None
    assert shown.plan.id == second.public_id
    assert make.tags(session, first) == ["reading:start", "reading:end"]


def test_reached_and_taken_back_it_is_reached_no_more(session: Session, ada: Reader) -> None:
    goal = ada.start(RANGE, span=(1, 7), duration=5)
    said = ada.log(verses=((1, 7),))
    ada.take_back(said)
    assert goal.reached_at is None
    with pytest.raises(Invalid) as caught:
        ada.start(TIME, amount=600)
    assert problems(caught) == [("category", "goal_is_live")]


def test_a_daily_goal_is_never_reached(ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=4)
    ada.log(amount=Decimal(400))
    assert goal.reached_at is None
    shown = ada.reading()
    assert shown.today is not None
    assert (shown.standing, shown.today.progress) == (None, 1)
    ada.on(1)
    shown = ada.reading()
    assert shown.today is not None
    assert (shown.today.portion.amount, shown.today.progress) == (4, 0)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"asks": TIME, "amount": 59}, ("amount", "daily_time")),
        ({"asks": AMOUNT, "amount": 605}, ("amount", "out_of_range")),
        ({"asks": RANGE, "span": (1, 6237)}, ("amount", "not_a_range")),
        ({"asks": AMOUNT, "amount": 5, "category": Category.BOOK}, ("category", "which_book")),
    ],
)
def test_what_cannot_be_asked_leaves_nothing_behind(
    session: Session, ada: Reader, said: dict[str, Any], found: tuple[str, str]
) -> None:
    session.commit()
    before = make.everything(session)
    with pytest.raises(Invalid) as caught:
        ada.start(**said)
    assert problems(caught) == [found]
    assert make.everything(session) == before


def test_pages_are_those_of_the_mushaf_they_read_from(ada: Reader) -> None:
    ada.log(seconds=60, mushaf=7)
    with pytest.raises(Invalid) as caught:
        ada.start(AMOUNT, amount=604)
    assert problems(caught) == [("amount", "out_of_range")]
    assert ada.start(AMOUNT, amount=548).mushaf == 7
    bea = Reader(ada.session, "Bea")
    assert bea.start(AMOUNT, amount=604).mushaf == 4
    assert Reader(ada.session, "Cleo").start(AMOUNT, amount=610, mushaf=6).mushaf == 6


def test_a_goal_of_pages_is_reached_by_verses_of_any_mushaf(ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=548, duration=300, mushaf=7)
    for number, first in enumerate(range(1, 6237, 90)):
        ada.on(number)
        ada.log(verses=((first, min(first + 89, 6236)),))
    shown = ada.reading()
    assert shown.standing is not None
    assert (shown.standing.left, shown.standing.reached, goal.reached_at) == (0, True, ada.viewer.now)


def test_a_book_has_no_more_pages_than_it_has(ada: Reader) -> None:
    book = ada.book(size=320)
    with pytest.raises(Invalid) as caught:
        ada.start(AMOUNT, book=book, amount=321)
    assert problems(caught) == [("amount", "out_of_range")]
    with pytest.raises(Invalid) as caught:
        ada.start(RANGE, book=book, span=WHOLE)
    assert problems(caught) == [("asks", "no_verses")]
    ada.start(AMOUNT, book=book, amount=320, duration=10)
    shown = ada.reading(book=book)
    assert shown.today is not None
    assert shown.today.portion.amount == 32
    with pytest.raises(NotFound):
        Reader(ada.session, "Bea").start(AMOUNT, book=book, amount=5)


# Changing.


def test_a_change_is_over_the_days_since_it_was_begun(session: Session, ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=604, duration=30)
    ada.log(amount=Decimal(104))
    ada.on(10)
    change(ada, goal, duration=20)
    shown = ada.reading()
    assert shown.plan is not None
    assert shown.today is not None
    assert (shown.plan.terms.starts, shown.plan.version, shown.today.portion.amount) == (TODAY, 2, 50)
    change(ada, goal, asks=RANGE, amount=None, span=WHOLE)
    change(ada, goal, duration=None)
    shown = ada.reading()
    assert shown.today is not None
    assert (shown.standing, shown.before.verses, shown.today.portion.verses) == (None, (), (WHOLE,))
    change(ada, goal, asks=AMOUNT, amount=604, span=None, duration=30)
    shown = ada.reading()
    assert shown.today is not None
    assert shown.today.portion.amount == 25
    assert make.tags(session, goal) == ["reading:start", *["reading:change"] * 4]
    assert list(reading_findings(session)) == []


def test_a_change_that_cannot_be_changes_nothing(session: Session, ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=604, duration=30)
    session.commit()
    before = make.everything(session)
    for said in ({"asks": RANGE}, {"mushaf": 7}, {"duration": 0}, {"amount": 605}, {"asks": TIME, "amount": 59}):
        with pytest.raises(Invalid):
            change(ada, goal, **said)
        session.rollback()
    with pytest.raises(Conflict):
        reading_goals.change(session, ada.viewer, goal.public_id, PlanChanges(duration=9), seen=2)
    with pytest.raises(NotFound):
        reading_goals.change(session, Reader(session, "Bea").viewer, goal.public_id, PlanChanges(duration=9))
    session.rollback()
    assert make.everything(session) == before


def test_a_goal_moves_to_another_category(session: Session, ada: Reader) -> None:
    goal = ada.start(TIME, amount=600)
    ada.log(seconds=600)
    change(ada, goal, category=Category.COURSE)
    course, quran = ada.reading(Category.COURSE), ada.reading()
    assert course.plan is not None
    assert course.today is not None
    assert (course.plan.id, course.today.progress, quran.plan) == (goal.public_id, 0, None)
    ada.start(TIME, amount=900)
    with pytest.raises(Invalid) as caught:
        change(ada, goal, category=Category.QURAN)
    assert problems(caught) == [("category", "goal_is_live")]
    with pytest.raises(Invalid) as caught:
        change(ada, goal, category=Category.BOOK)
    assert problems(caught) == [("category", "which_book")]


def test_a_goal_that_moves_makes_a_reached_one_over(ada: Reader) -> None:
    reached = ada.start(AMOUNT, Category.COURSE, amount=1, duration=9)
    ada.log(Category.COURSE, amount=Decimal(1))
    goal = ada.start(TIME, amount=600)
    change(ada, goal, category=Category.COURSE)
    assert (reached.outcome, goal.ended_at) == (Outcome.ACHIEVED, None)
    shown = ada.reading(Category.COURSE)
    assert shown.plan is not None
    assert shown.plan.id == goal.public_id


def test_the_size_of_a_book_stays_with_the_book(ada: Reader) -> None:
    book = ada.book(size=20)
    goal = ada.start(AMOUNT, book=book, amount=20, duration=5)
    change(ada, goal, category=Category.COURSE, amount=200)
    shown = ada.reading(Category.COURSE)
    assert shown.today is not None
    assert shown.today.portion.amount == 40


# Ending.


def test_an_ended_goal_is_out_of_the_way_and_what_was_read_stays(session: Session, ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=604, duration=30)
    ada.log(amount=Decimal(21))
    with pytest.raises(NotFound):
        reading_goals.end(session, ada.viewer, goal.public_id, Category.COURSE)
    reading_goals.end(session, ada.viewer, goal.public_id, Category.QURAN)
    assert (goal.outcome, goal.ended_at) == (Outcome.ABANDONED, make.NOW)
    shown = ada.reading()
    assert (shown.plan, shown.today, shown.read.amount) == (None, None, 21)
    for again in (reading_goals.end, lambda *of: reading_goals.change(*of, PlanChanges(duration=3))):
        with pytest.raises(NotFound):
            again(session, ada.viewer, goal.public_id)
    with pytest.raises(NotFound):
        reading_goals.end(session, Reader(session, "Bea").viewer, goal.public_id)
    ada.start(TIME, amount=600)


def test_a_goal_taken_up_again_has_its_days_as_they_were(session: Session, ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=604, duration=30)
    ada.log(amount=Decimal(21))
    reading_goals.end(session, ada.viewer, goal.public_id)
    ada.on(1)
    ada.log(amount=Decimal(50))
    ada.on(2)
    with pytest.raises(NotFound):
        reading_goals.resume(session, Reader(session, "Bea").viewer, goal.public_id)
    reading_goals.resume(session, ada.viewer, goal.public_id)
    shown = ada.reading()
    assert shown.today is not None
    assert (shown.before.amount, shown.today.portion.amount, goal.outcome) == (71, -(-533 // 28), None)
    with pytest.raises(NotFound):
        reading_goals.resume(session, ada.viewer, goal.public_id)
    assert make.tags(session, goal) == ["reading:start", "reading:end", "reading:resume"]
    assert list(reading_findings(session)) == []


def test_no_goal_is_taken_up_again_beside_another(session: Session, ada: Reader) -> None:
    first = ada.start(AMOUNT, amount=604, duration=30)
    reading_goals.end(session, ada.viewer, first.public_id)
    second = ada.start(TIME, amount=600)
    with pytest.raises(Invalid) as caught:
        reading_goals.resume(session, ada.viewer, first.public_id)
    assert list(caught.value.problems) == [Problem("category", "goal_is_live", {"id": second.public_id})]


def test_when_the_time_is_over_all_that_is_left_is_asked(ada: Reader) -> None:
    goal = ada.start(AMOUNT, amount=604, duration=30)
    ada.log(amount=Decimal(484))
    ada.on(45)
    shown = ada.reading()
    assert shown.today is not None
    assert (shown.today.portion.amount, shown.standing) == (
        120,
        Standing(round(Decimal(484) / 604, 6), Decimal(120), 1, False),
    )
    assert shown.week(ada.viewer.today) == [(TODAY + timedelta(days=45), shown.today.portion)]
    ada.log(amount=Decimal(120))
    assert goal.reached_at == ada.viewer.now
