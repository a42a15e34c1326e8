"""Do reviews, closings, grants and comments agree with the goals and people they are about?"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.domain.goals import Kind, Lifecycle, ReviewState
from webapp.domain.grants import GrantState
from webapp.domain.reviews import Act, RoundState, Verdict
from webapp.models import (
    Comment,
    CommentMention,
    Goal,
    GoalClosing,
    GoalRevision,
    Grant,
    Membership,
    Person,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
)
from webapp.models.engine import AnySession
from webapp.queries.doctor_finding import Finding

Checks = Iterator[tuple[str, Select[int], str]]


def review_findings(session: AnySession) -> Iterator[Finding]:
    """Every finding; nothing is opened. Each check is one statement that names the rows at fault by their numbers."""
    for checks in (_rounds(), _states(), _closings(), _grants(), _comments()):
        for where, statement, what in checks:
            for number in session.scalars(statement.order_by(statement.selected_columns[0])):
                yield Finding(f"{where} {number}", what)


def _rounds() -> Checks:
    rounds = select(ReviewRound.id)
    kept = exists().where(GoalRevision.goal_id == ReviewRound.goal_id, GoalRevision.number == ReviewRound.revision)
    yield "review_round", rounds.where(~kept), "is about a revision that does not exist"
    is_open, approved = ReviewRound.state == RoundState.OPEN, ReviewRound.state == RoundState.APPROVED
    yield "review_round", rounds.where(is_open, _seats(_there()) == 0), "is open and nobody is asked"
    yield "review_round", rounds.where(is_open != ReviewRound.closed_at.is_(None)), "is open and over at once"
    overridden = exists().where(ReviewEvent.round_id == ReviewRound.id, ReviewEvent.act == Act.OVERRIDE)
    given = _seats(ReviewSeat.verdict == Verdict.APPROVE)
    too_few = rounds.where(approved, given < ReviewRound.needed, ~overridden)
    yield "review_round", too_few, "is approved by fewer than it needs"
    self_judged = select(ReviewSeat.id).join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
    self_judged = self_judged.join(Goal, Goal.id == ReviewRound.goal_id).where(ReviewSeat.reviewer_id == Goal.owner_id)
    # An objective can become somebody's who once decided on it.
    self_judged = self_judged.where(or_(Goal.organisation_id.is_(None), is_open))
    yield "review_seat", self_judged, "is its goal's owner's"
    elsewhere = select(ReviewEvent.id).join(ReviewRound, ReviewRound.id == ReviewEvent.round_id)
    elsewhere = elsewhere.where(ReviewRound.goal_id != ReviewEvent.goal_id)
    yield "review_event", elsewhere, "is about another goal than its round"


def _states() -> Checks:
    """The review state of a goal is what its rounds and the record of what happened to it come to."""
    goals = select(Goal.id)
    state, open_one = Goal.review_state, aliased(ReviewRound)
    waits = exists().where(open_one.goal_id == Goal.id, open_one.state == RoundState.OPEN)
    waits_for_itself = exists().where(
        open_one.goal_id == Goal.id, open_one.state == RoundState.OPEN, open_one.revision == Goal.revision
    )
    in_review = and_(state.is_not(None), state == ReviewState.IN_REVIEW)
    yield "goal", goals.where(in_review, ~waits_for_itself), "is in review and nobody is asked about it"
    free = or_(state.is_(None), state == ReviewState.DRAFT)
    yield "goal", goals.where(waits, free), "is nobody's to decide and somebody is asked"
    decided = exists().where(
        ReviewRound.goal_id == Goal.id,
        ReviewRound.state == RoundState.APPROVED,
        ReviewRound.beside.is_(False),
        ReviewRound.revision == Goal.revision,
    )
    approved = and_(state.is_not(None), state == ReviewState.APPROVED)
    asked = exists().where(
        ReviewRound.goal_id == Goal.id, ReviewRound.beside.is_(False)
    )  # approvals of old times, and restored ones, have none
    yield "goal", goals.where(approved, asked, ~decided), "is approved, no round says so"
    yield "goal", goals.where(state.is_(None), asked), "was asked about and does not know it"


def _closings() -> Checks:
    goals = select(Goal.id)
    stands = and_(GoalClosing.goal_id == Goal.id, GoalClosing.reopened_at.is_(None))
    closed = Goal.lifecycle == Lifecycle.CLOSED
    yield "goal", goals.where(closed, ~exists().where(stands)), "is closed and nothing says what came of it"
    yield "goal", goals.where(~closed, exists().where(stands)), "is not closed, its closing says so"
    yield (
        "goal",
        goals.where(closed, Goal.organisation_id.is_(None), Goal.archived_at.is_(None)),
        "is closed and still asked for",
    )
    other = and_(stands, GoalClosing.outcome.is_distinct_from(Goal.outcome))
    yield "goal", goals.where(closed, exists().where(other)), "came to something else than its closing says"


def _grants() -> Checks:
    here = aliased(Person)
    in_force, open_ones = Grant.state == GrantState.ACTIVE, (GrantState.ACTIVE, GrantState.REQUESTED)
    yield "consent_grant", select(Grant.id).where(in_force, Grant.therapist_id.is_(None)), "is in force and nobody's"
    gone = exists().where(here.id.in_((Grant.client_id, Grant.therapist_id)), here.deleted_at.is_not(None))
    yield (
        "consent_grant",
        select(Grant.id).where(Grant.state.in_(open_ones), gone),
        "is open to somebody who was erased",
    )
    twice = select(func.min(Grant.id)).where(in_force).group_by(Grant.client_id, Grant.therapist_id)
    yield "consent_grant", twice.having(func.count() > 1), "is one of several in force between the same two"


def _comments() -> Checks:
    """A comment is between the owner and one other, or its owner's; who is named may read it, unless they left."""
    joined = select(Comment.id).join(Goal, Goal.id == Comment.goal_id)
    private = Goal.kind == Kind.PERSONAL
    said_by_them = and_(Comment.between_id.is_not(None), Comment.author_id == Comment.between_id)
    two = or_(Comment.author_id == Goal.owner_id, said_by_them)
    yield "comment", joined.where(private, ~two), "is between two of whom its author is neither"
    yield "comment", joined.where(Comment.between_id == Goal.owner_id), "is between the owner and themselves"
    yield "comment", joined.where(~private, Comment.between_id.is_not(None)), "is between two and all can read it"
    mentions = (
        select(CommentMention.id)
        .join(Comment, Comment.id == CommentMention.comment_id)
        .join(Goal, Goal.id == Comment.goal_id)
    )
    reader = or_(CommentMention.person_id == Goal.owner_id, CommentMention.person_id == Comment.between_id)
    hidden = mentions.where(private, case((reader, False), else_=True))  # "not" of an unknown is unknown
    yield "comment_mention", hidden, "names somebody who cannot read it"
    member = exists().where(
        Membership.person_id == CommentMention.person_id, Membership.organisation_id == Goal.organisation_id
    )
    yield "comment_mention", mentions.where(~private, ~member), "names somebody who cannot read it"
    itself = mentions.where(CommentMention.person_id == Comment.author_id)
    yield "comment_mention", itself, "names its own author"


def _there() -> ColumnElement[bool]:
    return or_(ReviewSeat.removed_at.is_(None), ReviewSeat.decided_at.is_not(None))


def _seats(*conditions: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[int]:
    """How many places of a round fulfil this."""
    count = select(func.count()).select_from(ReviewSeat).where(ReviewSeat.round_id == ReviewRound.id, *conditions)
    return count.correlate(ReviewRound).scalar_subquery()
