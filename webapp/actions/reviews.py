"""Asking for a review, and what its owner may do until it is decided (domain rules §6).

The caller loaded the goal held (`lock=True`), a round by `queries.reviews.find_round(..., lock=True)`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select

from webapp.actions import goals, outbox, revisions, rounds
from webapp.actions.audit import Tag
from webapp.actions.places import nudge_of
from webapp.domain.errors import Conflict, Invalid, Problem
from webapp.domain.goals import GoalDraft, Kind, ReviewState
from webapp.domain.people import Viewer
from webapp.domain.policy import Permission
from webapp.domain.policy import require as require_right
from webapp.domain.reviews import Act, RoundState, comment_problems, next_state, refuse_closed, require
from webapp.domain.revisions import terms_of
from webapp.models import Goal, Grant, Person, ReviewRound, ReviewSeat
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries import objectives
from webapp.queries import reviewers as reviewer_queries
from webapp.queries import reviews as queries
from webapp.queries.reviewers import Reviewer
from webapp.queries.reviews import Standing
from webapp.queries.visibility import holds_for

NUDGE_AGAIN = timedelta(days=1)


def send(
    session: AnySession, viewer: Viewer, goal: Goal, wanted: Iterable[str], *, seen: int, comment: str = ""
) -> ReviewRound:
    """These reviewers (public ids) are asked to decide on the goal as it is; its terms are locked until they have.

    Raises Conflict when the goal changed since it was seen, Locked in the wrong stage, Invalid with every problem.
    """
    standing = queries.standing(session, viewer, goal)
    require(standing.stage, standing.parts, Act.SEND, standing.cycle, **standing.held())
    goals.refuse_stale(goal, seen)
    problems = comment_problems(comment, required=False)
    needed, able = 1, reviewer_queries.eligible(session, goal, viewer.now)
    if goal.kind is Kind.OBJECTIVE:
        found = objectives.of_goal(session, goal)
        needed = reviewer_queries.needed(found.cycle.reviewers, len(able))
        if not objectives.key_results_of(session, goal.id):
            problems.append(Problem("", "nothing_to_measure"))
    chosen = _chosen(session, viewer, goal, wanted, needed, problems, able)
    made = rounds.open_round(session, viewer, goal, goal.revision, [one.number for one in chosen], needed)
    turn(viewer, goal, next_state(standing.stage, Act.SEND))
    rounds.step(session, viewer, goal, Act.SEND, Tag.GOAL_SEND, made, comment)
    return made


def save(session: AnySession, viewer: Viewer, goal: Goal, draft: GoalDraft, *, seen: int, comment: str = "") -> Act:
    """The goal is as its owner's editor says, or waits to be; returns EDIT or PROPOSE.

    Cosmetic changes always pass. A material one of an approved goal waits for those who approved it, while what they
    approved stays in force; when too few of them may decide any more it holds at once, and the goal is a draft. Raises
    Locked while somebody is deciding, Conflict, and Invalid with every problem.
    """
    require_right(viewer, Permission.GOAL_CHANGE, goal_queries.facts_of(session, viewer, goal))
    goals.refuse_stale(goal, seen)
    refuse_closed(goal.lifecycle, goal.archived_at)
    schedule = goals.schedule_asked(viewer, goal, draft)
    is_free = goal.review_state in (None, ReviewState.DRAFT)
    if is_free or not goals.material_changes(viewer, goal, draft, schedule):
        goals.change(session, viewer, goal, draft, seen=seen)
        return Act.EDIT
    standing = queries.standing(session, viewer, goal)
    require(standing.stage, standing.parts, Act.PROPOSE, standing.cycle, **standing.held())
    if problems := comment_problems(comment, required=False):
        raise Invalid(problems)
    asked, needed = queries.may_decide_again(session, viewer, goal)
    if len(_held(session, viewer, goal, asked)) < needed:
        goals.change(session, viewer, goal, draft, seen=seen)
        return Act.EDIT
    goals.touch_up(session, viewer, goal, draft)
    number = revisions.next_number(session, goal)
    revisions.keep(session, viewer, goal, terms_of(draft, schedule), number)
    made = rounds.open_round(session, viewer, goal, number, asked, needed)
    rounds.step(session, viewer, goal, Act.PROPOSE, Tag.GOAL_PROPOSE, made, comment)
    return Act.PROPOSE


def withdraw(session: AnySession, viewer: Viewer, goal: Goal, comment: str = "") -> Goal:
    """Nobody decides any more: a change that waited is taken back, else the goal is a draft, and what was approved
    stays in its story. Raises Locked and Invalid."""
    standing = queries.standing(session, viewer, goal)
    require(standing.stage, standing.parts, Act.WITHDRAW, standing.cycle, **standing.held())
    if problems := comment_problems(comment, required=False):
        raise Invalid(problems)
    if standing.round is not None:
        rounds.close(standing.round, RoundState.WITHDRAWN, viewer.now)
    turn(viewer, goal, next_state(standing.stage, Act.WITHDRAW))
    rounds.step(session, viewer, goal, Act.WITHDRAW, Tag.GOAL_WITHDRAW, standing.round, comment)
    return goal


def change_reviewers(
    session: AnySession, viewer: Viewer, round_: ReviewRound, goal: Goal, wanted: Iterable[str]
) -> ReviewRound:
    """These reviewers are asked, and who was asked before and is not among them no more; a verdict given stays.

    Raises Conflict when the round is over, Locked, Refused, and Invalid when too few are left.
    """
    standing = _open(session, viewer, round_, goal, Act.CHANGE_REVIEWERS)
    given = sum(seat.verdict is not None for seat in standing.seats)
    able = reviewer_queries.eligible(session, goal, viewer.now)
    chosen = {one.number for one in _chosen(session, viewer, goal, wanted, max(round_.needed - given, 0), [], able)}
    there = {}
    for seat in session.scalars(select(ReviewSeat).where(ReviewSeat.round_id == round_.id)):
        there[seat.reviewer_id] = seat
        if seat.decided_at is None and seat.reviewer_id not in chosen:
            seat.removed_at = seat.removed_at or viewer.now
        elif seat.removed_at is not None and seat.reviewer_id in chosen:
            seat.removed_at, seat.named_at = None, viewer.now
    new = sorted(chosen - there.keys())
    session.add_all(ReviewSeat(round_id=round_.id, reviewer_id=one, named_at=viewer.now) for one in new)
    goal.version += 1
    rounds.step(session, viewer, goal, Act.CHANGE_REVIEWERS, Tag.GOAL_CHANGE_REVIEWERS, round_)
    return round_


def nudge(session: AnySession, viewer: Viewer, round_: ReviewRound, goal: Goal) -> int:
    """Those who have not decided and still may are asked again by mail, each at most once a day; returns how many."""
    _open(session, viewer, round_, goal, Act.NUDGE)
    again = viewer.now - NUDGE_AGAIN
    able = {one.number for one in reviewer_queries.eligible(session, goal, viewer.now)}
    waiting = (ReviewSeat.round_id == round_.id, ReviewSeat.decided_at.is_(None), ReviewSeat.removed_at.is_(None))
    asked = 0
    statement = select(ReviewSeat, Person).join(Person, Person.id == ReviewSeat.reviewer_id)
    for seat, person in session.execute(statement.where(*waiting, Person.id.in_(able))).all():
        if seat.nudged_at is not None and seat.nudged_at > again:
            continue
        seat.nudged_at = viewer.now
        key = f"{nudge_of(round_, person.id)}{viewer.now.timestamp()}"
        to = (person.id, person.email, "review-nudge", key, viewer.now)
        outbox.enqueue(session, *to, locale=person.locale, zone=person.zone)
        asked += 1
    if asked:
        rounds.step(session, viewer, goal, Act.NUDGE, Tag.GOAL_NUDGE, round_)
    return asked


def turn(viewer: Viewer, goal: Goal, state: ReviewState) -> None:
    """The revision in force has this state from now on."""
    goal.review_state = state
    goal.version += 1
    goal.updated_at = viewer.now


def _open(session: AnySession, viewer: Viewer, round_: ReviewRound, goal: Goal, act: Act) -> Standing:
    """Where the goal stands; raises Conflict when this round of it is over, and what the table says."""
    if round_.state is not RoundState.OPEN:
        raise Conflict("decided_meanwhile", goal=goal.public_id, round=round_.public_id)
    standing = queries.standing(session, viewer, goal)
    require(standing.stage, standing.parts, act, standing.cycle, **standing.held())
    return standing


def _chosen(
    session: AnySession,
    viewer: Viewer,
    goal: Goal,
    wanted: Iterable[str],
    needed: int,
    problems: list[Problem],
    able: Sequence[Reviewer],
) -> list[Reviewer]:
    """Those of the people named who are able to review the goal; raises Invalid with these problems too when they are
    too few, or when a private goal would come before more than one person, who would then learn of each other."""
    names = list(wanted)
    chosen = reviewer_queries.named(able, names)
    if len(chosen) < needed:
        known = names and len(chosen) == len(set(names))
        code = "too_few_reviewers" if known else "unknown_choice" if names else "required"
        problems.append(Problem("reviewers", code, {"needed": needed}))
    elif goal.kind.is_private and len(chosen) > 1:
        problems.append(Problem("reviewers", "one_reviewer"))
    if not problems and len(_held(session, viewer, goal, [one.number for one in chosen])) < len(chosen):
        problems.append(Problem("reviewers", "unknown_choice"))
    if problems:
        raise Invalid(problems)
    return chosen


def _held(session: AnySession, viewer: Viewer, goal: Goal, numbers: Collection[int]) -> Collection[int]:
    """Those of these people who may still decide. The grants of a private goal are held, so that one which is ended
    meanwhile is found ended here, or finds what is sent now."""
    if not goal.kind.is_private:
        return numbers
    given = (Grant.client_id == goal.owner_id, Grant.sees_goals, *holds_for(Grant.therapist_id, viewer.now))
    statement = select(Grant.therapist_id).where(*given, Grant.therapist_id.in_(numbers))
    return {number for number in session.scalars(statement.with_for_update(read=True, of=Grant)) if number is not None}
