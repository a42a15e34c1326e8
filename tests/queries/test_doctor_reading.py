"""The doctor finds every planted fault in what is kept of reading, and nothing where nothing is wrong."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from tests import make
from tests.make import TODAY, days_ago
from tests.readers import KHATM, TITLE, read
from webapp.actions import reading_goals, reading_log
from webapp.domain.errors import Invalid
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.reading import Category
from webapp.domain.reading_drafts import ReadingDraft
from webapp.domain.tokens import Contract
from webapp.models import (
    ActivityDay,
    Entry,
    Goal,
    Person,
    ReadingBatch,
    ReadingClient,
    ReadingGoal,
    ReadingStreak,
    ReadingToken,
    Token,
    Work,
)
from webapp.queries.doctor import examine


@pytest.fixture
def ada(session: Session) -> Viewer:
    her = make.viewer(session, make.person(session))
    read(session, her)
    session.commit()
    return her


def findings(session: Session) -> list[str]:
    session.flush()
    found = [str(finding) for finding in examine(session, TODAY)]
    session.expire_all()
    return found


def test_nothing_is_found_where_nothing_is_wrong(session: Session, ada: Viewer) -> None:
    assert len(session.scalars(select(ReadingStreak)).all()) == 5
    assert findings(session) == []
    travelled = replace(ada, today=days_ago(1))
    reading_log.log(session, travelled, ReadingDraft(seconds=60), Category.QURAN)
    assert findings(session) == []


def bob(session: Session) -> int:
    return make.person(session, "Bob").id


def work_without_row(session: Session) -> None:
    her = session.scalars(select(Goal.owner_id).limit(1)).one()
    session.add(Goal(kind=Kind.READING, owner_id=her, created_at=make.NOW, updated_at=make.NOW))


def work_of_another_kind(session: Session) -> None:
    her = session.get_one(Person, session.scalars(select(Work.owner_id).limit(1)).one())
    goal = make.goal(session, make.viewer(session, her))
    session.add(Work(goal_id=goal.id, owner_id=her.id, category=Category.BOOK, unit="pages"))


def work_of_a_stranger(session: Session) -> None:
    session.execute(update(Work).where(Work.category == Category.BOOK).values(owner_id=bob(session)))


def wrong_place(session: Session) -> None:
    session.execute(update(Work).where(Work.category == Category.QURAN).values(place=7))


def entry_without_batch(session: Session) -> None:
    session.execute(delete(ReadingBatch).where(ReadingBatch.amount == Decimal(20)))


def batch_of_no_work(session: Session) -> None:
    her = make.viewer(session, session.get_one(Person, session.scalars(select(Work.owner_id).limit(1)).one()))
    goal = make.goal(session, her)
    make.tick(session, her, goal, TODAY)
    session.add(ReadingBatch(entry_id=make.ledger(session, goal)[-1].id))


def entry_about_another(session: Session) -> None:
    session.execute(update(Entry).where(Entry.value == Decimal(20)).values(subject_id=bob(session)))


def moved_take_back(session: Session) -> None:
    session.execute(update(Entry).where(Entry.supersedes_id.is_not(None)).values(local_date=days_ago(3)))


def day_of_another(session: Session) -> None:
    session.execute(update(ActivityDay).where(ActivityDay.amount == Decimal(20)).values(owner_id=bob(session)))


def day_measured_by_another(session: Session) -> None:
    stranger = make.viewer(session, session.get_one(Person, bob(session)))
    goal = reading_goals.start(session, stranger, KHATM)
    session.execute(update(ActivityDay).values(reading_goal_id=goal.id))


def lost_day(session: Session) -> None:
    session.execute(delete(ActivityDay).where(ActivityDay.amount == Decimal(20)))


def day_of_nothing(session: Session) -> None:
    work = session.scalars(select(Work).where(Work.category == Category.BOOK)).one()
    session.add(ActivityDay(goal_id=work.goal_id, owner_id=work.owner_id, local_date=days_ago(2)))


def wrong_seconds(session: Session) -> None:
    session.execute(update(ActivityDay).where(ActivityDay.seconds == 700).values(seconds=701))


def wrong_verses(session: Session) -> None:
    session.scalars(select(ActivityDay).where(ActivityDay.local_date == days_ago(9))).one().verses = [[1, 2]]


def unmeasured_day(session: Session) -> None:
    session.execute(update(ActivityDay).where(ActivityDay.amount == Decimal(20)).values(progress=None))


def wrongly_settled(session: Session) -> None:
    session.scalars(_live()).one().covered = [[1, 6236]]


def settled_before_it_began(session: Session) -> None:
    session.execute(update(ReadingGoal).values(settled_until=days_ago(90)))


def wrongly_reached(session: Session) -> None:
    session.execute(update(ReadingGoal).where(ReadingGoal.ended_at.is_(None)).values(reached_at=make.NOW))


def over_without_outcome(session: Session) -> None:
    session.execute(update(ReadingGoal).where(ReadingGoal.ended_at.is_not(None)).values(outcome=None))


def longer_streak(session: Session) -> None:
    session.execute(update(ReadingStreak).where(ReadingStreak.category == "any").values(days=99))


def lost_streak(session: Session) -> None:
    session.execute(delete(ReadingStreak).where(ReadingStreak.category == "quran"))


def streak_of_nothing(session: Session) -> None:
    session.add(ReadingStreak(owner_id=bob(session), category="poem", first=TODAY, last=TODAY, days=1))


def erased_reader(session: Session) -> None:
    session.execute(update(Person).values(deleted_at=make.NOW))


def token_of_a_shut_out_program(session: Session) -> None:
    session.execute(update(ReadingClient).values(revoked_at=make.NOW))


def token_of_no_program(session: Session) -> None:
    session.execute(delete(ReadingToken))


def program_with_another_token(session: Session) -> None:
    session.execute(update(Token).values(contract=Contract.TRACKING.value))


def _live() -> object:
    return select(ReadingGoal).where(ReadingGoal.ended_at.is_(None))


FAULTS: dict[Callable[[Session], None], str] = {
    work_without_row: "is of reading without its work",
    work_of_another_kind: "has a work and is not of reading",
    work_of_a_stranger: "is another person's than its goal",
    wrong_place: "is read up to elsewhere",
    entry_without_batch: "does not say what was read",
    batch_of_no_work: "says what was read of no work",
    entry_about_another: "is about or by somebody else than the reader",
    moved_take_back: "takes back more than what was said",
    day_of_another: "is another person's than its work",
    day_measured_by_another: "is measured by somebody else's goal",
    lost_day: f"{days_ago(12)} has entries and no day",
    day_of_nothing: "shows other than its entries",
    wrong_seconds: "shows other than its entries",
    wrong_verses: "shows other than its entries",
    unmeasured_day: "is measured by no goal",
    wrongly_settled: "has settled other than its days",
    settled_before_it_began: "before it was begun",
    wrongly_reached: "whether it is reached",
    over_without_outcome: "is over and has no outcome",
    longer_streak: "has streaks of any that",
    lost_streak: "has streaks of quran that",
    streak_of_nothing: "has streaks of poem",
    erased_reader: "was erased and has something to read",
    token_of_a_shut_out_program: "is live though its program is shut out",
    token_of_no_program: "is for reading and of no program",
    program_with_another_token: "is of a program and not for reading",
}


def test_every_planted_fault_is_found(session: Session, ada: Viewer) -> None:
    """One life for all of them: each fault is planted and taken back."""
    for plant, words in FAULTS.items():
        plant(session)
        found = findings(session)
        session.rollback()
        assert any(words in finding for finding in found), (plant.__name__, found)
        assert not any(TITLE in finding for finding in found), plant.__name__
    assert findings(session) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_live_goals_of_one_work_are_found(session: Session, ada: Viewer) -> None:
    """The database refuses them; what was written around its index is found all the same."""
    with pytest.raises(Invalid):
        reading_goals.start(session, ada, KHATM)
    session.execute(text("DROP INDEX uq_reading_goal_live"))
    row = session.execute(select(ReadingGoal.__table__).where(ReadingGoal.ended_at.is_(None))).one()._asdict()
    session.execute(insert(ReadingGoal), {**row, "id": None, "public_id": "0" * 24})
    assert [finding for finding in findings(session) if "more than one live goal" in finding]
