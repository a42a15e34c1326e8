"""What was read goes into the ledger and can be taken back; days, streaks and goals say what the ledger says."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from tests.reading import DAY, Reader
from webapp.actions import reading_goals, reading_log
from webapp.actions.reading_log import Logged
from webapp.domain.days import instant_of
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.quran import WHOLE, kept_pages, pages_of
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import ReadingDraft
from webapp.domain.reading_streaks import runs
from webapp.domain.tracking import Source
from webapp.models import Entry, ReadingBatch
from webapp.queries import reading_days
from webapp.queries.doctor_reading import reading_findings

Q = Category.QURAN


@pytest.fixture
def ada(app: Flask, session: Session) -> Reader:
    return Reader(session)


def problems(caught: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in caught.value.problems]


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Entry)) or 0


# One day.


def test_batches_add_up_and_verses_unite(session: Session, ada: Reader) -> None:
    first = ada.log(seconds=600, verses=((1, 50),))
    ada.log(seconds=60, verses=((40, 60), (100, 110)), amount=Decimal("1.5"))
    (day,) = ada.days()
    assert (day.local_date, day.batches, day.seconds, day.by_hand) == (TODAY, 2, 660, 660)
    assert (day.verses, day.amount) == ([[1, 60], [100, 110]], Decimal("1.5"))
    assert day.filled == Decimal("1.5") + kept_pages(pages_of(((1, 60), (100, 110))))
    assert make.tags(session)[-2:] == ["reading:log", "reading:log"]
    assert [one.id for one in reading_days.said(session, ada.viewer, ada.reading().work.id, TODAY)][-1] == (
        first.entry_id
    )


def test_parts_that_overlap_count_once_and_are_kept_in_order(session: Session, ada: Reader) -> None:
    ada.log(verses=((40, 60), (1, 50), (55, 60)))
    entry = session.scalars(select(Entry)).one()
    assert session.scalars(select(ReadingBatch)).one().verses == [[1, 60]]
    assert entry.value == kept_pages(pages_of(((1, 60),)))


def test_only_what_a_person_typed_is_by_hand(session: Session, ada: Reader) -> None:
    reading_log.log(session, ada.viewer, ReadingDraft(seconds=60), Q, source=Source.API)
    ada.log(seconds=30)
    (day,) = ada.days()
    assert (day.seconds, day.by_hand) == (90, 30)


def test_said_again_under_its_name_it_adds_nothing(session: Session, ada: Reader) -> None:
    first = ada.log(seconds=600, source_uid="a-1")
    assert ada.log(seconds=600, source_uid="a-1") == first
    ada.on(3)
    assert ada.log(seconds=9, verses=((1, 7),), source_uid="a-1") == first
    assert entries(session) == 1
    assert ada.log(seconds=600, source_uid="a-2") != first
    ada.log(seconds=600)
    ada.log(seconds=600)
    assert [day.seconds for day in ada.days()] == [600, 1_800]
    bea = Reader(session, "Bea")
    assert bea.log(seconds=600, source_uid="a-1") != first


def test_a_name_that_something_else_has_does_not_hide_what_was_read(session: Session, ada: Reader) -> None:
    walk = make.goal(session, ada.viewer)
    make.tick(session, ada.viewer, walk, TODAY)
    make.ledger(session, walk)[0].source_uid = "a-1"
    ada.log(seconds=600, source_uid="a-1")
    assert [day.seconds for day in ada.days()] == [600]


def test_a_day_has_no_more_than_its_hours(ada: Reader) -> None:
    ada.log(seconds=86_000)
    with pytest.raises(Invalid) as caught:
        ada.log(seconds=401)
    assert problems(caught) == [("seconds", "day_is_full")]
    ada.log(seconds=400)
    ada.log(amount=Decimal(1))
    ada.log(seconds=86_400, day=days_ago(1))
    ada.log(Category.COURSE, seconds=86_400)
    assert [day.seconds for day in ada.days()] == [86_400, 86_400, 86_400]


@pytest.mark.parametrize(
    "said",
    [{}, {"seconds": 60, "day": days_ago(-1)}, {"verses": ((0, 1),)}, {"amount": Decimal("NaN")}, {"seconds": 90_000}],
)
def test_what_cannot_be_leaves_nothing_behind(session: Session, ada: Reader, said: dict[str, Any]) -> None:
    session.commit()
    before = make.everything(session)
    with pytest.raises(Invalid):
        ada.log(**said)
    assert make.everything(session) == before


def test_nothing_of_somebody_elses_is_reached(session: Session, ada: Reader) -> None:
    bea = Reader(session, "Bea")
    book, said = bea.book(), bea.log(seconds=60)
    with pytest.raises(NotFound):
        ada.log(book=book, amount=Decimal(1))
    with pytest.raises(NotFound):
        ada.take_back(said)
    ada.log(seconds=60)
    assert reading_days.said(session, ada.viewer, bea.reading().work.id, TODAY) == []
    assert [day.seconds for day in bea.days()] == [60]


def test_which_book_has_to_be_said(ada: Reader) -> None:
    with pytest.raises(Invalid) as caught:
        ada.log(Category.BOOK, amount=Decimal(1))
    assert problems(caught) == [("category", "which_book")]
    with pytest.raises(Invalid) as caught:
        ada.log(Category.QURAN, book=ada.book(), verses=((1, 7),))
    assert problems(caught) == [("verses", "no_verses")]


# Taking back.


def test_taken_back_it_counts_no_more_and_the_ledger_keeps_both(session: Session, ada: Reader) -> None:
    first, second = ada.log(seconds=600, verses=((1, 50),)), ada.log(seconds=60, verses=((40, 60),))
    assert ada.take_back(first) == TODAY
    (day,) = ada.days()
    assert (day.batches, day.seconds, day.verses) == (1, 60, [[40, 60]])
    assert ada.take_back(first) == TODAY
    assert entries(session) == 3
    ada.take_back(second)
    assert ada.days() == []
    assert ada.streaks("quran") == ada.streaks("any") == []
    assert ada.reading().day is None
    assert list(reading_findings(session)) == []


def test_what_takes_back_cannot_be_taken_back(session: Session, ada: Reader) -> None:
    said = ada.log(seconds=600)
    ada.take_back(said)
    (instead,) = session.scalars(select(Entry).where(Entry.supersedes_id.is_not(None)))
    with pytest.raises(NotFound):
        ada.take_back(Logged(instead.public_id, TODAY))


# How far they are.


def test_the_quran_goes_on_where_it_was_left(ada: Reader) -> None:
    ada.log(verses=((1, 50),))
    last = ada.log(verses=((51, 100),))
    ada.log(seconds=600)
    ada.log(verses=((5_000, 5_010),), day=days_ago(3))
    assert ada.reading().work.place == 100
    ada.take_back(last)
    assert ada.reading().work.place == 50
    ada.log(amount=Decimal(4))
    assert ada.reading().work.place == 50


def test_yesterdays_reading_said_today_is_where_they_are_until_they_read_on(ada: Reader) -> None:
    ada.log(verses=((1, 50),), day=days_ago(4))
    late = ada.log(verses=((51, 99),), day=days_ago(1))
    assert ada.reading().work.place == 99
    ada.take_back(late)
    assert ada.reading().work.place == 50


def test_a_book_is_as_far_as_its_pages_come_to(ada: Reader) -> None:
    book = ada.book(size=900)
    first = ada.log(book=book, amount=Decimal(45))
    halves = [ada.log(book=book, amount=Decimal("0.5")) for _ in range(3)]
    ada.log(book=book, seconds=600)
    assert ada.reading(book=book).work.place == 46
    ada.take_back(halves[0])
    assert ada.reading(book=book).work.place == 46
    ada.take_back(halves[1])
    assert ada.reading(book=book).work.place == 45
    ada.take_back(first)
    assert ada.reading(book=book).work.place == 0
    ada.take_back(halves[2])
    assert ada.reading(book=book).work.place is None


def test_verses_are_no_part_of_a_course(ada: Reader) -> None:
    with pytest.raises(Invalid) as caught:
        ada.log(Category.COURSE, verses=((1, 293),))
    assert problems(caught) == [("verses", "no_verses")]
    ada.log(Category.COURSE, amount=Decimal(2))
    assert ada.reading(Category.COURSE).work.place == 2


# A day remembers what was asked of it.


def test_a_day_is_measured_by_what_was_asked_of_it_also_when_the_goal_is_over(session: Session, ada: Reader) -> None:
    goal = ada.start(Asks.AMOUNT, amount=20)
    first, _ = ada.log(amount=Decimal(10)), ada.log(amount=Decimal(5))
    (day,) = ada.days()
    assert (day.asked, day.progress) == (20, Decimal("0.75"))
    reading_goals.end(session, ada.viewer, goal.public_id)
    ada.take_back(first)
    assert (day.asked, day.progress) == (20, Decimal("0.25"))
    ada.on(1)
    ada.log(amount=Decimal(15), day=TODAY)
    ada.log(amount=Decimal(1))
    assert [(day.asked, day.progress) for day in ada.days()] == [(20, 1), (None, None)]


def test_a_day_said_later_knows_what_it_would_have_been_asked(ada: Reader) -> None:
    ada.start(Asks.AMOUNT, amount=604, duration=30)
    ada.on(3)
    ada.log(amount=Decimal(21), day=TODAY)
    assert [(day.asked, day.progress) for day in ada.days()] == [(21, 1)]
    shown = ada.reading()
    assert shown.today is not None
    assert shown.today.portion.amount == -(-583 // 27)
    ada.log(amount=Decimal(1), day=days_ago(1))
    assert ada.days()[0].asked is None


# Streaks.


def test_streaks_are_of_each_category_and_of_all(session: Session, ada: Reader) -> None:
    first, second = ada.book("One"), ada.book("Two")
    ada.log(seconds=60, day=days_ago(3))
    ada.log(book=first, amount=Decimal(1), day=days_ago(2))
    late = ada.log(book=second, amount=Decimal(1), day=days_ago(1))
    ada.log(seconds=60)
    assert ada.streaks("quran") == [(days_ago(3), days_ago(3), 1), (TODAY, TODAY, 1)]
    assert ada.streaks("book") == [(days_ago(2), days_ago(1), 2)]
    assert ada.streaks("any") == [(days_ago(3), TODAY, 4)]
    ada.take_back(late)
    assert ada.streaks("any") == [(days_ago(3), days_ago(2), 2), (TODAY, TODAY, 1)]
    assert list(reading_findings(session)) == []


categories = st.sampled_from(["quran", "course", "book"])
steps = st.lists(st.tuples(st.booleans(), st.integers(0, 12), categories), max_size=16)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_streaks_are_the_runs_of_the_days_whatever_is_said_and_taken_back(
    session: Session, ada: Reader, said: list[tuple[bool, int, str]]
) -> None:
    session.commit()
    try:
        books = [ada.book("One"), ada.book("Two")]
        standing: dict[tuple[str, date], list[Logged]] = {}
        for number, (more, back, category) in enumerate(said):
            there = standing.setdefault((category, days_ago(back)), [])
            if more:
                book = books[number % 2] if category == "book" else ""
                there.append(ada.log(Category(category), book=book, seconds=60, day=days_ago(back)))
            elif there:
                ada.take_back(there.pop())
            lived = {key for key, logged in standing.items() if logged}
            for one in ("quran", "course", "book", "any"):
                due = runs(day for kind, day in lived if one in (kind, "any"))
                assert ada.streaks(one) == [(run.first, run.last, run.days) for run in due]
    finally:
        session.rollback()


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("Pacific/Apia", date(2026, 4, 5)),
    ],
)
def test_a_clock_change_leaves_a_streak_whole(session: Session, zone: str, change: date) -> None:
    for wall in (time(0, 30), time(2, 30), time(23, 30)):
        mia = Reader(session, "Mia", zone=zone, day_start=0)
        for number in range(-3, 4):
            mia.viewer = make.viewer(session, mia.person, instant_of(change + number * DAY, wall, zone))
            mia.log(seconds=60)
        assert mia.streaks("quran") == [(change - 3 * DAY, change + 3 * DAY, 7)]


def test_before_the_day_start_it_is_still_yesterday(session: Session) -> None:
    owl = Reader(session, "Owl", day_start=4)
    for hour in (3, 5):
        owl.viewer = make.viewer(session, owl.person, datetime(2026, 3, 10, hour - 1, 30, tzinfo=UTC))
        owl.log(seconds=60)
    assert owl.streaks("any") == [(days_ago(1), TODAY, 2)]


# Travel.


def test_another_zone_moves_no_day(session: Session, ada: Reader) -> None:
    ada.start(Asks.RANGE, span=WHOLE, duration=30, mushaf=4)
    for number, zone in enumerate(("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Pacific/Kiritimati")):
        ada.on(2 * number, zone)
        ada.log(seconds=60)
    lived = [day.local_date for day in ada.days()]
    assert lived == [date(2026, 3, day) for day in (11, 12, 14, 17)]
    for zone in ("Pacific/Pago_Pago", "Asia/Kolkata"):
        ada.on(6, zone)
        assert [day.local_date for day in ada.days()] == lived
        assert ada.reading().plan is not None
    assert list(reading_findings(session)) == []


def test_whoever_flies_west_lives_the_day_before_again(session: Session, ada: Reader) -> None:
    ada.on(0, "Pacific/Kiritimati")
    goal = ada.start(Asks.AMOUNT, amount=604, duration=30)
    ada.log(amount=Decimal(21))
    ada.on(1)
    ada.log(amount=Decimal(30))
    back = ada.on(1, "Pacific/Pago_Pago")
    assert back.today == date(2026, 3, 11)
    assert goal.starts == date(2026, 3, 11)
    shown = ada.reading()
    assert shown.today is not None
    assert shown.standing is not None
    assert (shown.today.portion.amount, shown.today.progress) == (21, 1)
    ada.log(amount=Decimal(9))
    shown = ada.reading()
    assert (shown.read.amount, shown.before.amount) == (30, 0)
    ada.on(2, "Pacific/Kiritimati")
    shown = ada.reading()
    assert shown.before.amount == 60
    assert list(reading_findings(session)) == []


def test_a_day_west_of_where_a_goal_was_begun_lies_before_it_and_moves_nothing(session: Session, ada: Reader) -> None:
    ada.on(0, "Pacific/Kiritimati")
    goal = ada.start(Asks.AMOUNT, amount=604, duration=30)
    ada.on(0, "Pacific/Pago_Pago")
    assert (goal.starts - ada.viewer.today).days == 1
    shown = ada.reading()
    assert shown.today is not None
    assert shown.today.portion.amount == 21
    ada.log(amount=Decimal(34))
    for days in (0, 1, 2):
        ada.on(days, "Pacific/Kiritimati")
        assert ada.reading().before.amount == 0
    assert (goal.starts, goal.duration) == (TODAY + DAY, 30)
    assert list(reading_findings(session)) == []


def test_who_flies_west_has_read_what_they_read(session: Session, ada: Reader) -> None:
    ada.on(0, "Pacific/Kiritimati")
    goal = ada.start(Asks.AMOUNT, amount=10, duration=30)
    ada.log(amount=Decimal(10))
    assert goal.reached_at is not None
    ada.on(0, "Pacific/Pago_Pago")
    standing = ada.reading().standing
    assert standing is not None
    assert (standing.share, standing.reached) == (1, True)
    ada.log(seconds=60)
    assert goal.reached_at is not None
    ada.on(1, "Pacific/Pago_Pago")
    assert ada.start(Asks.AMOUNT, amount=20).public_id != goal.public_id, "it made room"
    assert list(reading_findings(session)) == []


def test_what_was_read_where_it_is_tomorrow_can_be_taken_back_today(session: Session, ada: Reader) -> None:
    ada.start(Asks.TIME, amount=36_000, duration=30)
    ada.on(0, "Pacific/Kiritimati")
    said, kept = ada.log(seconds=600), ada.log(seconds=60)
    ada.on(0, "Europe/Berlin")
    assert ada.take_back(said) == TODAY + DAY
    (day,) = ada.days()
    assert (day.seconds, day.asked, ada.streaks("any")) == (60, -(-36_000 // 29), [(TODAY + DAY, TODAY + DAY, 1)])
    ada.take_back(kept)
    assert ada.days() == []
    assert list(reading_findings(session)) == []
