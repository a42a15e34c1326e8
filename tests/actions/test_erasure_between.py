"""When somebody goes, what is between two people stays with the one it is about."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import lives, make
from tests.make import NOW, TODAY
from webapp.actions import check_ins, comments, erasure, feeds, reviews
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import ReviewState
from webapp.domain.objective_drafts import CheckInDraft, FeedDraft
from webapp.domain.objectives import FeedKind
from webapp.domain.people import Role
from webapp.domain.reviews import Act, RoundState
from webapp.models import Goal, GrantInvitation, KeyResultFeed, Person, ReviewEvent, TherapistCode
from webapp.queries import check_ins as check_in_queries
from webapp.queries import comments as comment_queries
from webapp.queries import exports, objective_lists
from webapp.queries import objectives as objective_queries
from webapp.queries.doctor import examine


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
    goal = make.objective(session, her, make.cycle(session, home, reviewers=1), "Ship it").goal
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


def test_an_objective_outlives_who_answered_for_it(session: Session, bob: Person, ada: Person) -> None:
    """It is the organisation's, with all that was said of it; nobody's name stands there any more."""
    home = make.organisation(session)
    for someone in (ada, bob):
        make.member(session, someone, home)
    her, his = make.viewer(session, ada), make.viewer(session, bob)
    found = make.objective(session, her, make.cycle(session, home), "Ship it")
    walk = make.goal(session, her, "Walk")
    (key_result,) = objective_queries.key_results_of(session, found.goal.id)
    key_result, found = objective_queries.find_key_result(session, her, key_result.public_id, lock=True)
    check_ins.check_in(session, her, key_result, found, CheckInDraft(Decimal(4), "Four already"))
    feeds.connect(session, her, key_result, found, FeedDraft(walk.public_id, FeedKind.COMPLETION))
    comments.write(session, his, found.goal, CommentDraft("Yes"))
    comments.write(session, her, found.goal, CommentDraft(f"Shall we, @{bob.name}?"))
    session.commit()
    erasure.erase(session, ada.id, NOW)
    session.commit()
    (row,) = objective_lists.rows(session, objective_lists.visible_in(his, home.id))
    assert (row.name, row.owner) == ("Ship it", "")
    told = [(one.value, one.comment, one.author) for one in check_in_queries.history(session, [key_result.id])]
    assert told == [(Decimal(0), "", ""), (Decimal(4), "Four already", "")]
    said, _ = comment_queries.of_goal(session, his, lives.held(session, his, found.goal.public_id), most=9)
    assert [one.text for one in said] == ["Yes", f"Shall we, @{bob.name}?"]
    assert session.scalars(select(KeyResultFeed)).all() == []
    assert session.scalars(select(Goal).where(Goal.organisation_id.is_(None), Goal.owner_id == ada.id)).all() == []
    assert list(examine(session, TODAY)) == []
