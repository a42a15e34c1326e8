"""Deciding on what waits for a review (domain rules §6): one verdict of each reviewer, on the revision they saw.

The caller loaded round and goal by `queries.reviews.find_round(..., lock=True)`: of two decisions at once the second
sees what the first came to.
"""

from sqlalchemy import func, select

from webapp.actions import goals, objectives, rounds
from webapp.actions.audit import Tag
from webapp.actions.reviews import turn
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.goals import ReviewState
from webapp.domain.objective_terms import ObjectiveTerms
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission, allows
from webapp.domain.policy import require as require_right
from webapp.domain.reviews import Act, RoundState, Stage, Verdict, comment_problems, next_state, refuse_closed, require
from webapp.models import Goal, Person, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as queries
from webapp.queries.objective_standing import refuse_by_cycle
from webapp.queries.people import viewer_of

ACTS = {Verdict.APPROVE: Act.APPROVE, Verdict.DECLINE: Act.DECLINE}
TAGS = {Verdict.APPROVE: Tag.GOAL_APPROVE, Verdict.DECLINE: Tag.GOAL_RETURN}


def decide(
    session: AnySession,
    viewer: Viewer,
    round_: ReviewRound,
    goal: Goal,
    verdict: Verdict,
    *,
    revision: int,
    comment: str = "",
) -> ReviewRound:
    """The viewer's verdict stands; the last approval needed decides, and so does whoever sends the goal back.

    `revision` is the one the viewer saw. The same verdict again changes nothing. Raises Refused for who is not asked,
    Conflict when it is decided otherwise or about another revision, Invalid for sending back without a word.
    """
    seat = _seat(session, viewer, round_, goal)
    if seat.verdict is verdict and revision == round_.revision:
        return round_
    if seat.verdict is None:
        _refuse_over(round_, goal, revision)
    else:
        raise Conflict("decided_meanwhile", goal=goal.public_id, round=round_.public_id)
    refuse_by_cycle(session, goal, ACTS[verdict])
    if problems := comment_problems(comment, required=verdict is Verdict.DECLINE):
        raise Invalid(problems)
    _decide(session, viewer, round_, goal, seat, verdict, comment)
    return round_


def override(
    session: AnySession,
    viewer: Viewer,
    round_: ReviewRound,
    goal: Goal,
    verdict: Verdict,
    *,
    revision: int,
    comment: str,
) -> ReviewRound:
    """An admin decides in the reviewers' place, for a reason that everybody can read; raises as `decide` does."""
    require_right(viewer, Permission.GOAL_OVERRIDE, goal_queries.facts_of(session, viewer, goal))
    _refuse_over(round_, goal, revision)
    standing = queries.standing(session, viewer, goal)
    require(standing.stage, standing.parts, Act.OVERRIDE, standing.cycle, **standing.held())
    if problems := comment_problems(comment, required=True):
        raise Invalid(problems)
    _carry_out(session, viewer, round_, goal, verdict)
    rounds.step(session, viewer, goal, Act.OVERRIDE, Tag.GOAL_OVERRIDE, round_, comment)
    return round_


def judge_current(session: AnySession, viewer: Viewer, goal: Goal, *, approved: bool) -> Goal:
    """A therapist said by a program whether the goal as it is now is approved; saying what stands for them changes
    nothing.

    Where its owner asked somebody else, who that is decides, and the word stands beside: who says it must not learn
    that others are asked. Raises NotFound for whom there is no such goal. The caller holds the goal.
    """
    require_right(viewer, Permission.GOAL_REVIEW, goal_queries.facts_of(session, viewer, goal))
    refuse_closed(goal.lifecycle, goal.archived_at)
    verdict = Verdict.APPROVE if approved else Verdict.DECLINE
    waiting = queries.open_round_of(session, goal)
    seat = queries.seat_of(session, viewer, waiting) if waiting is not None else None
    if waiting is not None and seat is not None and seat.verdict is None:
        _decide(session, viewer, waiting, goal, seat, verdict, "")
        return goal
    if queries.is_approved_for(session, viewer, goal) == approved:
        return goal
    beside = queries.is_others_to_review(session, viewer, goal)
    if not beside:
        turn(viewer, goal, ReviewState.APPROVED if approved else ReviewState.DRAFT)
    asked_by, at = goal.owner_id, viewer.now
    round_ = rounds.decided_at_once(session, goal, viewer.id, verdict, at, asked_by=asked_by, beside=beside)
    rounds.log(session, viewer, goal, TAGS[verdict], round_)
    return goal


def _seat(session: AnySession, viewer: Viewer, round_: ReviewRound, goal: Goal) -> ReviewSeat:
    """The viewer's place in the round; raises Refused when they have none, or may not review the goal any more."""
    seat = queries.seat_of(session, viewer, round_)
    facts = goal_queries.facts_of(session, viewer, goal)
    if seat is None or not allows(viewer, Permission.GOAL_REVIEW, facts):
        raise Refused("not_yours_to_decide")
    return seat


def _refuse_over(round_: ReviewRound, goal: Goal, revision: int) -> None:
    where = {"goal": goal.public_id, "round": round_.public_id}
    if round_.state is not RoundState.OPEN:
        raise Conflict("decided_meanwhile", **where)
    if revision != round_.revision:
        raise Conflict("changed_meanwhile", **where)


def _decide(
    session: AnySession,
    viewer: Viewer,
    round_: ReviewRound,
    goal: Goal,
    seat: ReviewSeat,
    verdict: Verdict,
    comment: str,
) -> None:
    seat.verdict, seat.decided_at = verdict, viewer.now
    session.flush()
    approvals = (ReviewSeat.round_id == round_.id, ReviewSeat.verdict == Verdict.APPROVE)
    given = session.scalar(select(func.count()).select_from(ReviewSeat).where(*approvals)) or 0
    if verdict is Verdict.DECLINE or given >= round_.needed:
        _carry_out(session, viewer, round_, goal, verdict)
    else:
        goal.version += 1
    rounds.step(session, viewer, goal, ACTS[verdict], TAGS[verdict], round_, comment)


def _carry_out(session: AnySession, viewer: Viewer, round_: ReviewRound, goal: Goal, verdict: Verdict) -> None:
    """The round is decided: its revision is approved and in force, or it is its owner's again."""
    is_change = round_.revision != goal.revision
    after = next_state(Stage.CHANGE_IN_REVIEW if is_change else Stage.IN_REVIEW, ACTS[verdict])
    if verdict is Verdict.DECLINE:
        rounds.close(round_, RoundState.DECLINED, viewer.now)
        turn(viewer, goal, after)
        return
    rounds.close(round_, RoundState.APPROVED, viewer.now)
    if is_change:
        _adopt(session, viewer, goal, round_.revision)
    turn(viewer, goal, after)


def _adopt(session: AnySession, viewer: Viewer, goal: Goal, number: int) -> None:
    """The revision that waited is in force."""
    terms = queries.revisions_of(session, queries.owner_words(session, viewer, goal), goal).get(number)
    if isinstance(terms, ObjectiveTerms):
        objectives.adopt(session, viewer, goal, terms, number)
    elif terms is not None:
        owner = viewer_of(session, session.get_one(Person, goal.owner_id), viewer.now)
        goals.adopt(session, owner, goal, terms, number)
    else:
        raise NotFound
