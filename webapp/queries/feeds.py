"""Which personal goals and works that are read key results are fed from, and what they come to; the goal itself is its
owner's alone."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import func, select

from webapp.domain.goals import Kind
from webapp.domain.objectives import FeedKind
from webapp.domain.people import Viewer
from webapp.domain.reading import Category
from webapp.domain.tracking import DayState
from webapp.models import ActivityDay, Goal, KeyResult, KeyResultFeed, Objective, Occurrence, Work
from webapp.models.engine import AnySession
from webapp.queries import goals as goal_queries
from webapp.queries.reading import readings


@dataclass(frozen=True, slots=True)
class Feed:
    """One live feed as everybody may know of it; `goal` is told to the goal's owner alone."""

    kind: FeedKind
    mine: bool
    goal: "Choice | None"


@dataclass(frozen=True, slots=True)
class Choice:
    """A goal of the viewer's by its public id; of what is read the category, of which only books have a title."""

    id: str
    title: str
    category: Category | None


def feed_of(session: AnySession, viewer: Viewer, key_result: KeyResult) -> Feed | None:
    """What the key result is fed from now, None when somebody checks it in."""
    statement = select(KeyResultFeed.kind, Goal.owner_id, Goal.public_id, Goal.title, Work.category)
    statement = statement.join(Goal, Goal.id == KeyResultFeed.goal_id).outerjoin(Work, Work.goal_id == Goal.id)
    live = (KeyResultFeed.key_result_id == key_result.id, KeyResultFeed.ended_at.is_(None))
    row = session.execute(statement.where(*live)).one_or_none()
    if row is None:
        return None
    if row.owner_id != viewer.id:
        return Feed(row.kind, False, None)
    title = viewer.words.open("goal.title", row.title) if row.title else ""
    return Feed(row.kind, True, Choice(row.public_id, title, row.category))


def choices(session: AnySession, viewer: Viewer) -> list[Choice]:
    """The viewer's own live goals and what they read, any of which may feed a key result of theirs."""
    goals = goal_queries.listed(session, viewer, goal_queries.Filter())
    works = [one.work for one in readings(session, viewer)]
    return [Choice(goal.id, goal.title, None) for goal in goals] + [
        Choice(work.id, work.title, work.category) for work in works
    ]


def live_feeds_from(session: AnySession, goal: Goal) -> list[tuple[KeyResultFeed, KeyResult, Goal, Objective]]:
    """Every key result that is fed from this goal, with its objective."""
    objective_goal = select(Goal.id).where(Goal.kind == Kind.OBJECTIVE, Goal.deleted_at.is_(None))
    statement = (
        select(KeyResultFeed, KeyResult, Goal, Objective)
        .join(KeyResult, KeyResult.id == KeyResultFeed.key_result_id)
        .join(Goal, Goal.id == KeyResult.goal_id)
        .join(Objective, Objective.goal_id == Goal.id)
        .where(KeyResultFeed.goal_id == goal.id, KeyResultFeed.ended_at.is_(None), KeyResult.deleted_at.is_(None))
        .where(Goal.id.in_(objective_goal))
        .order_by(KeyResultFeed.id)
    )
    rows: Any = session.execute(statement)
    return [(feed, key_result, of, objective) for feed, key_result, of, objective in rows]


def comes_to(session: AnySession, goal: Goal, kind: FeedKind, starts: date, ends: date) -> Decimal | None:
    """What the goal comes to between these dates: the sum of its amounts, or how many percent of its due dates are
    done, those left out that were skipped or paused. None when nothing was due or recorded.

    Of what is read: its pages, chapters or parts, or on how many percent of the days anything was; in whole numbers,
    for fractions would tell what is read.
    """
    if goal.kind is Kind.READING:
        return _reading_comes_to(session, goal, kind, starts, ends)
    alive = (
        Occurrence.goal_id == goal.id,
        Occurrence.deleted_at.is_(None),
        Occurrence.local_date.between(starts, ends),
    )
    if kind is FeedKind.SUM:
        total: Decimal | None = session.scalar(select(func.sum(Occurrence.value)).where(*alive))
        return total
    counted = (*alive, Occurrence.paused.is_(False), Occurrence.state != DayState.SKIPPED)
    done = func.count().filter(Occurrence.state == DayState.DONE)
    row = session.execute(select(func.count(), done).select_from(Occurrence).where(*counted)).one()
    return round(Decimal(100) * row[1] / row[0], 6) if row[0] else None


def _reading_comes_to(session: AnySession, goal: Goal, kind: FeedKind, starts: date, ends: date) -> Decimal | None:
    there = (ActivityDay.goal_id == goal.id, ActivityDay.local_date.between(starts, ends))
    total, days = session.execute(select(func.sum(ActivityDay.filled), func.count()).where(*there)).one()
    if kind is FeedKind.SUM:
        return total.to_integral_value(ROUND_FLOOR) if total is not None else None
    return Decimal(round(100 * days / ((ends - starts).days + 1))) if starts <= ends else None
