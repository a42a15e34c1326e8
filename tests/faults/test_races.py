"""Two processes, one moment: the last tick completes a goal once, whoever comes first (two real servers, HTTP)."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.benchmarks.browser import Browser, signed_in
from tests.benchmarks.data import noon_zone
from tests.benchmarks.serving import served
from tests.faults.truth import ANNOUNCED, announced, faults
from tests.faults.visitors import Visitor, together
from webapp.actions import goals, people
from webapp.domain.goals import GoalDraft, Lifecycle
from webapp.domain.schedules import Frequency, ScheduleDraft
from webapp.domain.tracking import DayState
from webapp.models import Entry, Goal
from webapp.queries.people import viewer_of

GOALS = 200
FEW = 25
"""So many goals are raced for again, once by equal answers and once by answers that undo each other."""


@pytest.fixture
def visitors(environment: dict[str, str], tmp_path: Path, signed: Browser) -> Iterator[tuple[Visitor, Visitor]]:
    """The same person at two servers."""
    with ExitStack() as stack:
        ports = [stack.enter_context(served("wsgi:app", environment, tmp_path)).port for _ in range(2)]
        one, other = (Visitor(port, signed) for port in ports)
        stack.callback(one.close)
        stack.callback(other.close)
        yield one, other


@pytest.fixture
def two_days(app: Flask, session: Session) -> tuple[int, list[Goal], date]:
    """A person whose goals are all due yesterday and today and on no other day: (id, goals, today)."""
    now = datetime.now(UTC)
    zone = noon_zone(now)
    with app.app_context():
        person = people.create(session, name="Two", email="two@example.org", password_hash=None, now=now, zone=zone)
        yesterday = viewer_of(session, person, now - timedelta(days=1))
        today = yesterday.today + timedelta(days=1)
        schedule = ScheduleDraft(Frequency.DAILY, start=yesterday.today, until=today)
        made = [goals.create(session, yesterday, GoalDraft(f"Goal {number}", schedule)) for number in range(GOALS)]
        session.commit()
    return person.id, made, today


@pytest.fixture
def signed(app: Flask, two_days: tuple[int, list[Goal], date]) -> Browser:
    return signed_in(app, two_days[0])


def test_racing_ticks_complete_each_goal_exactly_once_and_leave_one_truth(
    engine: Engine, visitors: tuple[Visitor, Visitor], two_days: tuple[int, list[Goal], date]
) -> None:
    _, made, today = two_days
    yesterday = today - timedelta(days=1)
    for goal in made:
        assert at_once(visitors, goal, (yesterday, "done"), (today, "done")) == [200, 200]
    with Session(engine) as session:
        stuck = select(func.count()).select_from(Goal).where(Goal.lifecycle != Lifecycle.COMPLETED)
        assert session.execute(stuck).scalar_one() == 0
        assert {announced(session, goal.id, ANNOUNCED) for goal in made} == {1}
    assert faults(engine) == []

    for visitor in visitors:
        visitor.close()  # while all that was looked through, the servers may have given the connection up
    same, against = made[:FEW], made[FEW : 2 * FEW]
    for goal in same:
        assert at_once(visitors, goal, (today, "skipped"), (today, "skipped")) == [200, 200]
    for goal in against:
        assert at_once(visitors, goal, (yesterday, "open"), (today, "skipped")) == [200, 200]
    with Session(engine) as session:
        skips = select(func.count()).select_from(Entry).where(Entry.state == DayState.SKIPPED)
        assert session.execute(skips).scalar_one() == 2 * FEW, "of two equal answers the second changes nothing"
    assert faults(engine) == []


def at_once(visitors: tuple[Visitor, Visitor], goal: Goal, *answers: tuple[date, str]) -> list[object]:
    """Each visitor gives one answer in the same moment; returns the statuses."""
    acts = [
        partial(visitor.post, f"/goals/{goal.public_id}/days/{day}", {"state": state, "view": "row"})
        for visitor, (day, state) in zip(visitors, answers, strict=True)
    ]
    return together(*acts)
