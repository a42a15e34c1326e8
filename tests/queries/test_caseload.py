"""What a therapist reads of many clients at once is what each goal says by itself, and nothing that is kept back."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import lives, make
from tests.benchmarks.statements import counted
from tests.histories import tell
from tests.make import NOW, TODAY, days_ago
from webapp.actions import goals, pauses
from webapp.domain import moods as rules
from webapp.domain.errors import NotFound
from webapp.domain.grants import GrantState, Scope
from webapp.domain.pauses import Pause
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.domain.quotas import QuotaPeriod
from webapp.domain.reviews import RoundState
from webapp.domain.schedules import Frequency
from webapp.domain.tracking import Direction
from webapp.domain.verdicts import Verdict, counts, judge
from webapp.extensions import db
from webapp.models import (
    Goal,
    GoalMonth,
    Grant,
    Membership,
    Mood,
    Organisation,
    Person,
    ReviewRound,
    ReviewSeat,
    ScheduleVersion,
)
from webapp.queries import caseload, clients, habits
from webapp.queries.adherence import DAYS, Lived, Tally
from webapp.queries.recent import recent_tallies
from webapp.queries.visibility import goals_of

FIRST = days_ago(DAYS - 1)


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def thea(session: Session, home: Organisation) -> Viewer:
    """A therapist in good standing."""
    someone = make.person(session, "Thea")
    make.member(session, someone, home, Role.THERAPIST)
    return make.viewer(session, someone)


@pytest.fixture
def ada(session: Session) -> Viewer:
    return make.viewer(session, make.person(session, "Ada"))


def share(session: Session, client: Viewer, therapist: Viewer, *scopes: Scope, **columns: Any) -> Grant:
    """The client lets the therapist see everything, or these scopes."""
    people = [session.get_one(Person, one.id) for one in (client, therapist)]
    made = make.grant(session, *people, *scopes or tuple(Scope))
    for name, value in columns.items():
        setattr(made, name, value)
    session.flush()
    return made


def goals_seen(session: Session, therapist: Viewer) -> dict[int, Lived]:
    """By number what the therapist sees of every goal."""
    found = caseload.by_owner(session, clients.clients_of(session, therapist), opened_for=therapist.id)
    return {one.row.id: one for several in found.values() for one in several}


def slowly(session: Session, goal: Goal, since: date = date.min, today: date = TODAY) -> Tally:
    """Every day judged, nothing but days since a date being known."""
    begin = max(FIRST.replace(day=1), since)
    facts = habits.facts_between(session, goal.id, begin, today)
    began = max(FIRST, since, min(habits.began(session, goal), today))
    days = [
        day
        for day in judge(facts, habits.terms_of(session, goal), begin, today, today)
        if day.local_date >= began and counts(day, today)
    ]
    return Tally(sum(day.verdict is Verdict.DONE for day in days), len(days))


def test_every_goal_of_a_full_life_is_counted_as_the_list_of_goals_counts_it(
    session: Session, ada: Viewer, thea: Viewer
) -> None:
    lives.lead(session, ada)
    share(session, ada, thea)
    rows = [
        a_row(session, goal) for goal in session.scalars(select(Goal).where(goals_of(ada), Goal.archived_at.is_(None)))
    ]
    wanted = recent_tallies(session, ada, rows, FIRST)
    seen = goals_seen(session, thea)

    assert seen.keys() == {row.id for row in rows}
    assert {number: one.tally for number, one in seen.items() if one.tally} == wanted
    assert any(tally[1] for tally in wanted.values())
    (row,) = caseload.caseload(session, thea)
    assert row.tally == tuple(map(sum, zip(*wanted.values(), strict=True)))


def a_row(session: Session, goal: Goal) -> SimpleNamespace:
    """The goal as the list of goals reads it."""
    version = select(ScheduleVersion.frequency).where(ScheduleVersion.goal_id == goal.id, ScheduleVersion.is_current)
    earliest = session.scalar(select(func.min(GoalMonth.first)).where(GoalMonth.goal_id == goal.id))
    return SimpleNamespace(id=goal.id, frequency=session.scalar(version), created_at=goal.created_at, earliest=earliest)


@pytest.mark.parametrize("seed", range(12))
def test_any_history_is_counted_as_its_days_are_judged(session: Session, ada: Viewer, thea: Viewer, seed: int) -> None:
    chance = random.Random(seed)
    back_then = replace(ada, now=NOW - timedelta(days=50), today=days_ago(50))
    made = [a_goal(session, chance, back_then if chance.random() < 0.7 else ada) for _ in range(6)]
    for goal in made:
        answers = "".join(chance.choice("xxxxsnsn...") for _ in range(chance.choice((10, 40, 70))))
        tell(session, ada, goal, answers, days_ago(chance.choice((0, 1, 3))))
    if chance.random() < 0.5:
        first = days_ago(chance.randint(5, 40))
        pauses.plan(session, ada, Pause(first, first + timedelta(days=chance.randint(0, 8))), chance.choice(made))
    changed = chance.choice(made)
    last_week = replace(ada, now=NOW - timedelta(days=9), today=days_ago(9))
    goals.change(session, last_week, changed, a_draft(chance), seen=changed.version)
    since = chance.choice((None, days_ago(20), days_ago(3), TODAY))
    share(session, ada, thea, from_date=since)

    for number, one in goals_seen(session, thea).items():
        if one.tally is not None:
            assert one.tally == slowly(session, session.get_one(Goal, number), since or date.min), (seed, number, since)


def a_goal(session: Session, chance: random.Random, viewer: Viewer) -> Goal:
    return goals.create(session, viewer, a_draft(chance))


def a_draft(chance: random.Random) -> Any:
    when: Sequence[Any] = (
        make.schedule(),
        make.schedule(Frequency.CUSTOM, days=(0, 2, 4)),
        make.schedule(Frequency.WEEKLY, days=(1, 6)),
        make.schedule(start=days_ago(15)),
        make.schedule(until=TODAY + timedelta(days=20)),
    )
    return make.draft("Walk", chance.choice(when), skip_budget=chance.choice((None, None, 0, 1, 2)))


def test_limits_count_once_the_day_is_over(session: Session, ada: Viewer, thea: Viewer) -> None:
    back_then = replace(ada, now=NOW - timedelta(days=10), today=days_ago(10))
    coffee = make.goal(session, back_then, "Coffee", direction=Direction.AT_MOST, target=Decimal(2))
    for ago, cups in ((0, 1), (1, 2), (2, 3), (4, 0)):
        make.tick(session, ada, coffee, days_ago(ago), None, value=Decimal(cups))
    share(session, ada, thea)
    tally = goals_seen(session, thea)[coffee.id].tally

    assert tally == slowly(session, coffee)
    assert tally == (2, 10)


def test_what_has_no_days_of_its_own_is_not_counted(session: Session, ada: Viewer, thea: Viewer) -> None:
    quota = make.goal(session, ada, "Swim", make.schedule(Frequency.QUOTA, times=3, period=QuotaPeriod.WEEK))
    once = make.goal(session, ada, "Call", make.schedule(Frequency.ONE_TIME))
    make.tick(session, ada, quota, TODAY)
    share(session, ada, thea)
    seen = goals_seen(session, thea)

    assert [seen[goal.id].tally for goal in (quota, once)] == [None, None]
    assert seen[quota.id].last == TODAY


@pytest.mark.parametrize(
    ("zone", "today"), [("Pacific/Honolulu", days_ago(1)), ("Europe/Berlin", TODAY), ("Pacific/Auckland", TODAY)]
)
def test_days_are_those_of_the_client(session: Session, thea: Viewer, zone: str, today: date) -> None:
    early = NOW.replace(hour=5)
    someone = make.viewer(session, make.person(session, zone=zone), early)
    goal = make.goal(session, replace(someone, now=early - timedelta(days=5), today=today - timedelta(days=5)))
    share(session, someone, thea)
    therapist = replace(thea, now=early)
    (row,) = caseload.caseload(session, therapist)

    assert row.client.today == today
    assert row.tally == slowly(session, goal, today=today) == (0, 5)


# Moods.


def test_levels_are_those_of_the_days(session: Session, ada: Viewer, thea: Viewer) -> None:
    lives.lead(session, ada)
    make.mood(session, ada, 1, days_ago(60))
    share(session, ada, thea)
    (row,) = caseload.caseload(session, thea)
    moods = session.scalars(select(Mood).where(Mood.person_id == ada.id, Mood.deleted_at.is_(None))).all()
    lately = [mood for mood in moods if mood.local_date >= FIRST and mood.level]

    assert row.levels is not None
    assert row.levels.counts == rules.distribution((mood.level, 1) for mood in lately)
    assert row.levels.median == rules.median(row.levels.counts)
    means = [rules.day_value(mood.level for mood in lately if mood.local_date == day) for day in days_of_four_weeks()]
    assert row.levels.means == means
    assert None in means
    assert row.levels.latest == max(mood.local_date for mood in moods)


def test_no_mood_before_its_first_day_counts(session: Session, ada: Viewer, thea: Viewer) -> None:
    for ago, level in ((10, 1), (9, 5), (2, 4)):
        make.mood(session, ada, level, days_ago(ago))
    share(session, ada, thea, from_date=days_ago(9))
    (row,) = caseload.caseload(session, thea)

    assert row.levels is not None
    assert row.levels.days == {str(days_ago(9)): "5", str(days_ago(2)): "4"}


def days_of_four_weeks() -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(DAYS)]


# What each lets see.


@pytest.mark.parametrize(
    ("scopes", "sees"),
    [
        ((Scope.GOALS,), {"waiting"}),
        ((Scope.TRACKING,), set()),
        ((Scope.GOALS, Scope.TRACKING), {"waiting", "tally", "last"}),
        ((Scope.MOOD_LEVELS,), {"levels", "last"}),
        ((Scope.MOOD_NOTES,), set()),
        (tuple(Scope), {"waiting", "tally", "last", "levels"}),
    ],
)
def test_a_line_says_what_is_shared_and_nothing_else(
    session: Session, ada: Viewer, thea: Viewer, scopes: tuple[Scope, ...], sees: set[str]
) -> None:
    make.tick(session, ada, make.goal(session, ada), TODAY)
    make.mood(session, ada, 4, TODAY)
    share(session, ada, thea, *scopes)
    (row,) = caseload.caseload(session, thea)

    assert {name for name in ("waiting", "tally", "last", "levels") if getattr(row, name) is not None} == sees


def test_what_is_not_shared_tells_nothing_through_the_last_day(session: Session, ada: Viewer, thea: Viewer) -> None:
    make.tick(session, ada, make.goal(session, ada), TODAY)
    make.mood(session, ada, 4, days_ago(3))
    share(session, ada, thea, Scope.MOOD_LEVELS)
    (row,) = caseload.caseload(session, thea)
    assert row.last == days_ago(3)


def test_two_grants_show_what_either_shows(session: Session, ada: Viewer, thea: Viewer) -> None:
    goal = make.goal(session, replace(ada, now=NOW - timedelta(days=40), today=days_ago(40)))
    share(session, ada, thea, Scope.GOALS, Scope.TRACKING, from_date=days_ago(2))
    share(session, ada, thea, Scope.GOALS, Scope.TRACKING, from_date=days_ago(8))
    share(session, ada, thea, Scope.GOALS)
    (row,) = caseload.caseload(session, thea)
    assert row.tally == slowly(session, goal, days_ago(8)) == (0, 8)


GONE: dict[str, Any] = {
    "requested": (Grant, {"state": GrantState.REQUESTED}),
    "revoked": (Grant, {"state": GrantState.REVOKED}),
    "expired": (Grant, {"state": GrantState.EXPIRED}),
    "run out this second": (Grant, {"expires_at": NOW}),
    "not begun": (Grant, {"opens_at": NOW + timedelta(seconds=1)}),
    "suspended": (Membership, {"status": MembershipStatus.SUSPENDED}),
    "left": (Membership, {"status": MembershipStatus.LEFT}),
}


@pytest.mark.parametrize("how", GONE)
def test_who_shares_nothing_now_is_nobodys_client(session: Session, ada: Viewer, thea: Viewer, how: str) -> None:
    share(session, ada, thea)
    assert [row.client.id for row in caseload.caseload(session, thea)] == [ada.public_id]
    assert clients.find(session, thea, ada.public_id).client.number == ada.id
    model, values = GONE[how]
    session.execute(model.__table__.update().values(**values))
    session.expire_all()

    assert caseload.caseload(session, thea) == []
    with pytest.raises(NotFound):
        clients.find(session, thea, ada.public_id)


def test_clients_of_others_are_not_among_them(session: Session, ada: Viewer, thea: Viewer, home: Organisation) -> None:
    other = make.person(session, "Otto")
    make.member(session, other, home, Role.THERAPIST)
    share(session, ada, make.viewer(session, other))
    assert caseload.caseload(session, thea) == []
    assert len(caseload.caseload(session, make.viewer(session, other))) == 1


def test_reviews_that_wait_for_the_viewer_are_counted(
    session: Session, ada: Viewer, thea: Viewer, home: Organisation
) -> None:
    other = make.person(session, "Otto")
    make.member(session, other, home, Role.THERAPIST)
    share(session, ada, thea)
    for who, state in ((thea.id, RoundState.OPEN), (thea.id, RoundState.APPROVED), (other.id, RoundState.OPEN)):
        goal = make.goal(session, ada)
        round_ = ReviewRound(goal_id=goal.id, revision=1, state=state, sent_by_id=ada.id, sent_at=NOW)
        session.add(round_)
        session.flush()
        session.add(ReviewSeat(round_id=round_.id, reviewer_id=who, named_at=NOW))
    session.flush()
    (row,) = caseload.caseload(session, thea)
    assert row.waiting == 1


# Order, search and cost.


def test_clients_stand_in_the_order_asked_for(session: Session, thea: Viewer) -> None:
    names = {}
    for name, answers, mood in (("Bea", "x" * 10, 9), ("Ada", "x" * 5 + "n" * 5, 1), ("Cem", "x", 20)):
        someone = make.viewer(session, make.person(session, name))
        goal = make.goal(session, replace(someone, now=NOW - timedelta(days=9), today=days_ago(9)))
        tell(session, someone, goal, answers, TODAY if name != "Cem" else days_ago(9))
        share(session, someone, thea, Scope.GOALS, Scope.TRACKING)
        names[someone.public_id] = name
        make.mood(session, someone, 3, days_ago(mood))

    def order(asked: caseload.Order) -> list[str]:
        return [row.client.name for row in caseload.caseload(session, thea, order=asked)]

    assert order(caseload.Order.NAME) == ["Ada", "Bea", "Cem"]
    assert order(caseload.Order.ADHERENCE) == ["Cem", "Ada", "Bea"]
    assert order(caseload.Order.CONTACT) == ["Cem", "Ada", "Bea"]
    assert [row.client.name for row in caseload.caseload(session, thea, search=" EA ")] == ["Bea"]


def test_a_caseload_costs_as_many_statements_however_many_clients(app: Flask, session: Session, thea: Viewer) -> None:
    sent = []
    for count in (1, 29):
        for _ in range(count):
            someone = make.viewer(session, make.person(session))
            make.tick(session, someone, make.goal(session, someone), TODAY)
            share(session, someone, thea)
        session.commit()
        engine = session.get_bind()
        with counted(engine) as statements:  # type: ignore[arg-type]
            rows = caseload.caseload(session, thea)
        sent.append((len(rows), len(statements)))
    assert sent == [(1, 5), (30, 5)]
    with app.app_context():
        db.session.remove()


def test_moods_are_those_of_each_clients_own_days(session: Session, thea: Viewer) -> None:
    """Where it is tomorrow already, and where it is still yesterday."""
    evening = NOW.replace(hour=22)
    looking = replace(thea, now=evening, today=TODAY)
    for name, zone in (("East", "Pacific/Auckland"), ("West", "Pacific/Honolulu")):
        someone = make.viewer(session, make.person(session, name, zone=zone), evening)
        share(session, someone, thea)
        for ago in (0, 27, 28):
            make.mood(session, someone, 3, someone.today - timedelta(days=ago))
    session.commit()
    for row in caseload.caseload(session, looking):
        assert row.levels is not None
        assert (row.levels.last, row.levels.total) == (row.client.today, 2), row.client.name
