"""What waits for the viewer: decisions, answers and words that somebody hopes for."""

from dataclasses import astuple, dataclass

from sqlalchemy import ScalarSelect, bindparam, exists, false, func, or_, select

from webapp.domain.grants import GrantState
from webapp.domain.people import Role, Viewer
from webapp.domain.reviews import ProposalState, RoundState, Verdict
from webapp.models import (
    Comment,
    CommentMention,
    Goal,
    GoalClosing,
    GoalProposal,
    Grant,
    GrantInvitation,
    Person,
    ReviewRound,
    ReviewSeat,
)
from webapp.models.engine import AnySession
from webapp.queries.grant_invitations import open_to
from webapp.queries.grants import HERE, waiting_for
from webapp.queries.owed_objectives import how_many_silent, silent_for, to_acknowledge, unacknowledged
from webapp.queries.proposals import proposals_visible_to
from webapp.queries.visibility import comments_visible_to, goals_visible_to


@dataclass(frozen=True, slots=True)
class Owed:
    """How many of each kind wait: reviews to give, goals proposed, comments that name the viewer, invitations to share,
    people who ask a therapist to be taken on, closed goals to take note of, and key results nobody checked in."""

    reviews: int = 0
    proposals: int = 0
    mentions: int = 0
    invitations: int = 0
    requests: int = 0
    closings: int = 0
    check_ins: int = 0

    @property
    def total(self) -> int:
        """How many of all kinds."""
        return sum(astuple(self))

    def __bool__(self) -> bool:
        return any(astuple(self))


_undecided = (ReviewSeat.decided_at.is_(None), ReviewSeat.removed_at.is_(None))
_proposed = GoalProposal.state == ProposalState.WAITING
_unread = CommentMention.seen_at.is_(None)
ANYTHING = or_(
    exists().where(ReviewSeat.reviewer_id == bindparam("viewer_id"), *_undecided),
    exists().where(GoalProposal.client_id == bindparam("viewer_id"), _proposed),
    exists().where(CommentMention.person_id == bindparam("viewer_id"), _unread),
    exists().where(
        GrantInvitation.address_hash == bindparam("address"),
        GrantInvitation.answered_at.is_(None),
        GrantInvitation.withdrawn_at.is_(None),
    ),
    exists().where(Grant.therapist_id == bindparam("viewer_id"), Grant.state == GrantState.REQUESTED),
    exists().where(
        ReviewSeat.reviewer_id == bindparam("viewer_id"),
        ReviewSeat.verdict == Verdict.APPROVE,
        ReviewRound.id == ReviewSeat.round_id,
        GoalClosing.goal_id == ReviewRound.goal_id,
        *unacknowledged(),
    ),
    *silent_for(bindparam("viewer_id"), bindparam("day"), bindparam("silent_since")),
)
"""Whether anything may wait for `viewer_id`, whose `address` is hashed, on their `day`: eight looks at indexes, part of
a statement that is built once. For almost nobody there is anything to count."""


def owed_by(session: AnySession, viewer: Viewer) -> Owed:
    """What waits for the viewer, as far as they may still know of it; one statement."""
    return Owed(*(int(count) for count in session.execute(select(*_counts(viewer))).one()))


def _counts(viewer: Viewer) -> tuple[ScalarSelect[int], ...]:
    reviews = (
        select(func.count(ReviewSeat.id))
        .join(ReviewRound, ReviewRound.id == ReviewSeat.round_id)
        .join(Goal, Goal.id == ReviewRound.goal_id)
        .where(ReviewSeat.reviewer_id == viewer.id, *_undecided, ReviewRound.state == RoundState.OPEN)
        .where(goals_visible_to(viewer))
    )
    mentions = (
        select(func.count(CommentMention.id))
        .join(Comment, Comment.id == CommentMention.comment_id)
        .join(Goal, Goal.id == Comment.goal_id)
        .where(CommentMention.person_id == viewer.id, _unread, comments_visible_to(viewer))
    )
    mine = (
        GoalProposal.client_id == viewer.id,
        _proposed,
        proposals_visible_to(viewer),
    )
    offers = select(func.count(GrantInvitation.id)).join(Person, Person.id == GrantInvitation.therapist_id)
    requests = select(func.count(Grant.id)).join(Person, Person.id == Grant.client_id)
    if not viewer.has(Role.THERAPIST):  # nobody asks who is no therapist in good standing
        requests = requests.where(false())
    return (
        reviews.scalar_subquery(),
        select(func.count(GoalProposal.id)).where(*mine).scalar_subquery(),
        mentions.scalar_subquery(),
        offers.where(*open_to(viewer)).scalar_subquery(),
        requests.where(*waiting_for(viewer), *HERE).scalar_subquery(),
        select(func.count(GoalClosing.id)).where(*to_acknowledge(viewer)).scalar_subquery(),
        how_many_silent(viewer),
    )
