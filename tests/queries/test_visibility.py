"""The lock on the house: for everybody in a crowd, the rows SQL lets them see are those the policy lets them read.

Goals, moods, the words of moods, reviews and comments: each has a clause of its own, and every condition of each is
shown to matter. Ladders and the values behind numbers are found or not, one by one.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import BooleanClauseList, Grouping
from sqlalchemy.sql.selectable import Exists

from tests import application, make
from tests.conftest import together
from tests.queries.crowd import DAYS, PEOPLE, SIGHTS, Crowd, Sight, gather
from webapp.domain.errors import NotFound, Refused
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.policy import LadderFacts, Permission, ValuesFacts, allows
from webapp.domain.reading import Category, Unit
from webapp.domain.tracking import Source
from webapp.extensions import db
from webapp.models import Comment, Entry, Goal, GoalKeyword, Profile, ReviewRound, TargetGoal, Work
from webapp.queries import ladder_admin, reading, values, visibility
from webapp.queries.goals import facts_of, find
from webapp.queries.ladders import find_profile, profiles_visible_to

once = pytest.mark.parametrize("lasting_url", [together("sqlite")], indirect=True)
"""What the crowd is made of does not hang on the engine."""


@pytest.fixture(scope="module")
def session(lasting_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One for all tests here: they only look."""
    app = application.create_app(application.settings_for(lasting_url, tmp_path_factory.mktemp("crowd")))
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session
    application.disconnect(app)


@pytest.fixture(scope="module")
def crowd(session: Session) -> Crowd:
    """Many people in three organisations: every status, role, grant, kind of goal and day of a mood, combined."""
    return gather(session, random.Random(20260310))


def test_everybody_sees_exactly_what_they_may_read(session: Session, crowd: Crowd) -> None:
    for viewer, sight in itertools.product(crowd.viewers, SIGHTS):
        seen = sight.seen(session, sight.clause(viewer))
        assert seen == crowd.readable(viewer, sight), (viewer.name, sight.permission)


@once
def test_the_crowd_has_all_reasons_to_see_a_goal(crowd: Crowd) -> None:
    reasons = set()
    for viewer, goal in itertools.product(crowd.viewers, crowd.goals):
        if allows(viewer, Permission.GOAL_READ, crowd.facts(goal)):
            reasons.add((goal.kind, goal.owner_id == viewer.id))

    assert reasons == set(itertools.product((Kind.PERSONAL, Kind.OBJECTIVE), (True, False)))


@once
def test_the_crowd_has_all_reasons_to_see_a_mood(crowd: Crowd) -> None:
    _, levels, words, *_ = SIGHTS
    reasons: set[tuple[bool, bool, date]] = set()
    for viewer in crowd.viewers:
        rated, worded = crowd.readable(viewer, levels), crowd.readable(viewer, words)
        reasons |= {
            (mood.person_id == viewer.id, mood.id in worded, mood.local_date)
            for mood in crowd.moods
            if mood.id in rated
        }
    assert reasons == {(own, worded, day) for own in (True, False) for worded in (True, own) for day in DAYS}


@once
def test_the_crowd_has_all_reasons_to_hear_a_comment(crowd: Crowd) -> None:
    goals = {goal.id: goal for goal in crowd.goals}
    *_, hearing, _ = SIGHTS
    reasons = set()
    for viewer, comment in itertools.product(crowd.viewers, crowd.comments):
        if comment.id in crowd.readable(viewer, hearing):
            about = goals[comment.goal_id]
            alone = comment.between_id is None
            reasons.add((about.kind, about.owner_id == viewer.id, alone or comment.between_id == viewer.id))

    private = {(Kind.PERSONAL, True, True), (Kind.PERSONAL, False, True), (Kind.PERSONAL, True, False)}
    objective = set(itertools.product((Kind.OBJECTIVE,), (True, False), (True, False)))
    assert reasons == private | objective


@once
def test_the_crowd_has_all_reasons_to_see_a_review(crowd: Crowd) -> None:
    goals = {goal.id: goal for goal in crowd.goals}
    *_, reviewing = SIGHTS
    reasons = set()
    for viewer, round_ in itertools.product(crowd.viewers, crowd.rounds):
        if round_.id in crowd.readable(viewer, reviewing):
            about = goals[round_.goal_id]
            reasons.add((about.kind, about.owner_id == viewer.id, viewer.id in crowd.places[round_.id]))
    private = {(Kind.PERSONAL, True, False), (Kind.PERSONAL, False, True)}
    objective = {(Kind.OBJECTIVE, True, False), (Kind.OBJECTIVE, False, True), (Kind.OBJECTIVE, False, False)}
    assert reasons == private | objective


@once
def test_viewers_carry_the_roles_of_their_active_memberships(crowd: Crowd) -> None:
    assert [viewer.name for viewer in crowd.viewers if set(viewer.roles) != crowd.roles[viewer.id]] == []


def test_the_policy_asked_by_a_page_gives_the_same_answer_as_asked_about_the_truth(
    session: Session, crowd: Crowd
) -> None:
    asked = 0
    for viewer, goal in itertools.product(crowd.viewers, crowd.goals):
        if not allows(viewer, Permission.GOAL_READ, crowd.facts(goal)):
            continue
        asked += 1
        reached = facts_of(session, viewer, find(session, viewer, goal.public_id))
        for permission in (one for one in Permission if one.startswith("goal:")):
            assert allows(viewer, permission, reached) == allows(viewer, permission, crowd.facts(goal)), permission
    assert asked > PEOPLE


# Ladders: what a profile asks is known to all of its organisation, what somebody came to to them and their admins.


@pytest.fixture(scope="module")
def profiles(session: Session, crowd: Crowd) -> list[Profile]:
    """In each organisation a rung, and one that was taken off the ladder."""
    houses = sorted({house for roles in crowd.roles.values() for house, _ in roles})
    made = [
        Profile(organisation_id=house, position=1, name="Bronze", created_at=make.NOW, deleted_at=deleted_at)
        for house, deleted_at in itertools.product(houses, (None, make.NOW))
    ]
    session.add_all(made)
    session.flush()
    return made


@pytest.fixture(scope="module")
def came_to(session: Session, crowd: Crowd) -> list[tuple[Entry, ValuesFacts]]:
    """A value of everybody's in some organisation, and what is true of it; of some it is theirs no more, or never
    was."""
    made = []
    for goal in crowd.goals:
        if goal.kind is not Kind.TARGET or goal.organisation_id is None:
            continue
        keyword = GoalKeyword(organisation_id=goal.organisation_id, keyword=f"sales_{goal.id}")
        session.add(keyword)
        session.flush()
        session.add(TargetGoal(goal_id=goal.id, owner_id=goal.owner_id, keyword_id=keyword.id))
        moments = {"local_date": make.TODAY, "at": make.NOW, "recorded_at": make.NOW, "zone": "Europe/Berlin"}
        whose = {"goal_id": goal.id, "subject_id": goal.owner_id, "author_id": goal.owner_id}
        entry = Entry(**whose, **moments, value=Decimal(1), source=Source.PAGE)
        session.add(entry)
        made.append((entry, ValuesFacts(goal.organisation_id, goal.owner_id)))
    session.flush()
    return made


def test_a_profile_is_known_to_exactly_those_who_may_read_its_ladder(
    session: Session, crowd: Crowd, profiles: list[Profile]
) -> None:
    answers = set()
    for viewer in crowd.viewers:
        seen = set(session.scalars(select(Profile.id).where(profiles_visible_to(viewer))))
        for profile in profiles:
            facts = LadderFacts(profile.organisation_id)
            may = tuple(allows(viewer, one, facts) for one in (Permission.LADDER_READ, Permission.LADDER_CHANGE))
            there = profile.deleted_at is None and may[0]
            assert (profile.id in seen) is there, viewer.name
            assert found(find_profile, session, viewer, profile) == ("found" if there else "not there"), viewer.name
            changed = "found" if may[1] else "refused"
            assert found(ladder_admin.find_rung, session, viewer, profile) == (changed if there else "not there")
            answers.add(may)
    assert answers == {(False, False), (True, False), (True, True)}


def test_a_value_is_found_by_exactly_those_who_may_read_it(
    session: Session, crowd: Crowd, came_to: list[tuple[Entry, ValuesFacts]]
) -> None:
    answers = set()
    for viewer, (entry, facts) in itertools.product(crowd.viewers, came_to):
        may = allows(viewer, Permission.VALUES_READ, facts)
        assert found(values.find, session, viewer, entry) == ("found" if may else "not there"), viewer.name
        relation = (facts.owner_id == viewer.id, viewer.is_in(facts.organisation_id))
        answers.add((*relation, allows(viewer, Permission.LADDER_CHANGE, LadderFacts(facts.organisation_id)), may))
    admins = {(own, True, True, True) for own in (True, False)}
    others = {(own, here, False, own and here) for own, here in itertools.product((True, False), repeat=2)}
    assert answers == admins | others


@pytest.mark.parametrize("kind", [Kind.TARGET, Kind.READING])
def test_neither_a_target_nor_what_is_read_is_a_goal_of_anybodys(session: Session, crowd: Crowd, kind: Kind) -> None:
    """Not even its owner's: the pages of ladders alone show what they came to, those of reading what they read."""
    there = [goal for goal in crowd.goals if goal.kind is kind]
    assert len(there) > PEOPLE
    for viewer in crowd.viewers:
        for seen in (visibility.goals_visible_to(viewer), visibility.goals_of(viewer)):
            assert list(session.scalars(select(Goal.id).where(seen, Goal.kind == kind))) == [], viewer.name
        for model, clause in (
            (Comment, visibility.comments_visible_to(viewer)),
            (ReviewRound, visibility.rounds_visible_to(viewer)),
        ):
            of_it = session.scalars(select(model.id).join(Goal).where(clause, Goal.kind == kind))
            assert list(of_it) == [], viewer.name
        may = [one for one in Permission if one.startswith("goal:")]
        assert [goal for goal in there if any(allows(viewer, one, crowd.facts(goal)) for one in may)] == []


@pytest.fixture(scope="module")
def works(session: Session, crowd: Crowd) -> list[Goal]:
    """What is read is a work, each; a goal that was deleted as well."""
    made = [goal for goal in crowd.goals if goal.kind is Kind.READING]
    for goal in made:
        unit = {"category": Category.BOOK, "unit": Unit.PAGES}
        session.add(Work(goal_id=goal.id, owner_id=goal.owner_id, **unit))
    session.flush()
    return made


def test_what_is_read_is_found_by_its_reader_alone(session: Session, crowd: Crowd, works: list[Goal]) -> None:
    answers = set()
    for viewer in crowd.viewers:
        listed = {one.work.id for one in reading.readings(session, viewer)}
        for goal in works:
            mine = goal.owner_id == viewer.id and goal.deleted_at is None
            assert (goal.public_id in listed) is mine, viewer.name
            assert found(reading.find_work, session, viewer, goal) == ("found" if mine else "not there"), viewer.name
            assert found(reading.reading_of, session, viewer, goal) == ("found" if mine else "not there"), viewer.name
            answers.add((goal.owner_id == viewer.id, goal.deleted_at is None))
    assert answers == set(itertools.product((True, False), repeat=2))


def found(look: Callable[..., object], session: Session, viewer: Viewer, thing: Profile | Entry | Goal) -> str:
    """What looking for it comes to."""
    try:
        look(session, viewer, thing.public_id)
    except NotFound:
        return "not there"
    except Refused:
        return "refused"
    return "found"


# Nothing that is said here could be left out.


def test_every_condition_matters(session: Session, crowd: Crowd) -> None:
    """A clause with any one condition taken out lets somebody in, or keeps somebody out, whom the policy does not."""
    members = [viewer for viewer in crowd.viewers if viewer.roles]  # others have a shorter clause
    for sight in SIGHTS:
        counter = itertools.count()
        _rebuilt(sight.clause(members[0]), counter, None)
        assert next(counter) == sight.conditions, sight.permission
        assert _survivors(session, crowd, members, sight) == [], sight.permission


def _survivors(session: Session, crowd: Crowd, members: list[Viewer], sight: Sight) -> list[int]:
    """The conditions without which nothing changes for anybody."""
    sound = {viewer.id: crowd.readable(viewer, sight) for viewer in members}
    return [
        taken_out
        for taken_out in range(sight.conditions)
        if all(
            sight.seen(session, _rebuilt(sight.clause(viewer), itertools.count(), taken_out)) == sound[viewer.id]
            for viewer in members
        )
    ]


def _rebuilt(clause: Any, numbers: Iterator[int], taken_out: int | None) -> Any:
    """The same clause, without the condition of that number; "exists" is looked into as well."""
    if isinstance(clause, Grouping):
        return _rebuilt(clause.element, numbers, taken_out)
    if isinstance(clause, Exists):
        inner = clause.element.element.whereclause
        return exists().where(_rebuilt(inner, numbers, taken_out))
    if not isinstance(clause, BooleanClauseList):
        return clause
    kept = []
    for part in clause.clauses:
        number = next(numbers)
        rebuilt = _rebuilt(part, numbers, taken_out)
        if number != taken_out:
            kept.append(rebuilt)
    return and_(*kept) if clause.operator.__name__ == "and_" else or_(*kept)
