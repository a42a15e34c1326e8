"""What is worth bringing to somebody's mind: only what is still open, and what they may still know of."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.make import NOW, TODAY
from tests.reading import Reader
from tests.relations import Relation
from webapp.actions import goals, grants, pauses, reading_goals
from webapp.domain.pauses import Pause
from webapp.domain.people import MembershipStatus, Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reading import Asks, Category
from webapp.domain.reminders import About
from webapp.domain.reviews import Verdict
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import DayState
from webapp.models import Membership, Person
from webapp.queries import nudges

DAY = timedelta(days=1)


@pytest.fixture
def ada(app: Flask, session: Session) -> Viewer:
    return make.viewer(session, make.person(session))


@pytest.fixture
def reader(app: Flask, session: Session) -> Reader:
    return Reader(session)


def after(session: Session, person: Person, days: int) -> Viewer:
    session.expire_all()
    return make.viewer(session, person, NOW + days * DAY)


def titles(session: Session, viewer: Viewer) -> list[str]:
    return [due.title for due in nudges.digest(session, viewer).due]


def test_day_without_anything_has_nothing_to_say(session: Session, ada: Viewer) -> None:
    assert nudges.digest(session, ada).count == 0


def test_digest_names_what_is_due_and_open(session: Session, ada: Viewer) -> None:
    walk, read, sing, swim, run, cook = (
        make.goal(session, ada, title) for title in ("Walk", "Read", "Sing", "Swim", "Run", "Cook")
    )
    make.goal(session, ada, "Tomorrow", make.schedule(start=TODAY + DAY))
    assert titles(session, ada) == ["Walk", "Read", "Sing", "Swim", "Run", "Cook"]
    make.tick(session, ada, walk, TODAY)
    make.tick(session, ada, read, TODAY, DayState.SKIPPED)
    pauses.plan(session, ada, Pause(TODAY, TODAY), sing)
    goals.archive(session, ada, swim)
    goals.delete(session, ada, run)
    assert titles(session, ada) == ["Cook"]
    assert nudges.digest(session, ada).count == 1
    make.tick(session, ada, cook, TODAY)
    assert nudges.digest(session, ada).count == 0


def test_goal_without_fixed_days_counts_until_it_is_kept(session: Session, ada: Viewer) -> None:
    twice = make.schedule(Frequency.QUOTA, TODAY - 7 * DAY, times=2, period=QuotaPeriod.WEEK)
    swim = make.goal(session, ada, "Swim", twice)
    assert titles(session, ada) == ["Swim"]
    make.tick(session, ada, swim, TODAY - DAY)
    assert titles(session, ada) == ["Swim"]
    make.tick(session, ada, swim, TODAY)
    assert titles(session, ada) == []


def test_one_time_goal_whose_day_has_passed_is_counted(session: Session, ada: Viewer) -> None:
    made = make.goal(session, ada, "Passport", make.schedule(Frequency.ONE_TIME, TODAY, TODAY))
    later = after(session, session.get_one(Person, ada.id), 2)
    found = nudges.digest(session, later)
    assert ([one.title for one in found.overdue], found.due, found.count) == (["Passport"], [], 1)
    make.tick(session, later, made, TODAY)
    assert nudges.digest(session, later).count == 0


def test_what_waits_for_an_answer_is_counted(session: Session, app: Flask) -> None:
    they = Relation(session)
    they.send()
    assert nudges.digest(session, they.thea).waiting == 1
    assert nudges.digest(session, they.ada).waiting == 0
    assert nudges.digest(session, they.thea).count == 1


def test_portion_is_left_until_it_is_read(session: Session, reader: Reader) -> None:
    assert nudges.reading_left(session, reader.viewer) == []
    reader.book("No goal")
    assert nudges.reading_left(session, reader.viewer) == []
    plan = reader.start(Asks.TIME, amount=600)
    assert len(nudges.reading_left(session, reader.viewer)) == 1
    reader.log(seconds=300)
    (left,) = nudges.reading_left(session, reader.viewer)
    assert left.today is not None
    assert left.today.left.amount == 300
    assert nudges.digest(session, reader.viewer).count == 1
    reader.log(seconds=300)
    assert nudges.reading_left(session, reader.viewer) == []
    assert len(nudges.reading_left(session, reader.on(1))) == 1
    reading_goals.end(session, reader.viewer, plan.public_id)
    assert nudges.reading_left(session, reader.viewer) == []


def test_several_works_are_several_things(session: Session, reader: Reader) -> None:
    reader.start(Asks.TIME, amount=600)
    book = reader.book(size=300)
    reader.start(Asks.AMOUNT, Category.BOOK, book=book, amount=10, size=300)
    assert nudges.digest(session, reader.viewer).count == 2
    reader.log(Category.BOOK, book=book, amount=Decimal(10))
    assert nudges.digest(session, reader.viewer).count == 1


def test_mood_of_today_is_their_own_today(session: Session, ada: Viewer) -> None:
    bob = make.viewer(session, make.person(session, "Bob"))
    make.mood(session, bob)
    make.mood(session, ada, day=TODAY - DAY)
    assert not nudges.has_felt(session, ada)
    make.mood(session, ada)
    assert nudges.has_felt(session, ada)
    assert not nudges.has_felt(session, after(session, session.get_one(Person, ada.id), 1))


def days_of_nudges(they: Relation, until: int = 22) -> list[int]:
    they.session.commit()
    counted = [
        (day, nudges.reviews_to_nudge(they.session, after(they.session, they.therapist, day))) for day in range(until)
    ]
    return [day for day, count in counted if count]


def test_review_is_brought_to_mind_on_the_second_day_and_every_seventh(session: Session, app: Flask) -> None:
    they = Relation(session)
    assert days_of_nudges(they) == []
    round_ = they.send()
    assert days_of_nudges(they) == [2, 7, 14, 21]
    they.decide(round_, Verdict.APPROVE)
    assert days_of_nudges(they) == []


def test_all_that_wait_are_counted_on_the_day_of_one(session: Session, app: Flask) -> None:
    they = Relation(session)
    they.send()
    other = make.goal(session, they.ada, "Read")
    later = after(session, they.client, 1)
    they.ada = later
    they.send(goal=other)
    session.commit()
    assert nudges.reviews_to_nudge(session, after(session, they.therapist, 2)) == 2


@pytest.mark.parametrize("way", ["revoked", "expired", "goal gone", "not a therapist"])
def test_nothing_is_said_of_what_they_may_not_know(session: Session, app: Flask, way: str) -> None:
    they = Relation(session)
    they.send()
    thea = after(session, they.therapist, 2)
    assert nudges.reviews_to_nudge(session, thea) == 1
    if way == "revoked":
        grants.revoke(session, they.ada, they.grant.public_id)
    elif way == "expired":
        they.grant.expires_at = NOW + DAY
    elif way == "goal gone":
        goals.delete(session, they.ada, they.held())
    else:
        session.scalars(select(Membership)).one().status = MembershipStatus.SUSPENDED
    session.flush()
    assert nudges.reviews_to_nudge(session, thea) == 0
    assert nudges.digest(session, thea).count == 0


def test_days_of_waiting_are_those_of_the_reviewer(session: Session, app: Flask) -> None:
    they = Relation(session)
    they.therapist.zone = "Pacific/Auckland"
    they.send()
    assert date(2026, 3, 11) == after(session, they.therapist, 0).today
    assert days_of_nudges(they, 9) == [2, 7]


def test_reminders_of_reading_and_moods_are_over_once_it_is_done(session: Session, reader: Reader) -> None:
    reader.start(Asks.TIME, amount=600)
    assert not any(nudges.is_over(session, reader.viewer, about) for about in About)
    make.mood(session, reader.viewer)
    reader.log(seconds=600)
    assert [about for about in About if nudges.is_over(session, reader.viewer, about)] == [About.READING, About.MOOD]
