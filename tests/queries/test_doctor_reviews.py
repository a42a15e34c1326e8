"""The doctor finds every planted fault in reviews, closings, grants and comments."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests import lives, make
from webapp.actions import comments
from webapp.domain.comments import CommentDraft
from webapp.domain.goals import Lifecycle, Outcome, ReviewState
from webapp.domain.grants import GrantState, Scope
from webapp.domain.people import Viewer
from webapp.domain.reviews import RoundState, Verdict
from webapp.models import (
    Base,
    Comment,
    CommentMention,
    Goal,
    GoalClosing,
    GoalProposal,
    GoalRevision,
    Grant,
    GrantInvitation,
    Person,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
)
from webapp.queries import exports
from webapp.queries.doctor import examine
from webapp.queries.sealed_cells import OF_THE_SYSTEM, PERSONAL, place

OPEN = ReviewRound.state == RoundState.OPEN
STANDS = GoalClosing.reopened_at.is_(None)


@pytest.fixture
def ada(session: Session) -> Viewer:
    """Ada, who works with a therapist and has an objective that is talked about."""
    her = make.viewer(session, make.person(session))
    lives.share(session, her)
    home, bob = make.organisation(session), make.person(session, "Bob")
    for someone in (session.get_one(Person, her.id), bob):
        make.member(session, someone, home)
    her = make.viewer(session, session.get_one(Person, her.id))
    goal = make.objective(session, her, make.cycle(session, home), "Ship it").goal
    comments.write(session, her, goal, CommentDraft("Shall we, @Bob?"))
    session.commit()
    return her


def goals(session: Session, **values: object) -> None:
    """Every goal that was sent to somebody."""
    session.execute(update(Goal).where(Goal.review_state.is_not(None), Goal.organisation_id.is_(None)).values(**values))


def lost_revision(session: Session) -> None:
    session.execute(delete(GoalRevision).where(GoalRevision.number == 2))


def empty_round(session: Session) -> None:
    seats = ReviewSeat.decided_at.is_(None)
    session.execute(update(ReviewSeat).where(seats).values(removed_at=make.NOW))


def open_and_over(session: Session) -> None:
    session.execute(update(ReviewRound).where(OPEN).values(closed_at=make.NOW))


def unearned_approval(session: Session) -> None:
    session.execute(update(ReviewSeat).where(ReviewSeat.verdict == Verdict.APPROVE).values(verdict=Verdict.DECLINE))


def own_judge(session: Session) -> None:
    owner = session.scalars(select(Goal.owner_id).where(Goal.review_state.is_not(None)).limit(1)).one()
    session.execute(update(ReviewSeat).values(reviewer_id=owner))


def moved_event(session: Session) -> None:
    other = session.scalars(select(Goal.id).where(Goal.organisation_id.is_not(None))).one()
    session.execute(update(ReviewEvent).where(ReviewEvent.round_id.is_not(None)).values(goal_id=other))


def in_review_with_nobody(session: Session) -> None:
    goals(session, review_state=ReviewState.IN_REVIEW)


def asked_about_a_draft(session: Session) -> None:
    goals(session, review_state=ReviewState.DRAFT)


def approved_by_nobody(session: Session) -> None:
    goals(session, review_state=ReviewState.APPROVED)


def forgotten_review(session: Session) -> None:
    goals(session, review_state=None)


def closed_without_words(session: Session) -> None:
    session.execute(delete(GoalClosing).where(STANDS))


def reopened_behind_its_back(session: Session) -> None:
    session.execute(update(Goal).where(Goal.lifecycle == Lifecycle.CLOSED).values(lifecycle=Lifecycle.ACTIVE))


def closed_and_asked_for(session: Session) -> None:
    session.execute(update(Goal).where(Goal.lifecycle == Lifecycle.CLOSED).values(archived_at=None))


def another_outcome(session: Session) -> None:
    session.execute(update(GoalClosing).where(STANDS).values(outcome=Outcome.ACHIEVED))


def nobodys_grant(session: Session) -> None:
    session.execute(update(Grant).values(therapist_id=None))


def erased_therapist(session: Session) -> None:
    gone = make.person(session, "Gone", key=False)
    gone.deleted_at = make.NOW
    session.flush()
    session.execute(update(Grant).values(therapist_id=gone.id, state=GrantState.REQUESTED))


def two_grants(session: Session) -> None:
    given = session.scalars(select(Grant)).one()
    people = (session.get_one(Person, one) for one in (given.client_id, given.therapist_id))
    make.grant(session, *people, Scope.GOALS)


def overheard(session: Session) -> None:
    bob = session.scalars(select(Person.id).where(Person.name == "Bob")).one()
    session.execute(update(Comment).where(Comment.between_id.is_not(None)).values(between_id=bob))


def talk_to_oneself(session: Session) -> None:
    session.execute(update(Comment).where(Comment.between_id.is_(None)).values(between_id=Comment.author_id))


def secret_of_an_organisation(session: Session) -> None:
    bob = session.scalars(select(Person.id).where(Person.name == "Bob")).one()
    session.execute(update(Comment).where(Comment.between_id.is_(None)).values(between_id=bob))


def told_a_stranger(session: Session) -> None:
    stranger = make.person(session, "Stranger").id
    private = select(Comment.id).where(Comment.between_id.is_not(None))
    session.execute(update(CommentMention).where(CommentMention.comment_id.in_(private)).values(person_id=stranger))


def told_a_stranger_of_an_objective(session: Session) -> None:
    stranger = make.person(session, "Stranger").id
    public = select(Comment.id).join(Goal).where(Goal.organisation_id.is_not(None))
    session.execute(update(CommentMention).where(CommentMention.comment_id.in_(public)).values(person_id=stranger))


def told_oneself(session: Session) -> None:
    comment = session.scalars(select(Comment).where(Comment.between_id.is_not(None)).limit(1)).one()
    session.execute(delete(CommentMention))
    session.add(CommentMention(comment_id=comment.id, person_id=comment.author_id))


def _title(session: Session) -> bytes:
    return session.scalars(select(Goal.title).limit(1)).one()


def altered_comment(session: Session) -> None:
    session.execute(update(Comment).values(body=_title(session)))


def altered_event(session: Session) -> None:
    session.execute(update(ReviewEvent).values(comment=_title(session)))


def altered_closing(session: Session) -> None:
    session.execute(update(GoalClosing).values(words=_title(session)))


def altered_proposal(session: Session) -> None:
    session.execute(update(GoalProposal).values(terms=_title(session)))


def altered_message(session: Session) -> None:
    session.execute(update(GoalProposal).values(message=_title(session)))


def altered_address(session: Session) -> None:
    session.execute(update(GrantInvitation).values(address=_title(session)))


FAULTS: dict[Callable[[Session], None], str] = {
    lost_revision: "is about a revision that does not exist",
    empty_round: "is open and nobody is asked",
    open_and_over: "is open and over at once",
    unearned_approval: "is approved by fewer than it needs",
    own_judge: "is its goal's owner's",
    moved_event: "is about another goal than its round",
    in_review_with_nobody: "is in review and nobody is asked about it",
    asked_about_a_draft: "is nobody's to decide and somebody is asked",
    approved_by_nobody: "is approved, no round says so",
    forgotten_review: "was asked about and does not know it",
    closed_without_words: "is closed and nothing says what came of it",
    reopened_behind_its_back: "is not closed, its closing says so",
    closed_and_asked_for: "is closed and still asked for",
    another_outcome: "came to something else than its closing says",
    nobodys_grant: "is in force and nobody's",
    erased_therapist: "is open to somebody who was erased",
    two_grants: "is one of several in force between the same two",
    overheard: "is between two of whom its author is neither",
    talk_to_oneself: "is between the owner and themselves",
    secret_of_an_organisation: "is between two and all can read it",
    told_a_stranger: "names somebody who cannot read it",
    told_a_stranger_of_an_objective: "names somebody who cannot read it",
    told_oneself: "names its own author",
    altered_comment: "comment.body",
    altered_event: "review_event.comment",
    altered_closing: "goal_closing.words",
    altered_proposal: "goal_proposal.terms",
    altered_message: "goal_proposal.message",
    altered_address: "grant_invitation.address",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_planted_fault_is_found(session: Session, ada: Viewer) -> None:
    """One life for all of them; each fault is planted and taken back."""
    for plant, words in FAULTS.items():
        plant(session)
        session.flush()
        found = [str(finding) for finding in examine(session, make.TODAY)]
        session.rollback()
        assert any(words in finding for finding in found), (plant.__name__, found)
        assert not any("Ship it" in finding or "Shall we" in finding for finding in found), plant.__name__
    assert list(examine(session, make.TODAY)) == []


def test_nothing_is_found_where_nothing_is_wrong(session: Session, ada: Viewer) -> None:
    assert list(examine(session, make.TODAY)) == []
    assert exports.everything(session, ada)["comments"], "there is something to look at"


NOT_WORDS = {"data_key.wrapped", "image.content", "passkey.credential_id", "passkey.public_key"}
"""Bytes that are neither sealed words nor, by their name, a hash: a picture is drawn for everybody on a board, and the
public half of a passkey opens nothing."""


def test_every_column_of_bytes_is_looked_into_or_a_hash() -> None:
    known = {place(cell) for cell, _ in PERSONAL} | {place(cell) for cell in OF_THE_SYSTEM}
    kept = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.type.python_type is bytes
    }
    assert {one for one in kept - known if not one.endswith("_hash")} == NOT_WORDS
    assert known <= kept
