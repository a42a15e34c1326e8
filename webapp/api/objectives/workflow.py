"""Reviews by programs: sending a goal to reviewers, approving, declining and withdrawing it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Response, g, request

from webapp.actions import decisions, reviews
from webapp.api.answers import nothing
from webapp.api.body import Wrong, check, parse
from webapp.api.objectives import write_examples
from webapp.api.objectives.blueprint import bp
from webapp.api.objectives.drafts import unwrapped
from webapp.api.objectives.mentions import plain
from webapp.api.objectives.problems import Said
from webapp.api.objectives.problems import held as held_words
from webapp.api.objectives.reach import held
from webapp.api.objectives.write_schemas import (
    CommentWrite,
    ReasonWrite,
    Reviewers,
    WrappedComment,
    WrappedReason,
    WrappedReviewers,
)
from webapp.api.operation import Answer, operation
from webapp.domain.errors import Locked, Refused
from webapp.domain.reviews import Act, Stage, Verdict, require
from webapp.extensions import db
from webapp.queries import members, reviewers, verdicts
from webapp.queries import reviews as review_queries
from webapp.queries.objectives import Found

DECIDED = Answer("It is said; saying the same again changes nothing.")
REFUSED = Answer("The body is wrong, the caller is not a reviewer, or the goal is not in review.")
ASKED_ALREADY = frozenset({Stage.IN_REVIEW.value, Stage.CHANGE_IN_REVIEW.value, Stage.APPROVED.value})
REASONS = {
    "not_yours_to_decide": "You are not a reviewer of this goal.",
    "not_yours": "Only the owner of the goal may do this.",
    "not_in_review": "This goal is not in review.",
}


@bp.post("/goals/<goal_id>/approve")
@operation(
    "objectives:review",
    body=CommentWrite | WrappedComment,
    example={"comment": "Good luck!"},
    answers={204: DECIDED, 400: REFUSED},
    tag="Review",
)
def approve_goal(goal_id: str) -> Any:
    """Approve a goal as one of its reviewers; the comment must be there and may be empty."""
    return decide(goal_id, Verdict.APPROVE)


@bp.post("/goals/<goal_id>/decline")
@operation(
    "objectives:review",
    body=ReasonWrite | WrappedReason,
    example={"comment": "Ten shops are too many."},
    answers={204: DECIDED, 400: REFUSED},
    tag="Review",
)
def decline_goal(goal_id: str) -> Any:
    """Send a goal back to its owner as one of its reviewers, with a word why; it is a draft again."""
    return decide(goal_id, Verdict.DECLINE)


@bp.post("/goals/<goal_id>/review")
@operation(
    "objectives:review",
    body=Reviewers | WrappedReviewers,
    example=write_examples.REVIEWERS,
    answers={
        204: Answer("The reviewers are asked; until they have decided the goal is locked."),
        400: Answer("Somebody named is unknown or may not review, too few are named, or the goal is not the caller's."),
        409: Answer("The goal is in review or approved already."),
    },
    tag="Review",
)
def send_goal(goal_id: str) -> Any:
    """Ask these people to review a goal of one's own, by a list of ids or in `{"reviewers": […]}`."""
    wanted = list(dict.fromkeys(check(Reviewers, unwrapped(parse(request.get_data()), "reviewers"))))
    found = held(goal_id)
    goal = found.goal
    with plainly(asked_already=True):
        standing = review_queries.standing(db.session, g.viewer, goal)
        require(standing.stage, standing.parts, Act.SEND, standing.cycle, **standing.held())
        refuse_strangers(found, wanted)
        reviews.send(db.session, g.viewer, goal, wanted, seen=goal.version)
    return nothing()


@bp.post("/goals/<goal_id>/withdraw")
@operation(
    "objectives:review",
    answers={
        204: Answer("Nobody decides any more, and the goal is a draft."),
        400: Answer("The goal is not the caller's, or neither in review nor approved."),
    },
    tag="Review",
)
def withdraw_goal(goal_id: str) -> Any:
    """Take a goal of one's own back from its reviewers, also when they approved it; without a body."""
    found = held(goal_id)
    with plainly():
        reviews.withdraw(db.session, g.viewer, found.goal)
    return nothing()


def decide(goal_id: str, verdict: Verdict) -> Response:
    """The caller's verdict stands."""
    comment = comment_in(parse(request.get_data()))
    goal = held(goal_id).goal
    round_ = verdicts.round_for(db.session, g.viewer, goal, verdict)
    if round_ is None:
        raise refusal("not_in_review")
    with plainly():
        decisions.decide(db.session, g.viewer, round_, goal, verdict, revision=round_.revision, comment=comment)
    return nothing()


def comment_in(value: Any) -> str:
    """The comment of a body: a text, in an object `{"comment": …}`, or in two; raises Wrong without one."""
    inner = unwrapped(value, "comment")
    if isinstance(inner, dict):
        raise Wrong({"comment": ["Field required"]})
    return plain(check(CommentWrite, {"comment": inner}).comment)


def refuse_strangers(found: Found, wanted: Sequence[str]) -> None:
    """Raises Said, naming who of these is no member of the organisation, and who is but may not review this goal, and
    Wrong when they are fewer than the cycle asks for."""
    home = found.goal.organisation_id
    assert home is not None
    known = {one.id for one in members.members_named(db.session, home, wanted).values()}
    able = {one.id for one in reviewers.eligible(db.session, found.goal, g.viewer.now)}
    unknown = [one for one in wanted if one not in known]
    unable = [one for one in wanted if one in known - able]
    if unknown or unable:
        more = {"nonExistingReviewers": unknown, "missingPermission": unable}
        raise Said(400, "Not everybody named can review this goal.", **more)
    needed = reviewers.needed(found.cycle.reviewers, len(able))
    if len(wanted) < needed:
        raise Wrong({"reviewers": [f"This session asks for {needed} reviewers."]})


@contextmanager
def plainly(*, asked_already: bool = False) -> Iterator[None]:
    """What the rules refuse in a review is 400 with the reason; a goal that is sent a second time is 409."""
    try:
        yield
    except Refused as error:
        raise refusal(error.code) from None
    except Locked as error:
        second = asked_already and error.reason in ASKED_ALREADY
        raise held_words(error, 409 if second else 400) from None


def refusal(reason: str) -> Said:
    """400 with words and the reason."""
    return Said(400, REASONS.get(reason, ""), reason=reason)
