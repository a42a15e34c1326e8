"""What goes into a column comes out of it again, on both databases; what does not fit is refused."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from tests import make
from webapp.domain.goals import Kind
from webapp.models import Entry, Goal, Membership, Occurrence, Organisation, Person, ReportingLine, ScheduleVersion
from webapp.models.base import new_public_id


@pytest.fixture
def walk(session: Session) -> Goal:
    return make.goal(session, make.viewer(session, make.person(session)))


@pytest.mark.parametrize("amount", ["0", "0.000001", "-0.5", "999999999999.999999", "1E+3", "12.50"])
def test_an_amount_is_exact(session: Session, walk: Goal, amount: str) -> None:
    walk.target = Decimal(amount)
    session.flush()
    session.expire(walk)
    assert walk.target == Decimal(amount)
    assert "E" not in str(walk.target)


def test_amounts_are_compared_as_numbers(session: Session, walk: Goal) -> None:
    walk.target = Decimal("9.5")
    session.flush()
    assert session.scalar(select(Goal.id).where(Goal.target < Decimal(10))) == walk.id


def test_an_instant_is_the_same_moment_whatever_its_zone(session: Session, walk: Goal) -> None:
    walk.completed_at = datetime(2026, 3, 29, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    session.flush()
    session.expire(walk)
    assert walk.completed_at == datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    assert walk.completed_at.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(session: Session, walk: Goal) -> None:
    walk.completed_at = datetime(2026, 3, 29, 3, 30)  # noqa: DTZ001
    with pytest.raises(StatementError, match="carries its zone"):
        session.flush()
    session.rollback()


def test_a_word_that_is_none_of_the_list_is_refused(session: Session, walk: Goal) -> None:
    with pytest.raises(StatementError):
        session.execute(insert(Occurrence).values(goal_id=walk.id, local_date=make.days_ago(1), state="maybe"))
    session.rollback()


def test_public_ids_do_not_repeat() -> None:
    assert len({new_public_id() for _ in range(1_000)}) == 1_000


WRONG = {
    "a private goal of an organisation": (Goal, {"kind": Kind.PERSONAL, "organisation_id": "home"}),
    "an objective without an organisation": (Goal, {"kind": Kind.OBJECTIVE}),
    "a colour that does not exist": (Goal, {"kind": Kind.PERSONAL, "colour": 13}),
    "a goal of nobody": (Goal, {"kind": Kind.PERSONAL, "owner_id": 10_000}),
    "a fact that says nothing": (Entry, {}),
    "two rows of one day": (Occurrence, {"local_date": make.TODAY}),
    "two current schedules": (ScheduleVersion, {"valid_from": make.days_ago(9), "is_current": True}),
    "two schedules from one day": (ScheduleVersion, {"valid_from": make.TODAY, "is_current": False}),
    "two people of one address": (Person, {"email_key": "hers"}),
    "a day that starts at 24": (Person, {"email_key": "x", "day_start": 24}),
    "one's own manager": (ReportingLine, {"organisation_id": "home", "manager_id": "ada"}),
    "a member of no organisation": (Membership, {"organisation_id": 10_000}),
    "an organisation without a name": (Organisation, {"name": None}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_tables_refuse_what_must_not_be(session: Session, walk: Goal, wrong: str) -> None:
    ada, home = session.get_one(Person, walk.owner_id), make.organisation(session)
    usual = {
        **dict.fromkeys(("created_at", "updated_at", "at", "recorded_at"), make.NOW),
        **dict.fromkeys(("owner_id", "person_id", "subject_id", "author_id"), ada.id),
        "goal_id": walk.id,
        "local_date": make.TODAY,
        "start": make.TODAY,
        "since": make.TODAY,
        "title": b"",
        "zone": "Etc/UTC",
        "frequency": "Daily",
        "days": [],
        "email": "x",
        "name": "x",
    }
    names = {"home": home.id, "ada": ada.id, "hers": ada.email_key}
    table, given = WRONG[wrong]
    values = {key: names.get(str(value), value) for key, value in given.items()}
    columns = table.__table__.columns.keys()
    session.add(table(**{key: value for key, value in {**usual, **values}.items() if key in columns}))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
