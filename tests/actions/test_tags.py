"""Tags: words of one's own, sealed, each once, gone with their last goal."""

import pytest
from sqlalchemy import func, select

from tests import make
from webapp.actions import goals, tags
from webapp.domain.errors import Invalid
from webapp.domain.goals import TAGS_PER_PERSON, tag_names
from webapp.models import Tag
from webapp.queries import tags as queries


@pytest.fixture
def ada(session):
    return make.viewer(session, make.person(session))


def test_a_goal_carries_its_tags_and_an_edit_replaces_them(session, ada):
    goal = make.goal(session, ada, tags=("Health", " morning  walk", "health", ""))
    assert queries.names_on(session, ada, goal) == ("Health", "morning walk")
    goals.change(session, ada, goal, make.draft(tags=("HEALTH", "evening")), seen=goal.version)
    assert queries.names_on(session, ada, goal) == ("evening", "Health")
    assert [name for _, name in queries.tags_of(session, ada)] == ["evening", "Health"]


def test_a_tag_is_shared_by_goals_and_goes_with_the_last(session, ada):
    walk, read = (make.goal(session, ada, title, tags=("calm",)) for title in ("Walk", "Read"))
    assert session.scalar(select(func.count()).select_from(Tag)) == 1
    assert queries.names_by_goal(session, ada) == {walk.public_id: ("calm",), read.public_id: ("calm",)}
    assert tags.carry(session, ada, walk, ())
    assert [name for _, name in queries.tags_of(session, ada)] == ["calm"]
    assert tags.carry(session, ada, read, ())
    assert queries.tags_of(session, ada) == []


def test_tags_are_sealed_and_nobody_elses(session, ada):
    bea = make.viewer(session, make.person(session, "Bea"))
    goal = make.goal(session, ada, tags=("grief",))
    make.goal(session, bea, tags=("grief",))
    one, other = session.scalars(select(Tag).order_by(Tag.id)).all()
    assert b"grief" not in one.name
    assert one.fingerprint != other.fingerprint
    assert queries.names_on(session, bea, goal) == ()


def test_too_many_are_refused(session, ada):
    with pytest.raises(Invalid) as caught:
        make.goal(session, ada, tags=tuple(f"tag {number}" for number in range(11)))
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [("tags", "too_many_tags")]
    for tens in range(TAGS_PER_PERSON // 10):
        make.goal(session, ada, tags=tuple(f"tag {tens} {number}" for number in range(10)))
    with pytest.raises(Invalid):
        make.goal(session, ada, tags=("one more",))


def test_names_are_trimmed_and_each_is_once():
    assert tag_names([" a ", "A", "", "b\tc", "  "]) == ("a", "b c")
