"""Rounds in which reviewers decide on one revision of a goal, goals a therapist proposes, and what is said of goals."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.goals import Outcome
from webapp.domain.reviews import Act, ProposalState, RoundState, Verdict
from webapp.models.base import Addressed, Base, Numbered, one_of
from webapp.models.types import Sealed, Word


class ReviewRound(Addressed, Base):
    """Reviewers are asked to decide on one revision of a goal; a goal has one open round at most.

    The revision is the goal's own, or a later one that is not in force until it is approved. `needed` approvals make
    it so. A round `beside` keeps what a therapist said unasked of a goal that is another's to review: it moves nothing.
    """

    __tablename__ = "review_round"
    __table_args__ = (
        CheckConstraint(one_of(RoundState, "state"), name="state"),
        CheckConstraint("needed BETWEEN 1 AND 2", name="needed"),
        Index(
            "uq_review_round_open",
            "goal_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "goal_id", "sent_at"),
        Index(None, "sent_by_id", "state"),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    revision: Mapped[int]
    needed: Mapped[int] = mapped_column(default=1)
    beside: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RoundState] = mapped_column(Word(RoundState), default=RoundState.OPEN)
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ReviewSeat(Numbered, Base):
    """One reviewer's place in a round; a place that was taken away before a verdict is free."""

    __tablename__ = "review_seat"
    __table_args__ = (
        UniqueConstraint("round_id", "reviewer_id"),
        CheckConstraint(one_of(Verdict, "verdict"), name="verdict"),
        CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name="whole_verdict"),
        Index(None, "reviewer_id", "decided_at"),
    )
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(Word(Verdict))
    decided_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]


class ReviewEvent(Numbered, Base):
    """One decision or step on a goal, never changed: who, when, on which revision, with which words.

    The words are sealed with the goal owner's key, about an objective plain. Without a round it belongs to the goal
    alone.
    """

    __tablename__ = "review_event"
    __table_args__ = (CheckConstraint(one_of(Act, "act"), name="act"), Index(None, "goal_id", "at"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("review_round.id"), index=True)
    revision: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    act: Mapped[Act] = mapped_column(Word(Act))
    comment: Mapped[bytes | None] = mapped_column(Sealed)
    at: Mapped[datetime]


class GoalClosing(Numbered, Base):
    """A goal was closed: what came of it, a score from 0 to 1, words sealed with its owner's key, and who took note."""

    __tablename__ = "goal_closing"
    __table_args__ = (
        CheckConstraint(one_of(Outcome, "outcome"), name="outcome"),
        Index(
            "uq_goal_closing_open",
            "goal_id",
            unique=True,
            sqlite_where=text("reopened_at IS NULL"),
            postgresql_where=text("reopened_at IS NULL"),
        ),
    )
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    score: Mapped[Decimal]
    words: Mapped[bytes | None] = mapped_column(Sealed)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]


class GoalProposal(Addressed, Base):
    """A goal a therapist proposes to a client, nothing of theirs until they accept; sealed with the client's key."""

    __tablename__ = "goal_proposal"
    __table_args__ = (
        CheckConstraint(one_of(ProposalState, "state"), name="state"),
        Index(None, "client_id", "state"),
        Index(None, "therapist_id", "client_id"),
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    therapist_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    terms: Mapped[bytes] = mapped_column(Sealed)
    message: Mapped[bytes | None] = mapped_column(Sealed)
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState), default=ProposalState.WAITING)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)


class Comment(Addressed, Base):
    """What somebody said about a goal, sealed with its owner's key.

    About a private goal it is said between the owner and one therapist, `between_id`; without one it is the owner's
    alone. About an objective everybody who may read it hears it.
    """

    __tablename__ = "comment"
    __table_args__ = (Index(None, "goal_id", "at"),)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    between_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    body: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class CommentMention(Numbered, Base):
    """A comment names a person who may read it; `seen_at` is when they first did."""

    __tablename__ = "comment_mention"
    __table_args__ = (UniqueConstraint("comment_id", "person_id"), Index(None, "person_id", "seen_at"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seen_at: Mapped[datetime | None]
