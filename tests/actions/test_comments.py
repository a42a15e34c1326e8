"""Comments: said to one, heard by nobody else, told to whom they name, taken back by who said them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from webapp.actions import comments
from webapp.domain.comments import CommentDraft
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import MembershipStatus, Role, Viewer
from webapp.models import AuditEvent, Comment, CommentMention, Goal, Grant, Membership, Organisation, Person
from webapp.queries import comments as queries

LATER = make.NOW + timedelta(minutes=5)


@pytest.fixture
def home(session: Session) -> Organisation:
    return make.organisation(session)


@pytest.fixture
def ada(session: Session, home: Organisation) -> Viewer:
    someone = make.person(session)
    make.member(session, someone, home)
    return make.viewer(session, someone)


def helper(session: Session, ada: Viewer, home: Organisation, name: str) -> Viewer:
    """A therapist whom Ada lets see her goals."""
    someone = make.person(session, name)
    make.member(session, someone, home, Role.THERAPIST)
    make.grant(session, session.get_one(Person, ada.id), someone, Scope.GOALS)
    return make.viewer(session, someone)


@pytest.fixture
def thea(session: Session, ada: Viewer, home: Organisation) -> Viewer:
    return helper(session, ada, home, "Thea")


@pytest.fixture
def fred(session: Session, ada: Viewer, home: Organisation) -> Viewer:
    return helper(session, ada, home, "Fred")


@pytest.fixture
def walk(session: Session, ada: Viewer) -> Goal:
    return make.goal(session, ada, "Walk")


def say(
    session: Session, viewer: Viewer, goal: Goal, text: str, *, to: Viewer | None = None, tell: bool = False
) -> Comment:
    chosen = to.public_id if to else ""
    return comments.write(session, viewer, goal, CommentDraft(text, chosen, (chosen,) if tell else ()))


def heard(session: Session, viewer: Viewer, goal: Goal) -> list[str]:
    session.commit()
    return [one.text for one in queries.of_goal(session, viewer, goal, most=50)[0]]


def problems(session: Session, viewer: Viewer, goal: Goal, draft: CommentDraft) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        comments.write(session, viewer, goal, draft)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def test_each_therapist_hears_what_is_between_them_and_the_client_and_nothing_else(
    session: Session, ada: Viewer, thea: Viewer, fred: Viewer, walk: Goal
) -> None:
    say(session, ada, walk, "to myself")
    say(session, ada, walk, "to Thea", to=thea)
    say(session, fred, walk, "from Fred")

    assert heard(session, ada, walk) == ["to myself", "to Thea", "from Fred"]
    assert heard(session, thea, walk) == ["to Thea"]
    assert heard(session, fred, walk) == ["from Fred"]
    mine, to_thea, from_fred = queries.of_goal(session, ada, walk, most=50)[0]
    assert [(one.author, one.mine, one.alone, one.to) for one in (mine, to_thea, from_fred)] == [
        ("Ada", True, True, None),
        ("Ada", True, False, "Thea"),
        ("Fred", False, False, None),
    ]


def test_only_the_newest_are_asked_for(session: Session, ada: Viewer, walk: Goal) -> None:
    for number in range(4):
        say(session, ada, walk, str(number))
    rows, more = queries.of_goal(session, ada, walk, most=3)
    assert ([row.text for row in rows], more) == (["1", "2", "3"], True)
    assert queries.of_goal(session, ada, walk, most=4)[1] is False


def test_a_therapist_cannot_choose_to_whom(
    session: Session, ada: Viewer, thea: Viewer, fred: Viewer, walk: Goal
) -> None:
    made = say(session, thea, walk, "to Fred?", to=fred)
    assert made.between_id == thea.id
    assert heard(session, fred, walk) == []
    assert problems(session, thea, walk, CommentDraft("x", tell=(fred.public_id,))) == [("tell", "unknown_choice")]


def test_the_owner_speaks_to_therapists_whom_they_let_see_now(
    session: Session, ada: Viewer, thea: Viewer, fred: Viewer, walk: Goal
) -> None:
    assert [one.name for one in queries.listeners(session, ada, walk)] == ["Fred", "Thea"]
    session.execute(update(Grant).where(Grant.therapist_id == fred.id).values(state=GrantState.REVOKED))
    assert [one.name for one in queries.listeners(session, ada, walk)] == ["Thea"]
    assert problems(session, ada, walk, CommentDraft("x", fred.public_id)) == [("between", "unknown_choice")]
    assert problems(session, ada, walk, CommentDraft("x", "0" * 24)) == [("between", "unknown_choice")]
    to_nobody = CommentDraft("", tell=(thea.public_id,))
    assert problems(session, ada, walk, to_nobody) == [("text", "required"), ("tell", "unknown_choice")]
    assert session.scalars(select(Comment)).all() == []


@pytest.mark.parametrize("ends", ["grant", "scope", "time", "standing"])
def test_when_the_relation_ends_the_therapist_hears_nothing_and_the_client_all(
    session: Session, ada: Viewer, thea: Viewer, walk: Goal, ends: str
) -> None:
    theirs = say(session, thea, walk, "from Thea")
    say(session, ada, walk, "@Thea hello", to=thea)
    assert len(queries.mentions_of(session, thea)) == 1
    changes = {
        "grant": update(Grant).values(state=GrantState.EXPIRED),
        "scope": update(Grant).values(sees_goals=False),
        "time": update(Grant).values(expires_at=make.NOW),
        "standing": update(Membership).where(Membership.person_id == thea.id).values(status=MembershipStatus.SUSPENDED),
    }
    session.execute(changes[ends])

    assert heard(session, thea, walk) == []
    assert queries.mentions_of(session, thea) == []
    for refused in (lambda: comments.delete(session, thea, theirs.public_id), lambda: say(session, thea, walk, "x")):
        with pytest.raises(NotFound):
            refused()
    assert heard(session, ada, walk) == ["from Thea", "@Thea hello"]


def test_who_may_not_know_of_the_goal_says_and_hears_nothing(session: Session, ada: Viewer, walk: Goal) -> None:
    made = say(session, ada, walk, "mine")
    other = make.viewer(session, make.person(session, "Bob"))
    with pytest.raises(NotFound):
        say(session, other, walk, "hello")
    for act in (comments.delete, comments.undelete):
        for public_id in (made.public_id, "0" * 24, "?"):
            with pytest.raises(NotFound):
                act(session, other, public_id)
    assert heard(session, other, walk) == []


def test_a_mention_waits_until_it_is_read_or_answered(session: Session, ada: Viewer, thea: Viewer, walk: Goal) -> None:
    say(session, ada, walk, "to nobody in particular", to=thea)
    say(session, ada, walk, "How about this, @thea?", to=thea)
    say(session, ada, walk, "and this", to=thea, tell=True)
    waiting = queries.mentions_of(session, thea)
    assert [(one.author, one.goal, one.title) for one in waiting] == 2 * [("Ada", walk.public_id, None)]
    assert [one.unread for one in queries.of_goal(session, thea, walk, most=9)[0]] == [False, True, True]

    comments.write(session, thea, walk, CommentDraft("Good, @Ada"))
    assert queries.mentions_of(session, thea) == []
    (mine,) = queries.mentions_of(session, ada)
    assert (mine.author, mine.title) == ("Thea", "Walk")
    later = make.viewer(session, session.get_one(Person, ada.id), LATER)
    assert (comments.read(session, later, walk), comments.read(session, later, walk)) == (1, 0)
    assert session.scalars(select(CommentMention.seen_at).where(CommentMention.person_id == ada.id)).all() == [LATER]
    assert make.tags(session, walk).count("comment:read") == 2


def test_a_note_to_oneself_names_nobody(session: Session, ada: Viewer, thea: Viewer, walk: Goal) -> None:
    say(session, ada, walk, "What would @Thea say?")
    assert session.scalars(select(CommentMention)).all() == []


def test_nobody_is_named_who_may_not_read(
    session: Session, ada: Viewer, thea: Viewer, fred: Viewer, walk: Goal
) -> None:
    say(session, ada, walk, "Not as @Fred says", to=thea)
    assert queries.mentions_of(session, fred) == []
    assert session.scalars(select(CommentMention)).all() == []


def test_an_author_takes_their_comment_back_and_it_may_return(
    session: Session, ada: Viewer, thea: Viewer, walk: Goal
) -> None:
    made = say(session, ada, walk, "@Thea, look", to=thea)
    with pytest.raises(Refused):
        comments.delete(session, thea, made.public_id)
    with pytest.raises(NotFound):
        comments.undelete(session, ada, made.public_id)
    comments.delete(session, ada, made.public_id)
    assert heard(session, thea, walk) == heard(session, ada, walk) == []
    assert queries.mentions_of(session, thea) == []
    for act in (comments.delete, comments.undelete):
        with pytest.raises(NotFound):
            act(session, thea, made.public_id)
    with pytest.raises(NotFound):
        comments.delete(session, ada, made.public_id)
    comments.undelete(session, ada, made.public_id)
    assert heard(session, thea, walk) == ["@Thea, look"]
    assert make.tags(session, made) == ["comment:write", "comment:delete", "comment:restore"]


def test_the_words_are_sealed_for_the_goals_owner_and_the_log_names_no_organisation(
    session: Session, ada: Viewer, thea: Viewer, walk: Goal
) -> None:
    made = say(session, thea, walk, "  from Thea\n")
    assert ada.words.open("comment.body", made.body) == "from Thea"
    logged = session.scalars(select(AuditEvent).where(AuditEvent.tag == "comment:write")).one()
    assert (logged.actor_id, logged.subject_id, logged.organisation_id) == (thea.id, ada.id, None)
    assert logged.details == {}


def test_about_an_objective_everybody_there_hears_and_may_be_told(
    session: Session, ada: Viewer, home: Organisation
) -> None:
    goal = make.objective(session, ada, make.cycle(session, home), "Win ten shops").goal
    people = {}
    for name, status in (("Bob", MembershipStatus.ACTIVE), ("Cleo", MembershipStatus.LEFT)):
        someone = make.person(session, name)
        make.member(session, someone, home, status=status)
        people[name] = make.viewer(session, someone)
    assert [one.name for one in queries.listeners(session, ada, goal)] == ["Bob"]
    say(session, ada, goal, "@Bob and @Cleo, what do you think?")
    assert heard(session, people["Bob"], goal) == ["@Bob and @Cleo, what do you think?"]
    assert heard(session, people["Cleo"], goal) == []
    (mention,) = queries.mentions_of(session, people["Bob"])
    assert mention.title == "Win ten shops"
    (row,) = queries.of_goal(session, ada, goal, most=9)[0]
    assert (row.told, row.alone, row.to) == (("Bob",), False, None)
    logged = session.scalars(select(AuditEvent).where(AuditEvent.tag == "comment:write")).one()
    assert logged.organisation_id == home.id


def test_a_goal_takes_so_many_comments(
    session: Session, ada: Viewer, walk: Goal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comments, "COMMENTS_ON_ONE", 1)
    say(session, ada, walk, "one")
    assert problems(session, ada, walk, CommentDraft("two")) == [("", "too_many_comments")]
