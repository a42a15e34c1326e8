"""What programs and people do to one person's reading at one moment: everything counts, once, and all of it agrees."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import make
from tests.faults.visitors import together
from webapp.actions import erasure, reading_goals, reading_log, works
from webapp.domain.errors import DomainError, Invalid, NotFound
from webapp.domain.people import Viewer
from webapp.domain.quran import WHOLE
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanDraft, ReadingDraft, WorkDraft
from webapp.domain.tracking import Source
from webapp.models import ActivityDay, Entry, Goal, Person, ReadingBatch, ReadingGoal, ReadingStreak, Work
from webapp.models.engine import begin_writing
from webapp.queries.doctor import examine
from webapp.queries.people import viewer_by_secret

ROUNDS, PROGRAMS = 4, 8
KHATM = PlanDraft(Category.QURAN, Asks.RANGE, span=WHOLE, duration=30)
Act = Callable[[Session, Viewer], object]


class House:
    """Somebody who reads; every act in a session and transaction of its own, let in as every request is."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self.engine = engine
        person = make.person(session)
        self.person, self.now = person.id, datetime.now(UTC)
        self.secret = make.sign_in(session, person, self.now)
        session.commit()

    def act(self, what: Act) -> Callable[[], object]:
        """What came of it, committed; refusals of the rules are answers too, None is what somebody gets who is gone."""

        def done() -> object:
            with Session(self.engine, expire_on_commit=False) as session:
                begin_writing(session)
                viewer = viewer_by_secret(session, self.secret, self.now, hold=True)
                if viewer is None:
                    return None
                try:
                    answer = what(session, viewer)
                    session.commit()
                except DomainError as error:
                    session.rollback()
                    return error
                return answer

        return done

    def log(self, draft: ReadingDraft, category: Category = Category.QURAN, work: str = "") -> Callable[[], object]:
        return self.act(
            lambda session, viewer: (
                reading_log.log(session, viewer, draft, category, work_id=work, source=Source.API).entry_id
            )
        )

    def take_back(self, entry: str) -> Callable[[], object]:
        return self.act(lambda session, viewer: reading_log.take_back(session, viewer, entry))

    def start(self, draft: PlanDraft = KHATM, work: str = "") -> Callable[[], object]:
        return self.act(lambda session, viewer: reading_goals.start(session, viewer, draft, work).public_id)

    def end(self, goal: str) -> Callable[[], object]:
        return self.act(lambda session, viewer: bool(reading_goals.end(session, viewer, goal)))

    def book(self) -> str:
        def add(session: Session, viewer: Viewer) -> str:
            return session.get_one(Goal, works.add(session, viewer, WorkDraft("Middlemarch")).goal_id).public_id

        return str(self.act(add)())

    def erase(self) -> object:
        with Session(self.engine) as session:
            begin_writing(session)
            erasure.erase(session, self.person, self.now)
            session.commit()
        return True

    def days(self) -> list[ActivityDay]:
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(select(ActivityDay).order_by(ActivityDay.goal_id)))

    def count(self, table: type[Work | ReadingGoal | ReadingStreak | ReadingBatch | Entry]) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def findings(self) -> list[str]:
        with Session(self.engine) as session:
            return [str(finding) for finding in examine(session, self.now.date(), self.now)]


@pytest.fixture
def house(app: Flask, engine: Engine, session: Session) -> House:
    return House(engine, session)


def test_what_programs_log_at_one_moment_all_counts(house: House) -> None:
    """The first of them make the work, its day and its streaks; of verses that two of them say each counts once."""
    for number in range(ROUNDS):
        said = [
            ReadingDraft(seconds=60, amount=Decimal("0.5"), verses=((1 + 10 * one, 15 + 10 * one),))
            for one in range(PROGRAMS)
        ]
        answers = together(*[house.log(draft) for draft in said])
        assert len(set(answers)) == PROGRAMS, answers
        (day,) = house.days()
        assert (day.batches, day.seconds) == (PROGRAMS * (number + 1), 60 * PROGRAMS * (number + 1))
        assert (day.amount, day.verses) == (Decimal("0.5") * PROGRAMS * (number + 1), [[1, 85]])
    assert (house.count(Work), house.count(ReadingStreak)) == (1, 2)
    assert house.findings() == []


def test_the_same_reading_sent_twice_at_once_counts_once(house: House) -> None:
    for number in range(ROUNDS):
        draft = ReadingDraft(seconds=60, source_uid=f"sitting {number}")
        answers = together(*[house.log(draft)] * 3)
        assert len(set(answers)) == 1, answers
        assert isinstance(answers[0], str)
    (day,) = house.days()
    assert (day.batches, day.seconds) == (ROUNDS, 60 * ROUNDS)
    assert house.findings() == []


def test_a_day_is_never_longer_than_a_day(house: House) -> None:
    answers = together(*[house.log(ReadingDraft(seconds=20_000)) for _ in range(PROGRAMS)])
    assert sum(isinstance(answer, str) for answer in answers) == 4, answers
    assert sum(isinstance(answer, Invalid) for answer in answers) == 4, answers
    assert [day.seconds for day in house.days()] == [80_000]
    assert house.findings() == []


def test_of_two_goals_of_one_category_begun_at_once_one_stands(house: House) -> None:
    for _ in range(ROUNDS):
        answers = together(house.start(), house.start(PlanDraft(Category.QURAN, Asks.TIME, amount=600)))
        (refused,) = [answer for answer in answers if isinstance(answer, Invalid)]
        (begun,) = [str(answer) for answer in answers if isinstance(answer, str)]
        assert [(problem.code, problem.params) for problem in refused.problems] == [("goal_is_live", {"id": begun})]
        assert house.findings() == []
        assert house.end(begun)() is True
    assert (house.count(Work), house.count(ReadingGoal)) == (1, ROUNDS)


def test_what_is_logged_while_something_is_taken_back_counts(house: House) -> None:
    house.start()()
    for number in range(ROUNDS):
        gone = str(house.log(ReadingDraft(seconds=600, verses=((1, 300),)))())
        kept = ReadingDraft(seconds=60, verses=((301 + number, 301 + number),))
        answers = together(house.take_back(gone), house.log(kept), house.take_back(gone))
        assert not [answer for answer in answers if isinstance(answer, Exception)], answers
        (day,) = house.days()
        assert (day.seconds, day.verses) == (60 * (number + 1), [[301, 301 + number]])
        assert house.findings() == []
    assert house.count(Entry) == 3 * ROUNDS


def test_the_last_reading_of_a_day_taken_back_while_another_is_logged_leaves_one_streak(house: House) -> None:
    book = house.book()
    for _ in range(ROUNDS):
        gone = str(house.log(ReadingDraft(seconds=60))())
        other = house.log(ReadingDraft(seconds=60), Category.BOOK, book)
        _, entry = together(house.take_back(gone), other)
        assert [day.seconds for day in house.days()] == [60]
        assert house.count(ReadingStreak) == 2
        assert house.findings() == []
        house.take_back(str(entry))()
        assert (house.days(), house.count(ReadingStreak)) == ([], 0)


def test_a_goal_ended_while_something_is_logged_is_over_and_what_was_read_stays(house: House) -> None:
    for number in range(ROUNDS):
        begun = str(house.start()())
        said = ReadingDraft(seconds=60, verses=((1 + number, 1 + number),))
        answers = together(house.end(begun), house.log(said), house.end(begun))
        assert isinstance(answers[1], str), answers
        assert sorted(isinstance(answers[at], NotFound) for at in (0, 2)) == [False, True]
        assert house.findings() == []
    (day,) = house.days()
    assert (day.seconds, day.verses) == (60 * ROUNDS, [[1, ROUNDS]])


def test_what_is_logged_while_its_reader_is_erased_is_gone_with_them(house: House, session: Session) -> None:
    house.start()()
    answers = together(house.erase, *[house.log(ReadingDraft(seconds=60)) for _ in range(4)])
    assert answers[0] is True
    assert all(answer is None or isinstance(answer, str) for answer in answers[1:]), answers
    for table in (Work, ReadingGoal, ReadingStreak, ReadingBatch, Entry):
        assert house.count(table) == 0
    assert house.findings() == []
    assert session.scalar(select(Person.deleted_at).where(Person.id == house.person)) is not None
