"""A key result that shows what comes of one of its owner's own goals: the number and nothing else of the goal.

The goal stays private: it is not named to anybody, and its owner stops it when they like.
"""

from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, update

from webapp.actions import roll_ups
from webapp.actions.audit import Tag, record
from webapp.domain.errors import Invalid, NotFound, Problem, Refused
from webapp.domain.goals import Kind
from webapp.domain.objective_drafts import FeedDraft
from webapp.domain.objectives import FeedKind
from webapp.domain.people import Viewer
from webapp.domain.reviews import CYCLES, Act, require
from webapp.domain.tracking import Mode, Source
from webapp.models import Cycle, Entry, Goal, KeyResult, KeyResultFeed
from webapp.models.engine import AnySession
from webapp.queries import check_ins
from webapp.queries import feeds as queries
from webapp.queries import goals as goal_queries
from webapp.queries import reviews as review_queries
from webapp.queries.cycles import today_in
from webapp.queries.objectives import Found
from webapp.queries.reading import find_work


def connect(session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found, draft: FeedDraft) -> None:
    """The key result shows from now on what the viewer's own goal comes to in the objective's time.

    The caller holds the objective and before it the viewer, as what logs a reading does. Raises Locked as a check-in
    does, Refused for who does not own the key result, and Invalid with every problem.
    """
    standing = review_queries.standing(session, viewer, found.goal)
    require(standing.stage, standing.parts, Act.CHECK_IN, standing.cycle, **standing.held())
    if viewer.id != (key_result.owner_id or found.goal.owner_id):
        raise Refused("not_yours")
    problems = draft.check()
    goal = _own(session, viewer, draft.goal)
    if goal is None and draft.goal:
        problems.append(Problem("goal", "unknown_choice"))
    if problems or goal is None or draft.kind is None:
        raise Invalid(problems)
    _end(session, viewer, KeyResultFeed.key_result_id == key_result.id)
    session.add(KeyResultFeed(key_result_id=key_result.id, goal_id=goal.id, kind=draft.kind, created_at=viewer.now))
    goal.feeds = True
    session.flush()
    record(session, Tag.KEY_RESULT_FEED, at=viewer.now, viewer=viewer, thing=key_result)
    follow(session, viewer, goal)


def disconnect(session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found) -> bool:
    """The key result is checked in by hand again, what it showed stays; returns whether it was fed. For whose goal it
    is, and who owns the key result; raises Refused for anybody else."""
    live = (KeyResultFeed.key_result_id == key_result.id, KeyResultFeed.ended_at.is_(None))
    owner = session.scalar(select(Goal.owner_id).join(KeyResultFeed, KeyResultFeed.goal_id == Goal.id).where(*live))
    if owner is None:
        return False
    if viewer.id not in (owner, key_result.owner_id or found.goal.owner_id):
        raise Refused("not_yours")
    _end(session, viewer, KeyResultFeed.key_result_id == key_result.id)
    record(session, Tag.KEY_RESULT_UNFEED, at=viewer.now, viewer=viewer, thing=key_result)
    session.flush()
    return True


def end_of_goal(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """Nothing is fed from this goal any more; what was shown stays the organisation's."""
    if goal.feeds:
        _end(session, viewer, KeyResultFeed.goal_id == goal.id)


def end_of_person(
    session: AnySession, viewer: Viewer, person_id: int, organisation_id: int, goal_id: int | None = None
) -> None:
    """No goal of this person's own feeds a key result of the organisation any more, or of this objective of theirs;
    what was shown stays. The caller holds those goals."""
    theirs = select(Goal.id).where(Goal.owner_id == person_id, Goal.organisation_id.is_(None))
    here = select(KeyResult.id).join(Goal, Goal.id == KeyResult.goal_id).where(Goal.organisation_id == organisation_id)
    if goal_id is not None:
        here = here.where(Goal.id == goal_id)
    _end(session, viewer, KeyResultFeed.goal_id.in_(theirs) & KeyResultFeed.key_result_id.in_(here))


def follow(session: AnySession, viewer: Viewer, goal: Goal) -> None:
    """Every key result that shows this goal says what it comes to now, and what adds it up follows; the viewer, who
    changed something of it, holds the goal. An objective that takes no check-ins now is left as it is."""
    if not goal.feeds:
        return
    session.flush()
    fed = queries.live_feeds_from(session, goal)
    numbers = sorted({of.id for _, _, of, _ in fed})
    session.execute(select(Goal.id).where(Goal.id.in_(numbers)).order_by(Goal.id).with_for_update(key_share=True))
    for home in sorted({of.organisation_id for _, _, of, _ in fed if of.organisation_id}):
        roll_ups.hold(session, home)
    for feed, key_result, of, objective in fed:
        theirs = viewer.id == (key_result.owner_id or of.owner_id)
        if not theirs or not viewer.is_in(of.organisation_id):  # what they do is nobody's there any more
            _end(session, viewer, KeyResultFeed.id == feed.id)
            continue
        cycle = session.get_one(Cycle, objective.cycle_id)
        if Act.CHECK_IN not in CYCLES[cycle.state] or not review_queries.takes_check_ins(session, of):
            continue
        lived_east = goal.kind is Kind.READING and feed.kind is FeedKind.SUM  # a day further than today by now
        until = objective.ends if lived_east else min(viewer.today, objective.ends)
        value = queries.comes_to(session, goal, feed.kind, objective.starts, until)
        if value is None and feed.kind is FeedKind.SUM and key_result.actual is not None:
            value = Decimal(0)  # what had been recorded was taken back
        if value is None or value == key_result.actual:
            continue
        _say(session, viewer, key_result, Found(of, objective, cycle), value)
        roll_ups.measure(session, key_result)
        of.version += 1
        of.updated_at = viewer.now
        roll_ups.refresh(session, of.id)


def _say(session: AnySession, viewer: Viewer, key_result: KeyResult, found: Found, value: Decimal) -> None:
    """The value stands in the ledger; one a day, of which the last takes the place of the one before."""
    last, today = check_ins.latest(session, key_result.id), today_in(viewer, found.cycle)
    again = last is not None and last.source is Source.FEED and last.local_date == today
    goal, zone = found.goal, found.cycle.zone
    entry = Entry(goal_id=goal.id, key_result_id=key_result.id, subject_id=goal.owner_id, author_id=viewer.id)
    entry.local_date, entry.zone, entry.at, entry.recorded_at = today, zone, viewer.now, viewer.now
    entry.mode, entry.value, entry.source = Mode.SET, value, Source.FEED
    entry.supersedes_id = last.id if again and last is not None else None
    session.add(entry)
    session.flush()


def _own(session: AnySession, viewer: Viewer, public_id: str) -> Goal | None:
    """The viewer's own personal goal, or what they read, held."""
    try:
        goal = goal_queries.find(session, viewer, public_id, lock=True)
    except NotFound:
        return _own_work(session, viewer, public_id)
    return goal if goal.owner_id == viewer.id and goal.kind is Kind.PERSONAL else None


def _own_work(session: AnySession, viewer: Viewer, public_id: str) -> Goal | None:
    try:
        return session.get_one(Goal, find_work(session, viewer, public_id, lock=True).goal_id)
    except NotFound:
        return None


def _end(session: AnySession, viewer: Viewer, which: ColumnElement[bool]) -> None:
    """These feeds are over, and their goals know when nothing is fed from them any more."""
    live = (which, KeyResultFeed.ended_at.is_(None))
    goals = set(session.scalars(select(KeyResultFeed.goal_id).where(*live)))
    session.execute(update(KeyResultFeed).where(*live).values(ended_at=viewer.now))
    for number in goals:
        left = select(func.count()).where(KeyResultFeed.goal_id == number, KeyResultFeed.ended_at.is_(None))
        session.get_one(Goal, number).feeds = bool(session.scalar(left))
