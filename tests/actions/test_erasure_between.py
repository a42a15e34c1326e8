"""When somebody goes, what is between two people stays with the one it is about."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import lives, make
from tests.make import NOW, TODAY
from webapp.actions import comments, erasure, objectives, reviews
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import ReviewState
from webapp.domain.people import Role
from webapp.domain.reviews import Act, RoundState
from webapp.domain.tracking import Direction
from webapp.models import Comment, Goal, GrantInvitation, Person, ReviewEvent, TherapistCode
from webapp.queries import comments as comment_queries
from webapp.queries import exports
from webapp.queries.doctor import examine

MEASURED = {"direction": Direction.AT_LEAST, "target": Decimal(3), "unit": "releases"}


@pytest.fixture
def ada(session: Session) -> Person:
    return make.person(session)


@pytest.fixture
def bob(session: Session) -> Person:
    return make.person(session, "Bob")


def test_a_therapist_who_goes_leaves_their_client_what_is_the_clients(session: Session, ada: Person) -> None:
    """What she was told and how it was decided is hers; what waited for the therapist waits no more."""
    her = make.viewer(session, ada)
    thea = lives.share(session, her)
    session.commit()
    number, before = thea.id, exports.everything(session, her)
    erasure.ask(session, make.viewer(session, session.get_one(Person, number)))
    erasure.erase(session, number, NOW + erasure.GRACE)
    session.commit()
    after = exports.everything(session, her)
    for kept in ("comments", "mentions", "closings", "accesses"):
        assert after[kept] == before[kept], kept
    assert len(after["reviews"]) == len(before["reviews"]) + 2, "two reviews ended"
    assert [row["state"] for row in after["rounds"]].count("open") == 0
    assert {row["state"] for row in after["proposals"]} == {"withdrawn", "accepted"}
    assert [row["ended_at"] is not None for row in after["grants"]] == [True]
    (name,) = session.scalars(select(Person.name).where(Person.id == number))
    assert name == ""
    goal = lives.held(session, her, before["comments"][0]["goal"])
    (theirs,) = [row for row in comment_queries.of_goal(session, her, goal, most=9)[0] if not row.mine]
    assert (theirs.author, theirs.text) == (None, f"Go on, @{ada.name}")
    for table in (TherapistCode, GrantInvitation):
        assert session.scalars(select(table)).all() == []
    assert list(examine(session, TODAY)) == []


def test_a_reviewer_who_goes_leaves_the_deciding_to_the_others(session: Session, ada: Person) -> None:
    """With too few left the goal is its owner's again."""
    home = make.organisation(session)
    make.member(session, ada, home)
    her, managers = make.viewer(session, ada), [make.person(session, f"Manager {number}") for number in range(2)]
    for manager in managers:
        make.member(session, manager, home, Role.ADMIN)
    goal = objectives.open_one(session, her, home.id, make.draft("Ship it", **MEASURED))
    asked = [manager.public_id for manager in managers]
    round_ = reviews.send(session, her, lives.held(session, her, goal.public_id), asked, seen=goal.version)
    session.commit()
    for manager, state in zip(managers, (RoundState.OPEN, RoundState.ENDED), strict=True):
        erasure.erase(session, manager.id, NOW)
        session.commit()
        session.refresh(round_)
        assert round_.state is state
    session.refresh(goal)
    assert goal.review_state is ReviewState.DRAFT
    acts = session.scalars(select(ReviewEvent.act).where(ReviewEvent.goal_id == goal.id).order_by(ReviewEvent.id)).all()
    assert acts == [Act.SEND, Act.END]
    assert list(examine(session, TODAY)) == []


def test_an_objective_goes_with_the_key_to_its_words(session: Session, bob: Person, ada: Person) -> None:
    home = make.organisation(session)
    for someone in (ada, bob):
        make.member(session, someone, home)
    goal = objectives.open_one(session, make.viewer(session, ada), home.id, make.draft("Ship it", **MEASURED))
    said = CommentDraft(f"Shall we, @{bob.name}?")
    comments.write(session, make.viewer(session, bob), goal, CommentDraft("Yes"))
    comments.write(session, make.viewer(session, ada), goal, said)
    session.commit()
    erasure.erase(session, ada.id, NOW)
    session.commit()
    assert session.scalars(select(Goal).where(Goal.organisation_id == home.id)).all() == []
    assert session.scalars(select(Comment).where(Comment.goal_id == goal.id)).all() == []
    assert list(examine(session, TODAY)) == []
