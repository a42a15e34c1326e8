"""The lock on the house: for everybody in a crowd, the rows SQL lets them see are those the policy lets them read.

Goals, moods, the words of moods, reviews and comments: each has a clause of its own, and every condition of each is
shown to matter.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import and_, exists, or_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import BooleanClauseList, Grouping
from sqlalchemy.sql.selectable import Exists

from tests import application
from tests.conftest import together
from tests.queries.crowd import DAYS, PEOPLE, SIGHTS, Crowd, Sight, gather
from webapp.domain.goals import Kind
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, allows
from webapp.extensions import db
from webapp.queries.goals import facts_of, find

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

    everyones = set(itertools.product((Kind.PERSONAL, Kind.READING, Kind.OBJECTIVE), (True, False)))
    assert reasons == everyones | {(Kind.TARGET, True)}


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

    private = {(kind, own, True) for kind in (Kind.PERSONAL, Kind.READING) for own in (True, False)}
    private |= {(kind, True, False) for kind in (Kind.PERSONAL, Kind.READING)}
    objective = set(itertools.product((Kind.OBJECTIVE,), (True, False), (True, False)))
    assert reasons == private | objective | {(Kind.TARGET, True, True), (Kind.TARGET, True, False)}


@once
def test_the_crowd_has_all_reasons_to_see_a_review(crowd: Crowd) -> None:
    goals = {goal.id: goal for goal in crowd.goals}
    *_, reviewing = SIGHTS
    reasons = set()
    for viewer, round_ in itertools.product(crowd.viewers, crowd.rounds):
        if round_.id in crowd.readable(viewer, reviewing):
            about = goals[round_.goal_id]
            reasons.add((about.kind, about.owner_id == viewer.id, viewer.id in crowd.places[round_.id]))
    private = {(kind, own, not own) for kind in (Kind.PERSONAL, Kind.READING) for own in (True, False)}
    objective = {(Kind.OBJECTIVE, True, False), (Kind.OBJECTIVE, False, True), (Kind.OBJECTIVE, False, False)}
    assert reasons == private | objective | {(Kind.TARGET, True, False)}


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
